"""The tables and keys of ``config.toml``, checked with pydantic so that all problems come at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from thread_finder.config.settings import ACCOUNT_NAME
from thread_finder.durations import Duration
from thread_finder.errors import Problem
from thread_finder.model import Level
from thread_finder.userfiles import (
    BadValue,
    clean_email,
    clean_language,
    clean_line,
    clean_text,
    read_date,
    suggestion,
    unknown_key_help,
)

# --- kinds of values --------------------------------------------------------------------------------


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _by_language(value: object) -> object:
    """One text is the owner's own language, which the model calls ""."""
    if not isinstance(value, str | dict):
        raise BadValue("must be text in quotes", 'or a table by language: { en = "…", fr = "…" }')
    return {"": value} if isinstance(value, str) else value


def _languages(texts: Mapping[str, str]) -> dict[str, str]:
    return {clean_language(code) if code else "": clean_text(text) for code, text in texts.items()}


def _given(text: str) -> str:
    if not text:
        raise BadValue("is empty")
    return text


def _duration(value: object) -> Duration:
    try:
        return Duration.parse(str(value))
    except ValueError as error:
        raise BadValue(str(error), 'write it in words: "1 month", "2 weeks", "7 working days"') from error


def _day(value: object) -> date:
    read = read_date(value)
    if read.precision != "day":
        raise BadValue(f"{str(read)!r} lacks the day", "write it as 2026-09-01")
    return read.value


def _level(value: object) -> Level | None:
    names = ("off", *(level.value for level in Level))
    if not isinstance(value, str) or value.lower() not in names:
        raise BadValue(f"{str(value)[:30]!r} is no level", f"use one of {', '.join(names)}")
    return None if value.lower() == "off" else Level(value.lower())


def _web_address(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadValue(f"{url[:60]!r} is no web address") from error
    local = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if not parts.hostname or parts.scheme not in {"http", "https"}:
        raise BadValue(f"{url[:60]!r} is no web address", "write it as https://host")
    if parts.scheme == "http" and not local:
        raise BadValue("would go over the net unencrypted", "use https; http is for 127.0.0.1 only")
    return url.rstrip("/")


def _person(text: str) -> str:
    return clean_email(text) if "@" in text else clean_line(text)


Line = Annotated[str, AfterValidator(clean_line)]
Name = Annotated[Line, AfterValidator(_given)]
Text = Annotated[str, AfterValidator(clean_text)]
Email = Annotated[str, AfterValidator(clean_email)]
FilePath = Annotated[str, AfterValidator(_given)]
ByLanguage = Annotated[dict[str, str], BeforeValidator(_by_language), AfterValidator(_languages)]
Day = Annotated[date, BeforeValidator(_day)]
Length = Annotated[Duration, BeforeValidator(_duration)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]

# --- the tables -------------------------------------------------------------------------------------


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class UpdateTable(_Table):
    """``[[owner.updates]]``."""

    date: Day
    text: ByLanguage


class OwnerTable(_Table):
    """``[owner]``."""

    name: Name
    emails: Annotated[list[Email], BeforeValidator(_as_list), Field(min_length=1)]
    signature: Text = ""
    introduction: ByLanguage = Field(default_factory=dict)
    language: Annotated[str, AfterValidator(clean_language)] = "en"
    updates: list[UpdateTable] = Field(default_factory=list)


class ArchiveTable(_Table):
    """``[account]`` with type = "archive"."""

    type: Literal["archive"]
    path: Annotated[list[FilePath], BeforeValidator(_as_list), Field(min_length=1)]
    drafts: FilePath = "drafts"


class GmailTable(_Table):
    """``[account]`` with type = "gmail"."""

    type: Literal["gmail"]
    name: Annotated[str, Field(pattern=ACCOUNT_NAME)] = "default"
    client_secret: FilePath = "client_secret.json"  # noqa: S105 - where it is, not what it is
    api_root: Annotated[str, AfterValidator(lambda url: _web_address(url) if url else "")] = ""
    units_per_minute: Annotated[int, Field(strict=True, ge=100, le=1_000_000)] = 6000


AccountTable = ArchiveTable | GmailTable


class ContactsTable(_Table):
    """``[contacts]``."""

    path: FilePath = "contacts.toml"
    notes: FilePath = "notes.toml"


class CadenceTable(_Table):
    """``[cadence]``."""

    per_month: Annotated[int, Field(strict=True, ge=1, le=1000)] = 4
    per_week: Annotated[int, Field(strict=True, ge=0, le=1000)] = 0
    lapsed_after: Length = Duration(1, "month")
    follow_up_after: Length = Duration(7, "working day")
    check_in_every: Length = Duration(4, "month")


class TemplatesTable(_Table):
    """``[templates]``."""

    folder: str = ""


class FindTable(_Table):
    """``[find]``."""

    threshold: Annotated[Number, Field(ge=0, le=1)] = 0.8


class EtiquetteTable(_Table):
    """``[etiquette]``: ``rules``, ``numbers`` and ``vip``; a rule or number may also stand in the table itself."""

    rules: dict[str, Annotated[Level | None, BeforeValidator(_level)]] = Field(default_factory=dict)
    numbers: dict[str, Number] = Field(default_factory=dict)
    vip: Annotated[list[Annotated[str, AfterValidator(_person)]], BeforeValidator(_as_list)] = Field(
        default_factory=list
    )

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, table: Any) -> Any:
        if not isinstance(table, dict):
            return table
        own = {key: value for key, value in table.items() if key in {"rules", "numbers", "vip"}}
        loose = {key: value for key, value in table.items() if key not in own}
        numbers = {key: value for key, value in loose.items() if _is_number(value)}
        rules = {key: value for key, value in loose.items() if key not in numbers}
        for name, more in (("rules", rules), ("numbers", numbers)):
            if more and isinstance(own.get(name, {}), dict):
                own[name] = more | own.get(name, {})
        return own


class PolishTable(_Table):
    """``[polish]``: an OpenAI-compatible endpoint. ``key_variable`` names the environment variable with its key."""

    url: Annotated[str, AfterValidator(_web_address)]
    model: Name
    key_variable: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] = ""
    timeout: Annotated[Number, Field(gt=0, le=600)] = 30.0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class ConfigFile(_Table):
    """The whole of ``config.toml``."""

    owner: OwnerTable
    account: Annotated[AccountTable, Field(discriminator="type")]
    contacts: ContactsTable = ContactsTable()
    cadence: CadenceTable = CadenceTable()
    templates: TemplatesTable = TemplatesTable()
    find: FindTable = FindTable()
    etiquette: EtiquetteTable = EtiquetteTable()
    polish: PolishTable | None = None


# --- problems in words ------------------------------------------------------------------------------


def check(tables: dict[str, Any], file: str) -> tuple[ConfigFile | None, tuple[Problem, ...]]:
    """The settings, or None and every problem; ``file`` is the name to show."""
    try:
        return ConfigFile.model_validate(tables), ()
    except ValidationError as error:
        return None, tuple(_problem(details, tables, file) for details in error.errors(include_url=False))


_TABLES: Mapping[str, type[BaseModel]] = {
    "owner": OwnerTable,
    "owner.updates": UpdateTable,
    "contacts": ContactsTable,
    "cadence": CadenceTable,
    "templates": TemplatesTable,
    "find": FindTable,
    "polish": PolishTable,
    "archive": ArchiveTable,
    "gmail": GmailTable,
}
_WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "list_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "too_short": "is empty",
    "string_pattern_mismatch": "may hold letters, digits and . _ - only",
}


def _problem(details: ErrorDetails, tables: dict[str, Any], file: str) -> Problem:
    place = list(details["loc"])
    if len(place) > 1 and place[0] == "account":
        del place[1]  # the union's tag is no key of the file
    what, to_do = _words(details, place, tables)
    return Problem(f"{file}: {_where(place, details)}", what, to_do)


def _where(place: list[int | str], details: ErrorDetails) -> str:
    if details["type"].startswith("union_tag"):
        place = ["account", "type"]
    if place[:2] == ["owner", "updates"] and len(place) > 2:
        number, *keys = place[2:]
        return " ".join([f"[[owner.updates]] number {int(number) + 1}", *map(str, keys)])
    table, *keys = place
    return " ".join([f"[{table}]", *(f"number {key + 1}" if isinstance(key, int) else key for key in keys)])


def _words(details: ErrorDetails, place: list[int | str], tables: dict[str, Any]) -> tuple[str, str]:
    kind, context = details["type"], details.get("ctx", {})
    if isinstance(cause := context.get("error"), BadValue):
        return cause.what, cause.to_do
    if kind == "extra_forbidden":
        return _unknown(place, tables)
    if kind == "union_tag_not_found":
        return _WORDS["missing"], 'write type = "archive" or type = "gmail"'
    if kind == "union_tag_invalid":
        return f"{context['tag'][:30]!r} is no kind of account", 'write "archive" or "gmail"'
    if kind == "missing" and len(place) == 1:
        return "the table is missing", "see config.example.toml"
    return _WORDS.get(kind, details["msg"][:1].lower() + details["msg"][1:]), ""


def _unknown(place: list[int | str], tables: dict[str, Any]) -> tuple[str, str]:
    key = str(place[-1])
    if len(place) == 1:
        return "unknown table", unknown_key_help(key, ConfigFile.model_fields)
    if place[0] != "account":
        table = ".".join(str(part) for part in place[:-1] if isinstance(part, str))
        return "unknown key", unknown_key_help(key, _TABLES[table].model_fields)
    own = tables["account"]["type"]
    other = "gmail" if own == "archive" else "archive"
    if key in _TABLES[other].model_fields and not suggestion(key, _TABLES[own].model_fields):
        return "unknown key", f'it belongs to type = "{other}"'
    return "unknown key", unknown_key_help(key, _TABLES[own].model_fields)
