"""Gmail's JSON put together again reads like the mail it was made of."""

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gmail_server import mime_payload
from thread_finder.mail.parse import UnreadableMessage, parse_message
from thread_finder.mailboxes.gmail_payload import decoded, mails, needed_files, parsed
from thread_finder.model import Label, Message

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "malformed"


def resource(raw: bytes, labels: tuple[str, ...] = ("INBOX",), number: str = "1") -> dict[str, Any]:
    payload = mime_payload.payload(mime_payload.parse(raw), lambda part_id: f"att-{part_id}")
    return {"id": number, "threadId": "t", "labelIds": list(labels), "internalDate": number, "payload": payload}


def through_gmail(raw: bytes) -> Message:
    thread = {"id": "t", "messages": [resource(raw)]}
    parts = {part.part_id: part.octets for part in mime_payload.parse(raw).walk()}
    fetched = {key: parts[attachment_id.removeprefix("att-")] for key, attachment_id in needed_files(thread)}
    messages, skipped = parsed(mails(thread, fetched), frozenset())
    assert not skipped
    return messages[0]


def compared(message: Message) -> Message:
    return replace(message, id="", thread_id="", labels=frozenset(), html=message.html.replace("\r\n", "\n").strip())


def mail(text: str = "Hello", subject: str = "Hi", **fields: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Søren <s@x.example>", "me@home.example", subject
    message["Message-ID"], message["Date"] = "<1@x.example>", "Tue, 11 Jul 2023 23:30:00 -0700"
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def full() -> EmailMessage:
    message = mail("Grüße\n\n> quoted\n", "Kaffee – 午餐", List_Id="<l.x.example>")
    message.add_alternative("<p>Grüße</p><blockquote class='gmail_quote'>quoted</blockquote>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan für später.pdf")
    calendar = (
        b"BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1\nDTSTART:20230714T090000Z\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    message.add_attachment(calendar, maintype="text", subtype="calendar", filename="invite.ics")
    return message


REPORT = (
    b"From: Mailer-Daemon <mailer-daemon@mx.example>\nTo: me@home.example\nSubject: Undelivered\nMIME-Version: 1.0\n"
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
    b"--b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\n"
    b"Final-Recipient: rfc822; jane@films.example\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
)
JAPANESE = b"From: a@x.example\nContent-Type: text/plain; charset=iso-2022-jp\n\n" + "こんにちは".encode("iso-2022-jp")
KINDS = {
    "plain": mail().as_bytes(),
    "all at once": full().as_bytes(),
    "delivery report": REPORT,
    "latin-1": b"From: a@x.example\nContent-Type: text/plain; charset=iso-8859-1\n\nGr\xfc\xdfe\n",
    "iso-2022-jp": JAPANESE,
    "flowed": b"From: a@x.example\nContent-Type: text/plain; charset=utf-8; format=flowed\n\nOne line \nof two.\n",
    "no type": b"From: a@x.example\nSubject: x\n\nplain words\n",
    "8-bit header": "From: Søren <a@x.example>\nSubject: Grüße\n\nx\n".encode(),
    "only html": b"From: a@x.example\nContent-Type: text/html; charset=utf-8\n\n<p>Hi <b>you</b></p>\n",
}  # fmt: skip


@pytest.mark.parametrize("raw", KINDS.values(), ids=KINDS.keys())
def test_the_parser_sees_the_same(raw: bytes) -> None:
    assert compared(through_gmail(raw)) == compared(parse_message(raw))


@given(
    text=st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n"), max_size=300),
    subject=st.text(st.characters(exclude_categories=["C", "Z"]), max_size=60),
)
def test_any_text_and_subject(text: str, subject: str) -> None:
    raw = mail(text, subject).as_bytes()
    assert compared(through_gmail(raw)) == compared(parse_message(raw))


@pytest.mark.skipif(not DATA.is_dir(), reason="the malformed mail is not here")
def test_malformed_mail_is_read_or_counted() -> None:
    for path in sorted(DATA.rglob("*.eml")) + sorted(DATA.rglob("*.msg")):
        thread = {"id": "t", "messages": [resource(path.read_bytes())]}
        messages, skipped = parsed(mails(thread, {}), frozenset())
        assert len(messages) + skipped == 1, path


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=10,
)
PART = st.fixed_dictionaries(
    {},
    optional={
        "mimeType": st.sampled_from(["text/plain", "multipart/mixed", "text/calendar", "", "x"]),
        "headers": st.lists(
            st.fixed_dictionaries({"name": st.text(max_size=9), "value": st.text(max_size=30)}), max_size=4
        ),
        "body": st.fixed_dictionaries({}, optional={"data": st.text(max_size=20), "size": st.integers(0, 9)}),
        "filename": st.text(max_size=9),
    },
)


@given(PART, st.lists(PART, max_size=3))
def test_no_payload_breaks_the_reader(root: dict[str, Any], parts: list[dict[str, Any]]) -> None:
    thread = {"id": "t", "messages": [{"id": "1", "payload": {**root, "parts": parts}}]}
    messages, skipped = parsed(
        mails(thread, dict.fromkeys((key for key, _ in needed_files(thread)), b"x")), frozenset()
    )
    assert len(messages) + skipped == 1


def test_no_header_can_be_smuggled_in() -> None:
    wicked = {"headers": [{"name": "Subject", "value": "x\r\nBcc: evil@x.example"}, {"name": "A: b\nTo", "value": "y"}]}
    (mail,) = mails({"messages": [{"id": "1", "payload": wicked}]}, {})
    with_headers = parse_message(mail.raw)
    assert with_headers.bcc == ()
    assert with_headers.to == ()


def test_one_message_per_message_id_and_the_living_one() -> None:
    raw = mail().as_bytes()
    thread = {
        "messages": [resource(raw, ("TRASH",), "1"), resource(raw, ("INBOX",), "2"), resource(raw, ("DRAFT",), "3")]
    }
    (message,), _ = parsed(mails(thread, {}), frozenset())
    assert message.labels == {Label.INBOX}


def test_what_cannot_be_read_is_counted() -> None:
    messages, skipped = parsed(
        mails({"messages": [{"id": "1", "payload": {}}, resource(mail().as_bytes(), (), "2")]}, {}), frozenset()
    )
    assert len(messages) + skipped == 2
    assert [m.subject for m in messages][-1] == "Hi"
    with pytest.raises(UnreadableMessage):
        parse_message(b"")


@given(st.text(max_size=50))
def test_base64_never_raises(data: str) -> None:
    assert isinstance(decoded(data), bytes)
