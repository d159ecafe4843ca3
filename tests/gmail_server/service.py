"""The API behind the HTTP: who may, what it costs, which fault strikes, and then the method itself."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.gmail_server import methods, partial
from tests.gmail_server.account import Account
from tests.gmail_server.api import HANDLERS
from tests.gmail_server.api import Call as ApiCall
from tests.gmail_server.errors import (
    ApiError,
    access_not_configured,
    bad_request,
    insufficient_scope,
    too_concurrent,
    unauthenticated,
)
from tests.gmail_server.faults import Fault, Faults, Kind
from tests.gmail_server.journal import Call, Journal
from tests.gmail_server.methods import Method
from tests.gmail_server.oauth import METADATA, Grant, OAuth
from tests.gmail_server.quota import Limits, Quota
from tests.gmail_server.upload import upload

JSON_TYPE = "application/json; charset=UTF-8"
HTML_PAGE = b"<!DOCTYPE html><html><title>Error</title><p><b>%d.</b> <ins>That\xe2\x80\x99s an error.</ins></html>"
GARBAGE = b"\x00\x01)]}' this is not JSON"


class NoAnswerError(Exception):
    """The connection is to be closed without an answer."""


@dataclass(frozen=True)
class ApiRequest:
    """One API request: alone, or as a part of a batch. Header names are lower case."""

    verb: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    number: int = 0  # of the HTTP request it came in
    refused: bool = False  # too many at once


@dataclass(frozen=True)
class Response:
    """An answer. ``truncated``: only half of it is to be sent."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    truncated: bool = False


@dataclass
class Switches:
    """What can be turned during a test. ``latency`` in seconds for each HTTP request; ``date_offset`` shifts Date."""

    latency: float = 0.0
    api_enabled: bool = True
    date_offset: float = 0.0


class Service:
    """All accounts, and the rules that stand before them."""

    def __init__(self, limits: Limits, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self.accounts: dict[str, Account] = {}
        self.oauth = OAuth(now)
        self.quota = Quota(limits, now)
        self.faults = Faults()
        self.journal = Journal()
        self.switches = Switches()
        self.stopping = threading.Event()

    def grant_of(self, headers: Mapping[str, str], target: str = "") -> Grant | None:
        """Whose access token the request carries."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = parse_qs(urlsplit(target).query).get("access_token", [""])[0]
        return self.oauth.who(token.strip())

    def answer(self, request: ApiRequest) -> Response:
        """Carry out one API request and write it into the journal. NoAnswerError when a fault says so."""
        request = overridden(request)
        route = methods.find(request.verb, urlsplit(request.target).path)
        name = route[0].name if route else "unknown"
        grant = self.grant_of(request.headers, request.target)
        charged = [0]
        status = 0
        try:
            response = self.with_fault(name, lambda: self._perform(request, route, grant, charged))
            status = response.status
        finally:
            writes = route[0].writes if route else request.verb != "GET"
            user = grant.email if grant else ""
            path = urlsplit(request.target).path
            self.journal.note(Call(name, path, user, status, charged[0], request.number, writes))
        return response

    def with_fault(self, name: str, perform: Callable[[], Response]) -> Response:
        """The answer of ``perform``, or what the fault set for ``name`` makes of it."""
        fault = self.faults.strike(name)
        if fault is None:
            return perform()
        if fault.after:
            done = perform()
            return self._suffer(fault, done) or done
        return self._suffer(fault, None) or perform()

    def _suffer(self, fault: Fault, done: Response | None) -> Response | None:
        """What the client sees; None = the right answer (late)."""
        fault.then()
        match fault.kind:
            case Kind.ERROR:
                wait = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
                return error_response(ApiError(fault.status, fault.reason, fault.message, headers=wait))
            case Kind.HTML:
                return Response(fault.status, HTML_PAGE % fault.status, {"Content-Type": "text/html; charset=UTF-8"})
            case Kind.DROP:
                raise NoAnswerError
            case Kind.HANG:
                self.stopping.wait(fault.seconds)
                raise NoAnswerError
            case Kind.SLOW:
                self.stopping.wait(fault.seconds)
                return done
            case Kind.GARBAGE:
                return Response(200, GARBAGE, {"Content-Type": JSON_TYPE})
            case Kind.TRUNCATED:
                return replace(done, truncated=True) if done else None
            case Kind.WRONG_JSON:
                return json_response({"surprise": [1, 2, 3]})

    def _perform(
        self, request: ApiRequest, route: tuple[Method, dict[str, str]] | None, grant: Grant | None, charged: list[int]
    ) -> Response:
        if route is None:
            return Response(404, HTML_PAGE % 404, {"Content-Type": "text/html; charset=UTF-8"})
        method, path = route
        query = parse_qs(urlsplit(request.target).query, keep_blank_values=True)
        try:
            account = self._admit(method, path, query, grant)
            if request.refused:
                raise too_concurrent()
            self.quota.charge(account.email, method.units)
            charged[0] = method.units
            if method.name not in HANDLERS:
                raise ApiError(501, "notImplemented", f"The test server has no {method.name}")
            call = _call(account, path, query, request)
            selection = partial.parse(call.one("fields"), method.answer)
            answer = HANDLERS[method.name](call)
            if method.verb == "DELETE":
                return Response(204)
            return json_response(partial.cut(answer, selection))
        except ApiError as error:
            return error_response(error)

    def _admit(self, method: Method, path: dict[str, str], query: dict[str, list[str]], grant: Grant | None) -> Account:
        """The account that the call may use, or the error that refuses it."""
        if grant is None or grant.email not in self.accounts:
            raise unauthenticated()
        if not self.switches.api_enabled:
            raise access_not_configured()
        if not set(method.scopes) & set(grant.scopes):
            raise insufficient_scope(method.name, method.scopes)
        if path.get("userId", "me") not in {"me", grant.email}:
            raise ApiError(403, "forbidden", f"Delegation denied for {grant.email}")
        if METADATA in grant.scopes:  # it narrows even a token that has wider scopes too
            _check_metadata_scope(method, query)
        return self.accounts[grant.email]


def _check_metadata_scope(method: Method, query: dict[str, list[str]]) -> None:
    if "q" in query:
        raise ApiError(403, "forbidden", "Metadata scope does not support 'q' parameter")
    form = query.get("format", ["full"])[-1]
    if method.name in {"messages.get", "threads.get", "drafts.get"} and form in {"full", "raw"}:
        raise ApiError(403, "forbidden", f"Metadata scope doesn't allow format {form.upper()}")


def overridden(request: ApiRequest) -> ApiRequest:
    """A GET that came as a POST because its URL was too long (the client does so over 2,048 characters)."""
    verb = request.headers.get("x-http-method-override", "").upper()
    if request.verb != "POST" or verb != "GET":
        return request
    query = request.body.decode("ascii", "replace")
    return replace(request, verb="GET", target=f"{urlsplit(request.target).path}?{query}", body=b"")


def _call(account: Account, path: dict[str, str], query: dict[str, list[str]], request: ApiRequest) -> ApiCall:
    if urlsplit(request.target).path.startswith("/upload/"):
        body, media = upload(request.headers.get("content-type", ""), request.body)
        return ApiCall(account, path, query, body, media)
    if not request.body or request.verb in {"GET", "DELETE"}:
        return ApiCall(account, path, query)
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise bad_request("Invalid JSON payload received.") from error
    if not isinstance(body, dict):
        raise bad_request("Invalid JSON payload received.")
    return ApiCall(account, path, query, body)


def json_response(answer: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(status, json.dumps(answer, ensure_ascii=False).encode(), {"Content-Type": JSON_TYPE})


def error_response(error: ApiError) -> Response:
    """An error as Gmail's JSON."""
    response = json_response(error.body(), error.status)
    return replace(response, headers={**response.headers, **error.headers})
