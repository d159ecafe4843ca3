"""Whether a message arranges a meeting between the two: its acts, its length, and whom it speaks to, weighed together.

The weights are learned (bench/train_finder.py) from mail that people labelled; each trait has a name and a sentence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace

from thread_finder.finding.folding import fold
from thread_finder.finding.people import Pair
from thread_finder.finding.signals import Reading, read
from thread_finder.finding.weights import log_odds
from thread_finder.finding.wording import Wording, wording
from thread_finder.mail.quotes import newest_quoted
from thread_finder.model import Address, Message

ARRANGING = frozenset(
    {
        *("asks-to-meet", "asks-to-talk", "sets-up", "suggests-time", "accepts", "agrees", "confirms", "attends"),
        *("moves", "cancels", "talks-by-phone", "call-details", "calendar-invitation"),
    }
)
"""The acts by which people come to an appointment."""

SHORT, LONG, TINY = 80, 150, 12  # words of new text
BRIEF = 40  # words of an answer whose sense lies in what it answers
LETTERS = 8  # of a word on average, where words are not set apart as well
MANY, MASS = 8, 15  # people besides the two
_DENSE = 20  # one act in so many words is dense
_CALLED = re.compile(r"(?:^|[.!?]\s+)(?:hi |hey |dear |hello )?(\w+)(?=\s*(?:,|:|--|\s-\s))", re.MULTILINE)


def traits(message: Message, reading: Reading, pair: Pair) -> dict[str, float]:
    """What a message shows, by name: an act is 1 where it occurs, the others are explained where they are set."""
    acts = reading.acts
    shown = dict.fromkeys(acts, 1.0)
    words = len(message.new_text.split())
    others = pair.others(message)
    hits = sum(hit.signal in ARRANGING for hit in reading.hits)
    shown["density"] = min(3.0, _DENSE * hits / max(_DENSE, words))
    shown["short-and-arranging"] = float(bool(hits) and words <= SHORT)
    shown["question-and-arranging"] = float(bool(hits) and any(mark in message.new_text for mark in "?？"))
    shown["time-and-arranging"] = float(bool(hits) and bool(acts & {"names-time", "names-period"}))
    shown["by-owner"] = float(pair.is_mine(message.from_))
    shown["others"] = min(3.0, math.log1p(others))
    shown["many"] = float(others >= MANY)
    shown["mass"] = float(others >= MASS)
    shown["long"] = float(words > LONG)
    shown["tiny"] = float(words <= TINY)
    shown["errand"] = float(_is_errand(message, acts))
    shown["to-another"] = float(0 < others < MANY and _calls_another(message, pair))
    return {name: value for name, value in shown.items() if value}


def arranges(message: Message, reading: Reading, pair: Pair, words: Wording) -> float:
    """The log-odds that the message arranges a meeting between the two, by what it says itself."""
    return log_odds(traits(message, reading, pair), "arranging") + words.arranges


def answering(message: Message, pair: Pair) -> float:
    """What a short answer adds to these log-odds by what it answers: "Yes." says what its question asked."""
    brief = len(message.new_text.split()) <= BRIEF and len(message.new_text) <= LETTERS * BRIEF
    if not message.quoted_text or not brief or pair.others(message) >= MANY:
        return 0.0
    text = newest_quoted(message.quoted_text)
    if not text.strip() or not message.from_:
        return 0.0
    writer = next(iter(message.to), None)  # as if the first whom it is answered to had written it
    readers = (message.from_, *message.to[1:])
    asked = replace(message, subject="", new_text=text, quoted_text="", calendar=(), from_=writer, to=readers)
    reading = read(asked)
    return log_odds({"asked": arranges(asked, reading, pair, wording(text, reading.language))}, "answering")


def _is_errand(message: Message, acts: frozenset[str]) -> bool:
    """To one person, to have something set up without asking them to come: an order to an assistant."""
    alone = len({address.email for address in message.recipients}) == 1
    return alone and bool({"sets-up", "errand-words"} & acts) and not acts & {"asks-to-talk", "accepts", "confirms"}


def _calls_another(message: Message, pair: Pair) -> bool:
    """Whether a mail to several calls another reader by name ("Susan, let's talk"), and not the one of the two."""
    called = set(_CALLED.findall(fold(message.new_text)))
    if not called:
        return False
    ours = {name for a in message.recipients if pair.is_theirs(a) or pair.is_mine(a) for name in _names(a)}
    others = {name for a in message.recipients if not (pair.is_theirs(a) or pair.is_mine(a)) for name in _names(a)}
    return bool(called & (others - ours)) and not called & ours


def _names(address: Address) -> Iterator[str]:
    """The names by which a reader may be called: the parts of the display name, or else of the address."""
    local = address.email.partition("@")[0]
    yield from (part for part in re.findall(r"\w+", fold(address.name or local.replace("_", " "))) if len(part) > 2)
