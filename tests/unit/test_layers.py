"""The layers of docs/design.md, read off the imports."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "thread_finder"
SOURCES = sorted(PACKAGE.rglob("*.py"))

LEVELS = {
    "errors": 0,
    "model": 0,
    "durations": 0,
    "userfiles": 1,
    "filelock": 1,
    "mail": 1,
    "finding": 2,
    "writing": 2,
    "planning": 2,
    "polish": 2,
    "mailboxes": 2,
    "addressbook": 2,
    "ledger": 2,
    "config": 2,
    "demo": 2,
    "app": 3,
    "cli": 4,
    "__main__": 5,
}
# Who alone may import a vendor's package.
OWNERS = {
    "googleapiclient": ("mailboxes.gmail",),
    "google_auth_oauthlib": ("mailboxes.gmail",),
    "google": ("mailboxes.gmail",),
    "google_auth_httplib2": ("mailboxes.gmail",),
    "httplib2": ("mailboxes.gmail",),
    "keyring": ("mailboxes.gmail",),
    "sqlite3": ("ledger", "mailboxes.archive_index"),
    "jinja2": ("writing.",),
    "typer": ("cli.", "cli"),
    "rich": ("cli.", "cli"),
}


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def room(module: str) -> str:
    return module.split(".", maxsplit=1)[0]


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_imports_go_down_only(path: Path) -> None:
    here = room(module_name(path))
    if not here or here == "__init__":
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "thread_finder" or len(parts) < 2 or parts[1] not in LEVELS:
            continue
        there = parts[1]
        assert here == there or LEVELS[there] < LEVELS[here], f"{here} must not import {there}"


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_vendor_packages_stay_in_their_rooms(path: Path) -> None:
    here = module_name(path)
    for name in imports(path):
        owners = OWNERS.get(name.split(".")[0])
        assert owners is None or here.startswith(owners), f"{here} must not import {name}"


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_mailboxes_do_not_know_each_other(path: Path) -> None:
    here = module_name(path)
    if not here.startswith("mailboxes."):
        return
    others = {"archive": "mailboxes.gmail", "gmail": "mailboxes.archive"}
    for mine, other in others.items():
        if here.startswith(f"mailboxes.{mine}"):
            assert not any(name.startswith(f"thread_finder.{other}") for name in imports(path))


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_only_the_cli_prints_and_exits(path: Path) -> None:
    if module_name(path).startswith("cli"):
        return
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    names = {node.func.id for node in calls if isinstance(node.func, ast.Name)}
    assert not names & {"print", "exit", "input"}


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_nothing_is_named_send(path: Path) -> None:
    """Promise 1: there is no method that sends, nor a call to one."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.name != "send", f"{path}:{node.lineno}"
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"send", "sendmail", "send_message"}, f"{path}:{node.lineno}"


def test_every_room_has_a_level() -> None:
    rooms = {room(module_name(path)) for path in SOURCES} - {"", "__init__"}
    assert rooms <= set(LEVELS)
