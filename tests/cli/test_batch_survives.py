"""A batch of twenty that is killed, run twice at once, or short of disk: twenty drafts in the end, and nothing lost."""

from __future__ import annotations

import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import GmailUser, User

PEOPLE = 20
KILLS = 50
BATCH = ("batch", "--yes", "--json", "--as-of", "2026-11-24")
Mortal = Callable[[int], dict[str, Any]]


def prepare(user: User) -> None:
    """Twenty people whose letters can all be drafted."""
    with user.config.open("a") as file:
        file.write("\n[cadence]\nper_month = 100\n")
    ran = user.at("batch", "--dry-run", "--json")
    names = [one["contact"] for one in ran.json["drafts"] if one["action"] == "created"][:PEOPLE]
    head, *entries = user.contacts.read_text().split("[[contact]]")
    fit = [entry for entry in entries if any(f'name = "{name}"' in entry for name in names)]
    user.contacts.write_text("[[contact]]".join([head, *fit]))


@pytest.fixture
def mortal(user: User) -> Iterator[Mortal]:
    """Run the batch so that it dies at a moment; 0 is never. See mortal.py."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("mortal.py"))],
        env=user.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout

    def order(die_at: int, arguments: Sequence[str] = BATCH) -> dict[str, Any]:
        assert process.stdin
        assert process.stdout
        line = {"arguments": arguments, "environment": user.environment, "die_at": die_at}
        process.stdin.write(json.dumps(line) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())  # type: ignore[no-any-return]

    prepare(user)
    with process:  # at its end the input is closed, which ends the other side
        warm = order(0, ("batch", "--dry-run", "--json", "--as-of", "2026-11-24"))
        assert '"asked": 20' in warm["out"], warm
        yield order
        process.stdin.close()


def recipients(raws: Sequence[bytes]) -> Counter[str]:
    messages = [message_from_bytes(raw, policy=policy.default) for raw in raws]
    return Counter(message["To"].addresses[0].addr_spec for message in messages)


def forget(user: User) -> None:
    """As before the first batch: the index of the archive stays."""
    for path in user.state.glob("ledger*"):
        path.unlink()
    shutil.rmtree(user.state / "edits", ignore_errors=True)


def states(user: User) -> Counter[str]:
    with sqlite3.connect(user.state / "ledger.sqlite") as ledger:
        return Counter(state for (state,) in ledger.execute("SELECT state FROM drafts"))


def kill_and_rerun(user: User, mortal: Mortal, drafts: Callable[[], list[bytes]], clear: Callable[[], None]) -> None:
    """Batches of twenty, each killed again and again until it is through, until there were enough kills."""
    moments = mortal(0)["moments"]
    assert moments > 4 * PEOPLE
    everybody = recipients(drafts())
    assert everybody.total() == len(everybody) == PEOPLE
    rng = random.Random(20261124)
    kills = 0
    while kills < KILLS:
        clear()
        forget(user)
        while (ran := mortal(rng.randint(1, moments)))["code"] == -signal.SIGKILL:
            kills += 1
            assert max(recipients(drafts()).values(), default=0) <= 1, "never two for one"
        assert ran["code"] == 0, ran["err"]
        assert recipients(drafts()) == everybody
        assert states(user) == {"drafted": PEOPLE}


def test_killed_at_any_moment_and_run_again_there_are_twenty_drafts_on_disk(user: User, mortal: Mortal) -> None:
    def drafts() -> list[bytes]:
        return [path.read_bytes() for path in user.saved() if path.parent.name != "tmp"]

    kill_and_rerun(user, mortal, drafts, lambda: shutil.rmtree(user.drafts))


def test_killed_at_any_moment_and_run_again_there_are_twenty_drafts_in_gmail(
    signed_in: GmailUser, mortal: Mortal
) -> None:
    account = signed_in.account
    there = {draft.draft_id for draft in account.drafts}

    def mine() -> list[Any]:
        return [draft for draft in account.drafts if draft.draft_id not in there]

    def clear() -> None:
        for draft in mine():
            account.user.delete_draft(draft.draft_id)

    kill_and_rerun(signed_in, mortal, lambda: [draft.source.raw for draft in mine()], clear)
    assert signed_in.server.journal.sends == 0
