"""Which contact is meant by what was typed."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Sequence

from thread_finder.errors import ContactError
from thread_finder.model import Contact

_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def find_contact(contacts: Sequence[Contact], words: str) -> Contact:
    """The one contact with this address, or with this in the name; case and accents do not matter.

    The whole name goes before whole words of it, those before their beginnings, those before any part:
    "Jo" is Jo Smith even where there is a John. ContactError when nobody or several are meant.
    """
    email = words.strip().lower()
    wanted = plain(words)
    if not wanted:
        raise ContactError("no contact was named", "give a name, a part of it, or an address")
    for matches in (_has_address(email), *_by_name(wanted)):
        found = [contact for contact in contacts if matches(contact)]
        if len(found) == 1:
            return found[0]
        if found:
            raise _ambiguous(words, found)
    raise _unknown(words, wanted, contacts)


def plain(text: str) -> str:
    """Lower case without accents, single spaces: "Søren  ÅBERG" is "soren aberg"."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return " ".join("".join(char for char in letters if not unicodedata.combining(char)).split())


def _has_address(email: str) -> Callable[[Contact], bool]:
    return lambda contact: email in contact.emails


def _by_name(wanted: str) -> Sequence[Callable[[Contact], bool]]:
    words = wanted.split()
    return (
        lambda contact: plain(contact.name) == wanted,
        lambda contact: set(words) <= set(plain(contact.name).split()),
        lambda contact: all(any(part.startswith(word) for part in plain(contact.name).split()) for word in words),
        lambda contact: wanted.replace(" ", "") in plain(contact.name).replace(" ", ""),
    )


def _ambiguous(words: str, found: Sequence[Contact]) -> ContactError:
    people = ", ".join(f"{contact.name} <{contact.emails[0]}>" for contact in found[:8])
    more = f" and {len(found) - 8} more" if len(found) > 8 else ""
    return ContactError(f"{words.strip()!r} can be {people}{more}", "type more of the name, or the address")


def _unknown(words: str, wanted: str, contacts: Sequence[Contact]) -> ContactError:
    names = {name: contact for contact in contacts for name in (plain(contact.name), *plain(contact.name).split())}
    addresses = {email: contact for contact in contacts for email in contact.emails}
    near = difflib.get_close_matches(wanted, [*names, *addresses], n=3, cutoff=0.65)
    people = dict.fromkeys((names | addresses)[one].name for one in near)
    to_do = f"did you mean {' or '.join(people)}?" if people else "`thread-finder contacts list` shows them all"
    return ContactError(f"no contact is called {words.strip()!r}", to_do)
