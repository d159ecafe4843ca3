"""The finder does not fall below what it has reached (docs/measurements.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import accuracy, known
from thread_finder.model import Kind

DATA = Path(__file__).parents[3] / "shared" / "data"
beside = pytest.mark.skipif(not (DATA / "synthetic").is_dir(), reason="the data is not beside the project")


def test_the_sample_mailbox() -> None:
    found, _ = accuracy.look(known.sample())
    assert sum(one.right for one in found) >= 0.9 * len(found)


@beside
def test_the_invented_mailbox() -> None:
    found, _ = accuracy.look(known.synthetic(DATA / "synthetic"))
    assert sum(one.right for one in found) >= 0.92 * len(found)
    others = [one.right for one in found if one.case.contact.language not in ("", "en")]
    assert sum(others) >= 0.9 * len(others)
    assert all(one.finding.reply_to is None or "threlkeld" not in one.finding.reply_to.email for one in found)


@beside
def test_real_mail() -> None:
    found, _ = accuracy.look(known.enron(DATA / "enron"))
    have = [one.right for one in found if one.case.truth["has"]]
    claims = [not one.right for one in found if not one.case.truth["has"]]
    assert sum(have) >= 0.6 * len(have)
    assert sum(claims) <= 0.1 * len(claims)
    assert {one.finding.kind for one in found} >= {Kind.SCHEDULING, Kind.CONVERSATION}
