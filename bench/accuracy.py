"""How often the right thread is found, on mailboxes with known answers: python bench/accuracy.py [--data DIR] [--json]."""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thread_finder import config as settings
from thread_finder.addressbook import load_contacts
from thread_finder.demo.sample import sample_folder
from thread_finder.finding.find import find
from thread_finder.finding.lexicon import search_words
from thread_finder.mailboxes.archive import ArchiveMailbox
from thread_finder.mailboxes.base import Request
from thread_finder.model import Contact, Finding, Kind, Owner, PartialDate, Thread

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
ENRON_OWNERS = {
    "fossum": ("drew.fossum@enron.com",),
    "delainey": ("david.delainey@enron.com", "w..delainey@enron.com"),
    "dasovich": ("jeff.dasovich@enron.com",),
}


@dataclass(frozen=True)
class Case:
    """A contact, the answer, and what was found."""

    contact: Contact
    truth: dict[str, Any]
    finding: Finding
    threads: tuple[Thread, ...]

    @property
    def right(self) -> bool:
        if self.truth["verdict"] != self.finding.verdict:
            return False
        return self.finding.thread is None or _in(self.finding.thread, self.truth["best_ids"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report: dict[str, Any] = {"sample": _synthetic_report("Sample mailbox (demo)", *sample(), quiet=options.json)}
    if (options.data / "synthetic").is_dir():
        cases, cost = synthetic(options.data / "synthetic")
        report["synthetic"] = _synthetic_report("Invented mailbox", cases, cost, quiet=options.json)
    if (options.data / "enron").is_dir():
        report["enron"] = enron(options.data / "enron", quiet=options.json)
    if options.json:
        print(json.dumps(report, indent=2))


def synthetic(folder: Path) -> tuple[list[Case], float]:
    """The cases of an invented mailbox, and CPU milliseconds a message read."""
    who = json.loads((folder / "OWNER.json").read_text("utf-8"))
    owner = Owner(who["name"], tuple(who["emails"]))
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    lines = (folder / "contacts.csv").read_text("utf-8").splitlines()
    rows = {row["name"]: row for row in csv.DictReader(lines)}
    contacts = [_contact(answer, rows.get(answer["name"], {})) for answer in truth.values()]
    return _found([folder / "mailbox.mbox"], owner, contacts, list(truth.values()))


def sample() -> tuple[list[Case], float]:
    """The cases of the mailbox that ships with the program."""
    folder = sample_folder()
    owner = settings.load(folder / "config.toml").owner
    known = {contact.name: contact for contact in load_contacts(folder / "contacts.toml").contacts}
    truth = json.loads((folder / "answers.json").read_text("utf-8"))
    contacts = [known[answer["name"]] for answer in truth.values()]
    return _found([folder / "sample.mbox"], owner, contacts, list(truth.values()))


def _found(
    paths: Sequence[Path], owner: Owner, contacts: Sequence[Contact], truth: Sequence[dict[str, Any]]
) -> tuple[list[Case], float]:
    """Find for every contact; the cases and the CPU milliseconds a message read."""
    answers = correspondences(paths, owner, contacts)
    started = time.process_time()
    cases = [
        Case(contact, answer, find(contact, owner, threads), threads)
        for contact, answer, threads in zip(contacts, truth, answers, strict=True)
    ]
    read = sum(len(thread.messages) for threads in answers for thread in threads)
    return cases, (time.process_time() - started) * 1000 / max(1, read)


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


def enron(folder: Path, *, quiet: bool) -> dict[str, Any]:
    """Meeting threads found and false claims on real mail (see the data's README)."""
    labels = [pair for pair in json.loads((folder / "labels.json").read_text("utf-8")) if not pair["contested"]]
    found, claims, wrong = [], [], []
    messages, spent = 0, 0.0
    for name, emails in ENRON_OWNERS.items():
        pairs = [pair for pair in labels if pair["owner"] == name]
        owner = Owner(name, emails)
        contacts = [Contact(pair["contact"], (pair["contact"],)) for pair in pairs]
        with tempfile.TemporaryDirectory() as scratch:
            box = Path(scratch) / f"{name}.mbox"
            box.write_bytes(gzip.decompress((folder / f"{name}.mbox.gz").read_bytes()))
            answers = correspondences([box], owner, contacts)
        for pair, contact, threads in zip(pairs, contacts, answers, strict=True):
            started = time.process_time()
            finding = find(contact, owner, threads)
            spent += time.process_time() - started
            messages += sum(len(thread.messages) for thread in threads)
            ids = {m.message_id for m in finding.thread.messages} if finding.thread else set()
            claimed = finding.kind in (Kind.SCHEDULING, Kind.THANK_YOU)
            marks = pair["S"] | pair["T"]
            if pair["has"]:
                hit = claimed and any(marks.get(i, 0) == 2 for i in ids)
                found.append(hit)
            else:
                hit = not (claimed and not ids & set(marks))
                claims.append(not hit)
            if not hit:
                wrong.append(
                    f"{name} – {contact.name}: {finding.kind}, “{finding.thread.subject if finding.thread else ''}”"
                )
    if not quiet:
        print("\nReal mail (Enron)")
        print(f"  meeting threads found  {_rate(found)}")
        print(f"  false claims           {_rate(claims)}")
        print(f"  CPU a message          {spent * 1000 / max(1, messages):.2f} ms")
        for line in wrong:
            print(f"    wrong: {line}")
    return {"found": _share(found), "false_claims": _share(claims), "ms": spent * 1000 / max(1, messages)}


def _synthetic_report(title: str, cases: list[Case], cost: float, *, quiet: bool) -> dict[str, Any]:
    replies = [case for case in cases if case.truth["verdict"] == case.finding.verdict == "reply" and case.right]
    details = {
        "parent": [
            c.finding.parent is not None and c.finding.parent.message_id == c.truth["parent_id"] for c in replies
        ],
        "reply_to": [_email(c.finding.reply_to) == c.truth["reply_to"] for c in replies],
        "reply_from": [_email(c.finding.reply_from) == c.truth["reply_from"] for c in replies],
        "met_on": [str(c.finding.met_on) == c.truth["meeting_on"] for c in replies if c.truth["meeting_on"]],
    }
    brier = sum((c.finding.confidence - c.right) ** 2 for c in cases) / max(1, len(cases))
    if not quiet:
        print(f"\n{title}")
        print(f"  right                  {_rate([c.right for c in cases])}")
        print(f"  rule «first thread»    {_rate([_first_thread(c) for c in cases])}")
        for name, values in details.items():
            print(f"  {name:22} {_rate(values)}")
        print(f"  Brier score            {brier:.3f}")
        print(f"  CPU a message          {cost:.2f} ms")
        for name, key in (("kind", lambda c: str(c.truth["kind"])), ("language", lambda c: c.contact.language or "?")):
            print(f"  by {name}")
            for group, members in sorted(_grouped(cases, key).items()):
                print(f"    {group:20} {_rate([c.right for c in members])}")
        for case in cases:
            if not case.right:
                got = f"{case.finding.verdict} {case.finding.kind} “{case.finding.thread.subject if case.finding.thread else ''}”"
                print(f"    wrong: {case.contact.name} ({case.finding.confidence:.2f}): {got}; {case.truth['why']}")
    return {"right": _share([c.right for c in cases]), "brier": brier} | {k: _share(v) for k, v in details.items()}


def _first_thread(case: Case) -> bool:
    """The baseline: answer the first thread with the contact."""
    if not case.threads:
        return bool(case.truth["verdict"] == "new-thread")
    return case.truth["verdict"] == "reply" and _in(case.threads[0], case.truth["best_ids"])


def _in(thread: Thread, best: Iterable[Iterable[str]]) -> bool:
    ids = {message.message_id for message in thread.messages}
    return any(ids & set(one) for one in best)


def _grouped(cases: list[Case], key: Any) -> dict[str, list[Case]]:
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        groups[key(case)].append(case)
    return groups


def _email(address: Any) -> str:
    return address.email if address else ""


def _share(values: Sequence[bool]) -> float:
    return sum(values) / max(1, len(values))


def _rate(values: Sequence[bool]) -> str:
    """A share with its 95% Wilson interval."""
    n, hits = len(values), sum(values)
    if not n:
        return "-"
    p, z = hits / n, 1.96
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{p:6.1%}  [{max(0, middle - half):.1%}, {min(1, middle + half):.1%}]  ({hits} of {n})"


if __name__ == "__main__":
    main()
