"""Dovecot's lines: deposits, sign-ins, and when the service started and stopped.

A Message-ID and a name typed at sign-in are strangers' words. What is ours in a line stands before
or behind them and is taken from there; a line in which it stands twice is not read.
"""

from __future__ import annotations

import re

from ristoro.edges.mail_logs.columns import Edge, SignIn
from ristoro.edges.mail_logs.events import Kind, Told

ENDED = tuple(SignIn)
EDGES = tuple(Edge)
"""The words of two columns, by their numbers in an event."""

_DEPOSIT = re.compile(
    rb"(?:lmtp|lda)\(([^()\s]+)\)(?:<\d+>)?<([^>\s]+)>: (?:sieve: )?msgid=(.*): "
    rb"(saved mail to|save failed to|stored mail into mailbox) ('?[^':]*'?)(?:: (.*))?",
    re.DOTALL,
)
_VERBS = (b": saved mail to ", b": save failed to ", b": stored mail into mailbox ")
_LOGIN = re.compile(
    rb"(imap|pop3|submission|managesieve)-login: (?:Login|Info: Login): user=<([^>]*)>.*"
    rb"rip=([0-9A-Fa-f.:]+)(?:, .*)?session=<([^>\s]+)>.*",
    re.DOTALL,
)
_REFUSED = re.compile(
    rb"(imap|pop3|submission|managesieve)-login: (?:Disconnected|Aborted login)(?:: [A-Za-z ]+)?"
    rb" \(([^()]*)\)(?:: user=<(.*?)>, method=.*)?.*",
    re.DOTALL,
)
_REMOTE = re.compile(rb"rip=([0-9A-Fa-f.:]+), ")
_SESSION = re.compile(rb"session=<([^<>\s]+)>")
_STARTED = re.compile(rb"master: Dovecot v[^\s]+ .*starting up for .*")
_STOPPED = re.compile(rb"master: Warning: Killed with signal \d+ .*")

_SILENT = (
    b"lmtp(", b"imap(", b"pop3(", b"lda(", b"auth", b"anvil", b"stats", b"config", b"log",
    b"indexer", b"imap-login: Warning:", b"imap-login: Error:", b"replicator", b"doveadm",
    b"master: Warning:", b"master: Error:",
)  # fmt: skip
_TALK = (b"Disconnect", b"Connect from", b"Error:", b"Warning:", b"Logged out", b"Killed with")


def read(text: bytes) -> Told | bool:
    """What a line tells; ``True`` where it tells nothing of these, ``False`` where unknown."""
    if text.startswith((b"lmtp(", b"lda(")):
        return _deposit(text)
    if text.startswith(b"imap("):
        return True  # what a session did, and how it ended
    if b"-login: " in text[:24]:
        return _sign_in(text)
    if text.startswith(b"master: "):
        if _STARTED.fullmatch(text):
            return Told(Kind.EDGE, (EDGES.index(Edge.STARTED),), ())
        if _STOPPED.fullmatch(text):
            return Told(Kind.EDGE, (EDGES.index(Edge.STOPPED),), ())
    return text.startswith(_SILENT)


def _deposit(text: bytes) -> Told | bool:
    if b"msgid=" not in text:
        _, _, rest = text.partition(b": ")
        return rest.startswith(_TALK)
    if sum(text.count(verb) for verb in _VERBS) != 1:
        return b": discard" in text and text.endswith(b"discard action")
    found = _DEPOSIT.fullmatch(text)
    if found is None:
        return False
    mailbox, session, message_id, verb, folder, reason = found.groups()
    saved = verb != b"save failed to"
    texts = (mailbox, session, message_id, folder.strip(b"'"), reason or b"")
    return Told(Kind.DEPOSIT, (int(saved),), texts)


def _sign_in(text: bytes) -> Told | bool:
    found = _LOGIN.fullmatch(text)
    if found is not None:
        way, mailbox, remote, session = found.groups()
        return Told(Kind.SIGN_IN, (ENDED.index(SignIn.GOOD),), (way, mailbox, b"", remote, session))
    found = _REFUSED.fullmatch(text)
    if found is None:
        return text.partition(b"-login: ")[2].startswith((b"Warning:", b"Error:"))
    way, reason, mailbox = found.groups()
    ended = _ended(reason)
    if ended is None:
        return True  # somebody came and went without trying
    # The address typed stands before these: the last ones are Dovecot's own.
    remote = _REMOTE.findall(text)
    session = _SESSION.findall(text)
    last = (remote[-1] if remote else b"", session[-1] if session else b"")
    return Told(Kind.SIGN_IN, (ENDED.index(ended),), (way, mailbox or b"", reason, *last))


def _ended(reason: bytes) -> SignIn | None:
    if b"temporary failure" in reason or b"communication failure" in reason:
        return SignIn.OURS
    if b"while authenticating" in reason:
        return SignIn.CUT
    if b"auth failed" in reason or b"tried to use disallowed" in reason:
        return SignIn.REFUSED
    return None
