"""The MIME tree of a message (RFC 2045, 2046) as a flat list of its leaves, found by offsets and without recursion.

Nothing is copied until a leaf's bytes are asked for. Depth, number of parts and number of delimiters are bounded
(hazards A8): what lies beyond the bounds is not looked at.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from thread_finder.mail.charsets import decode_bytes
from thread_finder.mail.encoded_words import decode_base64
from thread_finder.mail.headers import decode_text, raw_headers, split_header

MAX_DEPTH = 40
MAX_PARTS = 400
_MAX_DELIMITERS = 20_000
_MAX_SECTION = 65_536  # bytes of a part's header

FIELDS = ("content-type", "content-transfer-encoding", "content-disposition")
_BLANK_LINE = re.compile(rb"\n\r?\n")
_PARAMETER = re.compile(
    r";\s*([\w.%'-]{1,60})(\*\d{0,3})?(\*)?\s*=\s*(?:\"((?:[^\"\\]|\\.){0,2000})\"|([^;\s]{0,2000}))"
)
_TYPE = re.compile(r"\s*([\w.+-]+)\s*/\s*([\w.+-]+)")
_DELIMITER_END = re.compile(rb"(--)?[ \t]*(?:\r?\n|\r|\Z)")


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the tree: its type, parameters, and where its still encoded body lies.

    ``alternatives`` are the numbers of the multipart/alternative parts around it, the outermost first.
    """

    raw: bytes = field(repr=False)
    start: int
    end: int
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    filename: str = ""
    encoding: str = ""
    depth: int = 0
    alternatives: tuple[int, ...] = ()

    @property
    def attached(self) -> bool:
        """Whether the sender meant it as a file, not as text to be read in place."""
        return self.disposition == "attachment" or (bool(self.filename) and self.content_type != "text/calendar")

    def payload(self, limit: int) -> bytes:
        """The decoded body, made from at most ``limit`` encoded bytes."""
        data = self.raw[self.start : min(self.end, self.start + limit)]
        if self.encoding == "base64":
            return decode_base64(data)
        if self.encoding == "quoted-printable":
            return binascii.a2b_qp(data)
        if self.encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
            return _uudecode(data)
        return data

    def text(self, limit: int) -> str:
        """The decoded body as text with "\\n" line ends and without NULs."""
        text = decode_bytes(self.payload(limit), self.parameters.get("charset", ""))
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text.replace("\0", "")


def leaves(raw: bytes, fields: Mapping[str, list[str]], body_start: int) -> list[Part]:
    """The leaves of the message ``raw``, in order; ``fields`` are those of its header, FIELDS at least."""
    found: list[Part] = []
    number = 0
    budget = _MAX_DELIMITERS
    waiting = [_part(raw, fields, body_start, len(raw))]
    while waiting and len(found) < MAX_PARTS:
        part = waiting.pop()
        boundary = part.parameters.get("boundary", "") if part.content_type.startswith("multipart/") else ""
        ranges = _sections(part, boundary, budget) if boundary and part.depth < MAX_DEPTH else []
        if not ranges:
            found.append(_as_leaf(part))
            continue
        budget -= len(ranges)
        number += 1
        around = part.alternatives
        if part.content_type == "multipart/alternative":
            around = (*around, number)
        default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        inner = [_section_part(raw, start, end, part.depth + 1, around, default) for start, end in ranges[:MAX_PARTS]]
        waiting.extend(reversed(inner))
    return found


def _as_leaf(part: Part) -> Part:
    """A multipart without any delimiter is read as text, the way mail programs show it."""
    if not part.content_type.startswith("multipart/") or part.depth >= MAX_DEPTH:
        return part
    return Part(
        part.raw, part.start, part.end, encoding=part.encoding, depth=part.depth, alternatives=part.alternatives
    )


def _sections(part: Part, boundary: str, budget: int) -> list[tuple[int, int]]:
    """Where the body parts between the delimiter lines of ``boundary`` start and end."""
    delimiter = b"--" + boundary.encode("utf-8", "replace")
    ranges: list[tuple[int, int]] = []
    open_at, position = -1, part.start
    for _ in range(budget):
        hit = part.raw.find(delimiter, position, part.end)
        if hit < 0:
            break
        position = hit + len(delimiter)
        if hit > part.start and part.raw[hit - 1] not in b"\r\n":
            continue
        line_end = _DELIMITER_END.match(part.raw, position, part.end)
        if line_end is None:
            continue
        if open_at >= 0:
            ranges.append((open_at, max(open_at, _before_line_end(part.raw, hit))))
        open_at, position = line_end.end(), line_end.end()
        if line_end[1]:
            return ranges
    if open_at >= 0:
        ranges.append((open_at, part.end))  # cut off: the last part goes to the end
    return ranges


def _before_line_end(raw: bytes, position: int) -> int:
    """The line end before a delimiter belongs to the delimiter (RFC 2046 5.1.1)."""
    if raw[position - 2 : position] == b"\r\n":
        return position - 2
    return position - 1


def _section_part(raw: bytes, start: int, end: int, depth: int, alternatives: tuple[int, ...], default: str) -> Part:
    if raw.startswith((b"\n", b"\r\n"), start):
        header, body = b"", start + (1 if raw[start] == 10 else 2)
    else:
        blank = _BLANK_LINE.search(raw, start, end)
        if blank:
            header, body = raw[start : min(blank.start() + 1, start + _MAX_SECTION)], blank.end()
        else:
            header = raw[start : min(end, start + _MAX_SECTION)]
            split = split_header(header)
            header, body = header[: split[1]], min(end, start + split[2])
    return _part(raw, raw_headers(header, FIELDS), min(body, end), end, depth, alternatives, default)


def _part(
    raw: bytes,
    fields: Mapping[str, list[str]],
    start: int,
    end: int,
    depth: int = 0,
    alternatives: tuple[int, ...] = (),
    default: str = "text/plain",
) -> Part:
    content_type, parameters = parse_content_type(_first(fields, "content-type"), default)
    disposition, more = _disposition(_first(fields, "content-disposition"))
    return Part(
        raw=raw,
        start=start,
        end=end,
        content_type=content_type,
        parameters=parameters,
        disposition=disposition,
        filename=more.get("filename", "") or parameters.get("name", ""),
        encoding=_first(fields, "content-transfer-encoding").partition(";")[0].strip(" \t\"'").lower(),
        depth=depth,
        alternatives=alternatives,
    )


def _first(fields: Mapping[str, list[str]], name: str) -> str:
    return fields[name][0] if name in fields else ""


@lru_cache(maxsize=1024)
def parse_content_type(value: str, default: str = "text/plain") -> tuple[str, dict[str, str]]:
    """The type in lower case and its parameters; ``default`` when there is none (RFC 2045 5.2)."""
    match = _TYPE.match(value)
    content_type = f"{match[1]}/{match[2]}".lower() if match else default
    return content_type, parameters(value) if ";" in value else {}


def _disposition(value: str) -> tuple[str, dict[str, str]]:
    if not value:
        return "", {}
    kind = value.partition(";")[0].strip().lower()
    return kind, parameters(value)


def parameters(value: str) -> dict[str, str]:
    """The parameters of a Content-Type or Content-Disposition value: names in lower case, RFC 2231 pieces joined."""
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for name, section, starred, quoted, bare in _PARAMETER.findall(value[:20_000]):
        content = re.sub(r"\\(.)", r"\1", quoted) if quoted else bare
        key = name.lower()
        if not section:
            plain.setdefault(key, content)
        elif section == "*":
            pieces.setdefault(key, {})[0] = (True, content)
        else:
            pieces.setdefault(key, {})[int(section[1:])] = (bool(starred), content)
    for key, numbered in pieces.items():
        plain[key] = _joined([numbered[number] for number in sorted(numbered)])
    return {key: content if key == "boundary" else decode_text(content) for key, content in plain.items()}


def _joined(pieces: list[tuple[bool, str]]) -> str:
    """RFC 2231: charset'language'percent-encoded, in one or several pieces."""
    charset, data = "", b""
    for index, (encoded, content) in enumerate(pieces):
        if encoded and index == 0 and content.count("'") >= 2:
            charset, _, content = content.split("'", 2)  # noqa: PLW2901
        raw = content.encode("utf-8", "replace")
        data += _percent_decoded(raw) if encoded else raw
    return decode_bytes(data, charset)


def _percent_decoded(data: bytes) -> bytes:
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), data)


def _uudecode(data: bytes) -> bytes:
    return b"".join(_uudecoded_lines(data))


def _uudecoded_lines(data: bytes) -> Iterator[bytes]:
    inside = False
    for line in data.splitlines():
        if not inside:
            inside = line.startswith(b"begin ")
        elif line.strip() == b"end":
            return
        else:
            try:
                yield binascii.a2b_uu(line)
            except binascii.Error:
                continue
