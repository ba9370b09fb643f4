"""Likely mistakes in valid facts of a loan, and what was assumed where the facts are silent: warnings, once the loan is worked out."""

from __future__ import annotations

from fractions import Fraction

from app.calculators import money
from app.calculators.facts import USUAL_DAY_COUNT
from app.calculators.items import Case, ItemWork
from app.calculators.loans import Loan
from app.calculators.vocabulary import DAY_COUNTS, say_word

USURIOUS = Fraction(24, 100)


def doubt_loan(case: Case, loan: Loan, one: ItemWork) -> None:
    """Likely mistakes in valid input."""
    pointer = f"/contracts/{loan.index}"
    if one.interest_basis in {"MIXED", "ESTIMATED"}:
        case.warn("INTEREST_ESTIMATED", pointer, id=loan.id)
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
    """Interest that was worked out by a day count that the facts do not state."""
    if loan.fact.day_count is None and any(run.voucher is None and run.slice.fact.day_count is None for run in loan.runs):
        name = say_word(DAY_COUNTS, USUAL_DAY_COUNT, case.language)
        case.warn("CONTRACT_DAY_COUNT_ASSUMED", f"{pointer}/day_count", id=loan.id, name=name)


def _doubt_vouchers(case: Case, loan: Loan, pointer: str) -> None:
    """Vouchers that bound nothing: none of their days counts, or they run past the application although they were paid by then."""
    if not loan.vouchers or not loan.runs:
        return
    used = {id(run.voucher) for run in loan.runs}
    applied = case.claim.application_date.toordinal()
    idle = [voucher for voucher in loan.vouchers if id(voucher) not in used]
    ahead = [voucher for voucher in loan.vouchers if voucher.until > applied + 1]
    for code, found in (("VOUCHER_NOT_USED", idle), ("VOUCHER_AHEAD", ahead)):
        if found:
            case.warn(code, f"{pointer}/interest_paid/{found[0].index}", id=loan.id, number=len(found))
