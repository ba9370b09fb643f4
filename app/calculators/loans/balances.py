"""Loan balances: each drawdown is a slice, repaid first in, first out (D8, D20). Days are ordinals."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from app.calculators.claims.errors import FactsError, Fault
from app.calculators.claims.model import Contract, Drawdown
from app.calculators.claims.spelling import normal
from app.calculators.loans.contract_rates import ContractRate
from app.calculators.loans.repayment_plans import Gap, Principal
from app.calculators.quantities.day_counts import DayCountName
from app.calculators.quantities.money import fen

Flow = tuple[int, bool, int, int, str | None]  # day, names no drawdown, index in the request, fen, drawdown_no


@dataclass(slots=True)
class Course:
    """A balance over time: the days from which it changes, in order, and what it is from each of them on."""

    days: list[int]
    balances: list[int]

    def settle(self) -> None:
        """Of several changes on one day only what is left in the end counts."""
        if len(set(self.days)) < len(self.days):
            last = dict(zip(self.days, self.balances, strict=True))
            self.days, self.balances = list(last), list(last.values())

    def at(self, day: int) -> int:
        """The balance at the end of a day."""
        no = bisect_right(self.days, day) - 1
        return self.balances[no] if no >= 0 else 0

    def on_each(self, days: Sequence[int]) -> list[int]:
        """The balances at the end of days none of which lies before the first change."""
        known, balances = self.days, self.balances
        return [balances[bisect_right(known, day) - 1] for day in days]


@dataclass(slots=True, eq=False)
class Slice:
    """One drawdown (借据) and what is left of it over time; its terms are its own or the contract's (D87)."""

    no: str
    index: int
    on: int
    until: int  # its maturity
    drawn: int
    fact: Drawdown
    rate: ContractRate
    day_count: DayCountName
    course: Course
    gap: Gap | None = None  # from when on a planned balance is not known
    planned: bool = False

    def follow(self, planned: Principal, gap: Gap | None) -> None:
        """Repay by a plan."""
        left = list(accumulate([-part for _, part in planned], initial=self.drawn))
        self.course, self.gap, self.planned = Course([self.on, *[day.toordinal() for day, _ in planned]], left), gap, True
        self.course.settle()


def repay(slices: list[Slice], contract: Contract, pointer: str) -> None:
    """Take the actual repayments off the slices, earliest first; those that follow a plan take none (D20, D87).

    Errors: FactsError where a repayment exceeds what is drawn on its day, or names an unknown drawdown.
    """
    flows = [
        (one.on.toordinal(), one.drawdown_no is None, no, fen(one.principal), one.drawdown_no) for no, one in enumerate(contract.repayments)
    ]
    flows.sort()
    if len(slices) == 1 and _repay_only(slices[0], flows):
        return
    # A repayment that names its drawdown goes before one that does not: within a day order never matters.
    unplanned = [one for one in slices if not one.planned]
    by_name: dict[str, Slice] = {normal(one.no): one for one in unplanned}
    open_ones = deque(unplanned)  # the earliest first; what was repaid in full goes when it comes to stand first
    for day, _, index, rest, name in flows:
        where = f"{pointer}/repayments/{index}"
        if name is not None:
            rest = _take(_named(by_name, name, where), day, rest)
        while open_ones and not open_ones[0].course.balances[-1]:
            open_ones.popleft()
        for each in open_ones if name is None else ():
            if not rest or each.on > day:
                break
            rest = _take(each, day, rest)
        if rest:
            raise FactsError([_exceeds(where)])
    for each in unplanned:
        each.course.settle()


def _take(one: Slice, day: int, amount: int) -> int:
    """Repay a drawdown as far as it goes; answer what is left of the amount."""
    left = one.course.balances[-1]
    part = min(amount, left) if one.on <= day else 0
    if part:
        one.course.days.append(day)
        one.course.balances.append(left - part)
    return amount - part


def _repay_only(one: Slice, repayments: list[Flow]) -> bool:
    """Repay the only drawdown, unless something is wrong with a repayment."""
    if not repayments:
        return True
    left = list(accumulate([-amount for _, _, _, amount, _ in repayments], initial=one.drawn))
    if left[-1] < 0 or repayments[0][0] < one.on or not {name and normal(name) for *_, name in repayments} <= {None, normal(one.no)}:
        return False
    one.course = Course([one.on, *[day for day, *_ in repayments]], left)
    one.course.settle()
    return True


def _named(slices: Mapping[str, Slice], name: str, pointer: str) -> Slice:
    found = slices.get(normal(name))
    if found is None:
        raise FactsError([Fault(pointer, "UNKNOWN_DRAWDOWN", "没有此放款编号", "no such drawdown_no")])
    return found


def _exceeds(pointer: str) -> Fault:
    return Fault(pointer, "REPAYMENT_EXCEEDS_BALANCE", "还本超过当日已放款余额", "the repayment exceeds the balance on its day")


def whole_course(slices: list[Slice]) -> Course:
    """The contract's whole balance over time."""
    if len(slices) == 1:
        return slices[0].course
    steps: dict[int, int] = {}
    for one in slices:
        before = 0
        for day, balance in zip(one.course.days, one.course.balances, strict=True):
            steps[day] = steps.get(day, 0) + balance - before
            before = balance
    ordered = sorted(steps)
    return Course(ordered, list(accumulate(steps[day] for day in ordered)))
