"""A user of one's own for each test: home, state and the sample, far from anybody's real files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.gmail_server import Account, GmailServer, Limits
from thread_finder.cli.commands import app
from thread_finder.demo.sample import SAMPLE_TODAY, write_sample

AS_OF = ("--as-of", SAMPLE_TODAY.isoformat())
OWNER = "imke@tussenklank.example"
ALIASES = ("i.halloran@quillon-acoustics.example", "imke.halloran@student.dunmarra.example")


@dataclass(frozen=True)
class Ran:
    """What a command left behind: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def fails(self, code: int, *words: str) -> None:
        """It failed as documented: the code, one error line with the words, a next step, no traceback."""
        assert self.code == code, self
        errors = [line for line in self.err.splitlines() if line.startswith("error: ")]
        assert len(errors) == 1, self.err
        assert "Traceback" not in self.out + self.err
        assert "our fault" not in self.err
        for word in words:
            assert word in self.err, (word, self.err)


@dataclass(frozen=True)
class User:
    """The sample's owner, at the program."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.folder / "sample" / "config.toml"

    @property
    def contacts(self) -> Path:
        return self.config.with_name("contacts.toml")

    @property
    def mbox(self) -> Path:
        return self.config.with_name("sample.mbox")

    @property
    def drafts(self) -> Path:
        return self.config.with_name("drafts")

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def start(self, *arguments: str, before: Callable[[], None] | None = None) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "thread_finder", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=before,  # noqa: PLW1509 - to lower a limit of the child, which has one thread
        )

    def run(self, *arguments: str) -> Ran:
        """The command in this process: the same path but for the interpreter's start."""
        result = CliRunner(env=dict(self.environment)).invoke(app, list(arguments))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    def at(self, command: str, *arguments: str) -> Ran:
        """A command on the sample's own day."""
        return self.run(command, *arguments, *AS_OF)

    def saved(self) -> list[Path]:
        """The files of the drafts, tmp and new included."""
        return sorted(path for path in self.drafts.rglob("*") if path.is_file())

    def edit(self, path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


def finished(process: subprocess.Popen[bytes]) -> Ran:
    out, err = process.communicate(timeout=60)
    return Ran(process.returncode, out.decode(), err.decode())


@pytest.fixture
def finish() -> Callable[[subprocess.Popen[bytes]], Ran]:
    return finished


@pytest.fixture
def user(tmp_path: Path) -> User:
    write_sample(tmp_path / "sample")
    root = Path(__file__).parents[2]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("THREAD_FINDER", "XDG_"))}
    environment |= {
        "HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(root),
        "PYTHONUTF8": "1",
        "THREAD_FINDER_STATE": str(tmp_path / "state"),
        "THREAD_FINDER_CONFIG": str(tmp_path / "sample" / "config.toml"),
    }
    (tmp_path / "home").mkdir()
    return User(tmp_path, environment)


@pytest.fixture
def read_mail() -> Callable[[bytes], EmailMessage]:
    def read(raw: bytes) -> EmailMessage:
        return message_from_bytes(raw, policy=policy.default)

    return read


@dataclass(frozen=True)
class GmailUser(User):
    """The sample's owner with the sample's mail in Gmail, and Gmail in the config. Not signed in yet."""

    server: GmailServer = field(default_factory=GmailServer)

    @property
    def account(self) -> Account:
        return next(iter(self.server.service.accounts.values()))

    @property
    def token_file(self) -> Path:
        return self.config.with_name("token.json")

    def grant(self, **options: Any) -> None:
        """A new token file; ``options`` as of GmailServer.authorized_user."""
        self.token_file.write_text(json.dumps(self.server.authorized_user(**options)), encoding="utf-8")
        self.token_file.chmod(0o600)

    def login(self) -> Ran:
        self.grant()
        return self.run("login", "--token-file", str(self.token_file))

    def configure(self, account: str) -> None:
        """Other lines under [account]."""
        before, _, rest = self.config.read_text(encoding="utf-8").partition("[account]\n")
        self.config.write_text(f"{before}[account]\n{account}\n\n{rest[rest.index('[contacts]') :]}", encoding="utf-8")


@pytest.fixture
def gmail(user: User) -> Iterator[GmailUser]:
    with GmailServer(limits=Limits(units=10**9)) as server:
        account = server.add_account(OWNER, "Imke Halloran", mbox=user.mbox)
        for alias in ALIASES:
            account.alias(alias, "Imke Halloran")
        mine = GmailUser(user.folder, user.environment, server)
        mine.configure(f'type = "gmail"\napi_root = "{server.api_root}"\nunits_per_minute = 1_000_000')
        yield mine


@pytest.fixture
def signed_in(gmail: GmailUser) -> GmailUser:
    assert gmail.login().code == 0
    return gmail
