"""What the choice of words says beyond the acts of the lexicons: words and pairs of words, each with its weight.

The weights of a language are learned (bench/train_wording.py) and stand in wording/<language>.tsv: a gram, what it adds
to the log-odds that the mail arranges a meeting, and to those that it thanks for one, in hundredths. Names, numbers,
days and months have no weight of their own, so that none is known only because a mail had it.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from thread_finder.finding.folding import fold
from thread_finder.finding.lexicon import is_spaced, lexicon

WORDS = 150
"""Words of a mail that are looked at."""
BIAS = "*"
"""The row of what holds before any word is read."""
_LEAST = 8  # a mail of fewer known grams counts as one of so many: two words prove little
_MOST = 5.0  # log-odds that wording alone may add or take

_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")
_OF_ADDRESSES = ("@", "://", "www.")  # one of these is in every address
_NAME = re.compile(r"[A-Z](?<=[a-z,;'’] [A-Z])(?!(?<=I)\b)[\w’-]*")
_NUMBER = re.compile(r"\d+(?:[:.,/-]\d+)*(?:st|nd|rd|th)?")
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")
_TOKEN = re.compile(r"[#@~?]|[^\W\d_][\w']*")
_LETTER = re.compile(r"[#@?？]|[^\W\d_a-z]")


@dataclass(frozen=True, slots=True)
class Wording:
    """Log-odds that the words of one mail add: that it ``arranges`` a meeting, that it ``thanks`` for one."""

    arranges: float = 0.0
    thanks: float = 0.0


def wording(text: str, language: str) -> Wording:
    """What the words of a mail say, by the weights learned for its language; nothing where there are none."""
    weights = _weights(language)
    if not weights:
        return Wording()
    known = list(filter(None, map(weights.get, grams(text, language))))
    each = share(len(known))
    columns = zip(weights.get(BIAS, (0.0, 0.0)), *known, strict=True)
    return Wording(*(max(-_MOST, min(_MOST, bias + each * sum(column))) for bias, *column in columns))


def telling(text: str, language: str, weigh: Callable[[Wording], float]) -> str:
    """The sentence whose words say most, by one of the two."""
    sentences = [sentence for sentence in _SENTENCE.findall(text[: 12 * WORDS]) if sentence.strip()]
    return max(sentences, key=lambda sentence: weigh(wording(sentence, language)), default="").strip()


def grams(text: str, language: str) -> frozenset[str]:
    """The words of a text and the pairs of neighbours; in languages without spaces two and three letters on end.

    An address becomes "@", a number "#", a name "~", a day of the week "#day", a month "#month".
    """
    if not is_spaced(language):
        letters = _LETTER.findall(_plain(text))[: 2 * WORDS]
        pairs = [a + b for a, b in itertools.pairwise(letters)]
        return frozenset(pairs).union(a + b for a, b in zip(pairs, letters[2:], strict=False))
    words = _words(text, language)[:WORDS]
    return frozenset(words).union(f"{a} {b}" for a, b in itertools.pairwise(words))


def share(known: int) -> float:
    """What each of so many known grams counts."""
    return 1.0 / math.sqrt(max(_LEAST, known))


def _words(text: str, language: str) -> list[str]:
    kinds = _kinds(language)
    if language != "de":  # German writes all nouns as it writes names
        text = _NAME.sub(lambda found: found[0] if fold(found[0]) in kinds else "~", text)
    return [kinds.get(word, word) for word in _TOKEN.findall(_plain(text))]


def _plain(text: str) -> str:
    text = text[: 12 * WORDS]
    if any(mark in text for mark in _OF_ADDRESSES):
        text = _ADDRESS.sub("@", text)
    return _NUMBER.sub("#", fold(text))


@cache
def _kinds(language: str) -> Mapping[str, str]:
    dates = lexicon(language).dates
    days, months = dict.fromkeys(dates.weekdays, "#day"), dict.fromkeys(dates.months, "#month")
    return {word: kind for word, kind in (days | months).items() if len(word) > 3}


@cache
def _weights(language: str) -> Mapping[str, tuple[float, float]]:
    file = resources.files(__package__) / "wording" / f"{language}.tsv"
    if not file.is_file():
        return {}
    rows = (line.split("\t") for line in file.read_text(encoding="utf-8").splitlines())
    return {gram: (int(arranges) / 100, int(thanks) / 100) for gram, arranges, thanks in rows}
