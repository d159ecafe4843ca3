"""find --pin and --unpin: what the user chooses goes before what is found, everywhere, and is remembered."""

from __future__ import annotations

import json
import sqlite3

import pytest

from bench import accuracy
from tests.cli.conftest import User


def thread_of(found: dict[str, object]) -> str:
    thread = found["thread"]
    assert isinstance(thread, dict)
    return str(thread["id"])


def test_a_pinned_thread_is_found_previewed_and_drafted(user: User) -> None:
    (found,) = user.at("find", "Rosheen", "--json").json
    other = found["alternatives"][0]["thread"]["id"]
    assert other != thread_of(found)
    (pinned,) = user.at("find", "Rosheen", "--pin", other, "--json").json
    assert thread_of(pinned) == other
    assert pinned["confidence"] == 1.0
    assert pinned["evidence"][0]["signal"] == "chosen-by-you"
    assert thread_of(user.at("find", "Rosheen", "--json").json[0]) == other
    assert thread_of(user.at("preview", "Rosheen", "--json").json[0]) == other
    (done,) = user.at("draft", "Rosheen", "--json").json
    assert done["action"] == "created"
    assert done["thread_id"] == other


def test_the_beginning_of_an_id_is_enough_and_unpin_takes_it_back(user: User) -> None:
    (found,) = user.at("find", "Rosheen", "--json").json
    ids = [thread_of(found), *(other["thread"]["id"] for other in found["alternatives"])]
    other = ids[1]
    short = next(other[:n] for n in range(1, len(other) + 1) if not ids[0].startswith(other[:n]) and n > 5)
    shown = user.at("find", "Rosheen", "--pin", short)
    assert shown.code == 0, shown.err
    assert "you chose this thread" in shown.out
    (after,) = user.at("find", "Rosheen", "--unpin", "--json").json
    assert after == found


@pytest.mark.parametrize("word", ["new", "none"])
def test_no_thread_fits(user: User, word: str) -> None:
    (found,) = user.at("find", "Rosheen", "--json").json
    (pinned,) = user.at("find", "Rosheen", "--pin", word, "--json").json
    assert (pinned["verdict"], pinned["thread"], pinned["confidence"]) == ("new-thread", None, 1.0)
    assert pinned["alternatives"][0]["thread"] == found["thread"]
    assert "--unpin" in pinned["warnings"][0]
    assert "new thread: as you chose" in user.at("find", "Rosheen").out
    (preview,) = user.at("preview", "Rosheen", "--json").json
    assert not preview["subject"].lower().startswith("re:")


def test_every_overruling_stays_in_the_ledger(user: User) -> None:
    (found,) = user.at("find", "Rosheen", "--json").json
    user.at("find", "Rosheen", "--pin", found["alternatives"][0]["thread"]["id"])
    user.at("find", "Rosheen", "--pin", "new")
    user.at("find", "Rosheen", "--unpin")
    with sqlite3.connect(user.state / "ledger.sqlite") as ledger:
        rows = ledger.execute("SELECT overruled, ended FROM pins ORDER BY id").fetchall()
    assert len(rows) == 2
    assert all(json.loads(overruled)["thread"] == found["thread"] for overruled, _ in rows)
    assert all(ended for _, ended in rows)


def test_what_cannot_be_pinned_is_said(user: User) -> None:
    user.at("find", "Rosheen", "--pin", "no-such-thread").fails(4, "no-such-thread", "--json")
    user.at("find", "Rosheen", "--unpin").fails(4, "no thread is pinned")
    user.at("find", "Rosheen", "Søren", "--pin", "new").fails(2, "one contact")
    user.at("find", "Rosheen", "--pin", "new", "--unpin").fails(2, "--unpin")
    assert user.at("find", "Rosheen", "--json").json[0]["verdict"] == "reply"


def test_an_ambiguous_beginning_names_the_threads(user: User) -> None:
    (found,) = user.at("find", "Rosheen", "--json").json
    first, second = thread_of(found), found["alternatives"][0]["thread"]["id"]
    common = next(first[:n] for n in range(len(first), 0, -1) if second.startswith(first[:n]))
    user.at("find", "Rosheen", "--pin", common).fails(4, first, second, "write more of the id")


def test_the_ledger_tells_how_often_the_finder_was_right(user: User) -> None:
    (found,) = user.at("find", "Rosheen", "--json").json
    user.at("find", "Rosheen", "--pin", found["alternatives"][0]["thread"]["id"])
    (other,) = user.at("find", "Alasdair", "--json").json
    user.at("find", "Alasdair", "--pin", other["thread"]["id"])
    said: list[str] = []
    report = accuracy.from_ledger(user.state, said.append)
    assert report == {"right": 0.5, "of": 2, "overruled": ["Rosheen Tuohy-Vance"]}
    assert "(1 of 2)" in said[0]
    assert "Rosheen" in said[-1]
