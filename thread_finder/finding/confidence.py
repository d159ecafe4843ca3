"""How sure the finder may be of its answer: a probability that holds what it says, fitted on answers that are known.

Of findings with 0.8, four of five are right; docs/measurements.md shows the table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from thread_finder.finding.ranking import Ranked
from thread_finder.finding.weights import log_odds, probability

_TOSS_UP = 1.5
DOUBTFUL = ("one-sided", "met-before", "misses-met-on")
"""Traits of a thread that make the choice of it less sure."""
CLEAR = 5.0
"""A lead over the second thread beyond which more of it says no more."""


def traits(ranked: Sequence[Ranked]) -> dict[str, float]:
    """What the sureness of the first of ``ranked`` is made of, best first: its ``lead`` over the second, how many
    ``threads`` there are to mistake it for, the ``doubt`` whether it is about a meeting at all, and DOUBTFUL traits.
    """
    best = ranked[0]
    lead = best.score - ranked[1].score if len(ranked) > 1 else CLEAR
    return {
        "lead": min(CLEAR, lead),
        "threads": math.log(len(ranked)),
        "doubt": math.exp(-abs(best.odds) / _TOSS_UP),
        **{name: 1.0 for name in DOUBTFUL if name in best.traits},
    }


def confidence(ranked: Sequence[Ranked]) -> tuple[float, ...]:
    """The probability of each thread, best first; what the first leaves is shared among the others by their scores."""
    if not ranked:
        return ()
    first = probability(log_odds(traits(ranked), "confidence"))
    best = max((one.score for one in ranked[1:]), default=0.0)
    shares = [math.exp(max(-30.0, one.score - best)) for one in ranked[1:]]
    rest = (1.0 - first) / (1.0 + sum(shares))  # one share for a thread that is not here
    return (first, *(rest * share for share in shares))
