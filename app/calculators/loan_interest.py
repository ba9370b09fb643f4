"""Loan interest subsidies (贷款贴息): points on principal, and shares of interest (DOMAIN §3).

Contracts become loans, loans become stretches, stretches become atoms: contract × line × accrual year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Any

from app.calculators import days, money
from app.calculators import expressions as ex
from app.calculators.accrual import interest as accrue
from app.calculators.eligibility import totals
from app.calculators.faults import FactsError, NotComputable
from app.calculators.interest import find_interest, total, weights
from app.calculators.items import Atom, Case, ItemWork, keys_of, refuse_requirement
from app.calculators.loans import Loan, Stretch, day_scope, lines_for, make_stretches, read_loan
from app.calculators.principal_caps import apply_principal_caps
from app.calculators.reconciliation import reconcile
from app.calculators.rules import Price, price
from app.calculators.scope import Scope
from app.calculators.steps import item_step, show_expression, substitute
from app.calculators.terms import Line, Unknown
from app.calculators.windows import outside_window

USURIOUS = Fraction(24, 100)


def work(case: Case) -> list[ItemWork]:
    """One ItemWork for each contract, in order of contract number. Errors: FactsError, NotComputable."""
    faults: list[Any] = []
    contracts = sorted(enumerate(case.claim.contracts or ()), key=lambda pair: pair[1].contract_no)
    loans = [read_loan(case, fact, index, faults) for index, fact in contracts]
    if faults:
        raise FactsError(faults)
    works = [ItemWork(loan.id, loan.index, loan.scope, project_id=loan.fact.project_id) for loan in loans]
    scale = _convert(case, loans)
    admitted = [(loan, one) for loan, one in zip(loans, works, strict=True) if _admitted(case, loan)]
    for loan, one in admitted:
        one.segments = []
        if case.rules.pays_days:
            make_stretches(case, loan, scale, faults)
    if faults:
        raise FactsError(faults)
    _require_interest(case, admitted, scale)
    if case.terms.choose == "HIGHEST":
        for loan, _ in admitted:  # which line pays is decided before principal caps, which may name lines
            _price(case, loan, scale)
    apply_principal_caps(case, [loan for loan, _ in admitted], scale)
    for loan, one in admitted:
        _price(case, loan, scale)
        find_interest(case, loan, one, scale)
        if one.interest is not None:
            loan.scope.values["interest"] = one.interest * Fraction(1, 100)  # what the limit of a cap may read
        _atoms(case, loan, one, scale)
        _lump_atom(case, loan, one)
        if not any(reason.item_id == loan.id for reason in case.reasons):
            _say_why_nothing(case, loan, one)
        one.reconciliation = reconcile(case, loan)
        _warn(case, loan, one)
    return works


def _say_why_nothing(case: Case, loan: Loan, one: ItemWork) -> None:
    """No contract gets zero without words (D19)."""
    if not one.atoms:
        case.refuse("NO_DAY_COUNTS", None, loan.id, None, id=loan.id)
    elif one.interest == 0:
        case.refuse("NO_INTEREST", None, loan.id, None, id=loan.id)


def _convert(case: Case, loans: Sequence[Loan]) -> int:
    """Set each loan's factor to CNY; answer a scale that makes all converted balances whole (D64)."""
    admitted = {one.code: one for one in case.terms.currencies}
    scale = 1
    for loan in loans:
        currency = admitted.get(loan.fact.currency)
        if loan.fact.currency == "CNY" or currency is None:
            continue
        on = currency.on if isinstance(currency.on, date) else loan.scope.of(currency.on.lower())
        loan.factor = case.references.rate(currency.series, on.toordinal(), f"/contracts/{loan.index}/currency")
        loan.scope.values["disbursed"] *= loan.factor
        scale = lcm(scale, loan.factor.denominator)
    return scale


def _admitted(case: Case, loan: Loan) -> bool:
    """Whether the contract's currency and dates are admitted at all; a reason where not."""
    currency = loan.fact.currency
    if currency != "CNY" and currency not in {one.code for one in case.terms.currencies}:
        case.refuse("CURRENCY_NOT_ADMITTED", None, loan.id, None, id=loan.id, value=currency)
        return False
    for kind in ("contract", "event", "completion"):
        if outside_window(case, kind, loan.scope, loan.id):
            return False
    return all(_holds(case, one, loan.scope, loan.id) for one in case.terms.require if not one.totals and one.level == "ITEM")


def _require_interest(case: Case, admitted: Sequence[tuple[Loan, ItemWork]], scale: int) -> None:
    """Requirements on the interest of a contract, exact and before any cap (D35, D36); not met, it takes no room."""
    if not case.rules.reads_interest:
        return
    everywhere = [one for one in case.terms.require if one.totals]
    by_line = {line.id: [one for one in line.require if one.totals] for line in case.terms.lines}
    for loan, work_ in admitted:
        find_interest(case, loan, work_, scale)
        work_.totals["interest"] = (work_.interest or Fraction(0)) * Fraction(1, 100)
        of = totals(loan.scope, work_, [])
        for line_id in sorted({one.line.id for one in loan.stretches}):
            asked = [one for one in (*everywhere, *by_line[line_id]) if not one.of_claim]
            failed = [one for one in asked if not ex.evaluate(one.that, of)]
            for one in failed:
                refuse_requirement(case, one, loan.id)
            if failed:
                loan.stretches = [stretch for stretch in loan.stretches if stretch.line.id != line_id]
        work_.interest = work_.interest_basis = None


def _holds(case: Case, one: Any, scope: Scope, item_id: str) -> bool:
    if ex.evaluate(one.that, scope.of):
        return True
    refuse_requirement(case, one, item_id)
    return False


# --- rates -----------------------------------------------------------------------------------------


def _price(case: Case, loan: Loan, scale: int) -> None:
    """The subsidised rate of each stretch, floored at zero (D17), and its day fraction (D3-D5)."""
    known: dict[Any, Price] = dict(case.rules.prices[case.language])
    for one in loan.stretches:
        one.price = known.get(one.line.id) or _rate(case, loan, one.line, one, scale, known)
        if one.others:
            for line in one.others:
                found = _rate(case, loan, line, one, scale, known)
                if found.rate > one.price.rate:
                    one.line, one.price = line, found
            one.others = ()
    for drawdown in loan.slices:
        mine = loan.stretches if len(loan.slices) == 1 else [one for one in loan.stretches if one.slice is drawdown]
        if mine:
            _count_days(mine, case.terms.day_count, loan.anchors[drawdown.no])


def _count_days(stretches: Sequence[Stretch], kind: str, anchor: int) -> None:
    """The numerator of each day fraction of a drawdown, in order of time; most stretches begin where the one before ends."""
    ends = [stretches[0].first]
    for one in stretches:
        if one.first != ends[-1]:
            ends.append(one.first)
        ends.append(one.until)
    at = dict(zip(ends, days.positions(kind, ends, anchor), strict=True))
    for one in stretches:
        one.days = at[one.until] - at[one.first]


def _rate(case: Case, loan: Loan, line: Line, one: Stretch, scale: int, known: dict[Any, Price]) -> Price:
    """What a line pays on a stretch; worked out once for all stretches on which nothing that it reads differs."""
    if line.rate_fixed:
        key: Any = line.id  # the one kind of key that is no tuple
    elif line.rate_moves:
        key = (line.id, one.rate_no, one.first, one.counted, one.slice.no)
    else:
        key = (line.id, one.rate_no)
    found = known.get(key)
    if found is None:
        found = known[key] = _work_out(case, loan, line, one, scale)
    return found


def _work_out(case: Case, loan: Loan, line: Line, one: Stretch, scale: int) -> Price:
    node, rate = line.rate, loan.rate.value(one.rate_no)
    if node is None or isinstance(node, Unknown):
        raise not_loaded(line, f"/contracts/{loan.index}")
    if rate is None and loan.rate.days and "contract_rate" in ex.reads(node):
        raise loan.rate.missing[one.rate_no]
    scope = day_scope(case, loan, loan.scopes[one.slice.no], one.first, rate, one.counted, scale)
    value = max(Fraction(0), Fraction(ex.evaluate(node, scope.of)))
    return price(line, case.language, value, show_expression(case, node), substitute(case, node, scope.of))


def not_loaded(line: Line, pointer: str) -> NotComputable:
    """The error for a line whose figure was not published (D37)."""
    return NotComputable(
        "STANDARD_NOT_LOADED",
        f"{line.title} 的标准未公布或未载入",
        f"the standard of {line.id} was not published or not loaded",
        pointer,
    )


# --- atoms -----------------------------------------------------------------------------------------


def _atoms(case: Case, loan: Loan, work_: ItemWork, scale: int) -> None:
    """Group the stretches to atoms: line × accrual year, with their working; then the segments."""
    groups: dict[tuple[str, int | None], list[Stretch]] = defaultdict(list)
    for one in loan.stretches:
        one.shown = money.yuan(one.counted) if scale == 1 else money.ratio_text(one.counted, 100 * scale)
        groups[one.line.id, one.year].append(one)
    for (_, year), stretches in groups.items():
        line = stretches[0].line
        exact = _earn(case, loan, stretches, scale)
        if not exact and not any(one.price.rate for one in stretches):
            case.refuse("ZERO_RATE", line.clause, loan.id, None, id=loan.id)
        work_.atoms += _split_by_drawdown(case, loan, line, year, stretches, exact)
        terms = _share_terms(loan, stretches) if line.shares_interest else _points_terms(case, loan, stretches, scale)
        key = "FORMULA_SHARE" if line.shares_interest else "FORMULA_POINTS"
        work_.steps.append(item_step(case, loan.id, line, year, key, terms, exact))
    _segments(case, loan, work_, [one for stretches in groups.values() for one in stretches])


def _earn(case: Case, loan: Loan, stretches: Sequence[Stretch], scale: int) -> Fraction:
    """Fill what each stretch of a group earns; answer the exact sum in fen."""
    basis = days.BASIS[case.terms.day_count]
    line, first = stretches[0].line, stretches[0].price.rate
    if line.rate_fixed:
        parts, rates = first.denominator, [first.numerator] * len(stretches)
    else:
        parts = lcm(*{one.price.rate.denominator for one in stretches})
        rates = [one.price.rate.numerator * (parts // one.price.rate.denominator) for one in stretches]
    if line.on_balance:
        of = parts * basis * scale
        for one, rate in zip(stretches, rates, strict=True):
            one.amount = (one.counted * rate * one.days, of)
        whole, rest = accrue([one.counted for one in stretches], rates, [one.days for one in stretches], parts, basis)
        return Fraction(whole * parts * basis + rest, of)
    for one, rate in zip(stretches, rates, strict=True):
        if line.shares_interest:
            one.amount = (one.interest[0] * rate, one.interest[1] * parts)
        else:
            base = _base(case, loan, one, scale) * 100
            one.amount = (base.numerator * rate * one.days, base.denominator * parts * basis)
    return total([one.amount for one in stretches])


def _base(case: Case, loan: Loan, one: Stretch, scale: int) -> Fraction:
    """A base that is an expression of the balance, such as min(balance, 5万), in 元."""
    node: Any = one.line.base
    scope = day_scope(case, loan, loan.scopes[one.slice.no], one.first, loan.rate.value(one.rate_no), one.counted, scale)
    return max(Fraction(0), Fraction(ex.evaluate(node, scope.of)))


def _points_terms(case: Case, loan: Loan, stretches: Sequence[Stretch], scale: int) -> list[str]:
    basis = days.BASIS[case.terms.day_count]
    if stretches[0].line.on_balance:
        return [f"{one.shown} × {one.price.percent} × {one.days}/{basis}" for one in stretches]
    bases = [money.decimal_text(_base(case, loan, one, scale)) for one in stretches]
    return [f"{base} × {one.price.percent} × {one.days}/{basis}" for base, one in zip(bases, stretches, strict=True)]


def _share_terms(loan: Loan, stretches: Sequence[Stretch]) -> list[str]:
    basis, terms = days.BASIS[loan.fact.day_count], []
    for one in stretches:
        rate = loan.rate.value(one.rate_no)
        if one.voucher is None and rate is not None:
            terms.append(f"{one.shown} × {money.percent_text(rate)} × {one.moved}/{basis} × {one.price.percent}")
            continue
        net = one.voucher.net if one.voucher is not None else 0
        part = Fraction(one.interest[0], one.interest[1] * net) if net else Fraction(0)
        terms.append(f"{money.yuan(net)} × {part.numerator}/{part.denominator} × {one.price.percent}")
    return terms


def _split_by_drawdown(case: Case, loan: Loan, line: Line, year: int | None, stretches: Sequence[Stretch], exact: Fraction) -> list[Atom]:
    if not case.rules.cuts_drawdowns:
        return [Atom(loan.id, line, year, "", keys_of(case, loan.keys | {"line": line.id}, loan.scope), loan.scope, exact)]
    made = []
    for one in loan.slices:
        mine = [stretch.amount for stretch in stretches if stretch.slice is one]
        if mine:
            scope = loan.scopes[one.no]
            keys = keys_of(case, loan.keys | {"line": line.id, "drawdown_no": one.no}, scope)
            made.append(Atom(loan.id, line, year, one.no, keys, scope, total(mine)))
    return made


def _lump_atom(case: Case, loan: Loan, work_: ItemWork) -> None:
    """A line that pays once for a contract and not for its days (a guarantee fee, a fixed amount); the highest of several."""
    if not case.rules.pays_once:
        return
    from app.calculators.award import line_amount  # the same working as an item's

    lines = [line for line in lines_for(case, loan, loan.scope) if not line.per_day]
    priced = [(line, *line_amount(case, line, loan.scope, loan.id)) for line in lines]
    if priced:
        line, exact, step = max(priced, key=lambda one: one[1])
        keys = keys_of(case, loan.keys | {"line": line.id}, loan.scope)
        work_.atoms.append(Atom(loan.id, line, None, "", keys, loan.scope, exact))
        work_.steps.append(step)


def _segments(case: Case, loan: Loan, work_: ItemWork, stretches: list[Stretch]) -> None:
    """The displayed segments; interests are spread so that they add up, amounts later (D52)."""
    if len(loan.slices) > 1 or len({id(one.line) for one in stretches}) > 1:
        stretches.sort(key=lambda one: (one.first, one.slice.no, one.line.id))
    shown: list[int] | None = None
    if work_.interest is not None and stretches:
        shown = money.spread(money.round_half_up(work_.interest), weights([one.interest for one in stretches]))
    basis = days.BASIS[case.terms.day_count]
    contract_rates = {no: loan.rate.text(no) for no in {one.rate_no for one in stretches}}
    interests = [None] * len(stretches) if shown is None else [money.yuan(part) for part in shown]
    work_.segments = [
        {
            "from": days.iso(one.first),
            "until": days.iso(one.until),
            "days": one.until - one.first,
            "balance": one.shown,
            "contract_rate": contract_rates[one.rate_no],
            "subsidised_rate": one.price.decimals,
            "interest": interest,
            "day_fraction": f"{one.days}/{basis}",
            "line": one.line.id,
            "drawdown_no": one.slice.no,
            "amount": "0.00",
            "why": one.price.why,
        }
        for one, interest in zip(stretches, interests, strict=True)
    ]
    work_.weights = weights([one.amount for one in stretches])


def _warn(case: Case, loan: Loan, one: ItemWork) -> None:
    """Likely mistakes in valid input."""
    pointer = f"/contracts/{loan.index}"
    if one.interest_basis in {"MIXED", "ESTIMATED"}:
        case.warn("INTEREST_ESTIMATED", pointer, id=loan.id)
    for rate in loan.rate.above(USURIOUS):
        case.warn("CONTRACT_RATE_HIGH", f"{pointer}/rate", rate=money.percent_text(rate))
    matures = loan.fact.matures_on.toordinal()
    if max([item.on for item in loan.fact.repayments], default=date.min) > loan.fact.matures_on:
        case.warn("REPAID_AFTER_MATURITY", f"{pointer}/repayments")
    known = loan.gap is None  # else the balance at maturity is that of a plan whose rates are not known
    if known and matures <= case.claim.application_date.toordinal() and loan.balance_at(matures):
        case.warn("OVERDUE_BALANCE", pointer, id=loan.id, balance=money.yuan(loan.balance_at(matures)))
    if loan.fact.matures_on > case.claim.application_date:
        return
    drawn = sum(item.drawn for item in loan.slices)
    repaid = sum(money.fen(item.principal) for item in loan.fact.repayments)
    if repaid and repaid != drawn:
        case.warn("PRINCIPAL_DOES_NOT_ADD_UP", f"{pointer}/repayments", repaid=money.yuan(repaid), drawn=money.yuan(drawn))
