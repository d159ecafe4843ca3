"""Where a person stands: one small state machine over facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from thread_finder.durations import Duration
from thread_finder.model import Contact
from thread_finder.planning import Approach, Fate, History, Purpose, Rhythm, State, stand

RHYTHM = Rhythm(Duration(4, "month"), Duration(7, "working day"))
JANE = Contact("Jane Doe", ("jane@x.example",))
SENT_ON = date(2026, 3, 2)  # a Monday: seven working days later is Wednesday the 11th
DUE_ON = date(2026, 3, 11)


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), UTC)


def check_in(day: date = SENT_ON, fate: Fate = Fate.SENT, **changes: object) -> Approach:
    return replace(Approach(Purpose.CHECK_IN, at(day, 8), fate, at(day)), **changes)  # type: ignore[arg-type]


def follow_up(day: date, fate: Fate = Fate.SENT) -> Approach:
    return Approach(Purpose.FOLLOW_UP, at(day, 8), fate, None if fate in {Fate.OPEN, Fate.BEGUN} else at(day))


def history(*approaches: Approach, **changes: object) -> History:
    wrote = max((one.when for one in approaches if one.fate is Fate.SENT), default=at(date(2024, 5, 2)))
    return replace(History(JANE, wrote=wrote, approaches=approaches), **changes)  # type: ignore[arg-type]


def state(of: History, day: date) -> State:
    return stand(of, day, RHYTHM).state


def test_a_long_silence_makes_a_person_due() -> None:
    standing = stand(history(), date(2026, 5, 2), RHYTHM)
    assert (standing.state, standing.purpose) == (State.DUE, Purpose.CHECK_IN)
    assert "2 years" in standing.why


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2024, 9, 1), State.RESTING), (date(2024, 9, 2), State.DUE), (date(2024, 9, 3), State.DUE)],
)
def test_the_cadence_is_counted_by_the_calendar(day: date, expected: State) -> None:
    assert state(history(), day) is expected


def test_mail_either_way_counts_as_being_in_touch() -> None:
    day = date(2026, 6, 1)
    for name in ("heard", "wrote"):
        standing = stand(history(**{name: at(date(2026, 5, 20))}), day, RHYTHM)
        assert standing.state is State.RESTING
        assert standing.next_on == date(2026, 9, 20)


def test_a_contacts_own_cadence_goes_before_the_usual_one() -> None:
    often = replace(JANE, cadence="2 weeks")
    assert state(history(contact=often, wrote=at(date(2026, 5, 1))), date(2026, 5, 14)) is State.RESTING
    assert state(history(contact=often, wrote=at(date(2026, 5, 1))), date(2026, 5, 15)) is State.DUE


def test_somebody_without_any_mail_is_due() -> None:
    assert state(history(wrote=None), SENT_ON) is State.DUE


def test_one_follow_up_after_seven_working_days_then_rest() -> None:
    out = history(check_in())
    assert state(out, DUE_ON - timedelta(days=1)) is State.SENT
    assert stand(out, SENT_ON, RHYTHM).next_on == DUE_ON
    standing = stand(out, DUE_ON, RHYTHM)
    assert (standing.state, standing.purpose) == (State.FOLLOW_UP_DUE, Purpose.FOLLOW_UP)
    followed = history(check_in(), follow_up(DUE_ON))
    assert state(followed, DUE_ON) is State.FOLLOWED_UP
    for later in (date(2026, 3, 20), date(2026, 12, 1), date(2036, 1, 1)):
        standing = stand(followed, later, RHYTHM)
        assert (standing.state, standing.purpose) == (State.CLOSED, None)


def test_a_second_letter_by_hand_is_the_follow_up() -> None:
    nudged = history(check_in(), wrote=at(date(2026, 3, 5)))
    assert state(nudged, DUE_ON) is State.FOLLOWED_UP
    assert state(nudged, date(2026, 4, 1)) is State.CLOSED


def test_an_answer_ends_it_and_brings_the_next_day() -> None:
    late = history(check_in(), follow_up(DUE_ON), heard=at(date(2026, 6, 30)))
    assert state(late, date(2026, 6, 30)) is State.ANSWERED
    standing = stand(history(check_in(), heard=at(date(2026, 3, 4))), date(2026, 3, 20), RHYTHM)
    assert standing.next_on == date(2026, 7, 4)
    assert state(history(check_in(), heard=at(date(2026, 3, 4))), date(2026, 7, 4)) is State.DUE


def test_an_answer_before_the_letter_is_none() -> None:
    assert state(history(check_in(), heard=at(SENT_ON, 8)), DUE_ON) is State.FOLLOW_UP_DUE


def test_a_draft_that_waits_goes_before_everything_but_a_block() -> None:
    waiting = history(check_in(fate=Fate.OPEN, at=None), snoozed_until=date(2027, 1, 1))
    assert state(waiting, DUE_ON) is State.DRAFTED
    blocked = stand(replace(waiting, blocked="asked me not to"), DUE_ON, RHYTHM)
    assert blocked.state is State.BLOCKED
    assert blocked.why == "asked me not to; a check-in lies in your drafts all the same: remove it"


def test_a_draft_is_to_be_read_again_when_they_wrote_meanwhile() -> None:
    waiting = history(check_in(fate=Fate.OPEN, at=None), heard=at(SENT_ON + timedelta(days=2)))
    assert "read it again" in stand(waiting, DUE_ON, RHYTHM).why


def test_a_removed_draft_means_not_now() -> None:
    removed = history(check_in(fate=Fate.DELETED))
    standing = stand(removed, DUE_ON, RHYTHM)
    assert (standing.state, standing.next_on) == (State.RESTING, date(2026, 7, 2))
    assert state(removed, date(2026, 7, 2)) is State.DUE


def test_a_removed_follow_up_means_let_it_rest() -> None:
    assert state(history(check_in(), follow_up(DUE_ON, Fate.DELETED)), date(2026, 4, 1)) is State.CLOSED


def test_what_was_taken_back_never_was() -> None:
    assert state(history(check_in(fate=Fate.UNDONE)), DUE_ON) is State.DUE
    assert state(history(check_in(), follow_up(DUE_ON, Fate.UNDONE)), DUE_ON) is State.FOLLOW_UP_DUE


def test_a_letter_that_came_back_reached_nobody() -> None:
    bounced = history(check_in(fate=Fate.BOUNCED), wrote=at(date(2024, 5, 2)), dead=("jane@x.example",))
    assert state(bounced, DUE_ON) is State.DUE
    assert state(replace(bounced, living=False), DUE_ON) is State.UNREACHABLE


def test_snoozed_until_the_day() -> None:
    asleep = history(snoozed_until=DUE_ON)
    assert stand(asleep, DUE_ON - timedelta(days=1), RHYTHM).next_on == DUE_ON
    assert state(asleep, DUE_ON) is State.DUE


def test_closed_until_the_user_says_otherwise() -> None:
    closed = history(closed=at(DUE_ON))
    assert state(closed, date(2030, 1, 1)) is State.CLOSED
    assert state(replace(closed, closed=None, reopened=at(DUE_ON, 10)), date(2030, 1, 1)) is State.DUE


def test_reopened_after_no_answer_it_begins_anew_but_keeps_the_distance() -> None:
    again = history(check_in(), follow_up(DUE_ON), reopened=at(date(2026, 5, 1)))
    standing = stand(again, date(2026, 5, 1), RHYTHM)
    assert (standing.state, standing.next_on) == (State.RESTING, date(2026, 7, 11))
    assert state(again, date(2026, 7, 11)) is State.DUE
    asked = replace(again, approaches=(*again.approaches, check_in(date(2026, 8, 3))), wrote=at(date(2026, 8, 3)))
    assert state(asked, date(2026, 8, 20)) is State.FOLLOW_UP_DUE


def test_do_not_contact_always() -> None:
    marked = replace(JANE, do_not_contact=True, source="contacts.toml:3")
    standing = stand(history(check_in(), contact=marked), date(2030, 1, 1), RHYTHM)
    assert standing.state is State.BLOCKED
    assert "contacts.toml:3" in standing.why


def test_what_a_broken_run_began_is_taken_up_again() -> None:
    begun = stand(history(check_in(fate=Fate.BEGUN, at=None)), SENT_ON, RHYTHM)
    assert (begun.state, begun.purpose) == (State.DUE, Purpose.CHECK_IN)
    nudge = stand(history(check_in(), follow_up(DUE_ON, Fate.BEGUN)), DUE_ON, RHYTHM)
    assert (nudge.state, nudge.purpose) == (State.FOLLOW_UP_DUE, Purpose.FOLLOW_UP)
