"""Caps on principal (贷款规模上限): they bound balances each day, before any rate (D23-D26)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from app.calculators import expressions as ex
from app.calculators.accounts import AccountKey, account_key, ask_for_keys, keys_of
from app.calculators.faults import FactsError, Fault
from app.calculators.items import Case, ItemId
from app.calculators.loans import Loan, Run
from app.calculators.scope import Scope
from app.calculators.terms import UNKNOWN, Cap

Held = tuple[Loan, Run]


def apply_principal_caps(case: Case, loans: Sequence[Loan], scale: int) -> None:
    """Lower what counts of each stretch, in the order of the caps; may cut stretches further."""
    for cap in case.rules.caps:
        if cap.bounds == "BALANCE":
            _apply(case, cap, loans, scale)


def _apply(case: Case, cap: Cap, loans: Sequence[Loan], scale: int) -> None:
    accounts: dict[AccountKey, list[Held]] = {}
    limits: dict[AccountKey, set[Fraction]] = {}
    lacking: list[tuple[Scope, AccountKey]] = []
    earning = 0
    for loan in loans:
        for one in loan.slices:
            mine = [run for run in loan.runs if run.slice is one and (cap.lines is None or run.line.id in cap.lines)]
            if not mine:
                continue
            scope = loan.scopes[one.no]
            if cap.when is not None and not ex.evaluate(cap.when, scope.of):
                continue
            key = account_key(cap, keys_of(case, loan.keys | {"drawdown_no": one.no}, scope))
            if any(any(run.counted) for run in mine):
                earning += 1
                if None in key:
                    lacking.append((scope, key))
            accounts.setdefault(key, []).extend((loan, run) for run in mine)
            if cap.limit is UNKNOWN:
                case.cap_without_figure(cap.clause)
            else:
                limits.setdefault(key, set()).add(_limit(cap, scope))
    if lacking:
        ask_for_keys(case, cap, lacking, alone=earning == 1)
    for key, found in limits.items():
        if len(found) > 1:
            raise ambiguous(cap)
        held, room = accounts[key], money_floor(found.pop(), scale)
        if cap.room == "CUMULATIVE":
            _cumulative(held, room, scale)
        else:
            _daily(held, room)


def _limit(cap: Cap, scope: Scope) -> Fraction:
    node: Any = cap.limit
    return Fraction(ex.evaluate(node, scope.of))


def money_floor(yuan: Fraction, scale: int) -> int:
    """A limit in 元, rounded down to fen (D48), in scaled fen."""
    fen = yuan * 100
    return (fen.numerator // fen.denominator) * scale


def ambiguous(cap: Cap) -> FactsError:
    """The error where one account's limit reads facts on which its members differ."""
    return FactsError(
        [
            Fault(
                "",
                "CAP_FACT_AMBIGUOUS",
                f"同一限额账户内的事实不一致，无法确定限额：{cap.clause}",
                f"facts differ within one cap account, so that its limit is not determined: {cap.clause}",
            )
        ]
    )


def _order(held: Held) -> tuple[int, ItemId, str]:
    loan, run = held
    return (run.slice.on, loan.id, run.slice.no)


def _cumulative(held: list[Held], room: int, scale: int) -> None:
    """A slice takes room once, by its drawn amount, for ever (D25)."""
    for loan, first in {(_order(pair)): pair for pair in sorted(held, key=_order)}.values():
        allotted = min(int(first.slice.drawn * loan.factor * scale), room)
        room -= allotted
        for _, run in held:
            if run.slice is first.slice:
                run.counted = [min(balance, allotted) for balance in run.counted]


def _daily(held: list[Held], room: int) -> None:
    """On each day, room goes to slices in order, freed room to the next (D25)."""
    if len({id(run.slice) for _, run in held}) == 1:
        for _, run in held:
            run.counted = [min(balance, room) for balance in run.counted]
        return
    marks = sorted({day for _, run in held for day in run.marks})
    left = dict.fromkeys(marks, room)  # from each day to the next
    for _, run in sorted(held, key=_order):
        run.cut(marks)
        for no, day in enumerate(run.marks[:-1]):
            run.counted[no] = min(run.counted[no], left[day])
            left[day] -= run.counted[no]
        run.join()
