"""Texts as places in a buffer of octets.

They stay where they were read until a finished row needs them: their first octets and their lengths
are held, and ``-1`` for a length is no text.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ristoro.edges.mail_logs.events import Numbers, Octets, readable
from ristoro.edges.mail_logs.swift.gather import copy_texts, find_sessions, lay_out

Chosen = npt.NDArray[np.intp] | npt.NDArray[np.bool_] | slice


class Text(NamedTuple):
    """Where texts lie in a buffer."""

    starts: Numbers
    lengths: Numbers

    def take(self, chosen: Chosen) -> Text:
        return Text(self.starts[chosen], self.lengths[chosen])


def packed(buffer: Octets, text: Text) -> tuple[Octets, Numbers]:
    """The texts' octets one after another, and where each begins."""
    offsets = np.empty(len(text.starts) + 1, np.int64)
    lay_out(text.lengths, offsets, _present(text))
    octets = np.empty(int(offsets[-1]), np.uint8)
    copy_texts(buffer, text.starts, offsets, octets)
    return octets, offsets[:-1]


def octets_of(buffer: Octets, text: Text) -> pa.Array:
    """The texts as an Arrow array of octets, null where there is none."""
    count = len(text.starts)
    offsets, present = np.empty(count + 1, np.int64), _present(text)
    missing = lay_out(text.lengths, offsets, present)
    octets = np.empty(int(offsets[-1]), np.uint8)
    copy_texts(buffer, text.starts, offsets, octets)
    parts = [
        pa.py_buffer(present) if missing else None,
        pa.py_buffer(offsets),
        pa.py_buffer(octets),
    ]
    return pa.Array.from_buffers(pa.large_binary(), count, parts, missing)


def _present(text: Text) -> Octets:
    """Room for a bit a text, as Arrow has them."""
    return np.zeros((len(text.starts) + 7) // 8, np.uint8)


def texts_of(buffer: Octets, text: Text) -> pa.Array:
    """The texts as strings; octets that are no UTF-8 are written as ``\\xNN``."""
    octets = octets_of(buffer, text)
    try:
        return octets.cast(pa.large_string()).cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array(
            [None if one is None else readable(one) for one in octets.to_pylist()], pa.string()
        )


def sessions_of(buffer: Octets, answers: Text) -> Text:
    """The store's session of each answer ``250 2.0.0 <address> SESSION Saved``, none in others."""
    starts, lengths = np.zeros_like(answers.starts), np.full_like(answers.lengths, -1)
    find_sessions(buffer, answers.starts, answers.lengths, starts, lengths)
    return Text(starts, lengths)
