"""What words say beyond the lexicons: on sentences that no lexicon and no mail learned from holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thread_finder.finding.lexicon import languages
from thread_finder.finding.wording import Wording, grams, telling, wording

ARRANGES = {
    "en": [
        "Ten past nine by the fountain, then?",
        "Would the week of the 8th do for you?",
        "Shall I come round at eleven on Thursday?",
    ],
    "de": ["Wäre Ihnen Donnerstag um vier recht?", "Ich bin dann um halb neun bei dir."],
    "fr": ["Jeudi à dix heures vous irait ?", "Je passe chez toi mardi soir, si tu es là."],
    "es": ["¿Te va bien el martes a las cinco?", "Nos vemos entonces en tu despacho el jueves."],
    "it": ["Ti andrebbe bene mercoledì alle sei?", "Ci vediamo allora giovedì da te."],
    "pt": ["Pode ser na quinta às três?", "Então encontramo-nos amanhã às dez."],
    "nl": ["Schikt donderdag om vier uur je?", "Dan kom ik dinsdag om tien uur langs."],
}
THANKS = {
    "en": [
        "What an afternoon you gave us.",
        "I came home with my head full, all of it your doing.",
        "Good to see you at last!",
    ],
    "de": ["Das war ein schöner Abend bei euch.", "Danke für das gute Gespräch gestern."],
    "fr": ["Quel bel après-midi chez vous, merci encore.", "Merci pour cet échange d'hier."],
    "es": ["Qué tarde tan bonita pasamos en tu casa, gracias.", "Gracias por la charla de ayer."],
    "it": ["Che bella serata da voi, grazie ancora.", "Grazie per la chiacchierata di ieri."],
    "pt": ["Que tarde boa em sua casa, obrigada.", "Obrigado pela conversa de ontem."],
    "nl": ["Wat een fijne middag bij jullie, dank je wel.", "Bedankt voor het gesprek van gisteren."],
}
NEITHER = [
    "The invoice is attached.",
    "Please find the report of the second quarter below.",
    "The parcel was delivered.",
]


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in ARRANGES.items() for text in texts])
def test_words_that_arrange(language: str, text: str) -> None:
    said = wording(text, language)
    assert said.arranges > max(0.0, said.thanks), said


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in THANKS.items() for text in texts])
def test_words_that_thank_for_a_meeting(language: str, text: str) -> None:
    said = wording(text, language)
    assert said.thanks > max(0.0, said.arranges), said


@pytest.mark.parametrize("text", NEITHER)
def test_words_that_do_neither(text: str) -> None:
    assert wording(text, "en").arranges < 0.5
    assert wording(text, "en").thanks < 0.5


def test_every_language_has_weights_and_others_have_none() -> None:
    assert all(wording("", code) != Wording() for code in languages())
    assert wording("See you on Thursday.", "xx") == Wording()


def test_names_days_and_numbers_are_nobodys() -> None:
    found = grams("I saw Ottoline on Thursday the 14th, in March, and wrote to ottoline@mill.example.", "en")
    assert {"~", "#day", "#", "#month", "@"} <= found
    assert not any("ottoline" in gram or "thursday" in gram or "14" in gram for gram in found)


def test_languages_without_spaces_are_read_by_two_and_three_letters() -> None:
    assert {"明日", "日の", "明日の", "#時"} <= grams("明日の10時", "ja")


def test_the_telling_sentence() -> None:
    text = "The invoice is attached. What a lovely afternoon you gave us! Regards"
    assert telling(text, "en", lambda words: words.thanks) == "What a lovely afternoon you gave us!"


@given(st.text(max_size=400), st.sampled_from(languages()))
def test_any_text_is_weighed(text: str, language: str) -> None:
    said = wording(text, language)
    assert abs(said.arranges) <= 5.0
    assert abs(said.thanks) <= 5.0
