"""What days and hours look like in a text: one pattern for each language, made from its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from thread_finder.finding.lexicon import DateWords, lexicon

SHORT = 3
"""Abbreviations of so many letters ("sat", "wed") are ordinary words unless something beside them says otherwise."""

_HOURS = 12
_OF_THE_CLOCK = r"[ap]\.?\s?m\b|h\b|h\d|hrs?\b|heures|uhr|uur|ur\b|o.clock|horas|kl\b|min|時|时|点|點|시"
_NOT_A_DAY = rf"(?!\d|[:%/]|[.,-]\d|\s?(?:{_OF_THE_CLOCK}))"
_BEFORE_MONTH = "in im of mid late early mitte anfang ende en de mi fin em di a i eind begin half".split()
KINDS = frozenset(
    {
        *("iso", "ymd", "numeric", "m1", "m2", "wn", "relative", "weekday", "month", "month_in", "month_number"),
        *("week_after_next", "next_week", "last_week", "pick"),
    }
)
"""The groups that tell what was matched, beside those of the languages' own patterns: d_0, …, h_0, …"""


@cache
def day_pattern(language: str) -> re.Pattern[str]:
    """Days, hours, and the periods and choices that narrow them down, as groups named in KINDS.

    Where words are spaced, one look at the letter before spares all alternatives in four places of five.
    """
    words, spaced = lexicon(language).dates, lexicon(language).spaced
    left, right = (r"(?<!\w)", r"(?!\w)") if spaced else ("", "")
    parts = [*_in_figures(words, spaced, right), *_with_months(words, right), *_in_words(words, right)]
    return re.compile(f"{left}(?:{'|'.join(parts)})")


def _in_figures(words: DateWords, spaced: bool, right: str) -> Iterator[str]:
    """2024-03-14, 14/3, 3月14日, and "Thursday 14"."""
    yield r"(?P<iso>\d{4}-\d\d-\d\d)(?!\d)"
    count, month = words.number, _any(words.months)
    if not spaced:
        yield rf"(?P<ymd>(?:\d{{4}}\s?[年년]\s?)?(?:{count})\s?[月월]\s?(?:{count})\s?[日号號일])"
        yield rf"(?P<month_number>(?:{count}))\s?[月월](?!\s?(?:{count}))"
    article = rf"(?P<article>(?:{'|'.join(words.article) or '(?!)'})\s*)?"
    yield (
        rf"(?P<wd>{_any(words.weekdays)})[.,]?\s*[(（,]?\s*{article}(?P<wn>{count})"
        rf"(?P<nth>st|nd|rd|th|er|e|de|:e|º|ª|日|号|號|일)?{_NOT_A_DAY}"
        rf"(?!\.?\s*(?:of\s|de\s|d')?(?:{month}){right})[.)）]?"
    )
    yield (
        r"(?<![\d.,/:])(?P<numeric>\d{1,2}[/.]\d{1,2}(?:[/.](?:\d{4}|\d{2})|\.)?)"
        r"(?![\d:%/]|\s?(?:%|[ap]\.?m\b|uhr|uur|h\b))"
    )


def _with_months(words: DateWords, right: str) -> Iterator[str]:
    """As in "14 March", "12 to 14 March", "ocho de junio"; "March 14", "March 12-14"; "in March"."""
    if not words.months:
        return
    month, ordinal, dot = _any(words.months), "(?:st|nd|rd|th)?", r"(?:st|nd|rd|th|\.)?"
    before, and_ = words.between
    through = "|".join(re.escape(word) for word in sorted(words.through, key=len, reverse=True))
    year = r"(?:,?\s+(?:de\s+|del\s+)?(?P<{0}>\d{{4}}))?"
    spelled = words.numbers if len(words.numbers) > _HOURS else ()
    yield (
        rf"(?:(?:{before})\s(?:\w{{2,3}}\s)?(?P<d4>\d{{1,2}}){dot}\s(?:{and_})\s(?:\w{{2,3}}\s)?"
        rf"|(?P<d0>\d{{1,2}}){dot}\s?(?:{through})\s?)?"
        rf"(?P<d1>\d{{1,2}}{''.join(f'|{re.escape(word)}' for word in spelled)})(?:st|nd|rd|th|er|e|o|º|ª)?"
        rf"\.?,?\s+(?:of\s+|de\s+|d')?(?P<m1>{month})\.?{right}{year.format('y1')}"
    )
    yield (
        rf"(?P<m2>{month})\.?\s+(?:the\s+)?(?P<d2>\d{{1,2}}){ordinal}"
        rf"(?:\s?(?:{through})\s?(?P<d3>\d{{1,2}}){ordinal})?(?!\d|:){year.format('y2')}"
    )
    long_names = _any(name for name in words.months if len(name) > SHORT)
    # "i" is "in" in the North; "if I may" names no month
    yield rf"(?:(?!i may)(?:{'|'.join(_BEFORE_MONTH)})[\s-](?P<month_in>{month})|(?P<month>{long_names})){right}"


def _in_words(words: DateWords, right: str) -> Iterator[str]:
    """As in "next week", "the second", "tomorrow", "Friday", "the 14th", "at 3", "at three"."""
    yield rf"(?P<week_after_next>{words.after_next.pattern})|(?P<next_week>{words.next_week.pattern})"
    yield rf"(?P<last_week>{words.last_week.pattern})"
    yield rf"(?P<pick>{_any(words.picks)}){right}"
    yield rf"(?P<relative>{_any(words.relative)}){right}"
    yield rf"(?P<weekday>{_any(words.weekdays)})\.?{right}"
    month, either = _any(words.months), _any(word for word in words.either if word.isalpha())
    yield (
        rf"(?:{either}) (?P<d_or>\d{{1,2}})(?:st|nd|rd|th|ste|de|er|e)?(?!\w){_NOT_A_DAY}"
        rf"(?!\.?\s?(?:of\s|de\s)?(?:{month}){right})\.?"
    )
    yield from (_renamed(pattern, "d", index) for index, pattern in enumerate(words.days))
    yield from (_renamed(pattern, "hmp", index) for index, pattern in enumerate(words.hours))
    hours = f"(?:{_any(word for word, number in words.numbers.items() if number <= _HOURS)})"
    yield from (rf"(?P<s_{i}>{one.replace('{n}', hours)}){right}" for i, one in enumerate(words.spoken))


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted((re.escape(word) for word in words), key=len, reverse=True)) or r"(?!)"


def _renamed(pattern: str, groups: str, index: int) -> str:
    """A pattern of the lexicon with its groups numbered: each name may stand but once in the whole."""
    for group in groups:
        pattern = pattern.replace(f"(?P<{group}>", f"(?P<{group}_{index}>")
    return f"(?:{pattern})"
