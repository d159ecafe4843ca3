"""Where everybody stands, and the plan: gathers what planning needs from mailbox, ledger and contacts.

``agenda`` looks into the mailbox once, for all contacts, and brings the ledger up to date with what it sees. Threads
are searched only for those whose turn it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from thread_finder.app.finding import Failure, find_threads
from thread_finder.app.observing import Memory, Observation, Sighting, observe
from thread_finder.app.session import Session
from thread_finder.finding.people import parent_of  # noqa: F401
from thread_finder.ledger import OPEN, Block, DraftRecord, Ledger, Outcome, Skip, Snooze
from thread_finder.ledger.tables import Record
from thread_finder.mailboxes.base import Mailbox, Request
from thread_finder.model import Contact, Finding, Kind, StoredDraft, Thread, Verdict
from thread_finder.planning import CheckIn, History, Period, Plan, Purpose, Rhythm, Standing, plan, stand
