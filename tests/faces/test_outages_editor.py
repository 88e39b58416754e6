"""The console declares and corrects outages on a picture: without script, by forms alone."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.faces.conftest import post, signed_in
from tests.faces.editor import (
    CORRECT,
    JANUARY,
    LIST,
    NAME,
    NEW,
    PAGE,
    act,
    declared,
    editing,
    judged,
)
from tests.faces.programme import AT, Programme
from tests.faces.test_console import words_of

from ristoro.errands.places import decisions
from ristoro.errands.places import outages as folder
from ristoro.journal.models import Detail, Entry
from ristoro.outages import versions
from ristoro.outages.breaches.models import Record
from ristoro.outages.declaring import declare
from ristoro.outages.drafts.judge import judge
from ristoro.outages.reports.models import Report
from ristoro.remedies.models import Run

__all__ = ["declared"]


# Looking


def test_whoever_works_here_looks_and_only_operators_act(declared: Programme) -> None:
    for name in ("Olga", "Aldo", "Gina", "Ivo"):
        client = signed_in(name)
        for path in (LIST, PAGE, f"{PAGE}v1.yaml"):
            assert client.get(path).status_code == 200, (name, path)
        may = 200 if name == "Olga" else 403
        for path in (NEW, CORRECT):
            assert client.get(path).status_code == may, (name, path)
            if name != "Olga":
                assert post(client, path, act="confirm").status_code == 403
    assert versions.count(folder(), NAME) == 1


def test_whoever_is_not_signed_in_is_asked_to(declared: Programme, visitor: Client) -> None:
    for path in (LIST, PAGE, NEW, CORRECT, f"{PAGE}v1.yaml"):
        answer = visitor.get(path)
        assert (answer.status_code, answer["location"][:15]) == (302, "/console/entra/")


def test_the_list_says_what_is_declared_the_newest_first(declared: Programme) -> None:
    second = JANUARY.read_bytes().replace(NAME.encode(), b"another", 1)
    second = second.replace(b"to: 2023-02-01T00:00", b"")
    declare(second, "second", folder(), declared.staff["Olga"], AT, AT)
    text = words_of(signed_in("Gina").get(LIST))
    assert text.index("another") < text.index(NAME)
    assert "in corso" in text
    assert "finito" in text
    assert words_of(signed_in("Gina").get(f"{LIST}?pagina=2")).count(NAME) == 0


def test_no_outage_yet_is_said_in_words(programme: Programme) -> None:
    assert "Non è ancora stato dichiarato" in words_of(signed_in("Olga").get(LIST))
    assert signed_in("Olga").get(f"{LIST}none/").status_code == 404
    assert signed_in("Olga").get(f"{LIST}none/correggi/").status_code == 404


def test_the_page_shows_the_picture_and_the_same_as_a_table(declared: Programme) -> None:
    page = signed_in("Olga").get(PAGE)
    text = words_of(page)
    assert "lib-01..lib-06" in text
    assert "8.400" in text
    assert page.content.decode().count('class="band"') > 8 * 8
    utc = words_of(signed_in("Olga", "en").get(f"{PAGE}?ora=utc"))
    assert "22 January 2023, 23:00 UTC" in utc
    opened = words_of(signed_in("Olga").get(f"{PAGE}?apri=libero.webmail"))
    assert opened.count("lib-07..lib-12") > text.count("lib-07..lib-12")
    assert signed_in("Olga").get(f"{PAGE}?versione=2").status_code == 404


def test_the_page_names_the_runs_decided_on_each_version(declared: Programme) -> None:
    text = words_of(signed_in("Olga").get(PAGE))
    assert declared.name in text
    assert "più vecchia" not in text
    corrected()
    text = words_of(signed_in("Olga").get(PAGE))
    assert "decisa su una versione più vecchia" in text
    Run.objects.update(outcomes_digest="0" * 64)
    shutil.copytree(declared.folder, decisions() / ("d" * 64))
    page = signed_in("Olga").get(PAGE).content.decode()
    assert f"/console/decisioni/{'d' * 64}/" in page


def test_a_changed_file_is_told_and_not_shown(declared: Programme) -> None:
    path = versions.path_of(folder(), NAME, 1)
    path.write_text(path.read_text(encoding="utf-8").replace("T16:00", "T17:00"), encoding="utf-8")
    page = signed_in("Olga").get(PAGE)
    assert page.status_code == 409
    assert "version-changed" in words_of(page)
    assert "non si legge" in words_of(signed_in("Olga").get(LIST))


def test_reports_suggest_an_edge_that_nothing_declares(declared: Programme) -> None:
    early = datetime(2023, 1, 22, 21, tzinfo=UTC)
    Report.objects.bulk_create(
        Report(at=early + timedelta(minutes=n), since=early, way="imap", words="x",
               address=f"{n}@libero.it", brand="libero", store="lib-01", browser="")
        for n in range(20)
    )  # fmt: skip
    page = signed_in("Olga").get(PAGE)
    assert "20 segnalazioni di guasti da 22 gennaio 2023, 22:00 CET" in words_of(page)
    assert page.content.decode().count('class="reports"') == 1


# Correcting


def corrected(
    name: str = "Olga", end: str = "2023-02-01T06:00", reason: str = "un registro"
) -> Any:
    """The iOS window ends otherwise; the answer to the declaration."""
    client, page = editing(name)
    page = act(client, CORRECT, page, "choose:1")
    page = act(client, CORRECT, page, "review", **{"w-end": end})
    assert page.status_code == 200, words_of(page)
    return act(client, CORRECT, page, "confirm", form="", reason=reason)


def test_a_window_is_corrected_by_forms_alone(declared: Programme) -> None:
    client, page = editing()
    page = act(client, CORRECT, page, "choose:1")
    assert 'id="w-end" name="w-end" type="datetime-local" value="2023-02-01T00:00"' in (
        page.content.decode()
    )
    page = act(client, CORRECT, page, "review", **{"w-end": "2023-02-01T06:00"})
    text = words_of(page)
    assert "12.960 13.320 +360 48 di 48" in text
    assert "finestra spostata" in text
    assert declared.name in text
    refused = act(client, CORRECT, page, "confirm", form="", reason=" ")
    assert refused.status_code == 422
    assert "Una correzione dice perché" in words_of(refused)
    assert versions.count(folder(), NAME) == 1
    done = act(client, CORRECT, page, "confirm", form="", reason="registro dell'app")
    assert (done.status_code, done["location"]) == (303, PAGE)
    again = act(client, CORRECT, page, "confirm", form="", reason="registro dell'app")
    assert (again.status_code, again["location"]) == (303, PAGE)
    first, second = versions.versions(folder(), NAME)
    assert (second.corrects, second.reason) == (first.digest, "registro dell'app")
    kept = versions.path_of(folder(), NAME, 2).read_text(encoding="utf-8")
    assert "# The iOS app did not follow the stores" in kept


def test_a_declaration_is_journaled_and_on_the_register_once(declared: Programme) -> None:
    corrected()
    entries = Entry.objects.filter(subject=f"outage {NAME}").order_by("number")
    assert [(one.actor, one.name) for one in entries] == [
        ("Olga", "outages.outage.declared"),
        ("Olga", "outages.outage.corrected"),
    ]
    last = Detail.objects.get(number=entries[1].number).data
    assert last["reason"] == "un registro"
    assert last["version"] == 2
    record = Record.objects.get(outage=NAME)
    assert record.entries.count() == 2
    text = words_of(signed_in("Ivo").get(PAGE))
    assert "dichiarata da Olga" in text
    assert "un registro" in text
    compared = words_of(signed_in("Ivo").get(f"{PAGE}v2/"))
    assert "+360" in compared
    assert declared.name in compared
    assert signed_in("Ivo").get(f"{PAGE}v1/").status_code == 404


WRONG: tuple[tuple[str, Any, str], ...] = (
    ("w-end", "2023-01-22T00:00", "Finisce non più tardi di quando comincia."),
    ("w-end", "2023-10-29T02:30", "Non è un istante del fuso del disservizio."),
    ("w-stores", "lib-01..lib-99", "Uno di questi archivi non è di questi marchi."),
    ("w-stores", "lib-1..lib-02", "Questo non è un intervallo di archivi."),
    ("w-error_rate", "5", "Ciò che è fermo fallisce per ogni richiesta"),
    ("w-announced", "2023-01-20T00:00", "Solo un lavoro programmato si annuncia"),
    ("w-components", [], "Nessun componente è scelto."),
    ("s-0-at", "2023-03-01T00:00", "Questo riapre fuori dalla sua finestra."),
)


def test_what_is_wrong_is_told_at_its_field_and_bar(declared: Programme) -> None:
    client, page = editing()
    page = act(client, CORRECT, page, "choose:1")
    for field, value, words in WRONG:
        more = {"s-0-stores": "lib-01"} if field == "s-0-at" else {}
        wrong = act(client, CORRECT, page, "review", **{field: value}, **more)
        assert wrong.status_code == 422
        text = words_of(wrong)
        assert text.count(words) >= 2
        assert "Finestra 2:" in text
        assert ("faulty" in wrong.content.decode()) == (field != "w-components")
    assert versions.count(folder(), NAME) == 1


def test_windows_are_added_doubled_moved_and_removed(declared: Programme) -> None:
    client, page = editing()
    page = act(client, CORRECT, page, "add:libero.pop3:lib-01..lib-06")
    written = judged(page).draft.windows
    assert len(written) == 5
    assert (written[4].components, written[4].brands, written[4].stores) == (
        "pop3", "libero", "lib-01..lib-06",
    )  # fmt: skip
    page = act(client, CORRECT, page, "double:4")
    assert len(judged(page).draft.windows) == 6
    start, end = (int(at.timestamp()) * 1_000_000 for at in (AT, AT + timedelta(hours=1)))
    page = act(client, CORRECT, page, f"move:5:{start}:{end}")
    assert judged(page).draft.windows[5].start == "2023-02-10T10:00"
    page = act(client, CORRECT, page, f"draw:virgilio.imap::{start}:{end}")
    assert judged(page).draft.windows[6].stores == ""
    for _ in range(3):
        page = act(client, CORRECT, page, "remove:4")
    assert judged(page).draft.windows == judge(JANUARY.read_text(encoding="utf-8")).draft.windows


NUMBERED = ("choose:99", "choose:x", "remove:-1", "move:0:x:y", "move:0:99999999999999999:1")
DRAWN = ("draw:::", "draw:nope.nope:a:1:2", "add:", "double:7", "open:none", "utc", "nothing")
ZOOMED = ("zoom:up", "zoom:in", "zoom:out", "zoom:left", "zoom:right", "zoom:all")


def test_no_act_breaks_the_page(declared: Programme) -> None:
    client, page = editing()
    for verb in (*NUMBERED, *DRAWN, *ZOOMED):
        page = act(client, CORRECT, page, verb)
        assert page.status_code == 200, verb


def test_a_draft_that_is_none_is_refused(declared: Programme) -> None:
    client, page = editing()
    for draft in ("", "- a list", "outage: [a]", "\x00"):
        answer = act(client, CORRECT, page, "show", draft=draft)
        assert answer.status_code in (409, 422), draft
        assert "Non è stato fatto" in words_of(answer)


# Two at once


def test_the_second_of_two_corrections_is_told_what_changed_and_loses_nothing(
    declared: Programme,
) -> None:
    client, page = editing("Berta")
    page = act(client, CORRECT, page, "choose:3")
    page = act(client, CORRECT, page, "review", **{"w-end": "2023-01-26T15:00"})
    assert corrected("Olga").status_code == 303
    told = act(client, CORRECT, page, "confirm", form="", reason="anche la posta")
    assert told.status_code == 409
    text = words_of(told)
    assert "Intanto è stata dichiarata la versione 2, da Olga." in text
    assert "un registro" in text
    assert "+360" in text
    assert versions.count(folder(), NAME) == 2
    page = act(client, CORRECT, told, "carry", form="")
    text = words_of(page)
    assert "riportate sulla versione 2" in text
    page = act(client, CORRECT, page, "review")
    assert 'value="anche la posta"' in page.content.decode()
    done = act(client, CORRECT, page, "confirm", form="")
    assert done.status_code == 303
    last = judge(versions.path_of(folder(), NAME, 3).read_text(encoding="utf-8"))
    assert [one.end for one in last.draft.windows[1::2]] == ["2023-02-01T06:00", "2023-01-26T15:00"]


def test_an_editor_that_was_overtaken_says_so_at_once(declared: Programme) -> None:
    client, page = editing("Berta")
    corrected("Olga")
    text = words_of(act(client, CORRECT, page, "choose:0"))
    assert "Intanto è stata dichiarata la versione 2: un registro" in text


# A new one


def test_an_outage_is_declared_from_nothing(declared: Programme) -> None:
    client, page = editing(path=NEW)
    assert "lib-01..lib-48" in page.content.decode()
    assert "Manca il titolo" not in words_of(page)
    refused = act(client, NEW, page, "review")
    assert refused.status_code == 422
    for words in ("non ha un nome", "Manca il titolo italiano", "Nessuna finestra è dichiarata"):
        assert words in words_of(refused)
    head = {"name": "imap-2026-03", "title_it": "IMAP: fermo", "title_en": "IMAP down"}
    page = act(client, NEW, page, "add:libero.imap:", **head)
    text = {"w-start": "2026-03-12T09:00", "w-end": "2026-03-12T10:00", "w-condition": "degraded",
            "w-error_rate": "12,5", "w-source": "chi: «noi»"}  # fmt: skip
    page = act(client, NEW, page, "review", **text)
    assert page.status_code == 200
    later = act(client, NEW, page, "confirm", form="", aware="2099-01-01T00:00")
    assert later.status_code == 422
    assert "nessuno può averlo saputo allora" in words_of(later)
    assert versions.count(folder(), "imap-2026-03") == 0
    done = act(client, NEW, page, "confirm", form="", aware="2026-03-12T09:30")
    assert (done.status_code, done["location"]) == (303, f"{LIST}imap-2026-03/")
    outage = versions.version(folder(), "imap-2026-03")
    assert outage.windows[0].error_permille == 125
    assert outage.title["it"] == "IMAP: fermo"
    record = Record.objects.get(outage="imap-2026-03")
    assert record.aware_at == datetime(2026, 3, 12, 8, 30, tzinfo=UTC)
    assert record.due_at - record.aware_at == timedelta(hours=72)


def test_a_name_that_is_taken_is_told_and_the_draft_may_become_a_correction(
    declared: Programme,
) -> None:
    client, page = editing(path=NEW)
    head = {"name": NAME, "title_it": "Un altro", "title_en": "Another"}
    page = act(client, NEW, page, "add:libero.pop3:lib-01", **head)
    assert "già stato dichiarato" in words_of(page)
    assert act(client, NEW, page, "review").status_code == 422
    confirmed = act(client, NEW, page, "confirm", aware="2026-03-12T09:30")
    assert confirmed.status_code == 409
    carried = act(client, CORRECT, confirmed, "carry", form="")
    assert len(judged(carried).draft.windows) == 5
    assert judged(carried).draft.version == "2"


# From a file


def sent(client: Client, path: str, page: Any, text: bytes) -> Any:
    return act(client, path, page, "import", file=SimpleUploadedFile("outage.yaml", text))


def test_a_file_comes_into_the_editor_and_is_declared_from_there(programme: Programme) -> None:
    client, page = editing(path=NEW)
    page = sent(client, NEW, page, JANUARY.read_bytes())
    assert page.status_code == 200
    assert versions.count(folder(), NAME) == 0
    page = act(client, NEW, page, "review")
    done = act(client, NEW, page, "confirm", form="", aware="2023-01-23T08:00")
    assert done["location"] == PAGE
    kept = versions.path_of(folder(), NAME, 1).read_bytes()
    assert kept == JANUARY.read_bytes()


def test_a_file_of_a_declared_outage_becomes_its_correction(declared: Programme) -> None:
    client, page = editing(path=NEW)
    page = sent(client, NEW, page, JANUARY.read_bytes().replace(b"T16:00", b"T17:00"))
    assert f'action="{CORRECT}"' in page.content.decode()
    assert judged(page).draft.version == "2"
    page = act(client, CORRECT, page, "review")
    assert "finestra spostata" in words_of(page)


NO_FILES = (
    (b"windows: [", "not-yaml"),
    (b"caf\xe9: 1", "not-utf8"),
    (b"outage: a\nwindos: []\n", "unknown-field"),
    (b"x" * (1024 * 1024 + 1), "bad-file"),
    (b"outage: other\n", "other-outage"),
)


def test_a_file_that_is_none_is_refused_and_the_draft_stays(declared: Programme) -> None:
    client, page = editing()
    page = act(client, CORRECT, page, "remove:0")
    for text, words in NO_FILES:
        page = sent(client, CORRECT, page, text)
        assert page.status_code in (409, 422)
        assert words in words_of(page)
        assert len(judged(page).draft.windows) == 3
