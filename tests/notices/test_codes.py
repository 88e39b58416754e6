"""The short code: stable, typed by people, wrong letters found."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from ristoro.notices import codes

SECRET = b"a secret of the tests"
ids = st.integers(min_value=0, max_value=2**50)


def test_a_code_is_the_same_every_time_and_another_for_another_notice_run_or_secret() -> None:
    code = codes.code_of(SECRET, "2023-01", 7)
    assert code == codes.code_of(SECRET, "2023-01", 7) == "RXJK-VNQR"
    others = {
        codes.code_of(SECRET, "2023-01", 8),
        codes.code_of(SECRET, "2023-06", 7),
        codes.code_of(b"another", "2023-01", 7),
    }
    assert len(others | {code}) == 4


@given(ids)
def test_a_code_has_neither_vowel_nor_digit(notice: int) -> None:
    code = codes.code_of(SECRET, "run", notice)
    assert len(code) == 9
    assert code[4] == "-"
    assert set(code) - {"-"} <= set(codes.ALPHABET)
    assert not set(code) & set("AEIOUYW0123456789")


@given(ids)
def test_what_a_person_types_is_read_whatever_the_case_and_spacing(notice: int) -> None:
    code = codes.code_of(SECRET, "run", notice)
    assert codes.check(code) == code
    assert codes.check(f"  {code.lower().replace('-', ' ')} ") == code
    assert codes.matches(SECRET, "run", notice, code.replace("-", ""))
    assert not codes.matches(SECRET, "run", notice + 1, code)


@given(ids, st.integers(0, 7), st.sampled_from(codes.ALPHABET))
def test_every_single_wrong_letter_is_found(notice: int, place: int, letter: str) -> None:
    word = codes.code_of(SECRET, "run", notice).replace("-", "")
    wrong = word[:place] + letter + word[place + 1 :]
    assert (codes.check(wrong) is None) == (wrong != word)


@given(ids)
def test_any_two_letters_that_changed_places_are_found(notice: int) -> None:
    word = codes.code_of(SECRET, "run", notice).replace("-", "")
    for first, second in itertools.combinations(range(8), 2):
        letters = list(word)
        letters[first], letters[second] = letters[second], letters[first]
        wrong = "".join(letters)
        assert (codes.check(wrong) is None) == (wrong != word)


def test_what_is_no_code_is_none() -> None:
    for typed in ("", "BCDF", "BCDF-GHJA", "BCDF-GHJKL", "1234-5678", "ABCD-EFGH", "BCDF-GHJW"):
        assert codes.check(typed) is None
