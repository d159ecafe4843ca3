"""How a letter looks: its length, its language, its names, and whether it reads like the one before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import cache, lru_cache

from thread_finder.model import Letter, Level
from thread_finder.writing import encounters
from thread_finder.writing.facts import Facts
from thread_finder.writing.language import LANGUAGES, detect, lexicon, primary
from thread_finder.writing.names import words_of
from thread_finder.writing.reading import content_words, count_words, grade
from thread_finder.writing.rules import Case, Rule

_PLACEHOLDER = re.compile(
    r"\{\{|\}\}|\{%|(?i:\[(?:name|company|your|date)\b[^\]]*\]|<(?:name|company)>)|\bTODO\b|…{2,}|\bXXX+\b"
)
_PERSONAL = ("introduction", "update", "remember", "reason")
_ENOUGH_WORDS = 8  # to tell whether two letters are alike
_ADDS = {"updates": "note --update … --language {code}", "introduction": "note NAME --introduction …"}


def _placeholder(case: Case) -> str:
    hit = _PLACEHOLDER.search(f"{case.letter.subject}\n{case.letter.body}")
    return f"a placeholder is left in the text ({hit[0]}); fill it in" if hit else ""


def _greeting(case: Case) -> str:
    first = case.letter.body.split("\n", 1)[0]
    known = (case.facts.name, case.facts.full_name, case.facts.salutation)
    names = {word.casefold() for name in known for word in words_of(name) or [name]}
    if any(name in first.casefold() for name in names if name):
        return ""
    return f"the first line does not greet {case.facts.name or 'them'} by name"


def _name_spelling(case: Case) -> str:
    """A name from the user's file that is nearly, but not quite, the one in their own mail."""
    told = case.facts.name
    if not told or case.facts.sources.get("name", "").startswith("message"):
        return ""
    theirs = {word for mail in encounters.their_mails(case.finding) if mail.from_ for word in words_of(mail.from_.name)}
    if not theirs or told.casefold() in {word.casefold() for word in theirs}:
        return ""
    near = [word for word in theirs if SequenceMatcher(None, told.casefold(), word.casefold()).ratio() >= 0.75]
    return f"you write {told}, they write {near[0]}; spell it as they do" if near else ""


def _sign_off(case: Case) -> str:
    if not case.whole or case.part("closing"):
        return ""
    return "it ends without a farewell"


def _shouting(case: Case) -> str:
    subject = case.letter.subject
    loud = case.facts.recap and len(subject) > 4 and subject.isupper() and subject.isascii()
    return "the subject is all capitals" if loud else ""


def _subject(case: Case) -> str:
    if not case.facts.recap or case.letter.language == "ja":
        return ""
    count = count_words(case.letter.subject)
    low, high = case.number("subject_from"), case.number("subject_to")
    return "" if low <= count <= high else f"the subject has {count} words; three to six are best"


def _too_long(case: Case) -> str:
    most = case.number("longest")
    return f"{case.words} words; people stop reading after {most:.0f}, so shorten it" if case.words > most else ""


def _long(case: Case) -> str:
    fits = not case.number("long") < case.words <= case.number("longest")
    return "" if fits else f"{case.words} words; {_wanted(case)} are best, so leave something out"


def _short(case: Case) -> str:
    if case.facts.follow_up or case.words >= case.number("short"):
        return ""
    return f"only {case.words} words; {_wanted(case)} are best, so note something more about the two of you"


def _length(case: Case) -> str:
    low, high = case.number("wanted_from"), case.number("wanted_to")
    below = case.number("short") <= case.words < low and not case.facts.follow_up
    above = high < case.words <= case.number("long")
    return f"{case.words} words; {_wanted(case)} are best" if below or above else ""


def _wanted(case: Case) -> str:
    return f"{case.number('wanted_from'):.0f} to {case.number('wanted_to'):.0f}"


def _grade(case: Case) -> str:
    if case.letter.language != "en":
        return ""
    read = grade("\n".join(text for name, text in case.letter.parts if name not in ("greeting", "closing")))
    most = case.number("grade")
    return (
        f"reads like school year {read:.0f}; shorter sentences and words reach year {most:.0f}" if read > most else ""
    )


def _questions(case: Case) -> str:
    count = len(re.findall(r"[?？]", case.own_words))
    return f"{count} questions; one is easier to answer" if count > case.number("questions") else ""


def _mixed(case: Case) -> str:
    if not case.facts.foreign:
        return ""
    fact, code = case.facts.foreign[0]
    what = {"updates": "what is new about you", "how": "how you met", "reason": "the reason"}.get(fact, f"the {fact}")
    add = _ADDS.get(fact, "note NAME …").format(code=case.letter.language)
    return f"{what} is in {_english(code)}, the letter in {_english(case.letter.language)}; write it in that language ({add})"


@cache
def _english(code: str) -> str:
    """A language's name in English."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - late: only where a letter is in two languages

    try:
        return Locale.parse(code).english_name or code
    except (UnknownLocaleError, ValueError):
        return code


def _language(case: Case) -> str:
    """Theirs, unless the owner has written to them in the letter's language before."""
    told = primary(case.finding.contact.language)
    if told and told not in LANGUAGES:
        return f"there are no letters in {_english(told)}, so this one is in {_english(case.letter.language)}"
    theirs = detect(mail.new_text for mail in encounters.their_mails(case.finding))
    own = case.facts.sources.get("language", "")
    if not theirs or theirs == case.letter.language or own.startswith("message"):
        return ""
    return f"they write {_english(theirs)}, the letter is in {_english(case.letter.language)}"


def _sameness(case: Case) -> str:
    worst = sameness(case.letter, case.batch, case.facts) if case.batch else 0.0
    if worst <= case.number("sameness"):
        return ""
    return f"{worst:.0%} of its words are those of another letter of this batch; make it more personal"


def sameness(letter: Letter, others: Iterable[Letter], facts: Facts) -> float:
    """The share of its words, the owner's own news aside, that it has in common with the one most like it (advice O6)."""
    told = content_words(" ".join([*facts.updates, facts.signature, facts.sender]), frozenset())
    words = _personal(letter.parts, letter.language) - told
    worst = 0.0
    for other in (one for one in others if one.language == letter.language):
        common = len(words & (theirs := _personal(other.parts, other.language)))
        if common > worst * _ENOUGH_WORDS:  # else it cannot be worse
            fewer = min(len(words), len(theirs - told))
            worst = max(worst, common / fewer if fewer >= _ENOUGH_WORDS else 0.0)
    return worst


@lru_cache(maxsize=4096)  # a letter of a large batch is compared with each of the others
def _personal(parts: Sequence[tuple[str, str]], language: str) -> frozenset[str]:
    texts = [text for name, text in parts if name in _PERSONAL and text] or [text for _, text in parts]
    return content_words("\n".join(texts), lexicon(language).stopwords)


RULES = (
    Rule("placeholder", Level.STOP, "O15", "No placeholder is left in the text.", _placeholder),
    Rule("greeting", Level.STOP, "O15 O17", "The first line greets them by name.", _greeting),
    Rule("too-long", Level.STOP, "B", "Not over 250 words.", _too_long),
    Rule("long", Level.WARN, "B", "Not over 150 words.", _long),
    Rule("short", Level.WARN, "B", "Not under 50 words.", _short),
    Rule("length", Level.HINT, "B", "75 to 125 words are best.", _length),
    Rule("grade", Level.WARN, "B", "English that a child of 14 reads with ease: school year 8.", _grade),
    Rule("questions", Level.HINT, "B", "Two questions at most.", _questions),
    Rule("name-spelling", Level.WARN, "O15", "Their name is spelled as they spell it.", _name_spelling),
    Rule("sign-off", Level.WARN, "O15", "It ends with a farewell.", _sign_off),
    Rule("shouting", Level.WARN, "O15", "The subject is not all capitals.", _shouting),
    Rule("subject", Level.HINT, "B", "A new subject has three to six words.", _subject),
    Rule("mixed-language", Level.STOP, "O15", "It is in one language.", _mixed),
    Rule("language", Level.WARN, "O15", "It is in the language that they write to you in.", _language),
    Rule("sameness", Level.WARN, "O6", "No two letters of a batch read alike.", _sameness),
)
