"""Is the way to Gmail open? Each thing that it takes, looked at in turn, and what to do about what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from thread_finder.errors import Check, ExitCode, SignInError, ThreadFinderError
from thread_finder.mailboxes.gmail_auth import SCOPES, credentials, read_client, remember, somebody_elses
from thread_finder.mailboxes.gmail_calls import Caller
from thread_finder.mailboxes.gmail_errors import LOGIN
from thread_finder.mailboxes.gmail_http import TIMEOUT, clock_trouble
from thread_finder.mailboxes.gmail_quota import shared_limiter
from thread_finder.mailboxes.gmail_tokens import TokenStore
from thread_finder.userfiles import open_to_others


def examine(
    *, account: str, state: Path, client_secret: Path | None, owner: Sequence[str], api_root: str = ""
) -> Iterator[Check]:
    """Check after check; ends with the first that makes the rest pointless. Costs 2 units."""
    store = TokenStore(state)
    if client_secret is not None and (client_secret.exists() or not store.where(account)):
        yield _client(client_secret)  # signed in with a token file, one needs none
    try:
        used = credentials(account, state)
    except SignInError as error:
        yield Check.failed("sign-in", error)
        return
    yield Check("sign-in", f"kept in {store.where(account)}")
    if open_to_others(path := store.path(account)):
        detail = f"{path} can be read by other users of this machine"
        yield Check("token file", detail, f"chmod 600 {path}", ExitCode.SIGN_IN)
    limiter = shared_limiter(state, account, api_root)
    caller = Caller(used, limiter, api_root=api_root, timeout=min(TIMEOUT, 20.0))
    try:
        yield from _online(caller, used, owner)
    finally:
        caller.close()
        remember(account, state, used)


def _online(caller: Caller, used: Any, owner: Sequence[str]) -> Iterator[Check]:
    what = "renewal"
    try:
        caller.renew()
        yield Check(what, "Google renews the sign-in")
        what = "Gmail"
        profile = caller.read(caller.ask.profile())
        send_as = caller.read(caller.ask.identities())
    except ThreadFinderError as error:
        yield Check.failed(what, error)
        return
    email = str(profile["emailAddress"]).lower()
    yield Check(what, f"reached as {email}, {profile.get('messagesTotal', '?')} messages")
    wait = caller.limiter.wait_for(1000)
    yield Check("quota", "there is room" if wait <= 0 else f"another run uses it; there is room in {wait:.0f} seconds")
    yield _scopes(used)
    aliases = (str(item.get("sendAsEmail", "")).lower() for item in send_as["sendAs"])
    wrong = somebody_elses(email, aliases, owner)
    yield Check.failed("account", wrong) if wrong else Check("account", f"{email} is yours")
    yield _clock(caller.clock_skew)


def _client(path: Path) -> Check:
    try:
        read_client(path)
    except SignInError as error:
        return Check.failed("client file", error)
    return Check("client file", str(path))


def _scopes(used: Any) -> Check:
    missing = set(SCOPES) - set(used.granted_scopes or used.scopes or SCOPES)
    if missing:
        names = ", ".join(sorted(scope.rpartition("/")[2] for scope in missing))
        to_do = f"{LOGIN}, and leave both boxes ticked"
        return Check("permissions", f"{names} was not granted", to_do, ExitCode.SIGN_IN)
    return Check("permissions", "reading mail, managing drafts")


def _clock(skew: float | None) -> Check:
    if trouble := clock_trouble(skew):
        return Check("clock", trouble, "set it, or switch on network time", ExitCode.UNAVAILABLE)
    return Check("clock", "Gmail does not tell the time" if skew is None else "right")
