"""Gmail at the command line: signing in, finding, drafting; the findings are those of an archive of the same mail."""

from __future__ import annotations

import itertools
import stat
import urllib.request
from collections.abc import Callable
from email import message_from_bytes, policy
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.gmail_server import client_secret_file
from thread_finder.config import STATE_VARIABLE

if TYPE_CHECKING:
    import subprocess

    from tests.cli.conftest import GmailUser, Ran, User

    Finish = Callable[[subprocess.Popen[bytes]], Ran]
OWNER = "imke@tussenklank.example"


def test_the_sample_in_gmail_gives_the_findings_of_the_archive(signed_in: GmailUser) -> None:
    gmail = signed_in.at("find", "--all", "--json")
    assert gmail.code == 0, gmail.err
    before = signed_in.config.read_text(encoding="utf-8")
    signed_in.configure('type = "archive"\npath = "sample.mbox"')
    assert signed_in.config.read_text(encoding="utf-8") != before
    archive = signed_in.at("find", "--all", "--json")
    assert gmail.json == archive.json
    assert len(gmail.json) >= 30
    assert signed_in.server.journal.writes == 0


def test_preview_then_draft_then_draft_again(signed_in: GmailUser) -> None:
    shown = signed_in.at("preview", "Rosheen", "--json").json[0]
    assert signed_in.server.journal.writes == 0
    (made,) = signed_in.at("draft", "Rosheen", "--json").json
    assert (made["action"], made["verified"]) == ("created", True)
    (draft,) = [d for d in signed_in.account.drafts if d.draft_id == made["draft_id"]]
    assert draft.thread_id == made["thread_id"] == shown["thread"]["id"]
    assert not [ghost for ghost in signed_in.account.ghosts if ghost.draft_id == draft.draft_id]
    stored = message_from_bytes(draft.source.raw, policy=policy.default)
    assert stored["In-Reply-To"] == shown["headers"]["In-Reply-To"]
    assert stored["Subject"] == shown["subject"]
    body = stored.get_body(("plain",))
    assert body is not None
    assert body.get_content().split() == shown["text"].split()
    assert made["link"].endswith(draft.rfc_id.strip("<>"))
    (again,) = signed_in.at("draft", "Rosheen", "--json").json
    assert (again["action"], again["draft_id"]) == ("kept", made["draft_id"])
    assert signed_in.server.journal.count("drafts.create") == 1
    assert signed_in.server.journal.sends == 0


def test_everybody_drafted_and_drafted_again(signed_in: GmailUser) -> None:
    """Our own drafts in the threads change nothing about the next run's letters."""
    before = {draft.draft_id: draft.rfc_id for draft in signed_in.account.drafts}
    first = signed_in.at("draft", "--all", "--json").json
    created = [done for done in first if done["action"] == "created"]
    assert len(created) >= 25
    assert all(done["verified"] for done in created)
    second = signed_in.at("draft", "--all", "--json").json
    for one, two in zip(first, second, strict=True):
        assert two["action"] == ("kept" if one["action"] == "created" else one["action"]), two
        assert two["draft_id"] == one["draft_id"]
    assert len(signed_in.account.drafts) == len(before) + len(created)
    assert {i: d for d in signed_in.account.drafts if (i := d.draft_id) in before}.keys() == before.keys()
    assert signed_in.server.journal.sends == 0


def test_a_draft_of_the_user_s_own_is_left_alone_and_said_so(signed_in: GmailUser) -> None:
    shown = signed_in.at("find", "Rosheen", "--json").json[0]
    own = signed_in.account.user.start_draft(
        b"To: rosheen@stfinnians-music.example\nSubject: Re: Yesterday in the loft\n\nmy own words",
        shown["thread"]["id"],
    )
    (done,) = signed_in.at("draft", "Rosheen", "--json").json
    assert done["action"] == "kept"
    assert "left alone" in done["why"]
    assert signed_in.account.draft(own.draft_id).source.raw == own.source.raw
    assert signed_in.server.journal.writes == 0


def test_gmail_s_own_signature_stands_below(signed_in: GmailUser) -> None:
    for identity in signed_in.account.identities:
        identity.signature = "<div>Imke, <b>organs</b></div>"
    (shown,) = signed_in.at("preview", "Rosheen", "--json").json
    assert 'data-smartmail="gmail_signature"' in shown["html"]
    assert "<b>organs</b>" in shown["html"]
    assert 'class="gmail_quote' in shown["html"]
    assert "\n\nImke, organs\n\n" in shown["text"]
    assert "Tussenklank, harmoniums" not in shown["text"].split("wrote:")[0], "not config's signature beside Gmail's"


# --- signing in and out -----------------------------------------------------------------------------


def test_login_says_who_and_where(gmail: GmailUser) -> None:
    done = gmail.login()
    assert done.code == 0, done.err
    token = gmail.state / "gmail" / "token-default.json"
    assert "imke@tussenklank.example" in done.out
    assert str(token) in done.out
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    gone = gmail.run("logout", "--json")
    assert gone.json == {"account": "default", "signed_out": True}
    assert not token.exists()
    assert gmail.run("logout", "--json").json == {"account": "default", "signed_out": False}
    gmail.at("find", "Rosheen").fails(8, "not signed in", "thread-finder login")


@pytest.mark.parametrize("arguments", [("--no-browser",), ("--no-browser", "--json")])
def test_login_over_ssh(arguments: tuple[str, ...], gmail: GmailUser, finish: Finish) -> None:
    """It prints the address and the port to forward, and waits; here is the browser."""
    client_secret_file(gmail.config.with_name("client_secret.json"), gmail.server.root).chmod(0o600)
    process = gmail.start("login", *arguments)
    assert process.stderr is not None
    told = iter(process.stderr.readline, b"")
    (url,) = itertools.islice((line.decode().strip() for line in told if line.startswith(b"http")), 1)
    port = dict(parse_qsl(urlsplit(url).query))["redirect_uri"].rstrip("/").rpartition(":")[2]
    with urllib.request.urlopen(url, timeout=20) as page:
        assert b"signed in" in page.read()
    ran = finish(process)
    assert ran.code == 0, ran
    assert OWNER in ran.out
    assert int(port) > 0
    if "--json" in arguments:
        assert ran.json["email"] == OWNER
    assert gmail.at("find", "Rosheen").code == 0


def test_accounts_by_name(gmail: GmailUser) -> None:
    gmail.grant()
    done = gmail.run("login", "--token-file", str(gmail.token_file), "--account", "work", "--json")
    assert done.json["account"] == "work"
    gmail.at("find", "Rosheen").fails(8, "account default")
    gmail.edit(gmail.config, 'type = "gmail"', 'type = "gmail"\nname = "work"')
    assert gmail.at("find", "Rosheen").code == 0
    gmail.run("login", "--account", "../x").fails(3, "no name for an account")


@pytest.mark.parametrize("command", ["login", "logout"])
def test_an_archive_needs_no_sign_in(user: User, command: str) -> None:
    user.run(command).fails(3, "needs no sign-in", 'type = "gmail"')


# --- doctor -----------------------------------------------------------------------------------------


def test_doctor_finds_all_well(signed_in: GmailUser) -> None:
    ran = signed_in.run("doctor", "--json")
    assert ran.code == 0, ran.out
    assert ran.json["well"]
    assert [check["what"] for check in ran.json["checks"]] == [
        "config", "contacts", "templates", "memory", "sign-in", "renewal", "Gmail", "quota", "permissions", "account",
        "clock",
    ]  # fmt: skip


def test_doctor_on_an_archive(user: User) -> None:
    ran = user.run("doctor")
    assert ran.code == 0, ran.out
    assert "WRONG" not in ran.out
    assert not user.state.exists(), "doctor only looks"
    assert not user.drafts.exists()
    assert "359 messages" in ran.out
    user.mbox.unlink()
    ran = user.run("doctor", "--json")
    assert ran.code == 5
    (wrong,) = [check for check in ran.json["checks"] if not check["well"]]
    assert wrong["what"] == "archive"
    assert wrong["to_do"]


def test_doctor_counts_what_cannot_be_read(user: User) -> None:
    raw = user.mbox.read_bytes()
    user.mbox.write_bytes(raw[: len(raw) // 2].rstrip(b"\n") + b"and then")
    ran = user.run("doctor", "--json")
    assert ran.code == 0, "a warning, no error"
    whole, cut = [check for check in ran.json["checks"] if check["what"] == "archive"]
    assert whole["detail"].endswith(" messages")
    assert "ends in mid-message" in cut["detail"]
    assert cut["to_do"]
    found = user.at("find", "Rosheen", "--json")
    assert found.err.count("ends in mid-message") == 1


@pytest.mark.parametrize(("place", "what", "code"), [("state", "memory", 10), ("drafts", "drafts", 7)])
def test_doctor_tries_to_write(user: User, place: str, what: str, code: int) -> None:
    getattr(user, place).write_text("a file stands here")
    ran = user.run("doctor", "--json")
    assert ran.code == code, ran.out
    (wrong,) = [check for check in ran.json["checks"] if not check["well"]]
    assert wrong["what"] == what
    assert "a file stands where a folder should be" in wrong["to_do"]


def test_doctor_names_every_ill(signed_in: GmailUser) -> None:
    signed_in.config.chmod(0o644)
    (signed_in.state / "gmail" / "token-default.json").chmod(0o644)
    templates = signed_in.folder / "templates" / "en"
    templates.mkdir(parents=True)
    (templates / "greeting.txt").write_text("Hi\n{% if %}", encoding="utf-8")
    signed_in.edit(signed_in.config, "[contacts]", f'[templates]\nfolder = "{templates.parent}"\n[contacts]')
    signed_in.edit(signed_in.contacts, "[[contact]]", '[[contact]]\nname = "Nobody"\nemails = []\n[[contact]]')
    signed_in.server.switches.date_offset = 3600.0
    ran = signed_in.run("doctor", "--json")
    wrong = {check["what"]: check for check in ran.json["checks"] if not check["well"]}
    assert wrong.keys() == {"contacts", "templates", "token file", "clock"}
    (privacy,) = [check for check in ran.json["checks"] if check["what"] == "privacy"]
    assert privacy["well"], "a hint, no error"
    assert "chmod 600" in privacy["to_do"]
    assert all(check["to_do"] for check in wrong.values())
    assert "greeting.txt, line 2" in wrong["templates"]["detail"]
    assert "60 minutes slow" in wrong["clock"]["detail"]
    assert ran.code == 3
    (signed_in.state / "gmail" / "token-default.json").chmod(0o644)  # a renewed sign-in was kept, privately
    shown = signed_in.run("doctor")
    assert shown.out.count("WRONG") == 4
    assert "look   privacy" in shown.out
    assert "chmod 600" in shown.out


def test_doctor_without_a_usable_config(user: User) -> None:
    user.edit(user.config, "[owner]", "[owner]\nnonsense = 1")
    ran = user.run("doctor", "--json")
    assert ran.code == 3
    assert [check["what"] for check in ran.json["checks"]] == ["config", "config"]
    assert "nonsense" in ran.json["checks"][1]["detail"]
    user.config.unlink()
    assert user.run("doctor").code == 3


def test_doctor_when_memory_is_damaged(user: User) -> None:
    user.state.mkdir()
    (user.state / "ledger.sqlite").write_bytes(b"not a ledger")
    ran = user.run("doctor", "--json")
    assert ran.code == 10, ran.out
    assert user.environment[STATE_VARIABLE] in ran.out


# --- a month's batch --------------------------------------------------------------------------------


def test_a_batch_and_its_undo(signed_in: GmailUser) -> None:
    before = {draft.draft_id for draft in signed_in.account.drafts}
    made = signed_in.at("batch", "--yes", "--json")
    drafts = [draft["draft_id"] for draft in made.json["drafts"] if draft["action"] == "created"]
    assert drafts, made
    assert {draft.draft_id for draft in signed_in.account.drafts} == before | set(drafts)
    signed_in.account.user.edit_draft(drafts[0], text="I wrote this myself")
    signed_in.at("undo", "--json")
    assert {draft.draft_id for draft in signed_in.account.drafts} == before | {drafts[0]}
    assert signed_in.server.journal.sends == 0
