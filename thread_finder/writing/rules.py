"""What a rule of etiquette is, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from thread_finder.model import Finding, Letter, Level, ReasonKind
from thread_finder.writing.facts import Facts
from thread_finder.writing.language import lexicon, occurrences
from thread_finder.writing.reading import count_words, sentences

ASKS = frozenset({ReasonKind.ASK, ReasonKind.CATCH_UP})
"""The reasons that ask something of the contact for the owner's own sake (advice O13)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``asks`` is what it wants, in one sentence; ``source`` the rows of docs/etiquette.md that it keeps.

    ``broken`` says in one sentence what is wrong and what to do, or "" when the letter keeps the rule.
    """

    name: str
    level: Level
    source: str
    asks: str
    broken: Callable[[Case], str] = field(repr=False)


@dataclass(frozen=True)
class Case:
    """A letter, the facts it was written from, and the numbers that rules go by.

    ``batch`` are the letters written before it in the same run.
    """

    letter: Letter
    facts: Facts
    finding: Finding
    today: date
    numbers: Mapping[str, float]
    batch: Sequence[Letter] = ()

    @cached_property
    def words(self) -> int:
        """The length of the letter's own text."""
        return count_words(self.letter.body)

    @cached_property
    def own_words(self) -> str:
        """The letter's text but for what the contact said: nobody is to blame for that."""
        body = flat(self.letter.body)
        return body.replace(self.facts.remember, " ") if self.facts.remember else body

    @cached_property
    def opening(self) -> str:
        """The first two sentences below the greeting."""
        below = "\n".join(text for name, text in self.letter.parts if name != "greeting")
        return " ".join(sentences(below)[:2])

    @property
    def whole(self) -> bool:
        """Whether it is a letter of parts, as templates make it: not a follow-up, not rewritten by hand."""
        return not self.facts.follow_up and any(name == "introduction" for name, _ in self.letter.parts)

    @property
    def silent_days(self) -> int | None:
        """Days since the thread's last mail."""
        return (self.today - self.facts.last_mail).days if self.facts.last_mail else None

    def number(self, name: str) -> float:
        """A number of etiquette.NUMBERS, as the user has it."""
        return self.numbers[name]

    def part(self, name: str) -> str:
        """The text of a part, "" when it is not there."""
        return next((text for part, text in self.letter.parts if part == name), "")

    def phrases(self, kind: str) -> list[str]:
        """The phrases of a kind (flattery, apology …) as they stand in the text."""
        known = lexicon(self.letter.language).phrases.get(kind, ())
        return occurrences(self.own_words, known, self.letter.language)

    def sentences_with(self, kind: str) -> list[str]:
        """The sentences that hold a phrase of a kind."""
        known, language = lexicon(self.letter.language).phrases.get(kind, ()), self.letter.language
        return [sentence for sentence in sentences(self.own_words) if occurrences(sentence, known, language)]


def flat(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def tells(text: str, fact: str) -> bool:
    """Whether a text holds a fact. Templates set it into a sentence, so its first words may have changed."""
    whole, words = flat(text).casefold(), flat(fact).casefold().rstrip(".。!?").split()
    tails = (" ".join(words[first:]) for first in range(min(3, max(1, len(words) - 2))))
    return bool(words) and any(tail in whole for tail in tails)
