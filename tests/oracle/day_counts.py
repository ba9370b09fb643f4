"""Positions of days, in whole parts of a year (D3-D5)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from tests.oracle.language import plus_months

PARTS = {"ACT_360": 360, "ACT_365": 365, "D30_360": 360, "MONTHS_12": 360}


@lru_cache(maxsize=200_000)
def position(name: str, anchor: date, day: date) -> int:
    """The position of a day: the difference of two, over ``PARTS``, is the fraction of a year."""
    if name in {"ACT_360", "ACT_365"}:
        return day.toordinal()
    if name == "D30_360":
        return 360 * day.year + 30 * day.month + min(day.day, 30)
    k = (day.year - anchor.year) * 12 + day.month - anchor.month + 1
    while plus_months(anchor, k) > day:
        k -= 1
    return 30 * k + min((day - plus_months(anchor, k)).days, 30)
