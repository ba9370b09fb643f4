"""From a loan to its runs: which days count, and where something changes on them (D5, D9-D13, D22-D32).

A stretch of a run is what a person would write as one line of the working: days on which balance, rates,
voucher and line are all the same.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from app.calculators.bilingual import Phrase
from app.calculators.expressions.nodes import MissingFact, evaluate
from app.calculators.loans.balances import Slice
from app.calculators.loans.line_rates import paid_by
from app.calculators.loans.model import Loan, Run, day_scope, slice_scope
from app.calculators.loans.repayment_plans import Gap
from app.calculators.loans.vouchers import FAR, Voucher
from app.calculators.quantities import calendar as days
from app.calculators.stages.context import Case, choose_lines, meets
from app.calculators.stages.scope import Scope
from app.calculators.terms.builtins import FIRST_COUNTED_DAY, LOAN_TYPES, TERM_STARTS
from app.calculators.terms.model import APPLICATION_DATE, UNKNOWN, Line, Term, Window

Spans = list[tuple[int, int]]
Head = tuple[Voucher | None, int | None, tuple[Line, ...]]  # what is the same throughout a run


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


def supported_days(case: Case, loan: Loan, one: Slice, scope: Scope) -> Spans:
    """The days of a slice that count before any claim period, but for terms that start on the contract's first of them (D9-D13)."""
    terms, fact, claim = case.terms, loan.fact, case.claim
    spans: Spans = [(one.on, one.until)]
    window = terms.windows.get("interest")
    if window is not None:
        first = window.first_day.toordinal() if isinstance(window.first_day, date) else 1
        until = last_day_of(window, claim.application_date) or FAR
        spans = _within(loan, one, spans, (first, until), by_payment=window.tests == "PAID_ON")
    excluded = [one for one in fact.excluded_periods if one.reason in terms.exclude_periods]
    if excluded:
        spans = days.subtract(spans, sorted((one.from_.toordinal(), one.until.toordinal()) for one in excluded))
    if terms.pay_first and one.no in loan.given:  # no day counts that no voucher covers (D74)
        spans = days.intersect(spans, [(voucher.first, voucher.until) for voucher in covering(loan, one)])
    for term in case.rules.limits:
        if spans and term.start != FIRST_COUNTED_DAY:
            spans = days.intersect(spans, [_term(term, one, scope)])
    return spans


def _from_first_counted_day(case: Case, supported: list[Spans]) -> list[Spans]:
    """What is left of the slices' days by terms that start on the first of them all, whichever slice has it (D94)."""
    for term in case.rules.limits:
        if term.start == FIRST_COUNTED_DAY and any(supported):
            first = date.fromordinal(min(spans[0][0] for spans in supported if spans))
            until = days.term_until(first, term.months, year_end=term.year_end).toordinal()
            supported = [days.intersect(spans, [(first.toordinal(), until)]) for spans in supported]
    return supported


def claimed_days(case: Case, loan: Loan, one: Slice, spans: Spans) -> Spans:
    """The supported days of this claim: in its claim period, and before the application unless a period reaches further (D12, D13)."""
    claim, window = case.claim, case.terms.windows.get("interest")
    reach = claim.application_date.toordinal()
    if window is not None:
        reach = max(reach, last_day_of(window, claim.application_date) or 0)
    if claim.claim_period is not None:
        period = (claim.claim_period.from_.toordinal(), claim.claim_period.until.toordinal())
        spans = _within(loan, one, spans, period, by_payment=window is not None and window.tests == "PAID_ON")
        reach = max(reach, period[1])
    return days.intersect(spans, [(1, reach)])


def _within(loan: Loan, one: Slice, spans: Spans, window: tuple[int, int], *, by_payment: bool) -> Spans:
    """The days in a window. One on the payment date takes or leaves a voucher whole (D28).

    Days without a voucher test it themselves where none was given; else they were not paid in it and do not count (D95).
    """
    if not by_payment or one.no not in loan.given:
        return days.intersect(spans, [window])
    first, until = window
    paid = [(own.first, own.until) for own in covering(loan, one) if any(first <= day < until for day in own.paid)]
    return days.intersect(spans, paid)


def covering(loan: Loan, one: Slice) -> list[Voucher]:
    """The vouchers for a slice in order of time: those of the contract, and its own."""
    return [voucher for voucher in loan.vouchers if voucher.slices is loan.slices or voucher.slices[0] is one]


def _term(term: Term, one: Slice, scope: Scope) -> tuple[int, int]:
    start = str(term.start)
    begins = one.fact.on if start == "EACH_DRAWDOWN" else scope.of(start.lower() if start in TERM_STARTS else start)
    return begins.toordinal(), days.term_until(begins, term.months, year_end=term.year_end).toordinal()


# --- where something changes -----------------------------------------------------------------------


def _cuts(case: Case, loan: Loan) -> set[int]:
    """Days on which something can change for every slice of a contract."""
    cuts = set(loan.course.days)
    for voucher in loan.vouchers:
        if voucher.slices is loan.slices:
            cuts |= {voucher.first, voucher.until}
    watch, start, end = case.terms.watch, loan.slices[0].on, loan.until
    for name in watch.series:
        cuts |= set(case.references.changes(name, start, end))
    if watch.statuses:
        for one in case.claim.applicant.statuses:
            cuts |= {one.from_.toordinal(), one.until.toordinal() if one.until else FAR}
    if case.rules.cuts_years:
        cuts |= set(days.year_cuts(start, end))
    return cuts


def _cuts_of_each(case: Case, loan: Loan) -> list[list[int]]:
    """Days on which something can change for each slice, in order; one list for all where none has a rate or voucher of its own."""
    cuts = _cuts(case, loan)
    if all(one.rate is loan.rate for one in loan.slices) and all(voucher.slices is loan.slices for voucher in loan.vouchers):
        return [sorted(cuts | set(loan.rate.days))] * len(loan.slices)
    return [
        sorted(cuts.union(one.rate.days, *((voucher.first, voucher.until) for voucher in covering(loan, one)))) for one in loan.slices
    ]


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


def make_runs(case: Case, loan: Loan, scale: int, faults: list[Any]) -> None:
    """Fill ``loan.runs``: counted days, cut wherever something changes, each with its line."""
    reads_day = case.terms.watch.lines_by_day
    for one in loan.slices:
        loan.scopes[one.no] = slice_scope(case, loan, one, faults)
    supported = [supported_days(case, loan, one, loan.scopes[one.no]) for one in loan.slices]
    of_each = _cuts_of_each(case, loan)
    for one, before, cuts in zip(loan.slices, _from_first_counted_day(case, supported), of_each, strict=True):
        scope, spans = loan.scopes[one.no], claimed_days(case, loan, one, before)
        if case.rules.takes_room_once:
            loan.elsewhere[one.no] = _lines_elsewhere(case, loan, one, days.subtract(before, spans), cuts, scale)
        if not spans:
            continue
        loan.anchors[one.no] = before[0][0]  # the first day before any claim period (D5)
        marked = _marked(case, cuts, scope) if case.terms.watch.marks else cuts
        lines = None if reads_day else lines_for(case, loan, scope)
        if lines == ():
            continue
        for first, until in spans:
            marks = [first, *marked[bisect_right(marked, first) : bisect_left(marked, until)], until]
            _add_runs(case, loan, one, scope, lines, marks, scale)


def _lines_elsewhere(case: Case, loan: Loan, one: Slice, spans: Spans, cuts: list[int], scale: int) -> frozenset[str]:
    """The lines that would pay supported days that are not of this claim, without words: they take room for ever (D90)."""
    scope, found, factor = loan.scopes[one.no], set(), whole_factor(loan, scale)
    marked = _marked(case, cuts, scope)
    for first, until in spans:
        for day in (first, *marked[bisect_right(marked, first) : bisect_left(marked, until)]):
            balance = one.course.at(day)
            if not balance:
                continue
            around = scope
            if case.terms.watch.lines_by_day:
                around = day_scope(case, loan, scope, day, one.rate.value(one.rate.no(day)), balance * factor, scale)
            asked = case.rules.asked
            held = [line for line in choose_lines(case, around.of) if line.per_day]
            held = [line for line in held if all(evaluate(need.that, around.of) for need in asked[line.id])]
            if len(held) > 1:  # HIGHEST
                stretch = Run(
                    slice=one,
                    line=held[0],
                    others=tuple(held[1:]),
                    voucher=None,
                    year=None,
                    marks=[day, day + 1],
                    counted=[balance * factor],
                    rate_nos=[one.rate.no(day)],
                )
                found |= paid_by(case, loan, stretch, scale)
            else:
                found |= {line.id for line in held}
    return frozenset(found)


def _add_runs(case: Case, loan: Loan, one: Slice, scope: Scope, lines: tuple[Line, ...] | None, marks: list[int], scale: int) -> None:
    """The runs of a span of a slice; ``lines`` is None where they depend on the day."""
    balances = one.course.on_each(marks[:-1])
    if one.gap is not None:
        _check_gap(one.gap, marks, balances)
    factor = whole_factor(loan, scale)
    counted = balances if factor == 1 else [balance * factor for balance in balances]
    rate_days = one.rate.days
    rate_nos = [bisect_right(rate_days, day) - 1 for day in marks[:-1]]
    if lines is not None and not loan.vouchers and not case.rules.cuts_years and all(counted):
        if lines[0].per_day:
            loan.runs.append(
                Run(slice=one, line=lines[0], others=lines[1:], voucher=None, year=None, marks=marks, counted=counted, rate_nos=rate_nos)
            )
        return

    vouchers, heads = covering(loan, one) if loan.vouchers else [], list[Head | None]()
    begins = [voucher.first for voucher in vouchers]
    for day, balance, rate_no in zip(marks[:-1], counted, rate_nos, strict=True):
        held = lines
        if held is None and balance:
            held = lines_for(case, loan, day_scope(case, loan, scope, day, one.rate.value(rate_no), balance, scale))
        if balance and held and held[0].per_day:
            heads.append((_voucher_at(vouchers, begins, day), date.fromordinal(day).year if case.rules.cuts_years else None, held))
        else:
            heads.append(None)
    for head, numbers in groupby(range(len(heads)), heads.__getitem__):
        if head is not None:
            voucher, year, found = head
            first, *_ = every = list(numbers)
            until = every[-1] + 1
            run = Run(
                slice=one,
                line=found[0],
                others=found[1:],
                voucher=voucher,
                year=year,
                marks=marks[first : until + 1],
                counted=counted[first:until],
                rate_nos=rate_nos[first:until],
            )
            loan.runs.append(run)


def whole_factor(loan: Loan, scale: int) -> int:
    """By what balances in the contract's own currency are multiplied; the claim's scale makes it whole."""
    return loan.factor.numerator * (scale // loan.factor.denominator)


def _check_gap(gap: Gap, marks: Sequence[int], balances: Sequence[int]) -> None:
    """A planned balance that is not known is an error where it decides an amount (D18)."""
    known_until = gap[0].toordinal()
    if any(balance and until > known_until for until, balance in zip(marks[1:], balances, strict=True)):
        raise gap[1]


def _voucher_at(vouchers: Sequence[Voucher], begins: Sequence[int], day: int) -> Voucher | None:
    """The voucher that covers a day; those of a drawdown do not overlap, and ``begins`` are their first days, in order."""
    no = bisect_right(begins, day) - 1
    return vouchers[no] if no >= 0 and day < vouchers[no].until else None


def lines_for(case: Case, loan: Loan, scope: Scope) -> tuple[Line, ...]:
    """The lines whose requirements hold, for a day or for a whole contract: at most one, unless the table says HIGHEST."""
    holding = choose_lines(case, scope.of)
    if not holding:
        if "loan_type" in case.terms.reads:
            kind = loan.fact.loan_type
            value = case.word(Phrase(LOAN_TYPES.get(kind, kind), kind))
            case.refuse("LOAN_TYPE_EXCLUDED", None, loan.id, None, id=loan.id, value=value)
        else:
            case.refuse("NO_LINE_APPLIES", None, loan.id, None, id=loan.id)
    return tuple([line for line in holding if meets(case, line, scope.of, loan.id)])
