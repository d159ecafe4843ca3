"""The test server shows mail, threads and history as Gmail does, seen with Google's own client library."""

from __future__ import annotations

import base64

import pytest
from googleapiclient.errors import HttpError

from tests.gmail_server import Account, GmailServer
from tests.gmail_server.client import ME, Client, mail, reason


class TestReading:
    def test_profile_labels_and_identities(self, account: Account, users: Client) -> None:
        account.add(mail(), labels=("INBOX", "Old Friends"))
        account.alias("me@work.example", "Me At Work", "<b>Me</b>")
        assert users.getProfile(userId=ME).execute()["messagesTotal"] == 1
        labels = {one["name"]: one["type"] for one in users.labels().list(userId="me").execute()["labels"]}
        assert labels["INBOX"] == "system"
        assert labels["Old Friends"] == "user"
        primary, alias = users.settings().sendAs().list(userId="me").execute()["sendAs"]
        assert (primary["isPrimary"], "verificationStatus" in primary) == (True, False)
        assert (alias["sendAsEmail"], alias["verificationStatus"]) == ("me@work.example", "accepted")

    def test_full_format_is_a_tree_with_decoded_headers_and_utf8_bodies(self, account: Account, users: Client) -> None:
        raw = (
            b"From: =?iso-8859-1?Q?Andr=E9?= <a@x.example>\nTo: me@home.example\nSubject: a\n folded one\n"
            b'Content-Type: multipart/mixed; boundary="B"\n\n--B\nContent-Type: text/plain; charset=iso-8859-1\n'
            b"Content-Transfer-Encoding: quoted-printable\n\nCaf=E9 & more\n--B\nContent-Type: text/calendar\n"
            b"Content-Disposition: attachment; filename=invite.ics\n\nBEGIN:VCALENDAR\n--B--\n"
        )
        entry = account.add(raw)
        message = users.messages().get(userId="me", id=entry.id).execute()
        headers = {one["name"]: one["value"] for one in message["payload"]["headers"]}
        assert headers["From"] == "André <a@x.example>"
        assert headers["Subject"] == "a folded one"
        text, calendar = message["payload"]["parts"]
        assert base64.urlsafe_b64decode(text["body"]["data"]).decode() == "Café & more"
        assert message["snippet"] == "Café &amp; more"
        assert (calendar["partId"], calendar["filename"], "data" in calendar["body"]) == ("1", "invite.ics", False)
        got = users.messages().attachments().get(userId="me", messageId=entry.id, id=calendar["body"]["attachmentId"])
        assert base64.urlsafe_b64decode(got.execute()["data"]) == b"BEGIN:VCALENDAR"
        again = users.messages().get(userId="me", id=entry.id).execute()["payload"]["parts"][1]
        assert again["body"]["attachmentId"] != calendar["body"]["attachmentId"]

    def test_raw_format_has_crlf(self, account: Account, users: Client) -> None:
        entry = account.add(b"Subject: x\nFrom: a@x.example\n\none\ntwo\n")
        raw = users.messages().get(userId="me", id=entry.id, format="raw").execute()["raw"]
        assert base64.urlsafe_b64decode(raw) == b"Subject: x\r\nFrom: a@x.example\r\n\r\none\r\ntwo\r\n"

    def test_metadata_headers_in_any_case_and_minimal(self, account: Account, users: Client) -> None:
        entry = account.add(mail(Message_Id="<1@x.example>"))
        got = (
            users.messages().get(userId="me", id=entry.id, format="metadata", metadataHeaders=["MESSAGE-ID"]).execute()
        )
        assert got["payload"]["headers"] == [{"name": "Message-Id", "value": "<1@x.example>"}]
        assert "payload" not in users.messages().get(userId="me", id=entry.id, format="minimal").execute()

    def test_partial_answers(self, account: Account, users: Client) -> None:
        entry = account.add(mail())
        fields = "id,messages(id,payload/headers(name),payload(mimeType))"
        got = users.threads().get(userId="me", id=entry.thread_id, fields=fields).execute()
        assert set(got) == {"id", "messages"}
        assert set(got["messages"][0]) == {"id", "payload"}
        assert set(got["messages"][0]["payload"]) == {"headers", "mimeType"}
        assert {"name": "Subject"} in got["messages"][0]["payload"]["headers"]

    @pytest.mark.parametrize("fields", ["messages(id", "mesages/id", "messages//id", "id,,snippet"])
    def test_wrong_fields_are_refused(self, users: Client, account: Account, fields: str) -> None:
        with pytest.raises(HttpError) as error:
            users.threads().get(userId="me", id=account.add(mail()).thread_id, fields=fields).execute()
        assert reason(error) == (400, "invalidParameter")

    @pytest.mark.parametrize(("message_id", "status"), [("123abc", 404), ("no hex", 400)])
    def test_unknown_ids(self, users: Client, message_id: str, status: int) -> None:
        with pytest.raises(HttpError) as error:
            users.messages().get(userId="me", id=message_id).execute()
        assert error.value.status_code == status

    def test_answers_are_gzipped_when_asked(self, server: GmailServer, account: Account, users: Client) -> None:
        entry = account.add(mail(text="word " * 5000))
        users.messages().get(userId="me", id=entry.id).execute()
        assert server.journal.requests[-1].bytes_out < 2000

    def test_deeply_nested_mime_is_answered(self, account: Account, users: Client) -> None:
        raw = b"Subject: deep\n" + b"".join(
            b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(1000)
        )
        assert users.messages().get(userId="me", id=account.add(raw).id).execute()["payload"]["parts"]


class TestLists:
    def test_pages(self, account: Account, users: Client) -> None:
        entries = [account.add(mail(Date=f"Tue, 11 Jul 2023 10:{n:02}:00 +0200")) for n in range(7)]
        request, seen = users.messages().list(userId="me", maxResults=3), []
        while request is not None:
            answer = request.execute()
            seen.append([one["id"] for one in answer["messages"]])
            request = users.messages().list_next(request, answer)
        assert [len(page) for page in seen] == [3, 3, 1]
        assert [one for page in seen for one in page] == [entry.id for entry in reversed(entries)]

    def test_an_empty_list_has_no_key(self, users: Client) -> None:
        assert users.messages().list(userId="me").execute() == {"resultSizeEstimate": 0}
        assert users.drafts().list(userId="me").execute() == {"resultSizeEstimate": 0}

    def test_estimate_is_not_the_number(self, account: Account, users: Client) -> None:
        for _ in range(230):
            account.add(mail())
        assert users.messages().list(userId="me", maxResults=500).execute()["resultSizeEstimate"] == 201

    def test_a_very_long_query_comes_as_a_post(self, server: GmailServer, account: Account, users: Client) -> None:
        entry = account.add(mail())
        q = "{" + " ".join(f"from:nobody{n}@x.example" for n in range(200)) + " from:ann@x.example}"
        found = users.messages().list(userId="me", q=q).execute()["messages"]
        assert [one["id"] for one in found] == [entry.id]
        assert server.journal.writes == 0


class TestThreads:
    def test_mail_is_threaded_by_references_and_subject(self, account: Account) -> None:
        first = account.add(mail("Lunch", Message_ID="<1@x.example>"))
        reply = account.user.receive(mail("AW: lunch", References="<0@x.example> <1@x.example>"))
        renamed = account.user.receive(mail("Dinner", References="<1@x.example>"))
        stranger = account.user.receive(mail("Re: Lunch"))
        assert first.id == first.thread_id == reply.thread_id
        assert len({first.thread_id, renamed.thread_id, stranger.thread_id}) == 3

    def test_a_thread_shows_everything_oldest_first(self, account: Account, users: Client) -> None:
        first = account.add(mail(Message_ID="<1@x.example>"))
        late = account.add(mail("Re: Lunch", References="<1@x.example>", Date="Wed, 12 Jul 2023 10:00:00 +0200"))
        early = account.add(mail("Re: Lunch", References="<1@x.example>", Date="Tue, 11 Jul 2023 11:00:00 +0200"))
        account.user.trash(early)
        got = users.threads().get(userId="me", id=first.thread_id, format="minimal").execute()
        assert [one["id"] for one in got["messages"]] == [first.id, early.id, late.id]
        assert got["messages"][1]["labelIds"] == ["TRASH"]

    def test_threads_list(self, account: Account, users: Client) -> None:
        first = account.add(mail(Message_ID="<1@x.example>"))
        account.add(mail("Re: Lunch", References="<1@x.example>"))
        (only,) = users.threads().list(userId="me", q="lunch").execute()["threads"]
        assert only["id"] == first.thread_id
        assert only["snippet"] == "Hello there"


class TestHistory:
    def test_what_changed(self, account: Account, users: Client) -> None:
        old = account.add(mail())
        start = users.getProfile(userId="me").execute()["historyId"]
        new = account.user.receive(mail("News"))
        account.user.trash(old)
        account.user.delete_forever(new)
        answer = users.history().list(userId="me", startHistoryId=start).execute()
        kinds = [set(record) - {"id", "messages"} for record in answer["history"]]
        assert kinds == [{"messagesAdded"}, {"labelsAdded"}, {"labelsRemoved"}, {"messagesDeleted"}]
        assert answer["history"][1]["labelsAdded"][0]["labelIds"] == ["TRASH"]
        assert answer["history"][0]["messagesAdded"][0]["message"]["threadId"] == new.thread_id
        request = users.history().list(userId="me", startHistoryId=start, historyTypes=["messageAdded"])
        assert len(request.execute()["history"]) == 1
        later = users.history().list(userId="me", startHistoryId=answer["historyId"]).execute()
        assert later == {"historyId": answer["historyId"]}

    def test_an_old_cursor_has_expired(self, account: Account, users: Client) -> None:
        start = users.getProfile(userId="me").execute()["historyId"]
        account.store.expire_history()
        with pytest.raises(HttpError) as error:
            users.history().list(userId="me", startHistoryId=start).execute()
        assert reason(error) == (404, "notFound")

    def test_an_update_of_a_draft_is_a_new_message_and_a_deleted_one(self, account: Account, users: Client) -> None:
        draft = account.user.start_draft(mail(sender=ME, To="ann@x.example"))
        start = users.getProfile(userId="me").execute()["historyId"]
        account.user.edit_draft(draft.draft_id, text="x")
        records = users.history().list(userId="me", startHistoryId=start).execute()["history"]
        assert ["messagesAdded" in records[0], "messagesDeleted" in records[1]] == [True, True]
