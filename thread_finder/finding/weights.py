"""The weights of all that speaks for or against a thread: weights.toml says what each is, and where from."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def weights(section: str) -> Mapping[str, float]:
    """The named weights of one section of weights.toml; KeyError if there is no such section."""
    return read_weights()[section]


def read_weights() -> dict[str, dict[str, float]]:
    """All sections, as the file has them."""
    table = tomllib.loads((resources.files(__package__) / "weights.toml").read_text(encoding="utf-8"))
    return {section: {name: float(value) for name, value in names.items()} for section, names in table.items()}


def log_odds(traits: Mapping[str, float], section: str) -> float:
    """The weighted sum of ``traits`` with the section's ``bias``; a trait without a weight counts nothing."""
    known = weights(section)
    return known["bias"] + sum(known.get(name, 0.0) * value for name, value in traits.items())


def probability(odds: float) -> float:
    """Log-odds as a probability, without overflow."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))
