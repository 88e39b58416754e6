"""What can be taken back: the last moves, kept in the holder's own cookie, encrypted.

A move is taken back by moving the messages, by the names they have now, to where they were.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from ristoro.edges.mailboxes.contract import Moved
from ristoro.faces.webmail import session
from ristoro.faces.webmail.doors import Holder
from ristoro.kernel import clock

COOKIE = "posta_annulla"
KEPT = timedelta(minutes=30)
MOST = 8
LONGEST = 2_400
"""Characters of JSON: encrypted they must fit into one cookie, of which browsers take 4 KB."""

TOLD = timedelta(seconds=60)
"""How long after a move the page offers to take it back by itself; the list offers it longer."""


@dataclass(frozen=True, slots=True)
class Undoable:
    """One move: what it was, and the names under which the messages are where they went."""

    mark: str
    at: int
    act: str
    count: int
    back: str
    folder: str
    uidvalidity: int
    uids: str

    @property
    def moment(self) -> datetime:
        return clock.instant(self.at * 1_000_000)

    @property
    def numbers(self) -> list[int]:
        """The UIDs, written out."""
        found: list[int] = []
        for piece in self.uids.split(","):
            first, _, last = piece.partition("-")
            found += range(int(first), int(last or first) + 1)
        return found


def of_move(act: str, back: str, moved: Moved) -> Undoable:
    """How to take a move back."""
    at = clock.micros(clock.now()) // 1_000_000
    return Undoable(
        *(secrets.token_urlsafe(6), at, act, len(moved.uids)),
        *(back, moved.folder, moved.uidvalidity, _written(moved.uids)),
    )


def kept(request: HttpRequest, held: Holder) -> list[Undoable]:
    """What can be taken back now, newest first."""
    value = request.COOKIES.get(COOKIE, "")
    try:
        at = int(clock.now().timestamp())
        plain = session.lock_for("undo").decrypt_at_time(value, int(KEPT.total_seconds()), at)
        told = json.loads(plain)
        if told["session"] != held.session.nonce:
            return []
        found = [Undoable(**one) for one in told["undo"]]
    except (InvalidToken, ValueError, TypeError, KeyError):
        return []
    return [one for one in found if clock.now() - one.moment < KEPT]


def latest(request: HttpRequest, held: Holder) -> Undoable | None:
    """The move that has only just been made, which the page offers to take back."""
    found = kept(request, held)
    return found[0] if found and clock.now() - found[0].moment < TOLD else None


def keep(response: HttpResponseBase, held: Holder, undoables: Sequence[Undoable]) -> None:
    """Have the browser keep these, the newest first; the oldest go where there is no room."""
    listed = [asdict(one) for one in undoables[:MOST]]
    while len(text := json.dumps({"session": held.session.nonce, "undo": listed})) > LONGEST:
        listed.pop()
    at = int(clock.now().timestamp())
    response.set_cookie(
        COOKIE,
        session.lock_for("undo").encrypt_at_time(text.encode(), at).decode("ascii"),
        max_age=int(KEPT.total_seconds()),
        httponly=True,
        secure=settings.BEHIND_TLS,
        samesite="Strict",
        path="/posta/",
    )


def _written(uids: Sequence[int]) -> str:
    """``4-6,9``: a page of messages in few characters."""
    pieces: list[list[int]] = []
    for uid in sorted(uids):
        if pieces and pieces[-1][1] == uid - 1:
            pieces[-1][1] = uid
        else:
            pieces.append([uid, uid])
    return ",".join(f"{a}-{b}" if b > a else str(a) for a, b in pieces)
