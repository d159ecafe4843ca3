"""What can be wrong with the way to Gmail: at the command line each is one clear line with the next step."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.cli.conftest import OWNER, GmailUser, Ran
from tests.gmail_server import COMPOSE, READONLY, client_secret_file
from thread_finder.mailboxes.gmail import GmailMailbox

SELF_SIGNED = Path(__file__).parents[1] / "gmail_server" / "self_signed.pem"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = GmailMailbox.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "sleep", lambda _: None)
    monkeypatch.setattr("google.auth._exponential_backoff.time", SimpleNamespace(sleep=lambda _: None), raising=False)


def one_line(ran: Ran, code: int, what: str, to_do: str) -> None:
    """The error, its next step, and nothing else."""
    assert ran.code == code, ran
    assert ran.out == ""
    error, following = ran.err.splitlines()
    assert error.startswith("error: ")
    assert what in error, error
    assert following.startswith("  next: ")
    assert to_do in following, following


# --- before signing in ------------------------------------------------------------------------------


def test_no_client_file(gmail: GmailUser) -> None:
    one_line(gmail.run("login", "--no-browser"), 8, "there is no client file at", "docs/gmail-setup.md")


def test_a_web_client_s_file(gmail: GmailUser) -> None:
    path = client_secret_file(gmail.config.with_name("client_secret.json"), gmail.server.root, "web")
    path.chmod(0o600)
    one_line(gmail.run("login"), 8, "“Web application”", "“Desktop app”")


def test_a_token_for_a_client_file(gmail: GmailUser) -> None:
    gmail.grant()
    gmail.token_file.rename(gmail.config.with_name("client_secret.json"))
    one_line(gmail.run("login"), 8, "is a token, not a client file", "--token-file")


def test_a_client_file_for_a_token(gmail: GmailUser) -> None:
    path = client_secret_file(gmail.config.with_name("client_secret.json"), gmail.server.root)
    path.chmod(0o600)
    one_line(gmail.run("login", "--token-file", str(path)), 8, "is a client file", "without --token-file")


def test_not_signed_in(gmail: GmailUser) -> None:
    one_line(gmail.at("find", "Rosheen"), 8, "not signed in to Gmail", "thread-finder login")


def test_somebody_else_s_account(gmail: GmailUser) -> None:
    gmail.server.add_account("other@x.example")
    gmail.grant(email="other@x.example")
    ran = gmail.run("login", "--token-file", str(gmail.token_file))
    one_line(ran, 8, "signed in as other@x.example, which is none of your addresses", OWNER)
    one_line(gmail.at("find", "Rosheen"), 8, "not signed in", "thread-finder login")


def test_a_box_was_unticked(gmail: GmailUser) -> None:
    gmail.grant(scopes=(READONLY,))
    one_line(gmail.run("login", "--token-file", str(gmail.token_file)), 8, "writing drafts", "both boxes ticked")


def test_a_token_that_others_can_read(gmail: GmailUser) -> None:
    gmail.grant()
    gmail.token_file.chmod(0o644)
    ran = gmail.run("login", "--token-file", str(gmail.token_file))
    assert ran.code == 0
    assert "can be read by other users" in ran.err
    kept = gmail.state / "gmail" / "token-default.json"
    kept.chmod(0o640)
    ran = gmail.at("find", "Rosheen", "--json")
    assert ran.json
    assert f"chmod 600 {kept}" in ran.err


# --- signed in, and then ----------------------------------------------------------------------------


def narrow(user: GmailUser) -> None:
    user.server.oauth.narrow(OWNER, (COMPOSE,))
    user.server.oauth.expire_access()


def move(user: GmailUser) -> None:
    user.edit(user.config, OWNER, "new@x.example")
    user.account.identities.clear()


WRONG: dict[str, tuple[Callable[[GmailUser], object], int, str, str]] = {
    "revoked": (lambda u: u.server.oauth.revoke(), 8, "no longer accepts the sign-in", "thread-finder login"),
    "narrowed": (
        narrow,
        8, "than thread-finder needs", "both boxes ticked"),
    "API not enabled": (
        lambda u: setattr(u.server.switches, "api_enabled", False), 8, "not enabled in your", "gmail-setup.md, step 2"),
    "organisation forbids": (
        lambda u: u.server.faults.error("*", 403, "domainPolicy", times=0), 8, "organisation", "administrator"),
    "the day's quota": (
        lambda u: setattr(u.server.limits, "daily_units", 0), 9, "quota for today is spent", "tomorrow"),
    "the minute's quota": (
        lambda u: u.server.faults.error("*", 429, "rateLimitExceeded", times=0), 9, "this minute", "few minutes"),
    "Gmail down": (lambda u: u.server.faults.error("*", 503, times=0), 9, "trouble just now (HTTP 503)", "few minutes"),
    "a portal": (lambda u: u.server.faults.html("*", 302, times=0), 9, "answers in Gmail's place", "sign in to"),
    "nobody listens": (lambda u: u.server.stop(), 9, "cannot be reached (Connection refused)", "check the network"),
    "no such host": (
        lambda u: u.edit(u.config, u.server.api_root, "https://gmail.invalid"), 9, "cannot be found", "network"),
    "TLS to what speaks none": (
        lambda u: u.edit(u.config, "http:", "https:"), 9, "secure connection to Gmail failed", "clock"),
    "owner's address changed": (
        move,
        8, f"signed in as {OWNER}, which is none", "new@x.example"),
    "token file torn": (
        lambda u: (u.state / "gmail" / "token-default.json").write_text('{"refresh_to'), 8, "damaged", "login"),
}  # fmt: skip


@pytest.mark.parametrize("command", ["find", "draft"])
@pytest.mark.parametrize("case", WRONG)
def test_one_line_and_the_next_step(case: str, command: str, signed_in: GmailUser) -> None:
    arrange, code, what, to_do = WRONG[case]
    arrange(signed_in)
    one_line(signed_in.at(command, "Rosheen"), code, what, to_do)


def test_the_same_as_json(signed_in: GmailUser) -> None:
    signed_in.server.oauth.revoke()
    error = signed_in.at("find", "--all", "--json").json["error"]
    assert error["exit_code"] == 8
    assert "thread-finder login" in error["to_do"]


def test_a_certificate_nobody_vouches_for(signed_in: GmailUser) -> None:
    with listening(tls=True) as port:
        signed_in.edit(signed_in.config, signed_in.server.api_root.rstrip("/"), f"https://127.0.0.1:{port}")
        one_line(signed_in.at("find", "Rosheen"), 9, "self-signed certificate", "clock")


def test_a_proxy_that_refuses(signed_in: GmailUser, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as port:
        signed_in.edit(signed_in.config, signed_in.server.api_root, "https://gmail.example")
        behind(f"http://127.0.0.1:{port}", monkeypatch)
        one_line(signed_in.at("find", "Rosheen"), 9, "proxy does not let Gmail through", "HTTPS_PROXY")


def test_a_proxy_that_is_not_there(signed_in: GmailUser, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    signed_in.edit(signed_in.config, signed_in.server.api_root, "https://gmail.example")
    behind(f"http://127.0.0.1:{port}", monkeypatch)
    one_line(signed_in.at("find", "Rosheen"), 9, "cannot be reached (Connection refused)", "proxy")


@pytest.mark.parametrize(("offset", "words"), [(3600.0, "60 minutes slow"), (-3600.0, "60 minutes fast")])
def test_a_clock_that_is_wrong_by_an_hour(offset: float, words: str, signed_in: GmailUser) -> None:
    """It can be worked with; but drafts would carry the wrong hour, so it is said."""
    signed_in.server.switches.date_offset = offset
    ran = signed_in.at("find", "Rosheen", "--json")
    assert ran.code == 0
    assert isinstance(json.loads(ran.out), list)
    (line,) = ran.err.splitlines()
    assert line == f"warning: this machine's clock is {words}: set it, or switch on network time"


def behind(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", proxy)


class Refusing(BaseHTTPRequestHandler):
    """A proxy that lets nothing through."""

    def do_CONNECT(self) -> None:
        self.send_error(403, "Forbidden")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


class listening:  # noqa: N801 - read as a word
    """A server of refusals on a free port, with a certificate of its own making if wanted."""

    def __init__(self, *, tls: bool = False) -> None:
        self._server = HTTPServer(("127.0.0.1", 0), Refusing)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(SELF_SIGNED)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> int:
        self._thread.start()
        return int(self._server.server_port)

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
