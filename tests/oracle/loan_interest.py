"""Loan interest, one day of one drawdown at a time (D3-D30, D47-D52, D61-D64, D67-D76, D87-D100).

``expected(table, request, series)`` takes the raw table, the request as JSON and the raw series rows.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
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
from tests.oracle.counted_days import Chooser, Day, are_met, by_days, chosen_days
from tests.oracle.day_counts import PARTS, position
from tests.oracle.language import RefusedError, evaluate, words_of
from tests.oracle.loan_facts import check_request, require_rates
from tests.oracle.loans import Loan
from tests.oracle.principal_caps import Admitted, contract_shown, keys_of, limit_principal, told_of
from tests.oracle.single_amounts import line_amount

ONE_DAY = timedelta(days=1)


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


def without_interest(rules: list[Json]) -> list[Json]:
    return [rule for rule in rules if "interest" not in words_of(rule["that"])]


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
        open_lines = {line["id"] for line in case.terms["lines"] if are_met(case, loan, without_interest(line.get("require", [])), [])}
        mine = [each for each in chosen_days(loan, chooser) if each.line in open_lines]  # days of a refused line are not counted
        met = {
            line["id"]: [each for each in mine if each.line == line["id"]]
            for line in case.terms["lines"]
            if are_met(case, loan, line.get("require", []), [each for each in mine if each.line == line["id"]])
        }
        if mine and not any(met.values()):
            continue
        taker = Admitted(loan, chooser, set(met))
        if not are_met(case, loan, on_interest, mine):
            if not mine:  # nobody asked for its interest, so that it is not refused; what is refused takes no room (D90)
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
