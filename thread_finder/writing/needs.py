"""What a letter lacks, and the command that adds it; and what stands in another language than the letter's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from thread_finder.model import Contact, Owner, ReasonKind, Update
from thread_finder.writing.facts import Facts, Missing
from thread_finder.writing.language import detect, primary

LONGEST = 1000  # characters of one fact; the longest whole letter has some 1,500
_NEEDS_TEXT = frozenset(ReasonKind) - {ReasonKind.RECONNECT, ReasonKind.CATCH_UP}


def missing(facts: Facts, contact: Contact, today: date, own_language: str) -> tuple[Missing, ...]:
    """The facts that are lacking. A follow-up repeats nothing, so it needs the name only (advice H23)."""
    note = f'thread-finder note "{shell_name(contact)}"'
    lacking: list[Missing] = []
    if not facts.name:
        where = contact.source or "the contacts file"
        lacking.append(Missing("a name to greet with", f"write the person's name for {contact.emails[0]} in {where}"))
    if facts.follow_up:
        return tuple(lacking)
    if not facts.introduction and facts.lapsed:
        lacking.append(Missing("who you were to them", f'{note} --introduction "the student who …"'))
    if not facts.encounter:
        lacking.append(Missing("how or when you met", f'{note} --met-how "for coffee" --met-on 2023-07'))
    if not facts.updates:
        language = f" --language {facts.language}" if facts.language != own_language else ""
        add = f'thread-finder note --update "I …" --date {today.isoformat()}{language}'
        lacking.append(Missing("something new in your life since", add))
    kind = contact.reason.kind
    if kind in _NEEDS_TEXT and not contact.reason.text:
        lacking.append(Missing(f"the details of the reason ({kind})", f'{note} --reason {kind} --text "…"'))
    return tuple(lacking + _too_long(facts, contact))


def _too_long(facts: Facts, contact: Contact) -> list[Missing]:
    """Texts that are no longer a fact in a letter."""
    told = {"introduction": facts.introduction, "met_how": facts.how, "topic": facts.topic,
            "introduced_by": facts.introduced_by, "remember": facts.remember, "reason": facts.reason.text,
            "link": facts.reason.link, "your name": facts.sender, "your update": max(facts.updates, key=len, default="")}  # fmt: skip
    return [
        Missing(f"a shorter text ({what} has {len(text)} characters)", f"say it in at most {LONGEST}, in {where}")
        for what, text in told.items()
        for where in [contact.source if not what.startswith("your") else "config.toml or notes.toml"]
        if len(text) > LONGEST
    ]


def foreign(facts: Facts, contact: Contact, owner: Owner, updates: Sequence[Update]) -> tuple[tuple[str, str], ...]:
    """The facts whose text is in another language than the letter, each with that language."""
    found = [("updates", _written_in(update.text, facts.language, owner.language)) for update in updates]
    if not contact.introduction and owner.introduction:
        found.append(("introduction", _written_in(owner.introduction, facts.language, owner.language)))
    own = {"introduction": contact.introduction, "how": facts.how, "remember": facts.remember, "topic": facts.topic,
           "reason": facts.reason.text}  # fmt: skip
    found += [(fact, detect([text])) for fact, text in own.items() if text]
    return tuple(dict.fromkeys((fact, code) for fact, code in found if code and code != facts.language))


def shell_name(contact: Contact) -> str:
    """A contact's name for use between double quotes on a command line."""
    return "".join("'" if char == '"' else char for char in contact.name if char.isprintable() and char not in "`$\\")


def _written_in(texts: Mapping[str, str], language: str, own: str) -> str:
    """The language of the text that a letter in ``language`` gets of ``texts``."""
    if texts.get(language) or primary(own) == language:
        return language
    return primary(own) if texts.get("") else next(iter(texts), "")
