"""The words of the program as frozen values: people, mail, findings, letters, drafts.

Values only: no I/O, no clock. Addresses are compared by ``Address.email``, which is always lower case.
Date-times are aware; message dates are kept in the sender's own offset, so that ``.date()`` is the day
the writer saw on the calendar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

# --- people -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox address (RFC 5322 3.4): ``email`` in lower case, ``name`` decoded, "" where there is none."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as precisely as it is known, never more: ``precision`` is "day", "month" or "year".

    ``value`` holds the first day of the month or year when the rest is unknown.
    """

    value: date
    precision: str = "day"

    def __str__(self) -> str:
        """ISO 8601, cut to what is known: 2023-07-11, 2023-07 or 2023."""
        return self.value.isoformat()[: {"day": 10, "month": 7, "year": 4}[self.precision]]

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read 2023-07-11, 2023-07 or 2023; ValueError otherwise."""
        parts = [int(piece) for piece in text.strip().split("-")]
        if not 1 <= len(parts) <= 3:
            raise ValueError(f"not a date: {text!r}")
        precision = ("year", "month", "day")[len(parts) - 1]
        return cls(date(*[*parts, 1, 1][:3]), precision)


@dataclass(frozen=True, slots=True)
class Update:
    """Something that happened in the owner's life. ``text`` by language code; "" is the owner's own language."""

    on: date
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Owner:
    """The user. ``introduction`` ("the NYU student studying documentary film") by language, as in Update."""

    name: str
    emails: tuple[str, ...]
    signature: str = ""
    introduction: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    updates: tuple[Update, ...] = ()


class ReasonKind(StrEnum):
    """Why the owner writes now (design: the words)."""

    RECONNECT = "reconnect"
    NEWS = "news"
    CONGRATULATE = "congratulate"
    OFFER_HELP = "offer-help"
    PAY_FORWARD = "pay-forward"
    CATCH_UP = "catch-up"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Reason:
    """The impetus of a letter; ``on`` dates the news that it speaks of."""

    kind: ReasonKind = ReasonKind.RECONNECT
    text: str = ""
    link: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A person to get back in touch with. ``source`` says where the entry stands ("contacts.csv:12").

    ``introduction`` to ``remember`` are what the owner knows of the acquaintance, in the words that go into a letter.
    """

    name: str
    emails: tuple[str, ...]
    introduction: str = ""
    met_on: PartialDate | None = None
    met_how: str = ""
    topic: str = ""
    introduced_by: str = ""
    remember: str = ""
    reason: Reason = Reason()
    language: str = ""
    cadence: str = ""
    do_not_contact: bool = False
    notes: str = ""
    source: str = ""


# --- mail -------------------------------------------------------------------------------------------


class Label(StrEnum):
    """The places a message can be in that matter here, whatever a mailbox calls them."""

    INBOX = "inbox"
    SENT = "sent"
    DRAFT = "draft"
    SPAM = "spam"
    TRASH = "trash"


class Automatic(StrEnum):
    """Why a message is not a person's own writing to its recipients (RFC 3834, RFC 2919, RFC 3464)."""

    NO = ""
    LIST = "list"  # List-*, Precedence: list or bulk, Mailing-List
    AUTO_REPLY = "auto-reply"  # out of office
    DELIVERY_REPORT = "delivery-report"
    CALENDAR = "calendar"  # a robot's calendar notification (carries a CalendarPart)
    ROBOT = "robot"  # no-reply senders, other generated mail


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """What a text/calendar part tells (RFC 5545, 5546). ``start`` is aware where the part says the zone; ``answer`` is
    what a REPLY says: ACCEPTED, DECLINED, TENTATIVE.
    """

    method: str = ""
    uid: str = ""
    summary: str = ""
    start: datetime | date | None = None
    organizer: Address | None = None
    attendees: tuple[Address, ...] = ()
    recurring: bool = False
    status: str = ""
    location: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message, parsed as far as it goes.

    ``id`` is the mailbox's own handle. ``message_id`` keeps its angle brackets, "" when absent; ``references`` are
    the ids of References, then those of In-Reply-To not among them. ``text`` is the whole body as plain text;
    ``new_text`` what its author wrote this time, ``quoted_text`` somebody's older words, ``signature`` the
    author's sign-off block (from the "-- " line or its look-alike on). ``html`` is the raw HTML part, not to be
    trusted. ``bounced`` are addresses a delivery report calls undeliverable.
    """

    id: str
    message_id: str
    date: datetime | None
    from_: Address | None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str = ""
    references: tuple[str, ...] = ()
    thread_id: str = ""
    labels: frozenset[Label] = frozenset()
    automatic: Automatic = Automatic.NO
    text: str = ""
    new_text: str = ""
    quoted_text: str = ""
    signature: str = ""
    html: str = ""
    calendar: tuple[CalendarPart, ...] = ()
    bounced: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()

    @property
    def recipients(self) -> tuple[Address, ...]:
        """To, Cc and Bcc together."""
        return self.to + self.cc + self.bcc


@dataclass(frozen=True, slots=True)
class Thread:
    """Messages that belong together, oldest first. ``id`` is Gmail's hex thread id where there is one."""

    id: str
    messages: tuple[Message, ...]

    @property
    def subject(self) -> str:
        """The subject of the first message that has one."""
        return next((m.subject for m in self.messages if m.subject), "")


# --- findings ---------------------------------------------------------------------------------------


class Kind(StrEnum):
    """What the found thread is (design: the words)."""

    THANK_YOU = "thank-you"
    SCHEDULING = "scheduling"
    CONVERSATION = "conversation"


class Verdict(StrEnum):
    """Reply in an old thread, or start a new one with a recap."""

    REPLY = "reply"
    NEW_THREAD = "new-thread"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A named signal, the message that shows it, the words that do, and its weight in the decision."""

    signal: str
    message_id: str
    quote: str = ""
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thread that could be replied in, what it is, and how probable it is that it is the right one."""

    thread: Thread
    kind: Kind
    confidence: float
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer for one contact. For ``new-thread``: thread, parent and kind are None.

    ``reply_to`` and ``reply_from`` are set for both verdicts wherever an address is usable. ``confidence`` is the
    probability that verdict and thread are right, ``threshold`` the one that the user wants before a letter is drafted.
    """

    contact: Contact
    verdict: Verdict
    confidence: float
    kind: Kind | None = None
    thread: Thread | None = None
    parent: Message | None = None
    reply_to: Address | None = None
    reply_from: Address | None = None
    met_on: PartialDate | None = None
    evidence: tuple[Evidence, ...] = ()
    alternatives: tuple[Candidate, ...] = ()
    warnings: tuple[str, ...] = ()
    threshold: float = 0.0

    @property
    def unsure(self) -> bool:
        """Whether the user should choose: not sure enough, and there is a thread to choose."""
        return self.confidence < self.threshold and bool(self.thread or self.alternatives)


# --- letters and drafts -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class History:
    """What came of earlier letters to a contact: the stage that the two are at (advice O8, O13, O18).

    ``interactions`` are the contact's answers since the first letter; ``gives`` and ``asks`` the letters that gave or
    asked something; ``wrote_on`` the day the last one went out; ``in_touch_on`` the day of the newest mail either way.
    """

    interactions: int = 0
    gives: int = 0
    asks: int = 0
    wrote_on: date | None = None
    in_touch_on: date | None = None


class Level(StrEnum):
    """How serious a piece of advice is: ``stop`` is not drafted, ``warn`` and ``hint`` are."""

    STOP = "stop"
    WARN = "warn"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Advice:
    """What etiquette has to say about a letter: the rule's name, its level, one sentence with what to do."""

    rule: str
    level: Level
    message: str


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and body, before they become a message.

    ``parts`` are (name, text) in order: greeting, introduction, update, reason, closing; a part's paragraphs are
    separated by blank lines, lines are never wrapped. ``signature`` is plain text, ``signature_html`` the same as
    HTML where the mailbox has one ("" = made from the plain one).
    """

    subject: str
    parts: tuple[tuple[str, str], ...]
    language: str = "en"
    signature: str = ""
    signature_html: str = ""

    @property
    def body(self) -> str:
        """The letter's own text without signature and quote, paragraphs separated by one blank line."""
        return "\n\n".join(text for _, text in self.parts if text)


@dataclass(frozen=True, slots=True)
class Identity:
    """An address the owner can write from, with its own signature where the mailbox knows one (Gmail sendAs)."""

    address: Address
    signature_html: str = ""
    default: bool = False


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft as the mailbox has it: its stable ``draft_id``, its thread, its RFC 5322 bytes, and where to open it."""

    draft_id: str
    thread_id: str
    raw: bytes
    link: str = ""
