"""Learn the weights of thread_finder/finding/weights.toml from answers that are known: python bench/train_finder.py [--write].

What each section is learned from:
[arranging]   the messages of bench/known.labelled(): real mail of three people (Enron), marked by people.
[choice]      all threads of the contacts of the sample, the invented mailbox and the Enron pairs that have a meeting.
[confidence]  which answers of the cross-validated finder were right, on the contacts of all three.
[scheduling] and [thanking] are set by hand.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from bench import known, learning
from bench.known import Known, Labelled
from bench.learning import Prior
from thread_finder.finding import arranging, confidence, ranking
from thread_finder.finding import weights as weighing
from thread_finder.finding.find import find
from thread_finder.finding.people import Pair, parent_of
from thread_finder.finding.signals import read
from thread_finder.model import Finding

Table = dict[str, dict[str, float]]
WEIGHTS = Path(weighing.__file__).with_name("weights.toml")
FOLDS = 10

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
    },
)
HALF = (0.5, 0.5)  # an arguable mail counts half as much, as half true
CHOICE = Prior(
    2.0,
    {
        "thank-you": 5.0,
        "scheduling": 2.5,
        "arranging": 5.0,
        "thanking": 1.0,
        "agreed": 0.5,
        "declined": -0.5,
        "follows": 0.7,
        "followed": -1.5,
        "took-place": 0.5,
        "earlier-meetings": -0.5,
        "called-off": -1.0,
        "hinting": 2.0,
        "letters": 0.5,
        "routine": -1.0,
        "one-sided": -1.2,
        "small-group": -0.5,
        "group": -1.0,
        "crowd": -1.5,
        "fits-met-on": 2.0,
        "on-the-day": 6.0,
        "misses-met-on": -1.5,
    },
    fixed=frozenset({"earlier-meetings", "on-the-day"}),  # promises: the meeting of the date given, else the first
)
CONFIDENCE = Prior(1.0, {}, signed=False)


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


def learn_arranging(mail: Sequence[Labelled]) -> dict[str, float]:
    """The weights of one message's traits."""
    wanted = {"bias", *ARRANGING.towards, "by-owner"}
    rows = []
    for one in mail:
        traits = arranging.traits(one.message, read(one.message), one.pair)
        shown = {name: value for name, value in traits.items() if name in wanted}
        truth, share = HALF if one.mark == 1 else (float(one.mark == 2), 1.0)
        rows.append((shown, truth, share))
    return learning.logistic(rows, ARRANGING)


def learn_choice(cases: Sequence[Known]) -> dict[str, float]:
    """The weights of a thread's traits, from the cases in which there is a right thread and another."""
    options: list[tuple[Sequence[Mapping[str, float]], Sequence[bool]]] = []
    for case in cases:
        ranked = _usable(case)
        worth = [case.worth(one.thread) for one in ranked]
        best = 2 if case.source == "enron" else max(worth, default=0)
        good = [value == best and value > 0 for value in worth]
        if any(good) and not all(good):
            options.append(([one.traits for one in ranked], good))
    return {"bias": weighing.weights("choice")["bias"], **learning.choice(options, CHOICE)}


def learn_confidence(judged: Sequence[Judged]) -> dict[str, float]:
    """How sure to be of an answer, from answers of a finder that had not learned from their cases."""
    rows = [(one.traits, float(one.right), 1.0) for one in judged if one.traits]
    return learning.logistic(rows, CONFIDENCE)


def learn(cases: Sequence[Known], mail: Sequence[Labelled], table: Table) -> Table:
    """All learned sections but [confidence]."""
    learned = {**table, "arranging": learn_arranging(mail)}
    with weights_of(learned):
        learned["choice"] = learn_choice(cases)
    return learned


def cross_validated(cases: Sequence[Known], mail: Sequence[Labelled]) -> list[Judged]:
    """Every case judged by weights learned without its fold: each Enron owner is one, the other contacts are in ten.

    Confidence is learned from the answers so given, again without the fold's own.
    """
    table = weighing.read_weights()
    folds = _folds(cases)
    judged: list[Judged] = []
    for fold in folds:
        rest = [case for case in cases if case.fold not in fold]
        learned = learn(rest, [one for one in mail if one.fold not in fold], table)
        with weights_of(learned):
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
    values = {f.name: getattr(one.finding, f.name) for f in one.finding.__dataclass_fields__.values()}
    sure = learning.sigmoid(learning.score(learned, one.traits))
    return Judged(one.case, Finding(**{**values, "confidence": sure}), one.traits)


def _usable(case: Known) -> list[ranking.Ranked]:
    pair = Pair(case.contact, case.owner, case.threads)
    return [one for one in ranking.rank(case.threads, pair, case.contact.met_on) if parent_of(one.thread, pair)]


def _contact(case: Known) -> str:
    return f"{case.fold}/{case.contact.name}"


def _folds(cases: Sequence[Known], *, by_contact: bool = False) -> list[set[str]]:
    names = sorted(
        {_contact(case) if by_contact else case.fold for case in cases if by_contact or case.source != "enron"}
    )
    random.Random(7).shuffle(names)
    owners = [] if by_contact else [{case.fold} for case in cases if case.source == "enron"]
    alone = [fold for i, fold in enumerate(owners) if fold not in owners[:i]]
    return [*alone, *(set(names[i::FOLDS]) for i in range(FOLDS))]


def everything(data: Path) -> tuple[list[Known], list[Labelled]]:
    """All cases there are, and the labelled mail; of the data beside the project only what is there."""
    cases = known.sample()
    if (data / "synthetic").is_dir():
        cases += known.synthetic(data / "synthetic")
    real = known.enron(data / "enron") if (data / "enron").is_dir() else []
    return [*cases, *real], known.labelled(data / "enron", real) if real else []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=known.DATA)
    parser.add_argument("--write", action="store_true", help="put the weights into weights.toml")
    options = parser.parse_args()
    cases, mail = everything(options.data)
    learned = learn(cases, mail, weighing.read_weights())
    learned["confidence"] = learn_confidence(cross_validated(cases, mail))
    text = WEIGHTS.read_text("utf-8")
    for section in ("arranging", "choice", "confidence"):
        text = _replaced(text, section, learned[section])
    if options.write:
        WEIGHTS.write_text(text, encoding="utf-8")
    else:
        print(text)


def _replaced(text: str, section: str, weights: Mapping[str, float]) -> str:
    """The file's text with the lines of one section anew, strongest first; comments before the section stay."""
    start = text.index(f"[{section}]\n") + len(section) + 3
    end = text.find("\n\n", start)
    names = sorted((name for name in weights if name != "bias"), key=lambda name: -weights[name])
    lines = [f"{name} = {weights[name]:.2f}" for name in ["bias", *names]]
    return text[:start] + "\n".join(lines) + (text[end:] if end > 0 else "\n")


if __name__ == "__main__":
    main()
