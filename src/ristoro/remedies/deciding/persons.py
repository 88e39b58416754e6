"""What a remedy gives once a person, or at most a person: settled among one holder's mailboxes.

``settle`` does it in Python for one holder. ``owed_sql`` and ``settled_sql`` do it for everybody
at once; their one row a mailbox whose outcome changes is joined by the remedy's own statement.
A mailbox without a holder is a person by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from ristoro.remedies.language.checked import GIVEN_ONCE, PERSON_CAP, CheckedRemedy
from ristoro.remedies.language.evaluate import Known, evaluate
from ristoro.remedies.language.judge import Judged, judge, zero
from ristoro.remedies.language.types import as_int


def person_cap(remedy: CheckedRemedy, known: Known) -> int | None:
    """The most that one holder's mailboxes get of a remedy together, in base units."""
    return as_int(evaluate(remedy.person_cap, known)) if remedy.person_cap else None


def judge_all(
    remedy: CheckedRemedy, everybody: Mapping[int, Known], currency: str
) -> dict[int, Judged]:
    """The outcomes of all mailboxes of one holder, whose values are given by id."""
    owed = [(number, judge(remedy, known, currency)) for number, known in everybody.items()]
    some = next(iter(everybody.values()))
    return settle(remedy, owed, person_cap(remedy, some))


Owed = tuple[int, Judged]
"""A mailbox by its id, and what it gets."""


def settle(remedy: CheckedRemedy, owed: Iterable[Owed], cap: int | None) -> dict[int, Judged]:
    """What each mailbox of one holder keeps of what its own rules give it.

    Of a remedy that is counted once a person the largest amount stays, at the lowest id of
    equals. Then the cap is filled in order of ids.
    """
    settled = dict(sorted(owed))
    given = [(number, one) for number, one in settled.items() if not one.reason]
    if remedy.once_a_person and given:
        keeps = max(given, key=lambda pair: (pair[1].amount, -pair[0]))
        for number, one in given:
            if number != keeps[0]:
                settled[number] = _nothing(remedy, one, GIVEN_ONCE)
        given = [keeps]
    if cap is None:
        return settled
    left = cap
    for number, one in given:
        kept = min(one.amount, left)
        left -= kept
        if kept == 0:
            settled[number] = _nothing(remedy, one, PERSON_CAP)
        elif kept < one.amount:
            settled[number] = _cut(one, kept)
    return settled


def _nothing(remedy: CheckedRemedy, one: Judged, reason: str) -> Judged:
    at = next(at for at, rule in enumerate(remedy.rules) if rule.name == one.rule)
    return zero(remedy, at, reason, one.currency)


def _cut(one: Judged, kept: int) -> Judged:
    """The same with less: service days end earlier, storage grows by less."""
    until = one.until
    if until is not None:
        until -= timedelta(days=one.amount - kept)
    target = None if one.base is None else one.base + kept
    return replace(one, amount=kept, until=until, target=target)


# The same in SQL


def table_of(remedy: CheckedRemedy) -> str:
    """The table of a remedy's settled mailboxes."""
    return f"settled_{remedy.name.replace('-', '_')}"


def owed_sql(layers: str, cap: int | None) -> str:
    """Who is owed what before it is settled; ``layers`` has it as ``own_amount``.

    Left out is whoever cannot change: a mailbox alone, under the cap.
    """
    alone = "" if cap is None else f" OR m.own_amount > {cap}"
    return f"""SELECT
  COALESCE('h ' || m.holder_id, 'm ' || CAST(m.mailbox_id AS VARCHAR)) AS person,
  m.mailbox_id, m.own_amount
FROM ({layers}) AS m
WHERE m.own_ending = 0 AND m.own_amount > 0 AND (m.holder_id IS NOT NULL{alone})"""  # noqa: S608 - written by the compiler


def settled_sql(remedy: CheckedRemedy, owed: str, cap: int | None, endings: tuple[int, int]) -> str:
    """What changes: the amount kept, and how it ended; ``endings`` are those of the two reasons."""
    once, capped = endings
    place = "ROW_NUMBER() OVER (PARTITION BY person ORDER BY own_amount DESC, mailbox_id)"
    if not remedy.once_a_person:
        place = "1"
    kept = "CASE WHEN place = 1 THEN own_amount ELSE 0 END"
    if cap is not None:
        # what the mailboxes before it use up of the cap, and never more than the cap from one
        before = (
            f"CAST(SUM(CASE WHEN place = 1 THEN LEAST(own_amount, {cap}) ELSE 0 END)"
            " OVER (PARTITION BY person ORDER BY mailbox_id"
            " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT)"
            f" - LEAST(own_amount, {cap})"
        )
        left = f"GREATEST({cap} - ({before}), 0)"
        kept = f"CASE WHEN place = 1 THEN LEAST(own_amount, {left}) ELSE 0 END"
    return f"""SELECT mailbox_id, CAST(kept AS BIGINT) AS kept,
  CAST(CASE WHEN kept > 0 THEN 0 WHEN place > 1 THEN {once} ELSE {capped} END AS BIGINT) AS ending
FROM (
  SELECT mailbox_id, own_amount, place, {kept} AS kept
  FROM (SELECT person, mailbox_id, own_amount, {place} AS place
    FROM ({owed}) AS owed) AS placed
) AS settled
WHERE kept <> own_amount"""  # noqa: S608 - written by the compiler
