"""Editing a letter: the words are the user's, the headers are not to be reached (hazards A1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thread_finder.app.editing import SCISSORS, from_text, to_text
from thread_finder.app.letters import Stationery, Wishes, Written, rewrite, write
from thread_finder.errors import RefusedError
from thread_finder.model import Address, Contact, Finding, Kind, Message, Owner, Thread, Update, Verdict
from thread_finder.writing.render import Templates, shipped_templates

OWNER = Owner(
    "Ada Marsh",
    ("ada@marsh.example",),
    introduction={"": "the film student"},
    updates=(Update(date(2026, 9, 1), {"": "I started at Lantern Pictures"}),),
)
DESK = Stationery(OWNER, Templates(shipped_templates()), datetime(2026, 11, 24, 9, tzinfo=UTC))
JANE = Contact("Jane Doe", ("jane@x.example",), met_how="for coffee")


def letter(*, reply: bool = True) -> Written:
    parent = Message(
        "1", "<thanks@x.example>", datetime(2023, 7, 12, tzinfo=UTC), Address("jane@x.example", "Jane Doe"),
        (Address("ada@marsh.example"),), subject="Thank you!", new_text="It was good to meet you.\n\nJane",
    )  # fmt: skip
    found = Finding(JANE, Verdict.NEW_THREAD, 0.9, reply_to=Address("jane@x.example", "Jane Doe"))
    if reply:
        thread = Thread("18c", (parent,))
        found = replace(found, verdict=Verdict.REPLY, kind=Kind.THANK_YOU, thread=thread, parent=parent)
    return write(found, DESK, Wishes(), message_id="<one@marsh.example>")


def typed(text: str, written: Written) -> Written:
    edited = from_text(text, written)
    assert edited is not None
    return rewrite(written, edited, DESK, Wishes())


def test_what_is_not_changed_is_no_edit() -> None:
    for written in (letter(), letter(reply=False)):
        assert from_text(to_text(written), written) is None
        assert from_text("\ufeff" + to_text(written).replace("\n", "\r\n"), written) is None


def test_an_empty_text_leaves_the_letter_as_it_was() -> None:
    written = letter()
    assert from_text(f"\n  \n{SCISSORS}\nnotes", written) is None


def test_the_words_are_the_users_and_checked_anew() -> None:
    written = letter()
    text = to_text(written).replace(written.letter.parts[-1][1], "Sorry, so sorry! {{name}}, write TODO.\n\nAda", 1)
    again = typed(text, written)
    assert again.edited
    assert "so sorry! {{name}}" in again.text
    assert [advice.rule for advice in again.stops(frozenset())] == ["placeholder"]
    assert again.message["Message-ID"] == written.message["Message-ID"]
    assert again.in_reply_to == "<thanks@x.example>"


def test_without_the_scissors_nothing_is_guessed() -> None:
    written = letter()
    with pytest.raises(RefusedError, match="scissors"):
        from_text(to_text(written).replace(SCISSORS, ""), written)


def test_an_endless_letter_is_refused() -> None:
    with pytest.raises(RefusedError, match="no letter"):
        from_text("so " * 10_000 + to_text(letter()), letter())


def test_the_subject_of_a_new_thread_can_be_written_and_nothing_beside_it() -> None:
    written = letter(reply=False)
    text = to_text(written)
    assert text.startswith(f"Subject: {written.subject}\n")
    again = typed(text.replace("Subject: ", "Subject: Lunch?\x0bBcc: all@evil.example \u202e", 1), written)
    message = message_from_bytes(again.raw, policy=policy.default)
    assert again.subject.startswith("Lunch? Bcc: all@evil.example")
    assert message["Bcc"] is None
    assert message["To"] == written.message["To"]


def test_a_subject_line_in_an_old_thread_is_text() -> None:
    written = letter()
    again = typed("Subject: Another one\n\n" + to_text(written), written)
    assert again.subject == "Re: Thank you!"
    assert "Subject: Another one" in again.text


@settings(max_examples=25)
@given(st.text(alphabet=st.sampled_from("a \n\r\x00\x0b\x1b\u2028:<>@=?Bcc")))
def test_no_text_becomes_a_header(text: str) -> None:
    for written in (letter(), letter(reply=False)):
        edited = from_text(f"Subject: {text}\n\nBcc: a@evil.example\n{text}\n{SCISSORS}\n", written)
        assert edited is not None
        headers = message_from_bytes(rewrite(written, edited, DESK, Wishes()).raw, policy=policy.default)
        assert headers.keys() == written.message.keys()
        assert headers["To"] == written.message["To"]


def test_paragraphs_keep_the_names_of_the_parts_they_stand_for() -> None:
    written = letter()
    names = [name for name, _ in written.letter.parts]
    body = written.letter.body.split("\n\n")
    body[1] = "I am the one with the red umbrella."
    body.insert(2, "It rained a lot that day.")
    edited = from_text("\n\n\n".join(body) + f"\n{SCISSORS}\n", written)
    assert edited is not None
    assert [name for name, _ in edited.parts] == names
    assert dict(edited.parts)[names[1]] == "I am the one with the red umbrella.\n\nIt rained a lot that day."
    assert edited.body == "\n\n".join(body)
