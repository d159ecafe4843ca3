"""Gmail's search language: a ``q`` string to a tree of terms.

Implicit AND, ``OR`` and ``|`` (which bind tighter), ``{}`` = OR group, ``()`` = AND group, ``-`` = not, ``"…"``,
``operator:value``, ``operator:(…)`` and ``operator:{…}``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

OPERATORS = (
    "from|to|cc|bcc|deliveredto|subject|label|in|is|has|filename|after|before|older_than|older|newer_than|newer|"
    "rfc822msgid|list|larger|smaller|size|category"
)
TOKEN = re.compile(
    r'\s*(?:(?P<neg>-)(?=[\w"({])|(?P<open>[({])|(?P<close>[)}])|(?P<op>' + OPERATORS + r"):"
    r'|"(?P<quoted>[^"]*)"?|(?P<word>[^\s(){}"]+))',
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Term:
    """One test on one message. ``operator`` is "" for words that may stand anywhere."""

    operator: str
    value: str


@dataclass(frozen=True)
class Not:
    """The opposite."""

    node: Node


@dataclass(frozen=True)
class Group:
    """Several tests of which all, or (``any_of``) at least one, must hold."""

    nodes: tuple[Node, ...]
    any_of: bool = False


Node: TypeAlias = Term | Not | Group


@dataclass(frozen=True)
class Token:
    kind: str  # neg, open, close, op, quoted, word
    text: str


def parse(q: str) -> Node:
    """The tree of a query. Gmail refuses nothing: what does not parse is words."""
    return _Parser(_tokens(q)).group("", "")


def terms(node: Node) -> list[Term]:
    """All terms of a tree."""
    if isinstance(node, Term):
        return [node]
    return [t for child in ((node.node,) if isinstance(node, Not) else node.nodes) for t in terms(child)]


def _tokens(q: str) -> list[Token]:
    found: list[Token] = []
    for match in TOKEN.finditer(q):
        kind = match.lastgroup or ""
        text = match[kind]
        found.append(Token(kind, text.lower() if kind == "op" else text))
    return found


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.position = 0

    def group(self, closing: str, operator: str) -> Node:
        """Terms up to ``closing``; bare words in it belong to ``operator``."""
        parts: list[list[Node]] = []  # each inner list is joined by OR
        joined = False
        while (token := self._next()) is not None and not (token.kind == "close" and token.text == closing):
            if token.kind == "word" and token.text in {"OR", "|"}:
                joined = bool(parts)
                continue
            node = self._node(token, operator)
            if node is None or (token.kind == "word" and token.text == "AND"):
                continue
            if joined:
                parts[-1].append(node)
            else:
                parts.append([node])
            joined = False
        nodes = tuple(one[0] if len(one) == 1 else Group(tuple(one), any_of=True) for one in parts)
        return nodes[0] if len(nodes) == 1 else Group(nodes, any_of=closing == "}")

    def _next(self) -> Token | None:
        if self.position >= len(self.tokens):
            return None
        self.position += 1
        return self.tokens[self.position - 1]

    def _node(self, token: Token, operator: str) -> Node | None:
        match token.kind:
            case "neg":
                following = self._next()
                node = self._node(following, operator) if following else None
                return Not(node) if node else None
            case "open":
                return self.group(")" if token.text == "(" else "}", operator)
            case "op":
                following = self._next()
                return self._operand(following, token.text) if following else None
            case "close":
                return None
            case _:
                return Term(operator, token.text)

    def _operand(self, token: Token, operator: str) -> Node | None:
        if token.kind == "op":  # "in:label:x": the rest is the value
            return Term(operator, token.text)
        return self._node(token, operator)
