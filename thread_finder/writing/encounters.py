"""How the two met, as far as the user or the thread tell it: the correspondence seen from the letter's side.

An encounter is one of ENCOUNTERS. What is not certain is not said: a meeting arranged but never confirmed is
"touch" (they were in touch), and a medium counts only when nothing contradicts it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from thread_finder.model import Automatic, Contact, Evidence, Finding, Kind, Label, Message, PartialDate, Thread
from thread_finder.writing.language import LANGUAGES, lexicon, occurrences

ENCOUNTERS = ("met", "coffee", "tea", "breakfast", "lunch", "dinner", "phone", "video", "talk", "mail", "touch")
"""met: as ``met_how`` tells it; talk: a meeting or call, medium unknown; mail: letters only; touch: not sure they met."""

SPOKEN = frozenset({"met", "coffee", "tea", "breakfast", "lunch", "dinner", "phone", "video", "talk"})

_MEETING_SIGNALS = ("thank", "meeting", "calendar", "schedul")
_FEW = 3  # recipients of a mail that introduces; more are a round


def encounter(finding: Finding, today: date) -> str:
    """The encounter of ``finding`` (see ENCOUNTERS)."""
    contact = finding.contact
    if contact.met_how:
        return _whole_medium(contact.met_how) or medium([contact.met_how]) or "met"
    if not _have_met(finding, today):
        return "mail" if finding.kind is Kind.CONVERSATION else "touch"
    return medium(_tellers(finding)) or "talk"


def medium(texts: Iterable[str]) -> str:
    """The one medium that ``texts`` name, in any language; "" for none or several."""
    named = {
        name
        for text in texts
        for language in LANGUAGES
        for name, words in lexicon(language).media.items()
        if occurrences(text, words, language)
    }
    if {"phone", "video"} <= named:  # "video call" holds "call"
        named.discard("phone")
    return named.pop() if len(named) == 1 else ""


def their_mails(finding: Finding) -> list[Message]:
    """The contact's own mails of the thread, newest first, then those of the runners-up."""
    addresses = {base(email) for email in finding.contact.emails}
    return [m for m in _mails(finding) if m.from_ and base(m.from_.email) in addresses]


def own_mails(finding: Finding, owner: Iterable[str]) -> list[Message]:
    """The owner's mails to the contact, newest first: the thread's, then the runners-up's."""
    mine = {base(email) for email in owner}
    theirs = {base(email) for email in finding.contact.emails}
    return [
        m
        for m in _mails(finding)
        if m.from_ and base(m.from_.email) in mine and any(base(a.email) in theirs for a in m.to)
    ]


def last_mail(thread: Thread | None) -> Message | None:
    """The newest dated human mail of a thread."""
    dated = [m for m in (thread.messages if thread else ()) if m.date and _counts(m)]
    return max(dated, key=lambda m: m.date.timestamp() if m.date else 0.0, default=None)


def last_day(finding: Finding, owner: Iterable[str]) -> date | None:
    """The day of the newest human mail of the thread, or between the two in the runners-up, as its writer saw it."""
    newest = last_mail(finding.thread)
    mails = [*([newest] if newest else []), *their_mails(finding), *own_mails(finding, owner)]
    return max((mail.date.date() for mail in mails if mail.date), default=None)


def introduction_mail(finding: Finding, owner: Iterable[str]) -> Message | None:
    """The mail with which a third person brought the two together, if the thread opens with one that says so."""
    human = [m for m in (finding.thread.messages if finding.thread else ()) if m.automatic is Automatic.NO]
    if len(human) < 2 or human[0].from_ is None:
        return None
    opening = human[0]
    mine, theirs = {base(email) for email in owner}, {base(email) for email in finding.contact.emails}
    sender = base(human[0].from_.email)
    others = {base(address.email) for address in opening.recipients}
    if sender in mine | theirs or not others & mine or not others & theirs or len(others) > _FEW:
        return None
    text = f"{opening.subject}\n{opening.new_text}"
    said = any(occurrences(text, lexicon(code).phrases.get("introduces", ()), code) for code in LANGUAGES)
    return opening if said else None


def warm(finding: Finding, owner: Iterable[str], today: date) -> bool:
    """Whether it was more than a formality: they spoke, and each wrote twice at least (advice O10)."""
    often = len(their_mails(finding)) > 1 and len(own_mails(finding, owner)) > 1
    return often and encounter(finding, today) in SPOKEN


def met_on(finding: Finding, today: date) -> PartialDate | None:
    """The day they met, if known and not ahead."""
    known = finding.contact.met_on or finding.met_on
    return known if known and known.value <= today else None


def base(email: str) -> str:
    """An address without its "+tag"."""
    local, at, domain = email.lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def _counts(message: Message) -> bool:
    """A person's own mail that went out: a draft in the thread, our own too, is none yet."""
    return message.automatic is Automatic.NO and not message.labels & {Label.DRAFT, Label.SPAM, Label.TRASH}


def _mails(finding: Finding) -> list[Message]:
    threads = [finding.thread] if finding.thread else []
    threads += [candidate.thread for candidate in finding.alternatives]
    seen: dict[str, Message] = {}
    for thread in threads:
        for message in reversed(thread.messages):
            if _counts(message):
                seen.setdefault(message.message_id or message.id, message)
    return list(seen.values())


def _have_met(finding: Finding, today: date) -> bool:
    """Known from the user, from thanks, or from a meeting date that has passed."""
    if finding.contact.met_on:
        return True
    if finding.kind is Kind.THANK_YOU:
        return True
    return finding.kind is Kind.SCHEDULING and met_on(finding, today) is not None


def _tellers(finding: Finding) -> list[str]:
    """The texts that speak of the meeting itself: subject, calendar entries, the evidence's quotes."""
    thread = finding.thread
    texts = [thread.subject] if thread else []
    texts += [e.quote for e in finding.evidence if _about_meeting(e)]
    for message in thread.messages if thread else ():
        texts += [f"{part.summary} {part.location}" for part in message.calendar]
    return texts


def _about_meeting(evidence: Evidence) -> bool:
    return any(word in evidence.signal for word in _MEETING_SIGNALS)


def _whole_medium(met_how: str) -> str:
    """The medium when ``met_how`` says nothing else ("coffee", "by phone")."""
    bare = met_how.strip(" .").casefold()
    for language in LANGUAGES:
        for name, words in lexicon(language).media.items():
            if bare in words or bare.split(" ", 1)[-1] in words:
                return name
    return ""


def told_how(contact: Contact) -> str:
    """``met_how`` when it tells more than a medium."""
    return "" if _whole_medium(contact.met_how) else contact.met_how
