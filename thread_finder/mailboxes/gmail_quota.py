"""Gmail's quota: what each method costs, and a limiter that everything running at once on one account shares.

The units are those in force since 2026-05-01: 6,000 a minute for a user of a new Google project, 15,000 for older ones.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

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
_WINDOW = 62.0  # seconds: Google's minute, and the time that requests are under way


class Limiter:
    """Lets through at most ``units`` in any minute. Thread-safe. ``clock`` counts seconds and never goes back."""

    def __init__(
        self, units: int, *, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.units = units
        self.spent = 0
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._recent: deque[tuple[float, int]] = deque()
        self._sum = 0

    def spend(self, units: int) -> None:
        """Take ``units``, waiting until the minute has room for them."""
        while (wait := self._try(units)) > 0:
            self._sleep(wait)

    def wait_for(self, units: int) -> float:
        """Seconds until so many units could be spent; an estimate, taking nothing."""
        with self._lock:
            return self._wait(units, self._clock())

    def _try(self, units: int) -> float:
        with self._lock:
            now = self._clock()
            wait = self._wait(units, now)
            if wait <= 0:
                self._recent.append((now, units))
                self._sum += units
                self.spent += units
            return wait

    def _wait(self, units: int, now: float) -> float:
        while self._recent and self._recent[0][0] <= now - _WINDOW:
            self._sum -= self._recent.popleft()[1]
        over = self._sum + min(units, self.units) - self.units
        for at, spent in self._recent:
            if over <= 0:
                return 0.0
            over -= spent
            if over <= 0:
                return max(at + _WINDOW - now, 0.01)
        return 0.0


_shared: dict[str, Limiter] = {}
_shared_lock = threading.Lock()


def shared_limiter(account: str, units: int) -> Limiter:
    """The one limiter of an account in this process; the newest ``units`` hold."""
    with _shared_lock:
        limiter = _shared.setdefault(account, Limiter(units))
        limiter.units = units
        return limiter
