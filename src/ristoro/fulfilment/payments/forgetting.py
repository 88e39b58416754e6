"""Deleting files that have names and account numbers in clear, once they have done their work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from ristoro.fulfilment.payments import files
from ristoro.fulfilment.payments.models import BankFile, Batch, BatchState, Payment, Stray
from ristoro.fulfilment.payments.states import ENDED
from ristoro.journal import names
from ristoro.journal.append import append


def forget(folder: Path, kept_for: timedelta, actor: str, at: datetime) -> int:
    """Delete files of batches and of the bank that are older, and settled; how many.

    A batch's file stays while one of its payments has not ended, or ended since; a file of the
    bank's while it is not applied, or one of its lines is open. Digests and figures stay.
    """
    before = at - kept_for
    gone = [
        digest
        for digest in (*_batches(before), *_bank_files(before))
        if (folder / files.named(digest)).is_file()
    ]
    if gone:
        with transaction.atomic():
            data = {"files": gone}
            append(actor, names.BANK_FILES_FORGOTTEN, "payments", data, at)
        for digest in gone:
            (folder / files.named(digest)).unlink(missing_ok=True)
    return len(gone)


def _batches(before: datetime) -> Iterator[str]:
    for batch in Batch.objects.filter(state=BatchState.RELEASED, released_at__lt=before):
        rows = Payment.objects.filter(batch=batch)
        unsettled = rows.exclude(state__in=ENDED) | rows.filter(since__gte=before)
        if not unsettled.exists():
            yield batch.digest


def _bank_files(before: datetime) -> Iterator[str]:
    for file in BankFile.objects.filter(applied_at__lt=before):
        if not Stray.objects.filter(file=file, handled_at=None).exists():
            yield file.digest
