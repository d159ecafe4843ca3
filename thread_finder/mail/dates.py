"""Date header fields as received (RFC 5322 3.3 and 4.3, and what else comes)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache

from thread_finder.mail.encoded_words import decode_text

_FIRST_YEAR = 1970  # there is no mail in an archive from before; such years are broken clocks

_MONTHS = {name: n for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_USUAL = re.compile(
    r"\s*(?:[A-Za-z]{2,9}\.?,?\s*)?(\d{1,2})\s+([A-Za-z]{3})[a-z]*\.?,?\s+(\d{2,4})[\s,]+"
    r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*([+-]\d{4})?(?=\s|$|\()"
)
_COMMENT = re.compile(r"\([^()]*\)")
_ISO = re.compile(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?")


def parse_date(value: str | bytes) -> datetime | None:
    """The moment a Date value tells, in the sender's own offset; None when it tells none that can be.

    Two-digit years are read as in RFC 5322 4.3; a missing or impossible zone counts as UTC.
    """
    text = decode_text(value[:200])
    if match := _USUAL.match(text):
        day, month, year, hour, minute, second, zone = match.groups()
        if zone and month.lower() in _MONTHS:
            return _moment(_year(year), _MONTHS[month.lower()], int(day), (hour, minute, second), _offset(zone))
    if match := _ISO.match(text):
        year, month, day, hour, minute, second, zone = match.groups()
        return _moment(int(year), int(month), int(day), (hour, minute, second), _offset((zone or "").replace(":", "")))
    bare = _COMMENT.sub(" ", _COMMENT.sub(" ", text)) if "(" in text else text
    return parse_date(bare) if bare != text else _by_the_library(text)


def _by_the_library(text: str) -> datetime | None:
    """Obsolete forms: named zones, asctime order, missing parts."""
    try:
        parts = parsedate_tz(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    if parts is None:
        return None
    year, month, day, hour, minute, second = parts[:6]
    return _moment(year, month, day, (str(hour), str(minute), str(second)), (parts[9] or 0) // 60)


def _moment(year: int, month: int, day: int, clock: tuple[str, str, str | None], offset: int) -> datetime | None:
    hour, minute, second = (int(part or 0) for part in clock)
    if year < _FIRST_YEAR:
        return None
    try:
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=_zone(offset))
    except (ValueError, OverflowError):
        return None


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(digits) == 3 else year


def _offset(zone: str) -> int:
    """Minutes east of UTC."""
    if len(zone) != 5:
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[3:])
    return -minutes if zone[0] == "-" else minutes


@lru_cache(maxsize=256)
def _zone(offset: int) -> timezone:
    return timezone(timedelta(minutes=offset)) if offset and abs(offset) < 24 * 60 else UTC
