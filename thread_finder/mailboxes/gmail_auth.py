"""Signing in to Gmail: in the user's own browser, or with a token file; and the credentials of those who have.

The loopback flow of RFC 8252 with PKCE; the scopes are the least that reading threads and writing drafts needs.
"""

from __future__ import annotations

import json
import logging
import os
import webbrowser
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thread_finder.errors import SignInError, UnavailableError
from thread_finder.mailboxes.gmail_errors import LOGIN
from thread_finder.mailboxes.gmail_tokens import TokenStore
from thread_finder.userfiles import open_to_others

SCOPES = ("https://www.googleapis.com/auth/gmail.readonly", "https://www.googleapis.com/auth/gmail.compose")
TIMEOUT = 300  # seconds that the browser may take
_INSECURE = "OAUTHLIB_INSECURE_TRANSPORT"  # oauthlib's own switch
_log = logging.getLogger(__name__)
_GUIDE = "docs/gmail-setup.md shows how to make and download it"
_BOXES = f"{LOGIN}, and leave both boxes ticked: reading mail, and managing drafts"
_DONE = "thread-finder is signed in. You can close this window."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, and where the sign-in is kept, in words for the user."""

    email: str
    kept_in: str


def login(
    client_secret: Path,
    *,
    account: str,
    state: Path,
    owner: Sequence[str],
    api_root: str = "",
    open_browser: bool = True,
    tell: Callable[[str, int], None] | None = None,
) -> SignedIn:
    """Sign in at Google's page, in this machine's browser or in one that ``tell`` (address, local port) leads to.

    Without a browser here the user forwards the port over ssh. SignInError says what went wrong and what to do,
    also when it is the account of none of ``owner``'s addresses; nothing is kept then.
    """
    client = read_client(client_secret)
    flow = _flow(client, tell)
    with _told(), _plain_http_to_this_machine(client["installed"]["token_uri"]):
        credentials = flow.run_local_server(
            host="127.0.0.1",
            port=0,
            open_browser=open_browser,
            timeout_seconds=TIMEOUT,
            authorization_prompt_message="",
            success_message=_DONE,
            access_type="offline",
            prompt="consent",  # without it Google gives no refresh token the second time
        )
    return _keep(credentials, account, state, api_root, owner)


def login_with_token(
    token_file: Path, *, account: str, state: Path, owner: Sequence[str], api_root: str = ""
) -> SignedIn:
    """Take over a sign-in made elsewhere: google-auth's authorized-user JSON. As ``login`` else."""
    info = _read_json(token_file, "token file")
    if open_to_others(token_file):
        _log.warning("%s can be read by other users of this machine: delete it, or chmod 600 it", token_file)
    if "installed" in info or "web" in info:
        raise SignInError(f"{token_file} is a client file, not a token", f"{LOGIN} without --token-file")
    missing = [key for key in ("client_id", "client_secret", "refresh_token") if not info.get(key)]
    if missing:
        raise SignInError(
            f"{token_file} is no authorized-user token: it has no {', '.join(missing)}",
            "make it with thread-finder login on a machine with a browser, and copy it from there",
        )
    return _keep(_credentials(info), account, state, api_root, owner)


def logout(account: str, state: Path) -> bool:
    """Forget the sign-in on this machine; whether there was one. Google's own list of apps is not touched."""
    return TokenStore(state).delete(account)


def credentials(account: str, state: Path) -> Any:
    """google-auth's credentials of a signed-in account. SignInError if it is not."""
    return _credentials(TokenStore(state).load(account))


def remember(account: str, state: Path, used: Any) -> None:
    """Keep an access token that was renewed, for the next run. Never fails: it can be renewed again."""
    store = TokenStore(state)
    try:
        kept = store.load(account)
        if used.token and kept.get("token") != used.token and kept["refresh_token"] == used.refresh_token:
            store.save(account, used.to_json())
    except SignInError:
        return


def read_client(path: Path) -> dict[str, Any]:
    """The client file as downloaded from the console; SignInError if it is another kind of file."""
    info = _read_json(path, "client file")
    if "web" in info:
        raise SignInError(
            f"{path} belongs to a client of type “Web application”",
            f"create one of type “Desktop app” instead; {_GUIDE}",
        )
    if info.get("type") == "authorized_user" or "refresh_token" in info:
        raise SignInError(f"{path} is a token, not a client file", f"{LOGIN} --token-file {path}")
    if info.get("type") == "service_account":
        raise SignInError(f"{path} is a service account's key", f"create a client of type “Desktop app”; {_GUIDE}")
    client = info.get("installed")
    needed = ("client_id", "client_secret", "auth_uri", "token_uri")
    if not isinstance(client, dict) or not all(isinstance(client.get(key), str) for key in needed):
        raise SignInError(f"{path} is no client file of Google's", _GUIDE)
    return info


def _read_json(path: Path, what: str) -> dict[str, Any]:
    try:
        info = json.loads(path.read_bytes()[:1_000_000])
    except FileNotFoundError as error:
        raise SignInError(
            f"there is no {what} at {path}", _GUIDE if what == "client file" else "check the path"
        ) from error
    except OSError as error:
        raise SignInError(f"{path} cannot be read: {error.strerror}", "check its permissions") from error
    except ValueError as error:
        raise SignInError(f"{path} is no JSON, so it is no {what}", _GUIDE) from error
    if not isinstance(info, dict):
        raise SignInError(f"{path} is no {what}", _GUIDE)
    return info


def _credentials(info: dict[str, Any]) -> Any:
    from google.oauth2.credentials import Credentials  # noqa: PLC0415 - late: imports are slow

    make: Any = Credentials
    try:
        read = Credentials.from_authorized_user_info(info)  # type: ignore[no-untyped-call] # reads the dates
        return make(
            read.token,
            refresh_token=read.refresh_token,
            token_uri=info.get("token_uri") or read.token_uri,  # which google-auth would not take from the file
            client_id=read.client_id,
            client_secret=read.client_secret,
            scopes=read.scopes,
            expiry=read.expiry,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SignInError("the sign-in that was kept cannot be used", LOGIN) from error


def _flow(client: dict[str, Any], tell: Callable[[str, int], None] | None) -> Any:
    from google_auth_oauthlib.flow import InstalledAppFlow  # noqa: PLC0415

    class Flow(InstalledAppFlow):  # type: ignore[misc]
        """Google's flow, which would print the address; this one tells it."""

        def authorization_url(self, **options: Any) -> tuple[str, str]:
            url, state = super().authorization_url(**options)
            if tell is not None:
                tell(url, int(self.redirect_uri.rstrip("/").rpartition(":")[2]))
            return url, state

    return Flow.from_client_config(client, scopes=list(SCOPES))


def somebody_elses(email: str, aliases: Iterable[str], owner: Sequence[str]) -> SignInError | None:
    """What to say when neither an account's address nor one it may write from is the owner's; else None."""
    if not {email, *aliases}.isdisjoint(owner):
        return None
    return SignInError(
        f"signed in as {email}, which is none of your addresses",
        f"{LOGIN}, with one of {', '.join(owner)}; or add {email} to emails under [owner] in config.toml",
    )


def _keep(signed_in: Any, account: str, state: Path, api_root: str, owner: Sequence[str]) -> SignedIn:
    """Check a new sign-in by asking whose it is, then keep it."""
    from thread_finder.mailboxes.gmail_calls import Caller  # noqa: PLC0415
    from thread_finder.mailboxes.gmail_quota import shared_limiter  # noqa: PLC0415

    granted = set(signed_in.granted_scopes or signed_in.scopes or SCOPES)
    if not set(SCOPES) <= granted:
        raise SignInError("the sign-in does not allow reading mail and writing drafts", _BOXES)
    caller = Caller(signed_in, shared_limiter(state, account, api_root), api_root=api_root)
    try:
        email = str(caller.read(caller.ask.profile())["emailAddress"]).lower()
        aliases = caller.read(caller.ask.identities())["sendAs"]
    finally:
        caller.close()
    if wrong := somebody_elses(email, (str(item.get("sendAsEmail", "")).lower() for item in aliases), owner):
        raise wrong
    return SignedIn(email, TokenStore(state).save(account, signed_in.to_json()))


@contextmanager
def _plain_http_to_this_machine(token_uri: str) -> Iterator[None]:
    """Let oauthlib speak http where nothing leaves the machine, as ``api_root`` may; it refuses http otherwise."""
    local = token_uri.startswith(("http://127.0.0.1:", "http://localhost:", "http://[::1]:"))
    if not local or _INSECURE in os.environ:
        yield
        return
    os.environ[_INSECURE] = "1"
    try:
        yield
    finally:
        del os.environ[_INSECURE]


@contextmanager
def _told() -> Iterator[None]:
    """The sign-in flow's errors as the user's."""
    from google_auth_oauthlib.flow import WSGITimeoutError  # noqa: PLC0415
    from oauthlib.oauth2.rfc6749.errors import AccessDeniedError, OAuth2Error  # type: ignore[import-untyped] # noqa: PLC0415
    from requests.exceptions import ProxyError, RequestException, SSLError  # noqa: PLC0415

    try:
        yield
    except WSGITimeoutError as error:
        raise SignInError("nobody signed in in time", f"{LOGIN} again, or with --no-browser") from error
    except AccessDeniedError as error:
        raise SignInError("the sign-in was cancelled at Google's page", f"{LOGIN} again") from error
    except OAuth2Error as error:
        raise SignInError(f"Google did not complete the sign-in ({error.error})", f"{LOGIN} again") from error
    except Warning as error:  # oauthlib's way of saying that a box was unticked
        raise SignInError("the sign-in does not allow reading mail and writing drafts", _BOXES) from error
    except webbrowser.Error as error:
        raise SignInError("no browser can be opened here", f"{LOGIN} --no-browser") from error
    except ProxyError as error:
        raise UnavailableError("the proxy does not let Google's sign-in through", "check HTTPS_PROXY") from error
    except SSLError as error:
        raise UnavailableError(
            "the secure connection to Google's sign-in failed",
            "check this machine's clock, and whether a proxy or virus scanner looks into https traffic",
        ) from error
    except RequestException as error:
        raise UnavailableError(
            f"Google's sign-in server cannot be reached ({type(error).__name__})", "check the network, then try again"
        ) from error
    except OSError as error:
        raise SignInError(f"the sign-in cannot listen on this machine: {error.strerror}", "try again") from error
