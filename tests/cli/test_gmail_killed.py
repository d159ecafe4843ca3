"""kill -9 at the create of each of ten drafts: in the end one draft each."""

from __future__ import annotations

import pytest

from tests.cli.robin import Arrive, arrive, killed_again_and_again, make_whole
from tests.gmail_server import Fault, Kind

__all__ = ["arrive"]
AFTER = pytest.mark.parametrize("after", [False, True], ids=["before it", "after it"])


@AFTER
def test_killed_at_the_create_of_each_of_ten(after: bool, arrive: Arrive) -> None:
    robin = arrive(10)

    def run(kills: int) -> bool:
        """Before it: the one that was killed last has to come through first."""
        return robin.killed(Fault(Kind.DROP, "drafts.create", nth=1 if after or not kills else 2, after=after))

    assert killed_again_and_again(robin, run) == 10
    make_whole(robin, 10)
