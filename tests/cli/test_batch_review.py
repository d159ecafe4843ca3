"""A batch of twenty reviewed at a real terminal, by somebody who types."""

from __future__ import annotations

import re
import sqlite3
import sys
import tomllib
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import User

PEOPLE = 20
_PROMPT = r"\((\d+)/(\d+)\) Draft this letter to (.+?) \[([^]]+)\]\? "


class Typist:
    """Somebody at a terminal. ``number``, ``name`` and ``keys`` are of the question that is being asked."""

    def __init__(self, user: User, *arguments: str, columns: int = 200) -> None:
        self.number, self.of, self.name, self.keys = 0, 0, "", [""]
        self.screen = ""
        environment = {key: value for key, value in user.environment.items() if key not in {"COLUMNS", "LINES"}}
        self.child: Any = pexpect.spawn(
            sys.executable, ["-m", "thread_finder", "batch", "--as-of", "2026-11-24", *arguments],
            env={**environment, "TERM": "xterm-256color"}, cwd=user.folder, timeout=30,
            dimensions=(50, columns), encoding="utf-8",
        )  # fmt: skip
        self._asked()

    def types(self, *lines: str) -> str:
        """Type lines until the next question about a letter, or the end; what was on the screen meanwhile."""
        for line in lines:
            self.child.sendline(line)
        self._asked()
        return self.screen

    def ends(self) -> tuple[int | None, str]:
        """Exit code and last words."""
        self.child.close()
        return self.child.exitstatus, self.screen

    def hears_the_end(self) -> str:
        """The last words of a program that is ending by itself."""
        self.child.expect(pexpect.EOF)
        return str(self.child.before)

    def _asked(self) -> None:
        found = self.child.expect([_PROMPT, pexpect.EOF])
        self.screen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.child.before)
        if found == 0:
            self.number, self.of = int(self.child.match[1]), int(self.child.match[2])
            self.name, self.keys = self.child.match[3], self.child.match[4].split(",")


@pytest.fixture
def sit_down(user: User) -> Iterator[Callable[..., Typist]]:
    opened: list[Typist] = []

    def _sit_down(*arguments: str, **options: int) -> Typist:
        opened.append(Typist(user, *arguments, **options))
        return opened[-1]

    yield _sit_down
    for typist in opened:
        typist.child.close(force=True)


@pytest.fixture(autouse=True)
def twenty(user: User) -> None:
    assert user.run("note", "Garrick", "--reason", "reconnect").code == 0
    with user.config.open("a") as file:
        file.write(f"\n[cadence]\nper_month = {PEOPLE}\n")


def editor(user: User, script: str) -> None:
    """An editor that does ``script`` (shell) with the file in $1."""
    path = user.folder / "editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    user.environment["EDITOR"] = str(path)


def letters(user: User) -> dict[str, str]:
    """The text of each draft, by the recipient's address."""
    found = {}
    for path in user.saved():
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        found[message["To"].addresses[0].addr_spec] = body.get_content()
    return found


def rows(user: User, query: str) -> list[tuple[str, ...]]:
    with sqlite3.connect(user.state / "ledger.sqlite") as ledger:
        return ledger.execute(query).fetchall()


def test_twenty_letters_are_gone_through(user: User, sit_down: Callable[..., Typist]) -> None:
    editor(user, 'sed -i "3s/^/It has been raining here for a week. /" "$1"')
    seen: list[str] = []
    typist = sit_down("--despite", "anchors")  # another thread may tell less of how they met
    plan, _, letter = typist.screen.partition("1/20")
    assert f"{PEOPLE} of {PEOPLE} check-ins to make" in plan
    assert "Yesterday in the loft" in letter
    assert (typist.number, typist.of) == (1, PEOPLE)

    seen.append(typist.name)
    assert "drafted" in typist.types("a")
    assert len(user.saved()) == 1, "accepted is drafted at once"

    seen.append(typist.name)
    edited = typist.name
    assert "It has been raining here" in typist.types("e")
    assert (typist.number, typist.name) == (2, edited)
    assert "in your own words" in typist.screen
    typist.types("a")
    assert len(user.saved()) == 2

    seen.append(typist.name)
    threads = typist.types("t", "1")
    assert "you chose this thread" in threads or "a new one" in threads
    typist.types("a")
    assert rows(user, "SELECT contact FROM pins WHERE ended IS NULL") == [(seen[-1],)]

    seen.append(typist.name)
    assert "not in November 2026" in typist.types("s")
    seen.append(typist.name)
    assert "snoozed until 2026-12-08" in typist.types("z", "2 weeks")
    seen.append(typist.name)
    assert "the loft has a new roof" in typist.types("r", "news", "the loft has a new roof", "", "2026-11-20")
    typist.types("a")
    notes = tomllib.loads(user.config.with_name("notes.toml").read_text())
    assert {"kind": "news", "text": "the loft has a new roof"}.items() <= notes["contact"][-1]["reason"].items()
    assert "accept: save it" in typist.types("?")
    assert "accept: save it" in typist.types("what?")
    left_at = typist.name
    typist.types("q")
    code, table = typist.ends()
    assert code == 0
    assert "6 letters: 4 drafted, 0 failed, 2 skipped; 14 left for the next run" in " ".join(table.split())
    assert len(user.saved()) == 4

    typist = sit_down()
    assert (typist.of, typist.name) == (14, left_at)
    stopped = []
    for number in range(1, 15):
        seen.append(typist.name)
        typist.types("a")
        if typist.child.isalive() and typist.number == number:  # advice says stop: it cannot be accepted as it is
            stopped.append(typist.name)
            typist.types("s")
    code, table = typist.ends()
    assert (code, len(set(seen)), len(seen)) == (0, PEOPLE, PEOPLE)
    assert len(stopped) < 5
    kept = table[table.rindex(" Note ") :].count("it is left alone")
    assert len(user.saved()) == PEOPLE - 2 - kept - len(stopped)
    assert sum("It has been raining here for a week." in text for text in letters(user).values()) == 1
    assert sum("the loft has a new roof" in text for text in letters(user).values()) == 1
    assert "the check-ins of November 2026 are made" in user.at("batch", "--yes").out


def test_what_was_edited_survives_a_kill_and_is_never_overwritten(user: User, sit_down: Callable[..., Typist]) -> None:
    editor(user, 'sed -i "3s/^/My own words. /" "$1"')
    typist = sit_down()
    name = typist.name
    typist.types("e")
    typist.child.kill(9)
    typist.child.wait()
    skipped = {one["contact"]: one["why"] for one in user.at("batch", "--dry-run", "--json").json["skipped"]}
    assert "begun to edit" in skipped[name]
    typist = sit_down()
    assert (typist.name, "My own words." in typist.screen) == (name, True)
    typist.types("a")
    typist.types("q")
    assert [text.count("My own words.") for text in letters(user).values()] == [1]
    assert list((user.state / "edits").iterdir()) == []
    user.run("note", name, "--reason", "news", "--text", "the nave is dry", "--date", "2026-11-20")
    again = user.at("draft", name, "--json")
    assert "left alone" in again.json[0]["why"]
    assert [text.count("My own words.") for text in letters(user).values()] == [1]
    left = user.at("undo", "--json").json["left"]
    assert [(one["contact"], "your own words" in one["why"]) for one in left] == [(name, True)]
    assert len(user.saved()) == 1


def test_editors_that_do_not_do_what_they_should(user: User, sit_down: Callable[..., Typist]) -> None:
    editor(user, "true")
    typist = sit_down()
    name = typist.name
    for script, words in (
        ("exit 3", "ended with 3"),
        (": > $1", "nothing was changed"),
        ("true", "nothing was changed"),
        ('rm "$1"', "nothing was changed"),
        ('sed -i "/>8/d" "$1"', "the line with the scissors"),
        (r'printf "\377\376 no text" > "$1"', "cannot be read"),
    ):
        editor(user, script)
        assert words in typist.types("e"), script
        assert typist.name == name
    assert "drafted" in typist.types("a")
    typist.types("q")
    (text,) = letters(user).values()
    assert ">8" not in text
    assert "no text" not in text


def test_an_editor_that_is_not_there(user: User, sit_down: Callable[..., Typist]) -> None:
    user.environment["VISUAL"] = "no-such-editor --wait"
    assert "'no-such-editor --wait' cannot be started" in sit_down().types("e")


def test_advice_on_the_edited_text_and_a_stop_that_only_its_name_overrules(
    user: User, sit_down: Callable[..., Typist]
) -> None:
    editor(user, 'sed -i "3s/^/Dear [name], TODO. /" "$1"')
    typist = sit_down()
    assert "[placeholder]" in typist.types("e")
    name = typist.name
    assert "To draft it all the same, type placeholder" in typist.types("a", "")
    typist.types("a", "y")
    assert (typist.name, user.saved()) == (name, [])
    typist.types("a", "placeholder")
    assert typist.name != name
    (text,) = letters(user).values()
    assert "TODO" in text


def test_headers_cannot_be_typed(user: User, sit_down: Callable[..., Typist]) -> None:
    editor(user, 'sed -i "3s/^/Bcc: everybody@evil.example\\nSubject: Money\\n\\n/" "$1"')
    typist = sit_down()
    typist.types("e")
    typist.types("a")
    typist.types("q")
    (path,) = user.saved()
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert message["Bcc"] is None
    assert "Money" not in message["Subject"]


def test_an_answer_that_cannot_be_meant_is_said_and_asked_again(sit_down: Callable[..., Typist]) -> None:
    typist = sit_down()
    name = typist.name
    for typed, words in (
        (("t", "9"), "not in the list"),
        (("r", "flattery"), "flattery is no reason"),
        (("z", "yesterday"), "yesterday is no date"),
        (("z", "2026-11-01"), "not in the future"),
        (("r", ""), ""),
        (("t", ""), ""),
    ):
        assert words in typist.types(*typed)
        assert typist.name == name


def test_a_reason_keeps_its_words_until_others_are_typed(user: User, sit_down: Callable[..., Typist]) -> None:
    typist = sit_down()
    name, words = typist.name, "the swell division of St Finnian's has been rebuilt"
    assert words in typist.screen, "the first letter has this reason"
    assert f"Enter: “{words}”" in typist.types("r", "news", "", "", "")
    assert "the reason stays as it was" in typist.types("r", "offer-help", "")
    assert (typist.name, "a" in typist.keys) == (name, True)
    assert "drafted" in typist.types("a")
    typist.types("q")
    assert [words in letter for letter in letters(user).values()] == [True]


def test_what_a_letter_lacks_can_be_typed_and_is_remembered(user: User, sit_down: Callable[..., Typist]) -> None:
    head, *tables = re.split(r"(?m)^(?=\[)", user.config.read_text())
    user.config.write_text("".join([head, *(one for one in tables if "owner.updates" not in one)]))
    typist = sit_down()
    name, second = typist.name, "I teach evening classes in acoustics"
    assert "something new in your life" in typist.screen
    assert "a" not in typist.keys
    assert "Enter leaves" in typist.types("n", "", "", "", "", "")
    assert "that cannot be noted" in typist.types("n", "", "", "last summer", "", "")
    assert not user.state.joinpath("notes.toml").exists()
    assert second in typist.types("n", "", "", "", "", second)
    assert (typist.name, "a" in typist.keys) == (name, True)
    assert "drafted" in typist.types("a")
    assert second in typist.screen, "it is for the next letter as well"
    typist.types("q")
    assert [second in letter for letter in letters(user).values()] == [True]


def test_end_of_input_and_interrupt_leave_what_was_accepted(user: User, sit_down: Callable[..., Typist]) -> None:
    typist = sit_down()
    typist.types("a")
    typist.child.sendeof()
    assert re.search(r"(?m)^1 letter: 1 drafted", typist.hears_the_end())
    assert len(user.saved()) == 1
    typist = sit_down()
    typist.types("a")
    typist.child.sendintr()
    assert "what was saved stays saved" in typist.hears_the_end()
    assert typist.ends()[0] == 130
    assert len(user.saved()) == 2


def test_a_narrow_terminal_shows_the_same(sit_down: Callable[..., Typist]) -> None:
    screen = sit_down(columns=70).screen
    assert "Yesterday in the loft" in screen
    assert [line for line in screen[screen.rindex(" 1/20 ") :].splitlines() if len(line.rstrip()) > 70] == []


def test_on_a_narrow_terminal_the_help_goes_on_below_itself(sit_down: Callable[..., Typist]) -> None:
    (lines,) = re.findall(r"(?ms)^( +a  accept.*? +\?  this help)", sit_down(columns=40).types("?").replace("\r", ""))
    assert "\n     then look at it again" in lines
    assert all(re.match(r"  [a-z?]  \S|     \S", line) for line in lines.splitlines())
