"""What people write in their own files: read, checked lightly, written back without risk."""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import stat
import tempfile
import tomllib
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from thread_finder.errors import ConfigError, Problem
from thread_finder.model import PartialDate

MAX_FILE = 64 * 1024 * 1024
"""Bytes. No list of people written by a person is larger; a mailbox given by mistake is."""

_MAX_EMAIL = 254  # RFC 5321 4.5.3.1.3, less the angle brackets
_NOT_IN_EMAIL = re.compile(r"[\s<>()\[\],;:\\\"]")
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NOTHING = str.maketrans("", "", "\u200b\u2060\ufeff")


class BadValue(ValueError):  # noqa: N818 - it is one, and says so where it is raised
    """A value that cannot be used: ``what`` is wrong with it, and what ``to_do``."""

    def __init__(self, what: str, to_do: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.to_do = to_do


# --- reading and writing files ----------------------------------------------------------------------


def read_bytes(path: Path, missing: str) -> bytes:
    """The whole file; ConfigError when it is missing (``missing`` says what to do), unreadable or over MAX_FILE."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE + 1)
    except FileNotFoundError as error:
        raise ConfigError(f"{path} does not exist", missing) from error
    except IsADirectoryError as error:
        raise ConfigError(f"{path} is a folder, not a file", "give the file's own path") from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"{path} cannot be read: {why}", "check its path and its permissions") from error
    if len(content) > MAX_FILE:
        raise ConfigError(f"{path} is larger than {MAX_FILE >> 20} MB", "check that it is the right file")
    return content


def read_toml(path: Path, missing: str) -> dict[str, Any]:
    """The tables of a TOML file; ConfigError as in read_bytes, and for bad TOML with line and column."""
    return parse_toml(read_bytes(path, missing), path)


def parse_toml(content: bytes, path: Path) -> dict[str, Any]:
    """``content`` as TOML; ConfigError that names line and column."""
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = Problem(f"{path.name}:{line}", "not UTF-8 text", "save the file as UTF-8")
    except tomllib.TOMLDecodeError as error:
        problem = _syntax_problem(path, str(error))
    except RecursionError:
        problem = Problem(path.name, "nested too deeply")
    raise ConfigError(f"{path} cannot be understood", "mend the place named", (problem,))


def _syntax_problem(path: Path, message: str) -> Problem:
    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    if not place:
        return Problem(path.name, message)
    what = message[: place.start()]
    if not place[1]:
        return Problem(path.name, f"{what} (at the end of the file)")
    return Problem(f"{path.name}, line {place[1]}, column {place[2]}", what)


def write_private(path: Path, content: bytes) -> None:
    """Replace a file whole or not at all, readable by the user only (hazards F11, A13). OSError when it cannot be."""
    path = path.resolve()  # a link stays a link
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    _sync_folder(path.parent)


def open_to_others(path: Path) -> bool:
    """Whether other users of this machine can read a file (hazards A13); Windows has no such bits."""
    try:
        return os.name != "nt" and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
    except OSError:
        return False


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # not every system lets a folder be opened
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# --- values -----------------------------------------------------------------------------------------


def suggestion(word: str, known: Iterable[str]) -> str:
    """What was probably meant: "did you mean emails?" for "emials"; "" where nothing is near."""
    near = difflib.get_close_matches(word[:80].lower(), list(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else ""


def unknown_key_help(word: str, known: Iterable[str]) -> str:
    """What to do about an unknown key: the nearest one, else the whole list."""
    known = list(known)
    return suggestion(word, known) or f"known are {', '.join(known)}"


def clean_text(text: str) -> str:
    """Text of several lines, stripped; BadValue for terminal escapes and other control characters (hazards A5)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_NOTHING)
    for char in text:
        if char in _BIDI or (char not in "\n\t" and unicodedata.category(char) in {"Cc", "Cs"}):
            raise BadValue(f"holds the control character U+{ord(char):04X}", "remove it, or type the text again")
    return unicodedata.normalize("NFC", text).strip()


def clean_line(text: str) -> str:
    """As clean_text, on one line: every run of white space is one space (hazards A1)."""
    return " ".join(clean_text(text).split())


def clean_email(text: str) -> str:
    """The bare address in lower case, from ``jane@x.example``, ``Jane <jane@x.example>`` or ``mailto:…``.

    Checked lightly and without network: one @ with something on both sides, no blanks, brackets or
    invisible characters. BadValue otherwise.
    """
    bare = text.translate(_NOTHING).strip()
    if bare.endswith(">") and "<" in bare:
        bare = bare[bare.rindex("<") + 1 : -1].strip()
    if bare.lower().startswith("mailto:"):
        bare = bare[len("mailto:") :]
    shown = repr(bare[:60])
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in bare):
        raise BadValue(f"{shown} holds an invisible character", "type the address again")
    local, _, domain = bare.rpartition("@")
    if not local or not domain:
        raise BadValue(f"{shown} is no e-mail address", "write it as name@example.org")
    if "@" in local or _NOT_IN_EMAIL.search(bare) or domain.startswith(".") or ".." in domain or len(bare) > _MAX_EMAIL:
        raise BadValue(f"{shown} is no e-mail address", "write one plain address, as name@example.org")
    return unicodedata.normalize("NFC", bare).lower()


_LANGUAGE = re.compile(r"([A-Za-z]{2,3})([-_][A-Za-z0-9]{2,8})*")


def clean_language(text: str) -> str:
    """A language code (BCP 47) such as "en" or "pt-BR"; BadValue for names of languages."""
    text = text.strip()
    if not _LANGUAGE.fullmatch(text):
        raise BadValue(f"{text[:30]!r} is no language code", "write a code such as en, de or pt-BR")
    first, *rest = text.replace("_", "-").split("-")
    return "-".join([first.lower(), *rest])


_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_DAY_LAST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[./-](\d{4})")
_TIME_OF_DAY = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?(Z|[+-]\d\d:?\d\d)?$")
_WRITE_ISO = "write it as 2023-07-11, 2023-07 or 2023"


def read_date(value: object) -> PartialDate:
    """A date as precisely as it was written: a TOML date, 2023-07-11, 2023-07, 2023, 11.07.2023 or 13/7/2023.

    BadValue when it is none, or when day and month cannot be told apart (7/11/2023).
    """
    if isinstance(value, datetime):
        return PartialDate(value.date())
    if isinstance(value, date):
        return PartialDate(value)
    text = _TIME_OF_DAY.sub("", str(value).strip())
    if iso := _ISO.fullmatch(text):
        return _date(text, *iso.groups())
    if month_year := _MONTH_YEAR.fullmatch(text):
        return _date(text, month_year[2], month_year[1], None)
    if parts := _DAY_LAST.fullmatch(text):
        return _date(text, parts[4], *_month_and_day(text, parts))
    raise BadValue(f"{text[:40]!r} is no date", _WRITE_ISO)


def _month_and_day(text: str, parts: re.Match[str]) -> tuple[str, str]:
    first, second = int(parts[1]), int(parts[3])
    if parts[2] == "." or first > 12:
        return parts[3], parts[1]
    if second <= 12 and first != second:
        both = f"{parts[4]}-{first:02}-{second:02} or {parts[4]}-{second:02}-{first:02}"
        raise BadValue(f"{text!r} can be read in two ways", f"write {both}")
    return parts[1], parts[3]


def _date(text: str, year: str, month: str | None, day: str | None) -> PartialDate:
    precision = "day" if day else "month" if month else "year"
    try:
        value = date(int(year), int(month or 1), int(day or 1))
    except ValueError as error:
        raise BadValue(f"{text[:40]!r} is no date of the calendar", _WRITE_ISO) from error
    if not 1900 <= value.year <= 2200:
        raise BadValue(f"{text[:40]!r} is not between 1900 and 2200", _WRITE_ISO)
    return PartialDate(value, precision)
