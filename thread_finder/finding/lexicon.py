"""The words of each language, read from lexicon/<language>.toml. Adding a language is adding a file.

A file holds ``common`` (everyday words that tell the language), ``search`` (words worth asking a mail search for),
``signoff`` (lines that only close a letter), ``[words]`` (lists that patterns use as {name}), ``[[rule]]`` (an ``act``,
its ``match`` patterns, and ``cue``: at least one of these letter sequences must occur before the patterns are tried),
``[mask]`` (formulae that mean nothing, taken out first), ``[dates]``, and ``[[true]]``/``[[false]]`` examples that the
tests run. Patterns are regular expressions over folded text (folding.py); {gap} is up to four words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from thread_finder.finding.folding import fold

_GAP = r"(?:[^\s.!?;:]+[\s,]+){0,4}?"
_GAP_UNSPACED = r"[^。．.!?！？\n]{0,12}?"
_UNSPACED = frozenset({"zh", "ja", "ko"})
_NEVER = r"(?!)"
_WORD_LIST = re.compile(r"\{([a-z-]+)\}")


@dataclass(frozen=True, slots=True)
class Rule:
    """One act and the patterns that show it; ``cues`` are a cheap test that saves trying them."""

    act: str
    cues: tuple[str, ...]
    source: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when it is first needed: most mail is in one or two of the languages."""
        return _compiled(self.source)

    def applies(self, folded: str) -> bool:
        """True if trying the pattern can be worth it."""
        for cue in self.cues:  # noqa: SIM110 - asked a dozen times a mail: a generator takes twice as long
            if cue in folded:
                return True
        return False


@dataclass(frozen=True, slots=True)
class DateWords:
    """What a language calls days, months and hours; ``order`` of numeric dates is "mdy", "dmy" or "ymd".

    ``last`` are words beside a weekday that is gone, ``gone`` weekdays' forms that mean that by themselves, ``coming``
    words beside the weekday that is next, ``following`` beside the one after a day agreed on; ``article`` stands
    between weekday and number, ``through`` between two days of one stretch (or ``between`` … and), ``either`` between
    two to choose from. ``numbers`` are the words for 1, 2, …, ``spoken`` the hours said with them. ``unless`` stands
    before a day ruled out, ``alas`` anywhere in its sentence, ``refused`` after it; ``until`` beside a time limit,
    unless all the words there are ``parting`` ones ("bis Freitag!"); ``week_of`` beside a day that names its week.
    ``picks`` point at one of the days offered; ``goods`` are sent, not met; a ``wish`` makes "good to meet you" one for
    a day to come.
    """

    order: str
    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    relative: Mapping[str, int]
    last: tuple[str, ...]
    gone: frozenset[str]
    hours: tuple[str, ...]
    days: tuple[str, ...]
    spoken: tuple[str, ...]
    numbers: Mapping[str, int]
    number: str
    article: tuple[str, ...]
    next_week: re.Pattern[str]
    last_week: re.Pattern[str]
    after_next: re.Pattern[str]
    week_later: re.Pattern[str]
    week_of: re.Pattern[str]
    through: frozenset[str]
    between: tuple[str, str]
    either: frozenset[str]
    unless: tuple[str, ...]
    alas: tuple[str, ...]
    refused: re.Pattern[str]
    until: re.Pattern[str]
    coming: tuple[str, ...]
    following: tuple[str, ...]
    parting: frozenset[str]
    goods: re.Pattern[str]
    picks: Mapping[str, int]
    wish: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class AddressWords:
    """What is said of addresses: that there is another one (``new``), that the one written from is the right one
    (``here``) or is going (``gone``), and, in notes of absence, that its owner has ``left``.
    """

    new: re.Pattern[str]
    here: re.Pattern[str]
    gone: re.Pattern[str]
    left: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language, ready to use. ``examples`` are (act, sentence, expected) for the tests."""

    language: str
    name: str
    spaced: bool
    search: tuple[str, ...]
    subject: Rule
    signoff: re.Pattern[str]
    mask: Rule
    rules: tuple[Rule, ...]
    dates: DateWords
    address: AddressWords
    examples: tuple[tuple[str, str, bool], ...]


@cache
def languages() -> tuple[str, ...]:
    """The codes of all languages that have a file, English first."""
    folder = resources.files(__package__) / "lexicon"
    codes = sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(sorted(codes, key=lambda code: code != "en"))


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of one language code; KeyError if there is no such file."""
    return _build(language, _data(language))


@cache
def telling_words() -> Mapping[str, tuple[str, ...]]:
    """Everyday words, folded, each with the languages it tells; cheap, so that asking all languages builds none."""
    telling: dict[str, tuple[str, ...]] = {}
    for code in filter(is_spaced, languages()):
        data = _data(code)
        days = [word for words in (_weekdays(data["dates"]), _relative(data["dates"])) for word in words]
        # Names of days, but no abbreviations: in a short mail they alone tell the language.
        for word in {*fold(data["common"]).split(), *(day for day in days if len(day) > 3)}:
            telling[word] = (*telling.get(word, ()), code)
    return telling


def is_spaced(language: str) -> bool:
    """Whether a language puts spaces between its words."""
    return language not in _UNSPACED


@cache
def _data(language: str) -> dict[str, Any]:
    if language not in languages():
        raise KeyError(language)
    path = resources.files(__package__) / "lexicon" / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def search_words(codes: Iterable[str] = ()) -> tuple[str, ...]:
    """Whole words that mark scheduling or thanks, for a mailbox's own search; all languages when none are named.

    Unknown codes are passed over: a contact's language may be one that has no file yet. No pattern is compiled.
    """
    known = [code for code in (tuple(codes) or languages()) if code in languages()]
    return tuple(dict.fromkeys(word for code in known for word in _data(code)["search"]))


def _build(language: str, data: dict[str, Any]) -> Lexicon:
    spaced = is_spaced(language)
    words = {name: "(?:" + "|".join(items) + ")" for name, items in data.get("words", {}).items()}
    words["gap"] = _GAP if spaced else _GAP_UNSPACED
    rules = tuple(_rule(entry, words, spaced) for entry in data["rule"])
    signoff = "|".join(_plain(item) for item in data["signoff"])
    return Lexicon(
        language=language,
        name=data["name"],
        spaced=spaced,
        search=tuple(data["search"]),
        subject=_subject(data, words, spaced),
        signoff=re.compile(rf"^[ \t>*_-]*(?:{signoff})[\s,.!*_-]*$", re.MULTILINE),
        mask=_rule({"act": "mask", **data["mask"]}, words, spaced),
        rules=rules,
        dates=_date_words(data["dates"], words),
        address=AddressWords(**{name: re.compile(_plain(pattern)) for name, pattern in data["address"].items()}),
        examples=tuple(
            (entry["act"], sentence, expected)
            for key, expected in (("true", True), ("false", False))
            for entry in data.get(key, [])
            for sentence in entry["says"]
        ),
    )


def _rule(entry: Mapping[str, Any], words: Mapping[str, str], spaced: bool) -> Rule:
    patterns = "|".join(_expand(pattern, words) for pattern in entry["match"])
    start = r"(?<!\w)" if spaced else ""
    return Rule(entry["act"], tuple(fold(entry["cue"]).split()), f"{start}(?:{patterns})")


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source, re.MULTILINE)


def _subject(data: Mapping[str, Any], words: Mapping[str, str], spaced: bool) -> Rule:
    """Words for a meeting and for a day, as a subject has them."""
    days = [
        re.escape(fold(day)) for row in data["dates"]["weekdays"] for day in row.split() if not spaced or len(day) > 3
    ]
    edges = (r"(?<!\w)", r"(?!\w)") if spaced else ("", "")
    return Rule("meeting-in-subject", (), f"{edges[0]}(?:{_expand('{meeting}', words)}|{'|'.join(days)}){edges[1]}")


def _expand(pattern: str, words: Mapping[str, str]) -> str:
    """Put the word lists in (lists may use lists, one level deep), and fold the letters as the text is folded."""
    for _ in range(2):
        pattern = _WORD_LIST.sub(lambda found: words[found[1]], pattern)
    return _plain(pattern)


def _plain(pattern: str) -> str:
    """Fold accents but leave escapes such as ``\\W`` alone (they are ASCII)."""
    return "".join(char if char.isascii() else fold(char) for char in pattern)


def _date_words(data: Mapping[str, Any], words: Mapping[str, str]) -> DateWords:
    return DateWords(
        order=data["order"],
        weekdays=_weekdays(data),
        months=_numbered(data["months"], 1),
        relative=_relative(data),
        last=tuple(fold(word) for word in data["last"]),
        gone=frozenset(_gone(data)),
        hours=tuple(_expand(pattern, words) for pattern in data["hours"]),
        days=tuple(_expand(pattern, words) for pattern in data["days"]),
        spoken=tuple(_plain(pattern) for pattern in data["spoken"]),
        numbers=_numbered(data["numbers"], 1),
        number=words.get("count", r"\d{1,2}"),
        article=tuple(_plain(word) for word in data.get("article", [])),
        next_week=re.compile(_plain(data.get("next-week", _NEVER))),
        last_week=re.compile(_plain(data.get("last-week", _NEVER))),
        after_next=re.compile(_plain(data.get("after-next", _NEVER))),
        week_later=re.compile(_plain(data.get("week-later", _NEVER))),
        week_of=re.compile(_plain(data.get("week-of", _NEVER))),
        through=frozenset(fold(word) for word in (*data.get("through", []), "-", "~", "～")),
        between=tuple(data.get("between", (_NEVER, _NEVER))),
        either=frozenset(fold(word) for word in (*data.get("either", []), "/")),
        unless=tuple(fold(word) for word in data.get("unless", [])),
        alas=tuple(fold(word) for word in data.get("alas", [])),
        refused=re.compile(_plain(data.get("refused", _NEVER))),
        until=re.compile(_plain(data.get("until", _NEVER))),
        coming=tuple(fold(word) for word in data.get("coming", [])),
        following=tuple(fold(word) for word in data.get("following", [])),
        parting=frozenset(fold(word) for word in data.get("parting", [])),
        goods=re.compile(_plain(data.get("goods", _NEVER))),
        picks={fold(word): place for word, place in data.get("picks", {}).items()},
        wish=re.compile(_plain(data.get("wish", _NEVER))),
    )


def _weekdays(dates: Mapping[str, Any]) -> dict[str, int]:
    return _numbered(dates["weekdays"], 0) | _gone(dates)


def _gone(dates: Mapping[str, Any]) -> dict[str, int]:
    return _numbered(dates.get("gone", []), 0)


def _relative(dates: Mapping[str, Any]) -> dict[str, int]:
    return {fold(word): days for word, days in dates["relative"].items()}


def _numbered(rows: list[str], first: int) -> dict[str, int]:
    """["monday mon", …] → {"monday": 0, "mon": 0, …}; "_" is a space within a form."""
    return {fold(form.replace("_", " ")): number for number, row in enumerate(rows, first) for form in row.split()}
