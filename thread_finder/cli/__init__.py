"""The terminal: the one place that prints, asks and exits."""

from __future__ import annotations

import gc


def main() -> None:
    """Run the command line (the ``thread-finder`` script)."""
    gc.set_threshold(100_000, 20, 20)  # nearly all that a run makes lasts until its end: look for garbage seldom
    from thread_finder.cli.streams import make_streams_safe

    make_streams_safe()
    from thread_finder.cli.commands import app

    app()
