"""HTML mail to plain text (selectolax), with what it quotes set apart. Bounded: a hostile page is cut, never followed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

MAX_HTML = 1_000_000  # characters parsed
_MAX_NODES = 60_000
_QUOTES = (
    "div.gmail_quote, blockquote.gmail_quote, div.gmail_extra > blockquote, div.yahoo_quoted, div.moz-cite-prefix, "
    "blockquote[type=cite], div#divRplyFwdMsg, div#appendonsend, div#OLK_SRC_BODY_SECTION, div.protonmail_quote, "
    'div[style*="border-top:solid #E1E1E1"], div[style*="border-top:solid #B5C4DF"], div.OutlookMessageHeader'
)
# These open the quotation; what comes after them in the same body is quoted, too.
_OPENERS = "div.moz-cite-prefix, div#divRplyFwdMsg, div#appendonsend, div.OutlookMessageHeader"
_BLOCKS = frozenset("p div tr table ul ol blockquote h1 h2 h3 h4 h5 h6 pre section article hr".split())
_SILENT = frozenset("script style head title meta link template noscript".split())
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")
_BLANKS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class HtmlText:
    """The text of a page: what stands outside any quotation, the quotation, and a marked signature."""

    own: str
    quoted: str
    signature: str

    @property
    def whole(self) -> str:
        """All of it, in reading order as mail programs put it."""
        return "\n\n".join(part for part in (self.own, self.signature, self.quoted) if part)


def read_html(html: str) -> HtmlText:
    """The text of an HTML body; structure tells quotation and signature where the writing program marked them."""
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - only HTML mail needs it

    walk = _Walk()
    root = LexborHTMLParser(_shallow(html[:MAX_HTML])).body
    if root is None:
        return HtmlText("", "", "")
    quotes = {node.mem_id for node in root.css(_QUOTES)}
    openers = {node.mem_id for node in root.css(_OPENERS)}
    signatures = {node.mem_id for node in root.css("div.gmail_signature, div[data-smartmail=gmail_signature]")}
    for node in _bounded(root.traverse(include_text=True)):
        walk.visit(node, quotes, openers, signatures)
    return HtmlText(*(_tidy("".join(pieces)) for pieces in (walk.own, walk.quoted, walk.signature)))


def html_to_text(html: str) -> str:
    """All text of an HTML body, a line a block."""
    return read_html(html).whole


class _Walk:
    """Collects text in document order; which bin it goes to depends on the nearest marked ancestor."""

    def __init__(self) -> None:
        self.own: list[str] = []
        self.quoted: list[str] = []
        self.signature: list[str] = []
        self._after_opener = False
        self._bins: dict[int, list[str] | None] = {}

    def visit(self, node: Any, quotes: set[int], openers: set[int], signatures: set[int]) -> None:
        mem_id, tag, parent = node.mem_id, node.tag, node.parent
        inherited = self._bins.get(parent.mem_id, self.own) if parent is not None else self.own
        if mem_id in openers:
            self._after_opener = True
        if inherited is None or tag in _SILENT:
            self._bins[mem_id] = None
            return
        if mem_id in quotes or self._after_opener:
            inherited = self.quoted
        elif mem_id in signatures and inherited is self.own:
            inherited = self.signature
        self._bins[mem_id] = inherited
        if tag == "-text":
            inherited.append(_SPACES.sub(" ", node.text_content or "").replace("\n", " "))
        elif tag == "br":
            inherited.append("\n")
        elif tag in _BLOCKS:
            inherited.append("\n\n" if tag == "p" else "\n")
        elif tag == "li":
            inherited.append("\n- ")
        elif tag == "td":
            inherited.append(" ")


def _bounded(nodes: Iterable[Any]) -> Iterator[Any]:
    for count, node in enumerate(nodes):
        if count > _MAX_NODES:
            return
        yield node


_TAG = re.compile(r"<(/?)(div|span|blockquote|table|font|b|i|ul|li|p|td|tr|section)\b[^>]{0,2000}>", re.IGNORECASE)
_MAX_DEPTH = 500


def _shallow(html: str) -> str:
    """``html`` cut where its open elements go deeper than any person writes (hazards A8)."""
    depth = 0
    for match in _TAG.finditer(html):
        depth += -1 if match[1] else 1
        if depth > _MAX_DEPTH:
            return html[: match.start()]
        depth = max(depth, 0)
    return html


def _tidy(text: str) -> str:
    lines = (line.strip() for line in text.split("\n"))
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip()
