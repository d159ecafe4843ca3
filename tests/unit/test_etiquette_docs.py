"""docs/etiquette.md says what the rules are, and where each row of the advice is kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from thread_finder.writing.etiquette import NUMBERS, RULES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/etiquette.md").read_text("utf-8")
ADVICE = [*(f"H{n}" for n in range(1, 28)), *(f"O{n}" for n in range(1, 22))]
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))
}


def rows(first: str) -> list[list[str]]:
    """The tables' rows whose first cell has this form."""
    lines = [line for line in TEXT.splitlines() if re.match(rf"\| {first} \|", line)]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_rule_is_described_as_it_is() -> None:
    told = [[cell.strip("`") for cell in row] for row in rows(r"`[\w-]+` \| (?:stop|warn|hint)")]
    assert told == [[rule.name, str(rule.level), rule.asks, rule.source] for rule in RULES]


def test_every_number_is_described_with_its_default() -> None:
    told: dict[str, float] = {}
    for names, defaults, _ in rows(r"`\w+`(?:, `\w+`)* \| [\d., ]+"):
        told |= dict(zip(re.findall(r"\w+", names), map(float, defaults.split(", ")), strict=True))
    assert told == NUMBERS


def test_every_row_of_the_advice_has_its_place() -> None:
    told = rows(r"[HO]\d+")
    assert [row[0] for row in told] == ADVICE
    for name, _, place, test in told:
        assert place, name
        assert re.fullmatch(r"`\w+`|not: .{30,}", test), name


@pytest.mark.parametrize("row", rows(r"[HO]\d+"), ids=lambda row: row[0])
def test_the_test_that_a_row_names_exists(row: list[str]) -> None:
    assert row[3].startswith("not: ") or row[3].strip("`") in TESTS


def test_table_and_rules_agree_on_what_keeps_a_row() -> None:
    in_table = {(row[0], rule) for row in rows(r"[HO]\d+") for rule in re.findall(r"rule `([\w-]+)`", row[2])}
    in_rules = {(source, rule.name) for rule in RULES for source in rule.source.split() if source in ADVICE}
    assert in_table == in_rules
