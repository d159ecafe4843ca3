"""A Gmail for each test, and Google's client library signed in to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gmail_server import Account, GmailServer
from tests.gmail_server.client import ME, Client, google_client
from thread_finder.mailboxes.gmail import GmailMailbox
from thread_finder.mailboxes.gmail_auth import credentials
from thread_finder.mailboxes.gmail_quota import Limiter
from thread_finder.mailboxes.gmail_tokens import TokenStore


@pytest.fixture
def server() -> Iterator[GmailServer]:
    with GmailServer() as running:
        running.add_account(ME, "Me Myself")
        yield running


@pytest.fixture
def account(server: GmailServer) -> Account:
    return server.account(ME)


@pytest.fixture
def connect(server: GmailServer) -> Iterator[Callable[..., Client]]:
    """A client for a new grant; keyword arguments as of ``GmailServer.authorized_user``."""
    opened = []

    def _connect(**options: Any) -> Client:
        opened.append(google_client(server, **options))
        return opened[-1]

    yield _connect
    for service in opened:
        service.close()


@pytest.fixture
def users(connect: Callable[..., Client]) -> Client:
    return connect().users()


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that the mailbox would have waited; it does not wait in tests."""
    return []


@pytest.fixture
def open_mailbox(server: GmailServer, tmp_path: Path, pauses: list[float]) -> Iterator[Callable[..., GmailMailbox]]:
    """The program's mailbox on the server; keyword arguments as of GmailMailbox, and ``scopes``."""
    opened = []

    def _open(**options: Any) -> GmailMailbox:
        grant = {"scopes": options.pop("scopes")} if "scopes" in options else {}
        state = tmp_path / "state"
        TokenStore(state).save("test", json.dumps(server.authorized_user(**grant)))
        used = options.pop("credentials", None) or credentials("test", state)
        defaults: dict[str, Any] = {"account": "test", "state": state, "api_root": server.api_root}
        defaults |= {"sleep": pauses.append, "limiter": Limiter(10**9)}
        opened.append(GmailMailbox(used, **(defaults | options)))
        return opened[-1]

    yield _open
    for mailbox in opened:
        mailbox.close()
