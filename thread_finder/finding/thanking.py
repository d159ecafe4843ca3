"""Whether a message thanks for a meeting of the two, or looks back on one with pleasure: its acts and words, and when.

Each trait has a name; weights.toml says what it is worth. The weights are learned (bench/train_finder.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from thread_finder.finding.arranging import LONG, MANY
from thread_finder.finding.people import Pair
from thread_finder.finding.view import Seen
from thread_finder.finding.weights import log_odds

JUST_AFTER = timedelta(days=8)
"""Thanks come within so many days of the meeting."""

THANKING = frozenset(
    {
        *("thanks-for-meeting", "met-you", "thanks-for-time", "glad-we-met", "owes", "recalls-meeting"),
        *("thanks-in-subject", "thanks-other", "addresses-many", "sells"),
    }
)
"""The acts that speak for thanks for a meeting, or against."""


def traits(seen: Seen, pair: Pair, meetings: Sequence[date]) -> dict[str, float]:
    """What a message shows, by name; ``meetings`` are the days on which the two may have met."""
    words, others = len(seen.message.new_text.split()), pair.others(seen.message)
    after = seen.day is not None and any(just_after(seen.day, meeting) for meeting in meetings)
    shown = dict.fromkeys(seen.reading.acts & THANKING, 1.0)
    shown["just-after-meeting"] = float(after)
    shown["meeting-elsewhen"] = float(bool(meetings) and not after)
    shown["long"] = float(words > LONG)
    shown["in-company"] = float(others > 0)
    shown["in-a-crowd"] = float(others >= MANY)
    return {name: value for name, value in shown.items() if value}


def thanks(seen: Seen, pair: Pair, meetings: Sequence[date]) -> float:
    """The log-odds that a message thanks for a meeting of the two."""
    return log_odds(traits(seen, pair, meetings), "thanking") + seen.words.thanks


def just_after(day: date, meeting: date) -> bool:
    """Whether a day lies where thanks for a meeting are written."""
    return timedelta(0) <= day - meeting <= JUST_AFTER
