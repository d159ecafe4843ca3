"""An invented mailbox of 50,000 messages with 1,000 people in it, as an mbox; the same one each time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

OWNER = "robin@inkwell.example"
PEOPLE = 1_000
MESSAGES = 50_000
_FIRST = (
    "Ada Ben Cleo Dov Elsa Finn Gus Hana Ivo June Kit Lena Milo Nora Otto Pia Quinn Rosa Sam Tove Uma Vera Wim Yara Zoe"
)
_LAST = (
    "Aldane Brook Carrow Dunmore Eskil Farrow Grell Holm Ingle Jarrow Kestrel Lunde Marsh Norell Orme Pell Quade Rusk"
)
_ASK = "My name is Robin and I study film. Could we meet for a coffee to talk about your work? I am free on {day}."
_YES = "Gladly. {day} at ten in the café by the river works for me."
_THANKS = "Thank you for taking the time to meet me. I enjoyed our conversation and learned a great deal."
_REPLY = "It was good to meet you too. Keep me posted on the film."
_OTHER = (
    "Here is the article I spoke of.",
    "Congratulations on the prize!",
    "Are the proofs with you?",
    "See attached.",
)
_CHAT = ("The rushes are in.", "Shall we move the review?", "Invoice attached.", "Can you look at scene four?", "Done.")
_NEWS = "Our newsletter: films, dates and offers. Unsubscribe at any time. " * 20
_ZONE = ZoneInfo("Europe/Amsterdam")


def person(number: int) -> tuple[str, str]:
    """Name and address of one of the people."""
    first, last = _FIRST.split()[number % 25], _LAST.split()[number // 25 % 18]
    return f"{first} {last}", f"{first}.{last}{number}@people{number % 40}.example".lower()


def write(path: Path) -> int:
    """Write the mailbox; how many messages it holds."""
    chance = random.Random(11)
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for number in range(PEOPLE):
            for raw in _correspondence(number, chance):
                count += 1
                file.write(raw)
        while count < MESSAGES:
            count += 1
            file.write(_everyday(count, chance))
    return count


def _correspondence(number: int, chance: random.Random) -> Iterator[str]:
    """All mail with one person: how two people met, and as often as not something before or after."""
    when = datetime(2016, 1, 4, 9, tzinfo=_ZONE) + timedelta(days=chance.randrange(3000))
    threads = chance.choices((1, 2, 3, 5, 9, 25), (35, 27, 18, 12, 6, 2))[0]
    meeting = chance.randrange(min(threads, 3))
    for place in range(threads):
        if place == meeting:
            day = f"{when + timedelta(days=6):%A}"
            turns = (_ASK.format(day=day), _YES.format(day=day)) + ((_THANKS, _REPLY) if chance.random() < 0.6 else ())
            subject = "A question about your work"
        else:
            turns = tuple(chance.choice(_OTHER) for _ in range(chance.randrange(1, 5)))
            subject = chance.choice(("The article", "Proofs", "News", "Your film")) + f" {place}"
        yield from _thread(number, place, subject, turns, when)
        when += timedelta(days=chance.randrange(20, 200))


def _thread(number: int, place: int, subject: str, turns: tuple[str, ...], when: datetime) -> Iterator[str]:
    name, email = person(number)
    thrid, ids = number * 100 + place + 1, [f"<{number}.{place}.{turn}@mail.example>" for turn in range(len(turns))]
    for turn, text in enumerate(turns):
        us, them = f"Robin Vale <{OWNER}>", f"{name} <{email}>"
        head = {"From": them if turn % 2 else us, "To": us if turn % 2 else them}
        head |= {"Subject": ("Re: " if turn else "") + subject, "Message-ID": ids[turn]}
        head |= {"References": " ".join(ids[:turn]), "X-GM-THRID": str(thrid)} if turn else {"X-GM-THRID": str(thrid)}
        head |= {
            "X-Gmail-Labels": "Inbox" if turn % 2 else "Sent",
            "Date": format_datetime(when + timedelta(days=turn)),
        }
        yield _mail(head, text)


def _everyday(count: int, chance: random.Random) -> str:
    """Mail that is nobody's whom one lost touch with: newsletters and colleagues."""
    when = datetime(2016, 1, 4, 9, tzinfo=_ZONE) + timedelta(minutes=chance.randrange(5_000_000))
    head = {"To": f"Robin Vale <{OWNER}>", "Date": format_datetime(when), "Message-ID": f"<{count}@every.example>"}
    head |= {"X-GM-THRID": str(10**7 + count), "X-Gmail-Labels": "Inbox"}
    if chance.random() < 0.5:
        head |= {
            "From": f"News <news@shop{count % 300}.example>",
            "Subject": f"News {count}",
            "List-Unsubscribe": "<x>",
        }
        return _mail(head, _NEWS)
    head |= {"From": f"Colleague <colleague{count % 50}@inkwell.example>", "Subject": f"Scene {count}"}
    return _mail(head, chance.choice(_CHAT))


def _mail(head: dict[str, str], text: str) -> str:
    fields = "".join(f"{name}: {value}\n" for name, value in head.items())
    return f"From - Thu Jan  1 00:00:00 2026\n{fields}Content-Type: text/plain; charset=utf-8\n\n{text}\n\n"
