"""Plans and standings for the eye."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from thread_finder.app.finding import Failure
from thread_finder.cli.safe import one_line
from thread_finder.cli.screen import console, show_hanging, show_rows, styled
from thread_finder.planning import CheckIn, Plan, Purpose, Standing, State
from thread_finder.planning.period import day_in_words

if TYPE_CHECKING:
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
        show_hanging(styled(_word(done.state), _COLOURS.get(done.state, "dim")), _named(done.contact.name, done.why))
    _show_waiting(plan)


def _show_turn(one: CheckIn) -> None:
    colour = "yellow" if one.purpose is Purpose.FOLLOW_UP else "green"
    show_hanging(styled(_word(one.purpose), colour), _named(one.contact.name, ""))
    for why in one.why:
        show_hanging(styled(f"{_word('')}  - "), styled(one_line(why)))
    if one.finding and one.finding.thread:
        subject = one.finding.thread.subject or "no subject"
        show_hanging(styled(f"{_word('')}  "), styled(f"in “{one_line(subject)}”", "dim"))


def _word(word: str) -> str:
    return f"  {word:13}"


def _show_waiting(plan: Plan) -> None:
    """Who is next in line; with nobody to write to, who comes next and when."""
    screen = console()
    line = sorted((one for one in plan.omitted if one.place), key=lambda one: one.place)
    for one in line[:LINED_UP]:
        show_hanging(styled(_word("waiting"), "dim"), _named(one.contact.name, one.why))
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
        screen.print(styled(f"not this time: {told} (thread-finder status --all says why)", "dim"))


def show_standings(standings: Sequence[Standing], *, everybody: bool) -> None:
    """A line for each with whom something is under way, or for everybody; how many stand where; the next step."""
    screen = console()
    shown = [one for one in standings if everybody or one.state in _UNDER_WAY]
    shown.sort(key=lambda one: (_ORDER[one.state], one.next_on or one.since or date.max, one.history.contact.name))
    if shown:
        show_rows(("Name", "Stands at", "Why", "Next"), map(_row, shown))
    counts = Counter(one.state for one in standings)
    told = ", ".join(f"{counts[state]} {state}" for state in _ORDER if counts[state])
    people = "1 person" if len(standings) == 1 else f"{len(standings)} people"
    screen.print(styled(f"{people}: {told}", "dim"))
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


def _row(one: Standing) -> tuple[Text, Text, Text, Text]:
    name = styled(one_line(one.history.contact.name), "bold")
    state = styled(str(one.state), _COLOURS.get(one.state, ""))
    day = styled(one.next_on.isoformat() if one.next_on else "", "dim")
    return name, state, styled(one_line(one.why)), day


def show_strangers(strangers: Sequence[Failure]) -> None:
    """The names that are nobody's, and who may be meant."""
    screen = console()
    for one in strangers:
        screen.print(styled(one_line(one.why), "red"), soft_wrap=True)
        screen.print(styled(f"next: {one_line(one.to_do)}", "dim"), soft_wrap=True)


def _named(name: str, why: str) -> Text:
    line = styled(one_line(name), "bold")
    return line.append_text(styled(f"  {one_line(why)}")) if why else line
