"""An archive made of mail that breaks parsers: each message used or counted as skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from thread_finder.mail.parse import UnreadableMessage, parse_message
from thread_finder.mailboxes.archive import ArchiveMailbox
from thread_finder.mailboxes.base import Request

MALFORMED = Path(__file__).parents[3] / "shared" / "data" / "malformed"
pytestmark = pytest.mark.skipif(not MALFORMED.is_dir(), reason="the malformed mail is not beside the project")


def test_every_message_is_used_or_counted(tmp_path: Path) -> None:
    files = [
        path for path in sorted(MALFORMED.rglob("*")) if path.is_file() and path.suffix in (".eml", ".msg", ".mbox")
    ]
    assert len(files) > 100
    people: set[str] = set()
    (tmp_path / "mail").mkdir()
    for number, path in enumerate(files):
        raw = path.read_bytes()
        (tmp_path / "mail" / f"{number}.eml").write_bytes(raw)
        try:
            message = parse_message(raw)
        except UnreadableMessage:
            continue
        people |= {a.email for a in (*message.recipients, *([message.from_] if message.from_ else []))}
    box = ArchiveMailbox([tmp_path / "mail"], state=tmp_path / "s", drafts=tmp_path / "d", owner=("me@home.example",))
    answers = list(box.search([Request(email, (email,), ("me@home.example",)) for email in sorted(people)]))
    box.close()
    assert sum(bool(answer.threads) for answer in answers) > len(people) * 0.9
    assert not any(answer.problem for answer in answers)
