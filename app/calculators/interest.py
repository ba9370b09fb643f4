"""I(contract, day): the interest of a day, from the voucher that covers it, else accrued (D27, D28, D30).

Everything is whole numbers: an interest is a numerator over a denominator that is reduced only at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import lcm
from operator import mul

from app.calculators import days
from app.calculators.facts import FloatingRate
from app.calculators.faults import FactsError, Fault
from app.calculators.items import Case, ItemWork
from app.calculators.loans import Loan, Run, Voucher


def find_interest(case: Case, loan: Loan, one: ItemWork, scale: int) -> None:
    """Fill each run's interest, the contract's total, and its basis. Errors: FactsError, NotComputable."""
    covered = {run.voucher is not None for run in loan.runs}
    if not covered:
        return
    one.interest_basis = "MIXED" if len(covered) > 1 else "PAID" if True in covered else "ESTIMATED"
    if loan.vouchers:
        weigh_vouchers(loan)
    if False in covered and not loan.rate.days:
        # With vouchers for some of the days the bound would hold for these alone: then the rate is needed too (D97).
        if loan.fact.interest_paid or any(run.line.shares_interest for run in loan.runs):
            raise FactsError([rate_needed(loan)])
        case.warn("INTEREST_BOUND_NOT_CHECKED", f"/contracts/{loan.index}", id=loan.id)
        return
    _note_lookups(case, loan)
    for run in loan.runs:
        if run.voucher is None:
            _accrue(loan, run, scale)
        else:
            _share(loan, run, run.voucher, scale)
    parts = [Fraction(sum(run.interest), run.interest_of) for run in loan.runs]
    one.interest = sum(parts[1:], parts[0])


def _accrue(loan: Loan, run: Run, scale: int) -> None:
    """Interest of days that no voucher covers, by the contract's rate and day count (D27)."""
    kind, numerators = loan.fact.day_count, loan.rate.numerators
    at = days.positions(kind, run.marks, run.slice.on)
    rates = [numerators[no] for no in run.rate_nos]
    if None in rates:
        raise loan.rate.missing[run.rate_nos[rates.index(None)]]
    run.moved = days.lengths(at)
    run.interest = list(map(mul, map(mul, run.counted, rates), run.moved))
    run.interest_of = loan.rate.parts * days.BASIS[kind] * scale


def together(columns: Sequence[tuple[list[int], int]]) -> list[int]:
    """Columns of numerators over one denominator each, as whole numbers that keep their proportions."""
    if len(columns) == 1:
        return columns[0][0]
    common = lcm(*(of for _, of in columns))
    return [part * (common // of) for parts, of in columns for part in parts]


def weigh_vouchers(loan: Loan) -> None:
    """Σ balance × rate × days of each voucher, over all its days (D28); rates are whole numbers of 1/parts."""
    for voucher in loan.vouchers:
        marks = {voucher.first, voucher.until}
        marks.update(day for day in loan.course.days if voucher.first < day < voucher.until)
        marks.update(day for day in loan.rate.days if voucher.first < day < voucher.until)
        ordered = sorted(marks)
        at = days.positions(loan.fact.day_count, ordered, voucher.first)
        voucher.weight = 0
        for no, day in enumerate(ordered[:-1]):
            balance = loan.course.at(day)
            if balance:
                voucher.weight += balance * _numerator(loan, loan.rate.no(day)) * (at[no + 1] - at[no])


def _numerator(loan: Loan, no: int) -> int:
    """The contract rate's numerator; 1 where no rate was given, so that balances and days alone decide (D28)."""
    return loan.rate.needed(no) if loan.rate.days else 1


def _share(loan: Loan, run: Run, voucher: Voucher, scale: int) -> None:
    """The part of a voucher's interest that falls on each stretch (D28)."""
    at = days.positions(loan.fact.day_count, run.marks, voucher.first)
    run.moved = days.lengths(at)
    if voucher.weight:
        # ``counted`` already holds the factor to CNY; the weight is in the contract's own currency.
        run.interest_of = voucher.weight * scale
        run.interest = [
            voucher.net * balance * _numerator(loan, no) * moved
            for balance, no, moved in zip(run.counted, run.rate_nos, run.moved, strict=True)
        ]
        return
    # A voucher at a rate of zero is shared by days, and a day by the drawdowns' parts of the balance.
    wholes = loan.course.on_each(run.marks[:-1])
    common = lcm(*wholes)
    run.interest_of = scale * (voucher.until - voucher.first) * common
    run.interest = [
        voucher.net * (until - first) * balance * (common // whole)
        for (first, until), balance, whole in zip(pairwise(run.marks), run.counted, wholes, strict=True)
    ]


def rate_needed(loan: Loan) -> Fault:
    return Fault(
        f"/contracts/{loan.index}/rate",
        "FACT_REQUIRED",
        "须有合同利率，或覆盖全部计息日期的利息凭证",
        "required: the contract rate, or vouchers for all days that count",
    )


def _note_lookups(case: Case, loan: Loan) -> None:
    """Remember which rows of a series decided the contract rate of a day that counts."""
    fact = loan.fact.rate
    if not isinstance(fact, FloatingRate):
        return
    first, until = min([run.marks[0] for run in loan.runs]), max([run.marks[-1] for run in loan.runs])
    last = (loan.fact.matures_on.toordinal(), -1)  # when the last reading ends
    readings = loan.rate.readings
    nexts = zip(readings, [*readings[1:], last], strict=False)  # nothing was read: nothing ends
    case.references.note(fact.series, [row for (reset, row), (end, _) in nexts if first < end and reset < until])
