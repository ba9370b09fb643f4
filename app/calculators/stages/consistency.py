"""Facts that contradict each other: refused with a pointer before anything is calculated."""

from __future__ import annotations

from datetime import date

from app.calculators.claims.errors import Fault
from app.calculators.claims.loan_terms import REPAYMENT_METHODS
from app.calculators.claims.model import MAX_YEARS, Claim, Contract, Drawdown, FixedRate, FloatingRate, Policy, RepaymentPlan, SteppedRate
from app.calculators.claims.spelling import normal
from app.calculators.quantities.calendar import BEIJING
from app.calculators.quantities.money import decimal_ratio
from app.calculators.stages.claim_ids import check_ids
from app.calculators.stages.codes import check_loan_type, check_policy_codes
from app.calculators.stages.insured_units import check_units
from app.calculators.stages.voucher_consistency import check_vouchers
from app.calculators.terms.builtins import FACT_LIST
from app.calculators.terms.model import Terms

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)

Named = tuple[str, str]  # what a date is called in Chinese and English
_FROM: Named = ("起日（from）", "from")
_FROM_BEFORE: Named = ("上一段起日", "that of the step before")
_UNTIL: Named = ("止日（until，不含）", "until")
_SIGNED: Named = ("签订日（signed_on）", "signed_on")
_MATURES: Named = ("到期日（matures_on）", "matures_on")
_STARTED: Named = ("开工日（started_on）", "started_on")
_COMPLETED: Named = ("完工日（completed_on）", "completed_on")
_DRAWN: Named = ("放款日（on）", "the drawdown's day")
_REPAID: Named = ("还本日（on）", "the day of repayment")
_INSURED: Named = ("保险期间起（period_from）", "period_from")
_INSURED_UNTIL: Named = ("保险期间止（period_until，不含）", "period_until")


def check_claim(claim: Claim, terms: Terms) -> list[Fault]:
    """All faults between the fields of a claim; none means that it can be assessed."""
    faults: list[Fault] = []
    wanted = FACT_LIST[str(terms.facts)]
    for name in FACT_LIST.values():
        given = getattr(claim, name)
        if name == wanted and given is None:
            faults.append(Fault("/", "WRONG_FACTS", f"此标准表的事实应放在 {wanted}", f"this table takes {wanted}"))
        elif name != wanted and given is not None:
            faults.append(
                Fault(f"/{name}", "WRONG_FACTS", f"此标准表的事实应放在 {wanted}，而不是 {name}", f"this table takes {wanted}, not {name}")
            )
    faults += _applicant(claim)
    if claim.claim_period is not None:
        faults += _period(claim.claim_period.from_, claim.claim_period.until, "/claim_period")
    faults += check_ids(claim, wanted)
    for no, contract in enumerate(claim.contracts or ()):
        faults += _contract(contract, f"/contracts/{no}", terms)
    for no, policy in enumerate(claim.policies or ()):
        faults += _policy(policy, f"/policies/{no}")
        faults += check_policy_codes(policy, f"/policies/{no}", terms)
    faults += check_units(claim.policies or ())
    for no, project in enumerate(claim.projects or ()):
        if project.started_on and project.completed_on and project.completed_on < project.started_on:
            faults.append(_order(f"/projects/{no}/completed_on", _COMPLETED, _STARTED, same=True))
    return faults


def _order(pointer: str, later: Named, earlier: Named, *, same: bool = False) -> Fault:
    """Two dates in the wrong order; ``same``: the one may be on the day of the other."""
    zh = f"{later[0]}不得早于{earlier[0]}" if same else f"{later[0]}应晚于{earlier[0]}"
    en = f"{later[1]} should not be before {earlier[1]}" if same else f"{later[1]} should be after {earlier[1]}"
    return Fault(pointer, "DATES_OUT_OF_ORDER", zh, en)


def _out_of_range(pointer: str) -> Fault:
    zh = f"日期应在 {EARLIEST} 至 {LATEST} 之间，期间至多 {MAX_YEARS} 年"
    return Fault(pointer, "DATE_OUT_OF_RANGE", zh, f"dates lie in {EARLIEST} to {LATEST}, at most {MAX_YEARS} years apart")


def _period(first: date, until: date, pointer: str, begins: Named = _FROM, ends: Named = _UNTIL) -> list[Fault]:
    if until <= first:
        return [_order(f"{pointer}/until", ends, begins)]
    if first < EARLIEST or until > LATEST or (until - first).days > MAX_YEARS * 366:
        return [_out_of_range(pointer)]
    return []


def _applicant(claim: Claim) -> list[Fault]:
    faults = []
    for no, status in enumerate(claim.applicant.statuses):
        if status.until is not None and status.until <= status.from_:
            faults.append(_order(f"/applicant/statuses/{no}/until", _UNTIL, _FROM))
    if not EARLIEST <= claim.application_date < LATEST:
        faults.append(_out_of_range("/application_date"))
    if claim.application_at is not None and claim.application_at.astimezone(BEIJING).date() != claim.application_date:
        zh, en = "申请时刻按北京时间与申请日不是同一天", "in Beijing time, application_at is not on application_date"
        faults.append(Fault("/application_at", "DATES_DISAGREE", zh, en))
    return faults


def _contract(contract: Contract, pointer: str, terms: Terms) -> list[Fault]:
    if contract.signed_on < EARLIEST:
        return [_out_of_range(f"{pointer}/signed_on")]
    faults = _period(contract.signed_on, contract.matures_on, pointer, _SIGNED, _MATURES)
    if faults:
        return [Fault(f"{pointer}/matures_on", faults[0].code, faults[0].zh, faults[0].en)]
    for no, one in enumerate(contract.drawdowns):
        faults += _drawdown(contract, one, f"{pointer}/drawdowns/{no}")
    repaid = [one.on for one in contract.repayments]
    if repaid and (min(repaid) < contract.signed_on or max(repaid) > LATEST):
        faults += _repaid_out_of_order(contract, pointer)
    faults += _repaid_by_plan(contract, pointer)
    if contract.rate is not None:
        faults += _rate(contract.rate, min(one.on for one in contract.drawdowns), f"{pointer}/rate")
    for no, voucher in enumerate(contract.interest_paid):
        faults += _period(voucher.from_, voucher.until, f"{pointer}/interest_paid/{no}")
    if contract.interest_paid:
        faults += check_vouchers(contract, pointer)
    for no, period in enumerate(contract.excluded_periods):
        faults += _period(period.from_, period.until, f"{pointer}/excluded_periods/{no}")
    faults += check_loan_type(contract.loan_type, f"{pointer}/loan_type", terms)
    if contract.currency == "RMB":
        zh, en = "人民币的代码是 CNY（ISO 4217），不是 RMB", "the code of the renminbi is CNY (ISO 4217), not RMB"
        faults.append(Fault(f"{pointer}/currency", "INVALID_CURRENCY", zh, en))
    return faults


def _repaid_out_of_order(contract: Contract, pointer: str) -> list[Fault]:
    faults = []
    for no, one in enumerate(contract.repayments):
        if one.on < contract.signed_on:
            faults.append(_order(f"{pointer}/repayments/{no}/on", _REPAID, _SIGNED, same=True))
        if one.on > LATEST:
            faults.append(_order(f"{pointer}/repayments/{no}/on", (str(LATEST), str(LATEST)), _REPAID, same=True))
    return faults


def _drawdown(contract: Contract, one: Drawdown, pointer: str) -> list[Fault]:
    """A drawdown's dates, and what it has of its own in place of the contract's (D87)."""
    faults: list[Fault] = []
    if one.matures_on is None and one.on >= contract.matures_on:
        faults.append(_order(f"{pointer}/on", _MATURES, _DRAWN))
    if one.on < contract.signed_on:
        faults.append(_order(f"{pointer}/on", _DRAWN, _SIGNED, same=True))
    if one.matures_on is not None:
        own = _period(one.on, one.matures_on, pointer, _DRAWN, _MATURES)
        faults += [Fault(f"{pointer}/matures_on", fault.code, fault.zh, fault.en) for fault in own]
    if one.rate is not None:
        faults += _rate(one.rate, one.on, f"{pointer}/rate")
    if one.repayment_plan is not None:
        faults += _plan(contract, one, one.repayment_plan, f"{pointer}/repayment_plan")
    return faults


def _repaid_by_plan(contract: Contract, pointer: str) -> list[Fault]:
    """The contract's plan goes with one drawdown and without repayments; a drawdown with a plan of its own takes no repayment."""
    faults: list[Fault] = []
    plan, where = contract.repayment_plan, f"{pointer}/repayment_plan"
    if plan is not None:
        if contract.repayments:
            faults.append(Fault(where, "PLAN_AND_REPAYMENTS", "还款计划与实际还本只能给一种", "give a plan or repayments, not both"))
        if len(contract.drawdowns) != 1:
            faults.append(Fault(where, "PLAN_NEEDS_ONE_DRAWDOWN", "还款计划只能有一笔放款", "a plan needs exactly one drawdown"))
        else:
            faults += _plan(contract, contract.drawdowns[0], plan, where)
        return faults
    planned = {normal(one.drawdown_no) for one in contract.drawdowns if one.repayment_plan is not None}
    for no, one in enumerate(contract.repayments if planned else ()):
        if len(planned) == len(contract.drawdowns) if one.drawdown_no is None else normal(one.drawdown_no) in planned:
            zh, en = "该放款按还款计划还本，不再列实际还本", "the drawdown is repaid by its plan and takes no actual repayments"
            faults.append(Fault(f"{pointer}/repayments/{no}", "PLAN_AND_REPAYMENTS", zh, en))
    return faults


def _plan(contract: Contract, one: Drawdown, plan: RepaymentPlan, where: str) -> list[Fault]:
    faults = []
    matures_on, rate = one.matures_on or contract.matures_on, one.rate or contract.rate
    if plan.first_due is not None and not one.on < plan.first_due <= matures_on:
        zh, en = "首个还款日应晚于放款日、不晚于到期日", "first_due should be after the drawdown and not after matures_on"
        faults.append(Fault(f"{where}/first_due", "DATES_OUT_OF_ORDER", zh, en))
    if REPAYMENT_METHODS[plan.method].needs_rate and rate is None:
        holder = where.removesuffix("/repayment_plan")
        faults.append(Fault(f"{holder}/rate", "FACT_REQUIRED", "等额本息须有合同利率", "an equal-instalment plan needs the rate"))
    return faults


def _rate(rate: FixedRate | SteppedRate | FloatingRate, first: date, where: str) -> list[Fault]:
    """Whether a rate can be meant; ``first`` is the first drawdown that has it."""
    faults: list[Fault] = []
    match rate:
        case FixedRate(annual_rate=text):
            faults += _above(text, where + "/annual_rate")
        case SteppedRate(steps=steps):
            for no, step in enumerate(steps):
                faults += _above(step.annual_rate, f"{where}/steps/{no}/annual_rate")
                if no and step.from_ <= steps[no - 1].from_:
                    faults.append(_order(f"{where}/steps/{no}/from", ("本段起日（from）", "from"), _FROM_BEFORE))
            if steps[0].from_ > first:
                faults.append(
                    Fault(f"{where}/steps/0/from", "RATE_STARTS_LATE", "首段利率晚于首次放款", "the first step is after the first drawdown")
                )
        case FloatingRate() as floating:
            if floating.spread.startswith("-") and not floating.spread.strip("-0."):
                faults.append(Fault(f"{where}/spread", "NEGATIVE_ZERO", "不接受 -0", "-0 is refused"))
            spread, parts = decimal_ratio(floating.spread)
            if not -parts <= spread <= 10 * parts:
                zh = '加点应在 -1（即 -100%）至 10（即 1000%）之间；-0.20% 写作 "-0.0020"'
                en = 'a spread lies between -1 (-100%) and 10 (1000%); -0.20% is written "-0.0020"'
                faults.append(Fault(f"{where}/spread", "SPREAD_OUT_OF_RANGE", zh, en))
            if (floating.reset == "LISTED") != bool(floating.reset_dates):
                faults.append(
                    Fault(f"{where}/reset_dates", "RESET_DATES", "reset 为 LISTED 时才列明重定价日", "listed dates go with LISTED only")
                )
            if len(set(floating.reset_dates)) < len(floating.reset_dates):
                zh, en = "重定价日不得重复", "no reset date may be given twice"
                faults.append(Fault(f"{where}/reset_dates", "DATES_OUT_OF_ORDER", zh, en))
    return faults


def _above(text: str, pointer: str) -> list[Fault]:
    numerator, parts = decimal_ratio(text)
    if numerator > 10 * parts:
        return [Fault(pointer, "RATE_TOO_HIGH", "年利率超过 1000%", "an annual rate above 1000%")]
    return []


def _policy(policy: Policy, pointer: str) -> list[Fault]:
    return [
        Fault(f"{pointer}/period_until", fault.code, fault.zh, fault.en)
        for fault in _period(policy.period_from, policy.period_until, pointer, _INSURED, _INSURED_UNTIL)
    ]
