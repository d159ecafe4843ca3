"""POST /batch: up to a hundred calls in one multipart/mixed request, their answers in one 200."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from email.parser import HeaderParser
from http.client import responses

from tests.gmail_server import headers
from tests.gmail_server.errors import ApiError
from tests.gmail_server.service import ApiRequest, Response, Service, error_response
from tests.gmail_server.upload import split_parts

Item = tuple[str, ApiRequest]  # Content-ID, request


def answer(service: Service, outer: Mapping[str, str], body: bytes, number: int) -> Response:
    """Carry out a batch. Each item is charged singly; the errors of items sit inside."""
    return service.with_fault("batch", lambda: _answer(service, outer, body, number))


def _answer(service: Service, outer: Mapping[str, str], body: bytes, number: int) -> Response:
    try:
        items = _items(outer, body, number)
    except ApiError as error:
        return error_response(error)
    if len(items) > service.quota.limits.batch:
        message = f"The batch request has {len(items)} calls; the limit is {service.quota.limits.batch}."
        return error_response(ApiError(400, "badRequest", message))
    grant = service.grant_of(items[0][1].headers) if items else None
    with service.quota.running(grant.email if grant else "", len(items)) as allowed:
        answers = []
        for place, (content_id, item) in enumerate(items):
            refused = place >= allowed
            answers.append((content_id, service.answer(_numbered(item, number, refused))))
    return _multipart(answers)


def _numbered(item: ApiRequest, number: int, refused: bool) -> ApiRequest:
    return ApiRequest(item.verb, item.target, item.headers, item.body, number, refused)


def _items(outer: Mapping[str, str], body: bytes, number: int) -> list[Item]:
    items = []
    for part in split_parts(outer.get("content-type", ""), body):
        head, inner = headers.split_message(part)
        content_id = HeaderParser().parsestr(head.decode("ascii", "replace")).get("Content-ID", "")
        request_line, _, rest = inner.lstrip(b"\r\n").partition(b"\n")
        inner_head, payload = headers.split_message(rest)
        verb, _, target = request_line.decode("ascii", "replace").strip().partition(" ")
        found = {name.lower(): value for name, value in headers.fields(inner_head)}
        if "authorization" in outer:
            found.setdefault("authorization", outer["authorization"])
        items.append((content_id, ApiRequest(verb, target.rpartition(" ")[0], found, payload.rstrip(b"\r\n"), number)))
    return items


def _multipart(answers: list[tuple[str, Response]]) -> Response:
    boundary = f"batch_{secrets.token_urlsafe(16)}"
    chunks = []
    for content_id, response in answers:
        lines = [
            f"--{boundary}",
            "Content-Type: application/http",
            f"Content-ID: <response-{content_id.strip('<>')}>",
            "",
            f"HTTP/1.1 {response.status} {responses.get(response.status, 'Unknown')}",
            *(f"{name}: {value}" for name, value in response.headers.items()),
            f"Content-Length: {len(response.body)}",
            "",
            "",
        ]
        chunks.append("\r\n".join(lines).encode() + response.body + b"\r\n")
    chunks.append(f"--{boundary}--\r\n".encode())
    kind = {"Content-Type": f"multipart/mixed; boundary={boundary}"}
    return Response(200, b"".join(chunks), kind, truncated=any(response.truncated for _, response in answers))
