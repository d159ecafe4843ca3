"""Spans of time in words."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thread_finder.durations import Duration

UNITS = ["day", "working day", "week", "month", "year"]


@pytest.mark.parametrize(
    ("text", "count", "unit"),
    [
        ("1 month", 1, "month"),
        ("2 weeks", 2, "week"),
        ("10 days", 10, "day"),
        ("7 working days", 7, "working day"),
        ("7  Business Days", 7, "working day"),
        ("every 3 months", 3, "month"),
        ("a year", 1, "year"),
        ("week", 1, "week"),
    ],
)
def test_people_say_it_in_words(text: str, count: int, unit: str) -> None:
    assert Duration.parse(text) == Duration(count, unit)


@pytest.mark.parametrize(
    "text", ["", "soon", "3", "0 days", "-1 day", "1.5 weeks", "2 moons", "101 years", "9" * 400 + " days"]
)
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no length of time|is not between"):
        Duration.parse(text)


@pytest.mark.parametrize(
    ("text", "day", "after"),
    [
        ("1 month", "2026-01-31", "2026-02-28"),
        ("1 month", "2024-01-31", "2024-02-29"),
        ("1 month", "2026-12-15", "2027-01-15"),
        ("1 year", "2024-02-29", "2025-02-28"),
        ("7 working days", "2026-11-24", "2026-12-03"),  # Tuesday; a weekend between
        ("1 working day", "2026-11-27", "2026-11-30"),  # Friday to Monday
        ("1 working day", "2026-11-28", "2026-11-30"),  # Saturday to Monday
        ("5 working days", "2026-11-28", "2026-12-04"),
        ("2 weeks", "2026-12-25", "2027-01-08"),
    ],
)
def test_after(text: str, day: str, after: str) -> None:
    assert Duration.parse(text).after(date.fromisoformat(day)) == date.fromisoformat(after)


@pytest.mark.parametrize(
    ("text", "day", "before"),
    [
        ("1 month", "2026-03-31", "2026-02-28"),
        ("1 month", "2026-01-15", "2025-12-15"),
        ("1 working day", "2026-11-30", "2026-11-27"),
        ("1 working day", "2026-11-29", "2026-11-27"),
        ("5 working days", "2026-11-29", "2026-11-23"),
    ],
)
def test_before(text: str, day: str, before: str) -> None:
    assert Duration.parse(text).before(date.fromisoformat(day)) == date.fromisoformat(before)


@given(st.integers(1, 26089), st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_working_days_are_counted_one_by_one(count: int, day: date) -> None:
    end = Duration(count, "working day").after(day)
    whole_weeks, rest = divmod((end - day).days, 7)
    counted = whole_weeks * 5 + sum((day.weekday() + 1 + n) % 7 < 5 for n in range(rest))
    assert counted == count
    assert end.weekday() < 5


@given(st.integers(1, 100), st.sampled_from(UNITS), st.dates())
def test_a_span_moves_forward_and_back_and_reads_as_written(count: int, unit: str, day: date) -> None:
    span = Duration(count, unit)
    assert span.before(day) <= day <= span.after(day)
    assert Duration.parse(str(span)) == span


def test_the_calendar_has_ends() -> None:
    assert Duration(100, "year").after(date(9999, 1, 1)) == date.max
    assert Duration(5218, "week").before(date(2, 1, 1)) == date.min
