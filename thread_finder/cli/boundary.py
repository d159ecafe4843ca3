"""The one boundary: whatever a command raises becomes one clear line, the next step, and an exit code."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import traceback
from typing import Any

import typer
from typer.core import TyperGroup

from thread_finder.cli.safe import one_line
from thread_finder.cli.screen import print_json
from thread_finder.cli.streams import printing, silence
from thread_finder.errors import CommandLineError, ExitCode, OutputError, ThreadFinderError, way_out

UsageError: type[Exception] = typer.BadParameter.__mro__[1]
JSON_FLAG = "--json"
_META = "thread_finder.json"


class Boundary(TyperGroup):
    """A command group under which no traceback reaches a user."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Read the group's own options; whether JSON is wanted must be known before the command line is understood."""
        as_json = JSON_FLAG in args
        try:
            ctx = super().make_context(info_name, args, parent, **extra)
        except UsageError as error:
            raise typer.Exit(_usage(error, as_json=as_json)) from None
        ctx.meta.setdefault(_META, as_json)
        return ctx

    def invoke(self, ctx: Any) -> Any:
        """Run the command; turn what it raises into an exit."""
        try:
            try:
                return super().invoke(ctx)
            finally:
                with printing():
                    pass
        except ThreadFinderError as error:
            raise typer.Exit(report(error, as_json=ctx.meta[_META])) from None
        except (KeyboardInterrupt, typer.Abort):
            sys.stderr.write("\ninterrupted: what was saved stays saved; run the same command again to go on\n")
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except BrokenPipeError:  # the reader (head, less) has seen enough
            silence(sys.stdout)
            raise typer.Exit(ExitCode.OK) from None
        except OSError as error:
            raise typer.Exit(report(_from_os(error), as_json=ctx.meta[_META])) from None
        except UsageError as error:
            raise typer.Exit(_usage(error, as_json=ctx.meta[_META])) from None
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
        with contextlib.suppress(OutputError, BrokenPipeError):
            print_json(document)
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


def _usage(error: Any, *, as_json: bool) -> ExitCode:
    """A command line that cannot be understood. Help that was asked for by giving nothing is shown as it is."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return ExitCode.USAGE
    command = error.ctx.command_path if error.ctx else "thread-finder"
    message = error.format_message().rstrip(".").removeprefix("Invalid value: ")
    return report(CommandLineError(message, f"see `{command} --help`"), as_json=as_json)


def _from_os(error: OSError) -> ThreadFinderError:
    where = f"{error.filename}: " if error.filename else ""
    return ThreadFinderError(f"{where}{error.strerror or error}", way_out(error))


def _bug(error: Exception) -> ExitCode:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = "/".join(frame.filename.replace(os.sep, "/").split("/")[-2:])
    sys.stderr.write(
        f"error: this is our fault: {type(error).__name__} at {where}:{frame.lineno}\n"
        "  next: please report this line (it holds no mail)\n"
    )
    if os.environ.get("THREAD_FINDER_DEBUG"):
        traceback.print_exception(error)
    return ExitCode.BUG
