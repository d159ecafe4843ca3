"""What was asked of the server: every call with its cost, so that tests can say what must not have happened."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from tests.gmail_server import methods


@dataclass(frozen=True)
class Call:
    """One API call. ``request`` is the number of the HTTP request that it came in (a batch carries many)."""

    method: str
    path: str
    user: str
    status: int  # 0 = no answer was given
    units: int  # charged; 0 when refused
    request: int
    writes: bool


@dataclass(frozen=True)
class Request:
    """One HTTP request: a round trip. Times are the server's clock; bytes are bodies on the wire."""

    number: int
    path: str
    start: float
    end: float
    bytes_in: int
    bytes_out: int


class Journal:
    """All calls and round trips since the last reset."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self.calls: list[Call] = []
            self.requests: list[Request] = []

    def note(self, call: Call) -> None:
        """Write down one API call."""
        with self._lock:
            self.calls.append(call)

    def note_request(self, request: Request) -> None:
        """Write down one HTTP request."""
        with self._lock:
            self.requests.append(request)

    def count(self, method: str) -> int:
        """How often a method was called, refused calls included."""
        return self.methods[method]

    @property
    def methods(self) -> Counter[str]:
        """Calls by method name ("token" is the sign-in server)."""
        return Counter(call.method for call in self.calls)

    @property
    def sends(self) -> int:
        """Attempts to send anything, whatever became of them. Must stay 0."""
        return sum(call.method in methods.SENDS or call.path.rstrip("/").endswith("/send") for call in self.calls)

    @property
    def writes(self) -> int:
        """Calls that would change the mailbox, whatever became of them."""
        return sum(call.writes for call in self.calls)

    @property
    def units(self) -> int:
        """Quota units charged."""
        return sum(call.units for call in self.calls)

    @property
    def round_trips(self) -> int:
        """HTTP requests."""
        return len(self.requests)

    @property
    def sequential_round_trips(self) -> int:
        """The longest chain of requests of which each began after the one before had been answered."""
        chain, free_at = 0, float("-inf")
        for request in sorted(self.requests, key=lambda r: r.end):
            if request.start >= free_at:
                chain, free_at = chain + 1, request.end
        return chain

    @property
    def max_parallel(self) -> int:
        """The most HTTP requests that were under way at one time."""
        edges = sorted([(r.start, 1) for r in self.requests] + [(r.end, -1) for r in self.requests])
        most = running = 0
        for _, step in edges:
            running += step
            most = max(most, running)
        return most

    def summary(self) -> dict[str, Any]:
        """All of it as one JSON value."""
        return {
            "methods": dict(self.methods),
            "sends": self.sends,
            "writes": self.writes,
            "units": self.units,
            "refused": sum(call.status >= 400 for call in self.calls),
            "round_trips": self.round_trips,
            "sequential_round_trips": self.sequential_round_trips,
            "max_parallel": self.max_parallel,
            "bytes_in": sum(r.bytes_in for r in self.requests),
            "bytes_out": sum(r.bytes_out for r in self.requests),
        }

    def as_json(self) -> list[dict[str, Any]]:
        """Every call."""
        return [asdict(call) for call in self.calls]
