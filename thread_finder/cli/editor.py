"""The user's own editor on a file."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from thread_finder.errors import RefusedError


def edit(path: Path, environment: Mapping[str, str]) -> None:
    """Open ``path`` in $VISUAL, $EDITOR or the system's usual editor, and wait until it is closed.

    RefusedError when it cannot be started or ends with an error, as ``:cq`` makes vi do.
    """
    chosen = environment.get("VISUAL") or environment.get("EDITOR") or ("notepad" if os.name == "nt" else "vi")
    to_do = "set EDITOR to the editor you like, then edit again"
    try:
        command = shlex.split(chosen, posix=os.name != "nt")
        code = subprocess.run([*command, str(path)], check=False, env=dict(environment)).returncode  # noqa: S603
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise RefusedError(f"the editor {chosen!r} cannot be started: {why}", to_do) from error
    sys.stdout.flush()
    if code:
        raise RefusedError(f"the editor {chosen!r} ended with {code}: the letter is as it was", to_do)
