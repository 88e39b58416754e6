"""A decision on the console: asked for on one form, shown as it is, entered by an operator."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from django.test import Client
from tests.faces import deciding
from tests.faces.conftest import post, signed_in
from tests.faces.deciding import NAME, decided_home, newer_estate, work
from tests.faces.programme import AT, PASSWORD, Programme
from tests.faces.test_console import words_of

from ristoro.errands import places
from ristoro.journal.models import Detail, Entry
from ristoro.kernel.errors import NotAllowed
from ristoro.remedies import runs
from ristoro.remedies.models import Run, RunState
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.workers.models import Errand, ErrandState

__all__ = ["decided_home"]


@pytest.fixture
def digest(decided_home: tuple[Path, str], programme: Programme) -> str:
    """The decision in this test's own home."""
    del programme
    return deciding.put(decided_home)


def page(digest: str, act: str = "") -> str:
    return f"/console/decisioni/{digest}/{act}"


def auditor_of_money() -> Client:
    people.add("Fina", PASSWORD, [Role.FINANCE], actor="test", at=AT)
    return signed_in("Fina")


CHOICE = {"snapshot": "then.parquet", "outage": f"{NAME}/1", "policy": "first.yaml"}
ACTS = ("casella/", "verifica/", "confronto/", "entrata/")


# Asking


def test_an_operator_chooses_on_one_form_and_is_led_to_what_will_be_given(
    digest: str, programme: Programme
) -> None:
    client = signed_in("Olga")
    form = client.get("/console/decisioni/nuova/")
    told = words_of(form)
    assert "10 febbraio 2023, 09:00 UTC · 300 caselle" in told
    assert f"{NAME} versione 1" in told
    asked = post(client, "/console/decisioni/nuova/", key="k1", **CHOICE)
    errand = Errand.objects.order_by("-pk")[0]
    assert (asked.status_code, asked["location"]) == (303, f"/console/lavori/{errand.pk}/")
    again = post(client, "/console/decisioni/nuova/", key="k1", **CHOICE)
    assert again["location"] == asked["location"]
    assert work().result["folder"] == digest
    ended = client.get(asked["location"]).content.decode()
    assert f'href="{page(digest)}"' in ended
    read = "letti per intero il 10 febbraio 2023, 09:00 UTC"
    assert read in words_of(client.get(page(digest)))


def test_a_form_that_lacks_a_choice_asks_nothing(digest: str) -> None:
    client = signed_in("Olga")
    before = Errand.objects.count()
    for lacking in CHOICE:
        answer = post(client, "/console/decisioni/nuova/", **{**CHOICE, lacking: ""})
        assert answer.status_code == 422
        assert "Scegli" in words_of(answer)
    elsewhere = post(
        client, "/console/decisioni/nuova/", **{**CHOICE, "snapshot": "../estate/then.parquet"}
    )
    assert elsewhere.status_code == 404
    assert Errand.objects.count() == before


def test_other_pages_choose_beforehand(digest: str) -> None:
    told = signed_in("Olga").get("/console/decisioni/nuova/?policy=other.yaml").content.decode()
    assert '<option value="other.yaml" selected>' in told
    by_name = f"/console/decisioni/nuova/?outage={NAME}&policy=other-virgilio-2023-01"
    told = signed_in("Olga").get(by_name).content.decode()
    assert f'<option value="{NAME}/1" selected>' in told
    assert '<option value="other.yaml" selected>' in told


def test_a_home_with_nothing_in_it_says_what_is_missing(programme: Programme) -> None:
    told = words_of(signed_in("Olga").get("/console/decisioni/nuova/"))
    assert "Non è ancora stata importata nessuna casella." in told


# Who may


def test_whoever_holds_no_role_for_it_sees_no_decision(digest: str) -> None:
    gina = signed_in("Gina")
    for path in ("/console/decisioni/", page(digest), page(digest, "messaggi/")):
        assert gina.get(path).status_code == 403
    for name in ("Aldo", "Ivo", "Gina"):
        assert signed_in(name).get("/console/decisioni/nuova/").status_code == 403
    before = Errand.objects.count()
    for name in ("Aldo", "Ivo"):
        client = signed_in(name)
        assert client.get(page(digest)).status_code == 200
        for act in ("confronto/", "entrata/"):
            assert post(client, page(digest, act)).status_code == 403
    assert Errand.objects.count() == before


def test_no_act_is_done_by_a_link(digest: str) -> None:
    client = signed_in("Olga")
    for act in ACTS:
        assert client.get(page(digest, act)).status_code == 405


def test_finance_sees_figures_and_masked_addresses_and_opens_none(digest: str) -> None:
    drawn = json.loads((places.decisions() / digest / "preview.json").read_text())
    addresses = [row["address"] for one in drawn["samples"] for row in one["drawn"]]
    for name in ("Olga", "Aldo", "Ivo"):
        told = signed_in(name).get(page(digest)).content.decode()
        assert all(address in told for address in addresses)
    fina = auditor_of_money()
    told = fina.get(page(digest)).content.decode()
    assert not any(address in told for address in addresses)
    assert f"{addresses[0][0]}…@" in told
    assert post(fina, page(digest, "casella/"), mailbox=addresses[0]).status_code == 403


# What is shown


def test_a_decision_is_shown_whole(digest: str) -> None:
    totals = json.loads((places.decisions() / digest / "totals.json").read_text())
    told = words_of(signed_in("Ivo", "en").get(page(digest)))
    for text in (
        f"By the policy {NAME}, version 1",
        "over the estate of 10 February 2023, 09:00 UTC",
        digest,
        f"Mailboxes looked at {totals['mailboxes']}",
        f"Grants {totals['grants']}",
        "List value of the months",
        "It is no money that moves",
        "By remedy",
        "By plan",
        "By brand",
        "The mailbox is suspended for abuse of the service.",
        "Nobody chose them",
        "The lint found nothing that a reader would turn into a link.",
    ):
        assert text in told, text
    exact = next(one["amount"] for one in totals["amounts"] if one["unit"] == "bytes")
    assert f"{exact:,} bytes" in told


def test_letters_stand_side_by_side_in_both_languages_with_the_lint_s_verdict(digest: str) -> None:
    answer = signed_in("Aldo").get(page(digest, "messaggi/"))
    langs = re.findall(r'<article class="letter" lang="(..)">', answer.content.decode())
    assert len(langs) >= 8
    assert langs == ["it", "en"] * (len(langs) // 2)
    assert words_of(answer).count("non ha trovato nulla che un lettore di posta") == len(langs)


def test_a_look_at_a_sample_is_journaled(digest: str) -> None:
    drawn = json.loads((places.decisions() / digest / "preview.json").read_text())
    row = drawn["samples"][0]["drawn"][0]
    client = signed_in("Aldo", "en")
    answer = post(client, page(digest, "casella/"), mailbox=str(row["mailbox_id"]))
    assert answer.status_code == 200
    assert row["address"] in words_of(answer)
    entry = Entry.objects.get(name="remedies.mailbox.explained")
    assert (entry.actor, entry.subject) == ("Aldo", f"decision {digest}")
    assert Detail.objects.get(number=entry.number).data["address"] == row["address"]
    by_address = post(client, page(digest, "casella/"), mailbox="only.imap@libero.it")
    assert "Owed" in words_of(by_address)
    nobody = post(client, page(digest, "casella/"), mailbox="nobody@example.org")
    assert nobody.status_code == 404
    assert Entry.objects.filter(name="remedies.mailbox.explained").count() == 2


def test_all_decisions_are_listed_with_the_run_that_each_became(digest: str) -> None:
    told = words_of(signed_in("Ivo", "en").get("/console/decisioni/"))
    assert f"{NAME} version 1" in told
    assert digest[:12] in told
    assert "not entered" in told


def test_an_unknown_decision_is_not_found(digest: str) -> None:
    client = signed_in("Ivo")
    assert client.get(page("0" * 64)).status_code == 404
    assert client.get(page(digest, "confronto/none/")).status_code == 404


def test_samples_of_another_decision_are_refused_not_shown(digest: str) -> None:
    path = places.decisions() / digest / "preview.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "outcomes_digest": "0" * 64}))
    answer = signed_in("Ivo").get(page(digest))
    assert answer.status_code == 409
    assert "preview-changed" in answer.content.decode()


# Another policy, and the proof


def test_another_policy_is_compared_and_shown_in_tables(digest: str) -> None:
    client = signed_in("Olga", "en")
    asked = post(client, page(digest, "confronto/"), policy="other.yaml", key="k")
    assert asked.status_code == 303
    result = work().result
    shown = client.get(page(digest, f"confronto/{result['against']}/"))
    told = words_of(shown)
    assert re.search(r"ristoro: \d+ gain", told)
    assert "remedies" in told or "amounts" in told
    assert "free" in told
    assert f"confronto/{result['against']}/" in client.get(page(digest)).content.decode()
    masked = words_of(auditor_of_money().get(page(digest, f"confronto/{result['against']}/")))
    assert "…@" in masked
    assert not re.search(r"[a-z.0-9]{3,}@(libero|virgilio)", masked)


def test_a_decision_is_proved_again_and_a_changed_file_found(digest: str) -> None:
    client = signed_in("Ivo", "en")
    assert post(client, page(digest, "verifica/"), key="a").status_code == 303
    assert work().result == {"folder": digest, "passed": True}
    assert "every check held" in words_of(client.get(page(digest)))
    folder = places.decisions() / digest
    totals = json.loads((folder / "totals.json").read_text())
    (folder / "totals.json").write_text(json.dumps({**totals, "grants": totals["grants"] + 1}))
    post(client, page(digest, "verifica/"), key="b")
    assert work().result["passed"] is False
    told = words_of(client.get(page(digest)))
    assert "The proof on 10 February 2023, 09:00 UTC failed" in told


# Entering


def test_an_operator_enters_a_decision_and_its_preview_stays_with_the_run(digest: str) -> None:
    client = signed_in("Olga", "en")
    assert "Enter this decision" in words_of(client.get(page(digest)))
    asked = post(client, page(digest, "entrata/"), key="k")
    entered = work()
    assert entered.state == ErrandState.DONE, entered.problems
    run = Run.objects.get(name=entered.result["run"])
    assert (run.state, run.entered_by) == (RunState.LOADED, "Olga")
    assert f"/console/esecuzioni/{run.name}/" in client.get(asked["location"]).content.decode()
    told = words_of(client.get(page(digest)))
    assert f"Entered as the run {run.name} by Olga" in told
    assert "Enter this decision" not in told
    preview = client.get(f"/console/esecuzioni/{run.name}/anteprima/")
    assert preview.status_code == 200
    assert digest in words_of(preview)
    told = signed_in("Gina", "en").get(f"/console/esecuzioni/{run.name}/anteprima/")
    assert "…@" in words_of(told)
    assert "Their addresses are masked" in words_of(told)
    look = post(
        client, f"/console/esecuzioni/{run.name}/anteprima/casella/", mailbox="only.imap@libero.it"
    )
    assert look.status_code == 200
    assert Entry.objects.get(name="remedies.mailbox.explained").subject == f"run {run.pk}"
    post(client, page(digest, "entrata/"), key="again")
    assert work().problems[0]["code"] == "entered-already"


def test_a_run_that_the_command_decided_has_its_samples_drawn_later(
    digest: str, programme: Programme, decided_home: tuple[Path, str], tmp_path: Path
) -> None:
    own = tmp_path / "own"
    shutil.copytree(programme.folder, own)
    Run.objects.filter(name=programme.name).update(directory=str(own))
    client = signed_in("Olga", "en")
    path = f"/console/esecuzioni/{programme.name}/anteprima/"
    assert "No samples were drawn of this decision" in words_of(client.get(path))
    assert post(client, f"{path}esempi/", key="k").status_code == 303
    assert work().state == ErrandState.DONE
    assert "Nobody chose them" in words_of(client.get(path))


def test_an_estate_changed_in_between_blocks_the_run_and_is_named(digest: str) -> None:
    one, two, *_ = deciding.given(digest)
    newer_estate(**{f"m{one}": {"plan": "odd"}, f"m{two}": None})
    client = signed_in("Olga", "en")
    assert "A newer estate is here, of 17 February 2023" in words_of(client.get(page(digest)))
    post(client, page(digest, "entrata/"), key="k")
    refused = work()
    assert refused.state == ErrandState.FAILED
    assert refused.problems[0]["code"] == "estate-changed"
    assert "1 are not in it, 1 changed plan" in refused.problems[0]["what"]
    assert not Run.objects.filter(totals__mailboxes=deciding.MAILBOXES).exists()
    told = words_of(client.get(page(digest)))
    assert "2 changed until 17 February 2023, 09:00 UTC: 1 is not in it 1 changed plan" in told
    assert "Enter this decision" not in told
    empty = post(client, page(digest, "entrata/"), key="l", despite="1" * 64, reason=" ")
    assert empty.status_code == 422
    said = "Both are test boxes of ours."
    post(client, page(digest, "entrata/"), key="m", despite="1" * 64, reason=said)
    entered = work()
    assert entered.state == ErrandState.DONE, entered.problems
    entry = Entry.objects.get(name="remedies.run.estate-set-aside")
    data = Detail.objects.get(number=entry.number).data
    assert (data["reason"], data["mailboxes"], data["snapshot"]) == (said, 2, "1" * 64)


def run_approved(run: Run, programme: Programme) -> Run:
    return runs.approve(run, programme.staff["Aldo"], run.approval_total, AT)


def test_an_estate_changed_after_entering_stops_the_beginning_until_it_is_set_aside(
    digest: str, programme: Programme
) -> None:
    client = signed_in("Olga", "en")
    post(client, page(digest, "entrata/"), key="k")
    run = Run.objects.get(name=work().result["run"])
    one, *_ = deciding.given(digest)
    newer_estate(**{f"m{one}": {"plan": "odd"}})
    path = f"/console/esecuzioni/{run.name}/anteprima/"
    assert "A newer estate is here" in words_of(client.get(path))
    with pytest.raises(NotAllowed, match="estate-changed"):
        runs.begin(run_approved(run, programme), AT, shelves=places.shelves())
    assert "1 changed plan" in words_of(client.get(path))
    done = post(client, f"{path}nonostante/", despite="1" * 64, reason="A test box.")
    assert (done.status_code, done["location"]) == (303, path)
    assert Entry.objects.filter(name="remedies.run.estate-set-aside").count() == 1
    with pytest.raises(NotAllowed, match="facts-not-public"):  # the next thing in the way
        runs.begin(run, AT, shelves=places.shelves())
    post(client, f"{path}nonostante/", despite="1" * 64, reason="Again.")
    assert Entry.objects.filter(name="remedies.run.estate-set-aside").count() == 1
