"""Tells of a letter that speaks of a file and has none, before it is sent without it."""

from __future__ import annotations

import re
from itertools import takewhile

from ristoro.edges.mailboxes.composing import Writing

_FILES = re.compile(
    r"\b(allego|allegh\w+|allegat[aeio]|accludo|attach(ed|ing|ments?)?|enclos(e|ed|ing))\b",
    re.IGNORECASE,
)
_PASSED_ON = "----------"


def lacks_files(writing: Writing) -> bool:
    """Whether the holder's own words, not those quoted or passed on, promise a file that is not
    there."""
    if writing.attachments:
        return False
    lines = takewhile(lambda line: not line.startswith(_PASSED_ON), writing.text.splitlines())
    own = "\n".join(line for line in lines if not line.startswith(">"))
    return _FILES.search(own) is not None
