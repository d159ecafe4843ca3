"""templates list|show|copy|check: for those who write their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from thread_finder.cli.boundary import Boundary
from thread_finder.cli.help import Command
from thread_finder.cli.options import ConfigOption, JsonOption
from thread_finder.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from thread_finder.writing.render import Templates

templates_app = typer.Typer(
    cls=Boundary, no_args_is_help=True, rich_markup_mode=None, help="The letters' templates, to read and to change."
)

LanguageOption = Annotated[str, typer.Option("--language", metavar="CODE", help="en, es, fr, de, pt, it, nl or ja.")]
Names = Annotated[
    list[str], typer.Argument(metavar="NAME…", help="greeting, de/greeting, or de for all of a language.")
]


@templates_app.command("list", cls=Command)
def list_templates(
    ctx: typer.Context, language: LanguageOption = "", config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Every template, and whether yours or the built-in one is in use."""
    from thread_finder.app import templates as files
    from thread_finder.cli.screen import console, print_json, styled

    found = files.list_templates(_templates(ctx, config), _known(language))
    if as_json:
        print_json([{"name": file.name, "file": str(file.path), "own": file.own} for file in found])
        return
    screen = console()
    width = max(len(file.name) for file in found)
    for file in found:
        line = styled(f"{file.name:{width}}  ")
        screen.print(
            line.append_text(styled(f"yours: {file.path}", "green") if file.own else styled("built in", "dim"))
        )


@templates_app.command("show", cls=Command)
def show_template(
    ctx: typer.Context,
    names: Names,
    language: LanguageOption = "en",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print templates as they are in use. What they may hold: docs/templates.md.

    \b
    thread-finder templates show greeting
    thread-finder templates show de/reason-news
    """
    from thread_finder.app import templates as files
    from thread_finder.cli.screen import console, print_json, styled

    found = files.chosen(_templates(ctx, config), names, _known(language))
    if as_json:
        print_json([
            {"name": file.name, "file": str(file.path), "own": file.own, "text": _text(file.path)} for file in found
        ])  # fmt: skip
        return
    screen = console()
    for file in found:
        if len(found) > 1:
            screen.print(styled(f"== {file.name}", "bold"))
        screen.print(styled(_text(file.path).rstrip("\n")), soft_wrap=True)


@templates_app.command("copy", cls=Command)
def copy_templates(
    ctx: typer.Context,
    names: Names,
    language: LanguageOption = "en",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put built-in templates into your own folder, to change them there. Overwrites nothing.

    \b
    thread-finder templates copy greeting closing
    thread-finder templates copy fr
    """
    from thread_finder.app import templates as files
    from thread_finder.cli.screen import console, print_json, styled

    templates = _templates(ctx, config)
    folder = templates.user or _own_folder(ctx, config)
    copied = list(files.copy_templates(templates, files.chosen(templates, names, _known(language)), folder))
    if as_json:
        print_json([{"file": str(path), "written": written} for path, written in copied])
        return
    screen = console()
    for path, written in copied:
        screen.print(styled(f"{'wrote' if written else 'kept yours:'} {path}"), soft_wrap=True)
    screen.print(styled("Change them, then: thread-finder templates check", "dim"))


@templates_app.command("check", cls=Command)
def check_templates(ctx: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Write a letter of each kind with your templates; name what fails, by template and line."""
    from thread_finder.app import templates as files
    from thread_finder.cli.safe import one_line
    from thread_finder.cli.screen import console, print_json, styled

    templates = _templates(ctx, config)
    problems = files.check_templates(templates)
    if as_json:
        print_json([{"where": problem.where, "what": problem.what, "to_do": problem.to_do} for problem in problems])
    else:
        screen = console()
        for problem in problems:
            screen.print(styled(one_line(str(problem)), "red"), soft_wrap=True)
        if not problems:
            own = sum(file.own for file in files.list_templates(templates))
            screen.print(styled(f"{own} of your own, and every kind of letter can be written", "green"))
    if problems:
        raise typer.Exit(ExitCode.CONFIG)


def _templates(ctx: typer.Context, config: Path | None) -> Templates:
    """Where templates are; without any config, the built-in ones."""
    from thread_finder.cli.opening import settings_if_any
    from thread_finder.writing.render import Templates, shipped_templates

    settings = settings_if_any(ctx, config)
    return Templates(shipped_templates(), settings.templates if settings else None)


def _own_folder(ctx: typer.Context, config: Path | None) -> Path:
    from thread_finder.cli.opening import places

    path, _ = places(ctx, config)
    if not path.exists():
        raise ConfigError(f"{path} does not exist", "run `thread-finder init` first: your templates stand beside it")
    return path.parent / "templates"


def _known(language: str) -> str:
    from thread_finder.writing.language import LANGUAGES

    if language and language not in LANGUAGES:
        raise typer.BadParameter(f"{language!r} has no templates; use one of {', '.join(LANGUAGES)}")
    return language


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text", "save the file as UTF-8") from None
