"""config.toml: read whole, or refused with everything that is wrong with it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thread_finder import config
from thread_finder.config.schema import ConfigFile
from thread_finder.durations import Duration
from thread_finder.errors import ConfigError
from thread_finder.model import Level

Write = Callable[..., Path]
ROOT = Path(__file__).parents[2]
MINIMAL = """
[owner]
name = "Ada Marsh"
emails = "Ada@Marsh.example"
[account]
type = "archive"
path = "all.mbox"
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(text: str | bytes, mode: int = 0o600) -> Path:
        path = tmp_path / "config.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)
        return path

    return _write


def problems(path: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config.load(path)
    return [str(problem) for problem in caught.value.problems]


# --- what is read -----------------------------------------------------------------------------------


def test_two_tables_are_enough(write: Write, tmp_path: Path) -> None:
    settings = config.load(write(MINIMAL))
    assert settings.owner.emails == ("ada@marsh.example",)
    assert settings.owner.language == "en"
    assert settings.account.paths == (tmp_path / "all.mbox",)
    assert settings.account.drafts == tmp_path / "drafts"
    assert settings.contacts == tmp_path / "contacts.toml"
    assert settings.notes == tmp_path / "notes.toml"
    assert settings.templates is None
    assert settings.threshold == 0.8
    assert settings.cadence == config.Cadence(
        4, 0, Duration(1, "month"), Duration(7, "working day"), Duration(4, "month")
    )
    assert settings.warnings == ()


def test_the_example_loads_and_names_every_key(write: Write) -> None:
    text = (ROOT / "config.example.toml").read_text("utf-8")
    assert config.load(write(text)).warnings == ()
    gmail = text.replace('type = "archive"', "").replace('path = "mail/All', '# "').replace('drafts = "drafts"', "")
    for key in ("type", "name", "client_secret", "units_per_minute", "api_root"):
        gmail = gmail.replace(f"# {key} = ", f"{key} = ")
    account = config.load(write(gmail)).account
    assert (account.type, account.units_per_minute, account.api_root) == ("gmail", 6000, "")
    for table, field in ConfigFile.model_fields.items():
        assert f"[{table}]" in text
        for key in getattr(field.annotation, "model_fields", {}):
            assert key in text, f"[{table}] {key}"


def test_the_example_shows_the_defaults(write: Write) -> None:
    example = config.load(write((ROOT / "config.example.toml").read_text("utf-8")))
    plain = config.load(write(MINIMAL))
    for name in ("contacts", "notes", "cadence", "templates", "threshold", "etiquette"):
        assert getattr(example, name) == getattr(plain, name)


def test_texts_may_be_given_by_language_and_updates_are_sorted(write: Write) -> None:
    owner = config.load(
        write(
            MINIMAL
            + """
[[owner.updates]]
date = 2026-09-01
text = "later"
[[owner.updates]]
date = "2025-01-02"
text = { en = "earlier", "pt_BR" = "antes" }
"""
        )
    ).owner
    assert [(u.on, dict(u.text)) for u in owner.updates] == [
        (date(2025, 1, 2), {"en": "earlier", "pt-BR": "antes"}),
        (date(2026, 9, 1), {"": "later"}),
    ]


def test_paths_are_beside_the_config_or_at_home(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    text = MINIMAL.replace('path = "all.mbox"', 'path = ["~/mail.mbox", "/srv/old.mbox", "new.mbox"]')
    paths = config.load(write(text)).account.paths
    assert paths == (tmp_path / "home" / "mail.mbox", Path("/srv/old.mbox"), tmp_path / "new.mbox")


def test_etiquette_takes_levels_and_numbers_in_either_place(write: Write) -> None:
    text = """
[etiquette]
vip = ["Jane Doe", "Jane@X.example"]
flattery = "OFF"
longest = 200
[etiquette.rules]
length = "stop"
[etiquette.numbers]
wanted = 75
"""
    etiquette = config.load(write(MINIMAL + text)).etiquette
    assert etiquette.rules == {"flattery": None, "length": Level.STOP}
    assert etiquette.numbers == {"longest": 200, "wanted": 75}
    assert etiquette.vip == ("Jane Doe", "jane@x.example")


# --- what is refused --------------------------------------------------------------------------------


def test_all_problems_come_at_once(write: Write) -> None:
    found = problems(
        write("""
[owner]
name = ""
emials = ["a@b.example"]
emails = [3, "x", "a\\u001b@x.example"]
language = "german"
[[owner.updates]]
date = 2024
text = 5
[account]
type = "archive"
paht = "x"
client_secret = "y"
[cadence]
per_month = "4"
lapsed_after = "soon"
[find]
threshold = 4
[etiquette.rules]
length = "loud"
[contact]
path = "x"
""")
    )
    expected = [
        "[owner] name: is empty",
        "[owner] emials: unknown key (did you mean emails?)",
        "[owner] emails number 1: must be text in quotes",
        "[owner] emails number 2: 'x' is no e-mail address",
        "[owner] emails number 3: 'a\\x1b@x.example' holds an invisible character",
        "[owner] language: 'german' is no language code",
        "[[owner.updates]] number 1 date: '2024' lacks the day",
        "[[owner.updates]] number 1 text: must be text in quotes",
        "[account] path: is missing",
        "[account] paht: unknown key (did you mean path?)",
        '[account] client_secret: unknown key (it belongs to type = "gmail")',
        "[cadence] per_month: must be a whole number",
        "[cadence] lapsed_after: 'soon' is no length of time",
        "[find] threshold: input should be less than or equal to 1",
        "[etiquette] rules length: 'loud' is no level (use one of off, stop, warn, hint)",
        "[contact]: unknown table (did you mean contacts?)",
    ]
    for problem in expected:
        assert any(line.startswith(f"config.toml: {problem}") for line in found), problem
    assert len(found) == len(expected)


@pytest.mark.parametrize(
    ("account", "problem"),
    [
        ('type = "imap"', "[account] type: 'imap' is no kind of account"),
        ('path = "x"', "[account] type: is missing"),
        ('type = "gmail"\napi_root = "http://mail.example"', "api_root: would go over the net unencrypted"),
        ('type = "gmail"\napi_root = "mail.example"', "api_root: 'mail.example' is no web address"),
        ('type = "gmail"\nname = "../x"', "[account] name: may hold letters, digits"),
        ('type = "gmail"\nunits_per_minute = 0', "[account] units_per_minute: input should be greater"),
        ('type = "archive"\npath = []', "[account] path: is empty"),
    ],
)
def test_the_account_is_checked(write: Write, account: str, problem: str) -> None:
    text = f'[owner]\nname = "A"\nemails = "a@x.example"\n[account]\n{account}\n'
    assert any(problem in line for line in problems(write(text)))


def test_http_is_for_this_machine_only(write: Write) -> None:
    text = MINIMAL.replace('type = "archive"\npath = "all.mbox"', 'type = "gmail"\napi_root = "http://127.0.0.1:8080/"')
    assert config.load(write(text)).account.api_root == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b'[owner]\nname = "Ada\n', "config.toml, line 2, column 12"),
        (b"[owner\n", "config.toml, line 1"),
        (b'[owner]\r\nname = "A"\r\nname = "B"\r\n', "config.toml, line 3"),
        (b"a = [", "config.toml"),
        (b'[owner]\nname = "Ren\xe9"\n', "config.toml:2: not UTF-8 text (save the file as UTF-8)"),
        (b"a = " + b"[" * 100_000, "config.toml"),
    ],
)
def test_bad_toml_is_named_by_line(write: Write, content: bytes, where: str) -> None:
    assert problems(write(content))[0].startswith(where)


def test_a_missing_config_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist") as caught:
        config.load(tmp_path / "none.toml")
    assert "thread-finder init" in caught.value.to_do


def test_a_folder_is_no_config(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder"):
        config.load(tmp_path)


def test_a_byte_order_mark_is_no_problem(write: Write) -> None:
    assert config.load(write(b"\xef\xbb\xbf" + MINIMAL.encode())).owner.name == "Ada Marsh"


@given(
    st.binary(max_size=300) | st.text(max_size=300).map(lambda text: MINIMAL.encode() + text.encode("utf-8", "replace"))
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_there_is_read_or_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.toml"
    path.write_bytes(content)
    try:
        said = bool(config.load(path))
    except ConfigError as error:
        said = bool(error.problems)
    assert said


# --- privacy and places -----------------------------------------------------------------------------


def test_files_open_to_others_are_warned_of(write: Write, tmp_path: Path) -> None:
    secret = tmp_path / "client_secret.json"
    secret.write_text("{}")
    secret.chmod(0o644)
    gmail = MINIMAL.replace('type = "archive"\npath = "all.mbox"', 'type = "gmail"')
    warnings = config.load(write(gmail, mode=0o640)).warnings
    assert [warning.where for warning in warnings] == ["config.toml", "client_secret.json"]


def test_the_environment_overrides_the_usual_places(tmp_path: Path) -> None:
    assert config.default_config_path({"THREAD_FINDER_CONFIG": str(tmp_path / "c.toml")}) == tmp_path / "c.toml"
    file = tmp_path / "config.toml"
    assert config.default_state_folder({"THREAD_FINDER_STATE": str(tmp_path)}, file) == tmp_path
    assert config.default_config_path({}).parts[-2:] == ("thread-finder", "config.toml")
    assert config.default_state_folder({}, file).name == "thread-finder"
    (tmp_path / "state").mkdir()
    assert config.default_state_folder({}, file) == tmp_path / "state"
    assert config.default_state_folder({"THREAD_FINDER_STATE": "elsewhere"}, file) == Path("elsewhere")


def test_settings_are_imported_without_the_slow_libraries() -> None:
    code = "import sys, thread_finder.config, thread_finder.addressbook; print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout
    assert "thread_finder.config" in shown.split()
    assert {"pydantic", "tomlkit", "charset_normalizer"}.isdisjoint(shown.split())
