"""Whom a letter goes to, from which address, and which message it answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from thread_finder.finding.addresses import address_warnings, dead_addresses, own_address, reply_address
from thread_finder.finding.people import Pair, parent_of
from thread_finder.model import Address, Automatic, CalendarPart, Contact, Identity, Label, Message, Owner, Thread

ME = Address("ida@marl.example", "Ida Marl")
OLD, NEW = Address("noor.quince@mill.example", "Noor Quince"), Address("noor@quince.example", "Noor Quince")
AIDE = Address("desk@mill.example", "The desk")
CONTACT = Contact("Noor Quince", (OLD.email, NEW.email))
OWNER = Owner("Ida Marl", (ME.email, "i.marl@school.example"))
START = datetime(2021, 5, 3, 9, tzinfo=UTC)


def mail(
    day: int, who: Address, text: str = "Good.", to: tuple[Address, ...] = (), cc: tuple[Address, ...] = ()
) -> Message:
    return Message(
        id=f"{day}{who.email}",
        message_id=f"<{day}.{who.email}>",
        date=START + timedelta(days=day),
        from_=who,
        to=to or ((OLD,) if who is ME else (ME,)),
        cc=cc,
        new_text=text,
    )


def bounce(day: int, *emails: str) -> Message:
    report = mail(day, Address("mailer-daemon@marl.example"))
    return replace(report, automatic=Automatic.DELIVERY_REPORT, bounced=emails)


def thread(*messages: Message) -> Thread:
    return Thread(messages[0].id, messages)


def goes_to(*messages: Message, contact: Contact = CONTACT) -> str:
    threads = [thread(message) for message in messages]
    found = reply_address(contact, threads, Pair(contact, OWNER, threads))
    return found.email if found else ""


# --- to ---------------------------------------------------------------------------------------------------


def test_the_address_they_wrote_from_last() -> None:
    assert goes_to(mail(0, OLD), mail(9, NEW)) == NEW.email
    assert goes_to(mail(0, NEW), mail(9, OLD)) == OLD.email


def test_a_bounced_address_is_dead_until_it_writes_again() -> None:
    assert goes_to(mail(0, NEW), mail(5, OLD), bounce(9, OLD.email)) == NEW.email
    assert goes_to(mail(0, NEW), bounce(5, OLD.email), mail(9, OLD)) == OLD.email


def test_nothing_is_left_where_every_address_bounced() -> None:
    assert goes_to(mail(0, OLD), bounce(9, OLD.email, NEW.email)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "My new address is noor@quince.example, by the way.",
        "From now on please write to me at noor@quince.example.",
        "Meine neue Adresse lautet noor@quince.example.",
        "Ma nouvelle adresse : noor@quince.example",
        "Mi nuevo correo es noor@quince.example.",
        "O meu novo email é noor@quince.example.",
        "Il mio nuovo indirizzo: noor@quince.example",
        "Mijn nieuwe mailadres is noor@quince.example.",
        "Min nya mejladress är noor@quince.example.",
        "Min nye e-postadresse er noor@quince.example.",
        "Min nye mailadresse er noor@quince.example.",
        "新しいメールアドレスは noor@quince.example です。",
        "我的新邮箱是 noor@quince.example。",
        "새 메일 주소는 noor@quince.example 입니다.",
    ],
)
def test_an_address_asked_for_in_words_outlives_mail_from_the_old_one(text: str) -> None:
    assert goes_to(mail(0, OLD, text), mail(30, OLD, "The minutes are attached.")) == NEW.email


@pytest.mark.parametrize(
    "text",
    [
        "This is my own address, better for this.",
        "Please use this address, my old one is read by the whole office.",
        "Das ist meine private Adresse.",
        "Mon ancienne adresse ne marche plus.",
        "이 메일로 답 주세요.",
    ],
)
def test_the_address_written_from_can_be_the_one_asked_for(text: str) -> None:
    assert goes_to(mail(0, OLD), mail(5, NEW, text), mail(30, OLD, "Records request, see below.")) == NEW.email


def test_an_unknown_address_must_bear_their_name() -> None:
    contact = replace(CONTACT, emails=(OLD.email,))
    said = mail(0, OLD, "My new address is quince@orchard.example.")
    assert goes_to(said, contact=contact) == "quince@orchard.example"
    other = mail(0, OLD, "Renata's new address is renata@orchard.example.")
    assert goes_to(other, contact=contact) == OLD.email


def test_a_twin_of_their_address_is_never_written_to() -> None:
    contact = replace(CONTACT, emails=(NEW.email,))
    said = mail(0, NEW, "My new address is n00r@quince.example.")
    assert goes_to(said, contact=contact) == NEW.email


def test_first_mail_from_a_new_address_counts_though_it_went_to_all() -> None:
    crowd = tuple(Address(f"p{n}@crowd.example") for n in range(9))
    assert goes_to(mail(0, OLD), mail(9, NEW, "Dear all, I have moved.", to=(ME, *crowd))) == NEW.email
    assert goes_to(mail(0, OLD), mail(3, NEW), mail(9, OLD, "Minutes.", to=(ME, *crowd))) == NEW.email


def test_reply_to_asks_only_for_an_address_of_theirs() -> None:
    asks = replace(mail(0, OLD), reply_to=(NEW,))
    assert goes_to(asks) == NEW.email
    assert goes_to(replace(asks, reply_to=(Address("noor@elsewhere.example"),))) == OLD.email


@pytest.mark.parametrize(
    "text",
    [
        "I am no longer with the mill.",
        "Ich bin nicht mehr bei der Mühle.",
        "退職いたしました。",
        "Jag har slutat på bruket.",
    ],
)
def test_a_note_of_absence_that_tells_they_left_ends_the_address(text: str) -> None:
    note = replace(mail(40, OLD, text), automatic=Automatic.AUTO_REPLY)
    assert goes_to(mail(0, NEW), mail(9, OLD), note) == NEW.email


def test_an_ordinary_note_of_absence_ends_nothing() -> None:
    note = replace(mail(40, OLD, "I am away until Monday."), automatic=Automatic.AUTO_REPLY)
    threads = [thread(mail(9, OLD)), thread(note)]
    assert dead_addresses(threads, Pair(CONTACT, OWNER)) == frozenset()


def test_plus_addresses_are_the_base_address_as_the_contacts_file_spells_it() -> None:
    contact = replace(CONTACT, emails=("noor+letters@quince.example",))
    assert goes_to(mail(0, Address("noor@quince.example")), contact=contact) == "noor+letters@quince.example"


def test_who_answers_under_their_full_name_in_the_thread_is_the_contact() -> None:
    contact = replace(CONTACT, emails=(OLD.email,))
    answered = thread(mail(0, ME), mail(1, Address("nq1971@post.example", "Noor Quince"), "Gladly, Tuesday."))
    pair = Pair(contact, OWNER, [answered])
    found = reply_address(contact, [answered], pair)
    assert found == Address("nq1971@post.example", "Noor Quince")
    assert "add it to your contacts" in address_warnings([answered], pair, found)[0]


@pytest.mark.parametrize("name", ["Noor", "The desk", "Nora Quince"])
def test_another_name_in_the_thread_is_not(name: str) -> None:
    contact = replace(CONTACT, emails=(OLD.email,))
    answered = thread(mail(0, ME), mail(1, Address("nq1971@post.example", name)))
    assert Pair(contact, OWNER, [answered]).theirs == {OLD.email}


def test_warnings_name_twins_and_dead_addresses() -> None:
    twin = Address("noor@qu1nce.example", "Noor Quince")
    threads = [thread(mail(0, OLD), mail(1, twin)), thread(bounce(3, OLD.email))]
    pair = Pair(CONTACT, OWNER, threads)
    said = " ".join(address_warnings(threads, pair, reply_address(CONTACT, threads, pair)))
    assert f"{OLD.email} is given up or came back" in said
    assert f"{twin.email} looks like {NEW.email}" in said


# --- from -------------------------------------------------------------------------------------------------


def test_the_owners_address_of_that_time_if_it_still_exists() -> None:
    school = Address("i.marl@school.example")
    then = thread(mail(0, school, to=(OLD,)), mail(1, OLD, to=(school,)))
    pair = Pair(CONTACT, OWNER)
    parent = parent_of(then, pair)
    assert own_address(then, parent, OWNER, pair, ())[0].email == school.email
    left = (Identity(ME, default=True),)
    found, warning = own_address(then, parent, OWNER, pair, left)
    assert (found.email, school.email in warning) == (ME.email, True)


def test_mail_sent_from_a_forgotten_address_is_the_owners_but_no_answer_goes_out_from_there() -> None:
    gone = Address("ida@press.example", "Ida Marl")
    sent = replace(mail(0, gone, to=(OLD,)), labels=frozenset({Label.SENT}))
    answer = mail(1, OLD, to=(gone,))
    then = thread(sent, answer)
    pair = Pair(CONTACT, OWNER, [then])
    assert pair.by_me(sent)
    assert pair.by_them(answer)
    found, warning = own_address(then, answer, OWNER, pair, ())
    assert (found.email, gone.email in warning) == (ME.email, True)
    assert not Pair(CONTACT, OWNER, [thread(mail(0, gone, to=(OLD,)))]).is_mine(gone)


# --- the message to answer ------------------------------------------------------------------------------------


def answers(one: Message, *before: Message) -> Message:
    return replace(one, references=tuple(m.message_id for m in before))


def test_the_newest_message_that_counts_is_answered() -> None:
    asks, says = mail(0, ME), mail(1, OLD)
    draft = replace(mail(2, ME), labels=frozenset({Label.DRAFT}))
    robot = replace(mail(3, OLD), automatic=Automatic.AUTO_REPLY)
    bare = replace(mail(4, OLD), message_id="")
    thrown = replace(mail(5, OLD), labels=frozenset({Label.TRASH}))
    assert parent_of(thread(asks, says, draft, robot, bare, thrown), Pair(CONTACT, OWNER)) is says


def test_a_calendars_answer_is_answered_only_where_there_is_no_letter() -> None:
    asks = mail(0, ME)
    invites = replace(mail(1, ME), calendar=(CalendarPart("REQUEST"),))
    accepted = answers(replace(mail(2, OLD), calendar=(CalendarPart("REPLY"),)), asks, invites)
    assert parent_of(thread(asks, invites, accepted), Pair(CONTACT, OWNER)) is invites
    assert parent_of(thread(invites, accepted), Pair(CONTACT, OWNER)) is accepted


def test_an_aides_mail_with_the_contact_in_copy_counts() -> None:
    asks, says = mail(0, ME), mail(1, OLD)
    confirms = mail(2, AIDE, "Confirming tomorrow.", to=(ME,), cc=(OLD,))
    among_others = mail(3, AIDE, "The room is booked.", to=(Address("porter@mill.example"),))
    assert parent_of(thread(asks, says, confirms, among_others), Pair(CONTACT, OWNER)) is confirms


def test_undated_mail_that_was_answered_is_not_the_newest() -> None:
    asks = mail(0, ME)
    undated = answers(replace(mail(1, OLD), date=None), asks)
    last = answers(mail(2, ME), asks, undated)
    assert parent_of(thread(asks, last, undated), Pair(CONTACT, OWNER)) is last


def test_of_two_branches_the_one_that_lives_longer_is_answered() -> None:
    root = mail(0, ME)
    branch = answers(mail(1, OLD, "About the cake."), root)
    other = answers(mail(2, OLD, "About the walk."), root)
    end = answers(mail(9, ME, "The cake it is."), root, branch)
    assert parent_of(thread(root, branch, other, end), Pair(CONTACT, OWNER)) is end
