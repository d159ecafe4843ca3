"""The sample mailbox keeps what `demo` and its readers count on: size, languages, cases, answers that fit the mail."""

from __future__ import annotations

import json
import mailbox
import re
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from thread_finder import config
from thread_finder.addressbook import load_contacts
from thread_finder.demo.sample import SAMPLE_TODAY, sample_folder, write_sample
from thread_finder.errors import NotSavedError

PROJECT = Path(__file__).parents[2]
LANGUAGES = {"en", "de", "fr", "es", "pt", "it", "nl", "ja"}
CASES = """
    separate-thank-you thanks-in-scheduling-thread thanks-by-contact thanks-without-saying-thanks scheduling-only
    calendar-invitation-only calendar-invitation calendar-cancel meeting-moved meeting-cancelled no-show
    introduction-by-third-person forwarded-introduction assistant-scheduled robot-scheduling-beside-human-thread
    several-meetings met-on-given conversation-without-meeting owner-wrote-last changed-address bounced delivery-report
    two-people-same-name contact-only-in-cc group-thread mailing-list newsletter-by-firm robot-thanks sales webinar
    out-of-office spam trash unsent-draft-in-thread never-answered do-not-contact recently-in-touch weekly-one-to-one
    reply-to-elsewhere thread-drifts inline-replies thanks-for-something-else new-thread html-only outlook-quote
    rfc2047-name broken-header old-identity time-zones earlier-exchange class-project
"""


@pytest.fixture(scope="module")
def messages() -> list[EmailMessage]:
    box = mailbox.mbox(sample_folder() / "sample.mbox", create=False)
    try:
        parser = BytesParser(policy=policy.default)
        return [parser.parsebytes(box.get_bytes(key)) for key in box.iterkeys()]
    finally:
        box.close()


@pytest.fixture(scope="module")
def answers() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = json.loads((sample_folder() / "answers.json").read_text("utf-8"))
    return loaded


def usable(messages: list[EmailMessage]) -> Iterator[tuple[str, EmailMessage]]:
    for message in messages:
        if message["Message-ID"]:
            yield str(message["Message-ID"]), message


def test_it_is_as_large_as_a_first_look_needs(messages: list[EmailMessage], answers: dict[str, dict[str, Any]]) -> None:
    assert len(messages) >= 320
    assert len(answers) >= 28
    assert (sample_folder() / "sample.mbox").stat().st_size < 1_500_000


def test_the_shipped_files_are_what_the_sources_make() -> None:
    if not (PROJECT / "bench" / "make_demo.py").exists():
        pytest.skip("the sources of the sample are not here")
    run = subprocess.run(
        [sys.executable, "-m", "bench.make_demo", "--check"], cwd=PROJECT, capture_output=True, text=True, timeout=60
    )
    assert (run.returncode, run.stdout.strip(), run.stderr) == (0, "up to date", "")


def test_every_message_is_takeout_mail(messages: list[EmailMessage]) -> None:
    for message in messages:
        assert str(message["X-GM-THRID"]).isdecimal()
        assert message["X-Gmail-Labels"]


def test_no_mail_is_from_the_future(messages: list[EmailMessage]) -> None:
    years = set()
    for message in messages:
        try:
            sent = parsedate_to_datetime(str(message["Date"]))
        except ValueError:
            continue
        years.add(sent.year)
        assert sent < datetime(SAMPLE_TODAY.year, SAMPLE_TODAY.month, SAMPLE_TODAY.day, tzinfo=sent.tzinfo)
    assert years == set(range(2019, 2027))


def test_all_of_it_is_invented(messages: list[EmailMessage]) -> None:
    texts = [path.read_bytes() for path in sample_folder().iterdir() if path.suffix in {".toml", ".json"}]
    for message in messages:
        texts += [str(value).encode("utf-8", "replace") for value in message.values()]
        texts += [part.get_payload(decode=True) or b"" for part in message.walk()]  # type: ignore[misc]
    hosts = re.findall(rb"(?:@|https?://)([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)", b"\n".join(texts))
    assert len(hosts) > 1000
    assert {host for host in hosts if not host.endswith(b".example")} == set()


def test_each_promised_case_is_there(answers: dict[str, dict[str, Any]]) -> None:
    tags = {tag for answer in answers.values() for tag in answer["tags"]}
    assert set(CASES.split()) - tags == set()
    assert {answer["kind"] for answer in answers.values()} == {"thank-you", "scheduling", "conversation", None}


def test_the_answers_name_mail_that_is_there(messages: list[EmailMessage], answers: dict[str, dict[str, Any]]) -> None:
    by_id = dict(usable(messages))
    for name, answer in answers.items():
        if answer["verdict"] == "new-thread":
            assert answer["best_ids"] == []
            assert answer["parent_id"] is None
            continue
        for ids, thrid in zip(answer["best_ids"], answer["best_thrids"], strict=True):
            assert {f"{int(by_id[i]['X-GM-THRID']):x}" for i in ids} == {thrid}, name
        assert answer["parent_id"] in answer["best_ids"][0], name


def of_calendar(message: EmailMessage) -> str:
    """The method of its calendar part, "" without one."""
    return next((str(part.get_param("method")) for part in message.walk() if part.get_param("method")), "")


def test_the_parent_is_the_newest_letter_of_the_best_thread(
    messages: list[EmailMessage], answers: dict[str, dict[str, Any]]
) -> None:
    by_id = dict(usable(messages))
    for name, answer in answers.items():
        if answer["parent_id"]:
            dated = {i: by_id[i]["Date"].datetime for i in answer["best_ids"][0]}
            letters = any(not of_calendar(by_id[i]) for i in dated)
            known = {
                i: sent for i, sent in dated.items() if sent and not (letters and of_calendar(by_id[i]) == "REPLY")
            }
            assert max(known, key=lambda i: known[i]) == answer["parent_id"], name


def test_answers_and_contacts_are_the_same_people(answers: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    book = load_contacts(write_sample(tmp_path).contacts)
    assert book.problems == ()
    known = {contact.name: contact for contact in book.contacts}
    assert set(known) == {answer["name"] for answer in answers.values()}
    for answer in answers.values():
        contact = known[answer["name"]]
        assert list(contact.emails) == answer["emails"]
        assert contact.do_not_contact == ("do-not-contact" in answer["tags"])
        assert bool(contact.met_on) >= ("met-on-given" in answer["tags"])
        assert answer["reply_to"] is None or answer["reply_to"] in contact.emails


def test_some_contacts_are_only_a_name_and_an_address() -> None:
    table = tomllib.loads((sample_folder() / "contacts.toml").read_text("utf-8"))
    bare = [entry["name"] for entry in table["contact"] if set(entry) == {"name", "emails"}]
    assert 2 <= len(bare) <= 4


def test_every_reason_has_somebody() -> None:
    table = tomllib.loads((sample_folder() / "contacts.toml").read_text("utf-8"))
    kinds = {entry["reason"]["kind"] for entry in table["contact"] if "reason" in entry}
    assert kinds == {"reconnect", "news", "congratulate", "offer-help", "pay-forward", "catch-up", "ask"}


def test_the_owner_can_write_in_every_language_of_the_sample(tmp_path: Path) -> None:
    owner = config.load(write_sample(tmp_path).config).owner
    assert set(owner.introduction) == LANGUAGES
    assert all(set(update.text) == LANGUAGES for update in owner.updates)
    assert max(update.on for update in owner.updates).year == 2026


def test_each_language_is_somebodys(answers: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    contacts = load_contacts(write_sample(tmp_path).contacts).contacts
    assert {contact.language for contact in contacts} == (LANGUAGES - {"en"}) | {""}


@pytest.mark.parametrize("name", ["Søren Åberg", "山田 太郎", "小野寺 美咲", "Yannick Le Guézennec"])
def test_names_of_all_scripts_travel_as_encoded_words(name: str, messages: list[EmailMessage]) -> None:
    raw = (sample_folder() / "sample.mbox").read_bytes()
    assert f"From: {name}".encode() not in raw
    assert any(name == sender.display_name for m in messages if m["From"] for sender in m["From"].addresses)


def test_write_sample_makes_a_folder_ready_to_run(tmp_path: Path) -> None:
    paths = write_sample(tmp_path / "new" / "folder")
    loaded = config.load(paths.config)
    assert loaded.account.paths == (paths.mailbox,)
    assert loaded.account.drafts == paths.drafts
    assert loaded.contacts == paths.contacts
    assert loaded.warnings == ()
    assert paths.mailbox.read_bytes() == (sample_folder() / "sample.mbox").read_bytes()
    assert not paths.drafts.exists()
    assert stat.S_IMODE(paths.config.stat().st_mode) == 0o600


def test_write_sample_says_so_when_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(NotSavedError, match="taken"):
        write_sample(tmp_path / "taken")
