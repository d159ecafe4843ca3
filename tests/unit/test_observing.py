"""What the mail says: sent or not, answered or not, alive or not. Messages go through the real parser."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from thread_finder.app.memories import Memory
from thread_finder.app.observing import Observation, observe
from thread_finder.ledger import DraftRecord, DraftState, OutcomeKind
from thread_finder.mail.fingerprint import fingerprint
from thread_finder.mail.parse import parse_message
from thread_finder.model import Contact, Label, Message, Owner, StoredDraft, Thread
from thread_finder.planning import Fate, Purpose

ME = Owner("Ada Marsh", ("ada@marsh.example", "ada@old-college.example"))
JANE = Contact("Jane Doe", ("jane@x.example", "jane@home.example"))
DRAFTED = datetime(2026, 3, 2, 9, tzinfo=UTC)
SENT = datetime(2026, 3, 4, 9, tzinfo=UTC)
NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
OURS = "<ours@marsh.example>"
DRAFT = b"From: ada@marsh.example\nTo: jane@x.example\nSubject: Re: Coffee\n\nHello\n"
RECORD = DraftRecord(
    "archive:ada", "Jane Doe", JANE.emails, "check-in", OURS, DRAFTED, "Re: Coffee", "t1", "<old@x.example>", "d1",
    fingerprint(DRAFT), state=DraftState.DRAFTED, id=1,
)  # fmt: skip
CROWD = ", ".join(f"p{number}@x.example" for number in range(30))
HEAD = "From: {}\nTo: {}\nDate: {}\nMessage-ID: {}\n"


def mail(
    sender: str,
    to: str,
    when: datetime,
    *,
    id: str = "",
    more: str = "",
    body: str = "Hello",
    thread: str = "t9",
    labels: frozenset[Label] = frozenset(),
) -> Message:
    number = id or f"<{sender}-{when.timestamp():.0f}@x.example>"
    raw = HEAD.format(sender, to, format_datetime(when), number) + more + f"\n{body}\n"
    return parse_message(raw.encode(), id=number, thread_id=thread, labels=labels)


def sent(
    when: datetime = SENT, *, id: str = OURS, thread: str = "t1", to: str = "jane@x.example", more: str = ""
) -> Message:
    return mail("ada@marsh.example", to, when, id=id, thread=thread, more=more or "Subject: Re: Coffee\n")


def answer(
    days: float = 1, sender: str = "jane@x.example", more: str = "Subject: Re: Coffee\n", **rest: str
) -> Message:
    return mail(sender, "ada@marsh.example", SENT + timedelta(days=days), more=more, **rest)  # type: ignore[arg-type]


def seen(*messages: Message, record: DraftRecord = RECORD, there: bool | bytes = False) -> Observation:
    drafts = {record.id: StoredDraft("d1", "t1", DRAFT if there is True else there or b"")} if there else {}
    threads = tuple(Thread(m.thread_id, (m,)) for m in messages)
    return observe(JANE, ME, threads, Memory((record,)), drafts, NOW)


def fate(*messages: Message, **rest: object) -> Fate:
    return seen(*messages, **rest).letters[0].fate  # type: ignore[arg-type]


def test_a_draft_that_waits_is_open_and_edited_when_other_than_what_we_wrote() -> None:
    assert fate(there=True) is Fate.OPEN
    assert not seen(there=True).letters[0].edited
    edited = seen(there=DRAFT.replace(b"Hello", b"Hi Jane")).letters[0]
    assert (edited.fate, edited.state) == (Fate.OPEN, DraftState.EDITED)


def test_under_our_message_id_it_was_sent_even_if_the_draft_was_left_behind() -> None:
    for there in (True, False):
        letter = seen(sent(), there=there).letters[0]
        assert (letter.fate, letter.at, letter.state) == (Fate.SENT, SENT, DraftState.SENT)


def test_the_copy_in_the_drafts_is_not_a_sent_one() -> None:
    assert fate(replace(sent(), labels=frozenset({Label.DRAFT})), there=True) is Fate.OPEN


@pytest.mark.parametrize(
    "instead",
    [
        sent(id="<new@gmail.example>"),
        sent(id="<new@x>", thread="elsewhere", more="Subject: Re: Coffee\nIn-Reply-To: <old@x.example>\n"),
    ],
    ids=["in the thread", "in answer to the same mail"],
)
def test_gone_with_a_newer_mail_of_mine_in_its_place_it_was_sent(instead: Message) -> None:
    assert fate(instead) is Fate.SENT
    assert fate(instead, there=True) is Fate.OPEN


def test_gone_without_a_trace_it_was_removed() -> None:
    letter = seen(sent(DRAFTED - timedelta(days=9), id="<older@x>")).letters[0]
    assert (letter.fate, letter.at) == (Fate.DELETED, NOW)


def test_a_later_letter_by_hand_in_another_thread_is_not_the_removed_draft() -> None:
    by_hand = sent(id="<hand@x>", thread="t5", more="Subject: Something else\n")
    observation = seen(by_hand)
    assert observation.letters[0].fate is Fate.DELETED
    assert observation.history.wrote == SENT


def test_a_removed_draft_stays_removed_when_i_write_in_the_thread_weeks_later() -> None:
    removed = replace(RECORD, state=DraftState.DELETED, changed=DRAFTED + timedelta(days=1))
    assert fate(sent(NOW - timedelta(days=2), id="<hand@x>"), record=removed) is Fate.DELETED
    assert fate(sent(NOW - timedelta(days=2)), record=removed) is Fate.SENT


def test_a_sent_letter_stays_sent_when_the_mail_is_gone() -> None:
    known = replace(RECORD, state=DraftState.SENT, changed=SENT)
    letter = seen(record=known).letters[0]
    assert (letter.fate, letter.at) == (Fate.SENT, SENT)


@pytest.mark.parametrize(
    "mails",
    [
        [answer()],
        [answer(thread="other", more="Subject: New number\n")],
        [answer(sender="jane@home.example")],
        [answer(sender="Jane+work@x.example")],
        [replace(answer(), labels=frozenset({Label.TRASH}))],
        [answer(-30, more=f"Subject: Re: Coffee\nIn-Reply-To: {OURS}\n")],
        [answer(more=f"Subject: Re: Coffee\nIn-Reply-To: {OURS}\nCc: {CROWD}\n")],
    ],
    ids=["in the thread", "elsewhere", "another address", "plus", "in the trash", "clock gone wrong", "many in copy"],
)
def test_a_real_mail_of_theirs_is_an_answer(mails: list[Message]) -> None:
    observation = seen(sent(), *mails)
    assert observation.history.heard
    assert observation.history.heard > SENT
    assert [one.kind for one in observation.outcomes] == [OutcomeKind.ANSWERED]
    assert observation.history.exchanges == 1


@pytest.mark.parametrize(
    "mails",
    [
        [answer(more="Subject: Out of office: Re: Coffee\nAuto-Submitted: auto-replied\n")],
        [answer(more="Subject: Our newsletter\nList-Id: <news.x.example>\n")],
        [answer(more="Subject: Invitation\n", sender="calendar-notification@google.com")],
        [mail("ada@old-college.example", "jane@x.example", SENT + timedelta(days=1))],
        [mail("ada@old-college.example", "ada@marsh.example", SENT + timedelta(days=1))],
        [replace(answer(), labels=frozenset({Label.SPAM}))],
        [answer(-3)],
        [mail("bob@x.example", "ada@marsh.example", SENT + timedelta(days=1), more="Cc: jane@x.example\n")],
        [mail("jane@x.example", "bob@x.example", SENT + timedelta(days=1))],
        [answer(more=f"Subject: We moved\nCc: {CROWD}\n")],
        [answer(900)],
    ],
    ids=["away", "newsletter", "robot", "own alias", "to myself", "spam", "before", "somebody else", "to somebody else",
         "circular", "the future"],
)  # fmt: skip
def test_what_is_no_answer(mails: list[Message]) -> None:
    observation = seen(sent(), *mails)
    assert not (observation.history.heard and observation.history.heard > SENT)
    assert observation.outcomes == ()


def report(address: str, hours: float = 1) -> Message:
    more = 'Subject: Delivery failure\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n'
    body = (
        "--b\nContent-Type: text/plain\n\nIt did not work.\n--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.x.example\n\nFinal-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.1.1\n\n"
        "--b--\n"
    )
    return mail("mailer-daemon@x.example", "ada@marsh.example", SENT + timedelta(hours=hours), more=more, body=body)


def test_a_delivery_report_means_that_the_letter_reached_nobody() -> None:
    before = sent(SENT - timedelta(days=700), id="<before@x>", more="Subject: Old\n", thread="t0")
    observation = seen(before, sent(), report("jane@x.example"))
    assert observation.letters[0].fate is Fate.BOUNCED
    assert observation.history.dead == ("jane@x.example",)
    assert observation.history.living
    assert observation.history.wrote == before.date
    (outcome,) = observation.outcomes
    assert (outcome.kind, outcome.address) == (OutcomeKind.BOUNCED, "jane@x.example")


def test_the_last_address_gone_nobody_can_be_reached() -> None:
    observation = seen(sent(), report("jane@x.example"), report("jane@home.example", 2))
    assert not observation.history.living


def test_an_answer_after_all_outweighs_the_report() -> None:
    observation = seen(sent(), report("jane@x.example"), answer())
    assert observation.letters[0].fate is Fate.SENT
    assert observation.history.dead == ()


def test_two_letters_are_told_apart() -> None:
    nudge = replace(RECORD, purpose="follow-up", message_id="<nudge@marsh.example>", created=SENT + timedelta(days=9),
                    draft_id="d2", id=2)  # fmt: skip
    first, second = sent(), sent(SENT + timedelta(days=10), id="<gmail-made-this@x>")
    observation = observe(JANE, ME, [Thread("t1", (first, second))], Memory((RECORD, nudge)), {}, NOW)
    assert [(one.fate, one.at) for one in observation.letters] == [(Fate.SENT, SENT), (Fate.SENT, second.date)]
    assert [one.purpose for one in observation.history.approaches] == [Purpose.CHECK_IN, Purpose.FOLLOW_UP]


def test_what_a_broken_run_began_is_forgotten_once_the_two_are_in_touch() -> None:
    begun = replace(RECORD, state=DraftState.INTENDED, draft_id="", fingerprint="")
    assert fate(record=begun) is Fate.BEGUN
    assert fate(answer(), record=begun) is Fate.UNDONE
    assert fate(answer(), record=begun, there=True) is Fate.BEGUN
    assert fate(sent(), record=begun) is Fate.SENT
