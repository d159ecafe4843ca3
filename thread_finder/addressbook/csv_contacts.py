"""Contacts from a spreadsheet: our own columns, or a Google Contacts or Outlook export as it is."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thread_finder.addressbook.encoding import decode, doubts
from thread_finder.addressbook.entries import Book, Entry, make_book
from thread_finder.addressbook.fields import KEYS, REASON_KEYS
from thread_finder.errors import ConfigError, Problem
from thread_finder.model import ReasonKind
from thread_finder.userfiles import suggestion

_LINES_IN_A_ROW = 200
"""A quote that stays open for longer was never meant to open."""

_COLUMNS = (*KEYS, *(f"reason_{key}" for key in REASON_KEYS))
_SYNONYMS: Mapping[str, str] = {
    "full_name": "name",
    "display_name": "name",
    "contact": "name",
    "contact_name": "name",
    "given_name": "first_name",
    "additional_name": "middle_name",
    "family_name": "last_name",
    "surname": "last_name",
    "mail": "emails",
    "note": "notes",
}
_NAME_PARTS = ("first_name", "middle_name", "last_name")
_EMAIL = re.compile(r"e_?mails?(_\d+)?(_(value|address|addresses))?|e_?mail_address(es)?(_\d+)?")
_OF_EXPORTS = frozenset(
    {"e_mail_1_value", "given_name", "family_name", "first_name", "last_name", "e_mail_display_name"}
)


def read_book(content: bytes, path: Path) -> Book:
    """The contacts in ``content``; ConfigError where its first line names no columns that we know."""
    lines = list(io.StringIO(decode(content), newline=""))
    first, delimiter = _begin(lines)
    records = _records(lines, first, delimiter)
    header = next((record for record in records if record.cells), None)
    if header is None:
        raise ConfigError(f"{path} is empty", "its first line names the columns: name,emails,met_on,…")
    columns = _Columns.read(header.cells)
    if not columns.usable:
        problem = Problem(f"{path.name}:{header.line}", "the first line must name the columns", "name,emails,met_on,…")
        raise ConfigError(f"{path} has no columns for names and addresses", problems=(problem,))
    entries = (columns.entry(record, path.name) for record in records if record.problem or any(record.cells))
    problems = doubts(content, path.name) + columns.problems(f"{path.name}:{header.line}")
    return make_book(entries, problems, file=path.name)


# --- rows -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    cells: list[str]
    problem: str = ""


def _begin(lines: list[str]) -> tuple[int, str]:
    """Where the table begins, and its delimiter: Excel's "sep=;" line, else the commonest of the header line."""
    for number, line in enumerate(lines):
        if line.strip():
            if told := re.fullmatch(r"\s*\"?sep=(.)\"?\s*", line, re.IGNORECASE):
                return number + 1, told[1]
            counts = Counter(char for char in re.sub(r'"[^"]*"', "", line[:10_000]) if char in ",;\t|")
            return number, counts.most_common(1)[0][0] if counts else ","
    return 0, ","


def _records(lines: list[str], first: int, delimiter: str) -> Iterator[_Record]:
    """Row by row, so that a row with a quote left open does not swallow those below it."""
    position = first
    while position < len(lines):
        until = min(position + _LINES_IN_A_ROW, len(lines))
        reader = csv.reader((lines[n] for n in range(position, until)), delimiter=delimiter)
        try:
            cells = [cell.strip() for cell in next(reader)]
            problem = (
                "a quote is opened and not closed" if _left_open(lines, position, until, reader, delimiter) else ""
            )
        except csv.Error as error:
            cells, problem = [], _in_words(error)
        if problem:  # the beginning of its first line is enough to tell whose it is
            cells = [cell.strip('" ')[:60] for cell in lines[position][:1000].split(delimiter)]
        yield _Record(position + 1, cells, problem)
        position += 1 if problem else reader.line_num


def _in_words(error: csv.Error) -> str:
    if "field larger than" in str(error):
        return f"a cell is longer than {csv.field_size_limit()} characters; shorten it, or look for a quote left open"
    return str(error)


def _left_open(lines: list[str], position: int, until: int, reader: Any, delimiter: str) -> bool:
    if position + reader.line_num < until or "".join(lines[position:until]).count('"') % 2 == 0:
        return False
    strict = csv.reader(lines[position:until], delimiter=delimiter, strict=True)
    try:
        next(strict)
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


# --- columns ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Columns:
    """What each cell of a row means: ``keys`` by position, "" for columns that are not ours."""

    written: tuple[str, ...]
    keys: tuple[str, ...]
    exported: bool

    @classmethod
    def read(cls, header: list[str]) -> _Columns:
        slugs = [re.sub(r"\W+", "_", name.lower()).strip("_") for name in header]
        keys = tuple(_key(slug) for slug in slugs)
        return cls(tuple(header), keys, not _OF_EXPORTS.isdisjoint(slugs))

    @property
    def usable(self) -> bool:
        return "emails" in self.keys and not {"name", *_NAME_PARTS}.isdisjoint(self.keys)

    def problems(self, where: str) -> list[Problem]:
        """Columns that look like a slip of the pen. Others, such as a telephone number, are nobody's mistake."""
        if self.exported:
            return []
        unknown = [name for name, key in zip(self.written, self.keys, strict=True) if name and not key]
        near = [(name, suggestion(name, _COLUMNS)) for name in unknown]
        return [Problem(where, f"{name[:40]}: unknown column", to_do) for name, to_do in near if to_do]

    def entry(self, record: _Record, file: str) -> Entry:
        source = f"{file}:{record.line}"
        if record.problem:
            name = dict(zip(self.keys, record.cells, strict=False)).get("name", "")
            return Entry(source, {"name": name}, unusable=record.problem)
        if any(record.cells[len(self.keys) :]):
            what = f"has {len(record.cells)} cells for {len(self.keys)} columns"
            return Entry(source, {}, unusable=f"{what}; put quotes around a cell that holds the delimiter")
        return Entry(source, self._values(record.cells), self.exported)

    def _values(self, cells: list[str]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        emails = []
        for key, cell in zip(self.keys, cells, strict=False):
            if key == "emails" and cell:
                emails.append(cell)
            elif key and cell:
                values.setdefault(key, cell)
        parts = [values.pop(key, "") for key in _NAME_PARTS]
        values.setdefault("name", " ".join(part for part in parts if part))
        values["emails"] = ";".join(emails)
        return values | _reason(values)


def _key(slug: str) -> str:
    if _EMAIL.fullmatch(slug):
        return "emails"
    slug = _SYNONYMS.get(slug, slug)
    return slug if slug in _COLUMNS or slug in _NAME_PARTS else ""


def _reason(values: Mapping[str, str]) -> dict[str, Any]:
    """The reason's own columns; a ``reason`` column is the kind, or the words where the kind has its own column."""
    table = {key: values[f"reason_{key}"] for key in REASON_KEYS if values.get(f"reason_{key}")}
    whole = values.get("reason", "")
    if whole:
        is_kind = "kind" not in table or whole.lower() in set(ReasonKind)
        table.setdefault("kind" if is_kind else "text", whole)
    return {"reason": table} if table else {}
