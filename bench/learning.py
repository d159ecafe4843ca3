"""Small learners in plain Python: logistic regression and the choice among several, with priors and signs kept.

Both go round the coordinates and take a Newton step on each (Genkin, Lewis and Madigan 2007 do so for text): sparse,
no library, a few seconds for thousands of rows. A weight is drawn towards its prior and never leaves its sign.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Traits = Mapping[str, float]
SWEEPS = 41
STEP = 2.0  # the most a weight moves in one step
_FINE = 1e-3
_STILL = 3e-3


@dataclass(frozen=True)
class Prior:
    """Where weights are drawn to (``towards``, else 0) and how hard (``pull``).

    Where ``signed``, no weight changes the sign that it starts with; those in ``fixed`` do not change at all.
    """

    pull: float
    towards: Mapping[str, float] = field(default_factory=dict)
    signed: bool = True
    fixed: frozenset[str] = frozenset()

    def kept(self, name: str, weight: float) -> float:
        wanted = self.towards.get(name, 0.0)
        return (
            max(0.0, weight)
            if self.signed and wanted > 0
            else min(0.0, weight)
            if self.signed and wanted < 0
            else weight
        )


def as_truth(mark: int) -> tuple[float, float]:
    """How true a mark is, and how much it counts: an arguable one (1) counts half as much, as half true."""
    return (0.5, 0.5) if mark == 1 else (float(mark == 2), 1.0)


def logistic(
    rows: Sequence[tuple[Traits, float, float]], prior: Prior, *, offsets: Sequence[float] = ()
) -> dict[str, float]:
    """Weights with "bias" from rows of (traits, how true from 0 to 1, how much the row counts).

    ``offsets`` are log-odds that the rows have already; the weights come on top.
    """
    columns: dict[str, list[tuple[int, float]]] = {"bias": [(i, 1.0) for i in range(len(rows))]}
    for i, (traits, _, _) in enumerate(rows):
        for name, value in traits.items():
            columns.setdefault(name, []).append((i, value))
    weights = {name: prior.towards.get(name, 0.0) for name in columns | dict(prior.towards)}
    odds = [
        score(weights, traits) + offset
        for (traits, _, _), offset in zip(rows, offsets or [0.0] * len(rows), strict=True)
    ]
    still: set[str] = set()  # what hardly moved is looked at again every fifth time only
    for sweep in range(SWEEPS):
        moved = 0.0
        for name, column in columns.items():
            if sweep % 5 and name in still:
                continue
            pull = 0.0 if name == "bias" else prior.pull
            slope, curve = pull * (weights[name] - prior.towards.get(name, 0.0)), pull + 1e-9
            for i, value in column:
                p = sigmoid(odds[i])
                slope += rows[i][2] * (p - rows[i][1]) * value
                curve += rows[i][2] * p * (1 - p) * value * value
            step = _to(prior, name, weights[name], slope, curve)
            weights[name] += step
            moved = max(moved, abs(step))
            (still.add if abs(step) < _STILL else still.discard)(name)
            if step:
                for i, value in column:
                    odds[i] += step * value
        if moved < _FINE and not sweep % 5:
            break
    return weights


def choice(cases: Sequence[tuple[Sequence[Traits], Sequence[bool]]], prior: Prior) -> dict[str, float]:
    """Weights by which the good ones among each case's options come out on top (conditional logit, McFadden 1974)."""
    names = sorted({name for options, _ in cases for traits in options for name in traits} | set(prior.towards))
    weights = {name: prior.towards.get(name, 0.0) for name in names}
    scores = [[score(weights, traits) for traits in options] for options, _ in cases]
    touched = {n: [i for i, (options, _) in enumerate(cases) if any(n in traits for traits in options)] for n in names}
    for _ in range(SWEEPS):
        moved = 0.0
        for name in names:
            slope, curve = prior.pull * (weights[name] - prior.towards.get(name, 0.0)), prior.pull
            for i in touched[name]:
                options, good = cases[i]
                values = [traits.get(name, 0.0) for traits in options]
                all_p = _shares(scores[i])
                good_p = _shares([s if g else -math.inf for s, g in zip(scores[i], good, strict=True)])
                mean = sum(p * v for p, v in zip(all_p, values, strict=True))
                slope += mean - sum(p * v for p, v in zip(good_p, values, strict=True))
                curve += sum(p * v * v for p, v in zip(all_p, values, strict=True)) - mean * mean
            step = _to(prior, name, weights[name], slope, curve)
            weights[name] += step
            moved = max(moved, abs(step))
            for i in touched[name]:
                scores[i] = [s + step * traits.get(name, 0.0) for s, traits in zip(scores[i], cases[i][0], strict=True)]
        if moved < _FINE:
            break
    return weights


def score(weights: Mapping[str, float], traits: Traits) -> float:
    """The weighted sum, with the bias where there is one."""
    return weights.get("bias", 0.0) + sum(weights.get(name, 0.0) * value for name, value in traits.items())


def sigmoid(odds: float) -> float:
    """Log-odds as a probability."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))


def _to(prior: Prior, name: str, weight: float, slope: float, curve: float) -> float:
    if name in prior.fixed:
        return 0.0
    step = max(-STEP, min(STEP, -slope / max(curve, 1e-6)))
    return prior.kept(name, weight + step) - weight


def _shares(scores: Sequence[float]) -> list[float]:
    top = max(scores)
    powers = [math.exp(s - top) for s in scores]
    total = sum(powers)
    return [power / total for power in powers]
