"""Calendar parts (RFC 5545, RFC 5546) by the icalendar library; by a plain reading of lines where that gives up."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import Any

from thread_finder.mail.mime import Part
from thread_finder.model import Address, CalendarPart

MAX_BYTES = 262_144
_MAX_ATTENDEES = 200
_MAX_EVENTS = 10
_TYPES = frozenset({"text/calendar", "application/ics", "text/x-vcalendar", "application/calendar"})


def is_calendar(part: Part) -> bool:
    """Whether a MIME part is a calendar, inline or attached."""
    return part.content_type in _TYPES or part.filename.lower().endswith((".ics", ".vcs"))


def parse_calendar(data: bytes) -> tuple[CalendarPart, ...]:
    """The events of a calendar; () when there are none. Never raises, whatever the bytes are."""
    if len(data) > MAX_BYTES or b"BEGIN:" not in data.upper():
        return ()
    from icalendar import Calendar  # noqa: PLC0415 - slow to import, and few mails carry a calendar

    try:
        calendar = Calendar.from_ical(data)
        method = str(calendar.get("METHOD", "")).upper()
        events = [c for c in calendar.walk() if c.name in ("VEVENT", "VTODO")][:_MAX_EVENTS]
        return tuple(_event(event, method) for event in events)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError):
        return _by_lines(data.decode("utf-8", "replace"))


def _event(event: Any, method: str) -> CalendarPart:
    attendees = event.get("ATTENDEE") or []
    if not isinstance(attendees, list):
        attendees = [attendees]
    people = (_person(one, getattr(one, "params", {})) for one in attendees[:_MAX_ATTENDEES])
    organizer = event.get("ORGANIZER")
    if isinstance(organizer, list):
        organizer = organizer[0] if organizer else None
    return CalendarPart(
        method=method,
        uid=str(event.get("UID", "")),
        summary=_flat(event.get("SUMMARY", "")),
        start=_start(event),
        organizer=_person(organizer, getattr(organizer, "params", {})) if organizer else None,
        attendees=tuple(person for person in people if person),
        recurring="RRULE" in event,
        status=str(event.get("STATUS", "")).upper(),
        location=_flat(event.get("LOCATION", "")),
    )


def _start(event: Any) -> datetime | date | None:
    value = event.get("DTSTART")
    moment = getattr(value, "dt", None)
    if isinstance(moment, datetime):
        return moment
    return moment if isinstance(moment, date) else None


def _person(value: Any, params: Any) -> Address | None:
    email = re.sub(r"^mailto:", "", str(value).strip(), flags=re.IGNORECASE).strip().lower()
    return Address(email, _flat(params.get("CN", ""))) if "@" in email else None


def _flat(text: Any) -> str:
    if isinstance(text, list):
        text = text[0] if text else ""
    return " ".join(str(text).split())[:500]


# --- where the library gives up ---------------------------------------------------------------------

_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?")


def _by_lines(text: str) -> tuple[CalendarPart, ...]:
    fields: dict[str, tuple[str, str]] = {}
    people: list[Address] = []
    for line in re.sub(r"\r?\n[ \t]", "", text).splitlines():
        name, _, value = line[:4_000].partition(":")
        key, _, parameters = name.partition(";")
        if key.upper() == "ATTENDEE" and len(people) < _MAX_ATTENDEES and (person := _person(value, {})):
            people.append(person)
        fields.setdefault(key.upper(), (value.strip(), parameters))
    if "DTSTART" not in fields and "SUMMARY" not in fields:
        return ()
    found = {key: one[0] for key, one in fields.items()}
    event = CalendarPart(
        method=found.get("METHOD", "").upper(),
        uid=found.get("UID", ""),
        summary=_flat(found.get("SUMMARY", "")),
        start=_stamp(found.get("DTSTART", "")),
        organizer=_person(found["ORGANIZER"], {}) if "ORGANIZER" in found else None,
        attendees=tuple(people),
        recurring="RRULE" in value,
        status=found.get("STATUS", "").upper(),
        location=_flat(found.get("LOCATION", "")),
    )
    return (event,)


def _stamp(value: str) -> datetime | date | None:
    match = _STAMP.match(value)
    if not match:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
        if match[4] is None:
            return day
        zone = timezone(timedelta()) if match[7] else None
        return datetime(day.year, day.month, day.day, int(match[4]), int(match[5]), tzinfo=zone)
    except ValueError:
        return None
