"""How fast a thousand contacts are planned and written to: python bench/month.py. Saves nothing but an archive's index.

The mail is that of bench/speed.py, but at each turn the people are others, so that 57,905 messages hold a thousand
people with as much correspondence each as real ones had.
"""

from __future__ import annotations

import csv
import itertools
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.speed import CLI, DATA, MESSAGES, mails, report, run, under_new_id  # noqa: E402 - after the path to it

PEOPLE = 1_000
OWNER = (b"drew.fossum@enron.com", b"david.delainey@enron.com", b"jeff.dasovich@enron.com")
_ADDRESS = re.compile(rb"([\w.+'-]+)@([\w-]+(?:\.[\w-]+)+)")
_SUBJECT = re.compile(rb"(?im)^Subject:[^\n]*")
_CONFIG = """
[owner]
name = "Drew"
emails = ["drew.fossum@enron.com", "david.delainey@enron.com", "jeff.dasovich@enron.com"]
introduction = "the pipeline lawyer with the yellow folders"
[[owner.updates]]
date = 2026-09-01
text = "I have moved to Omaha"
[account]
type = "archive"
path = "all.mbox"
[contacts]
path = "contacts.csv"
[cadence]
per_month = {per_month}
"""


def main() -> None:
    if not DATA.is_dir():
        sys.exit("month: needs ../shared/data/enron")
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        turns = _fill(here / "all.mbox")
        _write_contacts(here / "contacts.csv", turns)
        print(f"{MESSAGES:,} messages, {PEOPLE:,} contacts")
        for per_month in (4, PEOPLE):
            config = here / f"{per_month}.toml"
            config.write_text(_CONFIG.format(per_month=per_month))
            config.chmod(0o600)
            command = [*CLI, "--config", str(config)]
            if per_month == 4:
                report("first index, and plan", *run([*command, "plan", "--json"], here))
            report(f"plan, {per_month} a month", *run([*command, "plan", "--json"], here))
            report(
                f"batch --dry-run --json, {per_month} a month", *run([*command, "batch", "--dry-run", "--json"], here)
            )


def _fill(mbox: Path) -> int:
    """The archive; how many turns it took."""
    turns = set()
    with mbox.open("wb") as out:
        for turn, raw in itertools.islice(_peopled(), MESSAGES):
            turns.add(turn)
            out.write(b"From x@y Thu Jan  1 00:00:00 2004\n" + raw.rstrip(b"\n") + b"\n\n")
    return len(turns)


def _peopled() -> Iterator[tuple[int, bytes]]:
    """The real messages again and again, everybody but the owner under an address of that turn."""
    known = mails()
    for turn in itertools.count():
        for raw in known:
            yield turn, _of_turn(raw, turn)


def _of_turn(raw: bytes, turn: int) -> bytes:
    """Other people, ids and subjects, or mail without threading headers would be taken for one long thread."""
    raw = under_new_id(raw, turn)
    raw = _SUBJECT.sub(lambda found: b"%s (%d)" % (found[0], turn), raw, count=1)
    return _ADDRESS.sub(lambda found: _renamed(found, turn), raw)


def _renamed(found: re.Match[bytes], turn: int) -> bytes:
    if found[0].lower() in OWNER:
        return found[0]
    return b"%s.%d@%s" % (found[1], turn, found[2])


def _write_contacts(path: Path, turns: int) -> None:
    """Of each turn those with whom most mail went to and fro."""
    count: Counter[str] = Counter()
    owner = {address.decode() for address in OWNER}
    for raw in mails():
        headers = BytesHeaderParser().parsebytes(raw)
        fields = [str(value) for name in ("From", "To", "Cc") for value in headers.get_all(name, [])]
        people = {email.lower() for _, email in getaddresses(fields)}
        if people & owner and len(people) <= 6:
            count.update(email for email in people - owner if _ADDRESS.fullmatch(email.encode()))
    best = [email for email, _ in count.most_common(-(-PEOPLE // turns))]
    rows = [
        (_name(email), _renamed_text(email, turn), "2001-05", "over lunch in Houston", "gas contracts")
        for turn in range(turns)
        for email in best
    ][:PEOPLE]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("name", "emails", "met_on", "met_how", "topic"), *rows])


def _name(email: str) -> str:
    return " ".join(part.capitalize() for part in re.split(r"[^a-z]+", email.partition("@")[0]) if part)


def _renamed_text(email: str, turn: int) -> str:
    return _ADDRESS.sub(lambda found: _renamed(found, turn), email.encode()).decode()


if __name__ == "__main__":
    main()
