"""Stands between the service and PostgreSQL on a port of loopback, and does to connections what networks do."""

from __future__ import annotations

import socket
import struct
import time
from pathlib import Path
from select import select
from threading import Thread
from typing import Literal

Mode = Literal["open", "refuse", "reset", "stall", "lose-commit"]
TURN_SECONDS = 0.02
COMMIT = b"COMMIT\0"
QUERIES = b"QPB"  # the first byte of a message that asks something: simple query, parse, bind


class Proxy:
    """Carries bytes while ``mode`` is open.

    ``refuse``: nobody listens, what was open is reset. ``reset``: a connection is reset when it asks something.
    ``stall``: no byte arrives. ``lose-commit``: the server gets a COMMIT, the client a reset instead of its answer.
    """

    def __init__(self, target: Path) -> None:
        self.mode: Mode = "open"
        self.target = target
        self._listener: socket.socket | None = None
        self._ended = False
        self.port = 0
        self._listen()
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._ended = True

    def _listen(self) -> None:
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self.port))
        self._listener.listen()
        self.port = self._listener.getsockname()[1]

    def _accept(self) -> None:
        while not self._ended:
            if self.mode == "refuse" and self._listener is not None:
                self._listener.close()
                self._listener = None
            elif self.mode != "refuse" and self._listener is None:
                self._listen()
            if self._listener is None:
                time.sleep(TURN_SECONDS)
            elif select([self._listener], [], [], TURN_SECONDS)[0]:
                Thread(target=self._carry, args=[self._listener.accept()[0]], daemon=True).start()
        if self._listener is not None:
            self._listener.close()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            try:
                server.connect(str(self.target))
                while not self._ended and self._turn(client, server):
                    pass
            except OSError:
                _reset(client)

    def _turn(self, client: socket.socket, server: socket.socket) -> bool:
        """Carry what there is to carry; answer whether the connection goes on."""
        if self.mode == "stall":
            time.sleep(TURN_SECONDS)
            return True
        ready = select([client, server], [], [], TURN_SECONDS)[0]
        if self.mode == "refuse":
            raise ConnectionResetError
        for source, sink in ((client, server), (server, client)):
            if source not in ready:
                continue
            data = source.recv(1 << 16)
            if not data:
                return False
            if source is client and self.mode == "reset" and data[0] in QUERIES:
                raise ConnectionResetError
            sink.sendall(data)
            if source is client and self.mode == "lose-commit" and data.endswith(COMMIT):
                server.recv(1 << 16)  # it is done
                raise ConnectionResetError
        return True


def _reset(client: socket.socket) -> None:
    """Close without a farewell: the peer sees a connection reset."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
