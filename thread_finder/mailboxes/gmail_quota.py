"""Gmail's quota: what each method costs, and a limiter that everything running at once on one account shares.

The units are those in force since 2026-05-01: 6,000 a minute for a user of a new Google project, 15,000 for older ones.
"""

from __future__ import annotations

import math
import os
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from thread_finder.filelock import try_lock

UNITS = {
    "gmail.users.drafts.create": 10,
    "gmail.users.drafts.delete": 10,
    "gmail.users.drafts.get": 20,
    "gmail.users.drafts.list": 5,
    "gmail.users.drafts.update": 15,
    "gmail.users.getProfile": 1,
    "gmail.users.history.list": 2,
    "gmail.users.messages.attachments.get": 20,
    "gmail.users.messages.get": 20,
    "gmail.users.messages.list": 5,
    "gmail.users.settings.sendAs.list": 1,
    "gmail.users.threads.get": 40,
}
_MINUTE = 61.0  # seconds: Google's, and a little for its clocks
_IN_FLIGHT = 60.0  # seconds until a request has ended one way or the other
_CHARGE = struct.Struct("<dq")


class Limiter:
    """Lets through at most ``units`` in any minute, over all threads, and all processes that share the file ``shared``.

    Gmail charges a request some time between its start and its answer, so units count until a minute after the answer.
    ``spent`` are this limiter's own units so far.
    """

    def __init__(
        self,
        units: int,
        shared: Path | None = None,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.units = units
        self.spent = 0
        self._shared = shared
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._charges: dict[float, int] = {}

    @contextmanager
    def spending(self, units: int) -> Iterator[None]:
        """Make a request that costs ``units`` inside this: waits until the minute has room for them."""
        while (until := self._begin(units)) == 0:
            self._sleep(self.wait_for(units) or 0.01)
        try:
            yield
        finally:
            self._end(until, units)

    def wait_for(self, units: int) -> float:
        """Seconds until so many units could be spent; an estimate, taking nothing."""
        with self._book() as charges:
            return self._wait(units, charges)

    def _begin(self, units: int) -> float:
        """Take units for a request that is now under way; until when at the latest, 0 when there is no room for it."""
        with self._book() as charges:
            if self._wait(units, charges) > 0:
                return 0
            until = self._clock() + _IN_FLIGHT
            charges[until] = charges.get(until, 0) + units
            self.spent += units
            return until

    def _end(self, until: float, units: int) -> None:
        """The request has ended: its units were charged by now."""
        with self._book() as charges:
            charges[until] = charges.get(until, units) - units
            second = math.ceil(self._clock())
            charges[second] = charges.get(second, 0) + units

    def _wait(self, units: int, charges: Mapping[float, int]) -> float:
        now = self._clock()
        over = sum(charges.values()) + min(units, self.units) - self.units
        for at, charged in sorted(charges.items()):
            if over <= 0:
                break
            over -= charged
            if over <= 0:  # what is under way may be answered at any time
                return max(at + _MINUTE - now, 0.01) if at <= now + 1 else 0.5
        return 0.0

    @contextmanager
    def _book(self) -> Iterator[dict[float, int]]:
        """What was charged of late, by the second in which it was at the latest; in the future: under way."""
        with self._lock:
            try:
                handle = _open_locked(self._shared) if self._shared else -1
            except OSError:  # no folder to write in: then other processes are not known of
                handle = -1
            try:
                charges = _read(handle) if handle >= 0 else self._charges
                now = self._clock()
                for at in [at for at in charges if not now - _MINUTE < at <= now + _IN_FLIGHT or not charges[at]]:
                    del charges[at]
                yield charges
                if handle >= 0:
                    _write(handle, charges)
            finally:
                if handle >= 0:
                    os.close(handle)


def shared_limiter(state: Path, account: str, api_root: str, units: int = 6000) -> Limiter:
    """A limiter that knows of everything that runs on an account from one state folder."""
    name = sha256(f"{account} {api_root}".encode()).hexdigest()[:16]
    return Limiter(units, state / "gmail" / f"quota-{name}")


def _open_locked(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    while not try_lock(handle):
        time.sleep(0.002)
    return handle


def _read(handle: int) -> dict[float, int]:
    content = os.read(handle, 1 << 20)
    whole = len(content) // _CHARGE.size * _CHARGE.size
    return {at: units for at, units in _CHARGE.iter_unpack(content[:whole]) if at > 0 and 0 < units <= 1 << 40}


def _write(handle: int, charges: Mapping[float, int]) -> None:
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, b"".join(_CHARGE.pack(at, units) for at, units in charges.items()))
    os.ftruncate(handle, len(charges) * _CHARGE.size)
