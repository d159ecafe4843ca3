"""Runs thread-finder commands that die: ``python tests/cli/mortal.py``, one JSON line in for each, one out.

In: {"arguments": […], "environment": {…}, "die_at": 17}. The command runs in a forked child, which kills itself with
SIGKILL at the 17th moment at which something is about to be written to a file, a database or the network, or a server
has just answered; 0 is never. Out: {"code", "moments", "out", "err"}; the code is negative for one that was killed.
Forking spares fifty interpreters their start: the first order is carried out in the parent, which thereby loads
what all need.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import os
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from thread_finder.cli.commands import app

WRITES = ("INSERT", "UPDATE", "DELETE", "BEGIN", "COMMIT")
EVENTS = ("os.rename", "os.remove", "os.mkdir", "os.link", "http.client.send")


class Clock:
    """Counts the moments, and strikes at the last one."""

    def __init__(self, last: int) -> None:
        self.moments, self.last = 0, last

    def tick(self) -> None:
        self.moments += 1
        if self.moments == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """What the interpreter announces (PEP 578)."""
        if event in EVENTS or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
            self.tick()

    def statement(self, sql: str) -> None:
        if sql.lstrip().upper().startswith(WRITES):
            self.tick()

    def watch(self) -> None:
        sys.addaudithook(self.audit)
        _around(sqlite3, "connect", lambda connection: connection.set_trace_callback(self.statement))
        _around(http.client.HTTPConnection, "getresponse", lambda _: self.tick())


def _around(owner: Any, name: str, then: Callable[[Any], object]) -> None:
    real = getattr(owner, name)

    def watched(*arguments: Any, **options: Any) -> Any:
        result = real(*arguments, **options)
        then(result)
        return result

    setattr(owner, name, watched)


def run(order: dict[str, Any]) -> int:
    os.environ.clear()
    os.environ.update(order["environment"])
    try:
        app(order["arguments"])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


def in_a_child(order: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err, tempfile.TemporaryFile("w+") as end:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            clock = Clock(order["die_at"])
            clock.watch()
            code = run(order)
            moments, clock.last = clock.moments, 0
            sys.stdout.flush()
            sys.stderr.flush()
            end.write(str(moments))
            end.flush()
            os._exit(code)
        _, status = os.waitpid(child, 0)
        for file in (out, err, end):
            file.seek(0)
        code = os.waitstatus_to_exitcode(status)
        return {"code": code, "moments": int(end.read() or 0), "out": out.read(), "err": err.read()}


def main() -> None:
    warm = json.loads(sys.stdin.readline())
    with contextlib.redirect_stdout(io.StringIO()) as out:
        code = run(warm)
    print(json.dumps({"code": code, "moments": 0, "out": out.getvalue(), "err": ""}), flush=True)
    for line in sys.stdin:
        print(json.dumps(in_a_child(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
