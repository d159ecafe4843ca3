"""Letters to read: every reason, language, kind and wealth of facts, for twenty invented contacts a language.

    python bench/letters.py [FOLDER] [--language de] [--contacts 3]

Writes letters.html and letters.txt into FOLDER (build/letters), for people to read as the recipients would, and prints
what can be counted: words, grade (English), anchors, how alike two letters of a batch are, advice at "stop", speed.
"""

from __future__ import annotations

import argparse
import statistics
import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from html import escape
from itertools import combinations, product
from pathlib import Path
from typing import Any

from thread_finder.model import (
    Address,
    Contact,
    Finding,
    History,
    Kind,
    Letter,
    Message,
    Owner,
    PartialDate,
    Reason,
    ReasonKind,
    Thread,
    Update,
    Verdict,
)
from thread_finder.writing.etiquette import NUMBERS, check
from thread_finder.writing.facts import Facts, Occasion
from thread_finder.writing.gathering import gather
from thread_finder.writing.language import LANGUAGES
from thread_finder.writing.reading import count_words, grade
from thread_finder.writing.render import Templates, render, shipped_templates
from thread_finder.writing.rules_of_form import sameness

TODAY = date(2026, 11, 24)
Data = Mapping[str, Any]
KINDS = ("reply", "recap", "follow-up")
AGES = (45, 100, 165, 250, 300, 370, 520, 700, 1100, 1900)  # days since the meeting
DATA = Path(__file__).with_name("letters_data")
TEMPLATES = Templates(shipped_templates())


@dataclass(frozen=True, slots=True)
class Sample:
    """One letter with all that led to it."""

    kind: str
    rich: bool
    number: int
    facts: Facts
    letter: Letter
    finding: Finding

    @property
    def advice(self) -> list[str]:
        """What etiquette says about the letter by itself."""
        found = check(self.letter, self.facts, self.finding, today=TODAY)
        return [f"{advice.level}: {advice.rule}: {advice.message}" for advice in found]

    @property
    def title(self) -> str:
        """What the letter is an example of."""
        wealth = "all facts" if self.rich else "only the needed facts"
        return f"{self.facts.language} / {self.facts.reason.kind} / {self.kind} / {wealth} / contact {self.number + 1}"


def samples(language: str, contacts: int) -> Iterator[Sample]:
    """The letters in one language."""
    data = tomllib.loads((DATA / f"{language}.toml").read_text(encoding="utf-8"))
    for reason, kind, rich, number in product(ReasonKind, KINDS, (True, False), range(contacts)):
        owner, finding = _owner(data, language, number, rich), _finding(data, language, reason, number)
        if not rich:
            finding = replace(finding, contact=_plain(finding.contact))
        if kind == "recap":
            finding = replace(finding, verdict=Verdict.NEW_THREAD, thread=None, kind=None, parent=None)
        timely = _pick(data["timely"], number) if reason is ReasonKind.ASK else ""
        purpose = "follow-up" if kind == "follow-up" else "check-in"
        history = History(wrote_on=TODAY - timedelta(days=14)) if purpose == "follow-up" else History()
        facts = gather(finding, owner, today=TODAY, occasion=Occasion(purpose, timely, (), history))
        yield Sample(kind, rich, number, facts, render(facts, TEMPLATES), finding)


def _pick(values: Sequence[str], number: int) -> str:
    return values[number % len(values)]


def _owner(data: Data, language: str, number: int, rich: bool) -> Owner:
    told = data["owner"]["updates"]
    texts = [told[number % len(told)], told[(number + 1) % len(told)]][: 2 if rich else 1]
    updates = tuple(Update(TODAY - timedelta(days=9 + i), {"": text}) for i, text in enumerate(texts))
    name, signature = data["owner"]["name"], data["owner"]["signature"]
    return Owner(name, ("owner@letters.example",), signature, language=language, updates=updates)


def _finding(data: Data, language: str, kind: ReasonKind, number: int) -> Finding:
    name, _, signed = data["people"][number].partition("|")
    email = f"contact{number}@letters.example"
    day = TODAY - timedelta(days=AGES[number % len(AGES)])
    texts = data["texts"][kind]
    link = "https://news.example/2026/11" if kind is ReasonKind.NEWS and number % 2 else ""
    contact = Contact(
        name,
        (email,),
        introduction=_pick(data["introductions"], number),
        met_on=PartialDate.parse(str(day)[: 4 if number % 3 == 2 and day.year < TODAY.year else 10 - 3 * (number % 2)]),
        met_how=_pick(data["met_how"], number),
        remember=_pick(data["remember"], number),
        topic=_pick(data["topics"], number),
        introduced_by=_pick(data["introduced_by"], number),
        reason=Reason(kind, _pick(texts, number), link, TODAY - timedelta(days=6) if link else None),
        language=language,
    )
    mails = data["mails"]
    theirs = mails["theirs_informal" if number % 2 and "theirs_informal" in mails else "theirs"]
    messages = (
        _message("1", Address("owner@letters.example"), Address(email), day, mails["ours"]),
        _message("2", Address(email, name), Address("owner@letters.example"), day, theirs.replace("{signed}", signed)),
    )
    return Finding(contact, Verdict.REPLY, 0.9, Kind.THANK_YOU, Thread("1", messages), messages[1], Address(email))


def _message(identity: str, sender: Address, recipient: Address, day: date, text: str) -> Message:
    when = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return Message(identity, f"<{identity}@letters.example>", when, sender, (recipient,), text=text, new_text=text)


def _plain(contact: Contact) -> Contact:
    """The contact with nothing but what a letter cannot do without: who the owner was, and when they met."""
    return replace(contact, met_how="", remember="", topic="", introduced_by="")


# --- what can be counted ------------------------------------------------------------------------------


def report(language: str, found: Sequence[Sample]) -> str:
    """One line of figures for a language, and the advice that should not be there."""
    full = [s for s in found if s.rich and s.kind != "follow-up"]
    bare = [s for s in found if not s.rich and s.kind != "follow-up"]
    stops = sorted({line for s in found for line in s.advice if line.startswith("stop")})
    warns = sorted({line.split(": ")[1] for s in found for line in s.advice if line.startswith("warn")})
    line = (
        f"{language}  words {_spread(full)} full, {_spread(bare)} bare, "
        f"{_spread([s for s in found if s.kind == 'follow-up'])} follow-up; "
        f"anchors {min(len(s.facts.anchors) for s in full)}+ full, {min(len(s.facts.anchors) for s in bare)}+ bare; "
        f"alike {_alike(found)}; stop {len(stops)}, warn {', '.join(warns) or 'none'}"
    )
    grades = [grade(s.letter.body) for s in full] if language == "en" else []
    return "\n  ".join(
        [line, *([f"grade {statistics.mean(grades):.1f} (to {max(grades):.1f})"] if grades else []), *stops]
    )


def _spread(found: Sequence[Sample]) -> str:
    counts = [count_words(s.letter.body) for s in found]
    return f"{min(counts)}-{statistics.median(counts):.0f}-{max(counts)}" if counts else "-"


def _alike(found: Iterable[Sample]) -> str:
    """How many of their words two letters of one kind share, the owner's news aside: the mean, and how many pairs too many.

    Pairs with the very same reason in the user's words are left out: no two contacts win the same prize.
    """
    groups: dict[tuple[object, ...], list[Sample]] = {}
    for sample in found:
        if sample.kind != "follow-up":
            groups.setdefault((sample.facts.reason.kind, sample.kind, sample.rich), []).append(sample)
    pairs = [pair for group in groups.values() for pair in combinations(group, 2) if not _same_reason(*pair)]
    shares = [sameness(one.letter, [other.letter], one.facts) for one, other in pairs]
    if not shares:
        return "-"
    over = sum(share > NUMBERS["sameness"] for share in shares) / len(shares)
    return f"{statistics.mean(shares):.0%}, {over:.1%} of pairs over {NUMBERS['sameness']:.0%}"


def _same_reason(one: Sample, other: Sample) -> bool:
    return bool(one.facts.reason.text) and one.facts.reason.text == other.facts.reason.text


def speed(found: Sequence[Sample], letters: int = 1000) -> float:
    """Seconds for rendering and checking as many letters."""
    began = time.perf_counter()
    for number in range(letters):
        sample = found[number % len(found)]
        letter = render(sample.facts, TEMPLATES)
        check(letter, sample.facts, sample.finding, today=TODAY)
    return time.perf_counter() - began


# --- to be read -------------------------------------------------------------------------------------


def as_text(found: Iterable[Sample]) -> str:
    """All letters, one below the other."""
    return "\n".join(
        f"{'=' * 20} {s.title}\nSubject: {s.letter.subject if s.kind == 'recap' else 'Re: ...'}\n\n{s.letter.body}\n\n"
        f"{s.letter.signature}\n" + "".join(f"\n  ! {line}" for line in s.advice) + "\n"
        for s in found
    )


def as_html(found: Iterable[Sample]) -> str:
    """All letters as cards."""
    cards = "".join(
        f"<article><h2>{escape(s.title)}</h2><h3>{escape(s.letter.subject if s.kind == 'recap' else 'Re: …')}</h3>"
        f"<pre>{escape(s.letter.body)}\n\n{escape(s.letter.signature)}</pre>"
        f"<p>{'<br>'.join(map(escape, s.advice))}</p></article>"
        for s in found
    )
    style = (
        "body{font:15px/1.45 sans-serif;background:#eee;columns:26em}article{background:#fff;padding:1em;margin:0 0 1em;"
        "break-inside:avoid}pre{font:inherit;white-space:pre-wrap}h2{font-size:12px;color:#777}h3{font-size:15px}p{color:#a00}"
    )
    return f'<!doctype html><meta charset="utf-8"><title>Letters</title><style>{style}</style>{cards}'


def main() -> None:
    """Write the pages and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("build/letters"))
    parser.add_argument("--language", choices=LANGUAGES, help="one language only")
    parser.add_argument("--contacts", type=int, default=20, help="contacts per language")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    everything: list[Sample] = []
    for language in [options.language] if options.language else LANGUAGES:
        found = list(samples(language, options.contacts))
        print(report(language, found))
        everything += found
    (options.folder / "letters.txt").write_text(as_text(everything), encoding="utf-8")
    (options.folder / "letters.html").write_text(as_html(everything), encoding="utf-8")
    print(f"{len(everything)} letters in {options.folder}; 1,000 rendered and checked in {speed(everything):.1f} s")


if __name__ == "__main__":
    main()
