"""A scripted LMTP host on a real loopback socket: the address decides what it does to us.

In an address ``WHAT-at-STEP@…`` or one of the names below, STEP is where it happens: ``rcpt`` and
``end`` in a recipient's address, ``mail``, ``data`` and ``body`` in the sender's. WHAT is a reply
code or one of ``cut`` (close the line), ``hang`` (say no more until released), ``garbage``,
``long`` (a line without end), ``endless`` (lines without end), ``multi`` (an honest reply in three
lines), ``twice`` (one reply too many) and ``silent`` (one too few).
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import BinaryIO, Self

NAMES = {
    "later": "451-at-rcpt",
    "gone": "550-at-rcpt",
    "full": "452-at-rcpt",
    "quota": "552-at-end",
    "cut-after-dot": "cut-at-end",
}
EVERYTHING = ("PIPELINING", "CHUNKING", "ENHANCEDSTATUSCODES", "8BITMIME", "SIZE 1048576")
_RULE = re.compile(r"(\w+)-at-(\w+)")


@dataclass(frozen=True, slots=True)
class Script:
    """How the host behaves whatever the address.

    ``instead`` maps a verb (or ``GREETING``) to a WHAT or to raw bytes said instead of its reply;
    ``only_line`` keeps that to one connection, counted from 0.
    """

    extensions: tuple[str, ...] = EVERYTHING
    instead: Mapping[str, str | bytes] = field(default_factory=dict)
    only_line: int | None = None
    byte_by_byte: bool = False
    one_text: bool = False
    tls: ssl.SSLContext | None = None
    tls_at_once: bool = False


class _Cut(Exception):
    """The script closes the line here."""


def rules_of(address: str) -> dict[str, str]:
    """What an address asks for, by step."""
    local = address.partition("@")[0]
    return {step: what for what, step in _RULE.findall(NAMES.get(local, local))}


class LmtpPeer:
    """Listens from ``start`` to ``stop`` (or as a context); keeps what it was told."""

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or Script()
        self.deliveries: list[tuple[str, bytes]] = []
        self.commands: list[str] = []
        self.lines = 0
        self.released = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.released.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join()
        self.hang_up()
        for thread in self._threads[1:]:
            thread.join()

    def hang_up(self, words: bytes = b"") -> None:
        """Close every line, as a host does that is restarted, saying these words first."""
        for line in self._sockets:
            with contextlib.suppress(OSError):
                line.sendall(words)
                line.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._sockets.append(line)
                thread = threading.Thread(target=_Line(self, line, self.lines).serve)
                self.lines += 1
                self._threads.append(thread)
                thread.start()


class _Line:
    """One connection to the scripted host."""

    def __init__(self, peer: LmtpPeer, line: socket.socket, number: int) -> None:
        self._peer = peer
        self._script = peer.script
        self._line = line
        self._file: BinaryIO
        self._active = self._script.only_line in (None, number)
        self._sender: str | None = None
        self._recipients: list[str] = []

    def serve(self) -> None:
        with contextlib.suppress(OSError, _Cut):
            if self._script.tls and self._script.tls_at_once:
                self._encrypt(self._script.tls)
            self._file = self._line.makefile("rb")
            self._answer("GREETING", b"220 peer LMTP ready\r\n")
            while command := self._file.readline():
                self._obey(command.decode("latin-1").rstrip("\r\n"))
        with contextlib.suppress(AttributeError):
            self._file.close()
        self._line.close()

    def _encrypt(self, context: ssl.SSLContext) -> None:
        self._line = context.wrap_socket(self._line, server_side=True)
        self._peer._sockets.append(self._line)

    def _obey(self, command: str) -> None:
        self._peer.commands.append(command)
        verb = command.split(" ")[0].upper()
        match verb:
            case "LHLO":
                lines = ["peer", *self._script.extensions]
                text = "".join(f"250-{line}\r\n" for line in lines[:-1])
                self._answer(verb, f"{text}250 {lines[-1]}\r\n".encode())
            case "STARTTLS":
                self._answer(verb, b"220 2.0.0 go on\r\n")
                if self._script.tls:
                    self._encrypt(self._script.tls)
                    self._file = self._line.makefile("rb")
            case "RSET":
                self._sender, self._recipients = None, []
                self._answer(verb, self._yes("2.0.0 OK"))
            case "MAIL":
                sender = command.partition("<")[2].partition(">")[0]
                if self._answer(verb, self._yes("2.1.0 OK"), rules_of(sender).get("mail")):
                    self._sender = sender
            case "RCPT":
                self._rcpt(command.partition("<")[2].partition(">")[0])
            case "DATA" | "BDAT":
                self._body(verb, command)
            case "QUIT":
                self._answer(verb, b"221 2.0.0 bye\r\n")
                raise _Cut
            case _:
                self._say(b"500 5.5.1 unknown\r\n")

    def _rcpt(self, address: str) -> None:
        if self._sender is None:
            self._say(b"503 5.5.1 MAIL first\r\n")
        elif self._answer("RCPT", self._yes("2.1.5 OK"), rules_of(address).get("rcpt")):
            self._recipients.append(address)

    def _body(self, verb: str, command: str) -> None:
        rules = rules_of(self._sender or "")
        if verb == "BDAT":
            if rules.get("body") == "cut":
                raise _Cut
            body = self._file.read(int(command.split(" ")[1]))
        if not self._recipients:
            self._say(b"503 5.5.1 no valid recipients\r\n")
            return
        told = self._instead(verb) or rules.get("data")
        if told or verb == "DATA":
            self._act(told, b"354 go on\r\n")
            if told and told != "multi":
                return
        if verb == "DATA":
            if rules.get("body") == "cut":
                raise _Cut
            body = self._until_dot()
        self._deliver(body)

    def _until_dot(self) -> bytes:
        lines = []
        while (line := self._file.readline()) != b".\r\n":
            if not line:
                raise _Cut
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def _deliver(self, body: bytes) -> None:
        recipients, self._sender, self._recipients = self._recipients, None, []
        for address in recipients:
            text = self._yes(f"2.0.0 <{address}> Saved")
            told = rules_of(address).get("end")
            if told is None or not told.isdigit():
                self._peer.deliveries.append((address, body))
            self._answer("END", text, told)

    def _yes(self, text: str) -> bytes:
        return b"250 OK\r\n" if self._script.one_text else f"250 {text}\r\n".encode()

    def _instead(self, verb: str) -> str | bytes | None:
        return self._script.instead.get(verb) if self._active else None

    def _answer(self, verb: str, usual: bytes, told: str | None = None) -> bool:
        """Say the usual or what the script has instead; whether the usual was meant."""
        return self._act(self._instead(verb) or told, usual)

    def _act(self, told: str | bytes | None, usual: bytes) -> bool:
        if isinstance(told, bytes):
            self._say(told)
        elif told is None:
            self._say(usual)
            return True
        elif told.isdigit():
            self._say(f"{told} {told[0]}.0.0 as scripted\r\n".encode())
            if told == "421":
                raise _Cut
        else:
            return self._misbehave(told, usual)
        return False

    def _misbehave(self, what: str, usual: bytes) -> bool:
        match what:
            case "cut":
                raise _Cut
            case "hang":
                self._peer.released.wait()
                raise _Cut
            case "garbage":
                self._say(b"\x16\x03 what?\r\n")
            case "long":
                self._say(b"250 " + b"x" * 5000)
            case "endless":
                self._say(b"250-more\r\n" * 200)
            case "multi":
                self._say(usual[:3] + b"-one\r\n" + usual[:3] + b"-two\r\n" + usual)
                return True
            case "twice":
                self._say(usual + usual)
                return True
            case "silent":
                return True
            case _:
                raise AssertionError(f"no such act: {what}")
        return False

    def _say(self, words: bytes) -> None:
        if not self._script.byte_by_byte:
            self._line.sendall(words)
            return
        for at in range(len(words)):
            self._line.sendall(words[at : at + 1])
