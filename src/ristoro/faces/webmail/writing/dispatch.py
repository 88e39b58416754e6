"""Sends a letter once, however often it is asked for, and keeps a copy.

A letter's name is its key. It is used up before the letter is handed over and given back only if
nobody got it, so that a second request, in whatever process, finds it used; after that the copy in
Sent tells. Where it is not known whether the host took the letter, it is sent again only by a
person who was told so.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from ristoro import env, wiring
from ristoro.edges.mailboxes.composing import REFUSED, Writing, kept, message_id, sent
from ristoro.edges.mailboxes.contract import (
    ANSWERED,
    FORWARDED,
    SEEN,
    Gone,
    Mailbox,
    Role,
    Unreachable,
)
from ristoro.edges.mailboxes.message import Header, fields, header_of
from ristoro.edges.mailboxes.sending import Send, deliver_here, submit
from ristoro.faces.webmail import spent
from ristoro.faces.webmail.doors import Holder
from ristoro.faces.webmail.folders import by_role, ensured
from ristoro.kernel.outcome import Ending, Result

REMEMBERED = timedelta(days=30)
UNDER_WAY = timedelta(minutes=5)
"""How long a hand-over may take; after it, one without an end has an unknown one."""

_SENT, _UNKNOWN, _SENDING = "sent", "unknown", "sending "


class State(enum.Enum):
    """Where a letter is."""

    NOT_SENT = "not-sent"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Copy:
    """The copy in Sent: its place, its header, and who did not get it: address, code and words."""

    folder: str
    uidvalidity: int
    uid: int
    header: Header
    blind: Header
    refused: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Dispatched:
    """Where the letter is now; and how it ended for each recipient, if it was handed over now."""

    state: State
    results: Mapping[str, Result]


def state_of(mailbox: Mailbox, key: str, now: datetime) -> State:
    """Where the letter of a key is."""
    if _copies(mailbox, key):
        return State.SENT
    name = _name(mailbox.address, key)
    if not spent.is_spent(name):
        return State.NOT_SENT
    noted = spent.noted(name)
    if noted == _SENT:
        return State.SENT
    if noted.startswith(_SENDING):
        begun = datetime.fromisoformat(noted.removeprefix(_SENDING))
        return State.SENDING if now - begun < UNDER_WAY else State.UNKNOWN
    return State.UNKNOWN


def dispatch(
    held: Holder, writing: Writing, now: datetime, *, again: bool = False, send: Send | None = None
) -> Dispatched:
    """Send a letter unless it was sent; ``again`` also where that is not known."""
    state = state_of(held.mailbox, writing.key, now)
    name = _name(held.address, writing.key)
    if state is State.UNKNOWN and again:
        spent.give_back(name)
    elif state is not State.NOT_SENT:
        return Dispatched(state, {})
    if not spent.spend(name, now + REMEMBERED):
        return Dispatched(State.SENDING, {})
    spent.note(name, _SENDING + now.isoformat())
    results = (send or sender_of(held))(sent(writing, now), writing.recipients)
    if any(result.done for result in results.values()):
        spent.note(name, _SENT)
        _after(held.mailbox, writing, now, results)
        return Dispatched(State.SENT, results)
    if any(result.ending is Ending.UNKNOWN for result in results.values()):
        spent.note(name, _UNKNOWN)
        return Dispatched(State.UNKNOWN, results)
    spent.give_back(name)
    return Dispatched(State.NOT_SENT, results)


def copy_of(mailbox: Mailbox, key: str) -> Copy | None:
    """The copy in Sent; ``None`` where there is none."""
    found = _copies(mailbox, key)
    if found is None:
        return None
    folder, validity, uid = found
    _, stored = mailbox.read(folder, validity, uid)
    head = fields(stored)
    hidden = head.get("Bcc")
    blind = fields(f"To: {hidden}\r\n".encode() if hidden else b"")
    lines = [str(line) for line in head.get_all(REFUSED, [])]
    refused = tuple((line.split()[0], line.split()[1]) for line in lines if len(line.split()) > 1)
    return Copy(folder, validity, uid, header_of(head), header_of(blind), refused)


def sender_of(held: Holder) -> Send:
    """The way out: the host's submission service, else the boxes of the host itself."""
    environment = env.current()
    service = wiring.holders(environment).submission
    if service is not None:
        return partial(submit, service, held.address, held.session.password)
    return partial(_here, held.address)


def _here(address: str, message: bytes, recipients: tuple[str, ...]) -> Mapping[str, Result]:
    environment = env.current()
    domains = {brand.domain for brand in wiring.brands_of(environment).values()}
    domains.add(address.rpartition("@")[2].lower())
    host = wiring.mail_host(environment)
    try:
        return deliver_here(host.deposit, domains, address, message, recipients)
    finally:
        host.close()


def _after(
    mailbox: Mailbox, writing: Writing, now: datetime, results: Mapping[str, Result]
) -> None:
    """Keep a copy and mark the message it answers. What fails here does not unsend the letter."""
    with suppress(Unreachable):
        copy = kept(writing, now, list(_refusals(results)))
        mailbox.append(ensured(mailbox, Role.SENT), copy, [SEEN], now)
    origin = writing.origin
    if origin is not None:
        flag = FORWARDED if origin.forward else ANSWERED
        with suppress(Gone, Unreachable):
            mailbox.flag(origin.folder, origin.uidvalidity, [origin.uid], add=[flag])


def _refusals(results: Mapping[str, Result]) -> Iterator[str]:
    for address, result in results.items():
        if not result.done:
            yield f"{address} {result.code} {result.text[:300]}"


def _copies(mailbox: Mailbox, key: str) -> tuple[str, int, int] | None:
    folder = by_role(mailbox.folders(), Role.SENT)
    if folder is None:
        return None
    validity, uids = mailbox.named(folder.path, message_id(key, mailbox.address))
    return (folder.path, validity, uids[0]) if uids else None


def _name(address: str, key: str) -> str:
    return f"letter {address.lower()} {key}"
