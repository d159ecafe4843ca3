"""Days and hours named in a mail, resolved against the day it was written.

Own patterns: general date parsers find dates in three of five mails that name none (dateparser, ctparse and
parsedatetime, tried in November 2026).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from thread_finder.finding.day_pattern import KINDS, SHORT, day_pattern
from thread_finder.finding.days_together import put_together
from thread_finder.finding.lexicon import DateWords, lexicon
from thread_finder.finding.mention import (
    Mention,
    Span,
    certain,
    day_or_none,
    days_around,
    month_ahead,
    month_day,
    number_of,
)

_WEEK = 28
"""Characters around a weekday in which "next week" says which one is meant."""
_WEEKS = {"week_after_next": 2, "next_week": 1, "last_week": -1}
_SEVEN = timedelta(days=7)
_FAR, _FAR_FROM_SAID = timedelta(days=31), timedelta(days=14)
"""Nobody names a day further off by a weekday and a number alone, nor by "next Thursday" and a number."""
_NOON = 12


def mentions(folded: str, language: str, written: date) -> tuple[Mention, ...]:
    """The days and hours named in ``folded`` (folding.py), and what narrows a day down, in order; neighbours that
    belong together are one.
    """
    words = lexicon(language).dates
    found = [_read(match, words, written, folded) for match in day_pattern(language).finditer(folded)]
    return tuple(put_together([mention for mention in found if mention], folded, written, words))


def _read(match: re.Match[str], words: DateWords, written: date, text: str) -> Mention | None:
    groups = {name: value for name, value in match.groupdict().items() if value}
    span: Span = {"start": match.start(), "end": match.end()}
    name = next((name for name in groups if name in KINDS or name[:2] in ("d_", "h_", "s_")), "")
    value = groups.get(name, "")
    if name == "iso":
        return certain(span, day_or_none(int(value[:4]), int(value[5:7]), int(value[8:10])))
    if name in ("ymd", "numeric"):
        return _from_numbers(span, value, name, words.order, written)
    if name in ("m1", "m2"):
        return _with_month(span, groups, words, name[1], written)
    if name == "relative":
        later = _SEVEN if any(map(words.week_later.search, _beside_it(span, text))) else timedelta()
        return certain(span, written + timedelta(days=words.relative[value]) + later)
    if name == "wn":
        return _numbered_weekday(match, words, written, text)
    if name == "weekday":
        return _weekday(span, value, words, written, text)
    if name == "d_or":
        also = _day_of_month({**span, "start": match.start(name)}, number_of(value), written)
        return also and replace(also, either=True)
    if name.startswith("d_"):
        return _day_of_month(span, number_of(value), written)
    if name.startswith("h_"):
        return _at_hour(span, groups, name.removeprefix("h_"))
    return _without_day(span, name, value, words, written) if name else None


def _without_day(span: Span, name: str, value: str, words: DateWords, written: date) -> Mention:
    """A month, a week, one of the days offered, or an hour said in words."""
    if name in ("month", "month_in", "month_number"):
        month = number_of(value) if name == "month_number" else words.months[value]
        return Mention(**span, month=month, period=month_ahead(month, written))
    if name in _WEEKS:
        monday = written + timedelta(days=_WEEKS[name] * 7 - written.weekday())
        return Mention(**span, period=(monday, monday + timedelta(days=6)))
    if name == "pick":
        return Mention(**span, pick=words.picks[value])
    word = max((word for word in words.numbers if word in value), key=len, default="")
    return Mention(**span, hour=(words.numbers.get(word, _NOON), 0), spoken=True)


def _from_numbers(span: Span, text: str, kind: str, order: str, written: date) -> Mention | None:
    numbers = [number_of(part) for part in re.findall(r"\d+|[一二三四五六七八九十]+", text)]
    if kind == "ymd" or (order == "ymd" and len(numbers) == 2):
        year = numbers[0] if len(numbers) == 3 else 0
        return month_day(span, numbers[-2], numbers[-1], year, written)
    first, second, year = (*numbers, 0)[:3]
    year = year + 2000 if 0 < year < 100 else year
    if order == "mdy" and "." in text and not year:
        return None  # "section 3.4"
    day, month = (second, first) if order == "mdy" and first <= 12 else (first, second)
    read = month_day(span, month, day, year, written)
    other = None if "." in text else month_day(span, day, month, year, written)  # nobody writes 8.30 for August 30
    if read is None:
        return other
    return replace(read, other=other.day if other and other.day != read.day else None)


def _with_month(span: Span, groups: dict[str, str], words: DateWords, index: str, written: date) -> Mention | None:
    """Read "15 March", or "12 to 15 March", which is a stay and names no day."""
    year = int(groups.get(f"y{index}") or 0)
    numbers = {name: words.numbers.get(value) or number_of(value) for name, value in groups.items() if name[0] == "d"}
    first = next(name for name in ("d0", "d4", f"d{index}") if name in groups)
    last = "d3" if "d3" in groups else f"d{index}"
    read = month_day(span, words.months[groups[f"m{index}"]], numbers[first], year, written)
    if first == last or read is None or read.day is None:
        return read
    end = day_or_none(read.day.year, read.day.month, numbers[last])
    return replace(read, stretch=True, period=(read.day, end)) if end and end > read.day else read


def _numbered_weekday(match: re.Match[str], words: DateWords, written: date, text: str) -> Mention | None:
    """Read "Thursday 21", where the 21st near by is a Thursday; else the number was something else.

    In "Thursday, 3" it is an hour where that date is far from any Thursday that may be meant.
    """
    on, number = words.weekdays[match["wd"]], number_of(match["wn"])
    near = [d for d in days_around(written, number) if d.weekday() == on]
    if not near:
        return _by_weekday({"start": match.start(), "end": match.end("wd")}, on, written)
    ahead, gone = [d for d in near if d >= written], [d for d in near if d <= written]
    day = ahead[0] if ahead else gone[-1]
    past = gone[-1] if gone else day
    if number <= _NOON and "," in match[0] and not (match["nth"] or match["article"] or match[0].endswith(".")):
        said = _weekday({"start": match.start(), "end": match.end("wd")}, match["wd"], words, written, text)
        far = _FAR_FROM_SAID if said and said.sure else _FAR
        if said and said.day and said.past and not any(said.past - far <= d <= said.day + far for d in near):
            return replace(said, end=match.end(), hour=(number, 0))
    return Mention(match.start(), match.end(), day=day, past=past, exact=True, on=on, number=number)


def _weekday(span: Span, form: str, words: DateWords, written: date, text: str) -> Mention | None:
    start, end = span["start"], span["end"]
    before, after = _beside_it(span, text)
    if form.isascii() and len(form) <= SHORT and not _is_abbreviated(text[start:end], before, after):
        return None
    on = words.weekdays[form]
    gone = written - timedelta(days=(written.weekday() - on) % 7 or 7)
    monday = written - timedelta(days=written.weekday())
    if _beside(words.last, before[-9:], after[:12]) or form in words.gone:
        return Mention(**span, day=gone, past=gone, weekday=True, on=on, sure=True)
    ahead = _by_weekday(span, on, written)
    if words.week_later.search(before) or words.week_later.search(after):
        day = (ahead.day or written) + _SEVEN
        return replace(ahead, day=day, past=day, sure=True)
    for phrase, weeks in ((words.last_week, -1), (words.after_next, 2), (words.next_week, 1)):
        if phrase.search(before) or phrase.search(after):
            day = monday + weeks * _SEVEN + timedelta(days=on)
            return Mention(**span, day=day, past=day, weekday=True, on=on, sure=True)
    if _beside(words.following, before[-14:], after[:14]):
        return replace(ahead, following=True)
    coming = _beside(words.coming, before[-14:], after[:14]) and ahead.day != written + timedelta(days=1)
    return replace(ahead, past=ahead.day, sure=True) if coming else ahead


def _beside_it(span: Span, text: str) -> tuple[str, str]:
    """What stands just before and after it."""
    start, end = span["start"], span["end"]
    return text[max(0, start - _WEEK) : start], text[end : end + _WEEK]


def _is_abbreviated(form: str, before: str, after: str) -> bool:
    """Whether "sat" is Saturday here: a number or a point follows, or "on" or another day stands before."""
    if form.endswith(".") or re.match(r"[,/]?\s?\d|[/&]|,? (?:the|at|den|kl\.?|um) ?\d|\s?[?!)]", after):
        return True
    return bool(re.search(r"(?:^|[\n,(/&:]\s?|\b(?:on|this|next|last|until|til|till|by|på|am|den|or|and)\s)$", before))


def _beside(words: Iterable[str], before: str, after: str) -> bool:
    around = before.split()[-1:] + after.split()[:1]
    return any(word.strip(".,!?;:") in words for word in around)


def _by_weekday(span: Span, on: int, written: date) -> Mention:
    ahead = (on - written.weekday()) % 7 or 7
    gone = written - timedelta(days=(written.weekday() - on) % 7 or 7)
    return Mention(**span, day=written + timedelta(days=ahead), past=gone, weekday=True, on=on)


def _day_of_month(span: Span, number: int, written: date) -> Mention | None:
    days = list(days_around(written, number))
    ahead, gone = [d for d in days if d >= written], [d for d in days if d <= written]
    if not ahead or not gone:
        return None
    return Mention(**span, day=ahead[0], past=gone[-1], exact=True, number=number)


def _at_hour(span: Span, groups: dict[str, str], index: str) -> Mention | None:
    hour, minute = number_of(groups[f"h_{index}"]), int(groups.get(f"m_{index}") or 0)
    half = groups.get(f"p_{index}", "")
    if half and hour <= 12:
        morning = half[0] in "a上早凌" or half in ("午前", "오전", "아침", "새벽", "朝")
        hour = hour % 12 + (0 if morning else 12)
    return Mention(**span, hour=(hour, minute)) if hour <= 24 and minute < 60 else None
