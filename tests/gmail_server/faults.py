"""Faults on demand: what goes wrong, at which method, at which call, how often."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any


class Kind(StrEnum):
    """What goes wrong."""

    ERROR = "error"  # an error answer in Gmail's JSON
    HTML = "html"  # an error answer in a proxy's HTML
    DROP = "drop"  # the connection is closed without an answer
    HANG = "hang"  # no answer for ``seconds``, then the connection is closed
    SLOW = "slow"  # the right answer, ``seconds`` late
    GARBAGE = "garbage"  # 200 with bytes that are no JSON
    TRUNCATED = "truncated"  # the answer stops in the middle
    WRONG_JSON = "wrong-json"  # 200 with JSON of another shape


@dataclass
class Fault:
    """``method`` is a name or pattern ("drafts.create", "messages.*", "batch", "token", "*").

    Of the matching calls the ``nth`` (from 1) is hit, and those after it until ``times`` were hit (0 = for ever), or
    with ``every`` = 2 only each second of them. ``after``: the call is carried out first, and only its answer is lost.
    ``then`` is called when the fault hits, before the client hears of it.
    """

    kind: Kind
    method: str = "*"
    nth: int = 1
    times: int = 1
    every: int = 1
    after: bool = False
    status: int = 503
    reason: str = "backendError"
    message: str = "Backend Error"
    retry_after: float | None = None
    seconds: float = 0.0
    then: Callable[[], object] = lambda: None
    seen: int = field(default=0, init=False)
    hits: int = field(default=0, init=False)

    def takes(self, method: str) -> bool:
        """Count a call; is it one to be hit?"""
        if not fnmatchcase(method, self.method):
            return False
        self.seen += 1
        late = self.seen - self.nth
        if late < 0 or late % self.every or (self.times and self.hits >= self.times):
            return False
        self.hits += 1
        return True


class Faults:
    """The faults that are set. Each method adds one and returns it; read ``hits`` to see that it happened."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._set: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Set any fault."""
        with self._lock:
            self._set.append(fault)
        return fault

    def error(self, method: str, status: int, reason: str = "backendError", **more: Any) -> Fault:
        """An HTTP error with Gmail's JSON body."""
        message = more.pop("message", reason)
        return self.add(Fault(Kind.ERROR, method, status=status, reason=reason, message=message, **more))

    def drop(self, method: str, *, after: bool = False, **more: Any) -> Fault:
        """Close the connection without an answer, before the call is carried out or after."""
        return self.add(Fault(Kind.DROP, method, after=after, **more))

    def hang(self, method: str, seconds: float = 30.0, **more: Any) -> Fault:
        """Keep the client waiting; the server's end stops it early."""
        return self.add(Fault(Kind.HANG, method, seconds=seconds, **more))

    def slow(self, method: str, seconds: float, **more: Any) -> Fault:
        """A right but late answer."""
        return self.add(Fault(Kind.SLOW, method, seconds=seconds, **more))

    def html(self, method: str, status: int = 502, **more: Any) -> Fault:
        """What a front end or a proxy says when nothing is behind it."""
        return self.add(Fault(Kind.HTML, method, status=status, **more))

    def garbage(self, method: str, **more: Any) -> Fault:
        """200, but no JSON. The call is carried out."""
        return self.add(Fault(Kind.GARBAGE, method, after=True, **more))

    def truncated(self, method: str, **more: Any) -> Fault:
        """The connection breaks in the middle of the answer. The call is carried out."""
        return self.add(Fault(Kind.TRUNCATED, method, after=True, **more))

    def wrong_json(self, method: str, **more: Any) -> Fault:
        """200 and JSON, but not what was asked for. The call is carried out."""
        return self.add(Fault(Kind.WRONG_JSON, method, after=True, **more))

    def half_of(self, method: str, status: int = 429, reason: str = "rateLimitExceeded", **more: Any) -> Fault:
        """Each second call fails, so that of a batch one half does."""
        return self.error(method, status, reason, **({"every": 2, "times": 0} | more))

    def clear(self) -> None:
        """From now on everything works."""
        with self._lock:
            self._set.clear()

    def strike(self, method: str) -> Fault | None:
        """The fault that hits this call, if any. Counts the call."""
        with self._lock:
            hit = [fault for fault in self._set if fault.takes(method)]
        return hit[0] if hit else None
