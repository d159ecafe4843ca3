"""Gathering the facts of a letter from the user's files and the thread. What is lacking is named, never made up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

from thread_finder.mail.fields import flat
from thread_finder.model import Finding, History, Owner, PartialDate, ReasonKind, Update, Verdict
from thread_finder.writing import encounters, needs
from thread_finder.writing.dates_in_words import ago
from thread_finder.writing.facts import Facts, Occasion, clause
from thread_finder.writing.language import FORMAL_BY_DEFAULT, LANGUAGES, detect, formality, lexicon, primary
from thread_finder.writing.names import first_name, full_name, is_eastern, salutation, sign_off

MAX_UPDATES = 2  # advice H14: a tidbit or two
CHECK_IN = Occasion()


def gather(finding: Finding, owner: Owner, *, today: date, occasion: Occasion = CHECK_IN) -> Facts:
    """The facts for one letter; what is lacking is listed in ``missing``, never made up."""
    contact = finding.contact
    sources: dict[str, str] = {}
    language = _language(finding, owner, sources)
    name, formal = _name(finding, language, sources), _formal(finding, owner, language)
    met, spoken = encounters.met_on(finding, today), _in_touch(finding, owner, occasion, today)
    since = met or (PartialDate(spoken) if spoken else None)
    updates = _updates(owner, _cuts(met, spoken), today, _context(finding))
    reason = replace(contact.reason, text=clause(contact.reason.text))
    facts = Facts(
        contact=contact.name,
        name=name,
        full_name=full_name(_written_name(finding, language)) or contact.name,
        sender=flat(owner.name),
        language=language,
        formal=formal,
        recap=finding.verdict is Verdict.NEW_THREAD,
        introduction=clause(contact.introduction or _in(owner.introduction, language)),
        when=ago(since, today, language) if since else "",
        encounter=encounters.encounter(finding, today),
        how=clause(encounters.told_how(contact)),
        topic=clause(contact.topic),
        introduced_by=_introduced_by(finding, owner, sources),
        salutation=_salutation(finding, owner, (language, name, formal), sources),
        signs=_signs(finding, owner, language, sources),
        updates=tuple(clause(_in(update.text, language)) for update in updates),
        remember=clause(contact.remember),
        reason=reason,
        dated=ago(PartialDate(reason.on), today, language) if reason.on and reason.on <= today else "",
        signature=owner.signature.strip("\n") or owner.name,
        seed=int(sha256(contact.emails[0].encode()).hexdigest()[:8], 16),
        lapsed=spoken is None or spoken <= occasion.lapsed_after.before(today),
        warm=encounters.warm(finding, owner.emails, today),
        wrote=_wrote(occasion.history, today, language),
        occasion=occasion,
        met_on=met,
        last_mail=spoken,
        update_days=tuple(update.on for update in updates),
        sources=sources,
    )
    sources |= _plain_sources(finding, updates)
    strangers = facts.encounter in ("touch", "mail") and not encounters.their_mails(finding)
    facts = replace(
        facts, foreign=needs.foreign(facts, contact, owner, updates), encounter="" if strangers else facts.encounter
    )
    return replace(facts, missing=needs.missing(facts, contact, today, primary(owner.language)))


def _in_touch(finding: Finding, owner: Owner, occasion: Occasion, today: date) -> date | None:
    """The day of the last mail either way, in whatever thread."""
    days = [encounters.last_day(finding, owner.emails), occasion.history.in_touch_on]
    return max((day for day in days if day and day <= today), default=None)


def _language(finding: Finding, owner: Owner, sources: dict[str, str]) -> str:
    """Told by the user, else the one the owner wrote to them in, else the one they write, else the owner's."""
    if (told := primary(finding.contact.language)) in LANGUAGES:
        sources["language"] = finding.contact.source
        return told
    for mails in (encounters.own_mails(finding, owner.emails), encounters.their_mails(finding)):
        if (found := detect(mail.new_text for mail in mails)) in LANGUAGES:
            sources["language"] = _message(mails[0].message_id)
            return found
    sources["language"] = "config.toml [owner]"
    return primary(owner.language) if primary(owner.language) in LANGUAGES else "en"


def _name(finding: Finding, language: str, sources: dict[str, str]) -> str:
    """The name to greet with: as they sign, else the first name the user wrote. Never from an address."""
    contact, mails = finding.contact, encounters.their_mails(finding)
    known = [contact.name, *(m.from_.name for m in mails if m.from_)]
    for message in mails[:5]:
        signed = sign_off(message.new_text, known, lexicon(language).closings)
        if signed:
            sources["name"] = _message(message.message_id)
            return first_name(signed) or signed
    sources["name"] = contact.source
    return first_name(_written_name(finding, language))


def _written_name(finding: Finding, language: str) -> str:
    """The contact's name as the user wrote it; in a Japanese letter as they write it themselves in Japanese."""
    theirs = (m.from_.name for m in encounters.their_mails(finding) if m.from_ and is_eastern(m.from_.name))
    return next(theirs, finding.contact.name) if language == "ja" else finding.contact.name


def _salutation(finding: Finding, owner: Owner, now: tuple[str, str, bool], sources: dict[str, str]) -> str:
    """How the owner greeted them in the newest mail that greets by name, if one would still say so ``now``.

    That is: in the letter's language, as formally, and not by the family name after they have signed with the first.
    """
    language, name, formal = now
    known = [finding.contact.name, *(m.from_.name for m in encounters.their_mails(finding) if m.from_)]
    for message in encounters.own_mails(finding, owner.emails):
        if greeted := salutation(message.new_text, lexicon(language).greetings, known):
            told = formality([message.new_text], language)
            distant = sources["name"].startswith("message") and name.casefold() not in greeted.casefold()
            if distant or (told is not None and told != formal):
                return ""
            sources["salutation"] = _message(message.message_id)
            return greeted
    return ""


def _signs(finding: Finding, owner: Owner, language: str, sources: dict[str, str]) -> str:
    """How the owner signed the newest mail to them that is signed by name."""
    for message in encounters.own_mails(finding, owner.emails):
        if signed := sign_off(message.new_text, [owner.name], lexicon(language).closings):
            sources["signs"] = _message(message.message_id)
            return signed
    return ""


def _formal(finding: Finding, owner: Owner, language: str) -> bool:
    for mails in (encounters.their_mails(finding), encounters.own_mails(finding, owner.emails)):
        shown = formality([mail.new_text for mail in mails], language)
        if shown is not None:
            return shown
    return language in FORMAL_BY_DEFAULT


def _introduced_by(finding: Finding, owner: Owner, sources: dict[str, str]) -> str:
    """Who brought the two together: told by the user, or the third person whose mail opens the thread."""
    if told := clause(finding.contact.introduced_by):
        sources["introduced_by"] = finding.contact.source
        return told
    opening = encounters.introduction_mail(finding, owner.emails)
    if opening is None or opening.from_ is None:
        return ""
    sources["introduced_by"] = _message(opening.message_id)
    return full_name(opening.from_.name)


def _wrote(history: History, today: date, language: str) -> str:
    day = history.wrote_on
    return ago(PartialDate(day), today, language) if day and day <= today else ""


def _cuts(met: PartialDate | None, spoken: date | None) -> list[date]:
    """The days after which something counts as new: the last contact, or at least the meeting, whole as it is known."""
    end = _end(met) if met else None
    days = [day for day in (end, spoken) if day]
    return list(dict.fromkeys([max(days), end or max(days)])) if days else [date.min]


def _end(day: PartialDate) -> date:
    """The last day that a date may mean."""
    if day.precision == "day":
        return day.value
    if day.precision == "year":
        return date(day.value.year, 12, 31)
    return (day.value.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _updates(owner: Owner, cuts: list[date], today: date, context: str) -> list[Update]:
    """At most two that are news to them, newest first: the newest, and of the others the one that fits best."""
    for cut in cuts:
        known = sorted((u for u in owner.updates if cut < u.on <= today), key=lambda u: u.on, reverse=True)
        if known:
            rest = sorted(known[1:], key=lambda u: (_shared(u, context), u.on), reverse=True)
            return [known[0], *rest[: MAX_UPDATES - 1]]
    return []


def _shared(update: Update, context: str) -> int:
    """How many longer words an update has in common with what the two had to do with each other."""
    words = {word for text in update.text.values() for word in re.findall(r"\w{5,}", text.casefold())}
    return len(words & set(re.findall(r"\w{5,}", context.casefold())))


def _context(finding: Finding) -> str:
    contact, thread = finding.contact, finding.thread
    return " ".join([contact.topic, contact.introduction, contact.remember, thread.subject if thread else ""])


def _plain_sources(finding: Finding, updates: list[Update]) -> dict[str, str]:
    """Where the facts come from that are taken over as they stand."""
    contact = finding.contact
    thread = f"thread “{finding.thread.subject}”" if finding.thread else ""
    found = {
        "sender": "config.toml [owner]",
        "introduction": contact.source if contact.introduction else "config.toml [owner]",
        "when": contact.source if contact.met_on else thread,
        "encounter": contact.source if contact.met_how or contact.met_on else thread,
        "how": contact.source if encounters.told_how(contact) else "",
        "topic": contact.source if contact.topic else "",
        "updates": ", ".join(f"your update of {update.on.isoformat()}" for update in updates),
        "remember": contact.source if contact.remember else "",
        "reason": contact.source if contact.reason.kind is not ReasonKind.RECONNECT or contact.reason.text else "",
    }
    return {fact: source for fact, source in found.items() if source}


def _in(texts: Mapping[str, str], language: str) -> str:
    """A text in the letter's language, else in the owner's own."""
    return texts.get(language) or texts.get("") or next(iter(texts.values()), "")


def _message(message_id: str) -> str:
    return f"message {message_id}"
