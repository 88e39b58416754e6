"""What is typed into the search field, read: words, and what narrows them.

``da:anna oggetto:fattura dal:2023-01-22 non-letti "parole insieme"``; the English words mean the
same: ``from: to: subject: since: before:`` and ``unread``, ``starred``.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time

from ristoro.edges.mailboxes.contract import Query
from ristoro.faces.webmail.tags import zone

LONGEST = 200
_PIECE = re.compile(r'(?:(?P<name>[a-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<bare>\S+))', re.IGNORECASE)
_FIELDS = {
    **dict.fromkeys(("da", "from"), "sender"),
    **dict.fromkeys(("a", "to"), "recipient"),
    **dict.fromkeys(("oggetto", "subject"), "subject"),
    **dict.fromkeys(("dal", "since"), "since"),
    **dict.fromkeys(("prima", "before"), "before"),
}
_UNREAD = frozenset(("non-letti", "unread"))
_STARRED = frozenset(("con-stella", "starred"))


def read(typed: str) -> Query:
    """The query; whatever is not understood is a word to look for."""
    words: list[str] = []
    texts = {"sender": "", "recipient": "", "subject": ""}
    days: dict[str, datetime] = {}
    marks: set[str] = set()
    for piece in _PIECE.finditer(typed[:LONGEST]):
        name, text = (piece["name"] or "").lower(), piece["quoted"] or piece["bare"] or ""
        field = _FIELDS.get(name, "")
        day = _day(text) if field in ("since", "before") else None
        if not text:
            continue
        if not name and text.lower() in _UNREAD | _STARRED:
            marks.add(text.lower())
        elif day is not None:
            days[field] = datetime.combine(day, time(), zone())
        elif field in texts:
            texts[field] = text
        else:
            words.append(f"{name}:{text}" if name else text)
    return Query(
        words=tuple(words),
        sender=texts["sender"],
        recipient=texts["recipient"],
        subject=texts["subject"],
        since=days.get("since"),
        before=days.get("before"),
        unseen=not marks.isdisjoint(_UNREAD),
        flagged=not marks.isdisjoint(_STARRED),
    )


def _day(text: str) -> date | None:
    """``2023-01-22`` or ``22/01/2023``."""
    try:
        if "/" in text:
            day, month, year = text.split("/")
            return date(int(year), int(month), int(day))
        return date.fromisoformat(text)
    except ValueError:
        return None
