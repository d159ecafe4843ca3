"""A simulated year: sixty people, twelve monthly batches, and every way a letter can go; on an archive and on Gmail.

The program sees the mailbox only. What it did is held against the story's own book.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.year.people import Ways
from tests.year.story import PER_MONTH, Fate, Letter, Story
from tests.year.worlds import ArchiveWorld, GmailWorld, World
from thread_finder.durations import Duration

CADENCE, PATIENCE = Duration(4, "month"), Duration(7, "working day")


@pytest.fixture(scope="module", params=[ArchiveWorld, GmailWorld], ids=["archive", "gmail"])
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A year lived to its end."""
    world: World = request.param(tmp_path_factory.mktemp("year"))
    story = Story(world)
    story.live()
    yield story
    world.close()


@pytest.fixture(scope="module")
def records(year: Story) -> dict[str, dict[str, Any]]:
    """What the ledger has of each draft, by Message-ID."""
    ledger = year.run("export")
    return {record["message_id"]: record for record in ledger["drafts"]}


def purpose(letter: Letter, records: dict[str, dict[str, Any]]) -> str:
    return str(records[letter.message_id]["purpose"])


def check_ins(year: Story, records: dict[str, dict[str, Any]]) -> list[Letter]:
    return [letter for letter in year.book.letters if purpose(letter, records) == "check-in"]


def follow_ups(year: Story, records: dict[str, dict[str, Any]]) -> list[Letter]:
    return [letter for letter in year.book.letters if purpose(letter, records) == "follow-up"]


def before(letter: Letter, year: Story) -> list[Letter]:
    """The person's earlier letters."""
    letters = year.book.of(letter.person)
    return letters[: letters.index(letter)]


def test_the_year_was_full(year: Story, records: dict[str, dict[str, Any]]) -> None:
    """Otherwise the other tests would prove little."""
    made = Counter(letter.fate for letter in year.book.letters)
    assert len(check_ins(year, records)) >= 70
    assert len(follow_ups(year, records)) >= 10
    assert min(made[fate] for fate in Fate) >= 2
    assert {letter.person.ways for letter in year.book.letters} == set(Ways) - {Ways.FORBIDDEN}
    assert sum(letter.edited for letter in year.book.letters) >= 5
    assert any(letter.edited and letter.fate is Fate.LIES for letter in year.book.letters)
    assert sum(letter.bounced for letter in year.book.letters) >= 5
    assert max(Counter(letter.person.name for letter in check_ins(year, records)).values()) >= 2


def test_ledger_and_mailbox_agree(year: Story, records: dict[str, dict[str, Any]]) -> None:
    assert set(records) == {letter.message_id for letter in year.book.letters}
    assert {str(draft["Message-ID"]) for draft in year.world.drafts().values()} >= {
        letter.message_id for letter in year.book.letters if letter.fate is Fate.LIES
    }
    assert len(year.world.drafts()) == sum(letter.fate is Fate.LIES for letter in year.book.letters)
    for letter in year.book.letters:
        waiting = "edited" if letter.edited else "drafted"
        expected = {Fate.LIES: waiting, Fate.SENT: "sent", Fate.DELETED: "deleted"}[letter.fate]
        assert records[letter.message_id]["state"] == expected, letter


def test_the_ledger_knows_who_answered_and_who_is_gone(year: Story) -> None:
    outcomes = year.run("export")["outcomes"]
    answered = {letter.person.name for letter in year.book.letters if letter.answered}
    assert {one["contact"] for one in outcomes if one["kind"] == "answered"} == answered
    assert {one["address"] for one in outcomes if one["kind"] == "bounced"} == set(year.book.dead)


def test_status_tells_what_happened(year: Story) -> None:
    standings = {one["contact"]: one for one in year.run("status", "--as-of", "2027-12-31")}
    for person in year.people:
        state = standings[person.name]["state"]
        letters = year.book.of(person)
        last = letters[-1] if letters else None
        if person.ways is Ways.FORBIDDEN:
            assert state == "do not contact"
        elif last and last.fate is Fate.LIES:
            assert state == "drafted"
        elif person.ways is Ways.DEAD and last and last.bounced:
            assert state == "unreachable"
        elif last and last.fate is Fate.SENT and last.answered and last.answered.date() > date(2027, 9, 1):
            assert state == "answered"
        elif last and last.fate is Fate.SENT and not last.answered and not last.bounced:
            assert state in {"sent", "follow-up due", "followed up", "closed"}


def test_nobody_got_two_drafts_for_one_purpose(year: Story, records: dict[str, dict[str, Any]]) -> None:
    for letter in year.book.letters:
        for earlier in before(letter, year):
            same = purpose(earlier, records) == purpose(letter, records)
            assert not same or (earlier.ended and earlier.ended <= letter.drafted), letter


def test_nobody_was_asked_twice_within_the_cadence(year: Story, records: dict[str, dict[str, Any]]) -> None:
    for letter in check_ins(year, records):
        name = letter.person.name
        mails = [*year.book.heard.get(name, ()), *year.book.wrote.get(name, ())]
        last = max((one.date() for one in mails if one < letter.drafted), default=date.min)
        assert last == date.min or CADENCE.after(last) <= letter.drafted.date(), letter


def test_nobody_was_asked_again_while_a_letter_was_unanswered(year: Story, records: dict[str, dict[str, Any]]) -> None:
    for letter in check_ins(year, records):
        for earlier in before(letter, year):
            reached = earlier.fate is Fate.SENT and not earlier.bounced
            assert not reached or (earlier.answered and earlier.answered < letter.drafted), letter


def test_one_follow_up_at_most_and_only_for_want_of_an_answer(year: Story, records: dict[str, dict[str, Any]]) -> None:
    for letter in follow_ups(year, records):
        asked = before(letter, year)[-1]
        assert purpose(asked, records) == "check-in"
        assert asked.sent
        assert not asked.bounced
        assert not (asked.answered and asked.answered < letter.drafted)
        assert PATIENCE.after(asked.sent.date()) <= letter.drafted.date()
        assert set(asked.parents.split()) <= set(letter.parents.split())


def test_whoever_did_not_answer_was_reminded_once(year: Story, records: dict[str, dict[str, Any]]) -> None:
    """An absence note or a calendar robot is no answer; the first batch after seven working days reminds them."""
    for letter in check_ins(year, records):
        if letter.sent is None or letter.bounced:
            continue
        due = PATIENCE.after(letter.sent.date())
        batches = [day for day in year.batches if day.date() >= due and day > letter.sent]
        if not batches or (letter.answered and letter.answered < batches[0]):
            continue
        following = [one for one in year.book.of(letter.person) if one.drafted >= letter.sent]
        assert following, letter
        assert (purpose(following[0], records), following[0].drafted) == ("follow-up", batches[0])


def test_after_the_follow_up_they_were_left_alone(year: Story, records: dict[str, dict[str, Any]]) -> None:
    for letter in follow_ups(year, records):
        letters = year.book.of(letter.person)
        for later in letters[letters.index(letter) + 1 :]:
            assert letter.answered, later
            assert letter.answered < later.drafted


def test_nobody_was_written_to_against_their_wish_or_where_they_are_not(year: Story) -> None:
    assert not [letter for letter in year.book.letters if letter.person.ways is Ways.FORBIDDEN]
    for letter in year.book.letters:
        died = year.book.dead.get(letter.to)
        assert not died or died >= letter.drafted, letter


def test_never_more_than_the_months_number(year: Story, records: dict[str, dict[str, Any]]) -> None:
    """A letter that came back reached nobody, so another may take its place."""
    reached = [letter for letter in check_ins(year, records) if not letter.bounced]
    months = Counter(letter.drafted.strftime("%Y-%m") for letter in reached)
    assert len(months) == 12
    assert max(months.values()) <= PER_MONTH
    assert [report["skipped"] for report in year.reports] == [[]] * 24


def test_nobody_had_a_second_turn_while_somebody_waited_for_the_first(
    year: Story, records: dict[str, dict[str, Any]]
) -> None:
    seconds = [
        one for one in check_ins(year, records) if any(purpose(o, records) == "check-in" for o in before(one, year))
    ]
    assert seconds
    for letter in seconds:
        for person in year.people:
            had = any(one.drafted <= letter.drafted for one in year.book.of(person))
            wrote = [when for when in year.book.heard.get(person.name, ()) if when < letter.drafted]
            in_touch = wrote and CADENCE.after(wrote[-1].date()) > letter.drafted.date()
            assert had or in_touch or person.ways is Ways.FORBIDDEN, (letter, person)
