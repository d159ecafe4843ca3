"""Contacts from spreadsheets, with a spreadsheet's habits (hazards A11)."""

from __future__ import annotations

import codecs
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thread_finder.addressbook import Book, load_contacts
from thread_finder.errors import ConfigError
from thread_finder.model import Contact, PartialDate, Reason, ReasonKind


def read(folder: Path, content: str | bytes, name: str = "contacts.csv") -> Book:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_contacts(path)


def problems(book: Book) -> list[str]:
    return [str(problem) for problem in book.problems]


# --- our own columns --------------------------------------------------------------------------------


def test_all_columns(tmp_path: Path) -> None:
    text = (
        "name,emails,introduction,met_on,met_how,topic,introduced_by,remember,reason_kind,reason_text,"
        "reason_link,reason_date,language,cadence,do_not_contact,notes\n"
        'Jane Doe,jane@x.example; j.doe@y.example,"the intern, at NBC",2023-07,call,editing,Priya Shah,'
        '"Edit first.\n\nThen shoot.",'
        "news,your film won,https://n.example,2026-11-02,en,3 months,no,two kids\n"
    )
    assert read(tmp_path, text).contacts == (
        Contact(
            name="Jane Doe",
            emails=("jane@x.example", "j.doe@y.example"),
            introduction="the intern, at NBC",
            met_on=PartialDate(date(2023, 7, 1), "month"),
            met_how="call",
            topic="editing",
            introduced_by="Priya Shah",
            remember="Edit first.\n\nThen shoot.",
            reason=Reason(ReasonKind.NEWS, "your film won", "https://n.example", date(2026, 11, 2)),
            language="en",
            cadence="3 months",
            notes="two kids",
            source="contacts.csv:2",
        ),
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_any_delimiter_and_line_ending(tmp_path: Path, delimiter: str, ending: str) -> None:
    rows = [["Name", " E-Mail "], ["Doe; Jane", "jane@x.example"], [], ["", ""], ["Bob", "bob@x.example"]]
    quoted = [delimiter.join(f'"{cell}"' if ";" in cell else cell for cell in row) for row in rows]
    book = read(tmp_path, ending.join(quoted))
    assert [(c.name, c.emails) for c in book.contacts] == [
        ("Doe; Jane", ("jane@x.example",)),
        ("Bob", ("bob@x.example",)),
    ]
    assert book.problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252"])
def test_any_encoding(tmp_path: Path, encoding: str) -> None:
    text = "name;email;notes\nSøren Åberg;soren@x.example;café\nRené;rene@x.example;naïve\n"
    contacts = read(tmp_path, text.encode(encoding)).contacts
    assert [(c.name, c.notes) for c in contacts] == [("Søren Åberg", "café"), ("René", "naïve")]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("gb18030", "王小明是电影导演和编剧"),
        ("cp949", "김철수 영화감독과 작가"),
        ("cp1251", "Екатерина Иванова из Москвы"),
        ("utf-16-be", "山田 太郎"),
    ],
)
def test_other_alphabets(tmp_path: Path, encoding: str, name: str) -> None:
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    text = "name,email,notes\n" + "".join(f"{name},a{n}@x.example,{name}\n" for n in range(9))
    assert {c.name for c in read(tmp_path, mark + text.encode(encoding)).contacts} == {name}


def test_a_guessed_encoding_is_said(tmp_path: Path) -> None:
    book = read(tmp_path, "name,email\nRené,rene@x.example\n".encode("cp1252"))
    assert problems(book) == [
        "contacts.csv: is not UTF-8 and was read as cp1252 (check the names, or save it as UTF-8)"
    ]


@pytest.mark.parametrize("header", ["email", "E-mail", "Email Address", "EMAILS", "Mail", "e_mail", "E-Mail Address"])
def test_the_address_column_has_many_names(tmp_path: Path, header: str) -> None:
    assert read(tmp_path, f"Full Name,{header}\nJane,jane@x.example\n").contacts[0].emails == ("jane@x.example",)


@pytest.mark.parametrize(
    ("written", "met_on"),
    [
        ("2023-07-11", "2023-07-11"),
        ("2023-07-11 00:00:00", "2023-07-11"),
        ("2023/7/11", "2023-07-11"),
        ("11.07.2023", "2023-07-11"),
        ("13/7/2023", "2023-07-13"),
        ("7/13/2023", "2023-07-13"),
        ("7/7/2023", "2023-07-07"),
        ("07/2023", "2023-07"),
        ("2023", "2023"),
    ],
)
def test_dates_as_spreadsheets_write_them(tmp_path: Path, written: str, met_on: str) -> None:
    book = read(tmp_path, f"name,email,met_on\nJane,jane@x.example,{written}\n")
    assert (str(book.contacts[0].met_on), book.problems) == (met_on, ())


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("7/11/2023", "can be read in two ways (write 2023-07-11 or 2023-11-07)"),
        ("31.02.2023", "is no date of the calendar"),
        ("0023-01-01", "is not between 1900 and 2200"),
        ("last july", "is no date"),
    ],
)
def test_a_date_in_doubt_is_left_out_and_said(tmp_path: Path, written: str, said: str) -> None:
    book = read(tmp_path, f"name,email,met_on\nJane,jane@x.example,{written}\n")
    assert book.contacts[0].met_on is None
    assert said in problems(book)[0]


@pytest.mark.parametrize(
    ("columns", "row", "reason"),
    [
        ("reason", "congratulate", Reason(ReasonKind.CONGRATULATE)),
        ("reason,reason_kind", "you won,news", Reason(ReasonKind.NEWS, "you won")),
        ("reason,reason_text", "news,you won", Reason(ReasonKind.NEWS, "you won")),
        ("reason", "", Reason()),
    ],
)
def test_the_reason(tmp_path: Path, columns: str, row: str, reason: Reason) -> None:
    assert read(tmp_path, f"name,email,{columns}\nJane,jane@x.example,{row}\n").contacts[0].reason == reason


# --- problems ---------------------------------------------------------------------------------------


def test_bad_rows_are_named_and_good_ones_work(tmp_path: Path) -> None:
    text = """name,emails,met_onn,phone
Jane,jane@x.example,,
=cmd(1)!A1,evil@x.example,,
Plus,+1@x.example,,
,nobody@x.example,,
Bob,"bob@x.example
 rob@x.example",,
Carol,not an address,,
Jane Again,jane@x.example,,
Doe, John,john@x.example,,1
@Home,home@x.example,,
Last,last@x.example,,=1+1
"""
    book = read(tmp_path, text)
    assert [contact.name for contact in book.contacts] == ["Jane", "Bob", "Last"]
    assert book.contacts[1].emails == ("bob@x.example", "rob@x.example")
    assert problems(book) == [
        "contacts.csv:1: met_onn: unknown column (did you mean met_on?)",
        f"contacts.csv:3 =cmd(1)!A1: name: '=cmd(1)!A1' {FORMULA}",
        f"contacts.csv:4 Plus: emails: '+1@x.example' {FORMULA}",
        "contacts.csv:5: name: is missing",
        "contacts.csv:8 Carol: emails: 'not an address' is no e-mail address (write it as name@example.org)",
        f"contacts.csv:9 Jane Again: emails: {TAKEN}",
        f"contacts.csv:10: {WIDE}",
        f"contacts.csv:11 @Home: name: '@Home' {FORMULA}",
    ]


FORMULA = "looks like a spreadsheet's formula (write it as plain text)"
TAKEN = "jane@x.example is already that of contacts.csv:2 Jane (give each address to one contact)"
WIDE = "has 5 cells for 4 columns; put quotes around a cell that holds the delimiter (the line is left out)"


def test_a_quote_left_open_costs_one_row_only(tmp_path: Path) -> None:
    text = 'name,email,notes\nA,a@x.example,"open\n' + "".join(f"P{n},p{n}@x.example,\n" for n in range(500))
    book = read(tmp_path, text)
    assert len(book.contacts) == 500
    assert problems(book) == ["contacts.csv:2 A: a quote is opened and not closed (the line is left out)"]


def test_quotes_inside_a_cell_are_literal(tmp_path: Path) -> None:
    text = 'name,email,notes\nA,a@x.example,5" pipe\nB,b@x.example,"say ""hi"""\n'
    assert [c.notes for c in read(tmp_path, text).contacts] == ['5" pipe', 'say "hi"']


def test_formulas_elsewhere_are_literal_text(tmp_path: Path) -> None:
    assert read(tmp_path, "name,email,notes\nA,a@x.example,=cmd()\n").contacts[0].notes == "=cmd()"


def test_terminal_escapes_are_refused(tmp_path: Path) -> None:
    book = read(tmp_path, "name,email,notes\nA,a@x.example,x\x1b]52;c\nB\x1b[31m,b@x.example,\n")
    assert [(c.name, c.notes) for c in book.contacts] == [("A", "")]
    assert len(book.problems) == 2


def test_mail_text_in_a_name_stays_text(tmp_path: Path) -> None:
    assert read(tmp_path, 'name,email\n"Jane\r\nBcc: e@x.example {{ 7*7 }}",j@x.example\n').contacts[0].name == (
        "Jane Bcc: e@x.example {{ 7*7 }}"
    )


@pytest.mark.parametrize("content", ["", "\n\n", "name,emails\n", "Jane,jane@x.example\n", "name,phone\nJane,1\n"])
def test_nobody_in_the_file(tmp_path: Path, content: str) -> None:
    with pytest.raises(ConfigError):
        read(tmp_path, content)


def test_a_file_of_one_huge_cell_is_bounded(tmp_path: Path) -> None:
    book = read(tmp_path, "name,email,notes\nA,a@x.example," + "x" * 5_000_000 + "\nB,b@x.example,\n")
    assert [c.name for c in book.contacts] == ["B"]
    assert "A: a cell is longer than 131072 characters" in problems(book)[0]


def test_many_open_quotes_take_no_time(tmp_path: Path) -> None:
    book = read(tmp_path, "name,email\nA,a@x.example\n" + '"x\n' * 20_000 + '"')
    assert len(book.contacts) == 1


@given(st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    book = read(tmp_path, b"name,email\nJane,jane@x.example\n" + content)
    assert all(contact.name and contact.emails for contact in book.contacts)
    try:
        read(tmp_path, content)
    except ConfigError as error:
        assert str(error)  # noqa: PT017 - either way is right


# --- exports ----------------------------------------------------------------------------------------


def test_google_contacts(tmp_path: Path) -> None:
    text = (
        "First Name,Middle Name,Last Name,Phonetic First Name,Name Prefix,Nickname,Organization Name,Birthday,Notes,"
        "Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Value\n"
        "Jane,Q.,Doe,,,,ACME,,two kids,* myContacts,* Work,jane@x.example ::: j@x.example,,jane@y.example,1\n"
        "Bob,,Reed,,,,,,,* myContacts,,,,,555\n"
        ",,,,,,Shop,,,,,info@shop.example,,,\n"
    )
    book = read(tmp_path, text)
    assert [(c.name, c.emails, c.notes) for c in book.contacts] == [
        ("Jane Q. Doe", ("jane@x.example", "j@x.example", "jane@y.example"), "two kids")
    ]
    assert problems(book) == [
        "contacts.csv: 1 entry has no e-mail address (left out)",
        "contacts.csv: 1 entry has no name (left out)",
    ]


def test_older_google_contacts(tmp_path: Path) -> None:
    text = "Name,Given Name,Family Name,E-mail 1 - Type,E-mail 1 - Value\nJane Doe,Jane,Doe,* Home,jane@x.example\n"
    assert read(tmp_path, text).contacts[0].name == "Jane Doe"


def test_outlook(tmp_path: Path) -> None:
    text = (
        "First Name,Middle Name,Last Name,Title,Company,E-mail Address,E-mail Type,E-mail Display Name,"
        "E-mail 2 Address,E-mail 2 Type,Notes\n"
        'Jane,,Doe,,ACME,jane@x.example,SMTP,Jane Doe,jane@y.example,SMTP,"a\r\nb"\n'
    )
    book = read(tmp_path, text)
    assert [(c.name, c.emails) for c in book.contacts] == [("Jane Doe", ("jane@x.example", "jane@y.example"))]
    assert book.problems == ()
