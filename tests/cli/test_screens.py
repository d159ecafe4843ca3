"""What stands on the screen: on a narrow one too, and nothing twice."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import AS_OF

if TYPE_CHECKING:
    from tests.cli.conftest import User

fcntl, pty, termios = (pytest.importorskip(name) for name in ("fcntl", "pty", "termios"))


def on_screen(user: User, columns: int, *arguments: str) -> list[str]:
    """What a terminal of that width would show, line by line, without colours."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = {name: value for name, value in user.environment.items() if name not in {"COLUMNS", "LINES"}}
    process = subprocess.Popen(
        [sys.executable, "-m", "thread_finder", *arguments],
        cwd=user.folder, env=environment | {"TERM": "xterm"}, stdin=subprocess.DEVNULL,
        stdout=theirs, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert process.wait(timeout=30) == 0
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode()).replace("\r", "").splitlines()


def test_a_narrow_screen_has_a_block_a_contact(user: User) -> None:
    lines = on_screen(user, 70, "find", "--all", *AS_OF)
    assert max(map(len, lines)) <= 70
    start = lines.index("Søren Åberg · thank-you")
    assert lines[start + 1] == "  thread Foghorns, quays, and a question · last mail 2021-08-23"
    assert lines[start + 2].startswith("  met 2021-08-19 · sure "), "lines end between two things"
    people = on_screen(user, 80, "contacts", "list")
    assert "Rosheen Tuohy-Vance · rosheen@stfinnians-music.example" in people


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("command", [("plan",), ("batch", "--dry-run"), ("status", "--all")])
def test_the_month_fits_a_narrow_screen(user: User, columns: int, command: tuple[str, ...]) -> None:
    lines = on_screen(user, columns, *command, *AS_OF)
    assert max(map(len, lines)) <= columns
    words = set(re.findall(r"\w+", user.at(*command).out))
    shown = " ".join(line.strip() for line in lines).lower()
    assert set(re.findall(r"\w+", shown)) <= {word.lower() for word in words}, "no word is broken"


def test_reasons_go_on_below_themselves(user: User) -> None:
    lines = on_screen(user, 60, "plan", *AS_OF)
    start = next(i for i, line in enumerate(lines) if line.startswith("                 - no mail between you"))
    assert lines[start + 1].startswith(" " * 19)
    assert lines[start + 1][19] != " "


def test_a_wide_screen_has_a_table(user: User) -> None:
    lines = on_screen(user, 120, "contacts", "list")
    assert any(re.search(r"Name +Addresses +Met +Reason +From", line) for line in lines)


def test_wrapped_quotations_keep_their_marks(user: User) -> None:
    lines = on_screen(user, 60, "preview", "Alasdair", *AS_OF)
    start = next(i for i, line in enumerate(lines) if line.strip().endswith("wrote:"))
    quoted = [line for line in lines[start + 1 :] if line.strip()]
    quoted = quoted[: next(i for i, line in enumerate(quoted) if "more quoted lines" in line) + 1]
    assert len(quoted) > 10
    assert all(line.startswith("  >") for line in quoted)


def test_preview_shows_the_addresses_as_they_stand_in_the_message(user: User) -> None:
    shown = user.at("preview", "Rosheen").out
    assert "From: Imke Halloran <" in shown
    assert re.search(r"To: .*<rosheen@stfinnians-music.example>", shown)


def test_find_says_nothing_twice(user: User) -> None:
    shown = user.at("find", "Rosheen").out
    quotes = re.findall(r"“[^”]+”", shown)
    assert quotes
    assert len(quotes) == len(set(quotes))
    for percent in re.findall(r"^ +(?:or)? +(\d+)% ", user.at("find", "Rosheen", "Alasdair", "Cormac").out, re.M):
        assert int(percent) >= 5


def test_the_last_mail_is_no_draft(user: User) -> None:
    """Ruben's thread holds a draft of the owner's that is newer than its last mail."""
    thread = user.at("find", "Ruben", "--json").json[0]["thread"]
    line = next(line for line in user.at("find", "--all").out.splitlines() if line.startswith(" Ruben"))
    last = re.findall(r"\d{4}-\d\d-\d\d", line)[0]
    assert last < thread["last_date"][:10]


def test_help_is_written_for_people(user: User) -> None:
    for command in (("find",), ("note",), ("contacts", "show"), ("templates", "show"), ("init",), ("snooze",)):
        shown = user.run(*command, "--help").out
        assert not re.search(r"<str|list\[|\{", shown), shown
    assert "Take DATE (written 2026-11-24) for today" in user.run("find", "--help").out
