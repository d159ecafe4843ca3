"""batch and undo without questions: what is sure is drafted, the rest has its reason, and it can be taken back."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar

if TYPE_CHECKING:
    from tests.cli.conftest import GmailUser, Ran, User

DRAFT_KEYS = {"contact", "action", "draft_id", "thread_id", "message_id", "verified", "why"}


def of_month(user: User, people: int) -> None:
    with user.config.open("a") as file:
        file.write(f"\n[cadence]\nper_month = {people}\n")


def without_favours(user: User) -> None:
    """Garrick is to be asked for a favour, at which etiquette stops."""
    assert user.run("note", "Garrick", "--reason", "reconnect").code == 0


def drafted(ran: Ran) -> list[str]:
    assert ran.code == 0, ran
    return [one["contact"] for one in ran.json["drafts"] if one["action"] == "created"]


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_months_letters_are_drafted_and_the_others_have_their_reason(user: User) -> None:
    of_month(user, 40)
    ran = user.at("batch", "--yes", "--json")
    assert ran.json["month"] == "2026-11"
    assert ran.json["asked"] == len(ran.json["drafts"]) + len(ran.json["skipped"])
    assert all(set(one) >= DRAFT_KEYS for one in ran.json["drafts"])
    assert len(user.saved()) == len(drafted(ran)) >= 20
    why = {one["contact"]: one["why"] for one in ran.json["skipped"]}
    assert "own-ask" in why["Garrick Oyelowo-Finn"]
    assert all(why.values())
    assert "Edith Marchbanks" not in {*why, *drafted(ran)}, "she is not to be contacted"


def test_a_letter_that_cannot_be_written_leaves_its_place_to_the_next_in_line(user: User) -> None:
    rehearsed = user.at("batch", "--dry-run", "--json")
    ran = user.at("batch", "--yes", "--json")
    assert [one["contact"] for one in ran.json["skipped"]] == ["Garrick Oyelowo-Finn"]
    assert (len(drafted(ran)), ran.json["asked"], ran.json["left"]) == (4, 5, 0)
    assert drafted(rehearsed) == drafted(ran)
    assert user.at("batch", "--yes", "--json").json["asked"] == 0, "the month has had its four"
    assert len(user.saved()) == 4


def test_not_everybody_is_tried_where_no_letter_can_be_written(user: User) -> None:
    head, *tables = re.split(r"(?m)^(?=\[)", user.config.read_text())
    user.config.write_text("".join([head, *(one for one in tables if "owner.updates" not in one)]))
    of_month(user, 3)
    ran = user.at("batch", "--yes", "--json")
    assert (drafted(ran), len(ran.json["skipped"])) == ([], 9)
    assert {one["why"] for one in ran.json["skipped"]} == {ran.json["skipped"][0]["why"]}


def test_a_thread_that_is_not_sure_is_skipped_and_said(user: User) -> None:
    of_month(user, 40)
    with user.config.open("a") as file:
        file.write("\n[find]\nthreshold = 0.999\n")
    ran = user.at("batch", "--yes", "--json")
    unsure = [one for one in ran.json["skipped"] if "not sure of the thread" in one["why"]]
    assert len(unsure) > 10
    assert "thread-finder batch" in unsure[0]["to_do"]
    assert not {one["contact"] for one in unsure} & set(drafted(ran))


def test_run_again_it_goes_on_and_asks_nobody_twice(user: User) -> None:
    without_favours(user)
    of_month(user, 5)
    first = user.at("batch", "--yes", "--json")
    again = user.at("batch", "--yes", "--json")
    assert len(drafted(first)) == 5
    assert (again.code, again.json["asked"]) == (0, 0)
    of_month_anew = user.config.read_text().replace("per_month = 5", "per_month = 8")
    user.config.write_text(of_month_anew)
    more = user.at("batch", "--yes", "--json")
    assert len(drafted(more)) == 3
    assert not set(drafted(more)) & set(drafted(first))
    assert len(user.saved()) == 8


def test_when_nobody_is_due_it_says_who_is_next_and_when(user: User) -> None:
    without_favours(user)
    of_month(user, 1)
    user.at("batch", "--yes")
    ran = user.at("batch", "--yes")
    assert ran.code == 0
    assert "the check-ins of November 2026 are made. Next is " in ran.out
    assert "on 1 December 2026." in ran.out


@pytest.mark.parametrize("known", [False, True], ids=["first run", "with a ledger"])
def test_a_dry_run_writes_nothing(user: User, known: bool) -> None:
    without_favours(user)
    of_month(user, 8)
    user.at("find", "Rosheen")  # the index of the archive may be made
    if known:
        user.at("draft", "Rosheen")
    before = files(user.folder)
    ran = user.at("batch", "--dry-run", "--json")
    assert files(user.folder) == before
    assert ran.json["dry_run"]
    assert len(drafted(ran)) == 8 - known
    assert {one["draft_id"] for one in ran.json["drafts"]} == {None}
    assert "nothing was saved" in user.at("batch", "--dry-run").out
    assert files(user.folder) == before
    assert drafted(user.at("batch", "--yes", "--json")) == drafted(ran), "the same as was foretold"


def test_a_dry_run_writes_nothing_to_gmail(signed_in: GmailUser) -> None:
    without_favours(signed_in)
    of_month(signed_in, 4)
    before = signed_in.account.drafts
    ran = signed_in.at("batch", "--dry-run", "--json")
    assert len(drafted(ran)) == 4
    assert signed_in.account.drafts == before
    assert not (signed_in.state / "ledger.sqlite").exists()


def test_in_gmail_the_drafts_stand_in_their_threads(signed_in: GmailUser) -> None:
    without_favours(signed_in)
    of_month(signed_in, 4)
    before = {draft.draft_id for draft in signed_in.account.drafts}
    ran = signed_in.at("batch", "--yes", "--json")
    new = {draft.draft_id: draft.thread_id for draft in signed_in.account.drafts if draft.draft_id not in before}
    assert {one["draft_id"]: one["thread_id"] for one in ran.json["drafts"]} == new
    assert all(one["link"].startswith("https://mail.google.com/") for one in ran.json["drafts"])
    undone = signed_in.at("undo", "--json")
    assert (undone.code, len(undone.json["removed"])) == (0, 4)
    assert {draft.draft_id for draft in signed_in.account.drafts} == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "no terminal"),
        (("--json",), "no room for questions"),
        (("--yes", "--month", "2026-13"), "no month 2026-13"),
        (("--yes", "--month", "december"), "write it like 2026-12"),
        (("--yes", "--month", "2026-10"), "October 2026 is over"),
        (("--yes", "--despite", "no-rule"), "is no rule"),
    ],
)
def test_what_cannot_be_meant_is_said(user: User, arguments: tuple[str, ...], words: str) -> None:
    ran = user.at("batch", *arguments)
    assert ran.code == 2
    assert words in " ".join(ran.err.replace("│", " ").split())
    assert user.saved() == []


def test_a_letter_that_cannot_be_saved_fails_alone_and_the_sum_is_right(user: User) -> None:
    without_favours(user)
    of_month(user, 3)
    user.drafts.write_text("a file where the folder should be")
    ran = user.at("batch", "--yes", "--json")
    assert ran.code == 7
    assert (ran.json["asked"], ran.json["failed"]) == (3, 3)
    assert all("kept in" in one["why"] for one in ran.json["drafts"])
    user.drafts.unlink()
    assert len(drafted(user.at("batch", "--yes", "--json"))) == 3
    assert len(user.saved()) == 3


def test_undo_takes_back_what_nobody_touched_and_only_that(user: User) -> None:
    without_favours(user)
    of_month(user, 5)
    names = drafted(user.at("batch", "--yes", "--json"))
    by_name = {one["contact"]: one["link"] for one in export(user)}
    edited, thrown_away = names[1], names[3]
    links = {name: Path(by_name[name]) for name in names}
    words = links[edited].read_bytes().replace(b"\n\n", b"\n\nMine.\n", 2)
    links[edited].write_bytes(words)
    links[thrown_away].unlink()
    ran = user.at("undo", "--json")
    assert ran.code == 0
    assert {one["contact"] for one in ran.json["removed"]} == set(names) - {edited, thrown_away}
    left = {one["contact"]: one["why"] for one in ran.json["left"]}
    assert "edited" in left[edited]
    assert "no longer in your drafts" in left[thrown_away]
    assert [path.read_bytes() for path in user.saved()] == [words]
    again = user.at("undo", "--json")
    assert (again.json["removed"], len(user.saved())) == ([], 1)


def export(user: User) -> list[dict[str, str]]:
    """The drafts that are there, by contact."""
    with sqlite3.connect(user.state / "ledger.sqlite") as ledger:
        rows = ledger.execute("SELECT contact, draft_id FROM drafts").fetchall()
    paths = {path.name.partition(":")[0]: str(path) for path in user.saved()}
    return [{"contact": contact, "link": paths[draft_id]} for contact, draft_id in rows]


def test_what_was_taken_back_is_due_again(user: User) -> None:
    without_favours(user)
    of_month(user, 3)
    names = drafted(user.at("batch", "--yes", "--json"))
    user.at("undo")
    assert user.saved() == []
    assert drafted(user.at("batch", "--yes", "--json")) == names
    assert len(user.saved()) == 3


def test_undo_leaves_letters_drafted_by_hand(user: User) -> None:
    without_favours(user)
    of_month(user, 2)
    user.at("batch", "--yes")
    user.at("draft", "Lucille")
    assert len(user.at("undo", "--json").json["removed"]) == 2
    assert len(user.saved()) == 1


def test_undo_without_a_batch(user: User) -> None:
    ran = user.at("undo")
    assert ran.code == 0
    assert "no batch yet" in ran.out
    assert json.loads(user.at("undo", "--json").out) == {"batch": None, "removed": [], "left": []}


def test_a_broken_undo_is_gone_on_with(user: User) -> None:
    """Killed between writing it down and removing the draft, it must not leave the draft for ever."""
    without_favours(user)
    of_month(user, 3)
    user.at("batch", "--yes")
    with sqlite3.connect(user.state / "ledger.sqlite") as ledger:
        ledger.execute("UPDATE drafts SET state = 'undone' WHERE id = 1")
    assert len(user.at("undo", "--json").json["removed"]) == 3
    assert user.saved() == []


def test_the_plan_goes_into_a_calendar_and_over_no_other_file(user: User) -> None:
    of_month(user, 3)
    path = user.folder / "december.ics"
    for _ in range(2):
        assert user.at("plan", "--month", "2026-12", "--ics", str(path)).code == 0
    calendar = Calendar.from_ical(path.read_bytes())
    names = {str(event["summary"]).removeprefix("Write to ") for event in calendar.walk("VEVENT")}
    chosen = user.at("plan", "--month", "2026-12", "--json").json["chosen"]
    assert names == {one["contact"] for one in chosen}
    before = user.contacts.read_bytes()
    user.at("plan", "--ics", str(user.contacts)).fails(3, "is no calendar of thread-finder's")
    user.at("plan", "--ics", str(user.folder)).fails(3, "cannot be written")
    assert user.contacts.read_bytes() == before
