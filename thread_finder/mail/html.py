"""HTML mail to lines of plain text, each knowing how deep it is quoted. Bounded (hazards A8).

The parser is selectolax (Lexbor). Deeply nested pages take it quadratic time, so they are read as a plain string of
tags instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING

from thread_finder.mail.quote_marks import ADDRESS_HINT, DATE_HINT

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAX_HTML = 1_000_000  # characters that are parsed
MAX_NODES = 100_000
_MAX_DEPTH = 400
_MAX_LINK = 120

_PARAGRAPHS = frozenset("p ul ol h1 h2 h3 h4 h5 h6 blockquote pre dl table".split())
_BLOCKS = _PARAGRAPHS | frozenset(
    "div tr li dt dd section article header footer main aside address center form fieldset hr body".split()
)
_SILENT = frozenset("head script style title noscript template svg object iframe textarea select button".split())
_SPACES = re.compile(r"[ \t\r\n\f\v\xa0\u200b\u200c\ufeff]+")
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)

# What mail programs call the wrapper of a quotation (class, id or name).
_WHOLE_QUOTE = re.compile(
    r"\b(?:yahoo_quoted|moz-forward-container|protonmail_quote|tutanota_quote|zmail_extra|aolmail_|aol_quote|OutlookMessageHeader"
    r"|OLK_SRC_BODY_SECTION|mb_reply|front-blockquote|mail_quote|messageReplySection|ms-outlook-mobile-reference-message"
    r"|sh-quoted-content|quoted-text|ntes_quote|mail-editor-reference-message-container|foxmail_quote|qmbox)"
)
# From here on everything is quoted: the program leaves no end mark.
_QUOTE_STARTS = re.compile(r"\b(?:divRplyFwdMsg|appendonsend|zwchr|x_divRplyFwdMsg|x_appendonsend)\b")
_OUTLOOK_BORDER = re.compile(
    r"border:\s*none;\s*border-top:\s*solid\s*#(?:E1E1E1|B5C4DF|B5C4DE)\s*1\.0pt", re.IGNORECASE
)
_QUOTE_BORDER = re.compile(r"border-left(?:-width)?\s*:\s*[^;]{0,40}(?:solid|\d)", re.IGNORECASE)
_SIGNATURES = re.compile(
    r"\b(?:gmail_signature|moz-signature|AppleMailSignature|protonmail_signature_block|ms-outlook-mobile-signature"
    r"|Signature|x_Signature|signature|mail_signature)\b"
)


@dataclass(slots=True)
class HtmlLine:
    """One line of text; ``depth`` is how many quotations it is in."""

    text: str
    depth: int = 0
    signature: bool = False

    @property
    def shown(self) -> str:
        """The line as plain text mail would have it, with ">" marks."""
        return f"{'>' * min(self.depth, 10)} {self.text}".rstrip() if self.depth else self.text


def html_to_text(html: str) -> str:
    """The text of an HTML body: paragraphs and lists as lines, quotations marked with ">"; no scripts, no styles."""
    return "\n".join(line.shown for line in html_lines(html))


def html_lines(html: str) -> list[HtmlLine]:
    """The text of an HTML body line by line, with at most one blank line between paragraphs."""
    html = html[:MAX_HTML].replace("\0", "")
    if _is_too_deep(html):
        return [HtmlLine(line) for line in _without_tags(html).split("\n")]
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415  only HTML mail needs it

    root = LexborHTMLParser(html).body
    if root is None:
        return []
    reader = _Reader()
    _walk(root, reader)
    return reader.finished()


def _walk(root: LexborNode, reader: _Reader) -> None:
    """Enter and leave every node in document order, without recursion."""
    node, seen = root, 0
    while True:
        seen += 1
        child = node.first_child if reader.enter(node) and seen < MAX_NODES else None
        if child is not None:
            node = child
            continue
        reader.leave(node)
        while node.mem_id != root.mem_id and node.next is None and node.parent is not None:
            node = node.parent
            reader.leave(node)
        following = node.next
        if node.mem_id == root.mem_id or following is None:
            return
        node = following


@dataclass(slots=True)
class _Reader:
    """Collects lines while the tree is walked."""

    lines: list[HtmlLine] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    depth: int = 0
    signatures: int = 0
    preformatted: int = 0
    undo: dict[int, str] = field(default_factory=dict)  # what to take back when a node is left

    def enter(self, node: LexborNode) -> bool:
        """Take note of a node; False when what is in it is not to be read."""
        tag = node.tag
        if tag == "-text":
            self._text(node.text_content or "")
            return False
        if tag is None or tag in _SILENT or tag[0] in "-!":
            return False
        if tag == "br":
            self._break()
            return False
        if tag in _BLOCKS:
            self._block(tag)
        elif tag == "td" and self.line:
            self.line.append(" ")
        attributes = node.attributes
        if attributes and _HIDDEN.search(attributes.get("style") or ""):
            return False
        self._open(node, tag, attributes)
        return True

    def leave(self, node: LexborNode) -> None:
        """Undo what entering the node did."""
        tag = node.tag or ""
        if tag in _BLOCKS:
            self._block(tag)
        for change in self.undo.pop(node.mem_id, "") if self.undo else "":
            if change == "q":
                self.depth -= 1
            elif change == "s":
                self.signatures -= 1
            elif change == "p":
                self.preformatted -= 1
        if tag == "a":
            self._link(node)

    def finished(self) -> list[HtmlLine]:
        """The lines, without blank ones at either end."""
        self._break(force=False)
        while self.lines and not self.lines[-1].text:
            self.lines.pop()
        return self.lines

    def _open(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> None:
        changes = ""
        if attributes or tag == "blockquote":
            changes = self._marks(node, tag, attributes)
        if tag == "pre":
            self.preformatted += 1
            changes += "p"
        if tag == "hr":
            self.line.append("_" * 32)
        elif tag == "li":
            self.line.append("- ")
        if changes:
            self.undo[node.mem_id] = changes

    def _marks(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> str:
        style = attributes.get("style") or ""
        names = " ".join(attributes.get(key) or "" for key in ("class", "id", "name"))
        if _QUOTE_STARTS.search(names) or (tag == "div" and _OUTLOOK_BORDER.search(style)):
            self.depth += 1  # and never taken back
            return ""
        if _is_quote(node, tag, names) or (tag == "blockquote" and self._is_cited(attributes, style)):
            self.depth += 1
            return "q"
        if _SIGNATURES.search(names):
            self.signatures += 1
            return "s"
        return ""

    def _is_cited(self, attributes: dict[str, str | None], style: str) -> bool:
        """Whether a blockquote quotes mail, and does not just indent."""
        if attributes.get("type") == "cite" or "cite" in attributes or _QUOTE_BORDER.search(style):
            return True
        if "gmail_quote" in (attributes.get("class") or ""):
            return True
        above = next((line.text for line in reversed(self.lines[-3:]) if line.text), "")
        return above.endswith((":", "：")) and bool(DATE_HINT.search(above) or ADDRESS_HINT.search(above))

    def _text(self, text: str) -> None:
        if self.preformatted:
            first, *rest = text.replace("\xa0", " ").split("\n")
            self.line.append(first)
            for line in rest:
                self._break()
                self.line.append(line)
            return
        text = _SPACES.sub(" ", text)
        if text == " " and (not self.line or self.line[-1].endswith(" ")):
            return
        self.line.append(text)

    def _link(self, node: LexborNode) -> None:
        """Where a link leads, as programs write it into plain text, unless the text says so."""
        href = (node.attributes.get("href") or "").strip()
        if not href.lower().startswith(("http://", "https://")) or len(href) > _MAX_LINK or not self.line:
            return
        shown = "".join(self.line[-3:])
        if href.partition("//")[2].rstrip("/")[:30] not in shown and shown.strip():
            self.line.append(f" <{href}>")

    def _block(self, tag: str) -> None:
        self._break(force=False)
        if tag in _PARAGRAPHS and self.lines and self.lines[-1].text:
            self.lines.append(HtmlLine("", self.depth, self.signatures > 0))

    def _break(self, *, force: bool = True) -> None:
        text = "".join(self.line)
        text = text.rstrip() if self.preformatted else text.strip()
        self.line.clear()
        if text == "--":
            text = "-- "  # the mark of a signature, which HTML trims
        if text or (force and self.lines and self.lines[-1].text):
            self.lines.append(HtmlLine(text, self.depth, self.signatures > 0))


def _is_quote(node: LexborNode, tag: str, names: str) -> bool:
    """A wrapper whose whole content is quoted. Gmail's also holds inline replies, when it has a blockquote in it."""
    if not names.strip():
        return False
    if tag != "blockquote" and "gmail_quote" in names:
        return node.css_first("blockquote.gmail_quote, blockquote[type=cite]") is None
    return bool(_WHOLE_QUOTE.search(names)) or (tag == "div" and names.strip() == "quote")


# --- pages too deep for the parser ------------------------------------------------------------------

_OPEN_OR_CLOSE = re.compile(
    r"<(/?)(?!(?:p|li|td|tr|th|dt|dd|br|hr|img|meta|link|input|col|option|wbr|area|base)\b)([a-z])", re.IGNORECASE
)
_TAG = re.compile(r"<[^<>]{0,4000}>")


def _is_too_deep(html: str) -> bool:
    """Whether elements are nested deeper than any person writes. Small pages cannot be."""
    if html.count("<") < 2 * _MAX_DEPTH:
        return False
    depth = 0
    for mark in _OPEN_OR_CLOSE.finditer(html):
        depth += -1 if mark[1] else 1
        if depth > _MAX_DEPTH:
            return True
        depth = max(depth, 0)
    return False


def _without_tags(html: str) -> str:
    text = unescape(_TAG.sub("\n", html))
    return re.sub(r"\n\s*\n", "\n\n", text).strip()
