"""What the finder's weights are learned from, and measured on, is whole: bench/wording and bench/mailboxes."""

from __future__ import annotations

import csv
import gzip
import json
import re

import pytest

from bench import known
from thread_finder.finding.lexicon import languages


def test_the_invented_mails_are_in_every_language_and_of_every_kind() -> None:
    mails = known.invented()
    assert {one.language for one in mails} == set(languages())
    for language in languages():
        kinds = {(one.arranges, one.thanks) for one in mails if one.language == language}
        assert {(0, 0), (2, 0), (0, 2)} <= kinds, language
    assert all(one.message.new_text for one in mails)
    assert all(0 <= mark <= 2 for one in mails for mark in (one.arranges, one.thanks))


@pytest.mark.parametrize("name", known.OURS)
def test_every_answer_of_an_invented_mailbox_is_a_mail_in_it(name: str) -> None:
    folder = known.MAILBOXES / name
    mail = gzip.decompress((folder / "mailbox.mbox.gz").read_bytes()).decode("utf-8", "replace")
    there = set(re.findall(r"(?im)^Message-ID:\s*(<[^>\s]+>)", mail))
    answers = json.loads((folder / "truth.json").read_text("utf-8"))
    wanted = {ident for answer in answers.values() for best in answer["best_ids"] for ident in best}
    wanted |= {answer["parent_id"] for answer in answers.values() if answer["parent_id"]}
    assert wanted <= there
    rows = csv.DictReader((folder / "contacts.csv").read_text("utf-8").splitlines())
    assert {answer["name"] for answer in answers.values()} >= {row["name"] for row in rows}


@pytest.mark.parametrize("name", known.OURS)
def test_all_addresses_of_an_invented_mailbox_are_invented(name: str) -> None:
    owner = json.loads((known.MAILBOXES / name / "OWNER.json").read_text("utf-8"))
    rows = csv.DictReader((known.MAILBOXES / name / "contacts.csv").read_text("utf-8").splitlines())
    emails = [*owner["emails"], *(email for row in rows for email in row["emails"].split(";"))]
    assert all(email.endswith(".example") for email in emails)
