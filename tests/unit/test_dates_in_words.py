"""Dates as people say them: right around New Year, in each language, never more precise than what is known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thread_finder.model import PartialDate
from thread_finder.writing.dates_in_words import LANGUAGES, ago

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("met", "today", "words"),
    [
        ("2026-11-24", "2026-11-24", "today"),
        ("2026-11-23", "2026-11-24", "yesterday"),
        ("2026-11-20", "2026-11-24", "a few days ago"),
        ("2026-11-17", "2026-11-24", "last week"),
        ("2026-11-10", "2026-11-24", "two weeks ago"),
        ("2026-10-25", "2026-11-24", "last month"),
        ("2026-11", "2026-11-24", "this month"),
        ("2026-07-11", "2026-11-24", "in July"),
        ("2025-12-31", "2026-11-24", "last December"),
        ("2025-11-30", "2026-11-24", "in November last year"),
        ("2025-07", "2026-06-01", "last July"),
        ("2023-07-11", "2026-11-24", "in July 2023"),
        ("2026", "2026-11-24", "this year"),
        ("2025", "2026-01-01", "last year"),
        ("2024", "2026-01-01", "two years ago"),
        ("2023", "2026-01-01", "in 2023"),
        ("2026-12-31", "2027-01-01", "yesterday"),
        ("2026-12-28", "2027-01-03", "a few days ago"),
        ("2026-12-01", "2027-01-03", "last month"),
        ("2026-11-30", "2027-01-03", "last November"),
        ("2026-01-30", "2027-01-03", "in January last year"),
        ("2025-12-30", "2027-01-03", "in December 2025"),
    ],
)
def test_english(met: str, today: str, words: str) -> None:
    assert ago(PartialDate.parse(met), date.fromisoformat(today), "en") == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", ["la semana pasada", "en abril", "en agosto del año pasado", "en abril de 2024", "hace dos años"]),
        ("fr", ["la semaine dernière", "en avril", "en août de l'année dernière", "en avril 2024", "il y a deux ans"]),
        ("de", ["letzte Woche", "im April", "im August letzten Jahres", "im April 2024", "vor zwei Jahren"]),
        ("pt", ["na semana passada", "em abril", "em agosto do ano passado", "em abril de 2024", "há dois anos"]),
        (
            "it",
            ["la settimana scorsa", "ad aprile", "ad agosto dell'anno scorso", "nell'aprile del 2024", "due anni fa"],
        ),
        ("nl", ["vorige week", "in april", "in augustus van vorig jaar", "in april 2024", "twee jaar geleden"]),
        ("ja", ["先週", "今年の4月", "昨年の8月", "2024年4月", "2年前"]),
    ],
)
def test_other_languages(language: str, words: list[str]) -> None:
    known = ("2026-11-17", "2026-04", "2025-08", "2024-04", "2024")
    assert [ago(PartialDate.parse(day), TODAY, language) for day in known] == words


@given(
    language=st.sampled_from(sorted(LANGUAGES)),
    days=st.integers(0, 9000),
    precision=st.sampled_from((10, 7, 4)),
    today=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
)
def test_nothing_is_told_that_is_not_known(language: str, days: int, precision: int, today: date) -> None:
    met = PartialDate.parse(str(today - timedelta(days=days))[:precision])
    words = ago(met, today, language)
    other = PartialDate.parse(str(met.value.replace(day=1) if precision == 10 else met.value)[:precision])
    assert words
    assert "{" not in words
    if precision == 10 and days > 62:  # the day does not matter any more
        assert ago(other, today, language) == words
    if precision == 4:  # nor does the month
        january, december = date(met.value.year, 1, 1), date(met.value.year, 12, 1)
        assert ago(PartialDate(january, "year"), today, language) == words
        assert december > today or ago(PartialDate(december, "year"), today, language) == words


def test_a_date_ahead_or_a_strange_language_is_refused() -> None:
    with pytest.raises(ValueError, match="after"):
        ago(PartialDate(date(2027, 1, 1)), TODAY, "en")
    with pytest.raises(ValueError, match="no dates in words"):
        ago(PartialDate(TODAY), TODAY, "tlh")
