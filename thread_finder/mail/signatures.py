"""The block under a letter: from "-- " on, a phone's line, a legal notice, a block of ways to reach the writer.

The sign-off itself ("Thanks,\\nVince") stays with the letter: it is the name that the writer goes by.
"""

from __future__ import annotations

from thread_finder.mail.quote_marks import (
    CALL_WORDS,
    COMPANY_END,
    CONTACT_LINE,
    DISCLAIMER,
    LINE,
    LIST_FOOTER,
    MOBILE,
    RULE,
    SIGN_OFF,
    SMALL_WORDS,
)

_MARKS = frozenset({"--", "—", "__"})
_RULES = frozenset("-_=*")  # what a rule is made of
_LONGEST_MARKED = 40  # lines below "-- "
_LONGEST_SIGNATURE = 15  # lines below a bare "--"
_LONGEST_CONTACT = 12
_LONGEST_TITLE = 4
_NEAR_THE_END = 4  # non-blank lines below a phone's line


def signature_start(lines: list[str]) -> int:
    """Where the signature begins in the lines of one stretch of new text; ``len(lines)`` when there is none."""
    end = _marked(lines)
    end = _notice(lines, end)
    end = _mobile(lines, end)
    end = _contact(lines, end)
    return _above_rules(lines, end) if end < len(lines) else end


def _marked(lines: list[str]) -> int:
    """RFC 3676 4.3: a line of two hyphens and a space; programs that strip spaces leave "--"."""
    if _MARKS.isdisjoint([line.rstrip() for line in lines]):
        return len(lines)
    has_text = False
    for index, line in enumerate(lines):
        bare = line.rstrip()
        if bare in _MARKS and _is_mark(line, lines[index + 1 : index + 60], below_text=has_text):
            return index
        has_text = has_text or bool(bare)
    return len(lines)


def _is_mark(line: str, below: list[str], *, below_text: bool) -> bool:
    """Whether so few lines follow that they are a signature. A bare "--" may divide a letter, too."""
    following = sum(bool(other.strip()) for other in below)
    if line == "-- ":
        return following <= _LONGEST_MARKED
    return below_text and 0 < following <= _LONGEST_SIGNATURE


def _notice(lines: list[str], end: int) -> int:
    """Legal notices and list footers: a paragraph below others, and all that comes after it."""
    for index in range(1, end):
        line, above = lines[index], lines[index - 1].strip()
        if len(line) < 8 or (above and not _is_rule(lines[index - 1])):
            continue
        paragraph = " ".join(lines[index : min(index + 4, end)])[:LINE]
        if DISCLAIMER.match(paragraph) or (above and LIST_FOOTER.match(line[:LINE])):
            start = _above_rules(lines, index)
            return start if any(line.strip() for line in lines[:start]) else end
    return end


def _above_rules(lines: list[str], index: int) -> int:
    """The first of the blank lines and rules directly above ``index``."""
    start = index
    while start > 0 and (not lines[start - 1].strip() or _is_rule(lines[start - 1])):
        start -= 1
    return start


def _is_rule(line: str) -> bool:
    return line.lstrip()[:1] in _RULES and RULE.match(line[:LINE]) is not None


def _mobile(lines: list[str], end: int) -> int:
    seen = 0
    found = end
    for index in range(end - 1, -1, -1):
        line = lines[index]
        if not line.strip():
            continue
        if len(line) < 120 and MOBILE.match(line):
            found = index
        seen += 1
        if seen > _NEAR_THE_END:
            break
    return found


def _contact(lines: list[str], end: int) -> int:
    """A block of phone numbers, addresses and links at the end, from the writer's full name on."""
    last = end
    while last > 0 and not lines[last - 1].strip():
        last -= 1
    first_way = _first_way(lines, last)
    if first_way is None:
        return end
    top = first_way
    while top > max(0, first_way - _LONGEST_TITLE) and _is_title(lines[top - 1]):
        top -= 1
    return _below_the_name(lines, top, first_way, end)


def _first_way(lines: list[str], last: int) -> int | None:
    """The first line of the block that is nothing but a phone number, an address or a link."""
    found = None
    for index in range(last - 1, max(-1, last - 1 - _LONGEST_CONTACT), -1):
        line = lines[index]
        is_short = len(line) <= 120
        is_way = is_short and CONTACT_LINE.match(line) is not None
        ends = not is_way and bool(line.strip()) and not _is_title(line)
        if found is None and ends:
            return None
        if not is_short or CALL_WORDS.search(line):
            return None if found is None or found == index + 1 else found
        if is_way:
            found = index
        elif ends:
            break
    return found


def _below_the_name(lines: list[str], top: int, first_way: int, end: int) -> int:
    """Where the block starts, so that a sign-off and the name under it stay with the letter."""
    above = next((line.strip() for line in reversed(lines[:top]) if line.strip()), "")
    if above.endswith((":", "：")):
        return end  # somebody's number was asked for: it is the letter's matter
    if SIGN_OFF.match(lines[top]) and top < first_way:
        return min(top + 2, first_way)
    if top == first_way:
        return first_way if above and len(above) <= 40 and not above.endswith((".", "?", "!")) else end
    if SIGN_OFF.match(above):
        return min(top + 1, first_way)
    is_signed = 0 < len(above) <= 30 and not above.endswith((",", ".", "?", "!"))
    return top if is_signed else top + 1


def _is_title(line: str) -> bool:
    """A line of a name, a post, a firm or a street: short, its words capitalised (or in a script without capitals)."""
    text = line.strip()
    if not text or len(text) > 70 or text.endswith((":", "?", "!", ";")):
        return False
    if SIGN_OFF.match(text):
        return True
    if text.endswith(".") and not COMPANY_END.search(text):
        return False
    words = [word for word in text.split() if word.lower() not in SMALL_WORDS]
    small = sum(word[:1].islower() for word in words)
    return len(words) <= 9 and small == 0
