"""Gmail's error answers: the JSON bodies as the service writes them, with reason, domain and status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}
QUOTA_REASONS = {"rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded", "accessNotConfigured"}
PROJECT = "479857586348"


class ApiError(Exception):
    """An answer that is not 200. ``reason`` goes into error.errors[0]; ``headers`` are sent along."""

    def __init__(
        self,
        status: int,
        reason: str,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
        details: list[dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(f"{status} {reason}: {message}")
        self.status = status
        self.reason = reason
        self.message = message
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})
        self.details = details

    def body(self) -> dict[str, Any]:
        """The JSON document that Google's front end sends."""
        domain = "usageLimits" if self.status == 403 and self.reason in QUOTA_REASONS else "global"
        item = {"message": self.message, "domain": domain, "reason": self.reason} | self.extra
        error: dict[str, Any] = {"code": self.status, "message": self.message, "errors": [item]}
        error["status"] = STATUS_NAMES.get(self.status, "UNKNOWN")
        if self.details:
            error["details"] = self.details
        return {"error": error}


def not_found() -> ApiError:
    """What a wrong message, thread, draft or history id gives."""
    return ApiError(404, "notFound", "Requested entity was not found.")


def bad_request(message: str) -> ApiError:
    """A request that makes no sense."""
    return ApiError(400, "invalidArgument", message)


def unauthenticated() -> ApiError:
    """No token, an unknown one, or one that has run out."""
    message = (
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
    )
    return ApiError(
        401,
        "authError",
        message,
        headers={"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'},
        extra={"message": "Invalid Credentials", "location": "Authorization", "locationType": "header"},
    )


def insufficient_scope(method: str, scopes: tuple[str, ...]) -> ApiError:
    """The token is good, but the user has not granted any scope that this method asks for."""
    hint = f'Bearer realm="https://accounts.google.com/", error="insufficient_scope", scope="{" ".join(scopes)}"'
    detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
        "metadata": {"service": "gmail.googleapis.com", "method": f"caribou.api.proto.MailboxService.{method}"},
    }
    return ApiError(
        403,
        "insufficientPermissions",
        "Request had insufficient authentication scopes.",
        headers={"WWW-Authenticate": hint},
        extra={"message": "Insufficient Permission"},
        details=[detail],
    )


def access_not_configured() -> ApiError:
    """The API is not switched on in the user's Google Cloud project."""
    url = f"https://console.developers.google.com/apis/api/gmail.googleapis.com/overview?project={PROJECT}"
    message = (
        f"Gmail API has not been used in project {PROJECT} before or it is disabled. Enable it by visiting {url} then "
        "retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems "
        "and retry."
    )
    return ApiError(
        403, "accessNotConfigured", message, extra={"extendedHelp": "https://console.developers.google.com"}
    )


def over_quota(status: int, retry_after: float | None) -> ApiError:
    """Too many units this minute; Gmail says so as 403 or as 429, with the same reason."""
    message = "Resource has been exhausted (e.g. check quota)."
    if status == 403:
        message = (
            "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service "
            f"'gmail.googleapis.com' for consumer 'project_number:{PROJECT}'."
        )
    headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
    return ApiError(status, "rateLimitExceeded", message, headers=headers)


def too_concurrent() -> ApiError:
    """More calls at once than one user may have."""
    return ApiError(429, "rateLimitExceeded", "Too many concurrent requests for user.")


def daily_limit() -> ApiError:
    """The project's quota for the day is spent."""
    return ApiError(403, "dailyLimitExceeded", "Daily Limit Exceeded", extra={"domain": "usageLimits"})
