"""Mail that no person wrote to its recipients: lists, robots, auto-replies, delivery reports (RFC 3834, 2919, 3464)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from thread_finder.mail.mime import Part
from thread_finder.model import Address, Automatic

FIELDS = (
    "list-id",
    "list-unsubscribe",
    "list-post",
    "list-help",
    "mailing-list",
    "precedence",
    "auto-submitted",
    "x-autoreply",
    "x-autorespond",
    "x-auto-reply",
    "return-path",
    "feedback-id",
    "x-failed-recipients",
)
_Fields = Mapping[str, Sequence[str]]

_REPORTER = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon|mdaemon)@", re.IGNORECASE)
_NO_REPLY = re.compile(
    r"^(?:.*[._+-])?(?:no[._-]?reply|do[._-]?not[._-]?reply|donotreply|ne[._-]?pas[._-]?repondre|nicht[._-]?antworten|"
    r"noreply\w*|notifications?|alerts?|mailer|bounces?|auto(?:mated|confirm|reply)|newsletters?|listserv|majordomo)"
    r"(?:[._+-].*)?@",
    re.IGNORECASE,
)
# Applicant tracking systems, meeting robots: firms whose only mail is machine-made.
_ROBOT_DOMAINS = frozenset(
    "greenhouse.io greenhouse-mail.io lever.co hire.lever.co ashbyhq.com myworkday.com icims.com smartrecruiters.com "
    "jobvite.com taleo.net workable.com bamboohr.com calendly.com savvycal.com cal.com doodle.com goodtime.io".split()
)
_CALENDAR_ROBOT = re.compile(r"^(?:calendar-notification@google\.com|notifications@calendly\.com|calendar@)", re.I)
_AWAY = re.compile(
    r"^\W*(?:automatic reply|auto(?:matic)?[ -]?reply|autoreply|out of (?:the )?office|ooo\b|abwesenheit|automatische antwort|"
    r"réponse automatique|absence du bureau|respuesta autom[aá]tica|fuera de (?:la )?oficina|resposta autom[aá]tica|"
    r"risposta automatica|fuori ufficio|automatisch antwoord|afwezig|自动回复|自動返信|不在|부재중)",
    re.IGNORECASE,
)
_REPORT_SUBJECT = re.compile(
    r"(?:undeliver(?:ed|able)|delivery (?:status notification|failure|has failed|incomplete)|mail delivery failed|"
    r"returned mail|failure notice|unzustellbar|no se ha podido entregar|non remis)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[A-Za-z0-9._%+'=-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_FAILED_FIELD = re.compile(
    rb"^(?:Final|Original)-Recipient\s*:\s*(?:[\w-]+\s*;)?\s*<?([^\s<>;]+@[^\s<>;]+)>?", re.I | re.M
)


def classify(fields: _Fields, sender: Address | None, *, has_calendar: bool) -> Automatic:
    """Why a message is automatic, or ``Automatic.NO``. X-Auto-Response-Suppress alone says nothing."""
    email = sender.email if sender else ""
    domain = email.rpartition("@")[2]
    if _is_report(fields, email):
        return Automatic.DELIVERY_REPORT
    if _CALENDAR_ROBOT.match(email) or (has_calendar and (_NO_REPLY.match(email) or domain in _ROBOT_DOMAINS)):
        return Automatic.CALENDAR
    if _is_auto_reply(fields):
        return Automatic.AUTO_REPLY
    submitted = _value(fields, "auto-submitted")
    if submitted and not submitted.startswith("no"):
        return Automatic.ROBOT
    if _is_list(fields):
        return Automatic.LIST
    if "feedback-id" in fields or _NO_REPLY.match(email) or domain in _ROBOT_DOMAINS:
        return Automatic.ROBOT
    return Automatic.NO


def bounced_addresses(parts: Sequence[Part], text: str) -> tuple[str, ...]:
    """The addresses a delivery report calls undeliverable (RFC 3464), else those its text names; never the robot's."""
    found: list[str] = []
    for part in parts:
        if part.content_type == "message/delivery-status" or part.content_type == "message/global-delivery-status":
            data = part.payload(65_536)
            if b"action: failed" in data.lower() or b"action:failed" in data.lower():
                found += [match.decode("ascii", "replace").lower() for match in _FAILED_FIELD.findall(data)]
    if not found:
        found = [address.lower() for address in _ADDRESS.findall(text[:4_000])]
    return tuple(dict.fromkeys(address for address in found if not _REPORTER.match(address)))[:20]


def _is_report(fields: _Fields, email: str) -> bool:
    kind = _value(fields, "content-type")
    if kind.startswith("multipart/report") and "disposition-notification" not in kind:
        return True
    if "x-failed-recipients" in fields:
        return True
    return bool(_REPORTER.match(email)) and bool(_REPORT_SUBJECT.search(_value(fields, "subject")))


def _is_auto_reply(fields: _Fields) -> bool:
    if any(name in fields for name in ("x-autoreply", "x-autorespond", "x-auto-reply")):
        return True
    if _value(fields, "auto-submitted").startswith("auto-replied") or _value(fields, "precedence") == "auto_reply":
        return True
    return bool(_AWAY.match(_value(fields, "subject")))


def _is_list(fields: _Fields) -> bool:
    if any(name.startswith(("list-", "mailing-list")) for name in fields):
        return True
    return _value(fields, "precedence") in ("bulk", "list", "junk")


def _value(fields: _Fields, name: str) -> str:
    return next(iter(fields.get(name, ())), "").strip().lower()
