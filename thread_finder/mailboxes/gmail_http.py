"""The wire to Gmail: nothing is sent, nothing is written twice, everything goes where ``api_root`` says.

Three habits of the libraries are undone here: httplib2 repeats a POST when the connection closes before the answer
(two drafts), and needs another package for proxies; the client's ``api_endpoint`` does not move batches.
"""

from __future__ import annotations

import http.client
import json
import logging
import re
import ssl
import time
from base64 import b64encode
from email.utils import parsedate_to_datetime
from importlib.resources import files
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httplib2
from google_auth_httplib2 import AuthorizedHttp, Request
from googleapiclient.discovery import Resource, build_from_document

TIMEOUT = 60.0  # seconds; Google's own default
_IDLE = 15.0  # seconds after which a kept connection is not trusted to be still open
_LARGEST_ANSWER = 300 << 20  # bytes after decompression: a batch of 25 long threads stays far below

_CLOCK = 300.0  # seconds off; beyond that certificates and dates suffer

logging.getLogger("googleapiclient").setLevel(logging.CRITICAL)  # what it has to say, we say in our own words

_REQUEST_LINE = re.compile(rb"^[A-Z]+ (\S+)", re.MULTILINE)


class SendRefusedError(RuntimeError):
    """Something in this program tried to send mail. It never may; nothing has left the machine."""


class AnswerLostError(TimeoutError):
    """The connection ended after the request had gone out: it may have been carried out, or not.

    A TimeoutError because httplib2 hands those on at once instead of trying again.
    """


def build_service(api_root: str) -> Any:
    """The client for Gmail's v1, made from the document that ships with the library; no network.

    ``api_root`` replaces Google's host for all traffic, batches and uploads too; "" leaves it.
    """
    document = json.loads((files("googleapiclient") / "discovery_cache/documents/gmail.v1.json").read_text("utf-8"))
    if api_root:
        root = api_root.rstrip("/") + "/"
        document |= {"rootUrl": root, "baseUrl": root + document["servicePath"], "mtlsRootUrl": root}
    service: Resource = build_from_document(document, http=httplib2.Http())
    return service


def authorized(credentials: Any, timeout: float = TIMEOUT) -> AuthorizedHttp:
    """A connection of one thread that signs its requests, and refreshes the sign-in once when it is refused."""
    return AuthorizedHttp(credentials, http=GuardedHttp(timeout=timeout))


def renew(http: AuthorizedHttp) -> None:
    """Get a new access token over the same guarded connection. google-auth's errors."""
    http.credentials.refresh(Request(http.http))


class GuardedHttp(httplib2.Http):
    """httplib2 that refuses to send mail, never repeats a request by itself, and does not follow redirects.

    ``skew`` is how many seconds this machine's clock is ahead of the server's, from the last answer; None before.
    """

    def __init__(self, timeout: float) -> None:
        super().__init__(timeout=timeout, decode_limit_hard=_LARGEST_ANSWER)
        self.follow_redirects = False
        self.skew: float | None = None
        self._last_used = 0.0

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: Any = None,
        headers: Any = None,
        redirections: int = 0,
        connection_type: Any = None,
    ) -> tuple[httplib2.Response, bytes]:
        """As httplib2's. SendRefusedError for a request, or a part of a batch, that would send mail."""
        refuse_to_send(uri, body, headers)
        if time.monotonic() - self._last_used > _IDLE:
            self.close()
        connection_type = connection_type or (_OnceHttps if uri.startswith("https:") else _OnceHttp)
        try:
            response, content = super().request(uri, method, body, headers, redirections, connection_type)
        except BaseException:
            self.close()  # half an answer may still be on its way; the next request is not to read it
            raise
        self._last_used = time.monotonic()
        self._note_clock(response)
        return response, content

    def _note_clock(self, response: httplib2.Response) -> None:
        try:
            self.skew = time.time() - parsedate_to_datetime(response["date"]).timestamp()
        except (KeyError, ValueError):
            self.skew = None


def refuse_to_send(uri: str, body: Any = None, headers: Any = None) -> None:
    """SendRefusedError if the address, or a request line inside a batch, ends in a send method."""
    targets = [uri]
    if any(str(value).lower().startswith("multipart/mixed") for value in (headers or {}).values()):
        octets = body if isinstance(body, bytes) else str(body).encode("utf-8", "replace")
        targets += [line[1].decode("ascii", "replace") for line in _REQUEST_LINE.finditer(octets)]
    for target in targets:
        if unquote(urlsplit(target).path).rstrip("/").lower().endswith("/send"):
            raise SendRefusedError(f"thread-finder never sends, but {urlsplit(target).path} was called")


def clock_trouble(skew: float | None) -> str:
    """What is wrong with this machine's clock, in words; "" when it is right or nothing is known."""
    if skew is None or abs(skew) <= _CLOCK:
        return ""
    return f"this machine's clock is {round(abs(skew) / 60)} minutes {'fast' if skew > 0 else 'slow'}"


class _Once:
    """A connection that does not let httplib2 repeat a request whose answer did not come."""

    def getresponse(self) -> Any:
        try:
            return super().getresponse()  # type: ignore[misc]
        except TimeoutError:
            raise
        except (http.client.HTTPException, OSError) as error:
            self.close()  # type: ignore[attr-defined]
            raise AnswerLostError(f"the connection ended before the answer ({type(error).__name__})") from error


class _OnceHttp(_Once, http.client.HTTPConnection):
    """Plain HTTP, for an ``api_root`` on this machine."""

    def __init__(self, host: str, timeout: float | None = None, **_: Any) -> None:
        super().__init__(host, timeout=timeout)


class _OnceHttps(_Once, http.client.HTTPSConnection):
    """HTTPS, through the system's proxy where there is one; trusts what the system trusts, and Mozilla's list."""

    def __init__(self, host: str, timeout: float | None = None, **_: Any) -> None:
        context = ssl.create_default_context()
        context.load_verify_locations(httplib2.CA_CERTS)
        proxy = "" if proxy_bypass(host) else getproxies().get("https", "")
        if not proxy:
            super().__init__(host, timeout=timeout, context=context)
            return
        where = urlsplit(proxy if "//" in proxy else f"//{proxy}")
        super().__init__(where.hostname or "", where.port or 80, timeout=timeout, context=context)
        headers = {}
        if where.username:
            pair = f"{unquote(where.username)}:{unquote(where.password or '')}"
            headers["Proxy-Authorization"] = f"Basic {b64encode(pair.encode()).decode('ascii')}"
        self.set_tunnel(host, headers=headers)
