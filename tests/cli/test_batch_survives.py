"""A batch of twenty that is killed, run twice at once, or short of disk: twenty drafts in the end, and nothing lost."""

from __future__ import annotations

import json
import random
import resource
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

from tests.cli.conftest import Ran

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


def test_two_batches_at_once_make_twenty_drafts(user: User, finish: Callable[[subprocess.Popen[bytes]], Ran]) -> None:
    prepare(user)
    runs = [finish(process) for process in [user.start(*BATCH), user.start(*BATCH)]]
    assert sorted(run.code for run in runs) in ([0, 0], [0, 10])
    assert all("another run of thread-finder is at work" in run.err for run in runs if run.code)
    assert len(user.saved()) == PEOPLE
    assert len(recipients([path.read_bytes() for path in user.saved()])) == PEOPLE


def told_and_nothing_lost(ran: Ran, raws: Sequence[bytes]) -> None:
    """It stopped with an error, and says of exactly the drafts that are there that they are there, each whole."""
    assert ran.code in {1, 7, 10}, ran
    assert "Traceback" not in ran.err
    assert "our fault" not in ran.err
    made = [one for one in ran.json["drafts"] if one["action"] == "created"]
    failed = [one["why"] for one in ran.json["drafts"] if one["action"] == "refused"]
    assert ran.json["failed"] == len(failed)
    assert failed or "error" in ran.json
    assert ran.json["asked"] + ran.json["left"] == PEOPLE
    ids = {message_from_bytes(raw)["Message-ID"] for raw in raws}
    assert {one["message_id"] for one in made} <= ids
    assert len(ids) == len(raws) <= len(made) + 1, "at most the one that was being written down"
    assert all(raw.rstrip().endswith(b"--") for raw in raws), "the last boundary is there"


def test_a_file_that_may_not_grow_in_mid_run(user: User, finish: Callable[[subprocess.Popen[bytes]], Ran]) -> None:
    prepare(user)

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))  # the ledger's journal grows beyond that

    ran = finish(user.start(*BATCH, before=limited))
    assert 0 < len(user.saved()) < PEOPLE
    told_and_nothing_lost(ran, [path.read_bytes() for path in user.saved()])
    assert user.run(*BATCH).code == 0
    assert len(recipients([path.read_bytes() for path in user.saved()])) == len(user.saved()) == PEOPLE


@pytest.mark.parametrize("room", [300, 420])
def test_a_disk_that_is_full_in_mid_run(user: User, room: int) -> None:
    """State and drafts on a disk with ``room`` kB left; when there is more room, the same command goes on."""
    disk, script = user.folder / "disk", user.folder / "script"
    script.write_text(_ON_A_SMALL_DISK)
    if not shutil.which("unshare") or subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        pytest.skip("no disk can be made here")
    prepare(user)
    disk.mkdir()
    user.edit(user.config, 'drafts = "drafts"', f'drafts = "{disk}/drafts"')
    command = [sys.executable, "-m", "thread_finder", *BATCH]
    environment = {**user.environment, "THREAD_FINDER_STATE": str(disk / "state")}
    done = subprocess.run(
        ["unshare", "-rm", "sh", script, disk, str(room), *command],
        env=environment, cwd=user.folder, capture_output=True, text=True, timeout=90,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, again = (user.folder / name for name in ("first", "again"))
    code, out, err = ((user.folder / f"first.{part}").read_text() for part in ("code", "out", "err"))
    told_and_nothing_lost(Ran(int(code), out, err), raws(first))
    assert len(raws(first)) < PEOPLE
    assert len(recipients(raws(again))) == len(raws(again)) == PEOPLE


_ON_A_SMALL_DISK = """
set -e
disk=$1; room=$2; shift 2
mount -t tmpfs -o size=20m none "$disk"
"$@" --dry-run > /dev/null
used=$(du -sk "$disk" | cut -f1)
mount -o remount,size=$((used + room))k "$disk"
code=0; "$@" > first.out 2> first.err || code=$?
echo $code > first.code
cp -r "$disk/drafts" first
mount -o remount,size=20m "$disk"
"$@" > again.out 2> again.err
cp -r "$disk/drafts" again
"""


def raws(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and path.parent.name != "tmp"]
