"""A letter as text to be edited, and back. Pure.

Only the letter's own words can be changed, and the subject of a new thread: addresses and headers are out of reach
(hazards A1).
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from thread_finder.app.letters import Written
from thread_finder.errors import RefusedError
from thread_finder.mail.fields import flat
from thread_finder.model import Letter

SCISSORS = "------------------------ >8 ------------------------"
_SUBJECT = "Subject:"
_LONGEST = 20_000  # characters; a letter has a thousand
_LONGEST_SUBJECT = 200
_FOOTER = (
    "Your letter stands above this line. What is below is not part of it.",
    "Your signature and the mail you answer are added by themselves.",
    "To leave the letter as it was, close without saving, or delete all of it.",
)


def to_text(written: Written) -> str:
    """The file for the editor: the letter, the scissors, and what one needs to know while writing."""
    letter = written.letter
    recipient = f"{written.recipient.name} <{written.recipient.email}>".strip()
    place = written.subject if written.finding.parent else "a new thread"
    about = [f"To: {flat(recipient)}", f"In:  {flat(place)}"]
    about += [f"{advice.level}: {advice.message} [{advice.rule}]" for advice in written.advice]
    head = "" if written.finding.parent else f"{_SUBJECT} {flat(letter.subject)}\n\n"
    return f"{head}{letter.body}\n\n{SCISSORS}\n" + "\n".join([*_FOOTER, "", *about]) + "\n"


def from_text(text: str, written: Written) -> Letter | None:
    """The letter as edited; None when it is as it was, or empty.

    RefusedError when the scissors are gone, since the notes below would then be in the letter, or it is endless.
    """
    letter = written.letter
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return None
    lines = text.split("\n")
    places = [number for number, line in enumerate(lines) if line.strip() == SCISSORS]
    if not places:
        raise RefusedError("the line with the scissors (>8) is gone", "edit again, and leave that line as it is")
    body, subject = _without_subject(lines[: places[-1]], letter.subject, reply=written.finding.parent is not None)
    if len(body) > _LONGEST:
        raise RefusedError(f"{len(body)} characters are no letter", f"keep it under {_LONGEST}")
    if not body or (subject, body) == (letter.subject, letter.body):
        return None
    return Letter(subject, _parts(body, letter), letter.language, letter.signature, letter.signature_html)


def _without_subject(lines: list[str], subject: str, *, reply: bool) -> tuple[str, str]:
    """Body and subject. In an old thread the subject stays, or the letter would leave it."""
    text = "\n".join(line.rstrip() for line in lines).strip("\n")
    first, _, rest = text.partition("\n")
    if reply or not first.startswith(_SUBJECT):
        return text, subject
    return rest.strip("\n"), flat(first.removeprefix(_SUBJECT))[:_LONGEST_SUBJECT] or subject


def _parts(body: str, letter: Letter) -> tuple[tuple[str, str], ...]:
    """The edited paragraphs under the names of the letter's parts, by which etiquette knows them.

    A paragraph that took another's place has that one's name; an added one has the name of the one before it.
    """
    before = [(name, one) for name, text in letter.parts for one in _paragraphs(text)]
    after = _paragraphs(body)
    names: list[str] = []
    matcher = SequenceMatcher(None, [one for _, one in before], after, autojunk=False)
    for _, start, end, first, last in matcher.get_opcodes():
        for number in range(first, last):
            place = min(start + number - first, end - 1 if end > start else start - 1)
            names.append(before[max(place, 0)][0] if before else "")
    parts: list[tuple[str, str]] = []
    for name, paragraph in zip(names, after, strict=True):
        if parts and parts[-1][0] == name:
            parts[-1] = (name, f"{parts[-1][1]}\n\n{paragraph}")
        else:
            parts.append((name, paragraph))
    return tuple(parts)


def _paragraphs(text: str) -> list[str]:
    return [one for one in re.split(r"\n{2,}", text) if one.strip()]
