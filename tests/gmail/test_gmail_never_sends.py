"""Nothing is ever sent: not by the transport, not by a batch, not by any line of the source."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gmail_server import Account, GmailServer
from thread_finder.mailboxes.gmail import GmailMailbox
from thread_finder.mailboxes.gmail_http import SendRefusedError, refuse_to_send

PACKAGE = Path(__file__).parents[2] / "thread_finder"
API = "https://gmail.googleapis.com"
SENDS = [
    "/gmail/v1/users/me/messages/send",
    "/gmail/v1/users/me/drafts/send",
    "/upload/gmail/v1/users/me/messages/send",
]


@pytest.mark.parametrize("path", [*SENDS, SENDS[0] + "/", SENDS[0] + "?alt=json", SENDS[1].replace("send", "%73end"),
                                  SENDS[0].replace("send", "SEND")])  # fmt: skip
def test_a_send_method_is_refused_before_it_leaves(path: str) -> None:
    with pytest.raises(SendRefusedError):
        refuse_to_send(API + path)


@pytest.mark.parametrize("path", SENDS)
def test_a_send_inside_a_batch_is_refused(path: str) -> None:
    body = f"--b\nContent-Type: application/http\n\nGET /gmail/v1/users/me/x HTTP/1.1\n\n--b\n\nPOST {path} HTTP/1.1\n"
    with pytest.raises(SendRefusedError):
        refuse_to_send(f"{API}/batch", body, {"content-type": 'multipart/mixed; boundary="b"'})
    with pytest.raises(SendRefusedError):
        refuse_to_send(f"{API}/batch", body.encode(), {"Content-Type": "multipart/mixed; boundary=b"})


@given(st.text(max_size=60))
def test_words_in_a_letter_are_no_send(text: str) -> None:
    refuse_to_send(
        f"{API}/gmail/v1/users/me/drafts", f"POST /x/send HTTP/1.1\n{text}", {"content-type": "application/json"}
    )


def test_the_program_s_own_connection_refuses(server: GmailServer, open_mailbox: Callable[..., GmailMailbox]) -> None:
    caller = open_mailbox()._caller
    users = caller._service.users()
    draft = server.account("me@home.example").user.start_draft(b"To: a@x.example\nSubject: x\n\nhi")
    for request in (
        users.drafts().send(userId="me", body={"id": draft.draft_id}),
        users.messages().send(userId="me", body={}),
    ):
        with pytest.raises(SendRefusedError):
            request.execute(http=caller._http)
        batch = caller._service.new_batch_http_request()
        batch.add(request)
        with pytest.raises(SendRefusedError):
            batch.execute(http=caller._http)
    assert server.journal.sends == 0


def test_a_whole_run_sends_nothing(
    server: GmailServer, account: Account, open_mailbox: Callable[..., GmailMailbox]
) -> None:
    mailbox = open_mailbox()
    raw = b"From: me@home.example\nTo: a@x.example\nSubject: hi\nMessage-ID: <1@x.example>\n\nhi\n"
    stored = mailbox.save_draft(raw, None)
    mailbox.replace_draft(stored.draft_id, raw.replace(b"\nhi", b"\nho"), None)
    mailbox.find_drafts(to="a@x.example")
    mailbox.delete_draft(stored.draft_id)
    assert server.journal.sends == 0
    assert not account.drafts


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_source_calls_or_defines_send(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"send", "send_message", "sendmail"}, f"{path}:{node.lineno}"
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            assert node.name.lower() not in {"send", "send_message", "send_draft", "sendmail"}, f"{path}:{node.lineno}"
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = {alias.name for alias in node.names} | {getattr(node, "module", None) or ""}
            assert not names & {"smtplib", "aiosmtplib"}, f"{path}:{node.lineno}"
