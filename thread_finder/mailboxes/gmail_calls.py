"""Calls to Gmail: within the quota, reads repeated while there is hope, many in one batch, writes once only."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from thread_finder.errors import SignInError, ThreadFinderError, UnavailableError
from thread_finder.mailboxes import gmail_errors as trouble
from thread_finder.mailboxes.gmail_http import TIMEOUT, GuardedHttp, authorized, build_service, renew
from thread_finder.mailboxes.gmail_quota import Limiter
from thread_finder.mailboxes.gmail_requests import Call, Requests

BATCH = 25  # calls at once; 100 were refused as too many, 50 went well only now and then (gmail.md, "Batches")
_SMALLEST_BATCH = 5
_ATTEMPTS = 8
_LONGEST_WAIT = 64.0  # seconds between attempts, unless Gmail asks for more
_PATIENCE = 300.0  # seconds; a longer Retry-After is for the user to wait

Key = TypeVar("Key", bound=Hashable)
Answer = dict[str, Any]
Tell = Callable[[int, int], None]
"""Called with how much of something is done, and of how much."""


class Caller:
    """All calls of one account. Not for several threads at once: httplib2 is not (the limiter is)."""

    def __init__(
        self,
        credentials: Any,
        limiter: Limiter,
        *,
        api_root: str = "",
        sleep: Callable[[float], None] = time.sleep,
        timeout: float = TIMEOUT,
    ) -> None:
        self._http = authorized(credentials, timeout)
        self._api_root = api_root
        self._sleep = sleep
        self._batch = BATCH
        self.limiter = limiter

    @cached_property
    def ask(self) -> Requests:
        """What can be asked."""
        return Requests(self._service.users())

    @cached_property
    def _service(self) -> Any:
        return build_service(self._api_root)

    @property
    def clock_skew(self) -> float | None:
        """Seconds that this machine's clock is ahead of Google's, None before the first answer."""
        http: GuardedHttp = self._http.http
        return http.skew

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def read(self, call: Call) -> Answer:
        """The answer of a call that changes nothing. Raises SignInError, MailboxError, UnavailableError."""
        retrying = Retrying(
            retry=retry_if_exception(_worth_another),
            wait=_pause_after,
            stop=stop_after_attempt(_ATTEMPTS),
            sleep=self._sleep,
            reraise=True,
        )
        with explained():
            answer: Answer = retrying(self.once, call)
        return answer

    def once(self, call: Call) -> Answer:
        """One attempt, with whatever error the libraries raise."""
        with self.limiter.spending(call.units):
            return _checked(call, call.request.execute(http=self._http))

    def write(self, call: Call) -> Answer:
        """A call that changes the mailbox: repeated only where Gmail said that it did nothing (quota).

        Raises the libraries' own errors: the caller has to find out what became of it (``gmail_errors.in_doubt``).
        """
        retrying = Retrying(
            retry=retry_if_exception(lambda error: trouble.busy(error) and _worth_another(error)),
            wait=_pause_after,
            stop=stop_after_attempt(_ATTEMPTS),
            sleep=self._sleep,
            reraise=True,
        )
        answer: Answer = retrying(self.once, call)
        return answer

    def read_many(
        self, calls: Mapping[Key, Call], tell: Tell = lambda *_: None
    ) -> dict[Key, Answer | ThreadFinderError]:
        """The answer of each call, or why it has none. Only what failed is asked for again. ``tell``: see Progress.

        Raises SignInError, which would be the same for every call, and UnavailableError when no call was answered.
        """
        answers: dict[Key, Answer | ThreadFinderError] = {}
        pending = dict(calls)
        renewed = False

        def report() -> None:
            tell(len(answers), len(calls))

        for attempt in range(1, _ATTEMPTS + 1):
            failed = self._round(pending, answers, report)
            refused = not renewed and any(trouble.status(error) == 401 for error in failed.values())
            if refused:
                renewed = self.renew()
            pending = {
                key: pending[key]
                for key, error in failed.items()
                if _worth_another(error) or (refused and trouble.status(error) == 401)
            }
            answers.update({key: _bearable(error) for key, error in failed.items() if key not in pending})
            if not pending or attempt == _ATTEMPTS:
                break
            self._sleep(max(_pause(attempt, failed[key]) for key in pending))
        answers.update({key: _bearable(failed[key]) for key in pending})
        if calls and all(isinstance(answer, UnavailableError) for answer in answers.values()):
            raise next(answer for answer in answers.values() if isinstance(answer, UnavailableError))
        return answers

    def renew(self) -> bool:
        """Get a new access token; SignInError if Google does not give one."""
        with explained():
            renew(self._http)
        return True

    def _round(
        self, pending: Mapping[Key, Call], answers: dict[Key, Answer | ThreadFinderError], report: Callable[[], None]
    ) -> dict[Key, Exception]:
        """Ask each pending call once, in batches; fills ``answers`` and returns what failed."""
        failed: dict[Key, Exception] = {}
        keys = list(pending)
        while keys:
            now, keys = keys[: self._batch], keys[self._batch :]
            for key, answer in self._ask({key: pending[key] for key in now}).items():
                if isinstance(answer, Exception):
                    failed[key] = answer
                else:
                    answers[key] = answer
            report()
        if any(_crowded(error) for error in failed.values()):
            self._batch = max(_SMALLEST_BATCH, self._batch // 2)
        return failed

    def _ask(self, calls: Mapping[Key, Call]) -> dict[Key, Answer | Exception]:
        """One batch, or a plain call when there is only one."""
        answers: dict[Key, Answer | Exception] = {}
        keys = list(calls)

        def note(number: str, answer: Answer | None, error: Exception | None) -> None:
            key = keys[int(number)]
            answers[key] = error if error is not None else _checked_or_error(calls[key], answer)

        try:
            if len(keys) == 1:
                return {keys[0]: self.once(calls[keys[0]])}
            batch = self._service.new_batch_http_request(callback=note)
            for number, key in enumerate(keys):
                batch.add(calls[key].request, request_id=str(number))
            with self.limiter.spending(sum(call.units for call in calls.values())):
                batch.execute(http=_Plain(self._http))
        except trouble.FAILURES as error:  # of the batch as a whole, or of an answer that cannot be taken apart
            return {key: answers.get(key, error) for key in keys}
        return answers


class _Plain:
    """A signing connection that the client's batches do not recognise as one.

    They would renew a refused sign-in over a connection of their own, past the proxy and the guard.
    """

    def __init__(self, http: Any) -> None:
        self.request = http.request


@contextmanager
def explained() -> Iterator[None]:
    """Turn the libraries' errors into the user's."""
    try:
        yield
    except trouble.FAILURES as error:
        raise trouble.explained(error) from error


def _checked(call: Call, answer: Any) -> Answer:
    if not call.needs:
        return {}
    if not isinstance(answer, dict) or call.needs not in answer:
        raise trouble.MalformedAnswerError(call.request.methodId)
    return answer


def _checked_or_error(call: Call, answer: Any) -> Answer | Exception:
    try:
        return _checked(call, answer)
    except trouble.MalformedAnswerError as error:
        return error


def _worth_another(error: BaseException) -> bool:
    wait = trouble.retry_after(error)
    return trouble.passing(error) and (wait is None or wait <= _PATIENCE)


def _bearable(error: Exception) -> ThreadFinderError:
    """One call's error, unless it would be every call's."""
    told = trouble.explained(error)
    if isinstance(told, SignInError):
        raise told from error
    return told


def _crowded(error: Exception) -> bool:
    return trouble.status(error) == 429 and "concurrent" in str(error).lower()


def _pause_after(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return _pause(state.attempt_number, error or TimeoutError())


def _pause(attempt: int, error: BaseException) -> float:
    """Seconds before the next attempt: what Gmail asks for, else doubling, with jitter."""
    asked = trouble.retry_after(error)
    if asked is not None:
        return asked + random.random()  # noqa: S311 - spreads retries, hides nothing
    return min(_LONGEST_WAIT, 2.0 ** (attempt - 1)) * (0.5 + random.random() / 2)  # noqa: S311
