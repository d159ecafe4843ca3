"""Whose turn it is: the plan of a month, and its reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thread_finder.durations import Duration
from thread_finder.model import Contact, Finding, Kind, Reason, ReasonKind, Verdict
from thread_finder.planning import Approach, Fate, History, Period, Plan, Purpose, Rhythm, State, plan

RHYTHM = Rhythm(Duration(4, "month"), Duration(7, "working day"))
TODAY = date(2026, 12, 3)
DECEMBER = Period.month_of(TODAY)


def at(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


def person(name: str, quiet: int = 400, **changes: object) -> History:
    contact = Contact(name, (f"{name}@{name}.example",))
    return replace(History(contact, wrote=at(TODAY - timedelta(days=quiet))), **changes)  # type: ignore[arg-type]


def letter(day: date, fate: Fate = Fate.SENT, purpose: Purpose = Purpose.CHECK_IN, month: str = "") -> Approach:
    return Approach(purpose, at(day), fate, None if fate in {Fate.OPEN, Fate.BEGUN} else at(day), month)


def found(history: History, kind: Kind | None) -> History:
    verdict = Verdict.REPLY if kind else Verdict.NEW_THREAD
    return replace(history, finding=Finding(history.contact, verdict, 0.9, kind))


def chosen(of: Plan) -> list[str]:
    return [one.contact.name for one in of.chosen]


def planned(*people: History, period: Period = DECEMBER, today: date = TODAY, rhythm: Rhythm = RHYTHM) -> Plan:
    return plan(period, people, rhythm, today)


def test_so_many_a_month_each_with_reasons_and_the_others_too() -> None:
    result = planned(*(person(f"p{number}") for number in range(6)))
    assert len(result.chosen) == 4
    assert all(one.why and all(one.why) for one in result.chosen)
    assert sorted(one.why for one in result.omitted) == [
        "no mail between you for 1 year (at most every 4 months); December 2026 is full, next in line",
        "no mail between you for 1 year (at most every 4 months); December 2026 is full, number 2 in line",
    ]
    assert {one.next_on for one in result.omitted} == {date(2027, 1, 1)}


def test_a_week_has_its_own_number() -> None:
    result = planned(*(person(f"p{number}") for number in range(6)), period=Period.parse("2026-W49"))
    assert (len(result.chosen), result.room, str(result.period)) == (1, 1, "2026-W49")


def test_in_a_full_month_nobody_is_next_but_for_a_follow_up() -> None:
    soon, sent = person("soon", 100), person("sent", approaches=(letter(TODAY - timedelta(days=2)),))
    sent = replace(sent, wrote=at(TODAY - timedelta(days=2)))
    nudged = replace(sent, approaches=(*sent.approaches, letter(TODAY, purpose=Purpose.FOLLOW_UP)))
    full = replace(RHYTHM, per_month=1)
    for people, name, day in (
        ((person("made"), soon), "soon", date(2027, 1, 1)),
        ((person("made"), person("waits"), soon), "waits", date(2027, 1, 1)),
        ((sent, soon), "sent", date(2026, 12, 10)),
        ((nudged, soon), "soon", date(2027, 1, 1)),
    ):
        coming = planned(*people, rhythm=full).next_up
        assert coming
        assert (coming.contact.name, coming.next_on) == (name, day)


def test_nobody_due_says_who_is_next_and_when() -> None:
    result = planned(person("soon", 100), person("later", 10))
    assert not result.chosen
    assert result.next_up
    assert result.next_up.contact.name == "soon"
    assert result.next_up.next_on == date(2026, 12, 25)


def test_how_long_it_has_been_counts_against_each_ones_cadence() -> None:
    yearly, often = person("yearly", 500), person("often", 500)
    yearly = replace(yearly, contact=replace(yearly.contact, cadence="1 year"))
    often = replace(often, contact=replace(often.contact, cadence="1 month"))
    one = replace(RHYTHM, per_month=1)
    assert chosen(planned(yearly, often, rhythm=one)) == ["often"]


def test_a_reason_of_these_weeks_goes_first_and_an_old_one_does_not() -> None:
    one = replace(RHYTHM, per_month=1)
    others = [found(person(f"p{number}", 2000), Kind.THANK_YOU) for number in range(5)]
    news = found(person("news", 130), None)
    fresh = replace(news.contact, reason=Reason(ReasonKind.CONGRATULATE, "the award", on=date(2026, 11, 20)))
    result = planned(*others, replace(news, contact=fresh), rhythm=one)
    assert chosen(result) == ["news"]
    assert "congratulate of 20 November 2026" in result.chosen[0].why[0]
    stale = replace(fresh, reason=replace(fresh.reason, on=date(2026, 10, 20)))
    assert chosen(planned(*others, replace(news, contact=stale), rhythm=one)) != ["news"]


def test_a_thread_of_promise_goes_before_none() -> None:
    one = replace(RHYTHM, per_month=1)
    people = [found(person(f"p{number}"), None) for number in range(5)]
    assert chosen(planned(*people, found(person("thanks"), Kind.THANK_YOU), rhythm=one)) == ["thanks"]


def test_whoever_had_no_turn_goes_before_those_who_had_one() -> None:
    had = person("had", 1500, approaches=(letter(TODAY - timedelta(days=900)),), heard=at(TODAY - timedelta(days=880)))
    one = replace(RHYTHM, per_month=1)
    assert chosen(planned(had, person("never", 1500), rhythm=one)) == ["never"]


def test_one_of_a_company_at_a_time_is_a_hint() -> None:
    def at_work(name: str) -> History:
        history = person(name)
        return replace(history, contact=replace(history.contact, emails=(f"{name}@work.example",)))

    two = replace(RHYTHM, per_month=2)
    colleagues = [at_work("ann"), at_work("bob")]
    spread = planned(*colleagues, found(person("other"), None), rhythm=two)
    assert "other" in chosen(spread)
    together = planned(*colleagues, rhythm=two)
    assert sorted(chosen(together)) == ["ann", "bob"]
    assert any("somebody else at work.example" in why for one in together.chosen for why in one.why)


def test_those_at_a_free_mail_provider_are_no_colleagues() -> None:
    people = [person("ann"), person("bob")]
    people = [replace(p, contact=replace(p.contact, emails=(f"{p.contact.name}@gmail.com",))) for p in people]
    assert not any("somebody else" in why for one in planned(*people).chosen for why in one.why)


def test_what_the_month_has_had_is_counted() -> None:
    drafted = person("drafted", approaches=(letter(date(2026, 11, 30), Fate.OPEN, month="2026-12"),))
    by_hand = person("by-hand", approaches=(letter(date(2026, 12, 1), Fate.OPEN),))
    result = planned(drafted, by_hand, *(person(f"p{number}") for number in range(6)))
    assert [one.contact.name for one in result.done] == ["drafted", "by-hand"]
    assert len(result.chosen) == 2
    november = planned(drafted, *(person(f"p{number}") for number in range(6)), today=date(2026, 11, 30),
                       period=Period.parse("2026-11"))  # fmt: skip
    assert not november.done


def test_who_was_passed_over_is_not_asked_again_and_nobody_takes_the_place() -> None:
    passed = person("passed", skipped=frozenset({("2026-12", Purpose.CHECK_IN)}))
    unanswered = person("quiet", approaches=(letter(date(2026, 11, 10)),), wrote=at(date(2026, 11, 10)),
                        skipped=frozenset({("2026-12", Purpose.FOLLOW_UP)}))  # fmt: skip
    result = planned(passed, unanswered, *(person(f"p{number}") for number in range(6)))
    assert [(one.contact.name, "passed over" in one.why) for one in result.done] == [("passed", True)]
    assert [one.purpose for one in result.chosen] == [Purpose.CHECK_IN] * 3
    january = planned(passed, unanswered, today=date(2027, 1, 2), period=Period.parse("2027-01"))
    assert sorted(chosen(january)) == ["passed", "quiet"]


def test_what_a_broken_run_began_is_chosen_again() -> None:
    begun = person("begun", 130, approaches=(letter(TODAY, Fate.BEGUN, month="2026-12"),))
    result = planned(begun, *(person(f"p{number}") for number in range(6)), rhythm=replace(RHYTHM, per_month=1))
    assert chosen(result) == ["begun"]


def test_follow_ups_come_first_and_take_nobodys_turn() -> None:
    unanswered = person("quiet", approaches=(letter(date(2026, 11, 10)),), wrote=at(date(2026, 11, 10)))
    result = planned(unanswered, *(person(f"p{number}") for number in range(6)))
    assert [one.purpose for one in result.chosen] == [Purpose.FOLLOW_UP, *[Purpose.CHECK_IN] * 4]


def test_a_follow_up_is_not_proposed_before_its_day() -> None:
    unanswered = person("quiet", approaches=(letter(date(2026, 11, 24)),), wrote=at(date(2026, 11, 24)))
    ahead = planned(unanswered, period=DECEMBER, today=date(2026, 11, 30))
    assert not ahead.chosen
    assert planned(unanswered, today=date(2026, 12, 4)).chosen


@pytest.mark.parametrize("text", ["2026-13", "2026", "12-2026", "next", "", "2026-W54", "2026-1", "0000-01"])
def test_a_month_in_the_wrong_form_is_said_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"month|week"):
        Period.parse(text)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_periods_are_written_as_they_are_read(day: date) -> None:
    for period in (Period.month_of(day), Period.week_of(day)):
        assert Period.parse(str(period)) == period
        assert period.first <= day <= period.last
        assert Period.parse(str(period).lower()) == period


days = st.integers(0, 900).map(lambda ago: TODAY - timedelta(days=ago))
moments = days.map(at)
approaches = st.builds(
    letter, days, st.sampled_from(list(Fate)), st.sampled_from(list(Purpose)), st.sampled_from(["", "2026-12"])
)
histories = st.lists(
    st.builds(
        History,
        contact=st.integers(0, 10**6).map(lambda n: Contact(f"p{n}", (f"p{n}@c{n % 7}.example",), cadence="")),
        heard=st.none() | moments,
        wrote=st.none() | moments,
        approaches=st.lists(approaches, max_size=4).map(tuple),
        living=st.booleans(),
        snoozed_until=st.none() | days,
        blocked=st.none() | st.just("asked not to"),
        closed=st.none() | moments,
        reopened=st.none() | moments,
    ),
    max_size=15,
    unique_by=lambda history: history.contact.name,
)


@given(histories, st.randoms(use_true_random=False), st.integers(1, 6))
def test_the_plan_holds_its_promises(people: list[History], chance: object, number: int) -> None:
    rhythm = replace(RHYTHM, per_month=number)
    result = plan(DECEMBER, people, rhythm, TODAY)
    shuffled = list(people)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    again = plan(DECEMBER, shuffled, rhythm, TODAY)
    assert (again.chosen, set(again.omitted)) == (result.chosen, set(result.omitted))
    check_ins = [one for one in result.chosen if one.purpose is Purpose.CHECK_IN]
    follow_ups = {one.contact.name for one in result.chosen} - {one.contact.name for one in check_ins}
    settled = [one.contact.name for one in check_ins]
    settled += [one.contact.name for one in (*result.omitted, *result.done)]
    assert len(set(settled)) == len(settled)
    assert {*settled, *follow_ups} == {history.contact.name for history in people}
    assert len(check_ins) <= max(0, number - len(result.done))
    known = {history.contact.name: history for history in people}
    for one in result.chosen:
        history = known[one.contact.name]
        assert history.blocked is None
        begun = any(approach.fate is Fate.BEGUN for approach in history.approaches)
        assert begun or (history.living and not any(approach.under_way for approach in history.approaches))
        if one.purpose is Purpose.CHECK_IN and history.in_touch and not begun:
            assert RHYTHM.check_in_every.after(history.in_touch.date()) <= TODAY
    for left_out in result.omitted:
        assert left_out.why
        assert left_out.state is not State.FOLLOW_UP_DUE
