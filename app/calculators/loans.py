"""From loan contracts to stretches: days on which balance, rates, voucher and line are all the same.

A stretch is what a person would write as one line of the working. Days are ordinals, balances fen
times the claim's ``scale`` (1, unless a foreign currency is converted exactly).
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from app.calculators import days, repayment
from app.calculators.balances import Flow, Slice, slices_of, total_changes
from app.calculators.expressions import MissingFact, evaluate
from app.calculators.facts import Contract, InterestVoucher
from app.calculators.items import Case, choose_lines, meets
from app.calculators.money import fen
from app.calculators.names import LOAN_TYPES
from app.calculators.phrases import Phrase
from app.calculators.rates import ContractRate, contract_rate
from app.calculators.rules import Price
from app.calculators.scope import Scope, has_status, read_measures
from app.calculators.terms import APPLICATION_DATE, UNKNOWN, Line, Window

Spans = list[tuple[int, int]]
FAR = date(9999, 12, 31).toordinal()


@dataclass(slots=True)
class Voucher:
    """An interest voucher that counts: its ordinary interest is shared over its days (D28)."""

    first: int
    until: int
    net: int  # fen, without penalty
    fact: InterestVoucher
    index: int
    weight: int = 0  # Σ balance × rate × days over the whole voucher


@dataclass(slots=True)
class Stretch:
    """Days of one slice on which nothing changes. What is not given at first is filled on the way; reading it earlier is an error."""

    first: int
    until: int
    counted: int
    slice: Slice
    rate_no: int  # which of the loan's rates; -1 where none was given
    voucher: Voucher | None
    line: Line
    year: int | None
    total: int  # the contract's whole balance
    piece: int  # parts that principal caps cut off keep the number of their whole
    others: tuple[Line, ...]  # with HIGHEST: further lines that hold
    interest: tuple[int, int] = field(init=False)  # I in fen of CNY: numerator and denominator, not reduced
    days: int = field(init=False)  # numerator of the subsidy's day fraction
    price: Price = field(init=False)
    shown: str = field(init=False)  # the counted balance as the working writes it
    moved: int = field(init=False)  # numerator of the bank's day fraction
    amount: tuple[int, int] = field(init=False)  # what it earns in fen: numerator and denominator, not reduced


@dataclass(slots=True)
class Loan:
    """One contract on its way."""

    fact: Contract
    index: int
    scope: Scope
    slices: list[Slice]
    rate: ContractRate
    vouchers: list[Voucher]
    keys: dict[str, str]
    factor: Fraction = Fraction(1)  # to CNY
    stretches: list[Stretch] = field(default_factory=list)
    anchors: dict[str, int] = field(default_factory=dict)
    scopes: dict[str, Scope] = field(default_factory=dict)  # of each slice
    totals: list[tuple[int, int]] = field(default_factory=list)
    gap: repayment.Gap | None = None  # from when on a planned balance is not known

    @property
    def id(self) -> str:
        """The contract's number."""
        return self.fact.contract_no

    def balance_at(self, day: int) -> int:
        """The contract's whole balance at the end of a day, fen in its own currency."""
        at = bisect_right(self.totals, (day, FAR * 10**20)) - 1
        return self.totals[at][1] if at >= 0 else 0


def read_loan(case: Case, fact: Contract, index: int, faults: list[Any]) -> Loan:
    """The slices, rates and vouchers of one contract. Errors: FactsError, NotComputable."""
    pointer = f"/contracts/{index}"
    first = min([one.on for one in fact.drawdowns])
    rate = contract_rate(fact.rate, first, fact.matures_on, case.references.series, f"{pointer}/rate")
    flows, gap = _repayments(fact, rate)
    slices = slices_of(fact, flows, pointer)
    scope = _contract_scope(case, fact, index, first, faults)
    vouchers = [
        Voucher(one.from_.toordinal(), one.until.toordinal(), fen(one.amount) - fen(one.penalty), one, no)
        for no, one in enumerate(fact.interest_paid)
        if (one.paid_on or one.until) <= case.claim.application_date
    ]
    for one in fact.interest_paid:
        if (one.paid_on or one.until) > case.claim.application_date:
            case.refuse(
                "VOUCHER_AFTER_APPLICATION",
                None,
                fact.contract_no,
                None,
                id=fact.contract_no,
                from_day=one.from_,
                until_day=one.until,
            )
    vouchers.sort(key=lambda one: one.first)
    own = {"contract_no": fact.contract_no, "lender": fact.lender, "project_id": fact.project_id}
    return Loan(
        fact,
        index,
        scope,
        slices,
        rate,
        vouchers,
        own,  # type: ignore[arg-type]
        totals=total_changes(slices),
        gap=gap,
    )


def _repayments(fact: Contract, rate: ContractRate) -> tuple[list[Flow], repayment.Gap | None]:
    if fact.repayment_plan is None:
        return [
            (one.on.toordinal(), one.drawdown_no is None, no, fen(one.principal), one.drawdown_no) for no, one in enumerate(fact.repayments)
        ], None
    drawn = fact.drawdowns[0]

    def rate_on(day: date) -> Fraction:
        return Fraction(rate.needed(rate.no(day.toordinal())), rate.parts)

    planned, gap = repayment.planned_repayments(
        fact.repayment_plan, drawn.on, fact.matures_on, fen(drawn.amount), rate_on if rate.days else None
    )
    return [(day.toordinal(), True, no, amount, None) for no, (day, amount) in enumerate(planned)], gap


def _contract_scope(case: Case, fact: Contract, index: int, first: date, faults: list[Any]) -> Scope:
    pointer = f"/contracts/{index}"
    values: dict[str, Any] = read_measures(fact.measures, case.rules.measures["CONTRACT"], pointer, faults)
    values |= {
        "contract_no": fact.contract_no,
        "lender": fact.lender,
        "loan_type": fact.loan_type,
        "currency": fact.currency,
        "purposes": fact.purposes,
        "signed_on": fact.signed_on,
        "matures_on": fact.matures_on,
        "first_drawdown": first,
        "disbursed": Fraction(sum([fen(one.amount) for one in fact.drawdowns]), 100),
    }
    looked_up = {"SIGNED_ON": fact.signed_on, "FIRST_DRAWDOWN": first}

    def answer(key: tuple[str, ...]) -> Any:
        if key[0] == "reference" and key[2] in looked_up:
            return case.references.rate(key[1], looked_up[key[2]].toordinal(), pointer)
        if key[0] == "status" and key[2] == "AT_FIRST_DRAWDOWN":
            return has_status(case.claim, key[1], first)
        return None

    return Scope(values, pointer, case.applicant, answer)


def slice_scope(case: Case, loan: Loan, one: Slice, faults: list[Any]) -> Scope:
    """What is known of one drawdown."""
    pointer = f"/contracts/{loan.index}/drawdowns/{one.index}"
    values = read_measures(one.fact.measures, case.rules.measures["DRAWDOWN"], pointer, faults)
    values |= {"drawn": Fraction(one.drawn * loan.factor.numerator, 100 * loan.factor.denominator), "drawn_on": one.fact.on}

    def answer(key: tuple[str, ...]) -> Any:
        if key[0] == "reference" and key[2] == "EACH_DRAWDOWN":
            return case.references.rate(key[1], one.on, pointer)
        return None

    return Scope(values, pointer, loan.scope, answer)


def day_scope(case: Case, loan: Loan, around: Scope, day: int, rate: Fraction | None, counted: int, scale: int) -> Scope:
    """What is known of one day of one drawdown."""
    when = date.fromordinal(day)

    def answer(key: tuple[str, ...]) -> Any:
        if key[0] == "reference" and key[2] == "DAY":
            return case.references.rate(key[1], day, f"/contracts/{loan.index}")
        if key[0] == "status" and key[2] == "ON_DAY":
            return has_status(case.claim, key[1], when)
        return None

    values = {"contract_rate": rate, "day": when, "balance": Fraction(counted, 100 * scale)}
    return Scope(values, f"/contracts/{loan.index}", around, answer)


# --- which days count ------------------------------------------------------------------------------


def last_day_of(window: Window, application_date: date) -> int | None:
    """The ordinal after the window's last day; None where it is open or unknown."""
    last = window.last_day
    if last is None or last is UNKNOWN:
        return None
    if last == APPLICATION_DATE:
        return application_date.toordinal() + 1
    if isinstance(last, datetime):
        last = last.date()
    return last.toordinal() + 1  # type: ignore[union-attr]


def counted_days(case: Case, loan: Loan, one: Slice, scope: Scope) -> tuple[Spans, int | None]:
    """The days of a slice that count, and the anchor: its first day before any claim period (D5, D9-D13)."""
    terms, fact, claim = case.terms, loan.fact, case.claim
    spans: Spans = [(one.on, fact.matures_on.toordinal())] if one.on < fact.matures_on.toordinal() else []
    window = terms.windows.get("interest")
    by_payment = window is not None and window.tests == "PAID_ON"
    reach = claim.application_date.toordinal()
    if window is not None:
        until = last_day_of(window, claim.application_date)
        first = window.first_day.toordinal() if isinstance(window.first_day, date) else 1
        spans = _within(loan, spans, (first, until or FAR), by_payment=by_payment)
        reach = max(reach, until or 0)
    for period in fact.excluded_periods:
        if period.reason in terms.exclude_periods:
            spans = days.subtract(spans, [(period.from_.toordinal(), period.until.toordinal())])
    if terms.pay_first and loan.vouchers:  # no uncovered day counts once a voucher is given (D30)
        spans = days.intersect(spans, [(voucher.first, voucher.until) for voucher in loan.vouchers])
    for term in case.rules.limits:
        if spans:
            spans = days.intersect(spans, [_term(term, loan, one, scope, spans[0][0])])
    anchor = spans[0][0] if spans else None
    if claim.claim_period is not None:
        period_of_claim = (claim.claim_period.from_.toordinal(), claim.claim_period.until.toordinal())
        spans = _within(loan, spans, period_of_claim, by_payment=by_payment)
        reach = max(reach, period_of_claim[1])
    return days.intersect(spans, [(1, reach)]), anchor


def _within(loan: Loan, spans: Spans, window: tuple[int, int], *, by_payment: bool) -> Spans:
    """The days in a window; one on the payment date takes or leaves a voucher whole, and tests other days themselves (D28)."""
    if not by_payment:
        return days.intersect(spans, [window])
    first, until = window
    covered = [(one.first, one.until) for one in loan.vouchers]
    left = [(one.first, one.until) for one in loan.vouchers if not first <= (one.fact.paid_on or one.fact.until).toordinal() < until]
    uncovered = days.intersect(days.subtract(spans, covered), [window])
    return sorted(uncovered + days.subtract(days.intersect(spans, covered), left))


def _term(term: Any, loan: Loan, one: Slice, scope: Scope, first_counted: int) -> tuple[int, int]:
    start = term.start
    if start == "FIRST_COUNTED_DAY":
        begins = date.fromordinal(first_counted)
    elif start == "EACH_DRAWDOWN":
        begins = one.fact.on
    elif start in {"SIGNED_ON", "FIRST_DRAWDOWN"}:
        begins = scope.of(start.lower())
    else:
        begins = scope.of(start)
    return begins.toordinal(), days.term_until(begins, term.months, year_end=term.year_end).toordinal()


# --- stretches -------------------------------------------------------------------------------------


def _cuts(case: Case, loan: Loan) -> list[int]:
    """Days on which something can change within a contract, in order."""
    cuts = set(loan.rate.days)
    for voucher in loan.vouchers:
        cuts |= {voucher.first, voucher.until}
    watch, start, end = case.terms.watch, loan.slices[0].on, loan.fact.matures_on.toordinal()
    for name in watch.series:
        cuts |= set(case.references.changes(name, start, end))
    if watch.statuses:
        for one in case.claim.applicant.statuses:
            cuts |= {one.from_.toordinal(), one.until.toordinal() if one.until else FAR}
    if case.rules.cuts_years:
        cuts |= set(days.year_cuts(start, end))
    cuts.update([day for day, _ in loan.totals])
    return sorted(cuts)


def _marked(case: Case, cuts: list[int], scope: Scope) -> list[int]:
    """The cuts, and the dates of a drawdown with which conditions compare the day: they may change there."""
    found = set(cuts)
    for mark, later in case.terms.watch.marks:
        try:
            on = evaluate(mark, scope.of).toordinal()
        except MissingFact:  # asked for where the condition itself is tested, if it is
            continue
        found.update(on + days_later for days_later in later)
    return sorted(found)


def make_stretches(case: Case, loan: Loan, scale: int, faults: list[Any]) -> None:
    """Fill ``loan.stretches``: counted days, cut wherever something changes, each with its line."""
    cuts, rate_days = _cuts(case, loan), loan.rate.days
    reads_day, cuts_years = case.terms.watch.lines_by_day, case.rules.cuts_years
    whole = loan.factor * scale
    factor: int = whole.numerator  # the scale makes it whole
    alone = len(loan.slices) == 1
    for one in loan.slices:
        scope = loan.scopes[one.no] = slice_scope(case, loan, one, faults)
        spans, anchor = counted_days(case, loan, one, scope)
        if anchor is None or not spans:
            continue
        loan.anchors[one.no] = anchor
        marked = _marked(case, cuts, scope) if case.terms.watch.marks else cuts
        lines = [] if reads_day else lines_for(case, loan, scope)
        if not lines and not reads_day:
            continue
        for first, until in spans:
            for a, b, balance in _pieces(one, first, until, marked):
                if not balance:
                    continue
                if loan.gap is not None and b > loan.gap[0].toordinal():
                    raise loan.gap[1]
                rate_no = bisect_right(rate_days, a) - 1
                counted = balance * factor
                if reads_day:
                    lines = lines_for(case, loan, day_scope(case, loan, scope, a, loan.rate.value(rate_no), counted, scale))
                if not lines or not lines[0].per_day:
                    continue
                loan.stretches.append(
                    Stretch(
                        a,
                        b,
                        counted,
                        one,
                        rate_no,
                        _voucher_at(loan, a) if loan.vouchers else None,
                        lines[0],
                        date.fromordinal(a).year if cuts_years else None,
                        counted if alone else loan.balance_at(a) * factor,
                        len(loan.stretches),
                        tuple(lines[1:]),
                    )
                )


def _pieces(one: Slice, first: int, until: int, cuts: list[int]) -> list[tuple[int, int, int]]:
    """A span of a slice, cut at ``cuts``: (from, until, balance)."""
    ordered = [first, *cuts[bisect_right(cuts, first) : bisect_left(cuts, until)], until]
    known, balances = zip(*one.changes, strict=True)
    return [(a, b, balances[bisect_right(known, a) - 1]) for a, b in itertools.pairwise(ordered)]


def _voucher_at(loan: Loan, day: int) -> Voucher | None:
    for one in loan.vouchers:
        if one.first <= day < one.until:
            return one
    return None


def lines_for(case: Case, loan: Loan, scope: Scope) -> list[Line]:
    """The lines whose requirements hold, for a day or for a whole contract: at most one, unless the table says HIGHEST."""
    holding = choose_lines(case, scope.of)
    if not holding:
        if "loan_type" in case.terms.reads:
            kind = loan.fact.loan_type
            value = case.word(Phrase(LOAN_TYPES.get(kind, kind), kind))
            case.refuse("LOAN_TYPE_EXCLUDED", None, loan.id, None, id=loan.id, value=value)
        else:
            case.refuse("NO_LINE_APPLIES", None, loan.id, None, id=loan.id)
    return [line for line in holding if meets(case, line, scope.of, loan.id)]
