"""The program's own memory: drafts made, threads pinned, who rests. SQLite in the state folder."""

from thread_finder.ledger.records import OPEN, Block, DraftRecord, DraftState, Outcome, OutcomeKind, Pin, Skip, Snooze
from thread_finder.ledger.store import Ledger

__all__ = ["OPEN", "Block", "DraftRecord", "DraftState", "Ledger", "Outcome", "OutcomeKind", "Pin", "Skip", "Snooze"]
