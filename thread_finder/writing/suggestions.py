"""Sentences of old mails that tell what a contact said and that may have helped (advice H15).

They are shown to the user, who alone decides: nothing of them stands in a letter until it is confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from thread_finder.model import Finding, Message
from thread_finder.writing import encounters
from thread_finder.writing.language import LANGUAGES, detect, lexicon, occurrences
from thread_finder.writing.reading import count_words, sentences

MOST = 8  # to choose from; more are not read
_FEWEST = 4  # words of a quotation that is more than a catchword
_SHORTEST, _LONGEST = 5, 45  # words of a sentence that says something and can be quoted
_APPOINTMENT = re.compile(r"\b\d{1,2}[:.h]\d{2}\b|\b\d{1,2} ?(?:am|pm|uhr|h)\b|@|https?://|\d{4,}|\d+時", re.IGNORECASE)
_QUOTED = re.compile(r"[“„\"«「『]\s*([^“”„\"«»「」『』]{15,300}?)[.,]?\s*[”“\"»」』]")
_QUOTES = {"de": ("„", "“"), "fr": ("« ", " »"), "it": ("«", "»"), "es": ("«", "»"), "ja": ("「", "」")}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A ``sentence`` of an old mail; ``said`` are the contact's own words in it, "" where the owner only tells of them."""

    sentence: str
    said: str
    message_id: str
    on: date | None

    def quoted(self, language: str) -> str:
        """What they said in the quotation marks of a language, as ``remember`` keeps it."""
        opening, closing = _QUOTES.get(language, ("“", "”"))
        return f"{opening}{self.said}{closing}"


def suggestions(finding: Finding, owner: Iterable[str]) -> tuple[Suggestion, ...]:
    """At most MOST sentences, the likeliest first: the contact's own, and what the owner then wrote they had said.

    The order is always the same, so that a number stands for one sentence as long as the mail does not change.
    """
    told = [found for mail in encounters.own_mails(finding, owner) for found in _recollected(mail)]
    told += [found for mail in encounters.their_mails(finding) for found in _said(mail)]
    told.sort(key=lambda pair: -pair[0])
    return tuple({suggestion.sentence: suggestion for _, suggestion in told}.values())[:MOST]


def _said(message: Message) -> Iterator[tuple[float, Suggestion]]:
    """The contact's sentences that are more than arrangements, those that sound like advice first."""
    for sentence in _substantial(message):
        weight = float(len(_heard(sentence, message, "advice")))
        yield weight, Suggestion(sentence, sentence, message.message_id, _day(message))


def _recollected(message: Message) -> Iterator[tuple[float, Suggestion]]:
    """The owner's sentences that tell what the contact said, best where they quote it."""
    for sentence in _substantial(message):
        quotes = [quote.strip() for quote in _QUOTED.findall(sentence) if count_words(quote) >= _FEWEST]
        recalled = _heard(sentence, message, "recalls")
        if recalled or quotes:
            said = quotes[0] if quotes else ""
            yield 3.0 + len(recalled) + bool(said), Suggestion(sentence, said, message.message_id, _day(message))


def _substantial(message: Message) -> Iterator[str]:
    """The sentences that are neither too short to say something nor about the moment."""
    for sentence in sentences(message.new_text):
        flat = " ".join(sentence.split()).strip("-*• ")
        about_now = flat.endswith(("?", "？")) or _APPOINTMENT.search(flat)
        if _SHORTEST <= count_words(flat) <= _LONGEST and not about_now:
            yield flat


def _heard(sentence: str, message: Message, kind: str) -> set[str]:
    language = detect([message.new_text])
    language = language if language in LANGUAGES else "en"
    return {phrase.casefold() for phrase in occurrences(sentence, lexicon(language).phrases.get(kind, ()), language)}


def _day(message: Message) -> date | None:
    return message.date.date() if message.date else None
