"""Closing: the world is read again, differences are handled with a reason, the report is kept."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from tests.faces import ended
from tests.faces.conftest import post, signed_in
from tests.faces.ended import DAY, LATER, World, done
from tests.faces.programme import AT, Programme, Template
from tests.faces.test_public import words_of

from ristoro.fulfilment import closing, mismatches
from ristoro.fulfilment.models import Grant, GrantKind, GrantState, Mismatch
from ristoro.journal.models import Detail, Entry
from ristoro.kernel.errors import NotAllowed
from ristoro.remedies.models import Run, RunState
from ristoro.workers import standing
from ristoro.workers.models import Errand, ErrandState


@pytest.fixture(scope="module")
def programme_template(
    programme_template: Template, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Template:
    with django_db_blocker.unblock():
        return ended.make_template(programme_template, tmp_path_factory.mktemp("ended"))


@pytest.fixture
def run(programme: Programme) -> Run:
    return programme.run


@pytest.fixture
def world(run: Run, monkeypatch: pytest.MonkeyPatch) -> World:
    return ended.world_of(run, monkeypatch)


def spoil(world: World, run: Run, many: int = 1) -> list[Grant]:
    """Some mailboxes have another limit than was given."""
    grants = Grant.objects.filter(run=run, state=GrantState.VERIFIED, kind=GrantKind.STORAGE)
    chosen = list(grants.order_by("id")[:many])
    for grant in chosen:
        world.host.limits[grant.address] = 1024
    return chosen


# What stands against closing


def test_a_run_is_closed_after_a_full_reading_and_keeps_its_report(
    programme: Programme, run: Run, world: World
) -> None:
    del world
    olga = programme.staff["Olga"]
    refused = done(olga, "close", run=run.name)
    assert refused.state == ErrandState.FAILED
    assert [one["code"] for one in refused.problems] == ["not-ended"]
    assert "no full reading" in refused.problems[0]["why"]
    read = done(olga, "reconcile", run=run.name)
    assert read.problems == []
    made = Grant.objects.filter(run=run, state=GrantState.VERIFIED).count()
    assert (read.result["agreed"], read.result["obstacles"]) == (made, {})
    closed = done(olga, "close", run=run.name)
    assert closed.problems == []
    assert programme.run.state == RunState.CLOSED
    kept = closing.latest(run)
    assert kept is not None
    assert (kept.digest, kept.statement.state) == (closed.result["report"], "closed")
    text = closing.as_kept(run, kept.digest)
    assert text is not None
    assert hashlib.sha256(text.encode()).hexdigest() == kept.digest
    assert kept.texts["it"].startswith("RENDICONTO FINALE")
    assert kept.texts["en"].startswith("CLOSING STATEMENT")
    entry = Entry.objects.get(name="remedies.run.closed")
    assert Detail.objects.get(number=entry.number).data["report"] == kept.digest


def test_only_an_operator_closes(programme: Programme, run: Run, world: World) -> None:
    del world
    done(programme.staff["Olga"], "reconcile", run=run.name)
    refused = done(programme.staff["Ivo"], "close", run=run.name)
    assert [one["code"] for one in refused.problems] == ["role-missing"]
    assert programme.run.state == RunState.ACTING


def test_a_run_with_a_row_that_has_not_ended_stays_open(
    programme: Programme, run: Run, world: World
) -> None:
    del world
    olga = programme.staff["Olga"]
    lapsed = Grant.objects.get(run=run, state=GrantState.LAPSED)
    Grant.objects.filter(pk=lapsed.pk).update(state=GrantState.WAITING)
    assert done(olga, "reconcile", run=run.name).result["obstacles"] == {"waiting-for-yes": 1}
    assert "wait for the holder" in done(olga, "close", run=run.name).problems[0]["why"]


def test_what_was_made_after_the_reading_is_to_be_read(
    programme: Programme, run: Run, world: World
) -> None:
    del world
    done(programme.staff["Olga"], "reconcile", run=run.name)
    one = Grant.objects.filter(run=run, state=GrantState.VERIFIED).order_by("id")[0]
    Grant.objects.filter(pk=one.pk).update(since=LATER + DAY)
    drawn = done(programme.staff["Olga"], "draw-up", run=run.name)
    assert drawn.result["obstacles"] == {"not-reconciled": 1}


# What was read otherwise


def test_each_difference_is_handled_with_a_reason_before_closing(
    programme: Programme, run: Run, world: World
) -> None:
    olga = programme.staff["Olga"]
    first, second, third = spoil(world, run, 3)
    del world.host.limits[third.address]
    found = done(olga, "reconcile", run=run.name)
    assert (found.result["differed"], found.result["unreadable"]) == (3, 0)
    assert found.result["obstacles"] == {"mismatches": 3}
    assert [(one.code, one.count, one.open) for one in mismatches.kinds(run)] == [
        ("not-as-given", 2, 2),
        ("no-mailbox", 1, 1),
    ]
    with pytest.raises(NotAllowed, match="reason-missing"):
        mismatches.handle(run, olga, "  ", LATER, code="no-mailbox")
    with pytest.raises(NotAllowed, match="role-missing"):
        mismatches.handle(run, programme.staff["Gina"], "gone", LATER, code="no-mailbox")
    assert mismatches.handle(run, olga, "closed by its holder", LATER, code="no-mailbox") == 1
    chosen = [Mismatch.objects.get(mailbox_id=first.mailbox_id).pk]
    assert mismatches.handle(run, olga, "an upgrade", LATER, ids=chosen) == 1
    assert mismatches.handle(run, olga, "again", LATER, ids=chosen) == 0
    assert "1 remedies read back otherwise" in done(olga, "close", run=run.name).problems[0]["why"]
    mismatches.handle(run, olga, "an upgrade", LATER, code="not-as-given")
    closed = done(olga, "close", run=run.name)
    assert closed.problems == []
    kept = closing.latest(run)
    assert kept is not None
    assert "3 of them stay as they are" in kept.texts["en"]
    del second


def test_a_reason_stands_until_something_else_is_read(
    programme: Programme, run: Run, world: World
) -> None:
    olga = programme.staff["Olga"]
    first, second = spoil(world, run, 2)
    done(olga, "reconcile", run=run.name)
    mismatches.handle(run, olga, "an upgrade", LATER, code="not-as-given")
    del world.host.limits[first.address]
    world.host.limits[second.address] = second.target or 0
    again = done(olga, "reconcile", LATER + DAY, run=run.name)
    assert again.result["obstacles"] == {"mismatches": 1}
    one = Mismatch.objects.get()
    assert (one.mailbox_id, one.code, one.reason) == (first.mailbox_id, "no-mailbox", "")


def test_an_applied_grant_that_cannot_be_seen_may_stay_for_a_reason(
    programme: Programme, run: Run, world: World
) -> None:
    olga = programme.staff["Olga"]
    (one,) = spoil(world, run)
    Grant.objects.filter(pk=one.pk).update(state=GrantState.APPLIED)
    found = done(olga, "reconcile", run=run.name)
    assert found.result["obstacles"] == {"not-verified": 1, "mismatches": 1}
    mismatches.handle(run, olga, "the limit is the holder's own", LATER, code="not-as-given")
    assert done(olga, "close", run=run.name).problems == []


# What is kept


def test_the_course_sums_up_to_the_statement(programme: Programme, run: Run, world: World) -> None:
    del world
    done(programme.staff["Olga"], "draw-up", run=run.name)
    kept = closing.latest(run)
    assert kept is not None
    made = sum(line.made.grants for line in kept.statement.lines)
    grants = kept.course.grants
    assert sum(step.counts.get("given", 0) for step in grants) == made
    assert sum(step.counts.get("not-possible", 0) for step in grants) == 2
    assert sum(kept.course.waits.values()) == made
    answers = [step.counts for step in kept.course.answers]
    assert sum(one.get("no", 0) for one in answers) == 1
    assert sum(one.get("silence", 0) for one in answers) == 1
    assert sum(part.grants for part in kept.course.brands) == Grant.objects.filter(run=run).count()
    assert not kept.course.by_hour
    assert {step.start.hour for step in grants} == {0}
    assert str(grants[0].start) == "2023-02-10 00:00:00+01:00"
    assert sum(kept.course.channels.values()) == sum(
        one.get("yes", 0) + one.get("no", 0) for one in answers
    )


def test_the_same_rows_at_the_same_instant_give_the_same_report(
    programme: Programme, run: Run, world: World
) -> None:
    del world
    olga = programme.staff["Olga"]
    first, second = (done(olga, "draw-up", run=run.name).result["report"] for _ in range(2))
    assert first == second
    assert json.loads(closing.as_kept(run, first) or "")["run"] == run.name
    assert closing.as_kept(run, "0" * 64) is None
    assert AT < LATER


# The pages


def page(run: Run, path: str = "") -> str:
    return f"/console/esecuzioni/{run.name}/chiusura/{path}"


def test_the_page_says_what_is_left_and_asks_for_each_errand_once(
    programme: Programme, run: Run, world: World
) -> None:
    client = signed_in("Olga", "en")
    spoil(world, run, 2)
    told = words_of(client.get(page(run)))
    assert "Every holder who was asked has answered so it is" in told
    assert "The mail host and the ledger were read again, whole not known yet" in told
    assert "It cannot be closed yet" in told
    form = {"lavoro": "reconcile", "chiave": "k1"}
    asked = post(client, page(run, "chiedi/"), **form)
    assert asked.status_code == 303
    assert post(client, page(run, "chiedi/"), **form)["location"] == asked["location"]
    assert Errand.objects.count() == 1
    assert "Asked for by Olga" in words_of(client.get(page(run)))
    Errand.objects.all().delete()
    done(programme.staff["Olga"], "reconcile", run=run.name)
    told = words_of(client.get(page(run)))
    assert "Everything read otherwise is handled not yet: 2 left" in told
    assert "Differ 2" in told
    handled = post(
        client, page(run, "differenze/motivo/"), tutte="not-as-given", motivo="an upgrade"
    )
    assert handled.status_code == 303
    assert "Nothing is left." in words_of(client.get(page(run)))
    done(programme.staff["Olga"], "close", run=run.name)
    told = words_of(client.get(page(run)))
    assert "This run is closed" in told
    assert "RENDICONTO FINALE" in told
    assert "CLOSING STATEMENT" in told


def test_who_may_do_what_on_the_page(programme: Programme, run: Run, world: World) -> None:
    del world, programme
    works = ("reconcile", "draw-up", "close")
    for name, may in (("Ivo", ()), ("Aldo", ("draw-up",)), ("Olga", works)):
        client = signed_in(name)
        assert client.get(page(run)).status_code == 200
        for kind in works:
            answer = post(client, page(run, "chiedi/"), lavoro=kind, chiave=f"{name} {kind}")
            assert answer.status_code == (303 if kind in may else 403), (name, kind)
    agent = signed_in("Gina")
    for path in ("", "differenze/", "differenze.csv", "righe/refused/", "righe/refused.csv"):
        assert agent.get(page(run, path)).status_code == 403
    approver = signed_in("Aldo")
    for path in ("differenze/", "righe/refused/", "righe/refused.csv"):
        assert approver.get(page(run, path)).status_code == 403
    assert (
        post(signed_in("Olga"), page(run, "chiedi/"), lavoro="demo", chiave="k").status_code == 400
    )
    assert signed_in("Olga").get(page(run, "chiedi/")).status_code == 405


def test_differences_are_listed_a_page_at_a_time_and_chosen_one_by_one(
    programme: Programme, run: Run, world: World
) -> None:
    spoil(world, run, 70)
    done(programme.staff["Olga"], "reconcile", run=run.name)
    client = signed_in("Olga", "en")
    first = client.get(page(run, "differenze/"))
    assert len(first.context["rows"]) == 50
    second = client.get(page(run, "differenze/"), {"dopo": first.context["next"]})
    assert (len(second.context["rows"]), second.context["next"]) == (20, None)
    chosen = [str(row["one"].pk) for row in first.context["rows"][:3]]
    form = {"una": chosen, "motivo": "=seen", "csrfmiddlewaretoken": ""}
    form["csrfmiddlewaretoken"] = client.cookies["csrftoken"].value
    assert client.post(page(run, "differenze/motivo/"), form).status_code == 303
    left = client.get(page(run, "differenze/"), {"aperte": "1"})
    assert left.context["open"] == 67
    assert post(client, page(run, "differenze/motivo/"), motivo="  ").status_code == 422
    octets = b"".join(client.get(page(run, "differenze.csv")).streaming_content)
    lines = octets.decode("utf-8-sig").splitlines()
    assert len(lines) == 71
    assert '"\'=seen"' in lines[1]


def test_what_is_left_is_listed_by_name(programme: Programme, run: Run, world: World) -> None:
    del world, programme
    client = signed_in("Ivo", "en")
    answer = client.get(page(run, "righe/refused/"))
    gone = Grant.objects.filter(run=run, state=GrantState.REFUSED).order_by("id")
    assert [one["row"].address for one in answer.context["rows"]] == [one.address for one in gone]
    assert "2 in all" in words_of(answer)
    octets = b"".join(client.get(page(run, "righe/refused.csv")).streaming_content)
    assert octets.count(b"\r\n") == 3
    assert b'"refused","no-mailbox"' in octets
    assert client.get(page(run, "righe/nothing/")).status_code == 404


def test_left_rows_are_walked_through_every_bucket(
    programme: Programme, run: Run, world: World
) -> None:
    del world, programme
    Grant.objects.filter(run=run, state=GrantState.VERIFIED).update(state=GrantState.PLANNED)
    ended.count_again(run)
    wanted = list(
        Grant.objects.filter(run=run, state=GrantState.PLANNED)
        .order_by("id")
        .values_list("id", flat=True)
    )
    assert [one.id for one in standing.walk(run, "to-make", at_once=7)] == wanted
    assert standing.counts(run)["to-make"] == len(wanted)
