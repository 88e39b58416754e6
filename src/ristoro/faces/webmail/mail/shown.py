"""Rows as a list shows them: those of one conversation together, where the page itself tells.

Threads of a whole folder would cost the mail host seconds (THREAD over 100,000 messages took 4.3 s
on Dovecot), so a conversation is found within the page only: an answer joins the message that it
names (``In-Reply-To``), or else the older one of the same subject (``Re:``). Letters that only
happen to have the same subject stay apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ristoro.edges.mailboxes.contract import Row

_ANSWER = re.compile(
    r"^\s*(?:(?:re|r|rif|aw|sv|fwd?|i|inoltro)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Talk:
    """One line of a list: the newest message of a conversation, and the older ones on the page."""

    row: Row
    older: tuple[Row, ...] = ()

    @property
    def uids(self) -> str:
        """The messages of the line, as its form names them."""
        return ",".join(str(row.uid) for row in (self.row, *self.older))

    @property
    def count(self) -> int:
        return 1 + len(self.older)

    @property
    def seen(self) -> bool:
        """Whether nothing of it is left to read."""
        return all(row.seen for row in (self.row, *self.older))

    @property
    def flagged(self) -> bool:
        return any(row.flagged for row in (self.row, *self.older))


def talks(rows: Sequence[Row]) -> list[Talk]:
    """The lines of a page, newest first; ``rows`` are newest first too."""
    groups: list[list[Row]] = []
    by_name: dict[str, list[Row]] = {}
    by_subject: dict[str, list[Row]] = {}
    for row in reversed(rows):
        bare = _ANSWER.sub("", row.subject).strip().lower()
        is_answer = bool(bare) and _ANSWER.match(row.subject) is not None
        group = by_name.get(row.in_reply_to) if row.in_reply_to else None
        group = group or (by_subject.get(bare) if is_answer else None)
        if group is None:
            group = []
            groups.append(group)
        group.append(row)
        by_subject[bare] = group
        if row.message_id:
            by_name[row.message_id] = group
    found = [Talk(group[-1], tuple(reversed(group[:-1]))) for group in groups]
    places = {row.uid: place for place, row in enumerate(rows)}
    return sorted(found, key=lambda talk: places[talk.row.uid])
