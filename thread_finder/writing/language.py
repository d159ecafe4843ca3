"""The languages of letters: their word lists (``lexicon/<language>.toml``), and telling one from another."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files

LANGUAGES = ("en", "es", "fr", "de", "pt", "it", "nl", "ja")
"""The languages that have templates and word lists."""

FORMAL_BY_DEFAULT = frozenset({"de", "fr", "ja"})

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SCRIPT = 0.2  # share of a text's letters from which a script tells its language
_SENTENCE = 12  # ideographs; Japanese does without kana in a name or a term, hardly in a sentence
_SAMPLE = 4000  # characters; the language of a mail shows long before


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists of one language; the keys are explained in ``lexicon/en.toml``."""

    stopwords: frozenset[str] = frozenset()
    articles: tuple[str, ...] = ()
    small: frozenset[str] = frozenset()
    i_am: tuple[str, ...] = ()
    greetings: tuple[str, ...] = ()
    closings: tuple[str, ...] = ()
    formal: str = ""
    informal: str = ""
    media: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    durations: Mapping[str, int] = field(default_factory=dict)


@cache
def lexicon(language: str) -> Lexicon:
    """The word lists of ``language``; empty ones for a language that has none."""
    if language not in LANGUAGES:
        return Lexicon()
    table = tomllib.loads(files(__package__).joinpath("lexicon", f"{language}.toml").read_text(encoding="utf-8"))
    return Lexicon(
        stopwords=frozenset(table["stopwords"].split()),
        articles=tuple(table["articles"]),
        small=frozenset(table["small"].split()),
        i_am=tuple(table["i_am"]),
        greetings=tuple(table["greetings"]),
        closings=tuple(table["closings"]),
        formal=table["formal"],
        informal=table["informal"],
        media={name: tuple(words) for name, words in table["media"].items()},
        phrases={name: tuple(words) for name, words in table["phrases"].items()},
        durations={phrase: int(minutes) for phrase, minutes in table.get("durations", {}).items()},
    )


def primary(language: str) -> str:
    """The language of a tag: "pt" of "pt-BR" (RFC 5646 2.2.1)."""
    return re.split(r"[-_]", language.strip().lower(), maxsplit=1)[0]


def detect(texts: Iterable[str]) -> str:
    """The language most of ``texts`` is in, "" when they do not tell.

    Scripts tell Japanese, Korean and Chinese; common words tell the others, if at least three of them occur and
    they are clearly more than any other language's.
    """
    text = " ".join(texts)[:_SAMPLE]
    return _by_words(text) if text.isascii() else _by_script(text)


def _by_script(text: str) -> str:
    letters = sum(c.isalpha() for c in text) or 1
    kana, hangul, ideographs = (
        sum(first <= c <= last for c in text)
        for first, last in (("\u3040", "\u30ff"), ("\uac00", "\ud7af"), ("\u4e00", "\u9fff"))
    )
    if hangul > letters * _SCRIPT:
        return "ko"
    if kana + ideographs > letters * _SCRIPT:
        return "ja" if kana else "zh" if ideographs >= _SENTENCE else ""  # a few ideographs could be either's
    return _by_words(text)


@lru_cache(maxsize=256)  # the owner's own words are asked about for every letter
def _by_words(text: str) -> str:
    counts = Counter(word.casefold() for word in _WORD.findall(text))
    scores = sorted(
        ((sum(counts[w] for w in counts.keys() & lexicon(code).stopwords), code) for code in LANGUAGES if code != "ja"),
        reverse=True,
    )
    (best, code), (second, _) = scores[0], scores[1]
    return code if best >= 3 and best >= second * 1.3 + 1 else ""


def formality(texts: Sequence[str], language: str) -> bool | None:
    """Whether the newest of ``texts`` (newest first) that shows it uses the formal address; None when none does."""
    formal, informal = _address_patterns(language)
    if formal is None or informal is None:
        return None
    for text in texts:
        yes, no = len(formal.findall(text[:_SAMPLE])), len(informal.findall(text[:_SAMPLE]))
        if yes != no:
            return yes > no
    return None


def occurrences(text: str, phrases: Iterable[str], language: str) -> list[str]:
    """The ``phrases`` as found in ``text``, each time they occur: whole words, in any case."""
    wanted, pattern = _phrases(tuple(phrases), language)
    plain = text.replace("’", "'")
    folded = plain.casefold()
    return pattern.findall(plain) if any(phrase in folded for phrase in wanted) else []


@lru_cache(maxsize=256)
def _phrases(phrases: tuple[str, ...], language: str) -> tuple[list[str], re.Pattern[str]]:
    """The phrases casefolded, for a quick look whether there is any, and the pattern of them as whole words."""
    ordered = sorted({p.replace("’", "'") for p in phrases}, key=len, reverse=True)
    either = "|".join(map(re.escape, ordered))
    # Japanese has no spaces between words.
    pattern = re.compile(either if language == "ja" else rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
    return [phrase.casefold() for phrase in ordered], pattern


@cache
def _address_patterns(language: str) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    words = lexicon(language)
    if not words.formal:
        return None, None
    return re.compile(words.formal), re.compile(words.informal)
