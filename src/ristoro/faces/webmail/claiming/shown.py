"""What our records show beside a claim, in plain words, each with the lines that it stands on.

It is told from what was frozen when the claim was sent, never from the logs as they are now. What
the records cannot show is said to be not provable, one way or the other: it is never called lost,
and never said not to have happened.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ristoro.claims.evidence.found import Came, Cause, Limit
from ristoro.claims.models import Claim, Evidence
from ristoro.edges.mail_logs.columns import Edge
from ristoro.faces import days
from ristoro.faces.said import Lazy
from ristoro.faces.webmail.tags import zone

MOST = 100
"""Facts on the page; the file has them all."""

MOST_LIMITS = 20
"""Of what cannot be shown, so many; in months of many hosts there are hundreds of short gaps."""

CAME: Mapping[str, Lazy] = {
    Came.LATE: gettext_lazy(
        "A message from %(sender)s reached our server on %(arrived)s and your mailbox on %(ended)s,"
        " %(waited)s later."
    ),
    Came.BOUNCED: gettext_lazy(
        "A message from %(sender)s reached our server on %(arrived)s and was not delivered: on"
        " %(ended)s its sender was told so."
    ),
    Came.EXPIRED: gettext_lazy(
        "A message from %(sender)s reached our server on %(arrived)s and was not delivered: we gave"
        " it up on %(ended)s and sent it back."
    ),
    Came.DELETED: gettext_lazy(
        "A message from %(sender)s reached our server on %(arrived)s and was not delivered: on"
        " %(ended)s one of our administrators deleted it."
    ),
    Came.HELD: gettext_lazy(
        "A message from %(sender)s reached our server on %(arrived)s and was held back by one of"
        " our administrators. The records do not show that it was let go."
    ),
    Came.WAITING: gettext_lazy(
        "A message from %(sender)s reached our server on %(arrived)s and was still waiting where"
        " the records end."
    ),
    Came.NOT_SHOWN: gettext_lazy(
        "A message from %(sender)s reached our server on %(arrived)s. What became of it is not in"
        " the records."
    ),
    Came.NEVER_OURS: gettext_lazy(
        "On %(arrived)s the server of %(sender)s broke off before a message was whole: it was never"
        " with us."
    ),
}
"""Of one message; those that came at once are only counted."""

CAUSES: Mapping[str, Lazy] = {
    Cause.OURS: gettext_lazy("The cause was ours."),
    Cause.MAILBOX_FULL: gettext_lazy("The mailbox was full."),
    Cause.NO_SUCH_ADDRESS: gettext_lazy("The address was not known to the server."),
    Cause.SENDER: gettext_lazy("The cause lay with the sender or the message."),
    Cause.UNCLEAR: gettext_lazy("The records do not say whose fault it was."),
}
LIMITS: Mapping[str, Lazy] = {
    Limit.NO_EVIDENCE: gettext_lazy("We have no records of this time."),
    Limit.NOT_COVERED: gettext_lazy("No record tells of the time from %(start)s to %(end)s."),
    Limit.SILENT_HOST: gettext_lazy(
        "One of our servers tells nothing of the time from %(start)s to %(end)s."
    ),
    Limit.SERVICE_STOPPED: gettext_lazy(
        "From %(start)s to %(end)s a service stood still. Whoever tried to get in then left no"
        " trace, so we cannot say that you did not try."
    ),
    Limit.NO_LINE: gettext_lazy(
        "There is no line about your mailbox: neither that mail came, nor that it did not."
    ),
    Limit.UNNAMED_SIGN_INS: gettext_lazy(
        "Some attempts to get in failed by our fault before it was known whose they were: yours"
        " may be among them."
    ),
    Limit.STILL_WAITING: gettext_lazy("For some messages the records end before their end."),
    Limit.UNKNOWN_LINES: gettext_lazy("Some lines of the records could not be understood."),
    Limit.BEFORE_OUR_DOOR: gettext_lazy(
        "Mail that never reached one of our servers is in none of our records: if it was lost on"
        " the way, we can neither see nor rule it out."
    ),
    Limit.CUT: gettext_lazy("There is more than is listed here."),
}


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a fact stands: a line, or first and last line, of a file with this SHA-256."""

    file: str
    first: int
    last: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that the records show; ``named`` where it is of whom the claim names."""

    sentence: str
    ref: Ref
    ours: bool
    named: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """The frozen evidence in sentences: facts first, then counts, then what cannot be shown.

    ``silent`` is where there is no record of the time at all, so that nothing follows from it.
    """

    start: datetime
    end: datetime
    facts: tuple[Fact, ...]
    more: int
    counts: tuple[str, ...]
    limits: tuple[str, ...]
    silent: bool
    digest: str
    found_at: datetime


def shown(evidence: Evidence, claim: Claim) -> Shown:
    """The evidence that was frozen with a claim, in sentences."""
    told: dict[str, Any] = json.loads(evidence.body)
    facts = sorted(_facts(told, claim), key=lambda one: (not one[1].named, one[0]))
    window = told["window"]
    return Shown(
        start=_instant(window["from"]),
        end=_instant(window["to"]),
        facts=tuple(fact for _at, fact in facts[:MOST]),
        more=max(0, len(facts) - MOST),
        counts=tuple(_counts(told["totals"])),
        limits=_limits(told["limits"]),
        silent=any(one["limit"] == Limit.NO_EVIDENCE for one in told["limits"]),
        digest=evidence.digest,
        found_at=evidence.found_at,
    )


def _facts(told: Mapping[str, Any], claim: Claim) -> Iterator[tuple[str, Fact]]:
    """Every fact worth a sentence, with the stamp by which it is sorted."""
    for one in told["messages"]:
        if one["came"] in CAME:
            at = one["arrived_at"] or one["ended_at"] or ""
            yield at, _message(one, claim)
    for one in told["deposits"]:
        if not one["saved"]:
            words = _("On %(at)s the store could not save a message into your mailbox.")
            yield one["at"], _fact(words % {"at": _at(one["at"])}, one["where"], ours=True)
    for one in told["refusals"]:
        yield one["at"], _refusal(one, claim)
    for one in told["sign_ins"]:
        if one["ours"]:
            words = _("On %(at)s an attempt to get in by %(way)s was refused by our fault.")
            sentence = words % {"at": _at(one["at"]), "way": one["way"].upper()}
            yield one["at"], _fact(sentence, one["where"], ours=True)
    for one in told["edges"]:
        words = (
            _("On %(at)s the service %(service)s stopped.")
            if one["edge"] == Edge.STOPPED
            else _("On %(at)s the service %(service)s started.")
        )
        sentence = words % {"at": _at(one["at"]), "service": one["service"]}
        yield one["at"], _fact(sentence, one["where"], ours=one["edge"] == Edge.STOPPED)


def _message(one: Mapping[str, Any], claim: Claim) -> Fact:
    waited = one["waited_us"]
    told = {
        "sender": _sender(one["sender"]),
        "arrived": _at(one["arrived_at"]),
        "ended": _at(one["ended_at"]),
        "waited": _("some time") if waited is None else lasting(waited),
    }
    sentence = str(CAME[one["came"]]) % told
    if one["cause"] is not None and one["came"] != Came.NEVER_OURS:
        sentence = f"{sentence} {CAUSES[one['cause']]}"
    first, last = one["first"], one["last"]
    ref = Ref(last["file"], first["line"], last["line"], last["sha256"])
    if first["file"] != last["file"]:
        ref = Ref(last["file"], last["line"], last["line"], last["sha256"])
    ours = one["cause"] == Cause.OURS
    return Fact(sentence, ref, ours, _is_named(one["sender"], claim))


def _refusal(one: Mapping[str, Any], claim: Claim) -> Fact:
    again = one["code"] < 500
    words = (
        _(
            "On %(at)s we did not take a message from %(sender)s and asked its server to try again"
            " later."
        )
        if again
        else _("On %(at)s we refused a message from %(sender)s: its sender was told so.")
    )
    sentence = words % {"at": _at(one["at"]), "sender": _sender(one["sender"])}
    sentence = f"{sentence} {CAUSES[one['cause']]}"
    ours = one["cause"] == Cause.OURS
    return _fact(sentence, one["where"], ours=ours, named=_is_named(one["sender"], claim))


def _fact(sentence: str, where: Mapping[str, Any], *, ours: bool, named: bool = False) -> Fact:
    ref = Ref(where["file"], where["line"], where["line"], where["sha256"])
    return Fact(sentence, ref, ours, named)


def _counts(totals: Mapping[str, int]) -> Iterator[str]:
    at_once = totals["delivered"]
    if at_once:
        yield ngettext(
            "One message was delivered to you at once.",
            "%(n)d messages were delivered to you at once.",
            at_once,
        ) % {"n": at_once}
    if good := totals["sign_ins_good"]:
        yield ngettext(
            "You got into your mailbox once.",
            "You got into your mailbox %(n)d times.",
            good,
        ) % {"n": good}
    if refused := totals["sign_ins_refused"]:
        yield ngettext(
            "One attempt to get in failed by a wrong password or address.",
            "%(n)d attempts to get in failed by a wrong password or address.",
            refused,
        ) % {"n": refused}


def _limits(told: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """What cannot be shown: what is always true first, then the gaps, the first of many."""
    kinds = sorted(told, key=lambda one: one["span"] is not None)
    said = list(dict.fromkeys(_limit(one) for one in kinds))
    if len(said) > MOST_LIMITS:
        said = list(dict.fromkeys((*said[:MOST_LIMITS], str(LIMITS[Limit.CUT]))))
    return tuple(said)


def _limit(one: Mapping[str, Any]) -> str:
    span = one["span"]
    told = {"start": "", "end": ""}
    if span is not None:
        told = {"start": _at(span["from"]), "end": _at(span["to"])}
    words = str(LIMITS[one["limit"]])
    return (
        words % told
        if span is not None or "%(" not in words
        else _("Part of this time is in no record.")
    )


def _is_named(sender: str | None, claim: Claim) -> bool:
    """Whether the sender is whom the claim names, by address or by domain."""
    if not sender:
        return False
    named = [
        word.strip("<>,;()").casefold()
        for word in claim.counterparty.split()
        if "@" in word or "." in word
    ]
    address = sender.casefold()
    return any(address == word or address.endswith(f"@{word.rpartition('@')[2]}") for word in named)


def _sender(sender: str | None) -> str:
    return sender if sender else _("a sender without an address")


def lasting(microseconds: int) -> str:
    """``2 ore e 5 minuti``; below a minute, in seconds."""
    if microseconds < 60_000_000:
        seconds = max(1, microseconds // 1_000_000)
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    return days.lasting(timedelta(microseconds=microseconds))


def _instant(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)


def _at(stamp: str | None) -> str:
    """``il 23 gennaio 2023 alle 02:05:16``, in the holders' zone."""
    if stamp is None:
        return _("an unknown day")
    local = _instant(stamp).astimezone(zone())
    told = {"day": days.the(local.date()), "time": f"{local:%H:%M:%S}"}
    return _("%(day)s at %(time)s") % told
