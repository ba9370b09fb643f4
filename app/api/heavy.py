"""Threads for calculations that are heavy, whoever asks for them: few, since they share one interpreter and each takes memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Final, TypeVar

from app.api import limits

T = TypeVar("T")

_THREADS: Final = ThreadPoolExecutor(limits.HEAVY_THREADS, thread_name_prefix="heavy")


async def heavily(work: Callable[..., T], *args: object) -> T:
    """Return ``work(*args)``, done in one of these threads in its turn."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, partial(copy_context().run, work, *args))
