"""The bank's stated interest against the interest that the contract gives (D31): reported, never used."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from app.calculators import days, money
from app.calculators.items import Case
from app.calculators.loans import Loan, Voucher
from app.calculators.results import Reconciliation

TOLERANCE = 1  # fen: differences of at most 0.01 are not reported


def reconcile(case: Case, loan: Loan) -> list[Reconciliation]:
    """Each voucher whose stated interest differs by more than a fen, with a likely cause."""
    found: list[Reconciliation] = []
    if not loan.rate.days:
        return found
    for voucher in loan.vouchers:
        computed = accrued(loan, voucher.first, voucher.until)
        if computed is None:
            pointer = f"/contracts/{loan.index}/interest_paid/{voucher.index}"
            case.warn("RECONCILIATION_SKIPPED", pointer, id=loan.id, note=_note(case, loan, voucher))
            continue
        difference = voucher.net - computed
        if abs(difference) > TOLERANCE:
            found.append(
                {
                    "from": date.fromordinal(voucher.first).isoformat(),
                    "until": date.fromordinal(voucher.until).isoformat(),
                    "stated": money.yuan(voucher.net),
                    "computed": money.yuan(computed),
                    "difference": money.yuan(difference),
                    "likely_cause": case.say(_cause(loan, voucher, computed)),
                }
            )
    return found


def _note(case: Case, loan: Loan, voucher: Voucher) -> str:
    no = next(no for no in loan.rate.missing if loan.rate.days[no] < voucher.until)
    missing = loan.rate.missing[no]
    return missing.en if case.language == "en" else missing.zh


def accrued(loan: Loan, first: int, until: int, *, kind: str | None = None, rate: Fraction | None = None) -> int | None:
    """Σ of exact daily interest of the whole contract, rounded half up once; None where a rate is not known."""
    if loan.gap is not None and until > loan.gap[0].toordinal():
        return None
    kind = kind or loan.fact.day_count
    marks = {first, until}
    marks.update(day for day in loan.course.days if first < day < until)
    marks.update(day for day in loan.rate.days if first < day < until)
    ordered = sorted(marks)
    if len(ordered) < 2:
        return 0
    at = days.positions(kind, ordered, first)
    total = Fraction(0)
    for no, a in enumerate(ordered[:-1]):
        balance = loan.course.at(a)
        if balance:
            value = rate if rate is not None else loan.rate.value(loan.rate.no(a))
            if value is None:
                return None
            total += balance * value * (at[no + 1] - at[no])
    return money.round_half_up(total * Fraction(1, days.BASIS[kind]))


def _cause(loan: Loan, voucher: Voucher, computed: int) -> str:
    """Try what usually goes wrong; the first that explains the stated figure to the fen is named."""
    stated, first, until = voucher.net, voucher.first, voucher.until

    def near(other: int | None) -> bool:
        return other is not None and abs(other - stated) <= TOLERANCE

    if any(near(accrued(loan, first + a, until + b)) for a, b in ((1, 0), (-1, 0), (0, 1), (0, -1))):
        return "CAUSE_ONE_DAY"
    other = {"ACT_360": "ACT_365", "ACT_365": "ACT_360"}.get(loan.fact.day_count)
    if other and near(accrued(loan, first, until, kind=other)):
        return "CAUSE_365_FOR_360"
    known = loan.rate.known()
    if len(known) > 1 and any(near(accrued(loan, first, until, rate=rate)) for rate in known):
        return "CAUSE_RESET_DATE"
    if computed and (abs(stated - computed * 100) <= 100 or abs(stated * 100 - computed) <= 100):
        return "CAUSE_PERCENT"
    penalty = money.fen(voucher.fact.penalty)
    overdue = any(
        period.reason == "OVERDUE" and period.from_.toordinal() < until and first < period.until.toordinal()
        for period in loan.fact.excluded_periods
    )
    late = until > loan.fact.matures_on.toordinal()
    if stated > computed and (overdue or late or (penalty and near(computed + penalty))):
        return "CAUSE_PENALTY"
    if penalty and abs(stated + penalty - computed) <= TOLERANCE:
        return "CAUSE_PENALTY"
    return "CAUSE_NONE_FOUND"
