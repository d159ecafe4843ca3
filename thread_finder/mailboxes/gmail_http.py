"""The wire to Gmail: nothing is sent, nothing is written twice, everything goes where ``api_root`` says.

Three habits of the libraries are undone here (gmail.md, "The Python client"): httplib2 repeats a POST when the connection
closes before the answer; the client's ``api_endpoint`` does not move batches; answers may be of any size.
"""

from __future__ import annotations

import http.client
import json
import re
import time
from email.utils import parsedate_to_datetime
from importlib.resources import files
from typing import Any
from urllib.parse import unquote, urlsplit

import httplib2
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import Resource, build_from_document

TIMEOUT = 60.0  # seconds; Google's own default
_LARGEST_ANSWER = 300 << 20  # bytes after decompression: a batch of 25 long threads stays far below

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


class GuardedHttp(httplib2.Http):  # type: ignore[misc]
    """httplib2 that refuses to send mail, never repeats a request by itself, and does not follow redirects.

    ``skew`` is how many seconds this machine's clock is ahead of the server's, from the last answer; None before.
    """

    def __init__(self, timeout: float) -> None:
        super().__init__(timeout=timeout, decode_limit_hard=_LARGEST_ANSWER)
        self.follow_redirects = False
        self.skew: float | None = None

    def request(  # noqa: PLR0913 - httplib2's own
        self,
        uri: str,
        method: str = "GET",
        body: Any = None,
        headers: Any = None,
        redirections: int = 0,
        connection_type: Any = None,
    ) -> tuple[httplib2.Response, bytes]:
        """As httplib2's. SendRefusedError for a request, or a part of a batch, that would send mail."""
        refuse_to_send(uri, body)
        connection_type = connection_type or (_OnceHttps if uri.startswith("https:") else _OnceHttp)
        response, content = super().request(uri, method, body, headers, redirections, connection_type)
        self._note_clock(response)
        return response, content

    def _note_clock(self, response: httplib2.Response) -> None:
        try:
            self.skew = time.time() - parsedate_to_datetime(response["date"]).timestamp()
        except (KeyError, ValueError):
            self.skew = None


def refuse_to_send(uri: str, body: Any) -> None:
    """SendRefusedError if the address, or a request line inside a batch's body, ends in a send method."""
    octets = body.encode("utf-8", "replace") if isinstance(body, str) else body if isinstance(body, bytes) else b""
    targets = [uri]
    if urlsplit(uri).path.rstrip("/").endswith(("/batch", "/batch/gmail/v1")):
        targets += [line[1].decode("ascii", "replace") for line in _REQUEST_LINE.finditer(octets)]
    for target in targets:
        if unquote(urlsplit(target).path).rstrip("/").lower().endswith("/send"):
            raise SendRefusedError(f"thread-finder never sends, but {urlsplit(target).path} was called")


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


class _OnceHttp(_Once, httplib2.HTTPConnectionWithTimeout):  # type: ignore[misc]
    pass


class _OnceHttps(_Once, httplib2.HTTPSConnectionWithTimeout):  # type: ignore[misc]
    pass
