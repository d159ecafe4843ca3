"""Put a letter into the mailbox's drafts: once per contact and purpose, whatever happened before.

The order matters. The intention is written down, with our own Message-ID, before the mailbox is touched; after a
crash the Message-ID tells whether the draft was made (hazards F1 to F5). A draft that a person touched is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from thread_finder.errors import NotSavedError
from thread_finder.ledger import DraftRecord, DraftState, Ledger
from thread_finder.mail.fingerprint import fingerprint
from thread_finder.app.letters import Written
from thread_finder.mailboxes.base import Mailbox
from thread_finder.model import Contact, Label, StoredDraft
