"""Nothing that happens after the application earns (D75): dates of items, payments of projects, days of loans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise

from app.calculators.loans.model import Loan, Run
from app.calculators.quantities import calendar as days
from app.calculators.quantities import money
from app.calculators.quantities.day_counts import DAY_COUNTS
from app.calculators.stages.context import Case, ItemId, ItemWork
from app.calculators.stages.scope import Scope
from app.calculators.wording.phrases import title

_COMPLETION = "completed_on"  # a project may be paid before it is complete: that only warns


def happens_later(case: Case, scope: Scope, item: ItemId) -> bool:
    """Whether an event of an item lies after the application; then there is a reason. The day itself counts."""
    late = [_is_later(case, scope, item, name) for name in case.rules.events]  # each has its reason
    return any(late)


def _is_later(case: Case, scope: Scope, item: ItemId, name: str) -> bool:
    day, on = scope.given(name), case.claim.application_date
    if day is None or day <= on:
        return False
    what = case.word(title(name, case.rules.spoken))
    case.refuse("AFTER_APPLICATION", None, item, None, id=item, what=what, given=day, on=on)
    return True


def signed_later(case: Case, loan: Loan) -> bool:
    """Whether a contract for which a line pays once was signed after the application only; then there is a reason."""
    return _is_later(case, loan.scope, loan.id, "signed_on")


def completed_later(case: Case, one: ItemWork) -> None:
    """A project that is complete only after its application counts, with a warning; a window that forbids it has refused it."""
    day = one.scope.given(_COMPLETION)
    if one.atoms and day is not None and day > case.claim.application_date:
        what = case.word(title(_COMPLETION, case.rules.spoken))
        case.warn("DATED_AFTER_APPLICATION", f"{one.scope.pointer}/{_COMPLETION}", id=one.id, what=what, number=1, first=day)


def paid_later(case: Case, one: ItemWork, payments: Sequence[tuple[str, date]]) -> None:
    """Payments of a project, admitted although they are dated after the application: one warning, at the first of them."""
    if payments:
        pointer, first = payments[0]
        case.warn(
            "DATED_AFTER_APPLICATION", pointer, id=one.id, what=case.say("PAID_ON"), number=len(payments), first=first
        )


def days_later(case: Case, loan: Loan) -> None:
    """Days of a loan that count although they lie on or after the application (D13): how many, and what they earn."""
    reach = case.claim.application_date.toordinal()
    later = [run for run in loan.runs if run.marks[-1] > reach]
    if not later:
        return
    periods: list[tuple[int, int]] = []
    earned: list[tuple[int, int]] = []
    for run in later:
        for no, first, until in _stretches(run, reach):
            periods.append((first, until))
            part = _part(case, loan, run, no, first)
            earned.append((run.amounts[no] * part.numerator, run.amounts_of * part.denominator))
    if periods:
        amount = money.yuan(money.round_half_up(money.total(earned)))
        case.warn("DAYS_AFTER_APPLICATION", f"/contracts/{loan.index}", id=loan.id, number=days.number(periods), amount=amount)


def _stretches(run: Run, reach: int) -> Iterator[tuple[int, int, int]]:
    """The stretches with a balance that reach past a day: number, first day from then on, end."""
    for no, (first, until) in enumerate(pairwise(run.marks)):
        if until > reach and run.counted[no]:
            yield no, max(first, reach), until


def _part(case: Case, loan: Loan, run: Run, no: int, first: int) -> Fraction:
    """The part of what a stretch earns that falls on its days from ``first`` on; balance and rates are the same on all of them."""
    start, until = run.marks[no], run.marks[no + 1]
    if first == start:
        return Fraction(1)
    if run.line.shares_interest:
        kind, anchor = run.slice.day_count, run.slice.on if run.voucher is None else run.voucher.first
    else:
        kind, anchor = case.terms.day_count, loan.anchors[run.slice.no]
    before, after = days.lengths(DAY_COUNTS[kind].positions([start, first, until], anchor))
    if not before + after:  # a 31st alone has no length in months: by days
        before, after = first - start, until - first
    return Fraction(after, before + after)
