"""A Gmail for each test, and Google's client library signed in to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.gmail_server import Account, GmailServer
from tests.gmail_server.client import ME, Client, google_client


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
