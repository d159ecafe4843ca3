"""Acquaintances as they are: which thread is the one to come back to, told on invented mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from thread_finder.finding.find import find
from thread_finder.model import (
    Address,
    Automatic,
    CalendarPart,
    Contact,
    Finding,
    Kind,
    Message,
    Owner,
    PartialDate,
    Thread,
    Verdict,
)

ME = Address("tove@rookhope.example", "Tove Marsden")
YOU = Address("ansel@quarrybank.example", "Ansel Rigby")
OWNER = Owner("Tove Marsden", (ME.email,))
THIRD = Address("peg@lanternworks.example", "Peg Ilsley")


def mail(
    sender: Address, day: str, text: str, subject: str = "Hello", to: Sequence[Address] = (), **more: object
) -> Message:
    """A mail of ``day`` ("2021-03-01"); to the other one of the two where ``to`` says nothing."""
    recipients = tuple(to) or ((YOU,) if sender == ME else (ME,))
    when = datetime.combine(date.fromisoformat(day), datetime.min.time().replace(hour=9), UTC)
    ident = f"<{abs(hash((sender.email, day, text)))}@made.example>"
    values = {"text": text, "new_text": text, "to": recipients, **more}
    return Message(ident, ident, when, sender, subject=subject, **values)  # type: ignore[arg-type]


def thread(name: str, *messages: Message) -> Thread:
    return Thread(name, messages)


def found(*threads: Thread, met_on: str = "", contact: Contact | None = None) -> Finding:
    person = contact or Contact("Ansel Rigby", (YOU.email,), met_on=PartialDate.parse(met_on) if met_on else None)
    return find(person, OWNER, threads)


def name_of(finding: Finding) -> str:
    return finding.thread.id if finding.thread else ""


ASKED = mail(
    ME,
    "2021-03-01",
    "Dear Ansel, would you have half an hour for a coffee next week? I'd love to hear how you came to stone carving.",
    "A question about carving",
)
ANSWERED = mail(
    YOU, "2021-03-02", "Gladly. How about Thursday the 11th at ten, at the yard?", "Re: A question about carving"
)
AGREED = mail(ME, "2021-03-03", "Thursday the 11th at ten is perfect. See you there!", "Re: A question about carving")
THANKED = mail(
    ME,
    "2021-03-12",
    "Thank you so much for taking the time yesterday. I keep thinking about what you said about patience.",
    "Thank you",
)
WELCOME = mail(YOU, "2021-03-13", "It was a pleasure to meet you. Good luck with the apprenticeship!", "Re: Thank you")
ARRANGED = thread("arranged", ASKED, ANSWERED, AGREED)
INVOICE = thread(
    "invoice",
    mail(
        YOU,
        "2020-11-02",
        "Please find attached the invoice for the two lintels. Payment within 30 days.",
        "Invoice 114",
    ),
    mail(ME, "2020-11-05", "Thanks for the invoice. It was paid today.", "Re: Invoice 114"),
)
LATER = thread(
    "later",
    mail(ME, "2023-05-02", "Do you know a supplier of slate offcuts? Ours has closed.", "Slate"),
    mail(YOU, "2023-05-03", "Try the quarry at Honister, they sell by the ton.", "Re: Slate"),
)


def test_thanks_in_a_thread_of_their_own_come_first() -> None:
    finding = found(INVOICE, ARRANGED, thread("thanks", THANKED, WELCOME), LATER)
    assert (name_of(finding), finding.kind) == ("thanks", Kind.THANK_YOU)
    assert str(finding.met_on) == "2021-03-11"
    assert finding.parent is not None
    assert finding.parent.message_id == WELCOME.message_id
    assert finding.alternatives[0].thread.id == "arranged"


def test_thanks_inside_the_scheduling_thread() -> None:
    both = thread("both", ASKED, ANSWERED, AGREED, THANKED)
    finding = found(INVOICE, both, LATER)
    assert (name_of(finding), finding.kind) == ("both", Kind.THANK_YOU)


def test_a_note_after_the_day_gives_thanks_without_the_word() -> None:
    note = thread(
        "note",
        mail(
            ME,
            "2021-03-13",
            "I came away with dust in my hair and what you said about the grain of the bed still in my ears.",
            "Dust",
        ),
        mail(YOU, "2021-03-14", "It washes out. The grain doesn't.", "Re: Dust"),
    )
    finding = found(INVOICE, ARRANGED, note, LATER)
    assert (name_of(finding), finding.kind) == ("note", Kind.THANK_YOU)


def test_scheduling_where_nobody_thanked() -> None:
    finding = found(INVOICE, ARRANGED, LATER)
    assert (name_of(finding), finding.kind) == ("arranged", Kind.SCHEDULING)
    assert str(finding.met_on) == "2021-03-11"


def test_a_short_answer_says_what_the_letter_said_that_it_quotes() -> None:
    """What it answers was not kept, as in many an old mailbox."""
    heading = "-----Original Message-----\nFrom: Ansel Rigby\nSent: Monday, March 1, 2021 9:00 AM\nTo: Tove Marsden\n"
    asked = f"{heading}Subject: Hello\n\nShall we have lunch together on Thursday, and talk about the yard?\n\nAnsel"
    sent = f"{heading}Subject: Hello\n\nHere is the list of prices for slate that you wanted.\n\nAnsel"
    lunch = thread("lunch", mail(ME, "2021-03-02", "Yes, that works.", "Re: Hello", quoted_text=asked))
    prices = thread("prices", mail(ME, "2021-02-02", "Yes, that works.", "Re: Hello", quoted_text=sent))
    met = thread("met", mail(YOU, "2021-01-05", "The price list went out today.", "Prices"))
    finding = found(prices, lunch, met)
    assert (name_of(finding), finding.kind) == ("lunch", Kind.SCHEDULING)
    said = [one for one in finding.evidence if one.signal == "answers-arranging"]
    assert [one.quote for one in said] == ["Shall we have lunch together on Thursday, and talk about the yard?"]


def test_a_thread_that_wandered_is_answered_at_its_end() -> None:
    tail = mail(YOU, "2021-09-20", "The chisels you asked about are by Tiranti.", "Re: A question about carving")
    finding = found(thread("wandered", ASKED, ANSWERED, AGREED, THANKED, tail), LATER)
    assert name_of(finding) == "wandered"
    assert finding.parent is not None
    assert finding.parent.message_id == tail.message_id


INTRODUCED = "Ansel, meet Tove, who wants to learn carving. Tove, Ansel is the one to ask. I leave you to it."


def test_introduced_by_a_third_person() -> None:
    intro = mail(THIRD, "2021-02-20", INTRODUCED, "Tove <> Ansel", [YOU, ME])
    follow = mail(
        ME, "2021-02-21", "Thank you, Peg! Ansel, could we meet for a coffee some time next week?", "Re: Tove <> Ansel"
    )
    answer = mail(YOU, "2021-02-22", "Happy to. Wednesday at four, at the yard?", "Re: Tove <> Ansel")
    yes = mail(ME, "2021-02-22", "Wednesday at four works for me.", "Re: Tove <> Ansel")
    finding = found(thread("introduction", intro, follow, answer, yes), LATER)
    assert (name_of(finding), finding.kind) == ("introduction", Kind.SCHEDULING)


def test_a_forwarded_introduction_is_not_the_thread_but_what_came_of_it() -> None:
    forwarded = thread(
        "forwarded",
        mail(THIRD, "2021-02-19", "See below: Ansel says you may write to him.", "Fwd: carving", [ME]),
        mail(ME, "2021-02-20", "Wonderful, thank you, Peg!", "Re: Fwd: carving", [THIRD], cc=(YOU,)),
    )
    finding = found(forwarded, ARRANGED)
    assert name_of(finding) == "arranged"


def test_a_meeting_that_moved() -> None:
    moved = mail(
        YOU, "2021-03-09", "I'm sorry, can we move it to Friday the 19th, same time?", "Re: A question about carving"
    )
    fine = mail(ME, "2021-03-09", "Friday the 19th works for me too.", "Re: A question about carving")
    finding = found(thread("moved", ASKED, ANSWERED, AGREED, moved, fine), LATER)
    assert (name_of(finding), finding.kind) == ("moved", Kind.SCHEDULING)
    assert str(finding.met_on) == "2021-03-19"


CALLED_OFF = thread(
    "called off",
    mail(ME, "2019-06-03", "Would you be free for lunch on Tuesday the 11th?", "Lunch?"),
    mail(YOU, "2019-06-04", "Tuesday the 11th works for me.", "Re: Lunch?"),
    mail(YOU, "2019-06-10", "I'm so sorry, I have to cancel tomorrow: my van has broken down.", "Re: Lunch?"),
)


def test_a_meeting_called_off_is_still_the_thread_where_there_is_no_better_one() -> None:
    finding = found(INVOICE, CALLED_OFF)
    assert (name_of(finding), finding.kind, finding.met_on) == ("called off", Kind.SCHEDULING, None)


def test_the_meeting_that_took_place_goes_before_the_one_that_did_not() -> None:
    assert name_of(found(CALLED_OFF, ARRANGED, thread("thanks", THANKED, WELCOME))) == "thanks"
    assert name_of(found(CALLED_OFF, ARRANGED, LATER)) == "arranged"


def test_a_refusal_is_no_meeting() -> None:
    refused = thread(
        "refused",
        mail(ME, "2018-01-08", "Could I buy you a coffee and ask about carving?", "Coffee?"),
        mail(
            YOU,
            "2018-01-09",
            "I'm afraid I can't at the moment; I don't do interviews during the season.",
            "Re: Coffee?",
        ),
    )
    assert name_of(found(refused, ARRANGED)) == "arranged"


SECOND = thread(
    "second",
    mail(YOU, "2024-04-02", "I'm in your town on the 18th. Lunch at noon, at the Mitre?", "Thursday the 18th"),
    mail(ME, "2024-04-03", "With pleasure. See you on the 18th at noon.", "Re: Thursday the 18th"),
)
SECOND_THANKS = thread(
    "second thanks",
    mail(ME, "2024-04-19", "Thank you for lunch yesterday, it was lovely to see you again.", "Yesterday"),
)


@pytest.mark.parametrize(
    ("met_on", "wanted"), [("", "thanks"), ("2021-03-11", "thanks"), ("2021", "thanks"), ("2024-04", "second thanks")]
)
def test_of_several_meetings_the_one_the_user_means_else_the_first(met_on: str, wanted: str) -> None:
    first = thread("thanks", THANKED, WELCOME)
    assert name_of(found(ARRANGED, first, SECOND, SECOND_THANKS, met_on=met_on)) == wanted


def test_routine_is_no_acquaintance() -> None:
    weekly = [
        thread(
            f"weekly {week}",
            mail(
                YOU,
                f"2022-0{1 + week // 4}-{3 + 7 * (week % 4):02}",
                "Our weekly meeting: Monday at 9.30 as always?",
                "Monday",
            ),
            mail(ME, f"2022-0{1 + week // 4}-{3 + 7 * (week % 4):02}", "Yes, 9.30.", "Re: Monday"),
        )
        for week in range(12)
    ]
    assert name_of(found(ARRANGED, *weekly)) == "arranged"


def test_a_namesake_at_another_address_is_somebody_else() -> None:
    other = Address("ansel.rigby@countycouncil.example", "Ansel Rigby")
    namesake = thread(
        "namesake",
        mail(ME, "2020-01-10", "Could we meet on Friday at two about the drains?", "Drains", [other]),
        mail(other, "2020-01-11", "Friday at two is fine.", "Re: Drains"),
        mail(ME, "2020-01-20", "Thank you for the meeting yesterday.", "Re: Drains", [other]),
    )
    assert name_of(found(namesake, ARRANGED)) == "arranged"
    assert found(namesake).verdict is Verdict.NEW_THREAD


def test_only_in_copy_is_no_acquaintance() -> None:
    copied = thread(
        "copied",
        mail(ME, "2020-01-10", "Peg, could we meet on Friday at two?", "Friday", [THIRD], cc=(YOU,)),
        mail(THIRD, "2020-01-11", "Friday at two is fine.", "Re: Friday", [ME], cc=(YOU,)),
    )
    finding = found(copied)
    assert (finding.verdict, finding.thread) == (Verdict.NEW_THREAD, None)


def test_whom_one_speaks_to_in_a_colleagues_thread_is_an_acquaintance_but_not_a_sure_one() -> None:
    among_three = thread(
        "three",
        mail(
            THIRD,
            "2020-01-10",
            "Ansel is in copy. Could the three of us meet on Friday at two?",
            "Friday",
            [ME],
            cc=(YOU,),
        ),
        mail(ME, "2020-01-11", "Hello Peg, hello Ansel, Friday at two suits me.", "Re: Friday", [THIRD], cc=(YOU,)),
        mail(THIRD, "2020-01-11", "Friday at two it is.", "Re: Friday", [ME], cc=(YOU,)),
    )
    finding = found(among_three)
    assert (finding.verdict, name_of(finding)) == (Verdict.REPLY, "three")
    assert finding.confidence <= 0.7


def test_many_mails_without_a_word_of_ones_own_are_no_acquaintance() -> None:
    texts = ["Worth fifteen minutes on Thursday?", "Any thoughts on my last note?", "Shall I stop writing?"]
    pestering = thread(
        "pestering", *(mail(YOU, f"2021-03-0{i}", text, "Quick question") for i, text in enumerate(texts, 1))
    )
    assert found(pestering).verdict is Verdict.NEW_THREAD
    answers = thread("answers", *(mail(YOU, f"2021-03-0{i}", text, "Re: Yours", references=(f"<{i}@lost.example>",))
                                  for i, text in enumerate(texts, 1)))  # fmt: skip
    assert found(answers).verdict is Verdict.REPLY


def test_a_calendars_own_thread_is_not_the_one_to_answer() -> None:
    invitation = CalendarPart("REQUEST", "u1", "Walk", datetime(2021, 3, 11, 9, tzinfo=UTC))
    notice = thread(
        "notice",
        mail(YOU, "2021-03-03", "When: Thursday. Where: the yard.", "Invitation: Walk", calendar=(invitation,)),
    )
    assert name_of(found(ARRANGED, notice)) == "arranged"


def test_one_person_with_two_addresses() -> None:
    home = Address("ansel@rigby-home.example", "Ansel Rigby")
    contact = Contact("Ansel Rigby", (YOU.email, home.email))
    thanks = thread(
        "thanks", mail(home, "2021-03-12", "Thank you for the visit yesterday, I enjoyed our talk.", "Your visit")
    )
    finding = found(ARRANGED, thanks, contact=contact)
    assert (name_of(finding), finding.kind) == ("thanks", Kind.THANK_YOU)
    assert finding.reply_to is not None
    assert finding.reply_to.email == home.email


def test_an_invitation_and_its_acceptance_are_an_appointment() -> None:
    start = datetime(2021, 3, 11, 10, tzinfo=UTC)
    part = CalendarPart("REQUEST", "uid-1", "Coffee at the yard", start, YOU, (ME, YOU))
    reply = CalendarPart("REPLY", "uid-1", "Coffee at the yard", start, YOU, (ME,), status="CONFIRMED")
    invited = thread(
        "invited",
        mail(YOU, "2021-03-02", "", "Invitation: Coffee at the yard", calendar=(part,)),
        mail(ME, "2021-03-02", "", "Accepted: Coffee at the yard", calendar=(reply,)),
    )
    finding = found(INVOICE, invited, LATER)
    assert (name_of(finding), finding.kind, str(finding.met_on)) == ("invited", Kind.SCHEDULING, "2021-03-11")


def test_a_standing_appointment_of_the_calendar_is_routine() -> None:
    start = datetime(2022, 3, 14, 9, tzinfo=UTC)
    part = CalendarPart("REQUEST", "uid-2", "Team", start, YOU, (ME, YOU), recurring=True)
    team = thread("team", mail(YOU, "2021-01-02", "", "Invitation: Team", calendar=(part,)))
    assert name_of(found(team, ARRANGED)) == "arranged"


def test_thanks_for_something_else_are_not_the_thank_you() -> None:
    finding = found(INVOICE, LATER)
    assert finding.kind is Kind.CONVERSATION


@pytest.mark.parametrize("automatic", [Automatic.LIST, Automatic.ROBOT, Automatic.AUTO_REPLY])
def test_robots_and_lists_make_no_acquaintance(automatic: Automatic) -> None:
    robot = thread(
        "robot", mail(YOU, "2021-01-02", "Thank you for meeting with us! Book your next call.", automatic=automatic)
    )
    assert found(robot).verdict is Verdict.NEW_THREAD


def test_letters_that_were_never_answered_are_no_exchange() -> None:
    letters = [
        thread(f"letter {i}", mail(ME, f"2020-0{i}-10", "Could I buy you a coffee some day?", "Coffee"))
        for i in (1, 3, 5, 7)
    ]
    assert found(*letters).verdict is Verdict.NEW_THREAD


def test_that_they_met_may_be_all_that_is_left() -> None:
    met = thread(
        "met",
        mail(
            YOU, "2021-06-20", "It was great to meet you at the guild's open day. The pattern is attached.", "Pattern"
        ),
    )
    finding = found(INVOICE, met, LATER)
    assert (name_of(finding), finding.kind) == ("met", Kind.THANK_YOU)


def test_arranged_by_somebody_else_and_thanked_by_the_owner() -> None:
    arranged = thread(
        "by peg",
        mail(
            THIRD,
            "2021-03-01",
            "Tove, come along to Ansel's yard with me on Thursday the 11th at ten?",
            "Yard",
            [ME],
            cc=(YOU,),
        ),
        mail(ME, "2021-03-02", "Thursday the 11th at ten it is.", "Re: Yard", [THIRD], cc=(YOU,)),
    )
    finding = found(arranged, thread("thanks", THANKED))
    assert (name_of(finding), finding.kind) == ("thanks", Kind.THANK_YOU)


def test_the_date_the_user_gives_decides() -> None:
    loud = thread(
        "loud",
        mail(
            ME,
            "2024-03-20",
            "Would you be free for lunch on Thursday the 28th? I'd love to hear about the new kiln.",
            "Lunch?",
        ),
        mail(YOU, "2024-03-21", "Thursday the 28th works for me. Noon, at the Mitre. See you there!", "Re: Lunch?"),
        mail(ME, "2024-03-29", "Thank you so much for lunch yesterday, it was lovely.", "Re: Lunch?"),
    )
    assert name_of(found(loud, SECOND, met_on="2024-04-18")) == "second"
