"""Caps on principal (贷款规模上限): they bound balances each day, before any rate (D23-D26)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from app.calculators import expressions as ex
from app.calculators.faults import FactsError, Fault
from app.calculators.items import Case
from app.calculators.loans import Loan, Stretch
from app.calculators.names import CAP_PER
from app.calculators.scope import Scope
from app.calculators.terms import UNKNOWN, Cap

Held = tuple[Loan, Stretch]


def apply_principal_caps(case: Case, loans: Sequence[Loan], scale: int) -> None:
    """Lower ``counted`` of the stretches, in the order of the caps; may cut stretches further."""
    for cap in case.rules.caps:
        if cap.bounds == "BALANCE":
            _apply(case, cap, loans, scale)


def _apply(case: Case, cap: Cap, loans: Sequence[Loan], scale: int) -> None:
    accounts: dict[tuple[str, ...], list[Held]] = {}
    limits: dict[tuple[str, ...], set[Fraction]] = {}
    for loan in loans:
        for one in loan.slices:
            mine = [s for s in loan.stretches if s.slice is one and (cap.lines is None or s.line.id in cap.lines)]
            if not mine:
                continue
            scope = loan.scopes[one.no]
            if cap.when is not None and not ex.evaluate(cap.when, scope.of):
                continue
            own = loan.keys | {"drawdown_no": f"{loan.id}/{one.no}"}
            key = tuple(str((own.get(CAP_PER[part][0]) or "") if part in CAP_PER else scope.of(part)) for part in cap.per)
            accounts.setdefault(key, []).extend((loan, s) for s in mine)
            if cap.limit is UNKNOWN:
                case.cap_without_figure(cap.clause)
            else:
                limits.setdefault(key, set()).add(_limit(cap, scope))
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


def _order(held: Held) -> tuple[int, str, str]:
    loan, one = held
    return (one.slice.on, loan.id, one.slice.no)


def _cumulative(held: list[Held], room: int, scale: int) -> None:
    """A slice takes room once, by its drawn amount, for ever (D25)."""
    for loan, drawdown in {(_order(pair)): pair for pair in sorted(held, key=_order)}.values():
        allotted = min(int(drawdown.slice.drawn * loan.factor * scale), room)
        room -= allotted
        for _, one in held:
            if one.slice is drawdown.slice:
                one.counted = min(one.counted, allotted)


def _daily(held: list[Held], room: int) -> None:
    """On each day, room goes to slices in order, freed room to the next (D25)."""
    if len({id(one.slice) for _, one in held}) == 1:
        for _, one in held:
            one.counted = min(one.counted, room)
        return
    marks = sorted({day for _, one in held for day in (one.first, one.until)})
    cut: dict[int, list[Held]] = {}
    for loan, one in held:
        inner = [one.first, *(day for day in marks if one.first < day < one.until), one.until]
        parts = [one, *(replace(one) for _ in inner[2:])]
        for part, first, until in zip(parts, inner, inner[1:], strict=False):
            part.first, part.until = first, until
            cut.setdefault(first, []).append((loan, part))
        at = next(no for no, other in enumerate(loan.stretches) if other is one)
        loan.stretches[at + 1 : at + 1] = parts[1:]
    for _, active in sorted(cut.items()):
        left = room
        for _, one in sorted(active, key=_order):
            one.counted = min(one.counted, left)
            left -= one.counted
    for loan in {id(pair[0]): pair[0] for pair in held}.values():
        loan.stretches = _joined(loan.stretches)


def _joined(stretches: list[Stretch]) -> list[Stretch]:
    """Put parts that were cut without need together again, so that the working stays short."""
    found: list[Stretch] = []
    for one in sorted(stretches, key=lambda s: (s.slice.on, s.slice.no, s.first)):
        last = found[-1] if found else None
        same = last is not None and (last.until == one.first and (last.piece, last.counted) == (one.piece, one.counted))
        if last is not None and same:
            last.until = one.until
        else:
            found.append(one)
    return found
