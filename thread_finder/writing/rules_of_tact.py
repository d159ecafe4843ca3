"""How a letter sounds: no flattery, guilt or pressure. The phrases of each language are data (lexicon/)."""

from __future__ import annotations

from thread_finder.model import Level, ReasonKind
from thread_finder.writing.language import lexicon
from thread_finder.writing.rules import Case, Rule

_REQUESTS = frozenset({ReasonKind.ASK, ReasonKind.CATCH_UP, ReasonKind.PAY_FORWARD})


def _flattery(case: Case) -> str:
    found = case.phrases("flattery")
    return f"much praise ({', '.join(found[:3])}); one simple true thing is enough" if len(found) > 1 else ""


def _apologies(case: Case) -> str:
    return "more than one apology; a lapse is no crime" if len(case.phrases("apology")) > 1 else ""


def _guilt(case: Case) -> str:
    return _named(case, "guilt", "makes them feel guilty; leave it out")


def _presumption(case: Case) -> str:
    return _named(case, "presumption", "takes their answer for granted; leave it open")


def _undersell(case: Case) -> str:
    return _named(case, "undersell", "makes little of you; say who you are instead")


def _oversell(case: Case) -> str:
    return _named(case, "oversell", "is more than the acquaintance bears; a simple hello does")


def _vague(case: Case) -> str:
    return _named(case, "vague", "asks for nothing in particular; say what, or ask nothing")


def _thanks_in_advance(case: Case) -> str:
    if case.facts.reason.kind in _REQUESTS:
        return ""
    return _named(case, "in_advance", "thanks them for what you do not ask; leave it out")


def _easy_out(case: Case) -> str:
    wanted = case.facts.follow_up or case.facts.reason.kind in _REQUESTS
    if not wanted or not lexicon(case.letter.language).phrases.get("easy_out") or case.phrases("easy_out"):
        return ""
    return "it leaves them no easy way to say no; add one (“no hurry”, “if it suits you”)"


def _named(case: Case, kind: str, fault: str) -> str:
    found = case.phrases(kind)
    return f"“{found[0]}” {fault}" if found else ""


RULES = (
    Rule("flattery", Level.WARN, "H16", "One compliment at most.", _flattery),
    Rule("apologies", Level.WARN, "H3", "One word about the gap at most; a lapse is no crime.", _apologies),
    Rule("guilt", Level.WARN, "H24", "Nothing reproaches them for not having answered.", _guilt),
    Rule("presumption", Level.WARN, "O14", "Nothing takes their time or answer for granted.", _presumption),
    Rule("easy-out", Level.WARN, "H24 O14", "A request, and a follow-up, leave an easy way out.", _easy_out),
    Rule("undersell", Level.WARN, "B", "Not “you may not remember me”: it says who you are.", _undersell),
    Rule("oversell", Level.WARN, "B", "Not more feeling than the acquaintance bears.", _oversell),
    Rule("vague-ask", Level.WARN, "B", "An ask says what it asks for.", _vague),
    Rule("thanks-in-advance", Level.HINT, "B H21", "No thanks in advance where nothing is asked.", _thanks_in_advance),
)
