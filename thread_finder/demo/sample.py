"""The sample that ships with the program: an invented mailbox, its owner's settings, and the known answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

from thread_finder.errors import NotSavedError

SAMPLE_TODAY = date(2026, 11, 24)
"""The day on which the sample's owner looks back; its mail ends a week before."""

_FILES = ("config.toml", "contacts.toml", "sample.mbox")


@dataclass(frozen=True, slots=True)
class SamplePaths:
    """Where ``write_sample`` put things. ``drafts`` is the Maildir that drafting will make."""

    config: Path
    contacts: Path
    mailbox: Path
    drafts: Path


def sample_folder() -> Path:
    """The folder of the shipped sample: sample.mbox, contacts.toml, config.toml, answers.json. Not to be written to."""
    return Path(str(resources.files("thread_finder.demo")))


def write_sample(folder: Path) -> SamplePaths:
    """Copy the sample into ``folder`` (made if need be), ready to run; the config's paths are relative to it.

    Nothing is overwritten. NotSavedError when the folder holds anything but an earlier sample, or cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_others_files(folder)
        for name in _FILES:
            if not (folder / name).exists():
                (folder / name).write_bytes((sample_folder() / name).read_bytes())
                (folder / name).chmod(0o600)
    except OSError as error:
        raise NotSavedError(
            f"{folder}: {error.strerror}", "choose a folder you can write to, with 3 MB free"
        ) from error
    config, contacts, mailbox = (folder / name for name in _FILES)
    return SamplePaths(config, contacts, mailbox, folder / "drafts")


def _refuse_others_files(folder: Path) -> None:
    """An earlier sample has our config.toml, and none of its files was changed."""
    there = {path.name for path in folder.iterdir()}
    if not there:
        return
    changed = [name for name in _FILES if name in there and not _is_ours(folder / name)]
    if changed or "config.toml" not in there:
        what = f"{folder / changed[0]} is not the sample's" if changed else "it holds other files"
        raise NotSavedError(
            f"the sample does not go into {folder}: {what}", "name a new or empty folder; nothing was changed"
        )


def _is_ours(path: Path) -> bool:
    return path.is_file() and path.read_bytes() == (sample_folder() / path.name).read_bytes()
