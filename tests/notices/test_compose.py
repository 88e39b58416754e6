"""The message: exact fields, the same bytes every time, figures as words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.notices import cast

from ristoro.kernel.errors import BadInput
from ristoro.notices import words
from ristoro.notices.brands import read_brands
from ristoro.notices.codes import code_of
from ristoro.notices.compose import compose
from ristoro.notices.detectors import detect
from ristoro.notices.facts import Brand, Identity, NoticeKind
from ristoro.notices.plain import plain_of
from ristoro.notices.sheet import STAND_IN, quoted_printable, render, sheet_of


def test_the_fields_are_those_of_a_notice_and_no_other() -> None:
    parsed = message_from_bytes(cast.message(cast.six_months("it")), policy=policy.default)
    assert dict(parsed.items()) == {
        "Date": "Fri, 10 Feb 2023 09:30:00 +0000",
        "From": "Libero Mail <ristoro@libero.it>",
        "To": "carla@libero.it",
        "Subject": "Ti spetta un abbonamento più lungo: decidi tu",
        "Message-ID": "<ristoro.jan-2023.7@libero.it>",
        "Auto-Submitted": "auto-generated",
        "X-Ristoro-Deposit": "jan-2023.7",
        "MIME-Version": "1.0",
        "Content-Language": "it",
        "Content-Type": parsed["Content-Type"],
    }
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]


def test_an_instant_in_another_zone_gives_the_same_bytes() -> None:
    rome = datetime(2023, 2, 10, 10, 30, tzinfo=timezone(timedelta(hours=1)))
    assert compose(cast.more_space(), cast.CARLA, rome) == cast.message()


def test_a_subject_with_accents_is_encoded() -> None:
    message = cast.message(cast.more_space("it"))
    assert b"\r\nSubject: =?utf-8?" in message
    parsed = message_from_bytes(message, policy=policy.default)
    assert parsed["Subject"] == "La tua casella ha più spazio"


@pytest.mark.parametrize("locale", ["it", "en"])
@pytest.mark.parametrize("kind", NoticeKind)
def test_a_code_put_in_late_gives_the_bytes_of_encoding_the_finished_text(
    kind: NoticeKind, locale: str
) -> None:
    subject = replace(cast.six_months(locale), kind=kind)
    for notice in range(5):
        code = code_of(b"secret", "run", notice)
        body = sheet_of(subject).body_for(code)
        _, html = render(subject, code)
        assert quoted_printable(html) in body
        assert quoted_printable(plain_of(html)) in body
        assert STAND_IN.encode() not in body


def test_a_line_that_begins_with_from_is_encoded() -> None:
    assert quoted_printable("From now\nFrom: x\n") == b"=46rom now\r\nFrom: x\r\n"


def test_an_offer_says_what_silence_means() -> None:
    subject = cast.six_months("en")
    said = {}
    for fallback in ("give", "forfeit", "ask-again"):
        grant = replace(subject.grants[0], fallback=fallback)
        text = sheet_of(replace(subject, grants=(grant,))).plain
        said[fallback] = " ".join(text.split())
    assert "we will give it to you anyway" in said["give"]
    assert "the offer ends then" in said["forfeit"]
    assert "you lose nothing: we will ask you again" in said["ask-again"]
    assert all("you keep all your rights" in text for text in said.values())


@pytest.mark.parametrize(
    ("amount", "italian", "english"),
    [
        (0, "0 KB", "0 KB"),
        (2**30, "1 GB", "1 GB"),
        (1_288_490_188, "1,2 GB", "1.2 GB"),
        (1_288_490_189, "1,2 GB", "1.2 GB"),
        (3_865_470_566, "3,6 GB", "3.6 GB"),
        (2**40, "1 TB", "1 TB"),
        (2**30 - 1, "1 GB", "1 GB"),
        (549_654_189_768, "511,9 GB", "511.9 GB"),
        (1023 * 2**30 + 2**28, "1 TB", "1 TB"),
    ],
)
def test_sizes_are_said_in_the_providers_units(amount: int, italian: str, english: str) -> None:
    assert (words.size(amount, "it"), words.size(amount, "en")) == (italian, english)


def test_days_money_and_counts_are_words() -> None:
    day = date(2024, 2, 29)
    assert words.day(day, "it") == "l'ultimo giorno di febbraio, nel 2024"
    assert words.day(day, "en") == "the end of February, in 2024"
    assert words.money(1999, "EUR", "it") == "19 euro e 99 centesimi"
    assert words.money(101, "GBP", "en") == "1 pound and 1 penny"
    assert words.money(0, "EUR", "en") == "0 euros"
    assert words.money(500, "JPY", "it") == "500 yen"
    assert words.count(6, "months", "it") == "sei mesi"
    assert words.count(1, "days", "en") == "one day"
    assert words.count(45, "days", "it") == "45 giorni"
    january, february = date(2023, 1, 22), date(2023, 2, 1)
    assert words.month_span(january, january, "it") == "di gennaio, nel 2023"
    assert words.month_span(january, february, "en") == ("between January and February, in 2023")
    assert words.month_span(date(2022, 12, 31), january, "it") == (
        "tra dicembre, nel 2022, e gennaio, nel 2023"
    )


@pytest.mark.parametrize(
    ("number", "italian", "english"),
    [
        (1, "il primo del mese di giugno", "the 1st day of June"),
        (2, "il 2 del mese di giugno", "the 2nd day of June"),
        (8, "l'8 del mese di giugno", "the 8th day of June"),
        (11, "l'11 del mese di giugno", "the 11th day of June"),
        (23, "il 23 del mese di giugno", "the 23rd day of June"),
        (30, "l'ultimo giorno di giugno", "the end of June"),
    ],
)
def test_a_day_is_exact_and_no_date_for_a_reader(number: int, italian: str, english: str) -> None:
    day = date(2023, 6, number)
    assert words.day(day, "it") == f"{italian}, nel 2023"
    assert words.day(day, "en") == f"{english}, in 2023"
    for lang in ("it", "en"):
        for text in (words.day(day, lang), words.up_to(day, lang, 2022)):
            assert not list(detect(text, "plain"))


def test_a_last_day_is_said_with_its_year_where_it_is_another() -> None:
    end, within = date(2023, 4, 30), date(2023, 4, 8)
    assert words.up_to(end, "it", 2023) == "fino alla fine di aprile"
    assert words.up_to(end, "en", 2022) == "until the end of April, in 2023"
    assert words.up_to(within, "it", 2023) == "fino all'8 del mese di aprile compreso"
    assert words.up_to(date(2023, 4, 9), "it", 2022) == (
        "fino al 9 del mese di aprile compreso, nel 2023"
    )
    assert words.up_to(within, "en", 2023) == "up to and including the 8th day of April"


@given(st.text(max_size=30))
def test_no_address_or_run_can_write_a_header_of_its_own(text: str) -> None:
    for run, address in (("run", f"a{text}@b.it"), (f"r{text}", "a@b.it")):
        try:
            identity = Identity(run, 1, address, "BCDF-GHJK")
        except ValueError:
            continue
        assert "\r" not in identity.address + identity.run
        assert "\n" not in identity.address + identity.run


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", "a@b.it\r\nBcc: x@y.z"),
        ("domain", "libero"),
        ("colour", "red; } body { display: none"),
        ("name", "Libero\nMail"),
        ("code", "Libero Mail"),
    ],
)
def test_a_brand_that_cannot_stand_in_a_header_or_a_style_is_refused(
    field: str, value: str
) -> None:
    fields = {name: getattr(cast.LIBERO, name) for name in Brand.__slots__}
    with pytest.raises(ValueError, match="brand"):
        Brand(**(fields | {field: value}))


def test_a_wrong_file_of_brands_says_where(tmp_path: Path) -> None:
    file = tmp_path / "brands.yaml"
    file.write_text(
        "acme:\n  name: Acme\n  address: nobody\n  domain: acme.test\n"
        '  webmail: Acme Mail\n  colour: "#000000"\n',
        encoding="utf-8",
    )
    with pytest.raises(BadInput, match="'nobody'") as caught:
        read_brands(file)
    assert caught.value.problems[0].place is not None
