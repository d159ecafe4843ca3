"""The plan as calendar entries: other programs read them, and a new plan does not double them."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from thread_finder.model import Contact
from thread_finder.planning import CheckIn, Period, Plan, Purpose
from thread_finder.planning.ics import as_calendar

DECEMBER = Period.parse("2026-12")


def plan(*names: str, day: date = date(2026, 12, 1), purpose: Purpose = Purpose.CHECK_IN) -> Plan:
    turns = [CheckIn(Contact(name, (f"{n}@x.example",)), purpose, (f"why {name}",)) for n, name in enumerate(names)]
    return Plan(DECEMBER, day, 20, tuple(turns), ())


def entries(made: Plan) -> list[dict[str, str]]:
    events = Calendar.from_ical(as_calendar(made)).walk("VEVENT")
    return [{"day": str(e.decoded("dtstart")), "uid": str(e["uid"]), "what": str(e["summary"])} for e in events]


def test_each_letter_has_a_working_day_of_its_own_in_order() -> None:
    found = entries(plan("Ada", "Bo", "Cy", "Di"))
    assert [one["what"] for one in found] == ["Write to Ada", "Write to Bo", "Write to Cy", "Write to Di"]
    days = [date.fromisoformat(one["day"]) for one in found]
    assert days == sorted(set(days))
    assert all(day.weekday() < 5 and DECEMBER.first <= day <= DECEMBER.last for day in days)


def test_what_is_over_of_the_month_is_not_used() -> None:
    assert {one["day"] for one in entries(plan("Ada", "Bo", day=date(2026, 12, 30)))} == {"2026-12-30", "2026-12-31"}
    weekend = Period.parse("2026-W53")
    made = Plan(weekend, date(2027, 1, 3), 1, plan("Ada").chosen, ())
    assert entries(made)[0]["day"] == "2027-01-03"


def test_a_plan_made_anew_has_the_same_uids_and_a_follow_up_its_own() -> None:
    first, later = entries(plan("Ada", "Bo")), entries(plan("Ada", "Bo", day=date(2026, 12, 15)))
    assert [one["uid"] for one in first] == [one["uid"] for one in later]
    (follow_up,) = entries(plan("Ada", purpose=Purpose.FOLLOW_UP))
    assert follow_up["uid"] != first[0]["uid"]
    assert follow_up["what"] == "Follow up with Ada"


def test_nobody_chosen_is_an_empty_calendar() -> None:
    assert entries(plan()) == []


@given(st.text(max_size=80))
def test_no_name_breaks_out_of_its_entry(name: str) -> None:
    (event,) = Calendar.from_ical(as_calendar(plan(f"{name}\r\nEND:VEVENT\r\nBEGIN:VALARM"))).walk("VEVENT")
    assert [key for key, _ in event.property_items(recursive=False)].count("SUMMARY") == 1
    assert event.subcomponents == []
