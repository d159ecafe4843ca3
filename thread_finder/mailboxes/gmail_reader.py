"""Reading the correspondence of many people at once: lists, a choice, threads and files, and what the cache has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

from thread_finder.errors import ThreadFinderError
from thread_finder.mailboxes import gmail_search as search
from thread_finder.mailboxes.base import Correspondence, Request
from thread_finder.mailboxes.gmail_cache import GmailCache
from thread_finder.mailboxes.gmail_calls import Caller, Tell
from thread_finder.mailboxes.gmail_errors import GoneError
from thread_finder.mailboxes.gmail_payload import Mail, PartKey, decoded, mails, needed_files, parsed
from thread_finder.model import Message, Thread

GROUP = 25  # contacts read together
_PAGES = 4  # of 500 messages of one contact
_MARK_PAGES = 2
_FILES = 3  # fetched of one thread

Report = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class _Listed:
    """The answer to one contact's list: references newest first, or why there is none."""

    references: tuple[search.Reference, ...] = ()
    problem: str = ""


class Reader:
    """Reads for one account. ``whole``: the mailbox is small, so every thread is read."""

    def __init__(self, caller: Caller, cache: GmailCache, words: Sequence[str], *, whole: bool) -> None:
        self._caller = caller
        self._cache = cache
        self._words = tuple(words)
        self._whole = whole

    def answers(self, requests: Sequence[Request], report: Report) -> Iterator[Correspondence]:
        """One answer per request, in order; ``report`` hears how many are as good as done."""
        for start in range(0, len(requests), GROUP):
            group = requests[start : start + GROUP]
            yield from self._group(group, partial(_report_share, report, start, len(group)))
            report(start + len(group))

    def _group(self, requests: Sequence[Request], tell: Tell) -> list[Correspondence]:
        known = {i: self._cache.choice(self._key(request)) for i, request in enumerate(requests)}
        fresh = {i: requests[i] for i, choice in known.items() if choice is None}
        listed = self._list(fresh)
        chosen = {i: choice for i, choice in known.items() if choice is not None} | self._choose(fresh, listed)
        threads, failed = self._threads(sorted({t for ids in chosen.values() for t in ids}), tell)
        found = [self._answer(request, chosen[i], threads, failed, listed.get(i)) for i, request in enumerate(requests)]
        for i, answer in enumerate(found):
            if i in fresh and not answer.problem:
                self._cache.keep_choice(self._key(requests[i]), [t for t in chosen[i] if t in threads])
        self._cache.save()
        return found

    def _key(self, request: Request) -> str:
        """What a request is remembered by; other words or another way of choosing ask anew."""
        parts = (*sorted(request.addresses), "|", *sorted(request.owner), "|", *self._words, str(self._whole))
        return sha256("\n".join(parts).encode()).hexdigest()[:24]

    # --- lists ----------------------------------------------------------------------------------------

    def _list(self, requests: Mapping[int, Request]) -> dict[int, _Listed]:
        """All messages with each person, spam and trash too."""
        queries = {i: search.with_person(request.addresses) for i, request in requests.items()}
        pages = self._pages({i: q for i, q in queries.items() if q}, _PAGES, hidden=True)
        return {i: pages.get(i, _Listed()) for i in requests}

    def _pages(self, queries: Mapping[Any, str], most: int, *, hidden: bool) -> dict[Any, _Listed]:
        found = {key: _Listed() for key in queries}
        following = dict.fromkeys(queries, "")
        for _ in range(most):
            calls = {
                key: self._caller.ask.messages(queries[key], page, hidden=hidden) for key, page in following.items()
            }
            following = {}
            for key, answer in self._caller.read_many(calls).items():
                if isinstance(answer, ThreadFinderError):
                    found[key] = _Listed(problem=_told(answer))
                    continue
                references = tuple((str(m["id"]), str(m["threadId"])) for m in answer.get("messages", ()))
                found[key] = _Listed((*found[key].references, *references))
                if answer.get("nextPageToken"):
                    following[key] = str(answer["nextPageToken"])
            if not following:
                break
        return found

    # --- choice ---------------------------------------------------------------------------------------

    def _choose(self, requests: Mapping[int, Request], listed: Mapping[int, _Listed]) -> dict[int, tuple[str, ...]]:
        """The threads to read for each request, within what the group may cost."""
        spent = sum(5 * (1 + len(listed[i].references) // 500) for i in requests)
        units = search.UNITS_PER_CONTACT * len(requests) - spent
        threads = {i: dict.fromkeys(thread for _, thread in listed[i].references) for i in requests}
        if self._whole:
            units = search.THREAD * search.MOST_THREADS * len(requests)
        fits = sum(map(len, threads.values())) * search.THREAD <= units
        marks = search.Marks()
        if not fits:
            long = [requests[i] for i, found in threads.items() if len(found) > 1]
            marks, cost = self._marks(long)
            units -= cost
        promises = {str(i): search.promises(listed[i].references, marks) for i in requests}
        return {int(i): found for i, found in search.allotted(promises, units).items()}

    def _marks(self, requests: Sequence[Request]) -> tuple[search.Marks, int]:
        """What the shared lists tell of these people's mail, and what they cost. What fails is not known, no more."""
        owner = dict.fromkeys(address for request in requests for address in request.owner)
        kinds = {"written": search.written_by(owner), "speaking": search.speaking(self._words)}
        queries = {
            (kind, number): q
            for kind, prefix in kinds.items()
            for number, q in enumerate(search.shared(prefix, requests))
        }
        before = self._caller.limiter.spent
        found: dict[str, set[str]] = {kind: set() for kind in kinds}
        for (kind, _), listed in self._pages(queries, _MARK_PAGES, hidden=False).items():
            found[kind].update(message_id for message_id, _ in listed.references)
        marks = search.Marks(frozenset(found["written"]), frozenset(found["speaking"]))
        return marks, self._caller.limiter.spent - before

    # --- threads --------------------------------------------------------------------------------------

    def _threads(self, thread_ids: Sequence[str], tell: Tell) -> tuple[dict[str, tuple[Mail, ...]], dict[str, str]]:
        """The threads by id, from the cache where it has them, and why some could not be read."""
        found = {thread_id: kept for thread_id in thread_ids if (kept := self._cache.thread(thread_id)) is not None}
        missing = {t: self._caller.ask.thread(t) for t in thread_ids if t not in found}
        answers = self._caller.read_many(missing, tell)
        failed = {t: _told(a) for t, a in answers.items() if isinstance(a, ThreadFinderError)}
        resources = {t: a for t, a in answers.items() if not isinstance(a, ThreadFinderError)}
        files = self._files(list(resources.values()))
        for thread_id, resource in resources.items():
            found[thread_id] = mails(resource, files)
            self._cache.keep_thread(thread_id, found[thread_id])
        gone = {t for t, a in answers.items() if isinstance(a, GoneError)}  # deleted since it was listed
        return found, {t: why for t, why in failed.items() if t not in gone}

    def _files(self, threads: Sequence[Mapping[str, Any]]) -> dict[PartKey, bytes]:
        """The files that the parser needs of threads; one that cannot be had is left out."""
        calls = {
            key: self._caller.ask.attachment(key[0], attachment_id)
            for thread in threads
            for key, attachment_id in list(needed_files(thread))[:_FILES]
        }
        answers = self._caller.read_many(calls)
        return {
            key: decoded(str(answer.get("data", "")))
            for key, answer in answers.items()
            if not isinstance(answer, ThreadFinderError)
        }

    # --- the answer -----------------------------------------------------------------------------------

    def _answer(
        self,
        request: Request,
        chosen: Sequence[str],
        threads: Mapping[str, tuple[Mail, ...]],
        failed: Mapping[str, str],
        listed: _Listed | None,
    ) -> Correspondence:
        problem = (listed.problem if listed else "") or next((failed[t] for t in chosen if t in failed), "")
        if problem:
            return Correspondence(request.key, (), problem=problem)
        found: list[Thread] = []
        skipped = 0
        for thread_id in chosen:
            messages, missed = parsed(threads.get(thread_id, ()), frozenset(request.owner))
            if any(_is_with(message, request.addresses) for message in messages):
                found.append(Thread(thread_id, messages))
                skipped += missed
        return Correspondence(request.key, tuple(sorted(found, key=_first_date)), skipped)


def _report_share(report: Report, start: int, size: int, done: int, total: int) -> None:
    """Tell of a group of ``size`` people that begins at ``start`` and whose reading is partly done."""
    report(start + size * done // total)


def _is_with(message: Message, addresses: Sequence[str]) -> bool:
    """Whether the message is from, to or cc one of the addresses, or reports one dead: Gmail's search is vaguer."""
    people = {address.email for address in (*message.to, *message.cc)}
    people |= {message.from_.email} if message.from_ else set()
    people |= set(message.bounced)
    return not people.isdisjoint(addresses)


def _first_date(thread: Thread) -> tuple[float, str]:
    return min((m.date.timestamp() for m in thread.messages if m.date), default=float("inf")), thread.id


def _told(error: ThreadFinderError) -> str:
    return f"{error.message} ({error.to_do})" if error.to_do else error.message
