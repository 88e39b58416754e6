"""The letters about an account: linkless, signed, in both languages, and without the number."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from tests.payees import made

from ristoro.fulfilment.payees import letters
from ristoro.notices.keys import dns_record
from ristoro.notices.models import NoticeState
from ristoro.notices.singles.models import Single
from ristoro.notices.singles.posting import To
from ristoro.notices.verify import verify

BROWSERS = ("Firefox 128, Windows", "Samsung Internet 25, Android", "Safari 17, iPhone", "")


def single(kind: str, locale: str, browser: str, days: int = 0) -> Single:
    to = To(4711, "carla@libero.it", "libero", locale)
    at = made.AT + timedelta(days=days)
    words = letters._when(at, browser, to, made.ZONE)
    until = letters.words.day((at + made.WAIT).date(), locale)
    return Single(
        pk=9, address=to.address, brand=to.brand, locale=locale, kind=kind, at=at,
        words={**words, "until": until}, state=NoticeState.PLANNED,
    )  # fmt: skip


@pytest.mark.parametrize("kind", letters.KINDS)
@pytest.mark.parametrize("locale", ["it", "en"])
def test_every_letter_passes_the_lint_and_is_signed_by_both_keys(kind: str, locale: str) -> None:
    for days, browser in enumerate(BROWSERS):
        written = made.writer().write(single(kind, locale, browser, 7 * days + 2))
        records = [dns_record(one) for one in made.writer().signers["libero"]]
        found = verify(written.letter.message, records)
        assert found.genuine
        assert len(found.valid) == 2
        assert found.message_id == written.message_id == "<ristoro.letter.9@libero.it>"


@pytest.mark.parametrize(
    ("locale", "said"),
    [("it", "il 25 del mese di novembre"), ("en", "the 25th day of November")],
)
def test_the_letter_says_when_from_where_and_how_to_undo_it(locale: str, said: str) -> None:
    written = made.writer().write(single(letters.GIVEN, locale, BROWSERS[0]))
    parsed = message_from_bytes(written.letter.message, policy=policy.default)
    part = parsed.get_body(("plain",))
    assert part is not None
    text = " ".join(part.get_content().split())
    assert said in text
    assert "Firefox 128, Windows" in text
    assert {"it": "Il conto per i versamenti", "en": "The account for transfers"}[locale] in text
    assert written.code in text


def test_the_same_letter_has_the_same_bytes() -> None:
    one, two = (made.writer().write(single(letters.BACK, "it", "")) for _ in range(2))
    assert one == two
