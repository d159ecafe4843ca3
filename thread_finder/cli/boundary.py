"""The one boundary: whatever a command raises becomes one clear line, the next step, and an exit code."""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from errno import ENOSPC
from typing import Any

import typer
from typer.core import TyperGroup

from thread_finder.cli.safe import one_line
from thread_finder.errors import ExitCode, ThreadFinderError


class Boundary(TyperGroup):
    """A command group under which no traceback reaches a user. Click's own usage errors pass (exit code 2)."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; turn what it raises into an exit."""
        try:
            return super().invoke(ctx)
        except ThreadFinderError as error:
            raise typer.Exit(report(error, as_json=_wants_json(ctx))) from None
        except KeyboardInterrupt:
            sys.stderr.write("\ninterrupted: what was saved stays saved; run the same command again to go on\n")
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except BrokenPipeError:
            # The reader (head, less) has seen enough.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(ExitCode.OK) from None
        except OSError as error:
            raise typer.Exit(report(_from_os(error), as_json=_wants_json(ctx))) from None
        except Exception as error:
            if type(error).__module__.startswith(("typer", "click")):
                raise
            raise typer.Exit(_bug(error)) from None


def report(error: ThreadFinderError, *, as_json: bool = False) -> ExitCode:
    """Write the error to stderr (and as a document to stdout for ``--json``); return its exit code."""
    if as_json:
        document = {
            "error": {
                "message": error.message,
                "to_do": error.to_do,
                "problems": [str(problem) for problem in error.problems],
                "exit_code": int(error.exit_code),
            }
        }
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    lines = [f"error: {one_line(error.message)}"]
    lines += [f"  - {one_line(str(problem))}" for problem in error.problems]
    if error.to_do:
        lines.append(f"  next: {one_line(error.to_do)}")
    sys.stderr.write("\n".join(lines) + "\n")
    return error.exit_code


def note(text: str) -> None:
    """One line to stderr: a warning, or what is going on."""
    sys.stderr.write(one_line(text) + "\n")


class Notes(logging.Handler):
    """What the rooms below have to warn of (a clock that is wrong), as notes."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one warning."""
        note(f"warning: {record.getMessage()}")


def _wants_json(ctx: typer.Context) -> bool:
    return bool(ctx.meta.get("thread_finder.json"))


def _from_os(error: OSError) -> ThreadFinderError:
    where = f"{error.filename}: " if error.filename else ""
    to_do = "free some space and run the same command again" if error.errno == ENOSPC else "check the path and rights"
    return ThreadFinderError(f"{where}{error.strerror or error}", to_do)


def _bug(error: Exception) -> ExitCode:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = "/".join(frame.filename.replace(os.sep, "/").split("/")[-2:])
    sys.stderr.write(
        f"error: this is our fault: {type(error).__name__} at {where}:{frame.lineno}\n"
        "  next: please report this line (it holds no mail); your mail and drafts are as they were\n"
    )
    if os.environ.get("THREAD_FINDER_DEBUG"):
        traceback.print_exception(error)
    return ExitCode.BUG
