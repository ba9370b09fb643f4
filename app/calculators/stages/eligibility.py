"""Who may apply: requirements on the applicant, and support that was given already (D43-D45)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from app.calculators.claims.spelling import normal
from app.calculators.expressions import nodes as ex
from app.calculators.quantities import money
from app.calculators.stages.context import Case, ItemWork, refuse_requirement
from app.calculators.stages.earlier_grants import Grant
from app.calculators.stages.scope import Scope
from app.calculators.terms.builtins import FACT_LIST
from app.calculators.terms.code_lists import AUTHORITIES
from app.calculators.wording.labels import say_word

IN_PRINCIPLE = "原则上"  # a rule in whose clause this stands leaves the decision to the authority (D102)


def check_applicant(case: Case, grants: Sequence[Grant]) -> None:
    """Requirements that read only the applicant, and one direction per year. Not met refuses the claim."""
    for one in case.rules.of_applicant:
        if not ex.evaluate(one.that, case.applicant.of):
            refuse_requirement(case, one, None)
    if not grants:
        return
    others = other_directions(case, grants)
    for stacking in case.rules.stackings if others else ():
        if stacking.single_direction is None:
            continue
        if stacking.exempt is not None and ex.evaluate(stacking.exempt, case.applicant.of):
            continue
        first, clause = others[0], stacking.single_direction
        if IN_PRINCIPLE in clause:
            case.warn("SINGLE_DIRECTION_IN_PRINCIPLE", first.pointer, table=first.table, clause=clause)
            case.leave_open(clause, "OPEN_SINGLE_DIRECTION", table=first.table)
            if stacking.direction_authority is not None:
                authority = say_word(AUTHORITIES, stacking.direction_authority, case.language)
                case.warn("CLAUSE_AUTHORITY", first.pointer, authority=authority, clause=clause)
            continue
        if case.topped:  # the higher of old and new is due, so that the old does not bar (D44)
            continue
        case.refuse("ALREADY_SUPPORTED_THIS_YEAR", clause, table=first.table)


def other_directions(case: Case, grants: Sequence[Grant]) -> list[Grant]:
    """The grants of other directions in the year, which bar a claim or warn (D43, D102); marks those that it tops up (D44)."""
    same_year = [one for one in grants if one.year == case.year and one.table.startswith(case.table.fund + "-") and one.amount]
    if any(one.higher_of for one in case.rules.stackings):
        for grant in _set_off(case, same_year):
            grant.topped_up = case.topped = True
        if not any(IN_PRINCIPLE in (one.single_direction or "") for one in case.rules.stackings):
            return []
    if case.terms.stacking.exempt_direction:
        return []
    return [one for one in same_year if one.table != case.table.id and not _stands_apart(case, one)]


def _stands_apart(case: Case, grant: Grant) -> bool:
    """Whether a grant is of a direction that neither bars another nor is topped up, by its own table or by a clause of this one."""
    return grant.table in case.table.fund_exempt or any(grant.table in one.exempt_tables for one in case.rules.stackings)


def _set_off(case: Case, same_year: Sequence[Grant]) -> list[Grant]:
    """The grants that the new amount is compared with: all of fund and year, whichever their project (D98).

    Exempt directions stand apart. Where the clause speaks of the same project, so does a grant that names another one.
    """
    found = [one for one in same_year if one.table == case.table.id or not _stands_apart(case, one)]
    if not all(one.same_project for one in case.rules.stackings if one.higher_of):
        return found
    facts = getattr(case.claim, FACT_LIST[str(case.terms.facts)]) or ()
    mine = {normal(one.project_id) for one in facts if one.project_id is not None}
    return [one for one in found if "project_id" not in one.keys or normal(one.keys["project_id"]) in mine]


def check_totals(case: Case, works: Sequence[ItemWork]) -> None:
    """Requirements on totals of the whole claim, exact, before shares and caps (D35): not met refuses it."""
    added: dict[str, Fraction] = {}  # no total changes meanwhile, and each is asked for every item
    for one in case.rules.of_claim:
        if not ex.evaluate(one.that, totals(case.applicant, None, works, added)):
            refuse_requirement(case, one, None)
    for line in case.terms.lines:
        for one in line.require:
            for item in works if one.of_claim else ():
                mine = any(atom.line.id == line.id for atom in item.atoms)
                if mine and not ex.evaluate(one.that, totals(item.scope, item, works, added)):
                    refuse_requirement(case, one, item.id)
                    item.atoms = [atom for atom in item.atoms if atom.line.id != line.id]


def totals(scope: Scope, item: ItemWork | None, works: Sequence[ItemWork], added: dict[str, Fraction]) -> ex.Lookup:
    """Answers ``total(name)`` over the claim, ``interest`` of one item (before caps), and the facts of the scope.

    ``added`` remembers totals, for one claim.
    """

    def of(key: str | tuple[str, ...]) -> Any:
        if key == "interest" and item is not None:
            return item.totals.get("interest", Fraction(0))
        if isinstance(key, tuple) and key[0] == "total":
            if key[1] not in added:
                added[key[1]] = _added(works, key[1])
            return added[key[1]]
        return scope.of(key)

    return of


def _added(works: Sequence[ItemWork], name: str) -> Fraction:
    parts = [one.totals.get("interest", Fraction(0)) if name == "interest" else Fraction(one.scope.of(name)) for one in works]
    return money.total((part.numerator, part.denominator) for part in parts)
