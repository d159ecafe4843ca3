"""A text counted: its words, sentences and reading grade. Japanese, which has no spaces, by its characters."""

from __future__ import annotations

import re
from functools import lru_cache

_EASTERN = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_SENTENCE = re.compile(r"[^.!?。！？\n]*[^.!?。！？\n\s][^.!?。！？\n]*(?:[.!?。！？]+[\"”»’)]?|\n|$)")
_ABBREVIATED = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St|e\.g|i\.e|z\.B|Sr|Sra|Dott|Mme|Mlle|vs)\.", re.IGNORECASE)
_LINK = re.compile(r"https?://\S*[^\s.,;:!?)]")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouy]+")


def count_words(text: str) -> int:
    """The words of a text; five characters of Japanese take as long to read as two words."""
    rest, eastern = _EASTERN.subn(" ", text)
    return eastern * 2 // 5 + len(rest.split())


def sentences(text: str) -> list[str]:
    """The sentences of a text, a line's end being one too; links and abbreviations end none."""
    bare = _ABBREVIATED.sub(_dotless, _LINK.sub(_dotless, text))
    return [text[match.start() : match.end()].strip() for match in _SENTENCE.finditer(bare)]


def grade(text: str) -> float:
    """The school year in which English is read with ease (Flesch and Kincaid 1975); 0 for a text without words.

    Names of people and places are long without being hard, so capitals within a sentence count one syllable.
    """
    told = [_WORD.findall(sentence) for sentence in sentences(text)]
    told = [words for words in told if words]
    count = sum(map(len, told))
    if not count:
        return 0.0
    heard = sum(1 if n and word[0].isupper() else _syllables(word) for words in told for n, word in enumerate(words))
    return 0.39 * count / len(told) + 11.8 * heard / count - 15.59


@lru_cache(maxsize=4096)  # a letter of a large batch is compared with each of the others
def content_words(text: str, stopwords: frozenset[str]) -> frozenset[str]:
    """The words that carry what a text says; of Japanese, its pairs of characters that are not all hiragana."""
    folded = _LINK.sub(" ", text).casefold()
    words = frozenset(w for w in _WORD.findall(_EASTERN.sub(" ", folded)) if len(w) > 3 and w not in stopwords)
    pairs = (folded[i : i + 2] for i in range(len(folded) - 1))
    return words | {
        pair for pair in pairs if _EASTERN.fullmatch(pair[0]) and re.search(r"[\u30a1-\u30ff\u3400-\u9fff]", pair)
    }


def _dotless(match: re.Match[str]) -> str:
    return re.sub(r"[.!?]", "_", match[0])


def _syllables(word: str) -> int:
    """The syllables of an English word, near enough: groups of vowels, a silent e at the end aside."""
    bare = word.casefold()
    groups = len(_VOWELS.findall(bare))
    silent = bare.endswith("e") and not bare.endswith("le") and groups > 1
    return max(1, groups - silent)
