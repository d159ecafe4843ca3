"""The user's settings: ``config.toml`` to frozen values, and where the program's own files live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from thread_finder.durations import Duration
from thread_finder.errors import ConfigError, Problem
from thread_finder.model import Level, Owner, Update
from thread_finder.userfiles import open_to_others, read_toml

if TYPE_CHECKING:
    from thread_finder.config.schema import AccountTable, ConfigFile

CONFIG_VARIABLE = "THREAD_FINDER_CONFIG"
STATE_VARIABLE = "THREAD_FINDER_STATE"
ACCOUNT_NAME = r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$"
"""What an account may be called: its name becomes a part of file names."""
_APP = "thread-finder"


@dataclass(frozen=True, slots=True)
class Account:
    """Where the mail is. ``paths`` and ``drafts`` are an archive's; ``name`` and what follows it Gmail's.

    ``units_per_minute`` is the quota of the user's Google project; ``api_root`` is "" for Google's own.
    """

    type: str
    paths: tuple[Path, ...] = ()
    drafts: Path | None = None
    name: str = "default"
    client_secret: Path | None = None
    api_root: str = ""
    units_per_minute: int = 6000


@dataclass(frozen=True, slots=True)
class Cadence:
    """How many people a month, or a week where ``per_week`` is not 0; after which silence; when to follow up."""

    per_month: int
    per_week: int
    lapsed_after: Duration
    follow_up_after: Duration
    check_in_every: Duration


@dataclass(frozen=True, slots=True)
class EtiquetteSettings:
    """Levels by rule (None switches a rule off) and numbers by name; whether they exist is for writing to say.

    ``vip`` are names (as typed) and addresses (lower case) whose letters are held to a stricter standard.
    """

    rules: Mapping[str, Level | None] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    vip: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PolishSettings:
    """The language model that ``--polish`` asks; ``key_variable`` is the environment variable of its key, or ""."""

    url: str
    model: str
    key_variable: str
    timeout: float


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the user set; paths are absolute. ``warnings`` do not keep it from being used."""

    path: Path
    owner: Owner
    account: Account
    contacts: Path
    notes: Path
    cadence: Cadence
    templates: Path | None
    threshold: float
    etiquette: EtiquetteSettings
    polish: PolishSettings | None = None
    warnings: tuple[Problem, ...] = ()


def load(path: Path) -> Config:
    """Read and check ``path``. ConfigError lists every problem of the file at once."""
    from thread_finder.config import schema  # noqa: PLC0415 - pydantic is slow to import, and --help needs none

    path = path.expanduser().absolute()
    tables = read_toml(path, "run `thread-finder init` to write one, or `thread-finder demo` to see it work first")
    checked, problems = schema.check(tables, path.name)
    if checked is None:
        raise ConfigError(f"{path} has {len(problems)} problem{'s' if len(problems) > 1 else ''}", problems=problems)
    config = _config(checked, path)
    secrets = [path] + ([config.account.client_secret] if config.account.client_secret else [])
    return replace(config, warnings=tuple(filter(None, map(_open_to_others, secrets))))


def default_config_path(environment: Mapping[str, str]) -> Path:
    """The config file: THREAD_FINDER_CONFIG, else the platform's usual place."""
    if given := environment.get(CONFIG_VARIABLE):
        return Path(given).expanduser()
    import platformdirs  # noqa: PLC0415 - late, for a quick start

    return platformdirs.user_config_path(_APP, appauthor=False) / "config.toml"


def default_state_folder(environment: Mapping[str, str], config: Path) -> Path:
    """The folder of ledger, indexes and tokens: THREAD_FINDER_STATE, else the folder ``state`` beside the ``config``
    file if there is one (the demo's), else the platform's usual place.
    """
    if given := environment.get(STATE_VARIABLE):
        return Path(given).expanduser()
    if (beside := config.expanduser().absolute().parent / "state").is_dir():
        return beside
    import platformdirs  # noqa: PLC0415

    return platformdirs.user_state_path(_APP, appauthor=False)


# --- from the file's tables to values ---------------------------------------------------------------


def _config(file: ConfigFile, path: Path) -> Config:
    folder = path.parent
    return Config(
        path=path,
        owner=_owner(file),
        account=_account(file.account, folder),
        contacts=_resolve(folder, file.contacts.path),
        notes=_resolve(folder, file.contacts.notes),
        cadence=Cadence(
            file.cadence.per_month,
            file.cadence.per_week,
            file.cadence.lapsed_after,
            file.cadence.follow_up_after,
            file.cadence.check_in_every,
        ),
        templates=_templates(folder, file.templates.folder),
        threshold=file.find.threshold,
        etiquette=EtiquetteSettings(file.etiquette.rules, file.etiquette.numbers, tuple(file.etiquette.vip)),
        polish=_polish(file),
    )


def _polish(file: ConfigFile) -> PolishSettings | None:
    table = file.polish
    return PolishSettings(table.url, table.model, table.key_variable, table.timeout) if table else None


def _owner(file: ConfigFile) -> Owner:
    owner = file.owner
    updates = sorted((Update(u.date, u.text) for u in owner.updates), key=lambda update: update.on)
    return Owner(
        name=owner.name,
        emails=tuple(dict.fromkeys(owner.emails)),
        signature=owner.signature,
        introduction=owner.introduction,
        language=owner.language,
        updates=tuple(updates),
    )


def _account(table: AccountTable, folder: Path) -> Account:
    if table.type == "archive":
        paths = tuple(_resolve(folder, one) for one in table.path)
        return Account("archive", paths=paths, drafts=_resolve(folder, table.drafts))
    return Account(
        "gmail",
        name=table.name,
        client_secret=_resolve(folder, table.client_secret),
        api_root=table.api_root,
        units_per_minute=table.units_per_minute,
    )


def _templates(folder: Path, written: str) -> Path | None:
    """The user's own templates: as set, else the folder beside the config if there is one."""
    if written:
        own = _resolve(folder, written)
        if not own.is_dir():
            problem = Problem("[templates] folder", f"there is no folder {own}", "mend the name, or make it: mkdir")
            raise ConfigError("config.toml names templates that are not there", problems=(problem,))
        return own
    return beside if (beside := folder / "templates").is_dir() else None


def _resolve(folder: Path, written: str) -> Path:
    return folder / Path(written).expanduser()


def _open_to_others(path: Path) -> Problem | None:
    """A warning when others on this machine can read a private file (hazards A13)."""
    if not open_to_others(path):
        return None
    return Problem(path.name, "others on this machine can read it", f"chmod 600 {path}")
