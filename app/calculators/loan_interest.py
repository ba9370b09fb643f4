"""Loan interest subsidies (贷款贴息): points on principal, and shares of interest (DOMAIN §3).

Contracts become loans, loans become stretches, stretches become atoms: contract × line × accrual year.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Any

from app.calculators import days, money, rates
from app.calculators import expressions as ex
from app.calculators.accrual import interest as accrue
from app.calculators.facts import FloatingRate
from app.calculators.faults import FactsError, NotComputable
from app.calculators.items import Atom, Case, ItemWork, choose_lines, is_named, keys_of, meets
from app.calculators.loans import (
    Loan,
    Stretch,
    day_scope,
    make_stretches,
    rate_scale,
    read_loan,
    slice_scope,
    weigh_vouchers,
)
from app.calculators.names import DAY, LEVELS
from app.calculators.principal_caps import apply_principal_caps
from app.calculators.reconciliation import reconcile
from app.calculators.results import Segment
from app.calculators.scope import Scope
from app.calculators.steps import item_step, show_expression, substitute
from app.calculators.terms import UNKNOWN, Line
from app.calculators.windows import outside_window


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
        if any(line.base is not None and _per_day(line) for line in case.terms.lines):
            make_stretches(case, loan, scale, faults)
    if faults:
        raise FactsError(faults)
    apply_principal_caps(case, [loan for loan, _ in admitted], scale)
    for loan, one in admitted:
        _price(case, loan, scale)
        _interest(case, loan, one, scale)
        _atoms(case, loan, one, scale)
        _lump_atoms(case, loan, one)
        one.reconciliation = reconcile(case, loan)
        _warn(case, loan, one)
    return works


def _per_day(line: Line) -> bool:
    return line.base is not None and bool({"balance", "interest"} & ex.reads(line.base))


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


def _holds(case: Case, one: Any, scope: Scope, item_id: str) -> bool:
    if ex.evaluate(one.that, scope.of):
        return True
    case.refuse(one.code, one.clause, item_id, "REQUIREMENT", text=one.message or one.text)
    return False


# --- rates -----------------------------------------------------------------------------------------


def _price(case: Case, loan: Loan, scale: int) -> None:
    """The subsidised rate of each stretch, floored at zero (D17), and its day fraction (D3-D5)."""
    kind = case.terms.day_count
    scopes = {one.no: slice_scope(case, loan, one, []) for one in loan.slices}
    cache: dict[Any, tuple[Fraction, str]] = {}
    for one in loan.stretches:
        scope = scopes[one.slice.no]
        candidates = (one.line, *one.others)
        best: tuple[Fraction, Line, str] | None = None
        for line in candidates:
            rate, text = _rate(case, loan, line, one, scope, scale, cache)
            if best is None or rate > best[0]:
                best = (rate, line, text)
        if best is not None:
            one.subsidised, one.line, one.formula = best
        at = days.positions(kind, (one.first, one.until), loan.anchors[one.slice.no])
        one.days = at[1] - at[0]


def _rate(
    case: Case, loan: Loan, line: Line, one: Stretch, around: Scope, scale: int, cache: dict[Any, tuple[Fraction, str]]
) -> tuple[Fraction, str]:
    rate = line.rate
    if rate is UNKNOWN or rate is None:
        raise not_loaded(line)
    node: Any = rate
    key: tuple[Any, ...] = (line.id, one.rate)
    if "balance" in ex.reads(node) or "day" in ex.reads(node) or ex.calls(node, "reference") or not is_named(line.base, "interest"):
        key = (line.id, one.rate, _moment(node, one), one.slice.no)
    found = cache.get(key)
    if found is None:
        scope = day_scope(case, loan, around, one.first, one.rate, one.counted, scale)
        if one.rate is None and "contract_rate" in ex.reads(node) and loan.rates:
            raise NotComputable("REFERENCE_RATE_NOT_COVERED", loan.rates[-1][2], loan.rates[-1][2], f"/contracts/{loan.index}/rate")
        value = max(Fraction(0), ex.evaluate(node, scope.of))
        formula = show_expression(case, node)
        shown = substitute(case, node, scope.of)
        text = f"{formula} = {shown} = {money.percent_text(value)}" if formula != shown else money.percent_text(value)
        found = cache[key] = (value, case.say("WHY_LINE", line=line.title, formula=formula, value=text.split(" = ", 1)[-1]))
    return found


def _moment(node: ex.Node, one: Stretch) -> Any:
    """What of the day a rate depends on: nothing, or the day and balance."""
    names = ex.reads(node)
    dated = any(call.key[2] == "DAY" for call in ex.calls(node, "reference"))
    return (one.first, one.counted) if dated or {"balance", "day"} & names else None


def not_loaded(line: Line) -> NotComputable:
    """The error for a line whose figure was not published (D37)."""
    return NotComputable(
        "STANDARD_NOT_LOADED",
        f"{line.title} 的标准未公布或未载入",
        f"the standard of {line.id} was not published or not loaded",
    )


# --- interest --------------------------------------------------------------------------------------


def _interest(case: Case, loan: Loan, one: ItemWork, scale: int) -> None:
    """Σ I over the counted days and counted share of balance (D27, D28, D30), and its basis."""
    covered = [stretch.voucher is not None for stretch in loan.stretches]
    if not covered:
        return
    one.interest_basis = "PAID" if all(covered) else "MIXED" if any(covered) else "ESTIMATED"
    if not all(covered) and not loan.rates:
        if any(is_named(stretch.line.base, "interest") for stretch in loan.stretches):
            raise FactsError([_interest_needed(loan)])
        case.warn("INTEREST_BOUND_NOT_CHECKED", f"/contracts/{loan.index}", id=loan.id)
        weigh_vouchers(loan, 1)
        return
    parts = rate_scale(loan)
    if loan.vouchers:
        weigh_vouchers(loan, parts)
    _note_lookups(case, loan)
    one.interest = sum((_stretch_interest(loan, stretch, parts, scale) for stretch in loan.stretches), Fraction(0))


def _note_lookups(case: Case, loan: Loan) -> None:
    """Remember which rows of a series decided the contract rate of a day that counts."""
    fact = loan.fact.rate
    if not isinstance(fact, FloatingRate):
        return
    read = rates.lookups(fact, date.fromordinal(loan.rates[0][0]), loan.fact.matures_on)
    ends = [reset for reset, _ in read[1:]] + [loan.fact.matures_on.toordinal()]
    for (reset, day), end in zip(read, ends, strict=True):
        if any(one.first < end and reset < one.until for one in loan.stretches):
            case.references.note(fact.series, day)


def _interest_needed(loan: Loan) -> Any:
    from app.calculators.faults import Fault

    return Fault(
        f"/contracts/{loan.index}/rate",
        "FACT_REQUIRED",
        "按利息比例贴息须有合同利率或覆盖全部日期的利息凭证",
        "a share of interest needs the contract rate, or vouchers for all days",
    )


def _stretch_interest(loan: Loan, one: Stretch, parts: int, scale: int) -> Fraction:
    """I of a stretch in fen of CNY: a voucher's share, or accrued from the contract."""
    kind = loan.fact.day_count
    voucher = one.voucher
    anchor = one.slice.on if voucher is None else voucher.first
    at = days.positions(kind, (one.first, one.until), anchor)
    moved = at[1] - at[0]
    if voucher is None:
        if one.rate is None:
            raise NotComputable("REFERENCE_RATE_NOT_COVERED", *_note(loan, one), pointer=f"/contracts/{loan.index}/rate")
        rate = one.rate.numerator * (parts // one.rate.denominator)
        whole, rest = accrue([one.counted], [rate], [moved], parts, days.BASIS[kind])
        return (whole + Fraction(rest, parts * days.BASIS[kind])) / scale
    if voucher.weight == 0:
        share = Fraction(one.until - one.first, voucher.until - voucher.first)
        return voucher.net * loan.factor * share * (Fraction(one.counted, one.total) if one.total else 0)
    scaled = 1 if one.rate is None else one.rate.numerator * (parts // one.rate.denominator)
    # ``counted`` already holds the factor to CNY; the weight is in the contract's own currency.
    return Fraction(voucher.net * one.counted * scaled * moved, voucher.weight * scale)


def _note(loan: Loan, one: Stretch) -> tuple[str, str]:
    note = next((change[2] for change in reversed(loan.rates) if change[0] <= one.first), "")
    return note, note


# --- atoms -----------------------------------------------------------------------------------------


def _atoms(case: Case, loan: Loan, work_: ItemWork, scale: int) -> None:
    """Group the stretches to atoms, with their working and their segments."""
    groups: dict[tuple[str, int | None], list[Stretch]] = {}
    for one in loan.stretches:
        groups.setdefault((one.line.id, one.year), []).append(one)
    segments: list[tuple[Stretch, Fraction | int, Fraction]] = []
    parts = rate_scale(loan)
    for (_, year), stretches in groups.items():
        line = stretches[0].line
        if not _per_day(line):
            continue
        share = is_named(line.base, "interest")
        amounts = [
            _stretch_interest(loan, one, parts, scale) * one.subsidised if share else _points(case, loan, one, scale) for one in stretches
        ]
        exact = sum(amounts, Fraction(0))
        earns = any(one.subsidised for one in stretches)
        if not earns:
            case.refuse("ZERO_RATE", line.clause, loan.id, None, id=loan.id)
        atoms = _split_by_drawdown(case, loan, line, year, list(zip(stretches, amounts, strict=True)))
        work_.atoms.extend(atoms)
        terms = [_interest_term(loan, one, parts, scale) if share else _points_term(case, one, scale) for one in stretches]
        work_.steps.append(item_step(case, loan.id, line, year, "FORMULA_SHARE" if share else "FORMULA_POINTS", terms, exact))
        segments += [(one, amount, Fraction(0)) for one, amount in zip(stretches, amounts, strict=True)]
    segments.sort(key=lambda row: (row[0].first, row[0].slice.no, row[0].line.id))
    _segments(case, loan, work_, segments, parts, scale)
    if not loan.stretches and not any(reason.item_id == loan.id for reason in case.reasons):
        case.refuse("NO_DAY_COUNTS", None, loan.id, None, id=loan.id)


def _points(case: Case, loan: Loan, one: Stretch, scale: int) -> Fraction:
    """base × subsidised rate × day fraction, exact fen."""
    basis = days.BASIS[case.terms.day_count]
    base = one.counted
    if not is_named(one.line.base, "balance"):
        scope = day_scope(case, loan, slice_scope(case, loan, one.slice, []), one.first, one.rate, one.counted, scale)
        node: Any = one.line.base
        yuan = max(Fraction(0), Fraction(ex.evaluate(node, scope.of)))
        return yuan * 100 * one.subsidised * Fraction(one.days, basis)
    rate = one.subsidised
    whole, rest = accrue([base], [rate.numerator], [one.days], rate.denominator, basis)
    return (whole + Fraction(rest, rate.denominator * basis)) / scale


def _points_term(case: Case, one: Stretch, scale: int) -> str:
    balance = money.decimal_text(Fraction(one.counted, 100 * scale)) if scale != 1 else money.yuan(one.counted)
    if not is_named(one.line.base, "balance"):
        node: Any = one.line.base
        scope = Scope({"balance": Fraction(one.counted, 100 * scale)}, "")
        balance = f"({substitute(case, node, scope.of)})" if ex.reads(node) == {"balance"} else balance
    return f"{balance} × {money.percent_text(one.subsidised)} × {one.days}/{days.BASIS[case.terms.day_count]}"


def _interest_term(loan: Loan, one: Stretch, parts: int, scale: int) -> str:
    rate = money.percent_text(one.subsidised)
    if one.voucher is None and one.rate is not None:
        at = days.positions(loan.fact.day_count, (one.first, one.until), one.slice.on)
        balance = money.decimal_text(Fraction(one.counted, 100 * scale))
        return f"{balance} × {money.percent_text(one.rate)} × {at[1] - at[0]}/{days.BASIS[loan.fact.day_count]} × {rate}"
    value = _stretch_interest(loan, one, parts, scale)
    net = one.voucher.net if one.voucher is not None else 0
    part = value / net if net else Fraction(0)
    return f"{money.yuan(net)} × {part.numerator}/{part.denominator} × {rate}"


def _split_by_drawdown(case: Case, loan: Loan, line: Line, year: int | None, priced: list[tuple[Stretch, Fraction]]) -> list[Atom]:
    keys = keys_of(case, loan.keys | {"line": line.id}, loan.scope) if not case.cuts_drawdowns else {}
    exact = sum((amount for _, amount in priced), Fraction(0))
    if not case.cuts_drawdowns:
        return [Atom(loan.id, line, year, "", keys, loan.scope, exact)]
    made = []
    for one in loan.slices:
        scope = slice_scope(case, loan, one, [])
        own = keys_of(case, loan.keys | {"line": line.id, "drawdown_no": one.no}, scope)
        part = sum((amount for stretch, amount in priced if stretch.slice is one), Fraction(0))
        if any(stretch.slice is one for stretch, _ in priced):
            made.append(Atom(loan.id, line, year, one.no, own, scope, part))
    return made


def _lump_atoms(case: Case, loan: Loan, work_: ItemWork) -> None:
    """Lines that pay once for a contract and not for its days (a guarantee fee, a fixed amount)."""
    if all(line.base is not None and _per_day(line) for line in case.terms.lines):
        return
    from app.calculators.award import line_amount  # the same working as an item's

    for line in choose_lines(case, loan.scope.of):
        if LEVELS.index(line.when_level) >= LEVELS.index(DAY) or _per_day(line):
            continue
        if meets(case, line, loan.scope.of, loan.id):
            exact, step = line_amount(case, line, loan.scope, loan.id)
            keys = keys_of(case, loan.keys | {"line": line.id}, loan.scope)
            work_.atoms.append(Atom(loan.id, line, None, "", keys, loan.scope, exact))
            work_.steps.append(step)


def _segments(case: Case, loan: Loan, work_: ItemWork, rows: list[tuple[Stretch, Any, Fraction]], parts: int, scale: int) -> None:
    """The displayed segments; amounts are spread so that they add up to the item's (D52)."""
    made: list[Segment] = []
    known = work_.interest is not None
    interests = [_stretch_interest(loan, one, parts, scale) if known else Fraction(0) for one, _, _ in rows]
    total = money.round_half_up(sum(interests, Fraction(0)))
    shown = money.spread(total, interests, [(f"{no:06d}",) for no in range(len(rows))]) if rows else []
    basis = days.BASIS[case.terms.day_count]
    for (one, _amount, _), interest in zip(rows, shown, strict=True):
        made.append(
            {
                "from": date.fromordinal(one.first).isoformat(),
                "until": date.fromordinal(one.until).isoformat(),
                "days": one.until - one.first,
                "balance": money.decimal_text(Fraction(one.counted, 100 * scale)) if scale != 1 else money.yuan(one.counted),
                "contract_rate": None if one.rate is None else money.decimal_text(one.rate),
                "subsidised_rate": money.decimal_text(one.subsidised),
                "interest": money.yuan(interest) if known else None,  # type: ignore[typeddict-item]
                "day_fraction": f"{one.days}/{basis}",
                "line": one.line.id,
                "drawdown_no": one.slice.no,
                "amount": "0.00",
                "why": one.formula,
            }
        )
    work_.segments = made
    work_.weights = [amount for _, amount, _ in rows]


def _warn(case: Case, loan: Loan, one: ItemWork) -> None:
    """Likely mistakes in valid input."""
    pointer = f"/contracts/{loan.index}"
    if one.interest_basis in {"MIXED", "ESTIMATED"}:
        case.warn("INTEREST_ESTIMATED", pointer, id=loan.id)
    for _, rate, _ in loan.rates:
        if rate is not None and rate > Fraction(24, 100):
            case.warn("CONTRACT_RATE_HIGH", f"{pointer}/rate", rate=money.percent_text(rate))
    matures = loan.fact.matures_on.toordinal()
    if loan.fact.repayments and any(item.on.toordinal() > matures for item in loan.fact.repayments):
        case.warn("REPAID_AFTER_MATURITY", f"{pointer}/repayments")
    drawn = sum(item.drawn for item in loan.slices)
    repaid = sum(money.fen(item.principal) for item in loan.fact.repayments)
    if repaid and repaid != drawn and loan.fact.matures_on <= case.claim.application_date:
        case.warn("PRINCIPAL_DOES_NOT_ADD_UP", f"{pointer}/repayments", repaid=money.yuan(repaid), drawn=money.yuan(drawn))
