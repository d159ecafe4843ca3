"""Which addresses a delivery report calls undeliverable (RFC 3464), also when it tells only in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from thread_finder.mail.mime import Part

_MAX_ADDRESSES = 50
_REPORT = 65_536  # bytes of a report that are read
_TEXT = 8_000

_REPORT_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_ACTION = re.compile(r"^Action\s*:\s*(\w+)", re.IGNORECASE | re.MULTILINE)
_RECIPIENT = re.compile(
    r"^(Original|Final)-Recipient\s*:\s*(?:[\w-]{1,20}\s*;)?\s*<?([^\s<>;@]{1,128}@[^\s<>;@]{1,255}?)>?\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = r"[A-Za-z0-9._%+'=-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"
# qmail and Postfix: "<jane@x.example>:" at the start of a line; Exim: alone on an indented line; Gmail and Exchange: in
# a sentence.
_IN_WORDS = re.compile(
    rf"(?m)^[ \t]{{0,8}}<?({_ADDRESS})>?(?::.{{0,200}}| on \w{{3}}, .{{5,60}})?[ \t]*$"
    rf"|(?:delivered|deliver|delivery|send|recipients?|reach|address(?:es)?|zugestellt|entregar|remis|distribué)\b[^\n@]{{0,80}}?"
    rf"[\s<:(\"']({_ADDRESS})",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"(?m)^-{2,}.{0,40}(?:original|copy of (?:the|your) message|this is a copy|ursprüngliche)|^-{3,} ?(?:below this line|transcript)"
    r"|^(?:received|return-path|message-id|from|subject):\s",
    re.IGNORECASE,
)


def bounced_addresses(parts: Sequence[Part], text: str, failed_recipients: str = "") -> tuple[str, ...]:
    """The addresses that a delivery report calls undeliverable, lower case, each once; () when it only reports delay.

    From its machine-readable part; without one from X-Failed-Recipients, else from the words above the returned
    message. Only to be called for delivery reports.
    """
    reports = [part for part in parts if part.content_type in _REPORT_TYPES]
    if reports:
        found = [address for part in reports for address in _failed(part.text(_REPORT))]
    elif failed_recipients:
        found = re.findall(_ADDRESS, failed_recipients[:_TEXT])
    else:
        found = _in_words(text[:_TEXT])
    return tuple(dict.fromkeys(address.lower() for address in found))[:_MAX_ADDRESSES]


def _failed(report: str) -> list[str]:
    """Of each recipient that failed the address the sender wrote to, where the report tells it, and the final one."""
    found: list[str] = []
    for block in _BLANK_LINE.split(report):
        action = _ACTION.search(block)
        if action and action[1].lower() == "failed":
            named = sorted(_RECIPIENT.findall(block), key=lambda pair: pair[0].lower() != "original")
            found += [address for _, address in named]
    return found


def _in_words(text: str) -> list[str]:
    original = _ORIGINAL.search(text)
    head = text[: original.start()] if original else text
    found = [alone or inside for alone, inside in _IN_WORDS.findall(head)]
    return [address for address in found if not re.match(r"(?i)(?:mailer-daemon|postmaster)@", address)]
