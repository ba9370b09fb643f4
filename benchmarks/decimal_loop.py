"""What a careful programmer writes first: ``Decimal``, one loop over the days on which something changes.

It knows this one table, no caps, no clauses and no explanation; its amounts must be those of the service.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal, localcontext
from itertools import pairwise
from typing import Any

RATE, FEN = Decimal("0.02"), Decimal("0.01")
Lpr = list[tuple[date, Decimal]]


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _thirtieths(day: date, anchor: date) -> int:
    """Whole months since the anchor count 30, odd days one each and at most 30."""
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    if _months_later(anchor, months) > day:
        months -= 1
    return 30 * months + min((day - _months_later(anchor, months)).days, 30)


def _lpr_on(lpr: Lpr, day: date) -> Decimal:
    return next(value for on, value in reversed(lpr) if on <= day)


def subsidy(claim: dict[str, Any], lpr: Lpr) -> Decimal:
    """Return the subsidy of a claim's one contract: 2% of the balance, never more than its interest."""
    contract = claim["contracts"][0]
    drawn_on = date.fromisoformat(contract["drawdowns"][0]["on"])
    until = min(date.fromisoformat(contract["matures_on"]), date.fromisoformat(claim["application_date"]))
    balance = Decimal(contract["drawdowns"][0]["amount"])
    repaid: dict[date, Decimal] = {}
    for one in contract["repayments"]:
        on = date.fromisoformat(one["on"])
        repaid[on] = repaid.get(on, Decimal(0)) + Decimal(one["principal"])
    resets, year = [], 0
    while (day := _months_later(drawn_on, 12 * year)) < until:
        resets.append(day)
        year += 1
    spread = Decimal(contract["rate"]["spread"])
    cuts = sorted({day for day in (drawn_on, until, *repaid, *resets) if drawn_on <= day <= until})
    with localcontext() as context:
        context.prec = 40
        points = interest = Decimal(0)
        rate = Decimal(0)
        for first, last in pairwise(cuts):
            balance -= repaid.get(first, Decimal(0))
            if first in resets:
                rate = _lpr_on(lpr, first) + spread
            points += balance * RATE * (_thirtieths(last, drawn_on) - _thirtieths(first, drawn_on))
            interest += balance * rate * (last - first).days
        return min((points / 360).quantize(FEN, ROUND_DOWN), (interest / 360).quantize(FEN, ROUND_DOWN))


def rows(days: tuple[int, ...], values: list[str]) -> Lpr:
    """Return a series of the service as dates and decimals."""
    start = date(1, 1, 1)
    return [(start + timedelta(days=day - 1), Decimal(value)) for day, value in zip(days, values, strict=True)]
