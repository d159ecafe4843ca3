"""Which mails belong together where no header says so."""

from __future__ import annotations

from thread_finder.mail.threads import Envelope, thread_ids

ME, JANE, BOB = "me@home.example", "jane@x.example", "bob@y.example"
NOON = 1_600_000_000.0
DAY = 86_400.0


def mail(id: str, sender: str, to: str, when: float = NOON, subject: str = "Lunch?", answers: str = "") -> Envelope:
    return Envelope(id, (answers,) if answers else (), subject, sender, frozenset({to}), when)


def test_the_same_words_to_two_people_at_the_same_moment_are_two_threads() -> None:
    """A mail merge gives both the same subject and the same second; each answer goes with its own question."""
    asked = [mail("<j>", ME, JANE), mail("<b>", ME, BOB)]
    answers = [
        mail("<j2>", JANE, ME, NOON + DAY, "Re: Lunch?", "<j>"),
        mail("<b2>", BOB, ME, NOON + DAY, "Re: Lunch?", "<b>"),
    ]
    to_jane, to_bob, from_jane, from_bob = thread_ids([*asked, *answers])
    assert to_jane == from_jane
    assert to_bob == from_bob
    assert to_jane != to_bob


def test_a_copy_under_another_message_id_is_in_the_thread_of_the_first() -> None:
    one, copy = thread_ids([mail("<j>", ME, JANE), mail("<copy>", ME, JANE)])
    assert one == copy
    to_myself, copy = thread_ids([mail("<m>", ME, ME), mail("<copy>", ME, ME)])
    assert to_myself == copy
