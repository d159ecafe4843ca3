"""Bytes of a spreadsheet's or address book's export to text, whatever encoding it chose (hazards A11)."""

from __future__ import annotations

import codecs

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE = 64 * 1024


def decode(content: bytes) -> str:
    """The text of ``content``. A mark at its start or valid UTF-8 settle it; otherwise the encoding is guessed."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        return content.decode("utf-16-le" if _looks_wide(content) else "utf-8")
    except UnicodeDecodeError:
        return content.decode(_guess(content), "replace")


def _looks_wide(content: bytes) -> bool:
    """UTF-16 without a mark: every second byte of western text is zero."""
    head = content[:200]
    return len(head) > 3 and head[1::2].count(0) > len(head) // 4


def _guess(content: bytes) -> str:
    """Windows-1252 unless the bytes plainly speak for another: short western texts look like anything."""
    import charset_normalizer  # noqa: PLC0415 - slow to import, seldom needed

    sample = content[:_SAMPLE]
    sample = sample[: sample.rfind(b"\n") + 1] or sample
    dense = sum(byte > 0x7F for byte in sample) > len(sample) // 10
    if not dense:
        return "cp1252"
    best = charset_normalizer.from_bytes(sample).best()
    return best.encoding if best else "cp1252"
