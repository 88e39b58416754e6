"""The examiners' pages with 100,000 claims, beside the limit of 300 ms.

The claims are rows as filing leaves them, in PostgreSQL: each with its evidence, and with the
numbers by which it is found to be like another. Every ninth was sent with one text that many were
given, and its facts are theirs; the others' texts are their own. A tenth are decided, some
appealed, and most are late. An examiner asks ``ristoro serve`` for each list and for claims of both
sorts, and decides claims one after another: taken, read, previewed with its letter, decided.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from tests import databases

import ristoro.start
from bench import record
from bench.console_pages import PASSWORD, said, signed_in
from bench.load import fresh, postgres
from bench.visitor import Answer, Visitor, hidden
from bench.webmail_inbox import webmail
from ristoro import env
from ristoro.claims import twins
from ristoro.claims.models import Claim, ClaimState, CostKind, Evidence, Lost, Trait
from ristoro.claims.reasons import Outcome
from ristoro.cli.init import make_secrets
from ristoro.kernel import clock
from ristoro.kernel.keys import bucket_of, canonical_json, digest_of
from ristoro.staff import people
from ristoro.staff.models import Role

CLAIMS = 100_000
A_BATCH = 5_000
SHARED = 9
"""One in so many was sent with the text that many were given."""
DECIDED, APPEALED = 10, 50
SEED = 2023
ROUNDS = 25
LIMIT_MS = 300
GIVEN_TEXT = (
    "Aspettavo da un cliente la conferma di un lavoro per il 24 gennaio; la conferma è arrivata"
    " quattro giorni dopo e il lavoro lo ha avuto un altro."
)
FILED = datetime(2023, 2, 1, 8, tzinfo=UTC)
QUEUE = "/console/pratiche/"
LISTS = (
    QUEUE,
    *(f"{QUEUE}?vista={view}" for view in ("mine", "late", "appeals", "second", "decided")),
    f"{QUEUE}insieme/",
)
OWN, GIVEN = f"{QUEUE}OWN/", f"{QUEUE}GIVEN/"
DECISION = "a whole decision"
REASON = {"outcome": Outcome.NOT_PROVABLE.value, f"reason-{Outcome.NOT_PROVABLE.value}": "no-line"}

assert ristoro.start  # sets Django up before the tables are imported


def told(number: int, chance: random.Random) -> str:
    """What a claim tells: the text that many were given, or words of its own."""
    if number % SHARED == 0:
        return GIVEN_TEXT
    words = [f"parola{chance.randrange(4_000)}" for _ in range(chance.randrange(20, 90))]
    return " ".join(words)


def state_of(number: int) -> ClaimState:
    if number % DECIDED == 0:
        return ClaimState.REFUSED if number % 20 else ClaimState.SETTLED
    return ClaimState.APPEALED if number % APPEALED == 7 else ClaimState.FILED


def evidence_of(number: int) -> dict[str, Any]:
    return {
        "format": "ristoro-evidence-1",
        "address": f"holder{number}@libero.it",
        "window": {"from": "2023-01-22T23:00:00.000000Z", "to": "2023-01-31T23:00:00.000000Z"},
        "totals": {"messages": 2, "delivered": 1, "late": 1},
        "messages": [],
        "sources": [],
        "limits": [{"limit": "before-our-door"}],
    }


def claims() -> Iterator[Claim]:
    chance = random.Random(SEED)
    for number in range(1, CLAIMS + 1):
        at = FILED + timedelta(seconds=number)
        yield Claim(
            id=number,
            mailbox_id=number,
            bucket=bucket_of(number),
            key=f"key-{number}",
            number=f"R-2023-{number:06d}",
            address=f"holder{number}@libero.it",
            brand="libero",
            locale="it",
            outage="libero-virgilio-2023-01",
            outage_digest="0" * 64,
            lost=Lost.MAIL_CAME_LATE,
            counterparty=f"cliente{number % 5_000 if number % SHARED else 0}@example.org",
            happened_on=date(2023, 1, 24),
            cost_minor=8_000 + (number if number % SHARED else 0),
            currency="EUR",
            cost_kind=CostKind.LOST_EARNINGS,
            how=told(number, chance),
            state=state_of(number),
            since=at,
            begun_at=at,
            saved_at=at,
            filed_at=at,
            due_on=date(2023, 3, 1) + timedelta(days=number % 30),
            evidence_digest=digest_of(evidence_of(number)),
        )


def filled() -> None:
    """Write every claim, its evidence and its traits, by COPY where there are millions."""
    batch: list[Claim] = []
    for claim in claims():
        batch.append(claim)
        if len(batch) == A_BATCH or claim.pk == CLAIMS:
            written(batch)
            batch = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('claims_claim', 'id'), %s)", [CLAIMS])
        cursor.execute("ANALYZE")


def written(batch: list[Claim]) -> None:
    Claim.objects.bulk_create(batch)
    Evidence.objects.bulk_create(
        Evidence(
            mailbox_id=claim.mailbox_id,
            bucket=claim.bucket,
            claim=claim,
            digest=claim.evidence_digest,
            body=canonical_json(evidence_of(claim.pk)).decode(),
            found_at=FILED,
        )
        for claim in batch
    )
    table = Trait._meta.db_table
    with connection.cursor() as cursor:
        copying = f"COPY {table} (claim_id, sign, value) FROM STDIN"
        with cursor.cursor.copy(copying) as copy:
            for claim in batch:
                for value in sorted(twins.shingles(claim.how))[: twins.KEPT]:
                    copy.write_row((claim.pk, twins.Sign.WORDS.value, value))


def decided(visitor: Visitor) -> None:
    """The claim to go on with: taken by opening, read, its letter seen, and decided."""
    token = {"csrfmiddlewaretoken": visitor.cookies["csrftoken"]}
    place = came(visitor.post(f"{QUEUE}avanti/", token), QUEUE)
    form = {**hidden(seen(visitor.get(place), place).text), **REASON}
    form |= token
    preview = seen(visitor.post(f"{place}decisione/", form), place)
    sent = {**form, **hidden(preview.text), **token}
    onward = came(visitor.post(f"{place}decisione/", sent), place)
    if "decisa=" not in onward:
        raise RuntimeError(f"{place}: was not decided, and led to {onward}")


def came(answer: Answer, page: str) -> str:
    if answer.status != 303:
        raise RuntimeError(f"{page}: {answer.status}")
    return answer.location


def seen(answer: Answer, page: str) -> Answer:
    if answer.status != 200:
        raise RuntimeError(f"{page}: {answer.status}")
    return answer


def timed(port: int) -> dict[str, list[float]]:
    """Milliseconds of each page, round by round; the first round warms the processes."""
    carla = signed_in(port, "carla")
    found: dict[str, list[float]] = {page: [] for page in (*LISTS, OWN, GIVEN, DECISION)}
    for number in range(ROUNDS + 1):
        # Claims of the queue's middle, one after another: what each page reads is not read before.
        middle = CLAIMS // 2 // SHARED * SHARED + SHARED * 10 * number + SHARED
        places = {OWN: f"{QUEUE}R-2023-{middle + 2:06d}/", GIVEN: f"{QUEUE}R-2023-{middle:06d}/"}
        for page in found:
            began = time.perf_counter()
            if page == DECISION:
                decided(carla)
            else:
                seen(carla.get(places.get(page, page)), page)
            if number:
                found[page].append((time.perf_counter() - began) * 1000)
    return found


def measured(base: Path) -> dict[str, Any]:
    home = base / "home"
    home.mkdir(mode=0o755)
    os.environ |= {"RISTORO_HOME": str(home), "RISTORO_SECOND_FACTOR": "no"}
    make_secrets(env.current())
    with postgres(base) as server, databases.pointed_at(fresh(server)) as database:
        people.add("carla", PASSWORD, [Role.EXAMINER], actor="bench", at=clock.now())
        filled()
        traits = Trait.objects.count()
        with webmail(home, database) as port:
            found = timed(port)
    decision = said(found.pop(DECISION))
    pages = {page: said(times) for page, times in found.items()}
    every = [one for times in found.values() for one in times]
    return {
        "claims": CLAIMS,
        "traits": traits,
        "limit_ms": LIMIT_MS,
        "rounds": ROUNDS,
        "all": said(every),
        "slowest_p95_ms": max(one["p95_ms"] for one in pages.values()),
        "decision_of_four_requests": decision,
        "pages": pages,
    }


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="ristoro-bench-", dir="/var/tmp") as folder:
        base = Path(folder)
        base.chmod(0o755)
        figures = measured(base)
    record.write("examining", figures)
    print(figures)


if __name__ == "__main__":
    main()
