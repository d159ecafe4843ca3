"""demo, init, contacts and note: the first minutes with the program."""

from __future__ import annotations

import mailbox
import tomllib
from typing import TYPE_CHECKING

from thread_finder import __version__

if TYPE_CHECKING:
    from tests.cli.conftest import User

ANN = (
    "--name", 'Ann "the map" Lee', "--email", "ann@maps.example", "--email", "ann@old.example",
    "--introduction", "the student who asked about maps", "--update", "I started at a map publisher",
)  # fmt: skip


def test_demo_drafts_into_a_folder_of_its_own(user: User) -> None:
    place = user.folder / "demo"
    ran = user.run("demo", "--folder", str(place))
    assert ran.code == 0, ran.err
    assert "In-Reply-To" in ran.out
    assert "find Rosheen" in ran.out
    assert len(mailbox.Maildir(str(place / "drafts"), create=False)) >= 25
    assert not user.state.exists(), "the user's own files are not touched"


def test_demo_json_is_one_document(user: User) -> None:
    ran = user.run("demo", "--folder", str(user.folder / "demo"), "--json")
    assert ran.code == 0, ran.err
    assert len(ran.json["findings"]) == len(ran.json["drafts"]) >= 25
    assert {"created", "refused"} <= {draft["action"] for draft in ran.json["drafts"]}


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


def test_init_never_overwrites(user: User) -> None:
    before = user.config.read_bytes()
    user.run("init", *ANN, "--archive", "x", "--contact", "J <j@x.example>").fails(3, str(user.config), "already")
    assert user.config.read_bytes() == before


def test_init_leaves_nothing_behind_when_the_answers_are_wrong(user: User) -> None:
    config = user.folder / "mine" / "config.toml"
    wrong = ("--name", "Ann", "--email", "not an address", "--introduction", "x", "--update", "y")
    ran = user.run("init", "--config", str(config), *wrong, "--archive", str(user.mbox), "--contact", "J <j@x.example>")
    ran.fails(3, "not an address")
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
    user.run("note", "Rosheen").fails(4, "nothing to note")
    user.run("note", "--remember", "x").fails(4, "whom")
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
