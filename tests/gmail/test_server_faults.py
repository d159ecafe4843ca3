"""Batches, faults on demand and the journal of the test server, seen with Google's own client library."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from google.auth.exceptions import RefreshError
from googleapiclient.errors import HttpError

from tests.gmail_server import Account, GmailServer
from tests.gmail_server.client import ME, Client, draft_body, mail, reason


class TestBatch:
    def run(self, service: Client, requests: list[Any]) -> dict[str, tuple[Any, Any]]:
        answers: dict[str, tuple[Any, Any]] = {}
        batch = service.new_batch_http_request(
            callback=lambda key, answer, error: answers.update({key: (answer, error)})
        )
        for number, request in enumerate(requests):
            batch.add(request, request_id=str(number))
        batch.execute()
        return answers

    @pytest.fixture
    def service(self, connect: Callable[..., Client]) -> Client:
        return connect()

    def test_errors_sit_inside(self, server: GmailServer, account: Account, service: Client) -> None:
        entry, users = account.add(mail("Grüße 你好")), service.users()
        raw = mail("New", sender=ME, To="ann@x.example")
        requests = [
            users.messages().get(userId="me", id=entry.id, fields="payload/headers"),
            users.messages().get(userId="me", id="abc"),
            users.drafts().create(userId="me", body=draft_body(raw)),
            users.messages().list(userId="me", q="from:ann@x.example subject:grüße"),
        ]
        answers = self.run(service, requests)
        assert {"name": "Subject", "value": "Grüße 你好"} in answers["0"][0]["payload"]["headers"]
        assert answers["1"][1].status_code == 404
        assert account.drafts[0].draft_id == answers["2"][0]["id"]
        assert answers["3"][0]["messages"][0]["id"] == entry.id
        assert server.journal.round_trips == 1
        assert server.journal.units == 20 + 20 + 10 + 5

    def test_more_than_fifty_at_once_are_too_many(self, account: Account, service: Client) -> None:
        entry = account.add(mail())
        answers = self.run(service, [service.users().messages().get(userId="me", id=entry.id) for _ in range(60)])
        refused = [error for _, error in answers.values() if error]
        assert len(refused) == 10
        assert (refused[0].status_code, refused[0].reason) == (429, "Too many concurrent requests for user.")

    def test_more_than_a_hundred_are_no_batch(self, service: Client) -> None:
        with pytest.raises(HttpError) as error:
            self.run(service, [service.users().getProfile(userId="me") for _ in range(101)])
        assert error.value.status_code == 400

    def test_half_a_batch(self, server: GmailServer, account: Account, service: Client) -> None:
        entry = account.add(mail())
        server.faults.half_of("messages.get")
        answers = self.run(service, [service.users().messages().get(userId="me", id=entry.id) for _ in range(10)])
        assert sum(error is not None for _, error in answers.values()) == 5

    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the client leaks its own socket
    def test_the_client_sends_401_items_again(self, server: GmailServer, account: Account, service: Client) -> None:
        entry = account.add(mail())
        server.oauth.expire_access()
        answers = self.run(service, [service.users().messages().get(userId="me", id=entry.id) for _ in range(3)])
        assert [error for _, error in answers.values()] == [None] * 3

    def test_a_lost_batch(self, server: GmailServer, account: Account, service: Client) -> None:
        server.faults.truncated("batch")
        raw = mail("New", sender=ME, To="ann@x.example")
        with pytest.raises(Exception, match=r"IncompleteRead|incomplete"):
            self.run(service, [service.users().drafts().create(userId="me", body=draft_body(raw))])
        assert len(account.drafts) == 1


class TestFaults:
    def test_a_lost_answer_and_httplib2_make_two_drafts(
        self, server: GmailServer, account: Account, users: Client
    ) -> None:
        """F1: nobody asked for a retry; httplib2 repeats the POST itself when a kept connection is closed."""
        users.getProfile(userId="me").execute()
        lost = server.faults.drop("drafts.create", after=True)
        users.drafts().create(userId="me", body=draft_body(mail(sender=ME, To="ann@x.example"))).execute(num_retries=0)
        assert lost.hits == 1
        assert len(account.drafts) == 2

    @pytest.mark.parametrize("after", [False, True])
    def test_dropped_for_good(self, server: GmailServer, account: Account, users: Client, after: bool) -> None:
        server.faults.drop("drafts.create", after=after, times=0)
        with pytest.raises(OSError, match="Remote end closed"):
            users.drafts().create(userId="me", body=draft_body(mail(sender=ME, To="ann@x.example"))).execute()
        assert bool(account.drafts) == after
        assert {call.status for call in server.journal.calls} == {0}

    def test_an_error_at_the_second_call_only(self, server: GmailServer, users: Client) -> None:
        server.faults.error("getProfile", 503, nth=2)
        users.getProfile(userId="me").execute()
        with pytest.raises(HttpError) as error:
            users.getProfile(userId="me").execute()
        assert reason(error) == (503, "backendError")
        users.getProfile(userId="me").execute()

    def test_committed_but_answered_with_an_error(self, server: GmailServer, account: Account, users: Client) -> None:
        server.faults.error("drafts.create", 500, after=True)
        with pytest.raises(HttpError):
            users.drafts().create(userId="me", body=draft_body(mail(sender=ME, To="ann@x.example"))).execute()
        assert len(account.drafts) == 1

    def test_html(self, server: GmailServer, users: Client) -> None:
        server.faults.html("getProfile")
        with pytest.raises(HttpError) as error:
            users.getProfile(userId="me").execute()
        assert (error.value.status_code, error.value.content[:9]) == (502, b"<!DOCTYPE")

    def test_garbage_comes_through_the_client_as_text(self, server: GmailServer, users: Client) -> None:
        server.faults.garbage("getProfile")
        assert isinstance(users.getProfile(userId="me").execute(), str)

    def test_wrong_json(self, server: GmailServer, users: Client) -> None:
        server.faults.wrong_json("*")
        assert "emailAddress" not in users.getProfile(userId="me").execute()

    def test_hanging_ends_with_the_server(self, server: GmailServer, account: Account, users: Client) -> None:
        server.faults.hang("getProfile", seconds=60)
        users._http.http.timeout = 0.3
        with pytest.raises(TimeoutError):
            users.getProfile(userId="me").execute()

    def test_token_endpoint(self, server: GmailServer, connect: Callable[..., Client]) -> None:
        server.faults.error("token", 400, "x", times=0)
        with pytest.raises(RefreshError):
            connect(with_access_token=False).users().getProfile(userId="me").execute()


class TestJournal:
    def test_round_trips_side_by_side_are_one_in_sequence(
        self, server: GmailServer, connect: Callable[..., Client]
    ) -> None:
        server.switches.latency = 0.3
        clients = [connect().users() for _ in range(4)]
        threads = [threading.Thread(target=client.getProfile(userId="me").execute) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (server.journal.round_trips, server.journal.sequential_round_trips) == (4, 1)
        server.journal.reset()
        for client in clients[:2]:
            client.getProfile(userId="me").execute()
        assert server.journal.sequential_round_trips == 2
        assert server.journal.max_parallel == 1
