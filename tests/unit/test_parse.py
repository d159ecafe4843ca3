"""What the parser promises: a message from any bytes that have a header, complete where it can be, bounded always."""

from __future__ import annotations

import subprocess
import sys
from base64 import b64encode
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thread_finder.mail.parse import UnreadableMessage, parse_message
from thread_finder.mail.quotes import MAX_TEXT
from thread_finder.model import Address, Label

HEAD = b"From: Jane <jane@x.example>\nTo: me@y.example\nSubject: Lunch\n"

LETTER = (
    b"X-GM-THRID: 1789456123456789012\nX-Gmail-Labels: =?utf-8?q?Bo=C3=AEte_de_r=C3=A9ception?=,Opened\n"
    b"From: =?utf-8?q?S=C3=B8ren?= <soren@x.example>\nTo: me@y.example, Ann <ann@y.example>\nCc: c@y.example\n"
    b"Reply-To: other@x.example\nSubject: =?utf-8?q?Caf=C3=A9?=\nDate: Tue, 11 Jul 2023 09:05:00 -0400\n"
    b"Message-ID: <3@x.example>\nIn-Reply-To: <2@y.example>\nReferences: <1@x.example>\n <2@y.example>\n\n"
    b"Friday?\n\nOn Mon, 10 Jul 2023 at 08:00 me <me@y.example> wrote:\n> When?\n"
)


def test_a_letter_is_read_whole() -> None:
    message = parse_message(LETTER, id="7")
    assert (message.id, message.message_id, message.thread_id) == ("7", "<3@x.example>", f"{1789456123456789012:x}")
    assert message.from_ == Address("soren@x.example", "Søren")
    assert message.to == (Address("me@y.example"), Address("ann@y.example", "Ann"))
    assert message.recipients[-1] == Address("c@y.example")
    assert message.reply_to == (Address("other@x.example"),)
    assert message.subject == "Café"
    assert message.date == datetime(2023, 7, 11, 9, 5, tzinfo=timezone(timedelta(hours=-4)))
    assert message.references == ("<1@x.example>", "<2@y.example>")
    assert message.labels == {Label.INBOX}
    assert message.new_text == "Friday?"
    assert "> When?" in message.quoted_text
    assert message.text.startswith("Friday?")


def test_the_mailbox_knows_better_than_the_headers() -> None:
    message = parse_message(LETTER, thread_id="abc", labels=frozenset({Label.SPAM}))
    assert (message.thread_id, message.labels) == ("abc", frozenset({Label.SPAM}))


def test_in_reply_to_completes_the_references() -> None:
    raw = HEAD + b"References: <1@x.example>\nIn-Reply-To: <2@x.example> (my mail)\n\nHi"
    assert parse_message(raw).references == ("<1@x.example>", "<2@x.example>")


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"\0" * 100, b"no header here\n", b"\x89PNG\r\n\x1a\n"])
def test_what_has_no_header_line_is_no_message(raw: bytes) -> None:
    with pytest.raises(UnreadableMessage):
        parse_message(raw)


def test_missing_fields_are_empty() -> None:
    message = parse_message(b"X-Whatever: 1\n\nHi")
    assert (message.from_, message.date, message.message_id, message.to, message.text) == (None, None, "", (), "Hi")


def test_the_sender_stands_in_for_a_missing_from() -> None:
    message = parse_message(b"From: Jane\nSender: jane@x.example\n\nHi")
    assert message.from_ == Address("jane@x.example")


# --- bodies -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "body", "text"),
    [
        (b"Content-Type: text/plain; charset=utf-8", "Café".encode(), "Café"),
        (b"Content-Type: text/plain; charset=iso-8859-1", "Café".encode("latin-1"), "Café"),
        (b'Content-Type: text/plain; charset="windows-1252"', "a – b".encode("cp1252"), "a – b"),
        (b"Content-Type: text/plain; charset=gb2312", "你好".encode("gbk"), "你好"),
        (b"Content-Type: text/plain; charset=iso-2022-jp", "山田".encode("iso-2022-jp"), "山田"),
        (
            b"Content-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: base64",
            b64encode("hé".encode("utf-16le")),
            "hé",
        ),
        (b"Content-Type: text/plain; charset=us-ascii", "Café".encode(), "Café"),
        (b"Content-Type: text/plain; charset=utf-8", "Café au lait".encode("latin-1"), "Café au lait"),
        (b"Content-Type: text/plain; charset=x-nonsense", "Café".encode(), "Café"),
        (b"Content-Type: text/plain; charset=unicode_escape", b"\\x41", "\\x41"),
        (b"Content-Type: text", b"Hi", "Hi"),
        (b"Content-Transfer-Encoding: quoted-printable", b"Caf=C3=A9 =\nau lait", "Café au lait"),
        (b"Content-Transfer-Encoding: BASE64", b"SGkg\n!dGhlcmU", "Hi there"),
        (b"Content-Transfer-Encoding: x-uuencode", b"begin 644 a\n#2&D*\n`\nend\n", "Hi\n"),
        (b"Content-Transfer-Encoding: nonsense", b"Hi", "Hi"),
        (b"Content-Type: text/plain; format=flowed", b"Shall we \nmeet?", "Shall we meet?"),
        (b"Content-Type: text/plain", b"a\r\nb\rc\0", "a\nb\nc"),
        (b"Content-Type: text/html", b"<p>Hi <b>there</b></p><script>x()</script>", "Hi there"),
    ],
)
def test_bodies_of_any_encoding_are_read(header: bytes, body: bytes, text: str) -> None:
    assert parse_message(HEAD + header + b"\n\n" + body).text == text


def multipart(kind: str, *parts: str) -> bytes:
    sections = "".join(f"--b\n{part}\n" for part in parts)
    return HEAD + f"Content-Type: multipart/{kind}; boundary=b\n\npreamble\n{sections}--b--\nepilogue".encode()


PLAIN = "Content-Type: text/plain\n\nplain words"
HTML = "Content-Type: text/html\n\n<p>rich words</p>"


def test_of_two_forms_of_a_text_the_plain_one_is_read() -> None:
    message = parse_message(multipart("alternative", PLAIN, HTML))
    assert (message.text, message.html) == ("plain words", "<p>rich words</p>")


def test_html_is_read_where_the_plain_form_is_empty() -> None:
    assert parse_message(multipart("alternative", "Content-Type: text/plain\n\n \n", HTML)).text == "rich words"


def test_html_helps_where_the_plain_form_hides_the_quotation() -> None:
    plain = "Content-Type: text/plain\n\nYes.\n\nJane skribis je 3:\nold words"
    html = 'Content-Type: text/html\n\n<p>Yes.</p><blockquote type="cite">old words</blockquote>'
    message = parse_message(multipart("alternative", plain, html))
    assert (message.new_text, message.text) == ("Yes.", "Yes.\n\nJane skribis je 3:\nold words")


def test_texts_one_after_the_other_are_all_read() -> None:
    message = parse_message(multipart("mixed", PLAIN, HTML, "Content-Type: text/plain\n\nmore"))
    assert message.text.split() == ["plain", "words", "rich", "words", "more"]
    assert message.new_text.split() == message.text.split()


def test_attachments_are_named_and_not_read() -> None:
    message = parse_message(
        multipart(
            "mixed",
            PLAIN,
            "Content-Type: text/plain; name=notes.txt\n\nsecret",
            "Content-Type: application/pdf\nContent-Disposition: attachment; filename*=utf-8''R%C3%A9s.pdf\n\nx",
            "Content-Type: image/png\nContent-Disposition: attachment; filename*0=../../.ssh/; filename*1=key\n\nx",
            "Content-Type: message/rfc822\n\nSubject: inner\n\nforwarded words",
        )
    )
    assert message.text == "plain words"
    assert message.attachments == ("notes.txt", "Rés.pdf", "../../.ssh/key")


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nplain words",  # cut off
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b \r\n\r\nplain words\r\n--b--\r\n",
        HEAD + b"Content-Type: multipart/mixed\n\nplain words",  # no boundary
        HEAD + b"Content-Type: multipart/mixed; boundary=b\n\nplain words",  # no delimiter
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/related; boundary=bb\n\n--bb\n\n"
        b"plain words\n--bb--\n--b--",
    ],
)
def test_broken_multiparts_are_read_as_far_as_they_go(raw: bytes) -> None:
    assert parse_message(raw).text.strip() == "plain words"


@settings(max_examples=50, deadline=None)
@given(
    st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs")), min_size=1),
    st.text(alphabet="abcé山 ", max_size=40),
)
def test_what_the_standard_library_writes_is_read_back(body: str, name: str) -> None:
    written = EmailMessage()
    written["From"] = "jane@x.example"
    written["Subject"] = " ".join(name.split())
    written.set_content(body)
    written.add_alternative("<p>x</p>", subtype="html")
    message = parse_message(written.as_bytes())
    assert message.text.split() == body.split() or not body.strip()
    # Python's own writer loses the space between two encoded words that follow each other (RFC 2047, 6.2).
    assert "".join(message.subject.split()) == "".join(name.split())


@settings(deadline=None)
@given(st.binary() | st.binary().map(lambda junk: HEAD + junk))
def test_any_bytes_are_a_message_or_none(raw: bytes) -> None:
    try:
        message = parse_message(raw)
    except UnreadableMessage:
        return
    assert len(message.text) <= MAX_TEXT
    (message.subject + message.text + message.new_text).encode()  # no lone surrogates


# --- hostile input (hazards A8): pytest's time-out is the bound on time -------------------------------

HOSTILE = {
    "multiparts nested deep": HEAD
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(50_000))
    + b"\nHi",
    "messages nested deep": HEAD + b"Content-Type: message/rfc822\n\n" * 1_000,
    "20,000 recipients": b"From: a@x.example\nTo: "
    + b",\n ".join(b'"D, J %d" <j%d@x.example>' % (n, n) for n in range(20_000)),
    "50,000 encoded words": b"From: a@x.example\nSubject: "
    + b"\n ".join([b"=?utf-8?q?h=C3=A9llo?="] * 50_000)
    + b"\n\nHi",
    "encoded words without end": b"From: a@x.example\nSubject: " + b"=?utf-8?q?x" * 100_000 + b"\n\nHi",
    "quotes without end": b"From: " + b'"\\' * 30_000 + b"\n\nHi",
    "parentheses without end": b"From: " + b"(" * 60_000 + b"\n\nHi",
    "100,000 references": b"From: a@x.example\nReferences: "
    + b" ".join(b"<%d@x>" % n for n in range(100_000))
    + b"\n\nHi",
    "a field 300,000 times": b"To: x@y.example\n" * 300_000 + b"\nHi",
    "a million folds": HEAD + b"X-Y:" + b"\n " * 1_000_000 + b"\n\nHi",
    "parameters without end": HEAD + b"Content-Type: text/plain" + b';a="' * 20_000 + b"\n\nHi",
    "one line of 10 MB": HEAD + b"\n" + b"x " * 5_000_000,
    "one base64 line of 16 MB": HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"QUJD" * 4_000_000,
    "a million delimiters": HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 1_000_000,
    "20,000 nested div": HEAD + b"Content-Type: text/html\n\n" + b"<div>" * 20_000 + b"Hi",
    "20,000 nested lists": HEAD + b"Content-Type: text/html\n\n" + b"<ul><li>" * 20_000 + b"Hi",
    "formatting never closed": HEAD
    + b"Content-Type: text/html\n\n"
    + b"".join(b"<p><b x=%d>" % n for n in range(30_000)),
    "a million brackets": HEAD + b"Content-Type: text/html\n\n" + b"<" * 1_000_000,
    "punycode as a charset": HEAD + b"Content-Type: text/plain; charset=punycode\n\n" + b"a-" * 500_000,
    "a delivery report of words": b"From: mailer-daemon@x.example\nSubject: failure notice\n\n"
    + b"delivered a." * 9_000,
}


@pytest.mark.timeout(15)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_cut_in_time(name: str) -> None:
    message = parse_message(HOSTILE[name])
    assert len(message.text) <= MAX_TEXT
    assert len(message.new_text) + len(message.quoted_text) + len(message.signature) <= MAX_TEXT
    assert len(message.recipients) <= 500


MEASURE = """
import resource, sys
from thread_finder.mail.parse import parse_message
raw = sys.stdin.buffer.read()
parse_message(b"From: a@x.example\\nContent-Type: text/html\\n\\n<p>warm</p>")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
parse_message(raw)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in kilobytes on Linux only")
@pytest.mark.parametrize(
    "name", ["50,000 encoded words", "20,000 recipients", "20,000 nested div", "one line of 10 MB"]
)
def test_hostile_mail_takes_little_memory(name: str) -> None:
    done = subprocess.run([sys.executable, "-c", MEASURE], input=HOSTILE[name], capture_output=True, check=True)
    assert int(done.stdout) < 60_000  # kilobytes; Python's own parser takes 1.9 GB for the words
