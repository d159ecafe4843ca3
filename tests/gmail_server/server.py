"""Gmail over real HTTP on 127.0.0.1, for tests and measurements."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.gmail_server import batch, control
from tests.gmail_server.account import Account
from tests.gmail_server.faults import Faults
from tests.gmail_server.journal import Call, Journal, Request
from tests.gmail_server.oauth import SCOPES, OAuth, authorized_user, basic_client
from tests.gmail_server.quota import Limits
from tests.gmail_server.service import ApiRequest, NoAnswerError, Response, Service, Switches, json_response

BATCH_PATHS = {"/batch", "/batch/gmail/v1"}


class GmailServer:
    """``with GmailServer() as server: account = server.add_account("me@x.example")``; see README.md.

    ``now`` is the server's clock in seconds since 1970: dates of new mail, token expiry, quota windows.
    """

    def __init__(self, *, port: int = 0, limits: Limits | None = None, now: Callable[[], float] = time.time) -> None:
        self.limits = limits or Limits()
        self.service = Service(self.limits, now)
        self._http = _HTTPServer(("127.0.0.1", port), self.service)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Close the door; hanging answers end."""
        self.service.stopping.set()
        self._http.shutdown()
        self._http.close_connections()
        self._http.server_close()
        self._thread.join()

    @property
    def root(self) -> str:
        """The server's address, with a slash at its end (what rootUrl is in the discovery document)."""
        return f"http://127.0.0.1:{self._http.server_port}/"

    @property
    def api_root(self) -> str:
        """What ``[account] api_root`` is to be."""
        return self.root

    @property
    def token_uri(self) -> str:
        """Where refresh tokens are exchanged."""
        return f"{self.root}token"

    @property
    def journal(self) -> Journal:
        """Every call that was made."""
        return self.service.journal

    @property
    def faults(self) -> Faults:
        """What is to go wrong."""
        return self.service.faults

    @property
    def oauth(self) -> OAuth:
        """Grants and tokens."""
        return self.service.oauth

    @property
    def switches(self) -> Switches:
        """Latency, API on or off, a wrong Date."""
        return self.service.switches

    def add_account(self, email: str, name: str = "", mbox: Path | None = None) -> Account:
        """A new mailbox, filled from a Takeout mbox if one is given. The first account signs in at the consent page."""
        account = Account(email, name, self.service.now)
        self.service.accounts[email] = account
        self.oauth.consent_email = self.oauth.consent_email or email
        if mbox is not None:
            account.load_mbox(mbox)
        return account

    def account(self, email: str) -> Account:
        """An account, by its primary address."""
        return self.service.accounts[email]

    def authorized_user(
        self, email: str = "", scopes: tuple[str, ...] = SCOPES, *, with_access_token: bool = True
    ) -> dict[str, Any]:
        """google-auth's authorized-user JSON of a new grant (default: the first account, readonly and compose)."""
        grant = self.oauth.grant(email or self.oauth.consent_email, scopes)
        if not with_access_token:
            return authorized_user(grant, self.token_uri)
        token = self.oauth.access_token(grant)
        return authorized_user(grant, self.token_uri, token, self.service.now() + self.oauth.lifetime)


class _HTTPServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], service: Service) -> None:
        super().__init__(address, _Handler)
        self.service = service
        self.numbers = count(1)
        self._connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        for connection in list(self._connections):
            _hang_up(connection)


class _Handler(BaseHTTPRequestHandler):
    server: _HTTPServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def _serve(self) -> None:
        service, start = self.server.service, time.monotonic()
        number = next(self.server.numbers)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        if path.startswith(control.PREFIX):
            self._write(control.answer(service, self.command, path, body))
            return
        if service.switches.latency:
            time.sleep(service.switches.latency)
        try:
            response = self._answer(service, path, body, number)
        except NoAnswerError:
            service.journal.note_request(Request(number, path, start, time.monotonic(), len(body), 0))
            self._drop()
            return
        payload = self._encode(response)
        service.journal.note_request(Request(number, path, start, time.monotonic(), len(body), len(payload)))
        self._write(response, payload)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve  # noqa: N815 http.server's own names

    def _answer(self, service: Service, path: str, body: bytes, number: int) -> Response:
        headers = {name.lower(): value for name, value in self.headers.items()}
        if path in BATCH_PATHS and self.command == "POST":
            return batch.answer(service, headers, body, number)
        if path in {"/token", "/revoke"} or path == "/o/oauth2/auth":
            return self._sign_in(service, path, body, number)
        grant = service.grant_of(headers, self.path)
        with service.quota.running(grant.email if grant else "") as allowed:
            return service.answer(ApiRequest(self.command, self.path, headers, body, number, refused=allowed < 1))

    def _sign_in(self, service: Service, path: str, body: bytes, number: int) -> Response:
        name = path.rsplit("/", 1)[-1]
        status = 0
        try:
            response = service.with_fault(name, lambda: self._signed_in(service, path, body))
            status = response.status
        finally:
            service.journal.note(Call(name, path, "", status, 0, number, writes=False))
        return response

    def _signed_in(self, service: Service, path: str, body: bytes) -> Response:
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        if path == "/token":
            status, answer = service.oauth.token(basic_client(self.headers.get("Authorization", "")) | form)
            return json_response(answer, status)
        if path == "/revoke":
            service.oauth.revoke()
            return json_response({})
        query = dict(parse_qsl(urlsplit(self.path).query))
        return Response(302, b"", {"Location": service.oauth.consent(query)})

    def _encode(self, response: Response) -> bytes:
        return gzip.compress(response.body, 1) if self._gzipped(response) else response.body

    def _gzipped(self, response: Response) -> bool:
        return bool(response.body) and "gzip" in self.headers.get("Accept-Encoding", "")

    def _write(self, response: Response, payload: bytes | None = None) -> None:
        payload = response.body if payload is None else payload
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if payload is not response.body:
            self.send_header("Content-Encoding", "gzip")
        if response.status != 204:
            self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        try:
            self.wfile.write(payload[: len(payload) // 2] if response.truncated else payload)
            self.wfile.flush()
        except OSError:  # the client has gone; tests kill clients
            self.close_connection = True
        if response.truncated:
            self._drop()

    def _drop(self) -> None:
        self.close_connection = True
        _hang_up(self.connection)

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:  # the client has gone
            self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:  # nobody is there to read what was left
            self.close_connection = True

    def date_time_string(self, timestamp: float | None = None) -> str:
        service = self.server.service
        seconds = service.now() if timestamp is None else timestamp
        return formatdate(seconds + service.switches.date_offset, usegmt=True)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the journal knows."""


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:  # it was closed already
        return
