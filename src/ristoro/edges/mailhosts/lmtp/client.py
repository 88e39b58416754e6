"""Letters deposited over a few kept LMTP connections, each once; blocking and asyncio faces.

Nothing here tries again: a recipient whose ending is unknown is looked for by somebody else.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from ristoro.edges.mailhosts.contract import Letter
from ristoro.edges.mailhosts.lmtp.codec import Offer
from ristoro.edges.mailhosts.lmtp.connection import Connection, Source, open_connection
from ristoro.edges.mailhosts.lmtp.endpoint import Endpoint, Timeouts
from ristoro.edges.mailhosts.lmtp.transaction import Broken, Failure, Fence, Transaction
from ristoro.kernel.outcome import Result

MAX_RECIPIENTS = 100
"""Recipients in one transaction: what every host must take (RFC 5321 4.5.3.1.8)."""

WINDOW = 2
"""Transactions in flight on one connection: one that the host works on, one that waits for it.

More gain nothing, and a cut line leaves more unknown.
"""

FRUITLESS = 3
"""Connections lost in a row, none of which ended a transaction, after which no other is opened."""


@dataclass(frozen=True, slots=True)
class _Share:
    """The part of a letter that one transaction carries, and where its results belong."""

    letter: Letter
    results: list[Result | None]
    at: int


def _shares(letters: Sequence[Letter]) -> tuple[list[_Share], list[list[Result | None]]]:
    shares: list[_Share] = []
    results: list[list[Result | None]] = []
    for letter in letters:
        mine: list[Result | None] = [None] * len(letter.recipients)
        results.append(mine)
        if len(letter.recipients) <= MAX_RECIPIENTS:
            shares.append(_Share(letter, mine, 0))
            continue
        for at in range(0, len(letter.recipients), MAX_RECIPIENTS):
            some = letter.recipients[at : at + MAX_RECIPIENTS]
            shares.append(_Share(Letter(letter.message, some, letter.sender), mine, at))
    return shares, results


class LmtpClient:
    """A pool of connections to one LMTP service, opened when needed and kept between batches.

    To be used in one event loop, one ``deposit`` at a time.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        connections: int = 4,
        timeouts: Timeouts | None = None,
        window: int = WINDOW,
    ) -> None:
        if connections < 1 or window < 1:
            raise ValueError("a deposit needs at least one connection and one transaction")
        self._endpoint = endpoint
        self._timeouts = timeouts or Timeouts()
        self._window = window
        self._context: ssl.SSLContext | None = endpoint.context()
        self._kept: list[Connection | None] = [None] * connections

    async def deposit(self, letters: Sequence[Letter]) -> list[list[Result]]:
        """Hand over each letter once. For each letter, one result per recipient, in order.

        Cancelled, it drops the connections in use: what was in flight is for the caller unknown.
        """
        shares, results = _shares(letters)
        waiting = deque(shares)
        carried: list[tuple[_Share, Transaction]] = []
        failures: list[Failure] = []

        def source(offer: Offer, fence: Fence) -> Transaction | None:
            if not waiting:
                return None
            share = waiting.popleft()
            transaction = Transaction(share.letter, offer, fence)
            carried.append((share, transaction))
            return transaction

        async def work(slot: int) -> None:
            fruitless = 0
            while waiting and fruitless < FRUITLESS:
                try:
                    connection = await self._connection(slot)
                except Broken as error:
                    failures.append(error.failure)
                    return
                before = connection.verdicts
                await self._drive(slot, connection, source)
                if connection.broken:
                    failures.append(connection.broken)
                    if connection.broken.before == "timeout":
                        return
                    fruitless = 0 if connection.verdicts > before else fruitless + 1

        async with asyncio.TaskGroup() as group:
            for slot in range(min(len(self._kept), len(shares))):
                group.create_task(work(slot))
        for share, transaction in carried:
            share.results[share.at : share.at + len(transaction.results)] = transaction.results
        return [[_ended(result, failures) for result in mine] for mine in results]

    async def _connection(self, slot: int) -> Connection:
        """The kept connection if it still answers, else a new one; ``Broken`` where none opens."""
        kept, self._kept[slot] = self._kept[slot], None
        if kept and not kept.broken:
            try:
                await kept.trust()
            except Broken:
                await kept.abort()
            except BaseException:
                await kept.abort()
                raise
            else:
                self._kept[slot] = kept
                return kept
        opened = await open_connection(self._endpoint, self._timeouts, self._context, self._window)
        self._kept[slot] = opened
        return opened

    async def _drive(self, slot: int, connection: Connection, source: Source) -> None:
        try:
            await connection.drive(source)
        finally:
            if connection.broken:
                self._kept[slot] = None
                await connection.abort()

    async def close(self) -> None:
        """Leave every connection politely; the client may be used again."""
        for slot, connection in enumerate(self._kept):
            self._kept[slot] = None
            if connection:
                await connection.leave()


def _ended(result: Result | None, failures: Sequence[Failure]) -> Result:
    # What no transaction took was never written: it shares the fate of the last connection.
    return result or failures[-1].result(end_written=False)


class LmtpDepositor:
    """``LmtpClient`` for callers that block: one event loop of its own, connections kept.

    To be used from one thread.
    """

    def __init__(
        self, endpoint: Endpoint, *, connections: int = 4, timeouts: Timeouts | None = None
    ) -> None:
        self._client = LmtpClient(endpoint, connections=connections, timeouts=timeouts)
        self._runner = asyncio.Runner()

    def deposit(self, letters: Sequence[Letter]) -> list[list[Result]]:
        """Hand over each letter once. For each letter, one result per recipient, in order."""
        return self._runner.run(self._client.deposit(letters))

    def close(self) -> None:
        """Leave every connection; the depositor may be used again."""
        self._runner.run(self._client.close())
        self._runner.close()
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
