"""The seal of a batch: what was prepared is what is released, or nothing is."""

from __future__ import annotations

import hashlib
import hmac

from ristoro.edges.billing.sepa.accounts import Debtor
from ristoro.fulfilment.payments.models import Batch, Payment
from ristoro.fulfilment.payments.payee_marks import key_for

_PURPOSE = b"ristoro batch seals"


class Seal:
    """Draws one number from all that a batch is: who pays, who prepared it, and each payment.

    Payments are given in the batch's order. Without our key nobody can draw it, so that whoever can
    write into the database alone cannot have another sum, account or text released.
    """

    def __init__(self, batch: Batch, debtor: Debtor) -> None:
        self._drawn = hmac.new(key_for(_PURPOSE), digestmod=hashlib.sha256)
        self._add(
            *(batch.name, batch.prepared_by, batch.prepared_by_id, batch.single_known),
            *(debtor.name, debtor.iban, debtor.bic, debtor.identifier, debtor.issuer),
            *(batch.execute_on.isoformat(), batch.currency),
        )

    def add(self, payment: Payment, mark: str) -> None:
        """Take one payment in, to the account with that mark."""
        self._add(
            *(payment.pk, payment.end_to_end, payment.mailbox_id, payment.amount),
            *(payment.currency, payment.nature, payment.about, mark),
        )

    def drawn(self, count: int, total: int) -> str:
        """The seal, once every payment was taken in."""
        self._add(count, total)
        return self._drawn.hexdigest()

    def _add(self, *fields: object) -> None:
        for field in fields:
            text = str(field).encode()
            self._drawn.update(len(text).to_bytes(4, "big") + text)
