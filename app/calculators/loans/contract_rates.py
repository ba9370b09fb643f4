"""Contract rates over time: fixed, stepped, or floating with resets (D15, D16, D19)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import lcm
from typing import assert_never

from app.calculators.claims.errors import FactsError, Fault, NotComputable
from app.calculators.claims.loan_terms import RESET_RULES
from app.calculators.claims.model import FixedRate, FloatingRate, SteppedRate
from app.calculators.quantities.calendar import months_after
from app.calculators.quantities.money import decimal_ratio, ratio_text
from app.calculators.stages.reference_rates import not_covered, row_on
from app.calculators.terms.model import ReferenceSeries

Reading = tuple[int, int]  # a reset, and the row of the series that it read
_DAYS_BACK = {"SAME_DAY": 0, "DAY_BEFORE": 1}


@dataclass(slots=True)
class ContractRate:
    """A contract's rate from each day on which it may change, as whole numbers of 1/``parts``. Days are ordinals.

    A reference value that is not covered leaves that entry unknown, with a note: it is an error only
    where it decides an amount (D18). Without any rate, ``days`` is empty.
    """

    days: list[int] = field(default_factory=list)
    numerators: list[int | None] = field(default_factory=list)
    parts: int = 1
    missing: dict[int, NotComputable] = field(default_factory=dict)  # why an entry is not known
    readings: list[Reading] = field(default_factory=list)  # of those that found a row

    def no(self, day: int) -> int:
        """Which entry a day has; -1 where none."""
        return bisect_right(self.days, day) - 1

    def numerator(self, no: int) -> int | None:
        """The rate of an entry as a whole number of 1/``parts``; None where there is none or it is not known."""
        return self.numerators[no] if no >= 0 else None

    def value(self, no: int) -> Fraction | None:
        """The rate of an entry; None where there is none or it is not known."""
        numerator = self.numerator(no)
        return None if numerator is None else Fraction(numerator, self.parts)

    def text(self, no: int) -> str | None:
        """The rate of an entry with all its decimals."""
        numerator = self.numerators[no] if no >= 0 else None
        return None if numerator is None else ratio_text(numerator, self.parts)

    def known(self) -> list[Fraction]:
        """Every known rate once, in order of time."""
        return [Fraction(one, self.parts) for one in dict.fromkeys(self.numerators) if one is not None]

    def above(self, limit: Fraction) -> list[Fraction]:
        """The known rates above a limit."""
        highest = max(filter(None, self.numerators), default=0)
        if highest * limit.denominator <= limit.numerator * self.parts:
            return []
        return [one for one in self.known() if one > limit]

    def needed(self, no: int) -> int:
        """An entry that decides an amount, as a whole number of 1/``parts``. Errors: NotComputable."""
        numerator = self.numerators[no]
        if numerator is None:
            raise self.missing[no]
        return numerator


def contract_rate(
    fact: FixedRate | SteppedRate | FloatingRate | None, first: date, until: date, series: Mapping[str, ReferenceSeries], pointer: str
) -> ContractRate:
    """The rate of a contract from its first drawdown to maturity; ``pointer`` is where it stands."""
    match fact:
        case None:
            return ContractRate()
        case FixedRate(annual_rate=text):
            numerator, parts = decimal_ratio(text)
            return ContractRate([first.toordinal()], [numerator], parts)
        case SteppedRate(steps=steps):
            started = [step for step in steps if step.from_ <= first][-1:]
            later = [step for step in steps if first < step.from_ < until]
            ratios = [decimal_ratio(step.annual_rate) for step in (*started, *later)]
            parts = lcm(*(denominator for _, denominator in ratios))
            days = [first.toordinal() for _ in started] + [step.from_.toordinal() for step in later]
            return ContractRate(days, [numerator * (parts // denominator) for numerator, denominator in ratios], parts)
        case FloatingRate():
            return _floating(fact, first, until, series, pointer)
        case _:
            assert_never(fact)


def _floating(fact: FloatingRate, first: date, until: date, series: Mapping[str, ReferenceSeries], pointer: str) -> ContractRate:
    known = series.get(fact.series)
    if known is not None and known.values_are == "NUMBER":
        zh = f"{fact.series} 的值是数（如汇率），不是利率，合同利率不能随它浮动"
        en = f"the values of {fact.series} are numbers, such as exchange rates, and no rates; no contract rate follows it"
        raise FactsError([Fault(f"{pointer}/series", "NOT_A_RATE", zh, en)])
    multiplier, of = decimal_ratio(fact.multiplier)
    spread, spread_of = decimal_ratio(fact.spread)
    times = of * (1 if known is None else known.parts)
    parts = lcm(times, spread_of)
    multiplier, spread = multiplier * (parts // times), spread * (parts // spread_of)
    found = ContractRate(parts=parts)
    last, back = None, _DAYS_BACK[fact.lookup]  # one reading for every fixing, that of the first drawdown too (D16, D89)
    for day in (first, *resets(fact, first, until)):
        reset = day.toordinal()
        row = None if known is None else row_on(known, reset - back)
        if known is None or row is None:
            found.missing[len(found.days)] = not_covered(fact.series, reset - back, known, pointer, series)
            value = None
        else:
            found.readings.append((reset, row))
            value = known.numerators[row]
        if value is None or value != last:
            found.days.append(reset)
            found.numerators.append(None if value is None else max(0, value * multiplier + spread))
            last = value
    return found


def resets(fact: FloatingRate, first: date, until: date) -> list[date]:
    """The reset days strictly after the first drawdown and before maturity."""
    rule = RESET_RULES[fact.reset]
    if rule.every_months is None:
        return [day for day in fact.reset_dates if first < day < until]
    if rule.from_january:
        return [date(year, 1, 1) for year in range(first.year + 1, until.year + 1) if date(year, 1, 1) < until]
    anchor, step = fact.reset_anchor or first, rule.every_months
    months = 0  # from the anchor to the first reset after the drawdown
    if anchor <= first:
        months = ((first.year - anchor.year) * 12 + first.month - anchor.month) // step * step
        if months_after(anchor, months) <= first:
            months += step
    found = []
    while (day := months_after(anchor, months)) < until:
        found.append(day)
        months += step
    return found
