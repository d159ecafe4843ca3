"""etiquette: the rules that letters are held to, as the user has set them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from thread_finder.cli.options import ConfigOption, JsonOption

if TYPE_CHECKING:
    from thread_finder.config import EtiquetteSettings

_STYLES = {"stop": "bold red", "warn": "yellow", "hint": "cyan", "off": "dim"}


def etiquette(ctx: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Every rule of etiquette: its level, what it wants, and the numbers that rules go by. Set them in config.toml.

    \b
    thread-finder etiquette
    thread-finder draft "Jane Doe" --despite own-ask
    """
    from thread_finder.app.session import refuse_unknown_rules
    from thread_finder.cli.opening import settings_if_any
    from thread_finder.cli.screen import print_json
    from thread_finder.config import EtiquetteSettings

    settings = settings_if_any(ctx, config)
    if settings:
        refuse_unknown_rules(settings)
    own = settings.etiquette if settings else EtiquetteSettings()
    if as_json:
        print_json({"rules": _rules(own), "numbers": _numbers(own), "vip": list(own.vip)})
    else:
        _show(own)


def _rules(own: EtiquetteSettings) -> list[dict[str, str]]:
    from thread_finder.writing.etiquette import RULES

    return [
        {
            "rule": rule.name,
            "level": str(own.rules.get(rule.name, rule.level) or "off"),
            "default": str(rule.level),
            "wants": rule.asks,
            "source": rule.source,
        }
        for rule in RULES
    ]


def _numbers(own: EtiquetteSettings) -> dict[str, float]:
    from thread_finder.writing.etiquette import NUMBERS

    return {**NUMBERS, **own.numbers}


def _show(own: EtiquetteSettings) -> None:
    from thread_finder.cli.safe import one_line
    from thread_finder.cli.screen import console, show_rows, styled

    rows = []
    for rule in _rules(own):
        changed = "" if rule["level"] == rule["default"] else f" (was {rule['default']})"
        level = styled(rule["level"] + changed, _STYLES[rule["level"]])
        rows.append((styled(rule["rule"], "bold"), level, styled(rule["wants"]), styled(rule["source"], "dim")))
    show_rows(("Rule", "Level", "What it wants", "Source"), rows)
    screen = console()
    numbers = ", ".join(f"{name} {value:g}" for name, value in _numbers(own).items())
    screen.print(styled(f"Numbers: {numbers}", "dim"))
    if own.vip:
        screen.print(styled(one_line(f"Warnings stop letters to: {', '.join(own.vip)}"), "dim"))
    screen.print(styled("Set them under [etiquette] in config.toml; sources: docs/etiquette.md", "dim"))
