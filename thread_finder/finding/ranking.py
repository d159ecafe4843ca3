"""How much each thread looks like the one: what its messages say, and its place in the acquaintance.

Traits are named numbers; weights.toml says what each is worth, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from thread_finder.finding import thanking
from thread_finder.finding.arranging import MANY
from thread_finder.finding.folding import tidy
from thread_finder.finding.people import Pair
from thread_finder.finding.signals import QUOTE
from thread_finder.finding.thanking import JUST_AFTER, just_after
from thread_finder.finding.view import Seen, View, views
from thread_finder.finding.weights import log_odds, probability, weights
from thread_finder.finding.wording import Wording, telling
from thread_finder.mail.quotes import newest_quoted
from thread_finder.model import Evidence, Kind, PartialDate, Thread

MONTHS_AROUND = timedelta(days=75)
AFTERWARDS = timedelta(days=21)
EVIDENCE = 6
_SLACK = {"day": 0, "month": 30, "year": 365}
_A_DAY = timedelta(days=1)
ERRANDS = 3
PLACES = (
    "agreed",
    "follows",
    "comes-after",
    "took-place",
    "fits-met-on",
    "misses-met-on",
    "declined",
    "called-off",
    "routine",
)
"""The traits of a thread's place that the user is told."""
CLAIM = -1.35
"""Log-odds of scheduling from which a thread is called so: where there is nothing better, it may well be arguable."""
TELLING = 1.0
"""Log-odds of its words from which the user is told that a mail reads like arranging a meeting."""
LIKELY = -1.0
"""Log-odds of scheduling at which a thread is weighed half as a conversation: a meeting may well be arranged in it."""
UNLIKELY = -4.0
"""Log-odds of scheduling under which a day that a thread names is no meeting."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A thread with its kind and its score, the traits that the score was made of, and the log-odds that a meeting is
    arranged in it (``odds``) and that it thanks for one. ``tell`` says what speaks for it; few are asked.
    """

    thread: Thread
    kind: Kind
    score: float
    tell: Callable[[], tuple[Evidence, ...]] = tuple
    traits: dict[str, float] = field(default_factory=dict)
    odds: float = 0.0
    thanks: float = 0.0


@dataclass(frozen=True, slots=True)
class Judged:
    """A view with what it is by itself, and how it hangs together with the other threads.

    ``scheduling`` are the log-odds that a meeting between the two is arranged in it, ``thanks`` those that it thanks
    for one, and ``thankful`` is the message that does so most clearly. ``meeting`` is the day agreed on in it.
    ``follows``: it was begun just after a day agreed on elsewhere; ``followed``: such a thread looks back on its
    meeting; ``took_place``: the two wrote again just after the day.
    """

    view: View
    scheduling: float
    thanks: float
    thankful: Seen
    meeting: date | None
    follows: bool
    followed: bool
    took_place: bool

    @property
    def kind(self) -> Kind:
        """What the user is told that the thread is."""
        if self.thanks >= 0:
            return Kind.THANK_YOU
        return Kind.SCHEDULING if self.scheduling >= CLAIM else Kind.CONVERSATION

    @property
    def met(self) -> float:
        """How likely the thread is about a meeting of the two."""
        return probability(max(self.scheduling, self.thanks))


def rank(threads: Sequence[Thread], pair: Pair, met_on: PartialDate | None) -> list[Ranked]:
    """All threads with an exchange between the two, the best first."""
    judged = judge(threads, pair)
    days = [one.meeting for one in judged if one.meeting]
    ranked: list[Ranked] = []
    for i, one in enumerate(judged):
        traits = _traits(one, judged[:i], met_on)
        tell = partial(_evidence, one, days, traits)
        score = log_odds(traits, "choice")
        ranked.append(Ranked(one.view.thread, one.kind, score, tell, traits, one.scheduling, one.thanks))
    return sorted(ranked, key=lambda one: -one.score)


def judge(threads: Sequence[Thread], pair: Pair) -> list[Judged]:
    """What each thread with an exchange between the two is, by their first day."""
    seen = views(threads, pair)
    assisting = assists(seen)
    odds = [log_odds(scheduling_traits(view, assisting), "scheduling") for view in seen]
    meetings = [
        view.agenda.day if likely >= UNLIKELY and not view.agenda.off else None
        for view, likely in zip(seen, odds, strict=True)
    ]
    days = [day for day in meetings if day]
    judged = []
    for view, likely, meeting in zip(seen, odds, meetings, strict=True):
        elsewhere = [day for day, other in zip(meetings, seen, strict=True) if day and other is not view]
        others = [other for other in seen if other is not view and other.first]
        after = [other for other in others if meeting and other.first and just_after(other.first, meeting)]
        took_place = bool(after) or (meeting is not None and any(just_after(day, meeting) for day in view.days))
        thanks, thankful = _thanks(view, pair, days)
        judged.append(
            Judged(
                view=view,
                scheduling=likely,
                thanks=thanks,
                thankful=thankful,
                meeting=meeting,
                follows=any(view.first and just_after(view.first, day) for day in elsewhere),
                followed=any(other.looks_back for other in after),
                took_place=took_place,
            )
        )
    return judged


def _traits(one: Judged, before: Sequence[Judged], met_on: PartialDate | None) -> dict[str, float]:
    """Why to choose a thread or not, by name: 1 where it is so, else as explained in weights.toml.

    ``before`` are the threads that began earlier.
    """
    view, thanked = one.view, one.kind is Kind.THANK_YOU
    arranged = 0.0 if thanked else probability(one.scheduling - LIKELY)
    about = 1.0 if thanked else arranged
    earlier = sum(other.met for other in before if not other.follows) - one.follows
    after = "follows" if thanked or view.looks_back else "comes-after"
    _, agreed, declined = view.outcome()
    traits = {
        "thank-you": float(thanked),
        "scheduling": arranged,
        "conversation": 1.0 - about,
        "thanked-and-arranging" if thanked else "arranging": (max(-6.0, min(3.0, one.scheduling)) + 6) / 9,
        "thanking": (max(-4.0, min(4.0, one.thanks)) + 4) / 8,
        "agreed": float(agreed),
        "declined": float(declined),
        after: float(one.follows),
        "followed": float(one.followed),
        "took-place": float(one.took_place),
        "called-off": float(view.agenda.off),
        "earlier-meetings": max(0.0, min(3.0, earlier)) * about,
        "met-before": _met_before(one, before) * about,
        "letters": min(len(view.direct), 6) / 6 * (1.0 - about),
        "only-calendar": float(view.only_calendar),
        "routine": float(any("recurring" in seen.reading.acts for seen in view.direct)),
        "one-sided": float(not view.both_wrote),
        "small-group": float(0 < view.others < 3),
        "group": float(view.others >= 3),
        "crowd": float(view.others >= MANY),
    }
    if met_on and view.days:
        meant = _is_meant(one, met_on)
        begun = met_on.value <= view.days[0] <= met_on.value + JUST_AFTER
        elsewhere = not meant and not begun and view.agenda.met is not None
        traits["fits-met-on" if _fits(view, met_on, one.meeting) and not elsewhere else "misses-met-on"] = 1.0
        traits["on-the-day"] = float(meant)
    return {name: value for name, value in traits.items() if value}


def _met_before(one: Judged, before: Sequence[Judged]) -> float:
    """How likely they had met when the thread began, on a day that it does not look back on."""
    first = one.view.first
    held = [(other.met, other.meeting) for other in before if other.took_place and other.meeting]
    return max((met for met, day in held if first and day < first and not just_after(first, day)), default=0.0)


def assists(seen: Sequence[View]) -> bool:
    """Whether the contact runs the owner's errands: what is arranged with an assistant is mostly others' meetings."""
    errands = sum("errand-words" in one.reading.acts and one.mine for view in seen for one in view.direct)
    return errands >= ERRANDS


def scheduling_traits(view: View, assisting: bool) -> dict[str, float]:
    """What tells whether a meeting between the two is arranged in a thread, by name."""
    proposed, agreed, declined = view.outcome()
    shown = {
        "arranging": max(-6.0, min(6.0, view.arranging)),
        "proposed": proposed,
        "settled": view.agenda.met is not None,
        "assistant": assisting,
        "agreed": agreed,
        "declined": declined,
    }
    return {name: float(value) for name, value in shown.items() if value}


def _thanks(view: View, pair: Pair, meetings: Sequence[date]) -> tuple[float, Seen]:
    """The log-odds of the message that most clearly thanks for a meeting, and that message."""
    odds = [thanking.thanks(seen, pair, meetings) for seen in view.direct]
    best = max(range(len(odds)), key=odds.__getitem__)
    return odds[best], view.direct[best]


def _evidence(judged: Judged, days: Sequence[date], traits: dict[str, float]) -> tuple[Evidence, ...]:
    """What speaks for a thread: what its messages say, each signal once a message, then its place among the others."""
    kind = judged.kind
    found = _thankful(judged, days) if kind is Kind.THANK_YOU else []
    found += _arranged(judged.view) if kind is not Kind.CONVERSATION else []
    seen_once: dict[tuple[str, str], Evidence] = {}
    for one in found:
        seen_once.setdefault((one.signal, one.message_id), one)
    best = sorted(seen_once.values(), key=lambda one: -one.weight)
    last = judged.view.direct[-1].message.message_id
    both, two = "one-sided" not in traits, not judged.view.others
    placed = [
        *(["both-wrote"] if both else []),
        *(["only-two"] if two else []),
        *(name for name in PLACES if name in traits),
    ]
    known = weights("choice")
    return (*best[:EVIDENCE], *(Evidence(name, last, "", known.get(name, 0.0)) for name in placed))


def _arranged(view: View) -> list[Evidence]:
    known = weights("arranging")
    found = [
        Evidence(hit.signal, seen.message.message_id, hit.quote, known[hit.signal])
        for seen in view.direct
        for hit in seen.reading.hits
        if known.get(hit.signal, 0.0) > 0 and seen.odds > UNLIKELY
    ]
    seen = max(view.direct, key=lambda one: one.odds)
    text = seen.message.new_text
    if seen.words.arranges > TELLING:
        found.append(_worded("reads-like-arranging", seen, text, lambda words: words.arranges, seen.words.arranges))
    elif seen.answering > 0:
        asked = newest_quoted(seen.message.quoted_text)
        found.append(_worded("answers-arranging", seen, asked, lambda words: words.arranges, seen.answering))
    return found


def _thankful(judged: Judged, days: Sequence[date]) -> list[Evidence]:
    """The thanks themselves go before anything else that the thread says."""
    known, first = weights("thanking"), max(weights("arranging").values())
    seen = judged.thankful
    found = [
        Evidence(hit.signal, seen.message.message_id, hit.quote, first + known[hit.signal])
        for hit in seen.reading.hits
        if hit.signal in thanking.THANKING and known[hit.signal] > 0
    ]
    if not found and seen.words.thanks > 0:
        weight = first + seen.words.thanks
        found.append(_worded("reads-like-thanks", seen, seen.message.new_text, lambda words: words.thanks, weight))
    if found and seen.day and any(just_after(seen.day, day) for day in days):
        found.append(Evidence("just-after-meeting", seen.message.message_id, "", first + known["just-after-meeting"]))
    return found


def _worded(signal: str, seen: Seen, text: str, weigh: Callable[[Wording], float], weight: float) -> Evidence:
    """That a mail's words say something that no act of it does, with the sentence of ``text`` that says it most."""
    sentence = telling(tidy(text), seen.reading.language, weigh)
    return Evidence(signal, seen.message.message_id, sentence[:QUOTE], weight)


def _is_meant(one: Judged, met_on: PartialDate) -> bool:
    """Whether the meeting is the very one the user gave the date of, or the thread looks back on it just after, or
    speaks of that very day.
    """
    slack = timedelta(days=_SLACK[met_on.precision])
    low, high = met_on.value, met_on.value + slack
    if one.meeting and low - _A_DAY <= one.meeting <= high + _A_DAY:
        return True
    if met_on.precision == "day" and one.kind is not Kind.CONVERSATION and met_on.value in one.view.named:
        return True
    first = one.view.first
    after = first is not None and low <= first <= high + JUST_AFTER
    return after and (one.view.looks_back or one.thanks > -1)


def _fits(view: View, met_on: PartialDate, meeting: date | None) -> bool:
    low, high = met_on.value, met_on.value + timedelta(days=_SLACK[met_on.precision])
    if meeting and met_on.precision == "day" and abs((meeting - met_on.value).days) <= 1:
        return True
    return (
        view.days[0] <= high + AFTERWARDS
        and view.days[-1] >= low - MONTHS_AROUND
        and any(low - MONTHS_AROUND <= day <= high + AFTERWARDS for day in view.days)
    )
