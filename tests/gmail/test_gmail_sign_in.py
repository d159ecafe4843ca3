"""Signing in, and every way in which it can be wrong: one clear line each, with the next step."""

import json
import ssl
import stat
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import pytest

from tests.gmail_server import COMPOSE, READONLY, Account, GmailServer, client_secret_file
from tests.gmail_server.client import ME
from thread_finder.errors import Check, SignInError, ThreadFinderError, UnavailableError
from thread_finder.mailboxes import gmail_auth, gmail_errors
from thread_finder.mailboxes.base import Request
from thread_finder.mailboxes.gmail import GmailMailbox, open_gmail
from thread_finder.mailboxes.gmail_auth import SCOPES, credentials, login, login_with_token, logout, remember
from thread_finder.mailboxes.gmail_doctor import examine
from thread_finder.mailboxes.gmail_tokens import TokenStore

REQUEST = Request("ann", ("ann@x.example",), (ME,))
Open = Callable[..., GmailMailbox]


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring that works."""

    priority = 1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("none kept")


class LockedKeyring(MemoryKeyring):
    """A keyring whose owner does not unlock it."""

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked("locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.KeyringLocked("locked")


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[Callable[[Any], None]]:
    before = keyring.get_keyring()
    from keyring.backends.fail import Keyring

    keyring.set_keyring(Keyring())  # type: ignore[no-untyped-call]
    yield keyring.set_keyring
    keyring.set_keyring(before)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def token_file(server: GmailServer, tmp_path: Path) -> Path:
    path = tmp_path / "token.json"
    path.write_text(json.dumps(server.authorized_user()))
    return path


def take_over(token_file: Path, state: Path, server: GmailServer) -> None:
    login_with_token(token_file, account="me", state=state, owner=(ME,), api_root=server.api_root)


# --- the browser ----------------------------------------------------------------------------------------


@pytest.fixture
def consent() -> list[str]:
    """A user who opens the address that is told, at once; the addresses are collected."""
    return []


def by_browser(server: GmailServer, state: Path, tmp_path: Path, opened: list[str]) -> str:
    def tell(url: str, port: int) -> None:
        opened.append(url)
        assert f"127.0.0.1%3A{port}" in url
        threading.Thread(target=lambda: urllib.request.urlopen(url, timeout=10).read(), daemon=True).start()

    client = client_secret_file(tmp_path / "client_secret.json", server.root)
    return login(
        client, account="me", state=state, owner=(ME,), api_root=server.api_root, open_browser=False, tell=tell
    ).email


def test_signing_in_at_google_s_page(server: GmailServer, state: Path, tmp_path: Path, consent: list[str]) -> None:
    assert by_browser(server, state, tmp_path, consent) == ME
    assert "code_challenge_method=S256" in consent[0]
    assert set(credentials("me", state).scopes) == set(SCOPES) == {READONLY, COMPOSE}
    assert credentials("me", state).refresh_token


def test_cancelled_at_google_s_page(server: GmailServer, state: Path, tmp_path: Path, consent: list[str]) -> None:
    server.oauth.deny = True
    with pytest.raises(SignInError, match="cancelled"):
        by_browser(server, state, tmp_path, consent)


def test_a_box_was_unticked(server: GmailServer, state: Path, tmp_path: Path, consent: list[str]) -> None:
    server.oauth.granted = (READONLY,)
    with pytest.raises(SignInError, match="drafts") as told:
        by_browser(server, state, tmp_path, consent)
    assert "both boxes" in told.value.to_do
    assert TokenStore(state).where("me") == ""


def test_nobody_comes(
    server: GmailServer, state: Path, tmp_path: Path, consent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gmail_auth, "TIMEOUT", 1)
    client = client_secret_file(tmp_path / "client_secret.json", server.root)
    with pytest.raises(SignInError, match="in time"):
        login(client, account="me", state=state, owner=(ME,), open_browser=False)


# --- files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no client file"),
        ("not json", "no JSON"),
        ("[]", "no client file"),
        ("{}", "no client file of Google's"),
        ('{"web": {"client_id": "x"}}', "Web application"),
        ('{"type": "service_account"}', "service account"),
        ('{"type": "authorized_user", "refresh_token": "x"}', "token, not a client file"),
        ('{"installed": {"client_id": 5}}', "no client file of Google's"),
    ],
)
def test_wrong_client_files(content: str | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "client_secret.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SignInError, match=words) as told:
        login(path, account="me", state=tmp_path, owner=(ME,), open_browser=False)
    assert told.value.to_do
    assert "\n" not in told.value.message


@pytest.mark.parametrize(
    "content", [None, "", "[1]", "{}", '{"installed": {}}', '{"client_id": "x", "refresh_token": ""}']
)
def test_wrong_token_files(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "token.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SignInError) as told:
        login_with_token(path, account="me", state=tmp_path, owner=(ME,))
    assert told.value.to_do


# --- where the sign-in is kept --------------------------------------------------------------------------


def test_a_private_file_where_there_is_no_keyring(server: GmailServer, token_file: Path, state: Path) -> None:
    signed = login_with_token(token_file, account="me", state=state, owner=(ME,), api_root=server.api_root)
    path = TokenStore(state).path("me")
    assert signed.email == ME
    assert str(path) in signed.kept_in
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_keyring_where_there_is_one(
    server: GmailServer, token_file: Path, state: Path, no_keyring: Callable[[Any], None]
) -> None:
    take_over(token_file, state, server)
    no_keyring(MemoryKeyring())
    signed = login_with_token(token_file, account="me", state=state, owner=(ME,), api_root=server.api_root)
    assert "keyring" in signed.kept_in
    assert not TokenStore(state).path("me").exists()
    assert credentials("me", state).refresh_token
    assert logout("me", state)
    assert not logout("me", state)


def test_a_locked_keyring_is_no_keyring(
    server: GmailServer, token_file: Path, state: Path, no_keyring: Callable[[Any], None]
) -> None:
    no_keyring(LockedKeyring())
    take_over(token_file, state, server)
    assert credentials("me", state).refresh_token
    assert logout("me", state)


def test_several_accounts_by_name(server: GmailServer, token_file: Path, state: Path) -> None:
    take_over(token_file, state, server)
    with pytest.raises(SignInError, match="account work"):
        credentials("work", state)
    login_with_token(token_file, account="work", state=state, owner=(ME,), api_root=server.api_root)
    assert logout("me", state)
    assert credentials("work", state).refresh_token


def test_a_torn_token_is_said(server: GmailServer, token_file: Path, state: Path) -> None:
    take_over(token_file, state, server)
    path = TokenStore(state).path("me")
    path.write_text(path.read_text()[:40])
    with pytest.raises(SignInError, match="damaged") as told:
        credentials("me", state)
    assert told.value.to_do == "run: thread-finder login"


def test_a_renewed_sign_in_is_kept(server: GmailServer, token_file: Path, state: Path) -> None:
    take_over(token_file, state, server)
    server.oauth.expire_access()
    mailbox = open_gmail(account="me", state=state, api_root=server.api_root)
    list(mailbox.search([REQUEST]))
    mailbox.close()
    server.journal.reset()
    mailbox = open_gmail(account="me", state=state, api_root=server.api_root)
    list(mailbox.search([REQUEST]))
    mailbox.close()
    assert server.journal.count("token") == 0


def test_keeping_never_fails(server: GmailServer, token_file: Path, state: Path) -> None:
    take_over(token_file, state, server)
    used = credentials("me", state)
    logout("me", state)
    remember("me", state, used)
    assert TokenStore(state).where("me") == ""


# --- what Gmail says ------------------------------------------------------------------------------------

WRONG = {
    "revoked": (lambda s: s.oauth.revoke(), SignInError, "no longer accepts", "thread-finder login"),
    "narrowed": (
        lambda s: (s.oauth.narrow(ME, (COMPOSE,)), s.oauth.expire_access()), SignInError, "allow|covers", "both boxes"),
    "API not enabled": (
        lambda s: setattr(s.switches, "api_enabled", False), SignInError, "not enabled", "gmail-setup.md"),
    "domain policy": (
        lambda s: s.faults.error("getProfile", 403, "domainPolicy", times=0),
        SignInError, "organisation", "administrator"),
    "quota of the day": (lambda s: setattr(s.limits, "daily_units", 0), UnavailableError, "today", "tomorrow"),
    "quota for ever": (
        lambda s: s.faults.error("getProfile", 429, "rateLimitExceeded", times=0),
        UnavailableError, "minute", "few minutes"),
    "down": (lambda s: s.faults.error("getProfile", 500, times=0), UnavailableError, "HTTP 500", "again"),
    "hangs up": (lambda s: s.faults.drop("getProfile", times=0), UnavailableError, "in time", "again"),
    "a portal": (
        lambda s: s.faults.html("getProfile", 302, times=0), UnavailableError, "network answers", "sign in to"),
    "a page for 200": (lambda s: s.faults.garbage("getProfile", times=0), UnavailableError, "not Gmail", "proxy"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG.keys())
def test_what_gmail_says_becomes_one_line(
    case: tuple[Callable[[GmailServer], object], type[ThreadFinderError], str, str],
    server: GmailServer,
    open_mailbox: Open,
) -> None:
    arrange, kind, words, to_do = case
    mailbox = open_mailbox()
    arrange(server)
    with pytest.raises(kind, match=words) as told:
        list(mailbox.search([REQUEST]))
    assert to_do in told.value.to_do
    assert "\n" not in told.value.message
    assert "ya29" not in str(told.value) + told.value.to_do


def test_a_narrow_sign_in_is_not_taken_over(server: GmailServer, tmp_path: Path, state: Path) -> None:
    path = tmp_path / "token.json"
    path.write_text(json.dumps(server.authorized_user(scopes=(READONLY,))))
    with pytest.raises(SignInError, match="drafts"):
        take_over(path, state, server)


def test_a_revoked_token_is_not_taken_over(server: GmailServer, token_file: Path, state: Path) -> None:
    server.oauth.revoke()
    with pytest.raises(SignInError, match="no longer accepts"):
        take_over(token_file, state, server)
    assert TokenStore(state).where("me") == ""


def test_nobody_listens(server: GmailServer, open_mailbox: Open) -> None:
    mailbox = open_mailbox()
    server.stop()
    with pytest.raises(UnavailableError, match="cannot be reached") as told:
        list(mailbox.search([REQUEST]))
    assert "network" in told.value.to_do


def test_no_such_host(open_mailbox: Open) -> None:
    mailbox = open_mailbox(api_root="http://no-such-host.invalid/")
    with pytest.raises(UnavailableError, match="cannot be found"):
        list(mailbox.search([REQUEST]))


def test_a_certificate_that_cannot_be_trusted() -> None:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "certificate is not yet valid"
    told = gmail_errors.explained(error)
    assert "not yet valid" in told.message
    assert "clock" in told.to_do
    assert not gmail_errors.passing(error)


def test_tls_to_something_that_speaks_none(server: GmailServer, open_mailbox: Open) -> None:
    mailbox = open_mailbox(api_root=server.api_root.replace("http:", "https:"))
    with pytest.raises(UnavailableError, match="secure connection"):
        list(mailbox.search([REQUEST]))


def test_a_proxy_that_refuses(server: GmailServer, open_mailbox: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test server answers CONNECT as any web server would: with an error."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", server.root)
    mailbox = open_mailbox(api_root="https://gmail.example/")
    with pytest.raises(UnavailableError, match="proxy"):
        list(mailbox.search([REQUEST]))


# --- the doctor -----------------------------------------------------------------------------------------


def diagnosis(
    server: GmailServer, state: Path, client: Path | None = None, owner: tuple[str, ...] = (ME,)
) -> list[Check]:
    return list(examine(account="me", state=state, client_secret=client, owner=owner, api_root=server.api_root))


def test_all_is_well(server: GmailServer, token_file: Path, state: Path, tmp_path: Path) -> None:
    take_over(token_file, state, server)
    client = client_secret_file(tmp_path / "client_secret.json", server.root)
    client.chmod(0o600)
    checks = diagnosis(server, state, client)
    assert all(check.well for check in checks), checks
    assert [c.what for c in checks] == [
        "client file", "sign-in", "renewal", "Gmail", "quota", "permissions", "account", "clock",
    ]  # fmt: skip


def wrong(checks: list[Check]) -> Check:
    (found,) = [check for check in checks if not check.well]
    assert found.to_do
    return found


def test_each_ill_is_named(
    server: GmailServer, account: Account, token_file: Path, state: Path, tmp_path: Path
) -> None:
    assert wrong(diagnosis(server, state)).what == "sign-in"
    assert [c.what for c in diagnosis(server, state, tmp_path / "none.json")] == ["client file", "sign-in"]
    take_over(token_file, state, server)
    assert all(c.well for c in diagnosis(server, state, tmp_path / "none.json")), "signed in, none is needed"
    assert wrong(diagnosis(server, state, owner=("else@x.example",))).what == "account"
    TokenStore(state).path("me").chmod(0o644)
    assert wrong(diagnosis(server, state)).what == "token file"
    take_over(token_file, state, server)
    server.switches.date_offset = -3600.0
    assert wrong(diagnosis(server, state)).detail == "this machine's clock is 60 minutes fast"
    server.switches.date_offset = 3600.0
    assert wrong(diagnosis(server, state)).detail == "this machine's clock is 60 minutes slow"
    server.switches.date_offset = 0.0
    server.switches.api_enabled = False
    assert "not enabled" in wrong(diagnosis(server, state)).detail
    server.oauth.revoke()
    assert "no longer accepts" in wrong(diagnosis(server, state)).detail


def test_somebody_else_s_account_is_not_taken_over(server: GmailServer, token_file: Path, state: Path) -> None:
    with pytest.raises(SignInError, match="none of your addresses") as told:
        login_with_token(token_file, account="me", state=state, owner=("else@x.example",), api_root=server.api_root)
    assert "else@x.example" in told.value.to_do
    assert TokenStore(state).where("me") == ""
    server.account(ME).alias("else@x.example")
    assert login_with_token(
        token_file, account="me", state=state, owner=("else@x.example",), api_root=server.api_root
    ).email == ME  # fmt: skip
