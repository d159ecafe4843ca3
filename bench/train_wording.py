"""Learn what words say: the weights of thread_finder/finding/wording/<language>.tsv. Run by bench/train_finder.py.

Learned from the invented mails of bench/wording/ (each says above it how clearly it arranges a meeting, S, and thanks
for one, T: 2, 1 or 0), English also from the marked real mails of bench/known.py. A gram is learned where several mails
have it, and only what the lexicons' acts do not tell already: their log-odds are given, the words' come on top.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest import mock

from bench import learning
from bench.known import Labelled
from bench.learning import Prior
from thread_finder.finding import wording
from thread_finder.finding.wording import grams

Tables = Mapping[str, Mapping[str, tuple[float, float]]]
WEIGHTS = Path(wording.__file__).with_name("wording")
SELDOM = {"en": 4}
FEW = 3  # so many mails must have a gram, where SELDOM says nothing else for the language
PULL = Prior(0.15, signed=False)
_SMALLEST = 8  # hundredths


def learn_wording(mail: Sequence[Labelled], arranging: Sequence[float], thanking: Sequence[float]) -> Tables:
    """The weights of each language, from mails and the log-odds that their acts give them already."""
    languages: dict[str, list[int]] = defaultdict(list)
    for i, one in enumerate(mail):
        languages[one.language].append(i)
    return {
        language: _both(
            _learn([mail[i] for i in which], lambda one: one.arranges, [arranging[i] for i in which]),
            _learn([mail[i] for i in which], lambda one: one.thanks, [thanking[i] for i in which]),
        )
        for language, which in languages.items()
    }


def _learn(mail: Sequence[Labelled], mark: Callable[[Labelled], int], odds: Sequence[float]) -> dict[str, float]:
    seen = [_grams(one.message.new_text, one.language) for one in mail]
    often = Counter(gram for some in seen for gram in some)
    least = SELDOM.get(mail[0].language, FEW)
    rows = []
    for one, some in zip(mail, seen, strict=True):
        kept = sorted(gram for gram in some if often[gram] >= least)
        truth, share = learning.as_truth(mark(one))
        rows.append((dict.fromkeys(kept, wording.share(len(kept))), truth, share))
    return learning.logistic(rows, PULL, offsets=odds)


@cache
def _grams(text: str, language: str) -> frozenset[str]:
    return grams(text, language)


def _both(arranging: Mapping[str, float], thanking: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    pairs = {gram: (arranging.get(gram, 0.0), thanking.get(gram, 0.0)) for gram in sorted({*arranging, *thanking})}
    bias = pairs.pop("bias")
    return {
        wording.BIAS: bias,
        **{gram: pair for gram, pair in pairs.items() if max(map(abs, pair)) * 100 >= _SMALLEST},
    }


@contextmanager
def wording_of(tables: Tables) -> Iterator[None]:
    """The finder with other weights of words than those in the files."""
    with mock.patch.object(wording, "_weights", lambda language: tables.get(language, {})):
        yield


def write(tables: Tables) -> None:
    """Put the weights into their files, the heaviest first."""
    for language, weights in tables.items():
        rows = sorted(weights.items(), key=lambda row: (-max(map(abs, row[1])), row[0]))
        lines = [f"{gram}\t{round(arranges * 100)}\t{round(thanks * 100)}" for gram, (arranges, thanks) in rows]
        (WEIGHTS / f"{language}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
