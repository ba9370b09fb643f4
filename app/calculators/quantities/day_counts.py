"""The day counts, one row each (D3, D4). To add one: its name, its row, and its tests.

Every day count is the difference of a position function, so that it is additive: cutting a period never changes a sum.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal

from app.calculators.bilingual import Phrase

DayCountName = Literal["ACT_360", "ACT_365", "ACT_ACT", "MONTHS_12", "D30_360"]

USUAL: Final[DayCountName] = "ACT_360"  # of a contract that does not say: what banks do unless they agree otherwise
SILENT: Final[DayCountName] = "MONTHS_12"  # of a notice that does not say (D6)

Positions = Callable[[Sequence[int], int], Sequence[int]]
"""Where ordinal days lie, in units of 1/``basis`` of a year; the second argument is the anchor, for those that have one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """How days become a part of a year."""

    title: Phrase
    basis: int
    positions: Positions
    shown_over: tuple[int, ...] = ()  # smaller denominators in which a part is written where it is whole in one of them
    mistaken_for: DayCountName | None = None  # what a bank's system takes by mistake (D31)

    def parts(self, moved: Sequence[int]) -> list[str]:
        """Exact parts of a year as ``n/d``, such as ``31/365``."""
        return part_texts(moved, self.basis, self.shown_over)


def part_texts(moved: Sequence[int], basis: int, shown_over: Sequence[int] = ()) -> list[str]:
    """Each of ``moved``/``basis`` over the first of ``shown_over`` in which it is whole, else over ``basis``.

    >>> part_texts([31 * 366, 31 * 365, 365 + 366], 365 * 366, (365, 366))
    ['31/365', '31/366', '731/133590']
    """
    end = f"/{basis}"
    if not shown_over:
        return [f"{one}{end}" for one in moved]
    found = []
    for one in moved:
        whole = next((of for of in shown_over if one * of % basis == 0), None)
        found.append(f"{one}{end}" if whole is None else f"{one * whole // basis}/{whole}")
    return found


# --- position functions -----------------------------------------------------------------------------------


def _actual(days: Sequence[int], _anchor: int) -> Sequence[int]:
    """Each day is one, in leap years too."""
    return days


_COMMON, _LEAP = 365, 366


@lru_cache(maxsize=65536)
def _isda_position(day: int) -> int:
    """Whole years and the part of the running one: a day of a leap year is 1/366, of any other 1/365."""
    when = date.fromordinal(day)
    since_new_year = day - date(when.year, 1, 1).toordinal()
    return _COMMON * _LEAP * when.year + since_new_year * (_COMMON if isleap(when.year) else _LEAP)


@lru_cache(maxsize=65536)
def _in_months(day: int) -> tuple[int, int, int, int]:
    """The month of a day, which of its days it is, and the lengths of that month and of the one before."""
    when = date.fromordinal(day)
    before = monthrange(when.year, when.month - 1)[1] if when.month > 1 else 31
    return 12 * when.year + when.month, when.day, monthrange(when.year, when.month)[1], before


def _months_positions(days: Sequence[int], anchor: int) -> list[int]:
    """30 for each whole month from the anchor, one for each odd day and at most 30 of these (D4)."""
    start, first, _, _ = _in_months(anchor)
    found = []
    for day in days:
        month, of_month, length, before = _in_months(day)
        odd = of_month - (first if first < length else length)
        if odd < 0:  # the last grid point lies in the month before
            month -= 1
            odd = of_month + before - (first if first < before else before)
        found.append(30 * (month - start) + (odd if odd < 30 else 30))
    return found


@lru_cache(maxsize=65536)
def _thirty_position(day: int) -> int:
    """Every month has 30 days; a 31st is the 30th (D3)."""
    when = date.fromordinal(day)
    return 360 * when.year + 30 * when.month + min(when.day, 30)


# --- the registry -----------------------------------------------------------------------------------------

DAY_COUNTS: Final[Mapping[DayCountName, DayCount]] = MappingProxyType(
    {
        "ACT_360": DayCount(
            title=Phrase("实际天数/360", "actual days/360"), basis=360, positions=_actual, mistaken_for="ACT_365"
        ),
        "ACT_365": DayCount(
            title=Phrase("实际天数/365", "actual days/365"), basis=365, positions=_actual, mistaken_for="ACT_360"
        ),
        "ACT_ACT": DayCount(
            title=Phrase(
                "实际天数/实际天数（闰年每日按1/366年、平年每日按1/365年）",
                "actual/actual ISDA (a day of a leap year is 1/366 of a year, any other 1/365)",
            ),
            basis=_COMMON * _LEAP,
            positions=lambda days, _: [_isda_position(day) for day in days],
            shown_over=(_COMMON, _LEAP),
        ),
        "MONTHS_12": DayCount(
            title=Phrase("整月按1/12年、零头每日按1/360年", "whole months as 1/12 of a year, odd days as 1/360"),
            basis=360,
            positions=_months_positions,
        ),
        "D30_360": DayCount(
            title=Phrase("每月30天/360", "30 days a month/360"),
            basis=360,
            positions=lambda days, _: [_thirty_position(day) for day in days],
        ),
    }
)
