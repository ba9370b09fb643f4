"""Loan interest, one day of one drawdown at a time (D3-D30, D47-D52, D61-D64).

``expected(table, request, series)`` takes the raw table, the request as JSON and the raw series rows.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import Any

from tests.oracle.accounts import (
    Atom,
    Json,
    Situation,
    choose_line,
    end_of,
    finish,
    in_window,
    is_refused_outright,
    refused,
    replace,
    rounded,
    terms_of,
)
from tests.oracle.day_counts import PARTS, position
from tests.oracle.language import RefusedError, evaluate, plus_months, words_of
from tests.oracle.single_amounts import line_amount

ONE_DAY = timedelta(days=1)
STEP_MONTHS = {"MONTHLY": 1, "QUARTERLY": 3, "ANNIVERSARY": 12}


def days(first: date, until: date) -> list[date]:
    return [date.fromordinal(n) for n in range(first.toordinal(), until.toordinal())]


def on(text: str) -> date:
    return date.fromisoformat(text)


def fen(text: str) -> int:
    return int(text.replace(".", ""))


@dataclass
class Slice:
    """One drawdown and its balance on each day (D20)."""

    no: str
    on: date
    drawn: int
    fact: Json
    balance: dict[date, int] = field(default_factory=dict)
    counted: list[date] = field(default_factory=list)
    anchor: date | None = None


@dataclass
class Day:
    """One counted day of one slice."""

    loan: Loan
    slice: Slice
    day: date
    line: str
    rate: Fraction
    counted: Any  # fen in 元, after the principal caps so far


class Loan:
    """One contract."""

    def __init__(self, case: Situation, fact: Json) -> None:
        self.case, self.fact = case, fact
        self.no = fact["contract_no"]
        self.signed_on, self.matures_on = on(fact["signed_on"]), on(fact["matures_on"])
        self.slices = sorted(
            (Slice(d["drawdown_no"], on(d["on"]), fen(d["amount"]), d) for d in fact["drawdowns"]),
            key=lambda s: (s.on, s.no),
        )
        self.first_drawdown = self.slices[0].on
        self.fx = Fraction(1)
        self.rates: dict[date, Fraction | None] = {}
        self.same: dict[Fraction | None, Fraction | None] = {}
        self.reset_days: list[date] = []
        self.work_out_resets()
        self.work_out_balances()
        self.vouchers: list[Json] = []
        self.work_out_vouchers()

    # Contract rate (D15, D16, D19)

    def work_out_resets(self) -> None:
        rate = self.fact.get("rate")
        if not rate or rate["kind"] != "FLOATING":
            return
        resets = {self.first_drawdown}
        last = self.matures_on
        if rate["reset"] in STEP_MONTHS:
            anchor = on(rate["reset_anchor"]) if rate.get("reset_anchor") else self.first_drawdown
            k = 0
            while (day := plus_months(anchor, k * STEP_MONTHS[rate["reset"]])) < last:
                resets.add(day)
                k += 1
        elif rate["reset"] == "JAN_1":
            resets |= {date(year, 1, 1) for year in range(self.first_drawdown.year, last.year + 1)}
        else:
            resets |= {on(day) for day in rate["reset_dates"]}
        self.reset_days = sorted(day for day in resets if self.first_drawdown <= day < last)

    def rate_on(self, day: date) -> Fraction | None:
        if day not in self.rates:
            rate = self.rate_worked_out(day)
            self.rates[day] = self.same.setdefault(rate, rate)
        return self.rates[day]

    def rate_worked_out(self, day: date) -> Fraction | None:
        rate = self.fact.get("rate")
        if not rate:
            return None
        if rate["kind"] == "FIXED":
            return Fraction(rate["annual_rate"])
        if rate["kind"] == "STEPPED":
            return Fraction([s for s in rate["steps"] if on(s["from"]) <= day][-1]["annual_rate"])
        reset = [each for each in self.reset_days if each <= day][-1]
        if rate.get("lookup", "SAME_DAY") == "DAY_BEFORE" and reset != self.reset_days[0]:  # D15: first fixed at the drawdown itself
            reset -= ONE_DAY
        value = self.case.reference(rate["series"], reset)
        return max(Fraction(0), value * Fraction(rate.get("multiplier", "1")) + Fraction(rate.get("spread", "0")))

    # Balances (D8, D20, D61-D63)

    def repayments(self) -> list[Json]:
        if plan := self.fact.get("repayment_plan"):
            return planned(self, plan)
        return [dict(r, fen=fen(r["principal"])) for r in self.fact.get("repayments", [])]

    def work_out_balances(self) -> None:
        repaid: dict[date, list[Json]] = defaultdict(list)
        for repayment in self.repayments():
            repaid[on(repayment["on"])].append(repayment)
        now = {s.no: 0 for s in self.slices}
        for day in days(self.first_drawdown, self.matures_on):
            for each in self.slices:
                if each.on == day:
                    now[each.no] += each.drawn
            for repayment in repaid[day]:
                if repayment.get("drawdown_no"):
                    now[repayment["drawdown_no"]] -= repayment["fen"]
            left = sum(r["fen"] for r in repaid[day] if not r.get("drawdown_no"))
            for each in self.slices:
                taken = min(left, now[each.no])
                if taken > 0:
                    now[each.no] -= taken
                    left -= taken
            if left or min(now.values()) < 0:
                raise RefusedError("REPAID_TOO_MUCH")
            for each in self.slices:
                if now[each.no]:
                    each.balance[day] = now[each.no]

    def balance(self, day: date) -> int:
        return sum(s.balance.get(day, 0) for s in self.slices)

    # Vouchers (D27, D28)

    def work_out_vouchers(self) -> None:
        self.voucher_of: dict[date, Json] = {}
        name = self.fact.get("day_count", "ACT_360")
        for given in self.fact.get("interest_paid", []):
            voucher = dict(given, paid=on(given.get("paid_on") or given["until"]))
            if voucher["paid"] > self.case.applied_on:
                continue
            self.vouchers.append(voucher)
            first = on(given["from"])
            period = days(first, on(given["until"]))
            voucher["net"] = fen(given["amount"]) - fen(given.get("penalty", "0.00"))
            voucher["days"] = len(period)
            weights = {}
            for day in period:
                parts = position(name, first, day + ONE_DAY) - position(name, first, day)
                rate = self.rate_on(day) if self.fact.get("rate") else Fraction(1)
                assert rate is not None
                weights[day] = (rate, parts)
                self.voucher_of[day] = voucher
            by_rate: dict[tuple[int, int], int] = defaultdict(int)
            for day, (rate, parts) in weights.items():
                by_rate[rate.numerator, rate.denominator] += self.balance(day) * parts
            voucher["weights"] = weights
            voucher["whole"] = sum((Fraction(*rate) * n for rate, n in by_rate.items()), Fraction(0))

    def interest_parts(self, slice_: Slice, day: date, counted: Any) -> tuple[Any, Any, Fraction]:
        """I of a counted balance on a day: (group, integer weight, factor); I = weight × factor."""
        if voucher := self.voucher_of.get(day):
            if voucher["whole"] == 0:
                balance = self.balance(day)
                return (
                    ("days", id(voucher), balance),
                    counted,
                    Fraction(voucher["net"], voucher["days"] * balance),
                )
            rate, parts = voucher["weights"][day]
            return (id(voucher), id(rate)), counted * parts, voucher["net"] * rate / voucher["whole"]
        rate = self.rate_on(day)
        if rate is None:
            raise RefusedError("FACT_REQUIRED")
        name = self.fact.get("day_count", "ACT_360")
        parts = position(name, slice_.on, day + ONE_DAY) - position(name, slice_.on, day)
        return ("accrued", id(rate)), counted * parts, rate / PARTS[name]

    def interest(self, chosen: list[Day]) -> Fraction:
        """Σ I over days and counted balances, in fen of 元, exact."""
        total: dict[Any, Any] = defaultdict(int)
        factors: dict[Any, Fraction] = {}
        for each in chosen:
            group, weight, factor = self.interest_parts(each.slice, each.day, each.counted)
            total[group] += weight
            factors[group] = factor
        return sum((total[group] * factors[group] for group in total), Fraction(0))

    # Which days count (D9-D13, D21, D22)

    def window_has(self, day: date, *, with_claim: bool) -> bool:
        window = self.case.terms.get("windows", {}).get("interest", {})
        tested = day
        voucher = self.voucher_of.get(day)
        if window.get("tests") == "PAID_ON" and voucher:
            tested = voucher["paid"]
        if not in_window(self.case, "interest", tested):
            return False
        if not with_claim:
            return True
        claim = self.case.request.get("claim_period")
        if claim and not on(claim["from"]) <= tested < on(claim["until"]):
            return False
        if tested < self.case.applied_on or claim:
            return True
        if window.get("tests") == "PAID_ON" and voucher:
            return True
        return window.get("last_day", "unknown") != "unknown"

    def is_excluded(self, day: date) -> bool:
        reasons = self.case.terms.get("exclude_periods", ["OVERDUE", "EXTENSION", "OTHER"])
        return any(on(p["from"]) <= day < on(p["until"]) and p["reason"] in reasons for p in self.fact.get("excluded_periods", []))

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
        is_pay_first = self.case.terms.get("pay_first") == "true" and self.vouchers
        for each in self.slices:
            open_days = [
                day
                for day in days(each.on, self.matures_on)
                if self.window_has(day, with_claim=False)
                and not self.is_excluded(day)
                and not (is_pay_first and day not in self.voucher_of)
            ]
            # 21: the first day that counts is one that every other term leaves
            for term in sorted(terms_of(self.case), key=lambda term: term["from"] == "FIRST_COUNTED_DAY"):
                first, until = self.term_of(term, each, open_days[0] if open_days else None)
                open_days = [day for day in open_days if first <= day < until]
            if open_days:
                each.anchor = open_days[0]
            each.counted = [day for day in open_days if self.window_has(day, with_claim=True) and each.balance.get(day)]

    # Names (0001)

    def fact_named(self, slice_: Slice | None, name: str, day: date | None = None) -> Any:
        fact = self.fact
        if name == "disbursed":
            return Fraction(sum(s.drawn for s in self.slices), 100) * self.fx
        if name in {"loan_type", "lender", "currency"}:
            return fact.get(name, "CNY")
        if name == "purposes":
            return fact.get("purposes", [])
        if name in {"signed_on", "matures_on", "first_drawdown"}:
            return getattr(self, name)
        if slice_ and name == "drawn":
            return Fraction(slice_.drawn, 100) * self.fx
        if slice_ and name == "drawn_on":
            return slice_.on
        if day and name == "day":
            return day
        if day and name == "contract_rate":
            rate = self.rate_on(day)
            if rate is None:
                raise RefusedError("FACT_REQUIRED")
            return rate
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


def planned(loan: Loan, plan: Json) -> list[Json]:
    """Principal repayments of a plan (D61-D63)."""
    (slice_,) = loan.slices
    every, n_day = int(plan.get("every_months", 1)), int(plan.get("day", 20))
    dues: list[date] = []
    if plan.get("first_due"):
        first = on(plan["first_due"])
        k = 0
        while (due := plus_months(first, k * every)) < loan.matures_on:
            dues.append(due)
            k += 1
    else:
        start = date(slice_.on.year, slice_.on.month, 1)
        for k in range(900):
            month = plus_months(start, k)
            due = min(plus_months(month, 1) - ONE_DAY, month + timedelta(days=n_day - 1))
            if not dues and month.month % every:
                continue
            if dues and (month.year - dues[0].year) * 12 + month.month - dues[0].month < every * len(dues):
                continue
            if slice_.on < due < loan.matures_on:
                dues.append(due)
    dues.append(loan.matures_on)
    n, left = len(dues), slice_.drawn
    if plan["method"] in {"INTEREST_ONLY", "BULLET"}:
        return [{"on": dues[-1].isoformat(), "fen": left}]
    parts = []
    instalment, rate_before = 0, None
    starts = [slice_.on, *dues[:-1]]
    for index, due in enumerate(dues):
        if index == n - 1:
            part = left
        elif plan["method"] == "EQUAL_PRINCIPAL":
            part = slice_.drawn // n
        else:
            rate = loan.rate_on(starts[index])
            assert rate is not None
            i = rate * every / 12
            if rate != rate_before:
                periods = n - index
                exact = left * i / (1 - (1 + i) ** -periods) if i else Fraction(left, periods)
                instalment = rounded(exact, "HALF_UP") if i else floor(exact)
                rate_before = rate
            part = instalment - rounded(left * i, "HALF_UP")
        part = min(part, left)
        left -= part
        parts.append({"on": due.isoformat(), "fen": part})
    return parts


def converted(case: Situation, loan: Loan) -> bool:
    """D64: whether the currency is admitted; sets the conversion."""
    mine = loan.fact.get("currency", "CNY")
    for each in case.terms.get("currencies", ["CNY"]):
        if each == mine:
            return True
        if isinstance(each, dict) and each["currency"] == mine:
            when: Any = each["on"]
            day = on(when) if when[0].isdigit() else case.lookup_day(when, loan.places())
            loan.fx = case.reference(each["series"], day)
            return True
    return False


def chosen_days(case: Situation, loan: Loan) -> list[Day]:
    """Line and subsidised rate of each counted day of each slice (D17, D29, D32)."""
    chosen: list[Day] = []
    texts = [str(line.get(k, "")) for line in case.terms["lines"] for k in ("when", "rate")]
    reads_day = any("day" in words_of(text) for text in texts)
    series = sorted({w for text in texts if "reference" in text for w in words_of(text) if w in case.series})
    is_daily = any("DAY" in words_of(text) for text in texts)
    codes = sorted({s["status"] for s in case.request["applicant"].get("statuses", [])})
    for slice_ in loan.slices:
        known: dict[Any, Any] = {}
        for day in slice_.counted:
            rate_now = loan.rate_on(day)
            signature = (
                id(rate_now),
                tuple(case.reference(name, day) for name in series) if is_daily else None,
                tuple(case.has_status(code, day) for code in codes),
                day if reads_day else None,
            )
            if signature not in known:
                known[signature] = line_and_rate(case, loan, slice_, day)
            line, rate = known[signature]
            if line is None:
                continue
            chosen.append(Day(loan, slice_, day, line, rate, slice_.balance[day] * loan.fx))
    return chosen


def line_and_rate(case: Situation, loan: Loan, slice_: Slice, day: date) -> tuple[str | None, Fraction]:
    def names(name: str) -> Any:
        return loan.fact_named(slice_, name, day)

    calls = case.calls(loan.places(slice_, day))

    def rate_of(line: Json) -> Fraction:
        if line["rate"] == "unknown":
            raise RefusedError("STANDARD_NOT_LOADED")
        return max(Fraction(0), evaluate(line["rate"], names, calls))

    line = choose_line(case, names, calls, rate_of)
    return (line["id"], rate_of(line)) if line and by_days(line) else (None, Fraction(0))


def are_met(case: Situation, loan: Loan, rules: list[Json], chosen: list[Day]) -> bool:
    """Requirements on a contract (D33, D35)."""

    def names(name: str) -> Any:
        if name == "interest":
            return loan.interest(chosen) / 100
        return loan.fact_named(None, name)

    return all(evaluate(rule["that"], names, case.calls(loan.places())) for rule in rules)


def limit_principal(case: Situation, chosen: list[Day]) -> None:
    """Principal caps, per day and in listed order, before the rate (D23-D26)."""
    for cap in case.terms.get("caps", []):
        if cap.get("bounds") != "BALANCE" or cap["limit"] == "unknown":
            continue
        groups: dict[Any, list[Day]] = defaultdict(list)
        for each in chosen:
            if cap.get("lines") and each.line not in cap["lines"]:
                continue
            if cap.get("when") and not evaluate(
                cap["when"], lambda n, e=each: e.loan.fact_named(e.slice, n), case.calls(each.loan.places(each.slice))
            ):
                continue
            groups[tuple(key_of_day(case, each, per) for per in cap.get("per", []))].append(each)
        for group in groups.values():
            any_one = group[0]
            limit = floor(
                evaluate(
                    cap["limit"],
                    lambda n, e=any_one: e.loan.fact_named(e.slice, n),
                    case.calls(any_one.loan.places(any_one.slice)),
                )
                * 100
            )
            if cap.get("room") == "CUMULATIVE":
                take_once(group, limit)
            else:
                take_daily(group, limit)


def order_of(each: Day) -> tuple[date, str, str]:
    return (each.slice.on, each.loan.no, each.slice.no)


def key_of_day(case: Situation, each: Day, per: str) -> Any:
    known = {
        "DRAWDOWN": (each.loan.no, each.slice.no),
        "CONTRACT": each.loan.no,
        "LINE": each.line,
        "LENDER": each.loan.fact["lender"],
        "PROJECT": each.loan.fact.get("project_id"),
    }
    return known[per] if per in known else each.loan.fact_named(each.slice, per)


def take_daily(group: list[Day], limit: int) -> None:
    by_day: dict[date, list[Day]] = defaultdict(list)
    for each in group:
        by_day[each.day].append(each)
    for today in by_day.values():
        room: Any = limit
        for each in sorted(today, key=order_of):
            each.counted = min(each.counted, room)
            room -= each.counted


def take_once(group: list[Day], limit: int) -> None:
    slices = {order_of(each): each for each in group}
    room: Any = limit
    share: dict[Any, Any] = {}
    for order in sorted(slices):
        share[order] = min(slices[order].slice.drawn * slices[order].loan.fx, room)
        room -= share[order]
    for each in group:
        each.counted = min(each.counted, share[order_of(each)])


def atoms_of(case: Situation, chosen: list[Day]) -> list[Atom]:
    """Amounts by contract × line × accrual year × drawdown, exact."""
    bases = {line["id"]: line.get("base") for line in case.terms["lines"]}
    name = str(day_count_of(case))
    years = any(c.get("period") == "ACCRUAL_YEAR" for c in case.terms.get("caps", []))
    by_drawdown = any("DRAWDOWN" in c.get("per", []) and c.get("bounds", "AMOUNT") == "AMOUNT" for c in case.terms.get("caps", []))
    found: dict[Any, Atom] = {}
    sums: dict[Any, dict[Any, Any]] = defaultdict(lambda: defaultdict(int))
    factors: dict[Any, Fraction] = {}
    for each in chosen:
        key = (
            each.loan.no,
            each.line,
            str(each.day.year) if years else "",
            each.slice.no if by_drawdown else "",
        )
        if key not in found:
            keys = {
                "CONTRACT": each.loan.no,
                "LENDER": each.loan.fact["lender"],
                "PROJECT": each.loan.fact.get("project_id") or "",
                "DRAWDOWN": each.slice.no,
            }
            for need, about in case.terms.get("needs", {}).items():
                if about["type"] == "CODE" and about["of"] == "CONTRACT":
                    keys[need] = each.loan.fact.get("measures", {}).get(need)
            found[key] = Atom(*key, keys=keys, exact=Fraction(0))
        if bases[each.line] == "balance":
            anchor = each.slice.anchor
            assert anchor
            parts = position(name, anchor, each.day + ONE_DAY) - position(name, anchor, each.day)
            group: Any = ("points", id(each.rate))
            weight, factor = each.counted * parts, each.rate / PARTS[name]
        else:
            group, weight, factor = each.loan.interest_parts(each.slice, each.day, each.counted)
            group, factor = (group, id(each.rate)), factor * each.rate
        sums[key][group] += weight
        factors[group] = factor
    for key, atom in found.items():
        atom.exact = sum((n * factors[group] for group, n in sums[key].items()), Fraction(0))
    return list(found.values())


def day_count_of(case: Situation) -> str:
    given = case.terms["day_count"]
    return str(given["is"]) if isinstance(given, dict) else str(given)


def paid_once(case: Situation, loan: Loan) -> list[Atom]:
    """A line that pays once for a contract and not for its days."""
    calls = case.calls(loan.places())

    def names(name: str) -> Any:
        return loan.fact_named(None, name)

    if all(by_days(line) for line in case.terms["lines"]):
        return []
    line = choose_line(case, names, calls, lambda line: line_amount(case, line, names, calls))
    if line is None or by_days(line) or not are_met(case, loan, line.get("require", []), []):
        return []
    keys = {"CONTRACT": loan.no, "LENDER": loan.fact["lender"], "PROJECT": loan.fact.get("project_id") or "", "DRAWDOWN": ""}
    return [Atom(loan.no, line["id"], "", "", keys, line_amount(case, line, names, calls))]


def by_days(line: Json) -> bool:
    """Whether a line pays for days."""
    return bool(words_of(line.get("base", "")) & {"balance", "interest"})


def expected(table: Json, request: Json, series: Json) -> Json:
    case = Situation(table, request, series)
    items = [c["contract_no"] for c in request["contracts"]]
    if is_refused_outright(case):
        return refused(items)
    loans, chosen, admitted = {}, [], []
    for fact in request["contracts"]:
        loan = Loan(case, fact)
        loans[loan.no] = loan
        if not converted(case, loan) or not in_window(case, "contract", loan.signed_on):
            continue
        loan.work_out_days()
        mine = chosen_days(case, loan)
        rules = [r for r in case.terms.get("require", []) if not case.is_applicant_only(r["that"])]
        if not are_met(case, loan, rules, mine):
            continue
        admitted.append(loan)
        for line in case.terms["lines"]:
            of_line = [each for each in mine if each.line == line["id"]]
            if of_line and are_met(case, loan, line.get("require", []), of_line):
                chosen += of_line
    limit_principal(case, chosen)

    ceilings = {
        no: floor(loan.interest([e for e in chosen if e.loan is loan]))
        for no, loan in loans.items()
        if loan.fact.get("rate") or loan.voucher_of
    }

    def bound(atoms: list[Atom], is_exact: bool) -> None:
        """D30: never more than the interest of the counted days."""
        once = {line["id"] for line in case.terms["lines"] if not by_days(line)}
        for no, ceiling in ceilings.items():
            mine = [a for a in atoms if a.item == no and a.line not in once]
            if sum(a.at for a in mine) > ceiling:
                replace(mine, ceiling, is_exact)

    def fact_of(atom: Atom, name: str) -> Any:
        loan = loans[atom.item]
        if name == "interest":
            return loan.interest([e for e in chosen if e.loan is loan]) / 100
        slice_ = next((s for s in loan.slices if s.no == atom.keys.get("DRAWDOWN")), None)
        return loan.fact_named(slice_, name)

    less = case.terms.get("stacking", {}).get("offset", {}).get("less")

    def offset(no: str) -> Any:
        return evaluate(less, lambda name: loans[no].fact_named(None, name), case.calls(loans[no].places()))

    atoms = atoms_of(case, chosen) + [atom for loan in admitted for atom in paid_once(case, loan)]
    answer = finish(case, items, atoms, fact_of, bound=bound, offset=offset if less else None)
    for no, loan in loans.items():
        mine = [e for e in chosen if e.loan is loan]
        covered = sum(1 for e in mine if e.day in loan.voucher_of)
        answer["items"][no]["basis"] = None if not mine else "PAID" if covered == len(mine) else "MIXED" if covered else "ESTIMATED"
    return answer
