"""What is offered in kind: chosen by the holder alone, given once, and money without a yes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from tests.claims.made import NOW, claim, person
from tests.claims.test_finding import PART, TERMS
from tests.databases import Database

from ristoro.claims import choosing, finding, giving, offers, settle
from ristoro.claims.models import Claim, ClaimState, Note, Offer, Settlement
from ristoro.claims.offers import Gift
from ristoro.claims.terms import IN_KIND
from ristoro.edges.billing.contract import ExtensionAsk, SubscriptionReading
from ristoro.edges.mailhosts.contract import QuotaAsk, QuotaReading
from ristoro.fulfilment.act import Doors
from ristoro.fulfilment.books.accounts import Account
from ristoro.fulfilment.books.models import BookLine
from ristoro.fulfilment.models import GrantKind, GrantState
from ristoro.fulfilment.payments.models import Payment
from ristoro.journal.models import Entry
from ristoro.kernel.errors import BadInput, NotAllowed
from ristoro.kernel.outcome import DONE, Ending, Result
from ristoro.notices.singles.models import Single
from ristoro.staff.models import Role

HOUSE = replace(TERMS, in_kind=IN_KIND)
MONTHS = Gift(GrantKind.EXTENSION, 6, 2_000)
SPACE = Gift(GrantKind.STORAGE, 10 << 30, 5_000)
BOX = "holder1@libero.it"


@dataclass
class Peer:
    """A billing system and a mail host of one mailbox; ``lost`` loses that many answers."""

    paid_until: date | None = date(2023, 8, 31)
    limit_kib: int | None = 1 << 20
    lost: int = 0
    booked: dict[str, date] = field(default_factory=dict)
    acts: int = 0

    def read(self, addresses: Sequence[str]) -> list[SubscriptionReading]:
        return [SubscriptionReading(DONE, self.paid_until) for _ in addresses]

    def extend(self, asks: Sequence[ExtensionAsk], *, reason: str) -> list[Result]:
        for ask in asks:
            if ask.key not in self.booked:
                assert ask.base_until == self.paid_until
                self.acts += 1
                self.booked[ask.key] = self.paid_until = ask.until
        return [self._answer() for _ in asks]

    def look(self, keys: Sequence[str]) -> list[Result]:
        absent = Result(Ending.REFUSED, "absent")
        return [DONE if key in self.booked else absent for key in keys]

    def read_quota(self, addresses: Sequence[str]) -> list[QuotaReading]:
        return [QuotaReading(DONE, self.limit_kib, 0) for _ in addresses]

    def raise_quota(self, asks: Sequence[QuotaAsk]) -> list[Result]:
        for ask in asks:
            assert (self.limit_kib or 0) * 1024 == ask.base
            self.acts += 1
            self.limit_kib = ask.target // 1024
        return [self._answer() for _ in asks]

    def _answer(self) -> Result:
        self.lost -= 1
        return Result(Ending.UNKNOWN, "no-answer") if self.lost >= 0 else DONE

    @contextmanager
    def doors(self) -> Iterator[Doors]:
        yield Doors(self, self, giving.KEYS)  # type: ignore[arg-type]  # the acts used here alone


@pytest.fixture
def one(database: Database) -> Claim:
    return claim(1)


def offered(one: Claim, gift: Gift) -> Offer:
    finding.find(one, person("Carla", Role.EXAMINER), replace(PART, gift=gift), 0, HOUSE, NOW)
    return Offer.objects.get()


def payments() -> dict[str, int]:
    return dict(Payment.objects.values_list("key", "amount"))


def balance(account: Account, unit: str = "EUR") -> int:
    lines = BookLine.objects.filter(account=account, unit=unit)
    return sum(one.amount if one.side == 1 else -one.amount for one in lines)


def happened(one: Claim) -> list[str]:
    return list(
        Note.objects.filter(claim=one, shown=True).order_by("id").values_list("what", flat=True)
    )


def test_the_rest_is_paid_at_once_and_the_sum_offered_for_waits_for_the_choice(one: Claim) -> None:
    offer = offered(one, MONTHS)
    assert payments() == {"R-2023-000001-1": 3_000}
    waiting = Settlement.objects.get(key="R-2023-000001-1-2")
    assert (waiting.amount, waiting.state) == (2_000, settle.CHOICE)
    assert balance(Account.PAYABLE) == -5_000
    assert offer.answer_by == date(2023, 3, 9)
    words = Single.objects.get().words
    assert words["offer"] == "sei mesi di abbonamento in più"
    assert words["instead"] == "20 euro"
    assert giving.follow(Peer().doors, NOW) == 0


def test_a_yes_is_given_once_seen_and_settles_that_sum_alone(one: Claim) -> None:
    offer, peer = offered(one, MONTHS), Peer(lost=1)
    for _ in range(2):
        choosing.choose(offer, True, HOUSE, NOW)
    with pytest.raises(NotAllowed):
        choosing.choose(offer, False, HOUSE, NOW)
    assert giving.follow(peer.doors, NOW) == 1
    assert Offer.objects.get().state == GrantState.UNKNOWN
    assert giving.follow(peer.doors, NOW) == 1
    assert giving.follow(peer.doors, NOW) == 0
    offer.refresh_from_db()
    assert (offer.state, offer.until, peer.acts) == (GrantState.VERIFIED, date(2024, 2, 29), 1)
    assert peer.paid_until == offer.until
    assert payments() == {"R-2023-000001-1": 3_000}
    assert balance(Account.PAYABLE) == -3_000
    assert balance(Account.DAMAGES) == 3_000
    assert balance(Account.IN_KIND_GIVEN, "months") == -6
    assert balance(Account.IN_KIND_OWED, "months") == 0
    assert happened(one) == ["offered", "settled", "chose-kind", "given-kind"]
    assert Entry.objects.filter(name="claims.claim.chose", actor="holder").count() == 1


@pytest.mark.parametrize("silent", [False, True])
def test_a_no_and_silence_are_paid_in_money(one: Claim, silent: bool) -> None:
    offer = offered(one, SPACE)
    assert payments() == {}
    late = NOW + timedelta(days=11)
    if silent:
        assert choosing.lapse(HOUSE.day(NOW), NOW) == 0
        with pytest.raises(NotAllowed, match="last day"):
            choosing.choose(offer, True, HOUSE, late)
        assert [choosing.lapse(HOUSE.day(late), late) for _ in range(2)] == [1, 0]
    else:
        choosing.choose(offer, False, HOUSE, NOW)
    assert payments() == {"R-2023-000001-1-2": 5_000}
    assert Settlement.objects.get().state == settle.OWED
    assert balance(Account.PAYABLE) == -5_000
    assert giving.follow(Peer().doors, late) == 0


def test_space_is_raised_to_an_absolute_limit(one: Claim) -> None:
    choosing.choose(offered(one, SPACE), True, HOUSE, NOW)
    peer = Peer()
    giving.follow(peer.doors, NOW)
    assert Offer.objects.get().state == GrantState.VERIFIED
    assert peer.limit_kib == 11 << 20
    assert balance(Account.PAYABLE) == 0
    assert balance(Account.IN_KIND_GIVEN, "bytes") == -(10 << 30)


def test_what_cannot_be_given_is_paid_in_money(one: Claim) -> None:
    choosing.choose(offered(one, MONTHS), True, HOUSE, NOW)
    assert giving.follow(Peer(paid_until=None).doors, NOW) == 1
    offer = Offer.objects.get()
    assert (offer.state, offer.result) == (GrantState.REFUSED, "no-subscription")
    assert payments() == {"R-2023-000001-1": 3_000, "R-2023-000001-1-2": 2_000}
    assert balance(Account.PAYABLE) == -5_000
    assert balance(Account.IN_KIND_OWED, "months") == 0
    assert happened(one)[-1] == "refused-kind"


def test_besides_all_of_the_money_a_second_person_agrees(one: Claim) -> None:
    carla, dino = person("Carla", Role.EXAMINER), person("Dino", Role.EXAMINER)
    verdict = replace(PART, gift=replace(MONTHS, instead_minor=0))
    found = finding.find(one, carla, verdict, 0, HOUSE, NOW)
    assert finding.find(one, carla, verdict, 0, HOUSE, NOW).pk == found.pk
    assert Claim.objects.get(pk=one.pk).state == ClaimState.EXAMINED
    finding.agree(found, dino, HOUSE, NOW)
    assert payments() == {"R-2023-000001-1": 5_000}
    choosing.choose(offers.of_claim(one)[0], False, HOUSE, NOW)
    assert payments() == {"R-2023-000001-1": 5_000}


@pytest.mark.parametrize(
    "gift",
    [
        replace(MONTHS, instead_minor=5_001),
        replace(MONTHS, amount=0),
        replace(MONTHS, amount=61),
        Gift(GrantKind.CREDIT, 5, 0),
    ],
)
def test_an_offer_that_is_none_is_refused(one: Claim, gift: Gift) -> None:
    with pytest.raises(BadInput):
        offered(one, gift)
    with pytest.raises(BadInput, match="does not offer"):
        finding.check_gift(one, replace(PART, gift=MONTHS), TERMS)
