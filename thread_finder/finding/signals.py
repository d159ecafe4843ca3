"""What one message says: arranging a meeting, thanking for one, or something that only looks like it.

Only new text is read; quotations and signatures are somebody's older words. Every signal has its name, its weight
and its sentence for the user in SIGNALS, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from thread_finder.finding.folding import fold, tidy
from thread_finder.finding.lexicon import Lexicon, is_spaced, languages, lexicon, telling_words
from thread_finder.finding.mention import Mention
from thread_finder.finding.when import mentions
from thread_finder.model import Message

QUOTE = 160  # characters of a message that evidence shows
SURE_OF_LANGUAGE = 3  # so many everyday words of a language tell it; where fewer do, English is read as well
OPENING = 600  # characters of quoted text that an answer is taken to be about
SHORT = 200  # characters under which a mail may be too short to tell its language
_ACT_LIMIT = 3  # hits of one act in one message that are kept


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal's weight for scheduling and for thanks, and what it says to the user."""

    scheduling: float
    thanks: float
    says: str


SIGNALS: dict[str, Signal] = {
    "asks-to-meet": Signal(2.0, 0, "asks to meet"),
    "suggests-time": Signal(2.0, 0, "proposes a time"),
    "accepts": Signal(0.7, 0, "accepts"),
    "agrees": Signal(0.5, 0, "says yes"),
    "confirms": Signal(1.2, 0, "confirms the meeting"),
    "moves": Signal(1.0, 0, "moves the meeting"),
    "cancels": Signal(0.3, 0, "calls it off"),
    "declines": Signal(-2.0, 0, "declines to meet"),
    "someday": Signal(-0.5, 0, "speaks of some day"),
    "talks-by-phone": Signal(1.2, 0, "speaks of a call"),
    "asks-to-talk": Signal(1.5, 0, "asks to talk"),
    "sets-up": Signal(1.5, 0, "has a meeting set up"),
    "attends": Signal(1.0, 0, "says who will be there, or not"),
    "call-details": Signal(1.0, 0, "tells when, where or how to dial in"),
    "others-meet": Signal(-0.5, 0, "speaks of other people's meeting"),
    "names-time": Signal(1.0, 0, "names a day or an hour"),
    "calendar-invitation": Signal(3.0, 0, "is a calendar invitation or its answer"),
    "recurring": Signal(-2.5, 0, "is a recurring appointment"),
    "thanks-for-meeting": Signal(0, 4.0, "thanks for the meeting"),
    "thanks-for-time": Signal(0, 2.0, "thanks for time or advice"),
    "glad-we-met": Signal(0, 2.5, "was glad to meet"),
    "met-you": Signal(0, 4.3, "says that you met"),
    "owes": Signal(0, 0.8, "feels obliged"),
    "recalls-meeting": Signal(0, 1.2, "recalls what was said"),
    "thanks-other": Signal(0, -1.5, "thanks for something else"),
    "meeting-in-subject": Signal(1.0, 0, "has a meeting or a day in the subject"),
    "names-period": Signal(0, 0, "speaks of next week or the like"),
    "errand-words": Signal(0, 0, "asks an assistant to print or to put down"),
    "thanks-in-subject": Signal(0, 1.0, "has thanks in the subject"),
    "addresses-many": Signal(0.0, -2.0, "speaks to many people"),
    "sells": Signal(-2.0, -1.0, "offers something for sale"),
    # Signals of a mail's words, and of the acquaintance, given by ranking.py.
    "reads-like-arranging": Signal(0, 0, "reads like arranging a meeting"),
    "reads-like-thanks": Signal(0, 0, "reads like thanks for a meeting"),
    "agreed": Signal(2.0, 0, "one proposed and the other agreed"),
    "just-after-meeting": Signal(0, 2.5, "was written just after the meeting"),
    "fits-met-on": Signal(0, 0, "fits the date you met"),
    "misses-met-on": Signal(0, 0, "does not fit the date you met"),
    "follows": Signal(0, 0, "begins just after a day you had agreed on"),
    "took-place": Signal(0, 0, "you wrote again just after the day agreed on"),
    "declined": Signal(0, 0, "but it was declined"),
    "called-off": Signal(0, 0, "but it was called off"),
    "routine": Signal(0, 0, "but it is a matter of routine"),
    "both-wrote": Signal(0, 0, "both of you wrote"),
    "only-two": Signal(0, 0, "between the two of you"),
    "real-exchange": Signal(0, 0, "is a real exchange between you"),
    "chosen-by-you": Signal(0, 0, "you chose this thread"),
}


def says(signal: str) -> str:
    """The user's words for a signal."""
    return SIGNALS[signal].says if signal in SIGNALS else signal


@dataclass(frozen=True, slots=True)
class Hit:
    """A signal in a message, with the words that show it."""

    signal: str
    quote: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One message understood, in the ``language`` it is mostly written in: the days and hours it names (``times``), and
    what else tells which is meant (``hints``).

    ``scheduling`` and ``thanks`` are sums of weights, each act counted once.
    """

    hits: tuple[Hit, ...] = ()
    times: tuple[Mention, ...] = ()
    hints: tuple[Mention, ...] = ()
    language: str = ""

    @property
    def acts(self) -> frozenset[str]:
        """The names of its signals."""
        return frozenset(hit.signal for hit in self.hits)

    @property
    def scheduling(self) -> float:
        """How much it arranges a meeting."""
        return sum(SIGNALS[act].scheduling for act in self.acts)

    @property
    def thanks(self) -> float:
        """How much it thanks for one."""
        return sum(SIGNALS[act].thanks for act in self.acts)


@lru_cache(maxsize=512)  # the messages of one contact: the choice of a thread asks, and then the day they met
def read(message: Message) -> Reading:
    """The signals of a message: of its subject, its new text, and its calendar parts."""
    written = message.date.date() if message.date else date(1970, 1, 1)
    text = tidy(message.new_text)
    answered = f"{message.subject} {message.quoted_text[:SHORT]}" if len(text) < SHORT else ""
    reading = _read_text(text, written, answered)
    hits = list(reading.hits)
    for part in message.calendar:
        if part.method in ("REQUEST", "REPLY", "COUNTER", "PUBLISH", ""):
            hits.append(Hit("calendar-invitation", part.summary[:QUOTE]))
        if part.method == "CANCEL" or part.status == "CANCELLED":
            hits.append(Hit("cancels", part.summary[:QUOTE]))
        if part.recurring:
            hits.append(Hit("recurring", part.summary[:QUOTE]))
    subject = fold(tidy(message.subject))
    if any(
        lexicon(code).subject.pattern.search(subject) for code in likely_languages(fold(message.new_text) or subject)
    ):
        hits.append(Hit("meeting-in-subject", message.subject[:QUOTE]))
    if re.search(
        r"\b(thank you|thanks|gracias|merci|dank\w*|obrigad[oa]|grazie|bedankt)\b|感谢|谢谢|お礼|御礼", subject
    ):
        hits.append(Hit("thanks-in-subject", message.subject[:QUOTE]))
    return replace(reading, hits=tuple(hits))


def answered(message: Message) -> frozenset[str]:
    """The acts of what a message answers, as far as it is quoted: "Yes." says what its question asked."""
    written = message.date.date() if message.date else date(1970, 1, 1)
    return _read_text(tidy(message.quoted_text[:OPENING]), written).acts


@lru_cache(maxsize=4096)
def _read_text(text: str, written: date, answered: str = "") -> Reading:
    if not text.strip():
        return Reading()
    folded = fold(text)
    hits: list[Hit] = []
    times: tuple[Mention, ...] = ()
    hints: tuple[Mention, ...] = ()
    read_in = likely_languages(folded, answered)
    for code in read_in:
        words = lexicon(code)
        bare = _masked(folded, words)
        hits += _hits(text, bare, words)
        found = mentions(bare, code, written)
        named = tuple(m for m in found if _is_time(m))
        said = tuple(m for m in found if not _is_time(m))
        if (_days(named), len(named), len(said)) > (_days(times), len(times), len(hints)):
            times, hints = named, said
    if times:
        hits.append(Hit("names-time", _around(text, times[0].start, times[0].end)))
    return Reading(tuple(hits), times, hints, read_in[0])


def _days(times: Iterable[Mention]) -> int:
    """How many days are named: of two languages that a text may be in, the one that finds more of them is right."""
    return sum(mention.day is not None for mention in times)


def _is_time(mention: Mention) -> bool:
    """Whether it names a day or an hour in figures."""
    return mention.day is not None or (mention.hour is not None and not mention.spoken)


@lru_cache(maxsize=512)  # signals, days and addresses of a message are looked for one after the other
def likely_languages(folded: str, answered: str = "") -> tuple[str, ...]:
    """The languages to read a text in: by script, else by everyday words; English beside another if it shows, too.

    A few words ("Kl. 18?") are taken to be in the language of the mail they answer.
    """
    sample = folded[:3_000]
    if re.search(r"[\u3040-\u30ff]", sample):
        return _known("ja", "en")
    if re.search(r"[\uac00-\ud7af]", sample):
        return _known("ko", "en")
    if re.search(r"[\u4e00-\u9fff]", sample):
        return _known("zh", "en")
    telling = telling_words()
    scores = {code: 0 for code in languages() if is_spaced(code)}
    for word in set(re.findall(r"\w+", sample)):
        for code in telling.get(word, ()):
            scores[code] += 1
    ranked = sorted(scores, key=lambda code: (-scores[code], code != "en"))
    best = scores[ranked[0]]
    if best < SURE_OF_LANGUAGE and answered:
        return likely_languages(f"{folded} {fold(answered)}")
    equal = sum(score == best for score in scores.values())
    chosen = [code for code in ranked[: max(2, min(3, equal))] if scores[code] >= max(1, 0.6 * best)] or ["en"]
    if best < SURE_OF_LANGUAGE and "en" not in chosen:
        chosen.append("en")
    return tuple(chosen)


def _known(*codes: str) -> tuple[str, ...]:
    return tuple(code for code in codes if code in languages())


def _masked(folded: str, words: Lexicon) -> str:
    bare = words.signoff.sub(lambda m: " " * len(m[0]), folded)
    if words.mask.applies(bare):
        bare = words.mask.pattern.sub(lambda m: " " * len(m[0]), bare)
    return bare


def _hits(text: str, bare: str, words: Lexicon) -> Iterable[Hit]:
    for rule in words.rules:
        if not rule.applies(bare):
            continue
        for count, match in enumerate(rule.pattern.finditer(bare)):
            if count >= _ACT_LIMIT:
                break
            yield Hit(rule.act, _around(text, match.start(), match.end()))


def _around(text: str, start: int, end: int) -> str:
    """The sentence around a match, at most QUOTE characters."""
    left = max(text.rfind(mark, max(0, start - QUOTE), start) for mark in ".!?\n。！？") + 1
    rights = [found for mark in ".!?\n。！？" if (found := text.find(mark, end - 1)) >= 0]
    right = min(rights, default=len(text)) + 1
    return " ".join(text[max(left, start - QUOTE // 2) : right].split())[:QUOTE]
