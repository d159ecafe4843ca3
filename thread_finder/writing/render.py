"""Facts to a letter: which templates make which part, and what they may use (docs/templates.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import Any

from thread_finder.errors import RefusedError
from thread_finder.model import Letter
from thread_finder.writing.encounters import SPOKEN
from thread_finder.writing.facts import Facts
from thread_finder.writing.language import lexicon
from thread_finder.writing.names import first_name, is_eastern, titled_name
from thread_finder.writing.sandbox import Sandbox
from thread_finder.writing.sentences import Choose, Fact, settle

PARTS = ("greeting", "introduction", "update", "reason", "closing")


@dataclass(frozen=True, slots=True)
class Templates:
    """Where templates are: the shipped folder, and the user's, whose files go before it one by one."""

    shipped: Path
    user: Path | None = None

    def find(self, name: str) -> Path | None:
        """The file of a template such as "en/greeting.txt"; None for one that is not there or lies outside."""
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts or "\\" in name:
            return None
        folders = [folder for folder in (self.user, self.shipped) if folder]
        return next((folder / name for folder in folders if (folder / name).is_file()), None)


@cache
def shipped_templates() -> Path:
    """The templates that come with the program: in the package when installed, at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def render(facts: Facts, templates: Templates) -> Letter:
    """The letter in the facts' language.

    RefusedError names each missing fact and how to add it. TemplateError names the template and line at fault.
    """
    if facts.missing:
        raise RefusedError(
            f"the letter lacks {_listed([missing.fact for missing in facts.missing])}",
            "\n".join(missing.how_to_add for missing in facts.missing),
        )
    sandbox, values = _sandbox(templates), values_of(facts)

    def write(template: str) -> str:
        filled = sandbox.fill(f"{facts.language}/{template}.txt", values)
        return settle(filled, facts.language, _chooser(facts.seed, template))

    between = "" if facts.language == "ja" else " "
    written = ((part, between.join(filter(None, map(write, names)))) for part, names in _templates(facts))
    parts = tuple((part, text) for part, text in written if text)
    return Letter(" ".join(write("subject").split()), parts, facts.language, facts.signature)


def _listed(things: Sequence[str]) -> str:
    """As one says it: "a, b and c"."""
    *others, last = things
    return f"{', '.join(others)} and {last}" if others else last


def _templates(facts: Facts) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The letter's parts, in order, and the templates whose sentences make up each."""
    yield "greeting", ("greeting",)
    if facts.follow_up:
        yield "reason", ("follow-up",)
    else:
        yield "introduction", ("recap" if facts.recap else "introduction", "meeting")
        news = (("update",) if facts.updates else ()) + (("remember",) if facts.remember else ())
        yield "update", news
        yield "reason", (f"reason-{facts.reason.kind}",)
    yield "closing", ("closing",)


def values_of(facts: Facts) -> dict[str, Any]:
    """What templates can use. The user's own words are Facts, which fit themselves into the sentence."""
    reason, occasion = facts.reason, facts.occasion
    return {
        "name": _plain(facts.name),
        "full_name": _plain(facts.full_name),
        "titled_name": _plain(titled_name(facts.contact) or facts.full_name),
        "eastern": is_eastern(facts.name),
        "salutation": _plain(facts.salutation),
        "sender": _plain(facts.sender),
        "signs": _signs(facts),
        "formal": facts.formal,
        "lapsed": facts.lapsed,
        "warm": facts.warm,
        "recap": facts.recap,
        "follow_up": facts.follow_up,
        "interactions": occasion.history.interactions,
        "introduction": Fact(_without_i_am(facts.introduction, facts.language)),
        "introduced_by": _plain(facts.introduced_by),
        "encounter": facts.encounter,
        "spoken": facts.encounter in SPOKEN,
        "how": Fact(facts.how),
        "when": facts.when,
        "topic": Fact(facts.topic),
        "updates": [Fact(update) for update in facts.updates],
        "remember": Fact(facts.remember),
        "kind": str(reason.kind),
        "text": Fact(reason.text),
        "link": _plain(reason.link),
        "dated": facts.dated,
        "attached": bool(occasion.attached),
        "timely": Fact(facts.timely),
        "wrote": facts.wrote,
    }


def _plain(text: str) -> str:
    return str(Fact(text))


def _without_i_am(introduction: str, language: str) -> str:
    """What "I'm the student who …" says the owner is."""
    text = introduction.replace("’", "'")
    beginnings = (f"{words.replace('’', chr(39))} " for words in lexicon(language).i_am)
    return next((introduction[len(b) :] for b in beginnings if text.casefold().startswith(b.casefold())), introduction)


def _signs(facts: Facts) -> str:
    """The name below the letter, above the signature; "" where the signature begins with that very name."""
    eastern = is_eastern(facts.sender)
    whole = facts.formal or eastern
    name = facts.signs or (facts.sender if whole else first_name(facts.sender) or facts.sender)
    first = facts.signature.strip().partition("\n")[0].strip()
    begins_alike = first.startswith(name) if eastern else first == name
    return "" if begins_alike or facts.signature.strip() == facts.sender else _plain(name)


def _chooser(seed: int, part: str) -> Choose:
    """A choice among wordings: different from contact to contact, always the same for one, part by part.

    Each wording has a lot of its own and the highest is taken, so that a wording that another fact brings into the
    choice, or takes out of it, changes the letter only if it is the one.
    """

    def choose(wordings: Sequence[str]) -> int:
        lots = [blake2b(f"{seed} {part} {wording}".encode(), digest_size=8).digest() for wording in wordings]
        return lots.index(max(lots))

    return choose


@cache
def _sandbox(templates: Templates) -> Sandbox:
    return Sandbox(templates.find)
