"""What the ledger remembers, person by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from thread_finder.ledger import OPEN, Block, DraftRecord, Ledger, Outcome, Skip, Snooze
from thread_finder.model import Contact

NO_CONTACT = "no longer among your contacts"

_Record = TypeVar("_Record", DraftRecord, Snooze, Block, Skip, Outcome)


@dataclass(frozen=True, slots=True)
class Memory:
    """What the ledger has of one person, in one account; wishes only as far as they are in force."""

    drafts: tuple[DraftRecord, ...] = ()
    snooze: Snooze | None = None
    block: Block | None = None
    skips: tuple[Skip, ...] = ()
    outcomes: tuple[Outcome, ...] = ()


def memories(
    contacts: Sequence[Contact], account: str, ledger: Ledger, *, strays: bool
) -> tuple[list[Contact], list[Memory]]:
    """The contacts, then with ``strays`` the people who are none any more but have an open draft; a Memory for each.

    A record belongs to whoever has one of its addresses now. That may be two people, when an address has moved from one
    to the other: both have had their letter then, rather than one of them two.
    """
    drafts = [one for one in ledger.every(DraftRecord) if one.account == account]
    people = [*contacts, *(_strays(contacts, drafts) if strays else ())]
    numbers: dict[str, set[int]] = defaultdict(set)
    for number, person in enumerate(people):
        for email in person.emails:
            numbers[email].add(number)
    letters, skips = _by_person(drafts, numbers), _by_person(ledger.every(Skip), numbers)
    outcomes = _by_person(ledger.every(Outcome), numbers)
    snoozes = _by_person([one for one in ledger.every(Snooze) if one.ended is None], numbers)
    blocks = _by_person([one for one in ledger.every(Block) if one.ended is None], numbers)
    return people, [
        Memory(
            tuple(letters[number]),
            next(reversed(snoozes[number]), None),
            next(reversed(blocks[number]), None),
            tuple(skips[number]),
            tuple(outcomes[number]),
        )
        for number in range(len(people))
    ]


def _strays(contacts: Sequence[Contact], drafts: Sequence[DraftRecord]) -> list[Contact]:
    known = {email for contact in contacts for email in contact.emails}
    strays: dict[str, Contact] = {}
    for record in drafts:
        if record.state in OPEN and known.isdisjoint(record.addresses):
            stray = Contact(record.contact, record.addresses, source=NO_CONTACT)
            strays.setdefault(record.addresses[0] if record.addresses else record.contact, stray)
    return list(strays.values())


def _by_person(records: Iterable[_Record], numbers: dict[str, set[int]]) -> dict[int, list[_Record]]:
    theirs: dict[int, list[_Record]] = defaultdict(list)
    for record in records:
        for number in {number for email in record.addresses for number in numbers.get(email, ())}:
            theirs[number].append(record)
    return theirs
