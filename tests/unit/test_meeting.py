"""The day two people met on: proposed, accepted, moved, missed, in calendars and in thanks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from thread_finder.finding.agenda import agreed_day
from thread_finder.finding.find import find
from thread_finder.finding.meeting import met_on
from thread_finder.finding.people import Pair
from thread_finder.finding.signals import read
from thread_finder.model import Address, Automatic, CalendarPart, Contact, Kind, Message, Owner, Thread

ME, HER, AIDE = Address("ida@marl.example"), Address("noor@quince.example"), Address("desk@quince.example")
PAIR = Pair(Contact("Noor Quince", (HER.email,)), Owner("Ida Marl", (ME.email,)))
MONDAY = datetime(2024, 3, 4, 9, tzinfo=UTC)
COUNT = iter(range(10_000))


def mail(day: int, who: Address, text: str, *, subject: str = "", calendar: CalendarPart | None = None) -> Message:
    """A mail written so many days after Monday 4 March 2024."""
    number = next(COUNT)
    return Message(
        id=str(number),
        message_id=f"<{number}@marl.example>",
        date=MONDAY + timedelta(days=day, minutes=number % 600),
        from_=who,
        to=(HER if who is ME else ME,),
        subject=subject,
        new_text=text,
        calendar=(calendar,) if calendar else (),
    )


def thread(*messages: Message) -> Thread:
    return Thread(f"t{messages[0].id}", messages)


def day_of(*messages: Message) -> str:
    return str(agreed_day([(message, read(message)) for message in messages]))


def test_the_other_one_picks_one_of_two_days() -> None:
    assert (
        day_of(
            mail(0, ME, "Could we have coffee? I am free on the 12th or the 19th."),
            mail(1, HER, "The 19th then, at ten."),
        )
        == "2024-03-19"
    )


@pytest.mark.parametrize(
    ("asks", "answers", "day"),
    [
        ("Hätten Sie am 16. oder 17. Mai eine Stunde Zeit?", "Am Freitag passt es gut.", "2024-05-17"),
        ("Seriez-vous libre le 2 ou le 3 avril ?", "Mercredi, avec plaisir, à 15 h.", "2024-04-03"),
        ("¿Podríamos vernos el 21 o el 22 de marzo?", "El viernes me viene bien.", "2024-03-22"),
        ("Skulle vi kunna ses den 14 eller 15 mars?", "Torsdag passar bra.", "2024-03-14"),
        ("Kunne vi mødes den 14. eller 15. marts?", "Fredag passer fint.", "2024-03-15"),
        ("三月二十日か二十一日にお時間をいただけますか。", "木曜日でしたら大丈夫です。", "2024-03-21"),
        ("3月20号或者21号方便见面吗？", "周四可以，下午三点吧。", "2024-03-21"),
        ("3월 20일이나 21일에 뵐 수 있을까요?", "목요일 좋습니다.", "2024-03-21"),
        ("Sarebbe libero il 20 o il 21 marzo?", "Giovedì va benissimo.", "2024-03-21"),
        ("Zouden we op 20 of 21 maart kunnen afspreken?", "Donderdag komt goed uit.", "2024-03-21"),
        ("Podíamos almoçar a 20 ou 21 de março?", "Na quinta fica bem.", "2024-03-21"),
    ],
)
def test_a_weekday_means_the_day_already_on_the_table(asks: str, answers: str, day: str) -> None:
    assert day_of(mail(0, ME, asks), mail(1, HER, answers)) == day


def test_what_was_offered_stays_open_until_one_is_picked() -> None:
    offer = mail(0, ME, "I can come on Tuesday the 12th or Thursday the 14th, whichever suits you.")
    own = thread(offer, mail(0, HER, "Either suits me, do come!"))
    assert str(met_on(own, Kind.SCHEDULING, [own], PAIR)) == "2024-03"
    own = thread(offer, mail(0, HER, "The latter, please."))
    assert str(met_on(own, Kind.SCHEDULING, [own], PAIR)) == "2024-03-14"


def test_two_days_taken_together_are_one_visit() -> None:
    asks = mail(0, ME, "I fly in on Sunday 14 April. Could I watch you work on the Monday and Tuesday?")
    assert day_of(asks, mail(0, HER, "With pleasure, I will fetch you.")) == "2024-04-15"


@pytest.mark.parametrize(
    ("asks", "answers", "day"),
    [
        ("Would you have an hour for me next week?", "Thursday at eleven, in my office.", "2024-03-14"),
        ("I shall be in York in April. Could we meet?", "Gladly. The 9th, at noon?", "2024-04-09"),
        ("I am in York from the 19th to the 22nd, could I see it?", "Thursday is quiet, come at two.", "2024-03-21"),
        ("Hätten Sie nächste Woche Zeit für mich?", "Donnerstag um elf bei mir.", "2024-03-14"),
        ("Auriez-vous une heure la semaine prochaine ?", "Jeudi à onze heures, au bureau.", "2024-03-14"),
        ("来週お時間をいただけますか。", "木曜日の十一時にお越しください。", "2024-03-14"),
    ],
)
def test_a_day_is_in_the_week_or_the_stay_that_was_spoken_of(asks: str, answers: str, day: str) -> None:
    assert day_of(mail(0, ME, asks), mail(0, HER, answers), mail(0, ME, "Thank you.")) == day


def test_a_time_limit_is_no_appointment() -> None:
    own = thread(
        mail(0, ME, "Could we meet on Thursday the 14th?"),
        mail(0, HER, "Yes, the 14th. If the road is flooded I will tell you by Wednesday."),
    )
    assert str(met_on(own, Kind.SCHEDULING, [own], PAIR)) == "2024-03-14"


def test_tomorrow_called_by_its_weekday_may_be_a_week_later_as_the_thanks_show() -> None:
    arranged = [mail(0, HER, "Come on Tuesday at four, with the guitar."), mail(0, ME, "Four on Tuesday, thank you.")]
    near = thread(*arranged, mail(2, ME, "Thank you for showing me the workshop."))
    far = thread(*arranged, mail(8, ME, "Thank you for showing me the workshop."))
    assert str(met_on(near, Kind.THANK_YOU, [near], PAIR)) == "2024-03-05"
    assert str(met_on(far, Kind.THANK_YOU, [far], PAIR)) == "2024-03-12"


def test_a_yes_is_to_the_day_that_it_quotes() -> None:
    yes = mail(0, HER, "Yes, perfect, see you then.", subject="Re: tea?")
    yes = replace(
        yes, quoted_text="On Sat, Mar 2, 2024 at 9:14 AM Ida Marl wrote:\nCould you come on the 13th at three?"
    )
    own = thread(yes, mail(1, ME, "Lovely."))
    assert str(met_on(own, Kind.SCHEDULING, [own], PAIR)) == "2024-03-13"


def test_nobody_met_because_one_would_have_liked_to() -> None:
    own = thread(mail(0, ME, "Could we meet one day?"), mail(1, HER, "Put your questions in a mail, I am never in."))
    assert met_on(own, Kind.SCHEDULING, [own], PAIR) is None


def test_a_later_day_replaces_the_one_agreed_on() -> None:
    assert (
        day_of(
            mail(0, ME, "Lunch on Thursday at one?"),
            mail(0, HER, "Yes, Thursday at one."),
            mail(2, HER, "Can we make it Friday instead? My train is cancelled."),
            mail(2, ME, "Friday it is."),
        )
        == "2024-03-08"
    )


def test_a_counter_offer_beats_the_day_it_declines() -> None:
    assert (
        day_of(
            mail(0, HER, "Thursday 14 March?"),
            mail(0, ME, "Any way to make it the 21st? I am in court on the 14th."),
            mail(1, HER, "21st. Five o'clock. My office."),
        )
        == "2024-03-21"
    )


def test_a_day_ruled_out_is_not_the_meeting() -> None:
    assert (
        day_of(
            mail(0, HER, "Wednesday the 13th, same time?"),
            mail(0, ME, "Alas the 13th is full. After Easter?"),
            mail(30, HER, "Thursday 11 April?"),
            mail(30, ME, "The 11th is perfect."),
        )
        == "2024-04-11"
    )


def test_the_first_meeting_that_took_place_counts() -> None:
    assert (
        day_of(
            mail(0, ME, "Could we meet on Wednesday at ten?"),
            mail(0, HER, "Wednesday is good."),
            mail(40, ME, "Shall we meet again on the 17th?"),
            mail(40, HER, "The 17th works."),
        )
        == "2024-03-06"
    )


def test_what_was_called_off_leaves_no_day() -> None:
    assert (
        day_of(
            mail(0, ME, "Could we meet on Wednesday at ten?"),
            mail(0, HER, "Wednesday is good."),
            mail(1, HER, "I am so sorry, I have to cancel."),
        )
        == "None"
    )


def test_a_calendar_has_the_last_word() -> None:
    start = datetime(2024, 3, 15, 23, tzinfo=UTC)
    invitation = CalendarPart("REQUEST", "u1", "Noor / Ida", start, HER, (ME, HER))
    assert (
        day_of(
            mail(0, ME, "Could we meet on Thursday?"),
            mail(1, HER, "Sending you an invitation.", calendar=invitation),
        )
        == "2024-03-15"
    )


def test_a_declined_invitation_is_no_meeting() -> None:
    start = datetime(2024, 3, 15, 15, tzinfo=UTC)
    asked = CalendarPart("REQUEST", "u1", "Noor / Ida", start, ME, (HER,))
    declined = replace(asked, method="REPLY", answer="DECLINED")
    assert day_of(mail(0, ME, "An invitation.", calendar=asked), mail(1, HER, "Declined.", calendar=declined)) == "None"


def test_a_subject_can_name_the_day() -> None:
    asks = mail(0, ME, "Would that suit you? I bring cake.", subject="Tea on Saturday 16 March")
    assert day_of(asks, mail(0, HER, "It would indeed, see you then.")) == "2024-03-16"


def test_what_was_done_yesterday_is_not_when_they_met() -> None:
    own = arranged()
    note = thread(mail(12, ME, "You told me to listen first. Yesterday I did. Thank you for having me."))
    assert str(met_on(note, Kind.THANK_YOU, [own, note], PAIR)) == "2024-03-13"


# --- the meeting of a finding --------------------------------------------------------------------------------


def arranged() -> Thread:
    return thread(
        mail(0, ME, "Could we have coffee on Wednesday the 13th, at three?"),
        mail(1, HER, "Wednesday the 13th is fine."),
    )


@pytest.mark.parametrize(
    "note",
    [
        "Thank you so much for the coffee yesterday.",
        "Thank you for the coffee on Wednesday.",
        "Thank you for the coffee. I keep thinking about what you said.",
        "Vielen Dank für den Kaffee gestern.",
        "Tack för i onsdags!",
        "昨日はお時間をいただき、ありがとうございました。",
    ],
)
def test_a_note_of_its_own_looks_back_on_the_day_agreed(note: str) -> None:
    thanks = thread(mail(10, ME, note))
    found = met_on(thanks, Kind.THANK_YOU, [arranged(), thanks], PAIR)
    assert str(found) == "2024-03-13"


@pytest.mark.parametrize(
    ("note", "day"),
    [
        ("Thank you for yesterday, it was lovely to meet you.", "2024-03-13"),
        ("Thank you for lunch on Tuesday.", "2024-03-12"),
        ("Merci pour le déjeuner d'hier.", "2024-03-13"),
        ("Danke für das Gespräch am Montag.", "2024-03-11"),
        ("Gracias por el café del martes.", "2024-03-12"),
        ("어제는 정말 감사했습니다.", "2024-03-13"),
        ("Takk for kaffen i går!", "2024-03-13"),
    ],
)
def test_a_note_alone_tells_the_day_by_its_own_words(note: str, day: str) -> None:
    thanks = thread(mail(10, ME, note))
    assert str(met_on(thanks, Kind.THANK_YOU, [thanks], PAIR)) == day


def test_the_subject_tells_the_day_too() -> None:
    thanks = thread(mail(10, ME, "You explained it better than any book. Thank you for having me.", subject="Monday"))
    assert str(met_on(thanks, Kind.THANK_YOU, [thanks], PAIR)) == "2024-03-11"


def test_the_weekday_in_thanks_is_not_one_to_come() -> None:
    thanks = thread(
        mail(10, HER, "Thank you for Saturday. It was so good to see you."), mail(11, ME, "It did me good too.")
    )
    assert str(met_on(thanks, Kind.THANK_YOU, [thanks], PAIR)) == "2024-03-09"


@pytest.mark.parametrize(("written", "told"), [(20, "2024-03"), (31, "2024"), (-58, "None")])
def test_a_note_that_names_no_day_is_not_made_more_precise_than_it_is(written: int, told: str) -> None:
    thanks = thread(mail(written, ME, "Thank you for meeting with me."))
    assert str(met_on(thanks, Kind.THANK_YOU, [thanks], PAIR)) == told


def test_an_aide_arranges_and_the_contact_writes_the_note() -> None:
    by_aide = thread(
        mail(0, AIDE, "Noor could see you on Thursday 14 March at three. Would that suit?"),
        mail(0, ME, "Thursday 14 March is perfect."),
    )
    thanks = thread(mail(14, HER, "I wanted to thank you for Thursday afternoon."))
    assert str(met_on(thanks, Kind.THANK_YOU, [by_aide, thanks], PAIR)) == "2024-03-14"


def test_a_calendar_in_another_thread_moves_the_meeting() -> None:
    moved = CalendarPart("REQUEST", "u1", "Noor / Ida", datetime(2024, 3, 14, 15, tzinfo=UTC), HER, (ME, HER))
    robot = mail(3, HER, "This event has been changed.", calendar=moved)
    own = arranged()
    assert str(met_on(own, Kind.SCHEDULING, [own, thread(robot)], PAIR)) == "2024-03-14"


@pytest.mark.parametrize("with_part", [True, False])
def test_a_scheduling_robot_tells_the_day_of_the_human_thread(with_part: bool) -> None:
    own = thread(mail(0, ME, "Could we talk one day?"), mail(0, HER, "Gladly, pick a slot on my page."))
    part = CalendarPart("REQUEST", "u1", "Noor / Ida", datetime(2024, 3, 14, 15, tzinfo=UTC), HER, (ME, HER))
    robot = mail(1, Address("notifications@calendly.com", "Noor Quince (via Calendly)"), "Thursday, March 14 at 3 pm")
    robot = replace(robot, automatic=Automatic.CALENDAR, calendar=(part,) if with_part else ())
    threads = (own, thread(robot))
    found = find(Contact("Noor Quince", (HER.email,)), Owner("Ida Marl", (ME.email,)), threads)
    assert found.thread == own
    assert str(found.met_on) == "2024-03-14"


def test_undated_mail_stands_at_the_date_before_it() -> None:
    undated = Message("u", "<u@quince.example>", None, HER, (ME,), new_text="Make it Thursday instead?")
    agreed = [mail(0, ME, "Coffee on Wednesday at ten?"), mail(0, HER, "Wednesday is fine.")]
    own = thread(*agreed, undated, mail(1, ME, "Thursday it is."))
    assert str(met_on(own, Kind.SCHEDULING, [own], PAIR)) == "2024-03-07"


def test_a_mere_conversation_has_no_meeting() -> None:
    own = thread(mail(0, ME, "The draft is due on Thursday the 14th."), mail(1, HER, "Noted, the 14th."))
    assert met_on(own, Kind.CONVERSATION, [own], PAIR) is None
    own = thread(mail(0, ME, "Your parcel comes on Thursday."), mail(3, HER, "It came this morning, thanks!"))
    assert met_on(own, Kind.CONVERSATION, [own], PAIR) is None


def test_a_conversation_in_which_both_name_a_day_has_one() -> None:
    own = thread(mail(0, ME, "In town on Thursday. Café Nero, half five?"), mail(0, HER, "Make it a quarter to six."))
    assert str(met_on(own, Kind.CONVERSATION, [own], PAIR)) == "2024-03-07"


def test_robots_and_rubbish_do_not_count() -> None:
    robot = mail(1, HER, "See you on Thursday at ten.")
    robot = Message(**{name: getattr(robot, name) for name in robot.__slots__} | {"automatic": Automatic.ROBOT})
    own = thread(mail(0, ME, "Could we have coffee one day?"), robot)
    assert met_on(own, Kind.SCHEDULING, [own], PAIR) is None
