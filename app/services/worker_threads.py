"""Threads for what is long to read or heavy to calculate, whoever asks for it: few, since they share one interpreter with the event loop.

Each thread that has something to do makes the event loop wait longer for the interpreter, and holds memory. What reads a
body holds the interpreter until it has read all of it, so that large bodies are read one after the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Final, TypeVar

from app import limits

T = TypeVar("T")

_HEAVY: Final = ThreadPoolExecutor(limits.HEAVY_THREADS, thread_name_prefix="heavy")
_READING: Final = ThreadPoolExecutor(limits.READING_THREADS, thread_name_prefix="reading")


async def heavily(work: Callable[..., T], *args: object) -> T:
    """Return ``work(*args)``, a calculation, done in one of its threads in its turn."""
    return await _in(_HEAVY, work, *args)


async def reading(work: Callable[..., T], *args: object) -> T:
    """Return ``work(*args)``, which reads a large body, done after the large bodies that came before it."""
    return await _in(_READING, work, *args)


async def _in(threads: ThreadPoolExecutor, work: Callable[..., T], *args: object) -> T:
    return await asyncio.get_running_loop().run_in_executor(threads, partial(copy_context().run, work, *args))
