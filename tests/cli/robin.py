"""A user of Gmail with as many contacts as wanted, whom everything can happen to; and what must hold after it."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerProcess
from types import SimpleNamespace

import pytest

from tests.cli import child
from tests.cli.conftest import GmailUser, Ran, User
from tests.gmail_server import Fault, GmailServer, Kind, Limits
from tests.gmail_server.client import ME, mail
from thread_finder.mailboxes.gmail import GmailMailbox
from thread_finder.mailboxes.gmail_tokens import TokenStore

CONFIG = """
[owner]
name = "Robin Vale"
emails = ["{me}"]
introduction = "the film student who wrote to you about your work"
signature = "Robin Vale"
[[owner.updates]]
date = 2026-09-01
text = "I've started work as an editor"
[account]
type = "gmail"
api_root = "{root}"
units_per_minute = 1_000_000
[contacts]
path = "contacts.csv"
"""
ASK = "My name is Robin and I study film. Could we meet for a coffee on Tuesday to talk about your work?"
YES = "Gladly. Tuesday at ten in the café by the river works for me."
NAMES = ("Ada", "Ben", "Cleo", "Dov", "Elsa", "Finn", "Gus", "Hana", "Ivo", "June")


class Robin(GmailUser):
    """A user with as many contacts as wanted, one thread with each."""

    def sign_in(self) -> None:
        TokenStore(self.state).save("default", json.dumps(self.server.authorized_user()))

    def draft(self) -> Ran:
        return self.at("draft", "--all", "--json")

    def killed(self, deadly: Fault, *, calls_after_a_create: bool = False) -> bool:
        """Draft in a process of its own that the fault kills; whether it did.

        The fault may count calls from the first create of the run on.
        """
        running: list[ForkServerProcess] = []
        deadly.then = lambda: os.kill(running[0].pid or 0, signal.SIGKILL)
        faults = self.server.faults
        if calls_after_a_create:
            faults.add(Fault(Kind.SLOW, "drafts.create", after=True, then=lambda: faults.add(deadly)))
        else:
            faults.add(deadly)
        running.append(child.start(["draft", "--all", "--as-of", "2026-11-24"], self.environment))
        running[0].join(60)
        faults.clear()
        assert running[0].exitcode in {0, -signal.SIGKILL}
        return running[0].exitcode != 0

    @property
    def drafted(self) -> Counter[str]:
        """To whom there are how many drafts."""
        return Counter(draft.words["to"].split()[0] for draft in self.account.drafts)


Arrive = Callable[[int], Robin]


@pytest.fixture
def arrive(user: User, monkeypatch: pytest.MonkeyPatch) -> Iterator[Arrive]:
    servers: list[GmailServer] = []
    # Real retries, but nobody waits between them.
    defaults = GmailMailbox.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "sleep", lambda _: None)
    monkeypatch.setattr("google.auth._exponential_backoff.time", SimpleNamespace(sleep=lambda _: None), raising=False)

    def arrive(count: int) -> Robin:
        server = GmailServer(limits=Limits(units=10**9))
        servers.append(server)
        server.start()
        account = server.add_account(ME, "Robin Vale")
        for name in NAMES[:count]:
            email = f"{name.lower()}@film.example"
            ask = account.add(
                mail("A question", ASK, sender=f"Robin <{ME}>", To=email, Message_ID=f"<a{name}@x.example>"), ("SENT",)
            )
            fields = {"References": ask.rfc_id, "In_Reply_To": ask.rfc_id, "Message_ID": f"<b{name}@x.example>"}
            account.add(mail("Re: A question", YES, sender=f"{name} Holm <{email}>", **fields))
            account.add(mail("News", "The rushes are in.", sender=f"{name} Holm <{email}>"))
        robin = Robin(user.folder, user.environment, server)
        robin.config.write_text(CONFIG.format(me=ME, root=server.api_root), encoding="utf-8")
        robin.config.chmod(0o600)
        rows = "".join(f"{name} Holm,{name.lower()}@film.example\n" for name in NAMES[:count])
        robin.config.with_name("contacts.csv").write_text(f"name,emails\n{rows}", encoding="utf-8")
        robin.sign_in()
        server.journal.reset()
        return robin

    yield arrive
    for server in servers:
        server.stop()


def make_whole(robin: Robin, count: int) -> None:
    """With nothing in the way any more, the same command ends with one draft each."""
    robin.server.faults.clear()
    robin.sign_in()
    ran = robin.draft()
    assert ran.code == 0, ran
    assert all(done["action"] in {"created", "updated", "kept"} for done in ran.json), ran.out
    assert all(done["verified"] for done in ran.json), ran.out
    assert sorted(robin.drafted.values()) == [1] * count
    assert robin.server.journal.sends == 0
    assert not robin.account.ghosts


def accounted_for(ran: Ran, robin: Robin, count: int) -> None:
    """done + failed = asked; each failure says why; nothing is called done that is not there."""
    assert "Traceback" not in ran.out + ran.err
    assert "our fault" not in ran.err, ran.err
    assert max(robin.drafted.values(), default=0) <= 1, "never two"
    if isinstance(ran.json, dict):  # it could not even begin
        assert ran.json["error"]["message"]
        assert ran.json["error"]["to_do"]
        assert ran.code == ran.json["error"]["exit_code"] in {5, 8, 9}
        assert not robin.account.drafts
        return
    assert len(ran.json) == count
    refused = [done for done in ran.json if done["action"] == "refused"]
    assert all(done["why"] for done in refused)
    made = {done["draft_id"] for done in ran.json if done["action"] != "refused"}
    assert made <= {draft.draft_id for draft in robin.account.drafts}
    if len(refused) == count:
        assert ran.code in {5, 7, 8, 9}, ran
    else:
        assert ran.code == (1 if refused else 0)


FAULTS: dict[str, Callable[[Robin, str], object]] = {
    "500 once": lambda r, m: r.server.faults.error(m, 500),
    "503 for ever": lambda r, m: r.server.faults.error(m, 503, times=0),
    "500 after": lambda r, m: r.server.faults.error(m, 500, nth=2, after=True),
    "dropped before": lambda r, m: r.server.faults.drop(m),
    "dropped after": lambda r, m: r.server.faults.drop(m, after=True),
    "dropped after, second": lambda r, m: r.server.faults.drop(m, nth=2, after=True),
    "dropped for ever": lambda r, m: r.server.faults.drop(m, nth=2, times=0),
    "half of them": lambda r, m: r.server.faults.half_of(m),
    "half of them 500": lambda r, m: r.server.faults.half_of(m, 500, "backendError", after=True),
    "too fast, 429": lambda r, m: r.server.faults.error(m, 429, "rateLimitExceeded", times=3, retry_after=2),
    "too fast, 403": lambda r, m: r.server.faults.error(m, 403, "userRateLimitExceeded", times=2),
    "the day's quota": lambda r, m: r.server.faults.error(m, 403, "dailyLimitExceeded", nth=2, times=0),
    "not allowed": lambda r, m: r.server.faults.error(m, 403, "insufficientPermissions", nth=2, times=0),
    "signed out": lambda r, m: r.server.faults.error(m, 401, "authError", nth=2, times=0),
    "run out": lambda r, m: r.server.faults.add(Fault(Kind.SLOW, m, nth=2, then=r.server.oauth.expire_access)),
    "taken back": lambda r, m: r.server.faults.add(Fault(Kind.SLOW, m, nth=2, then=r.server.oauth.revoke)),
    "no JSON": lambda r, m: r.server.faults.garbage(m),
    "half an answer": lambda r, m: r.server.faults.truncated(m),
    "another's answer": lambda r, m: r.server.faults.wrong_json(m),
    "a proxy's page": lambda r, m: r.server.faults.html(m, nth=2),
}


def every_fault(method: str, robin: Robin, fault: str, count: int) -> None:
    """Draft with the fault in the way, then without it."""
    FAULTS[fault](robin, method)
    accounted_for(robin.draft(), robin, count)
    make_whole(robin, count)


def killed_again_and_again(robin: Robin, run: Callable[[int], bool]) -> int:
    """Run after run is killed at the same step of one more contact, until all have come through it; how often."""
    kills = 0
    while run(kills):
        kills += 1
        assert max(robin.drafted.values(), default=0) <= 1, "never two"
        assert kills <= 12, "each run gets further than the one before"
    return kills
