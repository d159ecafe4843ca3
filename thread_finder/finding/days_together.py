"""What stands together: days, hours and months that belong to one mention, and the words beside that change it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from thread_finder.finding.lexicon import DateWords
from thread_finder.finding.mention import Mention, days_around, month_day

_NEAR = 40
"""Characters between a day and an hour that still belong together ("Thursday the 9th, let's say around 3 pm")."""
_BESIDE = 16
"""Characters between the days of one choice ("the 16th or 17 May")."""
_SENTENCE = 160
"""Characters after a day within which its sentence shows whether it asks."""
_ENDS = ".!?;\n。！？"
_CLAUSES = _ENDS + ",，、"
_STOP = re.compile(r"[^\W\d]{4}\.\Z|\d{4}\.\Z")
_NUMBER_NEXT = re.compile(r"[,]?\s?\d")
_END = re.compile(r"[.!?;。！？]\s|\n|[。！？]")


def put_together(found: list[Mention], text: str, written: date, words: DateWords) -> Iterator[Mention]:
    """The mentions of one text with all that their neighbourhood says of them."""
    found = [
        _without_stop(one, text) for one, before in zip(found, [None, *found], strict=False) if _follows(one, before)
    ]
    named = [mention for mention in found if mention.day or mention.hour or mention.month]
    hints = [mention for mention in found if not (mention.day or mention.hour or mention.month)]
    if len(named) > 1:
        named = list(_joined(_in_their_months(named, text, written, words), text))
    before: Mention | None = None
    for mention in sorted((*named, *hints), key=lambda one: one.start):
        if not (mention.day or mention.hour or mention.period or mention.pick):
            continue
        placed = _placed(mention, text, words, before)
        before = placed if placed.day else before
        yield placed


def _follows(mention: Mention, before: Mention | None) -> bool:
    """Whether the second of two numbers ("the 27th or 28") does stand behind a first one; all others do."""
    behind = before is not None and before.exact and mention.start - before.end <= _BESIDE
    return behind or not mention.either


def _without_stop(mention: Mention, text: str) -> Mention:
    """The mention without the full stop that ends its sentence; one that shortens a word ("Thurs. 14") stays."""
    ended = _STOP.search(text, mention.start, mention.end) and not _NUMBER_NEXT.match(text, mention.end)
    return replace(mention, end=mention.end - 1) if ended else mention


# --- months and stretches ---------------------------------------------------------------------------------


def _in_their_months(found: list[Mention], text: str, written: date, words: DateWords) -> list[Mention]:
    """Numbers without a month take the one named beside or before them: "the 16th or 17 May", "in July … the 18th"."""
    done: list[Mention] = []
    month = 0
    for index, mention in enumerate(found):
        following = found[index + 1] if index + 1 < len(found) else None
        one = mention
        if mention.number and not mention.month:
            one = _within(mention, *_month_beside(text, mention, following), month, written)
        month = mention.month or month
        if following and following.number and one.number and _through(text, one, following, words):
            one = replace(one, stretch=one.day is not None)
        if done and done[-1].stretch and not done[-1].period and one.day and _through(text, done[-1], one, words):
            first = done[-1].day
            done[-1] = replace(done[-1], period=(first, one.day) if first and first < one.day else None)
            one = replace(one, stretch=True)
        done.append(one)
    return done


def _month_beside(text: str, mention: Mention, following: Mention | None) -> tuple[int, int]:
    """The month and the year of the day that follows in one phrase with this one, as far as they are named."""
    if not (following and following.exact and following.day and _one_phrase(text, mention, following)):
        return 0, 0
    return (following.day.month, following.day.year) if following.sure else (following.month, 0)


def _through(text: str, first: Mention, second: Mention, words: DateWords) -> bool:
    """Whether two days are the ends of one stretch ("from the 18th to the 21st", "del 18 al 21")."""
    between = text[first.end : second.start].strip(" .")
    return between in words.through or (
        not between and text[second.start : second.end].split(maxsplit=1)[0] in words.through
    )


def _one_phrase(text: str, first: Mention, second: Mention) -> bool:
    """Whether two days stand in one sentence, close to each other."""
    between = text[first.end : second.start]
    return len(between) <= _BESIDE and not _END.search(between)


def _within(mention: Mention, month: int, year: int, before: int, written: date) -> Mention:
    """The mention with its month, or the one named ``before`` (0: none), unless the weekday with it says otherwise."""
    month = month or before
    read = month_day({"start": mention.start, "end": mention.end}, month, mention.number, year, written)
    if read is None or read.day is None or mention.on not in (None, read.day.weekday()):
        return mention
    return read if year else replace(mention, day=read.day, past=read.past, month=month)


# --- a weekday, a number and an hour that are one ---------------------------------------------------------


def _joined(found: Iterable[Mention], text: str) -> Iterator[Mention]:
    """Put weekday, day and hour together where they stand together."""
    current: Mention | None = None
    for mention in found:
        if current and mention.start - current.end <= _NEAR and "\n\n" not in text[current.end : mention.start]:
            merged = _merge(current, mention, text)
            if merged:
                current = merged
                continue
        if current:
            yield current
        current = mention
    if current:
        yield current


def _merge(first: Mention, second: Mention, text: str) -> Mention | None:
    """One mention of two that complete each other; None where they are two different points in time."""
    if (first.day is None and first.hour is None) or (second.day is None and second.hour is None):
        return None
    if second.day is None:
        return replace(first, hour=second.hour, spoken=second.spoken, end=second.end) if first.hour is None else None
    if first.day is None:
        return replace(second, hour=first.hour, spoken=first.spoken, start=first.start) if second.hour is None else None
    weekday, exact = (first, second) if first.weekday else (second, first)
    alike = not weekday.weekday or not exact.exact or exact.on is not None
    if alike or _END.search(text[first.end : second.start]):
        return None
    return _same_weekday(weekday, exact)


def _same_weekday(weekday: Mention, exact: Mention) -> Mention | None:
    """Read "Tuesday the 16th": the 16th that is a Tuesday, one of the next months where they stand close."""
    if exact.day is None or exact.past is None:
        return None
    start, end = min(weekday.start, exact.start), max(weekday.end, exact.end)
    days = [exact.day, exact.past, exact.other]
    if not exact.month and exact.number and end - start <= _NEAR:
        days += [d for d in days_around(exact.day, exact.number) if d > exact.day]
    fitting = next((d for d in days if d and d.weekday() == weekday.on), None)
    if fitting is None:
        return None
    past = fitting if fitting in (exact.past, exact.other) else exact.past
    timed = weekday if weekday.hour else exact
    return replace(
        exact, start=start, end=end, day=fitting, past=past, hour=timed.hour, spoken=timed.spoken, on=weekday.on
    )


# --- the words around -------------------------------------------------------------------------------------


def _placed(mention: Mention, text: str, words: DateWords, before: Mention | None) -> Mention:
    """The mention as its sentence has it: ruled out ("I can't do Tuesday", "Tuesday is full"), a time limit ("by
    Friday"), in a question, offered with the one ``before`` it.
    """
    first = _last(text, _ENDS, mention.start)
    sentence = text[first : mention.start] if before is None or before.end < first else ""
    clause = text[_last(text, _CLAUSES, mention.start) : mention.start]
    ending = _END.search(text, mention.end, mention.end + _SENTENCE)
    rest = text[mention.end : ending.start() + 1 if ending else mention.end + _SENTENCE]
    chained = before is not None and 0 <= mention.start - before.end <= _BESIDE and text[before.end - 1] != "."
    link = text[before.end : mention.start].strip(" ,，、") if before and chained else ""
    either = chained and (link in words.either or bool(words.either & set(link.split())))
    out = (
        any(word in clause for word in words.unless)
        or any(word in sentence for word in words.alas)
        or bool(words.refused.search(rest))
        or (before is not None and before.out and chained and (either or not link))
    )
    period = mention.period
    if (mention.day and words.week_of.search(clause)) or (mention.day and words.week_of.search(rest)):
        monday = mention.day - timedelta(days=mention.day.weekday())
        period = (monday, monday + timedelta(days=6))
    asked = rest.rstrip().endswith(("?", "？"))
    return replace(
        mention,
        out=out,
        until=_limits(clause, rest, words) and not mention.stretch,
        asked=asked,
        either=either,
        period=period,
        stretch=mention.stretch or (period is not None and mention.day is not None),
    )


def _limits(clause: str, rest: str, words: DateWords) -> bool:
    """Whether the words around make a day a time limit, and not a farewell ("bis Freitag!", "até quinta.")."""
    farewell = words.parting.issuperset(clause.split()) and rest.strip()[:1] in ("", ".", "!")
    return not farewell and bool(words.until.search(clause) or words.until.search(rest))


def _last(text: str, marks: str, position: int) -> int:
    return max(text.rfind(mark, max(0, position - _NEAR), position) for mark in marks) + 1 or max(0, position - _NEAR)
