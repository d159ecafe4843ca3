"""The test server asks for sign-in, scopes and quota as Gmail does, seen with Google's own client library."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httplib2
import pytest
from google.auth.exceptions import RefreshError
from googleapiclient.errors import HttpError

from tests.gmail_server import COMPOSE, METADATA, READONLY, Account, GmailServer, Limits
from tests.gmail_server.client import ME, Client, draft_body, mail, reason
from tests.gmail_server.oauth import client_config


def _browser(address: str) -> tuple[httplib2.Response, bytes]:
    http = httplib2.Http()
    http.follow_redirects = False
    try:
        answer: tuple[httplib2.Response, bytes] = http.request(address)
        return answer
    finally:
        http.close()


class TestSignIn:
    def test_an_expired_token_is_refreshed(self, server: GmailServer, users: Client) -> None:
        server.oauth.expire_access()
        assert users.getProfile(userId="me").execute()["emailAddress"] == ME
        assert server.journal.count("token") == 1

    def test_a_revoked_grant(self, server: GmailServer, users: Client) -> None:
        server.oauth.revoke(ME)
        with pytest.raises(RefreshError, match="invalid_grant"):
            users.getProfile(userId="me").execute()

    def test_a_missing_scope(self, connect: Callable[..., Client], account: Account) -> None:
        users = connect(scopes=(READONLY,)).users()
        with pytest.raises(HttpError) as error:
            users.drafts().create(userId="me", body=draft_body(mail())).execute()
        assert reason(error) == (403, "insufficientPermissions")
        assert COMPOSE in error.value.resp["www-authenticate"]
        assert account.drafts == []
        assert users.settings().sendAs().list(userId="me").execute()

    def test_compose_alone_reads_no_mail(self, connect: Callable[..., Client]) -> None:
        with pytest.raises(HttpError) as error:
            connect(scopes=(COMPOSE,)).users().messages().list(userId="me").execute()
        assert reason(error) == (403, "insufficientPermissions")

    def test_metadata_forbids_q_even_beside_readonly(self, connect: Callable[..., Client]) -> None:
        users = connect(scopes=(READONLY, METADATA)).users()
        with pytest.raises(HttpError) as error:
            users.messages().list(userId="me", q="x").execute()
        assert reason(error) == (403, "forbidden")

    def test_another_persons_mailbox(self, server: GmailServer, users: Client) -> None:
        server.add_account("other@home.example")
        with pytest.raises(HttpError) as error:
            users.messages().list(userId="other@home.example").execute()
        assert reason(error) == (403, "forbidden")

    def test_the_api_is_not_switched_on(self, server: GmailServer, users: Client) -> None:
        server.switches.api_enabled = False
        with pytest.raises(HttpError, match=r"has not been used in project \d+ before or it is disabled") as error:
            users.getProfile(userId="me").execute()
        assert reason(error) == (403, "accessNotConfigured")

    @pytest.mark.parametrize("unticked", [False, True])
    def test_the_consent_page(self, server: GmailServer, monkeypatch: pytest.MonkeyPatch, unticked: bool) -> None:
        from google_auth_oauthlib.flow import Flow

        monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
        monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
        client = {"installed": client_config(server.root)}
        flow = Flow.from_client_config(client, [READONLY, COMPOSE], redirect_uri="http://localhost:1/")
        server.oauth.granted = (READONLY,) if unticked else None
        address, _ = flow.authorization_url()
        answer, _ = _browser(address)
        flow.fetch_token(authorization_response=answer["location"])
        flow.oauth2session.close()
        granted = set(flow.credentials.granted_scopes)
        assert granted == ({READONLY} if unticked else {READONLY, COMPOSE})
        assert server.oauth.who(flow.credentials.token)


class TestQuota:
    @pytest.fixture
    def clock(self) -> list[float]:
        return [1_700_000_000.0]

    @pytest.fixture
    def server(self, clock: list[float]) -> Iterator[GmailServer]:
        with GmailServer(limits=Limits(units=100), now=lambda: clock[0]) as running:
            running.add_account(ME)
            yield running

    def test_a_minute_has_so_many_units(self, server: GmailServer, users: Client, clock: list[float]) -> None:
        for _ in range(20):
            users.messages().list(userId="me").execute()
        with pytest.raises(HttpError, match="Quota exceeded for quota metric") as error:
            users.getProfile(userId="me").execute()
        assert reason(error) == (403, "rateLimitExceeded")
        assert server.journal.units == 100
        clock[0] += 60
        assert users.getProfile(userId="me").execute()

    def test_429_with_retry_after(self, server: GmailServer, users: Client) -> None:
        server.limits.units, server.limits.status, server.limits.retry_after = 0, 429, 7
        with pytest.raises(HttpError) as error:
            users.getProfile(userId="me").execute()
        assert reason(error) == (429, "rateLimitExceeded")
        assert error.value.resp["retry-after"] == "7"

    def test_the_day_is_spent(self, server: GmailServer, users: Client, clock: list[float]) -> None:
        server.limits.daily_units = 1
        users.getProfile(userId="me").execute()
        clock[0] += 60
        with pytest.raises(HttpError) as error:
            users.getProfile(userId="me").execute()
        assert reason(error) == (403, "dailyLimitExceeded")
