"""Learn the weights of thread_finder/finding/ from answers that are known: python bench/train_finder.py [--write].

What each section of weights.toml is learned from:
[arranging]   mails with marks: real ones of three people (Enron), and invented ones (bench/wording/).
[thanking]    the acts: the same mails; the rest: the threads of all contacts.
wording/*.tsv the same mails; see bench/train_wording.py.
[answering]   by hand.
[scheduling]  the threads of all contacts, those of the Enron pairs too.
[choice]      all threads of the contacts that have a right one and another.
[confidence]  which answers of the cross-validated finder were right, on the contacts of all.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from unittest import mock

from bench import known, learning, train_wording
from bench.known import Known, Labelled
from bench.learning import Prior
from bench.train_wording import Tables
from thread_finder.finding import arranging, confidence, meeting, ranking, signals, thanking, view
from thread_finder.finding import weights as weighing
from thread_finder.finding.find import find
from thread_finder.finding.people import Pair, parent_of
from thread_finder.finding.signals import read
from thread_finder.model import Finding, Kind, Thread

Table = dict[str, dict[str, float]]
WEIGHTS = Path(weighing.__file__).with_name("weights.toml")
FOLDS = 10
ROUNDS = 2

# Where a weight starts, and the sign that it keeps: signs mean the same in mail of other people, times and languages,
# where an act is rare or missing in what is learned from.
ARRANGING = Prior(
    0.3,
    {
        **dict.fromkeys(arranging.ARRANGING, 1.0),
        "accepts": 0.8,
        "agrees": 0.2,
        "calendar-invitation": 5.0,
        "names-time": 1.0,
        "names-period": 0.5,
        "declines": 0.5,
        "meeting-in-subject": 1.0,
        "density": 0.7,
        "short-and-arranging": 0.7,
        "question-and-arranging": 0.5,
        "time-and-arranging": 0.3,
        "others-meet": -1.5,
        "addresses-many": -1.5,
        "sells": -2.0,
        "someday": -0.5,
        "others": -0.5,
        "many": -1.5,
        "mass": -1.0,
        "long": -1.0,
        "tiny": -0.5,
        "errand": -1.5,
        "recurring": -1.0,
        "to-another": -1.5,
    },
)
THANKFUL = Prior(
    0.3,
    {
        "thanks-for-meeting": 3.0,
        "met-you": 2.0,
        "thanks-for-time": 1.5,
        "glad-we-met": 2.0,
        "owes": 0.5,
        "recalls-meeting": 0.8,
        "thanks-in-subject": 0.7,
        "thanks-other": -1.0,
        "addresses-many": -1.5,
        "sells": -1.5,
    },
    fixed=frozenset({"thanks-in-subject"}),  # an invented mail has no subject
)
PLACED = {
    "just-after-meeting": 2.0,
    "meeting-elsewhen": -0.5,
    "long": -0.5,
    "in-company": -0.5,
    "in-a-crowd": -2.0,
}
"""What is learned of thanks from their place, once the acts are learned."""
SCHEDULING = Prior(
    1.0,
    {"arranging": 1.0, "proposed": 0.3, "agreed": 1.0, "settled": 1.0, "declined": -3.0, "assistant": -3.0},
    fixed=frozenset({"declined", "assistant"}),
)
CHOICE = Prior(
    2.0,
    {
        "thank-you": 5.0,
        "scheduling": 2.5,
        "arranging": 5.0,
        "thanking": 2.0,
        "agreed": 0.5,
        "declined": -0.5,
        "follows": 0.7,
        "comes-after": 0.3,
        "followed": -1.5,
        "took-place": 0.5,
        "earlier-meetings": -0.7,
        "met-before": -1.5,
        "called-off": -1.0,
        "thanked-and-arranging": 2.0,
        "letters": 0.5,
        "routine": -1.0,
        "one-sided": -1.2,
        "small-group": -0.5,
        "group": -1.0,
        "crowd": -1.5,
        "fits-met-on": 2.0,
        "on-the-day": 6.0,
        "misses-met-on": -1.5,
        "only-calendar": -3.0,
    },
    fixed=frozenset({"earlier-meetings", "on-the-day"}),  # promises: the meeting of the date given, else the first
)
CONFIDENCE = Prior(1.0, signed=False)


@dataclass(frozen=True)
class Judged:
    """A case and what was found for it with weights that were not learned from its fold."""

    case: Known
    finding: Finding
    traits: Mapping[str, float]  # of confidence; empty where there was nothing to choose from

    @property
    def right(self) -> bool:
        return self.case.right(self.finding)


@contextmanager
def weights_of(table: Table) -> Iterator[None]:
    """The finder with other weights than those in the file."""
    weighing.weights.cache_clear()
    with mock.patch.object(weighing, "read_weights", return_value=table):
        yield
    weighing.weights.cache_clear()


@contextmanager
def remembering() -> Iterator[None]:
    """Every mail is read once for all: reading is not learned."""
    with mock.patch.object(view, "read", _READ), mock.patch.object(meeting, "read", _READ):
        yield


_READ = cache(signals.read.__wrapped__)


# --- mails -------------------------------------------------------------------------------------------------


def learn_mails(mail: Sequence[Labelled], table: Table) -> tuple[Table, Tables]:
    """What one mail says: the weights of its acts, then of its words."""
    arranges = [_wanted(_arranging(one), {*ARRANGING.towards, "by-owner"}) for one in mail]
    thanks = [_wanted(dict.fromkeys(read(one.message).acts, 1.0), {*THANKFUL.towards}) for one in mail]
    learned, given = dict(table), []
    for section, shown, prior, marks in (
        ("arranging", arranges, ARRANGING, [one.arranges for one in mail]),
        ("thanking", thanks, THANKFUL, [one.thanks for one in mail]),
    ):
        # Among the invented mails far more arrange and thank than in a mailbox: that they are invented is a trait, too.
        rows = [
            ({**traits, "invented": float(one.is_invented)}, *learning.as_truth(mark))
            for traits, one, mark in zip(shown, mail, marks, strict=True)
        ]
        weights = learning.logistic(rows, prior)
        given.append([learning.score(weights, traits) for traits, _, _ in rows])
        learned[section] = {name: weight for name, weight in weights.items() if name != "invented"}
    return learned, train_wording.learn_wording(mail, *given)


def _arranging(one: Labelled) -> dict[str, float]:
    return arranging.traits(one.message, read(one.message), one.pair)


def _wanted(traits: Mapping[str, float], names: set[str]) -> dict[str, float]:
    return {name: value for name, value in traits.items() if name in names}


# --- threads -----------------------------------------------------------------------------------------------

Looked = Sequence[tuple[Known, Pair, Sequence[ranking.Judged]]]


def learn_threads(cases: Sequence[Known], table: Table) -> Table:
    """What a thread is, once it is learned what a mail says: the message of it that says most speaks for it."""
    learned = {**table, "thanking": {**PLACED, **table["thanking"]}}
    for _ in range(ROUNDS):
        with weights_of(learned):
            learned = {**learned, "thanking": _learn_placed(_look(cases), learned["thanking"])}
        with weights_of(learned):
            learned = {**learned, "scheduling": _learn_scheduling(_look(cases))}
    return learned


def _look(cases: Sequence[Known]) -> Looked:
    pairs = [Pair(case.contact, case.owner, case.threads) for case in cases]
    return [(case, pair, ranking.judge(case.threads, pair)) for case, pair in zip(cases, pairs, strict=True)]


def _learn_placed(looked: Looked, learned: Mapping[str, float]) -> dict[str, float]:
    """What the place of thanks says; what their acts and words say is given."""
    rows, given = [], []
    for case, pair, judged in looked:
        days = [one.meeting for one in judged if one.meeting]
        for one in judged:
            mark = _thanked(case, one.view.thread)
            if mark is None:
                continue
            seen = one.thankful
            traits = thanking.traits(seen, pair, days)
            rows.append((_wanted(traits, {*PLACED}), *learning.as_truth(mark)))
            acts = _wanted(traits, {*THANKFUL.towards})
            given.append(sum(learned[act] for act in acts) + seen.words.thanks)
    placed = learning.logistic(rows, Prior(1.0, {**PLACED, "bias": learned["bias"]}), offsets=given)
    return {**_wanted(learned, {*THANKFUL.towards}), **placed}


def _thanked(case: Known, thread: Thread) -> int | None:
    """How clearly a thread thanks for a meeting; None for the arranging of one that was thanked for elsewhere."""
    if case.is_real:
        return max((case.truth["T"].get(message.message_id, 0) for message in thread.messages), default=0)
    worth, thanked = case.worth(thread), case.truth["kind"] == Kind.THANK_YOU
    return None if thanked and worth == 1 else 2 * int(thanked and worth > 0)


def _learn_scheduling(looked: Looked) -> dict[str, float]:
    """That a meeting is arranged in a thread; of the invented, what is thanked for is arranged in the second best."""
    rows = []
    for case, _, judged in looked:
        assists = ranking.assists([one.view for one in judged])
        for one in judged:
            worth = case.worth(one.view.thread)
            if not case.is_real and worth:
                if case.truth["kind"] == Kind.THANK_YOU and worth == 2 and len(case.truth["best_ids"]) > 1:
                    continue  # a note of thanks may arrange nothing
                worth = 0 if case.truth["kind"] == Kind.CONVERSATION else 2
            rows.append((ranking.scheduling_traits(one.view, assists), *learning.as_truth(worth)))
    return learning.logistic(rows, SCHEDULING)


def learn_choice(cases: Sequence[Known]) -> dict[str, float]:
    """The weights of a thread's traits, from the cases in which there is a right thread and another."""
    options: list[tuple[Sequence[Mapping[str, float]], Sequence[bool]]] = []
    for case in cases:
        ranked = _usable(case)
        worth = [case.worth(one.thread) for one in ranked]
        best = 2 if case.is_real else max(worth, default=0)
        good = [value == best and value > 0 for value in worth]
        if any(good) and not all(good):
            options.append(([one.traits for one in ranked], good))
    return {"bias": weighing.weights("choice")["bias"], **learning.choice(options, CHOICE)}


def learn_confidence(judged: Sequence[Judged]) -> dict[str, float]:
    """How sure to be of an answer, from answers of a finder that had not learned from their cases."""
    rows = [(one.traits, float(one.right), 1.0) for one in judged if one.traits]
    return learning.logistic(rows, CONFIDENCE)


# --- all together ------------------------------------------------------------------------------------------


@contextmanager
def learned_from(cases: Sequence[Known], mail: Sequence[Labelled], table: Table) -> Iterator[tuple[Table, Tables]]:
    """The finder with all that is learned from these cases and mails, but [confidence]."""
    said, words = _learn_mails(tuple(mail), table)
    with train_wording.wording_of(words):
        learned = learn_threads(cases, said)
        with weights_of(learned):
            learned["choice"] = learn_choice(cases)
        with weights_of(learned):
            yield learned, words


_LEARNED: dict[tuple[str, ...], tuple[Table, Tables]] = {}


def _learn_mails(mail: Sequence[Labelled], table: Table) -> tuple[Table, Tables]:
    """Learned once for each choice of folds: few of them have mail of their own."""
    folds = tuple(sorted({one.fold for one in mail}))
    if folds not in _LEARNED:
        _LEARNED[folds] = learn_mails(mail, table)
    return _LEARNED[folds]


def cross_validated(cases: Sequence[Known], mail: Sequence[Labelled]) -> list[Judged]:
    """Every case judged by weights learned without its fold: each Enron owner is one, the other contacts are in ten.

    Confidence is learned from the answers so given, again without the fold's own.
    """
    table = weighing.read_weights()
    judged: list[Judged] = []
    for fold in _folds(cases):
        rest = [case for case in cases if case.fold not in fold]
        with remembering(), learned_from(rest, [one for one in mail if one.fold not in fold], table):
            judged += [_judge(case) for case in cases if case.fold in fold]
    sure: list[Judged] = []
    for fold in _folds([one.case for one in judged], by_contact=True):
        how_sure = learn_confidence([one for one in judged if _contact(one.case) not in fold])
        sure += [_surer(one, how_sure) for one in judged if _contact(one.case) in fold]
    return sure


def _judge(case: Known) -> Judged:
    finding = find(case.contact, case.owner, case.threads)
    ranked = _usable(case)
    return Judged(case, finding, confidence.traits(ranked) if finding.thread and ranked else {})


def _surer(one: Judged, learned: Mapping[str, float]) -> Judged:
    if not one.traits:
        return one
    sure = learning.sigmoid(learning.score(learned, one.traits))
    return replace(one, finding=replace(one.finding, confidence=sure))


def _usable(case: Known) -> list[ranking.Ranked]:
    pair = Pair(case.contact, case.owner, case.threads)
    return [one for one in ranking.rank(case.threads, pair, case.contact.met_on) if parent_of(one.thread, pair)]


def _contact(case: Known) -> str:
    return f"{case.fold}/{case.contact.name}"


def _folds(cases: Sequence[Known], *, by_contact: bool = False) -> list[set[str]]:
    names = sorted({_contact(case) if by_contact else case.fold for case in cases if by_contact or not case.is_real})
    random.Random(7).shuffle(names)
    owners = [] if by_contact else [{case.fold} for case in cases if case.is_real]
    alone = [fold for i, fold in enumerate(owners) if fold not in owners[:i]]
    return [*alone, *(set(names[i::FOLDS]) for i in range(FOLDS))]


def everything(data: Path) -> tuple[list[Known], list[Labelled]]:
    """All cases there are, and the labelled mail; of the data beside the project only what is there."""
    cases = known.sample()
    cases += [case for name in known.OURS for case in known.synthetic(known.MAILBOXES / name, name)]
    if (data / "synthetic").is_dir():
        cases += known.synthetic(data / "synthetic")
    if not (data / "enron").is_dir():
        return cases, known.invented()
    real = [*known.enron(data / "enron"), *known.enron_more(data / "enron")]
    return [*cases, *real], [*known.invented(), *known.labelled(data / "enron", real)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=known.DATA)
    parser.add_argument("--write", action="store_true", help="put the weights into their files")
    options = parser.parse_args()
    cases, mail = everything(options.data)
    sure = learn_confidence(cross_validated(cases, mail))
    with remembering(), learned_from(cases, mail, weighing.read_weights()) as (learned, words):
        learned["confidence"] = sure
    text = WEIGHTS.read_text("utf-8")
    for section in ("arranging", "thanking", "scheduling", "choice", "confidence"):
        text = _replaced(text, section, learned[section])
    print(text)
    if options.write:
        WEIGHTS.write_text(text, encoding="utf-8")
        train_wording.write(words)


def _replaced(text: str, section: str, weights: Mapping[str, float]) -> str:
    """The file's text with the lines of one section anew, strongest first; comments before the section stay."""
    start = text.index(f"[{section}]\n") + len(section) + 3
    end = text.find("\n\n", start)
    names = sorted((name for name in weights if name != "bias"), key=lambda name: -weights[name])
    lines = [f"{name} = {weights[name]:.2f}" for name in ["bias", *names]]
    return text[:start] + "\n".join(lines) + (text[end:] if end > 0 else "\n")


if __name__ == "__main__":
    main()
