"""find and preview: the right thread, the JSON that scripts lean on, and a screen that hostile mail cannot move."""

from __future__ import annotations

import json
from collections.abc import Callable
from email.message import EmailMessage
from typing import TYPE_CHECKING

from thread_finder.demo.sample import sample_folder

if TYPE_CHECKING:
    from tests.cli.conftest import User

FINDING_KEYS = {
    "contact", "emails", "verdict", "kind", "confidence", "thread", "parent", "reply_to", "reply_from", "met_on",
    "evidence", "alternatives", "warnings",
}  # fmt: skip
PREVIEW_KEYS = FINDING_KEYS | {"subject", "from", "to", "text", "html", "headers", "advice"}


def test_find_all_answers_in_the_contacts_order_with_the_documented_keys(user: User) -> None:
    ran = user.at("find", "--all", "--json")
    assert ran.code == 0, ran.err
    findings = ran.json
    listed = [contact["name"] for contact in user.run("contacts", "list", "--json").json]
    assert [f["contact"] for f in findings] == listed
    for finding in findings:
        assert set(finding) >= FINDING_KEYS
        assert 0 <= finding["confidence"] <= 1
        if finding["verdict"] == "new-thread":
            assert finding["thread"] is finding["parent"] is finding["kind"] is None
            continue
        assert finding["verdict"] == "reply"
        assert set(finding["thread"]) >= {"id", "subject", "first_date", "last_date", "message_ids"}
        assert finding["parent"] in finding["thread"]["message_ids"]
        assert all(set(e) >= {"signal", "message_id", "quote"} for e in finding["evidence"])
        assert all(set(a) >= {"kind", "confidence", "thread"} for a in finding["alternatives"])


def test_find_gets_nearly_all_of_the_sample_right(user: User) -> None:
    answers = {a["name"]: a for a in json.loads((sample_folder() / "answers.json").read_text("utf-8")).values()}
    wrong = []
    for finding in user.at("find", "--all", "--json").json:
        answer = answers[finding["contact"]]
        ids = set(finding["thread"]["message_ids"]) if finding["thread"] else set()
        fits = not answer["best_ids"] if not ids else any(ids & set(best) for best in answer["best_ids"])
        if finding["verdict"] != answer["verdict"] or not fits:
            wrong.append(finding["contact"])
    assert len(wrong) <= len(answers) // 10, wrong


def test_find_shows_thread_and_reasons_to_the_eye(user: User) -> None:
    finding = user.at("find", "Rosheen", "--json").json[0]
    ran = user.at("find", "Rosheen")
    assert ran.code == 0
    assert ran.err == ""
    for shown in ("Rosheen Tuohy-Vance", finding["thread"]["subject"], finding["reply_to"], finding["reply_from"]):
        assert shown in ran.out
    assert finding["evidence"][0]["quote"][:30] in ran.out
    assert "\x1b" not in ran.out, "colour only on a terminal"


def test_a_contact_is_found_by_part_of_a_name_or_an_address_and_taken_once(user: User) -> None:
    ran = user.at("find", "rosheen@stfinnians-music.example", "Tuohy", "太郎", "--json")
    assert [f["contact"] for f in ran.json] == ["Rosheen Tuohy-Vance", "山田 太郎"]


def test_preview_json_is_the_finding_and_the_letter(user: User) -> None:
    ran = user.at("preview", "Rosheen", "--json")
    assert ran.code == 0, ran.err
    (preview,) = ran.json
    assert set(preview) >= PREVIEW_KEYS
    assert preview["headers"]["In-Reply-To"] == preview["parent"]
    assert preview["headers"]["References"].split()[-1] == preview["parent"]
    assert preview["subject"].lower().count("re:") == 1
    assert preview["from"] == preview["reply_from"]
    assert preview["to"] == preview["reply_to"]
    assert all(set(advice) >= {"rule", "level", "message"} for advice in preview["advice"])


def test_preview_eml_is_one_message_and_saves_nothing(user: User, read_mail: Callable[[bytes], EmailMessage]) -> None:
    preview = user.at("preview", "Søren", "--json").json[0]
    ran = user.at("preview", "Søren", "--eml")
    assert ran.code == 0, ran.err
    message = read_mail(ran.out.encode())
    assert str(message["Subject"]) == preview["subject"]
    assert message["To"].addresses[0].display_name == "Søren Åberg"
    assert message["In-Reply-To"] == preview["parent"]
    assert not message.defects
    assert user.saved() == []


def test_preview_eml_of_two_is_refused(user: User) -> None:
    user.at("preview", "Rosheen", "Søren", "--eml").fails(2, "--eml")


def test_as_of_is_the_day_of_writing(user: User, read_mail: Callable[[bytes], EmailMessage]) -> None:
    late = user.run("preview", "Rosheen", "--eml", "--as-of", "2026-10-02")
    assert read_mail(late.out.encode())["Date"].datetime.date().isoformat() == "2026-10-02"
    # What happened afterwards is not yet known on an earlier day.
    workshop = "small workshop for harmoniums"
    assert workshop in user.run("preview", "Rosheen", "--eml", "--as-of", "2026-10-02").out.replace("=\n", "")
    assert workshop not in user.run("preview", "Rosheen", "--eml", "--as-of", "2026-09-01").out.replace("=\n", "")


def test_a_wrong_day_is_a_usage_error(user: User) -> None:
    ran = user.run("find", "Rosheen", "--as-of", "24.11.2026")
    assert ran.code == 2
    assert "24.11.2026" in ran.err
    assert "Traceback" not in ran.err


HOSTILE = """From x@y.example Mon Mar 02 10:00:00 2026
Message-ID: <hostile@trap.example>
Date: Mon, 02 Mar 2026 10:00:00 +0000
From: Vex Trapp <vex@trap.example>
To: Imke Halloran <imke@tussenklank.example>
Subject: =?utf-8?q?Coffee_=1B=5B31mred=1B=5B2J=07_=5B/bold=5D_=E2=80=AEx?=
Content-Type: text/plain; charset=utf-8

Hi Imke,

Thank you for taking the time to meet me for coffee last week. \x1b]0;owned\x07 It was lovely.

Vex

"""


def test_controls_in_mail_are_shown_as_marks_and_markup_is_literal(user: User) -> None:
    with user.mbox.open("a", encoding="utf-8") as mbox:
        mbox.write("\n" + HOSTILE)
    with user.contacts.open("a", encoding="utf-8") as contacts:
        contacts.write('\n[[contact]]\nname = "Vex Trapp"\nemails = ["vex@trap.example"]\n')
        contacts.write('\n[[contact]]\nname = "Esc \\u001b[1mape"\nemails = ["esc@trap.example"]\n')
    for command in ("find", "preview", "draft"):
        ran = user.at(command, "Vex")
        assert "Vex Trapp" in ran.out, ran
        for control in ("\x1b", "\x07", "\u202e"):
            assert control not in ran.out + ran.err, command
    shown = user.at("find", "Vex")
    assert "␛[1mape" in shown.err
    assert "“Coffee ␛[31mred␛[2J␇ [/bold] ⟨U+202E⟩x”" in shown.out
