"""The finder does not fall below what it has reached (docs/measurements.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import accuracy

DATA = Path(__file__).parents[3] / "shared" / "data"


def test_the_sample_mailbox() -> None:
    cases, _ = accuracy.sample()
    assert sum(case.right for case in cases) >= 0.8 * len(cases)


@pytest.mark.skipif(not (DATA / "synthetic").is_dir(), reason="the data is not beside the project")
def test_the_invented_mailbox() -> None:
    cases, _ = accuracy.synthetic(DATA / "synthetic")
    assert sum(case.right for case in cases) >= 0.88 * len(cases)
    assert all(case.finding.reply_to is None or "threlkeld" not in case.finding.reply_to.email for case in cases)
