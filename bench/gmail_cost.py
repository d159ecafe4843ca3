"""What Gmail costs: python bench/gmail_cost.py [--quick]. Units, round trips, time and CPU, against the test server.

The server runs as a process of its own over a mailbox of 50,000 messages. Times at three latencies are without waiting for
the quota (it is set high); the last part runs 1,000 people at 6,000 units a minute, with minutes of three seconds.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench import gmail_mailbox  # noqa: E402 - after the path to it
from thread_finder.app.finding import Failure, find_threads  # noqa: E402
from thread_finder.app.letters import Wishes  # noqa: E402
from thread_finder.app.run import Run  # noqa: E402
from thread_finder.app.session import Session, open_session  # noqa: E402
from thread_finder.finding.lexicon import search_words  # noqa: E402
from thread_finder.mailboxes.gmail import GmailMailbox  # noqa: E402
from thread_finder.mailboxes.gmail_auth import credentials, login_with_token  # noqa: E402
from thread_finder.mailboxes.gmail_quota import Limiter  # noqa: E402
from thread_finder.model import Finding  # noqa: E402

NOW = datetime(2026, 11, 24, 9, tzinfo=ZoneInfo("Europe/Amsterdam"))
MINUTE = 3.0  # seconds, in the run at the quota
CONFIG = f"""
[owner]
name = "Robin Vale"
emails = ["{gmail_mailbox.OWNER}"]
introduction = "the film student who wrote to you about your work"
signature = "Robin Vale"
[[owner.updates]]
date = 2026-09-01
text = "I've started work as an editor"
[account]
type = "gmail"
[contacts]
path = "contacts.csv"
"""


@dataclass(frozen=True)
class Bench:
    """The server's addresses, the session, and where state goes."""

    root: str
    session: Session
    folder: Path

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Read or turn something of the server's."""
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f"{self.root}__test__/{path}", data) as answer:
            return json.loads(answer.read())

    def mailbox(self, run: str, limiter: Limiter | None = None) -> GmailMailbox:
        """The mailbox with a cache of its own for each ``run``."""
        return GmailMailbox(
            credentials("bench", self.folder),
            account=run,
            state=self.folder,
            api_root=self.root,
            words=search_words(),
            limiter=limiter or Limiter(10**9),
        )

    def find(self, mailbox: GmailMailbox, count: int) -> list[Finding | Failure]:
        """The findings for the first ``count`` people."""
        people = self.session.contacts[:count]
        return list(find_threads(self.session, mailbox, people))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="up to 100 people, without the run at the quota")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as bench:
        counts = (1, 10, 25, 100) if quick else (1, 10, 25, 100, 1000)
        print(f"{gmail_mailbox.MESSAGES:,} messages; units are Gmail's quota units, trips are sequential HTTP requests")
        print(f"{'':22}{'people':>7}{'units':>8}{'each':>7}{'trips':>7}{'seconds':>9}{'CPU ms each':>13}")
        for latency in (0.0, 0.05, 0.2):
            bench.ask("settings", {"latency": latency})
            for count in counts:
                find(bench, f"find at {latency * 1000:.0f} ms", count, f"{latency}-{count}")
        bench.ask("settings", {"latency": 0.0})
        find(bench, "the same again", counts[-1], f"0.0-{counts[-1]}")
        draft(bench, counts[-1])
        if not quick:
            at_the_quota(bench)


def find(bench: Bench, what: str, count: int, run: str) -> None:
    """Find for ``count`` people and print what it took."""
    bench.ask("reset", {})
    started, cpu = time.perf_counter(), time.process_time()
    mailbox = bench.mailbox(run)
    found = bench.find(mailbox, count)
    mailbox.close()
    report(bench, what, count, time.perf_counter() - started, time.process_time() - cpu)
    complain(found)


def draft(bench: Bench, count: int) -> None:
    """Find and draft for ``count`` people, every draft verified."""
    bench.ask("reset", {})
    started, cpu = time.perf_counter(), time.process_time()
    mailbox = bench.mailbox("draft")
    with bench.session.ledger() as ledger:
        run = Run(bench.session, mailbox, ledger)
        outcomes = list(run.draft(bench.session.contacts[:count], replace(Wishes(), despite=frozenset({"sameness"}))))
    mailbox.close()
    report(bench, "find and draft", count, time.perf_counter() - started, time.process_time() - cpu)
    made, drafts = sum(o.action == "created" and o.verified for o in outcomes), bench.ask("drafts")
    print(
        f"{'':22}{made} created and verified, {len(drafts)} drafts on the server, {sum(d['ghost'] for d in drafts)} ghosts"
    )
    for why in sorted({o.why for o in outcomes if o.action != "created"}):
        print(f"{'':22}not drafted: {why}")


def at_the_quota(bench: Bench) -> None:
    """1,000 people at 6,000 units a minute; a minute lasts three seconds here and for the server."""
    bench.ask("settings", {"units": 6000, "window": MINUTE})
    time.sleep(MINUTE)  # what was spent before is none of this limiter's
    bench.ask("reset", {})
    scale = 60.0 / MINUTE
    limiter = Limiter(6000, clock=lambda: time.monotonic() * scale, sleep=lambda seconds: time.sleep(seconds / scale))
    started = time.perf_counter()
    mailbox = bench.mailbox("quota", limiter)
    found = bench.find(mailbox, gmail_mailbox.PEOPLE)
    journal = bench.ask("journal")
    minutes = (time.perf_counter() - started) / MINUTE
    lost = sum(isinstance(f, Failure) for f in found)
    print(
        f"1,000 people at 6,000 units a minute: {minutes:.0f} minutes, {journal['refused']} calls refused, {lost} people lost"
    )


def report(bench: Bench, what: str, count: int, seconds: float, cpu: float) -> None:
    journal = bench.ask("journal")
    units, trips = journal["units"], journal["sequential_round_trips"]
    print(
        f"{what:22}{count:7}{units:8}{units / count:7.1f}{trips:7}{seconds:9.2f}{cpu * 1000 / count:13.1f}", flush=True
    )


def complain(found: Sequence[Finding | Failure]) -> None:
    for failure in found:
        if isinstance(failure, Failure):
            print(f"  FAILED {failure.contact.name}: {failure.why}")


@contextmanager
def server(folder: Path) -> Iterator[Bench]:
    """The mailbox written, the server started, the config made."""
    gmail_mailbox.write(folder / "all.mbox")
    command = [
        sys.executable,
        "-m",
        "tests.gmail_server",
        "--mbox",
        str(folder / "all.mbox"),
        "--owner",
        gmail_mailbox.OWNER,
    ]
    command += ["--state-file", str(folder / "server.json"), "--units-per-minute", str(10**9)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        state = json.loads(process.stdout.readline())
        (folder / "config.toml").write_text(CONFIG)
        (folder / "config.toml").chmod(0o600)
        people = "".join(",".join(gmail_mailbox.person(n)) + "\n" for n in range(gmail_mailbox.PEOPLE))
        (folder / "contacts.csv").write_text("name,emails\n" + people)
        login_with_token(
            Path(state["token_file"]),
            account="bench",
            state=folder,
            owner=(gmail_mailbox.OWNER,),
            api_root=state["api_root"],
        )
        yield Bench(state["api_root"], open_session(folder / "config.toml", folder, NOW), folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


if __name__ == "__main__":
    main()
