"""The terminal: the one place that prints, asks and exits."""

from __future__ import annotations


def main() -> None:
    """Run the command line (the ``thread-finder`` script)."""
    from thread_finder.cli.commands import app

    app()
