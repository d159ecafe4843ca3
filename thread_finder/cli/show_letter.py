"""Letters and drafts for the eye."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from thread_finder.app.drafting import Action, Outcome
from thread_finder.app.finding import Failure
from thread_finder.app.letters import Written
from thread_finder.app.polishing import Polish
from thread_finder.cli.safe import one_line, visible
from thread_finder.cli.screen import console, styled
from thread_finder.cli.show_finding import show_finding
from thread_finder.model import Level

_LEVELS = {Level.STOP: "bold red", Level.WARN: "yellow", Level.HINT: "dim"}
_ACTIONS = {Action.CREATED: "green", Action.UPDATED: "green", Action.KEPT: "cyan", Action.REFUSED: "red"}
QUOTED_LINES_SHOWN = 8


def show_written(result: Written | Failure) -> None:
    """The finding, the message with its headers, and the advice."""
    screen = console()
    if isinstance(result, Failure):
        screen.print(styled(one_line(result.contact.name), "bold").append_text(styled("  no letter yet", "red")))
        screen.print(styled(f"  {one_line(result.why)}"))
        for step in result.to_do.splitlines():
            screen.print(styled(f"  next: {one_line(step)}", "dim"), soft_wrap=True)
        screen.print()
        return
    show_finding(result.finding)
    show_message(result)
    if result.polish:
        _show_polish(result.polish)
    for advice in result.advice:
        label = styled(f"  {advice.level:4} ", _LEVELS[advice.level])
        screen.print(label.append_text(styled(f"{one_line(advice.message)} [{advice.rule}]")))
    if not result.advice:
        screen.print(styled("  advice: nothing to mend", "green"))
    screen.print()


def _show_polish(polish: Polish) -> None:
    """What the other wording changed, or would have changed, and why it was not taken."""
    screen = console()
    told = (
        "  polished: what changed" if polish.accepted else f"  not polished, the letter stands: {one_line(polish.why)}"
    )
    screen.print(styled(told, "green" if polish.accepted else "yellow"))
    for line in polish.diff:
        screen.print(styled(f"    {one_line(line)}", "green" if line.startswith("+") else "red"))
    screen.print()


def show_message(written: Written) -> None:
    """The message as it would be saved; a long quotation is cut on the screen, not in the draft."""
    screen = console()
    headers = [
        ("From", str(written.message["From"])),
        ("To", str(written.message["To"])),
        ("Subject", written.subject),
        ("In-Reply-To", written.in_reply_to),
    ]
    for name, value in headers:
        if value:
            screen.print(styled(f"  {name}: ", "dim").append_text(styled(one_line(value))), soft_wrap=True)
    screen.print()
    for line in _cut_quotation(visible(written.text).splitlines()):
        for piece in _wrapped(line, screen):
            screen.print(Text("  ").append_text(piece), soft_wrap=True)
    screen.print()


def show_outcomes(outcomes: Sequence[Outcome]) -> None:
    """A line per contact: what was done, where it is, and why not."""
    screen = console()
    for outcome in (one for one in outcomes if one.tried):
        label, width = ("not saved", 11) if outcome.failed else (str(outcome.action), 8)
        line = styled(f"{label:{width}}", _ACTIONS[outcome.action])
        line.append_text(styled(one_line(outcome.contact.name), "bold"))
        if outcome.why:
            line.append_text(styled(f"  {one_line(outcome.why)}"))
        screen.print(line, soft_wrap=True)
        for label, text in (("open", outcome.link), *(("next", step) for step in outcome.to_do.splitlines())):
            if text:
                screen.print(styled(f"          {label}: {one_line(text)}", "dim"), soft_wrap=True)
    if untried := [one.contact.name for one in outcomes if not one.tried]:
        names = ", ".join(untried[:5]) + (f" and {len(untried) - 5} more" if untried[5:] else "")
        screen.print(styled("not tried  ", "red").append_text(styled(one_line(names))), soft_wrap=True)
    made = sum(o.action in (Action.CREATED, Action.UPDATED) for o in outcomes)
    kept = sum(o.action is Action.KEPT for o in outcomes)
    refused = len(outcomes) - made - kept
    screen.print(styled(f"{made} drafted, {kept} left as they were, {refused} not drafted. Nothing was sent.", "dim"))


def _wrapped(line: str, screen: Console) -> Iterable[Text]:
    """A line in pieces that fit; those of a quotation keep their marks."""
    marks, words = re.fullmatch(r"((?:> ?)*)(.*)", line, re.DOTALL).groups()  # type: ignore[union-attr]
    style = "dim" if marks else ""
    room = max(20, screen.width - len(marks) - 2)
    pieces = Text(words, style).wrap(screen, room) if words else [Text("")]
    return (Text(marks, style).append_text(piece) for piece in pieces)


def _cut_quotation(lines: list[str]) -> list[str]:
    quoted = [i for i, line in enumerate(lines) if line.startswith(">")]
    if len(quoted) <= QUOTED_LINES_SHOWN:
        return lines
    first = quoted[0] + QUOTED_LINES_SHOWN
    return [*lines[:first], f"> … {len(lines) - first} more quoted lines, all in the draft"]
