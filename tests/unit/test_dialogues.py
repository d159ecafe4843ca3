"""The day two people met, in short dialogues of many styles (dialogues.txt), as a careful reader takes it from each.

A dialogue begins with "# language day" (the day, the month, or None where no meeting is told). Its mails are of 2025,
"M" by the owner and "T" by the contact, with the hour where it matters; "S" is a subject, "---" begins another thread.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from thread_finder.finding.find import find
from thread_finder.finding.lexicon import languages
from thread_finder.model import Address, Contact, Message, Owner, Thread

ME, TESS = Address("ida@marl.example", "Ida Marl"), Address("tess@quince.example", "Tess Quince")
MAIL = re.compile(r"([MT]) (\d\d)-(\d\d) (?:(\d\d):(\d\d) )?(.*)")
TOLD = re.split(r"^# ", (Path(__file__).parent / "dialogues.txt").read_text("utf-8"), flags=re.MULTILINE)[1:]


def read_thread(told: str, name: str) -> Thread:
    lines = told.strip().splitlines()
    subject = lines.pop(0)[2:] if lines[0].startswith("S ") else ""
    messages: list[Message] = []
    for number, line in enumerate(lines):
        found = MAIL.fullmatch(line)
        assert found, line
        who, month, day, hour, minute, text = found.groups()
        messages.append(
            Message(
                id=f"{name}{number}",
                message_id=f"<{name}{number}@marl.example>",
                date=datetime(2025, int(month), int(day), int(hour or 10), int(minute or number), tzinfo=UTC),
                from_=ME if who == "M" else TESS,
                to=(TESS if who == "M" else ME,),
                subject=f"Re: {subject}" if number else subject,
                references=tuple(message.message_id for message in messages),
                new_text=text,
            )
        )
    return Thread(name, tuple(messages))


@pytest.mark.parametrize("told", TOLD)
def test_the_day_that_a_careful_reader_takes_from_it(told: str) -> None:
    heading, _, mails = told.partition("\n")
    language, day = heading.split()
    threads = tuple(read_thread(part, f"t{number}-") for number, part in enumerate(mails.split("\n---\n")))
    found = find(Contact("Tess Quince", (TESS.email,), language=language), Owner("Ida Marl", (ME.email,)), threads)
    assert str(found.met_on) == day


def test_every_language_has_dialogues() -> None:
    assert {told.split()[0] for told in TOLD} == set(languages())
