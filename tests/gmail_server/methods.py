"""Gmail's methods: routes, scopes and answer shapes from Google's own discovery document, units from its quota page."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

UNITS = {
    "threads.list": 10,
    "threads.get": 40,
    "messages.list": 5,
    "messages.get": 20,
    "drafts.get": 20,
    "attachments.get": 20,
    "drafts.create": 10,
    "drafts.delete": 10,
    "drafts.update": 15,
    "drafts.list": 5,
    "history.list": 2,
    "getProfile": 1,
    "labels.list": 1,
    "labels.get": 1,
    "sendAs.list": 1,
    "sendAs.get": 1,
    "drafts.send": 100,
    "messages.send": 100,
}
OTHER_UNITS = 10
SENDS = {"drafts.send", "messages.send"}
NAME = re.compile(r"^gmail\.users\.(?:settings\.|messages\.(?=attachments))?")


@dataclass(frozen=True)
class Method:
    """One API method. ``answer`` names its schema in the discovery document ("" = an empty answer)."""

    name: str
    verb: str
    path: re.Pattern[str]
    upload_path: re.Pattern[str] | None
    scopes: tuple[str, ...]
    answer: str

    @property
    def units(self) -> int:
        """Quota units of one call (in force since 2026-05-01)."""
        return UNITS.get(self.name, OTHER_UNITS)

    @property
    def writes(self) -> bool:
        """Does the method change the mailbox?"""
        return self.verb != "GET"


@cache
def discovery() -> dict[str, Any]:
    """The static discovery document that ships with google-api-python-client."""
    text = (files("googleapiclient") / "discovery_cache/documents/gmail.v1.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def schema(name: str) -> dict[str, Any]:
    """One schema's properties, by the name of the schema."""
    properties: dict[str, Any] = discovery()["schemas"][name]["properties"]
    return properties


def find(verb: str, path: str) -> tuple[Method, dict[str, str]] | None:
    """The method at this verb and path, with its path parameters; None where Gmail has nothing."""
    for method in _methods():
        if method.verb != verb:
            continue
        match = method.path.fullmatch(path) or (method.upload_path and method.upload_path.fullmatch(path))
        if match:
            return method, {key: unquote(value) for key, value in match.groupdict().items()}
    return None


@cache
def _methods() -> tuple[Method, ...]:
    found: list[Method] = []
    pending = list(discovery()["resources"].values())
    while pending:
        resource = pending.pop()
        found += [_method(raw) for raw in resource.get("methods", {}).values()]
        pending += resource.get("resources", {}).values()
    return tuple(found)


def _method(raw: dict[str, Any]) -> Method:
    upload = raw.get("mediaUpload", {}).get("protocols", {}).get("simple", {}).get("path")
    return Method(
        name=NAME.sub("", raw["id"]),
        verb=raw["httpMethod"],
        path=_pattern("/" + raw["path"]),
        upload_path=_pattern(upload) if upload else None,
        scopes=tuple(raw.get("scopes", ())),
        answer=raw.get("response", {}).get("$ref", ""),
    )


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(
        re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", re.escape(template).replace(r"\{", "{").replace(r"\}", "}"))
    )
