"""Contacts from vCard 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350)."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thread_finder.addressbook import Book, load_contacts
from thread_finder.errors import ConfigError

JANE = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jane Doe\r\nEMAIL:jane@x.example\r\nEND:VCARD\r\n"


def read(folder: Path, content: str | bytes) -> Book:
    path = folder / "people.vcf"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_contacts(path)


def card(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VCARD", *lines, "END:VCARD", ""])


def problems(book: Book) -> list[str]:
    return [str(problem) for problem in book.problems]


# --- the versions -----------------------------------------------------------------------------------


def test_version_2_1(tmp_path: Path) -> None:
    text = card(
        "VERSION:2.1",
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=85berg;S=C3=B8ren",
        "FN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:S=F8ren =C5=",
        "berg",
        "EMAIL;INTERNET:old@x.example",
        "EMAIL;PREF;INTERNET:new@x.example",
        "NOTE;QUOTED-PRINTABLE:two=0D=0Alines",
    )
    contact = read(tmp_path, text).contacts[0]
    assert (contact.name, contact.emails, contact.notes) == (
        "Søren Åberg",
        ("new@x.example", "old@x.example"),
        "two\nlines",
    )


def test_version_3_0(tmp_path: Path) -> None:
    text = card(
        "VERSION:3.0",
        "item1.EMAIL;type=INTERNET;type=HOME:home@x.example",
        "item2.EMAIL;type=INTERNET,pref:work@x.example",
        "item2.X-ABLabel:_$!<Work>!$_",
        "FN:Doe\\, Jane",
        "NOTE:one\\ntwo\\;",
        "  three",
        "PHOTO;ENCODING=b:AAAA",
        " EMAIL:not@x.example",
    )
    contact = read(tmp_path, text).contacts[0]
    assert (contact.name, contact.emails) == ("Doe, Jane", ("work@x.example", "home@x.example"))
    assert contact.notes == "one\ntwo; three"


def test_version_4_0(tmp_path: Path) -> None:
    text = card(
        "VERSION:4.0",
        "FN;PREF=2:J. Doe",
        "fn;pref=1:山田 太郎",
        'EMAIL;PREF=50;TYPE="work,a:b":second@x.example',
        "EMAIL;PREF=1:first@x.example",
        "EMAIL:mailto:third@x.example",
        "LANG;PREF=2:en",
        "LANG;PREF=1:ja",
    )
    contact = read(tmp_path, text).contacts[0]
    assert (contact.name, contact.language) == ("山田 太郎", "ja")
    assert contact.emails == ("first@x.example", "second@x.example", "third@x.example")


@pytest.mark.parametrize(
    ("n", "name"),
    [
        ("Doe;Jane;;;", "Jane Doe"),
        ("Doe;Jane;Q.;Dr.;", "Jane Q. Doe"),
        ("O\\;Neil;Ann;;;", "Ann O;Neil"),
        ("Prince", "Prince"),
    ],
)
def test_without_a_full_name_its_parts_are_used(tmp_path: Path, n: str, name: str) -> None:
    assert read(tmp_path, card(f"N:{n}", "EMAIL:a@x.example")).contacts[0].name == name


def test_several_cards_and_where_they_begin(tmp_path: Path) -> None:
    book = read(tmp_path, JANE + "\r\n" + JANE.replace("Jane", "Bob").replace("jane", "bob"))
    assert [(c.name, c.source) for c in book.contacts] == [("Jane Doe", "people.vcf:1"), ("Bob Doe", "people.vcf:7")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_any_encoding_and_line_ending(tmp_path: Path, encoding: str, ending: str) -> None:
    text = JANE.replace("Jane", "Søren").replace("\r\n", ending)
    assert read(tmp_path, text.encode(encoding)).contacts[0].name == "Søren Doe"


# --- bad cards --------------------------------------------------------------------------------------


def test_one_bad_card_does_not_cost_the_others(tmp_path: Path) -> None:
    text = (
        "junk\r\nBEGIN:VCARD\r\nFN:Unclosed\r\nEMAIL:u@x.example\r\n"
        + card("FN:Bad Mail", "EMAIL:nowhere", "LANG:klingon!", ";;;:::", "EMAIL")
        + card("FN:No Mail")
        + card("EMAIL:info@x.example")
        + card("FN:Esc \x1b[31m", "EMAIL:e@x.example")
        + card("FN:Jane Twin", "EMAIL:U@X.example")
        + JANE
    )
    book = read(tmp_path, text)
    assert [contact.name for contact in book.contacts] == ["Unclosed", "Jane Doe"]
    assert problems(book) == [
        "people.vcf:2: the card is not closed (add END:VCARD)",
        "people.vcf:5 Bad Mail: emails: 'nowhere' is no e-mail address (write it as name@example.org)",
        "people.vcf:5 Bad Mail: language: 'klingon!' is no language code (write a code such as en, de or pt-BR)",
        "people.vcf:18 Esc \x1b[31m: name: holds the control character U+001B (remove it, or type the text again)",
        f"people.vcf:22 Jane Twin: emails: {TAKEN}",
        "people.vcf: 1 entry has no e-mail address (left out)",
        "people.vcf: 1 entry has no name (left out)",
    ]


TAKEN = "u@x.example is already that of people.vcf:2 Unclosed (give each address to one contact)"


def test_a_card_within_a_card_is_somebody_else(tmp_path: Path) -> None:
    text = card(
        "VERSION:2.1", "FN:Jane", "AGENT:", *card("FN:Secretary", "EMAIL:s@x.example").split(), "EMAIL:j@x.example"
    )
    assert [(c.name, c.emails) for c in read(tmp_path, text).contacts] == [("Jane", ("j@x.example",))]


def test_an_unknown_charset_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    text = card("FN;ENCODING=QUOTED-PRINTABLE;CHARSET=X-NONE:Ren=E9=", "EMAIL:a@x.example", "EMAIL:b@x.example")
    assert read(tmp_path, text).contacts[0].emails == ("b@x.example",)


@pytest.mark.parametrize("content", ["", "BEGIN:VCARD", "FN:Jane\nEMAIL:j@x.example\n", card("FN:Jane")])
def test_nobody_in_the_file(tmp_path: Path, content: str) -> None:
    with pytest.raises(ConfigError, match="no contact"):
        read(tmp_path, content)


# --- size (hazards A11) -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["NOTE", "PHOTO", "FN"])
@pytest.mark.parametrize("fold", ["\r\n ", "", "=\r\n"])
def test_five_megabytes_in_one_property(tmp_path: Path, name: str, fold: str) -> None:
    value = fold.join(["x" * 75] * 70_000)
    quoted = ";ENCODING=QUOTED-PRINTABLE" if fold.startswith("=") else ""
    text = card("FN:First", f"{name}{quoted}:{value}", "EMAIL:a@x.example") + JANE
    book = read(tmp_path, text)
    assert [contact.name for contact in book.contacts] == ["First", "Jane Doe"]
    assert len(book.contacts[0].notes) <= 65_536
    assert problems(book) == ([] if name == "PHOTO" else [f"people.vcf:3: {name} is too long and was cut"])


def test_photographs_are_skipped(tmp_path: Path) -> None:
    photo = base64.encodebytes(b"x" * 3_000_000).decode().replace("\n", "\r\n ").rstrip()
    book = read(tmp_path, card("FN:Jane", f"PHOTO;ENCODING=b;TYPE=JPEG:{photo}", "EMAIL:a@x.example"))
    assert (book.contacts[0].name, book.problems) == ("Jane", ())


@given(st.binary(max_size=300) | st.text('BEGIN:VCARD\nEMAILFNa@x;=" \\QUOTED-PRINTABLE', max_size=200).map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anything_before_a_card_leaves_it_readable(tmp_path: Path, content: bytes) -> None:
    book = read(tmp_path, b"X:" + content + b"\r\n\r\n" + JANE.encode())
    assert any("jane@x.example" in contact.emails for contact in book.contacts)
