"""Findings for the eye: one in full with its reasons, or many as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from thread_finder.app.finding import CHOSEN, Failure
from thread_finder.cli.safe import one_line
from thread_finder.cli.screen import console, show_rows, styled
from thread_finder.finding.people import living
from thread_finder.finding.signals import QUOTE, says
from thread_finder.model import Automatic, Candidate, Evidence, Finding, Kind, Label, Thread, Verdict

if TYPE_CHECKING:
    from rich.text import Text

HARDLY = 0.05
"""Runners-up less probable than this are not worth a line."""

KINDS = {Kind.THANK_YOU: "thank-you", Kind.SCHEDULING: "scheduling", Kind.CONVERSATION: "conversation"}


def show_findings(results: Sequence[Finding | Failure]) -> None:
    """A few in full; many as a table."""
    if len(results) <= 3:
        for result in results:
            show_finding(result)
    else:
        show_table(results)


def show_finding(result: Finding | Failure) -> None:
    """Thread, parent, addresses, reasons, runners-up and warnings of one contact."""
    from rich.table import Table

    screen = console()
    screen.print(_headline(result))
    if isinstance(result, Failure):
        return
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="dim", min_width=9)
    rows.add_column(overflow="fold")
    for name, value in _rows(result):
        rows.add_row(f"  {name}", value)
    screen.print(rows)
    screen.print()


def show_table(results: Sequence[Finding | Failure]) -> None:
    """A line per contact, and what to look at."""
    show_rows(("Contact", "Verdict", "Thread", "Last mail", "Met", "Sure"), map(_cells, results), right="Sure")
    found = [r for r in results if isinstance(r, Finding)]
    replies = sum(r.verdict is Verdict.REPLY for r in found)
    failed = len(results) - len(found)
    counts = f"{len(results)} contacts: {replies} to answer in an old thread, {len(found) - replies} need a new one"
    console().print(styled(counts + (f", {failed} failed" if failed else ""), "dim"))


def in_a_line(other: Candidate) -> str:
    """A runner-up: how sure, what it is, subject and span."""
    subject = one_line(other.thread.subject) or "no subject"
    return f"{_percent(other.confidence)} {KINDS[other.kind]}  “{subject}”  {_span(other.thread)}"


def day(moment: datetime | None) -> str:
    """A message's day as its writer saw it."""
    return moment.date().isoformat() if moment else "no date"


def _headline(result: Finding | Failure) -> Text:
    line = styled(one_line(result.contact.name), "bold")
    if isinstance(result, Failure):
        return line.append_text(styled(f"  failed: {one_line(result.why)}", "red"))
    if result.thread is None or result.kind is None:
        why = "as you chose" if CHOSEN in result.warnings else f"nothing fit to reply to ({_sure(result.confidence)})"
        return line.append_text(styled(f"  new thread: {why}", "yellow"))
    line.append_text(styled("  reply in "))
    line.append_text(styled(f"“{one_line(result.thread.subject) or 'no subject'}”", "bold cyan"))
    return line.append_text(styled(f"  {KINDS[result.kind]}, {_sure(result.confidence)}", "green"))


def _rows(finding: Finding) -> list[tuple[str, Text]]:
    rows: list[tuple[str, Text]] = []
    if finding.thread is not None:
        rows.append(("thread", styled(_span(finding.thread))))
    if finding.parent is not None and finding.parent.from_ is not None:
        writer = finding.parent.from_.name or finding.parent.from_.email
        rows.append(("answers", styled(f"{one_line(writer)}'s mail of {day(finding.parent.date)}")))
    if finding.reply_to is not None:
        sender = f"   from  {finding.reply_from.email}" if finding.reply_from else ""
        rows.append(("to", styled(one_line(f"{finding.reply_to.email}{sender}"))))
    if finding.met_on is not None:
        rows.append(("met", styled(str(finding.met_on))))
    said: set[str] = set()
    for i, evidence in enumerate(finding.evidence[:5]):
        rows.append(("why" if i == 0 else "", _evidence(evidence, finding, said)))
    for i, other in enumerate(filter(_is_worth_showing, finding.alternatives)):
        rows.append(("or" if i == 0 else "", styled(in_a_line(other), "dim")))
    rows += [("note", styled(one_line(warning), "yellow")) for warning in finding.warnings]
    return rows


def _is_worth_showing(other: Candidate) -> bool:
    reports = all(message.automatic is Automatic.DELIVERY_REPORT for message in other.thread.messages)
    return other.confidence >= HARDLY and not reports


def _evidence(evidence: Evidence, finding: Finding, said: set[str]) -> Text:
    """A reason with the words that show it, unless they have been ``said`` already."""
    text = styled(says(evidence.signal))
    if not evidence.quote or evidence.quote in said:
        return text
    said.add(evidence.quote)
    cut = "…" if len(evidence.quote) >= QUOTE else ""
    text.append_text(styled(f"  “{one_line(evidence.quote)}{cut}”", "italic"))
    messages = finding.thread.messages if finding.thread else ()
    when = next((m.date for m in messages if m.message_id == evidence.message_id and m.date), None)
    return text.append_text(styled(f"  {day(when)}", "dim")) if when else text


def _cells(result: Finding | Failure) -> list[Text]:
    name = styled(one_line(result.contact.name))
    if isinstance(result, Failure):
        return [name, styled("failed", "red"), styled(one_line(result.why)), *[styled("")] * 3]
    messages = result.thread.messages if result.thread else ()
    last = max((m.date for m in messages if m.date and living(m)), default=None)
    verdict = styled(KINDS[result.kind], "green") if result.kind else styled("new thread", "yellow")
    return [
        name,
        verdict,
        styled(one_line(result.thread.subject) or "no subject" if result.thread else ""),
        styled(day(last) if last else ""),
        styled(str(result.met_on or "")),
        styled(_percent(result.confidence)),
    ]


def _span(thread: Thread) -> str:
    messages = [m for m in thread.messages if Label.DRAFT not in m.labels]
    days = sorted(m.date.date() for m in messages if m.date)
    count = len(messages)
    size = f"{count} message{'s' if count != 1 else ''}"
    if not days:
        return f"{size}   id {thread.id}"
    span = days[0].isoformat() if days[0] == days[-1] else f"{days[0].isoformat()} to {days[-1].isoformat()}"
    return f"{size}, {span}   id {one_line(thread.id)}"


def _percent(probability: float) -> str:
    return f"{probability:.0%}"


def _sure(probability: float) -> str:
    return f"{_percent(probability)} sure"
