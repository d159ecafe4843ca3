"""A mailbox of each kind, filled with the same mail."""

from __future__ import annotations

import json
import mailbox
from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from tests.gmail_server import GmailServer
from thread_finder.mailboxes.archive import ArchiveMailbox
from thread_finder.mailboxes.base import Mailbox
from thread_finder.mailboxes.gmail import open_gmail
from thread_finder.mailboxes.gmail_tokens import TokenStore

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


def as_gmail(folder: Path, messages: list[bytes]) -> GmailServer:
    """A Gmail of its own over real HTTP, where mail has arrived in time order and once each, as it does there."""
    server = GmailServer()
    account = server.add_account(OWNER[0], "Me")
    account.alias(OWNER[1])
    kept = {_message_id(message): message for message in messages if not message.startswith(b"\0")}
    account.load_mbox(as_mbox(folder, sorted(kept.values(), key=_date)))
    server.start()
    return server


def _message_id(raw: bytes) -> str:
    return str(message_from_bytes(raw)["Message-ID"])


def _date(raw: bytes) -> datetime:
    return parsedate_to_datetime(message_from_bytes(raw)["Date"])


@pytest.fixture(params=[as_mbox, as_maildir, as_eml, as_gmail])
def deliver(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Puts messages into a mailbox of one kind and opens it."""
    opened: list[Mailbox] = []
    servers: list[GmailServer] = []

    def deliver(messages: list[bytes]) -> Mailbox:
        where, state = request.param(tmp_path, messages), tmp_path / "state"
        if isinstance(where, GmailServer):
            servers.append(where)
            TokenStore(state).save("test", json.dumps(where.authorized_user()))
            box: Mailbox = open_gmail(account="test", state=state, api_root=where.api_root)
        else:
            box = ArchiveMailbox([where], state=state, drafts=tmp_path / "drafts", owner=OWNER)
        opened.append(box)
        return box

    yield deliver
    for box in opened:
        box.close()
    for server in servers:
        server.stop()
