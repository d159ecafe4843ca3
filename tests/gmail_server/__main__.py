"""The server as a process of its own: ``python -m tests.gmail_server --mbox F --owner E --state-file J``."""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading
from pathlib import Path

from tests.gmail_server.oauth import client_secret_file
from tests.gmail_server.quota import Limits
from tests.gmail_server.server import GmailServer


def main() -> None:
    """Serve until SIGTERM or SIGINT. Prints one JSON line when ready, and writes it to --state-file."""
    arguments = _arguments()
    limits = Limits(units=arguments.units_per_minute, window=arguments.window)
    server = GmailServer(port=arguments.port, limits=limits)
    account = server.add_account(arguments.owner, arguments.name)
    messages = account.load_mbox(arguments.mbox) if arguments.mbox else 0
    for alias in arguments.alias:
        account.alias(alias, arguments.name)
    server.switches.latency = arguments.latency
    server.start()
    client_secret = client_secret_file(arguments.token_file.with_name("client_secret.json"), server.root)
    state = {
        "api_root": server.api_root,
        "token_uri": server.token_uri,
        "token_file": str(arguments.token_file),
        "client_secret": str(client_secret),
        "messages": messages,
        "pid": os.getpid(),
    }
    _write_private(arguments.token_file, json.dumps(server.authorized_user()))
    _write_private(arguments.state_file, json.dumps(state))
    print(json.dumps(state), flush=True)
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    done.wait()
    server.stop()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.gmail_server", description=__doc__)
    parser.add_argument("--mbox", type=Path, help="Takeout mbox to load")
    parser.add_argument("--owner", required=True, help="the account's address")
    parser.add_argument("--name", default="", help="the owner's display name")
    parser.add_argument("--alias", action="append", default=[], help="another address to write from; may be repeated")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state-file", type=Path, required=True, help="where to write the JSON that is also printed")
    parser.add_argument(
        "--token-file", type=Path, help="authorized-user JSON (default: token.json beside the state file)"
    )
    parser.add_argument("--units-per-minute", type=int, default=6000)
    parser.add_argument("--window", type=float, default=60.0, help="seconds that count as a minute")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds added to each request")
    arguments = parser.parse_args()
    arguments.token_file = arguments.token_file or arguments.state_file.with_name("token.json")
    return arguments


def _write_private(path: Path, text: str) -> None:
    """Whole or not at all, and for the owner's eyes only."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.chmod(0o600)
    part.replace(path)


if __name__ == "__main__":
    main()
