"""note: what to remember for the next letter, about a contact or about the owner."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from thread_finder.cli.options import AsOfOption, ConfigOption, JsonOption
from thread_finder.errors import CommandLineError

if TYPE_CHECKING:
    from thread_finder.model import PartialDate, ReasonKind

_REASONS = "reconnect, news, congratulate, offer-help, pay-forward, catch-up, ask"


def _known_language(code: str | None) -> str | None:
    from thread_finder.userfiles import unknown_key_help
    from thread_finder.writing.language import LANGUAGES, primary

    if code and primary(code) not in LANGUAGES:
        raise typer.BadParameter(f"there are no letters in {code!r}; {unknown_key_help(primary(code), LANGUAGES)}")
    return code


def note(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="CONTACT", help="Whom the note is about.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="KIND", help=f"Why to write: {_REASONS}.")] = None,
    text: Annotated[str, typer.Option("--text", help="The reason's details, as they go into the letter.")] = "",
    link: Annotated[str, typer.Option("--link", help="A link that belongs to the reason.")] = "",
    on: Annotated[str | None, typer.Option("--date", metavar="DATE", help="The day of the news or update.")] = None,
    remember: Annotated[str | None, typer.Option("--remember", help="Something they said that helped.")] = None,
    introduction: Annotated[str | None, typer.Option("--introduction", help="Who you were to them.")] = None,
    met_on: Annotated[
        str | None, typer.Option("--met-on", metavar="DATE", help="When you met: 2023-07-11 or 2023-07.")
    ] = None,
    met_how: Annotated[str | None, typer.Option("--met-how", help='How you met: "for coffee".')] = None,
    topic: Annotated[str | None, typer.Option("--topic", help='What you talked about: "documentary editing".')] = None,
    introduced_by: Annotated[str | None, typer.Option("--introduced-by", help="Who brought you together.")] = None,
    language: Annotated[
        str | None,
        typer.Option(
            "--language",
            metavar="CODE",
            help="The letters' language, or that of the update: de, fr, ja.",
            callback=_known_language,
        ),
    ] = None,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Show sentences of their old mails that may be worth remembering.")
    ] = False,
    confirm: Annotated[
        int, typer.Option("--confirm", metavar="NUMBER", help="Remember the sentence with this number of --suggest.")
    ] = 0,
    update: Annotated[str, typer.Option("--update", help="Something new in YOUR life, for all letters.")] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
    as_of: AsOfOption = None,
) -> None:
    """Remember something for the next letter: a reason, what they said, news of your own. "" forgets it again.

    \b
    thread-finder note "Jane Doe" --reason news --text "your film won in Leipzig" --date 2026-11-02
    thread-finder note "Jane Doe" --remember "that I should learn to edit first"
    thread-finder note "Jane Doe" --suggest
    thread-finder note --update "I started as an editor at a small documentary studio." --date 2026-09-01
    """
    from thread_finder.addressbook import find_contact
    from thread_finder.addressbook import notes as notebook
    from thread_finder.cli.opening import opened
    from thread_finder.cli.screen import console, print_json, styled
    from thread_finder.model import Reason

    session = opened(ctx, config, as_of)
    if suggest or confirm:
        from thread_finder.cli.suggesting import suggest as suggest_to

        suggest_to(session, find_contact(session.contacts, name or ""), confirm, as_json=as_json)
        return
    day = _day(on)
    fields = {
        "reason": Reason(_reason_kind(reason), text, link, day) if reason else reason,
        "remember": remember,
        "introduction": introduction,
        "met_on": _partial(met_on),
        "met_how": met_how,
        "topic": topic,
        "introduced_by": introduced_by,
        "language": language if name else None,
    }
    given = {key: value for key, value in fields.items() if value is not None}
    if given and name is None:
        raise CommandLineError("whom is the note about? no contact was named", "thread-finder note NAME …")
    if not given and not update:
        raise CommandLineError(
            "nothing to note", "give --reason, --remember, --introduction, --met-on, --topic or --update"
        )
    contact = find_contact(session.contacts, name) if name else None
    if contact and given:
        notebook.add_contact_note(session.config.notes, contact, **given)
    if update:
        notebook.add_update(session.config.notes, day or session.now.date(), update, language or "")
    about = [*given, *(["update"] if update else [])]
    if as_json:
        print_json({"notes": str(session.config.notes), "contact": contact.name if contact else None, "noted": about})
    else:
        console().print(styled(f"noted in {session.config.notes}: {', '.join(about)}"), soft_wrap=True)


def _reason_kind(word: str) -> ReasonKind:
    from thread_finder.model import ReasonKind

    try:
        return ReasonKind(word)
    except ValueError:
        raise typer.BadParameter(f"{word!r} is no reason; use one of {_REASONS}") from None


def _partial(text: str | None) -> PartialDate | str | None:
    from thread_finder.model import PartialDate

    try:
        return PartialDate.parse(text) if text else text
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date; write it like 2023-07-11, 2023-07 or 2023") from None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date; write it like 2026-11-02") from None
