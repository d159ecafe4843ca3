"""What mailboxes/base.py promises, held against every mailbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from thread_finder.errors import NotSavedError
from thread_finder.mail.parse import parse_message
from thread_finder.mailboxes.base import Correspondence, Mailbox, Request
from thread_finder.model import Label

Open = Callable[[list[bytes]], Mailbox]
ME, JANE = "me@home.example", "jane@films.example"


def mail(sender: str, to: str, subject: str, text: str, **fields: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = fields.pop("date", "Tue, 11 Jul 2023 10:00:00 +0200")
    message["Message-ID"] = fields.pop("id", f"<{abs(hash((sender, subject, text)))}@x.example>")
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


ASK = mail(f"Me <{ME}>", JANE, "Coffee?", "Could we have coffee on Tuesday?", id="<a@x.example>")
YES = mail(
    f"Jane <{JANE}>", ME, "Re: Coffee?", "Gladly.", id="<b@x.example>",
    In_Reply_To="<a@x.example>", References="<a@x.example>", date="Wed, 12 Jul 2023 09:00:00 +0200",
)  # fmt: skip
OTHER = mail("Bob <bob@x.example>", ME, "Lunch?", "Lunch?", id="<c@x.example>")
COPIED = mail("Bob <bob@x.example>", ME, "Minutes", "…", id="<d@x.example>", Cc=JANE)

REPORT = (
    b"From: Mailer-Daemon <mailer-daemon@mx.example>\nTo: me@home.example\nSubject: Undelivered Mail\n"
    b"Message-ID: <r@x.example>\nMIME-Version: 1.0\nDate: Tue, 11 Jul 2023 10:00:00 +0200\n"
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
    b"--b\nContent-Type: text/plain\n\nSorry: jane@films.example.\n"
    b"--b\nContent-Type: message/delivery-status\n\n"
    b"Final-Recipient: rfc822; jane@films.example\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
)


def draft(message_id: str, text: str = "Hello again", **fields: str) -> bytes:
    return mail(f"Me <{ME}>", JANE, "Re: Coffee?", text, id=message_id, **fields)


def ask(box: Mailbox, *addresses: str) -> Correspondence:
    (answer,) = box.search([Request("jane", addresses, (ME,))])
    return answer


def lately(box: Mailbox, since: datetime) -> dict[str, str]:
    """What ``recent`` tells of Jane: the messages' ids, with their texts."""
    (answer,) = box.recent([Request("jane", (JANE,), (ME,))], [since])
    return {m.message_id: m.new_text.strip() for thread in answer.threads for m in thread.messages}


class TestMailbox:
    def test_a_thread_comes_whole_and_in_order(self, deliver: Open) -> None:
        answer = ask(deliver([YES, ASK, OTHER]), JANE)
        (thread,) = answer.threads
        assert [m.message_id for m in thread.messages] == ["<a@x.example>", "<b@x.example>"]
        assert answer.skipped == 0
        assert not answer.problem

    def test_mail_with_them_in_copy_counts_as_with_them(self, deliver: Open) -> None:
        assert [t.subject for t in ask(deliver([COPIED, OTHER]), JANE).threads] == ["Minutes"]

    def test_addresses_match_exactly(self, deliver: Open) -> None:
        near = mail("Joan <mary-jane@films.example>", ME, "No", "no", id="<n@x.example>")
        assert ask(deliver([near, OTHER]), JANE).threads == ()

    def test_answers_come_in_the_order_of_the_requests(self, deliver: Open) -> None:
        box = deliver([ASK, OTHER])
        requests = [
            Request("b", ("bob@x.example",), (ME,)),
            Request("j", (JANE,), (ME,)),
            Request("z", ("z@z.example",), ()),
        ]
        answers = list(box.search(requests))
        assert [a.key for a in answers] == ["b", "j", "z"]
        assert [len(a.threads) for a in answers] == [1, 1, 0]

    def test_a_message_stands_there_once(self, deliver: Open) -> None:
        (thread,) = ask(deliver([ASK, ASK, YES]), JANE).threads
        assert len(thread.messages) == 2

    def test_what_the_owner_wrote_is_labelled_sent(self, deliver: Open) -> None:
        (thread,) = ask(deliver([ASK, YES]), JANE).threads
        assert [Label.SENT in m.labels for m in thread.messages] == [True, False]

    def test_labels_of_takeout_are_known(self, deliver: Open) -> None:
        trashed = mail(JANE, ME, "Old", "x", id="<t@x.example>", X_Gmail_Labels="Trash,Opened", X_GM_THRID="255")
        (thread,) = ask(deliver([trashed]), JANE).threads
        assert thread.messages[0].labels == {Label.TRASH}
        assert thread.id == "ff"

    def test_a_delivery_report_comes_with_the_person_it_concerns(self, deliver: Open) -> None:
        threads = ask(deliver([REPORT, OTHER]), JANE).threads
        assert [m.bounced for t in threads for m in t.messages] == [(JANE,)]

    def test_an_unreadable_message_ends_nothing(self, deliver: Open) -> None:
        assert ask(deliver([b"\x00\xff no header at all\n", ASK]), JANE).threads

    def test_a_draft_is_stored_and_found_again(self, deliver: Open) -> None:
        box = deliver([ASK, YES])
        (thread,) = ask(box, JANE).threads
        raw = draft("<mine@x.example>", In_Reply_To="<b@x.example>", References="<a@x.example> <b@x.example>")
        stored = box.save_draft(raw, thread)
        assert stored.raw == raw
        for found in (
            box.find_drafts(message_id="<mine@x.example>"),
            box.find_drafts(draft_id=stored.draft_id),
            box.find_drafts(thread_id=thread.id),
        ):
            assert [(d.draft_id, d.raw) for d in found] == [(stored.draft_id, raw)]

    def test_the_same_draft_is_never_stored_twice(self, deliver: Open) -> None:
        box = deliver([ASK])
        first = box.save_draft(draft("<mine@x.example>"), None)
        again = box.save_draft(draft("<mine@x.example>"), None)
        assert first.draft_id == again.draft_id
        assert len(box.find_drafts(message_id="<mine@x.example>")) == 1

    def test_replacing_keeps_the_id(self, deliver: Open) -> None:
        box = deliver([ASK])
        stored = box.save_draft(draft("<mine@x.example>"), None)
        replaced = box.replace_draft(stored.draft_id, draft("<mine@x.example>", "Better"), None)
        assert replaced.draft_id == stored.draft_id
        assert parse_message(box.find_drafts(draft_id=stored.draft_id)[0].raw).new_text == "Better"

    def test_replacing_what_is_gone_says_so(self, deliver: Open) -> None:
        with pytest.raises(NotSavedError):
            deliver([ASK]).replace_draft("no-such-draft", draft("<m@x.example>"), None)

    def test_deleting_twice_is_no_error(self, deliver: Open) -> None:
        box = deliver([ASK])
        stored = box.save_draft(draft("<mine@x.example>"), None)
        box.delete_draft(stored.draft_id)
        box.delete_draft(stored.draft_id)
        assert box.find_drafts(message_id="<mine@x.example>") == ()

    def test_drafts_in_a_new_thread_are_found_by_recipient(self, deliver: Open) -> None:
        box = deliver([OTHER])
        box.save_draft(draft("<mine@x.example>"), None)
        assert len(box.find_drafts(to=JANE)) == 1
        assert box.find_drafts(to="bob@x.example") == ()

    def test_dates_keep_the_writers_day(self, deliver: Open) -> None:
        late = mail(JANE, ME, "Late", "x", id="<l@x.example>", date="Tue, 11 Jul 2023 23:30:00 -0700")
        (thread,) = ask(deliver([late]), JANE).threads
        when = thread.messages[0].date
        assert when is not None
        assert when.date().isoformat() == "2023-07-11"
        assert when == datetime(2023, 7, 12, 6, 30, tzinfo=UTC)

    def test_what_happened_lately_is_there_whole_and_the_newest_before_that(self, deliver: Open) -> None:
        earlier = mail(f"Me <{ME}>", JANE, "Hi", "Hi", id="<e@x.example>", date="Mon, 3 Jul 2023 10:00:00 +0200")
        box = deliver([earlier, ASK, YES, OTHER])
        found = lately(box, datetime(2023, 7, 12, 6, tzinfo=UTC))
        assert found["<b@x.example>"] == "Gladly."
        assert "<a@x.example>" in found
        everything = lately(box, datetime(2000, 1, 1, tzinfo=UTC))
        assert everything["<a@x.example>"] == "Could we have coffee on Tuesday?"
        assert set(everything) == {"<a@x.example>", "<b@x.example>", "<e@x.example>"}

    def test_an_answer_from_an_unknown_address_is_there_too(self, deliver: Open) -> None:
        moved = mail(
            "Jane <jane@new-place.example>", ME, "Re: Coffee?", "From here now.", id="<f@x.example>",
            In_Reply_To="<a@x.example>", References="<a@x.example>", date="Thu, 13 Jul 2023 09:00:00 +0200",
        )  # fmt: skip
        assert lately(deliver([ASK, moved, OTHER]), datetime(2023, 7, 1, tzinfo=UTC)).keys() >= {"<f@x.example>"}

    def test_a_report_is_told_whenever_it_came(self, deliver: Open) -> None:
        box = deliver([REPORT, OTHER])
        (answer,) = box.recent([Request("jane", (JANE,), (ME,))], [datetime(2026, 1, 1, tzinfo=UTC)])
        assert [m.bounced for t in answer.threads for m in t.messages] == [(JANE,)]

    def test_lately_has_an_answer_for_each_request(self, deliver: Open) -> None:
        box = deliver([ASK])
        requests = [Request(key, addresses, (ME,)) for key, addresses in {"z": ("z@z.example",), "j": (JANE,)}.items()]
        answers = list(box.recent(requests, [datetime(2000, 1, 1, tzinfo=UTC)] * 2))
        assert [(a.key, len(a.threads)) for a in answers] == [("z", 0), ("j", 1)]
