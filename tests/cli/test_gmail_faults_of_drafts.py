"""Drafting with every fault: in the end one draft for each contact, none twice, none lost, each failure named."""

from __future__ import annotations

import pytest

from tests.cli.robin import FAULTS, Arrive, arrive, every_fault

__all__ = ["arrive"]


@pytest.mark.parametrize("method", ["drafts.list", "drafts.create", "drafts.get", "token"])
@pytest.mark.parametrize("fault", FAULTS)
def test_drafting_with_every_fault(method: str, fault: str, arrive: Arrive) -> None:
    robin = arrive(2)
    if method == "token":
        robin.server.oauth.expire_access()
    every_fault(method, robin, fault, 2)
