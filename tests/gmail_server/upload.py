"""The /upload/ paths: a message as the body itself, or as the second part of multipart/related."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.gmail_server import headers
from tests.gmail_server.errors import bad_request

BOUNDARY = re.compile(r'boundary="?([^";]+)"?')


def split_parts(content_type: str, body: bytes) -> list[bytes]:
    """The parts of a MIME multipart body, each with its headers; line ends may be LF or CRLF."""
    found = BOUNDARY.search(content_type)
    if found is None:
        raise bad_request("Missing boundary")
    line = rb"(?:\A|\r?\n)--" + re.escape(found[1].encode()) + rb"(?:--)?[ \t]*(?:\r?\n|\Z)"
    return [part for part in re.split(line, body)[1:] if part.strip()]


def upload(content_type: str, body: bytes) -> tuple[dict[str, Any], bytes]:
    """The JSON resource and the raw message of an upload."""
    if not content_type.startswith("multipart/"):
        return {}, body
    parts = [headers.split_message(part) for part in split_parts(content_type, body)]
    if len(parts) != 2:
        raise bad_request("An upload has two parts")
    try:
        resource = json.loads(parts[0][1])
    except ValueError as error:
        raise bad_request("Invalid JSON payload received.") from error
    return (resource if isinstance(resource, dict) else {}), parts[1][1]
