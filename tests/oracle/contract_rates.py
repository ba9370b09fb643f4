"""The rate that a bank charges on each day: fixed, in steps or floating (D15, D16, D19, D89)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from tests.oracle.accounts import Json, Situation
from tests.oracle.language import plus_months
from tests.oracle.loan_facts import on

ONE_DAY = timedelta(days=1)
STEP_MONTHS = {"MONTHLY": 1, "QUARTERLY": 3, "ANNIVERSARY": 12}


class Rate:
    """The rate of a contract, or a drawdown's own, on each day from ``first`` on (D15, D16, D19, D89).

    It is agreed for the life of the contract, or of the drawdown; what is overdue then keeps the last one.
    """

    def __init__(self, case: Situation, fact: Json, first: date, last: date) -> None:
        self.case, self.fact, self.first, self.last = case, fact, first, last
        self.known: dict[date, Fraction] = {}
        self.same: dict[Fraction, Fraction] = {}
        self.reset_days = self.resets(last) if fact["kind"] == "FLOATING" else []

    def resets(self, last: date) -> list[date]:
        found = {self.first}
        reset = self.fact["reset"]
        if reset in STEP_MONTHS:
            anchor = on(self.fact["reset_anchor"]) if self.fact.get("reset_anchor") else self.first
            k = 0
            while (day := plus_months(anchor, k * STEP_MONTHS[reset])) < last:
                found.add(day)
                k += 1
        elif reset == "JAN_1":
            found |= {date(year, 1, 1) for year in range(self.first.year, last.year + 1)}
        else:
            found |= {on(day) for day in self.fact["reset_dates"]}
        return sorted(day for day in found if self.first <= day < last)

    def on(self, day: date) -> Fraction:
        if day not in self.known:
            rate = self.worked_out(min(day, self.last - ONE_DAY))
            self.known[day] = self.same.setdefault(rate, rate)
        return self.known[day]

    def worked_out(self, day: date) -> Fraction:
        if self.fact["kind"] == "FIXED":
            return Fraction(self.fact["annual_rate"])
        if self.fact["kind"] == "STEPPED":
            steps = sorted(self.fact["steps"], key=lambda step: step["from"])
            return Fraction([s for s in steps if on(s["from"]) <= day][-1]["annual_rate"])
        reset = [each for each in self.reset_days if each <= day][-1]
        if self.fact.get("lookup") == "DAY_BEFORE":
            reset -= ONE_DAY
        value = self.case.reference(self.fact["series"], reset)
        return max(Fraction(0), value * Fraction(self.fact.get("multiplier") or "1") + Fraction(self.fact.get("spread") or "0"))
