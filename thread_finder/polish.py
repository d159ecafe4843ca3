"""A letter's own words to a language model and back: an OpenAI-compatible endpoint, which may well be a local one.

Nothing else goes there: no old mail, no addresses, no names of files. What comes back is a stranger's text, and is held
against the letter by writing/faithful.py.
"""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from thread_finder.errors import UnavailableError

MAX_ANSWER = 200_000  # bytes; a letter has some thousand
_TO_DO = "the letter stands as it is; mend [polish] in config.toml, or leave --polish out"
_TASK = (
    "You are given the paragraphs of a personal letter, separated by blank lines. Make them read more naturally, in "
    "the same language. Keep every name, number, date and link, and every fact; add none. Keep number and order "
    "of the paragraphs, keep what stands in ⟦ ⟧ as it is, and keep the form of address. Answer with these only."
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask: the API's root ("http://127.0.0.1:11434/v1"), a model, a key or "", and the seconds to wait."""

    url: str
    model: str
    key: str = ""
    timeout: float = 30.0


def ask(endpoint: Endpoint, text: str) -> str:
    """Another wording of ``text``. UnavailableError when there is none in time, whatever the server does."""
    box: list[str | UnavailableError] = []

    def work() -> None:
        try:
            box.append(_answer(endpoint, text))
        except UnavailableError as error:
            box.append(error)

    # A server that drips a byte at a time keeps each single wait short; the whole can only be waited for from outside.
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(endpoint.timeout)
    if not box:
        raise UnavailableError(f"no answer from {_host(endpoint)} within {endpoint.timeout:g} seconds", _TO_DO)
    if isinstance(box[0], UnavailableError):
        raise box[0]
    return box[0]


def _answer(endpoint: Endpoint, text: str) -> str:
    messages = [{"role": "system", "content": _TASK}, {"role": "user", "content": text}]
    body = {"model": endpoint.model, "messages": messages, "temperature": 0.3, "stream": False}
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    url = endpoint.url.rstrip("/").removesuffix("/chat/completions") + "/chat/completions"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310 - http(s)
    try:
        with _opener(endpoint).open(request, timeout=endpoint.timeout) as response:
            content = response.read(MAX_ANSWER + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise UnavailableError(f"{_host(endpoint)} answers {error.code}", _TO_DO) from None
    except (OSError, ValueError) as error:  # refused, timed out, no such host, not HTTP
        why = getattr(error, "reason", None) or error
        raise UnavailableError(f"{_host(endpoint)} cannot be reached: {why}", _TO_DO) from None
    except Exception as error:  # noqa: BLE001 - http.client raises its own kinds for what is not HTTP
        raise UnavailableError(f"{_host(endpoint)} does not speak HTTP ({type(error).__name__})", _TO_DO) from None
    if len(content) > MAX_ANSWER:
        raise UnavailableError(f"{_host(endpoint)} answers with more than {MAX_ANSWER // 1000} kB", _TO_DO)
    return _content(content, endpoint)


def _content(raw: bytes, endpoint: Endpoint) -> str:
    try:
        document: Any = json.loads(raw)
        text = document["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        text = None
    if not isinstance(text, str) or not text.strip():
        raise UnavailableError(f"{_host(endpoint)} answers with no text; is it an OpenAI-compatible API?", _TO_DO)
    return text


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The letter goes where the user said and nowhere else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _opener(endpoint: Endpoint) -> urllib.request.OpenerDirector:
    local = urlsplit(endpoint.url).hostname in {"127.0.0.1", "localhost", "::1"}
    return urllib.request.build_opener(_NoRedirect, *([urllib.request.ProxyHandler({})] if local else []))


def _host(endpoint: Endpoint) -> str:
    return urlsplit(endpoint.url).netloc.rpartition("@")[2]
