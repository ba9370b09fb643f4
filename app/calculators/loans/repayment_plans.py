"""Repayment plans: due dates and principal (D61-D63). A plan yields principal only; interest accrues by day count."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import assert_never

from app.calculators.claims.errors import NotComputable
from app.calculators.claims.model import RepaymentPlan
from app.calculators.quantities.calendar import months_after
from app.calculators.quantities.money import round_half_up

RateOn = Callable[[date], Fraction]
Principal = list[tuple[date, int]]  # due date and fen
Gap = tuple[date, NotComputable]  # the first due date whose principal is not known, and why

USUAL_DAY = 20  # on which banks settle interest: dues fall on it where nothing else is said


def usual_day(plan: RepaymentPlan) -> int:
    """The day of the month on which dues fall where the plan does not say: that of its first due date, else the usual one (D76)."""
    return plan.first_due.day if plan.first_due else USUAL_DAY


def due_dates(plan: RepaymentPlan, drawn_on: date, matures_on: date) -> list[date]:
    """The due dates, all strictly before maturity, and maturity itself (D61).

    A first due date that is given stands as it is; the later ones fall on ``day``, by default on its own day (D76).
    """
    day = plan.day or usual_day(plan)
    due = plan.first_due or _first_due(plan, drawn_on, day)
    found: list[date] = []
    while due < matures_on:
        found.append(due)
        month = months_after(due, plan.every_months)
        due = _on_day(month.year, month.month, day)
    return [*found, matures_on]


def _on_day(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def _first_due(plan: RepaymentPlan, drawn_on: date, day: int) -> date:
    year, month = drawn_on.year, drawn_on.month
    while True:
        if month % plan.every_months == 0:
            due = _on_day(year, month, day)
            if due > drawn_on:
                return due
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def planned_repayments(
    plan: RepaymentPlan, drawn_on: date, matures_on: date, amount: int, rate_on: RateOn | None
) -> tuple[Principal, Gap | None]:
    """Principal by due date, fen; the parts add up to the amount drawn, unless a rate that they need is not known."""
    dues = due_dates(plan, drawn_on, matures_on)
    match plan.method:
        case "INTEREST_ONLY" | "BULLET":
            return [(matures_on, amount)], None
        case "EQUAL_PRINCIPAL":
            return _equal_principal(dues, amount), None
        case "EQUAL_INSTALLMENT":
            if rate_on is None:  # refused for its rate; the parts only serve to look for the claim's other faults (D83)
                return _equal_principal(dues, amount), None
            return _equal_instalments(plan, drawn_on, dues, amount, rate_on)
        case _:
            assert_never(plan.method)


def _equal_principal(dues: list[date], amount: int) -> Principal:
    """The same principal on each due date; the last takes the fen that do not divide."""
    each = amount // len(dues)
    return [*((due, each) for due in dues[:-1]), (dues[-1], amount - each * (len(dues) - 1))]


def _equal_instalments(
    plan: RepaymentPlan, drawn_on: date, dues: list[date], amount: int, rate_on: RateOn
) -> tuple[Principal, Gap | None]:
    """A = P·i / (1 − (1+i)^−n), A and interest half up to fen; computed anew after a rate change (D62, D63).

    A loan may run beyond the last known reference rate: from there on its balance is not known, which is an
    error only where it decides an amount (D18).
    """
    found: Principal = []
    gap: Gap | None = None
    left, instalment, known = amount, 0, None
    for no, (start, due) in enumerate(pairwise([drawn_on, *dues[:-1]])):
        periods = len(dues) - no
        try:
            i = rate_on(start) * plan.every_months * Fraction(1, 12)
        except NotComputable as missing:
            gap = due, missing
            break
        if i != known:
            instalment = _instalment(left, i, periods)
            known = i
        part = min(left, max(0, instalment - round_half_up(left * i)))
        found.append((due, part))
        left -= part
    else:  # the last due date takes what is left, whatever the rate
        found.append((dues[-1], left))
    return [(due, part) for due, part in found if part], gap


def _instalment(left: int, i: Fraction, periods: int) -> int:
    if i == 0:
        return left // periods
    growth = (1 + i) ** periods
    return round_half_up(left * i * growth * (1 / (growth - 1)))
