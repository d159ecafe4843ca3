"""The test's own door into a server in another process: journal, faults, limits, drafts as JSON under /__test__/."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from tests.gmail_server.faults import Fault, Kind
from tests.gmail_server.service import Response, Service, json_response

PREFIX = "/__test__/"


def answer(service: Service, verb: str, path: str, body: bytes) -> Response:
    """GET journal, calls, drafts; POST reset, settings, fault, clear-faults, revoke, expire-access, expire-history."""
    given = json.loads(body) if body else {}
    match verb, path.removeprefix(PREFIX):
        case "GET", "journal":
            return json_response(service.journal.summary())
        case "GET", "calls":
            return json_response(service.journal.as_json())
        case "GET", "drafts":
            return json_response(_drafts(service))
        case "POST", "reset":
            service.journal.reset()
        case "POST", "settings":
            _set(service, given)
        case "POST", "fault":
            service.faults.add(Fault(**(given | {"kind": Kind(given["kind"])})))
        case "POST", "clear-faults":
            service.faults.clear()
        case "POST", "revoke":
            service.oauth.revoke()
        case "POST", "expire-access":
            service.oauth.expire_access()
        case "POST", "expire-history":
            for account in service.accounts.values():
                account.store.expire_history()
        case _:
            return json_response({"error": f"no {verb} {path}"}, 404)
    return json_response({})


def _set(service: Service, given: dict[str, Any]) -> None:
    """Set switches and limits by their names; an unknown name is an error."""
    for name, value in given.items():
        target: Any = service.switches if name in {f.name for f in fields(service.switches)} else service.quota.limits
        if not hasattr(target, name):
            raise KeyError(name)
        setattr(target, name, value)


def _drafts(service: Service) -> list[dict[str, Any]]:
    return [
        {
            "account": account.email,
            "draft_id": draft.draft_id,
            "message_id": draft.id,
            "thread_id": draft.thread_id,
            "rfc_id": draft.rfc_id,
            "subject": draft.subject,
            "to": draft.words.get("to", "").strip(),
            "ghost": account.store.is_ghost(draft),
        }
        for account in service.accounts.values()
        for draft in account.drafts
    ]
