"""An invented letter's facts: what ``templates check`` renders, and the examples of docs/templates.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product

from thread_finder.model import History, PartialDate, Reason, ReasonKind
from thread_finder.writing.dates_in_words import ago
from thread_finder.writing.facts import Facts, Occasion

TODAY = date(2026, 11, 24)
_MET = PartialDate(date(2023, 7, 11))
_READ = PartialDate(date(2026, 11, 17))

FULL = Facts(
    contact="Jane Doe",
    name="Jane",
    full_name="Jane Doe",
    sender="Ada Marsh",
    language="en",
    formal=False,
    recap=False,
    introduction="the film student who was interning at Harbour Radio",
    when="in July 2023",
    encounter="coffee",
    how="for coffee by the harbour",
    topic="documentary editing",
    introduced_by="Priya Shah",
    salutation="Dear Jane",
    signs="Ada",
    updates=("I started as an editor at Lantern Pictures", "I finished my degree"),
    remember="that one should learn to edit first",
    reason=Reason(ReasonKind.NEWS, "your film won in Leipzig", "https://news.example/leipzig", _READ.value),
    dated="last week",
    signature="Ada Marsh\nLantern Pictures",
    seed=1,
    lapsed=True,
    warm=True,
    occasion=Occasion(attached=("orla-finn.pdf",), timely="the grant ends in May", history=History(interactions=3)),
    met_on=_MET,
    last_mail=date(2023, 7, 12),
    update_days=(date(2026, 9, 1), date(2025, 6, 20)),
    wrote="two weeks ago",
)
"""Every fact that a letter can have."""


def samples(language: str) -> Iterator[tuple[str, Facts]]:
    """For each reason and kind of letter its facts in ``language``, all and only the needed ones, with what it is."""
    for kind, reason, rich in product(("reply", "new thread", "follow-up"), ReasonKind, (True, False)):
        facts = replace(_full(language) if rich else _needed(language), recap=kind == "new thread", wrote="")
        if kind == "follow-up":
            wrote = ago(PartialDate(date(2026, 11, 9)), TODAY, language)
            facts = replace(facts, wrote=wrote, occasion=replace(facts.occasion, purpose="follow-up"))
        needs_text = rich or reason not in (ReasonKind.RECONNECT, ReasonKind.CATCH_UP)
        told = replace(facts.reason, kind=reason, text=facts.reason.text if needs_text else "")
        yield f"{language}, {kind}, {reason}, {'all facts' if rich else 'needed facts'}", replace(facts, reason=told)


def _full(language: str) -> Facts:
    return replace(FULL, language=language, when=ago(_MET, TODAY, language), dated=ago(_READ, TODAY, language))


def _needed(language: str) -> Facts:
    """Who, when, one thing that is new: a letter cannot do with less."""
    return replace(
        _full(language), encounter="touch", how="", topic="", introduced_by="", salutation="", signs="", remember="",
        updates=FULL.updates[:1], update_days=FULL.update_days[:1], reason=replace(FULL.reason, link="", on=None),
        dated="", warm=False, occasion=Occasion(),
    )  # fmt: skip
