"""plan, status and follow-up on Gmail: what the person does in the web client is seen at the next run."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from thread_finder.demo.sample import SAMPLE_TODAY

if TYPE_CHECKING:
    from tests.cli.conftest import GmailUser

TOMORROW = datetime(SAMPLE_TODAY.year, SAMPLE_TODAY.month, SAMPLE_TODAY.day, 12, tzinfo=UTC) + timedelta(days=1)
PRIYA = "Priya Raghunathan"


def stands(user: GmailUser, day: date = SAMPLE_TODAY) -> dict[str, Any]:
    ran = user.run("status", PRIYA, "--json", "--as-of", day.isoformat())
    assert ran.code == 0, ran
    (one,) = ran.json
    return dict(one)


def drafted(user: GmailUser) -> str:
    (made,) = user.at("draft", PRIYA, "--json").json
    assert made["action"] == "created"
    user.account.store.now = TOMORROW.timestamp  # what the person does, they do the day after
    return str(made["draft_id"])


def test_a_draft_moved_to_another_thread_and_sent_from_there_is_known_as_sent(signed_in: GmailUser) -> None:
    """A new subject moves a draft out of its thread (hazards F5); sent from there it has another Message-ID, too."""
    draft = drafted(signed_in)
    before = stands(signed_in)["letters"][0]["thread_id"]
    signed_in.account.user.edit_draft(draft, text="Quite another letter", subject="Hello again", keep_message_id=False)
    assert stands(signed_in)["state"] == "drafted"
    assert stands(signed_in)["letters"][0]["thread_id"] != before
    assert "edited" in stands(signed_in)["why"]
    signed_in.account.user.send_draft(draft, keep_message_id=False)
    assert stands(signed_in, TOMORROW.date())["state"] == "sent"


def test_a_deleted_draft_is_known_and_nothing_is_written_by_looking(signed_in: GmailUser) -> None:
    signed_in.account.user.delete_draft(drafted(signed_in))
    signed_in.server.journal.reset()
    assert stands(signed_in)["state"] == "resting"
    assert "not now" in stands(signed_in)["why"]
    assert PRIYA not in [one["contact"] for one in signed_in.at("plan", "--json").json["chosen"]]
    assert signed_in.server.journal.writes == 0


def test_a_sent_letter_whose_mail_was_deleted_for_ever_stays_sent(signed_in: GmailUser) -> None:
    draft = drafted(signed_in)
    sent = signed_in.account.user.send_draft(draft)
    day = TOMORROW.date()
    assert stands(signed_in, day)["state"] == "sent"
    signed_in.account.user.delete_forever(sent)
    assert stands(signed_in, day)["state"] == "sent"
