"""Python's collector of cycles, switched off where a stage makes millions of objects that hold none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collector() -> Iterator[None]:
    """Looking for cycles among a million records again and again takes a tenth to a quarter of a stage's time."""
    were_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if were_on:
            gc.enable()
