"""What header fields promise: one line of text, the address mail would really go to, dates in the sender's own time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.header import Header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thread_finder.mail.addresses import MAX_ADDRESSES
from thread_finder.mail.headers import (
    decode_text,
    gmail_labels,
    parse_addresses,
    parse_date,
    parse_message_ids,
    raw_headers,
    split_header,
    thread_id,
)
from thread_finder.model import Address, Label

ANY_TEXT = st.text() | st.text(alphabet='=?uUtTfF-8qQbB_"<>@,;:()\\ \r\n\tæ') | st.binary()
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


# --- text -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Lunch on Friday", "Lunch on Friday"),
        ("Lunch\r\n on\r\n\tFriday ", "Lunch on Friday"),
        ("=?utf-8?q?Caf=C3=A9?= at noon", "Café at noon"),
        ("=?UTF-8?B?5bGx55Sw?= =?utf-8?b?5aSq6YOO?=", "山田太郎"),
        ("=?utf-8?b?5bGx55Q=?=\r\n =?utf-8?b?sOWkqumDjg==?=", "山田太郎"),
        ("=?iso-8859-1*en?q?a_=E9?=", "a é"),
        ("=?utf-8?Q?Are you free?_?=", "Are you free?"),
        ("=?x-unknown?q?Caf=C3=A9?=", "Café"),
        ("=?gb2312?b?xOO6ww==?=", "你好"),
        ("=?iso-2022-jp?b?GyRCOzNFRBsoQg==?=", "山田"),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
        (b"Caf\xc3\xa9", "Café"),
        (b"Caf\xe9", "Café"),
    ],
)
def test_any_charset_becomes_text(value: str | bytes, text: str) -> None:
    assert decode_text(value) == text


def test_raw_bytes_of_another_script_are_guessed() -> None:
    russian = "Привет, как твои дела? Встреча в пятницу утром, как договорились"
    assert decode_text(russian.encode("cp1251")) == russian


@pytest.mark.parametrize(
    "trick", ["a\r\nBcc: evil@x.example", "=?utf-8?q?a=0D=0ABcc:_evil@x.example?=", "a\x00\x1b[2J\x85\u2028b"]
)
def test_no_value_can_start_a_new_header_line(trick: str) -> None:
    assert not CONTROLS.search(decode_text(trick))


@given(ANY_TEXT)
def test_decoding_never_fails_and_leaves_one_line(value: str | bytes) -> None:
    text = decode_text(value)
    assert not CONTROLS.search(text)
    assert text == text.strip()


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))))
def test_what_python_encodes_is_read_back(text: str) -> None:
    encoded = Header(text, "utf-8").encode()
    assert decode_text(encoded).split() == " ".join(text.split()).split()


# --- addresses --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("jane@x.example", [("jane@x.example", "")]),
        ("Jane Doe <Jane@X.example>", [("jane@x.example", "Jane Doe")]),
        ('"Doe, Jane" <jane@x.example>', [("jane@x.example", "Doe, Jane")]),
        ('"Jane \\"JD\\" Doe" <jane@x.example>', [("jane@x.example", 'Jane "JD" Doe')]),
        ("=?utf-8?q?S=C3=B8ren_=C3=85berg=2C_Dr=2E?= <s@x.example>", [("s@x.example", "Søren Åberg, Dr.")]),
        ('"=?utf-8?b?5bGx55SwIOWkqumDjg==?=" <y@x.example>', [("y@x.example", "山田 太郎")]),
        ("jane@x.example (Jane (JD) Doe)", [("jane@x.example", "Jane (JD) Doe")]),
        (
            "Friends: a@x.example, B <b@x.example>;, c@x.example",
            [("a@x.example", ""), ("b@x.example", "B"), ("c@x.example", "")],
        ),
        ("undisclosed-recipients:;", []),
        ("a@x.example; b@x.example", [("a@x.example", ""), ("b@x.example", "")]),
        ("Jane <mailto:jane@x.example>", [("jane@x.example", "Jane")]),
        ("'Jane' <'jane@x.example'>", [("jane@x.example", "Jane")]),
        ("<@relay.example,@b.example:jane@x.example>", [("jane@x.example", "")]),
        ("jane @ x . example", [("jane@x.example", "")]),
        ('"jane doe"@x.example', [('"jane doe"@x.example', "")]),
        ("Jürgen <jürgen@bücher.example>", [("jürgen@bücher.example", "Jürgen")]),
        ("jane@[192.0.2.1]", [("jane@[192.0.2.1]", "")]),
        ("w..doe@x.example", [("w..doe@x.example", "")]),
        ("jane@x.example <jane@x.example>", [("jane@x.example", "")]),
        ("", []),
        ("Jane Doe", []),
        ("<>", []),
        ("Jane <jane>", []),
        ("</O=FIRM/OU=EU/CN=RECIPIENTS/CN=JANE>", []),
    ],
)
def test_address_lists_as_people_send_them(value: str, expected: list[tuple[str, str]]) -> None:
    assert [(found.email, found.name) for found in parse_addresses(value)] == expected


@pytest.mark.parametrize(
    ("trick", "emails"),
    [
        ('"alice@bank.example" <evil@x.example>', ["evil@x.example"]),
        ("alice@bank.example <evil@x.example>", ["evil@x.example"]),
        ("alice@example.org)bob@evil.example", []),
        ("alice(<evil@x.example>)@bank.example", ["alice@bank.example"]),
        ("alice\x00@bank.example", []),
        ("alice@bank.example\x00.evil.example", []),
        ("<alice@bank.example@evil.example>", []),
        ("=?utf-8?q?alice=40bank=2Eexample?= <evil@x.example>", ["evil@x.example"]),
        ("=?utf-8?q?alice=40bank=2Eexample=2C?=@evil.example", []),
    ],
)
def test_a_tricky_address_is_the_real_one_or_none(trick: str, emails: list[str]) -> None:
    assert [found.email for found in parse_addresses(trick)] == emails


@given(ANY_TEXT)
def test_addresses_never_fail_and_are_always_well_formed(value: str | bytes) -> None:
    for found in parse_addresses(value):
        assert found.email.count("@") >= 1
        assert found.email == found.email.lower()
        assert not CONTROLS.search(found.email + found.name)
        assert not set("<>,;") & set(found.email.rpartition("@")[2])


@given(st.from_regex(r"[a-z0-9]{1,10}(\.[a-z0-9]{1,10})?@[a-z]{1,10}\.example", fullmatch=True))
def test_reading_an_address_again_changes_nothing(email: str) -> None:
    assert parse_addresses(email) == parse_addresses(f"<{email}>") == (Address(email),)


def test_a_crowd_is_cut_off() -> None:
    crowd = ", ".join(f"a{number}@x.example" for number in range(3 * MAX_ADDRESSES))
    assert len(parse_addresses(crowd)) == MAX_ADDRESSES


# --- dates ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Tue, 11 Jul 2023 09:05:00 -0400", datetime(2023, 7, 11, 9, 5, tzinfo=timezone(timedelta(hours=-4)))),
        ("Tue, 11 Jul 2023 09:05:00 -0400 (EDT)", datetime(2023, 7, 11, 9, 5, tzinfo=timezone(timedelta(hours=-4)))),
        ("11 Jul 2023 09:05 +0530", datetime(2023, 7, 11, 9, 5, tzinfo=timezone(timedelta(hours=5, minutes=30)))),
        ("Tue, 11 Jul 23 09:05:00 EST", datetime(2023, 7, 11, 9, 5, tzinfo=timezone(timedelta(hours=-5)))),
        ("Tue, 11 Jul 99 09:05:00 GMT", datetime(1999, 7, 11, 9, 5, tzinfo=UTC)),
        ("Tue, 11 Jul 2023 (a (nested) word) 09:05:00 +0000", datetime(2023, 7, 11, 9, 5, tzinfo=UTC)),
        ("Tue Jul 11 09:05:00 2023", datetime(2023, 7, 11, 9, 5, tzinfo=UTC)),
        ("2023-07-11T09:05:00Z", datetime(2023, 7, 11, 9, 5, tzinfo=UTC)),
        ("Tue, 11 Jul 2023 09:05:60 +0000", datetime(2023, 7, 11, 9, 5, 59, tzinfo=UTC)),
        ("Tue, 11 Jul 2023 09:05:00 +9900", datetime(2023, 7, 11, 9, 5, tzinfo=UTC)),
        ("Tue, 11 Jul 2023 09:05:00 -0000", datetime(2023, 7, 11, 9, 5, tzinfo=UTC)),
        ("Sat, 31 Dec 0001 00:00:00 +0000", None),
        ("Tue, 31 Feb 2023 09:05:00 +0000", None),
        ("Tue, 11 Jul 2023 25:05:00 +0000", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_keep_the_senders_offset(value: str, expected: datetime | None) -> None:
    found = parse_date(value)
    assert found == expected
    if found and expected:
        assert found.utcoffset() == expected.utcoffset()


@given(st.text() | st.text(alphabet="0123456789: +-,JanFebOctTue()"))
def test_a_date_is_aware_or_nothing(value: str) -> None:
    found = parse_date(value)
    assert found is None or (found.tzinfo is not None and found.year >= 1970)


@given(st.datetimes(datetime(1970, 1, 2), datetime(2099, 1, 1)), st.integers(-12 * 60, 14 * 60))
def test_every_rfc_5322_date_is_read(moment: datetime, minutes: int) -> None:
    aware = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_date(aware.strftime("%a, %d %b %Y %H:%M:%S %z")) == aware


# --- ids and labels ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("<a@x.example>", ("<a@x.example>",)),
        ("<a@x.example>\r\n <b@x.example> <a@x.example>", ("<a@x.example>", "<b@x.example>")),
        ('Your message of "Tue, 11 Jul 2023" <a@x.example>', ("<a@x.example>",)),
        ("<a@x.exa\r\n mple>", ("<a@x.example>",)),
        ("a@x.example", ("<a@x.example>",)),
        ("<a@x.example", ()),
        ("junk", ()),
        ("<>", ()),
    ],
)
def test_message_ids_are_found_in_any_debris(value: str, ids: tuple[str, ...]) -> None:
    assert parse_message_ids(value) == ids


@given(ANY_TEXT)
def test_message_ids_are_single_tokens(value: str | bytes) -> None:
    for found in parse_message_ids(value):
        assert found[0] == "<"
        assert found[-1] == ">"
        assert not CONTROLS.search(found)


@pytest.mark.parametrize(
    ("value", "labels"),
    [
        ("Inbox,Important,Opened", {Label.INBOX}),
        ("Sent,Trash", {Label.SENT, Label.TRASH}),
        ("=?UTF-8?Q?Bo=C3=AEte_de_r=C3=A9ception,Messages_envoy=C3=A9s?=", {Label.INBOX, Label.SENT}),
        ("=?UTF-8?Q?Entw=C3=BCrfe?=,Posteingang", {Label.DRAFT, Label.INBOX}),
        ("=?UTF-8?B?6L+35oOR44Oh44O844Or?=", {Label.SPAM}),
        ('"Work, Sent",Papelera', {Label.TRASH}),
        ("Unread,Category Promotions,Sent to Anna", set()),
        ("\\Inbox,\\Sent", {Label.INBOX, Label.SENT}),
        ("", set()),
    ],
)
def test_labels_are_known_in_the_accounts_language(value: str, labels: set[Label]) -> None:
    assert gmail_labels(value) == labels


def test_takeouts_thread_id_is_the_apis() -> None:
    assert thread_id("1789456123456789012") == f"{1789456123456789012:x}"
    assert thread_id("none") == ""
    assert thread_id("9" * 400) == ""


# --- slicing ----------------------------------------------------------------------------------------


def test_fields_are_found_whatever_their_case_and_folding() -> None:
    header = b"From: a@x.example\r\nTO : b@x.example,\r\n\tc@x.example\r\nX-To: no\r\nto: d@x.example\r\nSubject:\r\n"
    assert raw_headers(header, ("from", "to", "subject", "cc")) == {
        "from": ["a@x.example"],
        "to": ["b@x.example, c@x.example", "d@x.example"],
        "subject": [""],
    }


@pytest.mark.parametrize(
    ("raw", "header", "body"),
    [
        (b"A: 1\n\nbody", b"A: 1\n", b"body"),
        (b"A: 1\r\n\r\nbody", b"A: 1\r\n", b"body"),
        (b"From me Tue\nA: 1\n\nbody", b"A: 1\n", b"body"),
        (b"\n\nA: 1\n\nbody", b"A: 1\n", b"body"),
        (b"A: 1\nno header line\nbody", b"A: 1\n", b"no header line\nbody"),
        (b"A: 1", b"A: 1", b""),
        (b"", b"", b""),
    ],
)
def test_header_and_body_are_told_apart(raw: bytes, header: bytes, body: bytes) -> None:
    start, end, at = split_header(raw)
    assert raw[start:end] == header
    assert raw[at:] == body


@given(st.binary())
def test_any_bytes_can_be_sliced(raw: bytes) -> None:
    start, end, body = split_header(raw)
    assert 0 <= start <= end <= body <= len(raw) or end == body
    raw_headers(raw[start:end], ("from", "subject"))
