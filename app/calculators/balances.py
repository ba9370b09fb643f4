"""Loan balances: each drawdown is a slice, repaid first in, first out (D8, D20). Days are ordinals."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from app.calculators.facts import Contract, Drawdown
from app.calculators.faults import FactsError, Fault
from app.calculators.money import fen
from app.calculators.spelling import normal

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


@dataclass(slots=True)
class Slice:
    """One drawdown and what is left of it over time."""

    no: str
    index: int
    on: int
    drawn: int
    fact: Drawdown
    course: Course


def slices_of(contract: Contract, repayments: list[Flow], pointer: str) -> list[Slice]:
    """The slices of a contract, earliest first.

    Errors: FactsError where a repayment exceeds what is drawn on its day, or names an unknown drawdown.
    """
    slices = []
    for no, one in enumerate(contract.drawdowns):
        on, drawn = one.on.toordinal(), fen(one.amount)
        slices.append(Slice(one.drawdown_no, no, on, drawn, one, Course([on], [drawn])))
    if len(slices) > 1:
        slices.sort(key=lambda one: (one.on, one.no))
    repayments = sorted(repayments)
    if len(slices) == 1 and _repay_only(slices[0], repayments):
        return slices
    # A repayment that names its drawdown goes before one that does not: within a day order never matters.
    for day, _, index, rest, name in repayments:
        able = slices if name is None else _named(slices, name, f"{pointer}/repayments/{index}")
        for each in able:
            left = each.course.balances[-1]
            if rest and left and each.on <= day:
                part = rest if rest < left else left
                rest -= part
                each.course.days.append(day)
                each.course.balances.append(left - part)
        if rest:
            raise FactsError([_exceeds(f"{pointer}/repayments/{index}")])
    for each in slices:
        each.course.settle()
    return slices


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


def _named(slices: list[Slice], name: str, pointer: str) -> list[Slice]:
    found = [one for one in slices if normal(one.no) == normal(name)]
    if not found:
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
