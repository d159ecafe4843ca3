"""Facts: from the user's files and the thread only, as precise as they are known, each with its source."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from thread_finder.durations import Duration
from thread_finder.model import (
    Address,
    Candidate,
    Contact,
    Finding,
    History,
    Kind,
    Message,
    Owner,
    PartialDate,
    Reason,
    ReasonKind,
    Thread,
    Update,
    Verdict,
)
from thread_finder.writing.facts import Facts, Occasion
from thread_finder.writing.gathering import gather

TODAY = date(2026, 11, 24)
ADA = Address("ada@marsh.example", "Ada Marsh")
JANE = Address("jane@doe.example", "Jane Doe")
PRIYA = Address("priya@shah.example", "Priya Shah")
OWNER = Owner(
    "Ada Marsh",
    (ADA.email,),
    introduction={"": "the film student", "de": "die Filmstudentin"},
    updates=(
        Update(date(2022, 1, 1), {"": "I finished school"}),
        Update(date(2024, 3, 1), {"": "I learned sailing", "de": "ich habe segeln gelernt"}),
        Update(date(2025, 6, 1), {"": "I cut my first documentary"}),
        Update(date(2026, 9, 1), {"": "I started at Lantern Pictures"}),
    ),
)
CONTACT = Contact("Jane Doe", (JANE.email,), source="contacts.toml:3")


def mail(number: int, sender: Address, to: Address, text: str, day: date, **more: object) -> Message:
    when = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    message = Message(str(number), f"<{number}@x.example>", when, sender, (to,), text=text, new_text=text)
    return replace(message, **more)  # type: ignore[arg-type]


ASKED = mail(1, ADA, JANE, "Dear Jane,\n\nwould you have time for a coffee?", date(2023, 7, 3))
AGREED = mail(2, JANE, ADA, "Tuesday works for me.\n\nBest,\nJanie", date(2023, 7, 4))
THANKS = mail(
    3, ADA, JANE, "Dear Jane,\n\nthank you for the coffee.\n\nBest,\nAdi", date(2023, 7, 12), subject="Coffee"
)


def finding(*messages: Message, contact: Contact = CONTACT, **more: object) -> Finding:
    thread = Thread("t1", messages) if messages else None
    found = Finding(contact, Verdict.REPLY, 0.9, Kind.THANK_YOU, thread, met_on=PartialDate(date(2023, 7, 11)))
    return replace(found, **more)  # type: ignore[arg-type]


def facts(*messages: Message, owner: Owner = OWNER, occasion: Occasion | None = None, **more: object) -> Facts:
    return gather(finding(*messages, **more), owner, today=TODAY, occasion=occasion or Occasion())  # type: ignore[arg-type]


def known(**fields: object) -> Contact:
    return replace(CONTACT, **fields)  # type: ignore[arg-type]


# --- each fact and its source -----------------------------------------------------------------------


def test_the_name_is_the_one_they_sign_with() -> None:
    got = facts(ASKED, AGREED, THANKS)
    assert (got.name, got.sources["name"]) == ("Janie", "message <2@x.example>")


def test_the_owners_own_greeting_is_remembered() -> None:
    got = facts(ASKED, THANKS)
    assert (got.salutation, got.sources["salutation"]) == ("Dear Jane", "message <3@x.example>")


def test_a_greeting_that_they_have_outgrown_is_not_repeated() -> None:
    assert facts(ASKED, AGREED, THANKS).salutation == "", "Janie would wonder at “Dear Jane”"
    formal = mail(
        4, ADA, JANE, "Liebe Frau Doe,\n\nhaben Sie vielen Dank für Ihre Zeit und Ihren Rat.", date(2023, 7, 12)
    )
    informal = mail(
        5, JANE, ADA, "Gern! Komm doch wieder vorbei, wenn du magst, und bring deinen Film mit.", date(2023, 7, 13)
    )
    german = known(language="de")
    assert facts(formal, contact=german).salutation == "Liebe Frau Doe"
    assert facts(formal, informal, contact=german).salutation == ""


def test_what_the_user_tells_is_taken_with_its_place() -> None:
    contact = known(
        topic="documentary editing.", introduced_by="Tom Ray", met_how="in your studio", remember="edit\nfirst."
    )
    got = facts(contact=contact)
    assert (got.topic, got.introduced_by, got.how, got.remember) == (
        "documentary editing", "Tom Ray", "in your studio", "edit first",
    )  # fmt: skip
    assert {got.sources[key] for key in ("topic", "introduced_by", "how", "remember")} == {"contacts.toml:3"}
    assert set(got.anchors) == {"introduction", "when", "how", "topic", "introduced_by"}


def test_every_fact_that_is_there_has_a_source() -> None:
    got = facts(ASKED, AGREED, THANKS, contact=known(topic="editing", remember="cut first", met_how="in your studio"))
    for fact in ("name", "language", "introduction", "when", "how", "topic", "updates", "remember", "sender"):
        assert got.sources[fact], fact


def test_a_third_person_who_introduces_is_an_anchor() -> None:
    text = "Jane, please meet Ada. I'd like to introduce you to each other."
    opening = mail(0, PRIYA, JANE, text, date(2023, 7, 1), subject="Introduction", cc=(ADA,))
    got = facts(opening, ASKED, AGREED)
    assert (got.introduced_by, got.sources["introduced_by"]) == ("Priya Shah", "message <0@x.example>")
    assert facts(replace(opening, cc=(), new_text=text), ASKED, AGREED).introduced_by == ""
    assert facts(replace(opening, new_text="Minutes attached.", subject="Board"), ASKED, AGREED).introduced_by == ""
    crowd = tuple(Address(f"{n}@x.example") for n in range(5))
    assert facts(replace(opening, cc=(ADA, *crowd)), ASKED, AGREED).introduced_by == ""


def test_a_sentence_of_theirs_is_told_from_a_clause() -> None:
    assert facts(contact=known(remember="“Learn to edit first.”")).quoted
    assert not facts(contact=known(remember="that I should edit first")).quoted


def test_the_language_is_that_of_the_owners_letters_to_them() -> None:
    german = "Liebe Jane, ich habe mich sehr gefreut, dass wir uns auf einen Kaffee treffen und reden konnten."
    english = "It was so good to meet you and to talk about the film that you are making at the moment."
    mine = mail(3, ADA, JANE, german, date(2023, 7, 12))
    theirs = mail(4, JANE, ADA, english, date(2023, 7, 13))
    assert facts(mine, theirs).language == "de"
    assert facts(theirs).language == "en"
    assert facts(mine, theirs, contact=known(language="fr-CA")).language == "fr"


def test_the_owner_signs_as_before() -> None:
    assert facts(ASKED, AGREED, THANKS).signs == "Adi"
    assert facts(ASKED, AGREED).signs == ""


@pytest.mark.parametrize(
    ("met_how", "encounter", "how"),
    [("coffee", "coffee", ""), ("on the phone, your evening", "phone", "on the phone, your evening"),
     ("over Zoom", "video", ""), ("in your studio", "met", "in your studio"),
     ("coffee, then a call", "met", "coffee, then a call")],
)  # fmt: skip
def test_the_encounter_is_as_the_user_tells_it(met_how: str, encounter: str, how: str) -> None:
    got = facts(contact=known(met_how=met_how))
    assert (got.encounter, got.how) == (encounter, how)


# --- dates ------------------------------------------------------------------------------------------


def test_no_date_is_more_precise_than_it_is_known() -> None:
    assert facts(met_on=PartialDate(date(2023, 7, 1), "month")).when == "in July 2023"
    assert facts(met_on=PartialDate(date(2023, 1, 1), "year")).when == "in 2023"
    assert facts(contact=known(met_on=PartialDate(date(2024, 1, 1), "year"))).when == "two years ago"


def test_a_meeting_still_ahead_is_no_meeting() -> None:
    ahead = PartialDate(TODAY + timedelta(days=9))
    assert facts(ASKED, met_on=ahead, kind=Kind.SCHEDULING).when == "in July 2023"
    assert facts(met_on=ahead).when == ""


@pytest.mark.parametrize(
    ("wait", "spoken", "lapsed"),
    [
        ("1 month", date(2026, 10, 25), False),
        ("1 month", date(2026, 10, 24), True),
        ("30 days", date(2026, 10, 26), False),
        ("30 days", date(2026, 10, 25), True),
        ("30 days", date(2026, 10, 24), True),
    ],
)
def test_after_a_month_or_as_long_as_the_user_says_one_reintroduces_oneself(
    wait: str, spoken: date, lapsed: bool
) -> None:
    occasion = Occasion(lapsed_after=Duration.parse(wait))
    got = facts(mail(1, JANE, ADA, "Hello", spoken), owner=replace(OWNER, introduction={}), occasion=occasion)
    assert got.lapsed is lapsed
    assert ("who you were to them" in [m.fact for m in got.missing]) is lapsed


# --- updates ----------------------------------------------------------------------------------------


def test_updates_are_the_newest_and_the_most_fitting() -> None:
    assert facts(THANKS).updates == ("I started at Lantern Pictures", "I cut my first documentary")
    fitting = facts(THANKS, contact=known(topic="how sailing teaches patience"))
    assert fitting.updates == ("I started at Lantern Pictures", "I learned sailing")
    assert fitting.update_days == (date(2026, 9, 1), date(2024, 3, 1))


def test_what_they_know_already_is_no_news() -> None:
    later = mail(5, JANE, ADA, "Good luck with the documentary!", date(2025, 7, 1))
    assert facts(THANKS, later).updates == ("I started at Lantern Pictures",)
    last = mail(6, JANE, ADA, "Lantern, how lovely", date(2026, 10, 1))
    assert facts(THANKS, last).updates[0] == "I started at Lantern Pictures", "then, what happened since the meeting"


@pytest.mark.parametrize(
    ("met", "precision", "first"),
    [(date(2026, 9, 1), "month", None), (date(2026, 8, 1), "month", "I started at Lantern Pictures"),
     (date(2026, 1, 1), "year", None), (date(2026, 9, 1), "day", None)],
)  # fmt: skip
def test_an_update_that_may_be_older_than_the_meeting_is_left_out(met: date, precision: str, first: str | None) -> None:
    got = facts(met_on=PartialDate(met, precision))
    assert (got.updates[0] if got.updates else None) == first


def test_an_update_of_tomorrow_is_left_out() -> None:
    ahead = replace(OWNER, updates=(Update(TODAY + timedelta(days=1), {"": "I will move"}),))
    assert facts(THANKS, owner=ahead).updates == ()


# --- what is missing --------------------------------------------------------------------------------


def test_what_is_missing_is_named_with_the_command_that_adds_it() -> None:
    bare = Owner("Ada Marsh", (ADA.email,))
    got = facts(owner=bare, contact=known(reason=Reason(ReasonKind.NEWS), language="de"), met_on=None)
    commands = {missing.fact: missing.how_to_add for missing in got.missing}
    assert commands == {
        "who you were to them": 'thread-finder note "Jane Doe" --introduction "the student who …"',
        "something new in your life since": 'thread-finder note --update "I …" --date 2026-11-24 --language de',
        "the details of the reason (news)": 'thread-finder note "Jane Doe" --reason news --text "…"',
    }


def test_a_name_in_a_command_cannot_break_out_of_it() -> None:
    got = facts(owner=Owner("Ada", (ADA.email,)), contact=known(name='Jane "$(id)` Doe'))
    assert '"Jane \'(id) Doe"' in got.missing[-2].how_to_add


def test_a_follow_up_repeats_nothing_and_needs_the_name_only() -> None:
    occasion = Occasion("follow-up", history=History(wrote_on=TODAY - timedelta(days=15)))
    got = facts(owner=Owner("Ada", (ADA.email,)), contact=known(reason=Reason(ReasonKind.NEWS)), occasion=occasion)
    assert (got.missing, got.follow_up, got.wrote) == ((), True, "two weeks ago")


# --- languages --------------------------------------------------------------------------------------


def test_what_is_in_another_language_is_known() -> None:
    german = known(language="de")
    assert facts(THANKS, contact=german).foreign == (("updates", "en"),)
    only = replace(OWNER, updates=OWNER.updates[1:2])
    assert facts(THANKS, contact=german, owner=only).foreign == ()
    told = known(
        remember="that one should always learn to edit before one learns to shoot with the camera", language="de"
    )
    assert ("remember", "en") in facts(contact=told, owner=only).foreign


def test_a_japanese_letter_greets_by_the_name_as_they_write_it() -> None:
    kenji = Address("kenji@x.example", "森川 健二")
    contact = known(name="Kenji Morikawa", emails=("kenji@x.example",), language="ja")
    got = facts(mail(9, kenji, ADA, "お会いできて嬉しかったです。", date(2023, 7, 12)), contact=contact)
    assert (got.name, got.full_name) == ("森川", "森川 健二")
    got = facts(
        mail(9, kenji, ADA, "It was good to meet you.", date(2023, 7, 12)), contact=replace(contact, language="en")
    )
    assert (got.name, got.full_name) == ("Kenji", "Kenji Morikawa")


# --- people one hardly knows ------------------------------------------------------------------------


def test_nothing_is_said_of_a_correspondence_that_never_was() -> None:
    never = facts(met_on=None, kind=None, verdict=Verdict.NEW_THREAD)
    assert [m.fact for m in never.missing] == ["how or when you met"]
    assert "--met-how" in never.missing[0].how_to_add
    unanswered = facts(ASKED, met_on=None, kind=None, verdict=Verdict.NEW_THREAD)
    assert [m.fact for m in unanswered.missing] == ["how or when you met"]
    told = facts(contact=known(met_how="at the fair"), met_on=None, kind=None, verdict=Verdict.NEW_THREAD)
    assert (told.missing, told.encounter) == ((), "met")
    answered = facts(ASKED, AGREED, met_on=None, kind=Kind.CONVERSATION)
    assert (answered.missing, answered.encounter) == ((), "mail")


def test_mail_in_another_thread_counts_as_contact() -> None:
    newer = Occasion(history=History(in_touch_on=date(2026, 10, 1)))
    got = facts(THANKS, occasion=newer)
    assert got.last_mail == date(2026, 10, 1)
    other = Candidate(Thread("t2", (mail(7, JANE, ADA, "Congratulations!", date(2025, 7, 1)),)), Kind.CONVERSATION, 0.2)
    assert facts(THANKS, alternatives=(other,)).updates == ("I started at Lantern Pictures",)
