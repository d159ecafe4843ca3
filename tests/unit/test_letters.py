"""Letters: every reason, language and kind reads clean, the same each time, whatever the user's own words are."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.letters import TEMPLATES, Sample, samples
from thread_finder.model import ReasonKind
from thread_finder.writing.facts import Facts
from thread_finder.writing.language import LANGUAGES
from thread_finder.writing.render import PARTS, Templates, render

_UNCLEAN = re.compile(
    r"  |[ \t]$|^[ \t]| [,.](?=\s|$)|\.\.|[?!]\.|\.[,;:]|,[,.;:]|:[.,]|None|True|False|[{}%\\]|\( | \)|\(\)"
    r"|「」|。。|、。|。、|[\ue000-\uf8ff]",
    re.MULTILINE,
)
_PAIRS = (("(", ")"), ("«", "»"), ("「", "」"), ("『", "』"), ("（", "）"))


@cache
def letters(language: str) -> tuple[Sample, ...]:
    return tuple(samples(language, 5))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_reads_clean(language: str) -> None:
    for sample in letters(language):
        text = f"{sample.letter.subject}\n{sample.letter.body}"
        found = _UNCLEAN.search(text)
        assert not found, f"{found!r} in {text!r}"
        assert text.count('"') % 2 == 0
        for opening, closing in _PAIRS:
            assert text.count(opening) == text.count(closing), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_has_its_parts(language: str) -> None:
    for sample in letters(language):
        names = tuple(name for name, _ in sample.letter.parts)
        assert names == (PARTS if sample.kind != "follow-up" else ("greeting", "reason", "closing"))
        assert sample.letter.subject
        if sample.kind != "follow-up":
            assert len(sample.letter.body) > len("\n\n".join(text for _, text in sample.letter.parts)) - 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_begin_with_a_capital(language: str) -> None:
    for sample in letters(language):
        for before, after in pairwise(re.findall(r"[^.!?]+[.!?]+|[^.!?]+$", sample.letter.body.replace("\n", " "))):
            start = after.lstrip(" \"'“”«»¿¡(")
            if before.endswith((".", "!", "?")) and after.startswith(" ") and start:
                assert not start[0].islower() or start.startswith("http"), (before, after)


def test_each_kind_says_who_writes_and_where_they_met() -> None:
    for sample in letters("en"):
        if sample.kind == "follow-up":
            continue
        body = sample.letter.body
        assert sample.facts.when in body
        assert sample.facts.topic[1:].rstrip(".") in body
        assert sample.facts.introduced_by in body
        assert all(update[1:].rstrip(".") in body for update in sample.facts.updates)
        assert sample.facts.reason.text[1:].rstrip(".") in body
        assert sample.facts.reason.link in body


def test_a_recap_tells_the_name_in_every_language() -> None:
    for language in LANGUAGES:
        assert all(s.facts.sender in s.letter.body for s in letters(language) if s.kind == "recap")


def test_the_same_contact_gets_the_same_words() -> None:
    for sample in letters("fr")[:40]:
        assert render(sample.facts, TEMPLATES) == sample.letter


def test_another_fact_changes_its_own_sentence_only() -> None:
    for sample in letters("en"):
        if sample.rich and sample.kind == "reply":
            other = render(replace(sample.facts, topic="", introduced_by=""), TEMPLATES)
            assert dict(other.parts)["reason"] == dict(sample.letter.parts)["reason"]
            assert dict(other.parts)["update"] == dict(sample.letter.parts)["update"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ReasonKind)
def test_contacts_get_different_words(language: str, kind: ReasonKind) -> None:
    """From the same facts, most pairs of contacts get letters that differ in more than the name."""
    first = next(s for s in letters(language) if s.rich and s.kind == "reply" and s.facts.reason.kind is kind)
    bodies = [
        dict(render(replace(first.facts, seed=seed), TEMPLATES).parts)["reason"]
        + dict(render(replace(first.facts, seed=seed), TEMPLATES).parts)["introduction"]
        for seed in range(12)
    ]
    assert sum(one != other for one, other in combinations(bodies, 2)) > 50


_words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Co", "Cn")), max_size=60)


@settings(max_examples=60)
@given(language=st.sampled_from(LANGUAGES), number=st.integers(0, 200), words=_words)
def test_any_words_of_the_user_stand_in_the_letter_as_they_are(language: str, number: int, words: str) -> None:
    known = letters(language)
    sample = known[number % len(known)]
    facts: Facts = replace(
        sample.facts, introduction=words, how=words, topic=words, remember=words, updates=(words or "x", words or "x")
    )
    letter = render(replace(facts, reason=replace(facts.reason, text=words)), TEMPLATES)
    bare = " ".join(words.split()).strip(" .!?…。！？,;:、\"'“”«»「」")
    if sample.kind != "follow-up" and len(bare) > 3 and " " not in bare and bare.isalpha() and bare.isascii():
        assert bare.casefold() in letter.body.casefold()
    assert not re.search(r"[\ue000-\uf8ff]", letter.body)
    assert "  " not in letter.body


@pytest.mark.parametrize(
    "hostile", ["{{ 7*7 }}", "{% for x in range(9) %}", "- one\n- two", "line\\\nnext", "\ue000x\ue001\ue002 "]
)
def test_facts_are_never_templates(hostile: str) -> None:
    sample = next(s for s in letters("en") if s.rich and s.kind == "reply")
    letter = render(replace(sample.facts, introduction=hostile, how=hostile, topic=hostile), TEMPLATES)
    shown = " ".join(re.sub("[\ue000-\uf8ff]", "", hostile).split())
    assert letter.body.count(shown) >= 2
    assert len(letter.body.split("\n")) == len(sample.letter.body.split("\n"))


def test_a_users_own_file_goes_before_the_shipped_one_and_is_read_anew_when_it_changes(tmp_path: Path) -> None:
    sample = next(s for s in letters("en") if s.rich and s.kind == "reply")
    own = tmp_path / "en" / "greeting.txt"
    own.parent.mkdir()
    templates = Templates(TEMPLATES.shipped, tmp_path)
    assert render(sample.facts, templates) == sample.letter
    own.write_bytes("\ufeff{# mine #}\r\n- Good day {{ name }},\r\n- Good day, {{ name }},\r\n".encode())
    mine = dict(render(sample.facts, templates).parts)
    assert mine["greeting"].replace("day,", "day") == f"Good day {sample.facts.name},"
    assert mine["reason"] == dict(sample.letter.parts)["reason"]
    own.write_text("Oh, {{ name }}!", encoding="utf-8")
    os.utime(own, ns=(1, 1))
    assert dict(render(sample.facts, templates).parts)["greeting"] == f"Oh, {sample.facts.name}!"
    own.unlink()
    assert render(sample.facts, templates) == sample.letter


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_owners_name_stands_below_unless_the_signature_begins_with_it(language: str) -> None:
    sample = next(s for s in letters(language) if s.kind == "recap" and not s.facts.signs)
    name = sample.facts.sender
    told = {signature: dict(render(replace(sample.facts, signature=signature), TEMPLATES).parts)["closing"]
            for signature in (name, f"{name}\nEditor", "Editor, Lantern Pictures")}  # fmt: skip
    assert not told[name].endswith(name)
    assert told["Editor, Lantern Pictures"].endswith((name, name.split(maxsplit=1)[0]))
    if sample.facts.formal:
        assert not told[f"{name}\nEditor"].endswith(name)


@pytest.mark.parametrize(
    ("language", "how", "set_in"),
    [
        ("en", "NBC's offices", "in August (NBC's offices)"),
        ("en", "at NBC's offices", "in August at NBC's offices"),
        ("de", "Funkhaus, vierter Stock", "im August getroffen (Funkhaus, vierter Stock)"),
        ("es", "la cantina", "en agosto (la cantina)"),
        ("fr", "la cantine", "en août (la cantine)"),
        ("it", "la mensa", "ad agosto (la mensa)"),
        ("nl", "de kantine", "in augustus (de kantine)"),
        ("pt", "a cantina", "em agosto (a cantina)"),
        ("ja", "放送会館", "今年の8月、放送会館にて、"),
    ],
)
def test_a_place_without_a_preposition_stands_in_brackets(language: str, how: str, set_in: str) -> None:
    sample = next(s for s in letters(language) if s.rich and s.number == 1)
    assert set_in in dict(render(replace(sample.facts, how=how, encounter="met"), TEMPLATES).parts)["introduction"]
