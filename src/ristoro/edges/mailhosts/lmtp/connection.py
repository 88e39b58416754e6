"""One LMTP connection on asyncio: opened, encrypted, trusted by a fence, then fed transactions.

Transactions follow each other on the line without waiting where the host pipelines. The reading
callback itself begins the next one, so that no task is woken for a message.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ssl
from collections import deque
from collections.abc import Callable
from typing import cast

from ristoro.edges.mailhosts.lmtp import codec, transaction
from ristoro.edges.mailhosts.lmtp.codec import Garbage, Offer, Reply, ReplyReader
from ristoro.edges.mailhosts.lmtp.endpoint import Endpoint, Timeouts, Tls
from ristoro.edges.mailhosts.lmtp.transaction import (
    Broken,
    Failure,
    Fence,
    Transaction,
    Writing,
)

Source = Callable[[Offer, Fence], Transaction | None]
"""Gives the next transaction for a connection, or ``None`` when there is no more to do."""

_PIECE = 64 * 1024

_ROOM = 8 * 1024
"""Octets read at once: the replies to a hundred recipients."""

_PATIENCE = 1.0
"""Seconds that a host has to close the line after QUIT."""


class Connection(asyncio.BufferedProtocol):
    """Made by ``open_connection``. ``drive`` once for each batch; then ``leave`` or ``abort``.

    ``broken`` says why the connection is of no more use, or is ``None``. ``verdicts`` counts the
    transactions whose replies were all read.
    """

    def __init__(self, timeouts: Timeouts, window: int) -> None:
        self._timeouts = timeouts
        self._window = window
        self._loop = asyncio.get_running_loop()
        self._buffer = memoryview(bytearray(_ROOM))
        self._reader = ReplyReader()
        self._unread: deque[Reply] = deque()
        self._reading: asyncio.Future[None] | None = None
        self._driving: asyncio.Future[None] | None = None
        self._source: Source | None = None
        self._flight: deque[Transaction] = deque()
        self._outgoing: deque[tuple[bytes, Transaction | None]] = deque()
        self._paused = False
        self._timer: asyncio.TimerHandle | None = None
        self._heard = 0.0
        self._transport: asyncio.Transport | None = None
        self._gone = self._loop.create_future()
        self._offer = Offer()
        self._fence = Fence("", distinct=False)
        self.broken: Failure | None = None
        self.verdicts = 0

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        # A buffer of our own: asyncio would allocate 256 KiB for each of many short replies.
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._heard = self._loop.time()
        for event in self._reader.feed(bytes(self._buffer[:nbytes])):
            if self.broken:
                return
            if isinstance(event, Garbage):
                self._break(transaction.garbage(event.why))
            elif self._source is None:
                self._unread.append(event)
            else:
                self._take(event)
        if self._source is not None and not self.broken:
            self._begin_more()
        elif self._reading and not self._reading.done():
            self._reading.set_result(None)

    def eof_received(self) -> bool:
        self._break(transaction.lost("the host closed the line"))
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._break(transaction.lost(str(exc) if exc else "the line was closed"))
        if not self._gone.done():
            self._gone.set_result(None)

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._heard = self._loop.time()
        self._pump()

    # Opening

    async def greet(self, endpoint: Endpoint, context: ssl.SSLContext | None) -> None:
        """Greeting, STARTTLS where asked for, LHLO and the first fence; ``Broken`` on any fault."""
        greeting = await self._reply(self._timeouts.greeting)
        self._agree(greeting)
        await self._hello(endpoint.client_name)
        if endpoint.tls is Tls.STARTTLS and context:
            await self._encrypt(context, endpoint.server_name or endpoint.host)
            await self._hello(endpoint.client_name)
        await self.trust()

    async def _hello(self, name: str) -> None:
        reply = await self._ask(codec.lhlo(name))
        self._agree(reply)
        self._offer = codec.offer_of(reply)

    async def _encrypt(self, context: ssl.SSLContext, name: str) -> None:
        if not self._offer.starttls:
            raise Broken(_tls("the host does not offer STARTTLS"))
        reply = await self._ask(codec.STARTTLS)
        if reply.kind != 2:
            raise Broken(_tls(f"STARTTLS was refused: {reply.code} {reply.text}"))
        if self._unread or not self._reader.idle:
            # Said in clear by who knows whom, to be believed as if said encrypted (RFC 3207 4.2).
            raise Broken(_tls("there were words in clear behind the answer to STARTTLS"))
        assert self._transport is not None
        try:
            encrypted = await self._loop.start_tls(
                self._transport,
                self,
                context,
                server_hostname=name,
                ssl_handshake_timeout=self._timeouts.connect,
            )
        except OSError as error:
            self._lose_in_handshake()
            raise Broken(_tls(str(error) or "the handshake was cut")) from error
        except BaseException:
            self._lose_in_handshake()
            raise
        if encrypted is None:
            self._lose_in_handshake()
            raise Broken(_tls("the line was cut in the handshake"))
        self._transport = encrypted

    def _lose_in_handshake(self) -> None:
        # The line under a failed handshake is closed by asyncio, which does not tell us so.
        self._break(_tls("the handshake failed"))
        self._transport = None

    async def trust(self) -> None:
        """Ask RSET and keep the words: the fence before each transaction, and a sign of life.

        A kept connection is asked again before each batch, for the host may have closed it
        meanwhile, and a message written into a closed line would be an unknown.
        """
        reply = await self._ask(codec.RSET)
        self._agree(reply)
        self._fence = Fence(reply.text, distinct=self._fence.distinct)

    async def _ask(self, command: bytes) -> Reply:
        if self._unread or not self._reader.idle:
            raise Broken(transaction.garbage("a reply to nothing"))
        if self._transport and not self.broken:
            self._transport.write(command)
        return await self._reply(self._timeouts.command)

    async def _reply(self, seconds: float) -> Reply:
        try:
            async with asyncio.timeout(seconds):
                while not self._unread and not self.broken:
                    self._reading = self._loop.create_future()
                    await self._reading
        except TimeoutError as error:
            failure = transaction.timeout(f"no reply in {seconds:g} s")
            self._break(failure)
            raise Broken(failure) from error
        finally:
            self._reading = None
        if self._unread:
            return self._unread.popleft()
        assert self.broken is not None
        raise Broken(self.broken)

    def _agree(self, reply: Reply) -> None:
        if reply.kind == 2:
            return
        failure = (
            transaction.said(reply) if reply.kind in (4, 5) else transaction.garbage(reply.text)
        )
        self._break(failure)
        raise Broken(failure)

    # Transactions

    async def drive(self, source: Source) -> None:
        """Carry out what the source gives until it has no more, or until ``broken`` is set.

        Every transaction taken from the source is over when this returns, cancelled or not.
        """
        if self._unread or not self._reader.idle:
            self._break(transaction.garbage("a reply to nothing"))
            return
        self._source = source
        self._driving = self._loop.create_future()
        try:
            self._begin_more()
            self._watch()
            await self._driving
        finally:
            if self._flight:
                self._break(transaction.lost("the deposit was given up"))
            self._source = None
            self._driving = None
            if self._timer:
                self._timer.cancel()
                self._timer = None

    def _begin_more(self) -> None:
        assert self._source is not None
        # Until a delivery's answer is known to differ from the fence, one at a time.
        window = self._window if self._fence.distinct and self._offer.pipelining else 1
        while not self.broken and len(self._flight) < window:
            if self._flight and not self._flight[-1].spoken:
                return
            following = self._source(self._offer, self._fence)
            if following is None:
                break
            if following.over:
                continue
            if not self._flight:
                self._heard = self._loop.time()
            self._flight.append(following)
            self._write(following.begin(), following)
        if not self._flight and self._driving and not self._driving.done():
            self._driving.set_result(None)

    def _take(self, reply: Reply) -> None:
        if not self._flight:
            self._break(transaction.garbage(f"a reply to nothing: {reply.code} {reply.text}"))
            return
        head = self._flight[0]
        try:
            writing = head.take(reply)
        except Broken as error:
            self._break(error.failure)
            return
        if writing.pieces:
            self._write(writing, head)
        if head.distinct and not self._fence.distinct:
            self._fence = Fence(self._fence.text, distinct=True)
        if head.over:
            self._flight.popleft()
            self.verdicts += 1

    # Writing

    def _write(self, writing: Writing, whose: Transaction) -> None:
        whole = b"".join(writing.pieces)
        ending = whose if writing.ends else None
        if len(whole) <= _PIECE:
            self._outgoing.append((whole, ending))
        else:
            last = (len(whole) - 1) // _PIECE * _PIECE
            for at in range(0, last, _PIECE):
                self._outgoing.append((whole[at : at + _PIECE], None))
            self._outgoing.append((whole[last:], ending))
        self._pump()

    def _pump(self) -> None:
        transport = self._transport
        assert transport is not None
        # A transport whose line was cut swallows what it is given; it must not count as written.
        while self._outgoing and not (self._paused or self.broken or transport.is_closing()):
            piece, ending = self._outgoing.popleft()
            if ending:
                ending.end_written = True
            transport.write(piece)

    # Time

    def _watch(self) -> None:
        """Look whether the peer has been silent for too long, and when to look again.

        One timer for the connection, moved when it fires: arming one for each reply would cost
        more than reading it.
        """
        self._timer = None
        if self.broken or not self._driving or self._driving.done():
            return
        now = self._loop.time()
        often = min(self._timeouts.command, self._timeouts.data)
        due = now + often
        if self._flight:
            limit = (
                self._timeouts.data if self._flight[0].awaits_delivery else self._timeouts.command
            )
            if now >= self._heard + limit:
                self._break(transaction.timeout(f"no reply in {limit:g} s"))
                return
            due = min(due, self._heard + limit)
        self._timer = self._loop.call_at(due, self._watch)

    # Ending

    def _break(self, failure: Failure) -> None:
        if self.broken:
            return
        self.broken = failure
        for flying in self._flight:
            flying.fail(failure)
        self._flight.clear()
        self._outgoing.clear()
        for waiter in (self._reading, self._driving):
            if waiter and not waiter.done():
                waiter.set_result(None)
        if self._transport:
            self._transport.abort()

    async def abort(self) -> None:
        """Drop the line at once and wait until it is gone."""
        self._break(transaction.lost("the client dropped the line"))
        if self._transport:
            await self._gone

    async def leave(self) -> None:
        """Say QUIT if the line still stands, without waiting for the answer, and close."""
        if self.broken or not self._transport:
            await self.abort()
            return
        self._transport.write(codec.QUIT)
        self.broken = transaction.lost("the client said QUIT")
        self._transport.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await asyncio.shield(self._gone)
        self._transport.abort()
        await self._gone


def _tls(why: str) -> Failure:
    return Failure("tls-failed", "tls-failed", codec.printable(why))


async def open_connection(
    endpoint: Endpoint, timeouts: Timeouts, context: ssl.SSLContext | None, window: int
) -> Connection:
    """Connect and greet; ``Broken`` where no usable connection comes of it.

    Nothing is left open when it raises or is cancelled.
    """
    connection = Connection(timeouts, window)
    loop = asyncio.get_running_loop()
    implicit = context if endpoint.tls is Tls.TLS else None
    try:
        async with asyncio.timeout(timeouts.connect):
            if endpoint.path:
                await loop.create_unix_connection(lambda: connection, str(endpoint.path))
            else:
                await loop.create_connection(
                    lambda: connection,
                    endpoint.host,
                    endpoint.port,
                    ssl=implicit,
                    server_hostname=(endpoint.server_name or endpoint.host) if implicit else None,
                )
    except TimeoutError as error:
        raise Broken(transaction.timeout(f"no line in {timeouts.connect:g} s")) from error
    except ssl.SSLError as error:
        raise Broken(_tls(str(error))) from error
    except OSError as error:
        # Where a name has several addresses, asyncio puts their errors into one text.
        refused = f"[Errno {errno.ECONNREFUSED}]" in str(error)
        code = "refused-connection" if refused else "no-connection"
        raise Broken(Failure(code, code, codec.printable(str(error)))) from error
    try:
        await connection.greet(endpoint, context)
    except BaseException:
        await connection.abort()
        raise
    return connection
