"""Loan balances: each drawdown is a slice, repaid first in, first out (D8, D20). Days are ordinals."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.calculators.facts import Contract, Drawdown
from app.calculators.faults import FactsError, Fault
from app.calculators.money import fen

Flow = tuple[int, int, str | None, int]  # day, fen, drawdown_no or None, index in the request


@dataclass(slots=True)
class Slice:
    """One drawdown and what is left of it from each day on."""

    no: str
    index: int
    on: int
    drawn: int
    fact: Drawdown
    left: int = 0
    changes: list[tuple[int, int]] = field(default_factory=list)  # (day, balance from that day on)


def slices_of(contract: Contract, repayments: list[Flow], pointer: str) -> list[Slice]:
    """The slices of a contract, earliest first.

    Errors: FactsError where a repayment exceeds what is drawn on its day, or names an unknown drawdown.
    """
    slices = [Slice(one.drawdown_no, no, one.on.toordinal(), fen(one.amount), one) for no, one in enumerate(contract.drawdowns)]
    slices.sort(key=lambda one: (one.on, one.no))
    for one in slices:
        one.left = one.drawn
        one.changes.append((one.on, one.drawn))
    by_no = {one.no: one for one in slices}
    # A repayment that names its drawdown goes before one that does not: within a day order never matters.
    for day, amount, no, index in sorted(repayments, key=lambda flow: (flow[0], flow[2] is None)):
        where = f"{pointer}/repayments/{index}"
        if no is not None and no not in by_no:
            raise FactsError([Fault(where, "UNKNOWN_DRAWDOWN", "没有此放款编号", "no such drawdown_no")])
        rest = amount
        for one in [by_no[no]] if no is not None else slices:
            if one.on > day or not rest or not one.left:
                continue
            part = min(rest, one.left)
            one.left -= part
            rest -= part
            _change(one, day)
        if rest:
            raise FactsError(
                [
                    Fault(
                        where,
                        "REPAYMENT_EXCEEDS_BALANCE",
                        "还本超过当日已放款余额",
                        "the repayment exceeds the balance on its day",
                    )
                ]
            )
    return slices


def _change(one: Slice, day: int) -> None:
    if one.changes[-1][0] == day:
        one.changes[-1] = (day, one.left)
    else:
        one.changes.append((day, one.left))


def total_changes(slices: list[Slice]) -> list[tuple[int, int]]:
    """The contract's whole balance from each day on which it changes."""
    if len(slices) == 1:
        return slices[0].changes
    steps: dict[int, int] = {}
    for one in slices:
        before = 0
        for day, balance in one.changes:
            steps[day] = steps.get(day, 0) + balance - before
            before = balance
    total, found = 0, []
    for day in sorted(steps):
        total += steps[day]
        found.append((day, total))
    return found
