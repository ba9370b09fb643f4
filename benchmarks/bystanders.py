"""Two callers who mean no harm, in a process of their own: one asks ``/health/live``, one calculates, as long as they are asked to.

A caller who waits would ask less often just when it takes long. So a request that took longer than the pause between two
counts as all those that were not sent meanwhile, each with the rest of the wait that it would have had.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from multiprocessing.connection import Connection
from typing import NamedTuple

from benchmarks import bodies

LIVE_PAUSE, CALCULATION_PAUSE = 0.01, 0.05
PATIENCE_SECONDS = 120.0
LIVE = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
CALCULATE = "/v1/loan-interest-subsidies/calculate"


class Waits(NamedTuple):
    """Milliseconds that callers waited, and requests that were not answered with 200."""

    live_p99: float
    live_most: float
    calculation_most: float
    failed: int


class Bystanders:
    """The process; between ``begin`` and ``end`` its callers ask."""

    def __init__(self, port: int) -> None:
        self._here, there = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(target=_run, args=(port, there), daemon=True)
        self._process.start()
        self._here.recv()  # it is there

    def begin(self) -> None:
        """Begin to ask."""
        self._here.send("begin")

    def end(self) -> Waits:
        """End, and say how long it took."""
        self._here.send("end")
        return Waits(*self._here.recv())

    def stop(self) -> None:
        """Let the process go."""
        self._process.kill()
        self._process.join()


def _run(port: int, there: Connection) -> None:
    from benchmarks.load import request

    claim = request(CALCULATE, json.dumps(bodies.claims(1)[0]).encode())
    there.send("ready")
    while True:
        there.recv()
        there.send(asyncio.run(_ask(port, claim, there)))


async def _ask(port: int, claim: bytes, there: Connection) -> tuple[float, float, float, int]:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(there.fileno(), ended.set)
    live, calculations = await asyncio.gather(_caller(port, LIVE, LIVE_PAUSE, ended), _caller(port, claim, CALCULATION_PAUSE, ended))
    there.recv()
    waits = sorted(live[0])
    return 1000 * waits[len(waits) * 99 // 100], 1000 * waits[-1], 1000 * max(calculations[0]), live[1] + calculations[1]


async def _caller(port: int, asked: bytes, pause: float, ended: asyncio.Event) -> tuple[list[float], int]:
    waits: list[float] = []
    failed = 0
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while not ended.is_set() or not waits:
        began = time.perf_counter()
        try:
            connection = connection or await asyncio.open_connection("127.0.0.1", port)
            connection[1].write(asked)
            if not await asyncio.wait_for(_answer(connection[0]), PATIENCE_SECONDS):
                failed += 1
        except (OSError, asyncio.IncompleteReadError):  # a timeout is an OSError
            connection, failed = None, failed + 1
        took = time.perf_counter() - began
        waits += [took - missed * pause for missed in range(1 + int(took / pause))]
        await asyncio.sleep(max(0, pause - took))
    if connection is not None:
        connection[1].close()
    return waits, failed


async def _answer(reader: asyncio.StreamReader) -> bool:
    head = await reader.readuntil(b"\r\n\r\n")
    at = head.lower().index(b"content-length:") + 15
    await reader.readexactly(int(head[at : head.index(b"\r", at)]))
    return head.startswith(b"HTTP/1.1 200")
