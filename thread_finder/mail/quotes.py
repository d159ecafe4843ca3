"""A body's new text apart from quoted text and signature (advice E). Line by line, in linear time (hazards A9).

Two passes. The first marks the lines that are quoted: those with ">", the lines that introduce them, and everything
below a divider, a block of header fields, or an introduction that no ">" follows. The second looks for a signature
in what is left. No line is lost: each goes to new, quoted or signature.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from thread_finder.mail.quote_marks import (
    ADDRESS_HINT,
    ATTRIBUTION_START,
    DATE_HINT,
    DIVIDER,
    FIELDS,
    FORWARDED,
    LINE,
    NAME_WROTE,
    NOTES_DATE,
    RULE,
    WROTE,
)
from thread_finder.mail.signatures import signature_start

MAX_TEXT = 200_000  # characters of a message's text that are kept
MAX_SPLIT = 60_000  # of these are split line by line; what comes after is quoted matter or no letter
MAX_ANSWERED = 4_000  # characters of a quotation in which the letter that is answered is looked for
MAX_LETTER = 600  # characters of that letter: an answer is to its beginning
_HEADER_BLOCK = 40  # lines that a quoted header may take, long To: lists included
_HEADING_STARTS = 6  # lines of a quotation in which its heading begins: dividers, a name and a date go before
_ATTRIBUTION_LINES = 3
_INTRODUCING = (":", "：", "작성", "写道", "寫道")
_LAST = frozenset("*_").union(word[-1] for word in _INTRODUCING)
_RULES = frozenset("-_=*#")

_BLANKS = re.compile(r"\n\n\n+")
_MARK = re.compile(r"^\s{0,3}>\s?")


@dataclass(frozen=True, slots=True)
class Split:
    """``new`` is what the author wrote this time, ``quoted`` older words, ``signature`` the block under the letter."""

    new: str = ""
    quoted: str = ""
    signature: str = ""


def split_text(text: str) -> Split:
    """Split a plain text body. Lines between quoted lines (inline replies) are new text.

    Only the first MAX_SPLIT characters are looked at; what follows goes where they end. Nothing beyond MAX_TEXT.
    """
    head, rest = text[:MAX_SPLIT], text[MAX_SPLIT:MAX_TEXT]
    lines = head.split("\n")
    quoted = quoted_lines(lines)
    signed = _signature_lines(lines, quoted)
    if rest:
        first, *more = rest.split("\n")
        lines[-1] += first
        lines += more
        quoted += [quoted[-1]] * len(more)
        signed += [signed[-1]] * len(more)
    lines = [line.rstrip() for line in lines]
    if not any(quoted) and not any(signed):
        return Split(_joined(lines))
    new = [not old and not below for old, below in zip(quoted, signed, strict=True)]
    return Split(*(_joined(itertools.compress(lines, chosen)) for chosen in (new, quoted, signed)))


def newest_quoted(quoted: str) -> str:
    """The letter that a quotation begins with, up to MAX_LETTER characters: without its heading, and without what it
    quotes itself.
    """
    lines = [_MARK.sub("", line, count=1) for line in quoted[:MAX_ANSWERED].split("\n")]
    return split_text("\n".join(lines[_heading_end(lines) :])).new[:MAX_LETTER]


def _heading_end(lines: list[str]) -> int:
    """Where the letter begins below what introduces a quotation: "On … wrote:", header fields, or a divider."""
    fields, unmarked = [_field(line) for line in lines], [False] * len(lines)
    found = (_introduction(lines, fields, unmarked, index) for index in range(min(_HEADING_STARTS, len(lines))))
    introduced = next(filter(None, found), None)
    if introduced is None:
        return 0
    first, end = introduced
    divides = any(pattern.match(lines[first][:LINE]) for pattern in (DIVIDER, FORWARDED, RULE))
    if not divides and not any(fields[first:end]):
        return end
    begun = next((i for i in range(first, min(end + _HEADING_STARTS, len(lines))) if fields[i]), None)
    if begun is None:
        return end + int(any(line.endswith("---") for line in lines[end : end + 1]))  # a divider on two lines
    if "subject" not in fields[begun:]:
        return next((i for i in range(begun, len(lines)) if not lines[i].strip()), len(lines))
    below = fields.index("subject", begun)
    return next((i for i in range(below, len(fields)) if not fields[i]), len(lines))


def split_html(html: str) -> tuple[str, Split]:
    """The whole text of an HTML body, quoted lines marked with ">", and its split.

    The marks that mail programs leave in the structure count first, then the text's own.
    """
    from thread_finder.mail.html import html_lines  # noqa: PLC0415  only HTML mail needs it

    lines = html_lines(html)
    text = "\n".join(line.shown for line in lines)[:MAX_TEXT]
    if not any(line.signature for line in lines):
        return text, split_text(text)
    split = split_text("\n".join(line.shown for line in lines if not line.signature))
    signature = "\n".join((split.signature, *(line.text for line in lines if line.signature)))
    return text, Split(split.new, split.quoted, _BLANKS.sub("\n\n", signature).strip()[:MAX_TEXT])


def quoted_lines(lines: list[str]) -> list[bool]:
    """For each line whether it is quoted."""
    marked = [">" in line and _is_prefixed(line) for line in lines]
    fields = [_field(line) if ":" in line or "：" in line else "" for line in lines]
    quoted = list(marked)
    below = 0
    for index in _promising(lines, fields):
        if index >= below and not marked[index] and (found := _introduction(lines, fields, marked, index)):
            first, below = found
            if not _marked_follows(lines, marked, below):  # without ">" there is no telling where it ends
                below = len(lines)
            quoted[first:below] = [True] * (below - first)
    if True in quoted:
        _close_gaps(lines, quoted)
    return quoted


def _promising(lines: list[str], fields: list[str]) -> list[int]:
    """The lines at which an introduction may begin: it is a rule, a field, or ends in a colon within a few lines."""
    found = {index for index, field in enumerate(fields) if field in {"from", "to"}}
    for index, line in enumerate(lines):
        bare = line.strip()
        if not bare:
            continue
        if bare[0] in _RULES:
            found.add(index)
        if bare[-1] in _LAST and bare.rstrip("*_ \xa0").endswith(_INTRODUCING):
            found.update(range(max(0, index - _ATTRIBUTION_LINES + 1), index + 1))
    return sorted(found)


def _is_prefixed(line: str) -> bool:
    """A line with a quoting mark; ">From " alone is the mbox format's doing."""
    return line[:8].lstrip(" \t\xa0")[:1] == ">" and not line.startswith(">From ")


def _field(line: str) -> str:
    """Which header field the line looks like, "" for none."""
    head = line[:40].replace("：", ":")
    name, colon, _ = head.partition(":")
    return FIELDS.get(name.strip(" \t*_\xa0").lower(), "") if colon else ""


def _introduction(lines: list[str], fields: list[str], marked: list[bool], index: int) -> tuple[int, int] | None:
    """First line and end of what introduces a quotation at ``index``; None when nothing does."""
    line = lines[index][:LINE]
    bare = line.strip()
    if not bare:
        return None
    if bare[0] in _RULES and DIVIDER.match(line):
        return index, index + 1
    if bare.endswith((":", "：")) and FORWARDED.match(line):
        return index, index + 1
    if fields[index] == "from" and _is_header_block(lines, fields, index):
        return _with_rule_above(lines, index), index + 1
    if fields[index] == "to" and (start := _notes_start(lines, fields, index)) is not None:
        return start, index + 1
    return _attribution(lines, marked, index)


def _is_header_block(lines: list[str], fields: list[str], index: int) -> bool:
    """Whether fields of a quoted header follow: a subject and one more, or "Sent" and "To".

    An itinerary has From, To and Date as well, so these are not enough.
    """
    seen: set[str] = set()
    for below in range(index + 1, min(index + _HEADER_BLOCK, len(lines))):
        if fields[below] == "from":
            break
        if fields[below]:
            seen.add(fields[below])
            if ("subject" in seen and len(seen) > 1) or {"sent", "to"} <= seen:
                return True
        elif not lines[below].strip() and not lines[below - 1].strip():
            break
    return False


def _with_rule_above(lines: list[str], index: int) -> int:
    """The line of dashes or underscores above a quoted header belongs to it."""
    above = index - 1
    while above >= 0 and index - above <= 2 and not lines[above].strip():
        above -= 1
    return above if above >= 0 and RULE.match(lines[above][:LINE]) else index


def _notes_start(lines: list[str], fields: list[str], index: int) -> int | None:
    """Lotus Notes: a name, a date (on one line or two) and then "To:" … "Subject:"; where the name stands."""
    below = [field for field in fields[index + 1 : index + _HEADER_BLOCK] if field]
    if "subject" not in below and "cc" not in below:
        return None
    for above in range(index - 1, max(-1, index - 6), -1):
        line = lines[above][:LINE].rstrip()
        if NOTES_DATE.search(line):
            return _notes_name(lines, above)
    return None


def _notes_name(lines: list[str], dated: int) -> int:
    if NOTES_DATE.sub("", lines[dated][:LINE]).strip(" \t,"):
        return _with_rule_above(lines, dated)  # the name stands before the date
    above = dated
    while above > 0 and dated - above < 2 and 0 < len(lines[above - 1].strip()) <= 70:
        if lines[above - 1].rstrip().endswith((".", "!", "?", ",", ":")):
            break
        above -= 1
    return _with_rule_above(lines, above)


def _attribution(lines: list[str], marked: list[bool], index: int) -> tuple[int, int] | None:
    """The line "On … wrote:" in any language, wrapped over up to three lines.

    With a known verb, or a date and an address in brackets, it stands by itself. When marked lines follow, any line
    with a date or an address that ends in a colon will do, whatever its language.
    """
    starts = ATTRIBUTION_START.match(lines[index][:LINE]) is not None
    last = min(index + (_ATTRIBUTION_LINES if starts else 1), len(lines))
    joined = ""
    for end in range(index + 1, last + 1):
        line = lines[end - 1].strip()
        if not line or marked[end - 1]:
            return None
        joined = f"{joined} {line}"[: 2 * LINE].lstrip()
        if line.rstrip("*_ \xa0").endswith(_INTRODUCING):
            introduces = _introduces(joined, starts=starts, followed=_marked_follows(lines, marked, end))
            return (index, end) if introduces else None
    return None


def _introduces(joined: str, *, starts: bool, followed: bool) -> bool:
    """Whether a line that ends in a colon introduces a quotation; ``starts`` as such lines do, ``followed`` by ">"."""
    has_verb = WROTE.search(joined) is not None
    has_address = ADDRESS_HINT.search(joined) is not None
    has_date = DATE_HINT.search(joined) is not None
    if starts and has_date and (has_verb or has_address):
        return True
    if has_verb and (has_address or NAME_WROTE.match(joined)):
        return True
    return followed and (has_verb or has_address or (has_date and starts) or "@" in joined)


def _marked_follows(lines: list[str], marked: list[bool], end: int) -> bool:
    """Whether the next line with text, at most three below, carries a quoting mark."""
    below = end
    while below < len(lines) and below < end + 3 and not lines[below].strip():
        below += 1
    return below < len(lines) and marked[below]


def _close_gaps(lines: list[str], quoted: list[bool]) -> None:
    """Blank lines inside a quotation, and the tail of a quoted line that was broken on its way, are quoted too."""
    for index in range(1, len(lines) - 1):
        if quoted[index] or not quoted[index - 1]:
            continue
        if not lines[index].strip():
            quoted[index] = _next_is_quoted(lines, quoted, index)
        elif lines[index].startswith(">From "):
            quoted[index] = quoted[index + 1]
        elif quoted[index + 1] and len(lines[index - 1]) >= 65 and len(lines[index]) < 40:
            quoted[index] = _is_prefixed(lines[index + 1]) and lines[index][:1].islower()


def _next_is_quoted(lines: list[str], quoted: list[bool], index: int) -> bool:
    return quoted[index + 1] or (not lines[index + 1].strip() and index + 2 < len(lines) and quoted[index + 2])


def _signature_lines(lines: list[str], quoted: list[bool]) -> list[bool]:
    """For each line whether it is under a letter; every stretch of new text is looked at by itself."""
    signed = [False] * len(lines)
    end = 0
    for is_quoted, stretch in itertools.groupby(quoted):
        start, end = end, end + len(list(stretch))
        if not is_quoted:
            first = start + signature_start(lines[start:end])
            signed[first:end] = [True] * (end - first)
    return signed


def _joined(lines: Iterable[str]) -> str:
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip("\n")


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """Format=flowed paragraphs on one line again (RFC 3676 4.1), quoted ones at their own depth."""
    paragraphs: list[list[str]] = []
    depth, open_ended = 0, False
    for line in text.split("\n"):
        content = line.lstrip(">")
        level = len(line) - len(content)
        content = content.removeprefix(" ")
        if open_ended and level == depth and content != "-- ":
            paragraphs[-1].append(content)
        else:
            paragraphs.append([">" * level + " " * bool(level and content), content])
        depth, open_ended = level, content.endswith(" ") and content != "-- "
        if open_ended and delete_space:
            paragraphs[-1][-1] = content[:-1]
    return "\n".join("".join(pieces) for pieces in paragraphs)
