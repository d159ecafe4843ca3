"""Google's own client library, pointed at the test server, and what tests put into it."""

from __future__ import annotations

import base64
import copy
import json
from email.message import EmailMessage
from typing import Any

import pytest

from tests.gmail_server.methods import discovery
from tests.gmail_server.server import GmailServer

ME = "me@home.example"
Client = Any


def google_client(server: GmailServer, email: str = "", **options: Any) -> Client:
    """The library's service object for a new grant; ``options`` as of ``GmailServer.authorized_user``. Close it."""
    from google.oauth2.credentials import Credentials
    from googleapiclient.discovery import build_from_document

    info = server.authorized_user(email, **options)
    names = ("refresh_token", "token_uri", "client_id", "client_secret")
    credentials = Credentials(info.get("token"), **{name: info[name] for name in names})  # type: ignore[no-untyped-call]
    document = copy.deepcopy(discovery())
    document["rootUrl"] = document["baseUrl"] = server.api_root
    return build_from_document(document, credentials=credentials)


def mail(
    subject: str = "Lunch", text: str = "Hello there", *, sender: str = "Ann Lee <ann@x.example>", **headers: str
) -> bytes:
    """A plain mail; keywords are header fields, with ``_`` for ``-``."""
    message = EmailMessage()
    message["From"] = sender
    fields = {"To": ME, "Date": "Tue, 11 Jul 2023 10:00:00 +0200"} | {
        k.replace("_", "-"): v for k, v in headers.items()
    }
    for name, value in fields.items():
        message[name] = value
    message["Subject"] = subject
    message.set_content(text)
    return message.as_bytes()


def draft_body(raw: bytes, thread_id: str = "") -> dict[str, Any]:
    """What drafts.create and drafts.update take."""
    message = {"raw": base64.urlsafe_b64encode(raw).decode()}
    return {"message": message | ({"threadId": thread_id} if thread_id else {})}


def reason(error: pytest.ExceptionInfo[Any]) -> tuple[int, str]:
    """Status and error.errors[0].reason."""
    document = json.loads(error.value.content)
    return error.value.status_code, document["error"]["errors"][0]["reason"]
