"""Bytes of a spreadsheet's or address book's export to text, whatever encoding it chose (hazards A11)."""

from __future__ import annotations

import codecs
import re

from thread_finder.errors import Problem

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE = 64 * 1024
_WRITTEN = (
    "cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257",
    "cp932", "euc_jp", "gb18030", "big5", "cp949", "cp874",
)  # fmt: skip


def decode(content: bytes) -> str:
    """The text of ``content``: by its mark, as UTF-8, or by the likeliest encoding."""
    encoding = _known(content) or _guess(content)
    return content.decode(encoding, "replace")


def doubts(content: bytes, file: str) -> list[Problem]:
    """A problem where the encoding had to be guessed: names go into letters."""
    if _known(content):
        return []
    return [Problem(file, f"is not UTF-8 and was read as {_guess(content)}", "check the names, or save it as UTF-8")]


def _known(content: bytes) -> str:
    """The encoding where there is no doubt, else ""."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    encoding = "utf-16-le" if _looks_wide(content) else "utf-8"
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return ""
    return encoding


def _looks_wide(content: bytes) -> bool:
    """UTF-16 without a mark: every second byte of western text is zero."""
    head = content[:200]
    return head[1:4:2] == b"\0\0" and head[1::2].count(0) > len(head) // 4


def _guess(content: bytes) -> str:
    """Windows-1252 where accents stand alone among Latin letters; else the likeliest that spreadsheets write."""
    sample = content[:_SAMPLE]
    sample = sample[: sample.rfind(b"\n") + 1] or sample
    accents = re.findall(rb"[\x80-\xff]+", sample)
    if sum(map(len, accents)) < 2 * len(accents):
        return "cp1252"
    import charset_normalizer  # noqa: PLC0415 - slow to import, seldom needed

    best = charset_normalizer.from_bytes(sample, cp_isolation=list(_WRITTEN)).best()
    return best.encoding if best else "cp1252"
