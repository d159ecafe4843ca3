"""Spans of time as people say them: "1 month", "2 weeks", "7 working days"."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

_UNITS = {
    "day": "day",
    "week": "week",
    "month": "month",
    "year": "year",
    "working day": "working day",
    "business day": "working day",
    "workday": "working day",
    "weekday": "working day",
}
_SPOKEN = re.compile(r"(?:every )?(\d{1,5}|an?|one)? ?([a-z]+(?: [a-z]+)?)")
_LONGEST = {"day": 36525, "working day": 26089, "week": 5218, "month": 1200, "year": 100}


@dataclass(frozen=True, slots=True)
class Duration:
    """``count`` times ``unit``: "day", "working day" (Monday to Friday), "week", "month" or "year" of the calendar."""

    count: int
    unit: str

    def __str__(self) -> str:
        return f"{self.count} {self.unit}" + ("" if self.count == 1 else "s")

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read "1 month", "10 days", "every 2 weeks", "7 working days"; ValueError otherwise, and over 100 years."""
        spoken = _SPOKEN.fullmatch(" ".join(text.lower().split()))
        unit = spoken and (_UNITS.get(spoken[2]) or _UNITS.get(spoken[2].removesuffix("s")))
        if not spoken or not unit:
            raise ValueError(f"{text[:40]!r} is no length of time")
        count = int(spoken[1]) if (spoken[1] or "").isdecimal() else 1
        if not 0 < count <= _LONGEST[unit]:
            raise ValueError(f"{text[:40]!r} is not between one {unit} and 100 years")
        return cls(count, unit)

    def after(self, day: date) -> date:
        """The day this long after ``day``. One month after 31 January is the last day of February."""
        return self._moved(day, 1)

    def before(self, day: date) -> date:
        """The day this long before ``day``. One month before 31 March is the last day of February."""
        return self._moved(day, -1)

    def _moved(self, day: date, direction: int) -> date:
        try:
            if self.unit == "working day":
                return _working_days(day, self.count, direction)
            if self.unit in {"month", "year"}:
                return _months(day, direction * self.count * (12 if self.unit == "year" else 1))
            return day + timedelta(days=direction * self.count * (7 if self.unit == "week" else 1))
        except (OverflowError, ValueError):  # beyond the years 1 to 9999
            return date.max if direction > 0 else date.min


def _months(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _working_days(day: date, count: int, direction: int) -> date:
    while day.weekday() > 4:  # a weekend counts from the working day behind it
        day -= timedelta(days=direction)
    weeks, days = divmod(count, 5)
    day += timedelta(weeks=direction * weeks)
    while days:
        day += timedelta(days=direction)
        days -= day.weekday() < 5
    return day
