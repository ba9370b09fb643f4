"""I(contract, day): the interest of a day, from the voucher that covers it, else accrued (D27, D28, D30).

Everything is whole numbers: an interest is a numerator over a denominator that is reduced only at the end.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from math import lcm
from operator import mul

from app.calculators.claims.errors import FactsError, Fault
from app.calculators.claims.model import FloatingRate
from app.calculators.loans.balances import Course
from app.calculators.loans.contract_rates import ContractRate
from app.calculators.loans.model import Loan, Run
from app.calculators.loans.vouchers import Voucher
from app.calculators.quantities import calendar as days
from app.calculators.quantities import money
from app.calculators.quantities.day_counts import DAY_COUNTS, USUAL, DayCountName
from app.calculators.stages.context import Case, ItemWork

Ledger = tuple[Course, ContractRate, DayCountName]  # a balance over time, its rate and its day count


def find_interest(case: Case, loan: Loan, one: ItemWork, scale: int) -> None:
    """Fill each run's interest, the contract's total, and its basis. Errors: FactsError, NotComputable."""
    covered = {run.voucher is not None for run in loan.runs}
    if not covered:
        return
    one.interest_basis = "MIXED" if len(covered) > 1 else "PAID" if True in covered else "ESTIMATED"
    unknown = next((run for run in loan.runs if run.voucher is None and not run.slice.rate.days), None)
    if unknown is not None:
        # With a voucher or a rate for some of the days the bound would hold for these alone: then the rate is needed too (D97).
        some = loan.fact.interest_paid or any(run.slice.rate.days for run in loan.runs)
        if some or any(run.line.shares_interest for run in loan.runs):
            raise FactsError([rate_needed(loan)])
        case.warn("INTEREST_BOUND_NOT_CHECKED", f"/contracts/{loan.index}", id=loan.id)
        return
    _note_lookups(case, loan)
    for run in loan.runs:
        if run.voucher is None:
            _accrue(run, scale)
        else:
            _share(loan, run, run.voucher, scale)
    one.interest = money.total((sum(run.interest), run.interest_of) for run in loan.runs)


def _accrue(run: Run, scale: int) -> None:
    """Interest of days that no voucher covers, by the rate and day count of the loan (D27)."""
    kind, rate = run.slice.day_count, run.slice.rate
    at = DAY_COUNTS[kind].positions(run.marks, run.slice.on)
    run.moved = days.lengths(at)
    weights, numerators = list(map(mul, run.counted, run.moved)), [rate.numerators[no] for no in run.rate_nos]
    if None in numerators:  # which is an error only where it decides an amount (D18)
        numerators = [rate.needed(no) if weight else 0 for no, weight in zip(run.rate_nos, weights, strict=True)]
    run.interest = list(map(mul, weights, numerators))
    run.interest_of = rate.parts * DAY_COUNTS[kind].basis * scale


def together(columns: Sequence[tuple[list[int], int]]) -> list[int]:
    """Columns of numerators over one denominator each, as whole numbers that keep their proportions."""
    if len(columns) == 1:
        return columns[0][0]
    common = lcm(*(of for _, of in columns))
    return [part * (common // of) for parts, of in columns for part in parts]


def ledgers(loan: Loan, voucher: Voucher) -> list[Ledger]:
    """Over which balances a voucher is shared, each with its rate and day count: the contract's, or those of drawdowns (D87)."""
    if loan.alike and voucher.slices is loan.slices:
        return [(loan.course, loan.rate, loan.fact.day_count or USUAL)]
    return [(one.course, one.rate, one.day_count) for one in voucher.slices]


def accrual_days(ledger: Ledger, first: int, until: int) -> list[int]:
    """The days of a period on which the balance or the rate of a ledger changes, with both ends."""
    course, rate, _ = ledger
    within = [known[bisect_right(known, first) : bisect_left(known, until)] for known in (course.days, rate.days)]
    return sorted({first, until, *within[0], *within[1]})


def _weigh(loan: Loan, voucher: Voucher) -> int:
    """Σ balance × rate × days over all days of a voucher (D28), in 1/(parts × basis); balances and days alone where a rate is not given."""
    own = ledgers(loan, voucher)
    voucher.rated = all(rate.days for _, rate, _ in own)
    voucher.parts = lcm(*(rate.parts for _, rate, _ in own)) if voucher.rated else 1
    voucher.basis = lcm(*(DAY_COUNTS[kind].basis for _, _, kind in own))
    weight = 0
    for ledger in own:
        course, rate, kind = ledger
        marks = accrual_days(ledger, voucher.first, voucher.until)
        for day, moved in zip(marks, days.lengths(DAY_COUNTS[kind].positions(marks, voucher.first)), strict=False):
            balance = course.at(day)
            if balance:
                weight += balance * _numerator(voucher, rate, rate.no(day)) * _times(voucher, rate, kind) * moved
    return weight


def _numerator(voucher: Voucher, rate: ContractRate, no: int) -> int:
    """The contract rate's numerator; 1 where no rate was given, so that balances and days alone decide (D28)."""
    return rate.needed(no) if voucher.rated else 1


def _times(voucher: Voucher, rate: ContractRate, kind: DayCountName) -> int:
    """By what a balance × rate × days of one drawdown is multiplied, so that those of all are in one unit."""
    return (voucher.parts // rate.parts if voucher.rated else 1) * (voucher.basis // DAY_COUNTS[kind].basis)


def _share(loan: Loan, run: Run, voucher: Voucher, scale: int) -> None:
    """The part of a voucher's interest that falls on each stretch (D28)."""
    rate, kind = run.slice.rate, run.slice.day_count
    run.moved = days.lengths(DAY_COUNTS[kind].positions(run.marks, voucher.first))
    if voucher.weight is None:
        voucher.weight = _weigh(loan, voucher)
    if voucher.weight:
        # ``counted`` already holds the factor to CNY; the weight is in the contract's own currency.
        run.interest_of = voucher.weight * scale
        net = voucher.net * _times(voucher, rate, kind)
        run.interest = [
            net * balance * _numerator(voucher, rate, no) * moved
            for balance, no, moved in zip(run.counted, run.rate_nos, run.moved, strict=True)
        ]
        return
    # A voucher at a rate of zero is shared by days, and a day by the drawdowns' parts of the balance.
    wholes = (loan if voucher.slices is loan.slices else run.slice).course.on_each(run.marks[:-1])
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
    shared = [run for run in loan.runs if run.slice.rate is loan.rate]
    if isinstance(loan.fact.rate, FloatingRate) and shared:
        _note(case, loan.fact.rate, loan.rate, shared, loan.until)
    if len(shared) == len(loan.runs):
        return
    of_slices = loan.runs_of_slices()
    for one in loan.slices:
        own = of_slices.get(one.no, [])
        if isinstance(one.fact.rate, FloatingRate) and own:
            _note(case, one.fact.rate, one.rate, own, one.until)


def _note(case: Case, fact: FloatingRate, rate: ContractRate, runs: Sequence[Run], end: int) -> None:
    first, until = min([run.marks[0] for run in runs]), max([run.marks[-1] for run in runs])
    readings, last = rate.readings, (end, -1)  # when the last reading ends
    nexts = zip(readings, [*readings[1:], last], strict=False)  # nothing was read: nothing ends
    case.references.note(fact.series, [row for (reset, row), (ends, _) in nexts if first < ends and reset < until])
