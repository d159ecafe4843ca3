"""The docs say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from thread_finder.cli.commands import app
from thread_finder.errors import ExitCode

ROOT = Path(__file__).parents[2]


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_every_exit_code_is_documented() -> None:
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", text("docs/exit-codes.md"), re.M)}
    assert documented == {int(code) for code in ExitCode}


def test_every_command_is_in_the_readme() -> None:
    for command in app.registered_commands:
        assert f"| `{command.name}" in text("README.md")


def test_links_in_the_readme_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", text("README.md")):
        assert (ROOT / target).exists(), target
