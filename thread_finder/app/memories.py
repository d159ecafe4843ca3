"""What the ledger remembers, person by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from thread_finder.ledger import OPEN, Block, DraftRecord, Ledger, Outcome, Skip, Snooze
from thread_finder.model import Contact

NO_CONTACT = "no longer among your contacts"

Emails = tuple[str, ...]
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
    contacts: Sequence[Contact], account: str, ledger: Ledger
) -> tuple[Mapping[Emails, Memory], list[Contact]]:
    """A Memory for each contact and each stray, by all their addresses; and the strays: people who are no contacts any
    more but have an open draft.

    A record belongs to whoever has one of its addresses now. That may be two people, when an address has moved from one
    to the other: both have had their letter then, rather than one of them two. Where nobody has any of them, it belongs
    to the one of that name, whose addresses were changed.
    """
    drafts = [one for one in ledger.every(DraftRecord) if one.account == account]
    strays = _strays(contacts, drafts)
    people = [*contacts, *strays]
    owners = _Owners(people)
    letters, skips, outcomes = owners.of(drafts), owners.of(ledger.every(Skip)), owners.of(ledger.every(Outcome))
    snoozes = owners.of(one for one in ledger.every(Snooze) if one.ended is None)
    blocks = owners.of(one for one in ledger.every(Block) if one.ended is None)
    return {
        person.emails: Memory(
            tuple(letters[number]),
            next(reversed(snoozes[number]), None),
            next(reversed(blocks[number]), None),
            tuple(skips[number]),
            tuple(outcomes[number]),
        )
        for number, person in enumerate(people)
    }, strays


class _Owners:
    """Whose a record is, by the places of people in a list."""

    def __init__(self, people: Sequence[Contact]) -> None:
        self._by_address: dict[str, set[int]] = defaultdict(set)
        self._by_name: dict[str, set[int]] = defaultdict(set)
        for number, person in enumerate(people):
            self._by_name[person.name.casefold()].add(number)
            for email in person.emails:
                self._by_address[email].add(number)

    def of(self, records: Iterable[_Record]) -> dict[int, list[_Record]]:
        """The records of each person, oldest first."""
        theirs: dict[int, list[_Record]] = defaultdict(list)
        for record in records:
            for number in self.whose(record.addresses, record.contact):
                theirs[number].append(record)
        return theirs

    def whose(self, addresses: Sequence[str], name: str) -> frozenset[int]:
        """Who has one of the addresses; else the only one of that name."""
        found = frozenset(number for email in addresses for number in self._by_address.get(email, ()))
        namesakes = self._by_name.get(name.casefold(), set())
        return found or frozenset(namesakes if len(namesakes) == 1 else ())


def _strays(contacts: Sequence[Contact], drafts: Sequence[DraftRecord]) -> list[Contact]:
    owners = _Owners(contacts)
    strays: dict[str, Contact] = {}
    for record in drafts:
        if record.state in OPEN and not owners.whose(record.addresses, record.contact):
            stray = Contact(record.contact, record.addresses, source=NO_CONTACT)
            strays.setdefault(record.addresses[0], stray)
    return list(strays.values())
