"""Templates' lines to sentences: wordings chosen, the user's words set in with the right capital and the right end."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from thread_finder.writing.sentences import Fact, accusative, ends, inverted, marked, of, prepared, settle, starts


def text(template: str, language: str = "en", **facts: str) -> str:
    """What becomes of a template in which <name> stands for a fact; the first wording is taken."""
    filled = prepared(template)
    for name, fact in facts.items():
        filled = filled.replace(f"<{name}>", str(marked(Fact(fact))))
    return settle(filled, language, lambda wordings: 0)


@pytest.mark.parametrize(
    ("template", "fact", "expected"),
    [
        ("I heard: <x>.", "your film won", "I heard: your film won."),
        ("I heard: <x>.", "Your film won.", "I heard: your film won."),
        ("I heard: <x>.", "Leipzig has a new festival", "I heard: Leipzig has a new festival."),
        ("<x>. Good.", "your film won", "Your film won. Good."),
        ("Good. <x>.", "“edit first”", "Good. “Edit first”."),
        ("I heard: <x>.", "did it work?", "I heard: did it work?"),
        ("I heard: <x>. Good.", "it worked!", "I heard: it worked! Good."),
        ("You said <x>, and I did.", "that one should wait.", "You said that one should wait, and I did."),
        ("You said <x>, and I did.", "Wait!", "You said Wait, and I did."),
        ("I work at <x>.", "Lantern Inc.", "I work at Lantern Inc."),
        ("I work at <x>, now.", "Lantern Inc.", "I work at Lantern Inc., now."),
        ("I was <x>.", "in the U.S.", "I was in the U.S."),
        ("You said: <x>.", "“Edit first.”", "You said: “Edit first.”"),
        ("You said <x>, and I did.", "“Edit first.”", "You said “Edit first”, and I did."),
        ("<x>. Good.", "iPhone cameras are fine", "iPhone cameras are fine. Good."),
        ("<x>", "https://film.example", "https://film.example"),
        ("I was <x>.", "A NASA intern", "I was a NASA intern."),
        ("I was there <x>.", "", "I was there."),
        ("We met <x>, and <x>.", "", "We met, and."),
        ("I read: <x>.", "3 films won", "I read: 3 films won."),
        ("I read: <x>.", "and so on...", "I read: and so on..."),
    ],
)
def test_a_fact_fits_itself_in(template: str, fact: str, expected: str) -> None:
    assert text(template, x=fact) == expected


@pytest.mark.parametrize(
    ("language", "template", "fact", "expected"),
    [
        ("de", "Kurz zu mir: <x>.", "ich habe gebaut", "Kurz zu mir: Ich habe gebaut."),
        ("de", "Es ging um <x>.", "Die Orgel", "Es ging um die Orgel."),
        ("de", "Gelesen: <x>.", "Sie haben gewonnen", "Gelesen: Sie haben gewonnen."),
        ("fr", "Du nouveau : <x>.", "J'ai ouvert un atelier.", "Du nouveau : j'ai ouvert un atelier."),
        ("it", "Il tema era <x>.", "L'archivio", "Il tema era l'archivio."),
        ("es", "Leí: <x>.", "¿habrá otra?", "Leí: ¿habrá otra?"),
        ("es", "Hola. <x>.", "¿habrá otra?", "Hola. ¿Habrá otra?"),
        ("ja", "その後、<x>。", "卒業しました。", "その後、卒業しました。"),
        ("de", "Ein Rat: <x>.", "„Erst hören.“", "Ein Rat: „Erst hören.“"),
        ("fr", "Une phrase : <x>.", "« Écouter d'abord. »", "Une phrase : « Écouter d'abord. »"),
        ("fr", "Il a dit <x>, et voilà.", "« Écouter d'abord. »", "Il a dit « Écouter d'abord », et voilà."),
        ("ja", "「<x>」と伺いました。", "音から始めなさい。", "「音から始めなさい」と伺いました。"),
    ],
)
def test_a_fact_fits_itself_in_by_language(language: str, template: str, fact: str, expected: str) -> None:
    assert text(template, language, x=fact) == expected


def test_lines_are_joined_blank_lines_part_and_a_backslash_keeps_the_break() -> None:
    assert text("One.\n  Two.\n\nThree,\\\nfour.\n") == "One. Two.\n\nThree,\nfour."
    assert text("一つ。\n二つ。", "ja") == "一つ。二つ。"


def test_one_wording_of_each_run_is_taken() -> None:
    asked: list[Sequence[str]] = []

    def last(wordings: Sequence[str]) -> int:
        asked.append(wordings)
        return len(wordings) - 1

    lines = prepared("Hello.\n- One.\n- Two.\nThen.\n- Three.\n-\n")
    assert settle(lines, "en", last) == "Hello. Two. Then."
    assert [list(numbers) for numbers in asked] == [["2", "3"], ["5", "6"]]


def test_a_fact_cannot_pass_for_a_wording_or_a_line() -> None:
    assert text("We met. <x>.\nGood.", x="- one\n- two\n\n\\") == "We met. - one - two \\. Good."


def test_starts_and_ends_know_words() -> None:
    assert starts("That it works", "that")
    assert starts("qu’il faut", "qu'")
    assert not starts("thatched roofs", "that")
    assert not starts("", "that")
    assert ends("静けさも設計するということ。", "こと")
    assert not ends("静けさ", "こと")


@pytest.mark.parametrize(
    ("words", "language", "expected"),
    [
        ("le son", "fr", "du son"),
        ("Les orgues", "fr", "des orgues"),
        ("la salle", "fr", "de la salle"),
        ("orgues", "fr", "d'orgues"),
        ("l'orgue", "fr", "de l'orgue"),
        ("il suono", "it", "del suono"),
        ("l'organo", "it", "dell'organo"),
        ("gli organi", "it", "degli organi"),
        ("suoni", "it", "di suoni"),
        ("el sonido", "es", "del sonido"),
        ("la sala", "es", "de la sala"),
        ("o som", "pt", "do som"),
    ],
)
def test_of(words: str, language: str, expected: str) -> None:
    assert of(words, language) == expected


def test_inverted() -> None:
    assert inverted("Ich habe gebaut und bin müde") == "habe ich gebaut und bin müde"
    assert inverted("ik ben verhuisd") == "ben ik verhuisd"
    assert inverted("Umzug") == "Umzug"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("der Schnitt langer Interviews", "den Schnitt langer Interviews"),
        ("Der lange, steinige Weg", "den langen, steinigen Weg"),
        ("die Orgel", "die Orgel"),
        ("alte Kameras", "alte Kameras"),
        ("der", "den"),
    ],
)
def test_accusative(words: str, expected: str) -> None:
    assert accusative(words) == expected
