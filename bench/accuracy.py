"""How often the right thread is found, on mailboxes with known answers: python bench/accuracy.py [--data DIR] [--json].

With --from-ledger it tells from your own ledger how well the finder does on your mail: what you drafted without a word
against what you overruled with `find --pin` or in `batch`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import known
from bench.known import Known
from bench.train_finder import Judged, cross_validated, everything
from thread_finder.config import default_config_path, default_state_folder
from thread_finder.finding.find import find
from thread_finder.finding.folding import fold
from thread_finder.finding.lexicon import search_words
from thread_finder.finding.people import Pair, living
from thread_finder.finding.signals import says
from thread_finder.ledger import DraftRecord, DraftState, Ledger, Pin
from thread_finder.model import Address, Finding, Thread

TITLES = {
    "sample": "Sample mailbox (demo)",
    "synthetic": "Invented mailbox",
    **{name: f"Invented mailbox ({name}, of this bench)" for name in known.OURS},
    "enron": "Real mail (Enron)",
    "enron-more": "Real mail (Enron), pairs marked for this bench",
}
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)
Json = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """A case and what the finder as shipped says of it."""

    case: Known
    finding: Finding

    @property
    def right(self) -> bool:
        return self.case.right(self.finding)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=known.DATA)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--quick", action="store_true", help="leave the cross-validation out (a minute and a half)")
    parser.add_argument("--from-ledger", action="store_true", help="measure on your own overrulings")
    parser.add_argument("--state", type=Path, help="the state folder of --from-ledger; else the program's own")
    options = parser.parse_args()
    say: Callable[[str], None] = (lambda _line: None) if options.json else print
    if options.from_ledger:
        report = from_ledger(options.state or default_state_folder(os.environ, default_config_path(os.environ)), say)
    else:
        report = measured(options.data, say, validate=not options.quick)
    if options.json:
        print(json.dumps(report, indent=2))


def measured(data: Path, say: Callable[[str], None], *, validate: bool) -> Json:
    """All figures: the finder as shipped, then the same with weights that had not seen the case."""
    cases, mail = everything(data)
    report: Json = {}
    for source, title in TITLES.items():
        some = [case for case in cases if case.source == source]
        if some:
            say(f"\n{title}: {len(some)} contacts")
            report[source] = (_real if source in known.REAL else _invented)(*look(some), say)
    if validate:
        report["cross-validated"] = _validated(cross_validated(cases, mail), say)
    return report


def look(cases: Sequence[Known]) -> tuple[list[Found], float]:
    """What is found for each case, and the CPU milliseconds a message."""
    started = time.process_time()
    found = [Found(case, find(case.contact, case.owner, case.threads)) for case in cases]
    messages = sum(len(thread.messages) for case in cases for thread in case.threads)
    return found, (time.process_time() - started) * 1000 / max(1, messages)


def _invented(found: Sequence[Found], cost: float, say: Callable[[str], None]) -> Json:
    replies = [one for one in found if one.case.truth["verdict"] == one.finding.verdict == "reply" and one.right]
    shares = {
        "right": [one.right for one in found],
        "right, other languages": [one.right for one in found if one.case.contact.language not in ("", "en")],
        "rule: first thread": [_right_by(first_thread, one.case) for one in found],
        "rule: key words": [_right_by(first_with_key_words, one.case) for one in found],
        "best thread of all": [one.case.worth(one.finding.thread) == 2 for one in replies],
        "parent": [
            one.finding.parent is not None and _id(one.finding) == one.case.truth["parent_id"] for one in replies
        ],
        "reply_to": [_email(one.finding.reply_to) == one.case.truth["reply_to"] for one in replies],
        "reply_from": [_email(one.finding.reply_from) == one.case.truth["reply_from"] for one in replies],
        "met_on": [
            str(one.finding.met_on) == one.case.truth["meeting_on"] for one in replies if one.case.truth["meeting_on"]
        ],
    }
    for kind, members in _grouped(found, lambda one: str(one.case.truth["kind"] or "new-thread")).items():
        shares[f"kind {kind}"] = [one.right for one in members]
    for language, members in _grouped(found, lambda one: one.case.contact.language or "unsaid").items():
        shares[f"language {language}"] = [one.right for one in members]
    return _say(shares, cost, found, say)


def _real(found: Sequence[Found], cost: float, say: Callable[[str], None]) -> Json:
    """Meeting threads found and false claims on real mail (see the data's README)."""
    have = [one for one in found if one.case.truth["has"]]
    have_not = [one for one in found if not one.case.truth["has"]]
    shares = {
        "meeting threads found": [one.right for one in have],
        "  rule: first thread": [one.case.worth(first_thread(one.case)) == 2 for one in have],
        "  rule: key words": [one.case.worth(first_with_key_words(one.case)) == 2 for one in have],
        "false claims": [not one.right for one in have_not],
        "  rule: first thread ": [one.case.worth(first_thread(one.case)) == 0 for one in have_not],
        "  rule: key words ": [_false_claim(first_with_key_words, one.case) for one in have_not],
    }
    return _say(shares, cost, found, say)


def _say(shares: dict[str, list[bool]], cost: float, found: Sequence[Found], say: Callable[[str], None]) -> Json:
    for name, values in shares.items():
        say(f"  {name:24} {rate(values)}")
    say(f"  {'CPU a message':24} {cost:6.2f} ms")
    for one in found:
        if not one.right:
            say(f"    wrong: {_wrong(one)}")
    return {name.strip(): {"share": _share(values), "of": len(values)} for name, values in shares.items()} | {
        "ms": cost
    }


def _wrong(one: Found) -> str:
    finding = one.finding
    why = "; ".join(f"{says(e.signal)} “{e.quote[:60]}”" if e.quote else says(e.signal) for e in finding.evidence[:3])
    subject = f"“{finding.thread.subject}”" if finding.thread else ""
    told = one.case.truth.get("why", "")
    return f"{one.case.contact.name} ({finding.confidence:.2f}) {finding.kind or 'new thread'} {subject} [{why}] {told}"


def _validated(judged: Sequence[Judged], say: Callable[[str], None]) -> Json:
    say(
        "\nCross-validated: every case by weights that had not learned from its fold (an Enron owner, a tenth of the others)"
    )
    report: Json = {}
    for source in TITLES:
        some = [one for one in judged if one.case.source == source]
        parts = {"right": some}
        if source in known.REAL:
            parts = {
                "found": [o for o in some if o.case.truth["has"]],
                "no false claim": [o for o in some if not o.case.truth["has"]],
            }
        for name, members in parts.items():
            if members:
                say(f"  {source:10} {name:15} {rate([one.right for one in members])}")
                report[f"{source} {name}"] = _share([one.right for one in members])
        if some:
            report[f"{source} Brier"] = brier(some)
            say(f"  {source:10} {'Brier score':15} {brier(some):6.3f}")
    report["Brier"] = brier(judged)
    say(f"  {'together':10} {'Brier score':15} {report['Brier']:6.3f}")
    say("  how sure      right")
    for low, high in itertools.pairwise(BINS):
        some = [one for one in judged if low <= one.finding.confidence < high]
        if some:
            mean = sum(one.finding.confidence for one in some) / len(some)
            say(f"    {mean:4.0%}        {rate([one.right for one in some])}")
    return report


def from_ledger(state: Path, say: Callable[[str], None]) -> Json:
    """What the user left as it was, and what they overruled, from the ledger of ``state``."""
    with Ledger.rehearsal(state / "ledger.sqlite") as ledger:
        pins = [pin for pin in ledger.every(Pin) if pin.ended is None]
        drafts = [one for one in ledger.every(DraftRecord) if one.state in (DraftState.SENT, DraftState.EDITED)]
    chosen = {email for pin in pins for email in pin.addresses}
    untouched = {one.addresses[0] for one in drafts if one.addresses and not chosen & set(one.addresses)}
    overruled = []
    for pin in pins:
        thread = pin.overruled.get("thread")
        before = str(thread.get("id", "")) if isinstance(thread, dict) else ""
        if before != pin.thread_id:
            overruled.append(pin)
    answers = [True] * (len(untouched) + len(pins) - len(overruled)) + [False] * len(overruled)
    say(f"Right on your mail: {rate(answers)}")
    say("(counted as right: letters you edited or sent in the thread that was found, and pins of that very thread)")
    for pin in overruled:
        kind, sure = pin.overruled.get("kind") or "new thread", pin.overruled.get("confidence")
        say(f"  overruled: {pin.contact}: {kind}, {sure} sure; you chose {pin.thread_id or 'a new thread'}")
    return {"right": _share(answers), "of": len(answers), "overruled": [pin.contact for pin in overruled]}


# --- the rules that ours is measured against -----------------------------------------------------------------


def first_thread(case: Known) -> Thread | None:
    """Answer the first thread with the contact."""
    return case.threads[0] if case.threads else None


def first_with_key_words(case: Known) -> Thread | None:
    """Answer the first thread in which one of the two uses a word for meeting or thanks."""
    words = search_words([case.contact.language or "en"])
    pair = Pair(case.contact, case.owner)
    for thread in case.threads:
        texts = (fold(f"{m.subject} {m.new_text}") for m in thread.messages if living(m) and pair.direct(m))
        if any(word in text for text in texts for word in words):
            return thread
    return None


def _right_by(rule: Callable[[Known], Thread | None], case: Known) -> bool:
    thread = rule(case)
    return case.truth["verdict"] == "new-thread" if thread is None else case.worth(thread) > 0


def _false_claim(rule: Callable[[Known], Thread | None], case: Known) -> bool:
    thread = rule(case)
    return thread is not None and case.worth(thread) == 0


# --- numbers -----------------------------------------------------------------------------------------------------


def brier(judged: Sequence[Judged]) -> float:
    """The mean squared distance between how sure the finder was and what came of it (Brier 1950)."""
    return sum((one.finding.confidence - one.right) ** 2 for one in judged) / max(1, len(judged))


def rate(values: Sequence[bool]) -> str:
    """A share with its 95% Wilson interval."""
    n, hits = len(values), sum(values)
    if not n:
        return "     -"
    p, z = hits / n, 1.96
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{p:6.1%}  [{max(0, middle - half):.1%}, {min(1, middle + half):.1%}]  ({hits} of {n})"


def _share(values: Sequence[bool]) -> float:
    return sum(values) / max(1, len(values))


def _grouped(found: Iterable[Found], key: Callable[[Found], str]) -> dict[str, list[Found]]:
    groups: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        groups[key(one)].append(one)
    return dict(sorted(groups.items()))


def _email(address: Address | None) -> str:
    return address.email if address else ""


def _id(finding: Finding) -> str:
    return finding.parent.message_id if finding.parent else ""


if __name__ == "__main__":
    main()
