"""contacts.toml, and finding the person whom the user means."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thread_finder.addressbook import Book, find_contact, load_contacts
from thread_finder.errors import ConfigError, ContactError
from thread_finder.model import Contact, PartialDate, Reason, ReasonKind

UNSURE = "'perhaps' is neither yes nor no (until it is, the contact is not written to)"
TAKEN = "jane@x.example is already that of contacts.toml:1 Jane Doe (give each address to one contact)"
JANE = '[[contact]]\nname = "Jane Doe"\nemails = ["jane@x.example"]\n'


def read(folder: Path, text: str) -> Book:
    path = folder / "contacts.toml"
    path.write_text(text, "utf-8")
    return load_contacts(path)


def problems(book: Book) -> list[str]:
    return [str(problem) for problem in book.problems]


# --- reading ----------------------------------------------------------------------------------------


def test_a_whole_entry(tmp_path: Path) -> None:
    text = '''# people
[[contact]]
name = "Søren Åberg"
emails = ["Soren@X.example", "Søren <s.aberg@y.example>"]
introduction = "the intern at Harbour Radio"
met_on = 2023-07-11
met_how = "for coffee"
topic = "documentary editing"
introduced_by = "Priya Shah"
remember = """
that I should learn to edit first
"""
reason = { kind = "news", text = "your film won", link = "https://n.example/a", date = 2026-11-02 }
language = "da"
cadence = "every 6 months"
do_not_contact = false
notes = "two kids"
'''
    assert read(tmp_path, text).contacts == (
        Contact(
            name="Søren Åberg",
            emails=("soren@x.example", "s.aberg@y.example"),
            introduction="the intern at Harbour Radio",
            met_on=PartialDate(date(2023, 7, 11)),
            met_how="for coffee",
            topic="documentary editing",
            introduced_by="Priya Shah",
            remember="that I should learn to edit first",
            reason=Reason(ReasonKind.NEWS, "your film won", "https://n.example/a", date(2026, 11, 2)),
            language="da",
            cadence="6 months",
            notes="two kids",
            source="contacts.toml:2",
        ),
    )


@pytest.mark.parametrize(
    ("written", "met_on"),
    [("2023", "2023"), ('"2023-07"', "2023-07"), ('"11.7.2023"', "2023-07-11"), ('"7/2023"', "2023-07")],
)
def test_dates_are_as_precise_as_written(tmp_path: Path, written: str, met_on: str) -> None:
    assert str(read(tmp_path, f"{JANE}met_on = {written}").contacts[0].met_on) == met_on


def test_a_reason_may_be_one_word(tmp_path: Path) -> None:
    assert read(tmp_path, f'{JANE}reason = "offer help"').contacts[0].reason == Reason(ReasonKind.OFFER_HELP)


# --- problems ---------------------------------------------------------------------------------------


def test_every_problem_is_named_with_line_and_person_and_the_good_entries_work(tmp_path: Path) -> None:
    text = f'''{JANE}
[[contact]]
name = "No Mail"
notes = """
[[contact]]
"""
[[contact]]
name = "Bob Reed"
email = "bob@x.example"
emails = "bob@x.example"
met_on = "last july"
cadence = "often"
language = "english"
do_not_contact = "perhaps"
reason = {{ kind = "newz", txt = "x", link = "javascript:alert(1)", date = 2024 }}
[[contact]]
name = "Jane Again"
emails = ["JANE@x.example", "jane.again@x.example"]
[[contact]]
name = "Esc \\u001b[31m"
emails = 5
'''
    book = read(tmp_path, text)
    assert [contact.name for contact in book.contacts] == ["Jane Doe", "Bob Reed", "Jane Again"]
    assert book.contacts[2].emails == ("jane.again@x.example",)
    assert problems(book) == [
        "contacts.toml:5 No Mail: emails: is missing (one address at least is needed)",
        "contacts.toml:10 Bob Reed: email: unknown key (did you mean emails?)",
        "contacts.toml:10 Bob Reed: met_on: 'last july' is no date (write it as 2023-07-11, 2023-07 or 2023)",
        "contacts.toml:10 Bob Reed: language: 'english' is no language code (write a code such as en, de or pt-BR)",
        'contacts.toml:10 Bob Reed: cadence: \'often\' is no length of time (write it in words: "3 months", "6 weeks")',
        f"contacts.toml:10 Bob Reed: do_not_contact: {UNSURE}",
        "contacts.toml:10 Bob Reed: reason txt: unknown key (did you mean text?)",
        "contacts.toml:10 Bob Reed: reason: 'newz' is no kind of reason (did you mean news?)",
        "contacts.toml:10 Bob Reed: reason link: 'javascript:alert(1)' is no web address (write it with https://)",
        "contacts.toml:10 Bob Reed: reason date: '2024' lacks the day (write it as 2026-09-01)",
        f"contacts.toml:19 Jane Again: emails: {TAKEN}",
        "contacts.toml:22 Esc \x1b[31m: name: holds the control character U+001B (remove it, or type the text again)",
        "contacts.toml:22 Esc \x1b[31m: emails: must be text or a list of texts",
    ]
    assert len(book.problems_of(book.contacts[1])) == 9
    assert book.problems_of(book.contacts[0]) == ()


def test_an_unreadable_wish_not_to_be_contacted_is_honoured(tmp_path: Path) -> None:
    assert read(tmp_path, f'{JANE}do_not_contact = "perhaps"').contacts[0].do_not_contact


@pytest.mark.parametrize(
    "address",
    [
        "jane", "@x.example", "jane@", "a b@x.example", "jane@x.example\\nBcc: e@x.example", "a@b@x.example",
        "alice@x.example)bob@y.example", "ja\\u0000ne@x.example", "jane@x..example", "jane@x\\u202e.example",
        "=cmd()@x.example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(tmp_path: Path, address: str) -> None:
    text = f'{JANE}[[contact]]\nname = "Bob"\nemails = ["{address}"]\n'
    book = read(tmp_path, text)
    assert [contact.name for contact in book.contacts] == ["Jane Doe"]
    assert problems(book)[0].startswith("contacts.toml:4 Bob: emails: ")


def test_the_real_address_behind_a_deceiving_name_is_used(tmp_path: Path) -> None:
    text = '[[contact]]\nname = "Eve"\nemails = [\'"alice@bank.example" <evil@x.example>\']\n'
    assert read(tmp_path, text).contacts[0].emails == ("evil@x.example",)


def test_entries_in_one_line_are_numbered_instead(tmp_path: Path) -> None:
    book = read(tmp_path, 'contact = [{ name = "A", emails = "a@x.example", x = 1 }, 3]')
    assert [problem.where for problem in book.problems] == ["contacts.toml#1 A", "contacts.toml#2"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no contact that can be used"),
        ("[[contacts]]\nname = 'A'\n", "contacts: unknown key (did you mean contact?)"),
        ("[contact]\nnam = 'A'\n", "write [[contact]] with two brackets"),
        ("[[contact]]\nname =\nx = 1\n", "contacts.toml, line 2"),
    ],
)
def test_a_file_with_nobody_in_it_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert said in "\n".join([str(caught.value), *map(str, caught.value.problems)])


def test_a_file_that_is_missing_or_of_another_kind(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load_contacts(tmp_path / "contacts.toml")
    with pytest.raises(ConfigError, match="no contacts file"):
        load_contacts(tmp_path / "contacts.xlsx")


# --- whom the user means ----------------------------------------------------------------------------


def people(*names: str) -> tuple[Contact, ...]:
    return tuple(Contact(name, (f"{number}@x.example",)) for number, name in enumerate(names))


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("jane doe", "Jane Doe"),
        ("doe", "Jane Doe"),
        ("soren aberg", "Søren Åberg"),
        ("ÅBERG", "Søren Åberg"),
        ("jo", "Jo Smith"),
        ("joh", "John Smith"),
        ("smith john", "John Smith"),
        ("山田太郎", "山田 太郎"),
        ("太郎", "山田 太郎"),
        ("strasse", "Eva Straße"),
        ("2@X.example", "John Smith"),
    ],
)
def test_any_unambiguous_part_will_do(words: str, name: str) -> None:
    book = people("Jane Doe", "Jo Smith", "John Smith", "Søren Åberg", "山田 太郎", "Eva Straße")
    assert find_contact(book, words).name == name


def test_several_are_listed() -> None:
    with pytest.raises(ContactError, match=r"Jo Smith <0@x\.example>, John Smith <1@x\.example>"):
        find_contact(people("Jo Smith", "John Smith"), "smith")


@pytest.mark.parametrize(("words", "near"), [("Jnae Doe", "Jane Doe"), ("dow", "Jane Doe"), ("0@x.exmple", "Jane Doe")])
def test_nobody_is_answered_with_whom_it_may_have_been(words: str, near: str) -> None:
    with pytest.raises(ContactError) as caught:
        find_contact(people("Jane Doe", "Bob Reed"), words)
    assert near in caught.value.to_do


@given(st.text(max_size=30))
def test_whatever_is_typed_finds_one_person_or_says_so(words: str) -> None:
    book = people("Jane Doe", "Jo Smith", "John Smith")
    try:
        found = find_contact(book, words) in book
    except ContactError as error:
        found = bool(error.to_do)
    assert found
