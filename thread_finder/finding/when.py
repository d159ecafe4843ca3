"""Days and hours named in a mail, resolved against the day it was written.

Own patterns: general date parsers find dates in three of five mails that name none (dateparser, ctparse and
parsedatetime, tried in November 2026).

What is said only in part ("Thursday", "the 9th") keeps its parts, so that meeting.py can tell which of the days already
spoken of is meant.
"""

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
_BESIDE = 16
"""Characters between the days of one choice ("the 16th or 17 May")."""
_WEEK = 28
"""Characters around a weekday in which "next week" says which one is meant."""
_AHEAD = 200
"""A day without a year is the one to come within this many days, else the one just past."""
_SHORT = 3
"""Abbreviations of so many letters ("sat", "wed") are ordinary words unless something beside them says otherwise."""

Hour = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mention:
    """A point in time as the text names it. ``day`` reads it as to come, ``past`` as gone by (the same where it is
    certain, ``sure``); ``hour`` is (hour, minute). ``exact`` days carry a number, others only a weekday or "tomorrow".
    ``on``, ``number`` and ``month`` are the weekday (0 Monday), day of the month and month that were named; ``other``
    is "6/3" read the other way round; ``stretch`` marks the ends of "from the 3rd to the 5th"; ``out`` a day ruled out.
    """

    start: int
    end: int
    day: date | None = None
    past: date | None = None
    hour: Hour | None = None
    exact: bool = False
    weekday: bool = False
    sure: bool = False
    on: int | None = None
    number: int = 0
    month: int = 0
    other: date | None = None
    stretch: bool = False
    out: bool = False

    def may_be(self, day: date) -> bool:
        """Whether the words, as far as they go, can mean ``day``."""
        if self.sure or not (self.number or self.on is not None):
            return day in (self.day, self.other)
        return (
            self.on in (None, day.weekday()) and self.number in (0, day.day) and self.month in (0, day.month)
        ) or day == self.other


_NOT_A_DAY = (
    r"(?!\d|[:%/]|[.,]\d|\s?(?:[ap]\.?\s?m\b|h\b|h\d|hrs?\b|heures|uhr|uur|ur\b|o.clock|horas|kl\b|min|時|时|点|點|시))"
)
_BEFORE_MONTH = "in im of mid late early mitte anfang ende en de mi fin em di i eind begin half".split()
_DATE_KINDS = ("iso", "ymd", "numeric", "m1", "m2", "wn", "relative", "weekday", "month", "month_number")


@cache
def _pattern(language: str) -> re.Pattern[str]:
    words = lexicon(language).dates
    spaced = lexicon(language).spaced
    left, right = (r"(?<!\w)", r"(?!\w)") if spaced else ("", "")
    weekday, month = _any(words.weekdays), _any(words.months)
    number, count = r"(?P<{0}>\d{{1,2}})", words.number
    article = rf"(?:(?:{'|'.join(words.article)})\s*)?" if words.article else ""
    before_month = rf"(?!\.?\s*(?:of\s|de\s|d')?(?:{month}){right})" if month else ""
    parts = [
        r"(?P<iso>\d{4}-\d\d-\d\d)(?!\d)",
        rf"(?P<ymd>(?:\d{{4}}\s?[年년]\s?)?(?:{count})\s?[月월]\s?(?:{count})\s?[日号號일])",
        rf"{left}(?P<wd>{weekday})[.,]?\s*[(（,]?\s*{article}(?P<wn>{count})(?:st|nd|rd|th|er|e|de|:e|º|ª|日|号|號|일)?"
        rf"{_NOT_A_DAY}{before_month}[.)）]?",
        r"(?<![\d.,/:])(?P<numeric>\d{1,2}[/.]\d{1,2}(?:[/.](?:\d{4}|\d{2})|\.)?)(?![\d:%/]|\s?(?:%|[ap]\.?m\b|uhr|uur|h\b))",
    ]
    if month:
        long_names = _any(name for name in words.months if len(name) > _SHORT)
        year = r"(?:,?\s+(?:de\s+|del\s+)?(?P<{0}>\d{{4}}))?"
        parts += [
            rf"(?:{number.format('d1')}(?:st|nd|rd|th|er|e|o|º|ª)?\.?,?\s+(?:of\s+|de\s+|d')?(?P<m1>{month})\.?{right}{year.format('y1')})",
            rf"(?:{left}(?P<m2>{month})\.?\s+(?:the\s+)?{number.format('d2')}(?:st|nd|rd|th)?(?!\d|:){year.format('y2')})",
            rf"(?:{left}(?:(?:{'|'.join(_BEFORE_MONTH)})[\s-])?(?P<month>{long_names}){right})",
        ]
    parts += [
        rf"(?P<month_number>(?:{count}))\s?[月월](?!\s?(?:{count}))",
        rf"{left}(?P<relative>{_any(words.relative)}){right}",
        rf"{left}(?P<weekday>{weekday})\.?{right}",
        *(f"{left}(?:{_named(pattern, 'd', f'd_{i}')})" for i, pattern in enumerate(words.days)),
        *(f"{left}(?:{_hour(pattern, i)})" for i, pattern in enumerate(words.hours)),
    ]
    return re.compile("|".join(parts))


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted((re.escape(word) for word in words), key=len, reverse=True)) or r"(?!)"


def _named(pattern: str, group: str, name: str) -> str:
    return pattern.replace(f"(?P<{group}>", f"(?P<{name}>")


def _hour(pattern: str, index: int) -> str:
    for group in ("h", "m", "p"):
        pattern = _named(pattern, group, f"{group}_{index}")
    return pattern


def mentions(folded: str, language: str, written: date) -> tuple[Mention, ...]:
    """The days and hours named in ``folded`` (folding.py), in order; neighbours that belong together are one."""
    words = lexicon(language).dates
    found = [_read(match, words, written, folded) for match in _pattern(language).finditer(folded)]
    named = [mention for mention in found if mention]
    if len(named) > 1:
        named = list(_joined(_in_their_months(named, folded, written, words), folded))
    return tuple(_placed(mention, folded, words) for mention in named if mention.day or mention.hour)


def _read(match: re.Match[str], words: DateWords, written: date, text: str) -> Mention | None:
    groups = {name: value for name, value in match.groupdict().items() if value}
    span: dict[str, Any] = {"start": match.start(), "end": match.end()}
    name = next((name for name in groups if name in _DATE_KINDS or name[:2] in ("d_", "h_")), "")
    value = groups.get(name, "")
    if name == "iso":
        return _certain(span, _date(int(value[:4]), int(value[5:7]), int(value[8:10])))
    if name in ("ymd", "numeric"):
        return _from_numbers(span, value, name, words.order, written)
    if name in ("m1", "m2"):
        year, day = groups.get(f"y{name[1]}"), int(groups[f"d{name[1]}"])
        return _month_day(span, words.months[value], day, int(year) if year else 0, written)
    if name in ("month", "month_number"):
        return Mention(**span, month=words.months[value] if name == "month" else _number(value))
    if name == "relative":
        return _certain(span, written + timedelta(days=words.relative[value]))
    if name == "wn":
        return _numbered_weekday(match, words, written)
    if name == "weekday":
        return _weekday(match, words, written, text)
    if name.startswith("d_"):
        return _day_of_month(span, _number(value), written)
    return _at_hour(span, groups, name.removeprefix("h_")) if name else None


def _number(text: str) -> int:
    """12, １２ or 十二; 0 for what is none."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return 0
    digits = " 一二三四五六七八九"
    return (digits.find(tens) if tens else 1) * 10 * len(ten) + (digits.find(ones) if ones else 0)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _certain(span: dict[str, Any], day: date | None) -> Mention | None:
    return Mention(**span, day=day, past=day, exact=True, sure=True) if day else None


def _from_numbers(span: dict[str, Any], text: str, kind: str, order: str, written: date) -> Mention | None:
    numbers = [_number(part) for part in re.findall(r"\d+|[一二三四五六七八九十]+", text)]
    if kind == "ymd" or (order == "ymd" and len(numbers) == 2):
        year = numbers[0] if len(numbers) == 3 else 0
        return _month_day(span, numbers[-2], numbers[-1], year, written)
    first, second, year = (*numbers, 0)[:3]
    year = year + 2000 if 0 < year < 100 else year
    if order == "mdy" and "." in text and not year:
        return None  # "section 3.4"
    day, month = (second, first) if order == "mdy" and first <= 12 else (first, second)
    read = _month_day(span, month, day, year, written)
    other = _month_day(span, day, month, year, written)
    if read is None:
        return other
    return replace(read, other=other.day if other and other.day != read.day else None)


def _month_day(span: dict[str, Any], month: int, day: int, year: int, written: date) -> Mention | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    if year:
        return _certain(span, _date(year, month, day)) if 1990 <= year <= 2100 else None
    years = [_date(written.year + shift, month, day) for shift in (-1, 0, 1)]
    near = [d for d in years if d and (d - written).days <= _AHEAD]
    gone = [d for d in near if d <= written]
    if not near:
        return None
    past = max(gone, default=max(near))
    return Mention(**span, day=max(near), past=past, exact=True, number=day, month=month)


def _numbered_weekday(match: re.Match[str], words: DateWords, written: date) -> Mention | None:
    """Read "Thursday 21", where the 21st near by is a Thursday; else the number was something else."""
    on, number = words.weekdays[match["wd"]], _number(match["wn"])
    near = [d for d in _days_around(written, number) if d.weekday() == on]
    if not near:
        return _by_weekday({"start": match.start(), "end": match.end("wd")}, on, written)
    ahead, gone = [d for d in near if d >= written], [d for d in near if d <= written]
    day = ahead[0] if ahead else gone[-1]
    past = gone[-1] if gone else day
    return Mention(match.start(), match.end(), day=day, past=past, exact=True, on=on, number=number)


def _weekday(match: re.Match[str], words: DateWords, written: date, text: str) -> Mention | None:
    form = match["weekday"]
    before, after = text[max(0, match.start() - _WEEK) : match.start()], text[match.end() : match.end() + _WEEK]
    if form.isascii() and len(form) <= _SHORT and not _is_abbreviated(match[0], before, after):
        return None
    span: dict[str, Any] = {"start": match.start(), "end": match.end()}
    on = words.weekdays[form]
    gone = written - timedelta(days=(written.weekday() - on) % 7 or 7)
    monday = written - timedelta(days=written.weekday())
    if _beside(words.last, before[-9:], after[:12]) or form in words.gone:
        return Mention(**span, day=gone, past=gone, weekday=True, on=on, sure=True)
    if words.week_later.search(before) or words.week_later.search(after):
        ahead = _by_weekday(span, on, written)
        day = (ahead.day or written) + timedelta(days=7)
        return replace(ahead, day=day, past=day, sure=True)
    for phrase, weeks in ((words.last_week, -1), (words.after_next, 2), (words.next_week, 1)):
        if phrase.search(before) or phrase.search(after):
            day = monday + timedelta(days=7 * weeks + on)
            return Mention(**span, day=day, past=day, weekday=True, on=on, sure=True)
    return _by_weekday(span, on, written)


def _is_abbreviated(form: str, before: str, after: str) -> bool:
    """Whether "sat" is Saturday here: a number or a point follows, or "on" or another day stands before."""
    if form.endswith(".") or re.match(r"[,/]?\s?\d|[/&]|,? (?:the|at|den|kl\.?|um) ?\d|\s?[?!)]", after):
        return True
    return bool(re.search(r"(?:^|[\n,(/&:]\s?|\b(?:on|this|next|last|until|til|till|by|på|am|den|or|and)\s)$", before))


def _beside(words: Iterable[str], before: str, after: str) -> bool:
    around = before.split()[-1:] + after.split()[:1]
    return any(word.strip(".,") in words for word in around)


def _by_weekday(span: dict[str, Any], on: int, written: date) -> Mention:
    ahead = (on - written.weekday()) % 7 or 7
    gone = written - timedelta(days=(written.weekday() - on) % 7 or 7)
    return Mention(**span, day=written + timedelta(days=ahead), past=gone, weekday=True, on=on)


def _day_of_month(span: dict[str, Any], number: int, written: date) -> Mention | None:
    days = list(_days_around(written, number))
    ahead, gone = [d for d in days if d >= written], [d for d in days if d <= written]
    if not ahead or not gone:
        return None
    return Mention(**span, day=ahead[0], past=gone[-1], exact=True, number=number)


def _days_around(written: date, number: int) -> Iterator[date]:
    """The days with that number in the months around."""
    for shift in range(-2, 7):
        months = written.year * 12 + written.month - 1 + shift
        day = _date(months // 12, months % 12 + 1, number)
        if day:
            yield day


def _at_hour(span: dict[str, Any], groups: dict[str, str], index: str) -> Mention | None:
    hour, minute = _number(groups[f"h_{index}"]), int(groups.get(f"m_{index}") or 0)
    half = groups.get(f"p_{index}", "")
    if half and hour <= 12:
        morning = half[0] in "a上早凌" or half in ("午前", "오전", "아침", "새벽", "朝")
        hour = hour % 12 + (0 if morning else 12)
    return Mention(**span, hour=(hour, minute)) if hour <= 24 and minute < 60 else None


# --- what stands together ------------------------------------------------------------------------------


def _in_their_months(found: list[Mention], text: str, written: date, words: DateWords) -> list[Mention]:
    """Numbers without a month take the one named beside or before them: "the 16th or 17 May", "in July … the 18th".

    Names of months alone have done their work then, and are left out.
    """
    done: list[Mention] = []
    month = 0
    for index, mention in enumerate(found):
        following = found[index + 1] if index + 1 < len(found) else None
        one = mention
        if mention.number and not mention.month:
            choice = following and following.number and _one_phrase(text, mention, following)
            one = _within(mention, (choice and following and following.month) or month, written)
        month = mention.month or month
        if following and following.number and _between(text, one, following) in words.through:
            one = replace(one, stretch=one.day is not None)
        if done and done[-1].stretch and one.number and _between(text, done[-1], one) in words.through:
            one = replace(one, stretch=True)
        if one.day or one.hour:
            done.append(one)
    return done


def _between(text: str, first: Mention, second: Mention) -> str:
    return text[first.end : second.start].strip(" .")


def _one_phrase(text: str, first: Mention, second: Mention) -> bool:
    """Whether two days stand in one sentence, close to each other."""
    between = text[first.end : second.start].removeprefix(".")
    return len(between) <= _BESIDE and not re.search(r"[.!?;]\s", between)


def _within(mention: Mention, month: int, written: date) -> Mention:
    """The mention with its month (0: as it is), unless the weekday named with it says otherwise."""
    read = _month_day({"start": mention.start, "end": mention.end}, month, mention.number, 0, written)
    if read is None or read.day is None or mention.on not in (None, read.day.weekday()):
        return mention
    return replace(mention, day=read.day, past=read.past, month=month)


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
    if first.weekday and second.exact and second.on is None:
        return _same_weekday(first, second)
    if second.weekday and first.exact and first.on is None:
        return _same_weekday(second, first)
    return None


def _same_weekday(weekday: Mention, exact: Mention) -> Mention | None:
    """Read "Tuesday the 16th": the 16th that is a Tuesday, one of the next months where they stand close."""
    if exact.day is None or exact.past is None:
        return None
    start, end = min(weekday.start, exact.start), max(weekday.end, exact.end)
    days = [exact.day, exact.past, exact.other]
    if not exact.month and exact.number and end - start <= _NEAR:
        days += [d for d in _days_around(exact.day, exact.number) if d > exact.day]
    fitting = next((d for d in days if d and d.weekday() == weekday.on), None)
    if fitting is None:
        return None
    past = fitting if fitting in (exact.past, exact.other) else exact.past
    hour = weekday.hour or exact.hour
    return replace(exact, start=start, end=end, day=fitting, past=past, hour=hour, on=weekday.on)


def _placed(mention: Mention, text: str, words: DateWords) -> Mention:
    """The mention, marked when its own sentence rules it out ("I can't do Tuesday", "not the 18th")."""
    if mention.day is None or not words.unless:
        return mention
    left = max(text.rfind(mark, max(0, mention.start - _NEAR), mention.start) for mark in ".!?;\n。！？") + 1
    before = text[max(left, mention.start - _NEAR) : mention.start]
    return replace(mention, out=True) if any(word in before for word in words.unless) else mention
