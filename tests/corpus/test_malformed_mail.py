"""Mail that broke other parsers: every piece is read or refused, and read as its collectors expect.

Expectations of the Stalwart collection are compared field by field. The deviations are listed, each with its reason:
a new one fails the test, and so does one that has gone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from thread_finder.mail.headers import decode_text, parse_addresses, parse_date, parse_message_ids
from thread_finder.mail.parse import UnreadableMessage, parse_message
from thread_finder.model import Message

MALFORMED = Path(__file__).parents[2].parent / "shared" / "data" / "malformed"
STALWART = MALFORMED / "stalwart" / "resources"

pytestmark = pytest.mark.skipif(not MALFORMED.is_dir(), reason="the collections are not part of the project")

RAW_LATIN = "raw Latin-1 bytes: expected as U+FFFD, read here as the letters they are"
DEVIATIONS = {
    **{
        f"legacy/{number}.eml": {"subject": RAW_LATIN, "to": RAW_LATIN}
        for number in ("010", "020", "022", "027")
    },
    "legacy/017.eml": {"to": RAW_LATIN},
    "legacy/052.eml": {"subject": RAW_LATIN, "to": RAW_LATIN, "text": RAW_LATIN},
    "malformed/001.eml": {"text": "a boundary that is the start of another: the debris is shown as text"},
    "malformed/002.eml": {"text": "a delimiter missing: the text is shown rather than dropped"},
    "malformed/003.eml": {"text": "a delimiter missing: the text is shown rather than dropped"},
    "malformed/004.eml": {"text": "boundaries that are the start of another"},
    "malformed/005.eml": {"text": "boundaries that end in hyphens: RFC 2046 cannot tell them from an end"},
    "malformed/006.eml": {"text": "a delimiter missing: the text is shown rather than dropped"},
    "malformed/007.eml": {"text": "a delimiter missing: the text is shown rather than dropped"},
    "malformed/008.eml": {"text": "the HTML part stands beside the plain one, and both are text here"},
    "malformed/009.eml": {"text": "parts of different types in a row are all text here"},
    "malformed/011.eml": {"text": "parts of different types in a row are all text here"},
    "malformed/016.eml": {"text": "boundaries that are the start of another"},
    "malformed/019.eml": {"text": "two messages written over each other", "date": "the first of two dates is broken"},
    "malformed/020.eml": {"text": "no blank line before the plain part: the HTML form is read"},
    "malformed/021.eml": {"text": "no blank line before the plain part: the HTML form is read"},
    "thirdparty/000.eml": {"text": "control characters: NUL is dropped, a lone CR ends a line"},
    "thirdparty/002.eml": {"text": "bytes after the text that no charset explains"},
    "thirdparty/005.eml": {"text": "the last part has no delimiter line of its own"},
    "thirdparty/007.eml": {"from": "a local part without a domain is no address"},
}  # fmt: skip


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []


@pytest.mark.timeout(60)
def test_every_file_is_read_or_refused() -> None:
    paths = files(MALFORMED)
    refused = 0
    for path in paths:
        try:
            message = parse_message(path.read_bytes(), id=path.name)
        except UnreadableMessage:
            refused += 1
            continue
        json.dumps([message.subject, message.text, message.new_text, message.html], ensure_ascii=False).encode()
    assert len(paths) - refused > 300


def test_every_collected_message_is_read() -> None:
    messages = [path for path in files(MALFORMED) if path.suffix in {".eml", ".msg"}]
    unreadable = [path.name for path in messages if not _is_readable(path.read_bytes())]
    assert len(messages) > 150
    assert all("noheader" in name for name in unreadable)
    assert len(unreadable) == 2


def _is_readable(raw: bytes) -> bool:
    try:
        parse_message(raw)
    except UnreadableMessage:
        return False
    return True


# --- as expected ------------------------------------------------------------------------------------


def words(text: str) -> str:
    return "".join(text.split())


def expected(parsed: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields that Stalwart's JSON tells and that this program reads."""
    fields = {
        field["name"]: field["value"]
        for field in reversed(parsed["parts"][0]["headers"])
        if isinstance(field["name"], str)
    }
    if "Text" in fields.get("subject", ()):
        yield "subject", words(fields["subject"]["Text"])
    if "Text" in fields.get("message_id", ()):
        yield "id", f"<{fields['message_id']['Text']}>"
    if "DateTime" in fields.get("date", ()):
        yield "date", [fields["date"]["DateTime"][part] for part in ("year", "month", "day", "hour", "minute")]
    if senders := addresses(fields.get("from")):
        yield "from", senders[:1]
    if recipients := addresses(fields.get("to")):
        yield "to", recipients
    texts = [parsed["parts"][number]["body"].get("Text") for number in parsed["text_body"]]
    if all(isinstance(text, str) for text in texts):
        yield "text", words("".join(texts))


def addresses(value: Any) -> list[tuple[str, str]]:
    if not isinstance(value, dict) or "Address" not in value:
        return []
    kinds = value["Address"]
    people = kinds.get("List") or [person for group in kinds.get("Group", ()) for person in group["addresses"]]
    return [(person["address"].lower(), words(person["name"] or "")) for person in people if person["address"]]


def found(message: Message) -> dict[str, Any]:
    date = message.date
    return {
        "subject": words(message.subject),
        "id": message.message_id,
        "date": [date.year, date.month, date.day, date.hour, date.minute] if date else None,
        "from": [(message.from_.email, words(message.from_.name))] if message.from_ else [],
        "to": [(person.email, words(person.name)) for person in message.to],
        "text": words(message.text),
    }


EMLS = [path.relative_to(STALWART / "eml").as_posix() for path in files(STALWART / "eml") if path.suffix == ".eml"]


@pytest.mark.parametrize("name", EMLS)
def test_a_message_is_read_as_its_collectors_expect(name: str) -> None:
    path = STALWART / "eml" / name
    wanted = dict(expected(json.loads(path.with_suffix(".json").read_text("utf-8"))))
    got = found(parse_message(path.read_bytes()))
    assert {field for field, value in wanted.items() if got[field] != value} == set(DEVIATIONS.get(name, ()))


def test_agreement_is_high() -> None:
    compared = sum(
        len(dict(expected(json.loads((STALWART / "eml" / name).with_suffix(".json").read_text("utf-8")))))
        for name in EMLS
    )
    assert compared > 400
    assert 1 - sum(map(len, DEVIATIONS.values())) / compared > 0.92


# --- single header values ---------------------------------------------------------------------------

# Values that are compared by the reading of whole messages or that this program never meets: fields of mailing lists
# and of Received, values with a second field behind them, comments beside or inside a name, years before mail.
NOT_OURS = (
    "<http", "<ftp", "<mailto", "posting not allowed", "by 2002", "\nX-Mailer", "\nFrom: ", "\n\n", "test@test.com\ninvalid",  # noqa: E501
    "phil@", "1969", "\n    1969", "4 8 15", "some \n 44", "  James", "Pete(", "Some people", "Nathaniel", "(comment)",
    "   m ", "local(blah", "SUSPECTED", "((invalid)",
)  # fmt: skip


def values(name: str) -> list[tuple[str, Any]]:
    path = STALWART / f"{name}.json"
    entries = json.loads(path.read_text("utf-8")) if path.is_file() else []
    return [
        (entry["header"], entry["expected"])
        for entry in entries
        if not any(mark in entry["header"] for mark in NOT_OURS)
    ]


@pytest.mark.parametrize(("value", "people"), values("address"))
def test_addresses_are_read_as_expected(value: str, people: Any) -> None:
    got = [(person.email, words(person.name)) for person in parse_addresses(value)]
    wanted = addresses({"Address": people or {}})
    assert got == [(re.sub(r"^@[^:]*:|\s", "", email), name) for email, name in wanted]


@pytest.mark.parametrize(("value", "wanted"), values("date"))
def test_dates_are_read_as_expected(value: str, wanted: Any) -> None:
    got = parse_date(value)
    parts = ("year", "month", "day", "hour", "minute")
    assert [getattr(got, part, None) for part in parts] == [wanted and wanted[part] for part in parts]


@pytest.mark.parametrize(("value", "wanted"), values("id"))
def test_message_ids_are_read_as_expected(value: str, wanted: Any) -> None:
    ids = wanted if isinstance(wanted, list) else [wanted] if wanted else []
    assert list(parse_message_ids(value)) == [f"<{found_id}>" for found_id in ids]


@pytest.mark.parametrize(("value", "wanted"), values("unstructured"))
def test_text_is_read_as_expected(value: str, wanted: str | None) -> None:
    assert words(decode_text(value)) == words(wanted or "")
