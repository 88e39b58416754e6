"""One message to its recipients: what to write next, and what each reply decides for whom.

The machine has no socket. LMTP answers once for each recipient it accepted, in order, after the
end of the message (RFC 2033 4.2); until that answer is read, a message whose end was written may
or may not have been delivered, and its ending is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ristoro.edges.mailhosts.contract import Letter
from ristoro.edges.mailhosts.lmtp import codec
from ristoro.edges.mailhosts.lmtp.codec import Offer, Reply, printable
from ristoro.kernel.outcome import Ending, Result

EAGER = 64 * 1024
"""A message up to this many octets goes out with its envelope; a longer one waits for it."""

_SYNTAX = range(500, 505)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a connection serves no longer, as codes before and after the end of a message."""

    before: str
    after: str
    text: str = ""

    def result(self, *, end_written: bool) -> Result:
        """The ending of a recipient of whom nothing was read."""
        if end_written:
            return Result(Ending.UNKNOWN, self.after, self.text)
        return Result(Ending.DEFERRED, self.before, self.text)


def lost(text: str) -> Failure:
    """The line was cut."""
    return Failure("lost-before-data", "lost-after-data", printable(text))


def timeout(text: str) -> Failure:
    """The peer did not answer in time."""
    return Failure("timeout", "timeout", text)


def garbage(text: str) -> Failure:
    """The peer does not speak LMTP, or answers what was not asked."""
    return Failure("garbage", "garbage", printable(text))


def said(reply: Reply) -> Failure:
    """The peer closes the line, or will not serve us."""
    code = f"lmtp-{reply.code}"
    return Failure(code, code, printable(reply.text))


class Broken(Exception):
    """The connection cannot be used any further."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.before, failure.text)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Fence:
    """The words with which this host answers RSET, and whether those of a delivery differ.

    Each transaction begins with RSET. A host that answers once too often, or once too seldom,
    would otherwise have every later answer read for the wrong recipient; where a delivery is told
    in words of its own (``distinct``) the slip is seen, at the fence or at the delivery.
    """

    text: str
    distinct: bool


@dataclass(frozen=True, slots=True)
class Writing:
    """Bytes to write now; ``ends`` says that the last of them ends the message."""

    pieces: Sequence[bytes]
    ends: bool = False


SILENCE = Writing(())


class Transaction:
    """One letter on one connection. ``results`` is whole once ``over``.

    ``begin`` once, then ``take`` each reply in order; ``fail`` when the line is gone. ``spoken``
    says that nothing more will be written, so that a next transaction may follow on the line.
    ``end_written`` is set by whoever writes, when the last of an ending ``Writing`` goes out.
    ``distinct`` says that a delivery was told in words that no earlier answer had.
    """

    __slots__ = (
        "_accepted",
        "_ahead",
        "_data_written",
        "_fence",
        "_letter",
        "_offer",
        "_step",
        "_told",
        "_turn",
        "_valid",
        "distinct",
        "end_written",
        "results",
        "spoken",
    )

    def __init__(self, letter: Letter, offer: Offer, fence: Fence) -> None:
        self._letter = letter
        self._offer = offer
        self._fence = fence
        self._step: Callable[[Transaction, Reply], Writing] = Transaction._take_reset
        self._turn = 0
        self._accepted: list[int] = []
        self._data_written = False
        self._ahead = offer.pipelining
        self._told = {fence.text}
        self.distinct = False
        self.spoken = False
        self.end_written = False
        self.results: list[Result | None] = [None] * len(letter.recipients)
        self._valid: list[int] = []
        self._refuse_unfit()

    @property
    def over(self) -> bool:
        return self._step is Transaction._take_nothing

    @property
    def awaits_delivery(self) -> bool:
        """Whether the peer has the message and is asked only to say what became of it."""
        return self._step is Transaction._take_end

    def _refuse_unfit(self) -> None:
        refusal = self._unfit()
        for at, address in enumerate(self._letter.recipients):
            if refusal:
                self.results[at] = refusal
            elif not codec.is_path(address):
                self.results[at] = Result(Ending.REFUSED, "bad-address", printable(address))
            else:
                self._valid.append(at)
        if not self._valid:
            self._finish()

    def _unfit(self) -> Result | None:
        letter, offer = self._letter, self._offer
        if letter.sender and not codec.is_path(letter.sender):
            return Result(Ending.REFUSED, "bad-address", printable(letter.sender))
        if fault := codec.fault_of(letter.message):
            return Result(Ending.REFUSED, "bad-message", fault)
        if offer.size and len(letter.message) > offer.size:
            text = f"{len(letter.message)} octets; the host takes {offer.size}"
            return Result(Ending.REFUSED, "too-large", text)
        if not offer.eight_bit and not letter.message.isascii():
            return Result(Ending.REFUSED, "no-8bitmime", "8-bit message; the host takes 7 bits")
        return None

    # Writing

    def begin(self) -> Writing:
        """The first bytes: with PIPELINING the envelope, and the message where BDAT allows it."""
        if not self._ahead:
            return Writing((codec.RSET,))
        pieces = [codec.RSET, self._mail(), *map(self._rcpt, self._valid)]
        if self._offer.chunking and len(self._letter.message) > EAGER:
            return Writing(pieces)
        self._data_written = True
        if not self._offer.chunking:
            return Writing([*pieces, codec.DATA])
        self.spoken = True
        return Writing([*pieces, *self._chunk()], ends=True)

    def _mail(self) -> bytes:
        letter, offer = self._letter, self._offer
        return codec.mail(
            letter.sender,
            size=len(letter.message) if offer.sized else None,
            eight_bit=offer.eight_bit and not letter.message.isascii(),
        )

    def _rcpt(self, at: int) -> bytes:
        return codec.rcpt(self._letter.recipients[at])

    def _chunk(self) -> tuple[bytes, bytes]:
        return codec.bdat_last(len(self._letter.message)), self._letter.message

    # Reading

    def take(self, reply: Reply) -> Writing:
        """Let one reply decide what it decides; ``Broken`` where the line is of no more use."""
        return self._step(self, reply)

    def _take_reset(self, reply: Reply) -> Writing:
        if reply.kind != 2:
            raise Broken(said(reply))
        if reply.text != self._fence.text:
            raise Broken(garbage(f"a reply to nothing: {reply.code} {reply.text}"))
        self._step = Transaction._take_mail
        return SILENCE if self._ahead else Writing((self._mail(),))

    def _take_mail(self, reply: Reply) -> Writing:
        if reply.kind != 2:
            self._decide(self._undecided(), reply)
            self._leave_on_421(reply)
            if not self._ahead:
                return self._finish()
        self._told.add(reply.text)
        self._step = Transaction._take_rcpt
        return SILENCE if self._ahead else Writing((self._rcpt(self._valid[0]),))

    def _take_rcpt(self, reply: Reply) -> Writing:
        at = self._valid[self._turn]
        self._turn += 1
        if reply.kind != 2:
            if self.results[at] is None:
                self._decide([at], reply)
            self._leave_on_421(reply)
        elif self.results[at] is None:
            self._told.add(reply.text)
            self._accepted.append(at)
        else:
            raise Broken(garbage("a recipient was accepted after the sender was refused"))
        if self._turn < len(self._valid):
            return SILENCE if self._ahead else Writing((self._rcpt(self._valid[self._turn]),))
        if not self._data_written:
            return self._open_data()
        self._step = Transaction._take_end if self.spoken else Transaction._take_data
        self._turn = 0
        return SILENCE

    def _open_data(self) -> Writing:
        if not self._accepted:
            return self._finish()
        self._data_written = True
        self._turn = 0
        if not self._offer.chunking:
            self._step = Transaction._take_data
            return Writing((codec.DATA,))
        self._step = Transaction._take_end
        self.spoken = True
        return Writing(self._chunk(), ends=True)

    def _take_data(self, reply: Reply) -> Writing:
        if reply.kind in (4, 5):
            self._decide(self._accepted, reply)
            self._leave_on_421(reply)
            return self._finish()
        if reply.code != 354 or not self._accepted:
            raise Broken(garbage(f"in answer to DATA: {reply.code} {reply.text}"))
        self._step = Transaction._take_end
        self.spoken = True
        return Writing((codec.stuffed(self._letter.message),), ends=True)

    def _take_end(self, reply: Reply) -> Writing:
        if not self._accepted:
            if reply.kind == 2 or reply.kind == 3:
                raise Broken(garbage("a message was accepted for nobody"))
            return self._finish()
        if reply.code == 421:
            # It speaks of the line, not of the recipient: what was delivered is not said.
            raise Broken(said(reply))
        new = reply.text not in self._told
        if reply.kind == 3 or (reply.kind == 2 and self._fence.distinct and not new):
            raise Broken(garbage(f"in answer to the message: {reply.code} {reply.text}"))
        if self._turn == 0 and len(self._accepted) > 1 and reply.code in _SYNTAX:
            # The command was not understood; some hosts say so once, some for each recipient.
            self._decide(self._accepted, reply)
            raise Broken(said(reply))
        self.distinct = self.distinct or (reply.kind == 2 and new)
        self._decide([self._accepted[self._turn]], reply)
        self._turn += 1
        return self._finish() if self._turn == len(self._accepted) else SILENCE

    def _take_nothing(self, reply: Reply) -> Writing:
        raise Broken(garbage(f"a reply to nothing: {reply.code} {reply.text}"))

    # Deciding

    def _undecided(self) -> list[int]:
        return [at for at, result in enumerate(self.results) if result is None]

    def _decide(self, whom: Sequence[int], reply: Reply) -> None:
        endings = {2: Ending.DONE, 5: Ending.REFUSED}
        ending = endings.get(reply.kind, Ending.DEFERRED)
        if reply.kind == 3:
            raise Broken(garbage(f"a reply out of place: {reply.code} {reply.text}"))
        result = Result(ending, f"lmtp-{reply.code}", printable(reply.text))
        for at in whom:
            self.results[at] = result

    @staticmethod
    def _leave_on_421(reply: Reply) -> None:
        if reply.code == 421:
            raise Broken(said(reply))

    def _finish(self) -> Writing:
        self._step = Transaction._take_nothing
        self.spoken = True
        return SILENCE

    def fail(self, failure: Failure) -> None:
        """End every recipient of whom nothing was decided; the transaction is over."""
        result = failure.result(end_written=self.end_written)
        for at in self._undecided():
            self.results[at] = result
        self._finish()
