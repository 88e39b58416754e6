"""The console's incidents: written in both languages, kept, reviewed, published once, corrected."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.faces.conftest import post, signed_in
from tests.faces.incidents import AT, BRANDS, goes_on, open_one, plan_one
from tests.faces.programme import Programme
from tests.faces.test_public import words_of

from ristoro.outages.incidents import publish
from ristoro.outages.incidents.models import Correction, Draft, Incident, Update
from ristoro.outages.incidents.publish import Opening, Told, Words
from ristoro.outages.incidents.states import Impact, Phase
from ristoro.staff.people import Person

NEW = "/console/avvisi/nuovo/"
TYPED = {
    "title.it": "Caselle non raggiungibili",
    "title.en": "Mailboxes cannot be reached",
    "text.it": "Cerchiamo la causa.\nScriviamo alle 10.",
    "text.en": "We look for the cause.",
    "phase": "investigating",
    "impact": "major",
    "from": "2023-01-23T08:30",
    "components.libero.webmail": "major_outage",
}


@pytest.fixture
def olga(programme: Programme) -> Client:
    del programme
    return signed_in("Olga")


def kept(client: Client, **more: str) -> str:
    """The address of a draft of what was typed."""
    answer = post(client, NEW, **{**TYPED, **more})
    assert answer.status_code == 303
    return str(answer["Location"])


def told(person: Person, hours: int) -> Incident:
    words = Words(f"Guasto {hours}", f"Fault {hours}")
    at = AT + timedelta(hours=hours)
    opening = Opening(words, Impact.MINOR, at)
    return publish.publish(opening, Told(Phase.INVESTIGATING, words), BRANDS, person, at)


def ids_of(html: str) -> set[str]:
    return set(re.findall(r'id="([^"]+)"', html))


def test_what_is_typed_is_kept_and_public_only_after_the_review(
    olga: Client, visitor: Client
) -> None:
    draft = kept(olga)
    assert "Mailboxes cannot be reached" not in visitor.get("/en/status/").content.decode()
    page = olga.get(draft).content.decode()
    assert "Scriviamo alle 10." in page
    assert 'value="2023-01-23T08:30"' in page
    reviewed = post(olga, draft, **TYPED, version="1", review="1")
    assert reviewed["Location"] == f"{draft}pubblicazione/"
    review = olga.get(reviewed["Location"])
    told = words_of(review)
    for words in (
        "Caselle non raggiungibili",
        "Mailboxes cannot be reached",
        "Cerchiamo la causa. Scriviamo alle 10.",
        "We look for the cause.",
        "Libero Mail Webmail funziona non funziona",
    ):
        assert words in told, words
    assert not Incident.objects.exists()
    published = post(olga, reviewed["Location"], version="1")
    assert published["Location"] == "/console/avvisi/2023-01-23-caselle-non-raggiungibili/"
    assert "Mailboxes cannot be reached" in visitor.get("/en/status/").content.decode()
    again = post(olga, reviewed["Location"], version="1")
    assert again["Location"] == published["Location"]
    assert Update.objects.count() == 1
    assert words_of(olga.get(published["Location"])).count("Olga") >= 1


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("title.it", "Scrivilo anche in italiano"),
        ("title.en", "Scrivilo anche in inglese"),
        ("text.it", "Scrivilo anche in italiano"),
        ("text.en", "Scrivilo anche in inglese"),
    ],
)
def test_a_language_that_lacks_is_named_at_its_field(olga: Client, field: str, words: str) -> None:
    answer = post(olga, NEW, **{**TYPED, field: ""}, review="1")
    assert answer.status_code == 422
    html = answer.content.decode()
    where = field.replace(".", "-")
    assert f'href="#{where}"' in html
    assert re.search(rf'id="{where}-wrong">{words}', html)
    assert f'aria-describedby="{where}-wrong"' in html
    draft = Draft.objects.get()
    asked = post(olga, f"/console/avvisi/bozze/{draft.pk}/pubblicazione/", version="1")
    assert asked.status_code == 422
    assert not Incident.objects.exists()


def test_every_summary_link_leads_to_a_field(olga: Client) -> None:
    for kind in ("", "lavori"):
        answer = post(olga, NEW, tipo=kind, review="1")
        html = answer.content.decode()
        linked = set(re.findall(r'<li><a href="#([^"]+)"', html))
        assert {"title-it", "text-en", "from"} <= linked
        assert linked <= ids_of(html)


def test_planned_work_has_two_times_and_no_impact(olga: Client, visitor: Client) -> None:
    page = olga.get(f"{NEW}?tipo=lavori").content.decode()
    assert 'id="until"' in page
    assert 'id="impact"' not in page
    typed = {
        **TYPED,
        "tipo": "lavori",
        "phase": "scheduled",
        "from": "2023-02-01T02:00",
        "until": "2023-02-01T05:00",
    }
    answer = post(olga, NEW, **typed, review="1")
    review = answer["Location"]
    assert "Dalle 02:00" in words_of(olga.get(review)) or "2023, 02:00" in words_of(
        olga.get(review)
    )
    assert post(olga, review, version="1").status_code == 303
    board = visitor.get("/api/v2/scheduled-maintenances/upcoming.json").json()
    (work,) = board["scheduled_maintenances"]
    assert work["scheduled_until"] == "2023-02-01T05:00:00.000+01:00"


def test_a_script_keeps_it_and_gets_how_it_reads(olga: Client) -> None:
    headers = {"accept": "application/json"}
    token = olga.cookies["csrftoken"].value
    first = olga.post(NEW, {**TYPED, "csrfmiddlewaretoken": token}, headers=headers)
    told = first.json()
    assert told["version"] == 1
    assert 'lang="en"' in told["preview"]
    more = {**TYPED, "text.en": "<b>Now</b>", "version": "1", "csrfmiddlewaretoken": token}
    second = olga.post(told["to"], more, headers=headers).json()
    assert second["version"] == 2
    assert "&lt;b&gt;Now&lt;/b&gt;" in second["preview"]
    late = olga.post(told["to"], {**more, "text.en": "Later"}, headers=headers)
    assert late.status_code == 409
    assert "Somebody else" in late.json()["wrong"] or "Qualcun altro" in late.json()["wrong"]


def test_what_was_typed_is_shown_where_somebody_else_was_faster(olga: Client) -> None:
    draft = kept(olga)
    post(olga, draft, **{**TYPED, "text.it": "Di Berta."}, version="1")
    answer = post(olga, draft, **{**TYPED, "text.it": "Di Olga."}, version="1")
    assert answer.status_code == 409
    assert "Di Olga." in words_of(answer)
    assert Draft.objects.get().fields["text.it"] == "Di Berta."


def test_a_sentence_is_added_to_both_texts_without_a_script(olga: Client) -> None:
    draft = kept(olga)
    answer = post(olga, draft, **TYPED, version="1", sentence="investigating/1")
    assert answer["Location"] == draft
    fields = Draft.objects.get().fields
    assert fields["text.it"].endswith("viene consegnata dopo.")
    assert fields["text.en"].startswith(TYPED["text.en"])
    assert fields["text.en"].endswith("delivered afterwards.")
    post(olga, draft, **TYPED, version="2", sentence="investigating/99")
    post(olga, draft, **TYPED, version="3", sentence="nonsense")


def test_the_next_update_moves_from_what_was_told(
    olga: Client, programme: Programme, visitor: Client
) -> None:
    one = open_one(programme.staff["Olga"])
    follow = f"/console/avvisi/{one.slug}/seguito/"
    page = olga.get(follow).content.decode()
    assert '<option value="identified" selected>' in page
    assert '<td class="major_outage">' in page
    typed = {
        "text.it": "Quasi.",
        "text.en": "Nearly.",
        "phase": "monitoring",
        "components.libero.webmail": "degraded_performance",
    }
    draft = post(olga, follow, **typed)["Location"]
    assert olga.get(follow)["Location"] == draft
    review = words_of(olga.get(f"{draft}pubblicazione/"))
    assert "Webmail non funziona funziona male" in review or "lento o instabile" in review
    post(olga, f"{draft}pubblicazione/", version="1")
    (incident,) = visitor.get("/api/v2/incidents.json").json()["incidents"]
    (change,) = incident["incident_updates"][0]["affected_components"]
    assert (change["old_status"], change["new_status"]) == (
        "major_outage", "degraded_performance",
    )  # fmt: skip


def test_a_correction_is_seen_by_everybody_with_what_was_said_before(
    olga: Client, programme: Programme, visitor: Client
) -> None:
    one = open_one(programme.staff["Olga"])
    update = one.updates.get()
    there = f"/console/avvisi/{one.slug}/correzioni/{update.code}/"
    assert "We look for the cause." in olga.get(there).content.decode()
    new = {"text.it": "Cerchiamo il guasto.", "text.en": "We look for the fault."}
    only = post(olga, there, **{**new, "text.en": ""})
    assert only.status_code == 422
    assert "Scrivilo anche in inglese" in words_of(only)
    review = words_of(post(olga, there, **new))
    assert "We look for the fault." in review
    assert "We look for the cause." in review
    assert not Correction.objects.exists()
    before = {"before.it": update.body_it, "before.en": update.body_en}
    assert post(olga, there, **new, **before, publish="1").status_code == 303
    assert post(olga, there, **new, **before, publish="1").status_code == 303
    assert Correction.objects.count() == 1
    stale = post(olga, there, **{**new, "text.it": "Altro."}, **before, publish="1")
    assert stale.status_code == 409
    public = words_of(visitor.get(f"/en/status/incidents/{one.slug}/"))
    assert public.index("We look for the fault.") < public.index("We look for the cause.")
    assert "Corrected:" in public
    told = visitor.get("/en/api/v2/incidents.json").json()["incidents"][0]["incident_updates"][0]
    assert told["body"] == "We look for the fault."
    assert told["updated_at"] > told["created_at"]
    assert olga.get(f"/console/avvisi/{one.slug}/correzioni/none/").status_code == 404


def test_the_list_tells_open_planned_and_past_and_goes_by_pages(
    olga: Client, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ristoro.faces.console.incidents.views.A_PAGE", 2)
    person = programme.staff["Olga"]
    over = [told(person, number) for number in range(3)]
    for one in over:
        goes_on(person, one.slug, Phase.RESOLVED, 9)
    there, work = open_one(person), plan_one(person)
    kept(olga)
    first = olga.get("/console/avvisi/").content.decode()
    for slug in (there.slug, work.slug, over[2].slug, over[1].slug):
        assert f"/console/avvisi/{slug}/" in first
    assert f'/console/avvisi/{over[0].slug}/"' not in first
    assert "/console/avvisi/bozze/" in first
    (older,) = re.findall(r'href="(\?prima=[^"]+)"', first)
    second = olga.get(f"/console/avvisi/{older}").content.decode()
    assert f'/console/avvisi/{over[0].slug}/"' in second
    assert there.slug not in re.findall(r"/avvisi/([^/]+)/", second)


def test_readers_see_and_only_operators_write(programme: Programme) -> None:
    one = open_one(programme.staff["Olga"])
    code = one.updates.get().code
    writing = (
        NEW,
        "/console/avvisi/bozze/1/",
        "/console/avvisi/bozze/1/pubblicazione/",
        f"/console/avvisi/{one.slug}/seguito/",
        f"/console/avvisi/{one.slug}/correzioni/{code}/",
    )
    for name in ("Gina", "Ivo"):
        client = signed_in(name)
        assert client.get("/console/avvisi/").status_code == 200
        page = client.get(f"/console/avvisi/{one.slug}/")
        assert page.status_code == 200
        assert "/correzioni/" not in page.content.decode()
        for path in writing:
            assert client.get(path).status_code == 403, path
            assert post(client, path, **TYPED).status_code == 403, path
        assert post(client, "/console/avvisi/bozze/1/elimina/").status_code == 403
    assert signed_in("Aldo").get("/console/avvisi/").status_code == 403
    assert Client().get("/console/avvisi/").status_code == 302


def test_a_draft_that_is_gone_says_so(olga: Client) -> None:
    draft = kept(olga)
    assert post(olga, f"{draft}elimina/").status_code == 303
    for answer in (olga.get(draft), post(olga, f"{draft}pubblicazione/", version="1")):
        assert answer.status_code == 409
        assert "pubblicata o eliminata" in words_of(answer)
    assert not Incident.objects.exists()


def test_a_declared_outage_is_offered_and_kept(
    olga: Client, tmp_path: Any, visitor: Client
) -> None:
    (tmp_path / "home/outages/libero-virgilio-2023-01").mkdir(parents=True)
    page = olga.get(f"{NEW}?disservizio=libero-virgilio-2023-01").content.decode()
    assert "<option selected>libero-virgilio-2023-01</option>" in page
    draft = kept(olga, outage="libero-virgilio-2023-01")
    post(olga, f"{draft}pubblicazione/", version="1")
    assert Incident.objects.get().outage == "libero-virgilio-2023-01"
    del visitor
