"""Loan balances: each drawdown is a slice, repaid first in, first out (D8, D20). Days are ordinals."""

from __future__ import annotations

from dataclasses import dataclass

from app.calculators.facts import Contract, Drawdown
from app.calculators.faults import FactsError, Fault
from app.calculators.money import fen

Flow = tuple[int, bool, int, int, str | None]  # day, names no drawdown, index in the request, fen, drawdown_no


@dataclass(slots=True)
class Slice:
    """One drawdown and what is left of it from each day on."""

    no: str
    index: int
    on: int
    drawn: int
    fact: Drawdown
    left: int
    changes: list[tuple[int, int]]  # (day, balance from that day on)


def slices_of(contract: Contract, repayments: list[Flow], pointer: str) -> list[Slice]:
    """The slices of a contract, earliest first.

    Errors: FactsError where a repayment exceeds what is drawn on its day, or names an unknown drawdown.
    """
    slices = []
    for no, one in enumerate(contract.drawdowns):
        on, drawn = one.on.toordinal(), fen(one.amount)
        slices.append(Slice(one.drawdown_no, no, on, drawn, one, drawn, [(on, drawn)]))
    slices.sort(key=lambda one: (one.on, one.no))
    # A repayment that names its drawdown goes before one that does not: within a day order never matters.
    for day, _, index, amount, name in sorted(repayments):
        able = slices if name is None else [one for one in slices if one.no == name]
        if not able:
            raise FactsError([Fault(f"{pointer}/repayments/{index}", "UNKNOWN_DRAWDOWN", "没有此放款编号", "no such drawdown_no")])
        if _repay(able, day, amount):
            raise FactsError(
                [
                    Fault(
                        f"{pointer}/repayments/{index}",
                        "REPAYMENT_EXCEEDS_BALANCE",
                        "还本超过当日已放款余额",
                        "the repayment exceeds the balance on its day",
                    )
                ]
            )
    return slices


def _repay(slices: list[Slice], day: int, rest: int) -> int:
    """Repay the slices in order; what is left when nothing more is drawn by that day."""
    for one in slices:
        left = one.left
        if not rest or not left or one.on > day:
            continue
        part = rest if rest < left else left
        one.left = left = left - part
        rest -= part
        if one.changes[-1][0] == day:
            one.changes[-1] = (day, left)
        else:
            one.changes.append((day, left))
    return rest


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
