"""The year as it is lived: batches and reminders by the program, and what Nora and the sixty do about the letters.

The story keeps its own book of what really happened, and knows nothing of the ledger: the test compares the two.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import StrEnum
from hashlib import sha256
from itertools import count
from typing import Any

from typer.testing import CliRunner

from tests.year.people import ME, Person, Ways, everybody, mail, report
from tests.year.worlds import HER_OWN, World
from thread_finder.cli.commands import app

PER_MONTH = 8
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Fate(StrEnum):
    """What Nora did with a draft."""

    LIES = "lies there"
    SENT = "sent"
    DELETED = "deleted"


@dataclass
class Letter:
    """One draft of the program's, from the day it was first seen."""

    person: Person
    message_id: str
    to: str
    drafted: datetime
    parents: str
    edited: bool = False
    fate: Fate = Fate.LIES
    sent: datetime | None = None
    ended: datetime | None = None
    bounced: bool = False
    answered: datetime | None = None


@dataclass
class Book:
    """What really happened, by person."""

    letters: list[Letter] = field(default_factory=list)
    heard: dict[str, list[datetime]] = field(default_factory=dict)
    wrote: dict[str, list[datetime]] = field(default_factory=dict)
    dead: dict[str, datetime] = field(default_factory=dict)

    def of(self, person: Person) -> list[Letter]:
        return [letter for letter in self.letters if letter.person is person]


class Story:
    """One year on one mailbox."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people = everybody()
        self.book = Book()
        self._by_address = {email: person for person in self.people for email in person.emails}
        self._seen: dict[str, Letter] = {}
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self.reports: list[dict[str, Any]] = []
        self.batches: list[datetime] = []
        self._settle_down()

    def live(self) -> None:
        """Twelve months: a batch on the 2nd, another look on the 16th, and the status at the end of the month."""
        for month in range(1, 13):
            for day, command in ((2, "batch"), (16, "batch"), (28, "status")):
                self._until(datetime(2027, month, day, 9, tzinfo=self.world.now.tzinfo))
                self._run(command)
        self._until(datetime(2027, 12, 31, 9, tzinfo=self.world.now.tzinfo))
        self._run("status")

    def run(self, command: str, *arguments: str) -> Any:
        """The program, today; its JSON."""
        folder = self.world.folder
        environment = {
            "THREAD_FINDER_STATE": str(folder / "state"),
            "THREAD_FINDER_CONFIG": str(folder / "config.toml"),
        }
        result = CliRunner(env=environment).invoke(app, [command, *arguments, "--json"])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code in {0, 1}, (command, result.stdout, result.stderr)
        return json.loads(result.stdout)

    # --- the program's days ---------------------------------------------------------------------------

    def _run(self, command: str) -> None:
        today = self.world.now.date().isoformat()
        if command == "batch":
            self.batches.append(self.world.now)
            self.reports.append(self.run("batch", "--yes", "--despite", "sameness", "--as-of", today))
        else:
            self.run(command, "--as-of", today)
        for handle, draft in self.world.drafts().items():
            if (
                str(draft["Message-ID"]) not in {letter.message_id for letter in self.book.letters}
                and handle not in self._seen
            ):
                self._new(handle, draft)

    def _new(self, handle: str, draft: EmailMessage) -> None:
        to = draft["To"].addresses[0].addr_spec
        letter = Letter(self._who(to), str(draft["Message-ID"]), to, self.world.now, str(draft["References"] or ""))
        self.book.letters.append(letter)
        self._seen[handle] = letter
        self._nora(handle, letter)

    def _who(self, address: str) -> Person:
        """Whose an address is, be it one that only their answers have told."""
        local = address.partition("@")[0]
        return self._by_address.get(address) or next(p for p in self.people if p.emails[0].startswith(f"{local}@"))

    # --- what Nora does -------------------------------------------------------------------------------

    def _nora(self, handle: str, letter: Letter) -> None:
        """By a lot that is always the same: sends at once or later, edits, throws away, leaves it, writes herself."""
        lot = self._lot(letter)
        if lot < 50:
            self._on(1, lambda: self._send(handle, letter))
        elif lot < 65:
            self._on(24, lambda: self._send(handle, letter))
        elif lot < 78:
            self._on(1, lambda: self._edit(handle, letter))
            self._on(3 if lot < 72 else 18, lambda: self._send(handle, letter))
        elif lot < 84:
            self._on(1, lambda: self._send(handle, letter, new_id=True))
        elif lot < 92:
            self._on(2, lambda: self._delete(handle, letter))
        elif lot < 96:
            self._on(2, lambda: self._instead(handle, letter))
        else:
            self._on(2, lambda: self._edit(handle, letter))

    def _lot(self, letter: Letter) -> int:
        earlier = len(self.book.of(letter.person))
        return int(sha256(f"{letter.person.name} {earlier}".encode()).hexdigest(), 16) % 100

    def _send(self, handle: str, letter: Letter, *, new_id: bool = False) -> None:
        if handle not in self.world.drafts():
            return
        sent = self.world.press_send(handle, new_id=new_id)
        assert not letter.edited or HER_OWN in sent.get_body(preferencelist=("plain",)).get_content()  # type: ignore[union-attr]
        self._went_out(letter, sent)

    def _instead(self, handle: str, letter: Letter) -> None:
        """Nora throws the draft away and answers in the old thread in words of her own."""
        draft = self.world.drafts()[handle]
        self.world.delete(handle)
        parents = letter.parents.split()
        raw = mail(
            ME, letter.to, str(draft["Subject"]), "Hello, it is me!", self.world.now, self._id("own"), answers=parents
        )
        self.world.written(raw)
        self._went_out(letter, draft)

    def _edit(self, handle: str, letter: Letter) -> None:
        self.world.edit(handle)
        letter.edited = True

    def _delete(self, handle: str, letter: Letter) -> None:
        self.world.delete(handle)
        letter.fate, letter.ended = Fate.DELETED, self.world.now

    def _went_out(self, letter: Letter, sent: EmailMessage) -> None:
        letter.fate, letter.sent, letter.ended = Fate.SENT, self.world.now, self.world.now
        if letter.to in self.book.dead or self._gone(letter):
            self._on(0.1, lambda: self._bounces(letter, str(sent["Message-ID"])))
            return
        self.book.wrote.setdefault(letter.person.name, []).append(self.world.now)
        self._reacts(letter, sent)

    # --- what the others do ---------------------------------------------------------------------------

    def _reacts(self, letter: Letter, sent: EmailMessage) -> None:
        person, ways = letter.person, letter.person.ways
        first = letter.to
        match ways:
            case Ways.ANSWERS | Ways.WRITES:
                self._on(2, lambda: self._answers(letter, sent, first))
            case Ways.BINNED:
                self._on(2, lambda: self._answers(letter, sent, first, binned=True))
            case Ways.OTHER_ADDRESS:
                self._on(4, lambda: self._answers(letter, sent, person.emails[1]))
            case Ways.UNKNOWN:
                unknown = f"{person.name} <{person.emails[0].partition('@')[0]}@new-place.example>"
                self._on(4, lambda: self._answers(letter, sent, unknown))
            case Ways.MOVED:
                self._on(3, lambda: self._answers(letter, sent, person.emails[1]))
            case Ways.ELSEWHERE:
                self._on(3, lambda: self._answers(letter, None, first))
            case Ways.LATE:
                self._on(70, lambda: self._answers(letter, sent, first))
            case Ways.AWAY:
                self._on(0.1, lambda: self._away(person, sent))
            case Ways.AWAY_FIRST:
                self._on(0.1, lambda: self._away(person, sent))
                self._on(16, lambda: self._answers(letter, sent, first))
            case Ways.ROBOT:
                self._on(0.1, lambda: self._robot(person))

    def _answers(self, letter: Letter, sent: EmailMessage | None, sender: str, *, binned: bool = False) -> None:
        self.book.heard.setdefault(letter.person.name, []).append(self.world.now)
        for one in self.book.of(letter.person):
            if one.fate is Fate.SENT and not one.bounced and one.answered is None:
                one.answered = self.world.now
        subject, parents = "Long time no see", []
        if sent is not None:
            subject = str(sent["Subject"])
            parents = [*str(sent["References"] or "").split(), str(sent["Message-ID"])]
        raw = mail(
            sender,
            ME,
            subject,
            "How good to hear from you! All is well here.",
            self.world.now,
            self._id("answer"),
            answers=parents,
        )
        self.world.arrives(raw, binned=binned)

    def _away(self, person: Person, sent: EmailMessage) -> None:
        subject, text = f"Automatic reply: {sent['Subject']}", "I am out of the office until Monday."
        raw = mail(
            person.emails[0], ME, subject, text, self.world.now, self._id("away"),
            answers=[str(sent["Message-ID"])], Auto_Submitted="auto-replied",
        )  # fmt: skip
        self.world.arrives(raw)

    def _robot(self, person: Person) -> None:
        text = f"{person.name} has accepted your invitation."
        raw = mail("calendar-notification@google.com", ME, "Accepted: Coffee", text, self.world.now, self._id("robot"))
        self.world.arrives(raw)

    def _gone(self, letter: Letter) -> bool:
        return letter.person.ways in {Ways.DEAD, Ways.MOVED} and letter.to == letter.person.emails[0]

    def _bounces(self, letter: Letter, message_id: str) -> None:
        letter.bounced = True
        self.book.dead.setdefault(letter.to, self.world.now)
        self.world.arrives(report(message_id, letter.to, self.world.now))

    # --- time -----------------------------------------------------------------------------------------

    def _on(self, days: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.world.now + days * DAY, next(self._order), act))

    def _until(self, moment: datetime) -> None:
        while self._events and self._events[0][0] <= moment:
            when, _, act = heapq.heappop(self._events)
            self.world.now = when
            act()
        self.world.now = moment

    def _id(self, kind: str) -> str:
        return f"<{kind}.{next(self._order)}@others.example>"

    def _settle_down(self) -> None:
        """The old mail, the contacts and the settings; and those who will write by themselves one day."""
        self.world.fill([raw for person in self.people for raw in person.old_mail()])
        folder = self.world.folder
        (folder / "contacts.toml").write_text("\n".join(person.entry() for person in self.people), "utf-8")
        places = "harbour ferry quay canal lock beacon buoy pier dune reef delta strait".split()
        updates = "".join(
            f'[[owner.updates]]\ndate = 2027-{month:02}-01\ntext = "I finished my atlas of {place}s, volume {month}"\n'
            for month, place in enumerate(places, 1)
        )
        config = folder / "config.toml"
        config.write_text(
            f'[owner]\nname = "Nora Lind"\nemails = ["{ME}", "nora.lind@old-school.example"]\nsignature = "Nora Lind"\n'
            f'{updates}[account]\n{self.world.account}\n[contacts]\npath = "contacts.toml"\n'
            f"[cadence]\nper_month = {PER_MONTH}\n",
            "utf-8",
        )
        config.chmod(0o600)
        for number, person in enumerate(p for p in self.people if p.ways is Ways.WRITES):
            self._on(80 + 20 * number, lambda person=person: self._writes(person))  # type: ignore[misc]

    def _writes(self, person: Person) -> None:
        self.book.heard.setdefault(person.name, []).append(self.world.now)
        for one in self.book.of(person):
            if one.fate is Fate.SENT and one.answered is None:
                one.answered = self.world.now
        raw = mail(person.emails[0], ME, "Are you still in town?", "Let me know!", self.world.now, self._id("own"))
        self.world.arrives(raw)
