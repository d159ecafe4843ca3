"""Gmail as a mailbox, through its API: reads mail, keeps drafts, and has no way to send."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from thread_finder.mailboxes.base import Correspondence, Mailbox, Progress, Request, no_progress
from thread_finder.mailboxes.gmail_auth import credentials as kept_credentials
from thread_finder.mailboxes.gmail_auth import remember, somebody_elses
from thread_finder.mailboxes.gmail_cache import GmailCache
from thread_finder.mailboxes.gmail_calls import Answer, Caller
from thread_finder.mailboxes.gmail_drafts import GmailDrafts
from thread_finder.mailboxes.gmail_errors import GoneError
from thread_finder.mailboxes.gmail_http import clock_trouble
from thread_finder.mailboxes.gmail_quota import Limiter, shared_limiter
from thread_finder.mailboxes.gmail_reader import Reader
from thread_finder.mailboxes.gmail_search import SMALL_MAILBOX
from thread_finder.mailboxes.gmail_tokens import TokenStore
from thread_finder.model import Address, Identity, StoredDraft, Thread
from thread_finder.userfiles import open_to_others

_log = logging.getLogger(__name__)
_HISTORY_PAGES = 20  # of 500 changes; after more of them reading anew is no dearer


class GmailMailbox(Mailbox):
    """One Gmail account.

    ``credentials`` are google-auth's; ``account`` is the user's name for the account, ``state`` the folder below which
    the cache lies. ``words`` make a thread worth reading where there are many. ``limiter`` and ``sleep`` are for tests.
    """

    def __init__(  # noqa: PLR0913
        self,
        credentials: Any,
        *,
        account: str,
        state: Path,
        api_root: str = "",
        units_per_minute: int = 6000,
        words: tuple[str, ...] = (),
        progress: Progress = no_progress,
        sleep: Callable[[float], None] = time.sleep,
        limiter: Limiter | None = None,
    ) -> None:
        self._credentials = credentials
        self._account = account
        self._state = state
        self._api_root = api_root
        self._words = words
        self._progress = progress
        self._caller = Caller(
            credentials,
            limiter or shared_limiter(state, account, api_root, units_per_minute),
            api_root=api_root,
            sleep=sleep,
        )
        self._drafts = GmailDrafts(self._caller, sleep)
        self._identities: tuple[Identity, ...] | None = None
        self._profile: Answer | None = None

    @property
    def email(self) -> str:
        """The address that is signed in."""
        return str(self._known_profile()["emailAddress"]).lower()

    @property
    def units_spent(self) -> int:
        """Quota units spent on this account so far in this process."""
        return self._caller.limiter.spent

    def identities(self) -> tuple[Identity, ...]:
        """See Mailbox.identities: the verified addresses of Gmail's "Send mail as"."""
        if self._identities is None:
            answer = self._caller.read(self._caller.ask.identities())
            self._identities = tuple(_identity(item) for item in answer["sendAs"] if _usable(item))
        return self._identities

    def search(self, requests: Sequence[Request]) -> Iterator[Correspondence]:
        """See Mailbox.search. SignInError when the account is none of the owner's."""
        if not requests:
            return
        self._check_owner(requests[0].owner)
        cache = self._current_cache()
        whole = int(self._known_profile().get("messagesTotal", 0)) <= SMALL_MAILBOX
        reader = Reader(self._caller, cache, self._words, whole=whole)
        total = len(requests)
        self._progress("reading Gmail", 0, total)
        yield from reader.answers(requests, lambda done: self._progress("reading Gmail", done, total))

    def find_drafts(
        self, *, message_id: str = "", thread_id: str = "", draft_id: str = "", to: str = ""
    ) -> tuple[StoredDraft, ...]:
        """See Mailbox.find_drafts."""
        return self._drafts.find(message_id=message_id, thread_id=thread_id, draft_id=draft_id, to=to)

    def save_draft(self, raw: bytes, thread: Thread | None) -> StoredDraft:
        """See Mailbox.save_draft."""
        return self._drafts.save(raw, thread)

    def replace_draft(self, draft_id: str, raw: bytes, thread: Thread | None) -> StoredDraft:
        """See Mailbox.replace_draft."""
        return self._drafts.replace(draft_id, raw, thread)

    def delete_draft(self, draft_id: str) -> None:
        """See Mailbox.delete_draft."""
        self._drafts.delete(draft_id)

    def close(self) -> None:
        """Close the connections; a sign-in that was renewed meanwhile is kept for the next run."""
        self._caller.close()
        remember(self._account, self._state, self._credentials)

    # --- who and since when ---------------------------------------------------------------------------

    def _known_profile(self) -> Answer:
        if self._profile is None:
            self._profile = self._caller.read(self._caller.ask.profile())
            if trouble := clock_trouble(self._caller.clock_skew):
                _log.warning("%s: set it, or switch on network time", trouble)
        return self._profile

    def _check_owner(self, owner: Sequence[str]) -> None:
        """The account must be one of the owner's: its address, or one that it may write from."""
        if wrong := somebody_elses(self.email, (i.address.email for i in self.identities()), owner):
            raise wrong

    def _current_cache(self) -> GmailCache:
        """The cache without what has changed since it was written."""
        name = sha256(f"{self._account} {self._api_root} {self.email}".encode()).hexdigest()[:16]
        cache = GmailCache(self._state / "gmail" / name)
        newest = str(self._known_profile().get("historyId", ""))
        if cache.cursor and cache.cursor != newest and not self._caught_up(cache):
            cache.clear()
        cache.cursor = newest
        return cache

    def _caught_up(self, cache: GmailCache) -> bool:
        """Forget what history says has changed; False when history does not reach back, or is too long."""
        threads: set[str] = set()
        mail = False
        page = ""
        for _ in range(_HISTORY_PAGES):
            try:
                answer = self._caller.read(self._caller.ask.history(cache.cursor, page))
            except GoneError:
                return False
            for record in answer.get("history", ()):
                changed = [item["message"] for kind in record.values() if isinstance(kind, list) for item in kind]
                threads |= {str(message["threadId"]) for message in changed}
                added = [item["message"] for item in record.get("messagesAdded", ())]
                mail = mail or any("DRAFT" not in message.get("labelIds", ()) for message in added)
            page = str(answer.get("nextPageToken", ""))
            if not page:
                cache.changed(threads, lists=mail)
                return True
        return False


def _usable(item: Answer) -> bool:
    return bool(item.get("sendAsEmail")) and item.get("verificationStatus", "accepted") == "accepted"


def _identity(item: Answer) -> Identity:
    address = Address(str(item["sendAsEmail"]).lower(), str(item.get("displayName", "")))
    return Identity(address, str(item.get("signature", "")), bool(item.get("isDefault")))


def open_gmail(
    *,
    account: str,
    state: Path,
    api_root: str = "",
    units_per_minute: int = 6000,
    words: tuple[str, ...] = (),
    progress: Progress = no_progress,
) -> GmailMailbox:
    """The mailbox of an account that has signed in; SignInError if it has not."""
    if open_to_others(path := TokenStore(state).path(account)):
        _log.warning("%s can be read by other users of this machine: chmod 600 %s", path, path)
    return GmailMailbox(
        kept_credentials(account, state),
        account=account,
        state=state,
        api_root=api_root,
        units_per_minute=units_per_minute,
        words=words,
        progress=progress,
    )
