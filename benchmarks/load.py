"""Closed-loop load over keep-alive connections, as cheap as asyncio allows: prepared bytes, counted answers."""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass
from itertools import cycle, islice

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Round:
    """What one round measured."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float


def median(rounds: list[Round]) -> Round:
    """Return the median of each figure."""
    return Round(
        statistics.median(one.requests_per_second for one in rounds),
        statistics.median(one.p50_ms for one in rounds),
        statistics.median(one.p99_ms for one in rounds),
    )


class _Connection(asyncio.Protocol):
    """Sends one request after the other, each when the last was answered."""

    def __init__(self, requests: list[bytes], latencies: list[float], done: asyncio.Future[None]) -> None:
        self.requests, self.latencies, self.done = iter(requests), latencies, done
        self.received, self.wanted, self.sent_at = bytearray(), -1, 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # uvloop's is one in all but name
        self._send()

    def _send(self) -> None:
        assert self.transport is not None
        request = next(self.requests, None)
        if request is None:
            self.transport.close()
            self.done.set_result(None)
            return
        self.sent_at = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.received += data
        if self.wanted < 0:
            head = self.received.find(b"\r\n\r\n")
            if head < 0:
                return
            if not self.received.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"not answered with 200: {bytes(self.received[:2000])!r}")
            at = self.received.lower().index(b"content-length:", 0, head) + 15
            self.wanted = head + 4 + int(self.received[at : self.received.index(b"\r", at)])
        if len(self.received) >= self.wanted:
            self.latencies.append(time.perf_counter() - self.sent_at)
            self.received.clear()
            self.wanted = -1
            self._send()


def request(path: str, body: bytes) -> bytes:
    """Return the bytes of one POST."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def _round(port: int, requests: list[bytes]) -> Round:
    loop = asyncio.get_running_loop()
    latencies: list[float] = []
    waiting = []
    began = time.perf_counter()
    for number in range(CONNECTIONS):
        done = loop.create_future()
        mine = requests[number::CONNECTIONS]
        await loop.create_connection(lambda mine=mine, done=done: _Connection(mine, latencies, done), "127.0.0.1", port)
        waiting.append(done)
    await asyncio.gather(*waiting)
    took = time.perf_counter() - began
    latencies.sort()
    return Round(len(latencies) / took, latencies[len(latencies) // 2] * 1000, latencies[len(latencies) * 99 // 100] * 1000)


def measure(port: int, path: str, bodies: list[bytes], count: int) -> Round:
    """Send ``count`` requests with these bodies in turn."""
    import uvloop

    requests = [request(path, body) for body in islice(cycle(bodies), count)]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_round(port, requests))
