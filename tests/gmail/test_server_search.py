"""The test server's search has Gmail's operators, and Gmail's traps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gmail_server import Account
from tests.gmail_server.query import parse
from tests.gmail_server.search import search

ME = "me@home.example"


def raw(name: str, text: str = "Nothing", **headers: str) -> bytes:
    fields = {"Subject": name, "Message-ID": f"<{name}@id.example>", "Date": "Tue, 11 Jul 2023 12:00:00 +0000"}
    fields |= {"From": f"Me <{ME}>"} | {key.replace("_", "-"): value for key, value in headers.items()}
    head = "\n".join(f"{key}: {value}" for key, value in fields.items())
    return f"{head}\n\n{text}\n".encode()


INVITE = (
    b'Subject: invite\nDate: Tue, 11 Jul 2023 12:00:00 +0000\nContent-Type: multipart/mixed; boundary="B"\n\n'
    b"--B\nContent-Type: text/html\n\n<p>See you <b>there</b></p>\n"
    b'--B\nContent-Type: text/calendar; name="invite.ics"\n\nBEGIN:VCALENDAR\n--B--\n'
)


@pytest.fixture(scope="module")
def account() -> Account:
    account = Account(ME, now=lambda: 1_690_000_000.0)  # 2023-07-22
    account.add(
        raw("from-ann", "Thank you for the coffee", From="Ann Lee <ann@x.example>", To=ME), ["INBOX", "Old Pals"]
    )
    account.add(raw("to-ann", To="ann@x.example"), ["SENT"])
    account.add(raw("cc-ann", To="bob@y.example", Cc="ANN@X.example"), ["SENT"])
    account.add(raw("plus", To="ann+news@x.example"), ["SENT"])
    account.add(raw("namesake", From="Joe Ann <x@example>"), ["INBOX", "UNREAD"])
    account.add(raw("joann", From="joann@x.example"), ["INBOX"])
    account.add(raw("spammed", From="ann@x.example"), ["SPAM"])
    account.add(raw("trashed", From="ann@x.example"), ["TRASH"])
    account.add(INVITE, ["INBOX"])
    account.add(
        raw("thanks", "thanking thanks. お礼を申し上げます", From="ko@z.example", Date="1 Jan 2020 07:30:00 +0000")
    )
    return account


def names(account: Account, q: str, *, hidden: bool = False) -> set[str]:
    return {entry.subject for entry in search(account.store, q, hidden=hidden, me=ME)}


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("from:ann@x.example", "from-ann namesake"),  # words side by side, wherever they stand
        ("from:ann", "from-ann namesake"),  # joann is another word
        ("to:ann@x.example", "to-ann cc-ann"),  # to: sees Cc; no plus address
        ("cc:ann@x.example", "cc-ann"),
        ("to:x.example", "to-ann cc-ann plus"),
        ("to:ann+news@x.example", "plus"),
        ("{from:ann@x.example to:ann@x.example cc:ann@x.example}", "from-ann namesake to-ann cc-ann"),
        ("from:ann@x.example OR to:bob@y.example", "from-ann namesake cc-ann"),
        ("from:(ann OR joann) in:inbox", "from-ann namesake joann"),
        ("from:{ann joann} -is:unread", "from-ann joann"),
        ("from:ann to:ann", ""),  # one message must match all
        ("from:ann in:anywhere", "from-ann namesake spammed trashed"),
        ("from:ann in:spam", "spammed"),
        ("from:ann in:trash", "trashed"),
        ("label:old-pals", "from-ann"),
        ("in:sent -to:bob", "to-ann plus"),
        ('"thank you"', "from-ann"),
        ("thank", "from-ann"),  # neither thanking nor thanks
        ('"you thank"', ""),
        ("coffee thank", "from-ann"),
        ("お礼", "thanks"),
        ("there", "invite"),  # text of HTML, without its tags
        ("filename:ics", "invite"),
        ("filename:invite.ics has:attachment", "invite"),
        ("rfc822msgid:to-ann@id.example", "to-ann"),
        ("rfc822msgid:<to-ann@id.example>", "to-ann"),
        ("subject:(cc ann)", "cc-ann"),
        ("before:2020/01/01", "thanks"),  # 07:30 UTC is still 2019 in California
        ("before:1577836800", ""),  # midnight UTC: the message is later
        ("after:1577836800 before:2021/01/01", "thanks"),
        ("after:1577836800 -after:2021/01/01 in:anywhere", "thanks"),
        ("older_than:1y", "thanks"),
        ("newer_than:1m from:ann", "from-ann namesake"),
        ("from:me to:bob", "cc-ann"),
        ("from:ann@", "from-ann namesake"),
        ("-{from:me from:ann from:joann}", "invite thanks"),
    ],
)
def test_operators(account: Account, q: str, found: str) -> None:
    assert names(account, q) == set(found.split())


def test_hidden_places_when_asked_for(account: Account) -> None:
    assert names(account, "from:ann", hidden=True) == {"from-ann", "namesake", "spammed", "trashed"}


@given(st.text(alphabet='ab-"(){}:| ORfromtsubjec@.\t', max_size=40))
def test_any_query_is_answered(account: Account, q: str) -> None:
    parse(q)
    names(account, q)


@given(st.text(alphabet="abn@.+ ", min_size=1, max_size=12).filter(lambda text: bool(text.strip(" @.+"))))
def test_a_term_and_its_opposite_share_nothing_and_leave_nothing(account: Account, text: str) -> None:
    everything = names(account, "", hidden=True)
    for operator in ("from:", "subject:", ""):
        found = names(account, f'{operator}"{text}"', hidden=True)
        rest = names(account, f'-{operator}"{text}"', hidden=True)
        assert (found & rest, found | rest) == (set(), everything)
