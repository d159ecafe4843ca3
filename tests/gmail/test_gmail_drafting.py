"""A draft is made exactly once, in its thread, as asked; or there is none, and the error says why."""

from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from functools import partial

import pytest

from tests.gmail_server import READONLY, Account, GmailServer
from tests.gmail_server.entry import Entry
from thread_finder.errors import NotSavedError, SignInError, UnavailableError
from thread_finder.mailboxes.base import Request
from thread_finder.mailboxes.gmail import GmailMailbox
from thread_finder.model import Label, Thread

THANKS = b"""From: Jane Doe <jane@film.example>
To: Me <me@home.example>
Subject: Thank you
Message-ID: <thanks@film.example>
Date: Tue, 11 Jul 2023 15:04:00 -0400

It was good to meet you.
"""
REPLY = b"""From: Me Myself <me@home.example>
To: Jane Doe <jane@film.example>
Date: Tue, 24 Nov 2026 09:00:00 +0000
Message-ID: <reply@x.example>
Subject: Re: Thank you
In-Reply-To: <thanks@film.example>
References: <thanks@film.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Dear Jane, S\xc3\xb8ren says hello.
"""
Open = Callable[..., GmailMailbox]


@pytest.fixture
def thanks(account: Account) -> Entry:
    return account.add(THANKS)


@pytest.fixture
def mailbox(thanks: Entry, open_mailbox: Open) -> GmailMailbox:
    return open_mailbox()


@pytest.fixture
def thread(mailbox: GmailMailbox) -> Thread:
    (answer,) = mailbox.search([Request("jane", ("jane@film.example",), ("me@home.example",))])
    return answer.threads[0]


def rfc_ids(account: Account) -> list[str]:
    return [draft.rfc_id for draft in account.drafts]


def test_a_reply_stands_in_its_thread(account: Account, mailbox: GmailMailbox, thread: Thread) -> None:
    stored = mailbox.save_draft(REPLY, thread)
    (draft,) = account.drafts
    assert (stored.draft_id, stored.thread_id) == (draft.draft_id, thread.id)
    assert message_from_bytes(draft.source.raw)["In-Reply-To"] == "<thanks@film.example>"
    assert stored.link == "https://mail.google.com/mail/u/0/#search/rfc822msgid:reply@x.example"
    assert not account.ghosts
    assert message_from_bytes(stored.raw).get_payload(decode=True) == message_from_bytes(REPLY).get_payload(decode=True)


def test_a_new_letter_starts_a_thread(account: Account, mailbox: GmailMailbox) -> None:
    raw = REPLY.replace(b"In-Reply-To: <thanks@film.example>\nReferences: <thanks@film.example>\n", b"")
    stored = mailbox.save_draft(raw, None)
    assert stored.thread_id == account.drafts[0].thread_id
    assert mailbox.find_drafts(to="jane@film.example") == (stored,)
    assert mailbox.find_drafts(to="doe@film.example") == ()


def test_drafts_are_found_by_each_of_their_handles(mailbox: GmailMailbox, thread: Thread, account: Account) -> None:
    stored = mailbox.save_draft(REPLY, thread)
    account.user.start_draft(b"To: jane@film.example\nSubject: another\nMessage-ID: <o@x.example>\n\nx")
    assert mailbox.find_drafts(message_id="<reply@x.example>") == (stored,)
    assert mailbox.find_drafts(draft_id=stored.draft_id) == (stored,)
    assert mailbox.find_drafts(thread_id=thread.id) == (stored,)
    assert mailbox.find_drafts(thread_id=thread.id, draft_id=stored.draft_id, message_id="<reply@x.example>") == (
        stored,
    )
    assert mailbox.find_drafts(message_id="<none@x.example>", draft_id="r123") == ()
    assert mailbox.find_drafts(to="jane@film.example")[0].raw.startswith(b"To: jane")


def test_drafting_costs_at_most_75_units(server: GmailServer, mailbox: GmailMailbox, thread: Thread) -> None:
    server.journal.reset()
    mailbox.find_drafts(thread_id=thread.id)
    mailbox.save_draft(REPLY, thread)
    assert server.journal.units <= 75


def test_a_long_letter_goes_as_an_upload(account: Account, mailbox: GmailMailbox, thread: Thread) -> None:
    stored = mailbox.save_draft(REPLY.replace(b"\xc3\xb8", b"o") + b"long line of words " * 200_000 + b"\n", thread)
    assert stored.thread_id == thread.id
    assert len(account.drafts[0].source.raw) > 3_000_000


# --- what goes wrong while writing ----------------------------------------------------------------------

LOST = {
    "dropped after": lambda s: s.faults.drop("drafts.create", after=True),
    "dropped before": lambda s: s.faults.drop("drafts.create"),
    "500 after": lambda s: s.faults.error("drafts.create", 500, after=True),
    "503 before": lambda s: s.faults.error("drafts.create", 503),
    "half an answer": lambda s: s.faults.truncated("drafts.create"),
    "garbage": lambda s: s.faults.garbage("drafts.create"),
    "another answer": lambda s: s.faults.wrong_json("drafts.create"),
    "a proxy's page": lambda s: s.faults.html("drafts.create", after=True),
    "quota as 403": lambda s: s.faults.error("drafts.create", 403, "rateLimitExceeded"),
    "quota as 429": lambda s: s.faults.error("drafts.create", 429, "rateLimitExceeded", retry_after=3),
    "token run out": lambda s: s.oauth.expire_access(),
    "read-back dropped": lambda s: s.faults.drop("drafts.get"),
    "read-back half": lambda s: s.faults.truncated("drafts.get"),
    "read-back 500 three times": lambda s: s.faults.error("drafts.get", 500, times=3),
    "lost, then the look fails once": lambda s: (
        s.faults.drop("drafts.create", after=True), s.faults.error("drafts.list", 503)),
    "lost twice": lambda s: s.faults.drop("drafts.create", after=True, times=2),
    "refused twice, lost once": lambda s: (
        s.faults.error("drafts.create", 503, times=2), s.faults.drop("drafts.create", after=True)),
}  # fmt: skip


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
def test_one_draft_whatever_happens_to_the_answer(
    fault: Callable[[GmailServer], object], server: GmailServer, account: Account, mailbox: GmailMailbox, thread: Thread
) -> None:
    fault(server)
    stored = mailbox.save_draft(REPLY, thread)
    assert rfc_ids(account) == ["<reply@x.example>"]
    assert stored.draft_id == account.drafts[0].draft_id
    assert stored.thread_id == thread.id


@pytest.mark.parametrize("fault", ["drop", "error", "html", "garbage"])
def test_one_draft_in_a_thread_of_its_own(
    fault: str, server: GmailServer, account: Account, mailbox: GmailMailbox
) -> None:
    """Without a thread to look into, the newest drafts are looked at."""
    more = {"status": 503} if fault == "error" else {}
    if fault == "garbage":
        server.faults.garbage("drafts.create")
    else:
        getattr(server.faults, fault)("drafts.create", after=True, **more)
    for number in range(3):
        account.user.start_draft(b"To: jane@film.example\nSubject: x\nMessage-ID: <%d@x.example>\n\nx" % number)
    mailbox.save_draft(REPLY, None)
    assert rfc_ids(account).count("<reply@x.example>") == 1


def test_one_draft_even_if_gmail_gives_it_another_message_id(
    server: GmailServer, account: Account, mailbox: GmailMailbox, thread: Thread
) -> None:
    account.store.own_message_ids = True
    server.faults.drop("drafts.create", after=True)
    stored = mailbox.save_draft(REPLY, thread)
    assert len(account.drafts) == 1
    assert stored.draft_id == account.drafts[0].draft_id
    again = mailbox.save_draft(REPLY, thread)  # by a run that knows nothing of the first
    assert again.draft_id == stored.draft_id
    assert len(account.drafts) == 1


def test_a_create_that_never_works_is_named(server: GmailServer, account: Account, mailbox: GmailMailbox) -> None:
    server.faults.error("drafts.create", 500, times=0)
    with pytest.raises(NotSavedError, match="HTTP 500"):
        mailbox.save_draft(REPLY, None)
    assert not account.drafts
    assert server.journal.count("drafts.create") == 3


def test_doubt_that_cannot_be_settled_is_named_and_nothing_is_repeated(
    server: GmailServer, account: Account, mailbox: GmailMailbox, thread: Thread
) -> None:
    server.faults.drop("drafts.create", after=True)
    server.faults.error("drafts.list", 500, nth=2, times=0)
    with pytest.raises(NotSavedError, match="not known whether"):
        mailbox.save_draft(REPLY, thread)
    assert server.journal.count("drafts.create") == 1
    server.faults.clear()
    assert len(mailbox.find_drafts(message_id="<reply@x.example>")) == 1


def test_a_draft_that_cannot_be_read_back_is_found_again(
    server: GmailServer, mailbox: GmailMailbox, thread: Thread
) -> None:
    server.faults.error("drafts.get", 500, times=0)
    with pytest.raises(NotSavedError, match="could not be read back"):
        mailbox.save_draft(REPLY, thread)
    server.faults.clear()
    assert mailbox.find_drafts(message_id="<reply@x.example>")[0].thread_id == thread.id


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (REPLY.replace(b"Re: Thank you", b"Something else"), "another thread"),
        (REPLY.replace(b"To: Jane Doe <jane@film.example>", b"To: undisclosed"), "refused|Invalid"),
    ],
)
def test_what_is_not_as_asked_is_taken_back(
    raw: bytes, why: str, account: Account, mailbox: GmailMailbox, thread: Thread
) -> None:
    with pytest.raises(NotSavedError, match=why):
        mailbox.save_draft(raw, thread)
    assert not account.drafts


def test_what_cannot_be_taken_back_is_linked(
    server: GmailServer, account: Account, mailbox: GmailMailbox, thread: Thread
) -> None:
    server.faults.error("drafts.delete", 500, times=0)
    with pytest.raises(NotSavedError, match="could not be removed") as failed:
        mailbox.save_draft(REPLY.replace(b"Re: Thank you", b"Something else"), thread)
    assert "rfc822msgid:reply@x.example" in failed.value.to_do


def test_no_draft_under_a_parent_in_the_trash(
    account: Account, thanks: Entry, mailbox: GmailMailbox, thread: Thread
) -> None:
    trashed = replace(thread.messages[0], labels=frozenset({Label.TRASH}))
    with pytest.raises(NotSavedError, match="trash"):
        mailbox.save_draft(REPLY, replace(thread, messages=(trashed,)))
    assert not account.drafts


def test_a_thread_that_is_gone(account: Account, thanks: Entry, mailbox: GmailMailbox, thread: Thread) -> None:
    account.user.delete_forever(thanks)
    with pytest.raises(NotSavedError, match="no longer there"):
        mailbox.save_draft(REPLY, thread)


def test_trouble_of_every_draft_ends_the_run(server: GmailServer, mailbox: GmailMailbox, thread: Thread) -> None:
    server.limits.daily_units = 0
    with pytest.raises(UnavailableError, match="today"):
        mailbox.save_draft(REPLY, thread)
    server.oauth.revoke()
    with pytest.raises(SignInError, match="no longer accepts"):
        mailbox.save_draft(REPLY, thread)


def test_reading_alone_is_not_enough_to_draft(account: Account, open_mailbox: Open) -> None:
    with pytest.raises(SignInError, match="drafts"):
        open_mailbox(scopes=(READONLY,)).save_draft(REPLY, None)
    assert not account.drafts


def test_no_network_is_said_at_once(server: GmailServer, mailbox: GmailMailbox, thread: Thread) -> None:
    mailbox.close()
    server.stop()
    with pytest.raises(UnavailableError, match="cannot be reached"):
        mailbox.save_draft(REPLY, thread)


# --- replacing and deleting -----------------------------------------------------------------------------

NEWER = REPLY.replace(b"says hello", b"sends his love")


def test_replacing_keeps_the_draft_s_id_and_thread(account: Account, mailbox: GmailMailbox, thread: Thread) -> None:
    first = mailbox.save_draft(REPLY, thread)
    second = mailbox.replace_draft(first.draft_id, NEWER, thread)
    assert (second.draft_id, second.thread_id) == (first.draft_id, first.thread_id)
    assert b"his love" in account.draft(first.draft_id).source.raw
    assert len(account.drafts) == 1


REPLACE_FAULTS = {
    "dropped after": lambda s: s.faults.drop("drafts.update", after=True),
    "dropped before": lambda s: s.faults.drop("drafts.update"),
    "503": lambda s: s.faults.error("drafts.update", 503),
    "quota": lambda s: s.faults.error("drafts.update", 429, "rateLimitExceeded"),
    "garbage": lambda s: s.faults.garbage("drafts.update"),
    "read-back lost": lambda s: s.faults.drop("drafts.get", nth=2),
}


@pytest.mark.parametrize("fault", REPLACE_FAULTS.values(), ids=REPLACE_FAULTS.keys())
def test_replacing_survives(
    fault: Callable[[GmailServer], object], server: GmailServer, account: Account, mailbox: GmailMailbox, thread: Thread
) -> None:
    first = mailbox.save_draft(REPLY, thread)
    fault(server)
    mailbox.replace_draft(first.draft_id, NEWER, thread)
    assert [b"his love" in draft.source.raw for draft in account.drafts] == [True]


def test_a_replacement_that_goes_astray_is_undone(account: Account, mailbox: GmailMailbox, thread: Thread) -> None:
    first = mailbox.save_draft(REPLY, thread)
    with pytest.raises(NotSavedError, match="the old one stands"):
        mailbox.replace_draft(first.draft_id, NEWER.replace(b"Re: Thank you", b"Other"), thread)
    assert b"says hello" in account.draft(first.draft_id).source.raw
    assert account.draft(first.draft_id).thread_id == thread.id


def test_replacing_what_is_gone(mailbox: GmailMailbox, thread: Thread) -> None:
    with pytest.raises(NotSavedError, match="no longer there"):
        mailbox.replace_draft("r1", NEWER, thread)


@pytest.mark.parametrize("fault", ["drop before", "drop after", "503"])
def test_deleting_is_repeated_until_it_is_done(
    fault: str, server: GmailServer, account: Account, mailbox: GmailMailbox, thread: Thread
) -> None:
    stored = mailbox.save_draft(REPLY, thread)
    if fault == "503":
        server.faults.error("drafts.delete", 503)
    else:
        server.faults.drop("drafts.delete", after=fault.endswith("after"))
    mailbox.delete_draft(stored.draft_id)
    assert not account.drafts
    mailbox.delete_draft(stored.draft_id)


def test_other_drafts_are_never_touched(account: Account, mailbox: GmailMailbox, thread: Thread) -> None:
    mine = account.user.start_draft(b"To: jane@film.example\nSubject: Re: Thank you\n\nmy own", thread.id)
    stored = mailbox.save_draft(REPLY, thread)
    mailbox.delete_draft(stored.draft_id)
    assert account.draft(mine.draft_id).source.raw == mine.source.raw


def test_find_after_edit_gives_the_edited_text(account: Account, mailbox: GmailMailbox, thread: Thread) -> None:
    stored = mailbox.save_draft(REPLY, thread)
    account.user.edit_draft(stored.draft_id, text="I wrote this myself")
    find = partial(mailbox.find_drafts, draft_id=stored.draft_id)
    assert b"I wrote this myself" in find()[0].raw
    account.user.delete_draft(stored.draft_id)
    assert find() == ()
