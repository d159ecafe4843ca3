"""What went wrong at Gmail: does it pass by itself, was a write perhaps carried out, and what can the user do?"""

from __future__ import annotations

import http.client
import json
import ssl
from typing import Any

import httplib2
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from googleapiclient.errors import BatchError, HttpError

from thread_finder.errors import MailboxError, SignInError, ThreadFinderError, UnavailableError

LOGIN = "run: thread-finder login"
_BUSY = {"rateLimitExceeded", "userRateLimitExceeded", "backendError"}
_TOO_NARROW = {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}


class MalformedAnswerError(Exception):
    """An answer that is not what the API promises: a proxy's page, half a document, another method's."""


class GoneError(MailboxError):
    """What was asked for is not there (any more)."""


FAILURES = (
    HttpError,
    BatchError,
    GoogleAuthError,
    MalformedAnswerError,
    httplib2.HttpLib2Error,
    http.client.HTTPException,
    OSError,
    ValueError,
    KeyError,
)
"""Everything that a call through the client can raise; ValueError and KeyError come from answers it cannot read."""


def status(error: BaseException) -> int:
    """The HTTP status of an error answer, 0 where there was no answer."""
    return int(error.resp.status) if isinstance(error, HttpError) and not isinstance(error, BatchError) else 0


def reason(error: BaseException) -> str:
    """Google's word for it ("rateLimitExceeded"), "" where the answer has none."""
    return str(_detail(error).get("reason", ""))


def busy(error: BaseException) -> bool:
    """Whether Gmail refused for now, having done nothing: a quota or too many calls at once."""
    return status(error) == 429 or (status(error) == 403 and reason(error) in _BUSY)


def passing(error: BaseException) -> bool:
    """Whether trying again may help. For reads only: a write may have been carried out, see ``in_doubt``."""
    if isinstance(error, RefreshError):
        return bool(getattr(error, "retryable", False))
    if isinstance(error, HttpError) and not isinstance(error, BatchError):
        return busy(error) or status(error) >= 500 or status(error) == 408
    return not _lasting(error)


def in_doubt(error: BaseException) -> bool:
    """Whether a write that ended so may have been carried out all the same."""
    if isinstance(error, GoogleAuthError) or _unreachable(error):
        return False  # nothing was sent
    return passing(error) and not busy(error)


def retry_after(error: BaseException) -> float | None:
    """The seconds that Gmail asks to wait, None where it does not say. Dates are not used by Gmail."""
    try:
        return max(0.0, float(error.resp["retry-after"])) if isinstance(error, HttpError) else None
    except (KeyError, TypeError, ValueError):
        return None


def explained(error: BaseException) -> ThreadFinderError:
    """The same as an error for the user: one sentence, and the next step. Holds no mail content and no token."""
    if isinstance(error, ThreadFinderError):
        return error
    if isinstance(error, RefreshError):
        return _refresh_error(error)
    if isinstance(error, TransportError) and error.args and isinstance(error.args[0], Exception):
        return explained(error.args[0])
    if isinstance(error, HttpError) and not isinstance(error, BatchError):
        return _answer_error(error)
    if _certificate(error):
        return UnavailableError(
            f"the secure connection to Gmail failed ({_certificate(error)})",
            "check this machine's clock, and whether a proxy or virus scanner looks into https traffic",
        )
    if isinstance(error, httplib2.ServerNotFoundError):
        return UnavailableError("Gmail's address cannot be found", "check the network connection, then try again")
    if _proxy(error):
        return UnavailableError(f"the proxy does not let Gmail through ({error})", "check HTTPS_PROXY and its rights")
    if isinstance(error, TimeoutError):
        return UnavailableError("Gmail did not answer in time", "try again later; what is done is kept")
    if isinstance(error, (OSError, TransportError, httplib2.HttpLib2Error, http.client.HTTPException)):
        return UnavailableError(
            f"Gmail cannot be reached ({_cause(error)})", "check the network and proxy settings, then try again"
        )
    return UnavailableError(
        "something that is not Gmail answered in its place", "check for a proxy or a sign-in page of the network"
    )


def _refresh_error(error: RefreshError) -> ThreadFinderError:
    text = str(error)
    if "invalid_client" in text or "deleted_client" in text:
        return SignInError("Google does not know the OAuth client any more", "download a new client file, then log in")
    if "invalid_scope" in text or "missing scopes" in text:
        return SignInError("the sign-in covers less than thread-finder needs", f"{LOGIN}, and leave both boxes ticked")
    if getattr(error, "retryable", False) or "invalid_grant" not in text:
        return UnavailableError("Google's sign-in server could not renew the sign-in", "try again in a few minutes")
    return SignInError(
        "Google no longer accepts the sign-in (revoked, password changed, or 7 days of a project in Testing over)",
        LOGIN,
    )


def _answer_error(error: HttpError) -> ThreadFinderError:
    code, why = status(error), reason(error)
    if code == 401:
        return SignInError("Gmail does not accept the sign-in", LOGIN)
    if why in _TOO_NARROW or _scope_missing(error):
        return SignInError(
            "the sign-in does not allow reading mail and writing drafts", f"{LOGIN}, leave both boxes ticked"
        )
    if why == "accessNotConfigured" or "has not been used in project" in _message(error):
        return SignInError(
            "the Gmail API is not enabled in your Google Cloud project",
            "enable it under APIs & Services (docs/gmail-setup.md, step 2), wait a few minutes, try again",
        )
    if why == "domainPolicy":
        return SignInError("your organisation does not allow this app", "ask its Google Workspace administrator")
    if why == "dailyLimitExceeded" or (code == 403 and "aily" in why):
        return UnavailableError("Gmail's quota for today is spent", "go on tomorrow; what is done is kept")
    if busy(error):
        return UnavailableError("Gmail's quota for this minute is spent", "try again in a few minutes")
    if code >= 500 or code == 408:
        return UnavailableError(f"Gmail has trouble just now (HTTP {code})", "try again in a few minutes")
    if 300 <= code < 400:
        return UnavailableError("the network answers in Gmail's place", "sign in to the network first, then try again")
    if code == 404:
        return GoneError("Gmail has no such message, thread or draft any more", "run the command again")
    return MailboxError(
        f"Gmail refused the request (HTTP {code} {why or 'without a reason'})", "run: thread-finder doctor"
    )


def _detail(error: BaseException) -> dict[str, Any]:
    """The first item of Google's error document."""
    try:
        document = json.loads(error.content)["error"]  # type: ignore[attr-defined]
        items = document.get("errors") or document.get("details") or [{}]
        return items[0] if isinstance(items[0], dict) else {}
    except (AttributeError, KeyError, IndexError, TypeError, ValueError):
        return {}


def _message(error: HttpError) -> str:
    return str(error.content[:2000]) if error.content else ""


def _scope_missing(error: HttpError) -> bool:
    return (
        status(error) == 403 and "insufficient" in f"{_message(error)} {error.resp.get('www-authenticate', '')}".lower()
    )


def _lasting(error: BaseException) -> bool:
    """Whether the trouble is of a kind that stays: certificates, names, proxies that refuse."""
    return bool(_certificate(error)) or _proxy(error)


def _unreachable(error: BaseException) -> bool:
    """Whether there was no connection at all."""
    return isinstance(error, (ConnectionRefusedError, httplib2.ServerNotFoundError)) or _lasting(error)


def _certificate(error: BaseException) -> str:
    if not isinstance(error, ssl.SSLError):
        return ""
    return str(getattr(error, "verify_message", "") or error.reason or "TLS")


def _proxy(error: BaseException) -> bool:
    return isinstance(error, OSError) and "unnel connection failed" in str(error)  # http.client's words


def _cause(error: BaseException) -> str:
    return str(getattr(error, "strerror", "") or type(error).__name__)
