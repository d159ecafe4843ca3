"""Bad input: one clear line, the next step, the documented exit code, never a traceback."""

from __future__ import annotations

import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import User


def test_no_config(user: User) -> None:
    user.config.unlink()
    user.at("find", "Rosheen").fails(3, str(user.config), "init")


def test_a_config_given_by_name_that_is_not_there(user: User) -> None:
    user.at("find", "Rosheen", "--config", "nowhere.toml").fails(3, "nowhere.toml")


@pytest.mark.parametrize("folder", [True, False])
def test_a_config_that_cannot_be_read(user: User, folder: bool) -> None:
    user.config.unlink()
    if folder:
        user.config.mkdir()
    else:
        user.config.write_bytes(b"[owner\xff\n= 3")
    user.at("find", "Rosheen").fails(3, "config.toml")


def test_an_unknown_key_is_named_with_a_suggestion(user: User) -> None:
    user.edit(user.config, "signature =", "signatur =")
    user.at("find", "Rosheen").fails(3, "signatur", "signature")


def test_all_problems_of_the_config_are_listed_together(user: User) -> None:
    user.edit(user.config, "signature =", "signatur =")
    user.edit(user.config, "date = 2020-10-05", 'date = "some day"')
    user.at("find", "Rosheen").fails(3, "signatur", "some day")


def test_an_error_is_a_json_document_for_json(user: User) -> None:
    user.config.unlink()
    ran = user.at("find", "Rosheen", "--json")
    assert ran.code == 3
    assert ran.json["error"]["exit_code"] == 3
    assert str(user.config) in ran.json["error"]["message"]


def test_contacts_file_missing(user: User) -> None:
    user.contacts.unlink()
    user.at("find", "--all").fails(3, str(user.contacts))


def test_contacts_file_empty(user: User) -> None:
    user.contacts.write_text("")
    user.at("find", "--all").fails(3, "contacts.toml")


def test_bad_rows_are_listed_with_their_line_and_good_rows_still_work(user: User) -> None:
    user.edit(user.config, 'path = "contacts.toml"', 'path = "people.csv"')
    user.config.with_name("people.csv").write_text(
        "name,emails,met_on\nRosheen,rosheen@stfinnians-music.example,soon\nNobody,,\nOdd,not an address,\n",
        encoding="utf-8",
    )
    ran = user.at("find", "--all", "--json")
    assert ran.code in {0, 1}, ran
    assert [f["contact"] for f in ran.json] == ["Rosheen"]
    assert "ignored: people.csv:2 Rosheen: met_on" in ran.err
    assert "left out: people.csv:3" in ran.err
    assert "left out: people.csv:4" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("command", ["find", "preview", "draft"])
def test_an_unknown_contact(user: User, command: str) -> None:
    user.at(command, "Quentin Nowhere").fails(4, "Quentin Nowhere")


def test_an_ambiguous_contact_names_those_who_fit(user: User) -> None:
    text = user.contacts.read_text(encoding="utf-8")
    extra = '\n[[contact]]\nname = "Rosheen Otherwise"\nemails = ["r@otherwise.example"]\n'
    user.contacts.write_text(text + extra, encoding="utf-8")
    user.at("find", "Rosheen").fails(4, "Rosheen Otherwise", "Rosheen Tuohy-Vance")


def test_no_contact_named(user: User) -> None:
    user.at("draft").fails(2, "--all")


def test_a_wrong_name_among_right_ones_stops_nobody(user: User) -> None:
    ran = user.at("draft", "Rosheen", "Nosuch", "Neverheard", "--json")
    assert ran.code == 1
    assert [(one["contact"], one["action"]) for one in ran.json] == [
        ("Rosheen Tuohy-Vance", "created"), ("Nosuch", "refused"), ("Neverheard", "refused"),
    ]  # fmt: skip
    assert "Neverheard" in ran.json[2]["why"]
    found = user.at("find", "Nosuch", "Rosheen", "--json")
    assert found.code == 1
    assert [one.get("verdict") for one in found.json] == ["reply", None]
    assert "Nosuch" in found.json[1]["error"]
    followed = user.at("follow-up", "Nosuch", "Rosheen", "--json")
    assert [one["contact"] for one in followed.json] == ["Rosheen Tuohy-Vance", "Nosuch"]
    shown = user.at("preview", "Rosheen", "Nosuch")
    assert shown.code == 1
    assert "Nosuch" in shown.out


def test_nothing_but_wrong_names(user: User) -> None:
    user.at("draft", "Nosuch", "Neverheard").fails(4, "Nosuch", "Neverheard")


def test_the_users_own_addresses_are_no_contacts(user: User) -> None:
    text = user.contacts.read_text(encoding="utf-8")
    mine = '\n[[contact]]\nname = "Old Me"\nemails = ["i.halloran@quillon-acoustics.example"]\n'
    both = '\n[[contact]]\nname = "Zed Both"\nemails = ["imke@tussenklank.example", "zed@both.example"]\n'
    user.contacts.write_text(text + mine + both, encoding="utf-8")
    ran = user.run("contacts", "list", "--json")
    people = {one["name"]: one["emails"] for one in ran.json}
    assert "Old Me" not in people
    assert people["Zed Both"] == ["zed@both.example"]
    assert "left out: contacts.toml" in ran.err
    assert "ignored: contacts.toml" in ran.err
    user.at("draft", "Old Me").fails(4, "Old Me")
    user.contacts.write_text(mine, encoding="utf-8")
    user.run("contacts", "list").fails(3, "your own")


def test_mbox_missing(user: User) -> None:
    user.mbox.unlink()
    user.at("find", "Rosheen").fails(5, str(user.mbox))


def test_mbox_empty(user: User) -> None:
    user.mbox.write_bytes(b"")
    user.at("find", "Rosheen").fails(5, str(user.mbox))


def test_not_an_mbox(user: User) -> None:
    user.mbox.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50)
    user.at("find", "Rosheen").fails(5, str(user.mbox))


def test_an_mbox_that_cannot_be_read(user: User) -> None:
    user.mbox.unlink()
    user.mbox.symlink_to(user.mbox)  # as root, rights forbid nothing; a loop does
    user.at("find", "Rosheen").fails(5, str(user.mbox))


def test_an_mbox_truncated_in_mid_message_gives_what_is_left(user: User) -> None:
    raw = user.mbox.read_bytes()
    whole = user.at("find", "Rosheen", "--json").json[0]
    last = raw.rindex(b"\nFrom ")
    user.mbox.write_bytes(raw[: last + (len(raw) - last) // 3])
    ran = user.at("find", "Rosheen", "--json")
    assert ran.code == 0, ran.err
    assert ran.json[0]["thread"]["id"] == whole["thread"]["id"]
    user.mbox.write_bytes(raw[:300])
    assert user.at("find", "Rosheen", "--json").json[0]["verdict"] == "new-thread"


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("Dear {% if %}", ()),
        ("Dear {{ no_such_fact }},", ("no_such_fact",)),
        ("{{ ''.__class__.__mro__ }}", ()),
        ("{{ cycler.__init__.__globals__.os.popen('touch owned').read() }}", ()),
        ("{% for i in range(999999999) %}x{% endfor %}", ()),
    ],
    ids=["syntax", "undefined", "forbidden attribute", "forbidden call", "endless"],
)
def test_a_template_at_fault(user: User, template: str, words: tuple[str, ...]) -> None:
    user.config.write_text(
        user.config.read_text(encoding="utf-8") + '\n[templates]\nfolder = "templates"\n', encoding="utf-8"
    )
    folder = user.config.with_name("templates") / "en"
    folder.mkdir(parents=True)
    (folder / "greeting.txt").write_text(template, encoding="utf-8")
    for command in ("preview", "draft"):
        user.at(command, "Rosheen").fails(3, "greeting.txt", *words)
    assert user.saved() == []
    assert not (user.folder / "owned").exists()


def own_template(user: User, name: str, content: bytes) -> None:
    file = user.config.with_name("templates") / "en" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def test_a_template_that_is_no_text(user: User) -> None:
    own_template(user, "greeting.txt", "Grüße {{ name }},".encode("latin-1"))
    user.at("preview", "Rosheen").fails(3, "en/greeting.txt is not UTF-8", "save ")


def test_a_folder_of_templates_that_is_not_there(user: User) -> None:
    user.edit(user.config, "[owner]", '[templates]\nfolder = "nope"\n[owner]')
    user.at("preview", "Rosheen").fails(3, str(user.config.with_name("nope")), "[templates] folder")


def test_a_template_that_no_letter_uses_is_said(user: User) -> None:
    own_template(user, "greting.txt", b"Hi,")
    ran = user.at("draft", "Rosheen")
    assert ran.code == 0
    assert "greting.txt: no letter uses it (did you mean en/greeting?)" in ran.err


def test_a_cell_without_end_is_named_with_its_owner(user: User) -> None:
    user.edit(user.config, 'path = "contacts.toml"', 'path = "people.csv"')
    huge = f"Zoë Long,zoe@long.example,{'x' * 200_000}\n"
    rows = f"name,emails,notes\n{huge}Rosheen,rosheen@stfinnians-music.example,\n"
    user.config.with_name("people.csv").write_text(rows, encoding="utf-8")
    ran = user.at("find", "Rosheen")
    assert ran.code == 0
    assert "left out: people.csv:2 Zoë Long: a cell is longer than 131072 characters; shorten it" in ran.err


def test_a_damaged_ledger(user: User) -> None:
    user.state.mkdir()
    (user.state / "ledger.sqlite").write_bytes(b"this is no database" * 500)
    user.at("draft", "Rosheen").fails(10, "ledger.sqlite")
    assert user.saved() == []


def test_a_state_folder_that_cannot_be_made(user: User) -> None:
    user.state.write_text("a file stands here")
    ran = user.at("find", "Rosheen")
    ran.fails(10, str(user.state), "a file stands where a folder should be")


@pytest.mark.parametrize("name", ["mail.zip", "takeout.tgz"])
def test_a_packed_export_is_to_be_unpacked(user: User, name: str) -> None:
    packed = user.config.with_name(name)
    if name.endswith("zip"):
        with zipfile.ZipFile(packed, "w") as archive:
            archive.write(user.mbox)
    else:
        with tarfile.open(packed, "w:gz") as archive:
            archive.add(user.mbox)
    user.edit(user.config, 'path = "sample.mbox"', f'path = "{name}"')
    user.at("find", "Rosheen").fails(5, name, "unpack it first")
    folder = user.config.with_name("Takeout")
    folder.mkdir()
    packed.rename(folder / name)
    user.edit(user.config, f'path = "{name}"', 'path = "Takeout"')
    user.at("find", "Rosheen").fails(5, "no mail", f"unpack {name} first")


def test_settings_that_others_can_read_are_one_short_hint(user: User) -> None:
    user.config.chmod(0o644)
    ran = user.at("draft", "Rosheen")
    assert ran.code == 0
    (line,) = ran.err.splitlines()
    assert line.startswith("hint: config.toml")
    assert f"chmod 600 {user.config}" in line


def test_a_closed_pipe_is_no_error(user: User) -> None:
    process = user.start("contacts", "list", "--json")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read().decode()
    assert process.wait(timeout=30) == 0
    assert err == ""
    process.stderr.close()
