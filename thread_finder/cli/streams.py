"""Standard input and output as they come: closed, full, or in an encoding that lacks half of the letters."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, TextIO

from thread_finder.errors import OutputError


def make_streams_safe() -> None:
    """Before anything is opened or printed: a closed stream is a silent one, a letter that cannot be shown is a "?".

    A file opened while stdout is closed would get its number, and what is printed would go into that file.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - for the whole run
        elif mode == "w" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


@contextlib.contextmanager
def printing() -> Iterator[None]:
    """What is printed within has arrived; OutputError when it has not, BrokenPipeError when nobody reads any more."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        silence(sys.stdout)
        why = error.strerror or str(error)
        raise OutputError(f"the answer could not be printed: {why}", "all else is done; print it elsewhere") from None


def silence(stream: IO[Any]) -> None:
    """After a failed write: what is left in the buffer must not fail once more at the exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def writes_unicode(stream: TextIO) -> bool:
    """Whether every letter can be written to it."""
    return (stream.encoding or "").lower().startswith("utf")


def this_program() -> str:
    """What to type to run this program again, as it was run now."""
    path = Path(sys.argv[0])
    if path.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m thread_finder"
    found = shutil.which("thread-finder")
    if path.name != "thread-finder" or (found and path.exists() and path.samefile(found)):
        return "thread-finder"
    return shlex.quote(str(path))
