"""A Gmail for tests: real HTTP, Gmail's semantics and traps, faults on demand. See README.md."""

from tests.gmail_server.account import Account, Identity
from tests.gmail_server.entry import Entry
from tests.gmail_server.faults import Fault, Kind
from tests.gmail_server.oauth import COMPOSE, METADATA, READONLY, client_secret_file
from tests.gmail_server.quota import Limits
from tests.gmail_server.server import GmailServer

__all__ = [
    "COMPOSE",
    "METADATA",
    "READONLY",
    "Account",
    "Entry",
    "Fault",
    "GmailServer",
    "Identity",
    "Kind",
    "Limits",
    "client_secret_file",
]
