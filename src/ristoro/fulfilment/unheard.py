"""Who has not been heard, by name: given nothing, did not say no, and did not lapse.

The list is for people: a call, a letter by post, another look at the mail host. Until somebody on
it is heard or given what is theirs, the run cannot be closed (``statement``).
"""

from __future__ import annotations

import csv
import enum
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from datetime import date
from typing import TextIO

from ristoro.fulfilment.consent import REACHED
from ristoro.fulfilment.models import Consent, Grant, GrantState
from ristoro.fulfilment.receipts import number_of
from ristoro.kernel.keys import BUCKETS, row_bounds
from ristoro.kernel.sheets import safe
from ristoro.notices.models import Notice
from ristoro.remedies.models import Run


class Why(enum.Enum):
    """Why somebody is on the list."""

    NOT_REACHED = "not-reached"
    """No letter lies in the mailbox."""
    NO_ANSWER = "no-answer"
    """The last day has passed, and by the policy silence neither gives nor takes away."""
    NOT_MADE = "not-made"
    """Said yes, or was owed it without asking, and it could not be made."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """One grant of a mailbox on the list; ``result`` is the code of what stood against it."""

    address: str
    number: str
    remedy: int
    deadline: date | None
    why: str
    result: str


def unheard(run: Run, today: date) -> Iterator[Unheard]:
    """Every grant that ends neither made nor declined nor lapsed by itself, in order of bucket.

    Those that wait and were reached, with days left to answer, are not on it; ``today`` is a day
    of the policy's zone.
    """
    states = (GrantState.WAITING, GrantState.REFUSED)
    for bucket in range(BUCKETS):
        lo, hi = row_bounds(bucket, run.id)
        here = Grant.objects.filter(id__gte=lo, id__lt=hi, run_id=run.id, state__in=states)
        grants = list(here.order_by("id"))
        if not grants:
            continue
        letters = Notice.objects.filter(id__gte=lo, id__lt=hi, run_id=run.id)
        reached = set(letters.filter(state__in=REACHED).values_list("mailbox_id", flat=True))
        refused = dict(letters.exclude(result="").values_list("mailbox_id", "result"))
        for grant in grants:
            why = _why(grant, grant.mailbox_id in reached, today)
            if why is not None:
                result = grant.result or refused.get(grant.mailbox_id, "")
                yield Unheard(
                    grant.address,
                    number_of(grant.id),
                    grant.remedy,
                    grant.deadline,
                    why.value,
                    result,
                )


def write(listed: Iterable[Unheard], file: TextIO) -> int:
    """As CSV with a head, safe to open in a spreadsheet; how many lines."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(field.name for field in fields(Unheard))
    count = 0
    for one in listed:
        writer.writerow(safe(value) for value in astuple(one))
        count += 1
    return count


def _why(grant: Grant, reached: bool, today: date) -> Why | None:
    if grant.state == GrantState.REFUSED:
        return Why.NOT_MADE
    if grant.consent == Consent.AUTOMATIC:
        return None
    if not reached:
        return Why.NOT_REACHED
    late = grant.deadline is not None and grant.deadline < today
    return Why.NO_ANSWER if late else None
