"""The review of a batch, letter by letter, as ``git add -p`` does it: show, ask for a key, do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from thread_finder.app import editing
from thread_finder.app.batch import Batch, Proposal, Report, Skipped
from thread_finder.app.drafting import Outcome
from thread_finder.app.finding import Failure
from thread_finder.cli.editor import edit
from thread_finder.cli.safe import one_line
from thread_finder.cli.screen import console, styled
from thread_finder.cli.shapes import finding_shape
from thread_finder.cli.show_batch import show_answer, show_choices, show_proposal
from thread_finder.cli.show_finding import in_a_line
from thread_finder.durations import Duration
from thread_finder.errors import ConfigError, RefusedError
from thread_finder.model import Reason, ReasonKind, Thread
from thread_finder.planning import CheckIn, Purpose
from thread_finder.userfiles import write_private

KEYS: Mapping[str, str] = {
    "a": "accept: save it as a draft now",
    "e": "edit: open the text in your editor, then look at it again",
    "t": "thread: answer in another thread, or in a new one",
    "r": "reason: write for another reason",
    "n": "note: add what the letter lacks, or what you remember of them",
    "s": "skip: not this month",
    "z": "snooze: not before a day that you name",
    "q": "quit: leave the rest for later; run batch again to go on",
    "?": "this help",
}
_REASONS: Mapping[ReasonKind, str] = {
    ReasonKind.RECONNECT: "nothing is wanted: just to be in touch again",
    ReasonKind.NEWS: "something about them that you read or heard",
    ReasonKind.CONGRATULATE: "something that they have reached",
    ReasonKind.OFFER_HELP: "something that you can do for them",
    ReasonKind.PAY_FORWARD: "for somebody else: a friend who could use their advice",
    ReasonKind.CATCH_UP: "a call of fifteen minutes",
    ReasonKind.ASK: "for yourself: only if it cannot wait",
}
_FACTS: Mapping[str, str] = {
    "introduction": "Who were you to them (the student who …)?",
    "met_how": "How did you meet (for coffee)?",
    "met_on": "When (2023-07-11, or 2023-07)?",
    "remember": "What did they say that helped?",
}
_TEXTLESS = (ReasonKind.RECONNECT, ReasonKind.CATCH_UP)
_DATED = (ReasonKind.NEWS, ReasonKind.CONGRATULATE)


class Quit(Exception):  # noqa: N818 - no error: the user's wish
    """The user has had enough for now."""


def review(batch: Batch, turns: Sequence[CheckIn], report: Report, environment: Mapping[str, str]) -> None:
    """Go through the letters; what is decided stands in ``report`` at once, also when the run breaks off."""
    try:
        for number, proposal in enumerate(batch.proposals(turns), 1):
            place = f"{number}/{len(turns)}"
            result = Review(batch, environment, place).decide(proposal)
            report.add(result)
            show_answer(result)
    except Quit:
        return


def ask(question: str) -> str:
    """One line from the terminal, without its ends; Quit when the input is closed."""
    console().print(styled(f"{question} ", "bold"), end="")
    try:
        return input().strip()
    except EOFError:
        console().print()
        raise Quit from None


class Review:
    """The questions about one letter. ``place`` says where in the batch it stands ("3/20")."""

    def __init__(self, batch: Batch, environment: Mapping[str, str], place: str) -> None:
        self._batch = batch
        self._environment = environment
        self._place = place

    def decide(self, proposal: Proposal) -> Outcome | Skipped:
        """Ask until the letter is drafted, skipped or snoozed. Quit when the user quits."""
        self._show(proposal)
        while True:
            keys = self._keys(proposal)
            answer = ask(f"({self._place}) Draft this letter to {one_line(proposal.contact.name)} [{','.join(keys)}]?")
            key = answer[:1].lower()
            if key not in keys or key == "?":
                show_choices({key: KEYS[key] for key in keys})
                continue
            try:
                result = self._actions[key](proposal)
            except (RefusedError, ConfigError) as error:
                self._say(error)
                continue
            if not isinstance(result, Proposal):
                return result
            if result is not proposal:
                proposal = result
                self._show(proposal)

    def _show(self, proposal: Proposal) -> None:
        show_proposal(proposal, self._place, self._batch.unsure(proposal))

    def _keys(self, proposal: Proposal) -> list[str]:
        """What can be done with it: a letter that lacks a fact can be neither accepted nor edited."""
        missing = {"a", "e", "t"} if isinstance(proposal.letter, Failure) else set()
        fixed = {"t", "r", "n"} if proposal.turn.purpose is Purpose.FOLLOW_UP else set()
        return [key for key in KEYS if key not in missing | fixed]

    @property
    def _actions(self) -> Mapping[str, Callable[[Proposal], Proposal | Outcome | Skipped]]:
        return {
            "a": self._accept,
            "e": self._edit,
            "t": self._other_thread,
            "r": self._other_reason,
            "n": self._note,
            "s": self._batch.skip,
            "z": self._snooze,
            "q": self._quit,
        }

    def _accept(self, proposal: Proposal) -> Proposal | Outcome:
        """Draft it; what advice stops only once the user has typed the name of each rule."""
        assert not isinstance(proposal.letter, Failure)
        wishes = proposal.wishes
        while stops := proposal.letter.stops(wishes.despite):
            rule = stops[0].rule
            self._say(RefusedError(f"{stops[0].message} ({rule})", "edit it (e), or take another reason (r)"))
            if ask(f"To draft it all the same, type {rule} (Enter: leave it)") != rule:
                return proposal
            wishes = replace(wishes, despite=wishes.despite | {rule})
        return self._batch.accept(replace(proposal, wishes=wishes))

    def _edit(self, proposal: Proposal) -> Proposal:
        assert not isinstance(proposal.letter, Failure)
        path = self._batch.edits(proposal.turn)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            write_private(path, editing.to_text(proposal.letter).encode())
        edit(path, self._environment)
        edited = self._batch.edited(proposal)
        if edited is proposal:
            self._batch.give_up_edits(proposal)
            console().print(styled("nothing was changed", "dim"))
        return edited

    def _other_thread(self, proposal: Proposal) -> Proposal:
        assert not isinstance(proposal.letter, Failure)
        finding = proposal.letter.finding
        threads: list[Thread | None] = [other.thread for other in finding.alternatives]
        if finding.thread:
            threads.append(None)
        if not threads:
            raise RefusedError("there is no other thread with them", "edit the letter, or skip it")
        labels = [*map(in_a_line, finding.alternatives), "a new thread, with a recap of who you are"]
        show_choices({str(number): label for number, label in enumerate(labels[: len(threads)], 1)})
        number = ask("Which? (Enter: leave it)")
        if not number:
            return proposal
        if not number.isdecimal() or not 0 < int(number) <= len(threads):
            raise RefusedError(f"{number} is not in the list")
        return self._batch.pin(proposal, threads[int(number) - 1], finding_shape(finding))

    def _other_reason(self, proposal: Proposal) -> Proposal:
        show_choices({str(number): f"{kind:13}{what}" for number, (kind, what) in enumerate(_REASONS.items(), 1)})
        kind = _reason(ask("Which? (Enter: leave it)"))
        if kind is None:
            return proposal
        present = proposal.contact.reason
        reason = _in_words(kind, present if present.kind is kind else Reason(kind))
        timely = ask("Why can it not wait? (Enter: it can)") if kind is ReasonKind.ASK else ""
        return self._batch.reason(proposal, reason, timely) if self._free(proposal) else proposal

    def _note(self, proposal: Proposal) -> Proposal:
        console().print(styled("In your words, as they go into the letter; Enter leaves a thing as it is.", "dim"))
        facts = {key: text for key, question in _FACTS.items() if (text := ask(question))}
        update = ask("Is there something new in your life, for all letters (I …)?")
        if not (facts or update) or not self._free(proposal):
            return proposal
        return self._batch.note(proposal, facts, update)

    def _snooze(self, proposal: Proposal) -> Skipped:
        until = ask("Until when (2 weeks, 3 months, 2027-03-01)? [1 month]") or "1 month"
        try:
            day = Duration.parse(until).after(self._batch.today)
        except ValueError:
            day = _day(until)
        if day <= self._batch.today:
            raise RefusedError(f"{day.isoformat()} is not in the future", "name a later day")
        return self._batch.snooze(proposal, day)

    def _quit(self, proposal: Proposal) -> Skipped:
        del proposal
        raise Quit

    def _free(self, proposal: Proposal) -> bool:
        """Whether the letter may be written anew: nothing is edited, or that may go."""
        if not self._batch.edits(proposal.turn).exists():
            return True
        return ask("Your edited text will be lost. Go on [y,N]?").lower().startswith("y")

    def _say(self, error: RefusedError | ConfigError) -> None:
        lines = [error.message, *map(str, error.problems), *([f"next: {error.to_do}"] if error.to_do else [])]
        for line in lines:
            console().print(styled(one_line(line), "yellow"))


def _reason(answer: str) -> ReasonKind | None:
    """The reason meant by its number or its name; None when nothing was typed."""
    if not answer:
        return None
    kinds = list(_REASONS)
    if answer.isdecimal() and 0 < int(answer) <= len(kinds):
        return kinds[int(answer) - 1]
    try:
        return ReasonKind(answer.lower())
    except ValueError:
        raise RefusedError(f"{answer} is no reason") from None


def _in_words(kind: ReasonKind, present: Reason) -> Reason:
    """What there is to say of a reason; Enter leaves what is known. RefusedError when nothing is said at all."""
    if kind in _TEXTLESS:
        return Reason(kind)
    known = f" (Enter: “{one_line(present.text)}”)" if present.text else ""
    text = ask(f"In your words, as it goes into the letter{known}:") or present.text
    if not text:
        raise RefusedError("nothing was typed: the reason stays as it was")
    link = ask(f"A link that belongs to it (Enter: {one_line(present.link) or 'none'}):") or present.link
    if kind not in _DATED:
        return Reason(kind, text, link)
    on = _ask_day(f"When was that (2026-11-20; Enter: {present.on or 'no date'})?") or present.on
    return Reason(kind, text, link, on)


def _ask_day(question: str) -> date | None:
    while text := ask(question):
        try:
            return _day(text)
        except RefusedError as error:
            console().print(styled(one_line(error.message), "yellow"))
    return None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RefusedError(f"{text} is no date", "write it like 2027-03-01") from None
