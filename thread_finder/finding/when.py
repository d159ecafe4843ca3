"""Days and hours named in a mail, resolved against the day it was written. Own patterns: see advice on date libraries
in docs/finding.md (general date parsers find dates in three of five mails that name none)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from thread_finder.finding.lexicon import DateWords, lexicon

_NEAR = 40
"""Characters between a day and an hour that still belong together ("Thursday the 9th, let's say around 3 pm")."""
_AHEAD = 200
"""A day without a year is the one to come within this many days, else the one just past."""
_EARLIEST_HOUR = 6
"""A bare "at 3" is the afternoon; before this hour people write the half of the day out."""

Hour = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mention:
    """A point in time as the text names it. ``day`` reads it as to come, ``past`` as gone by (the same where it is
    certain); ``hour`` is (hour, minute). ``exact`` days carry a number, others only a weekday or "tomorrow".
    """

    start: int
    end: int
    day: date | None = None
    past: date | None = None
    hour: Hour | None = None
    exact: bool = False
    weekday: bool = False


@cache
def _pattern(language: str) -> re.Pattern[str]:
    words = lexicon(language).dates
    spaced = lexicon(language).spaced
    edge = (r"(?<!\w)", r"(?!\w)") if spaced else ("", "")
    weekday, month = _any(words.weekdays), _any(words.months)
    number = r"(?P<{0}>\d{{1,2}})"
    parts = [
        r"(?P<iso>\d{4}-\d\d-\d\d)(?!\d)",
        r"(?P<ymd>(?:\d{4}\s?[年년]\s?)?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日号號일])",
        r"(?<![\d.,/:])(?P<numeric>\d{1,2}[/.]\d{1,2}(?:[/.](?:\d{4}|\d{2})|\.)?)(?![\d:%/]|\s?(?:%|[ap]\.?m\b))",
        *(
            [
                rf"(?:{number.format('d1')}(?:st|nd|rd|th|er|e|o|º|ª)?\.?,?\s+(?:of\s+|de\s+|d')?(?P<m1>{month})\.?{edge[1]}(?:,?\s+(?:de\s+)?(?P<y1>\d{{4}}))?)",
                rf"(?:{edge[0]}(?P<m2>{month})\.?\s+(?:the\s+)?{number.format('d2')}(?:st|nd|rd|th)?(?!\d|:)(?:,?\s+(?P<y2>\d{{4}}))?)",
            ]
            if month
            else []
        ),
        rf"{edge[0]}(?P<relative>{_any(words.relative)}){edge[1]}",
        rf"{edge[0]}(?P<weekday>{weekday})\.?{edge[1]}",
        *(f"{edge[0]}(?:{_numbered(pattern, 'd', f'd_{i}')})" for i, pattern in enumerate(words.days)),
        *(f"{edge[0]}(?:{_hour(pattern, i)})" for i, pattern in enumerate(words.hours)),
    ]
    return re.compile("|".join(parts))


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted((re.escape(word) for word in words), key=len, reverse=True))


def _numbered(pattern: str, group: str, name: str) -> str:
    return pattern.replace(f"(?P<{group}>", f"(?P<{name}>")


def _hour(pattern: str, index: int) -> str:
    for group in ("h", "m", "p"):
        pattern = _numbered(pattern, group, f"{group}_{index}")
    return pattern


def mentions(folded: str, language: str, written: date) -> tuple[Mention, ...]:
    """The days and hours named in ``folded`` (folding.py), in order; neighbours that belong together are one."""
    words = lexicon(language).dates
    found = [_read(match, words, written, folded) for match in _pattern(language).finditer(folded)]
    return tuple(_joined([mention for mention in found if mention], folded))


def _read(match: re.Match[str], words: DateWords, written: date, text: str) -> Mention | None:
    groups = {name: value for name, value in match.groupdict().items() if value}
    span = {"start": match.start(), "end": match.end()}
    for name, value in groups.items():
        if name == "iso":
            return _certain(span, _date(int(value[:4]), int(value[5:7]), int(value[8:10])))
        if name in ("ymd", "numeric"):
            return _from_numbers(span, [int(n) for n in re.findall(r"\d+", value)], name, words.order, written)
        if name in ("m1", "m2"):
            year, day = groups.get(f"y{name[1]}"), int(groups[f"d{name[1]}"])
            return _month_day(span, words.months[value], day, int(year) if year else 0, written)
        if name == "relative":
            return _certain(span, written + timedelta(days=words.relative[value]))
        if name == "weekday":
            return _weekday(span, words.weekdays[value], written, _said_last(text, match, words))
        if name.startswith("d_"):
            return _day_of_month(span, int(value), written)
        if name.startswith("h_"):
            return _at_hour(span, groups, name.removeprefix("h_"))
    return None


def _said_last(text: str, match: re.Match[str], words: DateWords) -> bool:
    around = (
        text[max(0, match.start() - 9) : match.start()].split()[-1:] + text[match.end() : match.end() + 12].split()[:1]
    )
    return any(word.strip(".,") in words.last for word in around)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _certain(span: dict[str, Any], day: date | None) -> Mention | None:
    return Mention(**span, day=day, past=day, exact=True) if day else None


def _from_numbers(span: dict[str, Any], numbers: list[int], kind: str, order: str, written: date) -> Mention | None:
    if kind == "ymd" or (order == "ymd" and len(numbers) == 2):
        year = numbers[0] if len(numbers) == 3 else 0
        return _month_day(span, numbers[-2], numbers[-1], year, written)
    first, second, year = (*numbers, 0)[:3]
    day, month = (second, first) if order == "mdy" and first <= 12 else (first, second)
    return _month_day(span, month, day, year + 2000 if 0 < year < 100 else year, written)


def _month_day(span: dict[str, Any], month: int, day: int, year: int, written: date) -> Mention | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    if year:
        return _certain(span, _date(year, month, day)) if 1990 <= year <= 2100 else None
    years = [_date(written.year + shift, month, day) for shift in (-1, 0, 1)]
    near = [d for d in years if d and (d - written).days <= _AHEAD]
    return _certain(span, max(near)) if near else None


def _weekday(span: dict[str, Any], number: int, written: date, last: bool) -> Mention:
    ahead = (number - written.weekday()) % 7 or 7
    gone = written - timedelta(days=(written.weekday() - number) % 7 or 7)
    return Mention(**span, day=gone if last else written + timedelta(days=ahead), past=gone, weekday=True)


def _day_of_month(span: dict[str, Any], number: int, written: date) -> Mention | None:
    months = list(_months_around(written))
    days = [d for d in (_date(year, month, number) for year, month in months) if d]
    ahead, gone = [d for d in days if d >= written], [d for d in days if d <= written]
    if not ahead or not gone:
        return None
    return Mention(**span, day=ahead[0], past=gone[-1], exact=True)


def _months_around(written: date) -> Iterator[tuple[int, int]]:
    for shift in (-2, -1, 0, 1, 2, 3):
        months = written.year * 12 + written.month - 1 + shift
        yield months // 12, months % 12 + 1


def _at_hour(span: dict[str, Any], groups: dict[str, str], index: str) -> Mention | None:
    hour, minute = int(groups[f"h_{index}"]), int(groups.get(f"m_{index}") or 0)
    half = groups.get(f"p_{index}", "")
    if half and hour <= 12:
        hour = hour % 12 + (0 if half[0] in "a上午오" and half not in ("午後", "오후") else 12)
    return Mention(**span, hour=(hour, minute)) if hour <= 24 and minute < 60 else None


def _joined(found: list[Mention], text: str) -> Iterator[Mention]:
    """Put weekday, day and hour together where they stand together."""
    current: Mention | None = None
    for mention in found:
        if current and mention.start - current.end <= _NEAR and "\n\n" not in text[current.end : mention.start]:
            merged = _merge(current, mention)
            if merged:
                current = merged
                continue
        if current:
            yield current
        current = mention
    if current:
        yield current


def _merge(first: Mention, second: Mention) -> Mention | None:
    """One mention of two that complete each other; None where they are two different points in time."""
    if second.day is None:
        return replace(first, hour=second.hour, end=second.end) if first.hour is None else None
    if first.day is None:
        return replace(second, hour=first.hour, start=first.start) if second.hour is None else None
    if first.weekday and second.exact and not second.weekday:
        return _same_weekday(first, second)
    if second.weekday and first.exact and not first.weekday and second.day.weekday() == first.day.weekday():
        return replace(first, end=second.end, hour=first.hour or second.hour)
    return None


def _same_weekday(weekday: Mention, exact: Mention) -> Mention | None:
    """Read "Tuesday the 16th": the 16th that is a Tuesday, one of the next months."""
    if not weekday.day or not exact.day or not exact.past:
        return None
    number = weekday.day.weekday()
    days = [exact.day, exact.past, *(_shift(exact.day, months) for months in (1, 2, 3))]
    fitting = next((d for d in days if d and d.weekday() == number), None)
    if fitting is None:
        return None
    hour = weekday.hour or exact.hour
    return replace(
        exact, start=weekday.start, day=fitting, past=fitting if fitting == exact.past else exact.past, hour=hour
    )


def _shift(day: date, months: int) -> date | None:
    total = day.year * 12 + day.month - 1 + months
    return _date(total // 12, total % 12 + 1, day.day)
