"""Reading with every fault: in the end one draft for each contact, none twice, none lost, each failure named."""

from __future__ import annotations

import pytest

from tests.cli.robin import FAULTS, Arrive, arrive, every_fault

__all__ = ["arrive"]


@pytest.mark.parametrize("method", ["getProfile", "sendAs.list", "messages.list", "threads.get", "batch"])
@pytest.mark.parametrize("fault", FAULTS)
def test_reading_with_every_fault(method: str, fault: str, arrive: Arrive) -> None:
    every_fault(method, arrive(2), fault, 2)
