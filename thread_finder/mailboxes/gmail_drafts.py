"""Drafts in Gmail: made exactly once, read back, and taken away again when they are not what was asked.

A create whose answer is lost is never blindly repeated: first this looks for the Message-ID, which is our own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import quote

from thread_finder.errors import NotSavedError, SignInError, ThreadFinderError, UnavailableError
from thread_finder.mail.fingerprint import fingerprint
from thread_finder.mail.parse import UnreadableMessage, parse_message
from thread_finder.mailboxes import gmail_errors as trouble
from thread_finder.mailboxes.gmail_calls import Answer, Caller
from thread_finder.mailboxes.gmail_errors import GoneError
from thread_finder.mailboxes.gmail_payload import decoded
from thread_finder.mailboxes.gmail_requests import Call
from thread_finder.model import Label, Message, StoredDraft, Thread

_ATTEMPTS = 3
_LOOKS = (1.0, 2.0, 4.0)  # seconds before each look for a draft that may still be on its way in
_NEWEST = 5  # drafts looked into where the search index may not know them yet
_PAGES = 20


class GmailDrafts:
    """The drafts of one account."""

    def __init__(self, caller: Caller, sleep: Callable[[float], None] = time.sleep) -> None:
        self._caller = caller
        self._sleep = sleep

    def find(self, *, message_id: str, thread_id: str, draft_id: str, to: str) -> tuple[StoredDraft, ...]:
        """See Mailbox.find_drafts."""
        found: dict[str, StoredDraft] = {}
        if draft_id:
            found |= {d.draft_id: d for d in self._read([draft_id])}
        if message_id and not found:
            found |= {d.draft_id: d for d in self._with_message_id(message_id)}
        if thread_id:
            ids = [draft for draft, thread in self._listed() if thread == thread_id and draft not in found]
            found |= {d.draft_id: d for d in self._read(ids)}
        if to:
            ids = [draft for draft, _ in self._listed(f"to:{to}") if draft not in found]
            found |= {d.draft_id: d for d in self._read(ids) if _starts_a_thread_with(d, to)}
        return tuple(found.values())

    def save(self, raw: bytes, thread: Thread | None) -> StoredDraft:
        """See Mailbox.save_draft."""
        wanted = parse_message(raw)
        if not wanted.message_id:
            raise NotSavedError("a draft without a Message-ID of its own is not saved")
        _refuse_buried_parent(wanted, thread)
        thread_id = thread.id if thread else ""
        if there := self._made_before(raw, wanted, thread_id):
            return there
        stored = self._created(raw, wanted, thread_id)
        if wrong := _differences(wanted, thread_id, stored):
            self._take_back(stored, wrong)
        return stored

    def replace(self, draft_id: str, raw: bytes, thread: Thread | None) -> StoredDraft:
        """See Mailbox.replace_draft."""
        before = next(iter(self._read([draft_id])), None)
        if before is None:
            raise NotSavedError("the draft to be brought up to date is no longer there", "run the command again")
        wanted, thread_id = parse_message(raw), thread.id if thread else ""
        self._update(draft_id, raw, thread_id)
        stored = next(iter(self._read([draft_id])), None)
        wrong = _differences(wanted, thread_id, stored) if stored else "it is gone"
        if stored is None or wrong:
            self._update(draft_id, before.raw, before.thread_id)
            raise NotSavedError(f"Gmail did not store the draft as asked ({wrong}); the old one stands")
        return stored

    def delete(self, draft_id: str) -> None:
        """See Mailbox.delete_draft. Doing it twice is harmless, so a lost answer is asked for again."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._caller.write(self._caller.ask.delete_draft(draft_id))
                return
            except trouble.FAILURES as error:
                if trouble.status(error) == 404:
                    return
                if attempt == _ATTEMPTS or not trouble.passing(error):
                    raise trouble.explained(error) from error
                self._sleep(_LOOKS[attempt - 1])

    # --- writing --------------------------------------------------------------------------------------

    def _created(self, raw: bytes, wanted: Message, thread_id: str) -> StoredDraft:
        """The new draft as read back. Between two attempts lies a look for the first one's draft."""
        call = self._caller.ask.create_draft(raw, thread_id)
        last: BaseException = TimeoutError()
        for attempt in range(_ATTEMPTS):
            draft_id, last = self._tried(call)
            if draft_id:
                return self._read_back(draft_id)
            if trouble.in_doubt(last):
                there = self._look_for(raw, wanted, thread_id)
                if there is not None:
                    return there
            elif not trouble.passing(last):
                break
            else:
                self._sleep(_LOOKS[attempt])
        raise _not_saved(last) from last

    def _tried(self, call: Call) -> tuple[str, BaseException]:
        try:
            return str(self._caller.write(call)["id"]), TimeoutError()
        except trouble.FAILURES as error:
            return "", error

    def _made_before(self, raw: bytes, wanted: Message, thread_id: str) -> StoredDraft | None:
        """The draft that an earlier run made and did not live to note down. Lists a thread's drafts rather than search
        for the id: the search index may not know the newest yet.
        """
        if not thread_id:
            return next(iter(self._searched(wanted.message_id)), None)
        return self._same([draft for draft, thread in self._listed() if thread == thread_id], raw, wanted)

    def _same(self, draft_ids: Sequence[str], raw: bytes, wanted: Message) -> StoredDraft | None:
        """The draft that carries our Message-ID, or says the same in case Gmail gave it one of its own."""
        ours = fingerprint(raw)
        for draft in self._read(draft_ids[:_NEWEST]):
            if _message_id(draft) == wanted.message_id or fingerprint(draft.raw) == ours:
                return draft
        return None

    def _look_for(self, raw: bytes, wanted: Message, thread_id: str) -> StoredDraft | None:
        """The draft among those of the thread, or the newest; it may take a moment to appear."""
        for wait in _LOOKS:
            self._sleep(wait)
            try:
                ids = [draft for draft, thread in self._listed() if thread == thread_id or not thread_id]
                there = self._same(ids, raw, wanted)
            except ThreadFinderError as error:
                raise NotSavedError(
                    f"it is not known whether the draft was saved: {error.message}",
                    "run the command again: it looks for the draft before it makes another",
                ) from error
            if there:
                return there
        return None

    def _update(self, draft_id: str, raw: bytes, thread_id: str) -> None:
        """Put bytes into a draft. Doing it twice changes nothing more, so a lost answer is asked for again."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._caller.write(self._caller.ask.update_draft(draft_id, raw, thread_id))
                return
            except trouble.FAILURES as error:
                if attempt == _ATTEMPTS or not trouble.passing(error):
                    raise _not_saved(error) from error
                self._sleep(_LOOKS[attempt - 1])

    def _take_back(self, stored: StoredDraft, wrong: str) -> None:
        """Remove a draft that is not what was asked, and say so."""
        try:
            self.delete(stored.draft_id)
        except ThreadFinderError as error:
            raise NotSavedError(
                f"Gmail did not store the draft as asked ({wrong}), and it could not be removed: {error.message}",
                f"remove it by hand: {stored.link}",
            ) from error
        raise NotSavedError(f"Gmail did not store the draft as asked ({wrong}); it was removed again")

    # --- reading --------------------------------------------------------------------------------------

    def _read_back(self, draft_id: str) -> StoredDraft:
        try:
            found = self._read([draft_id])
        except SignInError:
            raise
        except ThreadFinderError as error:
            raise NotSavedError(
                f"the draft was saved, but could not be read back: {error.message}",
                "run the command again: it finds the draft and checks it",
            ) from error
        if not found:
            raise NotSavedError("the draft was gone when it was read back", "run the command again")
        return found[0]

    def _read(self, draft_ids: Sequence[str]) -> list[StoredDraft]:
        """The drafts that are there, as stored."""
        answers = self._caller.read_many({i: self._caller.ask.draft(i) for i in dict.fromkeys(draft_ids)})
        found: list[StoredDraft] = []
        for answer in answers.values():
            if isinstance(answer, GoneError):
                continue
            if isinstance(answer, ThreadFinderError):
                raise answer
            found += _stored(answer)
        return found

    def _listed(self, q: str = "") -> Iterator[tuple[str, str]]:
        """Draft id and thread id of all drafts, newest first."""
        page = ""
        for _ in range(_PAGES):
            answer = self._caller.read(self._caller.ask.drafts(q, page))
            for item in answer.get("drafts", ()):
                yield str(item["id"]), str(item["message"]["threadId"])
            page = str(answer.get("nextPageToken", ""))
            if not page:
                return

    def _with_message_id(self, message_id: str) -> list[StoredDraft]:
        """By search, and where the index does not know it yet, among the newest."""
        if there := self._searched(message_id):
            return there
        newest = [draft for draft, _ in self._listed()][:_NEWEST]
        return [d for d in self._read(newest) if _message_id(d) == message_id]

    def _searched(self, message_id: str) -> list[StoredDraft]:
        ids = [draft for draft, _ in self._listed(f"rfc822msgid:{message_id.strip('<>')}")]
        return [d for d in self._read(ids) if _message_id(d) == message_id]


def link_to(message_id: str) -> str:
    """Where Gmail's web client shows the message; the only kind of link that lasts (gmail.md)."""
    return f"https://mail.google.com/mail/u/0/#search/rfc822msgid:{quote(message_id.strip('<>'), safe='@')}"


def _stored(answer: Answer) -> list[StoredDraft]:
    message = answer["message"]
    if "raw" not in message or not {"TRASH", "SPAM"}.isdisjoint(message.get("labelIds", ())):
        return []
    raw = decoded(str(message["raw"])).replace(b"\r\n", b"\n")
    draft = StoredDraft(str(answer["id"]), str(message.get("threadId", "")), raw)
    return [StoredDraft(draft.draft_id, draft.thread_id, raw, link_to(_message_id(draft)))]


def _message_id(draft: StoredDraft) -> str:
    parsed = _parsed(draft)
    return parsed.message_id if parsed else ""


def _parsed(draft: StoredDraft) -> Message | None:
    try:
        return parse_message(draft.raw)
    except UnreadableMessage:
        return None


def _starts_a_thread_with(draft: StoredDraft, to: str) -> bool:
    message = _parsed(draft)
    return message is not None and not message.references and any(a.email == to for a in message.to)


def _refuse_buried_parent(wanted: Message, thread: Thread | None) -> None:
    """A draft that answers a message in the trash or spam is shown nowhere (gmail.md, "A draft inside a thread")."""
    parent = wanted.references[-1] if wanted.references else ""
    for message in thread.messages if thread else ():
        if message.message_id == parent and message.labels & {Label.TRASH, Label.SPAM}:
            raise NotSavedError("the message to be answered is in the trash or in spam", "move it back, then try again")


def _differences(wanted: Message, thread_id: str, stored: StoredDraft) -> str:
    """What is not as asked, in words; "" when all is well (hazards F6)."""
    there = _parsed(stored)
    if there is None:
        return "it cannot be read"
    checks = {
        "another thread": not thread_id or stored.thread_id == thread_id,
        "another parent": there.references == wanted.references,
        "another subject": there.subject == wanted.subject,
        "another sender": _email(there) == _email(wanted),
        "another recipient": [a.email for a in there.recipients] == [a.email for a in wanted.recipients],
        "another text": there.text.split() == wanted.text.split(),
    }
    return ", ".join(name for name, well in checks.items() if not well)


def _email(message: Message) -> str:
    return message.from_.email if message.from_ else ""


def _not_saved(error: BaseException) -> ThreadFinderError:
    """Why a draft was not saved. What would stop every other draft too stays what it is."""
    told = trouble.explained(error)
    if isinstance(told, SignInError) or (isinstance(told, UnavailableError) and not trouble.in_doubt(error)):
        return told
    if trouble.status(error) == 404:
        return NotSavedError("the thread to draft in is no longer there", "run the command again")
    return NotSavedError(f"the draft was not saved: {told.message}", told.to_do)
