"""Google's sign-in server as far as a desktop app meets it: consent page, token endpoint, revocation."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

READONLY = "https://www.googleapis.com/auth/gmail.readonly"
COMPOSE = "https://www.googleapis.com/auth/gmail.compose"
METADATA = "https://www.googleapis.com/auth/gmail.metadata"
SCOPES = (READONLY, COMPOSE)
CLIENT_ID = "479857586348-test.apps.googleusercontent.example"
CLIENT_SECRET = "GOCSPX-test"
EXPIRED = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}


@dataclass(frozen=True)
class Grant:
    """What a user has allowed the app: the refresh token's meaning."""

    refresh_token: str
    email: str
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Access:
    """An access token's meaning."""

    grant: Grant
    expires: float


@dataclass(frozen=True)
class Code:
    """An authorization code waiting to be exchanged."""

    grant: Grant
    redirect_uri: str
    challenge: str


class OAuth:
    """Grants and tokens, and what the user says at the consent page (``consent_email`` is who is signed in there).

    ``lifetime`` is the access token's, in seconds; ``granted`` are the scopes that the user leaves ticked (None = all
    asked for); ``deny`` makes the user press Cancel.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._grants: dict[str, Grant] = {}
        self._tokens: dict[str, Access] = {}
        self._codes: dict[str, Code] = {}
        self.lifetime = 3599
        self.consent_email = ""
        self.granted: tuple[str, ...] | None = None
        self.deny = False

    def grant(self, email: str, scopes: tuple[str, ...] = SCOPES) -> Grant:
        """The user allows the app these scopes."""
        grant = Grant(f"1//test-{secrets.token_urlsafe(24)}", email, scopes)
        with self._lock:
            self._grants[grant.refresh_token] = grant
        return grant

    def access_token(self, grant: Grant, lifetime: float | None = None) -> str:
        """A fresh access token."""
        token = f"ya29.test-{secrets.token_urlsafe(24)}"
        with self._lock:
            self._tokens[token] = Access(grant, self._now() + (self.lifetime if lifetime is None else lifetime))
        return token

    def who(self, token: str) -> Grant | None:
        """Whose token this is; None if it is unknown or has run out."""
        with self._lock:
            access = self._tokens.get(token)
        return access.grant if access and access.expires > self._now() else None

    def expire_access(self) -> None:
        """All access tokens run out now; refreshing still works."""
        with self._lock:
            self._tokens.clear()

    def revoke(self, email: str = "") -> None:
        """The user takes the permission back (or changes the password): access and refresh tokens die."""
        with self._lock:
            self._grants = {k: g for k, g in self._grants.items() if email and g.email != email}
            self._tokens = {k: a for k, a in self._tokens.items() if email and a.grant.email != email}

    def narrow(self, email: str, scopes: tuple[str, ...]) -> None:
        """From now on the user's grants cover only these scopes (seen at the next refresh)."""
        with self._lock:
            self._grants = {k: replace(g, scopes=scopes) if g.email == email else g for k, g in self._grants.items()}

    def consent(self, query: dict[str, str]) -> str:
        """The user at the consent page: the address to which the browser is sent back."""
        back, state = query.get("redirect_uri", ""), query.get("state", "")
        if self.deny:
            return f"{back}?{urlencode({'error': 'access_denied', 'state': state})}"
        asked = tuple(query.get("scope", "").split())
        scopes = asked if self.granted is None else tuple(s for s in asked if s in self.granted)
        code = f"4/test-{secrets.token_urlsafe(16)}"
        grant = self.grant(self.consent_email, scopes)
        with self._lock:
            self._codes[code] = Code(grant, back, query.get("code_challenge", ""))
        return f"{back}?{urlencode({'state': state, 'code': code, 'scope': ' '.join(scopes)})}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The token endpoint: status and JSON answer (RFC 6749)."""
        if form.get("client_id") != CLIENT_ID or form.get("client_secret") != CLIENT_SECRET:
            return 401, {"error": "invalid_client", "error_description": "The OAuth client was not found."}
        match form.get("grant_type"):
            case "refresh_token":
                return self._refresh(form)
            case "authorization_code":
                return self._exchange(form)
            case other:
                return 400, {"error": "unsupported_grant_type", "error_description": f"Invalid grant_type: {other}"}

    def _refresh(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        with self._lock:
            grant = self._grants.get(form.get("refresh_token", ""))
        if grant is None:
            return 400, EXPIRED
        asked = set(form.get("scope", "").split())
        if not asked <= set(grant.scopes):
            return 400, {"error": "invalid_scope", "error_description": "Bad Request"}
        return 200, self._answer(grant)

    def _exchange(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        with self._lock:
            code = self._codes.pop(form.get("code", ""), None)
        if code is None or code.redirect_uri != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant", "error_description": "Malformed auth code."}
        if code.challenge and code.challenge != _s256(form.get("code_verifier", "")):
            return 400, {"error": "invalid_grant", "error_description": "Invalid code verifier."}
        return 200, self._answer(code.grant) | {"refresh_token": code.grant.refresh_token}

    def _answer(self, grant: Grant) -> dict[str, Any]:
        return {
            "access_token": self.access_token(grant),
            "expires_in": self.lifetime,
            "scope": " ".join(grant.scopes),
            "token_type": "Bearer",
        }


def _s256(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def basic_client(authorization: str) -> dict[str, str]:
    """Client id and secret out of an HTTP Basic header, a client's other way to name itself (RFC 6749 2.3.1)."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return {}
    client_id, _, secret = base64.b64decode(encoded).decode("utf-8", "replace").partition(":")
    return {"client_id": client_id, "client_secret": secret}


def authorized_user(grant: Grant, token_uri: str, access_token: str = "", expires: float = 0.0) -> dict[str, Any]:
    """google-auth's authorized-user JSON. Without an access token the client refreshes first."""
    info: dict[str, Any] = {
        "type": "authorized_user",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "refresh_token": grant.refresh_token,
        "token_uri": token_uri,
        "scopes": list(grant.scopes),
        "universe_domain": "googleapis.com",
        "account": "",
    }
    if access_token:
        expiry = datetime.fromtimestamp(expires, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        info |= {"token": access_token, "expiry": expiry}
    return info


def client_config(root: str) -> dict[str, Any]:
    """What stands under "installed" in a client file."""
    return {
        "client_id": CLIENT_ID,
        "project_id": "thread-finder-test",
        "auth_uri": f"{root}o/oauth2/auth",
        "token_uri": f"{root}token",
        "client_secret": CLIENT_SECRET,
        "redirect_uris": ["http://localhost"],
    }


def client_secret_file(path: Path, root: str, kind: str = "installed") -> Path:
    """Write the client file that a user downloads from the console (``kind`` "web" is the wrong one)."""
    path.write_text(json.dumps({kind: client_config(root)}), encoding="utf-8")
    return path
