"""Positions of days, in whole parts of a year (D3-D5)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from tests.oracle.language import plus_months

PARTS = {"ACT_360": 360, "ACT_365": 365, "ACT_ACT": 365 * 366, "D30_360": 360, "MONTHS_12": 360}


@lru_cache(maxsize=200_000)
def position(name: str, anchor: date, day: date) -> int:
    """The position of a day: the difference of two, over ``PARTS``, is the fraction of a year."""
    if name in {"ACT_360", "ACT_365"}:
        return day.toordinal()
    if name == "ACT_ACT":
        return _year_by_year(day)
    if name == "D30_360":
        return 360 * day.year + 30 * day.month + min(day.day, 30)
    k = (day.year - anchor.year) * 12 + day.month - anchor.month + 1
    while plus_months(anchor, k) > day:
        k -= 1
    return 30 * k + min((day - plus_months(anchor, k)).days, 30)


@lru_cache(maxsize=200_000)
def _year_by_year(day: date) -> int:
    """ISDA: days of leap years over 366 and all other days over 365, added up year by year from 2000."""
    found, year = 0, 2000
    while year < day.year:
        found, year = found + 365 * 366, year + 1
    while year > day.year:
        found, year = found - 365 * 366, year - 1
    leap = (date(year, 3, 1) - date(year, 2, 28)).days == 2
    return found + (day - date(year, 1, 1)).days * (365 if leap else 366)
