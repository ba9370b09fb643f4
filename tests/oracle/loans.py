"""One contract, one day of one drawdown at a time: rates, balances, vouchers, days (D3-D30, D61-D64, D73-D76, D87-D97)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any

from tests.oracle.accounts import Json, Situation, end_of, in_window, terms_of
from tests.oracle.contract_rates import Rate
from tests.oracle.day_counts import PARTS, position
from tests.oracle.language import RefusedError
from tests.oracle.loan_facts import fen, is_reversal, no_of, on
from tests.oracle.repayment_plans import planned
from tests.oracle.spelling import normal

ONE_DAY = timedelta(days=1)
ONE = Fraction(1)


def days(first: date, until: date) -> list[date]:
    return [date.fromordinal(n) for n in range(first.toordinal(), until.toordinal())]


@dataclass(eq=False)
class Slice:
    """One drawdown: its own conditions or the contract's, and its balance on each day (D20, D87)."""

    fact: Json
    no: str
    key: str
    on: date
    drawn: int
    matures_on: date
    day_count: str
    rate: Rate | None = None
    balances: dict[date, int] = field(default_factory=dict)
    lost: tuple[date, RefusedError] | None = None  # from here on its plan needs a rate that is not known
    open: list[date] = field(default_factory=list)
    counted: list[date] = field(default_factory=list)
    anchor: date | None = None

    def balance(self, day: date) -> int:
        if self.lost and self.lost[0] <= day < self.matures_on:
            raise self.lost[1]
        return self.balances.get(day, 0)

    def may_owe(self, day: date) -> bool:
        return bool(self.balances.get(day)) or bool(self.lost and self.lost[0] <= day < self.matures_on)

    def rate_on(self, day: date) -> Fraction | None:
        return self.rate.on(day) if self.rate else None


@dataclass(eq=False)
class Voucher:
    """What was paid for one period, of the contract or of one drawdown: receipts less reversals (D27, D87)."""

    first: date
    until: date
    slices: list[Slice]
    receipts: list[Json]  # those paid by the application
    reversed: int

    @property
    def days(self) -> int:
        return (self.until - self.first).days

    def net(self, taken: list[Json]) -> int:
        return max(0, sum(fen(r["amount"]) - fen(r.get("penalty") or "0.00") for r in taken) - self.reversed)

    @cached_property
    def by_rate(self) -> bool:
        """Whether every drawdown that it covers has a rate."""
        return all(s.rate for s in self.slices if any(s.may_owe(day) for day in days(self.first, self.until)))

    def rate_of(self, slice_: Slice, day: date) -> Fraction:
        if not self.by_rate:
            return ONE
        assert slice_.rate
        return slice_.rate.on(day)

    def parts(self, slice_: Slice, day: date) -> int:
        name = slice_.day_count
        return position(name, self.first, day + ONE_DAY) - position(name, self.first, day)

    @cached_property
    def whole(self) -> Fraction:
        """Σ balance × rate × day fraction over its days (D28)."""
        sums: dict[tuple[int, int, int], int] = defaultdict(int)
        for slice_ in self.slices:
            for day in days(self.first, self.until):
                if slice_.may_owe(day) and (weight := slice_.balance(day) * self.parts(slice_, day)):
                    rate = self.rate_of(slice_, day)
                    sums[rate.numerator, rate.denominator, PARTS[slice_.day_count]] += weight
        return sum((Fraction(n * weight, d * parts) for (n, d, parts), weight in sums.items()), Fraction(0))


class Loan:
    """One contract."""

    def __init__(self, case: Situation, fact: Json) -> None:
        self.case, self.fact = case, fact
        self.no, self.lender = fact["contract_no"], fact["lender"]
        self.id = f"{self.no}\0{self.lender}"  # in order: the number, then the lender (D70)
        self.signed_on, self.matures_on = on(fact["signed_on"]), on(fact["matures_on"])
        self.first_drawdown = min(on(d["on"]) for d in fact["drawdowns"])
        self.last = max(on(d.get("matures_on") or fact["matures_on"]) for d in fact["drawdowns"])
        self.slices = sorted((self.slice_of(d) for d in fact["drawdowns"]), key=lambda s: (s.on, s.key))
        self.give_rates()
        self.converts: Json | None = None
        self.factors: dict[Any, Fraction] = {}
        self.nets: dict[int, Fraction] = {}
        self.voucher_of: dict[tuple[str, date], Voucher] = {}
        self.work_out_balances()

    def slice_of(self, drawdown: Json) -> Slice:
        return Slice(
            drawdown,
            drawdown["drawdown_no"],
            normal(drawdown["drawdown_no"]),
            on(drawdown["on"]),
            fen(drawdown["amount"]),
            on(drawdown.get("matures_on") or self.fact["matures_on"]),
            drawdown.get("day_count") or self.fact.get("day_count") or "ACT_360",
        )

    def give_rates(self) -> None:
        of_contract = self.fact.get("rate")
        shared = Rate(self.case, of_contract, self.first_drawdown, self.last) if of_contract else None
        for each in self.slices:
            own = each.fact.get("rate")
            each.rate = Rate(self.case, own, each.on, each.matures_on) if own else shared

    # Balances (D8, D20, D61-D63, D87)

    def plan_of(self, slice_: Slice) -> Json | None:
        return slice_.fact.get("repayment_plan") or self.fact.get("repayment_plan")

    def work_out_balances(self) -> None:
        """From the repayments that were made; drawdowns with a plan take none of them.

        What is owed at maturity stays a balance until it is repaid: it does not count, but vouchers are shared over it too.
        """
        mine = [s for s in self.slices if not self.plan_of(s)]
        repaid: dict[date, list[Json]] = defaultdict(list)
        for repayment in self.fact.get("repayments") or []:
            repaid[on(repayment["on"])].append(repayment)
        now = {s.key: 0 for s in mine}
        vouchers = [on(v["until"]) for v in self.fact.get("interest_paid") or []]
        end = max([self.last, *vouchers, *(day + ONE_DAY for day in repaid)])
        for day in days(self.first_drawdown, end):
            for each in mine:
                if each.on == day:
                    now[each.key] += each.drawn
            left = 0
            for repayment in repaid.get(day, ()):
                if named := no_of(repayment):
                    now[named] -= fen(repayment["principal"])
                else:
                    left += fen(repayment["principal"])
            for each in mine:
                taken = min(left, now[each.key])
                if taken > 0:
                    now[each.key] -= taken
                    left -= taken
            if left or min(now.values(), default=0) < 0:
                raise RefusedError("")
            for each in mine:
                if now[each.key]:
                    each.balances[day] = now[each.key]

    def work_out_plans(self) -> None:
        for each in self.slices:
            plan = self.plan_of(each)
            if plan is None or each.balances:
                continue
            left, day = each.drawn, each.on
            for due in planned(plan, each.on, each.drawn, each.matures_on, each.rate_on):
                each.balances.update((day, left) for day in days(day, due["on"]) if left)
                if "error" in due:
                    each.lost = (due["on"], due["error"])
                    break
                left, day = left - due["fen"], due["on"]

    # Vouchers (D27, D28, D87)

    def work_out_vouchers(self) -> None:
        groups: dict[Any, list[Json]] = defaultdict(list)
        for given in self.fact.get("interest_paid") or []:
            groups[given["from"], given["until"], no_of(given)].append(given)
        for (first, until, named), group in groups.items():
            receipts = [v for v in group if not is_reversal(v) and self.paid_on(v) <= self.case.applied_on]
            if not receipts:
                continue
            slices = [s for s in self.slices if named in {None, s.key}]
            taken_back = sum(fen(v["amount"]) - fen(v.get("penalty") or "0.00") for v in group if is_reversal(v))
            voucher = Voucher(on(first), on(until), slices, receipts, taken_back)
            for slice_ in slices:
                for day in days(voucher.first, voucher.until):
                    self.voucher_of[slice_.key, day] = voucher

    @staticmethod
    def paid_on(voucher: Json) -> date:
        return on(voucher.get("paid_on") or voucher["until"])

    def given(self, slice_: Slice | None = None) -> bool:
        """Whether vouchers were sent at all, for a drawdown where they name drawdowns (D74, D95)."""
        sent = self.fact.get("interest_paid") or []
        return any(slice_ is None or no_of(v) in {None, slice_.key} for v in sent)

    def interest_parts(self, slice_: Slice, day: date, counted: Any) -> tuple[Any, Any, Fraction]:
        """I of a counted balance on a day: (group, integer weight, factor); I = weight × factor."""
        name = slice_.day_count
        voucher = self.voucher_of.get((slice_.key, day))
        if voucher and voucher.whole == 0:
            balance = sum(s.balance(day) for s in voucher.slices)
            return self.weighted(("days", id(voucher), balance), counted, lambda: self.net(voucher) / voucher.days / balance)
        parts = voucher.parts(slice_, day) if voucher else position(name, slice_.on, day + ONE_DAY) - position(name, slice_.on, day)
        if not parts or not counted:
            return ("nothing",), 0, Fraction(0)
        if voucher:
            rate = voucher.rate_of(slice_, day)
            factor = lambda: self.net(voucher) * rate / PARTS[name] / voucher.whole  # noqa: E731
            return self.weighted((id(voucher), id(rate), name), counted * parts, factor)
        if slice_.rate is None:
            raise RefusedError("FACT_REQUIRED")
        rate = slice_.rate.on(day)
        return self.weighted(("accrued", id(rate), name), counted * parts, lambda: rate / PARTS[name])

    def weighted(self, group: Any, weight: Any, factor: Callable[[], Fraction]) -> tuple[Any, Any, Fraction]:
        if group not in self.factors:
            self.factors[group] = factor()
        return group, weight, self.factors[group]

    def net(self, voucher: Voucher) -> Fraction:
        if id(voucher) not in self.nets:
            self.nets[id(voucher)] = Fraction(voucher.net(self.taken(voucher)))
        return self.nets[id(voucher)]

    def interest(self, chosen: Iterable[Any]) -> Fraction:
        """Σ I over days and counted balances, in fen of 元, exact."""
        total: dict[Any, Any] = defaultdict(int)
        factors: dict[Any, Fraction] = {}
        for each in chosen:
            group, weight, factor = self.interest_parts(each.slice, each.day, each.counted)
            total[group] += weight
            factors[group] = factor
        return sum((total[group] * factors[group] for group in total), Fraction(0))

    # Which days count (D9-D13, D21, D22, D74, D94, D95)

    @property
    def window(self) -> Json:
        window: Json = self.case.terms.get("windows", {}).get("interest", {})
        return window

    def is_claimed(self, day: date) -> bool:
        claim = self.case.request.get("claim_period")
        return not claim or on(claim["from"]) <= day < on(claim["until"])

    def taken(self, voucher: Voucher, *, with_claim: bool = True) -> list[Json]:
        """The receipts that count; a window on the payment date takes or leaves each of them whole (D28)."""
        if self.window.get("tests") != "PAID_ON":
            return voucher.receipts
        return [
            receipt
            for receipt in voucher.receipts
            if in_window(self.case, "interest", self.paid_on(receipt)) and (not with_claim or self.is_claimed(self.paid_on(receipt)))
        ]

    def reaches(self, day: date) -> bool:
        """Whether a paid day is past, or the window or the claim reaches it (D13)."""
        last, claim = self.window.get("last_day", "unknown"), self.case.request.get("claim_period")
        if day < self.case.applied_on or (claim and day < on(claim["until"])):
            return True
        return last != "unknown" and day <= (self.case.applied_on if last == "APPLICATION_DATE" else on(last))

    def window_has(self, slice_: Slice, day: date, *, with_claim: bool) -> bool:
        if self.window.get("tests") == "PAID_ON":
            if voucher := self.voucher_of.get((slice_.key, day)):
                return bool(self.taken(voucher, with_claim=with_claim)) and (not with_claim or self.reaches(day))
            if self.given(slice_):
                return False
        if not in_window(self.case, "interest", day):
            return False
        if not with_claim:
            return True
        if not self.is_claimed(day):
            return False
        return (
            day < self.case.applied_on or bool(self.case.request.get("claim_period")) or self.window.get("last_day", "unknown") != "unknown"
        )

    def is_excluded(self, day: date) -> bool:
        reasons = self.case.terms.get("exclude_periods", ["OVERDUE", "EXTENSION", "OTHER"])
        return any(on(p["from"]) <= day < on(p["until"]) and p["reason"] in reasons for p in self.fact.get("excluded_periods") or [])

    def term_of(self, term: Json, slice_: Slice, first_day: date | None) -> tuple[date, date]:
        start = {
            "SIGNED_ON": self.signed_on,
            "FIRST_DRAWDOWN": self.first_drawdown,
            "EACH_DRAWDOWN": slice_.on,
            "FIRST_COUNTED_DAY": first_day,
        }.get(term["from"])
        if term["from"] == "FIRST_COUNTED_DAY" and first_day is None:
            return (date.max, date.max)
        if start is None:
            start = self.fact_named(slice_, term["from"])
        return start, end_of(term, start)

    def work_out_days(self) -> None:
        self.work_out_plans()
        self.work_out_vouchers()
        is_pay_first = self.case.terms.get("pay_first") == "true"
        terms = [term for term in terms_of(self.case) if term["from"] != "unknown"]
        for each in self.slices:
            pays_first = is_pay_first and self.given(each)
            each.open = [
                day
                for day in days(each.on, each.matures_on)
                if each.may_owe(day)
                and not (pays_first and (each.key, day) not in self.voucher_of)
                and self.window_has(each, day, with_claim=False)
                and not self.is_excluded(day)
            ]
            for term in terms:
                if term["from"] != "FIRST_COUNTED_DAY" and each.open:
                    first, until = self.term_of(term, each, None)
                    each.open = [day for day in each.open if first <= day < until]
        # 21, 94: the first day that counts is one that every other term leaves
        first_day = min((each.open[0] for each in self.slices if each.open), default=None)
        for each in self.slices:
            for term in terms:
                if term["from"] == "FIRST_COUNTED_DAY":
                    first, until = self.term_of(term, each, first_day)
                    each.open = [day for day in each.open if first <= day < until]
            each.anchor = each.open[0] if each.open else None
            each.counted = [day for day in each.open if self.window_has(each, day, with_claim=True)]

    # Names (0001)

    @cached_property
    def fx(self) -> Fraction:
        """What one of its currency is in CNY, asked for only where an amount depends on it (D64)."""
        if self.converts is None:
            return Fraction(1)
        when: Any = self.converts["on"]
        day = on(when) if when[0].isdigit() else self.case.lookup_day(when, self.places())
        return self.case.reference(self.converts["series"], day)

    def fact_named(self, slice_: Slice | None, name: str, day: date | None = None) -> Any:
        fact = self.fact
        if name == "disbursed":
            return Fraction(sum(s.drawn for s in self.slices), 100) * self.fx
        if name in {"loan_type", "lender", "currency"}:
            return fact.get(name) or "CNY"
        if name == "purposes":
            return fact.get("purposes") or []
        if name in {"signed_on", "matures_on", "first_drawdown"}:
            return getattr(self, name)
        if slice_ and name == "drawn":
            return Fraction(slice_.drawn, 100) * self.fx
        if slice_ and name == "drawn_on":
            return slice_.on
        if day and name == "day":
            return day
        if slice_ and day and name == "contract_rate":
            if slice_.rate is None:
                raise RefusedError("FACT_REQUIRED")
            return slice_.rate.on(day)
        of = self.case.need(name).get("of")
        if of == "CONTRACT":
            return self.case.measure(of, fact, name)
        if of == "DRAWDOWN":
            assert slice_
            return self.case.measure(of, slice_.fact, name)
        return self.case.applicant_fact(name)

    def places(self, slice_: Slice | None = None, day: date | None = None) -> dict[str, date]:
        places = {"SIGNED_ON": self.signed_on, "FIRST_DRAWDOWN": self.first_drawdown}
        if slice_:
            places["EACH_DRAWDOWN"] = slice_.on
        if day:
            places["DAY"] = day
        return places
