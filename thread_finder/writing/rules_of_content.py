"""What a letter must hold: who writes, what is new, one reason; and what it may ask, by how far the two have come."""

from __future__ import annotations

import re
from collections.abc import Sequence

from thread_finder.model import Level, ReasonKind, Thread
from thread_finder.writing.encounters import base
from thread_finder.writing.language import Lexicon, lexicon, occurrences
from thread_finder.writing.rules import ASKS, Case, Rule, flat, tells

_OTHER_ASKS = (ReasonKind.ASK, ReasonKind.PAY_FORWARD)  # for oneself: own-ask; for somebody else it is welcome (H20)
_ORDER = ("introduction", "update", "reason")


def _reintroduction(case: Case) -> str:
    if not case.whole or not case.facts.lapsed:
        return ""
    known = [*case.facts.anchors.values(), case.facts.sender]
    if any(tells(case.opening, fact) for fact in known):
        return ""
    return "the first two sentences do not say who you are; begin with it"


def _anchors(case: Case) -> str:
    if not case.whole or not case.facts.lapsed or _anchors_told(case) >= case.number("anchors"):
        return ""
    return "too little to remember you by; note when, how or where you met, or what about (note --met-on, --met-how, --topic)"


def _anchors_told(case: Case) -> int:
    anchors = case.facts.anchors
    media = lexicon(case.letter.language).media.get(anchors.get("how", ""), ())
    told = sum(tells(case.letter.body, fact) for fact in anchors.values())
    return told + bool(occurrences(case.letter.body, media, case.letter.language))


def _update(case: Case) -> str:
    if not case.whole:
        return ""
    if not case.part("update") or not case.facts.updates:
        return 'nothing new about you since you met; note it (note --update "I …")'
    met = case.facts.met_on
    if met and any(day <= met.value for day in case.facts.update_days):
        return "it tells as news what happened before you met; date the update right in config.toml or notes.toml"
    return ""


def _updates(case: Case) -> str:
    count = len(case.facts.updates)
    return f"{count} updates; a tidbit or two is enough" if count > case.number("updates") else ""


def _order(case: Case) -> str:
    names = [name for name, text in case.letter.parts if text and name in _ORDER]
    if not case.whole or names == [name for name in _ORDER if name in names]:
        return ""
    return "say who you are, then what is new, then why you write"


def _one_reason(case: Case) -> str:
    reasons = [text for name, text in case.letter.parts if name == "reason" and text]
    if not case.whole or len(reasons) == 1:
        return ""
    return (
        f"{len(reasons)} reasons to write; give one"
        if reasons
        else "no reason to write is given; the template is empty"
    )


def _one_ask(case: Case) -> str:
    count = len(case.sentences_with("ask"))
    return f"{count} sentences ask for something; ask one thing at most" if count > 1 else ""


def _own_ask(case: Case) -> str:
    silent = case.silent_days
    lately = silent is not None and 0 <= silent < case.number("own_ask_after_days")
    if not _asks(case) or _timely(case) or lately:
        return ""
    return (
        "a favour for yourself after a long silence: say why it cannot wait (--timely), or write without asking first"
    )


def _early_ask(case: Case) -> str:
    so_far, needed = case.facts.occasion.history.interactions, case.number("asks_after")
    if not _asks(case) or so_far >= needed or _timely(case):
        return ""
    return f"you asked after {so_far} of {needed:.0f} exchanges without an agenda; let it wait, or say why it cannot (--timely)"


def _asks(case: Case) -> bool:
    """Whether it asks a favour; a follow-up does not repeat it."""
    return case.facts.reason.kind is ReasonKind.ASK and not case.facts.follow_up


def _favour_words(case: Case) -> str:
    found = case.phrases("job")
    if not found or case.facts.reason.kind in _OTHER_ASKS:
        return ""
    if case.facts.occasion.history.interactions >= case.number("asks_after"):
        return ""
    return f"“{found[0]}” asks for a favour before you are back in touch; leave it for later"


def _timely(case: Case) -> bool:
    return bool(case.facts.timely) and tells(case.letter.body, case.facts.timely)


def _gives(case: Case) -> str:
    history = case.facts.occasion.history
    asks = history.asks + (case.facts.reason.kind in ASKS)
    if case.facts.reason.kind not in ASKS or asks <= history.gives + 1:
        return ""
    return f"your {asks}. ask of them, and you gave {history.gives} times; offer something first"


def _ask_size(case: Case) -> str:
    if case.facts.reason.kind is not ReasonKind.CATCH_UP or case.facts.follow_up:
        return ""
    words = lexicon(case.letter.language)
    minutes = lengths_of_time(case.own_words, words, case.letter.language)
    most = case.number("longest_call")
    if not minutes:
        return "the call has no length; 15 minutes are easy to grant"
    return f"a call of {max(minutes)} minutes is much to ask; 15 are easy to grant" if max(minutes) > most else ""


def lengths_of_time(text: str, words: Lexicon, language: str) -> list[int]:
    """The lengths of time that a text names, in minutes."""
    named = [words.durations[found.casefold()] for found in occurrences(text, words.durations, language)]
    for unit, factor in (("minutes", 1), ("hours", 60)):
        known = words.phrases.get(unit, ())
        named += [int(number) * factor for number in _numbers_before(text, known, language)]
    return named


def _numbers_before(text: str, units: Sequence[str], language: str) -> list[str]:
    unit = "|".join(map(re.escape, sorted(units, key=len, reverse=True)))
    end = "" if language == "ja" else r"(?!\w)"
    return re.findall(rf"(\d{{1,3}})[\s-]?(?:{unit}){end}", text, re.IGNORECASE) if unit else []


def _video(case: Case) -> str:
    if case.facts.reason.kind not in ASKS or case.facts.warm:
        return ""
    words, language = lexicon(case.letter.language).phrases.get("video", ()), case.letter.language
    found = occurrences(case.part("reason"), words, language)  # "we met by video" is no offer
    return f"“{found[0]}” is for people you know well; a short phone call is easier to grant" if found else ""


def _stale_news(case: Case) -> str:
    on = case.facts.reason.on
    if case.facts.reason.kind not in (ReasonKind.NEWS, ReasonKind.CONGRATULATE) or on is None:
        return ""
    days = (case.today - on).days
    return (
        f"the news is {days} days old; find something newer or write without it"
        if days > case.number("news_days")
        else ""
    )


def _undated_news(case: Case) -> str:
    reason = case.facts.reason
    if reason.kind is not ReasonKind.NEWS or (reason.on and reason.on <= case.today):
        return ""
    when = "lies ahead" if reason.on else "has no date"
    return f"the news {when}; note the day you read it (note --reason news --text … --date 2026-11-02)"


def _on_whose_behalf(case: Case) -> str:
    reason = case.facts.reason
    if reason.kind is not ReasonKind.PAY_FORWARD or case.letter.language == "ja" or _has_name(reason.text):
        return ""
    return "it asks for somebody without a name; say who it is"


def _has_name(text: str) -> bool:
    return any(word[0].isupper() for word in flat(text).split()[1:]) or flat(text)[:1].isupper()


def _attachment(case: Case) -> str:
    attached, said = case.facts.occasion.attached, case.phrases("attached")
    if said and not attached:
        return f"it says “{said[0]}”, and nothing is attached; give the file with --attach"
    return ""


def _silent_attachment(case: Case) -> str:
    attached = case.facts.occasion.attached
    known = lexicon(case.letter.language).phrases.get("attached", ())
    if not attached or not known or case.phrases("attached"):
        return ""
    return f"{attached[0]} goes along, and the letter does not say so"


def _recently(case: Case) -> str:
    silent = case.silent_days
    if case.facts.lapsed or case.facts.follow_up or silent is None or silent < 0:
        return ""
    return f"you were in touch {silent} days ago; no reintroduction is needed yet"


def _recipient(case: Case) -> str:
    to, contact = case.finding.reply_to, case.finding.contact
    if to is None or base(to.email) in {base(email) for email in contact.emails}:
        return ""
    return f"it goes to {to.email}, which is not among their addresses; add it to them if it is theirs"


def _unsure_thread(case: Case) -> str:
    found = case.finding
    if not found.unsure:
        return ""
    first, *others = [*([found.thread] if found.thread else []), *(other.thread for other in found.alternatives)]
    name = found.contact.name.replace('"', "'")
    runner_up = f"; runner-up {_titled(others[0])}" if others else ""
    way_out = f'choose: thread-finder find "{name}" --pin ID'
    if found.thread is None:
        return f"not sure that none of your threads fits: the nearest is {_titled(first)}{runner_up}; {way_out}"
    return f"not sure which thread ({found.confidence:.0%}): {_titled(first)}{runner_up}; {way_out}"


def _titled(thread: Thread) -> str:
    return f"“{flat(thread.subject) or 'no subject'}” (id {thread.id})"


RULES = (
    Rule("reintroduction", Level.STOP, "H4 O4", "Who you are stands in the first two sentences.", _reintroduction),
    Rule("anchors", Level.STOP, "H5 H10 O4", "Two things at least help them remember you.", _anchors),
    Rule("update", Level.STOP, "H13 O6", "It tells something new about you since you met.", _update),
    Rule("reason", Level.STOP, "H17", "It gives one reason for writing.", _one_reason),
    Rule(
        "own-ask",
        Level.STOP,
        "H18 H19 O5",
        "No favour for yourself after a long silence, unless it cannot wait.",
        _own_ask,
    ),
    Rule("attachment", Level.STOP, "H20", "What it says is attached is attached.", _attachment),
    Rule("unsure-thread", Level.STOP, "B", "It is sure which thread to answer, or you chose it.", _unsure_thread),
    Rule("order", Level.WARN, "H12", "First who you are, then what is new, then the reason.", _order),
    Rule("updates", Level.WARN, "H14", "A tidbit or two about you, not more.", _updates),
    Rule("one-ask", Level.WARN, "B", "It asks one thing at most.", _one_ask),
    Rule("early-ask", Level.WARN, "O8 O18", "No ask before a few exchanges without an agenda.", _early_ask),
    Rule(
        "favour-words",
        Level.WARN,
        "O5 O7",
        "No word of referrals and openings before you are back in touch.",
        _favour_words,
    ),
    Rule("gives", Level.WARN, "O13", "You do not ask more often than you give.", _gives),
    Rule("ask-size", Level.WARN, "O9", "A call is short and has a length: 15 minutes.", _ask_size),
    Rule("video", Level.WARN, "O10", "Video only with people you know well.", _video),
    Rule("stale-news", Level.WARN, "H22", "News is fresh.", _stale_news),
    Rule("undated-news", Level.HINT, "H22", "News has a date.", _undated_news),
    Rule("whom-for", Level.WARN, "H20", "A favour for somebody else names them.", _on_whose_behalf),
    Rule("silent-attachment", Level.WARN, "H20", "A file that goes along is mentioned.", _silent_attachment),
    Rule("recently-in-touch", Level.WARN, "H6", "A reconnection is for people you lost touch with.", _recently),
    Rule("recipient", Level.WARN, "O12 O17", "It goes to one person, at an address of theirs.", _recipient),
)
