"""Reference rates as a claim sees them: the value of a day, or an error that names what is missing.

The value of a day is the last one published on or before it (D14). A day before the first row, or on
or after ``holds_until``, has no value: never the nearest one (D18).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from app.calculators.claims.errors import NotComputable
from app.calculators.terms.model import ReferenceSeries
from app.calculators.wording.nearest_names import meant


def row_on(series: ReferenceSeries, day: int) -> int | None:
    """Which row decides an ordinal day; None where the series says nothing."""
    at = bisect_right(series.days, day) - 1
    return None if at < 0 or day >= series.ends else at


def not_covered(name: str, day: int, series: ReferenceSeries | None, pointer: str, known: Iterable[str] = ()) -> NotComputable:
    """The error for a day without a value; it names the last publication, or the series that may have been meant."""
    when = date.fromordinal(day)
    if series is None:
        there, near = ", ".join(sorted(known)), meant(name, sorted(known))
        zh, en = f"没有参考利率系列 {name}；可用: {there}{near.zh}", f"there is no reference series {name}; one of: {there}{near.en}"
        return NotComputable("REFERENCE_RATE_NOT_COVERED", zh, en, pointer)
    first, last = date.fromordinal(series.days[0]), date.fromordinal(series.days[-1])
    return NotComputable(
        "REFERENCE_RATE_NOT_COVERED",
        f"{name} 在 {when} 没有值：首次公布 {first}，最后公布 {last}，有效至 {series.holds_until}（不含）",
        f"{name} has no value on {when}: first published {first}, last published {last}, valid until {series.holds_until} (exclusive)",
        pointer,
    )


class References:
    """Looks values up and remembers which series and rows an answer used."""

    __slots__ = ("series", "used")

    def __init__(self, series: Mapping[str, ReferenceSeries]) -> None:
        self.series = series
        self.used: dict[str, set[int]] = {}

    def rate(self, name: str, day: int, pointer: str) -> Fraction:
        """The value of a series on a day. Errors: NotComputable REFERENCE_RATE_NOT_COVERED."""
        series = self.series.get(name)
        row = None if series is None else row_on(series, day)
        if series is None or row is None:
            raise not_covered(name, day, series, pointer, self.series)
        self.used.setdefault(name, set()).add(row)
        return series.values[row]

    def note(self, name: str, rows: list[int]) -> None:
        """Remember rows that something else looked up."""
        if rows:
            self.used.setdefault(name, set()).update(rows)

    def changes(self, name: str, start: int, end: int) -> list[int]:
        """The days inside (start, end) on which a value begins, and the one on which the last value ends (D73)."""
        series = self.series.get(name)
        return [] if series is None else [day for day in (*series.days, series.ends) if start < day < end]
