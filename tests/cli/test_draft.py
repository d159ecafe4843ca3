"""draft: ten letters that other programs can read, and never a second one, whatever happens in between."""

from __future__ import annotations

import mailbox
import resource
import sqlite3
import subprocess
from collections.abc import Callable
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest

from thread_finder.mail.parse import parse_message

if TYPE_CHECKING:
    from tests.cli.conftest import Ran, User

TEN = (
    "Rosheen", "Alasdair", "Lucille", "Bryony", "Wiebke", "Mathilde", "Inmaculada", "Donatella",
    "山田 太郎", "Søren Åberg",
)  # fmt: skip
DRAFT_KEYS = {"contact", "action", "draft_id", "thread_id", "message_id", "verified", "why"}


def actions(ran: Ran) -> list[str]:
    return [outcome["action"] for outcome in ran.json]


def ledger(user: User, statement: str) -> None:
    connection = sqlite3.connect(user.state / "ledger.sqlite")
    with connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()


def test_ten_drafts_read_back_right_with_other_programs(user: User) -> None:
    previews = {p["contact"]: p for p in user.at("preview", *TEN, "--json").json}
    ran = user.at("draft", *TEN, "--json")
    assert ran.code == 0, ran.err
    assert all(set(o) >= DRAFT_KEYS and o["action"] == "created" and o["verified"] for o in ran.json)
    maildir = mailbox.Maildir(str(user.drafts), create=False)
    assert len(maildir) == 10
    by_id = {str(message["Message-ID"]): key for key, message in maildir.iteritems()}
    for outcome in ran.json:
        preview = previews[outcome["contact"]]
        stored = maildir.get_message(by_id[outcome["message_id"]])
        raw = stored.as_bytes()
        assert "D" in stored.get_flags()
        assert outcome["thread_id"] == preview["thread"]["id"]
        modern = message_from_bytes(raw, policy=policy.default)
        ours = parse_message(raw)
        assert not modern.defects
        assert modern["In-Reply-To"] == ours.references[-1] == preview["parent"]
        assert str(modern["References"]).split() == list(ours.references)
        assert set(ours.references) <= set(preview["thread"]["message_ids"])
        assert str(modern["Subject"]) == ours.subject == preview["subject"]
        assert ours.subject.lower().count("re:") == 1
        (sender,), (recipient,) = modern["From"].addresses, modern["To"].addresses
        assert (sender.display_name, sender.addr_spec) == ("Imke Halloran", preview["reply_from"])
        assert recipient.addr_spec == preview["reply_to"]
        assert ours.from_ is not None
        assert ours.from_.email == preview["reply_from"]
        assert [a.email for a in ours.to] == [preview["reply_to"]]
        if outcome["contact"] in {"Søren Åberg", "山田 太郎"}:
            assert recipient.display_name == ours.to[0].name == outcome["contact"]
        body = modern.get_body(("plain",))
        assert body is not None
        assert body.get_content().replace("\r\n", "\n").strip() == preview["text"].replace("\r\n", "\n").strip()


def test_the_archive_is_never_written_to(user: User) -> None:
    before = user.mbox.read_bytes()
    user.at("draft", "Rosheen")
    assert user.mbox.read_bytes() == before


def test_drafts_and_state_are_readable_by_their_owner_only(user: User) -> None:
    user.at("draft", "Rosheen")
    files = [*user.saved(), *(p for p in user.state.rglob("*") if p.is_file())]
    assert len(files) >= 3
    assert [p for p in files if p.stat().st_mode & 0o077] == []


def test_run_again_it_keeps_the_draft(user: User) -> None:
    first = user.at("draft", "Rosheen", "Søren", "--json")
    files = {path: path.read_bytes() for path in user.saved()}
    again = user.at("draft", "Rosheen", "Søren", "--json")
    assert actions(first) == ["created", "created"]
    assert (again.code, actions(again)) == (0, ["kept", "kept"])
    assert all(outcome["why"] for outcome in again.json)
    assert {path: path.read_bytes() for path in user.saved()} == files


def test_an_edited_draft_is_left_alone_even_when_the_facts_change(user: User) -> None:
    user.at("draft", "Rosheen")
    (draft,) = user.saved()
    edited = draft.read_bytes().replace(b"Imke Halloran", b"Imke, your gull", 2)
    edited = edited.replace(b"\n\n", b"\n\nMy own words first.\n", 2)
    draft.write_bytes(edited)
    user.run("note", "Rosheen", "--reason", "news", "--text", "the nave has a new roof", "--date", "2026-11-20")
    ran = user.at("draft", "Rosheen", "--json")
    assert (ran.code, actions(ran)) == (0, ["kept"])
    assert "edited" in ran.json[0]["why"]
    assert [path.read_bytes() for path in user.saved()] == [edited]


def test_a_changed_fact_brings_an_untouched_draft_up_to_date(user: User) -> None:
    first = user.at("draft", "Rosheen", "--json")
    noted = user.run("note", "Rosheen", "--reason", "news", "--text", "the nave has a new roof", "--date", "2026-11-20")
    assert noted.code == 0, noted.err
    ran = user.at("draft", "Rosheen", "--json")
    assert (ran.code, actions(ran)) == (0, ["updated"])
    assert ran.json[0]["message_id"] == first.json[0]["message_id"]
    (draft,) = user.saved()
    body = message_from_bytes(draft.read_bytes(), policy=policy.default).get_body(("plain",))
    assert body is not None
    assert "the nave has a new roof" in body.get_content()
    assert actions(user.at("draft", "Rosheen", "--json")) == ["kept"]


def test_a_draft_thrown_away_may_be_made_anew(user: User) -> None:
    user.at("draft", "Rosheen")
    user.saved()[0].unlink()
    assert actions(user.at("draft", "Rosheen", "--json")) == ["created"]
    assert len(user.saved()) == 1


@pytest.mark.parametrize(
    "crash",
    [
        "UPDATE drafts SET state = 'intended', draft_id = '', fingerprint = ''",
        "DELETE FROM drafts",
    ],
    ids=["between saving and the ledger", "ledger lost"],
)
def test_after_a_crash_there_is_no_second_draft(user: User, crash: str) -> None:
    user.at("draft", "Rosheen", "Søren")
    files = user.saved()
    ledger(user, crash)
    ran = user.at("draft", "Rosheen", "Søren", "--json")
    assert actions(ran) == ["kept", "kept"]
    assert user.saved() == files


def test_a_crash_before_saving_is_made_good(user: User) -> None:
    first = user.at("draft", "Rosheen", "--json")
    user.saved()[0].unlink()
    ledger(user, "UPDATE drafts SET state = 'intended', draft_id = '', fingerprint = ''")
    ran = user.at("draft", "Rosheen", "--json")
    assert actions(ran) == ["created"]
    assert ran.json[0]["message_id"] == first.json[0]["message_id"]
    assert len(user.saved()) == 1


def test_a_draft_edited_after_a_crash_is_left_alone(user: User) -> None:
    user.at("draft", "Rosheen")
    ledger(user, "UPDATE drafts SET state = 'intended', draft_id = '', fingerprint = ''")
    (draft,) = user.saved()
    edited = draft.read_bytes().replace(b"\n\n", b"\n\nMy own words first.\n", 2)
    draft.write_bytes(edited)
    for _ in range(2):
        ran = user.at("draft", "Rosheen", "--json")
        assert (ran.code, actions(ran)) == (0, ["kept"])
        assert [path.read_bytes() for path in user.saved()] == [edited]


def test_two_runs_at_once_make_one_draft_each(user: User, finish: Callable[[subprocess.Popen[bytes]], Ran]) -> None:
    names = ("Rosheen", "Søren", "Lucille", "--as-of", "2026-11-24", "--json")
    runs = [finish(process) for process in [user.start("draft", *names), user.start("draft", *names)]]
    for run in runs:
        assert run.code in {0, 10}, run.err  # the second waits, or says that another run is at work
        assert "Traceback" not in run.err
    assert len(user.saved()) == 3
    created = [a for run in runs if run.code == 0 for a in actions(run) if a == "created"]
    assert len(created) == 3


def test_a_drafts_folder_that_cannot_be_written_keeps_the_letter(user: User) -> None:
    user.drafts.write_text("a file stands here")
    ran = user.at("draft", "Rosheen", "--json")
    assert ran.code == 7, ran
    (outcome,) = ran.json
    assert outcome["action"] == "refused"
    (kept,) = (user.state / "unsaved").iterdir()
    assert str(kept) in outcome["why"]
    assert message_from_bytes(kept.read_bytes(), policy=policy.default)["In-Reply-To"]
    shown = user.at("draft", "Rosheen")
    assert shown.code == 7
    assert str(user.drafts) in shown.out + shown.err
    assert "unsaved" in shown.out + shown.err
    user.drafts.unlink()
    assert actions(user.at("draft", "Rosheen", "--json")) == ["created"]
    assert len(user.saved()) == 1


def test_a_full_disk_loses_no_letter_silently(user: User, finish: Callable[[subprocess.Popen[bytes]], Ran]) -> None:
    user.at("draft", "Søren")
    before = user.saved()
    large = user.folder / "photo.bin"
    large.write_bytes(b"x" * 4_000_000)

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))  # the letter is too big, the memory is not

    ran = finish(user.start("draft", "Rosheen", "--attach", str(large), "--as-of", "2026-11-24", before=full))
    assert ran.code == 7, ran
    assert "Traceback" not in ran.out + ran.err
    assert "it was not saved" in ran.out
    assert user.saved() == before, "no half a draft is left behind"
    assert actions(user.at("draft", "Rosheen", "--json")) == ["created"]
    assert len(user.saved()) == 2


def test_do_not_contact_and_stops_are_refused_with_the_reason(user: User) -> None:
    ran = user.at("draft", "Marchbanks", "--json")
    assert (ran.code, actions(ran)) == (6, ["refused"])
    assert "do_not_contact" in ran.json[0]["why"]
    ask = user.at("draft", "Garrick", "--json")
    assert (ask.code, actions(ask)) == (6, ["refused"])
    assert "own-ask" in ask.json[0]["why"]
    assert user.saved() == []
    assert actions(user.at("draft", "Garrick", "--despite", "own-ask", "--json")) == ["created"]


def test_a_rule_that_is_none_cannot_be_overruled(user: User) -> None:
    ran = user.at("draft", "Garrick", "--despite", "own-aks")
    assert ran.code == 2
    assert "did you mean own-ask?" in ran.err.replace("\n", " ")
    assert user.saved() == []


def test_a_rule_in_the_settings_that_is_none_is_refused(user: User) -> None:
    user.edit(user.config, "[owner]", '[etiquette.rules]\ngilt = "off"\n[etiquette.numbers]\nlongst = 3\n[owner]')
    ran = user.at("preview", "Rosheen")
    ran.fails(3, "did you mean guilt?", "did you mean longest?")


def test_for_a_vip_a_warning_refuses_the_draft(user: User) -> None:
    user.edit(user.config, "[owner]", '[etiquette]\nvip = ["Lucille Abernatt"]\n[owner]')
    ran = user.at("draft", "Lucille", "--json")
    assert (ran.code, actions(ran)) == (6, ["refused"])
    assert "stale-news" in ran.json[0]["why"]
    assert actions(user.at("draft", "Lucille", "--despite", "stale-news", "--json")) == ["created"]


def test_some_refused_is_partial(user: User) -> None:
    ran = user.at("draft", "Marchbanks", "Rosheen", "--json")
    assert (ran.code, actions(ran)) == (1, ["refused", "created"])


def test_an_attachment_goes_along_and_a_missing_one_is_refused(user: User) -> None:
    file = user.folder / "レジュメ.pdf"
    file.write_bytes(b"%PDF-1.4 invented")
    assert user.at("draft", "Rosheen", "--attach", str(file)).code == 0
    (part,) = message_from_bytes(user.saved()[0].read_bytes(), policy=policy.default).iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("レジュメ.pdf", b"%PDF-1.4 invented")
    assert part.get_content_type() == "application/pdf"
    user.at("draft", "Søren", "--attach", "nowhere.pdf").fails(6, "nowhere.pdf")
