"""The options that many commands share, declared once."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from thread_finder.cli.boundary import JSON_FLAG


def _known_rules(names: list[str] | None) -> list[str] | None:
    from thread_finder.writing.etiquette import unknown

    for problem in unknown(names or []):
        raise typer.BadParameter(f"{problem.where.split()[-1]!r} is no rule; {problem.to_do}")
    return names


def _read_day(value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter(f"{value!r} is not a date; write it like 2026-11-24") from None


# Files are opened, and refused, in our own words: `readable=False` keeps click from looking.
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="The config.toml to use.", show_default=False, readable=False),
]
JsonOption = Annotated[bool, typer.Option(JSON_FLAG, help="Print one JSON document and nothing else.")]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Take DATE (written 2026-11-24) for today.", show_default=False),
]
DespiteOption = Annotated[
    list[str] | None,
    typer.Option("--despite", metavar="RULE", help="Draft although this rule says stop.", callback=_known_rules),
]
MonthOption = Annotated[
    str, typer.Option("--month", metavar="MONTH", help="The month (2026-12) or week (2026-W49); else the present one.")
]
Contacts = Annotated[
    list[str] | None,
    typer.Argument(metavar="CONTACT…", help="Part of a name, or an address.", show_default=False),
]
AllOption = Annotated[bool, typer.Option("--all", help="Every contact in the contacts file.")]


def moment(as_of: str | None) -> datetime:
    """Now in the local zone; with ``--as-of``, nine in the morning of that day."""
    now = datetime.now().astimezone()
    day = _read_day(as_of)
    return now if day is None else datetime.combine(day, time(9), now.tzinfo)
