"""note --suggest and --confirm: what they said that may be worth remembering, and only if the user says so."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pexpect
import pytest

from tests.cli.conftest import User


@pytest.fixture
def notes(user: User) -> Path:
    path: Path = user.config.parent / "notes.toml"
    return path


def test_their_own_sentences_are_shown_with_their_mail(user: User) -> None:
    found = user.at("note", "Bryony", "--suggest", "--json").json
    assert [one["number"] for one in found] == list(range(1, len(found) + 1))
    assert found
    mails = user.mbox.read_text("utf-8")
    for one in found:
        assert one["message_id"] in mails
        assert not one["sentence"].endswith("?")
    shown = user.at("note", "Bryony", "--suggest").out
    assert found[0]["sentence"] in shown.replace("\n", " ")
    assert "--confirm NUMBER" in shown


def test_nothing_is_noted_by_looking(user: User, notes: Path) -> None:
    before = notes.read_bytes() if notes.exists() else b""
    user.at("note", "Bryony", "--suggest")
    assert (notes.read_bytes() if notes.exists() else b"") == before


def test_a_confirmed_sentence_stands_in_the_letter_as_theirs(user: User, notes: Path) -> None:
    said = user.at("note", "Alasdair", "--suggest", "--json").json[0]["said"]
    assert said == "Measure it wet, then measure it dry, then go for a swim and think"
    assert user.at("note", "Alasdair", "--confirm", "1", "--json").json["noted"] == ["remember"]
    assert tomllib.loads(notes.read_text("utf-8"))["contact"][0]["remember"] == f"“{said}”"
    assert f"“{said}" in user.at("preview", "Alasdair", "--json").json[0]["text"]


def test_the_owners_own_words_are_not_passed_off_as_theirs(user: User, notes: Path) -> None:
    found = user.at("note", "Bryony", "--suggest", "--json").json
    (mine,) = [one["number"] for one in found if "put the knife down" in one["sentence"]]
    user.at("note", "Bryony", "--confirm", str(mine)).fails(4, "yours", "--remember")


def test_a_number_that_is_not_there_is_refused(user: User) -> None:
    user.at("note", "Bryony", "--confirm", "99").fails(4, "no sentence 99", "--suggest")


def test_somebody_who_never_gave_advice_is_said(user: User) -> None:
    assert user.at("note", "Nerys", "--suggest", "--json").json == []
    assert "nothing that" in user.at("note", "Nerys", "--suggest").out


def test_on_a_terminal_one_chooses(user: User, notes: Path) -> None:
    command = ["-m", "thread_finder", "note", "Alasdair", "--suggest", "--as-of", "2026-11-24"]
    child = pexpect.spawn(
        sys.executable, command, env=user.environment, cwd=str(user.folder), timeout=60, encoding="utf-8"
    )
    child.expect("Which one helped you")
    child.sendline("1")
    child.expect("they said")
    child.wait()
    assert "remember" in notes.read_text("utf-8")


def test_a_note_is_taken_back_with_nothing(user: User, notes: Path) -> None:
    user.run("note", "Bryony", "--topic", "reeds", "--met-on", "2024")
    assert user.run("note", "Bryony", "--topic", "", "--met-on", "").code == 0
    (entry,) = tomllib.loads(notes.read_text("utf-8"))["contact"]
    assert "topic" not in entry
    assert "met_on" not in entry


def test_a_language_without_letters_is_refused(user: User) -> None:
    assert user.run("note", "Bryony", "--language", "xx").code == 2
    assert user.run("note", "Bryony", "--language", "de-CH").code == 0
