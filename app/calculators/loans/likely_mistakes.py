"""Likely mistakes in valid facts of a loan, and what was assumed where the facts are silent: warnings, once the loan is worked out."""

from __future__ import annotations

from fractions import Fraction

from app.calculators.loans.model import Loan
from app.calculators.loans.vouchers import Voucher
from app.calculators.quantities import money
from app.calculators.quantities.day_counts import DAY_COUNTS, USUAL
from app.calculators.stages.context import Case, ItemWork
from app.calculators.wording.labels import say_phrase

USURIOUS = Fraction(24, 100)


def doubt_loan(case: Case, loan: Loan, one: ItemWork) -> None:
    """Likely mistakes in valid input."""
    pointer = f"/contracts/{loan.index}"
    if one.interest_basis in {"MIXED", "ESTIMATED"}:
        case.warn("INTEREST_ESTIMATED", pointer, id=loan.id)
    if one.interest_basis is not None and loan.fact.day_count is None:
        _doubt_day_count(case, loan, pointer)
    _doubt_vouchers(case, loan, pointer)
    for rate in loan.rate.above(USURIOUS):
        case.warn("CONTRACT_RATE_HIGH", f"{pointer}/rate", rate=money.percent_text(rate))
    for own in loan.slices:
        for rate in own.rate.above(USURIOUS) if own.rate is not loan.rate else ():
            case.warn("CONTRACT_RATE_HIGH", f"{pointer}/drawdowns/{own.index}/rate", rate=money.percent_text(rate))
    repaid_on = [item.on.toordinal() for item in loan.fact.repayments]
    if repaid_on and max(repaid_on) > loan.until:
        case.warn("REPAID_AFTER_MATURITY", f"{pointer}/repayments")
    applied = case.claim.application_date.toordinal()
    # Where a plan's rates are not known, its balance at maturity is not either.
    overdue = sum([own.course.at(own.until) for own in loan.slices if own.gap is None and own.until <= applied])
    if overdue:
        case.warn("OVERDUE_BALANCE", pointer, id=loan.id, balance=money.yuan(overdue))
    if loan.until > applied:
        return
    drawn = sum(item.drawn for item in loan.slices if not item.planned)
    repaid = sum(money.fen(item.principal) for item in loan.fact.repayments)
    if repaid and repaid != drawn:
        case.warn("PRINCIPAL_DOES_NOT_ADD_UP", f"{pointer}/repayments", repaid=money.yuan(repaid), drawn=money.yuan(drawn))


def _doubt_day_count(case: Case, loan: Loan, pointer: str) -> None:
    """Interest that was worked out, or a voucher's divided, by a day count that the facts do not state."""
    assumed = [run for run in loan.runs if run.slice.fact.day_count is None]
    code = "CONTRACT_DAY_COUNT_ASSUMED"
    if any(run.voucher is None for run in assumed):
        sentence = code
    elif any(run.voucher is not None and _is_divided(loan, run.voucher) for run in assumed):
        sentence = "CONTRACT_DAY_COUNT_DIVIDES"
    else:
        return
    case.warn(code, f"{pointer}/day_count", sentence, id=loan.id, name=say_phrase(DAY_COUNTS[USUAL].title, case.language))


def _is_divided(loan: Loan, voucher: Voucher) -> bool:
    """Whether not all of a voucher's interest counts, or it counts on several lines, years or drawdowns: days decide then (D28)."""
    runs = [run for run in loan.runs if run.voucher is voucher]
    counts = sum([Fraction(sum(run.interest), run.interest_of) for run in runs])
    return counts != voucher.net * loan.factor or len({(run.line.id, run.year, run.slice.no) for run in runs}) > 1


def _doubt_vouchers(case: Case, loan: Loan, pointer: str) -> None:
    """Vouchers that bound nothing: none of their days counts, or they run past the application although they were paid by then."""
    if not loan.vouchers or not loan.runs:
        return
    used = {id(run.voucher) for run in loan.runs}
    applied = case.claim.application_date.toordinal()
    idle = [voucher for voucher in loan.vouchers if id(voucher) not in used]
    ahead = [
        voucher
        for voucher in loan.vouchers
        if voucher.until > applied and voucher.until - 1 > min([applied, *voucher.paid])  # one paid on its last day, today, is not
    ]
    for code, found in (("VOUCHER_NOT_USED", idle), ("VOUCHER_AHEAD", ahead)):
        if found:
            case.warn(code, f"{pointer}/interest_paid/{found[0].index}", id=loan.id, number=len(found))
