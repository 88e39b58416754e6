"""What a notice costs before it leaves: composing, signing, linting. CPU time of one process.

    .venv/bin/python -m bench.notices

Writes ``bench/results/notices.json``. Budgets: signing twice 1.5 ms, composing and signing 2.5 ms.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.notices import cast

from bench.record import write
from ristoro.notices.compose import compose
from ristoro.notices.facts import Identity, NoticeKind, Subject
from ristoro.notices.keys import dns_record, make_keys, read_signers
from ristoro.notices.letters import Desk
from ristoro.notices.lint import lint
from ristoro.notices.plan import GrantRow, NoticeRow
from ristoro.notices.sheet import sheet_of
from ristoro.notices.sign import sign
from ristoro.notices.verify import verify


def milliseconds(act: Callable[[int], object], times: int) -> float:
    """CPU milliseconds for one call, the best of three rounds."""
    rounds = []
    for _ in range(3):
        start = time.process_time_ns()
        for number in range(times):
            act(number)
        rounds.append((time.process_time_ns() - start) / times / 1_000_000)
    return round(min(rounds), 4)


def identity(number: int) -> Identity:
    return Identity("jan-2023", number, f"box{number}@libero.it", "RXJK-VNQR")


def main() -> None:
    subject = cast.more_space()
    fresh: list[Subject] = [
        replace(subject, grants=(replace(cast.MORE_SPACE, base=2**30 + n),)) for n in range(600)
    ]
    row = GrantRow(
        *(0, "storage", 214_748_365, "", 2**30, 1_288_490_189, None, None, "automatic", None),
        "verified",
    )
    with TemporaryDirectory() as folder:
        make_keys(Path(folder), cast.LIBERO)
        signers = read_signers(Path(folder), cast.LIBERO)
    records = [dns_record(signer) for signer in signers]
    message = compose(subject, identity(0), cast.APPROVED)
    signed = sign(message, signers, cast.APPROVED)
    desk = Desk(
        cast.BRANDS, cast.OUTAGE, {}, {"libero": signers}, b"a secret of the bench", cast.APPROVED
    )

    def write_one(number: int) -> object:
        box = f"box{number}@libero.it"
        notice = NoticeRow(number, "jan-2023", box, "libero", "it", NoticeKind.STORAGE_DONE)
        return desk.write(notice, [row])

    results = {
        "message_bytes": len(signed),
        "cpu_ms": {
            "render and encode a class": milliseconds(
                lambda n: sheet_of.__wrapped__(fresh[n]), 100
            ),
            "compose": milliseconds(lambda n: compose(subject, identity(n), cast.APPROVED), 3000),
            "sign RSA-2048": milliseconds(
                lambda n: sign(message, signers[:1], cast.APPROVED), 1000
            ),
            "sign Ed25519": milliseconds(lambda n: sign(message, signers[1:], cast.APPROVED), 1000),
            "sign both": milliseconds(lambda n: sign(message, signers, cast.APPROVED), 1000),
            "write a letter (compose, sign, code, lint by class)": milliseconds(write_one, 2000),
            "lint a message": milliseconds(lambda n: lint(signed), 20),
            "verify both signatures": milliseconds(lambda n: verify(signed, records), 100),
        },
        "budget_ms": {"sign both": 1.5, "write a letter": 2.5},
    }
    write("notices", results)
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
