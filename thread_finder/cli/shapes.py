"""The JSON shapes users' scripts lean on (docs/json.md): keys may be added, never renamed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from thread_finder.app.finding import Failure
from thread_finder.model import Address, Candidate, Finding, Thread

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
