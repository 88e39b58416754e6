"""The letter of a decision: linkless in each outcome and language; the bundle with it."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.claims.made import NOW, claim, person
from tests.databases import Database

from ristoro.claims import finding, letters
from ristoro.claims.bundle.gather import gather
from ristoro.claims.bundle.pack import pack
from ristoro.claims.bundle.verify import verify
from ristoro.claims.finding import Verdict
from ristoro.claims.models import Finding
from ristoro.claims.offers import Gift
from ristoro.claims.reasons import Outcome, fitting
from ristoro.claims.terms import Terms
from ristoro.fulfilment.models import GrantKind
from ristoro.kernel.errors import BadInput
from ristoro.kernel.signed import key_of, public_of
from ristoro.notices.brands import SHIPPED, read_brands
from ristoro.notices.keys import make_keys, read_signers
from ristoro.notices.singles.sums import said_sum
from ristoro.notices.singles.writing import Writer
from ristoro.staff.models import Role

TERMS = Terms(second_above=10_000, zone=ZoneInfo("Europe/Rome"))


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Writer:
    folder, brands = tmp_path_factory.mktemp("dkim"), read_brands(SHIPPED)
    brand = brands["libero"]
    make_keys(folder, brand)
    return Writer(brands, {"libero": read_signers(folder, brand)}, b"a secret")


@pytest.mark.parametrize("lang", ["it", "en"])
@pytest.mark.parametrize("instead", [0, 1_234_500])
@pytest.mark.parametrize("kind", [GrantKind.EXTENSION, GrantKind.STORAGE])
def test_a_letter_that_offers_something_in_kind_is_linkless_and_says_what_a_yes_settles(
    database: Database, writer: Writer, lang: str, instead: int, kind: GrantKind
) -> None:
    one = claim(1, locale=lang, cost_minor=2_000_000)
    amount = 12 if kind is GrantKind.EXTENSION else 100 << 30
    found = Finding(
        claim=one,
        round=1,
        accepted=True,
        outcome=Outcome.PROVED.value,
        amount_minor=2_000_000,
        set_off_minor=0,
        currency="EUR",
        reasons="",
        in_kind=Gift(kind, amount, instead).as_data(),
    )
    told = " ".join(letters.preview(one, found, TERMS, NOW, writer).plain.split())
    kept = {"it": "non rinuncia a nient'altro", "en": "gives up nothing else"}[lang]
    assert (kept in told) is bool(instead)
    assert {"it": "in più", "en": "more"}[lang] in told


@pytest.mark.parametrize("lang", ["it", "en"])
def test_the_letters_of_all_outcomes_and_reasons_are_linkless(
    database: Database, writer: Writer, lang: str
) -> None:
    one = claim(1, locale=lang, cost_minor=2_000_000)
    for outcome in Outcome:
        codes = tuple(reason.code for reason in fitting(outcome))
        amount = 2_000_000 if outcome is Outcome.PROVED else 1_234_567
        verdict = Verdict(outcome, codes, "", amount if outcome.accepted else 0)
        found = Finding(
            claim=one,
            round=1,
            accepted=outcome.accepted,
            outcome=outcome.value,
            amount_minor=verdict.amount_minor,
            set_off_minor=400 if outcome is Outcome.PARTLY else 0,
            currency="EUR",
            reasons=finding.reasons_in(verdict, lang),
        )
        shown = letters.preview(one, found, TERMS, NOW, writer)
        assert all(sentence in " ".join(shown.plain.split()) for sentence in _sentences(lang))
        if outcome is Outcome.PARTLY:
            pays = {
                "it": "12 mila 341 euro e 67 centesimi",
                "en": "12 thousand 341 euros and 67 cents",
            }
            assert pays[lang] in " ".join(shown.plain.split())


def _sentences(lang: str) -> list[str]:
    if lang == "it":
        return ["Non rinunci a nessun diritto", "chiedi il riesame", "arrivato in ritardo"]
    return ["You give up no right", "looked at again", "one message came late"]


def test_words_that_a_reader_would_make_a_link_of_are_refused(
    database: Database, writer: Writer
) -> None:
    one = claim(1)
    verdict = Verdict(Outcome.NOT_PROVABLE, ("no-cost",), "Vedi www.esempio.it")
    found = Finding(
        claim=one,
        round=1,
        accepted=False,
        outcome=verdict.outcome.value,
        amount_minor=0,
        set_off_minor=0,
        currency="EUR",
        reasons=finding.reasons_in(verdict, "it"),
    )
    with pytest.raises(BadInput):
        letters.preview(one, found, TERMS, NOW, writer)


def test_a_decided_claim_becomes_a_bundle_that_verifies(
    database: Database, writer: Writer, tmp_path: Path
) -> None:
    carla, one = person("Carla", Role.EXAMINER), claim(1)
    verdict = Verdict(Outcome.PARTLY, ("late", "cost-in-part"), "", 5_000)
    finding.find(one, carla, verdict, 0, TERMS, NOW)
    one.refresh_from_db()
    key = key_of("a secret", "facts")
    made = pack(gather(one, tmp_path, writer), NOW, key)
    assert made == pack(gather(one, tmp_path, writer), NOW, key)
    checked = verify(made, public_of(key))
    assert checked.faults == ()
    assert checked.claim == "R-2023-000001"


@pytest.mark.parametrize(
    ("minor", "it", "en"),
    [
        (999_999, "9999 euro e 99 centesimi", "9999 euros and 99 cents"),
        (1_000_000, "10 mila euro", "10 thousand euros"),
        (1_000_050, "10 mila euro e 50 centesimi", "10 thousand euros and 50 cents"),
        (100_000_000, "1 milione di euro", "1 million euros"),
        (234_500_100, "2 milioni 345 mila 1 euro", "2 million 345 thousand 1 euro"),
    ],
)
def test_large_sums_are_said_without_five_digits_together(minor: int, it: str, en: str) -> None:
    said = [said_sum(minor, "EUR", lang) for lang in ("it", "en")]
    assert said == [it, en]
