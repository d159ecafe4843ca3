"""Every request that this program makes of Gmail, with the fields it needs of the answer. There is none that sends."""

from __future__ import annotations

import io
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from thread_finder.mailboxes.gmail_quota import UNITS

PAGE = 500  # the most that Gmail lists at once
_LARGEST_JSON = 2_000_000  # bytes of a message; larger ones go as an upload

_REFERENCES = "messages(id,threadId),nextPageToken,resultSizeEstimate"
_MESSAGE = "id,threadId,labelIds,internalDate,payload"
_CHANGED = "message(id,threadId,labelIds)"


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the client library, and the key without which its answer is none of ours ("" = no answer)."""

    request: Any
    needs: str

    @property
    def units(self) -> int:
        """What the call costs."""
        return UNITS[self.request.methodId]


class Requests:
    """Makes calls; ``users`` is the client's resource."""

    def __init__(self, users: Any) -> None:
        # The client builds a resource anew at each mention, which takes a millisecond.
        self._users = users
        self._messages = users.messages()
        self._attachments = self._messages.attachments()
        self._threads = users.threads()
        self._drafts = users.drafts()
        self._history = users.history()
        self._send_as = users.settings().sendAs()

    def profile(self) -> Call:
        """Whose mailbox it is, and its newest history id."""
        return Call(self._users.getProfile(userId="me", fields="emailAddress,historyId,messagesTotal"), "emailAddress")

    def identities(self) -> Call:
        """The addresses one can write from."""
        fields = "sendAs(sendAsEmail,displayName,signature,isDefault,isPrimary,verificationStatus)"
        return Call(self._send_as.list(userId="me", fields=fields), "sendAs")

    def messages(self, q: str, page: str = "", *, hidden: bool = False) -> Call:
        """The ids of matching messages, newest first; ``hidden``: those in spam and trash too."""
        request = self._messages.list(
            userId="me",
            q=q,
            maxResults=PAGE,
            pageToken=page or None,
            includeSpamTrash=hidden or None,
            fields=_REFERENCES,
        )
        return Call(request, "resultSizeEstimate")

    def message(self, message_id: str) -> Call:
        """One message."""
        return Call(self._messages.get(userId="me", id=message_id, format="full", fields=_MESSAGE), "id")

    def thread(self, thread_id: str) -> Call:
        """A thread with all its messages."""
        fields = f"id,messages({_MESSAGE})"
        return Call(self._threads.get(userId="me", id=thread_id, format="full", fields=fields), "id")

    def attachment(self, message_id: str, attachment_id: str) -> Call:
        """The bytes of one part."""
        request = self._attachments.get(userId="me", messageId=message_id, id=attachment_id, fields="size,data")
        return Call(request, "size")

    def history(self, start: str, page: str = "") -> Call:
        """What changed since ``start``."""
        kinds = ("messagesAdded", "messagesDeleted", "labelsAdded", "labelsRemoved")
        fields = f"history({','.join(f'{kind}({_CHANGED})' for kind in kinds)}),nextPageToken,historyId"
        request = self._history.list(
            userId="me", startHistoryId=start, maxResults=PAGE, pageToken=page or None, fields=fields
        )
        return Call(request, "historyId")

    def drafts(self, q: str = "", page: str = "") -> Call:
        """The ids of drafts, of those that match ``q`` if it is given."""
        request = self._drafts.list(
            userId="me",
            q=q or None,
            maxResults=PAGE,
            pageToken=page or None,
            fields="drafts(id,message(id,threadId)),nextPageToken,resultSizeEstimate",
        )
        return Call(request, "resultSizeEstimate")

    def draft(self, draft_id: str) -> Call:
        """One draft as it is stored."""
        fields = "id,message(id,threadId,labelIds,raw)"
        return Call(self._drafts.get(userId="me", id=draft_id, format="raw", fields=fields), "message")

    def create_draft(self, raw: bytes, thread_id: str) -> Call:
        """A new draft, in the thread if one is given."""
        return Call(self._drafts.create(userId="me", **_content(raw, thread_id)), "id")

    def update_draft(self, draft_id: str, raw: bytes, thread_id: str) -> Call:
        """Other bytes for a draft; without the thread it would leave it."""
        return Call(self._drafts.update(userId="me", id=draft_id, **_content(raw, thread_id)), "id")

    def delete_draft(self, draft_id: str) -> Call:
        """Remove a draft for good."""
        return Call(self._drafts.delete(userId="me", id=draft_id), "")


def _content(raw: bytes, thread_id: str) -> dict[str, Any]:
    message = {"threadId": thread_id} if thread_id else {}
    if len(raw) <= _LARGEST_JSON or not raw.isascii():  # the client cannot upload bytes beyond ASCII
        return {"body": {"message": {**message, "raw": urlsafe_b64encode(raw).decode("ascii")}}}
    from googleapiclient.http import MediaIoBaseUpload  # noqa: PLC0415 - late, as all of the client

    return {"body": {"message": message}, "media_body": MediaIoBaseUpload(io.BytesIO(raw), "message/rfc822")}
