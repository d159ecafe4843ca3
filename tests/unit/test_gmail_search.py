"""What is asked of Gmail's search, and which threads are chosen from its answers."""

from urllib.parse import quote_plus

from hypothesis import given
from hypothesis import strategies as st

from tests.gmail_server.query import parse, terms
from thread_finder.mailboxes.base import Request
from thread_finder.mailboxes.gmail_search import (
    THREAD,
    Marks,
    Promise,
    allotted,
    promises,
    shared,
    speaking,
    with_person,
    written_by,
)


def asked(query: str) -> set[tuple[str, str]]:
    return {(term.operator, term.value) for term in terms(parse(query))}


def test_a_person_is_looked_for_under_all_addresses() -> None:
    query = with_person(("a@x.example", "b@y.example"))
    assert {("from", "a@x.example"), ("to", "a@x.example"), ("cc", "b@y.example")} <= asked(query)
    assert ("from", "mailer-daemon") in asked(query)


@given(st.lists(st.text(max_size=40), max_size=5))
def test_no_address_changes_the_query(addresses: list[str]) -> None:
    query = with_person(tuple(f"{a}@x.example" for a in addresses))
    assert {operator for operator, _ in asked(query)} <= {"from", "to", "cc", ""}
    assert query.count("{") == query.count("}")
    assert query.count("(") == query.count(")")
    assert query.count('"') % 2 == 0


def test_nobody_is_not_everybody() -> None:
    assert with_person(()) == ""
    assert with_person(("not an address",)) == ""
    assert list(shared("x", [Request("a", (), ())])) == []


@given(st.lists(st.lists(st.integers(0, 10**6), min_size=1, max_size=4), max_size=60))
def test_shared_queries_hold_everybody_and_stay_short(people: list[list[int]]) -> None:
    requests = [Request(str(n), tuple(f"p{n}.{i}@x.example" for i in ids), ()) for n, ids in enumerate(people)]
    queries = list(shared("from:me", requests))
    assert all(len(quote_plus(query)) < 2000 for query in queries)
    found = {value for query in queries for operator, value in asked(query) if operator == "to"}
    assert found == {address for request in requests for address in request.addresses}


def test_words_that_fit_and_calendar_files() -> None:
    assert asked(speaking(("coffee", "thank you", "coffee"))) == {
        ("filename", "ics"), ("", "coffee"), ("", "thank you"),
    }  # fmt: skip
    assert len(quote_plus(speaking([f"word{n}" for n in range(1000)]))) < 1000
    assert asked(speaking(('a"b', "from:me", "{x}"))) == {("filename", "ics")}
    assert asked(written_by(("me@x.example", "bad address"))) == {("from", "me"), ("from", "me@x.example")}


LISTED = [("m9", "new"), ("m8", "real"), ("m7", "real"), ("m6", "real"), ("m5", "list"), ("m1", "first")]


def test_the_thread_that_both_wrote_in_comes_first() -> None:
    best, *rest = promises(LISTED, Marks(written=frozenset({"m7"})))
    assert (best.thread_id, best.both_wrote, best.messages, best.place) == ("real", True, 3, 2)
    assert {promise.thread_id for promise in rest} == {"new", "list", "first"}


def test_what_speaks_of_meeting_goes_before_what_does_not() -> None:
    found = promises([("2", "b"), ("1", "a")], Marks(speaking=frozenset({"2"})))
    assert [promise.thread_id for promise in found] == ["b", "a"]


def test_the_newest_is_among_the_first_four() -> None:
    listed = [("new", "newest"), *((f"{t}.{m}", f"t{t}") for t in range(20) for m in range(3))]
    assert "newest" in [promise.thread_id for promise in promises(listed, Marks())[:4]]


def promise(number: int) -> Promise:
    return Promise(f"t{number}", number, 1)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=30), st.integers(0, 4000))
def test_the_units_are_kept_and_nobody_goes_without(counts: list[int], units: int) -> None:
    wanted = {str(key): [promise(n) for n in range(count)] for key, count in enumerate(counts)}
    chosen = allotted(wanted, units)
    first_looks = sum(count > 0 for count in counts) * THREAD
    assert sum(len(found) for found in chosen.values()) * THREAD <= max(units, first_looks)
    assert all(bool(chosen[key]) == bool(found) for key, found in wanted.items())
    if sum(counts) * THREAD <= units:
        assert {key: len(found) for key, found in chosen.items()} == {key: len(found) for key, found in wanted.items()}
