"""The JSON shapes of plans and standings (docs/json.md)."""

from __future__ import annotations

from datetime import date

from thread_finder.app.observing import Observation
from thread_finder.cli.shapes import Json, thread_shape
from thread_finder.planning import CheckIn, Omission, Plan, Standing


def plan_shape(plan: Plan) -> Json:
    """``plan --json``."""
    return {
        "month": str(plan.period),
        "day": plan.day.isoformat(),
        "room": plan.room,
        "chosen": [_check_in_shape(one) for one in plan.chosen],
        "done": [_omission_shape(one) for one in plan.done],
        "omitted": [_omission_shape(one) for one in plan.omitted],
        "next": _omission_shape(plan.next_up) if plan.next_up else None,
    }


def standing_shape(standing: Standing, observation: Observation) -> Json:
    """One object of ``status --json``."""
    contact = standing.history.contact
    return {
        "contact": contact.name,
        "emails": list(contact.emails),
        "state": str(standing.state),
        "since": _day(standing.since),
        "why": standing.why,
        "next_on": _day(standing.next_on),
        "purpose": str(standing.purpose) if standing.purpose else None,
        "dead": list(standing.history.dead),
        "letters": [
            {
                "purpose": str(one.record.purpose),
                "state": str(one.fate),
                "drafted": one.record.created.isoformat(),
                "at": one.at.isoformat() if one.at else None,
                "month": one.record.month or None,
                "draft_id": one.record.draft_id or None,
                "thread_id": one.record.thread_id or None,
                "message_id": one.record.message_id,
            }
            for one in observation.letters
        ],
    }


def _check_in_shape(one: CheckIn) -> Json:
    finding = one.finding
    return {
        "contact": one.contact.name,
        "emails": list(one.contact.emails),
        "purpose": str(one.purpose),
        "why": list(one.why),
        "verdict": str(finding.verdict) if finding else None,
        "kind": str(finding.kind) if finding and finding.kind else None,
        "thread": thread_shape(finding.thread) if finding else None,
    }


def _omission_shape(one: Omission) -> Json:
    return {
        "contact": one.contact.name,
        "emails": list(one.contact.emails),
        "state": str(one.state),
        "why": one.why,
        "next_on": _day(one.next_on),
        "place": one.place or None,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
