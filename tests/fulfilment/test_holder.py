"""What a mailbox is told of itself: its own outage, debts, letters; nothing of another mailbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.databases import Database, copy_sqlite, pointed_at
from tests.whole.programme import NOW, OUTAGE, POLICY

from ristoro.edges.directories.opening import open_directory
from ristoro.estate.importing import import_estate
from ristoro.estate.sample import AS_OF, sample
from ristoro.fulfilment import consent, holder, reminders
from ristoro.fulfilment.consent import Said, Silence
from ristoro.fulfilment.models import Grant, GrantKind, GrantState
from ristoro.fulfilment.withdraw import withdraw
from ristoro.remedies import runs
from ristoro.remedies.deciding.decide import decide
from ristoro.remedies.models import Run, RunState
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.workers import shift
from ristoro.workers.load import load

PLUS, FREE = "ends.31aug@libero.it", "free@libero.it"
YES = Said(True, "webmail", "session", None, NOW)


@dataclass(frozen=True)
class Decided:
    folder: Path
    home: Path


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Decided:
    home = tmp_path_factory.mktemp("decided")
    csv = home / "estate.csv"
    sample(100, 2023, csv)
    imported = import_estate(open_directory(str(csv)), home / "estate", now=NOW, as_of=AS_OF)
    return Decided(decide(imported.path, OUTAGE, POLICY, home / "run").folder, home)


@pytest.fixture
def run(database: Database, decided: Decided) -> Run:
    anna = people.add("anna", "una frase lunga", [Role.OPERATOR], actor="test", at=NOW)
    bruno = people.add("bruno", "un'altra frase", [Role.APPROVER], actor="test", at=NOW)
    run = runs.enter(decided.folder, anna, NOW)
    load(run, anna, NOW)
    total = runs.read_decided(decided.folder).approval_total
    return runs.approve(runs.named(run.name), bruno, total, NOW)


def one(address: str, lang: str = "it") -> holder.Programme:
    [programme] = holder.of_mailbox(address, lang)
    return programme


def test_a_premium_mailbox_is_told_what_it_is_asked(run: Run) -> None:
    programme = one(PLUS)
    [grant] = programme.grants
    assert programme.proven
    assert grant.asks
    assert not grant.coming
    assert (grant.kind, grant.until) == (GrantKind.EXTENSION, date(2024, 2, 29))
    assert grant.silence is Silence.GIVE
    assert grant.deadline == date(2023, 4, 30)
    assert grant.reminders == (date(2023, 4, 16), date(2023, 4, 27))
    assert not programme.by_person
    assert programme.beside == ()
    [owed] = programme.owed
    assert owed.lane == "indemnity"
    assert owed.headline.startswith("Ristoro")
    assert len(owed.steps) > 10
    assert owed.why[-1] == "Ricalcolato: coincide con quanto deciso."
    assert one(PLUS, "en").owed[0].headline != owed.headline


def test_a_free_mailbox_sees_its_space_before_and_after(run: Run) -> None:
    [grant] = one(FREE).grants
    assert grant.kind is GrantKind.STORAGE
    assert grant.base == 1 << 30
    assert grant.target == grant.base + -(-(1 << 30) // 5)
    assert grant.coming
    assert not grant.asks


def test_the_outage_is_that_of_this_mailbox(run: Run) -> None:
    exposure = one(PLUS).exposure
    assert exposure is not None
    assert exposure.touched
    by_name = {failed.component: failed.stretches for failed in exposure.failed}
    assert by_name["webmail"][0].start.isoformat() == "2023-01-23T00:00:00+01:00"
    assert [each.condition for each in by_name["inbound"]] == ["degraded", "down"]
    last = max(each.end for stretches in by_name.values() for each in stretches)
    assert exposure.start <= by_name["webmail"][0].start < last <= exposure.end


def test_who_is_owed_nothing_is_told_why(run: Run) -> None:
    rows = Grant.objects.values_list("address", flat=True)
    addresses = {f"{name}@libero.it" for name in ("suspended", "abuse", "closed")}
    found = [holder.of_mailbox(address, "it") for address in addresses - set(rows)]
    told = [programmes[0] for programmes in found if programmes]
    for programme in told:
        assert programme.grants == ()
        assert programme.owed[0].headline


def test_a_mailbox_of_no_programme_has_none(run: Run) -> None:
    assert holder.of_mailbox("nessuno@libero.it", "it") == ()


@pytest.mark.parametrize("state", [RunState.LOADED, RunState.CANCELLED])
def test_before_its_approval_a_run_promises_nothing(run: Run, state: RunState) -> None:
    grant = Grant.objects.get(address=PLUS)
    Run.objects.update(state=state, approved_by="")
    assert holder.of_mailbox(PLUS, "it") == ()
    assert holder.grant_facts(grant.id, PLUS) is None


def test_another_mailboxs_grant_is_not_told(run: Run) -> None:
    grant = Grant.objects.get(address=PLUS)
    assert holder.grant_facts(grant.id, PLUS) is not None
    assert holder.grant_facts(grant.id, PLUS.upper()) is not None
    assert holder.grant_facts(grant.id, FREE) is None
    assert holder.grant_facts(grant.id + 1, PLUS) is None


def test_the_answer_is_told_and_can_be_taken_back_until_it_is_made(run: Run) -> None:
    grant = Grant.objects.get(address=PLUS)
    consent.answer(run, grant.id, YES, Silence.GIVE, shift.keep)
    [facts] = one(PLUS).grants
    assert facts.answer is not None
    assert facts.answer.yes
    assert facts.withdrawable
    assert facts.coming
    withdraw(run, grant.id, NOW, shift.free, shift.keep)
    assert one(PLUS).grants[0].asks
    consent.answer(run, grant.id, YES, Silence.GIVE, shift.keep)
    Grant.objects.filter(id=grant.id).update(state=GrantState.VERIFIED)
    [facts] = one(PLUS).grants
    assert facts.made
    assert not facts.withdrawable


def test_letters_and_reminders_are_listed(run: Run) -> None:
    assert [each.day for each in one(PLUS).told] == [None]
    # the run's own letter is not written yet: no reminder beside it
    day = date(2023, 4, 16)
    reminders.remind(run, day, {0: (14, 3)}, "anna", NOW, shift.post)
    assert [each.day for each in one(PLUS).told] == [None]


def test_a_folder_that_was_changed_tells_rows_and_no_reasons(run: Run) -> None:
    Run.objects.update(policy_digest="another")
    programme = one(PLUS)
    assert not programme.proven
    assert programme.exposure is None
    [owed] = programme.owed
    assert owed.why == ()
    assert owed.grant is not None
    assert owed.grant.silence is Silence.ASK_AGAIN
    assert holder.of_mailbox("nessuno@libero.it", "it") == ()


def test_only_boxes_that_were_signed_in_to_are_shown_together(run: Run) -> None:
    shown = holder.together([PLUS, FREE], "it")
    assert [address for address, _ in shown.boxes] == [PLUS, FREE]
    assert [grant.id for grant in shown.open] == [Grant.objects.get(address=PLUS).id]


# One remedy a person


@pytest.fixture(scope="module")
def by_person(tmp_path_factory: pytest.TempPathFactory, decided: Decided) -> Path:
    home = tmp_path_factory.mktemp("by-person")
    policy = home / "policy.yaml"
    text = POLICY.read_text("utf-8").replace(
        "    other_rights: kept\n", "    other_rights: kept\n    counted: once a person\n", 1
    )
    months = text.index("        give:\n          extension:")
    after = text.index("        reference: programme", months)
    nothing = "        nothing: none\n        because: {it: Niente., en: Nothing.}\n"
    text = text[:months] + nothing + text[after:]
    policy.write_text(text, encoding="utf-8")
    snapshot = next((decided.home / "estate").glob("*.parquet"))
    return decide(snapshot, OUTAGE, policy, home / "run").folder


@pytest.fixture
def person_run(
    sqlite_template: Path, tmp_path: Path, by_person: Path, django_db_blocker: Any
) -> Iterator[Run]:
    fresh = copy_sqlite(sqlite_template, tmp_path)
    with django_db_blocker.unblock(), pointed_at(fresh):
        anna = people.add("anna", "una frase lunga", [Role.OPERATOR], actor="test", at=NOW)
        bruno = people.add("bruno", "un'altra frase", [Role.APPROVER], actor="test", at=NOW)
        run = runs.enter(by_person, anna, NOW)
        load(run, anna, NOW + timedelta(minutes=1))
        total = runs.read_decided(by_person).approval_total
        yield runs.approve(runs.named(run.name), bruno, total, NOW)


def test_other_mailboxes_of_the_holder_are_named_by_letter_and_domain_alone(
    person_run: Run,
) -> None:
    snapshot = Path(holder.open_run(Path(person_run.directory)).snapshot.path)
    rows = pq.read_table(snapshot, columns=["address", "holder_id", "mailbox_id"]).to_pylist()
    by_holder: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        if row["holder_id"]:
            by_holder.setdefault(row["holder_id"], []).append(row)
    several = next(boxes for boxes in by_holder.values() if len(boxes) > 1)
    own, *others = several
    programme = one(str(own["address"]))
    assert programme.by_person
    masks = {f"{str(other['address'])[0]}•••@{str(other['address']).partition('@')[2]}"
             for other in others}  # fmt: skip
    assert set(programme.beside) == masks
    said = "\n".join(line for owed in programme.owed for line in (owed.headline, *owed.steps))
    for other in others:
        assert str(other["address"]) not in said
        assert str(other["mailbox_id"]) not in said
