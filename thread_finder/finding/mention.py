"""A point in time as a text names it, and the days it can mean.

What is said only in part ("Thursday", "the 9th") keeps its parts, so that agenda.py can tell which of the days already
spoken of is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

_AHEAD = 200
"""A day without a year is the one to come within this many days, else the one just past."""
_MONTHS_AHEAD = 5

Hour = tuple[int, int]
Span = dict[str, Any]
"""Where a mention starts and ends."""
Period = tuple[date, date]
"""The first and the last day of a week, a month or a stay."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A point in time as the text names it. ``day`` reads it as to come, ``past`` as gone by (the same where it is
    certain, ``sure``); ``hour`` is (hour, minute), only about that where it is ``spoken`` ("half
    past three"). ``exact`` days carry a number, others only a weekday or "tomorrow".
    ``on``, ``number`` and ``month`` are the weekday (0 Monday), day of the month and month that were named; ``other``
    is "6/3" read the other way round; ``stretch`` marks the ends of "from the 3rd to the 5th"; ``out`` a day ruled out,
    ``until`` a time limit; ``asked`` stands in a question, ``either`` offers a choice with the day before it,
    ``following`` is the weekday after a day agreed on.

    Two kinds name no day but say which is meant: a ``period`` ("next week", "in March"), and a ``pick`` among the days
    that were offered ("the second": 2, "the latter": -1).
    """

    start: int
    end: int
    day: date | None = None
    past: date | None = None
    hour: Hour | None = None
    spoken: bool = False
    exact: bool = False
    weekday: bool = False
    sure: bool = False
    on: int | None = None
    number: int = 0
    month: int = 0
    other: date | None = None
    stretch: bool = False
    out: bool = False
    until: bool = False
    asked: bool = False
    either: bool = False
    following: bool = False
    period: Period | None = None
    pick: int = 0

    def may_be(self, day: date) -> bool:
        """Whether the words, as far as they go, can mean ``day``."""
        if self.sure or not (self.number or self.on is not None):
            return day in (self.day, self.other)
        return (
            self.on in (None, day.weekday()) and self.number in (0, day.day) and self.month in (0, day.month)
        ) or day == self.other

    @property
    def mere_weekday(self) -> bool:
        """Whether it says no more than "Friday"."""
        return self.weekday and not self.sure


def number_of(text: str) -> int:
    """12, １２ or 十二; 0 for what is none."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return 0
    digits = " 一二三四五六七八九"
    return (digits.find(tens) if tens else 1) * 10 * len(ten) + (digits.find(ones) if ones else 0)


def day_or_none(year: int, month: int, day: int) -> date | None:
    """The date, where there is such a day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def certain(span: Span, day: date | None) -> Mention | None:
    """A day that can be no other."""
    return Mention(**span, day=day, past=day, exact=True, sure=True) if day else None


def month_day(span: Span, month: int, day: int, year: int, written: date) -> Mention | None:
    """A day of a month (``year`` 0 where none is named); None for what is no date."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    if year:
        return certain(span, day_or_none(year, month, day)) if 1900 <= year <= 2100 else None
    years = [day_or_none(written.year + shift, month, day) for shift in (-1, 0, 1)]
    near = [d for d in years if d and (d - written).days <= _AHEAD]
    gone = [d for d in near if d <= written]
    if not near:
        return None
    past = max(gone, default=max(near))
    return Mention(**span, day=max(near), past=past, exact=True, number=day, month=month)


def month_ahead(month: int, written: date) -> Period | None:
    """The month of that number that is running or comes soon; a later one is as likely gone by."""
    for shift in range(_MONTHS_AHEAD):
        months = written.year * 12 + written.month - 1 + shift
        first, following = (day_or_none(m // 12, m % 12 + 1, 1) for m in (months, months + 1))
        if first and following and first.month == month:
            return first, following - timedelta(days=1)
    return None


def days_around(written: date, number: int) -> Iterator[date]:
    """The days with that number in the months around."""
    for shift in range(-2, 7):
        months = written.year * 12 + written.month - 1 + shift
        day = day_or_none(months // 12, months % 12 + 1, number)
        if day:
            yield day
