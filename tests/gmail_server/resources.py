"""Entries as Gmail's JSON resources: messages in their formats, threads, drafts, labels, history."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from tests.gmail_server import mime_payload
from tests.gmail_server.entry import Entry
from tests.gmail_server.errors import bad_request, not_found
from tests.gmail_server.mime_payload import Part, base64url
from tests.gmail_server.store import SYSTEM_LABELS, Change, Store

FORMATS = ("full", "metadata", "minimal", "raw")
ATTACHMENT_ID = re.compile(r"ANGjdJ(\d+)x([0-9a-f]+)x([\dx]*)")
_nonce = itertools.count(1)


@lru_cache(maxsize=2000)
def parsed(entry: Entry) -> Part:
    """The message's MIME tree."""
    return mime_payload.parse(entry.source.raw)


def reference(entry: Entry) -> dict[str, str]:
    """What lists say of a message."""
    return {"id": entry.id, "threadId": entry.thread_id}


def message(entry: Entry, form: str = "full", wanted: Sequence[str] = ()) -> dict[str, Any]:
    """A message in one of Gmail's formats; ``wanted`` are metadataHeaders."""
    if form not in FORMATS:
        raise bad_request(f"Invalid value at 'format' (type.googleapis.com/caribou.api.proto.Format), \"{form}\"")
    answer: dict[str, Any] = {
        **reference(entry),
        "labelIds": sorted(entry.labels),
        "snippet": mime_payload.snippet(parsed(entry)),
        "sizeEstimate": entry.source.end - entry.source.start,
        "historyId": str(entry.history_id),
        "internalDate": str(entry.internal_date),
    }
    if form == "full":
        answer["payload"] = mime_payload.payload(parsed(entry), _attachment_ids(entry))
    elif form == "metadata":
        answer["payload"] = mime_payload.metadata(parsed(entry), wanted)
    elif form == "raw":
        answer["raw"] = base64url(entry.source.wire)
    return answer


def _attachment_ids(entry: Entry) -> Callable[[str], str]:
    """Ids as unstable as Gmail's: another one each time the message is read."""
    return lambda part_id: f"ANGjdJ{next(_nonce)}x{entry.id}x{part_id.replace('.', 'x')}"


def attachment(entry: Entry, attachment_id: str) -> dict[str, Any]:
    """The body of the part behind an attachment id."""
    match = ATTACHMENT_ID.fullmatch(attachment_id)
    if match is None or match[2] != entry.id:
        raise bad_request("Invalid attachment token")
    part = next((p for p in parsed(entry).walk() if p.part_id == match[3].replace("x", ".")), None)
    if part is None:
        raise not_found()
    return {"size": len(part.octets), "data": base64url(part.octets)}


def thread_reference(store: Store, thread_id: str) -> dict[str, str]:
    """What lists say of a thread."""
    newest = store.thread_messages(thread_id)[-1]
    history = max(e.history_id for e in store.threads[thread_id])
    return {"id": thread_id, "snippet": mime_payload.snippet(parsed(newest)), "historyId": str(history)}


def thread(store: Store, thread_id: str, form: str, wanted: Sequence[str]) -> dict[str, Any]:
    """A thread with all its messages, drafts, spam and trash too."""
    if form == "raw":
        raise bad_request("Invalid value at 'format': RAW is not supported for threads")
    entries = store.thread_messages(thread_id)
    history = max(e.history_id for e in entries)
    return {"id": thread_id, "historyId": str(history), "messages": [message(e, form, wanted) for e in entries]}


def draft(entry: Entry, form: str = "") -> dict[str, Any]:
    """A draft; without a format as drafts.create answers."""
    inner = message(entry, form) if form else reference(entry) | {"labelIds": sorted(entry.labels)}
    return {"id": entry.draft_id, "message": inner}


def label(key: str, name: str) -> dict[str, str]:
    """A label."""
    kind = "system" if key in SYSTEM_LABELS else "user"
    shown = {"messageListVisibility": "hide", "labelListVisibility": "labelHide"} if key.startswith("CATEGORY_") else {}
    return {"id": key, "name": name, "type": kind} | shown


def label_counts(store: Store, key: str) -> dict[str, Any]:
    """A label with its numbers, as labels.get gives it."""
    if key not in store.labels:
        raise not_found()
    found = [e for e in store.messages.values() if key in e.labels]
    unread = [e for e in found if "UNREAD" in e.labels]
    return label(key, store.labels[key]) | {
        "messagesTotal": len(found),
        "messagesUnread": len(unread),
        "threadsTotal": len({e.thread_id for e in found}),
        "threadsUnread": len({e.thread_id for e in unread}),
    }


def change(record: Change) -> dict[str, Any]:
    """A history record. The message in it has labels, but only those that it had then."""
    short = {"id": record.message_id, "threadId": record.thread_id}
    item: dict[str, Any] = {"message": short | ({"labelIds": sorted(record.labels)} if record.labels else {})}
    if record.changed:
        item["labelIds"] = sorted(record.changed)
    return {"id": str(record.id), "messages": [short], record.kind: [item]}
