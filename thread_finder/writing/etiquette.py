"""What etiquette has to say about a letter. Each rule is a small named thing with its level, sentence and source.

The ids (H…, O…) are rows of docs/etiquette.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from thread_finder.model import Advice, Finding, Letter, Level, ReasonKind
from thread_finder.writing.facts import Facts
from thread_finder.writing.language import lexicon, occurrences

NUMBERS: Mapping[str, float] = {
    "longest": 250,
    "long": 150,
    "short": 40,
    "own_ask_after_days": 90,
    "news_days": 30,
    "recent_days": 30,
    "sameness": 0.6,
}


_EASTERN = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule looks at."""

    letter: Letter
    facts: Facts
    finding: Finding
    today: date
    numbers: Mapping[str, float]
    batch: Sequence[Letter] = ()
    timely: str = ""

    @property
    def words(self) -> int:
        """The length of the letter's own text; two characters of Japanese count as one word."""
        rest, eastern = _EASTERN.subn(" ", self.letter.body)
        return eastern // 2 + len(rest.split())

    def phrases(self, kind: str) -> list[str]:
        """The phrases of a kind (flattery, apology …) as they stand in the text."""
        known = lexicon(self.letter.language).phrases.get(kind, ())
        return occurrences(self.letter.body, known, self.letter.language)

    @property
    def silent_days(self) -> int | None:
        """Days since the thread's last mail."""
        return (self.today - self.facts.last_mail).days if self.facts.last_mail else None


@dataclass(frozen=True, slots=True)
class Rule:
    """``broken`` says in one sentence what is wrong and what to do, or "" when the letter keeps the rule."""

    name: str
    level: Level
    source: str
    broken: Callable[[Case], str] = field(repr=False)


def check(  # noqa: PLR0913
    letter: Letter,
    facts: Facts,
    finding: Finding,
    *,
    today: date,
    rules: Mapping[str, Level | None] = {},
    numbers: Mapping[str, float] = {},
    batch: Sequence[Letter] = (),
    timely: str = "",
    vip: bool = False,
) -> tuple[Advice, ...]:
    """The advice on one letter, the gravest first.

    ``rules`` gives levels other than the rules' own (None switches one off); ``vip`` turns warnings into stops (O16).
    """
    case = Case(letter, facts, finding, today, {**NUMBERS, **numbers}, batch, timely)
    found = []
    for rule in RULES:
        level = rules.get(rule.name, rule.level)
        sentence = rule.broken(case) if level else ""
        if level and sentence:
            found.append(Advice(rule.name, Level.STOP if vip and level is Level.WARN else level, sentence))
    return tuple(sorted(found, key=lambda advice: list(Level).index(advice.level)))


# --- the rules --------------------------------------------------------------------------------------

_PLACEHOLDER = re.compile(
    r"\{\{|\}\}|\{%|\[(?:name|company|your|date)\b[^\]]*\]|<(?:name|company)>|\bTODO\b|…{2,}|\bXXX+\b", re.I
)


def _placeholder(case: Case) -> str:
    hit = _PLACEHOLDER.search(case.letter.body)
    return f"a placeholder is left in the text ({hit[0]}); fill it in" if hit else ""


def _too_long(case: Case) -> str:
    most = case.numbers["longest"]
    return f"{case.words} words; people stop reading after {most:.0f}, so shorten it" if case.words > most else ""


def _long(case: Case) -> str:
    most, longest = case.numbers["long"], case.numbers["longest"]
    return f"{case.words} words; 75 to 125 are best" if most < case.words <= longest else ""


def _short(case: Case) -> str:
    return f"only {case.words} words; 75 to 125 are best" if case.words < case.numbers["short"] else ""


def _own_ask(case: Case) -> str:
    timely = _flat(case.timely).rstrip(".")
    if case.facts.reason.kind is not ReasonKind.ASK or (timely and timely in _flat(case.letter.body)):
        return ""
    silent = case.silent_days
    if silent is not None and 0 <= silent < case.numbers["own_ask_after_days"]:
        return ""
    return (
        "a favour for yourself after a long silence: say why it cannot wait (--timely), or write without asking first"
    )


def _job_words(case: Case) -> str:
    found = case.phrases("job")
    return f"“{found[0]}” asks for a favour in the first letter after a lapse; leave it for later" if found else ""


def _anchors(case: Case) -> str:
    if len(case.facts.anchors) >= 2:
        return ""
    return "little to remember you by; add when or how you met (note --met-on, --met-how)"


def _flattery(case: Case) -> str:
    found = case.phrases("flattery")
    return f"much praise ({', '.join(found[:3])}); one simple true thing is enough" if len(found) > 1 else ""


def _apology(case: Case) -> str:
    return "more than one apology; a lapse is no crime" if len(case.phrases("apology")) > 1 else ""


def _guilt(case: Case) -> str:
    found = case.phrases("guilt")
    return f"“{found[0]}” makes them feel guilty; leave it out" if found else ""


def _presumption(case: Case) -> str:
    found = case.phrases("presumption")
    return f"“{found[0]}” takes their answer for granted; leave it open" if found else ""


def _questions(case: Case) -> str:
    count = len(re.findall(r"[?？]", case.letter.body))
    return f"{count} questions; one is easier to answer" if count > 2 else ""


def _stale_news(case: Case) -> str:
    on = case.facts.reason.on
    if case.facts.reason.kind not in (ReasonKind.NEWS, ReasonKind.CONGRATULATE) or on is None:
        return ""
    days = (case.today - on).days
    return (
        f"the news is {days} days old; find something newer or write without it"
        if days > case.numbers["news_days"]
        else ""
    )


def _recent(case: Case) -> str:
    silent = case.silent_days
    if silent is None or not 0 <= silent < case.numbers["recent_days"]:
        return ""
    return f"you were in touch {silent} days ago; no reintroduction is needed yet"


def _sameness(case: Case) -> str:
    own = _words(case.letter)
    worst = max(
        (_shared(own, _words(other)) for other in case.batch if other.language == case.letter.language), default=0
    )
    return (
        f"{worst:.0%} of its words are those of another letter of this batch; make it more personal"
        if (worst > case.numbers["sameness"])
        else ""
    )


def _shouting(case: Case) -> str:
    subject = case.letter.subject
    return "the subject is all capitals" if len(subject) > 4 and subject.isupper() and subject.isascii() else ""


def _flat(text: str) -> str:
    return " ".join(text.split())


def _words(letter: Letter) -> set[str]:
    """The words of the parts that should be personal."""
    text = " ".join(text for name, text in letter.parts if name in ("introduction", "remember", "reason"))
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3}


def _shared(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


RULES: tuple[Rule, ...] = (
    Rule("placeholder", Level.STOP, "O15", _placeholder),
    Rule("too-long", Level.STOP, "B", _too_long),
    Rule("own-ask", Level.STOP, "H18 H19", _own_ask),
    Rule("long", Level.WARN, "B", _long),
    Rule("short", Level.HINT, "B", _short),
    Rule("favour-words", Level.WARN, "O5 O7", _job_words),
    Rule("anchors", Level.WARN, "H5", _anchors),
    Rule("flattery", Level.WARN, "H16", _flattery),
    Rule("apologies", Level.WARN, "H3", _apology),
    Rule("guilt", Level.WARN, "H24", _guilt),
    Rule("presumption", Level.WARN, "O14", _presumption),
    Rule("questions", Level.HINT, "B", _questions),
    Rule("stale-news", Level.WARN, "H22", _stale_news),
    Rule("recently-in-touch", Level.WARN, "H6", _recent),
    Rule("sameness", Level.WARN, "O6", _sameness),
    Rule("shouting", Level.WARN, "O15", _shouting),
)
