"""Signing in to Gmail and out again, for the account that the config names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from thread_finder import config as settings
from thread_finder.errors import ConfigError

Tell = Callable[[str, int], None]
"""Called with the address of Google's page and the local port that it comes back to."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Which account signed in under which name, and where the sign-in is kept, in words."""

    account: str
    email: str
    kept_in: str


def login(
    config_path: Path,
    state: Path,
    *,
    account: str = "",
    token_file: Path | None = None,
    browser: bool = True,
    tell: Tell,
) -> SignedIn:
    """Sign in with a browser, or with a token file where one is given.

    ``account`` overrules the config's name. ConfigError, SignInError and UnavailableError say what to do.
    """
    from thread_finder.mailboxes import gmail_auth  # noqa: PLC0415 - late: Google's libraries are slow to import

    config, name = _gmail(config_path, account)
    owner, api_root = config.owner.emails, config.account.api_root
    if token_file is not None:
        done = gmail_auth.login_with_token(token_file, account=name, state=state, owner=owner, api_root=api_root)
    else:
        client = config.account.client_secret or config.path.with_name("client_secret.json")
        done = gmail_auth.login(
            client, account=name, state=state, owner=owner, api_root=api_root, open_browser=browser, tell=tell
        )
    return SignedIn(name, done.email, done.kept_in)


def logout(config_path: Path, state: Path, *, account: str = "") -> tuple[str, bool]:
    """Forget the sign-in; the account's name, and whether there was one."""
    from thread_finder.mailboxes import gmail_auth  # noqa: PLC0415

    _, name = _gmail(config_path, account)
    return name, gmail_auth.logout(name, state)


def _gmail(config_path: Path, account: str) -> tuple[settings.Config, str]:
    config = settings.load(config_path)
    if config.account.type != "gmail":
        raise ConfigError(
            f"{config.path}: the account is an archive, which needs no sign-in",
            'for Gmail set type = "gmail" under [account] (docs/gmail-setup.md)',
        )
    if account and not re.fullmatch(settings.ACCOUNT_NAME, account):
        raise ConfigError(f"{account[:60]!r} is no name for an account", "use letters, digits and . _ @ + - only")
    return config, account or config.account.name
