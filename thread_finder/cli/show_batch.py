"""A batch for the eye: each letter with its reasons beside it, the answers to keys, and the table at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from thread_finder.app.batch import Proposal, Report, Skipped
from thread_finder.app.drafting import Action, Outcome
from thread_finder.app.finding import Failure
from thread_finder.app.letters import Written
from thread_finder.app.undo import Undone
from thread_finder.cli.safe import one_line, visible
from thread_finder.cli.screen import console, show_hanging, show_rows, styled
from thread_finder.cli.show_finding import KINDS, day
from thread_finder.finding.signals import says
from thread_finder.model import Finding, Level
from thread_finder.planning import Plan
from thread_finder.planning.period import day_in_words

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

_LEVELS = {Level.STOP: "bold red", Level.WARN: "yellow", Level.HINT: "dim"}
_SIDE_BY_SIDE = 100  # columns of a terminal wide enough for the letter and its reasons
_QUOTED = 3  # lines of the quotation shown


def show_proposal(proposal: Proposal, place: str, unsure: str) -> None:
    """The letter as its reader will see it; beside it why now, which thread and why that one; the advice below."""
    from rich.rule import Rule

    screen = console()
    screen.print()
    title = styled(f" {place}  {one_line(proposal.contact.name)}  ", "bold")
    screen.print(Rule(title.append_text(styled(f"{proposal.turn.purpose} ", "dim")), align="left", style="cyan"))
    letter = proposal.letter
    if isinstance(letter, Failure):
        screen.print(_reasons(proposal, None))
        screen.print(styled(f"no letter yet: {one_line(letter.why)}", "red"))
        for step in letter.to_do.splitlines():
            screen.print(styled(f"next: {one_line(step)}", "dim"), soft_wrap=True)
        return
    screen.print(_beside(_letter(letter), _reasons(proposal, letter.finding), screen.width))
    for head, remark in _remarks(letter, unsure):
        show_hanging(head, remark)


def show_choices(choices: Mapping[str, str]) -> None:
    """What one can type, a line each."""
    for key, meaning in choices.items():
        show_hanging(styled(f"  {key}  ", "bold"), styled(meaning))


def show_answer(result: Outcome | Skipped) -> None:
    """One line for what became of a letter."""
    word, style, why, where = _result(result)
    line = styled(f"{word}: ", style).append_text(styled(one_line(where or why)))
    console().print(line, soft_wrap=True)


def show_undone(undone: Undone) -> None:
    """What was taken back, and what was left and why."""
    screen = console()
    for record in undone.removed:
        screen.print(styled("removed ", "green").append_text(styled(one_line(record.contact), "bold")))
    for record, why in undone.left:
        line = styled("left    ", "cyan").append_text(styled(one_line(record.contact), "bold"))
        screen.print(line.append_text(styled(f"  {why}")), soft_wrap=True)
    if not undone.batch:
        screen.print(styled("there was no batch yet, so there is nothing to take back"))
    elif not undone.removed:
        screen.print(styled(f"nothing of the last batch ({undone.batch}) is left to take back"))
    else:
        counts = f"{len(undone.removed)} of the last batch ({undone.batch}) taken back, {len(undone.left)} left"
        screen.print(styled(f"{counts}. Those taken back are due again.", "dim"))


def show_report(report: Report, plan: Plan, *, dry_run: bool) -> None:
    """The table at the end: everybody dealt with, what became of their letter, and where it is or why not."""
    screen = console()
    if report.asked:
        results: list[Outcome | Skipped] = [*report.outcomes, *report.skipped]
        screen.print()
        show_rows(("Contact", "Result", "Letter", "Note"), [_row(one, dry_run=dry_run) for one in results])
    elif not plan.chosen:
        screen.print(styled(_nobody(plan)), soft_wrap=True)
        return
    screen.print(styled(_counts(report, dry_run=dry_run)))


def _row(result: Outcome | Skipped, *, dry_run: bool) -> tuple[Text, Text, Text, Text]:
    word, style, why, where = _result(result, dry_run=dry_run)
    subject = result.subject if isinstance(result, Outcome) else ""
    told = "\n".join(filter(None, (one_line(why), one_line(where), _next(result))))
    return styled(one_line(result.contact.name)), styled(word, style), styled(one_line(subject)), styled(told)


def _counts(report: Report, *, dry_run: bool) -> str:
    kept = sum(outcome.action is Action.KEPT for outcome in report.outcomes)
    done = len(report.outcomes) - len(report.failed) - kept
    counts = [f"{done} {'to be drafted' if dry_run else 'drafted'}"]
    counts += [f"{kept} left as they were"] if kept else []
    counts += [f"{len(report.failed)} failed", f"{len(report.skipped)} skipped"]
    text = f"{report.asked} letter{'' if report.asked == 1 else 's'}: {', '.join(counts)}"
    text += f"; {report.left} left for the next run" if report.left else ""
    return f"{text}. {'This was a dry run: nothing was saved.' if dry_run else 'Nothing was sent.'}"


def _nobody(plan: Plan) -> str:
    """Why there is nothing to do, and when there will be."""
    done = f"; {len(plan.done)} of {plan.room} are done" if plan.done else ""
    text = f"nobody is due in {plan.period.in_words}{done}"
    if len(plan.done) >= plan.room:
        text = f"the check-ins of {plan.period.in_words} are made"
    coming = plan.next_up
    if coming is None or coming.next_on is None:
        return f"{text}."
    why = "" if coming.place else f" ({one_line(coming.why)})"
    return f"{text}. Next is {one_line(coming.contact.name)}, on {day_in_words(coming.next_on)}{why}."


def _result(result: Outcome | Skipped, *, dry_run: bool = False) -> tuple[str, str, str, str]:
    """Word, style, why, and where the draft is."""
    if isinstance(result, Skipped):
        return "skipped", "yellow", result.why, ""
    if result.failed:
        return "failed", "bold red", result.why, ""
    if result.action is Action.KEPT:
        return "kept", "cyan", result.why, result.link
    return "to be drafted" if dry_run else "drafted", "green", result.why, result.link


def _next(result: Outcome | Skipped) -> str:
    return "; ".join(f"next: {one_line(step)}" for step in result.to_do.splitlines())


# --- one letter -------------------------------------------------------------------------------------


def _beside(letter: RenderableType, reasons: RenderableType, width: int) -> RenderableType:
    from rich.console import Group
    from rich.table import Table

    if width < _SIDE_BY_SIDE:
        return Group(reasons, letter)
    grid = Table.grid(expand=True, padding=(0, 1))
    grid.add_column(ratio=3)
    grid.add_column(ratio=2)
    grid.add_row(letter, reasons)
    return grid


def _letter(written: Written) -> RenderableType:
    from rich.panel import Panel

    lines = visible(written.text).rstrip().splitlines()
    quoted = [number for number, line in enumerate(lines) if line.startswith(">")]
    if len(quoted) > _QUOTED:
        lines = [*lines[: quoted[0] + _QUOTED], f"> … {len(quoted) - _QUOTED} more quoted lines, all in the draft"]
    text = styled(one_line(f"to {written.recipient.name} <{written.recipient.email}>"), "dim").append("\n\n")
    for line in lines:
        text.append_text(styled(f"{line}\n", "dim" if line.startswith(">") else ""))
    text.rstrip()
    mark = styled("in your own words", "green") if written.edited else None
    return Panel(
        text, title=styled(one_line(written.subject) or "no subject", "bold"), title_align="left",
        subtitle=mark, subtitle_align="right", border_style="blue", padding=(0, 1),
    )  # fmt: skip


def _reasons(proposal: Proposal, finding: Finding | None) -> RenderableType:
    from rich.table import Table

    rows = Table.grid(padding=(0, 1))
    rows.add_column(style="dim", min_width=6)
    rows.add_column(overflow="fold")
    for number, why in enumerate(proposal.turn.why):
        rows.add_row("" if number else "now", styled(one_line(why)))
    reason = proposal.contact.reason
    rows.add_row("reason", styled(one_line(f"{reason.kind} {reason.text}")))
    for name, text in _thread(finding) if finding else ():
        rows.add_row(name, text)
    return rows


def _thread(finding: Finding) -> list[tuple[str, Text]]:
    """Which thread, why that one, and which it could be instead."""
    rows: list[tuple[str, Text]] = []
    if finding.thread is None or finding.kind is None:
        rows.append(("thread", styled("a new one, with a recap of who you are", "yellow")))
    else:
        sure = f"  {KINDS[finding.kind]}, {finding.confidence:.0%} sure"
        subject = styled(f"“{one_line(finding.thread.subject) or 'no subject'}”", "bold cyan")
        rows.append(("thread", subject.append_text(styled(sure, "green"))))
    if finding.parent and finding.parent.from_:
        writer = finding.parent.from_.name or finding.parent.from_.email
        rows.append(("answers", styled(one_line(f"{writer}'s mail of {day(finding.parent.date)}"))))
    if finding.met_on:
        rows.append(("met", styled(str(finding.met_on))))
    reasons = list(dict.fromkeys((one.signal, one_line(one.quote)) for one in finding.evidence))
    for number, (signal, quote) in enumerate(reasons[:3]):
        text = styled(says(signal)).append_text(styled(f" “{quote}”" if quote else "", "italic"))
        rows.append(("" if number else "why", text))
    for number, other in enumerate(finding.alternatives):
        subject = styled(f"{other.confidence:.0%} “{one_line(other.thread.subject) or 'no subject'}”", "dim")
        rows.append(("" if number else "or", subject))
    return rows


def _remarks(written: Written, unsure: str) -> list[tuple[Text, Text]]:
    """What to look at before accepting: a thread that is not sure, warnings of the finding, advice on the letter."""
    found = [("sure?", unsure, "bold yellow")] if unsure else []
    found += [("note", one_line(warning), "yellow") for warning in written.finding.warnings]
    found += [(a.level, f"{one_line(a.message)} [{a.rule}]", _LEVELS[a.level]) for a in written.advice]
    if not found:
        return [(styled("  advice: ", "green"), styled("nothing to mend", "green"))]
    return [(styled(f"  {label:5} ", style), styled(text)) for label, text, style in found]
