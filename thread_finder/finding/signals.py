"""What one message says: arranging a meeting, thanking for one, or something that only looks like it.

Only new text is read; quotations and signatures are somebody's older words. Every signal has its name and its words
for the user in SIGNALS; what it is worth stands in weights.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache

from thread_finder.finding.folding import fold, tidy
from thread_finder.finding.lexicon import Lexicon, is_spaced, languages, lexicon, telling_words
from thread_finder.finding.mention import Mention
from thread_finder.finding.when import mentions
from thread_finder.model import Message

QUOTE = 160  # characters of a message that evidence shows
SURE_OF_LANGUAGE = 3  # so many everyday words of a language tell it; where fewer do, English is read as well
SHORT = 200  # characters under which a mail may be too short to tell its language
_ACT_LIMIT = 3  # hits of one act in one message that are kept
_SCRIPTS = (
    (re.compile(r"[\u3040-\u30ff]"), "ja"),
    (re.compile(r"[\uac00-\ud7af]"), "ko"),
    (re.compile(r"[\u4e00-\u9fff]"), "zh"),
)
_WORD = re.compile(r"\w+")
_THANKS = re.compile(r"\b(thank you|thanks|gracias|merci|dank\w*|obrigad[oa]|grazie|bedankt)\b|感谢|谢谢|お礼|御礼")

SIGNALS: dict[str, str] = {
    "asks-to-meet": "asks to meet",
    "suggests-time": "proposes a time",
    "accepts": "accepts",
    "agrees": "says yes",
    "confirms": "confirms the meeting",
    "moves": "moves the meeting",
    "cancels": "calls it off",
    "declines": "declines to meet",
    "someday": "speaks of some day",
    "talks-by-phone": "speaks of a call",
    "asks-to-talk": "asks to talk",
    "sets-up": "has a meeting set up",
    "attends": "says who will be there, or not",
    "call-details": "tells when, where or how to dial in",
    "others-meet": "speaks of other people's meeting",
    "names-time": "names a day or an hour",
    "calendar-invitation": "is a calendar invitation or its answer",
    "recurring": "is a recurring appointment",
    "thanks-for-meeting": "thanks for the meeting",
    "thanks-for-time": "thanks for time or advice",
    "glad-we-met": "was glad to meet",
    "met-you": "says that you met",
    "owes": "feels obliged",
    "recalls-meeting": "recalls what was said",
    "thanks-other": "thanks for something else",
    "meeting-in-subject": "has a meeting or a day in the subject",
    "names-period": "speaks of next week or the like",
    "errand-words": "asks an assistant to print or to put down",
    "thanks-in-subject": "has thanks in the subject",
    "addresses-many": "speaks to many people",
    "sells": "offers something for sale",
    # Signals of a mail's words, and of the acquaintance, given by ranking.py.
    "reads-like-arranging": "reads like arranging a meeting",
    "reads-like-thanks": "reads like thanks for a meeting",
    "answers-arranging": "answers what reads like arranging a meeting",
    "agreed": "one proposed and the other agreed",
    "just-after-meeting": "was written just after the meeting",
    "fits-met-on": "fits the date you met",
    "misses-met-on": "does not fit the date you met",
    "follows": "begins just after a day you had agreed on, and remembers it",
    "comes-after": "begins just after a day you had agreed on",
    "took-place": "you wrote again just after the day agreed on",
    "declined": "but it was declined",
    "called-off": "but it was called off",
    "routine": "but it is a matter of routine",
    "both-wrote": "both of you wrote",
    "only-two": "between the two of you",
    "chosen-by-you": "you chose this thread",
}


def says(signal: str) -> str:
    """The user's words for a signal."""
    return SIGNALS.get(signal, signal)


@dataclass(frozen=True, slots=True)
class Hit:
    """A signal in a message, with the words that show it."""

    signal: str
    quote: str


@dataclass(frozen=True)
class Reading:
    """One message understood, in the ``language`` it is mostly written in: the days and hours it names (``times``), and
    what else tells which is meant (``hints``).
    """

    hits: tuple[Hit, ...] = ()
    times: tuple[Mention, ...] = ()
    hints: tuple[Mention, ...] = ()
    language: str = ""

    @cached_property
    def acts(self) -> frozenset[str]:
        """The names of its signals."""
        return frozenset(hit.signal for hit in self.hits)


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
    if any(lexicon(code).subject.pattern.search(subject) for code in likely_languages(fold(text) or subject)):
        hits.append(Hit("meeting-in-subject", message.subject[:QUOTE]))
    if _THANKS.search(subject):
        hits.append(Hit("thanks-in-subject", message.subject[:QUOTE]))
    return replace(reading, hits=tuple(hits))


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


def likely_languages(folded: str, answered: str = "") -> tuple[str, ...]:
    """The languages to read a text in: by script, else by everyday words; English beside another if it shows, too.

    A few words ("Kl. 18?") are taken to be in the language of the mail they answer.
    """
    sample = folded[:3_000]
    if not sample.isascii():
        for letters, code in _SCRIPTS:
            if letters.search(sample):
                return _known(code, "en")
    ranked = _ranked(sample)
    best = ranked[0][1]
    if best < SURE_OF_LANGUAGE and answered:
        return likely_languages(f"{folded} {fold(answered)}")
    equal = sum(score == best for _, score in ranked)
    chosen = [code for code, score in ranked[: max(2, min(3, equal))] if score >= max(1, 0.6 * best)] or ["en"]
    if best < SURE_OF_LANGUAGE and "en" not in chosen:
        chosen.append("en")
    return tuple(chosen)


@lru_cache(maxsize=512)  # signals, days and addresses of a message are looked for one after the other
def _ranked(sample: str) -> list[tuple[str, int]]:
    """The languages that have spaces, each with how many of its everyday words occur, the likeliest first."""
    telling = telling_words()
    scores = {code: 0 for code in languages() if is_spaced(code)}
    for word in telling.keys() & _WORD.findall(sample):
        for code in telling[word]:
            scores[code] += 1
    return sorted(scores.items(), key=lambda one: (-one[1], one[0] != "en"))


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
