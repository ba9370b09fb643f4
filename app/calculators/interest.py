"""I(contract, day): the interest of a day, from the voucher that covers it, else accrued (D27, D28, D30).

Everything is whole numbers: an interest is a numerator over a denominator that is reduced only at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from app.calculators import days
from app.calculators.facts import FloatingRate
from app.calculators.faults import FactsError, Fault
from app.calculators.items import Case, ItemWork
from app.calculators.loans import Loan, Stretch

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
    for stretch in loan.stretches:
        stretch.interest = _interest(loan, stretch, scale)
    one.interest = total(stretch.interest for stretch in loan.stretches)


def total(ratios: Iterable[Ratio]) -> Fraction:
    """The exact sum; ratios of one denominator are added as whole numbers first."""
    sums: dict[int, int] = {}
    for numerator, denominator in ratios:
        sums[denominator] = sums.get(denominator, 0) + numerator
    parts = [Fraction(numerator, denominator) for denominator, numerator in sums.items()]
    return parts[0] if len(parts) == 1 else sum(parts, Fraction(0))


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


def _interest(loan: Loan, one: Stretch, scale: int) -> Ratio:
    """I of a stretch: a voucher's share, or accrued from the contract."""
    kind, voucher = loan.fact.day_count, one.voucher
    anchor = one.slice.on if voucher is None else voucher.first
    one.moved = days.between(kind, one.first, one.until, anchor)
    if voucher is None:
        return one.counted * loan.rate.needed(one.rate_no) * one.moved, loan.rate.parts * days.BASIS[kind] * scale
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
    first = min(stretch.first for stretch in loan.stretches)
    until = max(stretch.until for stretch in loan.stretches)
    case.references.note(fact.series, [row for (reset, row), end in zip(readings, ends, strict=False) if first < end and reset < until])
