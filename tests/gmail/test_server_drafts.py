"""The test server treats drafts and their threads as Gmail does, seen with Google's own client library."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from tests.gmail_server import Account, Entry, GmailServer
from tests.gmail_server.client import ME, Client, draft_body, mail, reason


class TestDrafts:
    @pytest.fixture
    def parent(self, account: Account) -> Entry:
        return account.add(mail("Lunch", Message_ID="<1@x.example>"))

    def reply(self, subject: str = "Re: Lunch", **headers: str) -> bytes:
        known = {"Message_ID": "<d@home.example>", "In_Reply_To": "<1@x.example>", "References": "<1@x.example>"}
        return mail(subject, sender=ME, **(known | {"To": "ann@x.example"} | headers))

    def test_a_reply_is_in_its_thread(self, account: Account, users: Client, parent: Entry) -> None:
        raw = self.reply()
        created = users.drafts().create(userId="me", body=draft_body(raw, parent.thread_id)).execute()
        assert created["message"]["threadId"] == parent.thread_id
        assert created["message"]["labelIds"] == ["DRAFT"]
        assert account.ghosts == []
        back = users.drafts().get(userId="me", id=created["id"], format="raw").execute()["message"]["raw"]
        assert base64.urlsafe_b64decode(back) == raw.replace(b"\n", b"\r\n")
        (listed,) = users.drafts().list(userId="me", q="rfc822msgid:d@home.example").execute()["drafts"]
        assert listed["id"] == created["id"]

    def test_unknown_thread(self, account: Account, users: Client) -> None:
        with pytest.raises(HttpError) as error:
            users.drafts().create(userId="me", body=draft_body(self.reply(), "abc123")).execute()
        assert reason(error) == (404, "notFound")
        assert account.drafts == []

    def test_another_subject_gets_a_thread_of_its_own(self, users: Client, parent: Entry) -> None:
        body = draft_body(self.reply("Good to see you"), parent.thread_id)
        assert users.drafts().create(userId="me", body=body).execute()["message"]["threadId"] != parent.thread_id

    def test_references_alone_do_not_join(self, users: Client, parent: Entry) -> None:
        created = users.drafts().create(userId="me", body=draft_body(self.reply())).execute()
        assert created["message"]["threadId"] != parent.thread_id

    def test_thread_id_alone_makes_a_ghost(self, account: Account, users: Client, parent: Entry) -> None:
        raw = mail("Re: Lunch", sender=ME, To="ann@x.example")
        created = users.drafts().create(userId="me", body=draft_body(raw, parent.thread_id)).execute()
        assert created["message"]["threadId"] == parent.thread_id
        assert [ghost.draft_id for ghost in account.ghosts] == [created["id"]]

    def test_a_trashed_parent_makes_a_ghost(self, account: Account, users: Client, parent: Entry) -> None:
        account.user.trash(parent)
        users.drafts().create(userId="me", body=draft_body(self.reply(), parent.thread_id)).execute()
        assert len(account.ghosts) == 1

    def test_update_keeps_the_draft_id_only(self, account: Account, users: Client, parent: Entry) -> None:
        old = users.drafts().create(userId="me", body=draft_body(self.reply(), parent.thread_id)).execute()
        new = (
            users.drafts().update(userId="me", id=old["id"], body=draft_body(self.reply(), parent.thread_id)).execute()
        )
        assert new["id"] == old["id"]
        assert new["message"]["id"] != old["message"]["id"]
        assert new["message"]["threadId"] == parent.thread_id
        assert len(account.drafts) == 1
        moved = users.drafts().update(userId="me", id=old["id"], body=draft_body(self.reply())).execute()
        assert moved["message"]["threadId"] != parent.thread_id

    def test_delete_is_for_ever(self, account: Account, users: Client, parent: Entry) -> None:
        draft = users.drafts().create(userId="me", body=draft_body(self.reply(), parent.thread_id)).execute()
        users.drafts().delete(userId="me", id=draft["id"]).execute()
        assert (account.drafts, account.thread(parent.thread_id)) == ([], [parent])
        with pytest.raises(HttpError) as error:
            users.drafts().delete(userId="me", id=draft["id"]).execute()
        assert reason(error) == (404, "notFound")

    @pytest.mark.parametrize("body", [{}, {"message": {}}, {"message": {"raw": "!!"}}, draft_body(mail(To="nobody"))])
    def test_what_gmail_refuses(self, account: Account, users: Client, body: dict[str, Any]) -> None:
        with pytest.raises(HttpError) as error:
            users.drafts().create(userId="me", body=body).execute()
        assert reason(error) == (400, "invalidArgument")
        assert account.drafts == []

    def test_upload(self, account: Account, connect: Callable[..., Client], parent: Entry) -> None:
        from io import BytesIO

        from googleapiclient.http import MediaIoBaseUpload

        media = MediaIoBaseUpload(BytesIO(self.reply()), mimetype="message/rfc822")
        body = {"message": {"threadId": parent.thread_id}}
        created = connect().users().drafts().create(userId="me", body=body, media_body=media).execute()
        assert account.draft(created["id"]).source.wire == self.reply().replace(b"\n", b"\r\n")
        assert account.draft(created["id"]).thread_id == account.thread(parent.thread_id)[0].thread_id

    def test_the_person_edits_sends_and_moves(self, account: Account, users: Client, parent: Entry) -> None:
        created = users.drafts().create(userId="me", body=draft_body(self.reply(), parent.thread_id)).execute()
        edited = account.user.edit_draft(created["id"], text="My own words")
        assert (edited.draft_id, edited.thread_id) == (created["id"], parent.thread_id)
        assert edited.id != created["message"]["id"]
        assert edited.rfc_id == "<d@home.example>"
        assert b"My own words" in edited.source.raw
        moved = account.user.edit_draft(created["id"], subject="Something else")
        assert moved.thread_id != parent.thread_id
        assert b"My own words" in moved.source.raw
        account.user.edit_draft(created["id"], subject="Re: Lunch")
        sent = account.user.send_draft(created["id"])
        assert account.drafts == []
        assert sent.labels == frozenset({"SENT"})

    def test_sending_works_and_is_counted(self, server: GmailServer, users: Client, parent: Entry) -> None:
        created = users.drafts().create(userId="me", body=draft_body(self.reply(), parent.thread_id)).execute()
        assert server.journal.sends == 0
        sent = users.drafts().send(userId="me", body={"id": created["id"]}).execute()
        assert (sent["labelIds"], sent["threadId"]) == (["SENT"], parent.thread_id)
        users.messages().send(userId="me", body=draft_body(self.reply())["message"]).execute()
        assert server.journal.sends == 2
