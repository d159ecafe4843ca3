"""From the files of an archive to the header fields of their messages, one after the other, for the index."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from thread_finder.mailboxes.archive_files import MailFile
from thread_finder.mailboxes.archive_headers import Headers, flag_labels, folder_labels, read_headers
from thread_finder.mailboxes.mbox import spans
from thread_finder.model import Label

SINGLE = -1  # the offset of a message that has a file to itself
_HEAD = 1 << 16  # bytes read of such a file; its header fields rarely need more
_PRINT = 65_536
_SAMPLES = 16


@dataclass(frozen=True, slots=True)
class Located:
    """One message: where it lies, and its fields with the labels of its place; None when it cannot be read."""

    offset: int
    size: int
    headers: Headers | None
    labels: frozenset[Label] = frozenset()


def scan(file: MailFile, start: int) -> Iterator[Located]:
    """The messages of a file, of an mbox from the offset ``start`` of a message on."""
    of_folder = folder_labels(file.folder) if file.folder else frozenset()
    if not file.mbox:
        yield _single(file, of_folder)
        return
    with open(file.path, "rb") as opened:
        for span in spans(opened, start, file.size):
            yield _located(span.offset, span.size, span.head, of_folder)


def fingerprint(path: str, size: int) -> str:
    """What tells whether an mbox only grew: a hash of its beginning, of its end at ``size``, and of samples between."""
    digest = sha256()
    with open(path, "rb") as opened:
        for place in (0, max(0, size - _PRINT)):
            opened.seek(place)
            digest.update(opened.read(min(_PRINT, size - place)))
        for sample in range(1, _SAMPLES):
            opened.seek(size * sample // _SAMPLES)
            digest.update(opened.read(min(512, size - opened.tell())))
    return digest.hexdigest()


def _single(file: MailFile, of_folder: frozenset[Label]) -> Located:
    try:
        descriptor = os.open(file.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            head = os.read(descriptor, _HEAD)
            if len(head) == _HEAD and b"\n\n" not in head and b"\n\r\n" not in head:
                head += os.read(descriptor, 8 * _HEAD)
        finally:
            os.close(descriptor)
    except OSError:
        return Located(SINGLE, 0, None)
    return _located(SINGLE, file.size or len(head), head, of_folder | flag_labels(file.path.rpartition(os.sep)[2]))


def _located(offset: int, size: int, head: bytes, of_place: frozenset[Label]) -> Located:
    headers = read_headers(head)
    return Located(offset, size, headers if headers.readable else None, headers.labels | of_place)
