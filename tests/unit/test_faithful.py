"""Another wording of a letter is taken only if it says the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thread_finder.model import Reason
from thread_finder.writing.faithful import Wording, everyday_words, faults
from thread_finder.writing.language import LANGUAGES
from thread_finder.writing.sample import FULL

EVERYDAY = everyday_words(["Hello, it's been a while. I'd love to hear how you are.", "{{ secret }} some time"], "en")
FACTS = replace(
    FULL,
    how="",
    topic="",
    introduced_by="",
    reason=Reason(text="your film won in Leipzig"),
    occasion=FULL.occasion.__class__(),
)
OLD = Wording(
    (
        "I'm the film student who was interning at Harbour Radio. We met for coffee in July 2023.",
        "I started as an editor at Lantern Pictures. I finished my degree. You told me that one should learn to edit "
        "first.",
        "I saw last week that your film won in Leipzig, and thought of you: https://news.example/leipzig",
    ),
    "en",
    EVERYDAY,
)


def wrong(*changes: tuple[str, str]) -> list[str]:
    """The faults of the letter with each first text replaced by the second."""
    text = OLD.text
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return faults(OLD, text.split("\n\n"), FACTS)


@pytest.mark.parametrize(
    "changes",
    [
        (),
        [("We met for coffee in July 2023.", "It was in July 2023 that we met for coffee.")],
        [("I'm the film student", "Hello, I'm the film student")],
        [("I started as an editor", "It's been a while, and I started as an editor")],
        [
            ("your film won in Leipzig", "in Leipzig your film won"),
            ("and thought of you", "and I thought of you"),
        ],
        [("I finished my degree. You told", "I finished my degree, and you told")],
    ],
)
def test_other_words_order_and_forms_are_welcome(changes: list[tuple[str, str]]) -> None:
    assert wrong(*changes) == []


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("Leipzig", "Berlin", "it loses “leipzig”"),
        ("July", "June", "it adds “june”"),
        ("in July 2023", "a while ago", "it loses the number 2023"),
        ("2023", "2024", "it adds the number 2024"),
        ("last week", "some time", "it loses “last week”"),
        ("I saw", "I saw yesterday", "it adds “yesterday”"),
        ("https://news.example/leipzig", "https://evil.example/", "it adds the link https://evil.example/"),
        (": https://news.example/leipzig", "", "it loses the link"),
        ("I finished my degree. ", "", "it loses “finished”"),
        ("Harbour Radio", "Harbour Radio with May", "it adds “May”"),
        ("I started", "I have three children and started", "it adds “three”"),
        ("should learn", "should not learn", "it says yes where the letter says no"),
        ("thought of you:", "thought of you. How are you?", "it asks something more"),
        ("in Leipzig, and", "in Leipzig. I'd love to hear how it's been. And I", "is not in the letter"),
        ("editor", "<b>editor</b>", "markup"),
        ("editor", "**editor**", "markup"),
        ("editor", "editor\u200b", "control characters"),
        ("editor", "editor " * 60, "longer"),
    ],
)
def test_whatever_is_added_or_lost_is_named(before: str, after: str, why: str) -> None:
    found = wrong((before, after))
    assert any(why in fault for fault in found), found


def test_a_letter_much_shorter_is_none() -> None:
    assert "it is much shorter than the letter" in faults(OLD, ["I", "am", "I"], FACTS)


def test_other_paragraphs_cannot_be_told_apart() -> None:
    assert faults(OLD, [OLD.text.replace("\n\n", " ")], FACTS) == ["it has 1 paragraphs, not 3"]


JAPANESE = Wording(("昨年の七月に喫茶店でお会いした映画科の学生です。", "ランタン社で編集の仕事を始めました。"), "ja")
TOLD = replace(FACTS, language="ja", introduction="映画科の学生", when="昨年の七月", remember="", reason=Reason(),
               updates=("ランタン社で編集の仕事を始めました",), dated="")  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "fine"),
    [
        ("お会いした", "お目にかかった", False),
        ("お会いした", "お会いしました、あの", True),
        ("ランタン社", "マリン社", False),
        ("編集の仕事を", "編集を", False),
        ("昨年の七月に", "", False),
    ],
)
def test_japanese_is_held_by_its_kanji_and_katakana(before: str, after: str, fine: bool) -> None:
    new = [text.replace(before, after) for text in JAPANESE.paragraphs]
    assert (faults(JAPANESE, new, TOLD) == []) is fine


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_time_are_never_everyday(language: str) -> None:
    words = everyday_words(["yesterday gestern hier ayer ontem ieri gisteren 昨日"], language)
    assert not words & {{"en": "yesterday", "de": "gestern", "fr": "hier", "es": "ayer", "pt": "ontem", "it": "ieri",
                         "nl": "gisteren", "ja": "昨日"}[language]}  # fmt: skip


def test_variables_of_templates_are_no_words() -> None:
    assert "secret" not in EVERYDAY
    assert "while" in EVERYDAY


@given(st.lists(st.text(max_size=200), max_size=4))
def test_any_answer_can_be_held_against_a_letter(answer: list[str]) -> None:
    assert isinstance(faults(OLD, answer, FACTS), list)
    assert faults(OLD, answer, FACTS) or answer == list(OLD.paragraphs)
