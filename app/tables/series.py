"""Reference series in files: rates as percentages, exchange rates as numbers (D101); texts to exact decimals, days in order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from app.calculators.money import decimal_text
from app.tables import models
from app.tables.canonical import canonical, digest
from app.tables.entries import Entries, given

PERCENT, NUMBER = "PERCENT", "NUMBER"
VALUES = (PERCENT, NUMBER)  # what the values of a series are; a series that does not say has percentages
_WRITTEN = {
    PERCENT: re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]{1,6})?)%"),
    NUMBER: re.compile(r"((?:0|[1-9][0-9]{0,5})(?:\.[0-9]{1,8})?)"),
}
_EXAMPLES = {PERCENT: "应为百分数，如 3.45%，而不是 {}", NUMBER: "应为数，如 7.1879，而不是 {}"}
VERSION = ("version", "published_at", "holds_until", "rows")
ROW = ("on", "value", "confidence")


def exact(text: str, values: str) -> Fraction | None:
    """A value of a series as it is calculated with: 3.45% is 0.0345, 7.1879 is itself; None where it is written otherwise.

    >>> exact("3.45%", "PERCENT"), exact("7.1879", "NUMBER"), exact("7.1879", "PERCENT")
    (Fraction(69, 2000), Fraction(71879, 10000), None)
    """
    found = _WRITTEN[values].fullmatch(text)
    return None if found is None else Fraction(found[1]) * (Fraction(1, 100) if values == PERCENT else 1)


def misread(text: object, values: str) -> str:
    """What is said of a value that is written otherwise."""
    return _EXAMPLES[values].format(given(text))


def read_series(found: Entries, place: str, raw: Mapping[str, Any]) -> None:
    """The versions of one series, each with all its rows."""
    series = found.text(place, raw, "series")
    values = PERCENT if raw.get("values") is None else found.one_of(f"{place}/values", raw["values"], VALUES)
    versions = list(found.mappings(f"{place}/versions", raw.get("versions"), VERSION))
    if not versions:
        found.fault(f"{place}/versions", "至少一版")
    for at, version in versions:
        text = canonical({**{key: value for key, value in raw.items() if key != "versions"}, **version})
        holds_until = found.day(f"{at}/holds_until", version.get("holds_until"))
        head = models.ReferenceRateVersion(
            series=series,
            version=found.number(f"{at}/version", version.get("version")),
            published_at=found.instant(f"{at}/published_at", version.get("published_at")),
            holds_until=holds_until,
            content=text,
            digest=digest(text),
        )
        found.add(at, head)
        last = _rows(found, at, head, version.get("rows"), values)
        if last is None:
            found.fault(f"{at}/rows", "至少一行")
        elif holds_until <= last:
            found.fault(f"{at}/holds_until", "应晚于最后公布日")


def _rows(found: Entries, place: str, head: models.ReferenceRateVersion, raw: Any, values: str) -> date | None:
    """Add the rows of a version; the day of the last of them."""
    last: date | None = None
    for at, row in found.mappings(f"{place}/rows", raw, ROW):
        on = found.day(f"{at}/on", row.get("on"))
        if last is not None and on <= last:
            found.fault(f"{at}/on", f"日期应晚于前一行 {last}")
        last = on
        figure = exact(str(row.get("value")), values)
        if figure is None:
            found.fault(f"{at}/value", misread(row.get("value"), values))
            continue
        confidence = found.one_of(f"{at}/confidence", row.get("confidence"), ("read", "implied"))
        value = decimal_text(figure)
        found.add(at, models.ReferenceRate(series=head.series, version=head.version, on=on, value=value, confidence=confidence))
    return last
