"""Reference-rate series in files: percent text to exact decimals, dates in order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from app.calculators.money import decimal_text

_PERCENT = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]{1,6})?)%")


class SeriesError(ValueError):
    """A series that cannot be read; ``place`` says where."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True, slots=True)
class SeriesRows:
    """One version of a series as rows: (published on, decimal text, confidence)."""

    series: str
    version: int
    holds_until: date
    rows: list[tuple[date, str, str]]


def read_series(raw: Mapping[str, Any], version: Mapping[str, Any]) -> SeriesRows:
    """The rows of one version. Errors: SeriesError."""
    rows: list[tuple[date, str, str]] = []
    for no, row in enumerate(version.get("rows") or ()):
        place = f"rows/{no}"
        on = _day(place, row.get("on"))
        found = _PERCENT.fullmatch(str(row.get("value")))
        if found is None:
            raise SeriesError(place, f"应为百分数，如 3.45%，而不是 {row.get('value')!r}")
        if rows and on <= rows[-1][0]:
            raise SeriesError(place, f"日期应晚于前一行 {rows[-1][0]}")
        confidence = row.get("confidence")
        if confidence not in {"read", "implied"}:
            raise SeriesError(place, "confidence 应为 read 或 implied")
        rows.append((on, decimal_text(Fraction(found[1]) * Fraction(1, 100)), confidence))
    if not rows:
        raise SeriesError("rows", "至少一行")
    holds = _day("holds_until", version.get("holds_until"))
    if holds <= rows[-1][0]:
        raise SeriesError("holds_until", "应晚于最后公布日")
    number = str(version.get("version"))
    if not number.isdigit():
        raise SeriesError("version", "应为正整数")
    return SeriesRows(str(raw.get("series")), int(number), holds, rows)


def _day(place: str, raw: Any) -> date:
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError) as wrong:
        raise SeriesError(place, f"应为日期，而不是 {raw!r}") from wrong
