"""Which billing system serves follows from the settings, and no secret has a default."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from ristoro import wiring
from ristoro.edges.billing.http import HttpBilling
from ristoro.edges.billing.ledger import Ledger
from ristoro.env import Environment
from ristoro.kernel.errors import Missing


def settings(home: Path, **values: str) -> Environment:
    return Environment({"RISTORO_HOME": str(home), **values})


def test_without_an_address_the_ledger_file_serves(tmp_path: Path) -> None:
    with closing(wiring.billing_system(settings(tmp_path))) as billing:
        assert isinstance(billing, Ledger)


def test_with_an_address_and_a_token_the_billing_system_serves(tmp_path: Path) -> None:
    named = settings(
        tmp_path, RISTORO_BILLING_URL="https://billing.example/v1", RISTORO_BILLING_TOKEN="parola"
    )
    assert isinstance(wiring.billing_system(named), HttpBilling)
    assert not (tmp_path / "ledger.sqlite").exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "RISTORO_BILLING_TOKEN"),
        ({"RISTORO_BILLING_TOKEN": "parola", "RISTORO_BILLING_CA": "nowhere.pem"}, "_CA"),
        ({"RISTORO_BILLING_TOKEN": "parola", "RISTORO_BILLING_SECONDS": "0"}, "_SECONDS"),
        ({"RISTORO_BILLING_TOKEN": "parola", "RISTORO_BILLING_URL": "http://far.example"}, "far"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    tmp_path: Path, values: dict[str, str], field: str
) -> None:
    known = {"RISTORO_BILLING_URL": "https://billing.example/v1", **values}
    with pytest.raises(Missing, match=field):
        wiring.billing_system(settings(tmp_path, **known))
