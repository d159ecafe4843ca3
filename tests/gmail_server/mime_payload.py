"""Raw messages to Gmail's payload trees: parts, decoded header values, bodies as UTF-8, attachments by id."""

from __future__ import annotations

import base64
import binascii
import html
import quopri
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from tests.gmail_server import headers

MAX_DEPTH = 40
PARAMETER = re.compile(r";\s*([\w*-]+)\s*=\s*(\"(?:[^\"\\]|\\.)*\"|[^;\s]*)")
TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^<>]*>", re.DOTALL | re.IGNORECASE)
SPACE = re.compile(r"\s+")
INLINE = {"text/plain", "text/html"}  # everything else has to be fetched as an attachment
SNIPPET = 190


@dataclass(frozen=True)
class Part:
    """One MIME part. ``octets`` is the body with its transfer encoding taken off (leaves only)."""

    part_id: str
    mime_type: str
    filename: str
    charset: str
    fields: tuple[tuple[str, str], ...]
    octets: bytes
    parts: tuple[Part, ...] = ()

    def walk(self) -> Iterator[Part]:
        """This part and all below it."""
        pending = [self]
        while pending:
            part = pending.pop()
            yield part
            pending += reversed(part.parts)

    @property
    def text(self) -> str:
        """The body as text; HTML without its tags."""
        try:
            text = self.octets.decode(self.charset or "utf-8")
        except (LookupError, UnicodeError):
            text = self.octets.decode("latin-1")
        return html.unescape(TAG.sub(" ", text)) if self.mime_type == "text/html" else text


def parse(raw: bytes, part_id: str = "", depth: int = 0) -> Part:
    """The message as a tree of parts. Bounded: what is nested deeper than MAX_DEPTH is one opaque leaf."""
    head, body = headers.split_message(raw)
    fields = tuple(headers.fields(head))
    values = {name.casefold(): value for name, value in reversed(fields)}
    mime_type, parameters = _content_type(values.get("content-type", ""))
    disposition = _parameters(values.get("content-disposition", ""))
    boundary = parameters.get("boundary", "")
    if mime_type.startswith("multipart/") and boundary and depth < MAX_DEPTH:
        prefix = f"{part_id}." if part_id else ""
        chunks = _split(body, boundary.encode("utf-8", "replace"))
        parts = tuple(parse(chunk, f"{prefix}{n}", depth + 1) for n, chunk in enumerate(chunks))
        return Part(part_id, mime_type, "", "", fields, b"", parts)
    filename = disposition.get("filename") or parameters.get("name", "")
    octets = _decoded(body, values.get("content-transfer-encoding", ""))
    return Part(part_id, mime_type, filename, parameters.get("charset", ""), fields, octets)


def _content_type(value: str) -> tuple[str, dict[str, str]]:
    mime_type = value.partition(";")[0].strip().casefold()
    return (mime_type if "/" in mime_type else "text/plain"), _parameters(value)


def _parameters(value: str) -> dict[str, str]:
    """RFC 2045 parameters, with RFC 2231's ``name*=charset''value``; continuations are joined."""
    found: dict[str, str] = {}
    for name, text in PARAMETER.findall(value):
        plain = re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text
        if name.endswith("*") and plain.count("'") >= 2:
            charset, _, quoted = plain.split("'", 2)
            plain = headers.to_text(unquote_to_bytes(quoted), charset or "utf-8")
        key = name.partition("*")[0].casefold()
        found[key] = found.get(key, "") + plain if "*" in name else plain
    return found


def _split(body: bytes, boundary: bytes) -> list[bytes]:
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    chunks: list[bytes] = []
    start: int | None = None
    for match in line.finditer(body):
        if start is not None:
            chunks.append(body[start : match.start()])
        if match[1]:
            return chunks
        start = body.find(b"\n", match.end()) + 1 or len(body)
    if start is not None:
        chunks.append(body[start:])
    return chunks


def _decoded(body: bytes, encoding: str) -> bytes:
    match encoding.strip().casefold():
        case "base64":
            try:
                return base64.b64decode(re.sub(rb"[^A-Za-z0-9+/]", b"", body) + b"==")
            except binascii.Error:
                return body
        case "quoted-printable":
            return quopri.decodestring(body)
        case _:
            return body


def payload(part: Part, attachment_id: Callable[[str], str]) -> dict[str, Any]:
    """Gmail's MessagePart for format=full. ``attachment_id`` makes an id for a part id."""
    answer = _outline(part) | {"headers": _headers(part.fields)}
    if part.parts:
        return answer | {"body": {"size": 0}, "parts": [payload(child, attachment_id) for child in part.parts]}
    if part.mime_type in INLINE and not part.filename:
        data = part.text.encode() if part.mime_type == "text/plain" else _utf8(part)
        return answer | {"body": {"size": len(data)} | ({"data": base64url(data)} if data else {})}
    return answer | {"body": {"attachmentId": attachment_id(part.part_id), "size": len(part.octets)}}


def metadata(part: Part, wanted: Iterable[str]) -> dict[str, Any]:
    """Gmail's payload for format=metadata: headers only, all of them or those wanted (in any case)."""
    names = {name.casefold() for name in wanted}
    chosen = [(name, value) for name, value in part.fields if not names or name.casefold() in names]
    return {"mimeType": part.mime_type, "headers": _headers(chosen)}


def _outline(part: Part) -> dict[str, Any]:
    return {"partId": part.part_id, "mimeType": part.mime_type, "filename": part.filename}


def _headers(fields: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in fields]


def _utf8(part: Part) -> bytes:
    return headers.to_text(part.octets, part.charset or "utf-8").encode()


def snippet(part: Part) -> str:
    """The first words of the text, with HTML's special characters escaped, as Gmail does."""
    texts = sorted((leaf for leaf in part.walk() if leaf.mime_type in INLINE and not leaf.filename), key=_plain_first)
    text = SPACE.sub(" ", texts[0].text).strip() if texts else ""
    return html.escape(text[:SNIPPET]).replace("&#x27;", "&#39;")


def _plain_first(part: Part) -> int:
    return part.mime_type != "text/plain"


def filenames(part: Part) -> list[str]:
    """The names of all attachments."""
    return [leaf.filename for leaf in part.walk() if leaf.filename]


def base64url(octets: bytes) -> str:
    """Web-safe base64 with padding, as Gmail writes it."""
    return base64.urlsafe_b64encode(octets).decode("ascii")
