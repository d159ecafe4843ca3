"""Is the way to Gmail open? Each thing that it takes, looked at in turn, and what to do about what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thread_finder.errors import SignInError, ThreadFinderError
from thread_finder.mailboxes.gmail_auth import SCOPES, credentials, read_client, remember
from thread_finder.mailboxes.gmail_calls import Caller
from thread_finder.mailboxes.gmail_errors import LOGIN
from thread_finder.mailboxes.gmail_http import TIMEOUT
from thread_finder.mailboxes.gmail_tokens import TokenStore, readable_by_others

_CLOCK = 300.0  # seconds; sign-in and certificates suffer beyond that


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: ``what``, whether it is well, a few words on it, and what ``to_do`` where it is not."""

    what: str
    well: bool
    detail: str
    to_do: str = ""


def examine(
    *, account: str, state: Path, client_secret: Path | None, owner: Sequence[str], api_root: str = ""
) -> Iterator[Check]:
    """Check after check; ends with the first that makes the rest pointless. Costs 2 units."""
    if client_secret is not None:
        yield _client(client_secret)
    store = TokenStore(state)
    try:
        used = credentials(account, state)
    except SignInError as error:
        yield _wrong("sign-in", error)
        return
    yield Check("sign-in", True, f"kept in {store.where(account)}")
    if readable_by_others(store.path(account)):
        yield Check(
            "token file", False, "other users of this machine can read it", f"run: chmod 600 {store.path(account)}"
        )
    caller = Caller(used, account=account, api_root=api_root, timeout=min(TIMEOUT, 20.0))
    try:
        yield from _online(caller, used, owner)
    finally:
        caller.close()
        remember(account, state, used)


def _online(caller: Caller, used: Any, owner: Sequence[str]) -> Iterator[Check]:
    try:
        caller.renew()
        yield Check("renewal", True, "Google renews the sign-in")
        profile = caller.read(caller.ask.profile())
        send_as = caller.read(caller.ask.identities())
    except ThreadFinderError as error:
        yield _wrong("Gmail", error)
        return
    email = str(profile["emailAddress"]).lower()
    yield Check("Gmail", True, f"reached as {email}, {profile.get('messagesTotal', '?')} messages")
    yield _scopes(used)
    yield _identity(email, {str(item.get("sendAsEmail", "")).lower() for item in send_as["sendAs"]}, owner)
    yield _clock(caller.clock_skew)


def _client(path: Path) -> Check:
    try:
        read_client(path)
    except SignInError as error:
        return _wrong("client file", error)
    if readable_by_others(path):
        return Check("client file", False, "other users of this machine can read it", f"run: chmod 600 {path}")
    return Check("client file", True, str(path))


def _scopes(used: Any) -> Check:
    missing = set(SCOPES) - set(used.granted_scopes or used.scopes or SCOPES)
    if missing:
        names = ", ".join(sorted(scope.rpartition("/")[2] for scope in missing))
        return Check("permissions", False, f"{names} was not granted", f"{LOGIN}, and leave both boxes ticked")
    return Check("permissions", True, "reading mail, managing drafts")


def _identity(email: str, aliases: set[str], owner: Sequence[str]) -> Check:
    if email in owner or not aliases.isdisjoint(owner):
        return Check("account", True, f"{email} is yours")
    to_do = f"{LOGIN} with one of {', '.join(owner)}, or add {email} to emails under [owner]"
    return Check("account", False, f"signed in as {email}, which is none of your addresses", to_do)


def _clock(skew: float | None) -> Check:
    if skew is None:
        return Check("clock", True, "Gmail does not tell the time")
    if abs(skew) <= _CLOCK:
        return Check("clock", True, "right")
    minutes, where = round(abs(skew) / 60), "fast" if skew > 0 else "slow"
    return Check(
        "clock", False, f"this machine's clock is {minutes} minutes {where}", "set it, or switch on network time"
    )


def _wrong(what: str, error: ThreadFinderError) -> Check:
    return Check(what, False, error.message, error.to_do)
