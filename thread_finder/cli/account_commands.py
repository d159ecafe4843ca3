"""login, logout, doctor: connect Gmail, take the connection back, look at everything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from thread_finder.cli.options import ConfigOption, JsonOption

if TYPE_CHECKING:
    from thread_finder.errors import Check

AccountOption = Annotated[
    str, typer.Option("--account", metavar="NAME", help="Another account than the config's `name`.", show_default=False)
]


def login(
    ctx: typer.Context,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    account: AccountOption = "",
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open this machine's browser, or print the address.")
    ] = True,
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file",
            metavar="FILE",
            help="Take over a sign-in from an authorized-user JSON file.",
            readable=False,
        ),
    ] = None,
) -> None:
    """Connect your Gmail account; docs/gmail-setup.md leads through it.

    \b
    thread-finder login
    thread-finder login --no-browser          over ssh: prints the address and which port to forward
    thread-finder login --token-file token.json
    """
    from thread_finder.app import account as accounts
    from thread_finder.cli.opening import places
    from thread_finder.cli.screen import console, print_json, styled

    def tell(url: str, port: int) -> None:
        typer.echo(_invitation(url, port, browser=browser), err=True)

    path, state = places(ctx, config)
    done = accounts.login(path, state, account=account, token_file=token_file, browser=browser, tell=tell)
    if as_json:
        print_json({"account": done.account, "email": done.email, "kept_in": done.kept_in})
        return
    console().print(styled(f"Signed in as {done.email} (account {done.account})"), soft_wrap=True)
    console().print(styled(f"The sign-in is kept in {done.kept_in}"), soft_wrap=True)
    console().print(styled("Next: thread-finder doctor", "dim"), soft_wrap=True)


def logout(
    ctx: typer.Context, config: ConfigOption = None, as_json: JsonOption = False, account: AccountOption = ""
) -> None:
    """Forget the sign-in on this machine. Your mail, drafts and notes stay as they are."""
    from thread_finder.app import account as accounts
    from thread_finder.cli.opening import places
    from thread_finder.cli.screen import console, print_json, styled

    name, there = accounts.logout(*places(ctx, config), account=account)
    if as_json:
        print_json({"account": name, "signed_out": there})
        return
    done = f"Signed out (account {name})" if there else f"The account {name} was not signed in"
    console().print(styled(done))
    if there:
        console().print(styled("To take the permission back too: https://myaccount.google.com/permissions", "dim"))


def doctor(
    ctx: typer.Context, config: ConfigOption = None, as_json: JsonOption = False, account: AccountOption = ""
) -> None:
    """Check config, contacts, templates, memory and mailbox, and say what to do about what is not well."""
    from thread_finder.app.doctor import examine
    from thread_finder.cli.opening import places
    from thread_finder.cli.screen import print_json, watching
    from thread_finder.errors import ExitCode

    checks = []
    with watching(quiet=as_json) as progress:
        for check in examine(*places(ctx, config), account=account, progress=progress):
            checks.append(check)
            if not as_json:
                _show(check)
    if as_json:
        print_json({"well": all(check.well for check in checks), "checks": [_shape(check) for check in checks]})
    code = next((check.exit_code for check in checks if not check.well), ExitCode.OK)
    if code is not ExitCode.OK:
        raise typer.Exit(code)


def _invitation(url: str, port: int, *, browser: bool) -> str:
    if browser:
        return f"Your browser opens Google's page. If it does not, open this address yourself:\n\n{url}\n"
    return (
        f"1. On the machine with the browser:  ssh -L {port}:127.0.0.1:{port} THIS-MACHINE\n"
        f"   (not needed if the browser is on this machine)\n"
        f"2. In that browser, within five minutes, open:\n\n{url}\n"
    )


def _show(check: Check) -> None:
    from thread_finder.cli.safe import one_line
    from thread_finder.cli.screen import console, styled

    good = styled("look ", "yellow") if check.to_do else styled("ok   ", "green")
    mark = good if check.well else styled("WRONG", "bold red")
    line = mark.append_text(styled(f"  {check.what:12}", "bold")).append_text(styled(one_line(check.detail)))
    screen = console()
    screen.print(line, soft_wrap=True)
    if check.to_do:
        screen.print(styled(f"       {'':12}next: {one_line(check.to_do)}"), soft_wrap=True)


def _shape(check: Check) -> dict[str, object]:
    return {"what": check.what, "well": check.well, "detail": check.detail, "to_do": check.to_do}
