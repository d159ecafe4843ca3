"""What a letter may say: facts from the user's files and the thread, each knowing where it comes from. Nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from thread_finder.model import Contact, Finding, Owner, PartialDate, Reason, ReasonKind, Update, Verdict
from thread_finder.writing import encounters
from thread_finder.writing.dates_in_words import ago
from thread_finder.writing.language import FORMAL_BY_DEFAULT, LANGUAGES, detect, formality, lexicon, primary
from thread_finder.writing.names import first_name, full_name, sign_off

MAX_UPDATES = 2  # advice H14: a tidbit or two
_NEEDS_TEXT = frozenset(ReasonKind) - {ReasonKind.RECONNECT, ReasonKind.CATCH_UP}


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that the letter cannot do without, and the command or line that adds it."""

    fact: str
    how_to_add: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a template can use (docs/templates.md). ``sources`` says where each fact comes from."""

    contact: str
    name: str
    full_name: str
    sender: str
    language: str
    formal: bool
    recap: bool
    introduction: str
    when: str
    encounter: str
    how: str
    updates: tuple[str, ...]
    remember: str
    reason: Reason
    timely: str
    signature: str
    seed: int
    met_on: PartialDate | None = None
    last_mail: date | None = None
    sources: dict[str, str] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()

    @property
    def anchors(self) -> tuple[str, ...]:
        """What helps the reader remember who writes (advice H5)."""
        found = {"introduction": self.introduction, "when": self.when, "how": self.how or _known(self.encounter)}
        return tuple(name for name, value in found.items() if value)


def gather(finding: Finding, owner: Owner, *, today: date, purpose: str = "reply", timely: str = "") -> Facts:
    """The facts for one letter; what is lacking is listed in ``missing``, never made up."""
    del purpose  # the follow-up needs the same facts
    contact = finding.contact
    theirs = [message.new_text for message in encounters.their_mails(finding)]
    mine = [message.new_text for message in encounters.own_mails(finding, owner.emails)]
    language, told = _language(contact, owner, theirs)
    name, whence = _name(finding, language)
    met = encounters.met_on(finding, today)
    last = encounters.last_mail(finding.thread)
    spoken = last.date.date() if last and last.date else None
    since = met or (PartialDate(spoken) if spoken and spoken <= today else None)
    updates = _updates(owner, since, today)
    introduction = contact.introduction or _in(owner.introduction, language)
    facts = Facts(
        contact=contact.name,
        name=name,
        full_name=full_name(contact.name) or contact.name,
        sender=owner.name,
        language=language,
        formal=_formal(theirs, mine, language),
        recap=finding.verdict is Verdict.NEW_THREAD,
        introduction=introduction.strip().rstrip("."),
        when=ago(since, today, language) if since else "",
        encounter=encounters.encounter(finding, today),
        how=encounters.told_how(contact).strip().rstrip("."),
        updates=tuple(_in(update.text, language).strip().rstrip(".。") for update in updates),
        remember=contact.remember.strip().rstrip(".。"),
        reason=contact.reason,
        timely=timely.strip().rstrip("."),
        signature=owner.signature.strip("\n") or owner.name,
        seed=int(sha256(contact.emails[0].encode()).hexdigest()[:8], 16),
        met_on=met,
        last_mail=spoken,
        sources={
            "language": told,
            "name": whence,
            "introduction": _introduced(contact),
            "updates": "config.toml, notes",
        },
    )
    return _with_missing(facts, contact, today)


def _with_missing(facts: Facts, contact: Contact, today: date) -> Facts:
    from dataclasses import replace  # noqa: PLC0415

    who = contact.name.replace('"', "'")
    missing: list[Missing] = []
    if not facts.name:
        missing.append(
            Missing("a name to greet with", f"write the person's name for {contact.emails[0]} in {contact.source}")
        )
    if not facts.introduction:
        missing.append(
            Missing("who you were to them", f'thread-finder note "{who}" --introduction "the student who …"')
        )
    if not facts.updates:
        missing.append(Missing("something new in your life since", f'thread-finder note --update "I …" --date {today}'))
    if contact.reason.kind in _NEEDS_TEXT and not contact.reason.text:
        kind = contact.reason.kind
        missing.append(
            Missing(f"the details of the reason ({kind})", f'thread-finder note "{who}" --reason {kind} --text "…"')
        )
    return replace(facts, missing=tuple(missing))


def _language(contact: Contact, owner: Owner, theirs: Sequence[str]) -> tuple[str, str]:
    """The letter's language: told by the user, else the one they write, else the owner's."""
    if primary(contact.language) in LANGUAGES:
        return primary(contact.language), contact.source
    if theirs and (found := detect(theirs)) in LANGUAGES:
        return found, "their mails"
    return (primary(owner.language) if primary(owner.language) in LANGUAGES else "en"), "config.toml [owner]"


def _name(finding: Finding, language: str) -> tuple[str, str]:
    """The name to greet with: as they sign, else the first name the user wrote. Never from an address."""
    contact = finding.contact
    known = [contact.name, *(m.from_.name for m in encounters.their_mails(finding) if m.from_)]
    for message in encounters.their_mails(finding)[:5]:
        signed = sign_off(message.new_text, known, lexicon(language).closings)
        if signed:
            return first_name(signed) or signed, f"message {message.message_id}"
    return first_name(contact.name), contact.source


def _formal(theirs: Sequence[str], mine: Sequence[str], language: str) -> bool:
    for texts in (theirs, mine):
        shown = formality(texts, language)
        if shown is not None:
            return shown
    return language in FORMAL_BY_DEFAULT


def _updates(owner: Owner, since: PartialDate | None, today: date) -> list[Update]:
    """At most two updates, the newest first, dated after the meeting."""
    after = since.value if since else date.min
    known = [update for update in owner.updates if after < update.on <= today]
    return sorted(known, key=lambda update: update.on, reverse=True)[:MAX_UPDATES]


def _in(texts: object, language: str) -> str:
    """A text in the letter's language, else in the owner's own."""
    assert hasattr(texts, "get")
    found = texts.get(language) or texts.get("") or next(iter(texts.values()), "")  # type: ignore[attr-defined]
    return str(found)


def _introduced(contact: Contact) -> str:
    return contact.source if contact.introduction else "config.toml [owner]"


def _known(encounter: str) -> str:
    return encounter if encounter not in ("met", "talk", "touch", "mail") else ""
