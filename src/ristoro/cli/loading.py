"""Loading modules without looking for garbage among them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Nothing is collected within, and what is there then is never looked through again.

    A sixth of the time that it takes to load all pages went into that; and processes that are
    forked afterwards share the memory of what nobody touches.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
