"""demo, init, contacts and note: the first minutes with the program."""

from __future__ import annotations

import mailbox
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from tests.cli.conftest import Ran
from thread_finder import __version__
from thread_finder.cli.commands import app

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.cli.conftest import User

ANN = (
    "--name", 'Ann "the map" Lee', "--email", "ann@maps.example", "--email", "ann@old.example",
    "--introduction", "the student who asked about maps", "--update", "I started at a map publisher",
)  # fmt: skip


def test_demo_drafts_into_a_folder_of_its_own_and_again_says_what_became_of_them(user: User) -> None:
    place = user.folder / "demo"
    first = user.run("demo", "--folder", str(place), "--json")
    assert first.code == 0, first.err
    assert len(first.json["findings"]) == len(first.json["drafts"]) >= 25
    assert {"created", "refused"} <= {draft["action"] for draft in first.json["drafts"]}
    made = sum(one["action"] == "created" for one in first.json["drafts"])
    assert len(mailbox.Maildir(str(place / "drafts"), create=False)) == made >= 25
    assert not user.state.exists(), "the user's own files are not touched"
    again = user.run("demo", "--folder", str(place))
    assert again.code == 0, again.err
    assert "In-Reply-To" in again.out
    assert "kept: the draft is there already" in again.out
    assert "marked do_not_contact" in again.out
    assert f"{made} drafts are in" in again.out


@pytest.mark.parametrize("name", ["config.toml", "contacts.toml", "letter.txt"])
def test_demo_overwrites_nothing(user: User, name: str) -> None:
    place = user.folder / "mine"
    place.mkdir()
    (place / name).write_text("my own words")
    user.run("demo", "--folder", str(place)).fails(7, str(place), "empty folder")
    assert [path.name for path in place.iterdir()] == [name]
    assert (place / name).read_text() == "my own words"


def test_demo_leaves_a_changed_sample_alone(user: User) -> None:
    user.edit(user.contacts, "Rosheen", "Rosie")
    before = user.contacts.read_bytes()
    user.run("demo", "--folder", str(user.folder / "sample")).fails(7, "contacts.toml")
    assert user.contacts.read_bytes() == before


def test_demo_names_commands_that_can_be_typed(user: User, finish: Callable[[Popen[bytes]], Ran]) -> None:
    del user.environment["THREAD_FINDER_STATE"]
    user.environment["XDG_STATE_HOME"] = str(user.folder / "own")
    ran = finish(user.start("demo"))

    def typed(words: str) -> bytes:
        command = next(line for line in ran.out.splitlines() if words in line).rpartition(": ")[2]
        done = subprocess.run(["bash", "-c", command], env=user.environment, capture_output=True, check=False)
        assert done.returncode == 0, done
        return done.stdout

    assert b"34 contacts" in typed("contacts list")
    assert b"30 drafted" in typed("status"), "the demo's own memory is used, not the user's"
    assert not user.folder.joinpath("own").exists()
    place = Path(ran.out.rpartition("rm -r ")[2].split()[0])
    assert (place / "drafts").is_dir()
    typed("rm -r")
    assert not place.exists()


def test_init_for_gmail_says_what_comes_next(user: User) -> None:
    config = user.folder / "mine" / "config.toml"
    made = user.run("init", "--config", str(config), *ANN, "--gmail", "--contact", "Jane <jane@x.example>")
    assert made.code == 0, made.err
    assert "gmail-setup.md" in made.out
    assert f"{config} login" in made.out
    assert tomllib.loads(config.read_text("utf-8"))["account"]["type"] == "gmail"
    user.run("--config", str(config), "find", "Jane").fails(8, "not signed in", "thread-finder login")


def test_init_writes_settings_that_work_at_once(user: User) -> None:
    config = user.folder / "mine" / "config.toml"
    made = user.run(
        "init", "--config", str(config), *ANN, "--archive", str(user.mbox),
        "--contact", "Søren Åberg <s@aberg.example>", "--json",
    )  # fmt: skip
    assert made.code == 0, made.err
    assert made.json["config"] == str(config)
    written = tomllib.loads(config.read_text(encoding="utf-8"))
    assert written["owner"]["name"] == 'Ann "the map" Lee'
    assert written["owner"]["emails"] == ["ann@maps.example", "ann@old.example"]
    assert config.stat().st_mode & 0o077 == 0
    ran = user.at("find", "Søren", "--config", str(config), "--json")
    assert ran.code == 0, ran.err
    assert ran.json[0]["contact"] == "Søren Åberg"


def asked(user: User, *arguments: str, answers: Sequence[str] = ()) -> Ran:
    """init with these lines typed."""
    typed = "".join(f"{line}\n" for line in answers)
    result = CliRunner(env=dict(user.environment)).invoke(app, ["init", *arguments], input=typed)
    return Ran(result.exit_code, result.stdout, result.stderr)


def test_init_asks_again_where_an_answer_cannot_be_used(user: User) -> None:
    config = user.folder / "mine" / "config.toml"
    (user.folder / "photo.mbox").write_bytes(b"\x89PNG")
    ran = asked(
        user, "--config", str(config),
        answers=(
            "", "Ann Lee", "ann@", "ann@x.example, ann@old.example;a@college.example",
            "/no/such/place", str(user.folder / "photo.mbox"), f"'{user.mbox}'",
            "the student who asked about maps", "", "nobody", "Ann <ann@old.example>", "Jane Doe <jane@x.example>",
        ),
    )  # fmt: skip
    assert ran.code == 0, ran
    for words in ("a name is needed", "'ann@' is no e-mail", "no archive at /no/such", "is no mbox", "of your own"):
        assert words in ran.out
    assert "I'm " in ran.out
    assert "[]" not in ran.out
    written = tomllib.loads(config.read_text(encoding="utf-8"))
    assert written["owner"]["emails"] == ["ann@x.example", "ann@old.example", "a@college.example"]
    assert written["owner"]["introduction"] == "the student who asked about maps"
    assert "updates" not in written["owner"]
    assert written["account"]["path"] == str(user.mbox)
    assert user.at("find", "Jane", "--config", str(config)).code == 0


def test_init_says_at_once_that_there_are_settings(user: User) -> None:
    before = user.config.read_bytes()
    ran = asked(user, answers=("Ann Lee",))
    ran.fails(3, str(user.config), "already")
    assert ran.out == "", "nothing was asked"
    assert user.config.read_bytes() == before


def test_init_without_somebody_to_ask_names_what_is_missing(user: User) -> None:
    config = user.folder / "mine" / "config.toml"
    asked(user, "--config", str(config), "--name", "Ann", answers=("ann@x.example",)).fails(2, "--archive, --contact")
    ran = asked(user, "--config", str(config), "--name", "Ann", "--json", answers=("ann@x.example",))
    assert ran.code == 2
    assert "--email, --archive, --contact" in ran.json["error"]["message"]
    assert not config.exists()


def test_init_interrupted_leaves_nothing_behind(user: User) -> None:
    config = user.folder / "mine" / "config.toml"
    process = Popen(
        [sys.executable, "-m", "thread_finder", "init", "--config", str(config)],
        env=user.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - ignored in the background
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.read(len("Your name:")) == b"Your name:"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"interrupted" in err
    assert not config.parent.exists()


def test_init_leaves_nothing_behind_when_the_answers_are_wrong(user: User) -> None:
    config = user.folder / "mine" / "config.toml"
    good = {"--name": "Ann", "--email": "ann@x.example", "--archive": str(user.mbox), "--contact": "J <j@x.example>"}
    wrong = {
        "--name": " ",
        "--email": "not an address",
        "--archive": "/no/such/place",
        "--contact": "J <ann@x.example>",
    }
    for option, value in wrong.items():
        given = [word for pair in (good | {option: value}).items() for word in pair]
        asked(user, "--config", str(config), *given, "--introduction", "x", "--update", "y").fails(2)
    assert not config.exists()
    assert not config.with_name("contacts.toml").exists()


def test_contacts_list_and_show(user: User) -> None:
    people = user.run("contacts", "list", "--json").json
    assert len(people) == 34
    shown = user.run("contacts", "show", "山田", "--json").json
    assert shown in people
    assert shown["name"] == "山田 太郎"
    assert shown["source"].startswith("contacts.toml")
    for arguments in (("list",), ("show", "山田")):
        ran = user.run("contacts", *arguments)
        assert ran.code == 0
        assert "山田 太郎" in ran.out
        assert ran.err == ""
    user.run("contacts", "show", "Nobody At All").fails(4, "Nobody At All")


def test_a_note_goes_into_the_next_letter(user: User) -> None:
    before = user.contacts.read_bytes()
    said = "that a map is a promise"
    ran = user.run("note", "Hollis", "--remember", said, "--json")
    assert ran.code == 0, ran.err
    assert ran.json["contact"] == "Hollis Greaveson"
    assert ran.json["noted"] == ["remember"]
    assert user.contacts.read_bytes() == before, "the contacts file is the user's"
    assert user.run("contacts", "show", "Hollis", "--json").json["remember"] == said
    assert said in user.at("preview", "Hollis", "--json").json[0]["text"]


def test_an_update_goes_into_everybodys_letter(user: User) -> None:
    ran = user.run("note", "--update", "I bought a lighthouse in Delfzijl", "--date", "2026-11-20")
    assert ran.code == 0, ran.err
    for preview in user.at("preview", "Rosheen", "Lucille", "--json").json:
        assert "lighthouse in Delfzijl" in preview["text"]


def test_a_note_about_nothing_or_nobody_is_refused(user: User) -> None:
    user.run("note", "Rosheen").fails(2, "nothing to note")
    user.run("note", "--remember", "x").fails(2, "whom")
    user.run("note", "Nobody At All", "--remember", "x").fails(4, "Nobody At All")
    wrong = user.run("note", "Rosheen", "--met-on", "last year")
    assert wrong.code == 2
    assert "last year" in wrong.err


def test_version_and_help(user: User) -> None:
    assert user.run("--version").out.strip() == f"thread-finder {__version__}"
    shown = user.run("--help")
    assert shown.code == 0
    for command in ("demo", "init", "contacts", "find", "preview", "draft", "note"):
        assert command in shown.out
