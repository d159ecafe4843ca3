"""kill -9 between the creates of ten drafts, and while reading: in the end one draft each."""

from __future__ import annotations

import pytest

from tests.cli import child
from tests.cli.robin import Arrive, arrive, killed_again_and_again, make_whole
from tests.gmail_server import Fault, Kind

__all__ = ["arrive"]
AFTER = pytest.mark.parametrize("after", [False, True], ids=["before it", "after it"])


# After the create: the draft is read back, noted down, and the next contact's thread and id are looked for.
STEPS = [(1, False), (1, True), (2, False), (3, False)]


@pytest.mark.parametrize(("step", "after"), STEPS)
def test_killed_between_the_creates_of_ten(step: int, after: bool, arrive: Arrive) -> None:
    robin = arrive(10)

    def run(_: int) -> bool:
        return robin.killed(Fault(Kind.DROP, "*", nth=step, after=after), calls_after_a_create=True)

    assert killed_again_and_again(robin, run) == (10 if step == 1 else 9)
    make_whole(robin, 10)


@AFTER
@pytest.mark.parametrize("method", ["getProfile", "sendAs.list", "messages.list", "threads.get", "batch", "token"])
def test_killed_while_reading(method: str, after: bool, arrive: Arrive) -> None:
    robin = arrive(3)
    if method == "token":
        robin.server.oauth.expire_access()
    assert robin.killed(Fault(Kind.DROP, method, after=after))
    assert not robin.account.drafts
    make_whole(robin, 3)


def test_two_runs_at_once_draft_once(arrive: Arrive) -> None:
    robin = arrive(10)
    arguments = ["draft", "--all", "--as-of", "2026-11-24"]
    runs = [child.start(arguments, robin.environment) for _ in range(3)]
    for run in runs:
        run.join(60)
    assert {run.exitcode for run in runs} <= {0, 10}
    assert 0 in {run.exitcode for run in runs}
    make_whole(robin, 10)
