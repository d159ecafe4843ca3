"""Messages to threads, for mailboxes that have no thread ids of their own. Pure.

Three kinds of evidence, the strongest first:
1. Gmail's own thread id (X-GM-THRID in a Takeout export);
2. Message-ID, References, In-Reply-To (RFC 5322 3.6.4), also where the message referred to is missing;
3. for mail without any of those: the base subject (after RFC 5256 2.1), the people, and nearness in time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

DAY = 86_400.0
REPLY_WITHIN = 45 * DAY  # a reply without threading headers answers something this recent
GENERIC_REPLY_WITHIN = 14 * DAY  # the same for "Re: Lunch?", which may be another month's lunch
ANSWER_WITHIN = 7 * DAY  # the other one of two people writes under the same subject, without "Re:"
AFTERTHOUGHT_WITHIN = DAY / 2  # the same one of two people writes again under the same subject
CLOCK_SKEW = 2 * DAY  # a reply may seem to be older than what it answers
LOOK_BACK = 200  # mails of one subject looked at, so that a robot's ten thousand alerts take linear time


@dataclass(frozen=True, slots=True)
class Envelope:
    """What threading needs of one message. ``date`` is a POSIX time stamp, ``sender`` and ``recipients`` are lower
    case addresses, ``thrid`` is Gmail's thread id in hex; "" or None where the message does not tell.
    """

    message_id: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""
    sender: str = ""
    recipients: frozenset[str] = frozenset()
    date: float | None = None
    thrid: str = ""


def thread_ids(envelopes: Sequence[Envelope]) -> list[str]:
    """The thread id of each envelope, in their order. The same for any order of the same envelopes.

    Ids other than Gmail's are a hash of the thread's root, so that they stay when newer mail arrives.
    """
    groups = _Groups(len(envelopes))
    _join_by_headers(envelopes, groups)
    _join_by_subject(envelopes, groups)
    gmail = {e.message_id: e.thrid for e in envelopes if e.thrid and e.message_id}
    members: dict[int, list[int]] = defaultdict(list)
    for index, envelope in enumerate(envelopes):
        if not envelope.thrid:
            members[groups.find(index)].append(index)
    ids = [envelope.thrid for envelope in envelopes]
    for group in members.values():
        thread_id = _group_id([envelopes[i] for i in group], gmail)
        for index in group:
            ids[index] = thread_id
    return ids


# --- subjects ---------------------------------------------------------------------------------------

_REPLY_WORDS = (
    "re|r|aw|antw|antwort|sv|vs|rif|rép|rep|resp|res|ref|odp|ynt|vá|atb|ats|bls|απ|σχετ|на|ha|отв|ответ|תשובה|رد|"
    "回复|回覆|答复|答覆|返信|답장|회신"
)
_FORWARD_WORDS = (
    "fwd?|wg|weiterleitung|tr|rv|enc|i|vb|vl|vs|pd|doorst|továbbítás|πρθ|пересл|fs|ilt|trs|הועבר|"
    "إعادة توجيه|转发|轉寄|轉發|転送|전달"
)
_COUNT = r"\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s*[:：]\s*"  # "Re[2]:" and "Re^2:" are The Bat's
_REPLY = re.compile(rf"\s*(?:{_REPLY_WORDS}){_COUNT}", re.IGNORECASE)
_PREFIX = re.compile(rf"\s*(?:{_REPLY_WORDS}|{_FORWARD_WORDS}){_COUNT}", re.IGNORECASE)
_LIST_TAG = re.compile(r"\s*\[[^\[\]]{1,40}\]\s*(?=\S)")
_FWD_TRAILER = re.compile(r"\s*\((?:fwd|转发)\)\s*$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_SUBJECT_LIMIT = 1_000


def base_subject(subject: str) -> str:
    """A subject for comparison: case folded, white space collapsed, without prefixes of replies and forwards."""
    text = " ".join(subject[:_SUBJECT_LIMIT].split()).casefold()
    while True:
        prefix = _PREFIX.match(text) or _tag_before_prefix(text)
        if prefix is None:
            return _FWD_TRAILER.sub("", text).strip()
        text = text[prefix.end() :]


def is_reply_subject(subject: str) -> bool:
    """Whether a subject begins as a reply's or a forward's does, in any of many languages."""
    text = " ".join(subject[:_SUBJECT_LIMIT].split())
    return bool(_PREFIX.match(text) or _tag_before_prefix(text))


def _tag_before_prefix(text: str) -> re.Match[str] | None:
    """A mailing list's "[tag] " in front of "Re:"."""
    tag = _LIST_TAG.match(text)
    return tag if tag and _PREFIX.match(text, tag.end()) else None


def _generic(base: str) -> bool:
    """Subjects such as "Lunch?", "hi" or none, which say nothing about what they belong to."""
    words = _WORD.findall(base)
    return len(words) < 2 and sum(len(word) for word in words if not word.isascii()) < 5


# --- joining ----------------------------------------------------------------------------------------


class _Groups:
    """Disjoint sets of envelope numbers (union-find with path halving)."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, index: int) -> int:
        parent = self._parent
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    def join(self, one: int, other: int) -> None:
        a, b = self.find(one), self.find(other)
        self._parent[max(a, b)] = min(a, b)


def _join_by_headers(envelopes: Sequence[Envelope], groups: _Groups) -> None:
    """Everything that carries or names the same id. Gmail's threads are left as Gmail made them.

    ``In-Reply-To: message from Jane <jane@x.example> of Monday`` (RFC 822 allowed it) names a person, not a message.
    """
    first: dict[str, int] = {}
    people = {f"<{envelope.sender}>" for envelope in envelopes}
    for index, envelope in enumerate(envelopes):
        if envelope.thrid:
            continue
        for message_id in (envelope.message_id, *envelope.references):
            if message_id and message_id.lower() not in people:
                groups.join(index, first.setdefault(message_id, index))


def _join_by_subject(envelopes: Sequence[Envelope], groups: _Groups) -> None:
    named = {reference for envelope in envelopes for reference in envelope.references}
    by_subject: dict[str, list[_Mail]] = defaultdict(list)
    bases: dict[str, tuple[str, bool]] = {}
    for index, envelope in enumerate(envelopes):
        if envelope.thrid or envelope.date is None or not envelope.sender:
            continue
        if (known := bases.get(envelope.subject)) is None:
            known = bases[envelope.subject] = (base_subject(envelope.subject), is_reply_subject(envelope.subject))
        by_subject[known[0]].append(_mail(index, envelope, known[1], named))
    for base, mails in by_subject.items():
        if len(mails) > 1:
            mails.sort(key=lambda mail: mail.order)
            _join_one_subject(mails, _generic(base), groups)


@dataclass(frozen=True, slots=True)
class _Mail:
    """One envelope among those of its subject. ``bare``: it names no other message; ``alone``: nor do others name it."""

    index: int
    order: tuple[float, str, str, str]
    date: float
    sender: str
    people: frozenset[str]
    reply: bool
    bare: bool
    alone: bool


def _mail(index: int, envelope: Envelope, reply: bool, named: set[str]) -> _Mail:
    date = envelope.date or 0.0
    bare = not envelope.references
    return _Mail(
        index=index,
        order=(date, envelope.sender, envelope.message_id, envelope.subject),
        date=date,
        sender=envelope.sender,
        people=envelope.recipients | {envelope.sender},
        reply=reply,
        bare=bare,
        alone=bare and envelope.message_id not in named,
    )


def _join_one_subject(mails: Sequence[_Mail], generic: bool, groups: _Groups) -> None:
    """Join each mail with the nearest older one it belongs to; ``mails`` are of one base subject, oldest first."""
    for place, later in enumerate(mails):
        for earlier in reversed(mails[max(0, place - LOOK_BACK) : place]):
            if later.date - earlier.date > REPLY_WITHIN:
                break
            if _belong_together(earlier, later, generic):
                groups.join(earlier.index, later.index)
                break


def _belong_together(earlier: _Mail, later: _Mail, generic: bool) -> bool:
    gap = later.date - earlier.date
    shared = len(earlier.people & later.people)
    if gap == 0 and earlier.sender == later.sender and (shared > 1 or earlier.people == later.people):
        return True  # the same mail under another Message-ID
    if shared < 2:
        return False  # the owner is in every mail: one shared person says nothing
    if later.reply and later.bare:
        return not generic or gap <= GENERIC_REPLY_WITHIN
    if not (later.alone and earlier.alone):
        return False
    if earlier.reply and gap <= CLOCK_SKEW:
        return True
    limit = AFTERTHOUGHT_WITHIN if earlier.sender == later.sender else ANSWER_WITHIN
    return not generic and len(later.people) == 2 and later.people == earlier.people and gap <= limit


# --- naming -----------------------------------------------------------------------------------------


def _group_id(group: Sequence[Envelope], gmail: dict[str, str]) -> str:
    """Gmail's thread, where the group answers into one; else a hash of what the group began with."""
    answered = {gmail[reference] for envelope in group for reference in _ids(envelope) if reference in gmail}
    if answered:
        return min(answered)
    root = min(group, key=_age)
    named = root.references[0] if root.references else root.message_id
    return sha256((named or repr(_age(root))).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _ids(envelope: Envelope) -> Iterable[str]:
    return (*envelope.references, envelope.message_id)


def _age(envelope: Envelope) -> tuple[bool, float, str, str, str, tuple[str, ...], tuple[str, ...]]:
    """Dated before undated, then by date, then by all the rest, so that no two different envelopes are level."""
    undated = envelope.date is None
    recipients = tuple(sorted(envelope.recipients))
    return (
        undated,
        envelope.date or 0.0,
        envelope.message_id,
        envelope.sender,
        envelope.subject,
        envelope.references,
        recipients,
    )
