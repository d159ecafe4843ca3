"""Write the sample mailbox that ships with ``thread-finder demo``: thread_finder/demo/sample.mbox and answers.json.

    python -m bench.make_demo            write both
    python -m bench.make_demo --check    say whether the shipped files are what the sources make (exit code 1 if not)

The sources, bench/demo_mailbox/**/*.toml, are made to be read: one file a contact with every mail typed out, and the
everyday noise beside them. Everything in them is invented. Same sources, same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bench.demo_mime import Mail, Part, Person, message_bytes, with_quote

SOURCES = Path(__file__).parent / "demo_mailbox"
SHIPPED = Path(__file__).parents[1] / "thread_finder" / "demo"
OWNER = ("uni", "work", "me")
# Two Takeout exports joined: the first was made while the account spoke Dutch.
ENGLISH_SINCE = date(2022, 1, 1)
DUTCH = {
    "Inbox": "Postvak IN",
    "Sent": "Verzonden",
    "Opened": "Geopend",
    "Unread": "Ongelezen",
    "Drafts": "Concepten",
    "Trash": "Prullenbak",
    "Important": "Belangrijk",
    "Archived": "Gearchiveerd",
    "Category Promotions": "Categorie Promoties",
    "Category Updates": "Categorie Updates",
}
REPLY_PREFIX = {"outlook de": "AW: ", "outlook it": "R: ", "outlook nl": "Antw: ", "outlook fr": "RE: "}
ANY_PREFIX = re.compile(r"^(?:(?:re|aw|r|antw|fw|fwd|wg|sv)\s*:\s*)+", re.IGNORECASE)

# What a [[mail]] may say; ``thread`` groups mails, ``reply`` names the mail answered when it is not the thread's last.
KEYS = {
    "id",
    "thread",
    "from",
    "to",
    "cc",
    "at",
    "subject",
    "text",
    "form",
    "client",
    "quote",
    "reply",
    "loose",
    "bare",
}
KEYS |= {"label", "labels", "headers", "drop", "event", "part", "multipart"}

Table = dict[str, Any]


@dataclass
class Source:
    """One TOML file: its people, its mails, and for a contact the known answer."""

    name: str
    people: dict[str, Person]
    mails: list[Table]
    answer: Table | None


def main() -> int:
    sources = list(read_sources())
    mails = [(source, mail) for source in sources for mail in write_mails(source)]
    mails.sort(key=lambda pair: (pair[1].at, pair[1].message_id))
    files = {
        "sample.mbox": b"".join(mbox_entry(mail) for _, mail in mails),
        "answers.json": answers_json(sources, mails),
    }
    if "--check" in sys.argv[1:]:
        stale = [name for name, data in files.items() if (SHIPPED / name).read_bytes() != data]
        print("stale: " + ", ".join(stale) if stale else "up to date")
        return 1 if stale else 0
    for name, data in files.items():
        (SHIPPED / name).write_bytes(data)
    print(f"{len(mails)} messages, {sum(1 for s in sources if s.answer)} contacts, {len(files['sample.mbox'])} bytes")
    return 0


def read_sources() -> Iterator[Source]:
    common = people_of(tomllib.loads((SOURCES / "owner.toml").read_text("utf-8")))
    for path in sorted(SOURCES.glob("*/*.toml")):
        table = tomllib.loads(path.read_text("utf-8"))
        mails = [*table.get("mail", ()), *series_mails(table.get("series", ()))]
        yield Source(path.stem, {**common, **people_of(table)}, mails, table.get("answer"))


def people_of(table: Table) -> dict[str, Person]:
    return {key: Person(**fields) for key, fields in table.get("people", {}).items()}


def series_mails(series: list[Table]) -> Iterator[Table]:
    """Mail of one robot or newsletter: the texts of ``[[series]]`` filled with each of its rows."""
    for one in series:
        for row in one["rows"]:
            filled = {key: one[key].format(**row) for key in ("subject", "text")}
            plain = {key: value for key, value in one.items() if key not in ("rows", "subject", "text")}
            yield {**plain, **filled, "at": row["at"]}


def write_mails(source: Source) -> Iterator[Mail]:
    written: dict[str, Mail] = {}
    last: dict[str, Mail] = {}
    for number, table in enumerate(source.mails):
        key: str = table.get("id", f"{number:03}")
        thread: str = table.get("thread", key)
        parent = written[table["reply"]] if "reply" in table else last.get(thread)
        mail = write_mail(source, table, f"{source.name}/{key}", parent, thread)
        written[key] = last[thread] = mail
        yield mail


def write_mail(source: Source, table: Table, key: str, parent: Mail | None, thread: str) -> Mail:
    if unknown := set(table) - KEYS:
        raise ValueError(f"{key}: unknown {', '.join(sorted(unknown))}")
    sender = source.people[table["from"]]
    sender = replace(sender, client=table.get("client", sender.client))
    owns = table["from"] in OWNER
    text = table.get("text", "").strip("\n")
    if sender.signature and not table.get("bare"):
        text = f"{text}\n\n{sender.signature}"
    body, page = with_quote(text, sender, parent if table.get("quote", True) else None)
    to = [person(source, name) for name in table.get("to", [])] or answered(source, parent, sender)
    return Mail(
        key=key,
        message_id=message_id(key, sender.email),
        thrid=number_of(f"{source.name}/{thread}"),
        at=table["at"],
        sender=sender,
        to=tuple(to),
        cc=tuple(person(source, name) for name in table.get("cc", [])),
        subject=table.get("subject") or reply_subject(sender, parent),
        labels=labels(table, owns),
        body=body,
        page=page,
        form=table.get("form", sender.form),
        references=(*parent.references, parent.message_id) if parent and not table.get("loose") else (),
        headers=table.get("headers", {}),
        drop=tuple(table.get("drop", ())),
        extra=tuple(extra_parts(source, table)),
        multipart=table.get("multipart", "mixed"),
    )


def person(source: Source, name: str) -> Person:
    return Person("", name) if "@" in name else source.people[name]


def answered(source: Source, parent: Mail | None, sender: Person) -> list[Person]:
    if parent is None:
        raise ValueError(f"{source.name}: a first mail needs its recipients")
    return [parent.sender] if parent.sender.email != sender.email else list(parent.to)


def reply_subject(sender: Person, parent: Mail | None) -> str:
    if parent is None:
        raise ValueError("a first mail needs a subject")
    return REPLY_PREFIX.get(sender.client, "Re: ") + ANY_PREFIX.sub("", parent.subject)


def message_id(key: str, email: str) -> str:
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:22]}@{email.rpartition('@')[2]}>"


def number_of(key: str) -> int:
    """An id as Gmail gives them: sixteen hex digits, the first always 1."""
    return int("1" + hashlib.sha256(key.encode()).hexdigest()[:15], 16)


def labels(table: Table, owns: bool) -> tuple[str, ...]:
    usual = ["Sent"] if owns else ["Inbox", "Opened"]
    given = table.get("labels", [*usual, *table.get("label", [])])
    older = table["at"].date() < ENGLISH_SINCE
    return tuple(DUTCH.get(label, label) if older else label for label in given)


def extra_parts(source: Source, table: Table) -> Iterator[Part]:
    for part in table.get("part", ()):
        yield Part(**part)
    event = table.get("event")
    if event:
        method = event.get("method", "REQUEST")
        yield Part("text/calendar", calendar_text(source, event, method, table["at"]), params=f"; method={method}")


def calendar_text(source: Source, event: Table, method: str, at: datetime) -> str:
    """RFC 5545 text, unfolded as many programs write it; an attendee is ``name`` or ``name ACCEPTED``."""
    lines = ["BEGIN:VCALENDAR", "PRODID:-//Example//Calendar 7//EN", "VERSION:2.0", f"METHOD:{method}", "BEGIN:VEVENT"]
    lines += [f"UID:{event['uid']}", f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"]
    lines += [
        f"{edge}:{event[key].astimezone(UTC):%Y%m%dT%H%M%SZ}" for edge, key in (("DTSTART", "start"), ("DTEND", "end"))
    ]
    lines += [f"{name.upper()}:{event[name]}" for name in ("summary", "location", "rrule", "sequence") if name in event]
    organizer = source.people[event["organizer"]]
    lines.append(f"ORGANIZER;CN={organizer.name}:mailto:{organizer.email}")
    for entry in event["attendees"]:
        name, _, status = entry.partition(" ")
        who = source.people[name]
        lines.append(f"ATTENDEE;CN={who.name};PARTSTAT={status or 'NEEDS-ACTION'};RSVP=TRUE:mailto:{who.email}")
    status = "CANCELLED" if method == "CANCEL" else "CONFIRMED"
    return "\r\n".join([*lines, f"STATUS:{status}", "END:VEVENT", "END:VCALENDAR"])


def mbox_entry(mail: Mail) -> bytes:
    """The message as Takeout stores it: a ``From `` line in front, ``From `` in bodies escaped."""
    stamp = f"{mail.at.astimezone(UTC):%a %b %d %H:%M:%S +0000 %Y}"
    body = re.sub(rb"(?m)^(>*From )", rb">\1", message_bytes(mail))
    return f"From {number_of(mail.key)}@xxx {stamp}\n".encode() + body.rstrip(b"\n") + b"\n\n"


def answers_json(sources: list[Source], mails: list[tuple[Source, Mail]]) -> bytes:
    known = {}
    for source in sources:
        if source.answer:
            known[source.name] = answer(source, [mail for owner, mail in mails if owner is source])
    return (json.dumps(known, ensure_ascii=False, indent=1) + "\n").encode()


def answer(source: Source, mails: list[Mail]) -> Table:
    """The answer with message and thread ids in the place of the source's short keys."""
    given: Table = {"kind": None, "parent": None, "meeting_on": None, "reply_from": None, "reply_to": None, "best": []}
    given |= source.answer or {}
    by_key = {mail.key: mail for mail in mails}
    thrids = [number_of(f"{source.name}/{key}") for key in given["best"]]
    usable = [mail for mail in mails if not {"Message-ID"} & set(mail.drop) and not _unusable(mail)]
    ids = [[mail.message_id for mail in usable if mail.thrid == thrid] for thrid in thrids]
    if not all(ids):
        raise ValueError(f"{source.name}: a thread of the answer has no mail")
    parent = given["parent"]
    return {
        **{key: str(value) if isinstance(value, date) else value for key, value in given.items()},
        "best_ids": ids,
        "best_thrids": [f"{thrid:x}" for thrid in thrids],
        "parent_id": by_key[f"{source.name}/{parent}"].message_id if parent else None,
    }


def _unusable(mail: Mail) -> bool:
    return bool({"Drafts", "Concepten", "Trash", "Prullenbak", "Spam"} & set(mail.labels))


if __name__ == "__main__":
    raise SystemExit(main())
