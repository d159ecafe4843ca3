"""The terminal: the one place that prints, asks and exits."""

from __future__ import annotations


def main() -> None:
    """Run the command line (the ``thread-finder`` script)."""
    from thread_finder.cli.streams import make_streams_safe

    make_streams_safe()
    from thread_finder.cli.commands import app

    app()
