"""The errors a user can meet: one family, each with what to do next, and the exit codes.

Lower rooms raise these; only ``cli`` turns them into lines on the terminal.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from errno import EACCES, EDQUOT, EEXIST, EFBIG, EISDIR, ENOSPC, ENOTDIR, EPERM, EROFS


class ExitCode(IntEnum):
    """What the shell sees. Documented in README and docs/exit-codes.md."""

    OK = 0
    PARTIAL = 1  # some contacts failed, the others are done
    USAGE = 2  # the command line itself (click's own code)
    CONFIG = 3  # config, contacts, notes or template files
    CONTACT = 4  # unknown or ambiguous contact
    MAILBOX = 5  # the mailbox cannot be read
    REFUSED = 6  # nothing drafted: a fact is missing, or advice says stop
    NOT_SAVED = 7  # a letter was written but could not be saved
    SIGN_IN = 8  # sign-in, scopes, revoked tokens
    UNAVAILABLE = 9  # network, quota, time-out: try again later
    LEDGER = 10  # the program's memory is damaged, newer, or in use
    BUG = 70  # our fault
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file: ``where`` ("contacts.csv:12 Jane Doe"), ``what``, and what ``to_do``."""

    where: str
    what: str
    to_do: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text} ({self.to_do})" if self.to_do else text


def way_out(error: OSError) -> str:
    """What to do about a file or folder that the system would not write or read."""
    if error.errno in {ENOSPC, EDQUOT, EFBIG}:
        return "free some space, then run the same command again"
    if error.errno in {EACCES, EPERM, EROFS}:
        return "give yourself the right to write there, or choose another place"
    if error.errno in {ENOTDIR, EEXIST, EISDIR}:
        return "a file stands where a folder should be: move it, or choose another place"
    return "check the path and the disk"


class ThreadFinderError(Exception):
    """Anything a user can mend. ``to_do`` is the next step, ``problems`` lists details when there are several."""

    exit_code: ExitCode = ExitCode.PARTIAL

    def __init__(self, message: str, to_do: str = "", problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.to_do = to_do
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that `doctor` looked at: ``what``, a few words on it, and where it is not well what ``to_do``.

    With something to do and no exit code it is a warning: the program works all the same.
    """

    what: str
    detail: str
    to_do: str = ""
    exit_code: ExitCode = ExitCode.OK

    @property
    def well(self) -> bool:
        """Whether it is as it should be."""
        return self.exit_code is ExitCode.OK

    @classmethod
    def failed(cls, what: str, error: ThreadFinderError) -> Check:
        """The check that ended with ``error``."""
        return cls(what, error.message, error.to_do, error.exit_code)


class ConfigError(ThreadFinderError):
    """config.toml, the contacts file or the notes are missing or wrong."""

    exit_code = ExitCode.CONFIG


class TemplateError(ThreadFinderError):
    """A letter template does not parse, asks for what is not there, or does what it may not."""

    exit_code = ExitCode.CONFIG


class CommandLineError(ThreadFinderError):
    """What was typed asks for nothing, or for two things that exclude each other."""

    exit_code = ExitCode.USAGE


class PeriodError(CommandLineError):
    """The month or week asked for is none, or is over."""


class ContactError(ThreadFinderError):
    """The name typed is no contact's, or several contacts'."""

    exit_code = ExitCode.CONTACT


class MailboxError(ThreadFinderError):
    """The mailbox is missing, unreadable, or not what it says."""

    exit_code = ExitCode.MAILBOX


class SignInError(ThreadFinderError):
    """The account's sign-in is missing, revoked, too narrow, or somebody else's."""

    exit_code = ExitCode.SIGN_IN


class UnavailableError(ThreadFinderError):
    """The mailbox cannot be reached just now (network, quota). Nothing is lost; try again."""

    exit_code = ExitCode.UNAVAILABLE


class RefusedError(ThreadFinderError):
    """The letter must not be drafted as it is: a fact is missing, or an etiquette rule says stop."""

    exit_code = ExitCode.REFUSED


class NotSavedError(ThreadFinderError):
    """A letter exists but the draft could not be stored, or its fate is in doubt."""

    exit_code = ExitCode.NOT_SAVED


class NowhereToSaveError(NotSavedError):
    """The place of the drafts takes none: what befell this letter will befall the next."""


class OutputError(ThreadFinderError):
    """What was to be done is done, but the answer could not be printed: a full disk, a closed line."""


class LedgerError(ThreadFinderError):
    """The program's memory is damaged, from a newer version, or held by another run."""

    exit_code = ExitCode.LEDGER
