"""The stretch of time that a plan is for: a month of the calendar, or an ISO week."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from thread_finder.durations import Duration

_WRITTEN = re.compile(r"(\d{4})-(W?)(\d{2})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """From ``first`` to ``last``, both included; ``str`` gives "2026-12" or "2026-W49" (ISO 8601)."""

    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read "2026-12" or "2026-W49"; ValueError in words otherwise."""
        written = _WRITTEN.fullmatch(text.strip())
        if not written:
            raise ValueError(f"{text[:40]!r} is no month; write it like 2026-12, or a week like 2026-W49")
        year, week, number = int(written[1]), bool(written[2]), int(written[3])
        try:
            if week:
                return cls.week_of(date.fromisocalendar(year, number, 1))
            return cls.month_of(date(year, number, 1))
        except (ValueError, OverflowError):
            raise ValueError(f"there is no {'week' if week else 'month'} {text.strip()}") from None

    @classmethod
    def month_of(cls, day: date) -> Period:
        """The calendar month that ``day`` is in."""
        first = day.replace(day=1)
        return cls(first, Duration(1, "month").after(first) - timedelta(days=1))

    @classmethod
    def week_of(cls, day: date) -> Period:
        """The week, Monday to Sunday, that ``day`` is in."""
        first = day - timedelta(days=day.weekday())
        return cls(first, first + timedelta(days=6))

    @property
    def is_week(self) -> bool:
        """A week, not a month."""
        return (self.last - self.first).days == 6  # no month is that short

    def __str__(self) -> str:
        year, week, _ = self.first.isocalendar()
        return f"{year:04}-W{week:02}" if self.is_week else f"{self.first:%Y-%m}"

    @property
    def in_words(self) -> str:
        """As in "December 2026" and "the week of 30 November 2026"."""
        return f"the week of {day_in_words(self.first)}" if self.is_week else f"{self.first:%B %Y}"

    @property
    def next_first(self) -> date:
        """The day after its end."""
        return self.last + timedelta(days=1)


def day_in_words(day: date) -> str:
    """As in "3 December 2026"."""
    return f"{day.day} {day:%B %Y}"
