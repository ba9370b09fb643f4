"""What a repayment plan repays, and when (D61-D63, D76)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import Any

from tests.oracle.accounts import Json, rounded
from tests.oracle.language import RefusedError, plus_months

RateOn = Callable[[date], Fraction | None]


def due_dates(plan: Json, drawn_on: date, matures_on: date) -> list[date]:
    """The first due date as given, or the first ``day`` in a month that the interval divides; then every N months."""
    every = int(plan.get("every_months") or 1)
    given = date.fromisoformat(plan["first_due"]) if plan.get("first_due") else None
    n_day = int(plan.get("day") or (given.day if given else 20))

    def on_day(month: date) -> date:
        return min(plus_months(month, 1) - timedelta(days=1), month + timedelta(days=n_day - 1))

    first = given
    month = (given or drawn_on).replace(day=1)
    while first is None:
        if month.month % every == 0 and on_day(month) > drawn_on:
            first = on_day(month)
        else:
            month = plus_months(month, 1)
    dues = []
    due = first
    while due < matures_on:
        dues.append(due)
        month = plus_months(month, every)
        due = on_day(month)
    return [*dues, matures_on]


def planned(plan: Json, drawn_on: date, drawn: int, matures_on: date, rate_on: RateOn) -> list[dict[str, Any]]:
    """Repayments as ``on`` and ``fen``; where a rate that is needed is not known, the last has its ``error`` instead."""
    dues = due_dates(plan, drawn_on, matures_on)
    n, left = len(dues), drawn
    if plan["method"] in {"INTEREST_ONLY", "BULLET"}:
        return [{"on": dues[-1], "fen": left}]
    parts: list[dict[str, Any]] = []
    instalment, rate_before = 0, None
    every = int(plan.get("every_months") or 1)
    starts = [drawn_on, *dues[:-1]]
    for index, due in enumerate(dues):
        if index == n - 1:
            part = left
        elif plan["method"] == "EQUAL_PRINCIPAL":
            part = drawn // n
        else:
            try:
                rate = rate_on(starts[index])
                if rate is None:
                    raise RefusedError("FACT_REQUIRED")
            except RefusedError as error:
                return [*parts, {"on": due, "error": error}]
            i = rate * every / 12
            if rate != rate_before:
                periods = n - index
                exact = left * i / (1 - (1 + i) ** -periods) if i else Fraction(left, periods)
                instalment = rounded(exact, "HALF_UP") if i else floor(exact)
                rate_before = rate
            part = instalment - rounded(left * i, "HALF_UP")
        part = min(part, left)
        left -= part
        parts.append({"on": due, "fen": part})
    return parts
