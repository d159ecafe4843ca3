"""The program in a process of its own, forked from one whose imports are done: quick enough to be killed often."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path

ROOT = str(Path(__file__).parents[2])
_context = multiprocessing.get_context("forkserver")


def start(arguments: list[str], environment: Mapping[str, str]) -> ForkServerProcess:
    """Run a command line; ``exitcode`` is negative for a process that was killed."""
    os.environ["PYTHONPATH"] = ROOT  # for the server of forks, which starts with the first child
    _context.set_forkserver_preload(["tests.cli.warm"])
    process = _context.Process(target=run, args=(arguments, dict(environment)))
    process.start()
    return process


def run(arguments: list[str], environment: dict[str, str]) -> None:
    """In the child: the command, silent."""
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["thread-finder", *arguments]
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - for the child's whole life
    from thread_finder.cli import main

    main()
