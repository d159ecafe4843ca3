"""Wherever the output goes: nothing is lost, nothing breaks, and nobody sees a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import AS_OF, Ran

if TYPE_CHECKING:
    from tests.cli.conftest import User

STRANGE = "Søren", "山田"


def shell(user: User, redirected: str, *arguments: str, **variables: str) -> Ran:
    """The command with what a shell puts behind it."""
    script = f'"$0" -m thread_finder "$@" {redirected}'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script, sys.executable, *arguments],
        cwd=user.folder, env=user.environment | variables, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-"])
def test_closed_streams_do_not_keep_a_draft_from_being_made(user: User, closed: str) -> None:
    ran = shell(user, closed, "draft", "Rosheen", *AS_OF)
    assert ran.code == 0, ran
    (draft,) = user.saved()
    assert draft.read_bytes().endswith(b"\n")
    assert b"drafted, " not in draft.read_bytes()


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_an_encoding_that_lacks_letters(user: User, encoding: str) -> None:
    variables = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    ran = shell(user, "", "draft", *STRANGE, *AS_OF, **variables)
    assert ran.code == 0, ran
    assert "2 drafted" in ran.out
    shown = shell(user, "", "find", *STRANGE, "--json", *AS_OF, **variables)
    assert [one["contact"] for one in json.loads(shown.out)] == ["Søren Åberg", "山田 太郎"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize(
    "command", [("contacts", "list"), ("contacts", "list", "--json"), ("preview", "Rosheen", "--eml")]
)
def test_a_full_disk_below_the_output(user: User, command: tuple[str, ...]) -> None:
    ran = shell(user, ">/dev/full", *command, *AS_OF)
    ran.fails(1, "could not be printed", "next:")


@pytest.mark.parametrize("command", [("contacts", "list"), ("contacts", "list", "--json"), ("etiquette",)])
def test_a_reader_that_has_seen_enough_is_no_error(user: User, command: tuple[str, ...]) -> None:
    ran = shell(user, "| head -1", *command)
    assert (ran.code, ran.err) == (0, ""), ran


def test_usage_errors_look_like_all_others(user: User) -> None:
    user.run("find").fails(2, "--all")
    user.run("find", "--nonsense").fails(2, "--nonsense", "thread-finder find --help")
    user.run("--nonsense").fails(2, "--nonsense")
    user.run("fnd").fails(2, "fnd")
    user.run("snooze", "Rosheen", "--until", "soon").fails(2, "soon")
    user.run("contacts", "show").fails(2, "CONTACT")


@pytest.mark.parametrize(
    "arguments", [("find",), ("find", "--nonsense"), ("fnd",), ("snooze", "Rosheen", "--until", "soon")]
)
def test_usage_errors_are_documents_for_json(user: User, arguments: tuple[str, ...]) -> None:
    ran = user.run(*arguments, "--json")
    assert ran.code == 2
    assert ran.json["error"]["exit_code"] == 2
    assert ran.json["error"]["message"]


@pytest.mark.parametrize("command", ["find", "preview", "draft", "status"])
def test_names_and_all_exclude_each_other(user: User, command: str) -> None:
    user.at(command, "--all", "Rosheen").fails(2, "names or --all")
    assert user.saved() == []


def test_one_message_is_printed_for_one_contact(user: User) -> None:
    user.at("preview", "Rosheen", "Søren", "--eml").fails(2, "--eml")


def test_no_file_is_refused_in_the_words_of_the_option_parser(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_args, **_options: False)  # what click asks; root may read everything
    ran = user.at("find", "Rosheen", "--config", str(user.config), "--json")
    assert ran.code == 0, ran.err
    assert user.at("draft", "Rosheen", "--attach", str(user.mbox)).code == 0
