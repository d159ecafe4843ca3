"""Calendar parts (RFC 5545, RFC 5546) by the icalendar library; by a plain reading of lines where that gives up."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from thread_finder.mail.addresses import parse_addresses
from thread_finder.mail.charsets import decode_bytes
from thread_finder.mail.encoded_words import decode_text
from thread_finder.mail.mime import Part
from thread_finder.model import Address, CalendarPart

MAX_BYTES = 262_144
_MAX_LINES = 5_000
_MAX_ATTENDEES = 200
_MAX_EVENTS = 10
_MAX_TEXT = 500
_TYPES = frozenset({"text/calendar", "application/ics", "text/x-vcalendar", "application/calendar"})
_KINDS = frozenset({"VEVENT", "VTODO"})

# What the library raises on calendars that are none.
_GIVES_UP = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)


def is_calendar(part: Part) -> bool:
    """Whether a MIME part is a calendar, inline or attached."""
    return part.content_type in _TYPES or part.filename.lower().endswith((".ics", ".vcs"))


def parse_calendar(data: bytes) -> tuple[CalendarPart, ...]:
    """The events of a calendar; () when there are none. Never raises, whatever the bytes are.

    A calendar beyond MAX_BYTES is an export and no invitation, and is not read.
    """
    if len(data) > MAX_BYTES or b"BEGIN:V" not in data.upper() or data.count(b"\n") > _MAX_LINES:
        return ()
    text = decode_bytes(data).replace("\0", "")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library tells users about odd zones
            found = _by_the_library(text)
    except _GIVES_UP:
        found = ()
    if found and all(event.start for event in found):
        return found
    by_lines = tuple(islice(_by_lines(text), _MAX_EVENTS))
    if len(by_lines) == len(found):
        return tuple(
            replace(event, start=event.start or line.start) for event, line in zip(found, by_lines, strict=True)
        )
    return found or by_lines


def _by_the_library(text: str) -> tuple[CalendarPart, ...]:
    from icalendar import Calendar  # noqa: PLC0415  slow to import, and few mails carry a calendar

    found: list[CalendarPart] = []
    for calendar in Calendar.from_ical(text, multiple=True):
        method = str(calendar.get("METHOD", ""))
        events = (component for component in calendar.subcomponents if component.name in _KINDS)
        found += [_event(event, method) for event in events]
        if len(found) >= _MAX_EVENTS:
            break
    return tuple(found[:_MAX_EVENTS])


def _event(event: Any, method: str) -> CalendarPart:
    asked = _listed(event.get("ATTENDEE"))[:_MAX_ATTENDEES]
    people = (_person(str(one), getattr(one, "params", {})) for one in asked)
    organizers = _listed(event.get("ORGANIZER"))
    organizer = _person(str(organizers[0]), getattr(organizers[0], "params", {})) if organizers else None
    return CalendarPart(
        method=_token(method),
        uid=_flat(_first(event.get("UID"))),
        summary=_flat(_first(event.get("SUMMARY"))),
        start=_start(_first(event.get("DTSTART"))),
        organizer=organizer,
        attendees=tuple(person for person in people if person),
        recurring="RRULE" in event or "RDATE" in event,
        status=_token(_first(event.get("STATUS"))),
        location=_flat(_first(event.get("LOCATION"))),
        answer=_answer(method, (str(getattr(one, "params", {}).get("PARTSTAT", "")) for one in asked)),
    )


def _answer(method: str, states: Iterable[str]) -> str:
    """What the one attendee of a REPLY answers (RFC 5546 3.2.3); "" for other methods."""
    return _token(next((state for state in states if state), "")) if _token(method) == "REPLY" else ""


def _start(value: Any) -> datetime | date | None:
    """When the event starts; floating times stay without a zone."""
    moment = getattr(value, "dt", None)
    if isinstance(moment, datetime) and moment.tzinfo is None:
        return _in_zone(moment, str(getattr(value, "params", {}).get("TZID", "")))
    return moment if isinstance(moment, date) else None


def _person(value: str, parameters: Mapping[str, Any]) -> Address | None:
    """ORGANIZER and ATTENDEE are URIs; some servers put the address into EMAIL= instead (RFC 7986)."""
    for candidate in (value, str(parameters.get("EMAIL", ""))):
        if found := parse_addresses(f"<{candidate.strip()[:320]}>"):
            name = _flat(parameters.get("CN", ""))
            return Address(found[0].email, "" if name.lower() == found[0].email else name)
    return None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: Any) -> Any:
    return next(iter(_listed(value)), "")


def _flat(value: Any) -> str:
    return " ".join(decode_text(str(value)[: 4 * _MAX_TEXT]).split())[:_MAX_TEXT].strip('"')


def _token(value: Any) -> str:
    return re.sub(r"[^A-Z-]", "", str(value)[:40].upper())


# --- where the library gives up ---------------------------------------------------------------------

_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(r"([A-Za-z0-9-]{1,60})((?:;[^\":;]{1,200}(?:\"[^\"]{0,300}\")?)*):(.*)")
_BROKEN_START = re.compile(r"(DTSTART)[;:].{0,200}[:=](\d{8}(?:T\d{4,6})?Z?)\s*$", re.IGNORECASE)
_PARAMETER = re.compile(r";([A-Za-z0-9-]{1,40})=(?:\"([^\"]*)\"|([^;\"]*))")
_STAMP = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d)(?::?(\d\d))?(Z)?)?")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_Fields = dict[str, list[tuple[dict[str, str], str]]]


def _by_lines(text: str) -> Iterator[CalendarPart]:
    """One event for each BEGIN:VEVENT, from the lines that can be read."""
    method, nested = "", 0
    event: _Fields | None = None
    for line in _FOLD.sub("", text).splitlines():
        name, parameters, value = _read_line(line[:4_000])
        if name == "BEGIN" and event is None:
            event = {} if value.upper() in _KINDS else None
        elif name in {"BEGIN", "END"}:
            if name == "END" and nested == 0 and event is not None:
                yield _event_of(event, method)
                event = None
            nested = max(0, nested + (1 if name == "BEGIN" else -1)) if event is not None else 0
        elif event is None:
            method = value if name == "METHOD" else method
        elif nested == 0:
            event.setdefault(name, []).append((parameters, value))
    if event:
        yield _event_of(event, method)  # cut off


def _event_of(fields: _Fields, method: str) -> CalendarPart:
    def text(name: str) -> str:
        value = fields[name][0][1] if name in fields else ""
        return _flat(_ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], value))

    organizer = fields.get("ORGANIZER")
    people = (_person(value, parameters) for parameters, value in fields.get("ATTENDEE", ())[:_MAX_ATTENDEES])
    return CalendarPart(
        method=_token(method),
        uid=text("UID"),
        summary=text("SUMMARY"),
        start=_stamp(*fields["DTSTART"][0]) if "DTSTART" in fields else None,
        organizer=_person(organizer[0][1], organizer[0][0]) if organizer else None,
        attendees=tuple(person for person in people if person),
        recurring="RRULE" in fields or "RDATE" in fields,
        status=_token(text("STATUS")),
        location=text("LOCATION"),
        answer=_answer(method, (parameters.get("PARTSTAT", "") for parameters, _ in fields.get("ATTENDEE", ()))),
    )


def _read_line(line: str) -> tuple[str, dict[str, str], str]:
    """Name, parameters and value of a content line; an empty name when it is none."""
    match = _LINE.match(line)
    if match and (match[1].upper() != "DTSTART" or _STAMP.match(match[3])):
        parameters = {name.upper(): quoted or bare for name, quoted, bare in _PARAMETER.findall(match[2])}
        return match[1].upper(), parameters, match[3].strip()
    if match := _BROKEN_START.match(line):
        return match[1].upper(), {}, match[2]
    return "", {}, ""


def _stamp(parameters: Mapping[str, str], value: str) -> datetime | date | None:
    match = _STAMP.match(value)
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    with suppress(ValueError):
        if match[4] is None:
            return date(year, month, day)
        moment = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001  the zone follows
        return moment.replace(tzinfo=UTC) if match[7] else _in_zone(moment, parameters.get("TZID", ""))
    return None


def _in_zone(moment: datetime, name: str) -> datetime:
    """``moment`` in the named zone; as it is when the name is unknown."""
    if not name:
        return moment
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # noqa: PLC0415  slow to import

    with suppress(ValueError, OSError, LookupError):
        # "/citadel.org/20050126_1/Europe/Berlin": some programs put their own path before the name
        plain = "/".join(name.strip('"/ ').split("/")[-2:])
        return moment.replace(tzinfo=ZoneInfo(WINDOWS_TO_OLSON.get(plain, plain)))
    return moment
