"""The report's files: a tagged PDF of the same bytes, tables that run nothing, the kept data."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader
from pypdf.generic import DictionaryObject
from tests.faces import ended
from tests.faces.conftest import signed_in
from tests.faces.programme import Programme, Template
from tests.faces.test_public import words_of

from ristoro.faces.console.closing import plots
from ristoro.faces.console.closing.plots import Stack
from ristoro.faces.console.closing.tables import TABLES
from ristoro.faces.papers import Paper
from ristoro.fulfilment import closing
from ristoro.fulfilment.models import Grant, Report
from ristoro.remedies.models import Run

AT = datetime(2023, 4, 11, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def programme_template(
    programme_template: Template, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Template:
    with django_db_blocker.unblock():
        return ended.make_template(programme_template, tmp_path_factory.mktemp("ended"), read=True)


@pytest.fixture
def run(programme: Programme) -> Run:
    return programme.run


def fetched(client: Client, run: Run, file: str) -> bytes:
    answer = client.get(f"/console/esecuzioni/{run.name}/rapporto/{file}")
    assert answer.status_code == 200
    octets: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert "attachment" in answer["Content-Disposition"]
    return octets


def table(octets: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(octets.decode("utf-8-sig"), newline="")))


# The page


@pytest.mark.parametrize("lang", ["it", "en"])
def test_the_page_has_each_figure_with_a_plot_and_the_same_in_a_table(run: Run, lang: str) -> None:
    answer = signed_in("Ivo", lang).get(f"/console/esecuzioni/{run.name}/rapporto/")
    text = answer.content.decode()
    assert text.count("<svg") == text.count("<desc") == text.count('role="img"') == 5
    titles = {
        "it": ("Ristori dati nel tempo", "Risposte per giorno", "Niente che spetti, per motivo"),
        "en": ("Remedies given over time", "Answers by day", "Nothing owed, by reason"),
    }
    for title in titles[lang]:
        assert text.count(title) >= 3
    kept = closing.latest(run)
    assert kept is not None
    assert kept.digest in text


def test_before_it_is_drawn_up_the_page_says_so_and_there_is_no_file(programme: Programme) -> None:
    client = signed_in("Olga")
    Report.objects.all().delete()
    base = f"/console/esecuzioni/{programme.name}/rapporto/"
    assert "Non è ancora stato redatto" in words_of(client.get(base))
    for file in ("rapporto-it.pdf", "tabelle.zip", "course.csv", "rapporto.json"):
        assert client.get(base + file).status_code == 404
    assert 'value="draw-up"' in client.get(base).content.decode()
    assert 'value="draw-up"' not in signed_in("Ivo").get(base).content.decode()


# The paper


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("it", ("Com'è andata", "La casella era ed è sospesa, e non poteva", "10 febbraio 2023")),
        ("en", ("How it went", "10 February 2023", "What was read again")),
    ],
)
def test_the_paper_says_what_the_page_says_in_its_language(
    run: Run, lang: str, words: tuple[str, ...]
) -> None:
    client = signed_in("Ivo")
    octets = fetched(client, run, f"rapporto-{lang}.pdf")
    assert octets == fetched(client, run, f"rapporto-{lang}.pdf")
    read = PdfReader(io.BytesIO(octets))
    text = " ".join(" ".join(page.extract_text() for page in read.pages).split())
    for each in words:
        assert each in text, each
    assert read.root_object["/Lang"] == lang
    assert client.get(f"/console/esecuzioni/{run.name}/rapporto/rapporto-fr.pdf").status_code == 404


def below(element: Any) -> list[DictionaryObject]:
    """The structure elements below one."""
    kids = [kid.get_object() for kid in element.get("/K", [])]
    return [kid for kid in kids if "/S" in kid]


def every(element: Any) -> list[DictionaryObject]:
    return [each for kid in below(element) for each in (kid, *every(kid))]


def test_the_paper_is_tagged_in_reading_order(run: Run) -> None:
    read = PdfReader(io.BytesIO(fetched(signed_in("Ivo"), run, "rapporto-en.pdf")))
    root = read.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert read.metadata is not None
    assert read.metadata.title == f"Report of {run.totals['policy']}"
    elements = every(root["/StructTreeRoot"])
    kinds = [one["/S"] for one in elements]
    assert kinds[:2] == ["/Document", "/H1"]
    assert kinds.count("/H2") >= 8
    figures = [one for one in elements if one["/S"] == "/Figure"]
    assert len(figures) == 5
    assert all(len(one["/Alt"]) > 20 for one in figures)
    heads = [one for one in elements if one["/S"] == "/TH"]
    assert {one["/A"]["/Scope"] for one in heads} == {"/Column", "/Row"}
    rows = [one for one in elements if one["/S"] == "/Table"]
    assert all({kid["/S"] for kid in below(one)} <= {"/Caption", "/TR"} for one in rows)


def test_every_mark_on_a_page_leads_to_its_element_and_fonts_are_embedded(run: Run) -> None:
    read = PdfReader(io.BytesIO(fetched(signed_in("Ivo"), run, "rapporto-it.pdf")))
    numbers = read.root_object["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    by_page = {int(numbers[at]): numbers[at + 1].get_object() for at in range(0, len(numbers), 2)}
    for page in read.pages:
        content = page.get_contents()
        assert content is not None
        marks = content.get_data().count(b"BDC")
        assert marks == len(by_page[int(page["/StructParents"])])
        assert content.get_data().count(b"EMC") == marks + content.get_data().count(b" BMC")
        for font in page["/Resources"]["/Font"].values():
            described = font.get_object().get("/FontDescriptor")
            used = font.get_object().get("/Name", "")
            assert described is not None or used not in content.get_data().decode("latin-1")


def test_a_long_table_goes_on_over_pages_below_its_head() -> None:
    paper = Paper("Prova – così", "it", AT, "piè")
    rows = [(f"riga {number}", "parola " * 30, str(number)) for number in range(120)]
    paper.table("Elenco", ("Nome", "Parole", "Numero"), rows, 2)
    read = PdfReader(io.BytesIO(paper.made()))
    assert len(read.pages) > 4
    for page in read.pages:
        assert "Parole" in page.extract_text()
    found = " ".join("\n".join(page.extract_text() for page in read.pages).split())
    assert re.findall(r"riga ([0-9]+) ", found) == [str(number) for number in range(120)]


# The tables


def test_each_table_is_whole_and_exact(run: Run) -> None:
    client = signed_in("Ivo")
    packed = zipfile.ZipFile(io.BytesIO(fetched(client, run, "tabelle.zip")))
    assert packed.namelist() == [f"{run.name}-{name}.csv" for name in TABLES]
    for name in TABLES:
        assert packed.read(f"{run.name}-{name}.csv") == fetched(client, run, f"{name}.csv")
    remedies = table(fetched(client, run, "remedies.csv"))
    verified = sum(int(row["grants"]) for row in remedies if row["state"] == "verified")
    assert verified == Grant.objects.filter(run=run, state=5).count()
    owed = table(fetched(client, run, "owed.csv"))
    assert sum(int(row["mailboxes"]) for row in owed) == run.totals["grants"]
    course = table(fetched(client, run, "course.csv"))
    given = [row for row in course if (row["series"], row["what"]) == ("grants", "given")]
    assert sum(int(row["count"]) for row in given) == verified
    assert given[0]["start"] == "2023-02-10T00:00:00+01:00"
    assert fetched(client, run, "tabelle.zip") == fetched(client, run, "tabelle.zip")


def test_the_data_has_the_digest_that_the_journal_names(run: Run) -> None:
    octets = fetched(signed_in("Ivo"), run, "rapporto.json")
    kept = closing.latest(run)
    assert kept is not None
    assert hashlib.sha256(octets).hexdigest() == kept.digest
    assert json.loads(octets)["statement"]["mailboxes"]["covered"] == run.totals["mailboxes"]


# The plots


def test_columns_stand_on_the_axis_within_the_picture() -> None:
    columns = [Stack(str(at), (at * 7 % 50, at % 3)) for at in range(200)]
    plot = plots.stacks(columns, ["one", "two"])
    floor = plots.HEIGHT - plots.BOTTOM
    for bar in plot.bars:
        assert plots.LEFT <= bar.x < bar.x + bar.width <= plots.WIDTH
        assert plots.TOP <= bar.y < bar.y + bar.height <= floor
    assert len([word for word in plot.words if word.anchor == "middle"]) <= plots.MOST_TICKS + 1
    assert plots.axis(columns) == (0, 40, 80)
    assert plots.stacks([], ["one"]).bars == ()


def test_what_is_not_nothing_is_seen() -> None:
    tall = plots.stacks([Stack("a", (1,)), Stack("b", (9_000_000,))], ["one"])
    assert next(bar.height for bar in tall.bars) == 1
    wide = plots.ranks([("few", 1, "1"), ("many", 9_000_000, "9,000,000"), ("none", 0, "0")])
    assert next(bar.width for bar in wide.bars) == 1
    assert len(wide.bars) == 2
