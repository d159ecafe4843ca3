"""Names to greet people with: taken from how they sign, else from their display name by a careful rule.

Never from an address or an organisation (advice.md E, "Names"): where no name is certain, there is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from thread_finder.mail.fields import flat

_TITLES = frozenset(
    "dr prof professor mr mrs ms miss mx sir madam rev hon herr frau m mme mlle monsieur madame sr sra srta dña don doña "
    "dott dottssa dottoressa ing avv sig sigra mag dipl drs ir mevr mevrouw dhr eng arq lic dra profª prof.ª".split()
)
_ACADEMIC = frozenset(
    "dr dra prof profª profssa professor professora professorin dott dottssa dottoressa ing dipl mag drs ir".split()
)
_SUFFIXES = frozenset("phd md mba jr sr ii iii iv esq cpa msc bsc ma llm jd dphil mph cfa pe ret".split())
_NOT_A_PERSON = frozenset(
    "support team info office sales service services help helpdesk contact admin noreply no-reply billing news newsletter "
    "department dept group inc ltd llc gmbh ag sa srl bv corp corporation company co foundation institute university "
    "college school council committee press editor editors editorial hr jobs careers recruiting marketing booking "
    "bookings reception customer kundenservice equipo equipe équipe redaktion sekretariat studio agency association "
    "society center centre bureau ministry webmaster postmaster notifications calendar the and und et y".split()
)
_DOUBLED = frozenset("maria maría juan josé jose ana luis luís jean anna mary".split())
_SECOND_HALVES = frozenset(
    "josé jose carlos luis luís antonio antónio manuel pablo ignacio miguel maría maria isabel elena luisa paula clara "
    "beatriz sofia sofía paul pierre claude marc luc marie ann anne jesús jesus fernando eduardo rita lucía lucia".split()
)
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
_ASIDE = re.compile(r"\([^()]{0,200}\)|\[[^\[\]]{0,200}\]|<[^<>]{0,200}>")
_PICTURES = frozenset({"So", "Sk", "Co", "Cn"})
_LONGEST = 80


def is_eastern(text: str) -> bool:
    """Whether a name is written in kanji, kana or hangul, family name first."""
    return any("\u3040" <= c <= "\u30ff" or "\u3400" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in text)


def words_of(name: str) -> list[str]:
    """The words of a person's display name in speaking order, titles and suffixes aside; [] if it is no person's."""
    text = _ASIDE.sub(" ", _without_pictures(flat(name)[: _LONGEST * 2])).strip(" \"'`,.“”„«»")
    if not text or len(text) > _LONGEST or "@" in text or any(c.isdigit() for c in text):
        return []
    head, comma, tail = text.partition(",")
    if comma and not all(_bare(word) in _SUFFIXES for word in tail.split()):
        text = f"{tail} {head}"
    elif comma:
        text = head
    words = [word.strip("\"'`,“”„") for word in text.split()]
    words = [w for w in words if w and _bare(w) not in _TITLES]
    while words and _bare(words[-1]) in _SUFFIXES:
        words.pop()
    if not words or any(_bare(word) in _NOT_A_PERSON for word in words):
        return []
    return [_cased(w) for w in words] if all(_WORD.fullmatch(w) for w in words) else []


def full_name(name: str) -> str:
    """A display name as one writes it ("Doe, Dr. Jane" is "Jane Doe"), "" if it is not a person's."""
    words = words_of(name)
    return flat(name) if words and is_eastern(name) else " ".join(words)


def titled_name(name: str) -> str:
    """The full name with the academic titles it is written with: "Prof. Dr. Jane Doe"; "" if it is not a person's."""
    whole = full_name(name)
    titles = [word.strip(",") for word in flat(name)[:_LONGEST].split() if _bare(word) in _ACADEMIC]
    return " ".join([*titles, whole]) if whole and not is_eastern(name) else whole


def first_name(name: str) -> str:
    """The name to greet with, "" when it is not certain: initials, addresses, organisations."""
    words = words_of(name)
    if not words:
        return ""
    if is_eastern(name):
        return words[0]
    if _is_initial(words[0]):  # "J. Robert Smith" is Robert; "O. Brenneman" could be anyone
        words = words[1:]
        if len(words) < 2:
            return ""
    if _is_initial(words[0]):
        return ""
    if len(words) > 1 and words[0].casefold() in _DOUBLED and words[1].casefold() in _SECOND_HALVES:
        return f"{words[0]} {words[1]}"
    return words[0]


def sign_off(text: str, known: Sequence[str], closings: Iterable[str]) -> str:
    """The name that the last lines of a mail sign with, "" if none is certain.

    ``known`` are the person's names as headers and files have them; ``closings`` the formulae before a name
    ("Best", "Bises"). A name counts if it is one of theirs, begins like one (Nate for Nathaniel), or follows a formula.
    """
    lines = [line.strip() for line in text[-2000:].split("\n") if line.strip()]
    if not lines:
        return ""
    formulae = tuple(closing.casefold() for closing in closings)
    before = lines[-2] if len(lines) > 1 else ""
    last = lines[-1]
    head, comma, tail = last.rpartition(",")
    if comma and _is_closing(head, formulae):
        before, last = head, tail
    name = last.strip(" -–—~*_.,!:)(\u3000")
    if not 2 <= len(name) <= 40 or len(name.split()) > 3 or _is_closing(name, formulae):
        return ""
    words = words_of(name)
    if not words or (not is_eastern(name) and _is_initial(words[0])):
        return ""
    own = {word.casefold() for full in known for word in words_of(full)}
    if any(word.casefold() in own for word in words):
        return " ".join(words) if not is_eastern(name) else name
    alone = len(words) == 1 and name[0].isupper() and not last.rstrip().endswith(("?", "!", ":"))
    if alone and (_is_closing(before, formulae) or any(_alike(words[0], word) for word in own)):
        return words[0]
    return ""


def salutation(text: str, greetings: Iterable[str], known: Iterable[str]) -> str:
    """The opening line of a mail if it greets one of ``known`` by name ("Liebe Frau Doe,"), else ""."""
    line = flat(next((line for line in text[:2000].split("\n") if line.strip()), ""))
    if len(line) > 50 or len(line.split()) > 6:
        return ""
    bare = line.rstrip(" ,:;!.—–-、，")
    folded = bare.casefold()
    named = {w.casefold() for name in known for w in words_of(name) if len(w) > 1}
    if not any(word.casefold() in named for word in _WORD.findall(bare)) and not _eastern_match(bare, named):
        return ""
    if is_eastern(bare):
        return bare if bare.endswith(("様", "さん", "さま", "先生")) else ""
    return bare if any(folded.startswith(f"{g.casefold()} ") for g in greetings) else ""


def _eastern_match(line: str, named: Iterable[str]) -> bool:
    return is_eastern(line) and any(name in line for name in named)


def _without_pictures(text: str) -> str:
    """A display name without emoji and other symbols; accents as one letter with their letter."""
    return "".join(
        " " if unicodedata.category(c) in _PICTURES or c in "\u200d\ufe0f" else c
        for c in unicodedata.normalize("NFC", text)
    )


def _bare(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold().replace(".", "").strip("'’,")


def _is_initial(word: str) -> bool:
    return len(word.replace(".", "")) < 2


def _is_closing(line: str, formulae: Sequence[str]) -> bool:
    folded = line.casefold().strip(" ,.!-–—")
    return any(folded == formula or folded.startswith(f"{formula} ") for formula in formulae)


def _alike(name: str, known: str) -> bool:
    """Nate and Nathaniel, Ros and Rosalind: the beginning of a given name as friends use it."""
    return len(name) >= 3 and name.casefold()[:3] == known.casefold()[:3]


def _cased(word: str) -> str:
    if is_eastern(word) or not (word.isupper() or word.islower()) or _is_initial(word):
        return word
    return word if word.islower() and word in _PARTICLES else re.sub(r"[^\W\d_]+", lambda m: m[0].capitalize(), word)


_PARTICLES = frozenset("van von de der den del della di da do dos das la le du ter ten y e af av zu zur".split())
