"""Which thread, and why."""
