"""One user's Gmail: the mailbox, the identities, and what the test wants to do with them directly."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.gmail_server import mbox
from tests.gmail_server.entry import Entry
from tests.gmail_server.store import Store
from tests.gmail_server.user import User


@dataclass
class Identity:
    """An address that the user can write from (settings.sendAs)."""

    email: str
    name: str = ""
    signature: str = ""
    primary: bool = False
    default: bool = False
    reply_to: str = ""
    verified: bool = True

    def resource(self) -> dict[str, Any]:
        """As Gmail's SendAs; the primary address has no verificationStatus, false flags are left out."""
        answer: dict[str, Any] = {
            "sendAsEmail": self.email,
            "displayName": self.name,
            "replyToAddress": self.reply_to,
            "signature": self.signature,
        }
        if self.primary:
            answer["isPrimary"] = True
        else:
            answer |= {"treatAsAlias": True, "verificationStatus": "accepted" if self.verified else "pending"}
        return answer | ({"isDefault": True} if self.default else {})


@dataclass
class Account:
    """A mailbox on the server. ``identities`` may be changed at any time; ``user`` is the person at the web client."""

    email: str
    name: str = ""
    now: Callable[[], float] = time.time
    store: Store = field(init=False)
    identities: list[Identity] = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(self.now)
        self.identities = [Identity(self.email, self.name, primary=True, default=True)]

    @property
    def user(self) -> User:
        """The person: edits, sends, deletes, receives."""
        return User(self.store)

    def alias(self, email: str, name: str = "", signature: str = "", *, verified: bool = True) -> Identity:
        """One more address to write from."""
        identity = Identity(email, name, signature, verified=verified)
        self.identities.append(identity)
        return identity

    def load_mbox(self, path: Path) -> int:
        """Load a Takeout mbox; how many messages it held."""
        return mbox.load(self.store, path)

    def add(self, raw: bytes, labels: Iterable[str] = ("INBOX",), thread_id: str = "") -> Entry:
        """A message that has been there all along: dated by its Date, threaded by its References."""
        return self.store.add(raw, {self.store.label_id(name) for name in labels}, thread_id)

    @property
    def drafts(self) -> list[Entry]:
        """All drafts. An entry has draft_id, id, thread_id, labels, subject, rfc_id, ``source.raw``."""
        with self.store.lock:
            return list(self.store.drafts.values())

    @property
    def ghosts(self) -> list[Entry]:
        """Drafts that the web client would not show where they are."""
        return [entry for entry in self.drafts if self.store.is_ghost(entry)]

    def draft(self, draft_id: str) -> Entry:
        """One draft; KeyError if it is gone."""
        return self.store.drafts[draft_id]

    def thread(self, thread_id: str) -> list[Entry]:
        """A thread's messages, oldest first."""
        return self.store.thread_messages(thread_id)

    def by_message_id(self, rfc_id: str) -> list[Entry]:
        """The messages with this Message-ID (with its angle brackets)."""
        return list(self.store.by_rfc_id.get(rfc_id, ()))
