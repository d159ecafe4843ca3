"""templates list|show|copy|check, and etiquette: what letters are made of and held to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import User
from thread_finder.writing.etiquette import NUMBERS, RULES
from thread_finder.writing.language import LANGUAGES

FOREVER = "{% for i in range(10**9) %}x{% endfor %}"


@pytest.fixture
def own(user: User) -> Path:
    """The user's own templates: the English greeting, copied."""
    assert user.run("templates", "copy", "greeting").code == 0
    path: Path = user.config.parent / "templates" / "en" / "greeting.txt"
    return path


def test_list_has_every_language_and_says_whose_is_in_use(user: User, own: Path) -> None:
    files = user.run("templates", "list", "--json").json
    assert {file["name"].split("/")[0] for file in files} == set(LANGUAGES)
    assert [file["name"] for file in files if file["own"]] == ["en/greeting"]
    german = user.run("templates", "list", "--language", "de", "--json").json
    assert {file["name"].split("/")[0] for file in german} == {"de"}
    shown = user.run("templates", "list").out
    assert f"yours: {own}" in shown.replace("\n", "")
    assert "built in" in shown


def test_show_prints_the_template_in_use(user: User, own: Path) -> None:
    own.write_text("Hello {{ name }}, [bold]\n", "utf-8")
    assert user.run("templates", "show", "greeting").out == "Hello {{ name }}, [bold]\n"
    assert user.run("templates", "show", "greeting", "--json").json[0]["text"] == own.read_text("utf-8")
    assert "== fr/closing" in user.run("templates", "show", "fr").out


def test_a_name_that_no_template_has_is_refused_with_a_suggestion(user: User) -> None:
    user.run("templates", "show", "greting").fails(3, "did you mean en/greeting?")
    user.run("templates", "copy", "../../etc/passwd").fails(3, "no template")
    assert user.run("templates", "list", "--language", "xx").code == 2


def test_copy_overwrites_nothing(user: User, own: Path) -> None:
    own.write_text("mine", "utf-8")
    (again,) = user.run("templates", "copy", "en/greeting", "--json").json
    assert again == {"file": str(own), "written": False}
    assert own.read_text("utf-8") == "mine"
    assert own.stat().st_mode & 0o077 == 0


def test_copy_takes_a_whole_language_and_they_all_work(user: User) -> None:
    copied = user.run("templates", "copy", "fr", "ja", "--json").json
    assert len(copied) > 10
    assert all(one["written"] for one in copied)
    ran = user.run("templates", "check")
    assert ran.code == 0, ran.out
    assert f"{len(copied)} of your own" in ran.out


def test_without_settings_the_built_in_ones_are_listed_and_copying_says_what_to_do(user: User) -> None:
    user.environment.pop("THREAD_FINDER_CONFIG")
    assert not any(file["own"] for file in user.run("templates", "list", "--json").json)
    user.run("templates", "copy", "greeting").fails(3, "init")


def test_the_users_template_goes_into_the_letter(user: User, own: Path) -> None:
    own.write_text("Ahoy {{ name }},", "utf-8")
    assert user.at("preview", "Rosheen", "--json").json[0]["text"].startswith("Ahoy Rosheen,")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("Hello\n{{ nmae }}", ["greeting.txt, line 2", "nmae"]),
        ("{% if %}", ["greeting.txt, line 1"]),
        ("\n\n" + FOREVER, ["greeting.txt, line 3"]),
        ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", ["greeting.txt, line 1"]),
        ("{% include '../../../etc/passwd' %}", ["greeting.txt, line 1"]),
        ("{{ 'x'|attr('format') }}", ["greeting.txt"]),
        ("{{ updates[7] }}", ["greeting.txt"]),
        ("{{ updates[1] }}", ["needed facts", "greeting.txt"]),
    ],
)
def test_check_names_what_fails_by_template_and_line(user: User, own: Path, source: str, words: list[str]) -> None:
    own.write_text(source, "utf-8")
    ran = user.run("templates", "check")
    assert ran.code == 3
    assert len(ran.out.splitlines()) == 1, "each fault is told once"
    for word in words:
        assert word in ran.out
    assert user.run("templates", "check", "--json").json[0]["what"]
    assert "Traceback" not in ran.out + ran.err


def test_check_names_files_that_no_letter_uses(user: User, own: Path) -> None:
    own.rename(own.with_name("greetings.txt"))
    ran = user.run("templates", "check")
    assert ran.code == 3
    assert "no letter uses it (did you mean en/greeting?)" in ran.out.replace("\n", "")


def test_doctor_knows_of_bad_templates(user: User, own: Path) -> None:
    own.write_text("{{ nmae }}", "utf-8")
    assert "nmae" in user.run("doctor").out


def test_a_template_that_is_no_text_is_said(user: User, own: Path) -> None:
    own.write_bytes(b"\xff\xfe")
    user.run("templates", "show", "greeting").fails(3, "UTF-8")
    assert user.run("templates", "check").code == 3


# --- etiquette --------------------------------------------------------------------------------------


def test_etiquette_lists_every_rule_as_the_user_has_it(user: User) -> None:
    text = '[etiquette]\nvip = "Lucille Abernatt"\n[etiquette.rules]\nguilt = "off"\n[etiquette.numbers]\nlong = 99\n'
    user.edit(user.config, "[owner]", f"{text}[owner]")
    document = user.run("etiquette", "--json").json
    assert [rule["rule"] for rule in document["rules"]] == [rule.name for rule in RULES]
    assert {(r["level"], r["default"]) for r in document["rules"] if r["rule"] == "guilt"} == {("off", "warn")}
    assert document["numbers"] == {**NUMBERS, "long": 99}
    assert document["vip"] == ["Lucille Abernatt"]
    shown = user.run("etiquette").out
    assert "off (was warn)" in shown
    assert "long 99" in shown
    assert "Lucille Abernatt" in shown


def test_etiquette_needs_no_settings(user: User) -> None:
    user.environment.pop("THREAD_FINDER_CONFIG")
    assert len(user.run("etiquette", "--json").json["rules"]) == len(RULES)
    user.run("etiquette", "--config", "nowhere.toml").fails(3, "nowhere.toml")
