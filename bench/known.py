"""Contacts whose right thread is known: of the sample, of invented mailboxes, and of real mail (Enron); and mails of
which it is known whether they arrange a meeting or thank for one.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from thread_finder import config as settings
from thread_finder.addressbook import load_contacts
from thread_finder.demo.sample import sample_folder
from thread_finder.finding.lexicon import search_words
from thread_finder.finding.people import Pair
from thread_finder.mail.parse import parse_message
from thread_finder.mailboxes.archive import ArchiveMailbox
from thread_finder.mailboxes.base import Request
from thread_finder.mailboxes.mbox import read_message, spans
from thread_finder.model import Address, Contact, Finding, Kind, Message, Owner, PartialDate, Thread

HERE = Path(__file__).parent
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
MAILBOXES = HERE / "mailboxes"
REAL = ("enron", "enron-more")
"""The sources whose mail is real, marked message by message."""
OURS = ("dalgleish", "holm", "ketkar", "orlebar", "quansah", "tattersfield")
"""Invented mailboxes in bench/mailboxes/, by authors who knew no code of the finder."""
ENRON_OWNERS = {
    "fossum": ("drew.fossum@enron.com",),
    "delainey": ("david.delainey@enron.com", "w..delainey@enron.com"),
    "dasovich": ("jeff.dasovich@enron.com",),
}
_FEW, _SHORT = 6, 200  # people and words of the mails that enron_labels.json speaks of


@dataclass(frozen=True)
class Known:
    """A contact, all threads with them, and the answer. Cases of one ``fold`` are never learned from to judge another."""

    source: str
    fold: str
    contact: Contact
    owner: Owner
    threads: tuple[Thread, ...]
    truth: dict[str, Any]

    @property
    def is_real(self) -> bool:
        """Whether this is real mail, marked message by message."""
        return self.source in REAL

    def worth(self, thread: Thread | None) -> int:
        """2 for a thread that is best, 1 for one that will do, 0 for others."""
        ids = {message.message_id for message in thread.messages} if thread else set()
        if self.is_real:
            return max((self.marks.get(one, 0) for one in ids), default=0)
        good = [bool(ids & set(best)) for best in self.truth["best_ids"]]
        return 2 if any(good[:1]) else int(any(good))

    @property
    def marks(self) -> dict[str, int]:
        """Enron: how clearly each message arranges a meeting or thanks for one."""
        return {**self.truth["S"], **self.truth["T"]}

    def right(self, found: Finding) -> bool:
        """Verdict and thread as they should be; on real mail, a meeting thread called so, or none where there is none."""
        if not self.is_real:
            if self.truth["verdict"] != found.verdict:
                return False
            return found.thread is None or self.worth(found.thread) > 0
        claimed = found.kind in (Kind.SCHEDULING, Kind.THANK_YOU)
        return (
            claimed and self.worth(found.thread) == 2
            if self.truth["has"]
            else not claimed or self.worth(found.thread) > 0
        )


def sample() -> list[Known]:
    """The mailbox that ships with the program."""
    folder = sample_folder()
    owner = settings.load(folder / "config.toml").owner
    contacts = {contact.name: contact for contact in load_contacts(folder / "contacts.toml").contacts}
    truth = list(json.loads((folder / "answers.json").read_text("utf-8")).values())
    return _known("sample", [folder / "sample.mbox"], owner, [contacts[answer["name"]] for answer in truth], truth)


def synthetic(folder: Path, source: str = "synthetic") -> list[Known]:
    """An invented mailbox of another author."""
    who = json.loads((folder / "OWNER.json").read_text("utf-8"))
    truth = list(json.loads((folder / "truth.json").read_text("utf-8")).values())
    lines = (folder / "contacts.csv").read_text("utf-8").splitlines()
    rows = {email: row for row in csv.DictReader(lines) for email in re.split(r"[;,\s]+", row["emails"])}
    contacts = [_contact(answer, rows[answer["emails"][0]]) for answer in truth]
    owner = Owner(who["name"], tuple(who["emails"]))
    if (folder / "mailbox.mbox").is_file():
        return _known(source, [folder / "mailbox.mbox"], owner, contacts, truth)
    with unpacked(folder, "mailbox") as box:
        return _known(source, [box], owner, contacts, truth)


def enron(folder: Path) -> list[Known]:
    """Pairs of colleagues in real mail, without the contested ones (see the data's README)."""
    return _real("enron", folder, json.loads((folder / "labels.json").read_text("utf-8")))


def enron_more(folder: Path) -> list[Known]:
    """Other pairs of the same mail, marked for this project (enron_pairs.json; people and messages by their hashes)."""
    pairs = json.loads((HERE / "enron_pairs.json").read_text("utf-8"))
    for name in ENRON_OWNERS:
        with unpacked(folder, name) as box:
            messages = [message for message in _messages(box) if message.from_]
        senders = {_hash(message.from_.email): message.from_.email for message in messages if message.from_}
        ids = {_hash(message.message_id): message.message_id for message in messages}
        for pair in (pair for pair in pairs if pair["owner"] == name):
            pair["contact"] = senders[pair["contact"]]
            for kind in ("S", "T"):
                pair[kind] = {ids[key]: mark for key, mark in pair[kind].items() if key in ids}
    return _real("enron-more", folder, pairs)


def _real(source: str, folder: Path, labels: Iterable[dict[str, Any]]) -> list[Known]:
    cases: list[Known] = []
    certain = [pair for pair in labels if not pair["contested"]]
    for name, emails in ENRON_OWNERS.items():
        pairs = [pair for pair in certain if pair["owner"] == name]
        contacts = [Contact(pair["contact"], (pair["contact"],)) for pair in pairs]
        with unpacked(folder, name) as box:
            cases += _known(source, [box], Owner(name, emails), contacts, pairs)
    return cases


def _messages(box: Path) -> Iterator[Message]:
    with box.open("rb") as file:
        for span in list(spans(file, 0, box.stat().st_size)):
            yield parse_message(read_message(file, span.offset, span.size))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Labelled:
    """A message between the owner and a reader; how clearly it ``arranges`` a meeting and ``thanks`` for one: 2, 1 or 0."""

    fold: str
    message: Message
    pair: Pair
    arranges: int
    thanks: int = 0
    language: str = "en"

    @property
    def is_invented(self) -> bool:
        """Whether it is a mail of bench/wording/, written to show a wording."""
        return self.fold not in ENRON_OWNERS


def invented(folder: Path = HERE / "wording") -> list[Labelled]:
    """Invented mails with their marks, in many languages and wordings: bench/wording/<language>*.txt."""
    me, you = Address("me@here.example"), Address("you@there.example")
    pair = Pair(Contact("", (you.email,)), Owner("", (me.email,)))
    found: list[Labelled] = []
    for path in sorted(folder.glob("*.txt")):
        blocks = re.split(r"^# S(\d) T(\d)\s*$", path.read_text("utf-8"), flags=re.MULTILINE)[1:]
        for arranges, thanks, block in zip(blocks[::3], blocks[1::3], blocks[2::3], strict=True):
            ident = f"<{path.stem}.{len(found)}@here.example>"
            when = datetime(2020, 6, 3, 9, tzinfo=UTC)
            message = Message(ident, ident, when, you, (me,), text=block.strip(), new_text=block.strip())
            language = path.stem.partition("-")[0]
            found.append(Labelled(path.stem, message, pair, int(arranges), int(thanks), language))
    return found


def labelled(folder: Path, cases: Iterable[Known]) -> list[Labelled]:
    """The marked messages of the Enron pairs, then those of the same owners' other mail (enron_labels.json)."""
    found: list[Labelled] = []
    for case in cases:
        pair = Pair(case.contact, case.owner)
        for message in (m for thread in case.threads for m in thread.messages if pair.direct(m)):
            marks = [case.truth[kind].get(message.message_id, 0) for kind in ("S", "T")]
            found.append(Labelled(case.fold, message, pair, *marks))
    seen = {one.message.message_id for one in found}
    for name, emails in ENRON_OWNERS.items():
        with unpacked(folder, name) as box:
            found += _others(box, Owner(name, emails), seen)
    return found


def _others(box: Path, owner: Owner, seen: set[str]) -> Iterator[Labelled]:
    labels = json.loads((HERE / "enron_labels.json").read_text("utf-8"))
    marks = {key: mark for mark in (2, 1) for key in labels[str(mark)]}
    texts: set[tuple[str, str]] = set()
    for message in _messages(box):
        mine = any(a.email in owner.emails for a in (message.from_, *message.recipients) if a)
        writers = [message.from_] if message.from_ and message.from_.email not in owner.emails else message.recipients
        others = [address.email for address in writers if address.email not in owner.emails]
        text = (message.subject, " ".join(message.new_text.split())[:200])
        if not mine or not others or message.message_id in seen or text in texts:
            continue
        texts.add(text)
        pair = Pair(Contact("", (others[0],)), owner)
        if message.new_text.split() and len(message.new_text.split()) <= _SHORT and pair.others(message) < _FEW:
            yield Labelled(owner.name, message, pair, marks.get(_hash(message.message_id), 0))


class unpacked:  # noqa: N801 - a context manager reads like a function
    """A mailbox of the Enron data, unpacked for as long as it is needed."""

    def __init__(self, folder: Path, name: str) -> None:
        self._packed = folder / f"{name}.mbox.gz"
        self._scratch = tempfile.TemporaryDirectory()

    def __enter__(self) -> Path:
        box = Path(self._scratch.name) / self._packed.stem
        box.write_bytes(gzip.decompress(self._packed.read_bytes()))
        return box

    def __exit__(self, *_: object) -> None:
        self._scratch.cleanup()


def _known(
    source: str, paths: Sequence[Path], owner: Owner, contacts: Sequence[Contact], truth: Sequence[dict[str, Any]]
) -> list[Known]:
    answers = correspondences(paths, owner, contacts)
    return [
        Known(source, owner.name if source in REAL else contact.name, contact, owner, threads, answer)
        for contact, answer, threads in zip(contacts, truth, answers, strict=True)
    ]


def correspondences(paths: Sequence[Path], owner: Owner, contacts: Sequence[Contact]) -> list[tuple[Thread, ...]]:
    """What the archive mailbox answers for each contact."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        mailbox = ArchiveMailbox(paths, state=state, drafts=state / "d", owner=owner.emails, words=search_words())
        requests = [Request(c.emails[0], c.emails, owner.emails, c.name) for c in contacts]
        answers = [answer.threads for answer in mailbox.search(requests)]
        mailbox.close()
    return answers


def _contact(answer: dict[str, Any], row: dict[str, str]) -> Contact:
    met_on = row.get("met_on") or ""
    return Contact(
        answer["name"],
        tuple(answer["emails"]),
        met_on=PartialDate.parse(met_on) if met_on else None,
        language=row.get("language", ""),
    )
