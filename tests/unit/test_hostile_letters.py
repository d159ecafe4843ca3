"""Hostile text in every field of a letter (hazards A1, A5, A6, A7, A12): no header, markup, template or control."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy

import pytest

from thread_finder.app.letters import Stationery, Wishes, Written, write
from thread_finder.cli.show_letter import show_written
from thread_finder.errors import RefusedError
from thread_finder.model import (
    Address,
    Contact,
    Finding,
    Kind,
    Letter,
    Message,
    Owner,
    PartialDate,
    Reason,
    ReasonKind,
    Thread,
    Update,
    Verdict,
)
from thread_finder.writing.render import Templates, shipped_templates

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ADA, JANE = Address("ada@marsh.example", "Ada Marsh"), Address("jane@doe.example", "Jane Doe")
PAYLOADS = {
    "header": "x\r\nBcc: evil@evil.example\r\n\r\nhello",
    "encoded header": "=?utf-8?q?x=0D=0ABcc:_evil=40evil.example?=",
    "escape": "x\x1b]52;c;ZXZpbA==\x07\x1b[31mred\x9b31m",
    "bidi": "x\u202egnirts\u2066y\u2028z",
    "carriage return": "harmless\rhidden",
    "sum": "x {{ 7*7 }} y",
    "code": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "loop": "{% for i in range(10**9) %}x{% endfor %}",
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "link": '<a href="javascript:alert(1)">here</a>',
    "rich": "[bold red]x[/bold] [/nothing]",
    "layout": "\\\n- one\n- two\ue000\ue001\ue002\ue003\ue004",
    "long": "word " * 4000,
}
LONG = ("introduction", "how", "topic", "introduced by", "remember", "reason", "link", "update", "owner's name")
HEADERS = {"From", "To", "Date", "Message-ID", "Subject", "In-Reply-To", "References", "MIME-Version", "Content-Type"}


def mail(**fields: object) -> Message:
    text = "Gladly.\n\nBest,\nJane"
    found = Message(
        "1", "<1@x.example>", datetime(2023, 7, 4, tzinfo=UTC), JANE, (ADA,), subject="Coffee", text=text,
        new_text=text, html="<p>Gladly.</p>",
    )  # fmt: skip
    return replace(found, **fields)  # type: ignore[arg-type]


def contact(**fields: object) -> Contact:
    met = PartialDate(date(2023, 7, 11))
    found = Contact("Jane Doe", (JANE.email,), "the student", met, "in your studio", source="contacts.toml:1")
    return replace(found, **fields)  # type: ignore[arg-type]


def owner(**fields: object) -> Owner:
    found = Owner("Ada Marsh", (ADA.email,), updates=(Update(date(2026, 9, 1), {"": "I moved to Quillan"}),))
    return replace(found, **fields)  # type: ignore[arg-type]


def news(text: str, link: str = "") -> Contact:
    return contact(reason=Reason(ReasonKind.NEWS, text, link, date(2026, 11, 20)))


FIELDS = {
    "introduction": lambda text: (contact(introduction=text), owner(), mail()),
    "how": lambda text: (contact(met_how=text), owner(), mail()),
    "topic": lambda text: (contact(topic=text), owner(), mail()),
    "introduced by": lambda text: (contact(introduced_by=text), owner(), mail()),
    "remember": lambda text: (contact(remember=text), owner(), mail()),
    "reason": lambda text: (news(text), owner(), mail()),
    "link": lambda text: (news("you won", text), owner(), mail()),
    "contact's name": lambda text: (contact(name=f"Jane {text}"), owner(), mail()),
    "owner's name": lambda text: (contact(), owner(name=f"Ada {text}"), mail()),
    "signature": lambda text: (contact(), owner(signature=text), mail()),
    "update": lambda text: (contact(), owner(updates=(Update(date(2026, 9, 1), {"": text}),)), mail()),
    "their header name": lambda text: (contact(), owner(), mail(from_=Address(JANE.email, text))),
    "their signature": lambda text: (contact(), owner(), mail(new_text=f"Gladly.\n\nBest,\n{text}")),
    "subject": lambda text: (contact(), owner(), mail(subject=text)),
    "old mail": lambda text: (contact(), owner(), mail(text=text, new_text=text)),
    "old mail's HTML": lambda text: (contact(), owner(), mail(html=f"<p>{text}</p>")),
    "message id": lambda text: (contact(), owner(), mail(message_id=f"<1@x.example>{text}")),
}


def written(field: str, payload: str, *, new: bool = False) -> Written:
    who, owns, old = FIELDS[field](payload)
    finding = Finding(who, Verdict.REPLY, 0.9, Kind.THANK_YOU, Thread("t", (old,)), old, reply_to=JANE, reply_from=ADA)
    if new:
        finding = replace(finding, verdict=Verdict.NEW_THREAD, thread=None, parent=None, kind=None)
    return write(
        finding, Stationery(owns, Templates(shipped_templates()), NOW), Wishes(), message_id="<new@marsh.example>"
    )


@pytest.mark.parametrize("name", PAYLOADS)
@pytest.mark.parametrize("field", FIELDS)
def test_hostile_text_stays_text(field: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for new in (False, True):
        try:
            letter = written(field, PAYLOADS[name], new=new)
        except RefusedError:  # no name to greet with, or more words than a letter holds
            assert field in ("contact's name", *LONG)
            continue
        check_headers(letter.raw)
        check_body(letter)
        show_written(letter)
        check_screen(capsys.readouterr().out)


def check_headers(raw: bytes) -> None:
    message = message_from_bytes(raw, policy=policy.default)
    assert set(message.keys()) <= HEADERS
    assert len(message.keys()) == len(set(message.keys())), "no header stands twice"
    assert [a.addr_spec for a in message["To"].addresses] == [JANE.email]
    assert [a.addr_spec for a in message["From"].addresses] == [ADA.email]
    assert message["Message-ID"] == "<new@marsh.example>"
    assert not re.search(r"[\x00-\x1f\x7f]", str(message["Subject"]))
    assert all(len(line) < 999 for line in raw.split(b"\n"))


def check_body(letter: Written) -> None:
    assert not re.search(r"49|[\ue000-\ue004]", letter.letter.body)
    for text in (letter.text, letter.html, letter.letter.subject):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text.replace("\r\n", "\n"))
    assert not re.search(r"<script|<img|<[^>]*\son\w+=|<a [^>]*javascript:", letter.html, re.IGNORECASE)
    assert isinstance(letter.letter, Letter)


def check_screen(shown: str) -> None:
    assert "\x1b" not in shown
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)


@pytest.mark.parametrize("field", ["introduction", "how", "remember", "reason", "update"])
def test_a_template_in_a_field_is_literal_and_stops_the_letter(field: str) -> None:
    letter = written(field, PAYLOADS["sum"])
    assert "{{ 7*7 }}" in letter.letter.body
    assert "placeholder" in {advice.rule for advice in letter.stops(frozenset())}


def test_markup_in_a_field_is_shown_as_it_was_typed() -> None:
    letter = written("reason", "you like <b>bold</b> & “quotes”")
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; “quotes”" in letter.html
    assert "<b>bold</b> & “quotes”" in letter.text
