"""Loan interest subsidies (贷款贴息): points on principal, and shares of interest (DOMAIN §3).

Contracts become loans, loans become runs of days, runs become atoms: contract × line × accrual year.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Any

from app.calculators.claims.errors import FactsError
from app.calculators.expressions import nodes as ex
from app.calculators.loans.accrual_periods import lines_for, make_runs
from app.calculators.loans.interest import find_interest, rate_needed, together
from app.calculators.loans.likely_mistakes import doubt_loan
from app.calculators.loans.line_rates import price_runs
from app.calculators.loans.model import Loan, Run, day_scope, read_loan
from app.calculators.loans.principal_caps import apply_principal_caps
from app.calculators.loans.reconciliation import reconcile
from app.calculators.methods.after_application import days_later, happens_later, signed_later
from app.calculators.methods.items import line_amount
from app.calculators.quantities import calendar as days
from app.calculators.quantities import money
from app.calculators.quantities.day_counts import DAY_COUNTS
from app.calculators.results.model import Segment
from app.calculators.results.working import Column, Money, Rate, Rows, Sum, WorkedStep
from app.calculators.stages.cap_accounts import keys_of
from app.calculators.stages.context import Atom, Case, ItemId, ItemWork, refuse_requirement
from app.calculators.stages.eligibility import totals
from app.calculators.stages.item_step import item_step
from app.calculators.stages.scope import Scope
from app.calculators.stages.windows import outside_window
from app.calculators.terms.model import Line


def work(case: Case) -> list[ItemWork]:
    """One ItemWork for each contract, in order of contract number and lender (D70). Errors: FactsError, NotComputable."""
    faults: list[Any] = []
    contracts = sorted(enumerate(case.claim.contracts or ()), key=lambda pair: (pair[1].contract_no, pair[1].lender))
    loans = [read_loan(case, fact, index, faults) for index, fact in contracts]
    if faults:
        raise FactsError(faults)
    works = [ItemWork(loan.id, loan.index, loan.scope, project_id=loan.fact.project_id) for loan in loans]
    scale = _convert(case, loans)
    admitted = [(loan, one) for loan, one in zip(loans, works, strict=True) if _admitted(case, loan)]
    for loan, one in admitted:
        one.segments = []
        if case.rules.pays_days:
            make_runs(case, loan, scale, faults)
    if faults:
        raise FactsError(faults)
    if case.rules.reads_interest:
        _require_interest(case, admitted, scale)
    if case.terms.choose == "HIGHEST":
        for loan, _ in admitted:  # which line pays is decided before principal caps, which may name lines
            price_runs(case, loan, scale)
    if case.rules.bounds_balances:
        apply_principal_caps(case, [loan for loan, _ in admitted], scale)
    for loan, one in admitted:
        price_runs(case, loan, scale)
        find_interest(case, loan, one, scale)
        if "interest" in case.rules.reads:  # what the limit of a cap may read
            loan.scope.values["interest"] = None if one.interest is None else one.interest * Fraction(1, 100)
        _atoms(case, loan, one, scale)
        if case.rules.pays_once:
            _lump_atom(case, loan, one)
        if not (one.atoms and one.interest):
            _say_why_nothing(case, loan, one)
        one.reconciliation = reconcile(case, loan) if loan.vouchers else []
        doubt_loan(case, loan, one)
        days_later(case, loan)
    return works


def _say_why_nothing(case: Case, loan: Loan, one: ItemWork) -> None:
    """No contract gets zero without words (D19); what a cap on principal left nothing of is told with its clause (D100)."""
    if loan.used_up is not None and not any(atom.exact for atom in one.atoms):
        case.refuse("PRINCIPAL_CAP_USED", loan.used_up.clause, loan.id, None, id=loan.id)
    elif case.says_why(loan.id):
        return
    elif not one.atoms:
        case.refuse("NO_DAY_COUNTS", None, loan.id, None, id=loan.id)
    elif one.interest == 0:
        case.refuse("NO_INTEREST", None, loan.id, None, id=loan.id)


def _convert(case: Case, loans: Sequence[Loan]) -> int:
    """Set each loan's factor to CNY and what was disbursed; answer a scale that makes all converted balances whole (D64)."""
    admitted = {one.code: one for one in case.terms.currencies}
    scale = 1
    for loan in loans:
        currency = admitted.get(loan.fact.currency)
        if currency is not None and loan.fact.currency != "CNY":
            on = currency.on if isinstance(currency.on, date) else loan.scope.of(currency.on.lower())
            loan.factor = case.references.rate(currency.series, on.toordinal(), f"/contracts/{loan.index}/currency")
            scale = lcm(scale, loan.factor.denominator)
        if "disbursed" in case.rules.reads:
            loan.scope.values["disbursed"] = sum(one.drawn for one in loan.slices) * loan.factor / 100
    return scale


def _admitted(case: Case, loan: Loan) -> bool:
    """Whether the contract's currency and dates are admitted at all; a reason where not."""
    currency = loan.fact.currency
    if currency != "CNY" and currency not in {one.code for one in case.terms.currencies}:
        case.refuse("CURRENCY_NOT_ADMITTED", None, loan.id, None, id=loan.id, value=currency)
        return False
    late = happens_later(case, loan.scope, loan.id)
    for kind in case.rules.item_windows:
        if outside_window(case, kind, loan.scope, loan.id):
            return False
    if late:
        return False
    return all(_holds(case, one, loan.scope, loan.id) for one in case.rules.of_items)


def _require_interest(case: Case, admitted: Sequence[tuple[Loan, ItemWork]], scale: int) -> None:
    """Requirements on the interest of a contract, exact and before any cap (D35, D36); not met, it takes no room."""
    everywhere = [one for one in case.terms.require if one.totals]
    by_line = {line.id: [one for one in line.require if one.totals] for line in case.terms.lines}
    for loan, work_ in admitted:
        find_interest(case, loan, work_, scale)
        if work_.interest is None and loan.runs:
            raise FactsError([rate_needed(loan)])  # what was paid or accrues is not known, which is not zero
        work_.totals["interest"] = (work_.interest or Fraction(0)) * Fraction(1, 100)
        of = totals(loan.scope, work_, [], {})
        for line_id in sorted({run.line.id for run in loan.runs}):
            asked = [one for one in (*everywhere, *by_line[line_id]) if not one.of_claim]
            failed = [one for one in asked if not ex.evaluate(one.that, of)]
            for one in failed:
                refuse_requirement(case, one, loan.id)
            if failed:
                loan.runs = [run for run in loan.runs if run.line.id != line_id]
                whole = any(one in everywhere for one in failed)  # then no line of the contract is supported, claimed or not
                loan.elsewhere = {no: frozenset() if whole else held - {line_id} for no, held in loan.elsewhere.items()}
        work_.interest = work_.interest_basis = None


def _holds(case: Case, one: Any, scope: Scope, item: ItemId) -> bool:
    if ex.evaluate(one.that, scope.of):
        return True
    refuse_requirement(case, one, item)
    return False


# --- atoms -----------------------------------------------------------------------------------------


def _atoms(case: Case, loan: Loan, work_: ItemWork, scale: int) -> None:
    """Group the runs to atoms: line × accrual year, with their working; then the segments."""
    groups: dict[tuple[str, int | None], list[Run]] = {}
    for run in loan.runs:
        groups.setdefault((run.line.id, run.year), []).append(run)
    for (_, year), runs in groups.items():
        line, parts = runs[0].line, []
        for run in runs:
            parts.append(_earn(case, loan, run, scale))
            run.rows = _rows(case, loan, run, scale)
        exact = money.total((part.numerator, part.denominator) for part in parts)
        if not exact and not any(run.price.rate for run in runs):
            case.refuse("ZERO_RATE", line.clause, loan.id, None, id=loan.id)
        key = "FORMULA_SHARE" if line.shares_interest else "FORMULA_POINTS"
        working = Sum([run.rows for run in runs])
        step = item_step(case, loan.id, line, formula=key, working=working, exact=exact, year=year)
        work_.atoms += _split_by_drawdown(case, loan, line, year, runs, exact, step)
        work_.steps.append(step)
    if groups:
        _segments(case, work_, [run for runs in groups.values() for run in runs], scale)


def _earn(case: Case, loan: Loan, run: Run, scale: int) -> Fraction:
    """Fill what each stretch of a run earns; answer the exact sum in fen."""
    line, basis = run.line, DAY_COUNTS[case.terms.day_count].basis
    rate, parts = run.price.rate.numerator, run.price.rate.denominator
    if line.shares_interest:
        run.amounts = [interest * rate for interest in run.interest]
        run.amounts_of = run.interest_of * parts
    elif line.on_balance:
        run.amounts = [balance * counted * rate for balance, counted in zip(run.counted, run.days, strict=True)]
        run.amounts_of = parts * basis * scale
    else:
        bases = [_base(case, loan, run, no, scale) * 100 for no in range(len(run.counted))]
        of = lcm(*{base.denominator for base in bases})
        run.amounts = [base.numerator * (of // base.denominator) * rate * counted for base, counted in zip(bases, run.days, strict=True)]
        run.amounts_of = of * parts * basis
    return Fraction(sum(run.amounts), run.amounts_of)


def _base(case: Case, loan: Loan, run: Run, no: int, scale: int) -> Fraction:
    """A base that is an expression of the balance, such as min(balance, 5万), in 元."""
    node: Any = run.line.base
    rate = run.slice.rate.value(run.rate_nos[no])
    scope = day_scope(case, loan, loan.scopes[run.slice.no], run.marks[no], rate, run.counted[no], scale)
    return max(Fraction(0), Fraction(ex.evaluate(node, scope.of)))


def _rows(case: Case, loan: Loan, run: Run, scale: int) -> Rows:
    """What the stretches of a run add to the working of their line."""
    length, subsidised = len(run.counted), Rate(run.price.rate)
    if run.line.shares_interest and run.voucher is not None:
        net = run.voucher.net
        whole = run.interest_of * net or 1  # of nothing each part is nothing
        return Rows([Money(net), Column("REDUCED", run.interest if net else [0] * length, whole), subsidised], length)
    balances: Column = Column("MONEY", run.counted, scale)
    if run.line.shares_interest:
        rates = [run.slice.rate.value(no) for no in run.rate_nos]
        bank = DAY_COUNTS[run.slice.day_count]
        days_of_bank = Column("PART", run.moved, bank.basis, bank.shown_over)
        return Rows([balances, Column("RATE", rates), days_of_bank, subsidised], length)
    if not run.line.on_balance:
        balances = Column("NUMBER", [_base(case, loan, run, no, scale) for no in range(length)])
    own = DAY_COUNTS[case.terms.day_count]
    return Rows([balances, subsidised, Column("PART", run.days, own.basis, own.shown_over)], length)


def _split_by_drawdown(
    case: Case, loan: Loan, line: Line, year: int | None, runs: Sequence[Run], exact: Fraction, step: WorkedStep
) -> list[Atom]:
    if not case.rules.cuts_drawdowns:
        return [
            Atom(
                item=loan.id,
                line=line,
                year=year,
                drawdown_no="",
                keys=keys_of(case, loan.keys | {"line": line.id}, loan.scope),
                scope=loan.scope,
                exact=exact,
                step=step,
            )
        ]
    of_slices: dict[str, list[tuple[int, int]]] = {}
    for run in runs:
        of_slices.setdefault(run.slice.no, []).append((sum(run.amounts), run.amounts_of))
    made = []
    for one in loan.slices:
        if one.no in of_slices:
            scope = loan.scopes[one.no]
            keys = keys_of(case, loan.keys | {"line": line.id, "drawdown_no": one.no}, scope)
            made.append(
                Atom(
                    item=loan.id,
                    line=line,
                    year=year,
                    drawdown_no=one.no,
                    keys=keys,
                    scope=scope,
                    exact=money.total(of_slices[one.no]),
                    step=step,
                )
            )
    return made


def _lump_atom(case: Case, loan: Loan, work_: ItemWork) -> None:
    """A line that pays once for a contract and not for its days (a guarantee fee, a fixed amount); the highest of several."""
    lines = [line for line in lines_for(case, loan, loan.scope) if not line.per_day]
    if lines and signed_later(case, loan):
        return
    priced = [(line, *line_amount(case, line, loan.scope, loan.id)) for line in lines]
    if priced:
        line, exact, step = max(priced, key=lambda one: one[1])
        keys = keys_of(case, loan.keys | {"line": line.id}, loan.scope)
        work_.atoms.append(Atom(item=loan.id, line=line, year=None, drawdown_no="", keys=keys, scope=loan.scope, exact=exact, step=step))
        work_.steps.append(step)


def _segments(case: Case, work_: ItemWork, runs: Sequence[Run], scale: int) -> None:
    """The displayed segments in order of time; interests are spread so that they add up, amounts later (D52)."""
    found = _segments_of(case, runs[0], scale)
    for run in runs[1:]:
        found += _segments_of(case, run, scale)
    work_.segments, work_.weights = found, together([(run.amounts, run.amounts_of) for run in runs])
    interests = None if work_.interest is None else together([(run.interest, run.interest_of) for run in runs])
    if len(runs) > 1:
        order = sorted(range(len(found)), key=lambda no: (found[no]["from"], found[no]["drawdown_no"], found[no]["line"]))
        work_.segments, work_.weights = [found[no] for no in order], [work_.weights[no] for no in order]
        interests = None if interests is None else [interests[no] for no in order]
        places = sorted(range(len(found)), key=order.__getitem__)
    else:
        places = list(range(len(found)))
    for run in runs:
        run.rows.segments, places = places[: run.rows.length], places[run.rows.length :]
    if work_.interest is not None and interests:
        for segment, part in zip(work_.segments, money.spread(money.round_half_up(work_.interest), interests), strict=True):
            segment["interest"] = money.yuan(part)


def _segments_of(case: Case, run: Run, scale: int) -> list[Segment]:
    line, drawdown_no, subsidised, why = run.line.id, run.slice.no, run.price.decimals, run.price.why
    rates = {no: run.slice.rate.text(no) for no in set(run.rate_nos)}
    marks, fractions = list(map(days.iso, run.marks)), DAY_COUNTS[case.terms.day_count].parts(run.days)
    shown, exact = [money.yuan(balance // scale) for balance in run.counted], list[str | None]([None]) * len(run.counted)
    if scale != 1:
        exact = [money.exact_text(balance, scale) for balance in run.counted]
    return [
        {
            "from": first,
            "until": until,
            "days": length,
            "balance": balance,
            "balance_exact": odd,
            "contract_rate": rates[rate_no],
            "subsidised_rate": subsidised,
            "interest": None,
            "day_fraction": fraction,
            "line": line,
            "drawdown_no": drawdown_no,
            "amount": "0.00",
            "why": why,
        }
        for first, until, length, balance, odd, rate_no, fraction in zip(
            marks, marks[1:], days.lengths(run.marks), shown, exact, run.rate_nos, fractions, strict=False
        )
    ]
