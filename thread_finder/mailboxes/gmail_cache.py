"""What was read of Gmail before: threads, which of them were chosen for whom, and the history cursor. 0600 files.

A cache: whatever is damaged or cannot be written is as if it had never been there.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import tempfile
import zlib
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from thread_finder.mailboxes.gmail_payload import Mail

_VERSION = 1  # of the files; others are thrown away


class GmailCache:
    """The cache in ``folder``. ``cursor`` is the history id up to which it is true, "" when it is empty."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._threads = folder / "threads"
        self._lists: dict[str, list[str]] = {}
        self.cursor = ""
        self._load()

    def thread(self, thread_id: str) -> tuple[Mail, ...] | None:
        """A thread as it was read, None when it is not here."""
        try:
            stored = json.loads(gzip.decompress(self._path(thread_id).read_bytes()))
            if stored["version"] != _VERSION or stored["id"] != thread_id:
                return None
            return tuple(_restored(item, thread_id) for item in stored["messages"])
        except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error):
            return None

    def keep_thread(self, thread_id: str, mails: Iterable[Mail]) -> None:
        """Remember a thread."""
        stored = {"version": _VERSION, "id": thread_id, "messages": [_stored(mail) for mail in mails]}
        self._write(self._path(thread_id), gzip.compress(json.dumps(stored).encode("ascii"), 1, mtime=0))

    def choice(self, key: str) -> tuple[str, ...] | None:
        """The threads chosen for a request, None when it was not asked before."""
        found = self._lists.get(key)
        return None if found is None else tuple(found)

    def keep_choice(self, key: str, thread_ids: Iterable[str]) -> None:
        """Remember the choice for a request; ``save`` writes it down."""
        self._lists[key] = list(thread_ids)

    def changed(self, thread_ids: Iterable[str], *, lists: bool) -> None:
        """Forget threads that have changed, and with ``lists`` all choices, because there is new mail."""
        for thread_id in thread_ids:
            with contextlib.suppress(OSError):
                self._path(thread_id).unlink(missing_ok=True)
        if lists:
            self._lists.clear()

    def clear(self) -> None:
        """Forget everything: the cursor is too old to tell what changed."""
        self._lists.clear()
        self.cursor = ""
        with contextlib.suppress(OSError):
            for path in self._threads.glob("*/*.gz"):
                path.unlink(missing_ok=True)

    def save(self) -> None:
        """Write the choices and the cursor down."""
        index = {"version": _VERSION, "cursor": self.cursor, "lists": self._lists}
        self._write(self._folder / "index.json", json.dumps(index).encode("ascii"))

    def _load(self) -> None:
        try:
            index = json.loads((self._folder / "index.json").read_bytes())
            lists = {str(key): [str(i) for i in ids] for key, ids in index["lists"].items()}
            if index["version"] == _VERSION and str(index["cursor"]).isdigit():
                self.cursor, self._lists = str(index["cursor"]), lists
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            self._lists = {}
        if not self.cursor:
            self.clear()

    def _path(self, thread_id: str) -> Path:
        name = sha256(thread_id.encode()).hexdigest()[:24]
        return self._threads / name[:2] / f"{name}.json.gz"

    def _write(self, path: Path, content: bytes) -> None:
        """Whole or not at all; a full disk only costs speed."""
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, temporary = tempfile.mkstemp(dir=path.parent)  # 0600
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                Path(temporary).replace(path)
            except OSError:
                Path(temporary).unlink(missing_ok=True)


def _stored(mail: Mail) -> dict[str, Any]:
    # ASCII JSON carries any byte as an escaped surrogate.
    raw = mail.raw.decode("utf-8", "surrogateescape")
    return {"id": mail.id, "labels": mail.labels, "date": mail.date, "raw": raw}


def _restored(item: dict[str, Any], thread_id: str) -> Mail:
    raw = str(item["raw"]).encode("utf-8", "surrogateescape")
    return Mail(str(item["id"]), thread_id, tuple(map(str, item["labels"])), int(item["date"]), raw)
