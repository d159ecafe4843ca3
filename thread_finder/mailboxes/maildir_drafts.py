"""Drafts in a Maildir: written whole or not at all, each openable by a mail program as an unsent message.

The draft id is the part of the file name before the flags, so that it stays when a mail program changes those.
"""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

from thread_finder.errors import NotSavedError, NowhereToSaveError, way_out
from thread_finder.model import StoredDraft

_UNSENT = b"X-Unsent: 1\n"  # mail programs open such a message in a window for writing
_FLAGS = ":2,DS"  # maildir(5): a draft, seen


class MaildirDrafts:
    """The Maildir at ``folder``; it comes into being with the first draft."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[Path, tuple[tuple[int, int, int], StoredDraft]] = {}

    def all(self) -> tuple[StoredDraft, ...]:
        """Every draft there is now; trashed ones are none."""
        found = []
        for part in ("cur", "new"):
            try:
                names = sorted(os.listdir(self._folder / part))
            except OSError:
                continue
            for name in names:
                draft = self._stored(self._folder / part / name)
                if draft is not None:
                    found.append(draft)
        return tuple(found)

    def get(self, draft_id: str) -> StoredDraft | None:
        """One draft, without a look into the others."""
        path = self._path(draft_id)
        return self._stored(path) if path else None

    def add(self, raw: bytes) -> StoredDraft:
        """Write a new draft and read it back. NotSavedError when it could not be written; nothing is left behind."""
        name = f"{int(time.time())}.{secrets.token_hex(8)}.thread-finder"
        return self._write(self._folder / "cur" / f"{name}{_FLAGS}", raw)

    def replace(self, draft_id: str, raw: bytes) -> StoredDraft:
        """Put other bytes in a draft's place in one step."""
        path = self._path(draft_id)
        if path is None:
            raise NotSavedError(f"The draft {draft_id} is no longer there.", "run the command again for a new one")
        return self._write(path, raw)

    def remove(self, draft_id: str) -> None:
        """Remove a draft; one that is not there is no error."""
        path = self._path(draft_id)
        if path is not None:
            path.unlink(missing_ok=True)

    def _write(self, path: Path, raw: bytes) -> StoredDraft:
        temporary = self._folder / "tmp" / path.name.partition(":")[0]
        try:
            for part in ("cur", "new", "tmp"):
                (self._folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                _durably(temporary, _UNSENT + raw)
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)
            _sync_folder(path.parent)
        except OSError as error:
            reason = error.strerror or str(error)
            raise NowhereToSaveError(
                f"The draft could not be written into {self._folder}: {reason}.", way_out(error)
            ) from None
        stored = self._stored(path)
        if stored is None or stored.raw != raw:
            path.unlink(missing_ok=True)
            raise NotSavedError(f"The draft written into {self._folder} reads back differently.", "check the disk")
        return stored

    def _path(self, draft_id: str) -> Path | None:
        for part in ("cur", "new"):
            folder = self._folder / part
            if folder.is_dir():
                for name in os.listdir(folder):
                    if name.partition(":")[0] == draft_id:
                        return folder / name
        return None

    def _stored(self, path: Path) -> StoredDraft | None:
        name, _, flags = path.name.partition(":")
        if name.startswith(".") or "T" in flags:
            return None
        try:
            state = path.stat()
            version = (state.st_ino, state.st_mtime_ns, state.st_size)
            known = self._seen.get(path)
            if known is None or known[0] != version:
                draft = StoredDraft(name, "", path.read_bytes().removeprefix(_UNSENT), str(path))
                known = self._seen[path] = (version, draft)
        except OSError:
            return None
        return known[1]


def _durably(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the renaming last; systems that cannot open folders keep it anyway."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
