"""Every sentence of the pages has its Italian, and the compiled catalogues are those of the texts.

Django reads all catalogues as one, so a sentence has the same Italian in each that has it.
"""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from ristoro import faces
from ristoro.faces import components, said
from ristoro.fulfilment.models import GrantState
from ristoro.journal.names import CHUNK_RECORDED, NAMES
from ristoro.notices.models import NoticeState
from ristoro.outages.columns import COMPONENTS
from ristoro.remedies.columns import CONSENTS, KINDS
from ristoro.remedies.models import RunState
from ristoro.workers.models import Act

FACES = Path(faces.__file__).parent
CATALOGUES = [path for path in map(Path, settings.LOCALE_PATHS) if path.exists()]
CALLS = {"_", "gettext", "gettext_lazy"}


def in_templates() -> Iterator[str]:
    for path in FACES.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        yield from re.findall(r'{% translate "([^"]*)"', text)
        for block in re.findall(
            r"{% blocktranslate[^%]*%}(.*?)(?:{% plural %}.*?)?{% endblocktranslate %}", text, re.S
        ):
            named = re.sub(r"{{ (\w+) }}", r"%(\1)s", block)
            yield " ".join(line.strip() for line in named.splitlines()).strip()


def in_code() -> Iterator[str]:
    for path in FACES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in CALLS
                and isinstance(node.args[0], ast.Constant)
            ):
                yield str(node.args[0].value)


def compiled(folder: Path) -> dict[str, str]:
    """English to Italian; a plural is by its singular."""
    with (folder / "it/LC_MESSAGES/django.mo").open("rb") as file:
        read = gettext.GNUTranslations(file)
    catalogue: dict[object, str] = read._catalog  # type: ignore[attr-defined]
    return {
        key[0] if isinstance(key, tuple) else str(key): value
        for key, value in catalogue.items()
        if not isinstance(key, tuple) or key[1] == 0
    }


@pytest.fixture(scope="module")
def italian() -> dict[str, str]:
    return {
        english: words
        for folder in CATALOGUES
        for english, words in compiled(folder).items()
        if english
    }


def test_every_sentence_has_its_italian(italian: dict[str, str]) -> None:
    sentences = {*in_templates(), *in_code()}
    assert len(sentences) > 200
    assert sorted(sentences - italian.keys()) == []


def test_what_a_run_s_journal_tells_has_its_italian(italian: dict[str, str]) -> None:
    told = {
        words
        for name, words in NAMES.items()
        if name.startswith(("remedies.", "fulfilment.")) and name != CHUNK_RECORDED
    }
    assert sorted(told - italian.keys()) == []


def test_placeholders_are_the_same_in_both_languages(italian: dict[str, str]) -> None:
    for english, words in italian.items():
        if english:
            named = re.compile(r"%\(\w+\)s")
            # of a plural, the word for one may stand for the number
            assert set(named.findall(words)) <= set(named.findall(english)), english


@pytest.mark.parametrize("folder", CATALOGUES, ids=lambda path: path.parent.name)
def test_the_compiled_catalogue_is_that_of_the_text(folder: Path) -> None:
    text = (folder / "it/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    written = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', text, re.M)
    found = compiled(folder)
    assert len(written) > 10
    for english, words in written:
        key, value = (part.replace('\\"', '"') for part in (english, words))
        assert found[key] == value


def test_a_sentence_has_one_italian_wherever_it_stands(italian: dict[str, str]) -> None:
    for folder in CATALOGUES:
        for english, words in compiled(folder).items():
            assert not english or italian[english] == words, (folder, english)


def test_every_name_of_the_stages_has_words() -> None:
    assert set(components.COMPONENTS) == set(COMPONENTS)
    assert set(said.KINDS) == set(KINDS)
    assert set(said.CONSENTS) == set(CONSENTS)
    assert set(said.RUN_STATES) == set(RunState)
    assert set(said.ROW_STATES[Act.GRANTS]) == set(GrantState)
    assert set(said.ROW_STATES[Act.NOTICES]) == set(NoticeState)
