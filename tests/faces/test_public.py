"""The public pages: the facts of a programme, whole in both languages, light, cacheable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils.html import escape
from tests.faces.programme import AT, Programme

from ristoro.fulfilment.models import Grant, GrantState
from ristoro.notices import genuine
from ristoro.notices.codes import code_of
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies import runs
from ristoro.remedies.models import Run
from ristoro.workers.models import Act, Tally

SECRET = b"a secret for codes in tests"
LARGEST_PAGE = 40 * 1024
LARGEST_STYLE = 12 * 1024


def page_of(programme: Programme, lang: str) -> str:
    return f"/{lang}/{'ristori' if lang == 'it' else 'remedies'}/{programme.name}/"


def words_of(response: object) -> str:
    text = response.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).replace("&#x27;", "'")


def everything_is_done(run: Run) -> None:
    """As workers leave a run that asked nobody for a yes."""
    for act, table, end in (
        (Act.GRANTS, Grant, GrantState.VERIFIED),
        (Act.NOTICES, Notice, NoticeState.VERIFIED),
    ):
        table.objects.filter(run=run).update(state=end)
        Tally.objects.filter(run=run, act=act).update(state=end)


def test_the_root_leads_to_the_italian_pages(visitor: Client) -> None:
    answer = visitor.get("/")
    assert (answer.status_code, answer["location"]) == (302, "/it/")
    assert "Che cosa viene dato dopo un disservizio" in words_of(visitor.get("/it/"))


@pytest.mark.parametrize("lang", ["it", "en"])
def test_a_run_is_public_once_its_page_is_published(
    visitor: Client, programme: Programme, lang: str
) -> None:
    path = page_of(programme, lang)
    assert visitor.get(path).status_code == 404
    assert visitor.get(path.rstrip("/") + ".json").status_code == 404
    assert programme.name not in visitor.get(f"/{lang}/").content.decode()
    runs.approve(programme.run, programme.staff["Aldo"], programme.run.approval_total, AT)
    assert visitor.get(path).status_code == 404
    assert programme.name not in visitor.get(f"/{lang}/").content.decode()
    runs.publish(programme.run, programme.staff["Olga"], {}, AT)
    assert visitor.get(path).status_code == 200
    assert path in visitor.get(f"/{lang}/").content.decode()


def test_what_was_public_and_called_off_says_so(visitor: Client, programme: Programme) -> None:
    run = programme.approve()
    runs.cancel(run, programme.staff["Olga"], "wrong policy", AT)
    for lang, words in (("it", "è stato annullato"), ("en", "was called off")):
        answer = visitor.get(page_of(programme, lang))
        assert answer.status_code == 410
        assert words in words_of(answer)
        assert programme.name not in visitor.get(f"/{lang}/").content.decode()


def test_each_plan_is_told_whether_it_must_do_something(
    visitor: Client, programme: Programme
) -> None:
    programme.approve()
    told = visitor.get(f"/en/remedies/{programme.name}.json").json()
    plans = {plan for one in told["plans"] for plan in one["plans"]}
    owed = {
        line["plan"]
        for remedy in told["remedies"]
        for gives in remedy["gives"]
        for line in gives["owed"]
    }
    assert plans == owed
    assert len(plans) == sum(len(one["plans"]) for one in told["plans"])
    free = next(one for one in told["plans"] if "libero-free" in one["plans"])
    assert set(free["plans"]) == {"libero-free", "virgilio-free"}
    assert free["must_i_do_something"].startswith("No, nothing")
    assert [one["must_i_do_something"][:3] for one in free["some"]] == ["Yes"]
    page = words_of(visitor.get(page_of(programme, "it")))
    for plan in plans:
        assert plan in page
    for sentence in (
        "Da quando? Dal 10 febbraio 2023, una casella dopo l'altra",
        "Chi ha avuto un danno che può provare lo chiede a parte",
        "Ti spetta un abbonamento più lungo: decidi tu",
        f"ristoro public check {programme.name}.json --key ristoro-facts.pem",
        f"curl -O http://testserver/it/ristori/{programme.name}.json",
    ):
        assert sentence in page


@pytest.mark.parametrize("lang", ["it", "en"])
def test_the_letters_are_public_word_for_word_in_both_languages(
    visitor: Client, programme: Programme, lang: str
) -> None:
    programme.approve()
    data = visitor.get(f"/{lang}/{'ristori' if lang == 'it' else 'remedies'}/{programme.name}.json")
    letters = data.json()["letters"]
    word = {"it": "lettere", "en": "letters"}[lang]
    for brand in ("libero", "virgilio"):
        answer = visitor.get(f"{page_of(programme, lang)}{word}/{brand}/")
        assert answer.status_code == 200
        assert len(answer.content) <= LARGEST_PAGE - LARGEST_STYLE
        html = answer.content.decode()
        own = [one for one in letters if one["brand"] == brand]
        assert {one["locale"] for one in own} == {"it", "en"}
        for one in own:
            assert escape(one["plain"]) in html
            assert "••••-••••" in one["plain"]
        for address in Notice.objects.values_list("address", flat=True)[:50]:
            assert address not in html
    assert visitor.get(f"{page_of(programme, lang)}{word}/nobody/").status_code == 404


def test_the_page_answers_what_a_holder_asks(visitor: Client, programme: Programme) -> None:
    programme.approve()
    told = words_of(visitor.get(page_of(programme, "it")))
    for sentence in (
        "L'abbonamento si allunga, senza spese: sei mesi.",
        "Ultimo giorno: 30 aprile 2023, compreso. Se non fai nulla, poi te lo diamo comunque.",
        "La casella riceve più spazio: 20 % dello spazio che la casella aveva durante",
        "No, niente: arriva da sé",
        "Inizio: 23 gennaio 2023, 00:00 CET. Fine: 1 febbraio 2023, 00:00 CET.",
        "28 gennaio 2023, 20:00 CET lib-43..lib-48, vir-15..vir-16",
        "La casella è sospesa per abuso del servizio. 3 caselle",
        "una password, un numero di carta",
        "when: was_plus or bought_plus",
    ):
        assert sentence in told
    english = words_of(visitor.get(page_of(programme, "en")))
    assert "more space: 20% of the space that the mailbox had during the outage." in english
    assert "Last day: 30 April 2023, included. If you do nothing, it is then given" in english


@pytest.mark.parametrize("lang", ["it", "en"])
def test_the_page_and_its_style_are_light(visitor: Client, programme: Programme, lang: str) -> None:
    everything_is_done(programme.approve())
    style = Path(settings.STATICFILES_DIRS[0], "ristoro.css").stat().st_size
    assert style <= LARGEST_STYLE
    assert len(visitor.get(page_of(programme, lang)).content) + style <= LARGEST_PAGE


def test_the_figures_of_how_far_are_those_of_the_tallies(
    visitor: Client, programme: Programme
) -> None:
    run = programme.approve()
    before = {
        line["act"]: line for line in visitor.get(f"/it/ristori/{run.name}.json").json()["progress"]
    }
    waiting = Grant.objects.filter(state=GrantState.WAITING).count()
    assert before["grants"]["waiting"] == waiting
    assert before["grants"]["rows"] == Grant.objects.count() - waiting
    assert before["notices"] == {
        "act": "notices", "rows": Notice.objects.count(), "ended": 0, "waiting": 0,
    }  # fmt: skip
    planned = Tally.objects.filter(act=Act.NOTICES).order_by("bucket").first()
    assert planned is not None
    Tally.objects.filter(pk=planned.pk).update(state=NoticeState.ACCEPTED)
    after = visitor.get(f"/it/ristori/{run.name}.json").json()["progress"]
    assert after[1]["ended"] == planned.rows


def test_the_statement_appears_when_the_work_is_done_and_follows_it(
    visitor: Client, programme: Programme
) -> None:
    run = programme.approve()
    path = page_of(programme, "it")
    assert "sta qui quando il lavoro è finito" in words_of(visitor.get(path))
    everything_is_done(run)
    assert f"RENDICONTO FINALE DEL PROGRAMMA {run.name}" in words_of(visitor.get(path))
    grant = Grant.objects.order_by("id").first()
    assert grant is not None
    Grant.objects.filter(pk=grant.pk).update(state=GrantState.REVERSED)
    moved = Tally.objects.filter(act=Act.GRANTS, bucket=grant.bucket, remedy=grant.remedy)
    moved.update(state=GrantState.REVERSED)
    assert "annullato 1," in words_of(visitor.get(path))


def test_the_same_facts_are_there_for_machines(visitor: Client, programme: Programme) -> None:
    run = programme.approve()
    everything_is_done(run)
    answer = visitor.get(f"/en/remedies/{run.name}.json")
    assert answer["access-control-allow-origin"] == "*"
    told = answer.json()
    assert told["outage"]["from"] == "2023-01-23T00:00:00+01:00"
    assert len(told["outage"]["changes"]) == 13
    assert [gives["consent"] for gives in told["remedies"][0]["gives"]] == ["confirm", "automatic"]
    assert told["remedies"][0]["gives"][0]["by"] == "2023-04-30"
    owed = [line for gives in told["remedies"][0]["gives"] for line in gives["owed"]]
    nothing = told["remedies"][0]["nothing"]
    mailboxes = sum(line["count"] for line in owed) + sum(one["mailboxes"] for one in nothing)
    assert mailboxes == run.totals["mailboxes"]
    assert told["statement"]["outcomes_digest"] == run.outcomes_digest
    assert told["statement"]["discrepancies"] == []


def test_a_page_that_did_not_change_is_not_sent_again(
    visitor: Client, programme: Programme
) -> None:
    everything_is_done(programme.approve())
    for path in (page_of(programme, "it"), f"/it/ristori/{programme.name}.json", "/it/"):
        first = visitor.get(path)
        assert "max-age=60" in first["cache-control"]
        assert "public" in first["cache-control"]
        again = visitor.get(path, headers={"if-none-match": first["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_public_pages_are_the_same_for_everybody(visitor: Client, programme: Programme) -> None:
    programme.approve()
    for path in ("/it/", page_of(programme, "it"), "/it/verifica/"):
        answer = visitor.get(path)
        assert not answer.cookies
        assert "Cookie" not in answer.get("vary", "")


def test_headers_let_a_page_do_nothing_but_be_read(visitor: Client, programme: Programme) -> None:
    programme.approve()
    answer = visitor.get(page_of(programme, "it"))
    policy = dict(
        part.strip().split(" ", 1) for part in answer["content-security-policy"].split(";")
    )
    assert policy == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert answer["x-content-type-options"] == "nosniff"
    assert answer["referrer-policy"] == "same-origin"
    html = answer.content.decode()
    assert "<script" not in html
    assert "style=" not in html


def test_each_page_names_itself_in_the_other_language(
    visitor: Client, programme: Programme
) -> None:
    programme.approve()
    for here, there in (
        (page_of(programme, "it"), page_of(programme, "en")),
        ("/it/verifica/", "/en/check/"),
        ("/it/", "/en/"),
    ):
        for path, other in ((here, there), (there, here)):
            page = visitor.get(path)
            assert page["content-language"] == path[1:3]
            assert f'href="http://testserver{other}"' in page.content.decode()


def test_nothing_is_published_from_papers_that_were_changed(
    visitor: Client, programme: Programme
) -> None:
    programme.approve()
    Run.objects.update(policy_digest="0" * 64)
    for path in (page_of(programme, "it"), f"/it/ristori/{programme.name}.json"):
        answer = visitor.get(path)
        assert answer.status_code == 503
        assert "run-changed" in answer.content.decode() or "non se ne pubblica" in words_of(answer)


# The code of a letter


def letter(programme: Programme) -> tuple[Notice, str]:
    notice = Notice.objects.get(address="only.imap@libero.it")
    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.ACCEPTED)
    return notice, code_of(SECRET, programme.name, notice.pk)


def test_the_code_of_a_letter_is_known_in_its_mailbox_only(
    visitor: Client, programme: Programme
) -> None:
    programme.approve()
    notice, code = letter(programme)
    right = {"code": code.lower().replace("-", " "), "mailbox": f" {notice.address.upper()} "}
    told = words_of(visitor.post("/it/verifica/", right))
    assert "Sì, è nostro" in told
    assert f"con il codice {code} nella casella o•••@" in told
    other = {"code": code, "mailbox": "only.ios@libero.it"}
    assert "No, non lo conosciamo" in words_of(visitor.post("/it/verifica/", other))


def test_a_letter_that_was_not_delivered_is_not_vouched_for(programme: Programme) -> None:
    notice, code = letter(programme)
    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.PLANNED)
    found = genuine.verdict(SECRET, code, notice.address)
    assert found.finding is genuine.Finding.UNKNOWN


def test_a_code_alone_is_only_well_formed_or_not(visitor: Client, programme: Programme) -> None:
    _, code = letter(programme)
    assert "It may be ours" in words_of(visitor.post("/en/check/", {"code": code}))
    wrong = code[:-1] + ("B" if code[-1] != "B" else "C")
    for typed in (wrong, "1234-5678", "", "x" * 9000):
        assert "No, we do not know it" in words_of(visitor.post("/en/check/", {"code": typed}))


def test_what_was_typed_is_shown_as_text(visitor: Client, programme: Programme) -> None:
    _, code = letter(programme)
    form = {"code": code, "mailbox": "<script>alert(1)</script>@libero.it"}
    assert "<script" not in visitor.post("/it/verifica/", form).content.decode()


def test_an_unknown_page_is_not_found_in_both_languages(visitor: Client) -> None:
    assert "Questa pagina non c'è" in words_of(visitor.get("/it/ristori/nessuno/"))
    missing = visitor.get("/en/remedies/none/")
    assert missing.status_code == 404
    assert "This page is not here" in words_of(missing)


def test_whoever_watches_is_told_that_it_works(visitor: Client) -> None:
    assert visitor.get("/healthz").content == b"ok\n"
