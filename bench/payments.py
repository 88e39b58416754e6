"""100,000 payments made, half of the bank's answers lost, the process killed: what it took.

The same storm as the test suite's, fifty times as large: batches of 20,000, a file each, held
against the schema; two statements, a report, and SIGKILL in between. At the end every payment is
booked, refused or sent back exactly as the bank says, none twice, and the books balance.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import ristoro.start  # sets Django up before the tables are imported

# isort: split
from django.conf import settings
from tests import databases
from tests.payments.made import staff
from tests.payments.storm import LATER, Storm, refusals

from bench import record
from ristoro.fulfilment.payments import batches
from ristoro.fulfilment.payments.models import Batch, Payment, PaymentState, Stray
from ristoro.fulfilment.payments.states import OPEN
from ristoro.kernel.errors import NotAllowed

PAYMENTS = 100_000
KILLS = 4

assert ristoro.start


def timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return round(time.perf_counter() - began, 1)


def main(payments: int = PAYMENTS) -> None:
    """Measure and write ``results/payments.json``."""
    settings.SECRET_KEY = "a key of the bench"
    with tempfile.TemporaryDirectory(prefix="ristoro-bench-") as name:
        folder = Path(name)
        fresh = databases.copy_sqlite(databases.make_sqlite_template(folder), folder)
        with databases.pointed_at(fresh):
            record.write("payments", measured(Storm(staff(), folder / "bank", payments)))


def measured(storm: Storm) -> dict[str, object]:
    """Everything from the list to the balanced books."""
    storm.begin()
    sent = timed(lambda: storm.survive(storm.send, KILLS))
    ordered = storm.pay()
    told, lost = storm.answers(ordered)
    first = timed(lambda: storm.survive(storm.read(told), KILLS))
    unknown = Payment.objects.filter(state__in=OPEN).count()
    with suppress(NotAllowed):
        batches.prepare(storm.team.finance, storm.debtor, LATER)
        raise AssertionError("what is unknown was put into another batch")
    second = timed(lambda: storm.survive(storm.read([*lost, refusals(ordered), *told]), KILLS))
    storm.check()
    counted = {
        state.name.lower(): Payment.objects.filter(state=state).count()
        for state in (PaymentState.BOOKED, PaymentState.REFUSED, PaymentState.RETURNED)
    }
    return {
        "versions": {"sqlite": sqlite3.sqlite_version},
        "payments": storm.count,
        "batches": Batch.objects.exclude(digest="").count(),
        "octets_of_files": sum(Batch.objects.values_list("octets", flat=True)),
        "kills": storm.kills,
        "send_s": sent,
        "read_half_s": first,
        "unknown_then": unknown,
        "read_rest_s": second,
        **counted,
        "paid_twice": sum(times > 1 for times in storm.paid.values()),
        "lost": storm.count - len(storm.paid),
        "strays": Stray.objects.count(),
        "books_balance": True,
    }


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
