"""What the ledger remembers, as frozen values. Date-times are aware.

A person is known by ``addresses`` (lower case, the primary one first): a record is theirs as soon as it shares one
address with them, since names change and addresses come and go. ``contact`` is the name at the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class DraftState(StrEnum):
    """What became of a draft. The first three are open: another for the same purpose must not be made."""

    INTENDED = "intended"  # about to be saved; after a crash its Message-ID tells whether it was
    DRAFTED = "drafted"
    EDITED = "edited"  # by a person: theirs now
    SENT = "sent"
    DELETED = "deleted"
    UNDONE = "undone"  # taken back by `undo`


OPEN = (DraftState.INTENDED, DraftState.DRAFTED, DraftState.EDITED)


@dataclass(frozen=True, slots=True)
class DraftRecord:
    """One letter put, or about to be put, into the drafts of ``account``.

    ``message_id`` is the one we gave it; ``fingerprint`` of what we wrote tells whether a person changed it.
    ``month`` ("2026-12") and ``batch`` are "" outside of a batch; ``reason`` is the letter's (model.ReasonKind);
    ``changed`` is None until the state first changes.
    """

    account: str
    contact: str
    addresses: tuple[str, ...]
    purpose: str
    message_id: str
    created: datetime
    subject: str = ""
    thread_id: str = ""
    parent_id: str = ""
    draft_id: str = ""
    fingerprint: str = ""
    month: str = ""
    batch: str = ""
    reason: str = ""
    state: DraftState = DraftState.INTENDED
    changed: datetime | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Pin:
    """The thread that the user chose by hand; ``thread_id`` "" means that none fits, so a new one.

    ``overruled`` is the finding as JSON has it, so that accuracy can be measured on the user's own mail.
    """

    contact: str
    addresses: tuple[str, ...]
    thread_id: str
    message_ids: tuple[str, ...]
    created: datetime
    overruled: Mapping[str, object] = field(default_factory=dict)
    ended: datetime | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Snooze:
    """Not before ``until``."""

    contact: str
    addresses: tuple[str, ...]
    until: date
    created: datetime
    ended: datetime | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Do not contact, and why, until it is lifted."""

    contact: str
    addresses: tuple[str, ...]
    created: datetime
    why: str = ""
    ended: datetime | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Skip:
    """Passed over for one ``month`` (or week) and purpose: not asked again in it, and nobody takes the place."""

    contact: str
    addresses: tuple[str, ...]
    month: str
    purpose: str
    created: datetime
    why: str = ""
    id: int = 0


class OutcomeKind(StrEnum):
    """What followed a letter, or came by itself."""

    ANSWERED = "answered"
    BOUNCED = "bounced"  # a delivery report: the address is dead
    CLOSED = "closed"  # no answer after the follow-up: let it rest
    REOPENED = "reopened"  # the user says otherwise


@dataclass(frozen=True, slots=True)
class Outcome:
    """``at`` is when it happened; ``message_id`` and ``address`` say which mail tells of it, and of whose address.

    ``draft`` is the id of the DraftRecord that it follows, None where it follows none.
    """

    contact: str
    addresses: tuple[str, ...]
    kind: OutcomeKind
    at: datetime
    draft: int | None = None
    message_id: str = ""
    address: str = ""
    id: int = 0
