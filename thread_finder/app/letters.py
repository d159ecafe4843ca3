"""From a finding to the message as it would be saved, with the advice on it. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from mimetypes import guess_type
from pathlib import Path
from typing import cast

from thread_finder.app.polishing import Polish, Polisher, polish
from thread_finder.durations import Duration
from thread_finder.errors import RefusedError
from thread_finder.mail.compose import Attachment, compose, text_of
from thread_finder.mail.headers import decode_text, raw_headers, split_header
from thread_finder.model import Address, Advice, Finding, History, Identity, Letter, Level, Owner
from thread_finder.writing.etiquette import check
from thread_finder.writing.facts import A_MONTH, Facts, Occasion
from thread_finder.writing.gathering import gather
from thread_finder.writing.render import Templates, render


@dataclass(frozen=True, slots=True)
class Stationery:
    """What every letter of a run has in common. ``now`` is the moment of writing, in the owner's zone."""

    owner: Owner
    templates: Templates
    now: datetime
    identities: tuple[Identity, ...] = ()
    rules: Mapping[str, Level | None] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    vip: frozenset[str] = frozenset()
    lapsed_after: Duration = A_MONTH


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one letter is asked to be: why an ask is timely, which rules to overrule, what to attach, its purpose
    ("check-in" or "follow-up"), what came of earlier letters, and whom to ask for another wording.
    """

    timely: str = ""
    despite: frozenset[str] = frozenset()
    attachments: tuple[Attachment, ...] = ()
    purpose: str = "check-in"
    history: History = field(default_factory=History)
    polisher: Polisher | None = None


@dataclass(frozen=True)
class Written:
    """A letter ready to be saved: ``raw`` is the message, the properties read it as its reader would;
    ``message_id`` has its angle brackets.

    ``edited`` says that the words are the user's own; ``polish`` what became of another wording, if one was asked for.
    """

    finding: Finding
    facts: Facts
    letter: Letter
    advice: tuple[Advice, ...]
    sender: Address
    recipient: Address
    message_id: str
    raw: bytes
    edited: bool = False
    polish: Polish | None = None

    @cached_property
    def message(self) -> EmailMessage:
        """``raw``, parsed."""
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def subject(self) -> str:
        """The subject as the recipient sees it."""
        return self._field("subject")

    @property
    def in_reply_to(self) -> str:
        """The parent's Message-ID, "" in a new thread."""
        return self._field("in-reply-to")

    @property
    def references(self) -> str:
        """The ancestry, root first, separated by spaces."""
        return " ".join(self._field("references").split())

    @property
    def text(self) -> str:
        """The plain text part."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML part."""
        return self._part("html")

    def stops(self, despite: frozenset[str]) -> tuple[Advice, ...]:
        """The advice that forbids drafting, but for the rules overruled by name."""
        return tuple(a for a in self.advice if a.level is Level.STOP and a.rule not in despite)

    def _field(self, name: str) -> str:
        start, end, _ = split_header(self.raw)
        return " ".join(map(decode_text, raw_headers(self.raw[start:end], [name]).get(name, ())))

    def _part(self, subtype: str) -> str:
        part = self.message.get_body(preferencelist=(subtype,))
        return cast("str", part.get_content()) if part else ""


def write(
    finding: Finding, desk: Stationery, wishes: Wishes, *, message_id: str, others: Sequence[Letter] = ()
) -> Written:
    """Gather the facts, write the letter, check it, compose it.

    ``others`` are the batch's letters so far, for the sameness rule. RefusedError when a fact is missing or nobody
    can be addressed; TemplateError when a template is at fault.
    """
    if finding.reply_to is None:
        raise RefusedError(
            "none of the addresses can be written to",
            f"add a living address for them in {finding.contact.source or 'the contacts file'}",
        )
    names = tuple(attachment.name for attachment in wishes.attachments)
    occasion = Occasion(wishes.purpose, wishes.timely, names, wishes.history, desk.lapsed_after)
    html = _signature(finding, desk)
    owner = replace(desk.owner, signature=text_of(html)) if html else desk.owner
    facts = gather(finding, owner, today=desk.now.date(), occasion=occasion)
    letter = replace(render(facts, desk.templates), signature_html=html)
    written = _checked(letter, facts, finding, desk, wishes, message_id=message_id, others=others)
    return _polished(written, desk, wishes, others) if wishes.polisher else written


def rewrite(
    written: Written, letter: Letter, desk: Stationery, wishes: Wishes, *, others: Sequence[Letter] = ()
) -> Written:
    """The same letter in the user's own words: checked and composed again, to the same person in the same place."""
    again = _checked(
        letter, written.facts, written.finding, desk, wishes,
        message_id=written.message_id, others=others,
    )  # fmt: skip
    return replace(again, edited=True)


def _polished(written: Written, desk: Stationery, wishes: Wishes, others: Sequence[Letter]) -> Written:
    """The letter in another wording, if one is to be had that says the same and is as well-mannered."""
    assert wishes.polisher is not None
    letter, told = polish(written.letter, written.facts, desk.templates, wishes.polisher)
    if not told.accepted:
        return replace(written, polish=told)
    message_id = written.message_id
    again = _checked(letter, written.facts, written.finding, desk, wishes, message_id=message_id, others=others)
    if worse := {a.rule for a in again.advice if a.level is not Level.HINT} - {a.rule for a in written.advice}:
        return replace(written, polish=replace(told, accepted=False, why=f"it breaks {', '.join(sorted(worse))}"))
    return replace(again, polish=told)


def _checked(
    letter: Letter,
    facts: Facts,
    finding: Finding,
    desk: Stationery,
    wishes: Wishes,
    *,
    message_id: str,
    others: Sequence[Letter],
) -> Written:
    """The letter with the advice on it, as a message."""
    assert finding.reply_to is not None
    sender = finding.reply_from or Address(desk.owner.emails[0])
    recipient = Address(finding.reply_to.email, facts.full_name)  # as the user spells it, not an old header
    advice = check(
        letter,
        facts,
        finding,
        today=desk.now.date(),
        rules=desk.rules,
        numbers=desk.numbers,
        batch=others,
        vip=bool(desk.vip & {finding.contact.name.lower(), *finding.contact.emails}),
    )
    raw = compose(
        letter,
        sender=Address(sender.email, desk.owner.name),
        recipient=recipient,
        date=desk.now,
        message_id=message_id,
        parent=finding.parent,
        attachments=wishes.attachments,
    )
    return Written(finding, facts, letter, advice, sender, recipient, message_id, raw)


def read_attachments(paths: Sequence[Path]) -> tuple[Attachment, ...]:
    """The files to attach; RefusedError names one that is missing or too large."""
    return tuple(_read_attachment(path) for path in paths)


_ANY = "application/octet-stream"
MAX_ATTACHMENT_BYTES = 18_000_000  # Gmail takes 25 MB after base64


def _read_attachment(path: Path) -> Attachment:
    try:
        if not path.is_file():
            raise RefusedError(f"{path} is no file that can be attached", "give the path of a file")
        size = path.stat().st_size
        if size > MAX_ATTACHMENT_BYTES:
            raise RefusedError(f"{path}: {size / 1e6:.0f} MB is too large to attach", "share a link instead")
        media_type, packed = guess_type(path.name)
        known = media_type and not packed and not media_type.startswith("message/")  # never in base64 (RFC 2046 5.2.1)
        return Attachment(path.name, path.read_bytes(), media_type if media_type and known else _ANY)
    except OSError as error:
        raise RefusedError(f"{path}: cannot be attached: {error.strerror}", "check the path") from error


def _signature(finding: Finding, desk: Stationery) -> str:
    """The HTML signature that the mailbox keeps for the address the letter goes out from; "" is config's."""
    sender = (finding.reply_from or Address(desk.owner.emails[0])).email
    return next((one.signature_html for one in desk.identities if one.address.email == sender), "")
