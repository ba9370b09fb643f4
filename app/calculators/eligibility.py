"""Who may apply: requirements on the applicant, and support that was given already (D43-D45)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from app.calculators import expressions as ex
from app.calculators.caps import Grant
from app.calculators.items import Case, ItemWork, refuse_requirement
from app.calculators.terms import Requirement


def check_applicant(case: Case, grants: Sequence[Grant]) -> None:
    """Requirements that read only the applicant, and one direction per year. Not met refuses the claim."""
    for one in _requirements(case):
        if one.level == "APPLICANT" and not one.totals and not ex.evaluate(one.that, case.applicant.of):
            refuse_requirement(case, one.code, one.clause, one.message or one.text, None)
    stackings = [case.terms.stacking, *(overlay.terms.stacking for overlay in case.overlays)]
    higher = any(one.higher_of for one in stackings)
    same_year = [one for one in grants if one.year == case.year and one.table.startswith(case.table.fund + "-") and one.amount]
    if higher:
        for grant in same_year:
            grant.topped_up = True
    if case.terms.stacking.exempt_direction:
        return
    for stacking in stackings:
        others = [one for one in same_year if one.table != case.table.id]
        if stacking.single_direction is None or not others or higher:
            continue
        if stacking.exempt is not None and ex.evaluate(stacking.exempt, case.applicant.of):
            continue
        case.refuse("ALREADY_SUPPORTED_THIS_YEAR", stacking.single_direction, table=others[0].table)


def _requirements(case: Case) -> list[Requirement]:
    return [*case.terms.require, *(one for overlay in case.overlays for one in overlay.terms.require)]


def check_totals(case: Case, works: Sequence[ItemWork]) -> None:
    """Requirements on totals of the computed base, exact, before shares and caps (D35)."""
    for one in _requirements(case):
        if one.totals and not ex.evaluate(one.that, _totals(case, works)):
            refuse_requirement(case, one.code, one.clause, one.message or one.text, None)
    for line in case.terms.lines:
        for one in line.require:
            if not one.totals:
                continue
            for item in works:
                mine = [atom for atom in item.atoms if atom.line.id == line.id]
                if mine and not ex.evaluate(one.that, _totals(case, [item], case_works=works)):
                    refuse_requirement(case, one.code, one.clause, one.message or one.text, item.id)
                    item.atoms = [atom for atom in item.atoms if atom.line.id != line.id]


def _totals(case: Case, works: Sequence[ItemWork], case_works: Sequence[ItemWork] | None = None) -> ex.Lookup:
    """Answers ``total(name)`` over the claim, ``interest`` of the items, and the facts of a single item."""

    def of(key: str | tuple[str, ...]) -> Any:
        if key == "interest":
            return _interest(works)
        if isinstance(key, tuple) and key[0] == "total":
            everything = case_works if case_works is not None else works
            if key[1] == "interest":
                return _interest(everything)
            return sum((Fraction(item.scope.of(key[1])) for item in everything), Fraction(0))
        scope = works[0].scope if len(works) == 1 else case.applicant
        return scope.of(key)

    return of


def _interest(works: Sequence[ItemWork]) -> Fraction:
    return sum((one.interest or Fraction(0) for one in works), Fraction(0)) * Fraction(1, 100)
