"""Nothing in a letter is invented: each word, name, number and date of it has a source that this test looks up itself.

For every contact of the sample and of the invented mailbox, in the contact's language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from bench import known
from thread_finder.finding.find import find
from thread_finder.model import Finding, Letter, Level, Message, Owner, PartialDate, Reason, ReasonKind, Update
from thread_finder.writing.dates_in_words import ago
from thread_finder.writing.etiquette import check
from thread_finder.writing.facts import Facts
from thread_finder.writing.gathering import gather
from thread_finder.writing.language import LANGUAGES
from thread_finder.writing.render import Templates, render, shipped_templates

DATA = Path(__file__).parents[3] / "shared" / "data"
TODAY = date(2026, 11, 24)
TEMPLATES = Templates(shipped_templates())
INTRODUCTIONS = {
    "en": "the student who wanted to build a radio",
    "de": "die Studentin, die ein Radio bauen wollte",
    "fr": "l'étudiante qui voulait construire une radio",
    "es": "la estudiante que quería construir una radio",
    "pt": "a estudante que queria construir um rádio",
    "it": "la studentessa che voleva costruire una radio",
    "nl": "de studente die een radio wilde bouwen",
    "ja": "ラジオを作りたかった学生",
}
NEWS = {
    "en": "I opened a workshop in Quillan",
    "de": "ich habe in Quillan eine Werkstatt eröffnet",
    "fr": "j'ai ouvert un atelier à Quillan",
    "es": "abrí un taller en Quillan",
    "pt": "abri uma oficina em Quillan",
    "it": "ho aperto un laboratorio a Quillan",
    "nl": "ik heb in Quillan een werkplaats geopend",
    "ja": "キヤンに工房を開きました",
}
# Words that show a form of address, told without the program's own lists.
FORMAL = {"de": r"\b(?:Sie|Ihnen|Ihre?[nmrs]?)\b", "fr": r"\b(?:vous|votre|vos)\b", "es": r"\busted(?:es)?\b",
          "it": r"(?<=\w )(?:Lei|Suo|Sua|Suoi)\b", "nl": r"\b(?:u|uw)\b"}  # fmt: skip
INFORMAL = {"de": r"\b(?:[Dd]u|[Dd]ir|[Dd]ich|[Dd]ein\w*)\b", "fr": r"\b(?:tu|te|toi|ton|ta|tes)\b|\bt'",
            "es": r"\b(?:tú|te|ti|tu|tus|contigo)\b", "it": r"\b(?:tu|ti|te|tuo|tua|tuoi)\b",
            "nl": r"\b(?:je|jij|jou|jouw)\b"}  # fmt: skip
CONTRACTED = set("du des d del dello della dell dei degli delle do da dos das de di".split())  # of "le son": "du son"


@cache
def cases() -> list[tuple[Owner, Finding]]:
    """Each contact's finding, and an owner who has news in every language."""
    found = [(case.owner, find(case.contact, case.owner, case.threads)) for case in known.sample()]
    if (DATA / "synthetic").is_dir():
        for case in known.synthetic(DATA / "synthetic"):
            owner = replace(case.owner, introduction=INTRODUCTIONS, updates=(Update(date(2026, 10, 1), NEWS),))
            found.append((owner, find(case.contact, owner, case.threads)))
    return found


def letters(kind: ReasonKind) -> Iterator[tuple[Owner, Finding, Facts, Letter]]:
    """A letter for everybody who can have one."""
    for owner, found in cases():
        contact = replace(found.contact, reason=Reason(kind, found.contact.reason.text or "Radio Quillan 97"))
        finding = replace(found, contact=contact)
        facts = gather(finding, owner, today=TODAY)
        if not facts.missing:
            yield owner, finding, facts, render(facts, TEMPLATES)


def words(text: str) -> set[str]:
    """The words of a text, folded; of Japanese, each kanji and katakana."""
    bare = re.sub(r"https?://\S+", " ", text).casefold()
    latin = re.findall(r"[^\W\d_]+", re.sub(r"[\u3000-\u30ff\u3400-\u9fff]", " ", bare))
    return set(latin) | set(re.findall(r"[\u30a1-\u30fa\u3400-\u9fff]", bare))


@cache
def template_words(language: str) -> frozenset[str]:
    texts = [path.read_text("utf-8") for path in (shipped_templates() / language).glob("*.txt")]
    bare = re.sub(r"\{#.*?#\}", " ", "\n".join(texts), flags=re.DOTALL)
    literals = [
        text for tag in re.findall(r"\{[{%].*?[}%]\}", bare, re.DOTALL) for text in re.findall(r'"([^"]*)"', tag)
    ]
    return frozenset(words(re.sub(r"\{[{%].*?[}%]\}", " ", bare, flags=re.DOTALL) + "\n".join(["", *literals])))


def told_by_the_user(owner: Owner, finding: Finding) -> str:
    contact = finding.contact
    texts = [owner.name, owner.signature, *owner.introduction.values(), contact.name, contact.introduction,
             contact.met_how, contact.topic, contact.introduced_by, contact.remember, contact.reason.text]  # fmt: skip
    return "\n".join([*texts, *(text for update in owner.updates for text in update.text.values())])


def names_in_the_mail(finding: Finding) -> str:
    """Names in headers, first and last lines of the mails found: how the two greet and sign."""
    lines: list[str] = []
    for message in _messages(finding):
        lines += [address.name for address in (message.from_, *message.recipients) if address]
        written = [line for line in message.new_text.splitlines() if line.strip()]
        lines += [*written[:2], *written[-3:]]
    return "\n".join(lines)


def _messages(finding: Finding) -> list[Message]:
    threads = [finding.thread, *(candidate.thread for candidate in finding.alternatives)]
    return [message for thread in threads if thread for message in thread.messages]


def possible_dates(finding: Finding, language: str) -> set[str]:
    """How a day that the user or the thread knows is said."""
    days = [day for day in (finding.contact.met_on, finding.met_on) if day and day.value <= TODAY]
    mails = [message.date.date() for message in _messages(finding) if message.date]
    days += [PartialDate(day) for day in mails if day <= TODAY]
    return {ago(day, TODAY, language) for day in days}


@pytest.mark.parametrize("kind", ReasonKind)
def test_every_word_and_number_has_a_source(kind: ReasonKind) -> None:
    count = 0
    for owner, finding, facts, letter in letters(kind):
        text, who = f"{letter.subject}\n{letter.body}", finding.contact.name
        said = told_by_the_user(owner, finding)
        dates = possible_dates(finding, letter.language)
        has_a_source = (
            words(f"{said}\n{names_in_the_mail(finding)}\n{facts.when}\n{facts.encounter}")
            | template_words(letter.language)
            | CONTRACTED
        )
        assert words(text) - has_a_source == set(), who
        assert facts.when in dates | {""}, who
        fifteen = "15" if kind is ReasonKind.CATCH_UP else ""
        assert set(re.findall(r"\d+", text)) <= set(re.findall(r"\d+", f"{said} {facts.when} {fifteen}")), who
        count += 1
    assert count > 20


def test_the_day_they_met_lies_near_the_mails() -> None:
    for _, finding, facts, _ in letters(ReasonKind.RECONNECT):
        if finding.contact.met_on or facts.met_on is None or facts.met_on.precision == "year":
            continue
        days = [message.date.date() for message in _messages(finding) if message.date]
        assert min(days) - timedelta(days=60) <= facts.met_on.value <= max(days) + timedelta(days=200), finding.contact


def test_each_gets_their_own_language() -> None:
    for _, finding, _, letter in letters(ReasonKind.RECONNECT):
        told = finding.contact.language.partition("-")[0]
        assert letter.language == told or told not in LANGUAGES


def test_the_greeting_is_a_name_of_theirs() -> None:
    for _, finding, facts, letter in letters(ReasonKind.RECONNECT):
        theirs = words(f"{finding.contact.name}\n{names_in_the_mail(finding)}")
        assert words(facts.name) <= theirs
        first = letter.body.splitlines()[0]
        assert words(first) & (words(facts.name) | words(facts.full_name) | words(facts.salutation)), first


def test_the_form_of_address_is_the_one_they_use() -> None:
    shown = 0
    for owner, finding, _, letter in letters(ReasonKind.RECONNECT):
        formal, informal = FORMAL.get(letter.language), INFORMAL.get(letter.language)
        mails = sorted((m for m in _messages(finding) if m.date), key=lambda m: m.date or 0, reverse=True)
        theirs = [m.new_text for m in mails if m.from_ and m.from_.email in finding.contact.emails]
        used = next((use for text in theirs if formal and (use := _use(text, formal, informal or ""))), "")
        body = letter.body
        for text in told_by_the_user(owner, finding).splitlines():
            body = body.replace(text.rstrip("."), " ") if text.strip() else body
        if used and formal and informal:
            assert not re.findall(informal if used == "formal" else formal, body), (finding.contact.name, body)
            shown += 1
    assert shown >= 5


def _use(text: str, formal: str, informal: str) -> str:
    """Which form a mail uses, if it uses one only."""
    yes, no = bool(re.search(formal, text)), bool(re.search(informal, text))
    return "" if yes == no else "formal" if yes else "informal"


def test_nothing_stops_a_letter_with_its_needed_facts() -> None:
    for _, finding, facts, letter in letters(ReasonKind.RECONNECT):
        stops = [a.rule for a in check(letter, facts, finding, today=TODAY) if a.level is Level.STOP]
        assert stops in ([], ["anchors"]), finding.contact.name
        assert stops == [] or finding.thread is None
