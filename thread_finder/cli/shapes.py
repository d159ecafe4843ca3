"""The JSON shapes users' scripts lean on (docs/json.md): keys may be added, never renamed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from thread_finder.app.drafting import Outcome
from thread_finder.app.finding import Failure
from thread_finder.app.letters import Written
from thread_finder.model import Address, Advice, Candidate, Finding, Thread

Json = dict[str, Any]


def finding_shape(finding: Finding) -> Json:
    """One object of ``find --json``."""
    return {
        "contact": finding.contact.name,
        "emails": list(finding.contact.emails),
        "verdict": str(finding.verdict),
        "kind": str(finding.kind) if finding.kind else None,
        "confidence": round(finding.confidence, 2),
        "thread": thread_shape(finding.thread),
        "parent": finding.parent.message_id if finding.parent else None,
        "reply_to": _email(finding.reply_to),
        "reply_from": _email(finding.reply_from),
        "met_on": str(finding.met_on) if finding.met_on else None,
        "evidence": [
            {"signal": e.signal, "message_id": e.message_id, "quote": e.quote, "weight": round(e.weight, 2)}
            for e in finding.evidence
        ],
        "alternatives": [_candidate_shape(c) for c in finding.alternatives],
        "warnings": list(finding.warnings),
    }


def failure_shape(failure: Failure) -> Json:
    """What stands in a list in the place of a contact for whom it did not work."""
    return {
        "contact": failure.contact.name,
        "emails": list(failure.contact.emails),
        "error": failure.why,
        "to_do": failure.to_do,
    }


def thread_shape(thread: Thread | None) -> Json | None:
    """A thread by its handles: id, subject, first and last date, Message-IDs."""
    if thread is None:
        return None
    dates = [m.date for m in thread.messages if m.date]
    return {
        "id": thread.id,
        "subject": thread.subject,
        "first_date": _iso(min(dates, default=None)),
        "last_date": _iso(max(dates, default=None)),
        "message_ids": [m.message_id for m in thread.messages if m.message_id],
    }


def preview_shape(written: Written) -> Json:
    """One object of ``preview --json``: the finding, plus the letter as it would be saved."""
    headers = {"In-Reply-To": written.in_reply_to, "References": written.references}
    return finding_shape(written.finding) | {
        "subject": written.subject,
        "from": _email(written.sender),
        "to": _email(written.recipient),
        "text": written.text,
        "html": written.html,
        "headers": {name: value for name, value in headers.items() if value},
        "advice": [advice_shape(a) for a in written.advice],
    }


def advice_shape(advice: Advice) -> Json:
    """A rule, its level and its sentence."""
    return {"rule": advice.rule, "level": str(advice.level), "message": advice.message}


def outcome_shape(outcome: Outcome) -> Json:
    """One object of ``draft --json``."""
    return {
        "contact": outcome.contact.name,
        "action": str(outcome.action),
        "draft_id": outcome.draft_id or None,
        "thread_id": outcome.thread_id or None,
        "message_id": outcome.message_id or None,
        "verified": outcome.verified,
        "link": outcome.link or None,
        "why": outcome.why,
    }


def _candidate_shape(candidate: Candidate) -> Json:
    return {
        "kind": str(candidate.kind),
        "confidence": round(candidate.confidence, 2),
        "thread": thread_shape(candidate.thread),
    }


def _email(address: Address | None) -> str | None:
    return address.email if address else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
