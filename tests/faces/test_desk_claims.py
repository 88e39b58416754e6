"""What an agent sees of a verified caller's claims: number and state, and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.test import Client
from tests.faces.calls import PLUS, gina, verified
from tests.faces.test_console import words_of

from ristoro.claims.models import Claim, ClaimState, CostKind, Lost
from ristoro.claims.states import OPEN
from ristoro.faces.desk import screen

__all__ = ["gina"]
AT = datetime(2023, 2, 6, 10, tzinfo=UTC)


def made(number: str, state: ClaimState, address: str = PLUS) -> None:
    Claim.objects.create(
        mailbox_id=7, bucket=7, key=number, number=number, address=address, brand="libero",
        locale="it", outage="o", outage_digest="d", lost=Lost.OTHER, counterparty="nome segreto",
        cost_minor=12_345, currency="EUR", cost_kind=CostKind.PAID, how="un racconto segreto",
        state=state, since=AT, begun_at=AT, saved_at=AT, filed_at=AT, due_on=date(2023, 3, 6),
    )  # fmt: skip


def test_an_agent_sees_number_and_state_of_open_claims_alone(gina: Client) -> None:
    made("R-2023-000001", ClaimState.FILED)
    made("R-2023-000002", ClaimState.SETTLED)
    made("R-2023-000003", ClaimState.FILED, "another@libero.it")
    told = words_of(gina.get(verified(gina)))
    assert "Richiesta di risarcimento R-2023-000001: ricevuta, da esaminare" in told
    for absent in ("R-2023-000002", "R-2023-000003", "segreto", "123,45"):
        assert absent not in told


def test_every_open_state_has_words() -> None:
    assert set(screen.CLAIMS) == set(OPEN)
