"""Reading Gmail: the right threads, whole, for few units, and what changed only the second time."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gmail_server import Account, GmailServer
from tests.gmail_server.client import ME, mail
from thread_finder.errors import SignInError, UnavailableError
from thread_finder.mailboxes import gmail
from thread_finder.mailboxes.archive import ArchiveMailbox
from thread_finder.mailboxes.base import Request
from thread_finder.mailboxes.gmail import GmailMailbox
from thread_finder.mailboxes.gmail_reader import GROUP
from thread_finder.model import Label, Message

ROOT = Path(__file__).parents[2]
Open = Callable[..., GmailMailbox]
OWNER = (ME,)
INVITE = b"""BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
UID:1
SUMMARY:Coffee
DTSTART:20230714T090000Z
ORGANIZER:mailto:ann@x.example
END:VEVENT
END:VCALENDAR
"""


def request(*addresses: str) -> Request:
    return Request(addresses[0], addresses, OWNER)


def subjects(mailbox: GmailMailbox, *addresses: str) -> list[str]:
    (answer,) = mailbox.search([request(*addresses)])
    assert not answer.problem
    return [thread.subject for thread in answer.threads]


def exchange(account: Account, name: str, turns: int = 2, day: int = 1, subject: str = "Coffee") -> None:
    """A thread of ``turns`` messages to and fro between ``name`` and the owner."""
    parent: dict[str, str] = {}
    for turn in range(turns):
        them, number = f"{name}@x.example", f"<{name}-{subject}-{day}-{turn}@x.example>".replace(" ", "")
        people = {"sender": them, "To": ME} if turn % 2 else {"sender": ME, "To": them}
        date = f"{day % 28 + 1} Jul {2015 + day // 28} {10 + turn}:00:00 +0000"
        raw = mail(subject, f"words of turn {turn}", **people, **parent, Message_ID=number, Date=date)
        account.add(raw, ("SENT",) if not turn % 2 else ("INBOX",))
        parent = {"References": number}


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the mailbox count as one that is not read whole."""
    monkeypatch.setattr(gmail, "SMALL_MAILBOX", 0)


# --- what is found --------------------------------------------------------------------------------------


SAMPLE = ROOT / "thread_finder" / "demo"


def test_same_mail_same_messages_as_the_archive(server: GmailServer, open_mailbox: Open, tmp_path: Path) -> None:
    """Over the demo's sample mailbox: every contact's threads, message by message."""
    server.account(ME).load_mbox(SAMPLE / "sample.mbox")
    owner = (
        "imke@tussenklank.example",
        "i.halloran@quillon-acoustics.example",
        "imke.halloran@student.dunmarra.example",
    )
    answers = json.loads((SAMPLE / "answers.json").read_text("utf-8"))
    requests = [Request(key, tuple(answer["emails"]), (*owner, ME)) for key, answer in answers.items()]
    archive = ArchiveMailbox([SAMPLE / "sample.mbox"], state=tmp_path / "a", drafts=tmp_path / "d", owner=owner)
    for there, here in zip(archive.search(requests), open_mailbox().search(requests), strict=True):
        expected = {t.id.lstrip("0"): [_kept(m) for m in t.messages] for t in there.threads}
        found = {t.id.lstrip("0"): [_kept(m) for m in t.messages] for t in here.threads}
        assert found == expected, here.key
    archive.close()


def _kept(m: Message) -> tuple[object, ...]:
    return (
        m.message_id, m.date, m.from_, m.to, m.cc, m.subject, m.references, m.labels, m.automatic, m.new_text,
        m.quoted_text, m.signature, m.calendar,
    )  # fmt: skip


def test_all_places_and_all_messages_of_a_thread(account: Account, open_mailbox: Open) -> None:
    first = account.add(mail("Lunch", Message_ID="<1@x.example>"))
    account.add(mail("Re: Lunch", sender="Bob <bob@y.example>", References="<1@x.example>", Message_ID="<2@y.example>"))
    account.user.trash(account.add(mail("Old", Message_ID="<3@x.example>")))
    account.user.mark_spam(account.add(mail("Win", Message_ID="<4@x.example>")))
    account.user.start_draft(b"To: ann@x.example\nSubject: Re: Lunch\nReferences: <1@x.example>\n\nd", first.thread_id)
    (answer,) = open_mailbox().search([request("ann@x.example")])
    found = {m.subject + str(sorted(m.labels)) for thread in answer.threads for m in thread.messages}
    assert {s.split("[")[0] for s in found} == {"Lunch", "Re: Lunch", "Old", "Win"}
    labels = {m.message_id: m.labels for t in answer.threads for m in t.messages}
    assert Label.TRASH in labels["<3@x.example>"]
    assert Label.SPAM in labels["<4@x.example>"]
    assert any(Label.DRAFT in marks for marks in labels.values())


def test_vague_matches_of_the_search_are_left_out(account: Account, open_mailbox: Open) -> None:
    account.add(mail("Real", sender="ann@x.example"))
    account.add(mail("Other", sender="mary-ann@x.example"))
    account.add(mail("Trap", sender='"ann@x.example" <evil@z.example>'))
    assert subjects(open_mailbox(), "ann@x.example") == ["Real"]


def test_all_addresses_of_a_person_and_odd_ones(account: Account, open_mailbox: Open) -> None:
    exchange(account, "ann", subject="One")
    exchange(account, "ann.lee+news", subject="Two", day=9)
    assert subjects(open_mailbox(), "ann@x.example", "ann.lee+news@x.example", 'odd"{addr@x.example') == ["One", "Two"]
    assert subjects(open_mailbox(), "nobody@x.example") == []


def test_the_calendar_part_is_fetched(account: Account, open_mailbox: Open) -> None:
    from email.message import EmailMessage

    message = EmailMessage()
    for name, value in {"From": "ann@x.example", "To": ME, "Subject": "Invitation", "Message-ID": "<i@x>"}.items():
        message[name] = value
    message.set_content("see invitation")
    message.add_attachment(INVITE, maintype="text", subtype="calendar", filename="invite.ics")
    account.add(message.as_bytes())
    (answer,) = open_mailbox().search([request("ann@x.example")])
    assert answer.threads[0].messages[0].calendar[0].summary == "Coffee"


def test_what_an_alias_wrote_was_sent(account: Account, open_mailbox: Open) -> None:
    account.add(mail("Hi", sender="old@school.example", To="ann@x.example"), ())
    (answer,) = open_mailbox().search([Request("ann", ("ann@x.example",), (ME, "old@school.example"))])
    assert answer.threads[0].messages[0].labels == {Label.SENT}


def test_identities_are_the_verified_addresses(account: Account, open_mailbox: Open) -> None:
    account.alias("old@school.example", "Me Then", "<b>Me</b>")
    account.alias("new@work.example", verified=False)
    first, second = open_mailbox().identities()
    assert (first.address.email, first.default) == (ME, True)
    assert (second.address.email, second.address.name, second.signature_html) == (
        "old@school.example",
        "Me Then",
        "<b>Me</b>",
    )


def test_another_person_s_account_is_refused(account: Account, open_mailbox: Open) -> None:
    with pytest.raises(SignInError, match="none of your addresses") as refused:
        list(open_mailbox().search([Request("ann", ("ann@x.example",), ("else@x.example",))]))
    assert "login" in refused.value.to_do
    account.alias("else@x.example")
    assert list(open_mailbox().search([Request("ann", ("ann@x.example",), ("else@x.example",))]))


# --- what it costs --------------------------------------------------------------------------------------


def test_a_second_search_reads_only_what_changed(server: GmailServer, account: Account, open_mailbox: Open) -> None:
    for number in range(30):
        exchange(account, f"p{number}")
    requests = [request(f"p{number}@x.example") for number in range(30)]
    first = list(open_mailbox().search(requests))
    server.journal.reset()
    assert list(open_mailbox().search(requests)) == first
    assert server.journal.units < 10
    account.user.receive(mail("Re: Coffee", "news", sender="p3@x.example", References="<p3-Coffee-1-1@x.example>"))
    server.journal.reset()
    again = list(open_mailbox().search(requests))
    assert server.journal.count("threads.get") == 1
    assert len(again[3].threads[0].messages) == 3
    assert [a for i, a in enumerate(again) if i != 3] == [a for i, a in enumerate(first) if i != 3]


def test_changes_that_history_tells(server: GmailServer, account: Account, open_mailbox: Open) -> None:
    exchange(account, "ann")
    exchange(account, "ann", subject="Later", day=40)
    assert subjects(open_mailbox(), "ann@x.example") == ["Coffee", "Later"]
    (first, *_) = account.by_message_id("<ann-Coffee-1-0@x.example>")
    account.user.trash(first)
    (answer,) = open_mailbox().search([request("ann@x.example")])
    assert Label.TRASH in answer.threads[0].messages[0].labels
    for entry in list(account.thread(first.thread_id)):
        account.user.delete_forever(entry)
    assert subjects(open_mailbox(), "ann@x.example") == ["Later"]


def test_a_cursor_that_is_too_old_reads_anew(account: Account, open_mailbox: Open) -> None:
    exchange(account, "ann")
    assert subjects(open_mailbox(), "ann@x.example") == ["Coffee"]
    account.store.expire_history()
    exchange(account, "ann", subject="Later", day=40)
    assert subjects(open_mailbox(), "ann@x.example") == ["Coffee", "Later"]


def test_a_damaged_or_forbidden_cache_is_no_cache(account: Account, open_mailbox: Open, tmp_path: Path) -> None:
    exchange(account, "ann")
    assert subjects(open_mailbox(), "ann@x.example") == ["Coffee"]
    files = [path for path in (tmp_path / "state").rglob("*") if path.is_file() and "token" not in path.name]
    assert files
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)
    for path in files:
        path.write_bytes(b"\x1f\x8b damaged")
        assert subjects(open_mailbox(), "ann@x.example") == ["Coffee"]


def test_a_large_mailbox_costs_at_most_100_units_a_contact(
    server: GmailServer, account: Account, open_mailbox: Open, large: None
) -> None:
    for number in range(GROUP * 2):
        for day in range(1 + number % 9):
            exchange(account, f"p{number}", turns=1 + day % 3, day=day * 30, subject=f"Matter {day}")
    for count in (1, 10, GROUP * 2):
        server.journal.reset()
        answers = list(open_mailbox(account=f"run{count}").search([request(f"p{n}@x.example") for n in range(count)]))
        assert server.journal.units <= 100 * count
        assert all(answer.threads for answer in answers)


def test_round_trips_for_25_are_at_most_twice_those_for_one(
    server: GmailServer, account: Account, open_mailbox: Open, large: None
) -> None:
    for number in range(25):
        for day in range(4):
            exchange(account, f"p{number}", day=day * 30, subject=f"Matter {day}")
    trips = []
    for count in (1, 25):
        server.journal.reset()
        list(open_mailbox(account=f"run{count}").search([request(f"p{n}@x.example") for n in range(count)]))
        trips.append(server.journal.sequential_round_trips)
    assert trips[1] <= 2 * trips[0]


def test_of_a_long_correspondence_the_early_real_exchange_is_read(
    account: Account, open_mailbox: Open, large: None
) -> None:
    account.add(mail("Newsletter 0", sender="ann@x.example", Date="Mon, 1 Jun 2015 10:00:00 +0000"))
    exchange(account, "ann", turns=4, day=1, subject="Shall we meet")
    for number in range(40):
        account.add(mail(f"Newsletter {number}", sender="ann@x.example"))
    assert "Shall we meet" in subjects(open_mailbox(), "ann@x.example")


# --- what goes wrong ------------------------------------------------------------------------------------

READ_FAULTS = {
    "drop": lambda s: s.faults.drop("messages.list"),
    "batch dropped": lambda s: s.faults.drop("batch"),
    "batch dropped twice": lambda s: s.faults.drop("batch", times=2),
    "batch 503": lambda s: s.faults.error("batch", 503),
    "batch garbage": lambda s: s.faults.garbage("batch"),
    "half an answer": lambda s: s.faults.truncated("batch"),
    "half of a batch": lambda s: s.faults.half_of("messages.list"),
    "half of the threads": lambda s: s.faults.half_of("threads.get", 403, "userRateLimitExceeded"),
    "500 for some": lambda s: s.faults.error("threads.get", 500, times=7),
    "garbage for one": lambda s: s.faults.garbage("threads.get", nth=3),
    "another answer": lambda s: s.faults.wrong_json("messages.list", nth=2, times=3),
    "another thread answer": lambda s: s.faults.wrong_json("threads.get", nth=2),
    "a proxy's page": lambda s: s.faults.html("getProfile", times=2),
    "quota with Retry-After": lambda s: s.faults.error("getProfile", 429, "rateLimitExceeded", retry_after=7),
    "token run out": lambda s: s.oauth.expire_access(),
    "token refused once": lambda s: s.faults.error("token", 503),
    "profile dropped": lambda s: s.faults.drop("getProfile", times=3),
}  # fmt: skip


@pytest.mark.parametrize("fault", READ_FAULTS.values(), ids=READ_FAULTS.keys())
def test_reading_survives_and_loses_nothing(
    fault: Callable[[GmailServer], object], server: GmailServer, account: Account, open_mailbox: Open
) -> None:
    for number in range(30):
        exchange(account, f"p{number}")
    requests = [request(f"p{number}@x.example") for number in range(30)]
    mailbox = open_mailbox()
    fault(server)
    if "token" in str(fault):
        server.oauth.expire_access()
    answers = list(mailbox.search(requests))
    assert [len(a.threads[0].messages) for a in answers] == [2] * 30
    assert not any(a.problem for a in answers)


def test_only_what_failed_is_asked_for_again(server: GmailServer, account: Account, open_mailbox: Open) -> None:
    for number in range(20):
        exchange(account, f"p{number}")
    server.faults.error("threads.get", 429, "rateLimitExceeded", nth=4)
    list(open_mailbox().search([request(f"p{number}@x.example") for number in range(20)]))
    assert server.journal.count("threads.get") == 21


def test_retry_after_is_honoured(server: GmailServer, open_mailbox: Open, pauses: list[float]) -> None:
    server.faults.error("getProfile", 429, "rateLimitExceeded", retry_after=37)
    list(open_mailbox().search([request("ann@x.example")]))
    assert 37 <= pauses[0] < 39


def test_too_many_at_once_makes_smaller_batches(server: GmailServer, account: Account, open_mailbox: Open) -> None:
    for number in range(25):
        exchange(account, f"p{number}")
    server.limits.concurrent = 8
    answers = list(open_mailbox().search([request(f"p{number}@x.example") for number in range(25)]))
    assert all(answer.threads for answer in answers)


def test_one_contact_s_trouble_is_one_contact_s(server: GmailServer, account: Account, open_mailbox: Open) -> None:
    for number in range(3):
        exchange(account, f"p{number}")
    server.faults.error("messages.list", 400, "invalidArgument", nth=2)
    one, two, three = open_mailbox().search([request(f"p{number}@x.example") for number in range(3)])
    assert (bool(one.threads), bool(two.threads), bool(three.threads)) == (True, False, True)
    assert "HTTP 400" in two.problem
    assert all(a.threads for a in open_mailbox().search([request(f"p{number}@x.example") for number in range(3)]))


def test_a_sign_in_that_dies_on_the_way_stops_and_goes_on_later(
    server: GmailServer, account: Account, open_mailbox: Open
) -> None:
    for number in range(GROUP + 5):
        exchange(account, f"p{number}")
    requests = [request(f"p{number}@x.example") for number in range(GROUP + 5)]
    answers = open_mailbox().search(requests)
    assert next(answers).threads
    for _ in range(GROUP - 1):
        next(answers)
    server.oauth.revoke()
    with pytest.raises(SignInError, match="no longer accepts") as stopped:
        next(answers)
    assert stopped.value.to_do == "run: thread-finder login"
    server.journal.reset()
    assert len(list(open_mailbox().search(requests))) == GROUP + 5
    assert server.journal.count("threads.get") == 5


def test_no_answer_at_all_is_said(server: GmailServer, open_mailbox: Open) -> None:
    server.faults.error("messages.list", 503, times=0)
    with pytest.raises(UnavailableError, match="HTTP 503"):
        list(open_mailbox().search([request("ann@x.example"), request("bob@x.example")]))


def test_progress_counts_contacts(account: Account, open_mailbox: Open) -> None:
    seen: list[tuple[str, int, int]] = []
    mailbox = open_mailbox(progress=lambda *told: seen.append(told))
    list(mailbox.search([request(f"p{number}@x.example") for number in range(30)]))
    assert seen == [("reading Gmail", 0, 30), ("reading Gmail", 25, 30), ("reading Gmail", 30, 30)]
