"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# On CI the same examples every time: a rare counterexample is found at a desk, not while somebody else's change lands.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")

# Nobody's keyring is touched by a test; those that need one bring their own.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
