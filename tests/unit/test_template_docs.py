"""docs/templates.md names every file, variable and filter there is, with its type and a true example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from thread_finder.writing.language import LANGUAGES
from thread_finder.writing.render import Templates, render, shipped_templates, values_of
from thread_finder.writing.sample import FULL, samples
from thread_finder.writing.sandbox import FILTERS, OWN_FILTERS

TEXT = (Path(__file__).parents[2] / "docs/templates.md").read_text("utf-8")
VALUES = values_of(FULL)
TYPES = {"text": str, "yes/no": bool, "number": int, "list of texts": list}


def rows(header: str) -> list[list[str]]:
    """The rows of the table with this header, cell by cell."""
    table = TEXT.split(f"| {header}\n", 1)[1].split("\n\n", 1)[0].splitlines()[1:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]


VARIABLES = rows("variable | type | meaning | example |")


def codes(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_variable_is_told_in_the_codes_order() -> None:
    assert [codes(row[0])[0] for row in VARIABLES] == list(VALUES)


@pytest.mark.parametrize("row", VARIABLES, ids=lambda row: row[0])
def test_type_and_example_are_true(row: list[str]) -> None:
    value = VALUES[codes(row[0])[0]]
    assert isinstance(value, TYPES[row[1]])
    shown = {True: ["yes"], False: ["no"]}[value] if isinstance(value, bool) else value
    assert codes(row[3]) == (shown if isinstance(shown, list) else [str(shown)])
    assert row[2]


def test_every_filter_is_told() -> None:
    told = {name for row in rows("filter | what it does | example |") for name in codes(row[0])}
    assert told == {*FILTERS, *OWN_FILTERS}


def test_every_file_is_told_in_every_language() -> None:
    told = {name for row in rows("file | part of the letter | when |") for name in codes(row[0])}
    for language in LANGUAGES:
        assert {path.stem for path in (shipped_templates() / language).glob("*.txt")} == told


def test_the_example_of_a_greeting_works(tmp_path: Path) -> None:
    block = TEXT.split("For instance, a greeting of your own:\n\n")[1].split("\n\n##")[0]
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "greeting.txt").write_text(re.sub(r"^ {4}", "", block, flags=re.MULTILINE), "utf-8")
    templates = Templates(shipped_templates(), tmp_path)
    first = {render(facts, templates).body.split("\n")[0] for _, facts in samples("en")}
    assert first <= {"Dear Jane,", "Hello Jane,", "Good day, Jane Doe,"}
    assert len(first) == 2
