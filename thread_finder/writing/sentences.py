"""A template's lines to paragraphs: one wording of several chosen, and the user's own words set into the sentences.

In a template, lines that begin with "- " and follow each other are wordings of which each contact gets one; any other
line ends their run, a comment or a tag, too. A blank line begins a paragraph, and a line that ends in a backslash is not
joined with the next. What the user wrote may begin with a capital or not and
end in a full stop or not: it is made to fit where it stands. docs/templates.md tells this to those who write templates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby

from thread_finder.writing.language import lexicon

# Private characters that stand for what a template's layout means; no fact can bring one in.
_FACT, _END, _WORDING, _BREAK, _PARAGRAPH = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
_MARKS = re.compile("[\ue000-\ue004]")

Choose = Callable[[Sequence[str]], int]
"""Says which of several wordings to take, each given by the number of its line in the template."""

_STOPS = ".!?…。！？"
_SENTENCE_END = re.compile(rf"[{_STOPS}][\s\"'“”’»)」』]*$")
_FINAL = re.compile(rf"[{_STOPS},;:、\s]+$")
_QUOTED_STOP = re.compile(rf"[{_STOPS}](\s?[\"“”’»」』])$")
_ABBREVIATION = re.compile(
    r"(?:^|\s)(?:\w+\.\w+|inc|ltd|co|corp|bros|jr|sr|st|dr|prof|no|vs|etc|usw|bzw|ecc|enz|p)\.$", re.I
)
_LOOSE = re.compile(r" +(?=[.,](?:\s|$))")  # the space before a stop that an empty fact leaves
_AFTER_COLON = {"de": frozenset("ich wir es man mein meine".split())}  # begins a whole sentence, so takes a capital
_FIRST_WORD = re.compile(r"[^\W\d_]+['’]?")


class Fact(str):
    """A piece of the user's own words, on one line: to be set into a sentence, not just copied."""

    __slots__ = ()

    def __new__(cls, text: str) -> Fact:
        """``text`` on one line, without any character that means layout."""
        return super().__new__(cls, " ".join(_MARKS.sub("", text).split()))


def prepared(source: str) -> str:
    """A template's source with its layout in marks that survive the filling in; as many lines as before."""
    lines, first = [], 0
    for number, line in enumerate(_MARKS.sub("", source).split("\n"), 1):
        bare = line.strip()
        is_wording = bare == "-" or bare.startswith("- ")
        first = (first or number) if is_wording else 0
        if is_wording:
            bare = f"{_WORDING}{first} {number}{_WORDING}{bare[1:]}"
        lines.append(f"{bare[:-1]}{_BREAK}" if bare.endswith("\\") else bare or _PARAGRAPH)
    return "\n".join(lines)


def marked(value: object) -> object:
    """A fact between marks, anything else as it is: what Jinja does with each value before writing it."""
    return f"{_FACT}{value}{_END}" if isinstance(value, Fact) else value


def settle(filled: str, language: str, choose: Choose) -> str:
    """The text of a template that was ``prepared`` and filled in: its paragraphs, separated by blank lines."""
    lines = [line.strip() for line in filled.split("\n")]
    between = "" if language == "ja" else " "
    text = ""
    for line in _chosen([line for line in lines if line], choose):
        if line == _PARAGRAPH:
            text = text.rstrip() + "\n\n"
        elif line.endswith(_BREAK):
            text += line[:-1].rstrip() + "\n"
        else:
            text += line + between
    text = _LOOSE.sub("", re.sub(r" {2,}", " ", _set_in(text, language)))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in text.split("\n"))).strip()


def _chosen(lines: Sequence[str], choose: Choose) -> list[str]:
    """The lines, but one alone of each run of wordings."""
    found: list[str] = []
    for run, members in groupby(lines, key=lambda line: line.startswith(_WORDING) and line[1:].partition(" ")[0]):
        if run:
            wordings = [line.split(_WORDING, 2)[1:] for line in members]
            found.append(wordings[choose([place.partition(" ")[2] for place, _ in wordings])][1].strip())
        else:
            found += members
    return [line for line in found if line]


def _set_in(text: str, language: str) -> str:
    pieces = re.split(f"{_FACT}([^{_END}]*){_END}", text)
    written = pieces[0]
    for fact, after in zip(pieces[1::2], pieces[2::2], strict=True):
        written += _ended(_begun(fact, written, language), after)
        ends_itself = bool(_SENTENCE_END.search(written))
        written += after[1:] if ends_itself and fact and after[:1] in {".", "。"} else after
    return written


def _begun(fact: str, before: str, language: str) -> str:
    """The fact with a capital at the start of a sentence, and a little word's capital lowered within one."""
    line = before.rsplit("\n", 1)[-1]
    word = _FIRST_WORD.search(fact)
    if not word:
        return fact
    if not line.strip() or _SENTENCE_END.search(line):
        is_brand = word[0][1:2].isupper() or fact[word.end() :].startswith(("://", "."))  # iPhone, https://, www.
        quoted_only = not fact[: word.start()].strip("\"'“„«¿¡([「 ")
        start = word.start()
        return fact if is_brand or not quoted_only else fact[:start] + fact[start].upper() + fact[start + 1 :]
    known = {_folded(word[0]), _folded(word[0]).rstrip("'")}
    if line.rstrip().endswith(":") and known & _AFTER_COLON.get(language, frozenset()):
        return fact[0].upper() + fact[1:]
    small = word.start() == 0 and known & lexicon(language).small and not word[0][1:2].isupper()
    return fact[0].lower() + fact[1:] if small else fact


def _ended(fact: str, after: str) -> str:
    """The fact with the end that fits what comes after it: its own full stop only where it is not one too many."""
    if _ABBREVIATION.search(fact):
        return fact
    at_end = not after.strip() or after[0] in ".。\n"
    if at_end:
        return fact if fact.endswith(("!", "?", "…", "...", "！", "？")) else _FINAL.sub("", fact)
    return _QUOTED_STOP.sub(r"\1", _FINAL.sub("", fact))


# --- what a template may ask of a text ---------------------------------------------------------------


def starts(text: str, *beginnings: str) -> bool:
    """Whether ``text`` begins with one of these words, in any case; "qu'" begins "qu'il"."""
    return any(_begins(_folded(text), _folded(beginning)) for beginning in beginnings)


def ends(text: str, *endings: str) -> bool:
    """Whether ``text`` ends with one of these, its full stop aside."""
    return _folded(text).rstrip(".。 ").endswith(tuple(map(_folded, endings)))


def inverted(text: str) -> Fact:
    """German and Dutch: "ich habe gebaut" as it stands after another word, "habe ich gebaut"."""
    subject, _, rest = text.partition(" ")
    verb, _, rest = rest.partition(" ")
    return Fact(f"{verb} {subject.lower()} {rest}" if verb else text)


def accusative(text: str) -> Fact:
    """German: "der lange Weg" as it stands after "über", "den langen Weg"; other genders do not change."""
    words = text.split(" ")
    if _folded(words[0]) != "der":
        return Fact(text)
    noun = next((place for place, word in enumerate(words[1:], 1) if not word[:1].islower()), 1)
    return Fact(" ".join(["den", *(re.sub(r"e(?=,?$)", "en", word) for word in words[1:noun]), *words[noun:]]))


_CONTRACTIONS = {
    "fr": ("de", {"le": "du", "les": "des"}),
    "it": (
        "di",
        {"il": "del", "lo": "dello", "la": "della", "l'": "dell'", "i": "dei", "gli": "degli", "le": "delle"},
    ),
    "es": ("de", {"el": "del"}),
    "pt": ("de", {"o": "do", "a": "da", "os": "dos", "as": "das"}),
}


def of(text: str, language: str) -> Fact:
    """French, Italian, Spanish, Portuguese: a noun after "of": "le son" is "du son", "il suono" is "del suono"."""
    particle, contractions = _CONTRACTIONS[language]
    word = _FIRST_WORD.match(text)
    article = _folded(word[0]) if word else ""
    if word and article in contractions:
        return Fact(contractions[article] + text[word.end() :])
    if language == "fr" and re.match(r"[aeiouyàâéèêëîïôûh]", text, re.I):
        return Fact(f"d'{text}")
    return Fact(f"{particle} {text}")


def _begins(text: str, beginning: str) -> bool:
    after = text[len(beginning) : len(beginning) + 1]
    whole = beginning.endswith("'") or not beginning.isascii() or not after.isalnum()
    return text.startswith(beginning) and whole


def _folded(text: str) -> str:
    return text.replace("’", "'").casefold()
