"""The one road that all four methods take, read like a notice: who may apply, what counts, at which rate,
up to which limits, paid how — and why.

``assess`` is a pure function of claim, table and reference series: no clock, no store, no randomness.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from app.calculators.claims.errors import FactsError, Fault
from app.calculators.claims.model import Claim
from app.calculators.expressions import nodes as ex
from app.calculators.methods import insurance, loan_interest
from app.calculators.methods import items as award
from app.calculators.methods import projects as grant
from app.calculators.methods.missing_facts import every_fault
from app.calculators.quantities import money
from app.calculators.quantities.amount_in_words import in_words
from app.calculators.results.messages import Language, say
from app.calculators.results.model import CapResult, Engine, ItemResult, Provenance, Result, SeriesProvenance, Warning_
from app.calculators.results.working import NOTHING, Amount, Difference, Least, Money, Most, Said, StepValue, WorkedStep, numbered
from app.calculators.stages.applicants import kind_faults, uscc_faults
from app.calculators.stages.cap_accounts import contract_name, shared_numbers
from app.calculators.stages.caps import apply_cap, lower, together, whole
from app.calculators.stages.claim_ids import doubt_spellings
from app.calculators.stages.codes import check_grants, check_statuses, doubt_grants, doubt_policy_codes, doubt_statuses, doubt_uscc
from app.calculators.stages.consistency import check_claim
from app.calculators.stages.context import NO_ITEM, Account, Atom, Case, ItemWork
from app.calculators.stages.earlier_grants import Grant, grants_of, place_grants, programme_year
from app.calculators.stages.effective_rules import rules_of
from app.calculators.stages.eligibility import check_applicant, check_totals
from app.calculators.stages.insured_units import doubt_first_insured, doubt_launches
from app.calculators.stages.likely_slips import doubt_amounts, doubt_periods
from app.calculators.stages.payout import pay, recovery
from app.calculators.stages.reference_rates import References
from app.calculators.stages.rounding import before_caps, round_items, say_why_nothing, spread_segments, to_unit, total_of
from app.calculators.stages.scope import REQUIRED, applicant_scope, fact_required
from app.calculators.stages.unread_facts import warn_unread
from app.calculators.stages.windows import check_application
from app.calculators.terms.code_lists import CONFIDENCES, SUPPORT_METHODS
from app.calculators.terms.model import RateTable, ReferenceSeries
from app.calculators.wording.labels import say_word
from app.calculators.wording.working_text import amount_text, steps_in_words

ENGINE_VERSION = "1.1.0"

_WORK = {"CONTRACTS": loan_interest.work, "POLICIES": insurance.work, "ITEMS": award.work, "PROJECTS": grant.work}


class Assessed(NamedTuple):
    """An answer in words, and its working as data: what other renderers than the answer's own are made from."""

    result: Result
    working: list[WorkedStep]


def assess(
    claim: Claim,
    table: RateTable,
    series: Mapping[str, ReferenceSeries],
    *,
    endpoint_method: str,
    language: Language = "zh",
    known_at: str = "",
    calculation_id: str = "",
) -> Result:
    """How much the facts earn under the table, and why, in words.

    Errors: FactsError where the facts contradict each other or lack what the table reads; NotComputable
    where what was published does not decide the amount.
    """
    return assess_with_working(
        claim, table, series, endpoint_method=endpoint_method, language=language, known_at=known_at, calculation_id=calculation_id
    ).result


def assess_with_working(
    claim: Claim,
    table: RateTable,
    series: Mapping[str, ReferenceSeries],
    *,
    endpoint_method: str,
    language: Language = "zh",
    known_at: str = "",
    calculation_id: str = "",
) -> Assessed:
    """The same, with the working as data. Errors: as ``assess``."""
    _right_method(table, endpoint_method)
    faults = kind_faults(claim, table.terms) + uscc_faults(claim, table.terms) + check_claim(claim, table.terms)
    if any(fault.code != REQUIRED for fault in faults):
        raise FactsError(faults)
    case = _case(claim, table, series, language, faults)
    if faults:
        raise FactsError(every_fault(case, faults))
    try:
        works, caps, total = _calculate(case)
    except ex.MissingFact as missing:
        raised = [fact_required(missing, case.rules.spoken)]
        raise FactsError(every_fault(case, raised)) from missing
    except FactsError as error:
        raise FactsError(every_fault(case, error.faults)) from error
    doubt_amounts(case, works)
    return _answer(case, works, caps, total, known_at, calculation_id)


def _right_method(table: RateTable, endpoint_method: str) -> None:
    method = SUPPORT_METHODS[table.method]
    if method.calculated_as != endpoint_method:
        raise FactsError(
            [
                Fault(
                    "/rate_table",
                    "WRONG_METHOD",
                    f"此标准表的支持方式是{method.title.zh}（{table.method}），请用相应的接口",
                    f"this table's support method is {table.method}, {method.title.en}; use its endpoint",
                )
            ]
        )


def _case(claim: Claim, table: RateTable, series: Mapping[str, ReferenceSeries], language: Language, faults: list[Fault]) -> Case:
    rules = rules_of(table, claim.application_date)
    references = References(series)
    year = table.year or programme_year(table.id, claim.application_date.year)
    faults += check_grants(claim, table, rules)
    faults += check_statuses(claim, rules)
    applicant = applicant_scope(claim, rules.measures["APPLICANT"], references, year, faults)
    doubts, left_open = list(rules.doubts[language]), list(rules.open[language])
    say_it = partial(say, language)
    case = Case(
        claim=claim,
        rules=rules,
        table=table,
        terms=table.terms,
        references=references,
        applicant=applicant,
        year=year,
        language=language,
        say=say_it,
        warnings=doubts,
        open=left_open,
    )
    case.shared_numbers = shared_numbers(claim)
    if claim.claim_period is not None and table.terms.facts != "CONTRACTS":
        case.warn("CLAIM_PERIOD_IGNORED", "/claim_period")
    doubt_periods(case)
    doubt_statuses(case)
    warn_unread(case)
    doubt_policy_codes(case)
    doubt_launches(case)
    doubt_first_insured(case)
    doubt_uscc(case)
    doubt_grants(case)
    doubt_spellings(case)
    return case


def _calculate(case: Case) -> tuple[list[ItemWork], list[CapResult], int]:
    """Items with their final amounts, the caps in order, and the total in fen."""
    check_application(case)
    grants = grants_of(case)
    check_applicant(case, grants)
    if grants:
        place_grants(case, grants)
    works = _WORK[str(case.terms.facts)](case)
    if case.rules.asks_totals:
        check_totals(case, works)
    refused = any(reason.item_id is None for reason in case.reasons)
    if refused:
        for one in works:
            one.atoms, one.steps = [], []
            one.segments = [] if one.segments is not None else None
        return works, [], 0
    atoms = [atom for one in works for atom in one.atoms]
    round_items(case, works)
    before_caps(case, works, atoms)
    spread_segments(case, works)
    caps, steps = _cap(case, works, atoms, grants)
    due = total_of(case, works, atoms, steps)
    if grants:
        due = _top_up(case, atoms, grants, due, steps)
    total = int(due) if case.terms.rounding.unit == 1 else to_unit(case, atoms, due, steps)
    works[-1].steps.extend(steps)
    works[0].steps[:0] = case.balance_steps  # balances are bounded before anything is earned on them
    if not any(atom.exact for atom in atoms):
        case.refuse("NO_EARNING_ITEM", None)
    say_why_nothing(case, works)
    return works, case.balance_caps + caps, total


# --- caps -----------------------------------------------------------------------------------------


def _cap(case: Case, works: Sequence[ItemWork], atoms: list[Atom], grants: Sequence[Grant]) -> tuple[list[CapResult], list[WorkedStep]]:
    results, steps = _interest_bound(case, works)
    deducted = case.terms.stacking.offset is None and not any(one.other_funding for one in works)  # nothing to deduct
    for cap in case.rules.caps:
        if cap.bounds != "AMOUNT":
            continue
        if not deducted and _wider_than_project(cap.per, cap.lines):
            steps += _other_funding(case, works)
            deducted = True
        apply_cap(case, cap, atoms, grants, results, steps)
    if not deducted:
        steps += _other_funding(case, works)
    if case.faults:
        raise FactsError(case.faults)
    return results, steps


def _wider_than_project(per: Sequence[str], lines: frozenset[str] | None) -> bool:
    if not per:
        return lines is None
    return all(part == "LENDER" for part in per)


def _interest_bound(case: Case, works: Sequence[ItemWork]) -> tuple[list[CapResult], list[WorkedStep]]:
    """A contract's subsidy never exceeds the interest of its counted days (D30), in every table."""
    results: list[CapResult] = []
    steps: list[WorkedStep] = []
    for one in works:
        if one.interest is None or not one.atoms:
            continue
        limit = money.round_down(one.interest)
        before = sum([atom.amount for atom in one.atoms])
        after = min(before, limit)
        step = WorkedStep(
            id=f"cap:CONTRACT_INTEREST:{one.id}",
            label=Said("STEP_INTEREST_CAP", {"id": one.id}),
            formula=Said("FORMULA_INTEREST_CAP", {}),
            working=Least([Money(before, together(one.atoms)), Money(limit)]),
            value=Money(after),
            clause=Said("CLAUSE_INTEREST", {}),
            item_id=one.id.text,
            lender=one.id.lender,
        )
        if before > limit:
            lower(one.atoms, limit, StepValue(step), exact=case.terms.rounding.scope == "TOTAL")
            case.spend(one.atoms, "LESS_THAN_A_FEN" if one.interest else "NO_INTEREST", None)
        case.accounts.append(Account(one.atoms, limit))
        clause = case.say("CLAUSE_INTEREST")
        (fen_before, exact_before), (fen_after, exact_after) = whole(case, before), whole(case, after)
        most, margin = money.yuan(limit), money.yuan(limit - money.fen(fen_after))
        shown = contract_name(case, one.id)
        result = CapResult(
            scope="CONTRACT_INTEREST",
            key=shown,
            limit=most,
            granted="0.00",
            before=fen_before,
            after=fen_after,
            binding=before > limit,
            margin=margin,
            clause=clause,
        )
        result.before_exact, result.after_exact = exact_before, exact_after
        results.append(result)
        steps.append(step)
    return results, steps


def _other_funding(case: Case, works: Sequence[ItemWork]) -> list[WorkedStep]:
    """Other money for the same thing comes off the amount, after the item's own caps (D53)."""
    steps = []
    exact = case.terms.rounding.scope == "TOTAL"
    for one in works:
        for less, clause in _deductions(case, one) if one.atoms else ():
            before = sum((atom.amount for atom in one.atoms), 0)
            after = max(0, before - less)
            step = WorkedStep(
                id=f"other:{one.id}",
                label=Said("STEP_OTHER_FUNDING", {"id": one.id}),
                formula=Said("FORMULA_OTHER", {}),
                working=Most([NOTHING, Difference(Money(before, together(one.atoms)), Money(less))]),
                value=Money(after),
                clause=clause,
                item_id=one.id.text,
                lender=one.id.lender,
            )
            lower(one.atoms, after, StepValue(step), exact=exact)
            case.spend(one.atoms, "OTHER_FUNDING_COVERS", clause)
            steps.append(step)
    return steps


def _deductions(case: Case, one: ItemWork) -> list[tuple[int, str | None]]:
    """What comes off an item, in fen: a project's other fiscal money, and what the table's offset names (rounded up)."""
    found: list[tuple[int, str | None]] = [(one.other_funding, None)]
    if case.terms.stacking.offset is not None:
        node, clause = case.terms.stacking.offset
        found.append((-money.round_down(-100 * Fraction(ex.evaluate(node, one.scope.of))), clause))
    return [(less, clause) for less, clause in found if less > 0]


# --- top-up ---------------------------------------------------------------------------------------


def _top_up(case: Case, atoms: list[Atom], grants: Sequence[Grant], total: Amount, steps: list[WorkedStep]) -> Amount:
    """The higher of old and new, paid as a difference (孰高兑付、差额补齐, D44)."""
    clause = next((one.higher_of for one in case.rules.stackings if one.higher_of), None)
    topped = sum([one.amount for one in grants if one.topped_up])
    if clause is None or not topped:
        return total
    payable = max(0, total - topped)
    case.spend(atoms, "LESS_THAN_A_FEN", None)  # what there is nothing of without the top-up
    step = WorkedStep(
        id="top_up",
        label=Said("STEP_TOP_UP", {}),
        formula=Said("FORMULA_TOP_UP", {}),
        working=Most([NOTHING, Difference(Money(total, StepValue(steps[-1])), Money(topped))]),
        value=Money(payable),
        clause=clause,
    )
    lower(atoms, payable, StepValue(step), exact=False)
    case.spend(atoms, "LESS_THAN_A_FEN" if payable else "NOTHING_TO_TOP_UP", None)
    if not payable and total:
        case.refuse("NOTHING_TO_TOP_UP", clause, NO_ITEM)
    steps.append(step)
    return payable


# --- answer ----------------------------------------------------------------------------------------


def _answer(case: Case, works: Sequence[ItemWork], caps: list[CapResult], total: int, known_at: str, calculation_id: str) -> Assessed:
    refused = any(reason.item_id is None for reason in case.reasons)
    items, checked = [], 0
    for one in works:
        amount = sum([int(atom.amount) for atom in one.atoms])
        checked += amount
        if one.accepted:
            one.steps += recovery(one, amount)
        items.append(
            ItemResult(
                id=one.id.text,
                amount_before_caps=amount_text(one.before),
                amount=money.yuan(amount),
                lines=sorted({atom.line.id for atom in one.atoms}),
                segments=one.segments,
                interest_basis=one.interest_basis,
                reconciliation=one.reconciliation,
                recovery=money.yuan(max(0, one.paid_instalments - amount)) if one.accepted else None,
                lender=one.id.lender,
            )
        )
    assert checked == total, "items add up to the total"
    ceiling = any(atom.line.wording == "CEILING" for one in works for atom in one.atoms if atom.exact) or (case.lacks_cap and not refused)
    steps = works[0].steps if len(works) == 1 else [step for one in works for step in one.steps]
    numbered(steps)
    for reason in case.reasons:
        reason.item_id = reason.item_id or None
    result = Result(
        calculation_id=calculation_id,
        request_no=case.claim.request_no,
        known_at=known_at,
        status="NOT_ELIGIBLE" if refused else "ELIGIBLE",
        currency="CNY",
        amount=money.yuan(total),
        amount_in_words=in_words(total),
        amount_kind="MAXIMUM" if ceiling else "EXACT",
        digital_rmb_account=case.claim.applicant.digital_rmb_account,
        reasons=case.reasons,
        items=items,
        caps=caps,
        steps=steps_in_words(steps, case.language, case.rules.spoken),
        warnings=_warnings(case),
        not_decided_here=case.open,
        payout=[] if refused else pay(case, works, total),
        provenance=_provenance(case),
    )
    return Assessed(result, steps)


def _warnings(case: Case) -> list[Warning_]:
    for name, rows in sorted(case.references.used.items()):
        series = case.references.series[name]
        if not series.doubtful.isdisjoint(rows):
            for row in sorted(series.doubtful & rows):
                case.warn(
                    "REFERENCE_RATE_CONFIDENCE",
                    None,
                    series=name,
                    day=date.fromordinal(series.days[row]),
                    confidence=say_word(CONFIDENCES, series.confidences[row], case.language),
                )
    return case.warnings


def _provenance(case: Case) -> Provenance:
    series = case.references.series
    used = [SeriesProvenance(name, series[name].version, series[name].digest) for name in sorted(case.references.used)]
    return Provenance(case.rules.provenance, used, Engine(ENGINE_VERSION))
