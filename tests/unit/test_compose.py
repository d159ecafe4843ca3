"""A composed letter threads everywhere, keeps every name, and cannot carry a header that nobody wrote."""

import mailbox
import re
from base64 import encodebytes
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.message import Message as MimeMessage
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thread_finder.mail.compose import Attachment, compose, new_message_id
from thread_finder.mail.fields import addr_spec, bare_subject, reply_subject, thread_ids
from thread_finder.mail.fingerprint import fingerprint
from thread_finder.mail.parse import parse_message
from thread_finder.model import Address, Automatic, Letter, Message

ME = Address("soren@studio.example", "Søren Åberg")
THEM = Address("taro@film.example", "山田 太郎")
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=timezone(timedelta(hours=1)))
LETTER = Letter(
    subject="Hello again",
    parts=(
        ("greeting", "Dear Taro,"),
        ("update", "My film is out: https://film.example/watch?v=1&t=2. " + "It took a while. " * 20),
        ("closing", "Warmly,\nSøren"),
    ),
    signature="Søren Åberg\nStudio Example",
)
PARENT = Message(
    id="1",
    message_id="<two@film.example>",
    date=datetime(2023, 7, 11, 15, 4, tzinfo=timezone(timedelta(hours=-4))),
    from_=THEM,
    to=(ME,),
    subject="AW: Re[2]: Kaffee am Dienstag",
    references=("<root@film.example>", "<one@studio.example>"),
    text="It was good to meet you.\n\n> Thank you!",
)


def composed(
    letter: Letter = LETTER, sender: Address = ME, recipient: Address = THEM, parent: Message | None = PARENT
) -> bytes:
    return compose(
        letter, sender=sender, recipient=recipient, date=NOW, message_id="<new@studio.example>", parent=parent
    )


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part(message: MimeMessage, subtype: str) -> str:
    found = next(p for p in message.walk() if p.get_content_type() == f"text/{subtype}")
    payload = found.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def test_reply_carries_the_whole_thread() -> None:
    message = parsed(composed())
    assert message["In-Reply-To"] == "<two@film.example>"
    assert message["References"].split() == ["<root@film.example>", "<one@studio.example>", "<two@film.example>"]
    assert message["Subject"] == "Re: Kaffee am Dienstag"
    assert message["Message-ID"] == "<new@studio.example>"
    assert message["Date"].datetime == NOW


def test_names_round_trip() -> None:
    message = parsed(composed())
    assert message["From"].addresses[0].display_name == "Søren Åberg"
    assert message["To"].addresses[0].display_name == "山田 太郎"
    assert message["To"].addresses[0].addr_spec == "taro@film.example"


def test_new_thread_has_its_own_subject_and_no_ancestors() -> None:
    message = parsed(composed(parent=None))
    assert message["Subject"] == "Hello again"
    assert message["In-Reply-To"] is None
    assert message["References"] is None
    assert "gmail_quote" not in part(message, "html")


def test_plain_text_is_letter_signature_quote_and_is_never_wrapped() -> None:
    text = part(parsed(composed()), "plain")
    assert text.startswith(LETTER.body + "\n\nSøren Åberg\nStudio Example\n\nOn Tue, Jul 11, 2023 at 3:04 PM ")
    assert text.endswith("山田 太郎 <taro@film.example> wrote:\n\n> It was good to meet you.\n>\n>> Thank you!\n")


def test_html_reads_as_if_written_in_gmail() -> None:
    html = part(parsed(composed()), "html")
    assert html.index("Dear Taro,") < html.index('data-smartmail="gmail_signature"') < html.index('class="gmail_quote ')
    assert '<a href="https://film.example/watch?v=1&amp;t=2">https://film.example/watch?v=1&amp;t=2</a>. It' in html
    assert "Warmly,<br>Søren" in html
    assert "<p" not in html


def test_letter_text_is_never_markup() -> None:
    letter = replace(LETTER, parts=(("greeting", "Dear <b>{{ 7*7 }}</b> & <script>alert(1)</script>,"),))
    html = part(parsed(composed(letter)), "html")
    assert "Dear &lt;b&gt;{{ 7*7 }}&lt;/b&gt; &amp; &lt;script&gt;" in html


def test_signature_of_the_mailbox_is_used_and_read_as_plain_text() -> None:
    letter = replace(LETTER, signature="", signature_html="<div>Søren<br>Films &amp; more</div><div>+47</div>")
    message = parsed(composed(letter, parent=None))
    assert '<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature"><div>Søren<br>' in part(
        message, "html"
    )
    assert part(message, "plain").endswith("Warmly,\nSøren\n\nSøren\nFilms & more\n+47\n")


def test_same_arguments_give_same_bytes() -> None:
    assert composed() == composed()


def test_attachment_travels_whole_and_its_name_holds_no_path() -> None:
    raw = compose(
        LETTER,
        sender=ME,
        recipient=THEM,
        date=NOW,
        message_id="<new@studio.example>",
        parent=PARENT,
        attachments=[Attachment("../Lebenslauf für 太郎.pdf", b"%PDF-\x00\xff", "application/pdf")],
    )
    message = parsed(raw)
    (attached,) = message.iter_attachments()
    assert message.get_content_type() == "multipart/mixed"
    assert attached.get_filename() == ".._Lebenslauf für 太郎.pdf"
    assert attached.get_content() == b"%PDF-\x00\xff"


def test_a_maildir_can_hold_it(tmp_path: object) -> None:
    box = mailbox.Maildir(f"{tmp_path}/drafts")
    key = box.add(composed())
    assert parsed(box.get_bytes(key))["Subject"] == "Re: Kaffee am Dienstag"


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Lunch?", "Re: Lunch?"),
        ("Re: RE: re : Lunch?", "Re: Lunch?"),
        ("Re[2]: SV: Antw: Lunch?", "Re: Lunch?"),
        ("回复：答复: 午餐", "Re: 午餐"),
        ("Rif: R: Pranzo", "Re: Pranzo"),
        ("Fwd: Lunch?", "Re: Fwd: Lunch?"),
        ("Reunion: who comes?", "Re: Reunion: who comes?"),
        ("", "Re:"),
    ],
)
def test_reply_subject_has_one_re(subject: str, expected: str) -> None:
    assert reply_subject(subject) == expected


def test_very_long_ancestry_keeps_root_and_newest() -> None:
    parent = replace(PARENT, references=tuple(f"<{n}@x.example>" for n in range(5000)))
    ids = parsed(composed(parent=parent))["References"].split()
    assert len(ids) == 100
    assert ids[0] == "<0@x.example>"
    assert ids[-2:] == ["<4999@x.example>", "<two@film.example>"]


def test_parent_already_among_its_own_references_stands_last_and_once() -> None:
    parent = replace(PARENT, references=("<two@film.example>", "<root@film.example>"))
    assert parsed(composed(parent=parent))["References"].split() == ["<root@film.example>", "<two@film.example>"]


def test_long_ids_are_neither_encoded_nor_broken() -> None:
    long = f"<{'a' * 400}=?utf-8?q?x?=@{'b' * 400}.example>"
    raw = composed(parent=replace(PARENT, message_id=long))
    assert f"In-Reply-To: {long}\n".encode() in raw


@pytest.mark.parametrize(
    "bad", ["<a b@x.example>", "<ü@x.example>", "<a@x.example>\r\nBcc: <evil@x.example>", "<>", ""]
)
def test_an_id_that_cannot_be_written_is_left_out(bad: str) -> None:
    message = parsed(composed(parent=replace(PARENT, message_id=bad)))
    assert message["In-Reply-To"] is None
    assert message["Bcc"] is None
    assert message["References"].split() == list(PARENT.references)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "nobody",
        "a@",
        "@x.example",
        "a b@x.example",
        "a\0@x.example",
        "a@x.example\r\nBcc: evil@x.example",
        "a@x.example, evil@x.example",
        "a@x.example)evil@bob.example",
        "<a@x.example>",
        "søren@x.example",
        "a@x..\ud800",
        "a@" + "x" * 300 + ".example",
    ],
)
def test_an_address_that_cannot_be_written_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r"address|ASCII"):
        composed(recipient=Address(bad, "Jane"))


def test_unusual_but_real_addresses_are_written() -> None:
    assert addr_spec("w..delainey@firm.example") == "w..delainey@firm.example"
    assert addr_spec("a@bücher.example") == "a@xn--bcher-kva.example"
    assert addr_spec('"john doe"@x.example') == '"john doe"@x.example'


def test_date_without_a_zone_and_strange_own_id_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        compose(LETTER, sender=ME, recipient=THEM, date=datetime(2026, 1, 1), message_id="<a@b>", parent=None)
    with pytest.raises(ValueError, match="message id"):
        compose(LETTER, sender=ME, recipient=THEM, date=NOW, message_id="a@b", parent=None)


def test_new_message_ids_differ_and_can_be_written() -> None:
    first, second = new_message_id("bücher.example"), new_message_id("bücher.example")
    assert first != second
    assert re.fullmatch(r"<[0-9a-f]{32}@xn--bcher-kva\.example>", first)


# --- whatever is thrown at it ---------------------------------------------------------------------------

ANY = st.text(max_size=300)
NASTY = st.one_of(
    ANY,
    st.text(alphabet='\r\n\0\x1b\x85\u2028\u202e :;,<>@"\\=?éあ😀ab', max_size=120),
    st.sampled_from(["x\r\nBcc: evil@x.example", "=?utf-8?q?a=0D=0ABcc:_evil@x.example?=", "a" * 3000, "あ" * 900]),
)
HEADERS = {
    "from", "to", "date", "message-id", "subject", "in-reply-to", "references", "mime-version", "content-type",
    "content-transfer-encoding",
}  # fmt: skip


@given(name=NASTY, subject=NASTY, quoted=NASTY, body=NASTY)
def test_no_input_adds_a_header_or_a_long_line(name: str, subject: str, quoted: str, body: str) -> None:
    letter = replace(LETTER, subject=subject, parts=(("greeting", body),), signature=name)
    for parent in (
        None,
        replace(PARENT, subject=subject, text=quoted, html=quoted, from_=Address("a@x.example", name)),
    ):
        raw = composed(letter, Address("me@y.example", name), Address("them@x.example", name), parent)
        message = message_from_bytes(raw, policy=policy.compat32)
        assert {key.lower() for key in message.keys()} <= HEADERS  # noqa: SIM118
        assert len(message.keys()) == len(set(message.keys()))
        assert parseaddr(str(message["To"]).replace("\n", ""))[1] == "them@x.example"
        assert max(map(len, raw.split(b"\n"))) <= 998
        assert raw.isascii()
        assert b"\r" not in raw
        assert not message.defects
        assert [p.get_content_type() for p in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


PRINTABLE = st.characters(exclude_categories=["C", "Zl", "Zp", "Zs"])
WORDS = st.lists(st.text(PRINTABLE, min_size=1, max_size=12), min_size=1, max_size=12).map(" ".join)


@given(name=WORDS, subject=WORDS)
def test_names_and_subjects_come_back_as_they_were(name: str, subject: str) -> None:
    raw = composed(replace(LETTER, subject=subject), recipient=Address("a@x.example", name), parent=None)
    message = message_from_bytes(raw, policy=policy.compat32)
    shown, address = parseaddr(message["To"].replace("\n", ""))
    assert address == "a@x.example"
    assert str(make_header(decode_header(shown))) == name
    assert str(make_header(decode_header(message["Subject"]))) == subject


@given(name=WORDS, subject=WORDS, body=WORDS, ids=st.lists(st.integers(0, 10**9), max_size=150, unique=True))
def test_our_own_parser_reads_what_was_composed(name: str, subject: str, body: str, ids: list[int]) -> None:
    references = tuple(f"<{i}@x.example>" for i in ids)
    parent = replace(PARENT, subject=subject, references=references, from_=Address("a@x.example", name))
    letter = replace(LETTER, parts=(("greeting", f"Dear {name},"), ("reason", body)))
    message = parse_message(composed(letter, recipient=Address("a@x.example", name), parent=parent))
    assert message.to == (Address("a@x.example", name),)
    assert message.from_ == ME
    assert message.subject == reply_subject(subject)
    assert message.message_id == "<new@studio.example>"
    assert message.references == thread_ids((*references, PARENT.message_id))
    assert message.date == NOW
    assert message.automatic is Automatic.NO


LANGUAGES = ["en", "es", "fr", "de", "pt", "it", "nl", "ja", "zh", "ko"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_our_own_parser_tells_letter_from_quote(language: str, kind: str) -> None:
    raw = composed(replace(LETTER, language=language, parts=(("body", "New words of mine."),), signature=""))
    if kind == "html":
        raw = raw.replace(b"Content-Type: text/plain", b"Content-Type: application/x-nothing")
    message = parse_message(raw)
    assert message.new_text.strip() == "New words of mine."
    assert "It was good to meet you." in message.quoted_text


@given(body=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=2000))
def test_the_text_comes_back_as_it_was(body: str) -> None:
    letter = replace(LETTER, parts=(("body", body),), signature="")
    assert part(parsed(composed(letter, parent=None)), "plain").rstrip("\n") == body.rstrip("\n") or not body.strip()


@given(subject=ANY)
def test_bare_subject_is_settled_at_once(subject: str) -> None:
    assert bare_subject(bare_subject(subject)) == bare_subject(subject)


# --- the fingerprint ------------------------------------------------------------------------------------


def restored(raw: bytes) -> bytes:
    """The message as a server might hand it back: other folding and encodings, more headers."""
    message = message_from_bytes(raw, policy=policy.compat32)
    rebuilt = MimeMessage()
    rebuilt["Received"] = "by 2002:a17 with SMTP id x; Tue, 24 Nov 2026 08:30:00 +0000"
    for key, value in message.items():
        if key.lower() not in ("content-type", "mime-version", "from", "message-id"):
            rebuilt[key.upper()] = " ".join(str(value).split())
    rebuilt["From"] = '"A Name The Server Knows" <SOREN@studio.example>'
    rebuilt["Message-ID"] = "<other@mail.example>"
    rebuilt["Content-Type"] = 'multipart/alternative; boundary="000"'
    for old in message.get_payload():
        payload = old.get_payload(decode=True)  # type: ignore[union-attr]
        assert isinstance(payload, bytes)
        new = MimeMessage()
        new["Content-Type"] = old["Content-Type"].replace("utf-8", "UTF-8")  # type: ignore[index]
        new["Content-Transfer-Encoding"] = "base64"
        wrapped = re.sub(rb" (?=It took)", b"\r\n", payload)
        new.set_payload(encodebytes(wrapped).decode())
        rebuilt.attach(new)
    return rebuilt.as_bytes().replace(b"\n", b"\r\n")


def test_fingerprint_survives_a_server() -> None:
    raw = composed()
    assert restored(raw) != raw
    assert fingerprint(restored(raw)) == fingerprint(raw)


EDITED = {
    "text": composed(replace(LETTER, parts=(*LETTER.parts[:2], ("closing", "Warmly,\nSören")))),
    "subject": composed(replace(LETTER, subject="Hello"), parent=None),
    "recipient": composed(recipient=Address("taro@other.example", THEM.name)),
    "sender": composed(sender=Address("other@studio.example", ME.name)),
    "thread": composed(parent=replace(PARENT, message_id="<three@film.example>")),
    "bold": composed().replace(b"Dear Taro,", b"Dear <b>Taro</b>,"),
    "link": composed().replace(b"watch?v=3D1", b"watch?v=3D2"),
    "cc": b"Cc: a@x.example\n" + composed(),
    "signature": composed(replace(LETTER, signature="S.")),
}


def test_fingerprint_changes_with_every_edit() -> None:
    prints = {fingerprint(raw) for raw in EDITED.values()} | {
        fingerprint(composed()),
        fingerprint(composed(parent=None)),
    }
    assert len(prints) == len(EDITED) + 2


def test_fingerprint_sees_attachments() -> None:
    def attached(name: str, data: bytes) -> str:
        file = Attachment(name, data)
        return fingerprint(
            compose(
                LETTER, sender=ME, recipient=THEM, date=NOW, message_id="<a@b.example>", parent=None, attachments=[file]
            )
        )

    assert len({attached("a", b"1"), attached("a", b"2"), attached("b", b"1"), fingerprint(composed(parent=None))}) == 4


@given(st.binary(max_size=400))
def test_fingerprint_takes_any_bytes(raw: bytes) -> None:
    assert fingerprint(raw) == fingerprint(raw)


def test_new_mail_is_dated_in_the_writers_zone() -> None:
    raw = compose(
        LETTER, sender=ME, recipient=THEM, date=datetime(2026, 1, 1, tzinfo=UTC), message_id="<a@b>", parent=None
    )
    assert b"Date: Thu, 01 Jan 2026 00:00:00 +0000\n" in raw
