"""Where output goes: stdout for results, stderr for progress and notes; colour only on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from thread_finder.cli.safe import visible
from thread_finder.cli.streams import printing, writes_unicode
from thread_finder.mailboxes.base import Progress, no_progress

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

PIPED_WIDTH = 160
NARROW = 100
"""Columns of the screen. Below that, tables fold into a tower of letters."""


def console() -> Console:
    """The screen. Piped, it is plain text, wide enough that nothing is cut."""
    from rich.console import Console

    class Screen(Console):
        def print(self, *objects: Any, **options: Any) -> None:
            with printing():
                super().print(*objects, **options)

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError from None  # the boundary knows what to do

    piped = not sys.stdout.isatty()
    return Screen(highlight=False, markup=False, emoji=False, width=PIPED_WIDTH if piped else None)


def styled(text: str, style: str = "") -> Text:
    """Outside text as it is: controls shown as marks, brackets literal, in one style."""
    from rich.text import Text

    return Text(visible(text), style=style)


def show_rows(titles: Sequence[str], rows: Iterable[Sequence[Text]], *, right: str = "") -> None:
    """A table; where the screen is too narrow for one, a block a row: the first two cells, then the rest by title."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    screen = console()
    if screen.width >= NARROW:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for title in titles:
            table.add_column(title, justify="right" if title == right else "left", overflow="fold")
        for row in rows:
            table.add_row(*row)
        screen.print(table)
        return
    for first, second, *rest in rows:
        screen.print(Text(" · ").join(cell for cell in (first, second) if cell.plain))
        lines: list[Text] = []
        for title, cell in zip(titles[2:], rest, strict=True):
            piece = Text.assemble((f"{title.lower()} ", "dim"), cell) if cell.plain else Text()
            if lines and piece and lines[-1].cell_len + len("   · ") + piece.cell_len <= screen.width:
                lines[-1] = Text(" · ").join([lines[-1], piece])
            else:
                lines += [piece] if piece else []
        for line in lines:
            show_hanging(Text("  "), line)


def show_hanging(head: Text, text: Text) -> None:
    """A line that goes on below itself, not below its head, where the screen is narrow."""
    screen = console()
    room = max(20, screen.width - head.cell_len)
    first, *more = text.wrap(screen, room) if screen.is_terminal else [text]
    screen.print(head.copy().append_text(first), soft_wrap=True)
    for line in more:
        screen.print(styled(" " * head.cell_len).append_text(line), soft_wrap=True)


def print_json(document: Any) -> None:
    """One JSON document on stdout and nothing else."""
    with printing():
        sys.stdout.write(json.dumps(document, ensure_ascii=not writes_unicode(sys.stdout), indent=2) + "\n")


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
