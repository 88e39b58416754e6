"""A billing system over HTTP: batches with idempotency keys, lost answers looked up, not resent.

``docs/billing.md`` has the contract that the other side keeps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from ristoro.edges.billing.contract import (
    CreditAsk,
    CreditReading,
    ExtensionAsk,
    SubscriptionReading,
    Where,
)
from ristoro.edges.billing.exchange import Answer, Line, ask
from ristoro.kernel.keys import canonical_json
from ristoro.kernel.outcome import DONE, Ending, Result

MOST_AT_ONCE = 100
"""Asks in one request."""

_ENDINGS = {ending.value: ending for ending in Ending}
_MOST_TOLD = 200
_ABSENT = Result(Ending.REFUSED, "absent")
_NO_SUBSCRIPTION = Result(Ending.REFUSED, "no-subscription")

T = TypeVar("T")


class HttpBilling:
    """``edges.billing.contract.Billing`` over HTTP. One instance serves one thread."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def extend(self, asks: Sequence[ExtensionAsk], *, reason: str) -> list[Result]:
        """See the contract; what no answer speaks of is unknown."""
        told = [
            {
                "key": one.key,
                "address": one.address,
                "base_until": one.base_until.isoformat(),
                "until": one.until.isoformat(),
            }
            for one in asks
        ]
        return self._do("/extensions", told, reason)

    def credit(self, asks: Sequence[CreditAsk], *, reason: str) -> list[Result]:
        """See the contract; what no answer speaks of is unknown."""
        return self._do("/credits", [_told(one) for one in asks], reason)

    def look(self, keys: Sequence[str]) -> list[Result]:
        """Whether each key was booked; unknown where it is still at work, or nobody could say."""
        return [_looked(answer, entry) for answer, entry in self._bookings(keys)]

    def read(self, addresses: Sequence[str]) -> list[SubscriptionReading]:
        """Until when each subscription is paid now."""
        return [
            _subscription(answer, entry)
            for answer, entry in self._ask("/subscriptions", "addresses", "address", addresses)
        ]

    def read_credits(self, keys: Sequence[str]) -> list[CreditReading]:
        """The credit booked under each key."""
        return [
            _credit(key, answer, entry)
            for key, (answer, entry) in zip(keys, self._bookings(keys), strict=True)
        ]

    def close(self) -> None:
        """Nothing stays open between two requests."""

    def _do(self, path: str, told: Sequence[Mapping[str, Any]], reason: str) -> list[Result]:
        results: list[Result] = []
        for some in _batches(told):
            body = {"reason": reason, "asks": some}
            key = hashlib.sha256(path.encode() + canonical_json(body)).hexdigest()
            answer = ask(self._line, path, body, key)
            by_key = _by(answer, "results", "key")
            results += [_ended(answer, by_key.get(one["key"])) for one in some]
        return results

    def _bookings(self, keys: Sequence[str]) -> Iterator[tuple[Answer, Mapping[str, Any] | None]]:
        return self._ask("/lookups", "keys", "key", keys)

    def _ask(
        self, path: str, asked: str, name: str, these: Sequence[str]
    ) -> Iterator[tuple[Answer, Mapping[str, Any] | None]]:
        """The answer for each, in order; a question changes nothing and has no key."""
        for some in _batches(these):
            answer = ask(self._line, path, {asked: list(some)})
            entries = _by(answer, "results", name)
            yield from ((answer, entries.get(one)) for one in some)


def _batches(these: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(these), MOST_AT_ONCE):
        yield these[start : start + MOST_AT_ONCE]


def _by(answer: Answer, members: str, name: str) -> dict[str, Mapping[str, Any]]:
    """The members of an answer by their name; what is told twice is told by nobody."""
    listed = answer.data.get(members) if isinstance(answer.data, dict) else None
    found: dict[str, Mapping[str, Any]] = {}
    twice = set()
    for entry in listed if isinstance(listed, list) else ():
        called = entry.get(name) if isinstance(entry, dict) else None
        if isinstance(called, str):
            twice |= {called} & set(found)
            found[called] = entry
    return {called: entry for called, entry in found.items() if called not in twice}


def _ended(answer: Answer, entry: Mapping[str, Any] | None) -> Result:
    if not answer.result.done:
        return answer.result
    ending = _ENDINGS.get(str(entry.get("ending"))) if entry else None
    if entry is None or ending is None:
        return _garbage()
    return Result(ending, _code(entry, ending), str(entry.get("text", ""))[:_MOST_TOLD])


def _looked(answer: Answer, entry: Mapping[str, Any] | None) -> Result:
    if not answer.result.done:
        return Result(Ending.UNKNOWN, answer.result.code, answer.result.text)
    match entry.get("state") if entry else None:
        case "booked":
            return Result(Ending.DONE, "booked")
        case "absent":
            return _ABSENT
        case "pending":
            return Result(Ending.UNKNOWN, "pending", "the billing system is still at it")
    return _garbage()


def _subscription(answer: Answer, entry: Mapping[str, Any] | None) -> SubscriptionReading:
    if not answer.result.done:
        return SubscriptionReading(_unread(answer.result))
    if entry is None or "paid_until" not in entry:
        return SubscriptionReading(_unread(_garbage()))
    until = entry["paid_until"]
    if until is None:
        return SubscriptionReading(_NO_SUBSCRIPTION)
    try:
        return SubscriptionReading(DONE, date.fromisoformat(until))
    except (TypeError, ValueError):
        return SubscriptionReading(_unread(_garbage()))


def _credit(key: str, answer: Answer, entry: Mapping[str, Any] | None) -> CreditReading:
    looked = _looked(answer, entry)
    if not looked.done:
        return CreditReading(_unread(looked))
    told = entry.get("credit") if entry else None
    if told is None:
        return CreditReading(_ABSENT)  # a move of a day, not a credit
    try:
        amount = told["amount"]
        if type(amount) is not int:
            raise TypeError("an amount is whole minor units")
        where = Where(told["where"])
        booked = CreditAsk(key, str(told["address"]), amount, str(told["currency"]), where)
    except (KeyError, TypeError, ValueError):
        return CreditReading(_unread(_garbage()))
    return CreditReading(DONE, booked)


def _told(one: CreditAsk) -> dict[str, Any]:
    return {
        "key": one.key,
        "address": one.address,
        "amount": one.amount,
        "currency": one.currency,
        "where": one.where.value,
    }


def _unread(result: Result) -> Result:
    """A reading changes nothing: what is not known of it may simply be read again."""
    if result.ending is Ending.UNKNOWN:
        return Result(Ending.DEFERRED, result.code, result.text)
    return result


def _code(entry: Mapping[str, Any], ending: Ending) -> str:
    """The code as the other side names it, where a code it is."""
    code = entry.get("code")
    plain = isinstance(code, str) and 0 < len(code) <= 40 and code.replace("-", "").isalnum()
    return str(code) if plain else f"billing-{ending.value}"


def _garbage() -> Result:
    return Result(Ending.UNKNOWN, "billing-garbage", "the answer does not say what came of it")
