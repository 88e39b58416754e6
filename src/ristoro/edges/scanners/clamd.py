"""ClamAV's daemon over its own socket: the command INSTREAM, which takes the bytes themselves.

The protocol is of clamd(8): ``zINSTREAM\\0``, chunks that each begin with their length as four
octets in network order, a chunk of no length at the end, and one answer ended by a NUL.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

from ristoro.edges.scanners.contract import Scan, Verdict

CHUNK = 64 * 1024
LONGEST_ANSWER = 4096
SECONDS = 30.0
PORT = 3310


@dataclass(frozen=True, slots=True)
class Clamd:
    """The daemon at a Unix socket, or at a host and port; ``seconds`` bound each wait for it."""

    place: Path | tuple[str, int]
    seconds: float = SECONDS

    def scan(self, data: bytes) -> Scan:
        """Have the bytes looked into, on a connection of their own."""
        try:
            with self._line() as line:
                answer = _asked(line, data)
        except OSError as error:
            return Scan(Verdict.FAILED, f"clamd: {error.strerror or error}"[:200])
        return read_answer(answer)

    def _line(self) -> socket.socket:
        if isinstance(self.place, tuple):
            return socket.create_connection(self.place, self.seconds)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(self.seconds)
        try:
            line.connect(str(self.place))
        except OSError:
            line.close()
            raise
        return line


def _asked(line: socket.socket, data: bytes) -> bytes:
    line.sendall(b"zINSTREAM\0")
    try:
        for start in range(0, len(data), CHUNK):
            chunk = data[start : start + CHUNK]
            line.sendall(len(chunk).to_bytes(4) + chunk)
        line.sendall(bytes(4))
    except (BrokenPipeError, ConnectionResetError):
        pass  # it says why it reads no more: the file is above its StreamMaxLength
    answer = b""
    while b"\0" not in answer and len(answer) < LONGEST_ANSWER:
        piece = line.recv(LONGEST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer


def read_answer(answer: bytes) -> Scan:
    """What an answer says: ``stream: OK``, ``stream: NAME FOUND``, or an error."""
    text = answer.partition(b"\0")[0].decode("utf-8", "replace").strip()
    told = text.removeprefix("stream:").strip()
    if text.startswith("stream:") and told == "OK":
        return Scan(Verdict.CLEAN)
    if text.startswith("stream:") and told.endswith(" FOUND"):
        return Scan(Verdict.HARMFUL, told.removesuffix(" FOUND")[:200])
    return Scan(Verdict.FAILED, f"clamd: {text or 'no answer'}"[:200])


def place_of(text: str) -> Path | tuple[str, int]:
    """``/run/clamav/clamd.ctl``, ``host`` or ``host:3310``; ``ValueError`` for anything else."""
    if text.startswith("/"):
        return Path(text)
    host, colon, port = text.rpartition(":")
    if not colon:
        host, port = text, str(PORT)
    if not host or not port.isdecimal() or not 0 < int(port) < 1 << 16:
        raise ValueError("it is neither the path of a socket nor a host with a port")
    return host, int(port)
