"""thread-finder: finds the old thread, drafts the reply in it, never sends."""

__version__ = "0.1.0"
