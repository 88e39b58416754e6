"""A plain letter's words in blocks: what is said, what is quoted, who signs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from ristoro.edges.mailboxes.contract import Person
from ristoro.faces.webmail.reading.ago import ago
from ristoro.faces.webmail.reading.plain import Block, blocks_of, initial, linked

LETTER = """\
Va bene sabato.

Il giorno ven 20 nov 2026 alle ore 21:04 Carla <carla@libero.it> ha
scritto:

> Vieni sabato?
>
> > Quando?
>
> Carla

--
Anna
"""
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def told(blocks: tuple[Block, ...]) -> list[tuple[str, str]]:
    return [(block.kind, str(block.text)) for block in blocks]


def test_what_is_quoted_folds_behind_the_line_that_introduces_it() -> None:
    own, quote, signature = blocks_of(LETTER)
    assert (own.kind, str(own.text)) == ("own", "Va bene sabato.")
    assert quote.said.startswith("Il giorno ven 20 nov 2026")
    assert quote.said.endswith("ha scritto:")
    assert quote.folded
    assert [block.kind for block in quote.blocks] == ["own", "quote", "own"]
    assert (signature.kind, str(signature.text)) == ("signature", "Anna")


def test_short_quotations_between_answers_stay_open() -> None:
    blocks = blocks_of("> Vieni?\nSì\n\n> Con chi?\nCon Bruno")
    assert [block.kind for block in blocks] == ["quote", "own", "quote", "own"]
    assert not any(block.folded for block in blocks)


def test_a_letter_that_only_quotes_is_open() -> None:
    (only,) = blocks_of("> a\n> b\n> c\n> d\n> e")
    assert not only.folded


@pytest.mark.parametrize(
    "mark",
    ["-----Original Message-----", "-------- Messaggio originale --------", "_" * 32],
)
def test_what_other_programs_pass_on_is_a_quotation(mark: str) -> None:
    blocks = blocks_of(f"Ecco\n\n{mark}\nDa: Anna\nOggetto: Ciao\n\nTesto")
    assert [block.kind for block in blocks] == ["own", "quote"]
    assert blocks[1].folded


def test_a_line_of_dashes_in_the_middle_signs_nothing() -> None:
    assert told(blocks_of("a\n--\n" + "b\n" * 20))[0][0] == "own"
    assert len(blocks_of("a\n--\n" + "b\n" * 20)) == 1


def test_everything_in_a_letter_is_escaped() -> None:
    (block,) = blocks_of('<script>alert(1)</script> https://a.example/?x="><b>')
    assert "<script>" not in block.text
    assert "<b>" not in block.text


def test_addresses_are_links_where_links_are_wanted() -> None:
    text = "Vedi https://example.org/a, poi https://example.org/b."
    assert linked(text).count('rel="noopener noreferrer nofollow"') == 2
    assert 'href="https://example.org/a"' in linked(text)
    (block,) = blocks_of(text, links=False)
    assert "<a" not in block.text


@given(st.lists(st.sampled_from([">", "> ", ">> x", "-- ", "--", "a", "", "x ha scritto:"])))
@settings(max_examples=200, deadline=None)
def test_no_line_of_a_letter_is_lost(lines: list[str]) -> None:
    def words(blocks: tuple[Block, ...]) -> str:
        return "".join(f"{b.said}{b.text}{words(b.blocks)}" for b in blocks)

    shown = words(blocks_of("\n".join(lines)))
    for word in ("a", "x"):
        assert shown.count(word) == "".join(lines).count(word)


def test_a_letter_of_many_quotations_has_an_end() -> None:
    assert blocks_of(">" * 50_000)
    assert len(blocks_of("> a\nb\n" * 5_000)) == 1


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=-60), "adesso"),
        (timedelta(seconds=59), "adesso"),
        (timedelta(minutes=1), "1 minuto fa"),
        (timedelta(minutes=59), "59 minuti fa"),
        (timedelta(hours=1), "1 ora fa"),
        (timedelta(days=6), "6 giorni fa"),
        (timedelta(days=14), "2 settimane fa"),
        (timedelta(days=60), "2 mesi fa"),
        (timedelta(days=800), "2 anni fa"),
    ],
)
def test_how_long_ago_is_said_as_people_say_it(before: timedelta, said: str) -> None:
    with translation.override("it"):
        assert ago(NOW - before, NOW) == said


def test_a_correspondent_has_an_initial() -> None:
    assert [initial(Person(name, "è@b.it")) for name in ("«anna»", "", "!")] == ["A", "È", "?"]
