"""A plan as calendar entries (RFC 5545), for those who live by their calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

from icalendar import Calendar, Event

from thread_finder.planning.history import Purpose
from thread_finder.planning.plan import CheckIn, Plan

PRODUCT = "-//thread-finder//check-ins//EN"


def as_calendar(plan: Plan) -> bytes:
    """One all-day entry for each letter to write, spread over the working days that are left of the period.

    The same letter has the same UID each time, so that importing the plan anew moves entries instead of doubling them.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for turn, day in zip(plan.chosen, _spread(plan), strict=True):
        calendar.add_component(_entry(turn, day, plan))
    return bytes(calendar.to_ical())


def _entry(turn: CheckIn, day: date, plan: Plan) -> Event:
    name = " ".join(turn.contact.name.split())
    follow_up = turn.purpose is Purpose.FOLLOW_UP
    event = Event()
    key = sha256(f"{plan.period} {turn.purpose} {turn.contact.emails[0]}".encode()).hexdigest()[:32]
    event.add("uid", f"{key}@thread-finder")
    event.add("dtstamp", datetime.combine(plan.day, time(), UTC))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", f"Follow up with {name}" if follow_up else f"Write to {name}")
    event.add("description", "\n".join([*turn.why, "", f"thread-finder batch --month {plan.period}"]))
    event.add("transp", "TRANSPARENT")  # it does not make the day busy
    return event


def _spread(plan: Plan) -> Sequence[date]:
    """A day for each letter: evenly over the working days left, follow-ups first, as the plan has them."""
    first = max(plan.day, plan.period.first)
    days = [first + timedelta(days=n) for n in range((plan.period.last - first).days + 1)]
    working = [day for day in days if day.weekday() < 5] or [first]
    return [working[number * len(working) // len(plan.chosen)] for number in range(len(plan.chosen))]
