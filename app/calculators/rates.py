"""Contract rates over time: fixed, stepped, or floating with resets (D15, D16, D19)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from app.calculators.days import months_after
from app.calculators.facts import FixedRate, FloatingRate, SteppedRate
from app.calculators.faults import NotComputable
from app.calculators.money import rate
from app.calculators.references import not_covered, value_on
from app.calculators.terms import ReferenceSeries

Change = tuple[int, Fraction | None, str]  # from this day on; None: not known, and why
Reading = tuple[int, int]  # a reset, and the day on which it reads the series
ZERO = Fraction(0)
_MONTHS = {"MONTHLY": 1, "QUARTERLY": 3, "ANNIVERSARY": 12}


def changes(
    fact: FixedRate | SteppedRate | FloatingRate, first: date, until: date, series: Mapping[str, ReferenceSeries]
) -> tuple[list[Change], list[Reading]]:
    """The rate from each day on which it may change, from the first drawdown on; and how it read a series.

    A reference value that is not covered leaves that entry unknown, with a note: it is an error only
    where it decides an amount (D18).
    """
    match fact:
        case FixedRate(annual_rate=text):
            return [(first.toordinal(), rate(text), "")], []
        case SteppedRate(steps=steps):
            started = [step for step in steps if step.from_ <= first][-1:]
            later = [step for step in steps if first < step.from_ < until]
            found: list[Change] = [(first.toordinal(), rate(step.annual_rate), "") for step in started]
            return found + [(step.from_.toordinal(), rate(step.annual_rate), "") for step in later], []
        case FloatingRate():
            return _floating(fact, first, until, series)


def _floating(
    fact: FloatingRate, first: date, until: date, series: Mapping[str, ReferenceSeries]
) -> tuple[list[Change], list[Reading]]:
    multiplier, spread = rate(fact.multiplier), rate(fact.spread)
    known = series.get(fact.series)
    found: list[Change] = []
    last: Fraction | None = None
    readings = lookups(fact, first, until)
    for reset, looked_up in readings:
        value = None if known is None else value_on(known, looked_up)
        if value is None:
            found.append((reset, None, not_covered(fact.series, looked_up, known).zh))
        elif value is not last and value != last:
            value_here = value + spread if multiplier == 1 else value * multiplier + spread
            found.append((reset, max(ZERO, value_here), ""))
        last = value
    return found, readings


def resets(fact: FloatingRate, first: date, until: date) -> list[date]:
    """The reset days strictly after the first drawdown and before maturity."""
    if fact.reset == "LISTED":
        return [day for day in fact.reset_dates if first < day < until]
    if fact.reset == "JAN_1":
        return [date(year, 1, 1) for year in range(first.year + 1, until.year + 1) if date(year, 1, 1) < until]
    anchor, step = fact.reset_anchor or first, _MONTHS[fact.reset]
    k = ((first.year - anchor.year) * 12 + first.month - anchor.month) // step - 1
    found = []
    while (day := months_after(anchor, k * step)) < until:
        if day > first and k >= 0:
            found.append(day)
        k += 1
    return found


def lookups(fact: FloatingRate, first: date, until: date) -> list[Reading]:
    """Each reset with the day on which it reads the series: (from, looked up), ordinals."""
    back = 1 if fact.lookup == "DAY_BEFORE" else 0
    later = [(day.toordinal(), day.toordinal() - back) for day in resets(fact, first, until)]
    return [(first.toordinal(), first.toordinal()), *later]


def not_known(change: Change | None, day: date) -> NotComputable:
    """The error where a contract rate that is not known decides an amount."""
    note = change[2] if change else f"{day}"
    return NotComputable("REFERENCE_RATE_NOT_COVERED", note, note)
