"""What loans will cost, from counts and dates: drawdowns × the days on which something changes while they run (``estimate``)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, TypeVar

from app.calculators.claims.loan_terms import REPAYMENT_METHODS, RESET_RULES
from app.calculators.claims.model import Claim, Contract, FixedRate, FloatingRate, SteppedRate
from app.calculators.claims.spelling import normal
from app.calculators.loans.repayment_plans import usual_day
from app.calculators.stages.effective_rules import Rules
from app.calculators.stages.windows import bounds
from app.calculators.terms.model import ReferenceSeries

# Units of each; a segment takes one, and more where the table asks something of every day.
_CONTRACT, _CONTRACT_LINES, _CONTRACT_STEPS = 20, 5, 2
_DRAWDOWN, _REPAYMENT, _VOUCHER, _DUE, _RUN = 4, 2, 15, 1, 3
_SHARED = 2  # of a drawdown over which a voucher is shared, for each
_CONDITION, _MOVING_RATE, _OTHER_BASE = 2, 6, 4  # what a segment takes more
_PER_UNIT: Final = 16  # of small steps, such as a voucher at another rate, or a drawdown on a day on which another one changes
_WIDE: Final = 160  # vouchers whose sums make the numbers of a segment so long that it takes one unit more

_COUNTED: Final = ("contracts", "drawdowns", "repayments", "rates", "vouchers", "periods", "segments")

T = TypeVar("T")
Rate = FixedRate | SteppedRate | FloatingRate | None


@dataclass(slots=True)
class LoanCost:
    """What the loans of a claim ask for, at most; ``atoms`` are what caps on amounts divide, ``years`` how many of them there may be."""

    work: int = 0
    lines: int = 0
    segments: int = 0
    steps: int = 0
    atoms: int = 0
    years: int = 1
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTED, 0))


@dataclass(frozen=True, slots=True)
class _Table:
    """What a table asks of the days of a loan."""

    weight: int  # units of a segment
    asked: int  # units of a drawdown of which facts are missing: all that its lines ask is looked for (D83)
    marks: int  # days reckoned from a date of a drawdown, with which conditions compare the day
    by_day: bool  # a segment may be under other lines than the one before
    years: bool  # each calendar year is its own account


@dataclass(slots=True)
class _Claimed:
    """The days that a claim can count, and those on which a series that the table reads, or a status, changes."""

    first: date
    until: date
    watched: Sequence[date]


def cost_of_loans(claim: Claim, rules: Rules, series: Mapping[str, ReferenceSeries]) -> LoanCost:
    """Count what the loans of a claim will take under a table."""
    contracts, cost, table = claim.contracts or (), LoanCost(), _table(rules)
    claimed = _Claimed(*_claimed(claim, rules), _watched(claim, rules, series))
    marks = sum([_contract(contract, table, claimed, cost) for contract in contracts])
    holders = cost.counts["drawdowns"]
    for cap in rules.caps:  # each drawdown in an account is cut wherever another one changes
        if cap.bounds == "BALANCE" and cap.room == "DAILY" and "DRAWDOWN" not in cap.per and holders > 1:
            cost.work += 2 * holders * marks // _PER_UNIT
            cost.segments += 2 * marks
    if rules.cuts_years and contracts:
        cost.years = max(1, 1 + max(one.matures_on.year for one in contracts) - min(one.signed_on.year for one in contracts))
    cost.atoms = (holders if rules.cuts_drawdowns else len(contracts)) * cost.years
    return cost


def _contract(contract: Contract, table: _Table, claimed: _Claimed, cost: LoanCost) -> int:
    """Add one contract; answer on how many days something may change in it."""
    days, plans = _shared_days(contract, claimed.watched), _plans(contract)
    drawdowns, vouchers, periods = len(contract.drawdowns), len(contract.interest_paid), len(contract.excluded_periods)
    own = _counted([normal(one.drawdown_no) for one in contract.interest_paid if one.drawdown_no is not None]) if vouchers else {}
    whole = vouchers - sum(own.values())
    segments = runs = dues = 0
    rates = _resets(contract.rate, _months(contract.signed_on, contract.matures_on)) + len(_listed(contract.rate))
    for one in contract.drawdowns:
        ends, listed = one.matures_on or contract.matures_on, 0 if one.rate is None else len(_listed(one.rate))
        first, until = max(one.on, claimed.first), min(ends, claimed.until)
        plan = one.repayment_plan or contract.repayment_plan
        if plan is not None and REPAYMENT_METHODS[plan.method].by_instalments:
            dues += _months(one.on, ends) // plan.every_months + 1
        if one.rate is not None:
            rates += _resets(one.rate, _months(one.on, ends)) + listed
        if first < until:
            months, paid = _months(first, until), own.get(normal(one.drawdown_no), 0) if own else 0
            cuts = bisect_left(days, until) - bisect_right(days, first) + listed + 2 * paid + table.marks
            cuts += _resets(one.rate or contract.rate, months)
            if plans:
                cuts += sum([number * (months // every + 2) for every, number in plans.items()])
            years = until.year - first.year if table.years else 0
            segments += 1 + max(0, cuts) + years
            runs += 1 + periods + whole + paid + years
    cost.segments += segments
    cost.work += _CONTRACT + (_DRAWDOWN + table.asked) * drawdowns + _REPAYMENT * len(contract.repayments) + _DUE * dues + rates // 4
    cost.work += table.weight * segments + _RUN * (segments if table.by_day else min(runs, segments))
    cost.work += _of_vouchers(contract, segments, len(days), rates) if vouchers else 0
    cost.lines += _CONTRACT_LINES + 2 * vouchers + periods + _spelled(contract)
    cost.steps += _CONTRACT_STEPS
    found = (1, drawdowns, len(contract.repayments), rates, vouchers, periods, segments)
    for name, number in zip(_COUNTED, found, strict=True):
        cost.counts[name] += number
    return len(days) + 2 * drawdowns + rates


def _of_vouchers(contract: Contract, segments: int, changes: int, rates: int) -> int:
    """Vouchers: each is shared over its days, accrued again to be compared, and tried at every other rate of the contract."""
    vouchers = len(contract.interest_paid)
    whole = sum(one.drawdown_no is None for one in contract.interest_paid)
    alike = all(one.rate is None and one.day_count is None for one in contract.drawdowns)
    ledgers = vouchers if alike else vouchers - whole + whole * len(contract.drawdowns)
    small = vouchers * rates + (1 if alike else len(contract.drawdowns)) * 8 * changes + whole * len(contract.drawdowns)
    return _VOUCHER * vouchers + _SHARED * ledgers + small // _PER_UNIT + segments * vouchers // _WIDE


def _spelled(contract: Contract) -> int:
    """Repayments and vouchers that name a drawdown in other characters than it has: each is told."""
    if not contract.repayments and not contract.interest_paid:
        return 0
    names = {one.drawdown_no for one in contract.drawdowns}
    named = [one.drawdown_no for one in contract.repayments] + [one.drawdown_no for one in contract.interest_paid]
    return sum(name is not None and name not in names for name in named)


# --- when something changes ----------------------------------------------------------------------------------


def _claimed(claim: Claim, rules: Rules) -> tuple[date, date]:
    """The days that a claim can count: all where payments decide, or where other days take room as well (D28, D90)."""
    window, period = rules.table.terms.windows.get("interest"), claim.claim_period
    if rules.takes_room_once or (window is not None and window.tests == "PAID_ON"):
        return date.min, date.max
    first, last = (None, None) if window is None else bounds(window, claim.application_date)
    until = claim.application_date if last is None else max(claim.application_date, last + timedelta(days=1))
    if period is None:
        return first or date.min, until
    return max(first or date.min, period.from_), min(period.until, max(until, period.until))


def _watched(claim: Claim, rules: Rules, series: Mapping[str, ReferenceSeries]) -> list[date]:
    """The days on which a series that the table reads day by day has another value, or a status of the applicant changes."""
    watch = rules.table.terms.watch
    if not watch.series and not watch.statuses:
        return []
    found = [date.fromordinal(day) for name in watch.series if name in series for day in series[name].days]
    if watch.statuses:
        found += [day for one in claim.applicant.statuses for day in (one.from_, one.until or date.max)]
    return found


def _listed(rate: Rate) -> Sequence[date]:
    match rate:
        case SteppedRate(steps=steps):
            return [step.from_ for step in steps]
        case FloatingRate(reset_dates=reset_dates):
            return reset_dates
        case _:
            return ()


def _shared_days(contract: Contract, watched: Sequence[date]) -> list[date]:
    """The days on which something changes for all drawdowns of a contract, in order, but for plans and resets."""
    found = {*watched, *_listed(contract.rate)}
    found.update([one.on for one in contract.drawdowns])
    found.update([one.on for one in contract.repayments])
    found.update([one.matures_on or contract.matures_on for one in contract.drawdowns if one.repayment_plan is not None])
    for period in contract.excluded_periods:
        found |= {period.from_, period.until}
    for voucher in contract.interest_paid:
        if voucher.drawdown_no is None:
            found |= {voucher.from_, voucher.until}
    return sorted(found)


def _plans(contract: Contract) -> dict[int, int]:
    """How many series of due dates a contract has, by how many months lie between two dues: on each of them the balance of all changes."""
    found = set()
    for plan in (contract.repayment_plan, *[one.repayment_plan for one in contract.drawdowns]):
        if plan is not None and REPAYMENT_METHODS[plan.method].by_instalments:
            phase = 0 if plan.first_due is None else plan.first_due.month % plan.every_months
            found.add((plan.every_months, plan.day or usual_day(plan), phase))
    return _counted([every for every, _, _ in found]) if found else {}


def _counted(values: Sequence[T]) -> dict[T, int]:
    """How often each value occurs; most claims have none, for which a ``Counter`` takes longer than all else here."""
    found: dict[T, int] = {}
    for value in values:
        found[value] = found.get(value, 0) + 1
    return found


def _resets(rate: Rate, months: int) -> int:
    every = RESET_RULES[rate.reset].every_months if isinstance(rate, FloatingRate) else None
    return 0 if every is None else months // every + 1


def _months(first: date, until: date) -> int:
    return max(0, (until.year - first.year) * 12 + until.month - first.month)


@lru_cache(maxsize=1024)
def _table(rules: Rules) -> _Table:
    terms = rules.table.terms
    conditions = _CONDITION * sum(1 + len(rules.asked[line.id]) for line in terms.lines)
    weight = 1 + (conditions if terms.watch.lines_by_day else 0) + (conditions if rules.takes_room_once else 0)
    weight += _MOVING_RATE if any(line.rate_moves for line in terms.lines) else 0
    weight += _OTHER_BASE if any(line.per_day and not (line.on_balance or line.shares_interest) for line in terms.lines) else 0
    weight += len(terms.lines) if terms.choose == "HIGHEST" else 0
    return _Table(
        weight=weight,
        asked=conditions,
        marks=sum(len(later) for _, later in terms.watch.marks),
        by_day=terms.watch.lines_by_day,
        years=rules.cuts_years,
    )
