"""A mailbox of each kind, filled with the same mail."""

from __future__ import annotations

import mailbox
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from thread_finder.mailboxes.archive import ArchiveMailbox
from thread_finder.mailboxes.base import Mailbox

OWNER = ("me@home.example", "me@school.example")
Open = Callable[[list[bytes]], Mailbox]


def as_mbox(folder: Path, messages: list[bytes]) -> Path:
    path = folder / "all.mbox"
    with path.open("wb") as file:
        for raw in messages:
            file.write(
                b"From - Thu Jan  1 00:00:00 2026\n" + raw.replace(b"\nFrom ", b"\n>From ").rstrip(b"\n") + b"\n\n"
            )
    return path


def as_maildir(folder: Path, messages: list[bytes]) -> Path:
    box = mailbox.Maildir(folder / "maildir")
    for raw in messages:
        box.add(raw)
    return folder / "maildir"


def as_eml(folder: Path, messages: list[bytes]) -> Path:
    (folder / "eml" / "deep").mkdir(parents=True)
    for number, raw in enumerate(messages):
        (folder / "eml" / ("deep" if number % 2 else ".") / f"{number}.eml").write_bytes(raw)
    return folder / "eml"


@pytest.fixture(params=[as_mbox, as_maildir, as_eml])
def deliver(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Puts messages into a mailbox of one kind and opens it."""
    opened: list[Mailbox] = []

    def deliver(messages: list[bytes]) -> Mailbox:
        path = request.param(tmp_path, messages)
        box = ArchiveMailbox([path], state=tmp_path / "state", drafts=tmp_path / "drafts", owner=OWNER)
        opened.append(box)
        return box

    yield deliver
    for box in opened:
        box.close()
