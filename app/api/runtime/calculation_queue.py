"""Calculations that arrive at once are done one after the other, so that their code stays in the processor's caches.

A request goes through reading, checking, calculating and writing, each with code of its own, which together is more
than the caches hold. Where several requests are ready, calculating all of them between reading and writing answers a
tenth more requests (``docs/benchmarks.md``); where one is, it is calculated as soon as the event loop comes round.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import Any, TypeVar

from app import limits

T = TypeVar("T")


class Together:
    """Work that waits for its turn in the event loop; what takes longer lets other requests go on in between."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[asyncio.Future[Any], Callable[..., Any], tuple[Any, ...]]] = deque()

    def do(self, work: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        """Return the future result of ``work(*args)``; what it raises is raised where the result is awaited."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._go_on, loop)
        self._waiting.append((future, work, args))
        return future

    def _go_on(self, loop: asyncio.AbstractEventLoop) -> None:
        until = perf_counter() + limits.SLICE_SECONDS
        while self._waiting:
            future, work, args = self._waiting.popleft()
            if not future.cancelled():  # else its caller went away
                try:
                    future.set_result(work(*args))
                except Exception as error:
                    future.set_exception(error)
            del future, work, args  # what was raised knows this frame: together they would be a cycle
            if self._waiting and perf_counter() > until:
                loop.call_soon(self._go_on, loop)
                return
