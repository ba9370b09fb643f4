"""Loan interest, one day of one drawdown at a time (D3-D30, D47-D52, D61-D64, D67-D76, D87-D100).

``expected(table, request, series)`` takes the raw table, the request as JSON and the raw series rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import Any

from tests.oracle.accounts import (
    Atom,
    Json,
    Situation,
    choose_line,
    finish,
    in_window,
    is_refused_outright,
    refused,
    replace,
)
from tests.oracle.day_counts import PARTS, position
from tests.oracle.language import RefusedError, evaluate, words_of
from tests.oracle.loan_facts import check_request, require_rates
from tests.oracle.loans import Loan, Slice
from tests.oracle.single_amounts import line_amount
from tests.oracle.spelling import normal

ONE_DAY = timedelta(days=1)


@dataclass
class Day:
    """One counted day of one slice."""

    loan: Loan
    slice: Slice
    day: date
    line: str
    counted: Any  # fen in 元, after the principal caps so far
    rate: Fraction = Fraction(0)  # asked for once the line's requirements are met (D18)


def is_admitted_currency(case: Situation, loan: Loan) -> bool:
    """D64: whether the currency is admitted; sets the conversion."""
    mine = loan.fact.get("currency") or "CNY"
    for each in case.terms.get("currencies", ["CNY"]):
        if each == mine:
            return True
        if isinstance(each, dict) and each["currency"] == mine:
            loan.converts = each
            return True
    return False


class Chooser:
    """Line and subsidised rate of each day of a loan's slices (D17, D29, D32), each worked out once for days that are alike."""

    def __init__(self, case: Situation, loan: Loan) -> None:
        self.case, self.loan = case, loan
        texts = [str(line.get(k, "")) for line in case.terms["lines"] for k in ("when", "rate")]
        self.reads_day = any("day" in words_of(text) for text in texts)
        self.reads_contract_rate = any("contract_rate" in words_of(text) for text in texts)
        daily = [text for text in texts if "reference" in text and "DAY" in words_of(text)]
        self.series = sorted({w for text in daily for w in words_of(text) if w in case.series})
        self.codes = sorted({s["status"] for s in case.request["applicant"].get("statuses") or []})
        self.known: dict[Any, Any] = {}

    def signature(self, slice_: Slice, day: date) -> Any:
        rate_now = id(known_or_none(lambda: slice_.rate_on(day))) if self.reads_contract_rate else None
        return (
            slice_.key,
            rate_now,
            tuple(known_or_none(lambda name=name: self.case.reference(name, day)) for name in self.series),
            tuple(self.case.has_status(code, day) for code in self.codes),
            day if self.reads_day else None,
        )

    def line(self, slice_: Slice, day: date) -> str | None:
        """The line that a day has, whatever its rate."""
        signature = ("line", self.signature(slice_, day))
        if signature not in self.known:
            line = self.worked_out(slice_, day)[0]
            self.known[signature] = line["id"] if line else None
        found: str | None = self.known[signature]
        return found

    def possible_lines(self, slice_: Slice, day: date) -> set[str]:
        """For room it matters that a line applies; which of two pays more is not asked where a rate is not known (D18)."""
        try:
            line = self.line(slice_, day)
        except RefusedError:
            if self.case.terms.get("choose") != "HIGHEST":
                raise
            return {each["id"] for each in self.case.terms["lines"]}
        return {line} if line else set()

    def rate(self, slice_: Slice, day: date) -> Fraction:
        signature = self.signature(slice_, day)
        if signature not in self.known:
            line, rate_of = self.worked_out(slice_, day)
            assert line
            self.known[signature] = rate_of(line)
        found: Fraction = self.known[signature]
        return found

    def worked_out(self, slice_: Slice, day: date) -> tuple[Json | None, Callable[[Json], Fraction]]:
        def names(name: str) -> Any:
            return self.loan.fact_named(slice_, name, day)

        calls = self.case.calls(self.loan.places(slice_, day))

        def rate_of(line: Json) -> Fraction:
            if line["rate"] == "unknown":
                raise RefusedError("STANDARD_NOT_LOADED")
            return max(Fraction(0), evaluate(line["rate"], names, calls))

        line = choose_line(self.case, names, calls, rate_of)
        return (line if line and by_days(line) else None), rate_of


def known_or_none(look: Callable[[], Any]) -> Any:
    """What is looked up only to tell days apart is no error where the series ends (D18)."""
    try:
        return look()
    except RefusedError:
        return None


def chosen_days(loan: Loan, chooser: Chooser) -> list[Day]:
    chosen: list[Day] = []
    for slice_ in loan.slices:
        for day in slice_.counted:
            if (line := chooser.line(slice_, day)) is not None:
                balance = slice_.balance(day)
                chosen.append(Day(loan, slice_, day, line, balance if loan.fx == 1 else balance * loan.fx))
    return chosen


def are_met(case: Situation, loan: Loan, rules: list[Json], chosen: list[Day]) -> bool:
    """Requirements on a contract (D33, D35)."""

    def names(name: str) -> Any:
        if name == "interest":
            return loan.interest(chosen) / 100
        return loan.fact_named(None, name)

    return all(evaluate(rule["that"], names, case.calls(loan.places())) for rule in rules)


# Principal caps, per day and in listed order, before the rate (D23-D26, D68, D90)


@dataclass
class Admitted:
    """A loan that is not refused, whatever is claimed of it, and those of its lines whose requirements it meets."""

    loan: Loan
    chooser: Chooser
    lines: set[str]


@dataclass
class Claimant:
    """A slice that takes room for ever under a line, once a day of it was open, whatever was claimed (D90)."""

    loan: Loan
    slice: Slice
    line: str


def is_room_for_ever(case: Situation) -> bool:
    return any(cap.get("room") == "CUMULATIVE" for cap in case.terms.get("caps", []))


def may_be_met(case: Situation, loan: Loan, rules: list[Json]) -> bool:
    """Requirements on the interest when nobody asks what is claimed (D90); where nothing is known of it the room stays taken."""
    unclaimed = copy(case)
    unclaimed.request = {name: value for name, value in case.request.items() if name != "claim_period"}
    other = Loan(unclaimed, loan.fact)
    other.converts = loan.converts
    other.work_out_days()
    try:
        return are_met(case, other, rules, chosen_days(other, Chooser(unclaimed, other)))
    except RefusedError:
        return True


def claimants_of(admitted: list[Admitted]) -> list[Claimant]:
    found = []
    for each in admitted:
        for slice_ in each.loan.slices:
            lines = {line for day in slice_.open for line in each.chooser.possible_lines(slice_, day)}
            found += [Claimant(each.loan, slice_, line) for line in sorted(lines & each.lines)]
    return found


def limit_principal(case: Situation, chosen: list[Day], admitted: list[Admitted]) -> list[Json]:
    """Bound the balances; what bound is told of the day on which each account bound most (D80)."""
    told: list[Json] = []
    caps = [c for c in case.terms.get("caps", []) if c.get("bounds") == "BALANCE" and c["limit"] != "unknown"]
    claimants = claimants_of(admitted) if any(c.get("room") == "CUMULATIVE" for c in caps) else []
    for cap in caps:
        concerned = [each for each in chosen if is_under(case, cap, each)]
        under = [each for each in concerned if each.counted]
        require_keys(case, cap, [c for c in claimants if is_under(case, cap, c)] if cap.get("room") == "CUMULATIVE" else under)
        groups: dict[Any, list[Day]] = defaultdict(list)
        for each in concerned:
            groups[account_of_day(case, cap, each)].append(each)
        for account, group in groups.items():
            limit = limit_of(case, cap, group[0])
            before = balances_by_day(group)
            if cap.get("room") == "CUMULATIVE":
                take_once(group, [c for c in claimants if is_under(case, cap, c) and account_of_day(case, cap, c) == account], limit)
            else:
                take_daily(group, limit)
            after = balances_by_day(group)
            most = max(sorted(before), key=lambda day: before[day] - after[day])
            if before[most] > after[most]:
                told.append(told_of(cap, key_shown(case, cap, group[0]), limit, before[most], after[most]))
    return told


def told_of(cap: Json, key: list[str], limit: int, before: Any, after: Any) -> Json:
    about = {"per": cap["per"], "key": key, "lines": [normal(line) for line in cap.get("lines", [])]}
    return {**about, "limit": limit, "before": before, "after": after, "binding": True}


def key_shown(case: Situation, cap: Json, each: Day) -> list[str]:
    """What an account separates by, in the words of the answer; a drawdown has two words, its contract's and its own."""
    keys = {**keys_of(case, each.loan), "CONTRACT": contract_shown(case, each.loan), "LINE": normal(each.line)}
    return [word for per in cap["per"] for word in ([keys["CONTRACT"], each.slice.key] if per == "DRAWDOWN" else [keys[per] or ""])]


def contract_shown(case: Situation, loan: Loan) -> str:
    return normal(f"{loan.no} {loan.lender}" if normal(loan.no) in case.shared_numbers else loan.no)


def balances_by_day(group: list[Day]) -> dict[date, Any]:
    found: dict[date, Any] = defaultdict(int)
    for each in group:
        found[each.day] += each.counted
    return found


def is_under(case: Situation, cap: Json, each: Day | Claimant) -> bool:
    if cap.get("lines") and each.line not in cap["lines"]:
        return False
    return not cap.get("when") or bool(
        evaluate(cap["when"], lambda n: each.loan.fact_named(each.slice, n), case.calls(each.loan.places(each.slice)))
    )


def require_keys(case: Situation, cap: Json, concerned: list[Any]) -> None:
    """A cap that separates by a fact requires it of what it bounds, unless a single contract is under it (D68).

    It works before the rate (D26), so that days at a rate of zero are under it too; what takes room for ever is under
    it whether it is claimed or not (D90).
    """
    if len({each.loan.id for each in concerned}) < 2:
        return
    if any(None in account_of_day(case, cap, each) for each in concerned):
        raise RefusedError("FACT_REQUIRED")


def limit_of(case: Situation, cap: Json, each: Day) -> int:
    limit = evaluate(cap["limit"], lambda n: each.loan.fact_named(each.slice, n), case.calls(each.loan.places(each.slice)))
    return floor(limit * 100)


def order_of(each: Day | Claimant) -> tuple[date, str, str, str]:
    return (each.slice.on, each.loan.no, each.loan.lender, each.slice.no)


def account_of_day(case: Situation, cap: Json, each: Day | Claimant) -> tuple[Any, ...]:
    keys = {**keys_of(case, each.loan), "LINE": each.line}
    for name, about in case.terms.get("needs", {}).items():
        if about["type"] == "CODE" and about["of"] == "DRAWDOWN":
            keys[name] = normal_or_none((each.slice.fact.get("measures") or {}).get(name))
    account = [keys[per] or None for per in cap.get("per", []) if per not in {"DRAWDOWN", "CONTRACT"}]
    if "DRAWDOWN" in cap.get("per", []):
        account.append((each.loan.id, each.slice.key))
    if "CONTRACT" in cap.get("per", []):
        account.append(each.loan.id)
    return tuple(account)


def normal_or_none(text: str | None) -> str | None:
    return normal(text) if text else None


def keys_of(case: Situation, loan: Loan) -> dict[str, Any]:
    """What a cap may separate by, in normal form (D67)."""
    keys: dict[str, Any] = {
        "CONTRACT": normal(loan.no),
        "LENDER": normal(loan.lender),
        "PROJECT": normal(loan.fact.get("project_id") or ""),
        "DRAWDOWN": "",
    }
    for need, about in case.terms.get("needs", {}).items():
        if about["type"] == "CODE" and about["of"] == "CONTRACT":
            keys[need] = normal_or_none((loan.fact.get("measures") or {}).get(need))
    return keys


def take_daily(group: list[Day], limit: int) -> None:
    by_day: dict[date, list[Day]] = defaultdict(list)
    for each in group:
        by_day[each.day].append(each)
    for today in by_day.values():
        room: Any = limit
        for each in sorted(today, key=order_of):
            each.counted = min(each.counted, room)
            room -= each.counted


def take_once(group: list[Day], takers: list[Claimant], limit: int) -> None:
    slices = {order_of(each): each for each in takers}
    room: Any = limit
    share: dict[Any, Any] = {}
    for order in sorted(slices):
        share[order] = min(slices[order].slice.drawn * slices[order].loan.fx, room)
        room -= share[order]
    for each in group:
        each.counted = min(each.counted, share[order_of(each)])


# Amounts


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
        key = (each.loan.id, each.line, str(each.day.year) if years else "", each.slice.no if by_drawdown else "")
        if key not in found:
            found[key] = Atom(*key, keys={**keys_of(case, each.loan), "DRAWDOWN": each.slice.key}, exact=Fraction(0))
        if bases[each.line] == "balance":
            anchor = each.slice.anchor
            assert anchor
            parts = position(name, anchor, each.day + ONE_DAY) - position(name, anchor, each.day)
            group: Any = ("points", id(each.rate))
            weight = each.counted * parts
            if group not in factors:
                factors[group] = each.rate / PARTS[name]
        else:
            if each.slice.rate is None and (each.slice.key, each.day) not in each.loan.voucher_of:
                raise RefusedError("FACT_REQUIRED")  # 30: a share of interest of which nothing is known
            of_interest, weight, factor = each.loan.interest_parts(each.slice, each.day, each.counted)
            group = (each.loan.id, of_interest, id(each.rate))
            if group not in factors:
                factors[group] = factor * each.rate
        sums[key][group] += weight
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
    if loan.signed_on > case.applied_on:  # 75: it is for a contract that was made after the application
        return []
    line = choose_line(case, names, calls, lambda line: line_amount(case, line, names, calls))
    if line is None or by_days(line) or not are_met(case, loan, line.get("require", []), []):
        return []
    return [Atom(loan.id, line["id"], "", "", keys_of(case, loan), line_amount(case, line, names, calls))]


def by_days(line: Json) -> bool:
    """Whether a line pays for days."""
    return bool(words_of(line.get("base", "")) & {"balance", "interest"})


def interest_ceilings(loans: list[Loan], chosen: list[Day]) -> dict[str, int]:
    """The interest of the counted days of each contract, where anything is known of it (D30, D97)."""
    ceilings = {}
    for loan in loans:
        if not loan.given() and any(s.rate is None for s in loan.slices):
            continue
        mine = [e for e in chosen if e.loan is loan]
        if any(e.slice.rate is None and (e.slice.key, e.day) not in loan.voucher_of for e in mine):
            raise RefusedError("FACT_REQUIRED")
        ceilings[loan.id] = floor(loan.interest(mine))
    return ceilings


def expected(table: Json, request: Json, series: Json) -> Json:
    check_request(request)
    case = Situation(table, request, series)
    loans = [Loan(case, fact) for fact in request["contracts"]]
    require_rates(request)
    items = [loan.id for loan in loans]
    if is_refused_outright(case):
        return shown(loans, {**refused(items, case), "may_lack_facts": True})
    chosen: list[Day] = []
    admitted: list[Admitted] = []
    takers: list[Admitted] = []
    for loan in loans:
        if not is_admitted_currency(case, loan) or not in_window(case, "contract", loan.signed_on):
            continue
        rules = [r for r in case.terms.get("require", []) if not case.is_applicant_only(r["that"])]
        on_interest = [r for r in rules if "interest" in words_of(r["that"])]
        if not are_met(case, loan, [r for r in rules if r not in on_interest], []):
            continue
        loan.work_out_days()
        chooser = Chooser(case, loan)
        mine = chosen_days(loan, chooser)
        met = {
            line["id"]: [each for each in mine if each.line == line["id"]]
            for line in case.terms["lines"]
            if are_met(case, loan, line.get("require", []), [each for each in mine if each.line == line["id"]])
        }
        if mine and not any(met.values()):
            continue
        taker = Admitted(loan, chooser, set(met))
        if not are_met(case, loan, on_interest, mine):
            # whether it keeps its room does not depend on what is claimed of it, nor on interest that nobody asked for (D90)
            if is_room_for_ever(case) and (not mine or may_be_met(case, loan, on_interest)):
                takers.append(taker)
            continue
        for of_line in met.values():
            chosen += of_line
            for each in of_line:
                each.rate = chooser.rate(each.slice, each.day)
        admitted.append(taker)
        takers.append(taker)
    earning = {each.loan.id for each in chosen if each.rate > 0 and each.counted}
    told = limit_principal(case, chosen, takers)
    left_nothing = earning - {each.loan.id for each in chosen if each.counted}
    ceilings = interest_ceilings(loans, chosen)

    bounds: dict[str, Json] = {}
    asked: list[bool] = []  # what binds at first is told; later it is only asked whether rounding would pass it (D92)
    by_id = {loan.id: loan for loan in loans}

    def bound(atoms: list[Atom], is_exact: bool) -> None:
        """D30: never more than the interest of the counted days."""
        once = {line["id"] for line in case.terms["lines"] if not by_days(line)}
        for item, ceiling in ceilings.items():
            mine = [a for a in atoms if a.item == item and a.line not in once]
            if (before := sum(a.at for a in mine)) > ceiling:
                if not asked:
                    bounds[item] = told_of({"per": ["CONTRACT"]}, [contract_shown(case, by_id[item])], ceiling, before, ceiling)
                replace(mine, ceiling, is_exact)
        asked.append(True)

    def fact_of(atom: Atom, name: str) -> Any:
        loan = by_id[atom.item]
        if name == "interest":
            return loan.interest(e for e in chosen if e.loan is loan) / 100
        slice_ = next((s for s in loan.slices if s.key == atom.keys.get("DRAWDOWN")), None)
        return loan.fact_named(slice_, name)

    less = case.terms.get("stacking", {}).get("offset", {}).get("less")

    def offset(item: str) -> Any:
        loan = by_id[item]
        return evaluate(less, lambda name: loan.fact_named(None, name), case.calls(loan.places()))

    atoms = atoms_of(case, chosen) + [atom for each in admitted for atom in paid_once(case, each.loan)]
    answer = finish(case, items, atoms, fact_of, bound=bound, offset=offset if less else None)
    answer["caps"] += [*told, *bounds.values()]
    for loan in loans:
        mine = [e for e in chosen if e.loan is loan]
        covered = sum(1 for e in mine if (e.slice.key, e.day) in loan.voucher_of)
        about = answer["items"][loan.id]
        about["basis"] = None if not mine else "PAID" if covered == len(mine) else "MIXED" if covered else "ESTIMATED"
        if loan.id in left_nothing:
            case.said.reasons.add(("PRINCIPAL_CAP_USED", loan.no))
    return shown(loans, answer)


def shown(loans: list[Loan], answer: Json) -> Json:
    """Items by contract number, and by number and lender where two lenders share one (D70)."""
    numbers = [loan.no for loan in loans]
    names = {loan.id: loan.no if numbers.count(loan.no) == 1 else (loan.no, loan.lender) for loan in loans}
    answer["items"] = {names[item]: about for item, about in answer["items"].items()}
    return answer
