"""Where the sign-in is kept: the system's keyring, or a file only the user can read where there is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from thread_finder.errors import SignInError
from thread_finder.mailboxes.gmail_errors import LOGIN
from thread_finder.userfiles import write_private

_SERVICE = "thread-finder gmail"
_NO_KEYRING = ("keyring.backends.fail", "keyring.backends.null")


class TokenStore:
    """Sign-ins by account name, as google-auth's authorized-user JSON."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "gmail"

    def load(self, account: str) -> dict[str, Any]:
        """The sign-in. SignInError when there is none, or when what is there cannot be read."""
        text = self._from_file(account) or self._from_keyring(account)
        if not text:
            raise SignInError(f"not signed in to Gmail (account {account})", LOGIN)
        try:
            found = json.loads(text)
        except ValueError as error:
            raise SignInError(f"the sign-in kept for {account} is damaged", LOGIN) from error
        if not isinstance(found, dict) or not found.get("refresh_token"):
            raise SignInError(f"the sign-in kept for {account} is incomplete", LOGIN)
        return found

    def save(self, account: str, token: str) -> str:
        """Keep a sign-in, replacing an older one whole; says where it is now, in words for the user."""
        keyring = _keyring()
        if keyring is not None:
            try:
                keyring.set_password(_SERVICE, account, token)
                self.path(account).unlink(missing_ok=True)
                return f"the system keyring ({keyring.get_keyring().name})"
            except (keyring.errors.KeyringError, OSError, RuntimeError):
                pass  # a locked or broken keyring: a file then
        try:
            write_private(self.path(account), token.encode("utf-8"))
        except OSError as error:
            raise SignInError(
                f"the sign-in cannot be kept in {self.path(account)}: {error.strerror}",
                "check the folder's permissions",
            ) from error
        return f"{self.path(account)} (readable by you only; this system has no keyring)"

    def delete(self, account: str) -> bool:
        """Forget a sign-in; whether there was one."""
        there = self.path(account).exists()
        self.path(account).unlink(missing_ok=True)
        keyring = _keyring()
        if keyring is not None:
            try:
                there = bool(keyring.get_password(_SERVICE, account)) or there
                keyring.delete_password(_SERVICE, account)
            except (keyring.errors.KeyringError, OSError, RuntimeError):
                return there
        return there

    def path(self, account: str) -> Path:
        """The file for an account where there is no keyring."""
        return self._folder / f"token-{account}.json"

    def where(self, account: str) -> str:
        """Where the sign-in of an account is, "" if there is none."""
        if self._from_file(account):
            return str(self.path(account))
        return "the system keyring" if self._from_keyring(account) else ""

    def _from_file(self, account: str) -> str:
        try:
            return self.path(account).read_text("utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise SignInError(f"the sign-in in {self.path(account)} cannot be read", LOGIN) from error

    def _from_keyring(self, account: str) -> str:
        keyring = _keyring()
        try:
            return (keyring.get_password(_SERVICE, account) or "") if keyring is not None else ""
        except (keyring.errors.KeyringError, OSError, RuntimeError):
            return ""


def _keyring() -> Any:
    """The keyring library where it has a working backend, else None."""
    import keyring  # noqa: PLC0415 - late: finding its backend takes time
    import keyring.errors  # noqa: PLC0415

    try:
        backend = keyring.get_keyring()
    except (keyring.errors.KeyringError, OSError, RuntimeError):
        return None
    return None if type(backend).__module__ in _NO_KEYRING or backend.priority <= 0 else keyring
