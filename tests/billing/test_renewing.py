"""`ristoro ledger renew`: whose subscription goes on has a next bill."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ristoro import env, wiring
from ristoro.cli.ledger import app
from ristoro.estate.sample import sample
from ristoro.kernel.errors import BadInput

PLUS, ENDED = "plus5@libero.it", "ends.22jan@libero.it"
DAY = date(2027, 12, 31)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path))
    snapshot = tmp_path / "estate.parquet"
    sample(100, 2023, snapshot)
    with closing(wiring.ledger(env.current())) as ledger:
        ledger.take_in(snapshot)
    return tmp_path


def renew(*addresses: str, until: date = DAY) -> Result:
    return CliRunner().invoke(app, ["renew", "--until", str(until), *addresses])


def paid_until(address: str) -> date | None:
    with closing(wiring.ledger(env.current())) as ledger:
        return ledger.read([address])[0].paid_until


def test_renewed_subscriptions_are_paid_until_that_day_and_say_why() -> None:
    assert "2 subscriptions" in renew(PLUS, ENDED).stdout
    assert [paid_until(one) for one in (PLUS, ENDED)] == [DAY, DAY]
    assert "renewed" in CliRunner().invoke(app, ["show", PLUS]).stdout


def test_the_same_again_does_nothing() -> None:
    renew(PLUS)
    assert "0 subscriptions" in renew(PLUS).stdout


@pytest.mark.parametrize("wrong", ["free@libero.it", "nobody@example.org"])
def test_one_without_a_subscription_renews_nobody(wrong: str) -> None:
    before = paid_until(PLUS)
    refused = renew(PLUS, wrong)
    assert isinstance(refused.exception, BadInput)
    assert wrong in str(refused.exception)
    assert paid_until(PLUS) == before


def test_a_day_that_is_earlier_is_refused() -> None:
    refused = renew(PLUS, until=date(2020, 1, 1))
    assert isinstance(refused.exception, BadInput)
