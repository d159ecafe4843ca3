"""Every language file does what its own examples say, and reads days and hours."""

from __future__ import annotations

from datetime import date

import pytest

from thread_finder.finding.folding import fold, tidy
from thread_finder.finding.lexicon import Lexicon, languages, lexicon, search_words
from thread_finder.finding.signals import SIGNALS, likely_languages
from thread_finder.finding.when import mentions

WRITTEN = date(2024, 3, 4)  # a Monday
THURSDAY = date(2024, 3, 7)
ACTS = {
    *("asks-to-meet", "suggests-time", "accepts", "confirms", "moves", "cancels", "declines"),
    *("thanks-for-meeting", "thanks-for-time", "glad-we-met", "recalls-meeting", "thanks-other", "addresses-many"),
}
EXAMPLES = [(code, *example) for code in languages() for example in lexicon(code).examples]
NAMED = {
    "en": ("See you Thursday at 3 pm.", "It is on April 12, 2024.", "I will come tomorrow."),
    "de": ("Am Donnerstag um 15 Uhr.", "Es ist am 12. April 2024.", "Ich komme morgen."),
    "fr": ("Jeudi à 15 h.", "C'est le 12 avril 2024.", "Je viens demain."),
    "es": ("El jueves a las 15:00.", "Es el 12 de abril de 2024.", "Voy mañana."),
    "pt": ("Na quinta-feira às 15h.", "É no dia 12 de abril de 2024.", "Vou amanhã."),
    "it": ("Giovedì alle 15.", "È il 12 aprile 2024.", "Vengo domani."),
    "nl": ("Donderdag om 15 uur.", "Het is op 12 april 2024.", "Ik kom morgen."),
    "ja": ("木曜日の午後3時に。", "2024年4月12日です。", "明日行きます。"),
    "zh": ("星期四下午3点。", "是2024年4月12日。", "我明天来。"),
    "ko": ("목요일 오후 3시에.", "2024년 4월 12일입니다.", "내일 갈게요."),
    "sv": ("På torsdag kl. 15.", "Det är den 12 april 2024.", "Jag kommer i morgon."),
    "no": ("På torsdag kl. 15.", "Det er den 12. april 2024.", "Jeg kommer i morgen."),
    "da": ("På torsdag kl. 15.", "Det er den 12. april 2024.", "Jeg kommer i morgen."),
}


def acts(text: str, words: Lexicon) -> set[str]:
    """The acts whose rules hit, once the formulae that mean nothing are taken out."""
    folded = fold(tidy(text))
    bare = words.mask.pattern.sub(lambda found: " " * len(found[0]), folded)
    return {rule.act for rule in words.rules if rule.applies(bare) and rule.pattern.search(bare)}


@pytest.mark.parametrize(("code", "act", "sentence", "expected"), EXAMPLES)
def test_example_is_read_as_the_file_says(code: str, act: str, sentence: str, expected: bool) -> None:
    assert (act in acts(sentence, lexicon(code))) is expected


@pytest.mark.parametrize("code", languages())
def test_language_knows_every_act_and_no_unknown_one(code: str) -> None:
    known = {rule.act for rule in lexicon(code).rules}
    assert known >= ACTS
    assert known <= set(SIGNALS)


@pytest.mark.parametrize("code", languages())
def test_every_act_has_an_example(code: str) -> None:
    shown = {act for act, _, expected in lexicon(code).examples if expected}
    assert shown >= ACTS - {"thanks-for-time"}


@pytest.mark.parametrize("code", languages())
def test_weekday_and_hour_are_one_mention(code: str) -> None:
    (found,) = mentions(fold(NAMED[code][0]), code, WRITTEN)
    assert (found.day, found.hour) == (THURSDAY, (15, 0))


@pytest.mark.parametrize("code", languages())
def test_full_date_is_read(code: str) -> None:
    (found,) = mentions(fold(NAMED[code][1]), code, WRITTEN)
    assert (found.day, found.exact) == (date(2024, 4, 12), True)


@pytest.mark.parametrize("code", languages())
def test_tomorrow_is_the_day_after_writing(code: str) -> None:
    (found,) = mentions(fold(NAMED[code][2]), code, WRITTEN)
    assert found.day == date(2024, 3, 5)


@pytest.mark.parametrize("code", languages())
def test_a_letter_is_told_to_be_in_its_language(code: str) -> None:
    letter = " ".join(sentence for _, sentence, _ in lexicon(code).examples)
    assert likely_languages(fold(letter))[0] == code


def test_a_few_words_are_in_the_language_of_what_they_answer() -> None:
    assert likely_languages("kl. 18 utenfor?", "Hva gjør du på torsdag? Skal vi ta en kaffe?")[0] == "no"
    assert likely_languages("ok!", "") == ("en",)


def test_search_words_pass_over_languages_without_a_file() -> None:
    assert search_words(["xx", "de"]) == lexicon("de").search


def test_unknown_language_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        lexicon("../en")
