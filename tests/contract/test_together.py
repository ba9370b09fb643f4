"""Calculations that arrive at once: in order, each with its own end, and never at the cost of other requests for long."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from app import limits
from app.api.runtime.calculation_queue import Together


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def test_what_arrives_at_once_is_done_in_order_and_each_fails_alone() -> None:
    done: list[int] = []

    def work(number: int) -> int:
        done.append(number)
        if number == 1:
            raise ValueError(number)
        return number * 10

    async def three() -> list[Any]:
        together = Together()
        waiting = [together.do(work, number) for number in range(3)]
        assert done == [], "nothing is done before the event loop comes round"
        return await asyncio.gather(*waiting, return_exceptions=True)

    first, second, third = run(three())
    assert (done, first, third) == ([0, 1, 2], 0, 20)
    assert isinstance(second, ValueError)


def test_nothing_is_calculated_for_a_caller_that_went_away() -> None:
    done: list[int] = []

    async def two() -> None:
        together = Together()
        gone, stays = together.do(done.append, 1), together.do(done.append, 2)
        gone.cancel()
        await stays

    run(two())
    assert done == [2]


def test_other_work_goes_on_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SLICE_SECONDS", -1.0)
    seen: list[str] = []

    async def some() -> None:
        together = Together()
        loop = asyncio.get_running_loop()

        def work(name: str) -> None:
            seen.append(name)
            loop.call_soon(seen.append, "another request")

        await asyncio.gather(together.do(work, "first"), together.do(work, "second"))

    run(some())
    assert seen[:3] == ["first", "another request", "second"]
