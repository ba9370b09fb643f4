"""What a line pays on each stretch of a run, and with HIGHEST which line pays it (D3-D5, D17, D32)."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby
from typing import Any

from app.calculators.claims.errors import FactsError, NotComputable
from app.calculators.expressions import nodes as ex
from app.calculators.loans.model import Loan, Run, day_scope
from app.calculators.quantities import calendar as days
from app.calculators.quantities.day_counts import DAY_COUNTS
from app.calculators.results.working import worked
from app.calculators.stages.context import Case
from app.calculators.stages.effective_rules import Price, price
from app.calculators.terms.model import Line, Unknown
from app.calculators.wording.working_text import numbers, symbols

Known = dict[tuple[Any, ...], Price]


def price_runs(case: Case, loan: Loan, scale: int) -> None:
    """The subsidised rate of each stretch, floored at zero (D17), and its day fraction (D3-D5)."""
    figures = case.rules.prices[case.language]
    known: Known = {}
    runs: list[Run] = []
    for run in loan.runs:
        figure = None if run.others else figures.get(run.line.id)
        if figure is None:
            runs += _parts_of(case, loan, run, scale, known)
        else:
            run.price = figure
            runs.append(run)
    for run in runs:
        run.days = days.lengths(DAY_COUNTS[case.terms.day_count].positions(run.marks, loan.anchors[run.slice.no]))
    loan.runs = runs


def _parts_of(case: Case, loan: Loan, run: Run, scale: int, known: Known) -> list[Run]:
    """The parts of a run that have one price each. With HIGHEST the line that pays most has each day, of equal ones the first."""
    best: list[tuple[Line, Price]] = []
    for no in range(len(run.counted)):
        offers = [(line, _rate(case, loan, line, run, no, scale, known)) for line in (run.line, *run.others)]
        best.append(max(offers, key=lambda offer: offer[1].rate))
    found, first = [], 0
    for (line, price_), same in groupby(best):
        until = first + len(list(same))
        found.append(run.part(first, until, line, price_))
        first = until
    return found


def paid_by(case: Case, loan: Loan, run: Run, scale: int) -> set[str]:
    """The ids of the lines that pay the stretches of a run; all that hold where a rate that decides between them is not known."""
    try:
        return {part.line.id for part in _parts_of(case, loan, run, scale, {})}
    except (ex.MissingFact, FactsError, NotComputable):  # on days that are not claimed nobody is asked for it
        return {line.id for line in (run.line, *run.others)}


def _rate(case: Case, loan: Loan, line: Line, run: Run, no: int, scale: int, known: Known) -> Price:
    """What a line pays on a stretch; worked out once for all stretches on which nothing that it reads differs."""
    figure = case.rules.prices[case.language].get(line.id)
    if figure is not None:
        return figure
    key: tuple[Any, ...] = (line.id, run.rate_nos[no])
    if run.slice.rate is not loan.rate:
        key = (*key, run.slice.no)
    if line.rate_moves:
        key = (*key, run.marks[no], run.counted[no], run.slice.no)
    elif line.rate_fixed:
        key = (line.id,)
    found = known.get(key)
    if found is None:
        found = known[key] = _work_out(case, loan, line, run, no, scale)
    return found


def _work_out(case: Case, loan: Loan, line: Line, run: Run, no: int, scale: int) -> Price:
    node, rate_no = line.rate, run.rate_nos[no]
    if node is None or isinstance(node, Unknown):
        raise not_loaded(line, f"/contracts/{loan.index}")
    rate = run.slice.rate.value(rate_no)
    if rate is None and run.slice.rate.days and "contract_rate" in ex.reads(node):
        raise run.slice.rate.missing[rate_no]
    scope = day_scope(case, loan, loan.scopes[run.slice.no], run.marks[no], rate, run.counted[no], scale)
    value = max(Fraction(0), Fraction(ex.evaluate(node, scope.of)))
    shown = numbers(worked(node, scope.of, case.terms.types, scope.pointer))
    return price(line, case.language, value, symbols(node, case.language, case.rules.spoken), shown)


def not_loaded(line: Line, pointer: str) -> NotComputable:
    """The error for a line whose figure was not published (D37)."""
    return NotComputable(
        "STANDARD_NOT_LOADED",
        f"{line.title} 的标准未公布或未载入",
        f"the standard of {line.id} was not published or not loaded",
        pointer,
    )
