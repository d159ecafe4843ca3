"""What a letter may say, as values: facts from the user's files and the thread, each knowing where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from thread_finder.durations import Duration
from thread_finder.mail.fields import flat
from thread_finder.model import History, PartialDate, Reason

A_MONTH = Duration(1, "month")
_QUOTES = ("“", "„", "«", "»", "「", "『", '"')

# Encounters whose medium helps the reader remember (advice H5).
_TELLING = frozenset({"coffee", "tea", "breakfast", "lunch", "dinner", "phone", "video"})


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that the letter cannot do without, and the command or line that adds it."""

    fact: str
    how_to_add: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """What the writing itself brings: its ``purpose`` ("check-in" or "follow-up"), why an ask is ``timely``, the names of
    the files ``attached``, and the ``history`` of earlier letters.

    ``lapsed_after`` is the silence after which one reintroduces oneself (advice H6).
    """

    purpose: str = "check-in"
    timely: str = ""
    attached: tuple[str, ...] = ()
    history: History = field(default_factory=History)
    lapsed_after: Duration = A_MONTH


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a template can use (docs/templates.md). ``sources`` says where each fact comes from.

    ``foreign`` are facts that are not in the letter's language, with the language they are in.
    """

    contact: str
    name: str
    full_name: str
    sender: str
    language: str
    formal: bool
    recap: bool
    introduction: str
    when: str
    encounter: str
    how: str
    topic: str
    introduced_by: str
    salutation: str
    signs: str
    updates: tuple[str, ...]
    remember: str
    reason: Reason
    dated: str
    signature: str
    seed: int
    lapsed: bool = True
    warm: bool = False
    wrote: str = ""
    occasion: Occasion = field(default_factory=Occasion)
    met_on: PartialDate | None = None
    last_mail: date | None = None
    update_days: tuple[date, ...] = ()
    foreign: tuple[tuple[str, str], ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()

    @property
    def timely(self) -> str:
        """Why an ask cannot wait."""
        return clause(self.occasion.timely)

    @property
    def follow_up(self) -> bool:
        """Whether this is the one follow-up to a letter that was not answered."""
        return self.occasion.purpose == "follow-up"

    @property
    def quoted(self) -> bool:
        """Whether ``remember`` is a sentence of theirs in quotation marks, not a clause of the user's."""
        return self.remember.startswith(_QUOTES)

    @property
    def anchors(self) -> Mapping[str, str]:
        """What helps the reader remember who writes (advice H5)."""
        found = {
            "introduction": self.introduction,
            "when": self.when,
            "how": self.how or (self.encounter if self.encounter in _TELLING else ""),
            "topic": self.topic,
            "introduced_by": self.introduced_by,
        }
        return {name: value for name, value in found.items() if value}


def clause(text: str) -> str:
    """The user's words on one line, without controls and without the full stop that the letter sets itself."""
    return flat(text).rstrip(".。 ")
