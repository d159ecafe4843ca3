"""A Takeout mailbox into a store: 50,000 messages in seconds, their bytes left in the file."""

from __future__ import annotations

import calendar
import mmap
import re
from collections.abc import Iterator
from pathlib import Path

from tests.gmail_server import entry as entries
from tests.gmail_server.entry import Entry, Source
from tests.gmail_server.labels import system_label
from tests.gmail_server.store import Store

MONTHS = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
# "From 1@xxx Tue Aug 22 14:41:41 +0000 2017": what mbox writers put there, and no sentence looks like it.
FROM_LINE = re.compile(
    rb"From \S* *(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z][a-z]) +(\d+) (\d+):(\d+):(\d+)(?: [+-]\d{4})? (\d{4})\s*\n"
)


def load(store: Store, path: Path) -> int:
    """Put all messages of an mbox into the store, with their thread ids and labels; how many they were."""
    if path.stat().st_size == 0:
        return 0
    with path.open("rb") as file:
        buffer = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    count = 0
    with store.lock:
        for start, end, received in _messages(buffer):
            new = entries.read(Source(buffer, start, end, from_mbox=True))
            _add(store, new, received)
            count += 1
        store.settle()
    return count


def _messages(buffer: mmap.mmap) -> Iterator[tuple[int, int, int]]:
    """Start and end of each message, and the milliseconds since 1970 that its From line tells (0 = nothing useful)."""
    line = _next_from_line(buffer, 0)
    while line is not None:
        following = _next_from_line(buffer, line.end())
        end = len(buffer) if following is None else following.start()
        yield line.end(), _without_separator(buffer, end), _received(line)
        line = following


def _next_from_line(buffer: mmap.mmap, position: int) -> re.Match[bytes] | None:
    if position == 0 and (match := FROM_LINE.match(buffer)):
        return match
    found = buffer.find(b"\nFrom ", max(0, position - 1))
    while found >= 0:
        if match := FROM_LINE.match(buffer, found + 1):
            return match
        found = buffer.find(b"\nFrom ", found + 1)
    return None


def _without_separator(buffer: mmap.mmap, end: int) -> int:
    """The blank line before a From line is the mbox's, not the message's."""
    tail = buffer[max(0, end - 4) : end]
    if tail.endswith(b"\r\n\r\n"):
        return end - 2
    return end - 1 if tail.endswith(b"\n\n") else end


def _received(line: re.Match[bytes]) -> int:
    month, day, hour, minute, second, year = line.groups()
    if month not in MONTHS or int(year) <= 1970:
        return 0
    moment = (int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second))
    return max(0, calendar.timegm(moment)) * 1000


def _add(store: Store, new: Entry, received: int) -> None:
    thread = new.takeout.get("x-gm-thrid", "")
    labels = set()
    for name in new.takeout.get("x-gmail-labels", "").split(","):
        known = system_label(name)
        labels.add(store.label_id(name.strip()) if known is None else known)
    new.takeout = {}
    date = received or new.date or 0
    store.add(new, labels - {""}, f"{int(thread):x}" if thread.isdigit() else "", date)
    if "DRAFT" in new.labels:
        store.adopt_draft(new)
