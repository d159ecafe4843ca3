"""The limiter: never more than the quota in any minute, whoever asks, and no longer a wait than that takes."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.gmail_server import Account, GmailServer
from tests.gmail_server.client import ME, mail
from thread_finder.mailboxes.base import Request
from thread_finder.mailboxes.gmail import GmailMailbox
from thread_finder.mailboxes.gmail_quota import UNITS, Limiter, shared_limiter
from thread_finder.mailboxes.gmail_requests import Requests

ROOT = Path(__file__).parents[2]


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept.append(seconds)
        self.now += seconds


def spend(limiter: Limiter, units: int) -> None:
    with limiter.spending(units):
        pass


@given(
    spends=st.lists(st.tuples(st.integers(1, 1000), st.floats(0, 30)), max_size=80),
    limit=st.integers(1000, 6000),
)
def test_no_minute_ever_holds_more_than_the_limit(spends: list[tuple[int, float]], limit: int) -> None:
    clock = Clock()
    limiter = Limiter(limit, clock=clock.time, sleep=clock.sleep)
    log: list[tuple[float, int]] = []
    for units, idle in spends:
        clock.now += idle
        spend(limiter, units)
        log.append((clock.now, units))
    for start, _ in log:
        assert sum(units for at, units in log if start <= at <= start + 60) <= limit
    assert limiter.spent == sum(units for units, _ in spends)


def test_a_burst_goes_through_at_once_and_the_rest_waits_a_minute() -> None:
    clock = Clock()
    limiter = Limiter(6000, clock=clock.time, sleep=clock.sleep)
    for _ in range(60):
        spend(limiter, 100)
    assert clock.slept == []
    assert 60 <= limiter.wait_for(100) <= 65
    spend(limiter, 100)
    assert 60 <= sum(clock.slept) <= 65


def test_more_than_the_limit_at_once_does_not_hang() -> None:
    clock = Clock()
    limiter = Limiter(100, clock=clock.time, sleep=clock.sleep)
    spend(limiter, 500)
    spend(limiter, 500)
    assert limiter.spent == 1000


def test_threads_share_one_limiter() -> None:
    clock = Clock()
    limiter = Limiter(10_000, clock=clock.time, sleep=clock.sleep)

    def work() -> None:
        for _ in range(100):
            spend(limiter, 5)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert limiter.spent == 4000


def test_units_count_from_the_answer_on() -> None:
    """Gmail charges when it gets to it: a request under way counts as if it were charged at its end."""
    clock = Clock()
    limiter = Limiter(100, clock=clock.time, sleep=clock.sleep)
    with limiter.spending(100):
        clock.now += 30
    before = clock.now
    spend(limiter, 100)
    assert clock.now >= before + 60


def test_a_request_that_died_on_the_way_counts_until_it_must_have_ended() -> None:
    clock = Clock()
    limiter = Limiter(100, clock=clock.time, sleep=clock.sleep)
    limiter._begin(100)  # and the process is killed
    spend(limiter, 100)
    assert 120 <= clock.now <= 123


def test_processes_share_what_they_spend(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib, time\n"
        "from thread_finder.mailboxes.gmail_quota import shared_limiter\n"
        "limiter = shared_limiter(pathlib.Path(sys.argv[1]), 'a', '', 10**6)\n"
        "for _ in range(200):\n"
        "    with limiter.spending(5): pass\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT) for _ in range(3)]
    assert [run.wait(60) for run in runs] == [0, 0, 0]
    now = time.time()
    room = shared_limiter(tmp_path, "a", "", 3100)
    assert room.wait_for(100) == 0
    assert room.wait_for(101) > 0
    assert shared_limiter(tmp_path, "b", "", 3100).wait_for(3100) == 0
    assert time.time() - now < 30, "or the minute may have passed"


def test_a_damaged_or_unwritable_record_costs_only_the_sharing(tmp_path: Path) -> None:
    limiter = shared_limiter(tmp_path, "a", "", 1000)
    spend(limiter, 5)
    (record,) = (tmp_path / "gmail").iterdir()
    record.write_bytes(b"\xff" * 1001)
    spend(limiter, 5)
    assert limiter.wait_for(995) == 0
    assert limiter.wait_for(996) > 0
    (tmp_path / "file").touch()
    spend(shared_limiter(tmp_path / "file", "a", ""), 5)


def test_every_request_has_a_price(server: GmailServer, open_mailbox: Callable[..., GmailMailbox]) -> None:
    ask = open_mailbox()._caller.ask
    calls = [
        ask.profile(), ask.identities(), ask.messages("q"), ask.message("1"), ask.thread("1"), ask.attachment("1", "2"),
        ask.history("1"), ask.drafts(), ask.draft("1"), ask.create_draft(b"x", ""), ask.update_draft("1", b"x", ""),
        ask.delete_draft("1"),
    ]  # fmt: skip
    assert {call.request.methodId for call in calls} == set(UNITS)
    assert len(calls) == len([name for name in vars(Requests) if not name.startswith("_")])


def test_server_and_program_count_alike(
    server: GmailServer, account: Account, open_mailbox: Callable[..., GmailMailbox]
) -> None:
    for number in range(5):
        account.add(mail(f"Lunch {number}", sender=f"p{number}@x.example"))
    mailbox = open_mailbox()
    mailbox.identities()
    list(mailbox.search([Request(str(n), (f"p{n}@x.example",), (ME,)) for n in range(5)]))
    mailbox.find_drafts(to="p1@x.example")
    stored = mailbox.save_draft(b"To: p1@x.example\nMessage-ID: <a@b>\nSubject: x\n\nx", None)
    mailbox.replace_draft(stored.draft_id, b"To: p1@x.example\nMessage-ID: <a@b>\nSubject: x\n\ny", None)
    mailbox.delete_draft(stored.draft_id)
    assert mailbox.units_spent == server.journal.units


def test_a_long_run_stays_within_the_server_s_minute(
    server: GmailServer, account: Account, open_mailbox: Callable[..., GmailMailbox]
) -> None:
    """A minute of half a second, and a limit that the run needs several times over."""
    for number in range(60):
        account.add(mail("Lunch", sender=f"p{number}@x.example"))
    server.limits.units, server.limits.window = 1200, 0.5
    scale = 62.0 / 0.7

    class Fast(Clock):
        def time(self) -> float:
            return time.monotonic() * scale

        def sleep(self, seconds: float) -> None:
            time.sleep(seconds / scale)

    clock = Fast()
    mailbox = open_mailbox(limiter=Limiter(1200, clock=clock.time, sleep=clock.sleep))
    answers = list(mailbox.search([Request(str(n), (f"p{n}@x.example",), (ME,)) for n in range(60)]))
    assert all(answer.threads for answer in answers)
    assert not [call for call in server.journal.calls if call.status >= 400]
