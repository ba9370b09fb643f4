"""I(contract, day): the interest of a day, from the voucher that covers it, else accrued (D27, D28, D30).

Everything is whole numbers: an interest is a numerator over a denominator that is reduced only at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from app.calculators import days
from app.calculators.facts import FloatingRate
from app.calculators.faults import FactsError, Fault
from app.calculators.items import Case, ItemWork
from app.calculators.loans import Loan, Stretch, Voucher

Ratio = tuple[int, int]


def find_interest(case: Case, loan: Loan, one: ItemWork, scale: int) -> None:
    """Fill each stretch's interest, the contract's total, and its basis. Errors: FactsError, NotComputable."""
    covered = [stretch.voucher is not None for stretch in loan.stretches]
    if not covered:
        return
    one.interest_basis = "PAID" if all(covered) else "MIXED" if any(covered) else "ESTIMATED"
    weigh_vouchers(loan)
    if not all(covered) and not loan.rate.days:
        if any(stretch.line.shares_interest for stretch in loan.stretches):
            raise FactsError([_needed(loan)])
        case.warn("INTEREST_BOUND_NOT_CHECKED", f"/contracts/{loan.index}", id=loan.id)
        return
    _note_lookups(case, loan)
    kind = loan.fact.day_count
    of, actual = loan.rate.parts * days.BASIS[kind] * scale, kind in days.ACTUAL
    rates = loan.rate.numerators
    for stretch in loan.stretches:
        if stretch.voucher is not None:
            stretch.interest = _share(loan, stretch, stretch.voucher, scale)
            continue
        moved = stretch.until - stretch.first if actual else days.between(kind, stretch.first, stretch.until, stretch.slice.on)
        rate = rates[stretch.rate_no]
        if rate is None:
            raise loan.rate.missing[stretch.rate_no]
        stretch.moved = moved
        stretch.interest = (stretch.counted * rate * moved, of)
    one.interest = total([stretch.interest for stretch in loan.stretches])


def total(ratios: Sequence[Ratio]) -> Fraction:
    """The exact sum; ratios of one denominator are added as whole numbers first."""
    if len({denominator for _, denominator in ratios}) == 1:
        return Fraction(sum([numerator for numerator, _ in ratios]), ratios[0][1])
    sums: dict[int, int] = {}
    for numerator, denominator in ratios:
        sums[denominator] = sums.get(denominator, 0) + numerator
    return sum((Fraction(numerator, denominator) for denominator, numerator in sums.items()), Fraction(0))


def weights(ratios: list[Ratio]) -> list[int] | list[Fraction]:
    """The ratios as weights for spreading: whole numbers where they share a denominator."""
    if len({denominator for _, denominator in ratios}) <= 1:
        return [numerator for numerator, _ in ratios]
    return [Fraction(numerator, denominator) for numerator, denominator in ratios]


def weigh_vouchers(loan: Loan) -> None:
    """Σ balance × rate × days of each voucher, over all its days (D28); rates are whole numbers of 1/parts."""
    for voucher in loan.vouchers:
        marks = {voucher.first, voucher.until}
        marks.update(day for day, _ in loan.totals if voucher.first < day < voucher.until)
        marks.update(day for day in loan.rate.days if voucher.first < day < voucher.until)
        ordered = sorted(marks)
        at = days.positions(loan.fact.day_count, ordered, voucher.first)
        voucher.weight = 0
        for no, day in enumerate(ordered[:-1]):
            balance = loan.balance_at(day)
            if balance:
                voucher.weight += balance * _numerator(loan, loan.rate.no(day)) * (at[no + 1] - at[no])


def _numerator(loan: Loan, no: int) -> int:
    """The contract rate's numerator; 1 where no rate was given, so that balances and days alone decide (D28)."""
    return loan.rate.needed(no) if loan.rate.days else 1


def _share(loan: Loan, one: Stretch, voucher: Voucher, scale: int) -> Ratio:
    """The part of a voucher's interest that falls on a stretch (D28)."""
    one.moved = days.between(loan.fact.day_count, one.first, one.until, voucher.first)
    if voucher.weight == 0:
        part = voucher.net * loan.factor.numerator * (one.until - one.first) * one.counted
        return part, loan.factor.denominator * (voucher.until - voucher.first) * max(1, one.total)
    # ``counted`` already holds the factor to CNY; the weight is in the contract's own currency.
    return voucher.net * one.counted * _numerator(loan, one.rate_no) * one.moved, voucher.weight * scale


def _needed(loan: Loan) -> Fault:
    return Fault(
        f"/contracts/{loan.index}/rate",
        "FACT_REQUIRED",
        "按利息比例贴息须有合同利率或覆盖全部日期的利息凭证",
        "a share of interest needs the contract rate, or vouchers for all days",
    )


def _note_lookups(case: Case, loan: Loan) -> None:
    """Remember which rows of a series decided the contract rate of a day that counts."""
    fact = loan.fact.rate
    if not isinstance(fact, FloatingRate):
        return
    readings = loan.rate.readings
    ends = [reset for reset, _ in readings[1:]] + [loan.fact.matures_on.toordinal()]
    first = min([stretch.first for stretch in loan.stretches])
    until = max([stretch.until for stretch in loan.stretches])
    case.references.note(fact.series, [row for (reset, row), end in zip(readings, ends, strict=False) if first < end and reset < until])
