"""What a calendar part tells: who meets whom, when, in which zone; from any program's file, broken ones included."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thread_finder.mail.calendar import MAX_BYTES, parse_calendar
from thread_finder.mail.parse import parse_message
from thread_finder.model import Address, CalendarPart

START = "DTSTART;TZID=America/New_York:20230711T123000"


def invitation(start: str = START, more: str = "", method: str = "REQUEST") -> bytes:
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:1@x.example\r\n"
        f"SUMMARY:Lunch\\, at last\r\n{start}\r\n"
        'ORGANIZER;CN="Doe, Jane":mailto:Jane@X.example\r\n'
        "ATTENDEE;CN=Søren Åberg;PARTSTAT=ACCEPTED:mailto:soren@y.exa\r\n mple\r\n"
        f"LOCATION:The Mill\r\nSTATUS:CONFIRMED\r\n{more}"
        "BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nSUMMARY:Alarm\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


def only(data: bytes) -> CalendarPart:
    (event,) = parse_calendar(data)
    return event


def test_an_invitation_tells_all() -> None:
    event = only(invitation())
    assert (event.method, event.uid, event.summary) == ("REQUEST", "1@x.example", "Lunch, at last")
    assert (event.location, event.status, event.recurring) == ("The Mill", "CONFIRMED", False)
    assert event.organizer == Address("jane@x.example", "Doe, Jane")
    assert event.attendees == (Address("soren@y.example", "Søren Åberg"),)


@pytest.mark.parametrize("state", ["ACCEPTED", "DECLINED", "TENTATIVE"])
def test_a_reply_tells_what_was_answered(state: str) -> None:
    data = invitation(method="REPLY").replace(b"PARTSTAT=ACCEPTED", f"PARTSTAT={state}".encode())
    assert only(data).answer == state
    assert only(data.replace(b"VERSION:2.0", b"VERSION")).answer == state  # by lines
    assert only(invitation()).answer == ""


@pytest.mark.parametrize(
    ("start", "moment", "offset"),
    [
        (START, datetime(2023, 7, 11, 12, 30), timedelta(hours=-4)),
        ("DTSTART;TZID=Eastern Standard Time:20230711T123000", datetime(2023, 7, 11, 12, 30), timedelta(hours=-4)),
        ('DTSTART;TZID="W. Europe Standard Time":20230711T123000', datetime(2023, 7, 11, 12, 30), timedelta(hours=2)),
        (
            "DTSTART;TZID=/citadel.org/1_1/Europe/Berlin:20230711T123000",
            datetime(2023, 7, 11, 12, 30),
            timedelta(hours=2),
        ),
        ("DTSTART:20230711T163000Z", datetime(2023, 7, 11, 16, 30), timedelta()),
        ("DTSTART:20230711T123000", datetime(2023, 7, 11, 12, 30), None),
        ("DTSTART;TZID=Nowhere:20230711T123000", datetime(2023, 7, 11, 12, 30), None),
        ("DTSTART;TZID=(UTC-05:00) Eastern Time (US & Canada):20230711T123000", datetime(2023, 7, 11, 12, 30), None),
    ],
)
def test_the_start_is_in_the_zone_that_the_part_names(start: str, moment: datetime, offset: timedelta | None) -> None:
    found = only(invitation(start)).start
    assert isinstance(found, datetime)
    assert found.replace(tzinfo=None) == moment
    assert found.utcoffset() == offset


def test_a_whole_day_is_a_date() -> None:
    found = only(invitation("DTSTART;VALUE=DATE:20230711")).start
    assert found == date(2023, 7, 11)
    assert not isinstance(found, datetime)


def test_a_series_and_a_cancellation_are_known() -> None:
    assert only(invitation(more="RRULE:FREQ=WEEKLY;COUNT=999999999\r\n")).recurring
    assert only(invitation(method="CANCEL")).method == "CANCEL"


@pytest.mark.parametrize(
    "broken",
    [
        invitation() + b"garbage without a colon\r\n",
        invitation().replace(b"END:VEVENT\r\nEND:VCALENDAR\r\n", b""),
        invitation().replace(b"\r\n", b"\n"),
        invitation().replace(b"VERSION:2.0\r\n", b"no property line\r\n"),
        b"\xef\xbb\xbf" + invitation(),
    ],
)
def test_a_broken_calendar_tells_the_same(broken: bytes) -> None:
    assert only(broken) == only(invitation())


@pytest.mark.parametrize("data", [b"", b"hello", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR", b"BEGIN:VCALENDAR\n" * 100_000])
def test_what_has_no_event_gives_none(data: bytes) -> None:
    assert parse_calendar(data) == ()


def test_an_event_without_a_usable_start_has_none() -> None:
    assert only(invitation("DTSTART:soon")).start is None
    assert only(invitation("X-NOTHING:1")).start is None


@pytest.mark.parametrize(
    "trap",
    [
        "BEGIN:VEVENT\n" * 4000,
        "SUMMARY:" + 'a;b="c,' * 30000,
        "ATTENDEE" + ";A=b" * 60000 + ":x",
        "ATTENDEE:mailto:a@x.example\n" * 4900,
    ],
)
def test_hostile_calendars_take_no_time(trap: str) -> None:
    parse_calendar(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + trap.encode())
    assert parse_calendar(invitation() + b"x" * MAX_BYTES) == ()


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 400))
def test_no_bytes_make_it_fail(junk: bytes, position: int) -> None:
    data = invitation()
    parse_calendar(data[:position] + junk + data[position:])
    parse_calendar(data[:position])


# --- in a message -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "Content-Type: text/calendar; charset=utf-8; method=REQUEST",
        'Content-Type: application/ics; name="invite.ics"\nContent-Disposition: attachment; filename="invite.ics"',
        'Content-Type: application/octet-stream\nContent-Disposition: attachment; filename="Lunch.ICS"',
    ],
)
def test_calendars_count_inline_and_attached(header: str) -> None:
    raw = (
        b"From: jane@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee you.\n--b\n"
        + header.encode() + b"\n\n" + invitation("DTSTART:20230711T163000Z") + b"\n--b--\n"
    )  # fmt: skip
    message = parse_message(raw)
    assert [part.start for part in message.calendar] == [datetime(2023, 7, 11, 16, 30, tzinfo=UTC)]
    assert message.new_text == "See you."


def test_the_same_event_twice_counts_once() -> None:
    part = b"--b\nContent-Type: text/calendar\n\n" + invitation() + b"\n"
    message = parse_message(
        b"From: jane@x.example\nContent-Type: multipart/mixed; boundary=b\n\n" + part * 2 + b"--b--"
    )
    assert len(message.calendar) == 1
