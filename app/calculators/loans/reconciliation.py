"""The bank's stated interest against the interest that the contract gives (D31): reported, never used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from app.calculators.loans.interest import Ledger, accrual_days, ledgers
from app.calculators.loans.model import Loan
from app.calculators.loans.vouchers import Voucher
from app.calculators.quantities import calendar as days
from app.calculators.quantities import money
from app.calculators.quantities.day_counts import DAY_COUNTS, DayCountName
from app.calculators.results.model import Reconciliation
from app.calculators.stages.context import Case

Swap = Mapping[DayCountName, DayCountName]
OTHER_YEAR: Final[Swap] = {name: row.mistaken_for for name, row in DAY_COUNTS.items() if row.mistaken_for is not None}
TOLERANCE = 1  # fen: differences of at most 0.01 are not reported


def reconcile(case: Case, loan: Loan) -> list[Reconciliation]:
    """Each voucher whose stated interest differs by more than a fen, with a likely cause."""
    found: list[Reconciliation] = []
    for voucher in loan.vouchers:
        if not all(rate.days for _, rate, _ in ledgers(loan, voucher)):
            continue
        computed = accrued(loan, voucher, voucher.first, voucher.until)
        if computed is None:
            pointer = f"/contracts/{loan.index}/interest_paid/{voucher.index}"
            case.warn("RECONCILIATION_SKIPPED", pointer, id=loan.id, note=_note(case, loan, voucher))
            continue
        difference = voucher.stated - computed
        if abs(difference) > TOLERANCE:
            found.append(
                {
                    "from": date.fromordinal(voucher.first).isoformat(),
                    "until": date.fromordinal(voucher.until).isoformat(),
                    "drawdown_no": voucher.named,
                    "stated": money.yuan(voucher.stated),
                    "computed": money.yuan(computed),
                    "difference": money.yuan(difference),
                    "likely_cause": case.say(_cause(loan, voucher, computed)),
                }
            )
    return found


def _note(case: Case, loan: Loan, voucher: Voucher) -> str:
    missing = next(
        rate.missing[no] for _, rate, _ in ledgers(loan, voucher) for no in rate.missing if rate.days[no] < voucher.until
    )
    return missing.en if case.language == "en" else missing.zh


def accrued(loan: Loan, voucher: Voucher, first: int, until: int, *, swap: Swap | None = None) -> int | None:
    """Σ of exact daily interest of all that a voucher covers, rounded half up once; None where a rate is not known.

    ``swap`` puts other day counts in place of some.
    """
    exact = _accrued(loan, voucher, first, until, swap or {}, rated=True)
    return None if exact is None else money.round_half_up(exact)


def _accrued(loan: Loan, voucher: Voucher, first: int, until: int, swap: Swap, *, rated: bool) -> Fraction | None:
    """The exact interest of a period in fen; of balances and days alone, as at a rate of 100%, where it is not ``rated``."""
    if any(one.gap is not None and until > one.gap[0].toordinal() for one in voucher.slices):
        return None
    parts = []
    for ledger in ledgers(loan, voucher):
        course, own, kind = ledger
        kind = swap.get(kind, kind)
        marks = accrual_days(ledger, first, until) if first < until else []
        part = 0
        for day, moved in zip(marks, days.lengths(DAY_COUNTS[kind].positions(marks, first)), strict=False):
            balance = course.at(day)
            if balance:
                numerator = own.numerator(own.no(day)) if rated else 1
                if numerator is None:
                    return None
                part += balance * numerator * moved
        parts.append((part, (own.parts if rated else 1) * DAY_COUNTS[kind].basis))
    return money.total(parts)


def _at_another_rate(loan: Loan, voucher: Voucher, own: Sequence[Ledger], near: Callable[[int], bool]) -> bool:
    """Whether one of the contract's other rates, on all days, explains a voucher."""
    known = dict.fromkeys((numerator, rates.parts) for _, rates, _ in own for numerator in rates.numerators if numerator is not None)
    if len(known) < 2:
        return False
    whole = _accrued(loan, voucher, voucher.first, voucher.until, {}, rated=False)
    return whole is not None and any(near(money.half_up(whole.numerator * rate, whole.denominator * of)) for rate, of in known)


def _cause(loan: Loan, voucher: Voucher, computed: int) -> str:
    """Try what usually goes wrong; the first that explains the stated figure to the fen is named."""
    stated, first, until = voucher.stated, voucher.first, voucher.until

    def near(other: int | None) -> bool:
        return other is not None and abs(other - stated) <= TOLERANCE

    if any(near(accrued(loan, voucher, first + a, until + b)) for a, b in ((1, 0), (-1, 0), (0, 1), (0, -1))):
        return "CAUSE_ONE_DAY"
    own = ledgers(loan, voucher)
    if any(kind in OTHER_YEAR for _, _, kind in own) and near(accrued(loan, voucher, first, until, swap=OTHER_YEAR)):
        return "CAUSE_365_FOR_360"
    if _at_another_rate(loan, voucher, own, near):
        return "CAUSE_RESET_DATE"
    if computed and (abs(stated - computed * 100) <= 100 or abs(stated * 100 - computed) <= 100):
        return "CAUSE_PERCENT"
    penalty = voucher.penalty
    overdue = any(
        period.reason == "OVERDUE" and period.from_.toordinal() < until and first < period.until.toordinal()
        for period in loan.fact.excluded_periods
    )
    late = until > max([one.until for one in voucher.slices])
    if stated > computed and (overdue or late or (penalty and near(computed + penalty))):
        return "CAUSE_PENALTY"
    if penalty and abs(stated + penalty - computed) <= TOLERANCE:
        return "CAUSE_PENALTY"
    return "CAUSE_NONE_FOUND"
