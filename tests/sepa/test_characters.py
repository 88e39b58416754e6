"""The SEPA's characters: every text becomes one that banks take, and what they take stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ristoro.edges.billing.sepa.characters import ALLOWED, SPELT, is_reference, is_written, written

sepa_texts = st.text(st.sampled_from(sorted(ALLOWED)), max_size=60)


@given(st.text(max_size=80), st.integers(1, 140))
def test_every_text_becomes_one_of_the_set(text: str, most: int) -> None:
    found = written(text, most)
    assert is_written(found)
    assert len(found) <= most
    assert found == " ".join(found.split())


@given(st.text(max_size=80))
def test_writing_twice_is_writing_once(text: str) -> None:
    once = written(text, 300)
    assert written(once, 300) == once


@given(sepa_texts)
def test_what_banks_take_stays_as_it_is_but_for_blanks(text: str) -> None:
    assert written(text, 200) == " ".join(text.split())


def test_the_table_writes_in_the_set_alone() -> None:
    for character, spelt in SPELT.items():
        assert len(character) == 1
        assert is_written(spelt), character
        assert character not in ALLOWED


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Niccolò D’Àngelo", "Niccolo D'Angelo"),
        ("Jürgen Weiß", "Jurgen Weiss"),
        ("Żaneta Łukaszewska", "Zaneta Lukaszewska"),
        ("Søren Ærø", "Soren AEro"),
        ("Αλέξανδρος Παπάς", "Alexandros Papas"),
        ("Иван Жуков", "Ivan Zhukov"),
        ("Rossi & Figli S.n.c.", "Rossi + Figli S.n.c."),
        ("anna@libero.it", "anna(at)libero.it"),
        ("Anna\t\n  Rossi\u200b", "Anna Rossi"),
        ("王小明", "..."),
        ("Ђорђе Љубичић", "Djordje Ljubichic"),
        ("„Đorđe“ Ćirić", "'Dorde' Ciric"),
        ("Ⅻ ﬁnale", "XII finale"),
    ],
)
def test_names_are_written_as_a_person_would(name: str, expected: str) -> None:
    assert written(name, 70) == expected


def test_every_letter_of_the_union_s_alphabets_is_written_as_letters() -> None:
    ranges = ((0xC0, 0x180), (0x218, 0x21C), (0x386, 0x3CF), (0x400, 0x460), (0x1F00, 0x2000))
    letters = [chr(one) for first, end in ranges for one in range(first, end)]
    odd = [one for one in letters if one.isalpha() and not written(f"a{one}", 9)[1:].isalpha()]
    assert odd == ["Ŀ", "ŀ", "ŉ", "Ь", "ь"], "a dot, an apostrophe, a silent sign"


@pytest.mark.parametrize("key", ["libero-2023-01/17", "R-2023-000123", "A", "x" * 35])
def test_references_that_banks_take(key: str) -> None:
    assert is_reference(key)


@pytest.mark.parametrize("key", ["", "/a", "a/", "a//b", "x" * 36, "è", "a_b", " a", "a\n"])
def test_references_that_banks_refuse(key: str) -> None:
    assert not is_reference(key)
