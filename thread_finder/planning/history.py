"""What is known of one contact, as planning needs it: letters of ours, mail both ways, the user's wishes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from thread_finder.model import Contact, Finding


class Purpose(StrEnum):
    """What a letter is for. There is never more than one open draft for a purpose."""

    CHECK_IN = "check-in"
    FOLLOW_UP = "follow-up"


class Fate(StrEnum):
    """What became of a letter that the program drafted."""

    BEGUN = "begun"  # a run broke off before it was confirmed: it must be taken up again
    OPEN = "open"  # it lies in the drafts
    SENT = "sent"
    BOUNCED = "bounced"  # sent, and it came back: the address is dead
    DELETED = "deleted"  # removed by the user without sending it
    UNDONE = "undone"  # taken back by `undo`: as if it had never been


@dataclass(frozen=True, slots=True)
class Approach:
    """One letter of ours to a contact. ``at`` is when its fate was decided: sent, or seen to be gone.

    ``month`` is the period it was drafted for ("2026-12", "2026-W49"), "" when it was drafted by hand.
    """

    purpose: Purpose
    drafted: datetime
    fate: Fate = Fate.OPEN
    at: datetime | None = None
    month: str = ""
    thread_id: str = ""
    edited: bool = False

    @property
    def under_way(self) -> bool:
        """Begun or lying in the drafts: not over yet."""
        return self.fate in {Fate.BEGUN, Fate.OPEN}

    @property
    def when(self) -> datetime:
        """When it was sent or seen to be gone, else when it was drafted."""
        return self.at or self.drafted


@dataclass(frozen=True, slots=True)
class History:
    """One contact's story. Facts about mail come from the mailbox, wishes and drafts from the ledger.

    ``heard`` is their newest real mail to the owner, in whatever thread and from whichever of their addresses;
    ``wrote`` the owner's newest mail to them that did not come back. ``dead`` are addresses that mail came back from,
    ``living`` whether any is left. ``skipped`` are (period, purpose) that the user passed over; ``closed`` is when the
    user closed this, None where they have reopened it since. ``exchanges`` counts how often the word has come back to
    the owner since our first letter. ``finding`` is the thread to write in, None while nobody has looked; ``unread``
    says why their mail could not be read.
    """

    contact: Contact
    heard: datetime | None = None
    wrote: datetime | None = None
    approaches: tuple[Approach, ...] = ()
    dead: tuple[str, ...] = ()
    living: bool = True
    snoozed_until: date | None = None
    skipped: frozenset[tuple[str, Purpose]] = frozenset()
    blocked: str | None = None
    closed: datetime | None = None
    reopened: datetime | None = None
    exchanges: int = 0
    finding: Finding | None = None
    unread: str = ""

    @property
    def in_touch(self) -> datetime | None:
        """The newest mail either way."""
        ours = [one.when for one in self.approaches if one.fate is Fate.SENT]
        return max((one for one in (self.heard, self.wrote, *ours) if one), default=None)

    @property
    def counting(self) -> tuple[Approach, ...]:
        """The approaches since the contact was last reopened, oldest first, without those taken back."""
        return tuple(
            one
            for one in sorted(self.approaches, key=lambda one: one.drafted)
            if one.under_way or (one.fate is not Fate.UNDONE and not (self.reopened and one.when <= self.reopened))
        )
