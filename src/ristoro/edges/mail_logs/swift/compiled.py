"""Functions that are compiled to machine code, once for each version of their sources.

The compiled code is kept in ``__pycache__`` beside the sources or, where nobody may write there, in
the user's own cache; where neither can be, each process compiles for itself. ``NUMBA_CACHE_DIR``
names another place.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
import numpy as np
from numba.core import config
from numba.extending import intrinsic

_P = ParamSpec("_P")
_R = TypeVar("_R")
_A = TypeVar("_A", bound=np.ndarray[Any, Any])
# What these take and give is more than their types tell.
_njit: Any = numba.njit
_intrinsic: Any = intrinsic
_types: Any = numba.types
_config: Any = config
_SOURCES = Path(__file__).parent


def _place() -> Path | None:
    """A folder for what these very sources come to: numba asks one file alone whether it changed,
    and a function is compiled with all that it calls and every name that it uses."""
    told = hashlib.sha256(numba.__version__.encode())
    for source in sorted(_SOURCES.parent.rglob("*.py")):
        told.update(source.read_bytes())
    places = [_SOURCES / "__pycache__"]
    with suppress(RuntimeError):  # a user who has no home
        places.append(Path("~/.cache/ristoro").expanduser())
    for above in places:
        folder = above / f"compiled-{told.hexdigest()[:16]}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return None


if not _config.CACHE_DIR:
    _config.CACHE_DIR = str(_place() or "")
_KEPT = bool(_config.CACHE_DIR)


def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """A function that is compiled into whoever calls it. It gets arrays as ``pointer`` gives them:
    what stands behind one is not counted or copied, and no place is checked."""
    made: Callable[_P, _R] = _njit(
        forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True
    )(function)
    return made


def entry(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """A function that is called from outside; it is compiled, or found kept, at its first call."""
    made: Callable[_P, _R] = _njit(cache=_KEPT)(function)
    return made


def _pointer(typing: Any, array: Any) -> Any:
    def first(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.make_array(signature.args[0])(context, builder, arguments[0]).data

    return _types.CPointer(array.dtype)(array), first


def _beyond(typing: Any, pointer: Any, by: Any) -> Any:
    def moved(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.gep(arguments[0], [arguments[1]])

    return pointer(pointer, _types.int64), moved


pointer: Callable[[_A], _A] = _intrinsic(_pointer)
"""An array as the address of its first value."""
beyond: Callable[[_A, int], _A] = _intrinsic(_beyond)
"""The address of so many values further on."""
