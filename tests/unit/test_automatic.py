"""Automatic mail is told from people's, and a delivery report from an address that merely stands in it."""

from __future__ import annotations

import pytest

from thread_finder.mail.parse import parse_message
from thread_finder.model import Automatic, Message

INVITATION = (
    "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1\nSUMMARY:Call\nDTSTART:20230711T163000Z\n"
    "ORGANIZER;CN=Jane Doe:mailto:jane@x.example\nATTENDEE:mailto:me@y.example\nEND:VEVENT\nEND:VCALENDAR\n"
)


def letter(
    *fields: str, sender: str = "Jane Doe <jane@x.example>", subject: str = "Lunch?", body: str = "Hi"
) -> Message:
    header = "\n".join((f"From: {sender}", "To: me@y.example", f"Subject: {subject}", *fields))
    return parse_message(f"{header}\n\n{body}\n".encode())


def invitation(*fields: str, sender: str = "Jane Doe <jane@x.example>") -> Message:
    return letter("Content-Type: text/calendar; charset=utf-8", *fields, sender=sender, body=INVITATION)


@pytest.mark.parametrize(
    "message",
    [
        letter(),
        letter("X-Auto-Response-Suppress: All"),
        letter("Auto-Submitted: no"),
        letter("Precedence: normal"),
        letter("Return-Path: <jane@x.example>"),
        letter(subject="Re: Out of office"),
        letter(subject="Officially out of time"),
        letter(sender="Noreen Ply <noreen.ply@x.example>"),
        letter(sender="Jane <jane.doe@calendly.com>"),
        invitation(),
        invitation("Auto-Submitted: auto-generated", "Sender: Google Calendar <calendar-notification@google.com>"),
    ],
)
def test_a_persons_mail_is_a_persons(message: Message) -> None:
    assert message.automatic is Automatic.NO


@pytest.mark.parametrize(
    "field",
    [
        "List-Id: <mill.lists.x.example>",
        "List-Unsubscribe: <mailto:off@x.example>",
        "List-Post: <mailto:mill@x.example>",
        "Mailing-List: list mill@x.example",
        "Precedence: bulk",
        "Precedence: LIST",
        "precedence: junk",
        "Feedback-ID: 1:2:3",
    ],
)
def test_lists_are_known_by_their_headers(field: str) -> None:
    assert letter(field).automatic is Automatic.LIST


@pytest.mark.parametrize(
    ("field", "subject"),
    [
        ("Auto-Submitted: auto-replied (vacation)", "Re: Lunch?"),
        ("X-Autoreply: yes", "Re: Lunch?"),
        ("X-Autorespond: away", "Re: Lunch?"),
        ("X-Auto-Reply-From: jane@x.example", "Re: Lunch?"),
        ("Precedence: auto_reply", "Re: Lunch?"),
        ("X-Plain: 1", "Automatic reply: Lunch?"),
        ("X-Plain: 1", "Out of Office: Lunch?"),
        ("X-Plain: 1", "=?utf-8?q?R=C3=A9ponse_automatique_=3A?= Lunch"),
        ("X-Plain: 1", "Abwesenheitsnotiz: Mittagessen"),
        ("X-Plain: 1", "Respuesta automática: Comida"),
        ("X-Plain: 1", "自動返信: ランチ"),
    ],
)
def test_absence_notes_are_known(field: str, subject: str) -> None:
    assert letter(field, subject=subject).automatic is Automatic.AUTO_REPLY


@pytest.mark.parametrize(
    "sender",
    [
        "Mill <no-reply@x.example>",
        "noreply@x.example",
        "Jane via Mill <mill-noreply@x.example>",
        "donotreply@x.example",
        "notifications@x.example",
        "Hiring <jobs@hire.lever.co>",
        "Mill <mill@myworkday.com>",
        "MAILER-DAEMON@x.example",
    ],
)
def test_robots_are_known_by_their_addresses(sender: str) -> None:
    assert letter(sender=sender).automatic is Automatic.ROBOT


@pytest.mark.parametrize("field", ["Auto-Submitted: auto-generated", "Return-Path: <>"])
def test_generated_mail_is_a_robots(field: str) -> None:
    assert letter(field).automatic is Automatic.ROBOT


@pytest.mark.parametrize(
    "message",
    [
        letter(sender="Jane Doe <calendar-notification@google.com>"),
        letter("List-Unsubscribe: <https://x.example>", sender="Jane Doe <notifications@calendly.com>"),
        invitation(sender="Mill <no-reply@mill.example>"),
        invitation("Auto-Submitted: auto-generated", sender="Jane Doe (via Slots) <jane@slots.example>"),
        invitation("Auto-Submitted: auto-generated", sender="bookings@x.example"),
    ],
)
def test_services_that_write_for_somebody_are_calendars(message: Message) -> None:
    assert message.automatic is Automatic.CALENDAR


# --- delivery reports -------------------------------------------------------------------------------


def report(action: str = "failed", recipient: str = "Final-Recipient: rfc822; Gone@X.example") -> Message:
    return parse_message(
        (
            "From: Mail Delivery System <MAILER-DAEMON@y.example>\nTo: me@y.example\nSubject: Undelivered Mail\n"
            "Return-Path: <>\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
            "--b\n\nSorry. Write to postmaster@y.example for help.\n"
            "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; y.example\n\n"
            f"{recipient}\nAction: {action}\n"
            "Status: 5.1.1\n\nFinal-Recipient: rfc822; fine@x.example\nAction: delivered\n"
            "--b\nContent-Type: message/rfc822\n\nFrom: me@y.example\nTo: gone@x.example\n\nHi\n--b--\n"
        ).encode()
    )


def test_a_report_names_the_addresses_that_failed() -> None:
    assert report().automatic is Automatic.DELIVERY_REPORT
    assert report().bounced == ("gone@x.example",)


def test_the_address_the_owner_wrote_to_comes_first() -> None:
    both = "Original-Recipient: rfc822;alias@x.example\nFinal-Recipient: rfc822; real@z.example"
    assert report(recipient=both).bounced == ("alias@x.example", "real@z.example")


def test_a_delay_is_no_failure() -> None:
    assert report(action="delayed").automatic is Automatic.DELIVERY_REPORT
    assert report(action="delayed").bounced == ()


@pytest.mark.parametrize(
    "body",
    [
        "Hi. This is the mill's mail program.\n\n<gone@x.example>:\nSorry, no mailbox here by that name.",
        "The following address failed:\n\n  gone@x.example\n    SMTP error: 550 no such user",
        "Your message wasn't delivered to gone@x.example because the address couldn't be found.",
        "<gone@x.example>: host mx.x.example said: 550 5.1.1 unknown user",
        "Your message did not reach the following recipient(s):\n\ngone@x.example on Mon, 6 Nov 2000 09:10:09 -0500",
        "Delivery has failed to these recipients:\n\ngone@x.example\nThe address is unknown.",
    ],
)
def test_reports_in_words_are_read(body: str) -> None:
    original = (
        "\n\n--- Below this line is a copy of the message.\n\nFrom: me@y.example\nTo: gone@x.example, fine@x.example\n"
    )
    message = letter(
        sender="MAILER-DAEMON@y.example", subject="failure notice", body=f"{body}\nAsk postmaster@y.example.{original}"
    )
    assert message.automatic is Automatic.DELIVERY_REPORT
    assert message.bounced == ("gone@x.example",)


def test_google_names_them_in_a_header() -> None:
    message = letter("X-Failed-Recipients: gone@x.example", sender="mailer-daemon@googlemail.com", body="No.")
    assert (message.automatic, message.bounced) == (Automatic.DELIVERY_REPORT, ("gone@x.example",))


def test_a_person_who_speaks_of_failure_reports_nothing() -> None:
    message = letter(subject="Returned mail", body="Your message was not delivered to gone@x.example, was it?")
    assert (message.automatic, message.bounced) == (Automatic.NO, ())
