"""Where output goes: stdout for results, stderr for progress and notes; colour only on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from thread_finder.cli.safe import visible
from thread_finder.mailboxes.base import Progress, no_progress

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

PIPED_WIDTH = 160


def console() -> Console:
    """The screen. Piped, it is plain text, wide enough that nothing is cut."""
    from rich.console import Console

    piped = not sys.stdout.isatty()
    return Console(highlight=False, markup=False, emoji=False, width=PIPED_WIDTH if piped else None)


def styled(text: str, style: str = "") -> Text:
    """Outside text as it is: controls shown as marks, brackets literal, in one style."""
    from rich.text import Text

    return Text(visible(text), style=style)


def print_json(document: Any) -> None:
    """One JSON document on stdout and nothing else."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


@contextmanager
def watching(*, quiet: bool = False) -> Iterator[Progress]:
    """A progress bar on stderr while the block runs, if anybody watches."""
    if quiet or not sys.stderr.isatty():
        yield no_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def progress(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total or None)
            bars.update(tasks[what], completed=done, total=total or None)

        yield progress
