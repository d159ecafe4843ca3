"""What etiquette has to say about a letter. Where each rule comes from: docs/etiquette.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from thread_finder.errors import Problem
from thread_finder.model import Advice, Finding, Letter, Level
from thread_finder.userfiles import unknown_key_help
from thread_finder.writing import rules_of_content, rules_of_form, rules_of_tact
from thread_finder.writing.facts import Facts
from thread_finder.writing.rules import Case, Rule

RULES: tuple[Rule, ...] = (*rules_of_content.RULES, *rules_of_tact.RULES, *rules_of_form.RULES)

NUMBERS: Mapping[str, float] = {
    "anchors": 2,
    "updates": 2,
    "own_ask_after_days": 90,
    "asks_after": 3,
    "longest_call": 20,
    "news_days": 30,
    "wanted_from": 75,
    "wanted_to": 125,
    "short": 50,
    "long": 150,
    "longest": 250,
    "grade": 8,
    "questions": 2,
    "subject_from": 3,
    "subject_to": 6,
    "sameness": 0.6,
}
"""The numbers that rules go by; a user may set others."""


def check(  # noqa: PLR0913
    letter: Letter,
    facts: Facts,
    finding: Finding,
    *,
    today: date,
    rules: Mapping[str, Level | None] = {},
    numbers: Mapping[str, float] = {},
    batch: Sequence[Letter] = (),
    vip: bool = False,
) -> tuple[Advice, ...]:
    """The advice on one letter, the gravest first.

    ``rules`` gives levels other than the rules' own (None switches one off); ``vip`` turns warnings into stops (O16).
    """
    case = Case(letter, facts, finding, today, {**NUMBERS, **numbers}, batch)
    found = []
    for rule in RULES:
        level = rules.get(rule.name, rule.level)
        sentence = rule.broken(case) if level else ""
        if level and sentence:
            found.append(Advice(rule.name, Level.STOP if vip and level is Level.WARN else level, sentence))
    return tuple(sorted(found, key=lambda advice: list(Level).index(advice.level)))


def unknown(rules: Iterable[str], numbers: Iterable[str] = ()) -> tuple[Problem, ...]:
    """A problem for each name that is no rule's, or no number's, with what was probably meant."""
    named = {"rules": (rules, [rule.name for rule in RULES]), "numbers": (numbers, list(NUMBERS))}
    return tuple(
        Problem(f"[etiquette.{table}] {name}", f"no such {table[:-1]}", unknown_key_help(name, known))
        for table, (names, known) in named.items()
        for name in names
        if name not in known
    )
