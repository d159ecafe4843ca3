"""What each API method does with an account. Handlers take a Call and return the answer's JSON value."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import getaddresses
from typing import Any

from tests.gmail_server import headers, resources
from tests.gmail_server.account import Account
from tests.gmail_server.entry import Entry
from tests.gmail_server.errors import ApiError, bad_request, not_found
from tests.gmail_server.search import search
from tests.gmail_server.store import Change

HEX = re.compile(r"[0-9a-f]{1,16}")
MAX_PAGE = 500
ESTIMATE_CEILING = 201  # Gmail's estimate stops there, however many there are
Answer = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One API call: its account, path parameters, query, JSON body, and uploaded message if it was an upload."""

    account: Account
    path: dict[str, str]
    query: dict[str, list[str]] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    media: bytes | None = None

    def one(self, name: str, default: str = "") -> str:
        """The value of a query parameter."""
        return self.query.get(name, [default])[-1]

    def flag(self, name: str) -> bool:
        """A boolean query parameter."""
        return self.one(name).lower() == "true"


def get_profile(call: Call) -> Answer:
    store = call.account.store
    return {
        "emailAddress": call.account.email,
        "messagesTotal": len(store.messages),
        "threadsTotal": len(store.threads),
        "historyId": str(store.history_id),
    }


def list_labels(call: Call) -> Answer:
    return {"labels": [resources.label(key, name) for key, name in call.account.store.labels.items()]}


def get_label(call: Call) -> Answer:
    return resources.label_counts(call.account.store, call.path["id"])


def list_messages(call: Call) -> Answer:
    return _page(call, "messages", _found(call), resources.reference)


def list_threads(call: Call) -> Answer:
    store = call.account.store
    with store.lock:
        thread_ids = list(dict.fromkeys(entry.thread_id for entry in _found(call)))
        return _page(call, "threads", thread_ids, lambda thread_id: resources.thread_reference(store, thread_id))


def list_drafts(call: Call) -> Answer:
    drafts = _found(call, call.account.drafts)
    return _page(call, "drafts", drafts, lambda e: {"id": e.draft_id, "message": resources.reference(e)})


def get_message(call: Call) -> Answer:
    return resources.message(_message(call, "id"), call.one("format", "full"), call.query.get("metadataHeaders", []))


def get_thread(call: Call) -> Answer:
    _check_id(call.path["id"])
    wanted = call.query.get("metadataHeaders", [])
    return resources.thread(call.account.store, call.path["id"], call.one("format", "full"), wanted)


def get_attachment(call: Call) -> Answer:
    return resources.attachment(_message(call, "messageId"), call.path["id"])


def get_draft(call: Call) -> Answer:
    return resources.draft(_draft(call), call.one("format", "full"))


def create_draft(call: Call) -> Answer:
    raw, thread_id = _new_message(call)
    return resources.draft(call.account.store.add_draft(raw, thread_id))


def update_draft(call: Call) -> Answer:
    raw, thread_id = _new_message(call)
    with call.account.store.lock:
        return resources.draft(call.account.store.add_draft(raw, thread_id, _draft(call).draft_id))


def delete_draft(call: Call) -> Answer:
    with call.account.store.lock:
        call.account.store.remove(_draft(call))
    return {}


def send_draft(call: Call) -> Answer:
    """It works, so that a test sees what would have happened; the journal counts it."""
    draft = call.account.store.drafts.get(str(call.body.get("id", "")))
    if draft is None:
        raise not_found()
    sent = call.account.user.send_draft(draft.draft_id)
    return resources.reference(sent) | {"labelIds": sorted(sent.labels)}


def send_message(call: Call) -> Answer:
    """As send_draft."""
    raw, thread_id = _message_in(call.body, call.media)
    sent = call.account.user.write(raw, thread_id)
    return resources.reference(sent) | {"labelIds": sorted(sent.labels)}


def list_history(call: Call) -> Answer:
    store = call.account.store
    if not call.one("startHistoryId").isdigit():
        raise bad_request("Missing required parameter: startHistoryId")
    start, kinds, label = int(call.one("startHistoryId")), call.query.get("historyTypes", []), call.one("labelId")
    with store.lock:
        if not store.history_start <= start <= store.history_id:
            raise not_found()
        records = [c for c in store.history if c.id > start and _wanted(c, kinds, label)]
        answer = _page(call, "history", records, resources.change)
        answer.pop("resultSizeEstimate")
        return answer | {"historyId": str(store.history_id)}


def list_send_as(call: Call) -> Answer:
    return {"sendAs": [identity.resource() for identity in call.account.identities]}


def get_send_as(call: Call) -> Answer:
    for identity in call.account.identities:
        if identity.email == call.path["sendAsEmail"]:
            return identity.resource()
    raise not_found()


HANDLERS: dict[str, Callable[[Call], Answer]] = {
    "getProfile": get_profile,
    "labels.list": list_labels,
    "labels.get": get_label,
    "messages.list": list_messages,
    "messages.get": get_message,
    "messages.send": send_message,
    "attachments.get": get_attachment,
    "threads.list": list_threads,
    "threads.get": get_thread,
    "drafts.list": list_drafts,
    "drafts.get": get_draft,
    "drafts.create": create_draft,
    "drafts.update": update_draft,
    "drafts.delete": delete_draft,
    "drafts.send": send_draft,
    "history.list": list_history,
    "sendAs.list": list_send_as,
    "sendAs.get": get_send_as,
}


def _found(call: Call, among: Sequence[Entry] | None = None) -> list[Entry]:
    labels, hidden = call.query.get("labelIds", []), call.flag("includeSpamTrash")
    return search(call.account.store, call.one("q"), labels, hidden=hidden, me=call.account.email, among=among)


def _page(call: Call, name: str, items: Sequence[Any], show: Callable[[Any], Any]) -> Answer:
    """One page of a list. An empty list has no key at all, as at Gmail."""
    size = call.one("maxResults", "100")
    if not size.isdigit():
        raise bad_request(f"Invalid value at 'max_results' (TYPE_UINT32), \"{size}\"")
    size_wanted = min(int(size) or 100, MAX_PAGE)
    start = _page_start(call.one("pageToken"))
    end = start + size_wanted
    answer: Answer = {name: [show(item) for item in items[start:end]]} if items[start:end] else {}
    if end < len(items):
        answer["nextPageToken"] = str(end * 7_919 + 10**18)  # opaque on purpose
    return answer | {"resultSizeEstimate": min(len(items), ESTIMATE_CEILING)}


def _page_start(token: str) -> int:
    if not token:
        return 0
    if not token.isdigit() or (start := int(token) - 10**18) < 0 or start % 7_919:
        raise bad_request("Invalid pageToken")
    return start // 7_919


def _check_id(value: str) -> None:
    if not HEX.fullmatch(value):
        raise bad_request("Invalid id value")


def _message(call: Call, name: str) -> Entry:
    _check_id(call.path[name])
    entry = call.account.store.messages.get(call.path[name])
    if entry is None:
        raise not_found()
    return entry


def _draft(call: Call) -> Entry:
    entry = call.account.store.drafts.get(call.path["id"])
    if entry is None:
        raise not_found()
    return entry


def _wanted(record: Change, kinds: list[str], label: str) -> bool:
    kind = {"messagesAdded": "messageAdded", "messagesDeleted": "messageDeleted", "labelsAdded": "labelAdded"}
    return (not kinds or kind.get(record.kind, "labelRemoved") in kinds) and (
        not label or label in record.labels | record.changed
    )


def _new_message(call: Call) -> tuple[bytes, str]:
    inner = call.body.get("message")
    if not isinstance(inner, dict) and call.media is None:
        raise ApiError(400, "invalidArgument", "Missing draft message")
    return _message_in(inner if isinstance(inner, dict) else {}, call.media)


def _message_in(body: dict[str, Any], media: bytes | None) -> tuple[bytes, str]:
    """Raw bytes and threadId of a message resource; 400 where Gmail says 400."""
    raw = _decoded(body.get("raw")) if media is None else media
    thread_id = str(body.get("threadId") or "")
    if thread_id and not HEX.fullmatch(thread_id):
        raise bad_request("Invalid thread_id value")
    head, _ = headers.split_message(raw)
    for name, value in headers.fields(head):
        if name.lower() in {"to", "cc", "bcc"} and value and not any("@" in a for _, a in getaddresses([value])):
            raise bad_request(f"Invalid {name.title()} header")
    return raw, thread_id


def _decoded(raw: Any) -> bytes:
    if not isinstance(raw, str) or not raw:
        message = "'raw' RFC822 payload message string or uploading message via /upload/* URL required"
        raise bad_request(message)
    if not re.fullmatch(r"[\w-]*=*", raw):
        raise bad_request("Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed")
    try:
        return base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))
    except binascii.Error as error:
        raise bad_request("Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed") from error
