"""``--polish``: a letter in another wording, taken only if it says the same; otherwise the letter stands."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from thread_finder.config import PolishSettings
from thread_finder.errors import ConfigError, ThreadFinderError
from thread_finder.model import Letter
from thread_finder.writing.facts import Facts
from thread_finder.writing.faithful import Wording, everyday_words, faults
from thread_finder.writing.render import Templates

_KEPT = ("greeting", "closing")  # these have nothing to gain
_STAND_IN = "⟦quote⟧"  # for what the contact wrote: mail does not leave the house


Polisher = Callable[[str], str]
"""Gives another wording of a text, or raises one of our own errors."""


@dataclass(frozen=True, slots=True)
class Polish:
    """Whether the new wording was ``accepted``, ``why`` not, and the ``diff`` of the two, sentence by sentence."""

    accepted: bool
    why: str = ""
    diff: tuple[str, ...] = ()


def polisher(settings: PolishSettings | None, environment: Mapping[str, str]) -> Polisher:
    """What asks the user's endpoint. ConfigError when there is none, or its key is not to be had."""
    from thread_finder.polish import Endpoint, ask  # noqa: PLC0415 - late: few letters need the net

    if settings is None:
        raise ConfigError("--polish needs a language model to ask", "write url and model under [polish] in config.toml")
    key = environment.get(settings.key_variable, "").strip() if settings.key_variable else ""
    if settings.key_variable and not (key and key.isascii() and key.isprintable()):
        raise ConfigError(
            f"the environment variable {settings.key_variable} holds no key", "set it, or take key_variable out"
        )
    return partial(ask, Endpoint(settings.url, settings.model, key, settings.timeout))


def polish(letter: Letter, facts: Facts, templates: Templates, asked: Polisher) -> tuple[Letter, Polish]:
    """The letter to use, and what became of the attempt. Never fails: whatever goes wrong, the letter stands."""
    names = [name for name, text in letter.parts if name not in _KEPT and text]
    if any("\n\n" in text for name, text in letter.parts if name in names):
        return letter, Polish(accepted=False, why="a part of it has several paragraphs, not to be told apart later")
    quote = facts.remember if facts.quoted else ""
    parts = {name: _masked(text, quote) for name, text in letter.parts}
    if quote and not any(_STAND_IN in text for text in parts.values()):
        return letter, Polish(accepted=False, why="their own words in it could not be kept from being sent")
    old = Wording(tuple(parts[name] for name in names), letter.language, _everyday(templates, letter.language))
    try:
        answer = asked(old.text)
    except ThreadFinderError as error:
        return letter, Polish(accepted=False, why=error.message)
    new = [_tidy(paragraph) for paragraph in re.split(r"\n\s*\n", answer.strip())]
    diff = tuple(_diff(old.paragraphs, new))
    wrong = faults(old, new, replace(facts, remember="") if quote else facts)
    if quote and [text.count(_STAND_IN) for text in new] != [text.count(_STAND_IN) for text in old.paragraphs]:
        wrong.insert(0, "it loses their own words")
    if wrong:
        return letter, Polish(accepted=False, why="; ".join(wrong[:3]), diff=diff)
    written = dict(zip(names, (text.replace(_STAND_IN, quote) for text in new), strict=True))
    told = tuple((name, written.get(name, text)) for name, text in letter.parts)
    return replace(letter, parts=told), Polish(accepted=True, diff=diff)


def _tidy(paragraph: str) -> str:
    return "\n".join(" ".join(line.split()) for line in paragraph.strip().split("\n"))


def _masked(text: str, quote: str) -> str:
    return text.replace(quote, _STAND_IN) if quote else text


def _diff(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """The sentences that differ, "-" for the letter's and "+" for the new ones."""
    lines = difflib.ndiff(_lines(old), _lines(new))
    return [line for line in lines if line.startswith(("- ", "+ "))]


def _lines(paragraphs: Sequence[str]) -> list[str]:
    return [line for text in paragraphs for line in re.split(r"(?<=[.!?。！？])\s*", text) if line]


@lru_cache(maxsize=16)
def _everyday(templates: Templates, language: str) -> frozenset[str]:
    """The words of the shipped templates; the user's own could hold anything."""
    files = sorted((templates.shipped / language).glob("*.txt"))
    return everyday_words([file.read_text(encoding="utf-8") for file in files], language)
