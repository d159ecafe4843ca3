"""Imported by the server of forks: everything that the program imports and compiles at its first letter."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

import googleapiclient.discovery  # noqa: F401
import rich.table  # noqa: F401

import thread_finder.cli.commands
import thread_finder.mailboxes.gmail  # noqa: F401
from thread_finder.app.letters import Wishes
from thread_finder.app.run import Run, write_for
from thread_finder.app.session import open_session
from thread_finder.demo.sample import write_sample

with tempfile.TemporaryDirectory() as folder:
    _config = write_sample(Path(folder)).config
    _session = open_session(_config, Path(folder) / "state", datetime.now().astimezone())
    with _session.mailbox() as _mailbox:
        list(write_for(Run(_session, _mailbox), _session.contacts[:4], Wishes()))
