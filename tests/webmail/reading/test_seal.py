"""The seal: on the genuine letter in its own mailbox, and on nothing that resembles it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.databases import Database
from tests.fulfilment import stage
from tests.notices import cast
from tests.webmail.reading.forgeries import (
    BRUNO,
    CARLA,
    MAILBOX,
    NOTICE,
    RUN,
    SECRET,
    from_stranger,
    genuine,
    identity,
    keys_of,
    records,
    unsigned,
)
from tests.webmail.reading.resemblances import FORGERIES

from ristoro.edges.mailboxes.message import open_message
from ristoro.faces.webmail.reading import lookalike
from ristoro.faces.webmail.reading.eye import skeleton
from ristoro.faces.webmail.reading.seal import Fault, Keys, Seal, Verdict, judged
from ristoro.kernel.keys import bucket_of
from ristoro.notices.codes import code_of
from ristoro.notices.facts import NoticeKind
from ristoro.notices.keys import DnsRecord
from ristoro.notices.models import Notice, NoticeState
from ristoro.notices.sheet import sheet_of
from ristoro.notices.sign import body_hash, sign


@pytest.fixture
def known(database: Database) -> Notice:
    """The genuine letter, as its run knows it."""
    del database
    run = stage.run(name=RUN)
    return Notice.objects.create(
        id=NOTICE,
        run=run,
        mailbox_id=MAILBOX,
        bucket=bucket_of(MAILBOX),
        address=CARLA,
        brand="libero",
        locale="it",
        kind=NoticeKind.STORAGE_DONE,
        state=NoticeState.VERIFIED,
        result="",
        body_hash=body_hash(genuine()),
    )


def seal(
    stored: bytes, address: str = CARLA, keys: Mapping[str, list[DnsRecord]] | None = None
) -> Seal:
    published = {"libero": records()} if keys is None else keys
    return judged(stored, open_message(stored), address, Keys(cast.BRANDS, published, SECRET))


@pytest.mark.usefixtures("known")
def test_the_genuine_letter_bears_the_seal() -> None:
    found = seal(genuine())
    assert (found.verdict, found.run) == (Verdict.GENUINE, RUN)
    assert found.brand == cast.LIBERO
    assert found.code == code_of(SECRET, RUN, NOTICE)


@pytest.mark.usefixtures("known")
def test_line_ends_and_traces_of_the_host_take_nothing_from_it() -> None:
    traced = b"X-Sieve: CMU Sieve\r\nAuthentication-Results: a; dkim=pass\r\n" + genuine()
    assert seal(traced).verdict is Verdict.GENUINE
    assert seal(traced.replace(b"\r\n", b"\n")).verdict is Verdict.GENUINE


def test_the_seal_is_given_while_the_deposit_is_not_settled(known: Notice) -> None:
    Notice.objects.update(state=NoticeState.UNKNOWN, body_hash="")
    assert seal(genuine()).verdict is Verdict.GENUINE
    assert known.pk == NOTICE


def test_there_are_as_many_forgeries_as_promised() -> None:
    assert len(FORGERIES) >= 50


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_bears_no_seal_and_is_warned_of(name: str) -> None:
    assert seal(FORGERIES[name]()).verdict is Verdict.FALSE


@pytest.mark.usefixtures("known")
def test_the_letter_in_another_mailbox_bears_no_seal() -> None:
    found = seal(genuine(), BRUNO)
    assert (found.verdict, found.fault) == (Verdict.FALSE, Fault.OTHER_MAILBOX)


@pytest.mark.usefixtures("known")
def test_without_our_published_keys_nothing_bears_the_seal() -> None:
    found = seal(genuine(), keys={})
    assert (found.verdict, found.fault) == (Verdict.FALSE, Fault.SIGNATURE)


@pytest.mark.parametrize("state", [NoticeState.PLANNED, NoticeState.WITHHELD, NoticeState.REFUSED])
def test_a_letter_that_was_never_deposited_bears_no_seal(known: Notice, state: NoticeState) -> None:
    Notice.objects.filter(pk=known.pk).update(state=state)
    assert seal(genuine()).fault is Fault.UNKNOWN_LETTER


def test_another_secret_makes_another_code(known: Notice) -> None:
    Notice.objects.filter(pk=known.pk).update(body_hash="")
    stored = sign(unsigned(identity()), keys_of("ours"), cast.APPROVED)
    keys = Keys(cast.BRANDS, {"libero": records()}, b"another secret")
    found = judged(stored, open_message(stored), CARLA, keys)
    assert found.fault is Fault.CODE


ORDINARY = {
    "a friend": from_stranger("Anna Verdi", "anna@example.org"),
    "a friend with an address of the brand": from_stranger("Anna Verdi", "anna@libero.it"),
    "a man called Libero": from_stranger("Libero Bianchi", "libero@example.org"),
    "free time": from_stranger(
        "Anna", "anna@example.org", words="Nel tempo libero conferma: https://example.org/"
    ),
    "a shop": from_stranger(
        "Negozio", "info@shop.example", words="Conferma il rimborso su https://shop.example/"
    ),
    "a word of eight consonants": from_stranger("Anna", "anna@example.org", words="BCDF-GHJK"),
}


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_mail_is_not_warned_of(name: str) -> None:
    found = seal(ORDINARY[name])
    assert (found.verdict, found.claims) == (Verdict.ORDINARY, ())


@pytest.mark.parametrize("path", sorted(Path(__file__).with_name("hostile").glob("*.eml")))
@pytest.mark.usefixtures("known")
def test_no_hostile_mail_bears_the_seal(path: Path) -> None:
    assert seal(path.read_bytes()).verdict is not Verdict.GENUINE


@pytest.mark.parametrize("locale", ["it", "en"])
def test_every_letter_of_ours_has_the_words_that_are_looked_for(locale: str) -> None:
    text = skeleton(sheet_of(cast.more_space(locale)).plain)
    assert sum(phrase in text for phrase in lookalike._PHRASES) >= 5
