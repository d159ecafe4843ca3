"""Addresses that only look like a contact's (hazards A3)."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thread_finder.mail.lookalike import lookalikes

JANE = "jane.morse@columbia.example"


@pytest.mark.parametrize(
    "address",
    [
        "jаne.morse@columbia.example",  # Cyrillic а
        "jane.rnorse@columbia.example",
        "jane.morse@co1umbia.example",
        "jane.morse@c0lumbia.example",
        "jane.morse@columbla.example",
        "jane.mοrse@columbia.example",  # Greek omicron
        "jané.morse@columbia.example",
        "jane.morse@columbiа.example".encode().decode(),
        "jane.morse@xn--" + "cоlumbia".encode("punycode").decode() + ".example",
        "jane.morse@c\u200bolumbia.example",
        "ｊane.morse@columbia.example",
    ],
)
def test_a_twin_is_noticed(address: str) -> None:
    assert lookalikes(address, [JANE, "bob@x.example"]) == (JANE,)


@pytest.mark.parametrize(
    "address",
    [
        JANE,
        "jane@columbia.example",
        "jane.morse@columbia.org",
        "j.morse@columbia.example",
        "jane.morsel@columbia.example",
    ],
)
def test_the_same_and_the_plainly_different_are_left_alone(address: str) -> None:
    assert lookalikes(address, [JANE]) == ()


@pytest.mark.parametrize(
    "address", ["", "@", "a@xn--", "a@xn--\u0430", "a@xn--99999999999", "x" * 10_000_000, "@" * 300]
)
def test_strange_addresses_are_no_error(address: str) -> None:
    assert lookalikes(address, [JANE]) == ()


@given(st.text(string.ascii_letters + string.digits + ".@-аеоι", max_size=60))
def test_looking_alike_is_mutual_and_never_the_same(address: str) -> None:
    assert lookalikes(address, [address]) == ()
    assert bool(lookalikes(address, [JANE])) == bool(lookalikes(JANE, [address]) if address else ())
