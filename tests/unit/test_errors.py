"""What to do about what the system would not do."""

from __future__ import annotations

import os
from errno import EACCES, EIO, ENOSPC, ENOTDIR, EROFS

import pytest

from thread_finder.errors import way_out


@pytest.mark.parametrize(
    ("errno", "words"),
    [(ENOSPC, "free some space"), (EACCES, "the right"), (EROFS, "the right"), (ENOTDIR, "a file"), (EIO, "the disk")],
)
def test_the_way_out_fits_the_error(errno: int, words: str) -> None:
    assert words in way_out(OSError(errno, os.strerror(errno)))
