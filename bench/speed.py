"""How fast an archive is indexed and searched: python bench/speed.py. Builds 57,905 messages from the real mail beside the project."""

from __future__ import annotations

import gzip
import itertools
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "enron"
MESSAGES = 57_905
CLI = [sys.executable, "-m", "thread_finder"]
_ID = re.compile(rb"^Message-ID:\s*<", re.IGNORECASE | re.MULTILINE)
_CONFIG = """
[owner]
name = "Drew"
emails = ["drew.fossum@enron.com", "david.delainey@enron.com", "jeff.dasovich@enron.com"]
[account]
type = "archive"
path = "{archive}"
drafts = "drafts"
[contacts]
path = "contacts.csv"
"""


def main() -> None:
    if not DATA.is_dir():
        sys.exit("speed: needs ../shared/data/enron")
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        _fill(here / "all.mbox", here / "maildir")
        size = (here / "all.mbox").stat().st_size
        print(f"{MESSAGES:,} messages, {size / 1e6:.0f} MB, {os.cpu_count()} cores")
        (here / "contacts.csv").write_text("name,emails\nLouis Soldano,louis.soldano@enron.com\nEvan,ek@a-klaw.com\n")
        for archive in ("all.mbox", "maildir"):
            _measure(here, archive)
        report("--help", *run([*CLI, "--help"], here))


def _measure(here: Path, archive: str) -> None:
    config = here / f"{archive}.toml"
    config.write_text(_CONFIG.format(archive=archive))
    config.chmod(0o600)
    command = [*CLI, "--config", str(config), "find", "ek@a-klaw.com", "--json"]
    report(f"{archive}: first index and find", *run(command, here))
    report(f"{archive}: find for one contact", *min(run(command, here) for _ in range(3)))
    command[6] = "louis.soldano@enron.com"
    report(f"{archive}: find, long correspondence", *min(run(command, here) for _ in range(3)))


def run(command: list[str], here: Path) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak memory in MB of one command."""
    # An installed program has its bytecode; a checkout, or an environment that forbids writing it, would compile anew.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"THREAD_FINDER_STATE": str(here / "state"), "PYTHONPYCACHEPREFIX": str(here / "bytecode")}
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"speed: {' '.join(command)} failed")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def report(what: str, seconds: float, cpu: float, memory: float) -> None:
    print(f"  {what:40} {seconds:7.2f} s   {cpu:7.2f} s CPU   {memory:6.0f} MB peak")


def _fill(mbox: Path, maildir: Path) -> None:
    (maildir / "cur").mkdir(parents=True)
    for name in ("new", "tmp"):
        (maildir / name).mkdir()
    with mbox.open("wb") as out:
        for number, raw in enumerate(itertools.islice(_messages(), MESSAGES)):
            out.write(b"From x@y Thu Jan  1 00:00:00 2004\n" + raw.rstrip(b"\n") + b"\n\n")
            (maildir / "cur" / f"{number:06}.x:2,S").write_bytes(raw)


def _messages() -> Iterator[bytes]:
    """The real messages again and again, each time under new Message-IDs."""
    known = mails()
    for turn in itertools.count():
        for raw in known:
            yield under_new_id(raw, turn)


def under_new_id(raw: bytes, turn: int) -> bytes:
    """The same message as another one."""
    return _ID.sub(b"Message-ID: <%d." % turn, raw, count=1)


def mails() -> list[bytes]:
    """The real messages beside the project."""
    return [raw for path in sorted(DATA.glob("*.mbox.gz")) for raw in _split(gzip.decompress(path.read_bytes()))]


def _split(data: bytes) -> list[bytes]:
    pieces = re.split(rb"(?m)^From [^\n]*\d{4}\n", data)
    return [piece for piece in pieces if piece.strip()]


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
