"""Who matches a query: candidates from the index of address and subject words, then each term checked.

The traps are Gmail's own: whole words without stemming; everything but letters, digits and ``_`` ends a word; a term
with such signs means its words side by side (so ``ann@x.example`` also finds ``Joe Ann <x@example>``); ``to:`` sees Cc;
aliases are not expanded; ``YYYY/MM/DD`` is midnight in California; spam and trash are left out; and one message must
match all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from tests.gmail_server import headers, mime_payload
from tests.gmail_server.entry import Entry
from tests.gmail_server.query import Node, Not, Term, parse, terms
from tests.gmail_server.store import INDEXED, Store

PACIFIC = ZoneInfo("America/Los_Angeles")
DATE = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})")
AGE = re.compile(r"(\d+)([hdmy])", re.IGNORECASE)
SIZE = re.compile(r"(\d+)([kKmM]?)[bB]?")
AGE_SECONDS = {"h": 3600, "d": 86_400, "m": 30 * 86_400, "y": 365 * 86_400}
CHEAP = frozenset(
    {
        *INDEXED,
        "list",
        "in",
        "is",
        "label",
        "category",
        "after",
        "before",
        "older",
        "newer",
        "older_than",
        "newer_than",
        "rfc822msgid",
        "larger",
        "smaller",
        "size",
    }
)
PLACES = {
    "sent": "SENT", "inbox": "INBOX", "draft": "DRAFT", "drafts": "DRAFT", "trash": "TRASH", "spam": "SPAM",
    "starred": "STARRED", "important": "IMPORTANT", "unread": "UNREAD", "chat": "CHAT", "chats": "CHAT",
}  # fmt: skip
LEFT_OUT = frozenset({"SPAM", "TRASH"})


def search(
    store: Store,
    q: str,
    labels: Iterable[str] = (),
    *,
    hidden: bool = False,
    me: str = "",
    among: Iterable[Entry] | None = None,
) -> list[Entry]:
    """The messages that match, newest first.

    ``hidden`` = spam and trash too; ``me`` is what from:me stands for; ``among`` = only these messages are looked at.
    """
    query = _Query(store, parse(q), me)
    wanted = frozenset(labels)
    hidden = hidden or query.asks_for_hidden or bool(wanted & LEFT_OUT)
    with store.lock:
        found = [
            e for e in (query.candidates() if among is None else among)
            if wanted <= e.labels and (hidden or not e.labels & LEFT_OUT) and query.matches(query.tree, e)
        ]  # fmt: skip
    return sorted(found, key=lambda e: (-e.internal_date, -e.number))


class _Query:
    def __init__(self, store: Store, tree: Node, me: str) -> None:
        self.store = store
        self.tree = tree
        self.me = me

    @property
    def asks_for_hidden(self) -> bool:
        """Does the query itself name spam or trash?"""
        return any(
            t.operator in {"in", "is", "label"} and t.value.lower() in {"anywhere", "spam", "trash"}
            for t in terms(self.tree)
        )

    def candidates(self) -> list[Entry]:
        """All messages that could match, found without looking at any of them."""
        numbers = self._numbers(self.tree)
        chosen = self.store.all if numbers is None else [self.store.all[n] for n in set(numbers)]
        return [e for e in chosen if e is not None]

    def _numbers(self, node: Node) -> Iterable[int] | None:
        """A superset of the numbers of matching messages; None = the index cannot tell."""
        if isinstance(node, Not):
            return None
        if isinstance(node, Term):
            return self._posting(node)
        known = [list(numbers) for child in node.nodes if (numbers := self._numbers(child)) is not None]
        if node.any_of:
            return {n for numbers in known for n in numbers} if len(known) == len(node.nodes) else None
        return min(known, key=len) if known else None

    def _posting(self, term: Term) -> Iterable[int] | None:
        if term.operator == "rfc822msgid":
            return [e.number for e in self.store.by_rfc_id.get(_rfc_id(term.value), ())]
        if term.operator in {"in", "is"} and PLACES.get(term.value.lower()) == "DRAFT":
            return [e.number for e in self.store.drafts.values()]
        if term.operator not in INDEXED:
            return None
        words = headers.words(self._address(term)).split()
        posting = self.store.postings[term.operator]
        return min((posting.get(w, ()) for w in words), key=len) if words else None

    def _address(self, term: Term) -> str:
        return self.me if term.value.lower() == "me" and term.operator != "subject" else term.value

    def matches(self, node: Node, entry: Entry) -> bool:
        """Does this one message match?"""
        if isinstance(node, Not):
            return not self.matches(node.node, entry)
        if isinstance(node, Term):
            return self._test(node, entry)
        cheap_first = sorted(node.nodes, key=_cost)
        test = any if node.any_of else all
        return test(self.matches(child, entry) for child in cheap_first)

    def _test(self, term: Term, entry: Entry) -> bool:
        match term.operator:
            case "":
                return _holds(term.value, text_words(entry))
            case "in" | "is" | "label" | "category":
                return self._in_place(term, entry)
            case "has":
                return term.value.lower() == "attachment" and bool(_filenames(entry))
            case "filename":
                return _holds(term.value, headers.words(" \n ".join(_filenames(entry))))
            case "rfc822msgid":
                return entry.rfc_id == _rfc_id(term.value)
            case "after" | "newer" | "before" | "older" | "older_than" | "newer_than":
                return _in_time(term, entry.internal_date / 1000, self.store.now())
            case "larger" | "smaller" | "size":
                return _in_size(term, entry.source.end - entry.source.start)
            case _:
                return _holds(self._address(term), entry.words.get(term.operator, ""))

    def _in_place(self, term: Term, entry: Entry) -> bool:
        name = term.value.lower()
        if name == "anywhere":
            return True
        if name == "read":
            return "UNREAD" not in entry.labels
        if term.operator == "category":
            return f"CATEGORY_{name.upper()}" in entry.labels
        wanted = {key for key, label in self.store.labels.items() if _label_key(label) == _label_key(name)}
        return PLACES.get(name, "?") in entry.labels or bool(wanted & entry.labels)


def _holds(value: str, text: str) -> bool:
    """Are the value's words side by side in the text? Signs alone are no words, and ask for nothing."""
    wanted = headers.words(value)
    return not wanted.strip() or wanted in text


def _cost(node: Node) -> int:
    return sum(term.operator not in CHEAP for term in terms(node))


def _label_key(name: str) -> str:
    return re.sub(r"[\s/&]", "-", name.casefold())


def _rfc_id(value: str) -> str:
    return f"<{value.strip().strip('<>')}>"


@lru_cache(maxsize=5000)
def text_words(entry: Entry) -> str:
    """Every word of a message that a bare term can find: addresses, subject, text, attachment names."""
    part = mime_payload.parse(entry.source.raw)
    texts = [leaf.text for leaf in part.walk() if leaf.mime_type in mime_payload.INLINE and not leaf.filename]
    names = [headers.words(name) for name in mime_payload.filenames(part)]
    return " ".join([*entry.words.values(), *(headers.words(text) for text in texts), *names])


@lru_cache(maxsize=20_000)
def _filenames(entry: Entry) -> tuple[str, ...]:
    return tuple(mime_payload.filenames(mime_payload.parse(entry.source.raw)))


def _in_time(term: Term, date: float, now: float) -> bool:
    age = AGE.fullmatch(term.value)
    if term.operator in {"older_than", "newer_than"}:
        border = now - int(age[1]) * AGE_SECONDS[age[2].lower()] if age else now
    else:
        border = _moment(term.value)
    return date >= border if term.operator in {"after", "newer", "newer_than"} else date < border


def _moment(value: str) -> float:
    """Seconds since 1970: given as such, or as a day, which begins at midnight Pacific time."""
    day = DATE.fullmatch(value)
    if day is None:
        return float(value) if value.isdigit() else 0.0
    try:
        return datetime(int(day[1]), int(day[2]), int(day[3]), tzinfo=PACIFIC).timestamp()
    except ValueError:
        return 0.0


def _in_size(term: Term, size: int) -> bool:
    given = SIZE.fullmatch(term.value)
    limit = int(given[1]) * {"": 1, "k": 1024, "m": 1024**2}[given[2].lower()] if given else 0
    return size < limit if term.operator == "smaller" else size >= limit
