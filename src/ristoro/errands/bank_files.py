"""The bank's files are read, looked at and applied: minutes, for one of 100,000 payments.

A file lies in the folder of payments under its digest from when it was sent. One whose reading was
cancelled is removed by itself; one whose applying was stopped is gone on with, by asking again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ristoro.errands.payments import folder
from ristoro.fulfilment.payments import files, reading
from ristoro.fulfilment.payments.models import BankFile
from ristoro.kernel.errors import Missing, Problem
from ristoro.staff.models import Role
from ristoro.staff.people import Person, find, require
from ristoro.workers import bookings, errands
from ristoro.workers.errands import Teller
from ristoro.workers.models import Errand

READ, APPLY = "read-bank-file", "apply-bank-file"


def ask_read(pieces: Iterable[bytes], name: str, person: Person, key: str, at: datetime) -> Errand:
    """Keep a file that was sent, and ask for it to be read; ``BadInput`` where it is too large."""
    require(person, Role.FINANCE)
    digest = reading.arrive(pieces, name, folder())
    return errands.ask(READ, {"file": digest, "name": name}, person, key, at)


def ask_look(file: BankFile, person: Person, key: str, at: datetime) -> Errand:
    """Ask for a file that was read to be looked at again, as payments stand now."""
    require(person, Role.FINANCE)
    return errands.ask(READ, {"file": file.digest, "name": file.name}, person, key, at)


def ask_apply(file: BankFile, person: Person, key: str, at: datetime) -> Errand:
    """Ask for a file to be applied, from where it was stopped if it was."""
    require(person, Role.FINANCE)
    return errands.ask(APPLY, {"file": file.digest}, person, key, at)


def do_read(teller: Teller) -> dict[str, Any]:
    """``params``: ``file``, by its digest, and ``name``. It is read whole, then looked at."""
    digest, name = str(teller.params["file"]), str(teller.params["name"])
    path = folder() / files.named(digest)
    if not path.is_file():
        raise Missing(
            Problem(
                "not-there",
                f"the file {name!r} is not in the folder any more",
                "what is sent and not read is removed after some hours",
                "send it again",
            )
        )
    person = find(teller.errand.person)
    teller.begin("read-bank-file", path.stat().st_size)
    kept = reading.take_in(digest, name, folder(), person, teller.clock(), teller.advance)
    if kept.applied_at is None:
        teller.begin("look-bank-file", kept.lines - kept.done)
        reading.look(kept, folder(), teller.clock(), teller.advance)
    return {"file": digest, "lines": kept.lines}


def do_apply(teller: Teller) -> dict[str, Any]:
    """``params``: ``file``, by its digest. Workers look at once at what it has settled."""
    kept = reading.file_of(str(teller.params["file"]))
    person = find(teller.errand.person)
    teller.begin("apply-bank-file", kept.lines - kept.done)
    at = teller.clock()
    applied = reading.apply(kept, folder(), person, at, teller.advance)
    bookings.look_after(applied.begun_at or at)
    return {"file": applied.digest, "counts": applied.counts}
