"""What an archive consists of: mbox files, and folders of one message a file (Maildir, .eml). Read only.

Links inside a folder are not followed (hazards A10), hidden files are no mail, and nothing is locked or touched.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from thread_finder.errors import MailboxError
from thread_finder.mailboxes.mbox import looks_like_mbox

_SNIFF = 512
_MAILDIR = ("cur", "new", "tmp")
_PACKED = {b"PK\x03\x04": "a zip", b"\x1f\x8b": "a .tgz or .gz", b"BZh": "a .bz2", b"7z\xbc\xaf": "a .7z"}
_HOW = "set `path` under [account] to an mbox file, a Maildir, or a folder of .mbox or .eml files"


@dataclass(frozen=True, slots=True)
class MailFile:
    """An mbox, or a file that is one message.

    ``folder`` is the mail folder's name, "" at the top; ``maildir`` the directory of the MaildirPart it belongs to, if
    any. Files of a Maildir never change under one name, so their ``size`` and ``changed`` (nanoseconds) are not asked
    for and stay 0.
    """

    path: str
    mbox: bool
    folder: str
    size: int = 0
    changed: int = 0
    maildir: str = ""


@dataclass(frozen=True, slots=True)
class MaildirPart:
    """The ``cur`` or ``new`` of a Maildir. What comes, goes or gets other flags there changes the directory, so while
    ``changed`` (nanoseconds) stays as it was, nobody needs to list its many files.
    """

    path: str
    folder: str
    changed: int

    def files(self) -> Iterator[MailFile]:
        """The messages in it, listed now."""
        with os.scandir(self.path) as entries:
            for entry in entries:
                if entry.is_file(follow_symlinks=False) and not entry.name.startswith("."):
                    yield MailFile(entry.path, False, self.folder, maildir=self.path)


Source = MailFile | MaildirPart


def mail_sources(paths: Sequence[Path], apart_from: Path) -> tuple[Source, ...]:
    """All that an archive consists of, in a steady order. The folder ``apart_from``, the drafts, is left out.

    MailboxError when a path is missing, unreadable, empty or holds no mail.
    """
    if not paths:
        raise MailboxError("No archive is named.", _HOW)
    apart = os.path.realpath(apart_from)
    sources: dict[str, Source] = {}
    for path in paths:
        found = _of_path(path, apart)
        if not any(isinstance(source, MailFile) or any(source.files()) for source in found):
            raise MailboxError(f"The folder {path} holds no mail.", _unpack(path) or _HOW)
        sources |= {source.path: source for source in found}
    return tuple(sources.values())


def _unpack(folder: Path) -> str:
    """What to do with a folder as Takeout leaves it: full of packed parts."""
    packed = sorted(one.name for one in folder.iterdir() if one.suffix.lower() in {".zip", ".tgz", ".gz"})
    return f"unpack {packed[0]} first" + (f" (and {len(packed) - 1} more)" if packed[1:] else "") if packed else ""


def cut_short(sources: Iterable[Source]) -> tuple[str, ...]:
    """The mbox files that end in the middle of a line, as no complete one does."""
    return tuple(source.path for source in sources if isinstance(source, MailFile) and source.mbox and _cut(source))


def _cut(source: MailFile) -> bool:
    with open(source.path, "rb") as file:
        file.seek(max(0, source.size - 1))
        return file.read(1) not in {b"\n", b""}


def _of_path(path: Path, apart: str) -> list[Source]:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return sorted(_walk(os.path.realpath(path), apart), key=lambda source: source.path)
        if not stat.S_ISREG(mode):
            raise MailboxError(f"{path} is neither a file nor a folder.", _HOW)
        return [_of_file(path)]
    except FileNotFoundError as error:
        missing = error.filename or path
        raise MailboxError(f"There is no archive at {missing}.", f"check the spelling, or {_HOW}") from None
    except PermissionError as error:
        raise MailboxError(f"{error.filename or path} may not be read.", "give yourself leave to read it") from None
    except OSError as error:
        raise MailboxError(f"{path} cannot be read: {error.strerror}.", "check the disk or the connection") from None


def _of_file(path: Path) -> MailFile:
    real = os.path.realpath(path)
    start = _start(real)
    if not start:
        raise MailboxError(f"The archive {path} is empty.", "export your mail again, or name another file")
    for magic, kind in _PACKED.items():
        if start.startswith(magic):
            raise MailboxError(f"{path} is {kind}: unpack it first.", "then name the .mbox file that comes out of it")
    mbox = looks_like_mbox(start)
    if not mbox and path.suffix.lower() != ".eml":
        raise MailboxError(f"{path} is no mbox: it does not begin with a 'From ' line.", _HOW)
    status = path.stat()
    return MailFile(real, mbox, "", status.st_size, status.st_mtime_ns)


def _walk(root: str, apart: str) -> Iterator[Source]:
    """The mail below a folder. Closed folders inside are passed over, the folder itself must be readable."""
    pending = [root]
    while pending:
        here = pending.pop()
        if here == apart:
            continue
        try:
            if _is_part(here):
                yield MaildirPart(here, _folder_name(here, root), Path(here).stat().st_mtime_ns)
                continue
            entries = list(os.scandir(here))
        except PermissionError:
            if here == root:
                raise
            continue
        folders = {entry.name for entry in entries if entry.is_dir(follow_symlinks=False)}
        pending += [os.path.join(here, name) for name in folders if name != "tmp" or folders.isdisjoint(_MAILDIR[:2])]
        yield from _in_folder(entries, here, root)


def _is_part(here: str) -> bool:
    """Whether a directory is a Maildir's ``cur`` or ``new`` (and may be listed: PermissionError)."""
    if os.path.basename(here) not in _MAILDIR[:2]:
        return False
    os.scandir(here).close()
    return True


def _in_folder(entries: list[os.DirEntry[str]], here: str, root: str) -> Iterator[MailFile]:
    folder = _folder_name(here, root)
    for entry in entries:
        stem, suffix = os.path.splitext(entry.name.lower())
        if (
            suffix not in (".eml", ".mbox", ".mbx", "")
            or stem.startswith(".")
            or not entry.is_file(follow_symlinks=False)
        ):
            continue
        status = entry.stat(follow_symlinks=False)
        if suffix == ".eml":
            yield MailFile(entry.path, False, folder, status.st_size, status.st_mtime_ns)
        elif status.st_size and looks_like_mbox(_start(entry.path)):
            name = f"{folder}/{stem}".removeprefix("/")
            yield MailFile(entry.path, True, name, status.st_size, status.st_mtime_ns)


def _folder_name(here: str, root: str) -> str:
    """The mail folder a directory stands for: "Sent" for ``.Sent/cur`` of Maildir++, "Work/Old" for ``Work/Old``."""
    parts = [part for part in os.path.relpath(here, root).split(os.sep) if part not in (*_MAILDIR, ".")]
    return "/".join(part[1:].replace(".", "/") if part.startswith(".") else part for part in parts)


def _start(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(_SNIFF)
