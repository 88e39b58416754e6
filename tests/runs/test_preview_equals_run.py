"""The preview is the run, to the cent and the byte: random estates, outages and policies, acted on.

What the page shows equals the outcomes, the rows that are loaded, and the statement after acting.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db.models import Count, Sum
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from tests.databases import Database, copy_sqlite, pointed_at
from tests.fulfilment.doubles import MemoryBilling, MemoryHost
from tests.remedies.oracle.random_estates import SCENES, Scene, estates, moments
from tests.remedies.oracle.random_outages import outages
from tests.remedies.oracle.random_policies import person_policies, policies

from ristoro.estate.columns import SNAPSHOT
from ristoro.fulfilment import act, rows, states
from ristoro.fulfilment.act import Doors
from ristoro.fulfilment.models import Grant, GrantState
from ristoro.fulfilment.report import kind_of, report
from ristoro.fulfilment.ways import payouts_of
from ristoro.kernel import frames
from ristoro.kernel.errors import BadInput
from ristoro.notices.models import Notice
from ristoro.remedies import runs
from ristoro.remedies.deciding.decide import decide
from ristoro.remedies.folder import preview
from ristoro.remedies.folder.preview import Preview
from ristoro.remedies.models import Run
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers.load import load

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def staffed(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[tuple[Path, Person]]:
    """A database with an operator in it, to copy from."""
    path = tmp_path_factory.mktemp("staffed") / "staffed.sqlite"
    shutil.copy(sqlite_template, path)
    with django_db_blocker.unblock():
        with pointed_at(Database("sqlite", f"sqlite://{path}")):
            olga = people.add("Olga", "quattro parole scelte", [Role.OPERATOR], actor="t", at=AT)
        yield path, olga


@st.composite
def generous(draw: st.DrawFn, scene: Scene) -> dict[str, Any]:
    """A policy of several remedies that gives much: space, time and money, asked for or not."""
    words = {"it": "Perché sì.", "en": "Because."}
    share = st.sampled_from(("7 percent", "20 percent", "33.3 percent", "150 percent"))
    rounding = st.sampled_from(("up", "down", "half-up", "half-even"))
    by = f"{(scene.day + timedelta(days=90)).isoformat()}"
    consents = st.sampled_from(
        (
            "automatic",
            "automatic",
            {"confirm": {"by": by, "silence": "give"}},
            {"claim": {"by": by}},
        )
    )
    since = "later(first_known(paid_until, outage.end_day), outage.end_day)"
    months = draw(st.integers(1, 7))
    gives: dict[str, dict[str, Any]] = {
        "storage": {"storage": f"{draw(share)} of storage", "rounding": draw(rounding)},
        "time": draw(
            st.sampled_from(
                (
                    {"extension": f"{months} months", "from": since},
                    {"service_days": "hindered.days_touched * 2", "from": since},
                )
            )
        ),
        "money": {
            draw(st.sampled_from(("credit", "refund", "indemnity"))): f"{draw(share)} of price",
            "rounding": draw(rounding),
        },
    }
    chosen = draw(st.lists(st.sampled_from(sorted(gives)), min_size=2, max_size=3, unique=True))
    whens = st.sampled_from(
        ("standing = 'good'", "hindered.total > 0 minutes", "storage > 1 GiB", "price > 0.00 EUR")
    )
    remedies = [
        {
            "remedy": name,
            "title": words,
            "lane": "indemnity",
            "accounting": "goodwill",
            "consent": draw(consents),
            "rules": [
                {"rule": "some", "when": draw(whens), "reference": "here", "give": gives[name]},
                {"rule": "owing", "when": "standing = 'arrears'", "reference": "here",
                 "nothing": "owing", "because": words},
            ],
            "otherwise": draw(
                st.sampled_from(({"give": gives[name]}, {"nothing": "none", "because": words}))
            ),
        }
        for name in chosen
    ]  # fmt: skip
    return {
        "policy": "generous",
        "version": "1",
        "title": words,
        "valid_from": "2020-01-01",
        "zone": scene.zone,
        "currency": "EUR",
        "references": {"here": "By chance"},
        "measures": {"hindered": {"components": "any of plan ways", "counts": "down or degraded"}},
        "remedies": remedies,
    }


@settings(
    max_examples=16,
    database=None,
    phases=(Phase.generate,),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_what_is_previewed_is_what_is_loaded_and_given(
    staffed: tuple[Path, Person], data: st.DataObject
) -> None:
    template, olga = staffed
    scene = data.draw(st.sampled_from(SCENES))
    kinds = (policies(scene), person_policies(scene), *[generous(scene)] * 4)
    policy = data.draw(data.draw(st.sampled_from(kinds)))
    outage, estate = data.draw(outages(scene)), data.draw(estates(scene, policy["currency"]))
    as_of = data.draw(moments(scene)) + timedelta(days=30)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _decide(folder, estate, outage, policy, as_of)
        found = preview.read(folder / "run")
        outcomes = pq.read_table(folder / "run/outcomes.parquet").to_pylist()
        by_id = {row["mailbox_id"]: row for row in estate}
        _shows_the_outcomes(found, outcomes, by_id)
        with pointed_at(copy_sqlite(template, folder)):
            run = runs.enter(folder / "run", olga, AT)
            load(run, olga, AT)
            _is_loaded(found, run)
            _make(run, estate)
            _is_stated(found, run)


def _decide(
    folder: Path,
    estate: list[dict[str, Any]],
    outage: dict[str, Any],
    policy: dict[str, Any],
    as_of: datetime,
) -> None:
    labels = {"as_of": as_of.isoformat(), "source_digest": "0" * 64, "digest": "0" * 64}
    table = pa.Table.from_pylist(estate, SNAPSHOT).replace_schema_metadata(
        {f"ristoro.{name}": text for name, text in labels.items()}
    )
    pq.write_table(table, folder / "estate.parquet")
    (folder / "outage.yaml").write_text(json.dumps(outage, indent=1))
    (folder / "policy.yaml").write_text(json.dumps(policy, indent=1))
    try:
        decide(
            folder / "estate.parquet", folder / "outage.yaml", folder / "policy.yaml",
            folder / "run", limits=frames.Limits(threads=1),
        )  # fmt: skip
    except BadInput as error:
        if [problem.code for problem in error.problems] != ["overflow"]:
            raise
        reject()
    preview.write(folder / "run")


def _shows_the_outcomes(
    found: Preview, outcomes: list[dict[str, Any]], by_id: dict[int, dict[str, Any]]
) -> None:
    """Every sum of the page is that of the rows."""
    owed = [row for row in outcomes if not row["reason"]]
    assert found.in_all().sum.grants == len(owed) == found.totals["grants"]
    assert found.in_all().sum.amounts == _amounts(owed)
    for rows_of, key in (
        (found.by_remedy(), lambda row: (row["remedy"],)),
        (found.by_brand(), lambda row: (by_id[row["mailbox_id"]]["brand"],)),
        (
            found.by_plan(),
            lambda row: tuple(by_id[row["mailbox_id"]][name] for name in ("brand", "plan")),
        ),
    ):
        for line in rows_of:
            mine = [row for row in owed if key(row) == line.name]
            assert (line.sum.grants, line.sum.amounts) == (len(mine), _amounts(mine))
            if line.mailboxes is not None:
                assert line.mailboxes == len({row["mailbox_id"] for row in mine})
        assert sum(line.sum.grants for line in rows_of) == len(owed)
    zeros = sum(line["count"] for one in found.totals["remedies"] for line in one["nothing"])
    assert zeros == len(outcomes) - len(owed)
    assert found.figures is not None
    assert found.figures.mailboxes == len({row["mailbox_id"] for row in owed})
    _has_list_value(found, owed, by_id)
    _has_samples(found, outcomes)


def _amounts(owed: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    sums: Counter[tuple[str, str]] = Counter()
    for row in owed:
        sums[row["unit"], row["currency"]] += row["amount"]
    return dict(sums)


def _has_list_value(
    found: Preview, owed: list[dict[str, Any]], by_id: dict[int, dict[str, Any]]
) -> None:
    exact: dict[str, Fraction] = {}
    for row in owed:
        box = by_id[row["mailbox_id"]]
        if row["kind"] == "extension":
            has_price = box["price_minor"] > 0 and box["billing_months"] > 0
            each = Fraction(box["price_minor"], box["billing_months"]) if has_price else Fraction(0)
            exact[box["currency"]] = exact.get(box["currency"], Fraction(0)) + row["amount"] * each
    shown = {currency: minor for currency, _, _, minor in found.list_values()}
    assert shown == {
        currency: (2 * value.numerator + value.denominator) // (2 * value.denominator)
        for currency, value in exact.items()
    }


def _has_samples(found: Preview, outcomes: list[dict[str, Any]]) -> None:
    key = ("remedy_no", "rule", "reason")
    alike = Counter(tuple(row[name] for name in key) for row in outcomes)
    shown = {tuple(getattr(one, name) for name in key): one for one in found.samples}
    assert {name: one.mailboxes for name, one in shown.items()} == dict(alike)
    amounts = {(row["remedy_no"], row["mailbox_id"]): row["amount"] for row in outcomes}
    for one in shown.values():
        assert 1 <= len(one.drawn) <= one.mailboxes
        assert len({row.mailbox_id for row in one.drawn}) == len(one.drawn)
        for row in one.drawn:
            assert row.amount == amounts[one.remedy_no, row.mailbox_id]


def _is_loaded(found: Preview, run: Run) -> None:
    """The rows in the database, by remedy, kind and currency, and the letters."""
    lines = Grant.objects.filter(run=run).values("remedy", "kind", "currency")
    loaded = {
        (line["remedy"], line["kind"], line["currency"]): (line["count"], line["sum"])
        for line in lines.annotate(count=Count("id"), sum=Sum("amount"))
    }
    shown: dict[tuple[int, int, str], tuple[int, int]] = {}
    for number, remedy in enumerate(found.totals["remedies"]):
        for line in remedy["owed"]:
            key = (number, int(kind_of(line["kind"])), line["currency"])
            count, amount = shown.get(key, (0, 0))
            shown[key] = (count + line["count"], amount + line["amount"])
    assert loaded == shown
    assert found.figures is not None
    assert Notice.objects.filter(run=run).count() == found.figures.mailboxes
    assert run.approval_total == found.totals["approval_total"]


def _make(run: Run, estate: list[dict[str, Any]]) -> None:
    """Make everything that needs no yes, on a mail host and a billing system in memory."""
    doors = Doors(
        MemoryHost({row["address"]: row["storage_bytes"] for row in estate}),
        MemoryBilling(
            {
                row["address"]: row["paid_until"] or row["before_paid_until"]
                for row in estate
                if row["paid_until"] or row["before_paid_until"]
            }
        ),
        run.name,
        payouts_of(run),
    )
    planned = rows.read(run.pk, 0, 1 << 62, {GrantState.PLANNED})
    for row, result in zip(planned, act.apply(planned, doors, AT), strict=True):
        after = states.after_act(result)
        Grant.objects.filter(pk=row.id).update(state=after, result=result.code)


def _is_stated(found: Preview, run: Run) -> None:
    """The statement has what was shown, every grant of it in one state, and finds no difference."""
    stated = report(run, AT)
    assert stated.discrepancies == ()
    assert sum(line.owed.grants for line in stated.lines) == found.totals["grants"]
    sums: Counter[tuple[str, str]] = Counter()
    for line in stated.lines:
        assert line.loaded == line.owed
        sums[line.unit, line.currency] += line.loaded.amount
        rest = line.of(GrantState.WAITING, GrantState.REFUSED, GrantState.DEFERRED)
        assert line.made + rest == line.owed
        if run.totals["policy"] == "generous":
            assert set(line.refused_by) <= {"no-subscription", "no-channel"}
    assert dict(sums) == found.in_all().sum.amounts
