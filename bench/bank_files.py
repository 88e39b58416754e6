"""Files of 100,000 payments: what each takes of time and memory to write, to read and to apply.

Each is done in a process of its own, whose peak of memory is told beside that of one that does
nothing. The files are what a bank sends: every payment an entry, all of them details of one entry,
a status each. camt.054 has the reader of camt.053. A statement of fewer is applied, and the archive
is of the books that follow from it.
"""

from __future__ import annotations

import io
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import ristoro.start  # sets Django up before the tables are imported

# isort: split
from django.conf import settings
from django.db import connection
from tests import databases
from tests.payments.made import AT, DEBTOR, IBAN, staff
from tests.sepa import bank
from tests.sepa.bank import Line

from bench import record
from ristoro.edges.billing.sepa import schema
from ristoro.edges.billing.sepa.initiation import Order, Transfer, write
from ristoro.edges.billing.sepa.messages import Message
from ristoro.fulfilment.books import exporting
from ristoro.fulfilment.books.exporting import Style
from ristoro.fulfilment.books.models import BookEntry
from ristoro.fulfilment.books.reading import Wanted
from ristoro.fulfilment.payments import files, reading
from ristoro.fulfilment.payments.models import Payment, PaymentState
from ristoro.kernel.keys import bucket_of
from ristoro.staff import people

PAYMENTS = 100_000
APPLIED = 20_000
CENTS = 1999
LATER = AT + timedelta(days=2)

assert ristoro.start


def key_of(number: int) -> str:
    return f"libero-2023-01/{number}"


def order(path: Path, payments: int) -> None:
    """The file for the bank, written and held against the schema."""
    transfers = (
        Transfer(key_of(one), f"Anna Rossi {one}", IBAN, CENTS, "Rimborso")
        for one in range(payments)
    )
    asked = Order("RISTORO-1", AT, date(2026, 11, 24), DEBTOR, payments, payments * CENTS)
    with path.open("wb") as out:
        write(asked, transfers, out)
    schema.check(path)


def made(path: Path, kind: str, payments: int) -> None:
    """A file as a bank sends it."""
    keys = [key_of(one) for one in range(payments)]
    if kind == "pain.002":
        path.write_bytes(bank.status_report("RISTORO-1", [(one, "ACSP", "", "") for one in keys]))
        return
    lines = [Line(one, "19.99") for one in keys]
    if kind == "camt.053, one entry":
        path.write_bytes(bank.one_entry(lines, f"{payments * CENTS / 100:.2f}"))
        return
    path.write_bytes(bank.statement(lines))


def read(path: Path, payments: int) -> None:
    """Read to its end, as it is before anything is applied."""
    count = sum(1 for _ in Message(path.name).words(files.pieces(path)))
    if count != payments:
        raise RuntimeError(f"{count} lines were read of {payments}")


def sent(payments: int) -> None:
    """Payments that the bank has."""
    for first in range(0, payments, 1000):
        Payment.objects.bulk_create(
            Payment(key=key_of(one), end_to_end=key_of(one), mailbox_id=one, bucket=bucket_of(one),
                    address=f"holder{one}@libero.it", amount=CENTS, currency="EUR",
                    nature="price-reduction", about="Rimborso", state=PaymentState.SENT,
                    asked_at=AT, since=AT)
            for one in range(first, min(first + 1000, payments))
        )  # fmt: skip


def apply(path: Path, folder: Path) -> None:
    """Read it, see what it would change, and make it so."""
    fabia = people.find("fabia")
    kept = reading.receive(files.pieces(path), path.name, folder, fabia, LATER)
    reading.look(kept, folder, LATER)
    reading.apply(kept, folder, fabia, LATER)


def archive() -> None:
    """The accountants' archive, written to nowhere."""

    class Nowhere(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            return len(data)

    exporting.write(io.BufferedWriter(Nowhere()), Wanted(), Style(), LATER)


def costs(folder: Path, payments: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each piece of work, with what it took."""
    idle = record.in_child(lambda: None).peak_mib

    def done(work: Callable[[], object], path: Path | None = None) -> dict[str, Any]:
        connection.close()  # a connection must not be shared across a fork
        cost = record.in_child(work)
        told = {"wall_s": round(cost.wall_s, 1), "cpu_s": round(cost.cpu_s, 1),
                "peak_mib": cost.peak_mib, "more_mib": cost.peak_mib - idle}  # fmt: skip
        return told if path is None else {"octets": path.stat().st_size, **told}

    path = folder / "order.xml"
    cost = done(partial(order, path, payments))
    yield "write pain.001", {"octets": path.stat().st_size, **cost}
    for kind in ("pain.002", "camt.053", "camt.053, one entry"):
        path = folder / f"{kind.replace(', ', '-').replace(' ', '-')}.xml"
        done(partial(made, path, kind, payments))
        yield f"read {kind}", done(partial(read, path, payments), path)
    fewer = min(APPLIED, payments)
    path = folder / "fewer.xml"
    done(partial(made, path, "camt.053", fewer))
    done(partial(sent, fewer))
    found = done(partial(apply, path, folder / "bank"), path)
    yield "look at and apply camt.053", {"payments": fewer, **found}
    entries = BookEntry.objects.count()
    yield "write the books' archive", {"payments": entries, **done(archive)}


def main(payments: int = PAYMENTS) -> None:
    """Measure and write ``results/bank_files.json``."""
    settings.SECRET_KEY = "a key of the bench"
    with tempfile.TemporaryDirectory(prefix="ristoro-bench-") as name:
        folder = Path(name)
        fresh = databases.copy_sqlite(databases.make_sqlite_template(folder), folder)
        with databases.pointed_at(fresh):
            staff()
            found: dict[str, Any] = {}
            for what, cost in costs(folder, payments):
                found[what] = cost
                print(what, cost, flush=True)
            record.write(
                "bank_files",
                {
                    "versions": {"sqlite": sqlite3.sqlite_version},
                    "payments": payments,
                    "costs": found,
                },
            )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
