"""The test server's Takeout loader, and the server as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.gmail_server import Account

ROOT = Path(__file__).parents[2]
SYNTHETIC = ROOT.parent / "shared" / "data" / "synthetic" / "mailbox.mbox"

TAKEOUT = (
    b"From 1@xxx Tue Aug 22 14:41:41 +0000 2017\nX-GM-THRID: 452595589023076945\n"
    b"X-Gmail-Labels: =?UTF-8?Q?Posteingang,Ge=C3=B6ffnet,Stra=C3=9Fe?=\nSubject: one\nMessage-ID: <1@x.example>\n"
    b"Date: nonsense\n\nFrom here on\n>From there\n\nFrom me to you, in 2019\n\n"
    b"From 1@xxx Wed Aug 23 12:17:21 +0000 2017\nX-GM-THRID: 452595589023076945\n"
    b"X-Gmail-Labels: =?UTF-8?Q?Entw=C3=BCrfe?=\nSubject: two\n\nbody\n\n"
    b"From 1@xxx Wed Aug 23 12:18:00 +0000 2017\nSubject: three\n\nthe end"
)


@pytest.mark.parametrize("crlf", [False, True])
def test_takeout(tmp_path: Path, crlf: bool) -> None:
    path = tmp_path / "takeout.mbox"
    path.write_bytes(TAKEOUT.replace(b"\n", b"\r\n") if crlf else TAKEOUT)
    account = Account("me@home.example")
    assert account.load_mbox(path) == 3
    first, second = account.thread(f"{452595589023076945:x}")
    assert first.id == first.thread_id
    assert {account.store.labels[label] for label in first.labels} == {"INBOX", "Straße"}
    assert first.internal_date == 1_503_412_901_000
    assert first.source.wire == (
        b"Subject: one\r\nMessage-ID: <1@x.example>\r\nDate: nonsense\r\n\r\n"
        b"From here on\r\nFrom there\r\n\r\nFrom me to you, in 2019\r\n"
    )
    assert account.drafts == [second]
    assert account.store.history == []


def test_an_empty_mbox(tmp_path: Path) -> None:
    path = tmp_path / "empty.mbox"
    path.touch()
    assert Account("me@home.example").load_mbox(path) == 0


@pytest.mark.skipif(not SYNTHETIC.exists(), reason="the sample mailbox is not here")
def test_the_sample_mailbox() -> None:
    account = Account("me@home.example")
    lines = SYNTHETIC.read_bytes().splitlines()
    assert account.load_mbox(SYNTHETIC) == sum(line.startswith(b"From 1@xxx ") for line in lines)
    assert set(account.store.labels.values()) == set(account.store.labels)  # all of them system labels


def test_as_a_process(tmp_path: Path) -> None:
    path = tmp_path / "takeout.mbox"
    path.write_bytes(TAKEOUT)
    command = [sys.executable, "-m", "tests.gmail_server", "--owner", "me@home.example", "--mbox", str(path)]
    command += ["--state-file", str(tmp_path / "state.json")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        state = json.loads(process.stdout.readline())
        token = json.loads(Path(state["token_file"]).read_text())
        try:
            profile = _get(f"{state['api_root']}gmail/v1/users/me/profile", token["token"])
            journal = _get(f"{state['api_root']}__test__/journal")
            _post(f"{state['api_root']}__test__/settings", {"units": 0, "latency": 0.01})
            with pytest.raises(HTTPError, match="403"):
                _get(f"{state['api_root']}gmail/v1/users/me/profile", token["token"])
            _post(f"{state['api_root']}__test__/fault", {"kind": "html", "method": "*", "status": 502})
            with pytest.raises(HTTPError, match="502"):
                _get(f"{state['api_root']}gmail/v1/users/me/profile", token["token"])
        finally:
            process.terminate()
    assert json.loads((tmp_path / "state.json").read_text()) == state
    assert (tmp_path / "token.json").stat().st_mode & 0o777 == 0o600
    assert profile["messagesTotal"] == state["messages"] == 3
    assert journal["methods"] == {"getProfile": 1}
    assert process.returncode == 0


def _post(url: str, value: dict[str, object]) -> None:
    with urllib.request.urlopen(url, data=json.dumps(value).encode(), timeout=10) as answer:
        assert answer.status == 200


def _get(url: str, token: str = "") -> dict[str, object]:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        document: dict[str, object] = json.load(answer)
        return document
