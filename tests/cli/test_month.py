"""plan, status, follow-up and the wishes, at the command line, on the sample."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.cli.conftest import User
from tests.year.people import report as delivery_report
from thread_finder.demo.sample import SAMPLE_TODAY

PRIYA, GARRICK = "Priya Raghunathan", "Garrick Oyelowo-Finn"


def on(user: User, day: date, command: str, *arguments: str) -> list[dict[str, object]]:
    ran = user.run(command, *arguments, "--json", "--as-of", day.isoformat())
    assert ran.code == 0, ran
    return ran.json  # type: ignore[no-any-return]


def stands(user: User, day: date, name: str) -> str:
    (one,) = on(user, day, "status", name)
    return str(one["state"])


def mail_out(user: User, path: Path, day: date) -> None:
    """The user's mail program sends a draft, and the next export of the mailbox has it."""
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    del message["X-Unsent"]
    message.replace_header("Date", format_datetime(_at(day)))
    deliver(user, message.as_bytes())
    path.unlink()


def answered(user: User, path: bytes, sender: str, day: date) -> None:
    message = message_from_bytes(path, policy=policy.default)
    raw = (
        f"From: {sender}\nTo: {message['From']}\nSubject: {message['Subject']}\nDate: {format_datetime(_at(day))}\n"
        f"Message-ID: <answer-{day}@x.example>\nIn-Reply-To: {message['Message-ID']}\n\nHow good to hear from you!\n"
    )
    deliver(user, raw.encode())


def _at(day: date):  # type: ignore[no-untyped-def]
    from datetime import UTC, datetime, time

    return datetime.combine(day, time(10), UTC)


def report(on: str, address: str, day: date) -> bytes:
    return delivery_report(on, address, _at(day) + timedelta(hours=1)).replace(b"\r\n", b"\n")


def deliver(user: User, raw: bytes) -> None:
    with user.mbox.open("ab") as box:
        box.write(b"\nFrom - Thu Jan  1 00:00:00 2026\n" + raw.replace(b"\nFrom ", b"\n>From ").rstrip(b"\n") + b"\n")


def test_the_plan_says_who_and_why_and_who_not(user: User) -> None:
    plan = user.at("plan", "--json").json
    assert (plan["month"], plan["room"], len(plan["chosen"])) == ("2026-11", 4, 4)
    assert all(one["why"] and one["purpose"] == "check-in" for one in plan["chosen"])
    assert all(one["why"] for one in plan["omitted"])
    assert len(plan["chosen"]) + len(plan["omitted"]) == 34
    assert plan["next"]["place"] == 1
    shown = user.at("plan").out
    for one in plan["chosen"]:
        assert one["contact"] in shown
        assert one["why"][0] in shown


def test_the_plan_is_the_same_each_time_and_writes_nothing(user: User) -> None:
    assert user.at("plan", "--json").out == user.at("plan", "--json").out
    assert not (user.state / "ledger.sqlite").exists()
    assert not user.drafts.exists()


def test_a_week(user: User) -> None:
    assert len(user.at("plan", "--month", "2026-w49", "--json").json["chosen"]) == 1
    user.edit(user.config, "[contacts]", "[cadence]\nper_week = 2\n\n[contacts]")
    plan = user.at("plan", "--json").json
    assert (plan["month"], len(plan["chosen"])) == ("2026-W48", 2)


@pytest.mark.parametrize("month", ["2026-13", "December", "2026-12-01", "12/2026", "2026-W99", "2026-w"])
def test_a_month_in_the_wrong_form(user: User, month: str) -> None:
    user.at("plan", "--month", month).fails(2, month[:4], "the present one is 2026-11")


def test_a_month_that_is_over(user: User) -> None:
    user.at("plan", "--month", "2026-10").fails(2, "October 2026 is over", "2026-11")
    assert user.at("plan", "--month", "2026-10", "--json").json["error"]["exit_code"] == 2


def test_nobody_due_says_who_is_next_and_when(user: User) -> None:
    contacts = user.contacts.read_text("utf-8")
    user.contacts.write_text(contacts.replace("[[contact]]", '[[contact]]\ncadence = "30 years"'), "utf-8")
    plan = user.at("plan", "--json").json
    due = [one for one in plan["chosen"] if "in this mailbox" not in one["why"][0]]
    assert not due
    for one in plan["chosen"]:
        user.at("block", one["contact"])
    ran = user.at("plan")
    assert ran.code == 0
    assert "Nobody to write to now. Next: " in ran.out


def test_from_draft_to_answer(user: User) -> None:
    today = SAMPLE_TODAY
    assert stands(user, today, PRIYA) == "due"
    assert user.at("draft", PRIYA).code == 0
    assert stands(user, today, PRIYA) == "drafted"
    (draft,) = user.saved()
    raw = draft.read_bytes()
    mail_out(user, draft, today)
    assert stands(user, today + timedelta(days=1), PRIYA) == "sent"
    assert stands(user, today + timedelta(days=14), PRIYA) == "follow-up due"
    answered(user, raw, "priya.raghunathan@audiology-west.example", today + timedelta(days=15))
    (one,) = on(user, today + timedelta(days=20), "status", PRIYA)
    assert one["state"] == "answered"
    assert one["next_on"] == "2027-04-09"
    assert user.run("follow-up", PRIYA, "--as-of", "2026-12-20").code == 6
    outcomes = user.run("export").json["outcomes"]
    assert [(one["kind"], one["message_id"]) for one in outcomes] == [("answered", "<answer-2026-12-09@x.example>")]


def test_one_follow_up_in_the_same_thread_and_never_a_second(user: User) -> None:
    today, later = SAMPLE_TODAY, SAMPLE_TODAY + timedelta(days=14)
    user.at("draft", PRIYA)
    first = user.saved()[0]
    ours = message_from_bytes(first.read_bytes(), policy=policy.default)
    mail_out(user, first, today)
    assert user.at("follow-up", PRIYA).code == 6
    (made,) = on(user, later, "follow-up")
    assert (made["contact"], made["action"]) == (PRIYA, "created")
    (draft,) = user.saved()
    message = message_from_bytes(draft.read_bytes(), policy=policy.default)
    assert message["In-Reply-To"] == ours["Message-ID"]
    assert (message["Subject"], message["To"], message["From"]) == (ours["Subject"], ours["To"], ours["From"])
    assert on(user, later, "follow-up") == []
    assert [one["action"] for one in on(user, later, "follow-up", PRIYA)] == ["kept"]
    mail_out(user, draft, later)
    assert stands(user, later, PRIYA) == "followed up"
    much_later = later + timedelta(days=300)
    assert stands(user, much_later, PRIYA) == "closed"
    refused = user.run("follow-up", PRIYA, "--as-of", much_later.isoformat())
    assert refused.code == 6
    assert "never a second" in refused.out
    assert user.saved() == []
    assert PRIYA not in [one["contact"] for one in on(user, much_later, "plan")["chosen"]]  # type: ignore[call-overload]
    user.run("reopen", PRIYA, "--as-of", much_later.isoformat())
    assert stands(user, much_later, PRIYA) == "due"


def test_a_copy_left_in_the_drafts_folder_is_in_nobodys_way(user: User) -> None:
    user.at("draft", PRIYA)
    (draft,) = user.saved()
    raw = draft.read_bytes()
    mail_out(user, draft, SAMPLE_TODAY)
    draft.write_bytes(raw)
    later = SAMPLE_TODAY + timedelta(days=14)
    assert stands(user, later, PRIYA) == "follow-up due"
    assert [one["action"] for one in on(user, later, "follow-up")] == ["created"]


def test_nobody_to_follow_up_says_who_might_be_next(user: User) -> None:
    assert "Nobody to follow up with now." in user.at("follow-up").out
    user.at("draft", PRIYA)
    mail_out(user, user.saved()[0], SAMPLE_TODAY)
    assert f"Next: {PRIYA}, from 3 December 2026" in user.at("follow-up").out


def test_wishes_are_kept_until_reopened(user: User) -> None:
    user.at("snooze", PRIYA, "--until", "2027-02-01")
    user.at("close", GARRICK)
    user.at("block", "Donatella", "--why", "asked me not to")
    day = SAMPLE_TODAY + timedelta(days=30)
    assert [stands(user, day, name) for name in (PRIYA, GARRICK, "Donatella")] == [
        "snoozed",
        "closed",
        "do not contact",
    ]
    assert stands(user, date(2027, 2, 1), PRIYA) == "due"
    assert "asked me not to" in user.at("status", "--all").out
    for name in (PRIYA, GARRICK, "Donatella"):
        user.run("reopen", name, "--as-of", day.isoformat())
        assert stands(user, day, name) == "due"


@pytest.mark.parametrize("arguments", [("--until", "soon"), ("--until", "2020-01-01"), ("--for", "a bit")])
def test_a_snooze_needs_a_day_to_come(user: User, arguments: tuple[str, ...]) -> None:
    ran = user.at("snooze", PRIYA, *arguments)
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_no_letter_by_hand_while_one_is_unanswered(user: User) -> None:
    user.at("draft", PRIYA)
    assert [one["action"] for one in user.at("draft", PRIYA, "--json").json] == ["kept"]
    mail_out(user, user.saved()[0], SAMPLE_TODAY)
    for days, word in ((1, "no answer yet"), (14, "one follow-up"), (700, "one follow-up")):
        ran = user.run("draft", PRIYA, "--as-of", (SAMPLE_TODAY + timedelta(days=days)).isoformat())
        assert ran.code == 6
        assert word in ran.out
    assert user.saved() == []


def test_no_letter_to_whom_the_user_blocked_or_closed(user: User) -> None:
    for command, word in (("block", "said not to contact"), ("close", "you closed this")):
        user.at(command, PRIYA)
        ran = user.at("draft", PRIYA)
        assert ran.code == 6
        assert word in ran.out
        assert "reopen" in ran.out
        user.at("reopen", PRIYA)
    assert user.at("draft", PRIYA).code == 0


def test_what_the_file_forbids_reopen_cannot_lift(user: User) -> None:
    ran = user.at("reopen", "Edith Marchbanks")
    assert "do_not_contact in contacts.toml:" in ran.out
    assert stands(user, SAMPLE_TODAY, "Edith Marchbanks") == "do not contact"


def test_renamed_they_are_still_the_same_person(user: User) -> None:
    user.at("draft", PRIYA)
    user.edit(user.contacts, f'name = "{PRIYA}"', 'name = "Priya Iyer"')
    assert stands(user, SAMPLE_TODAY, "Priya Iyer") == "drafted"


def test_removed_their_draft_is_still_told(user: User) -> None:
    user.at("draft", PRIYA)
    text = user.contacts.read_text("utf-8")
    before, entry, after = text.partition(f'name = "{PRIYA}"')
    user.contacts.write_text(
        before + 'name = "Somebody Else"' + after.replace("priya.raghunathan@", "somebody.else@", 1)
    )
    assert entry
    assert PRIYA in user.at("status").out
    assert "no longer among your contacts" in user.at("status").out
    assert user.at("plan").code == 0


def test_a_new_address_for_the_same_person_brings_no_second_draft(user: User) -> None:
    user.at("draft", PRIYA)
    user.edit(user.contacts, "priya.raghunathan@audiology-west.example", "priya@new-place.example")
    assert stands(user, SAMPLE_TODAY, PRIYA) == "drafted"
    ran = user.at("draft", PRIYA)
    assert ran.code == 6
    assert "priya.raghunathan@audiology-west.example" in ran.out
    assert len(user.saved()) == 1


def test_after_a_delivery_report_the_next_letter_goes_to_the_new_address(user: User) -> None:
    old, new = "priya.raghunathan@audiology-west.example", "priya@new-place.example"
    user.at("draft", PRIYA)
    (draft,) = user.saved()
    ours = message_from_bytes(draft.read_bytes(), policy=policy.default)["Message-ID"]
    mail_out(user, draft, SAMPLE_TODAY)
    deliver(user, report(ours, old, SAMPLE_TODAY))
    tomorrow = SAMPLE_TODAY + timedelta(days=1)
    assert stands(user, tomorrow, PRIYA) == "unreachable"
    user.edit(user.contacts, f'"{old}"', f'"{new}"')
    assert stands(user, tomorrow, PRIYA) == "due"  # from memory: with that address their mail is out of sight
    user.edit(user.contacts, f'"{new}"', f'"{old}", "{new}"')
    assert stands(user, tomorrow, PRIYA) == "due"
    (made,) = on(user, tomorrow, "draft", PRIYA)
    assert made["action"] == "created"
    (draft,) = user.saved()
    assert message_from_bytes(draft.read_bytes(), policy=policy.default)["To"].addresses[0].addr_spec == new


def test_an_address_that_moved_brings_neither_of_them_a_second_letter(user: User) -> None:
    user.at("draft", PRIYA)
    text = user.contacts.read_text("utf-8")
    address = "priya.raghunathan@audiology-west.example"
    assert address in text
    moved = text.replace(address, "priya@new-place.example")
    moved = moved.replace('"garrick@sonnethalls.example"', f'"garrick@sonnethalls.example", "{address}"')
    user.contacts.write_text(moved, "utf-8")
    assert stands(user, SAMPLE_TODAY, GARRICK) == "drafted"
    assert GARRICK not in [one["contact"] for one in user.at("plan", "--json").json["chosen"]]


def _damage(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:2000] + b"\0" * 4096)


def _age(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def test_a_wrong_name_among_right_ones_is_said_and_the_others_are_shown(user: User) -> None:
    ran = user.at("status", PRIYA, "Rosheem")
    assert ran.code == 1
    assert PRIYA in ran.out
    assert "no contact is called 'Rosheem'" in ran.out
    assert "did you mean Rosheen Tuohy-Vance?" in ran.out
    known, unknown = user.at("status", PRIYA, "Rosheem", "--json").json
    assert (known["contact"], known["state"]) == (PRIYA, "due")
    assert (unknown["contact"], unknown["error"]) == ("Rosheem", "no contact is called 'Rosheem'")
    user.at("status", "Rosheem").fails(4, "did you mean")


def test_a_draft_made_before_is_named_when_a_person_is_blocked_or_closed(user: User) -> None:
    assert user.at("block", "Donatella").err == ""
    user.at("draft", PRIYA)
    for command in ("close", "block"):
        ran = user.at(command, PRIYA, "--json")
        assert ran.json["contact"] == PRIYA
        assert "the check-in drafted on 2026-11-24 stays" in ran.err
    assert len(user.saved()) == 1
    assert "lies in your drafts all the same" in user.at("status", PRIYA).out


@pytest.mark.parametrize(("harm", "word"), [(_damage, "damaged"), (_age, "newer")])
@pytest.mark.parametrize("command", ["plan", "status", "follow-up", "export"])
def test_a_ledger_that_cannot_be_used_is_said(user: User, harm, word: str, command: str) -> None:  # type: ignore[no-untyped-def]
    user.at("draft", PRIYA)
    harm(user.state / "ledger.sqlite")
    arguments = () if command == "export" else ("--as-of", SAMPLE_TODAY.isoformat())
    user.run(command, *arguments).fails(10, word)


def test_another_run_at_work_is_said_and_reading_goes_on(user: User) -> None:
    from thread_finder.ledger import Ledger

    user.at("draft", PRIYA)
    with Ledger.open(user.state / "ledger.sqlite") as ledger, ledger.exclusive():
        user.at("follow-up").fails(10, "another run")
        assert user.at("plan").code == 0
        assert user.at("status").code == 0


def test_the_export_can_be_written_to_a_file_that_only_the_user_reads(user: User, tmp_path: Path) -> None:
    user.at("draft", PRIYA)
    target = tmp_path / "ledger.json"
    ran = user.run("export", "--to", str(target))
    assert (ran.code, ran.out) == (0, "")
    assert str(target) in ran.err
    assert json.loads(target.read_text())["drafts"][0]["contact"] == PRIYA
    assert target.stat().st_mode & 0o077 == 0
