"""Bytes to model and back (RFC 5322, MIME, iCalendar)."""
