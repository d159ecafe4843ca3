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
    ran = user.at("draft", *TEN, "--despite", "unsure-thread", "--json")
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


def test_preview_says_that_a_draft_is_there(user: User) -> None:
    def notes(name: str) -> list[str]:
        return [
            one
            for one in user.at("preview", name, "--json").json[0]["warnings"]
            if "draft" in one and "replies" not in one
        ]

    assert notes("Rosheen") == []
    user.at("draft", "Rosheen")
    assert notes("Rosheen") == ["its draft is there already"]
    (draft,) = user.saved()
    draft.write_bytes(draft.read_bytes().replace(b"\n\n", b"\n\nMy own words.\n", 2))
    assert notes("Rosheen") == ["its draft is there already, edited by you: `draft` leaves it alone"]
    assert len(notes("Ruben")) == 1, "a draft of the user's own, in the archive"


def sent_from_the_mail_program(user: User) -> str:
    """The one draft was sent: a newer archive holds it, and the drafts folder still does. Its Message-ID comes back."""
    (draft,) = user.saved()
    raw = draft.read_bytes().removeprefix(b"X-Unsent: 1\n")
    with user.mbox.open("ab") as archive:
        archive.write(
            b"From imke Tue Nov 24 10:00:00 2026\nX-Gmail-Labels: Sent\n" + raw.replace(b"\nFrom ", b"\n>From ") + b"\n"
        )
    return str(message_from_bytes(raw, policy=policy.default)["Message-ID"])


@pytest.mark.parametrize("name", ["Rosheen", "Nerys"], ids=["in a thread", "new thread"])
def test_what_was_sent_is_neither_brought_up_to_date_nor_answered(user: User, name: str) -> None:
    parent = user.at("preview", name, "--json").json[0]["parent"]
    user.at("draft", name)
    sent = sent_from_the_mail_program(user)
    before = [path.read_bytes() for path in user.saved()]
    user.run("note", name, "--reason", "news", "--text", "the nave has a new roof", "--date", "2026-11-20")
    for day in ("2026-11-25", "2026-12-20"):
        ran = user.run("draft", name, "--as-of", day, "--json")
        assert (ran.code, actions(ran)) == (6, ["refused"])
        assert [path.read_bytes() for path in user.saved()] == before
    preview = user.run("preview", name, "--as-of", "2026-11-25", "--json").json[0]
    assert preview["parent"] == parent != sent
    assert any("not now" in warning for warning in preview["warnings"])
    assert user.run("reopen", name, "--as-of", "2027-01-10").code == 0
    again = user.run("draft", name, "--as-of", "2027-06-01", "--json")
    assert actions(again) == ["created"], again
    (new,) = (path.read_bytes() for path in user.saved() if path.read_bytes() not in before)
    assert message_from_bytes(new, policy=policy.default)["In-Reply-To"] == parent


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


def test_where_no_draft_can_be_saved_it_is_said_once(user: User) -> None:
    user.drafts.write_text("a file stands here")
    names = ("Rosheen", "Søren", "Lucille", "山田", "Hollis", "Cormac", "Alasdair")
    ran = user.at("draft", *names)
    assert ran.code == 7
    assert ran.out.count("could not be written") == 1
    assert ran.out.startswith("not saved  Rosheen")
    assert "refused" not in ran.out
    assert "not tried  Søren Åberg" in ran.out
    assert "and 1 more" in ran.out
    assert "a file stands where a folder should be" in ran.out
    shape = user.at("draft", *names, "--json").json
    assert [one["action"] for one in shape] == ["refused"] * 7
    assert all(one["failed"] and one["why"] for one in shape)


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


def test_below_the_threshold_the_user_chooses_the_thread(user: User) -> None:
    user.edit(user.config, "[owner]", "[find]\nthreshold = 0.9999\n[owner]")
    ran = user.at("draft", "Rosheen", "--json")
    assert (ran.code, actions(ran)) == (6, ["refused"])
    why = ran.json[0]["why"]
    finding = user.at("find", "Rosheen", "--json").json[0]
    assert finding["thread"]["id"] in why
    assert finding["alternatives"][0]["thread"]["id"] in why
    assert "--pin" in why
    assert "--despite unsure-thread" in user.at("draft", "Rosheen").out
    advice = user.at("preview", "Rosheen", "--json").json[0]["advice"]
    assert (advice[0]["rule"], advice[0]["level"]) == ("unsure-thread", "stop")
    assert user.saved() == []
    assert actions(user.at("draft", "Rosheen", "--despite", "unsure-thread", "--json")) == ["created"]


def test_where_no_thread_fits_there_is_nothing_to_choose(user: User) -> None:
    user.edit(user.config, "[owner]", "[find]\nthreshold = 0.9999\n[owner]")
    ran = user.at("draft", "Nerys", "--json")
    assert actions(ran) == ["created"], ran


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
    user.at("draft", "Søren", "--attach", str(user.folder)).fails(6, "no file")
    user.at("draft", "Søren", "--attach", "/dev/zero").fails(6, "/dev/zero")
    large = user.folder / "film.mov"
    with large.open("wb") as made:
        made.truncate(30_000_000)
    user.at("draft", "Søren", "--attach", str(large)).fails(6, "30 MB is too large")


def test_an_attached_mail_is_a_file_like_any_other(user: User) -> None:
    """As message/rfc822 it may not be in base64 (RFC 2046 5.2.1)."""
    mail = b"From: a@b.example\nSubject: old\n\nhello\n"
    file = user.folder / "old.eml"
    file.write_bytes(mail)
    assert user.at("draft", "Rosheen", "--attach", str(file)).code == 0
    (part,) = message_from_bytes(user.saved()[0].read_bytes(), policy=policy.default).iter_attachments()
    assert (part.get_content_type(), part.get_filename(), part.get_content()) == (
        "application/octet-stream", "old.eml", mail,
    )  # fmt: skip
