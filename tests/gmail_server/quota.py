"""Quota: units a minute and user, units a day, and calls at once."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.gmail_server.errors import daily_limit, over_quota


@dataclass
class Limits:
    """What one user may do. Shrink ``window`` (seconds) to have a minute pass quickly."""

    units: int = 6000
    window: float = 60.0
    daily_units: int | None = None
    concurrent: int = 50
    batch: int = 100
    status: int = 403  # or 429: Gmail answers either
    retry_after: float | None = None


class Quota:
    """Counts units in a sliding window. Refused calls cost nothing."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._spent: dict[str, deque[tuple[float, int]]] = defaultdict(deque)
        self._sums: dict[str, int] = defaultdict(int)
        self._today: dict[str, int] = defaultdict(int)
        self._running: dict[str, int] = defaultdict(int)
        self.max_running = 0

    def charge(self, user: str, units: int) -> None:
        """Spend units, or raise the error that Gmail would answer with."""
        with self._lock:
            now, spent = self._clock(), self._spent[user]
            while spent and spent[0][0] <= now - self.limits.window:
                self._sums[user] -= spent.popleft()[1]
            if self.limits.daily_units is not None and self._today[user] + units > self.limits.daily_units:
                raise daily_limit()
            if self._sums[user] + units > self.limits.units:
                raise over_quota(self.limits.status, self.limits.retry_after)
            spent.append((now, units))
            self._sums[user] += units
            self._today[user] += units

    @contextmanager
    def running(self, user: str, calls: int = 1) -> Iterator[int]:
        """So many calls of this user are under way; yields how many of them may go on, the rest is to be refused."""
        with self._lock:
            free = max(0, self.limits.concurrent - self._running[user])
            self._running[user] += calls
            self.max_running = max(self.max_running, self._running[user])
        try:
            yield min(free, calls)
        finally:
            with self._lock:
                self._running[user] -= calls
