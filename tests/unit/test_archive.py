"""The archive's own promises: it is only read, its index follows it, and a wrong path is said in one line."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from thread_finder.errors import MailboxError, NotSavedError
from thread_finder.mailboxes.archive import ArchiveMailbox
from thread_finder.mailboxes.base import Request

JANE = "jane@films.example"


def message(number: int, sender: str = JANE) -> bytes:
    return (
        f"From: <{sender}>\nTo: <me@home.example>\nSubject: No. {number}\nMessage-ID: <{number}@x.example>\n"
        f"Date: Tue, 11 Jul 2023 10:00:00 +0200\n\nBody {number}\n"
    ).encode()


def mbox(*messages: bytes) -> bytes:
    return b"".join(b"From x Thu Jan  1 00:00:00 2026\n" + raw + b"\n" for raw in messages)


def subjects(path: Path, tmp_path: Path) -> list[str]:
    box = ArchiveMailbox([path], state=tmp_path / "state", drafts=tmp_path / "drafts", owner=("me@home.example",))
    (answer,) = box.search([Request("j", (JANE,), ("me@home.example",))])
    box.close()
    return sorted(m.subject for t in answer.threads for m in t.messages)


def test_a_grown_mbox_is_read_on(tmp_path: Path) -> None:
    path = tmp_path / "all.mbox"
    path.write_bytes(mbox(message(1)))
    assert subjects(path, tmp_path) == ["No. 1"]
    with path.open("ab") as file:
        file.write(mbox(message(2), message(3)))
    assert subjects(path, tmp_path) == ["No. 1", "No. 2", "No. 3"]


def test_a_changed_mbox_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "all.mbox"
    path.write_bytes(mbox(message(1), message(2)))
    assert subjects(path, tmp_path) == ["No. 1", "No. 2"]
    path.write_bytes(mbox(message(7), message(2), message(8)))
    assert subjects(path, tmp_path) == ["No. 2", "No. 7", "No. 8"]


def test_files_that_come_and_go_are_followed(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "1.eml").write_bytes(message(1))
    (folder / "2.eml").write_bytes(message(2))
    assert subjects(folder, tmp_path) == ["No. 1", "No. 2"]
    (folder / "1.eml").unlink()
    (folder / "3.eml").write_bytes(message(3))
    assert subjects(folder, tmp_path) == ["No. 2", "No. 3"]


@pytest.mark.parametrize("age", [0, 3600])
def test_a_maildir_is_followed_whether_it_changed_just_now_or_long_ago(tmp_path: Path, age: int) -> None:
    folder, cur = tmp_path / "mail", tmp_path / "mail" / "cur"
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    steps: list[tuple[Callable[[], object], list[str]]] = [
        (lambda: (cur / "1:2,").write_bytes(message(1)), ["No. 1"]),
        (lambda: (folder / "new" / "2").write_bytes(message(2)), ["No. 1", "No. 2"]),
        (lambda: (folder / "new" / "2").rename(cur / "2:2,S"), ["No. 1", "No. 2"]),
        ((cur / "1:2,").unlink, ["No. 2"]),
        ((cur / "2:2,S").unlink, []),
    ]
    for number, (step, expected) in enumerate(steps):
        step()
        for part in ("cur", "new"):
            then = time.time() - age + number
            os.utime(folder / part, (then, then))
        if not expected:
            with pytest.raises(MailboxError, match="holds no mail"):
                subjects(folder, tmp_path)
            return
        for _ in range(2):
            assert subjects(folder, tmp_path) == expected


@pytest.mark.parametrize("damage", [b"", b"no database at all" * 100])
def test_a_damaged_index_is_built_anew(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "all.mbox"
    path.write_bytes(mbox(message(1)))
    subjects(path, tmp_path)
    (index,) = (tmp_path / "state").glob("*.sqlite")
    index.write_bytes(damage)
    assert subjects(path, tmp_path) == ["No. 1"]


def test_the_index_is_private_and_not_beside_the_mail(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "all.mbox").write_bytes(mbox(message(1)))
    before = (folder / "all.mbox").stat()
    subjects(folder / "all.mbox", tmp_path)
    assert [p.name for p in folder.iterdir()] == ["all.mbox"]
    assert (folder / "all.mbox").stat().st_mtime_ns == before.st_mtime_ns
    (index,) = (tmp_path / "state").glob("*.sqlite")
    assert index.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


def test_an_mbox_cut_in_mid_message_is_used_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "all.mbox"
    path.write_bytes(mbox(message(1), message(2))[:-60])
    assert subjects(path, tmp_path) == ["No. 1", "No. 2"]


def test_what_others_sent_to_a_crowd_is_not_read_unless_one_of_the_two_answers(tmp_path: Path) -> None:
    crowd = b", ".join(b"<p%d@crowd.example>" % number for number in range(13))
    few, many = b"<me@home.example>, <%s>" % JANE.encode(), b"<me@home.example>, <%s>, %s" % (JANE.encode(), crowd)
    mails = [message(number, "head@office.example") for number in range(3)]
    mails = [raw.replace(b"<me@home.example>", to) for raw, to in zip(mails, (few, many, many), strict=True)]
    answer = message(3).replace(b"Subject: No. 3", b"Subject: Re: No. 2\nIn-Reply-To: <2@x.example>")
    path = tmp_path / "all.mbox"
    path.write_bytes(mbox(*mails, answer))
    assert subjects(path, tmp_path) == ["No. 0", "No. 2", "Re: No. 2"]


def test_from_lines_in_bodies_do_not_split(tmp_path: Path) -> None:
    path = tmp_path / "all.mbox"
    path.write_bytes(mbox(message(1) + b"From here on it gets better.\n\nFrom what I hear.\n", message(2)))
    assert subjects(path, tmp_path) == ["No. 1", "No. 2"]


def test_a_sparse_giant_stays_small_in_memory(tmp_path: Path) -> None:
    import resource

    path = tmp_path / "all.mbox"
    with path.open("wb") as file:
        file.write(mbox(message(1)))
        file.truncate(600_000_000)
        file.seek(600_000_000)
        file.write(b"\n\n" + mbox(message(2)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert subjects(path, tmp_path) == ["No. 1", "No. 2"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [("no.mbox", None, "no archive"), ("empty.mbox", b"", "empty"), ("text.mbox", b"Dear diary\n", "no mbox")],
)
def test_what_is_no_archive_is_said_in_one_line(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MailboxError, match=says) as caught:
        subjects(path, tmp_path)
    assert caught.value.to_do
    assert "\n" not in caught.value.message


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.eml").write_bytes(message(9))
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "1.eml").write_bytes(message(1))
    (folder / "9.eml").symlink_to(tmp_path / "secret.eml")
    assert subjects(folder, tmp_path) == ["No. 1"]


def test_a_drafts_folder_that_cannot_be_made_loses_nothing_silently(tmp_path: Path) -> None:
    path = tmp_path / "all.mbox"
    path.write_bytes(mbox(message(1)))
    (tmp_path / "drafts").write_text("a file in the way")
    box = ArchiveMailbox([path], state=tmp_path / "state", drafts=tmp_path / "drafts", owner=("me@home.example",))
    with pytest.raises(NotSavedError, match="drafts"):
        box.save_draft(message(5), None)
    box.close()
