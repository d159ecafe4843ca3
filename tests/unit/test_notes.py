"""What `note` writes down, and how it goes before the contacts file."""

from __future__ import annotations

import os
import stat
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thread_finder.addressbook import notes
from thread_finder.errors import ConfigError
from thread_finder.model import Contact, Owner, PartialDate, Reason, ReasonKind, Update

JANE = Contact("Jane Doe", ("jane@x.example", "jane@y.example"), remember="from the file", language="en")
BOB = Contact("Bob Reed", ("bob@x.example",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "notes.toml"


def noted(path: Path, contact: Contact = JANE) -> Contact:
    return notes.apply([contact], notes.load_notes(path))[0]


# --- writing and reading back -----------------------------------------------------------------------


def test_without_a_file_there_are_no_notes(path: Path) -> None:
    assert notes.load_notes(path) == notes.Notes({})
    assert noted(path) == JANE


def test_everything_that_can_be_noted_comes_back(path: Path) -> None:
    given: dict[str, object] = {
        "introduction": "the intern",
        "met_on": PartialDate.parse("2023-07"),
        "met_how": "for coffee",
        "topic": "editing",
        "introduced_by": "Priya Shah",
        "remember": 'she said "edit first"\nthen shoot',
        "reason": Reason(ReasonKind.NEWS, "your film won", "https://n.example", date(2026, 11, 2)),
        "language": "fr",
        "cadence": "6 months",
        "do_not_contact": True,
        "notes": '\\ \' """ #',
    }
    assert set(given) == set(notes.KEYS)
    notes.add_contact_note(path, JANE, **given)
    found = noted(path)
    assert {key: getattr(found, key) for key in given} == given
    assert (found.name, found.emails) == (JANE.name, JANE.emails)


def test_later_notes_override_and_nothing_else_is_forgotten(path: Path) -> None:
    notes.add_contact_note(path, JANE, remember="one", met_how="call")
    notes.add_contact_note(path, BOB, remember="bob's")
    notes.add_contact_note(path, JANE, remember="two")
    assert (noted(path).remember, noted(path).met_how) == ("two", "call")
    assert noted(path, BOB).remember == "bob's"


@pytest.mark.parametrize("nothing", ["", None])
def test_a_note_can_be_taken_back(path: Path, nothing: str | None) -> None:
    notes.add_contact_note(path, JANE, remember="noted", met_how="call")
    notes.add_contact_note(path, JANE, remember=nothing)
    assert (noted(path).remember, noted(path).met_how) == ("from the file", "call")


def test_notes_follow_a_person_by_any_address(path: Path) -> None:
    notes.add_contact_note(path, JANE, met_how="call")
    renamed = Contact("Jane Smith", ("jane@new.example", "jane@x.example"))
    assert noted(path, renamed).met_how == "call"
    notes.add_contact_note(path, renamed, met_how="coffee")
    assert path.read_text().count("[[contact]]") == 1
    assert noted(path, JANE).met_how == "coffee"


def test_the_owners_updates(path: Path) -> None:
    notes.add_update(path, date(2026, 9, 1), "I moved")
    notes.add_update(path, date(2025, 9, 1), "I finished")
    owner = Owner("Ada", ("ada@x.example",), updates=(Update(date(2026, 1, 1), {"": "I began"}),))
    found = notes.apply_to_owner(owner, notes.load_notes(path)).updates
    assert [update.text[""] for update in found] == ["I finished", "I began", "I moved"]


# --- the user's own hand ----------------------------------------------------------------------------

OWN = """# mine, keep
[[contact]]
email = "BOB@x.example"   # an old friend
remember = '''
[[contact]]
not an entry'''
# about the next one

[[update]]   # news
date = 2026-01-01
text = { en = "hello", fr = "salut" }

# Jane
[[contact]]
  email = "jane@y.example"
  [contact.reason]
  kind = "news"
# the end"""


def test_comments_order_and_layout_stay(path: Path) -> None:
    path.write_text(OWN)
    notes.add_contact_note(path, BOB, met_how="call")
    after = path.read_text()
    added = [line for line in after.splitlines() if line not in OWN.splitlines()]
    assert added == ['met_how = "call"']
    assert [line for line in after.splitlines() if line not in added] == OWN.splitlines()
    assert noted(path, BOB).remember == "[[contact]]\nnot an entry"
    assert noted(path).reason == Reason(ReasonKind.NEWS)


def test_a_reason_written_as_a_table_of_its_own_is_replaced(path: Path) -> None:
    path.write_text(OWN)
    notes.add_contact_note(path, JANE, reason=Reason(ReasonKind.CATCH_UP), met_how="call")
    assert (noted(path).reason, noted(path).met_how) == (Reason(ReasonKind.CATCH_UP), "call")
    assert path.read_text().endswith("# the end\n")
    assert noted(path, BOB).remember == "[[contact]]\nnot an entry"


def test_line_endings_of_windows_and_a_mark_are_read(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + OWN.replace("\n", "\r\n").encode())
    notes.add_contact_note(path, BOB, met_how="call")
    notes.add_update(path, date(2026, 2, 2), "x")
    assert noted(path, BOB).met_how == "call"
    assert len(notes.load_notes(path).updates) == 2


def test_bad_entries_are_named_and_the_good_ones_count(path: Path) -> None:
    path.write_text("""
[[contact]]
emial = "x@x.example"
[[contact]]
email = "jane@x.example"
met_on = "soon"
met_how = "call"
[[update]]
date = 2026
text = "x"
[[update]]
date = 2026-01-01
text = ""
[[updates]]
date = 2026-01-01
""")
    found = notes.load_notes(path)
    assert [str(problem) for problem in found.problems] == [
        "notes.toml: updates: unknown key (did you mean update?)",
        "notes.toml:2: emial: unknown key (did you mean email?)",
        "notes.toml:2: email: '' is no e-mail address (write it as name@example.org)",
        "notes.toml:4 jane@x.example: met_on: 'soon' is no date (write it as 2023-07-11, 2023-07 or 2023)",
        "notes.toml:8: '2026' lacks the day (write it as 2026-09-01)",
        "notes.toml:11: text must be text in quotes",
    ]
    assert noted(path).met_how == "call"


# --- what cannot be -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [{"met_on": "soon"}, {"remember": "\x1b[31m"}, {"nickname": "J"}, {"reason": {"kind": "newz"}}, {"language": "?"}],
)
def test_a_wrong_value_is_refused_and_nothing_written(path: Path, wrong: dict[str, object]) -> None:
    path.write_text(OWN)
    with pytest.raises(ConfigError) as caught:
        notes.add_contact_note(path, JANE, **wrong)
    assert len(caught.value.problems) == 1
    assert path.read_text() == OWN


@pytest.mark.parametrize("text", ["[[contact]\n", "contact = []\n", 'contact = [{email = "jane@x.example"}]\n'])
def test_a_file_that_cannot_be_edited_safely_is_left_alone(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(ConfigError):
        notes.add_contact_note(path, JANE, met_how="call")
    assert path.read_text() == text


def test_the_file_is_the_users_own_and_a_link_stays_one(path: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "notes.toml"
    path.symlink_to(real)
    notes.add_contact_note(path, JANE, met_how="call")
    assert path.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert sorted(tmp_path.rglob("*")) == sorted([path, real.parent, real])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_said(path: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ConfigError, match="cannot be written"):
        notes.add_contact_note(path, JANE, met_how="call")
    tmp_path.chmod(0o700)


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        notes.add_contact_note(tmp_path / "file" / "notes.toml", JANE, met_how="call")


@given(st.text(max_size=80), st.sampled_from(["remember", "met_how", "introduction", "notes"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_noted_comes_back_or_is_refused(path: Path, text: str, key: str) -> None:
    path.write_text(OWN)
    try:
        notes.add_contact_note(path, JANE, **{key: text})
    except ConfigError:
        assert path.read_text() == OWN
    else:
        entry = tomllib.loads(path.read_text("utf-8"))["contact"][1]
        assert entry.get(key, "") == text
        assert noted(path, BOB).remember == "[[contact]]\nnot an entry"
