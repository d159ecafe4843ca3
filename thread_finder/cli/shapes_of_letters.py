"""The JSON shapes of letters and drafts (docs/json.md)."""

from __future__ import annotations

from thread_finder.app.batch import Report
from thread_finder.app.drafting import Outcome
from thread_finder.app.letters import Written
from thread_finder.app.polishing import Polish
from thread_finder.cli.shapes import Json, finding_shape
from thread_finder.model import Advice
from thread_finder.writing.facts import Facts


def preview_shape(written: Written) -> Json:
    """One object of ``preview --json``: the finding, plus the letter as it would be saved."""
    headers = {"In-Reply-To": written.in_reply_to, "References": written.references}
    return (
        finding_shape(written.finding)
        | {
            "subject": written.subject,
            "from": written.sender.email,
            "to": written.recipient.email,
            "text": written.text,
            "html": written.html,
            "headers": {name: value for name, value in headers.items() if value},
            "advice": [advice_shape(a) for a in written.advice],
            "facts": [_fact_shape(fact, written.facts) for fact in written.facts.sources],
        }
        | ({"polish": _polish_shape(written.polish)} if written.polish else {})
    )


def _fact_shape(fact: str, facts: Facts) -> Json:
    value = facts.reason.text if fact == "reason" else getattr(facts, fact)
    return {"fact": fact, "value": list(value) if isinstance(value, tuple) else value, "source": facts.sources[fact]}


def _polish_shape(polish: Polish) -> Json:
    return {"accepted": polish.accepted, "why": polish.why, "diff": list(polish.diff)}


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
        "failed": outcome.failed or not outcome.tried,
        "why": outcome.why,
        "to_do": outcome.to_do,
    }


def report_shape(report: Report, *, dry_run: bool) -> Json:
    """The document of ``batch --json``. ``asked`` is the sum of drafted, failed and skipped."""
    return {
        "month": report.month,
        "dry_run": dry_run,
        "asked": report.asked,
        "failed": len(report.failed),
        "left": report.left,
        "drafts": [
            outcome_shape(outcome) | ({"why": outcome.why or "dry run: nothing was saved"} if dry_run else {})
            for outcome in report.outcomes
        ],
        "skipped": [{"contact": s.contact.name, "why": s.why, "to_do": s.to_do} for s in report.skipped],
    }
