"""A scripted submission service on a real loopback socket: the address decides what it does.

A recipient ``WHAT-at-rcpt@…`` or a sender ``WHAT-at-STEP@…`` with STEP one of ``auth``, ``mail``,
``data``, ``body`` and ``end``; WHAT is a reply code, or ``cut`` (close the line) or ``garbage``.
"""

from __future__ import annotations

import base64
import contextlib
import re
import socket
import ssl
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import BinaryIO, Self

_RULE = re.compile(r"(\w+)-at-(\w+)")


class _Cut(Exception):
    """The script closes the line here."""


@dataclass
class SmtpPeer:
    """Serves lines one after the other from entry to exit; keeps what it was told."""

    extensions: tuple[str, ...] = ("8BITMIME", "SIZE 1048576", "AUTH PLAIN LOGIN")
    tls: ssl.SSLContext | None = None
    at_once: bool = False
    commands: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    messages: list[tuple[tuple[str, ...], bytes]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                with contextlib.ExitStack() as held, contextlib.suppress(_Cut, OSError):
                    held.enter_context(line)
                    if self.tls is not None and self.at_once:
                        line = held.enter_context(self.tls.wrap_socket(line, server_side=True))
                    self._serve(line, held)

    def _serve(self, line: socket.socket, held: contextlib.ExitStack) -> None:
        sender, recipients = "", []
        secure = isinstance(line, ssl.SSLSocket)
        file = held.enter_context(line.makefile("rb"))
        line.sendall(b"220 peer ESMTP\r\n")
        while command := file.readline().decode("latin-1").rstrip("\r\n"):
            self.commands.append(command)
            self.encrypted.append(secure)
            verb, _, rest = command.partition(" ")
            address = rest.partition("<")[2].partition(">")[0]
            match verb.upper():
                case "EHLO":
                    hidden = () if secure or self.tls is None else ("AUTH",)
                    shown = [one for one in self.extensions if not one.startswith(hidden or "\0")]
                    offer = ["STARTTLS"] if self.tls is not None and not secure else []
                    lines = ["peer", *shown, *offer]
                    text = "".join(f"250-{one}\r\n" for one in lines[:-1])
                    line.sendall(f"{text}250 {lines[-1]}\r\n".encode())
                case "STARTTLS" if self.tls is not None:
                    line.sendall(b"220 go on\r\n")
                    line = held.enter_context(self.tls.wrap_socket(line, server_side=True))
                    file, secure = held.enter_context(line.makefile("rb")), True
                case "AUTH":
                    self._auth(line, file, rest)
                case "MAIL":
                    sender, recipients = address, []
                    self._say(line, sender, "mail", b"250 ok\r\n")
                case "RCPT":
                    if self._say(line, address, "rcpt", b"250 ok\r\n"):
                        recipients.append(address)
                case "DATA":
                    if self._say(line, sender, "data", b"354 go on\r\n"):
                        message = self._body(file, sender)
                        self.messages.append((tuple(recipients), message))
                        self._say(line, sender, "end", b"250 queued\r\n")
                case "QUIT":
                    line.sendall(b"221 bye\r\n")
                    raise _Cut
                case _:
                    line.sendall(b"500 unknown\r\n")

    def _auth(self, line: socket.socket, file: BinaryIO, rest: str) -> None:
        how, _, first = rest.partition(" ")
        words = [first]
        if how == "LOGIN":
            words = []
            for prompt in (b"Username:", b"Password:"):
                line.sendall(b"334 " + base64.b64encode(prompt) + b"\r\n")
                words.append(file.readline().decode().strip())
        told = "\0".join(base64.b64decode(word).decode() for word in words)
        self.said.append(told)
        self._say(line, told.strip("\0").partition("\0")[0], "auth", b"235 welcome\r\n")

    def _body(self, file: BinaryIO, sender: str) -> bytes:
        if dict(map(reversed, _RULE.findall(sender))).get("body") == "cut":  # type: ignore[arg-type]
            raise _Cut
        lines = []
        while (line := file.readline()) != b".\r\n":
            if not line:
                raise _Cut
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def _say(self, line: socket.socket, address: str, step: str, usual: bytes) -> bool:
        told = {where: what for what, where in _RULE.findall(address)}.get(step)
        if told == "cut":
            raise _Cut
        if told == "garbage":
            line.sendall(b"\x16\x03 what?\r\n")
        elif told is not None:
            line.sendall(f"{told} as scripted\r\n".encode())
        else:
            line.sendall(usual)
        return told is None
