"""Plans and standings for the eye."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from thread_finder.cli.safe import one_line
from thread_finder.cli.screen import console, styled
from thread_finder.planning import CheckIn, Plan, Purpose, Standing, State
from thread_finder.planning.period import day_in_words

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_COLOURS = {
    State.DUE: "green",
    State.FOLLOW_UP_DUE: "yellow",
    State.DRAFTED: "cyan",
    State.ANSWERED: "bold green",
    State.UNREACHABLE: "red",
    State.UNREAD: "red",
}
_TO_DO = (State.FOLLOW_UP_DUE, State.DRAFTED, State.UNREACHABLE, State.UNREAD)
_UNDER_WAY = (*_TO_DO, State.SENT, State.FOLLOWED_UP, State.ANSWERED, State.SNOOZED)
_ORDER = {state: place for place, state in enumerate(dict.fromkeys((*_UNDER_WAY, *State)))}
LINED_UP = 3


def show_plan(plan: Plan) -> None:
    """Whose turn it is and why, what the period has had, and who comes next."""
    screen = console()
    check_ins = sum(one.purpose is Purpose.CHECK_IN for one in plan.chosen)
    head = f"{plan.period.in_words}: {check_ins} of {plan.room} check-ins to make"
    nudges = len(plan.chosen) - check_ins
    if nudges:
        head += f", {nudges} to follow up"
    screen.print(styled(head, "bold"))
    for one in plan.chosen:
        _show_turn(one)
    for done in plan.done:
        line = styled(f"  {done.state:13}", _COLOURS.get(done.state, "dim"))
        screen.print(line.append_text(_named(done.contact.name, done.why)), soft_wrap=True)
    _show_waiting(plan)
    if plan.chosen:
        screen.print(styled(f"next: thread-finder batch --month {plan.period}", "dim"))


def _show_turn(one: CheckIn) -> None:
    screen = console()
    colour = "yellow" if one.purpose is Purpose.FOLLOW_UP else "green"
    screen.print(styled(f"  {one.purpose:13}", colour).append_text(_named(one.contact.name, "")), soft_wrap=True)
    for why in one.why:
        screen.print(styled(f"                 - {one_line(why)}"), soft_wrap=True)
    if one.finding and one.finding.thread:
        subject = one.finding.thread.subject or "no subject"
        screen.print(styled(f"                 in “{one_line(subject)}”", "dim"), soft_wrap=True)


def _show_waiting(plan: Plan) -> None:
    """Who is next in line; with nobody to write to, who comes next and when."""
    screen = console()
    line = sorted((one for one in plan.omitted if one.place), key=lambda one: one.place)
    for one in line[:LINED_UP]:
        screen.print(styled(f"  {'waiting':13}", "dim").append_text(_named(one.contact.name, one.why)), soft_wrap=True)
    if len(line) > LINED_UP:
        screen.print(styled(f"  … and {len(line) - LINED_UP} more in line", "dim"))
    coming = plan.next_up
    if not plan.chosen and coming and coming.next_on:
        name = one_line(coming.contact.name)
        screen.print(styled(f"Nobody to write to now. Next: {name}, from {day_in_words(coming.next_on)}."))
    elif not plan.chosen:
        screen.print(styled("Nobody to write to now, and nobody to come: add people to your contacts."))
    rest = Counter(str(one.state) for one in plan.omitted if not one.place)
    if rest:
        told = ", ".join(f"{count} {state}" for state, count in sorted(rest.items()))
        screen.print(styled(f"not this time: {told} (thread-finder status --all says why)", "dim"), soft_wrap=True)


def show_standings(standings: Sequence[Standing], *, everybody: bool) -> None:
    """A line for each with whom something is under way, or for everybody; how many stand where; the next step."""
    screen = console()
    shown = [one for one in standings if everybody or one.state in _UNDER_WAY]
    shown.sort(key=lambda one: (_ORDER[one.state], one.next_on or one.since or date.max, one.history.contact.name))
    if shown:
        screen.print(_table(shown))
    counts = Counter(one.state for one in standings)
    told = ", ".join(f"{counts[state]} {state}" for state in _ORDER if counts[state])
    screen.print(styled(f"{len(standings)} people: {told}", "dim"), soft_wrap=True)
    if counts[State.FOLLOW_UP_DUE]:
        screen.print(styled("next: thread-finder follow-up", "dim"))
    elif counts[State.DUE]:
        screen.print(styled("next: thread-finder plan", "dim"))


def show_nobody(coming: Standing | None) -> None:
    """Nobody to follow up with; and who would be the next."""
    text = "Nobody to follow up with now."
    if coming and coming.next_on:
        text += (
            f" Next: {one_line(coming.history.contact.name)}, from {day_in_words(coming.next_on)}, if no answer comes."
        )
    console().print(styled(text), soft_wrap=True)


def _table(standings: Sequence[Standing]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("Name", "Stands at", "Why", "Next"):
        table.add_column(title, overflow="fold", no_wrap=title in {"Stands at", "Next"})
    for one in standings:
        name = styled(one_line(one.history.contact.name), "bold")
        day = styled(one.next_on.isoformat() if one.next_on else "", "dim")
        table.add_row(name, styled(str(one.state), _COLOURS.get(one.state, "")), styled(one_line(one.why)), day)
    return table


def _named(name: str, why: str) -> Text:
    line = styled(one_line(name), "bold")
    return line.append_text(styled(f"  {one_line(why)}")) if why else line
