"""Sixty people whom Nora met over the years: who they are, the old mail with them, and how they will behave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum

ME, ALIAS = "nora@fjord.example", "nora.lind@old-school.example"
ZONE = timezone(timedelta(hours=1))


class Ways(StrEnum):
    """What a person does about a letter."""

    ANSWERS = "answers in the thread"
    ELSEWHERE = "answers in a mail of their own"
    OTHER_ADDRESS = "answers from another address"
    UNKNOWN = "answers from an address that nobody knew"
    AWAY = "is out of office, and never answers"
    AWAY_FIRST = "is out of office, and answers after the follow-up's day"
    SILENT = "never answers"
    DEAD = "has left: the mail comes back"
    MOVED = "has left, but there is another address"
    LATE = "answers months later"
    ROBOT = "has only their calendar answer"
    BINNED = "answers, and the answer is thrown away"
    WRITES = "writes by themselves in spring, and answers"
    FORBIDDEN = "is marked do_not_contact"


COUNTS = {
    Ways.ANSWERS: 10,
    Ways.ELSEWHERE: 6,
    Ways.OTHER_ADDRESS: 6,
    Ways.UNKNOWN: 3,
    Ways.AWAY: 4,
    Ways.AWAY_FIRST: 3,
    Ways.SILENT: 9,
    Ways.DEAD: 3,
    Ways.MOVED: 4,
    Ways.LATE: 4,
    Ways.ROBOT: 2,
    Ways.BINNED: 2,
    Ways.WRITES: 2,
    Ways.FORBIDDEN: 2,
}
FIRST = (
    "Amina Boris Carla Dario Elsa Farid Greta Hamid Ines Jonas Karin Luca Mira Nils Olga Paolo Rosa Sven Tara Umar"
).split()
LAST = "Abendroth Bellini Castel".split()
PLACES = "harbour museum theatre archive studio library observatory mill foundry orchard bakery press".split()
TOPICS = "sound maps kites tides glass bridges seeds clocks poems knots".split()


@dataclass(frozen=True)
class Person:
    """One contact. The first address is the one of the old mail."""

    number: int
    name: str
    emails: tuple[str, ...]
    ways: Ways

    @property
    def topic(self) -> str:
        return f"{TOPICS[self.number % len(TOPICS)]} and {PLACES[self.number % len(PLACES)]}s"

    @property
    def subject(self) -> str:
        return f"Coffee about {self.topic}"

    @property
    def met(self) -> datetime:
        return datetime(2019 + self.number % 6, 1 + self.number % 12, 3 + self.number % 20, 10, tzinfo=ZONE)

    def entry(self) -> str:
        """As contacts.toml has it."""
        emails = ", ".join(f'"{email}"' for email in self.emails)
        lines = [f'[[contact]]\nname = "{self.name}"\nemails = [{emails}]']
        lines.append(f'introduction = "the student who drew {self.topic}"\ntopic = "{self.topic}"')
        lines.append(f'met_how = "for coffee at the {PLACES[self.number % len(PLACES)]}"')
        lines.append("do_not_contact = true" if self.ways is Ways.FORBIDDEN else "")
        return "\n".join(lines) + "\n"

    def old_mail(self) -> list[bytes]:
        """How they met: asked, agreed, thanked."""
        first, day = self.emails[0], timedelta(days=1)
        place = PLACES[self.number % len(PLACES)]
        ids = [f"<{self.number}.{part}@old.example>" for part in "abcd"]
        ask = f"would you have half an hour for a coffee on {self.met:%A}? I would love to hear about {self.topic}."
        yes = f"{self.met:%A} at 10 works for me, at the {place}."
        thanks = "thank you so much for taking the time to meet me yesterday. "
        thanks += f"What you said about {self.topic} helped a lot."
        welcome = "it was a pleasure to meet you. Keep in touch!"
        ask, thanks = (f"Dear {self.name},\n\n{text}\n\nNora" for text in (ask, thanks))
        yes, welcome = (f"Dear Nora,\n\n{text}\n\n{self.name}" for text in (yes, welcome))
        return [
            mail(ME, first, self.subject, ask, self.met - 5 * day, ids[0]),
            mail(first, ME, f"Re: {self.subject}", yes, self.met - 4 * day, ids[1], answers=ids[:1]),
            mail(ME, first, f"Re: {self.subject}", thanks, self.met + day, ids[2], answers=ids[:2]),
            mail(first, ME, f"Re: {self.subject}", welcome, self.met + 2 * day, ids[3], answers=ids[:3]),
        ]


def everybody() -> list[Person]:
    """The sixty, always the same."""
    ways = [way for way, count in COUNTS.items() for _ in range(count)]
    people = []
    for number, way in enumerate(ways):
        name = f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST)]}"
        local = name.lower().replace(" ", ".")
        company = f"firm{number}.example"
        emails = [f"{local}@{company}"]
        if way in {Ways.OTHER_ADDRESS, Ways.MOVED}:
            emails.append(f"{local}@home.example")
        people.append(Person(number, name, tuple(emails), way))
    return people


def mail(
    sender: str,
    to: str,
    subject: str,
    text: str,
    when: datetime,
    id: str,
    *,
    answers: list[str] | None = None,
    **fields: str,
) -> bytes:
    """A message as bytes; ``answers`` are the ids of its References."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"], message["Message-ID"] = format_datetime(when), id
    if answers:
        message["In-Reply-To"], message["References"] = answers[-1], " ".join(answers)
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text + "\n")
    return message.as_bytes()


def report(on: str, address: str, when: datetime) -> bytes:
    """The delivery report on the mail with the Message-ID ``on``: there is no such address."""
    lines = f"""\
From: Mail Delivery <mailer-daemon@{address.partition("@")[2]}>
To: {ME}
Subject: Undeliverable
Date: {format_datetime(when)}
Message-ID: <report.{when.timestamp():.0f}.{address}>
References: {on}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=-part"

--=-part
Content-Type: text/plain

Your message to {address} could not be delivered.
--=-part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1

--=-part--
"""
    return lines.replace("\n", "\r\n").encode()
