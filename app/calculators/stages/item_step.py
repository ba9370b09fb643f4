"""The step that explains an item under a line, and how its amount is rounded."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from app.calculators.bilingual import Phrase
from app.calculators.expressions import nodes as ex
from app.calculators.quantities import money
from app.calculators.results.working import Money, Number, Operation, Rounding, Said, Symbols, Words, WorkedStep
from app.calculators.stages.context import Case, ItemId
from app.calculators.terms.model import Line

SUBSIDY = frozenset({"FORMULA_POINTS", "FORMULA_SHARE"})  # formulas of interest subsidies


def rounding_of(case: Case, line: Line) -> Rounding:
    """How an item of a line is rounded: DOWN under a ceiling, half up under an exact clause (D47)."""
    return Rounding(case.terms.rounding.mode or ("DOWN" if line.wording == "CEILING" else "HALF_UP"), 1)


def rounded(case: Case, line: Line, exact: Fraction) -> int:
    """The item's amount in fen."""
    return money.round_to(exact, 1, rounding_of(case, line).mode)


def item_step(
    case: Case, item: ItemId, line: Line, *, formula: str | Sequence[ex.Node], working: Operation, exact: Fraction, year: int | None = None
) -> WorkedStep:
    """The one step that explains an item under a line: ``exact`` fen, by a formula of the texts or the table's own factors."""
    subsidy = isinstance(formula, str) and formula in SUBSIDY
    name = Said("STEP_SUBSIDY" if subsidy else "STEP_ITEM", {"id": item, "line": Phrase(line.title, line.id)})
    total_scope = case.terms.rounding.scope == "TOTAL"
    return WorkedStep(
        id=f"item:{item}:{line.id}" + (f":{year}" if year is not None else ""),
        label=name if year is None else Words((name, year)),
        formula=Said(formula, {}) if isinstance(formula, str) else Symbols(formula),
        working=working,
        value=Number(exact * Fraction(1, 100)) if total_scope else Money(rounded(case, line, exact)),
        clause=line.clause,
        rounding=None if total_scope else rounding_of(case, line),
        item_id=item.text,
        lender=item.lender,
    )
