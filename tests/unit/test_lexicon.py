"""Each language's own examples of true and false friends, and its words for days."""

from __future__ import annotations

from datetime import date

import pytest

from thread_finder.finding.folding import fold
from thread_finder.finding.lexicon import languages, lexicon, search_words
from thread_finder.finding.signals import _masked
from thread_finder.finding.when import mentions

EXAMPLES = [(code, *example) for code in languages() for example in lexicon(code).examples]


@pytest.mark.parametrize(("code", "act", "sentence", "expected"), EXAMPLES)
def test_examples_of_the_file_hold(code: str, act: str, sentence: str, expected: bool) -> None:
    words = lexicon(code)
    bare = _masked(fold(sentence), words)
    hit = any(rule.act == act and rule.applies(bare) and rule.pattern.search(bare) for rule in words.rules)
    assert hit is expected


@pytest.mark.parametrize("code", languages())
def test_weekdays_are_understood(code: str) -> None:
    tuesday = next(iter(lexicon(code).dates.weekdays))
    (found,) = mentions(f" {tuesday} ", code, date(2026, 11, 24))
    assert found.weekday
    assert found.day == date(2026, 11, 30)


def test_the_promised_languages_are_there() -> None:
    assert set(languages()) >= {"en", "es", "fr", "de", "pt", "it", "nl", "ja", "zh"}


def test_search_words_are_for_searching() -> None:
    assert "coffee" in search_words(["en"])
    assert "Kaffee" in search_words(["de"])
    assert search_words(["xx"]) == ()
