"""The two mailboxes that the year is lived on, each with the person at it: an archive that grows, and a Gmail."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from tests.gmail_server import GmailServer
from tests.gmail_server.quota import Limits
from tests.year.people import ALIAS, ME, ZONE
from thread_finder.mailboxes.gmail_tokens import TokenStore

HER_OWN = "You will laugh: the old bakery is a bank now."
"""What Nora adds to a letter by hand."""


class World(ABC):
    """A mailbox, as its owner and the mail servers of the world handle it. ``now`` is the moment lived."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = datetime(2027, 1, 1, 8, tzinfo=ZONE)

    @property
    @abstractmethod
    def account(self) -> str:
        """The lines under [account]."""

    @abstractmethod
    def fill(self, messages: list[bytes]) -> None:
        """Mail that was there before the story begins."""

    @abstractmethod
    def drafts(self) -> dict[str, EmailMessage]:
        """The drafts there are, by a handle that stays when one is edited."""

    @abstractmethod
    def edit(self, handle: str) -> None:
        """The owner adds a sentence."""

    @abstractmethod
    def delete(self, handle: str) -> None:
        """The owner throws a draft away."""

    @abstractmethod
    def press_send(self, handle: str, *, new_id: bool) -> EmailMessage:
        """The owner's mail program sends a draft, now; with ``new_id`` under another Message-ID."""

    @abstractmethod
    def arrives(self, raw: bytes, *, binned: bool = False) -> None:
        """A mail for the owner."""

    @abstractmethod
    def written(self, raw: bytes) -> None:
        """A mail that the owner writes and sends without our help."""

    @abstractmethod
    def close(self) -> None:
        """The story is over."""


class ArchiveWorld(World):
    """An mbox that each export makes longer; the drafts are files that the mail program opens."""

    @property
    def account(self) -> str:
        return 'type = "archive"\npath = "all.mbox"\ndrafts = "drafts"'

    @property
    def _mbox(self) -> Path:
        return self.folder / "all.mbox"

    def fill(self, messages: list[bytes]) -> None:
        for raw in messages:
            self._append(raw)

    def drafts(self) -> dict[str, EmailMessage]:
        files = sorted((self.folder / "drafts").glob("cur/*"))
        return {path.name: parsed(path.read_bytes()) for path in files}

    def edit(self, handle: str) -> None:
        path = self.folder / "drafts" / "cur" / handle
        draft = parsed(path.read_bytes())
        path.write_bytes(rewritten(draft, with_a_sentence_more(draft)))

    def delete(self, handle: str) -> None:
        (self.folder / "drafts" / "cur" / handle).unlink()

    def press_send(self, handle: str, *, new_id: bool) -> EmailMessage:
        path = self.folder / "drafts" / "cur" / handle
        raw = sent_now(path.read_bytes(), self.now, new_id=new_id)
        self._append(raw)
        path.unlink()
        return parsed(raw)

    def arrives(self, raw: bytes, *, binned: bool = False) -> None:
        self._append((b"X-Gmail-Labels: Trash\r\n" if binned else b"") + raw)

    def written(self, raw: bytes) -> None:
        self._append(raw)

    def close(self) -> None:
        """Files need no closing."""

    def _append(self, raw: bytes) -> None:
        text = re.sub(rb"(?m)^(>*From )", rb">\1", raw.replace(b"\r\n", b"\n")).rstrip(b"\n")
        with self._mbox.open("ab") as file:
            file.write(b"From - Thu Jan  1 00:00:00 2027\n" + text + b"\n\n")


class GmailWorld(World):
    """A Gmail over real HTTP, with the person at its web client."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.server = GmailServer(limits=Limits(units=10**9), now=lambda: self.now.timestamp())  # noqa: PLW0108 - now moves on
        self._gmail = self.server.add_account(ME, "Nora Lind")
        self._gmail.alias(ALIAS, "Nora Lind")
        self.server.start()
        TokenStore(folder / "state").save("default", json.dumps(self.server.authorized_user()))

    @property
    def account(self) -> str:
        return f'type = "gmail"\napi_root = "{self.server.api_root}"\nunits_per_minute = 1_000_000'

    def fill(self, messages: list[bytes]) -> None:
        for raw in messages:
            self._gmail.add(raw, ("SENT",) if raw.startswith(f"From: {ME}".encode()) else ("INBOX",))

    def drafts(self) -> dict[str, EmailMessage]:
        return {draft.draft_id: parsed(draft.source.raw) for draft in self._gmail.drafts}

    def edit(self, handle: str) -> None:
        draft = parsed(self._gmail.draft(handle).source.raw)
        self._gmail.user.edit_draft(handle, text=with_a_sentence_more(draft))

    def delete(self, handle: str) -> None:
        self._gmail.user.delete_draft(handle)

    def press_send(self, handle: str, *, new_id: bool) -> EmailMessage:
        sent = self._gmail.user.send_draft(handle, keep_message_id=not new_id)
        return parsed(sent.source.raw)

    def arrives(self, raw: bytes, *, binned: bool = False) -> None:
        entry = self._gmail.user.receive(raw)
        if binned:
            self._gmail.user.trash(entry)

    def written(self, raw: bytes) -> None:
        self._gmail.user.write(raw)

    def close(self) -> None:
        assert self.server.journal.sends == 0
        self.server.stop()


def parsed(raw: bytes) -> EmailMessage:
    """A message for the story's own eyes."""
    return message_from_bytes(raw, policy=policy.default)


def sent_now(raw: bytes, now: datetime, *, new_id: bool) -> bytes:
    """A draft as a mail program sends it: dated now."""
    message = message_from_bytes(raw, policy=policy.SMTP)
    del message["X-Unsent"]
    message.replace_header("Date", format_datetime(now))
    if new_id:
        message.replace_header("Message-ID", f"<mailer.{str(message['Message-ID']).strip('<>')}>")
    return message.as_bytes()


def with_a_sentence_more(draft: EmailMessage) -> str:
    """The text of a draft after a person has had a hand in it."""
    body = draft.get_body(preferencelist=("plain",))
    text = str(body.get_content()) if body else ""
    return text.replace("\n\n", f"\n\n{HER_OWN}\n\n", 1)


def rewritten(draft: EmailMessage, text: str) -> bytes:
    """A draft as a mail program saves it anew: the same letter in other bytes."""
    message = EmailMessage(policy=policy.SMTP)
    for name in ("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "X-Unsent"):
        if draft[name]:
            message[name] = str(draft[name])
    message.set_content(text)
    return message.as_bytes()
