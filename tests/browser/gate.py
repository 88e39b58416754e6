"""A way to a server that can be shut like a network that is gone, and opened again."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Gate:
    """Passes what comes to a port of its own on to another port, as long as it is open."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._socket.getsockname()[1]
        self._is_open = True
        self._lines: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._listen)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.shut()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def shut(self) -> None:
        """Cut every line, and each new one at once."""
        with self._lock:
            self._is_open = False
            for line in self._lines:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

    def open(self) -> None:
        with self._lock:
            self._is_open = True

    def _listen(self) -> None:
        carriers = []
        with suppress(OSError):
            while True:
                came, _ = self._socket.accept()
                carriers.append(threading.Thread(target=self._carry, args=(came,)))
                carriers[-1].start()
        for one in carriers:
            one.join()

    def _carry(self, came: socket.socket) -> None:
        with came, socket.create_connection(("127.0.0.1", self._target)) as gone:
            with self._lock:
                if not self._is_open:
                    return
                self._lines |= {came, gone}
            back = threading.Thread(target=_pass, args=(gone, came))
            back.start()
            _pass(came, gone)
            back.join()
            with self._lock:
                self._lines -= {came, gone}


def _pass(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while octets := one.recv(65_536):
            other.sendall(octets)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)
