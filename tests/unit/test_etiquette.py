"""Each rule from both sides: a good letter keeps all of them, and one change breaks just the one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thread_finder.model import (
    Address,
    Advice,
    Contact,
    Finding,
    History,
    Kind,
    Letter,
    Level,
    Message,
    Owner,
    PartialDate,
    Reason,
    ReasonKind,
    Thread,
    Update,
    Verdict,
)
from thread_finder.writing.etiquette import NUMBERS, RULES, check, unknown
from thread_finder.writing.facts import Facts, Occasion
from thread_finder.writing.gathering import gather
from thread_finder.writing.language import LANGUAGES, lexicon
from thread_finder.writing.reading import count_words, grade, sentences
from thread_finder.writing.rules import Rule
from thread_finder.writing.rules_of_content import lengths_of_time
from thread_finder.writing.rules_of_form import sameness

TODAY = date(2026, 11, 24)
ADA, JANE = Address("ada@marsh.example", "Ada Marsh"), Address("jane@doe.example", "Jane Doe")
OWNER = Owner(
    "Ada Marsh",
    (ADA.email,),
    introduction={"": "the film student who was interning at Harbour Radio"},
    updates=(Update(date(2026, 9, 1), {"": "I started as an editor at Lantern Pictures"}),),
)
CONTACT = Contact("Jane Doe", (JANE.email,), met_how="coffee", source="contacts.toml:3")
MAILS = (
    Message("1", "<1@x.example>", datetime(2023, 7, 3, tzinfo=UTC), ADA, (JANE,), new_text="Dear Jane,\n\nCoffee?"),
    Message("2", "<2@x.example>", datetime(2023, 7, 4, tzinfo=UTC), JANE, (ADA,), new_text="Gladly.\n\nBest,\nJane"),
)
GOOD: Mapping[str, str] = {
    "greeting": "Hi Jane,",
    "introduction": "I'm the film student who was interning at Harbour Radio. We met for coffee in July 2023.",
    "update": "A lot has happened here since. I started as an editor at Lantern Pictures. I cut short films about people "
    "who mend old boats, and I like it more than I thought I would.",
    "remember": "You told me that one should learn to edit first, and I still think of it on most days.",
    "reason": "There is nothing I need. I wanted to say hello and to hear how things are with you and your films.",
    "closing": "All the best,",
}


@dataclass(frozen=True)
class Draft:
    """A letter to be checked; the good one, where nothing else is said."""

    parts: Mapping[str, str] = field(default_factory=dict)
    order: Sequence[str] = tuple(GOOD)
    subject: str = "Re: Coffee"
    language: str = "en"
    contact: Contact = CONTACT
    owner: Owner = OWNER
    occasion: Occasion = field(default_factory=Occasion)
    finding: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    batch: tuple[Letter, ...] = ()

    @property
    def letter(self) -> Letter:
        parts = {**GOOD, **self.parts}
        return Letter(self.subject, tuple((name, parts[name]) for name in self.order), self.language)

    @property
    def found(self) -> Finding:
        return replace(
            Finding(self.contact, Verdict.REPLY, 0.9, Kind.THANK_YOU, Thread("t", MAILS), reply_to=JANE,
                    met_on=PartialDate(date(2023, 7, 11))),
            **self.finding,
        )  # fmt: skip

    @property
    def gathered(self) -> Facts:
        facts = gather(self.found, self.owner, today=TODAY, occasion=self.occasion)
        return replace(facts, **self.facts)

    def advice(self, **options: Any) -> tuple[Advice, ...]:
        return check(self.letter, self.gathered, self.found, today=TODAY, batch=self.batch, **options)

    def rules(self, **options: Any) -> set[str]:
        return {advice.rule for advice in self.advice(**options)}


def because(kind: ReasonKind, text: str = "your film won in Leipzig", on: date | None = None) -> Contact:
    return replace(CONTACT, reason=Reason(kind, text, on=on))


def asked(reason: str, kind: ReasonKind = ReasonKind.CATCH_UP, **more: Any) -> Draft:
    return Draft({"reason": reason}, contact=because(kind), **more)


SHORT = {"update": "I started as an editor at Lantern Pictures.", "remember": "", "reason": "I wanted to say hello."}
LONG = " ".join(["I cut a short film each month, and I like it."] * 8)
ONCE = Occasion(history=History(interactions=1))
WARM = Occasion(history=History(interactions=3, gives=2))
A_CALL = "Would you like to talk on the phone for 15 minutes? No hurry at all, only if it suits you."

# For each rule: a letter that breaks it, and (beside the good one) a near one that keeps it.
BROKEN: Mapping[str, Draft] = {
    "reintroduction": Draft({"introduction": "The leaves fall. It rains a lot. " + GOOD["introduction"]}),
    "anchors": Draft({"introduction": "I'm the film student who was interning at Harbour Radio. Hello again."}),
    "update": Draft({"update": ""}),
    "reason": Draft({"reason": ""}),
    "own-ask": asked("Could you read my script? No hurry at all.", ReasonKind.ASK, occasion=WARM),
    "attachment": asked("I attach her résumé for you: Orla Finn looks for work. If not, never mind.", ReasonKind.PAY_FORWARD),
    "unsure-thread": Draft(finding={"threshold": 0.95}),
    "order": Draft(order=("greeting", "introduction", "reason", "update", "remember", "closing")),
    "updates": Draft(facts={"updates": ("I moved", "I wed", "I won")}),
    "one-ask": asked(A_CALL + " Could you also send me your book? Would you mind asking your friend Tom as well?"),
    "early-ask": asked(
        "Could you read my script? Your grant ends in May, so it cannot wait. No hurry at all.", ReasonKind.ASK,
        occasion=ONCE, finding={"thread": Thread("t", (replace(MAILS[1], date=datetime(2026, 10, 1, tzinfo=UTC)),))},
        facts={"updates": OWNER.updates, "lapsed": True},
    ),
    "favour-words": Draft({"reason": "I wanted to say hello. Perhaps you know of a job opening, or a referral for me."}),
    "gives": asked(A_CALL, occasion=Occasion(history=History(interactions=5, asks=2, gives=1))),
    "ask-size": asked("Would you like to talk on the phone for 45 minutes? No hurry at all, only if it suits you."),
    "video": asked("Would you like a video call of 15 minutes some day? No hurry at all, only if it suits you."),
    "stale-news": Draft(contact=because(ReasonKind.NEWS, on=TODAY - timedelta(days=31))),
    "undated-news": Draft(contact=because(ReasonKind.NEWS)),
    "whom-for": Draft({"reason": "A friend of mine looks for work with a crew. If it does not suit you, never mind."},
                      contact=because(ReasonKind.PAY_FORWARD, "a friend looks for work")),
    "silent-attachment": Draft(occasion=Occasion(attached=("cv.pdf",))),
    "recently-in-touch": Draft(
        finding={"thread": Thread("t", (replace(MAILS[1], date=datetime(2026, 11, 10, tzinfo=UTC)),))},
    ),
    "recipient": Draft(finding={"reply_to": Address("jane@elsewhere.example", "Jane Doe")}),
    "flattery": Draft({"remember": "Your film is amazing and you are such an inspiration to all of us here."}),
    "apologies": Draft({"reason": "I am sorry for the silence. I feel bad about it. I wanted to hear how you are doing."}),
    "guilt": Draft({"reason": "I am still waiting to hear from you, and I wanted to say hello to you and your films."}),
    "presumption": Draft({"reason": "I wanted to say hello to you. When can we meet and talk about your next film?"}),
    "easy-out": asked("Would you like to talk on the phone for 15 minutes about your next film and mine?"),
    "undersell": Draft({"reason": "You may not remember me. I wanted to say hello and to hear how things are with you."}),
    "oversell": Draft({"reason": "I miss you. I wanted to say hello and to hear how things are with you and yours."}),
    "vague-ask": Draft({"reason": "I wanted to say hello and to touch base with you about your films and all else."}),
    "thanks-in-advance": Draft({"reason": "There is nothing I need, I only wanted to say hello. Thanks in advance for all."}),
    "placeholder": Draft({"reason": "I wanted to say hello and to hear how things are at [company], and with you there."}),
    "greeting": Draft({"greeting": "Hi there,"}),
    "too-long": Draft({"update": GOOD["update"] + " " + LONG * 3}),
    "long": Draft({"update": GOOD["update"] + " " + LONG}),
    "short": Draft(SHORT),
    "length": Draft({"remember": "", "update": SHORT["update"] + " I like it more than I thought I would, and it likes me."}),
    "grade": Draft({"reason": "Notwithstanding considerable organisational difficulties, international cinematography "
                              "nevertheless necessitates extraordinarily sophisticated collaborative preparation."}),
    "questions": Draft({"reason": "How are you? How is the new film? Is the old studio still there? I wanted to say hello."}),
    "name-spelling": Draft({"greeting": "Hi Jayne,"}, contact=replace(CONTACT, name="Jayne Doe"),
                           finding={"thread": Thread("t", (replace(MAILS[1], new_text="Gladly."),))}),
    "sign-off": Draft({"closing": ""}),
    "shouting": Draft(subject="HELLO MY FRIEND", finding={"verdict": Verdict.NEW_THREAD}),
    "subject": Draft(subject="Hello", finding={"verdict": Verdict.NEW_THREAD}),
    "mixed-language": Draft(facts={"foreign": (("updates", "de"),)}),
    "language": Draft(
        contact=replace(CONTACT, language="en"),
        finding={"thread": Thread("t", (replace(
            MAILS[1], new_text="Sehr gern, ich freue mich auf den Kaffee und bin um drei Uhr in der Stadt.\n\nJane"),))},
    ),
    "sameness": Draft(batch=(Draft({"closing": "Best wishes,"}).letter,)),
}  # fmt: skip
KEPT: Mapping[str, Draft] = {
    "reintroduction": Draft({"introduction": "Ada here, and it rains. " + GOOD["introduction"]}),
    "anchors": Draft({"introduction": "I'm the film student who was interning at Harbour Radio. We met over coffee."}),
    "own-ask": asked("Could you read my script? The grant ends in May. No hurry otherwise.", ReasonKind.ASK,
                     occasion=replace(WARM, timely="the grant ends in May")),
    "attachment": asked("I attach her résumé: Orla Finn looks for work. If it does not suit you, never mind.",
                        ReasonKind.PAY_FORWARD, occasion=Occasion(attached=("orla.pdf",))),
    "unsure-thread": Draft(finding={"threshold": 0.9}),
    "one-ask": asked(A_CALL),
    "early-ask": asked("Could you read my script? No hurry at all, only if it suits you.", ReasonKind.ASK, occasion=WARM),
    "favour-words": Draft(BROKEN["favour-words"].parts, occasion=WARM),
    "gives": asked(A_CALL, occasion=Occasion(history=History(interactions=5, asks=1, gives=1))),
    "ask-size": asked("Would you like to talk on the phone for 20 minutes? No hurry at all, only if it suits you."),
    "video": replace(BROKEN["video"], facts={"warm": True}),
    "stale-news": Draft(contact=because(ReasonKind.NEWS, on=TODAY - timedelta(days=30))),
    "whom-for": Draft({"reason": "My friend Orla looks for work with a crew. If it does not suit you, never mind."},
                      contact=because(ReasonKind.PAY_FORWARD, "my friend Orla looks for work")),
    "recipient": Draft(finding={"reply_to": Address("jane+news@doe.example")}),
    "flattery": Draft({"remember": "Your film is amazing, and I still think of it on most days of the week."}),
    "apologies": Draft({"reason": "I am sorry for the silence. I wanted to hear how you are doing there with your films."}),
    "easy-out": asked(A_CALL),
    "thanks-in-advance": asked(A_CALL + " Thanks in advance."),
    "placeholder": Draft({"reason": "I wanted to say hello, and to hear how things are with you … and with your films."}),
    "length": Draft(),
    "name-spelling": Draft(contact=replace(CONTACT, name="Bob Doe"), parts={"greeting": "Hi Bob,"},
                           finding={"thread": Thread("t", (replace(MAILS[1], new_text="Gladly."),))}),
    "shouting": Draft(subject="RE: COFFEE"),
    "subject": Draft(subject="Hello from Ada", finding={"verdict": Verdict.NEW_THREAD}),
    "sameness": Draft(batch=(Draft({
        "introduction": "It's Ada, once of Harbour Radio.", "remember": "Your advice on pauses helped me a lot.",
        "update": "I started as an editor at Lantern Pictures.", "reason": "May I hear what keeps you busy these days?",
    }).letter,)),
}  # fmt: skip


def test_a_good_letter_keeps_every_rule() -> None:
    assert Draft().advice() == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_letter_that_breaks_a_rule_is_told_so(rule: Rule) -> None:
    name = rule.name
    advice = [advice for advice in BROKEN[name].advice() if advice.rule == name]
    assert [a.level for a in advice] == [rule.level]
    assert advice[0].message
    assert not advice[0].message.endswith(".")


@pytest.mark.parametrize("name", KEPT)
def test_a_letter_that_is_near_the_edge_keeps_the_rule(name: str) -> None:
    assert name not in KEPT[name].rules()


@pytest.mark.parametrize("name", [name for name in BROKEN if name not in ("too-long", "short")])
def test_a_broken_rule_breaks_few_others(name: str) -> None:
    """Advice that comes in heaps is not read."""
    assert len(BROKEN[name].rules() - {"length"}) <= 3


# --- levels and numbers -----------------------------------------------------------------------------


def test_a_rule_can_be_switched_off_and_given_another_level() -> None:
    guilt = BROKEN["guilt"]
    assert guilt.rules(rules={"guilt": None}) == set()
    assert [a.level for a in guilt.advice(rules={"guilt": Level.STOP})] == [Level.STOP]


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_counts(name: str) -> None:
    """Some letter is judged otherwise when the number is another."""
    drafts = [*BROKEN.values(), *KEPT.values()]
    if name == "questions":
        drafts = [asked(A_CALL)]
    changed = (0.0, 1.0, 1000.0, 5.0, -99.0)
    assert any(draft.rules() != draft.rules(numbers={name: value}) for draft in drafts for value in changed)


def test_for_important_people_warnings_stop() -> None:
    levels = {a.rule: a.level for a in Draft(BROKEN["guilt"].parts, order=(*GOOD,)).advice(vip=True)}
    assert levels == {"guilt": Level.STOP}
    assert [a.level for a in BROKEN["length"].advice(vip=True)] == [Level.HINT]


def test_the_gravest_comes_first() -> None:
    levels = [a.level for a in Draft({**BROKEN["guilt"].parts, "greeting": "Hi,", "remember": ""}).advice()]
    assert levels == sorted(levels, key=list(Level).index)
    assert levels[0] is Level.STOP


def test_unknown_names_are_told_with_what_was_meant() -> None:
    assert unknown([rule.name for rule in RULES], NUMBERS) == ()
    assert [str(problem) for problem in unknown(["gilt"], ["longst"])] == [
        "[etiquette.rules] gilt: no such rule (did you mean guilt?)",
        "[etiquette.numbers] longst: no such number (did you mean longest?)",
    ]
    assert "known are" in str(unknown(["zzz"])[0])


# --- follow-ups and rewritten letters ---------------------------------------------------------------


def follow_up(text: str) -> Draft:
    occasion = Occasion("follow-up", history=History(wrote_on=TODAY - timedelta(days=10)))
    return Draft({"reason": text}, order=("greeting", "reason", "closing"), occasion=occasion)


def test_a_follow_up_is_short_and_repeats_nothing() -> None:
    assert follow_up("I wrote to you the other week. No reply is needed; I wish you a good winter.").rules() == set()


def test_a_follow_up_blames_nobody_and_leaves_a_way_out() -> None:
    assert follow_up("I haven't heard back from you. I wish you a good winter.").rules() == {"guilt", "easy-out"}


def test_the_users_own_words_need_no_parts() -> None:
    own = Letter("Re: Coffee", (("text", "\n\n".join(GOOD.values()).replace("film student", "filmmaker")),), "en")
    draft = Draft()
    assert check(own, draft.gathered, draft.found, today=TODAY) == ()


def test_what_they_said_is_not_held_against_the_owner() -> None:
    quote = "“I'm sorry to say it, you must edit first, asap, you never regret it, I am so sorry.”"
    told = replace(CONTACT, remember=quote)
    assert Draft({"remember": f"You wrote to me then: {quote} I have done so."}, contact=told).rules() == set()


# --- the words of each language ---------------------------------------------------------------------

OF_WORDS = {"flattery": "flattery", "apology": "apologies", "guilt": "guilt", "presumption": "presumption",
            "job": "favour-words", "undersell": "undersell", "oversell": "oversell", "vague": "vague-ask"}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_words_that_rules_listen_for(language: str) -> None:
    known, english = lexicon(language), lexicon("en")
    assert set(known.phrases) == set(english.phrases)
    assert all(known.phrases.values())
    assert {15, 30, 60} <= set(known.durations.values())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", OF_WORDS)
def test_every_phrase_of_every_language_is_heard(kind: str, language: str) -> None:
    for phrase in lexicon(language).phrases[kind]:
        text = f"{phrase}。{phrase}。" if language == "ja" else f"{phrase}. {phrase}!"
        assert OF_WORDS[kind] in Draft({"reason": text}, language=language).rules(), phrase


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("a 15-minute call", {15}),
        ("15 minutes", {15}),
        ("an hour and 5 min", {5}),
        ("2 hours", {120}),
        ("no time", set()),
    ],
)
def test_the_size_of_an_ask_is_read(text: str, minutes: set[int]) -> None:
    assert minutes <= set(lengths_of_time(text, lexicon("en"), "en"))
    assert bool(minutes) == bool(lengths_of_time(text, lexicon("en"), "en"))


# --- counting ---------------------------------------------------------------------------------------


def test_words_and_sentences_are_counted_as_people_do() -> None:
    assert count_words("Hi Jane, it's me.") == 4
    assert count_words("山田様、ご無沙汰しております。") == 6
    assert sentences("Dear Dr. Doe, hello. See https://x.example/a.b?c=1! Bye") == [
        "Dear Dr. Doe, hello.", "See https://x.example/a.b?c=1!", "Bye",
    ]  # fmt: skip
    assert len(sentences("お久しぶりです。お元気ですか？ では。")) == 3


def test_the_grade_knows_hard_from_easy() -> None:
    assert grade("I saw your film. It was good. I like it a lot.") < 2
    assert grade(BROKEN["grade"].parts["reason"]) > 15
    assert grade("I met Bartholomew in Constantinople.") < 5, "names are long without being hard"
    assert grade("") == 0


@given(st.text(max_size=400))
def test_any_text_can_be_counted(text: str) -> None:
    assert count_words(text) >= 0
    assert isinstance(grade(text), float)
    assert all(sentence.strip() for sentence in sentences(text))


@pytest.mark.parametrize(
    ("body", "other", "alike"),
    [
        ("I learned about boats and timber from your stories by the harbour, and still build them.", None, True),
        ("お久しぶりです。運河沿いの工房で教えていただいた調律の話を今でも思い出します。", None, True),
        (
            "I learned about boats and timber from your stories by the harbour, and still build them.",
            "Your lecture on copyright changed the contracts that our museum writes with young painters.",
            False,
        ),
    ],
)
def test_letters_are_compared_by_the_words_that_matter(body: str, other: str | None, alike: bool) -> None:
    language = "ja" if "で" in body else "en"
    one, two = (Letter("", (("reason", text),), language) for text in (body, other or body))
    assert (sameness(one, [two], Draft().gathered) > 0.6) is alike
    assert sameness(one, [Letter("", two.parts, "fr")], Draft().gathered) == 0


def test_the_users_own_news_may_stand_in_every_letter() -> None:
    one = Letter("", (("update", "I started as an editor at Lantern Pictures"),), "en")
    assert sameness(one, [one], Draft().gathered) == 0
