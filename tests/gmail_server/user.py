"""The person at Gmail's web client, and the world that writes to them."""

from __future__ import annotations

import itertools
import re
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from tests.gmail_server import headers, resources
from tests.gmail_server.entry import Entry
from tests.gmail_server.store import Store

KEPT = ("From", "To", "Cc", "Bcc", "In-Reply-To", "References")
_new_ids = itertools.count(1)


class User:
    """What a person does, with the effects that Gmail gives it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def edit_draft(
        self, draft_id: str, text: str | None = None, subject: str | None = None, *, keep_message_id: bool = True
    ) -> Entry:
        """Change a draft in the web client: new message id, same draft id; a new subject moves it out of the thread.

        Gmail writes the MIME anew. ``keep_message_id=False`` for the worst case, a new Message-ID header too.
        """
        old = self._store.drafts[draft_id]
        raw = _rewritten(old, text, old.subject if subject is None else subject, keep_message_id)
        return self._store.add_draft(raw, old.thread_id, draft_id)

    def delete_draft(self, draft_id: str) -> None:
        """Discard a draft."""
        self._store.remove(self._store.drafts[draft_id])

    def send_draft(self, draft_id: str, *, keep_message_id: bool = True) -> Entry:
        """Press Send: the draft is gone, its message (new id, dated now) is in the same thread with the label SENT."""
        with self._store.lock:
            old = self._store.drafts[draft_id]
            raw = old.source.raw if keep_message_id else _with_new_message_id(old.source.raw)
            raw = _with_field(raw, b"Date", formatdate(self._store.now()).encode())
            sent = self._store.add(raw, {"SENT"}, old.thread_id, int(self._store.now() * 1000))
            self._store.remove(old)
        return sent

    def receive(self, raw: bytes, thread_id: str = "") -> Entry:
        """A mail arrives, now; its References and Subject say in which thread."""
        return self._store.add(raw, {"INBOX", "UNREAD"}, thread_id, int(self._store.now() * 1000))

    def write(self, raw: bytes, thread_id: str = "") -> Entry:
        """Write and send a mail without this program's help."""
        return self._store.add(raw, {"SENT"}, thread_id, int(self._store.now() * 1000))

    def start_draft(self, raw: bytes, thread_id: str = "") -> Entry:
        """Begin a draft of one's own."""
        return self._store.add_draft(raw, thread_id)

    def trash(self, message: Entry) -> None:
        """Move a message to the trash."""
        self._store.relabel(message, add={"TRASH"}, remove={"INBOX"})

    def mark_spam(self, message: Entry) -> None:
        """Report a message as spam."""
        self._store.relabel(message, add={"SPAM"}, remove={"INBOX"})

    def label(self, message: Entry, name: str) -> None:
        """Put a label on a message."""
        self._store.relabel(message, add={self._store.label_id(name)})

    def delete_forever(self, message: Entry) -> None:
        """Empty the trash of one message."""
        self._store.remove(message)


def _rewritten(old: Entry, text: str | None, subject: str, keep_message_id: bool) -> bytes:
    part = resources.parsed(old)
    fields = dict(reversed([(name.title(), value) for name, value in part.fields]))
    new = EmailMessage(policy=SMTP)
    for name in KEPT:
        if fields.get(name):
            new[name] = fields[name]
    new["Subject"] = subject
    new["Message-ID"] = old.rfc_id if keep_message_id and old.rfc_id else _message_id()
    leaves = [leaf for leaf in part.walk() if leaf.mime_type == "text/plain" and not leaf.filename]
    body = text if text is not None else (leaves[0].text if leaves else "")
    new.set_content(body)
    new.add_alternative(f'<div dir="ltr">{body}</div>', subtype="html")
    return new.as_bytes()


def _with_new_message_id(raw: bytes) -> bytes:
    return _with_field(raw, b"Message-ID", _message_id().encode())


def _with_field(raw: bytes, name: bytes, value: bytes) -> bytes:
    head, body = headers.split_message(raw)
    head = re.sub(rb"(?im)^" + name + rb":[^\n]*(?:\n[ \t][^\n]*)*\n?", b"", head).rstrip(b"\r\n")
    return head + b"\r\n" + name + b": " + value + b"\r\n\r\n" + body


def _message_id() -> str:
    return f"<CAtest{next(_new_ids):06d}@mail.gmail.example>"
