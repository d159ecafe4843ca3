"""The fields of a contact, from whatever file or note, checked by one set of rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from thread_finder.durations import Duration
from thread_finder.errors import Problem
from thread_finder.model import PartialDate, Reason, ReasonKind
from thread_finder.userfiles import (
    BadValue,
    clean_language,
    clean_line,
    clean_text,
    read_date,
    suggestion,
    unknown_key_help,
)

KEYS = (
    "name",
    "emails",
    "introduction",
    "met_on",
    "met_how",
    "topic",
    "introduced_by",
    "remember",
    "reason",
    "language",
    "cadence",
    "do_not_contact",
    "notes",
)
REASON_KEYS = ("kind", "text", "link", "date")


@dataclass(slots=True)
class Reading:
    """Collects the problems of one entry while its fields are read."""

    where: str
    problems: list[Problem] = field(default_factory=list)

    def attempt(self, key: str, read: Callable[[Any], Any], value: Any) -> Any:
        """What ``read`` makes of a value, or None and a problem."""
        try:
            return read(value)
        except BadValue as error:
            self.problems.append(Problem(self.where, f"{key}: {error.what}", error.to_do))
            return None


def read_fields(values: Mapping[str, Any], where: str) -> tuple[dict[str, Any], list[Problem]]:
    """The fields of Contact besides name and addresses that ``values`` has, checked; bad ones are left out.

    An unreadable do_not_contact counts as yes.
    """
    reading = Reading(where)
    fields: dict[str, Any] = {}
    for key, read in _READERS.items():
        value = values.get(key)
        if value is None or value == "":
            continue
        got = reading.attempt(key, read, value)
        if got is None and key == "do_not_contact":
            got = True
        if got is not None:
            fields[key] = got
    if (reason := values.get("reason")) not in (None, "", {}):
        fields["reason"] = _reason(reason, reading)
    return fields, reading.problems


def unknown_keys(values: Mapping[str, Any], known: Iterable[str], where: str) -> list[Problem]:
    """A problem for each key that is not ``known``."""
    known = tuple(known)
    return [
        Problem(where, f"{shown(key)}: unknown key", unknown_key_help(key, known)) for key in values if key not in known
    ]


def as_text(value: object) -> str:
    """A text, "" for None; BadValue for anything else."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadValue("must be text in quotes")
    return value


def _line(value: object) -> str:
    return clean_line(as_text(value))


def _paragraphs(value: object) -> str:
    return clean_text(as_text(value))


def _partial_date(value: object) -> PartialDate:
    if isinstance(value, bool) or not isinstance(value, str | int | date):
        raise BadValue("is no date", "write it as 2023-07-11, 2023-07 or 2023")
    return read_date(value)


def _language(value: object) -> str:
    return clean_language(as_text(value))


def _cadence(value: object) -> str:
    try:
        return str(Duration.parse(as_text(value)))
    except ValueError as error:
        if isinstance(error, BadValue):
            raise
        raise BadValue(str(error), 'write it in words: "3 months", "6 weeks"') from error


_YES = frozenset(["yes", "y", "true", "1", "x", "ja", "oui", "si", "sí", "sim", "はい", "是"])
_NO = frozenset(["no", "n", "false", "0", "nein", "non", "não", "nee", "いいえ", "否"])


def _yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in _YES | _NO:
        raise BadValue(f"{shown(word)!r} is neither yes nor no", "until it is, the contact is not written to")
    return word in _YES


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "introduction": _line,
    "met_on": _partial_date,
    "met_how": _line,
    "topic": _line,
    "introduced_by": _line,
    "remember": _paragraphs,
    "language": _language,
    "cadence": _cadence,
    "do_not_contact": _yes_or_no,
    "notes": _paragraphs,
}


def _reason(value: object, reading: Reading) -> Reason:
    if isinstance(value, str):
        value = {"kind": value}
    if not isinstance(value, Mapping):
        reading.problems.append(
            Problem(reading.where, "reason: must be a kind, or a table of kind, text, link and date")
        )
        return Reason()
    for problem in unknown_keys(value, REASON_KEYS, reading.where):
        reading.problems.append(Problem(problem.where, f"reason {problem.what}", problem.to_do))
    kind = reading.attempt("reason", _kind, value.get("kind"))
    return Reason(
        kind=kind or ReasonKind.RECONNECT,
        text=reading.attempt("reason text", _paragraphs, value.get("text")) or "",
        link=reading.attempt("reason link", _link, value.get("link")) or "",
        on=reading.attempt("reason date", _day, value.get("date")),
    )


def _kind(value: object) -> ReasonKind:
    word = _line(value).lower().replace("_", "-").replace(" ", "-") or ReasonKind.RECONNECT.value
    if word not in set(ReasonKind):
        kinds = ", ".join(ReasonKind)
        raise BadValue(
            f"{shown(word)!r} is no kind of reason", suggestion(word, set(ReasonKind)) or f"use one of {kinds}"
        )
    return ReasonKind(word)


def _link(value: object) -> str:
    link = clean_line(as_text(value))
    if link and not re.match(r"https?://[^\s/]+", link, re.IGNORECASE):
        raise BadValue(f"{shown(link)!r} is no web address", "write it with https://")
    return link


def _day(value: object) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    read = _partial_date(value)
    if read.precision != "day":
        raise BadValue(f"{str(read)!r} lacks the day", "write it as 2026-09-01")
    return read.value


def shown(text: str) -> str:
    """What the user wrote, short enough for a line."""
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"
