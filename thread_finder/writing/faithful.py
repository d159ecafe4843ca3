"""Whether another wording of a letter says the same: no name, number, date, link or claim more, and none less.

A program cannot understand; it can hold words against words. A new wording may use the words of the old one, in other
forms and another order, and the everyday words that our own templates are made of. Everything else is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from thread_finder.model import PartialDate
from thread_finder.writing.dates_in_words import ago
from thread_finder.writing.facts import Facts
from thread_finder.writing.language import lexicon, occurrences
from thread_finder.writing.reading import sentences

_LINK = re.compile(r"https?://\S*[^\s.,;:!?)]")
_NUMBER = re.compile(r"\d+")
_TOKEN = re.compile(r"[^\W\d_]+")
_EASTERN = re.compile(r"[\u3400-\u9fff]+|[\u30a1-\u30ff]+")
_MARKUP = re.compile(r"[<>{}\[\]`#*_|\\]|^\s*[-•]\s", re.MULTILINE)
_STEM = 5  # letters that two forms of a word have in common
_NEGATIONS = {
    "de": "nicht kein keine keinen keinem keiner nichts nie niemals niemand ohne weder",
    "en": "not no never nothing nobody none neither nor without cannot can't don't doesn't didn't won't wouldn't couldn't "
    "shouldn't isn't aren't wasn't weren't haven't hasn't hadn't",
    "es": "no nunca nada nadie ningún ninguna ninguno sin ni tampoco jamás",
    "fr": "ne n' pas jamais rien personne aucun aucune sans ni",
    "it": "non mai niente nulla nessun nessuna nessuno senza né",
    "ja": "ない なかっ ません ませず ずに なく なけれ",
    "nl": "niet geen nooit niets niemand zonder noch",
    "pt": "não nunca nada ninguém nenhum nenhuma sem nem jamais",
}
_CAPITALS_ARE_NOUNS = frozenset({"de"})


@dataclass(frozen=True, slots=True)
class Wording:
    """Paragraphs in a language, and the words that it may use beside those of the paragraphs."""

    paragraphs: tuple[str, ...]
    language: str
    everyday: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """All of it."""
        return "\n\n".join(self.paragraphs)


def everyday_words(templates: Iterable[str], language: str) -> frozenset[str]:
    """The words of a language's templates and of its short words, but for those that tell a time or a number."""
    words = {token for text in templates for token in _tokens(_written(text))}
    known = lexicon(language)
    words |= known.stopwords | frozenset(known.articles)
    return frozenset(words - _times(language))


def _written(template: str) -> str:
    """What a template may write itself: its text, and the texts in quotation marks within its tags."""
    bare = re.sub(r"\{#.*?#\}", " ", template, flags=re.DOTALL)
    within = [text for tag in re.findall(r"\{[{%].*?[}%]\}", bare, re.DOTALL) for text in re.findall(r'"([^"]*)"', tag)]
    return "\n".join([re.sub(r"\{[{%].*?[}%]\}", " ", bare, flags=re.DOTALL), *within])


def faults(old: Wording, new: Sequence[str], facts: Facts) -> list[str]:
    """What the new wording adds or loses, in words for the user; [] when it says the same."""
    if len(new) != len(old.paragraphs):
        return [f"it has {len(new)} paragraphs, not {len(old.paragraphs)}"]
    text = "\n\n".join(new)
    found = _form(old.text, text)
    found += _sets("link", _LINK.findall(old.text), _LINK.findall(text))
    found += _sets("number", _NUMBER.findall(old.text), _NUMBER.findall(text))
    found += _lost_facts(text, old.text, facts)
    found += _new_words(old, text)
    if not found:
        found += _polarity(old, text) + _groundless(old, text)
    return found


def _form(old: str, new: str) -> list[str]:
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co"} and char != "\n" for char in new):
        return ["it holds control characters"]
    if added := set(_MARKUP.findall(_LINK.sub("", new))) - set(_MARKUP.findall(_LINK.sub("", old))):
        return [f"it holds markup ({min(added)})"]
    if not 0.5 * len(old) <= len(new) <= 1.5 * len(old):
        return ["it is much longer than the letter" if len(new) > len(old) else "it is much shorter than the letter"]
    return []


def _sets(what: str, old: list[str], new: list[str]) -> list[str]:
    """Each as often as before: links, numbers."""
    added = [one for one in dict.fromkeys(new) if new.count(one) > old.count(one)]
    lost = [one for one in dict.fromkeys(old) if old.count(one) > new.count(one)]
    return [f"it adds the {what} {one}" for one in added] + [f"it loses the {what} {one}" for one in lost]


def _lost_facts(new: str, old: str, facts: Facts) -> list[str]:
    """Every fact that the letter told is told again, word for word or in other forms of its words; dates as they were."""
    told = [facts.introduction, facts.how, facts.topic, facts.introduced_by, *facts.updates, facts.remember,
            facts.reason.text, facts.timely]  # fmt: skip
    stopwords, before, after = lexicon(facts.language).stopwords, _stems(old), _stems(new)
    lost = []
    for word in dict.fromkeys(token for fact in told for token in _tokens(fact)):
        if word not in stopwords and _known(word, before) and not _known(word, after):
            lost.append(f"it loses “{word}”")
    dates = [when for when in (facts.when, facts.dated, facts.wrote) if when and _flat(when) in _flat(old)]
    return lost + [f"it loses “{when}”" for when in dates if _flat(when) not in _flat(new)]


def _new_words(old: Wording, new: str) -> list[str]:
    known = _stems(old.text)
    added = [word for word in dict.fromkeys(_tokens(new)) if word not in old.everyday and not _known(word, known)]
    added += [word for word in _capitals(new, old.language) if word not in _capitals(old.text, old.language)]
    return [f"it adds “{word}”" for word in dict.fromkeys(added)]


def _polarity(old: Wording, new: str) -> list[str]:
    """As many negations and questions as before: a "not" more or less turns a claim round."""
    negations = _NEGATIONS[old.language].split()
    count = [len(occurrences(text, negations, old.language)) for text in (old.text, new)]
    if count[0] != count[1]:
        return ["it says yes where the letter says no, or no where it says yes"]
    asked = [len(re.findall(r"[?？]", text)) for text in (old.text, new)]
    return ["it asks something more"] if asked[1] > asked[0] else []


def _groundless(old: Wording, new: str) -> list[str]:
    """Each sentence rests on the letter: half of its words at least stand there."""
    known, stopwords = _stems(old.text), lexicon(old.language).stopwords
    for sentence in sentences(new):
        words = [word for word in _tokens(sentence) if word not in stopwords]
        if sum(_known(word, known) for word in words) * 2 < len(words):
            return [f"“{sentence}” is not in the letter"]
    return []


@lru_cache
def _times(language: str) -> frozenset[str]:
    """The words with which a language tells when something was, and how long it takes."""
    today = date(2026, 6, 15)
    days = [*range(40), *range(40, 1200, 29)]
    said = [ago(PartialDate(today - timedelta(days=day)), today, language) for day in days]
    said += [ago(PartialDate(date(2026 - n, 1, 1), "year"), today, language) for n in range(5)]
    words = {token for text in [*said, *lexicon(language).durations] for token in _tokens(text)}
    return frozenset(words - lexicon(language).stopwords - {*"in im em nel en a ago il y vor há hace fa".split()})


def _tokens(text: str) -> list[str]:
    """The words of a text, folded; of Japanese, its runs of kanji and of katakana."""
    bare = _LINK.sub(" ", text).replace("’", "'")
    eastern = _EASTERN.findall(bare)
    rest = re.sub(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]+", " ", bare)
    return [token.casefold() for token in _TOKEN.findall(rest)] + eastern


def _stems(text: str) -> frozenset[str]:
    return frozenset(_tokens(text))


def _known(word: str, words: frozenset[str]) -> bool:
    """Whether a word, or another form of it, is among ``words``."""
    if word in words:
        return True
    if _EASTERN.fullmatch(word):
        return any(word in other or other in word for other in words if _EASTERN.fullmatch(other))
    return len(word) >= _STEM and any(_alike(word, other) for other in words if other[:_STEM] == word[:_STEM])


def _alike(one: str, other: str) -> bool:
    """Forms of one word: alike but for an ending of three letters at most."""
    common = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return max(len(one), len(other)) - common <= 3


def _capitals(text: str, language: str) -> set[str]:
    """Words that are capital within a sentence: names, most of them; in German they are any noun."""
    if language in _CAPITALS_ARE_NOUNS:
        return set()
    inner = [word for sentence in sentences(text) for word in _TOKEN.findall(sentence)[1:]]
    return {word for word in inner if word[0].isupper() and len(word) > 1}


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())
