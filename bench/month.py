"""How fast a thousand contacts are planned and written to: python bench/month.py. Nothing is drafted.

Two archives. The demo's mail thirty times over, each time with other people: a thousand acquaintances as the program is
meant for. And, where it is beside the project, the real mail of bench/speed.py, each turn with other people, too:
three managers' mail, of which a contact's share is much larger, most of it to crowds.
"""

from __future__ import annotations

import csv
import itertools
import re
import sys
import tempfile
from collections import Counter
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.speed import CLI, DATA, MESSAGES, mails, report, run, under_new_id  # noqa: E402 - after the path to it
from thread_finder.demo.sample import SAMPLE_TODAY, write_sample  # noqa: E402

PEOPLE = 1_000
_ADDRESS = re.compile(r"([\w.+'-]+)@([\w-]+(?:\.[\w-]+)+)")
_SUBJECT = re.compile(r"(?im)^Subject:[^\n]*")
_THREAD = re.compile(r"(?m)^X-GM-THRID: (\d+)")
_MANAGERS = """
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
"""


def main() -> None:
    for make in (_sample, _real) if DATA.is_dir() else (_sample,):
        with tempfile.TemporaryDirectory() as folder:
            here = Path(folder)
            what, config = make(here)
            print(f"{what}, {PEOPLE:,} contacts")
            _measure(here, config)


def _measure(here: Path, config: str) -> None:
    for per_month in (4, PEOPLE):
        path = here / f"{per_month}.toml"
        path.write_text(f"{config}\n[cadence]\nper_month = {per_month}\n", encoding="utf-8")
        path.chmod(0o600)
        day = ["--json", "--as-of", SAMPLE_TODAY.isoformat()]
        if per_month == 4:
            report("first index and plan", *run([*CLI, "--config", str(path), "plan", *day], here))
            report("plan", *run([*CLI, "--config", str(path), "plan", *day], here))
        what = f"batch --dry-run --json, {per_month:,} letters"
        report(what, *run([*CLI, "--config", str(path), "batch", "--dry-run", *day], here))


def _sample(here: Path) -> tuple[str, str]:
    """The demo's mail, as often as it takes."""
    config = write_sample(here / "one").config
    mail = config.with_name("sample.mbox").read_bytes().decode("latin-1")
    people = config.with_name("contacts.toml").read_text("utf-8")
    text = config.read_text("utf-8")
    turns = -(-PEOPLE // people.count("[[contact]]"))
    owner = frozenset(_ADDRESS.findall(text[: text.index("signature")]))
    with (here / "all.mbox").open("wb") as out:
        for turn in range(turns):
            threads = _THREAD.sub(lambda found, turn=turn: f"X-GM-THRID: {int(found[1]) + turn * 10**12}", mail)  # type: ignore[misc]
            out.write(_others(threads, turn, owner).encode("latin-1"))
    head, *entries = "".join(_others(people, turn, owner) for turn in range(turns)).split("[[contact]]")
    (here / "contacts.toml").write_text("[[contact]]".join([head, *entries[:PEOPLE]]), encoding="utf-8")
    return f"{turns * mail.count(chr(10) + 'Message-ID:'):,} messages", text.replace("sample.mbox", "all.mbox")


def _real(here: Path) -> tuple[str, str]:
    """Real messages again and again."""
    known = [raw.decode("latin-1") for raw in mails()]
    owner = frozenset(_ADDRESS.findall(_MANAGERS))
    turns = -(-MESSAGES // len(known))
    with (here / "all.mbox").open("wb") as out:
        for turn, mail in itertools.islice(itertools.product(range(turns), known), MESSAGES):
            raw = under_new_id(mail.encode("latin-1"), turn).decode("latin-1")
            raw = _SUBJECT.sub(lambda found, turn=turn: f"{found[0]} ({turn})", raw, count=1)  # type: ignore[misc]
            out.write(b"From x@y Thu Jan  1 00:00:00 2004\n" + _others(raw, turn, owner).rstrip().encode("latin-1"))
            out.write(b"\n\n")
    _write_contacts(here / "contacts.csv", turns, owner)
    return f"{MESSAGES:,} messages", _MANAGERS


def _others(text: str, turn: int, owner: frozenset[tuple[str, str]]) -> str:
    """Everybody but the owner under an address of that turn."""

    def renamed(found: re.Match[str]) -> str:
        ours = (found[1].lower(), found[2].lower()) in owner
        return found[0] if ours else f"{found[1]}.{turn}@{found[2]}"

    return _ADDRESS.sub(renamed, text)


def _write_contacts(path: Path, turns: int, owner: frozenset[tuple[str, str]]) -> None:
    """Of each turn some of all with whom there was a correspondence, from much mail to little."""
    count: Counter[str] = Counter()
    ours = {"@".join(address) for address in owner}
    for raw in mails():
        headers = BytesHeaderParser().parsebytes(raw)
        fields = [str(value) for name in ("From", "To", "Cc") for value in headers.get_all(name, [])]
        people = {email.lower() for _, email in getaddresses(fields)}
        if people & ours and len(people) <= 6:
            count.update(email for email in people - ours if _ADDRESS.fullmatch(email))
    known = [email for email, mails_ in count.most_common() if mails_ > 1]
    wanted = -(-PEOPLE // turns)
    some = [known[number * len(known) // wanted] for number in range(wanted)]
    rows = [
        (_name(email), _others(email, turn, owner), "2001-05", "over lunch") for turn in range(turns) for email in some
    ]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("name", "emails", "met_on", "met_how"), *rows[:PEOPLE]])


def _name(email: str) -> str:
    return " ".join(part.capitalize() for part in re.split(r"[^a-z]+", email.partition("@")[0]) if part)


if __name__ == "__main__":
    main()
