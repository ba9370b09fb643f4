"""Awards and grants on investment projects: what is admitted, less other fiscal money (DOMAIN §6)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from app.calculators.bilingual import Phrase
from app.calculators.claims.errors import FactsError, Fault
from app.calculators.claims.model import Investment, Project
from app.calculators.expressions import nodes as ex
from app.calculators.methods.after_application import completed_later, paid_later
from app.calculators.methods.items import money_fen, price_item
from app.calculators.results.working import Least, Money, Operation, Part, Product, Said, Sum, Words, WorkedStep
from app.calculators.stages.codes import check_category, code_fault
from app.calculators.stages.context import Case, ItemId, ItemWork
from app.calculators.stages.scope import REQUIRED, Answer, Scope, fact_required, read_measures, yuan_of, yuan_value
from app.calculators.stages.windows import bounds, contains, warn_if_narrow
from app.calculators.terms import builtins as nm
from app.calculators.wording.nearest_names import MOST_NEAR


def work(case: Case) -> list[ItemWork]:
    """One ItemWork for each project, in order of its id. Errors: FactsError, NotComputable."""
    faults: list[Fault] = []
    works = []
    for index, project in sorted(enumerate(case.claim.projects or ()), key=lambda pair: pair[1].project_id):
        scope = project_scope(case, project, index, faults)
        one = ItemWork(ItemId(project.project_id), index, scope, project_id=project.project_id)
        one.paid_instalments = money_fen(project.paid_instalments)
        one.accepted = project.accepted_investment is not None
        if case.rules.other_funding == "FROM_AMOUNT":
            one.other_funding = money_fen(project.other_fiscal_funding)
        works.append(one)
    if faults:
        raise FactsError(faults)
    late: dict[int, list[tuple[str, date]]] = {}
    for one in works:
        project = (case.claim.projects or ())[one.index]
        late[one.index] = admit(case, one, project, faults)
    if faults:
        raise FactsError(faults)
    for one in works:
        project = (case.claim.projects or ())[one.index]
        if case.rules.other_funding == "FROM_BASE":
            # Thresholds test the investment itself; only the base is taken less other money (D53).
            whole = one.scope.of("admitted")
            less = max(Fraction(0), whole - one.scope.of("other_fiscal_funding"))
            lowered = None if one.scope.answer is None else _lowered(one.scope.answer, less, whole)
            one.base_scope = Scope({"admitted": less}, one.scope.pointer, one.scope, lowered)
        paid_later(case, one, late[one.index])
        price_item(case, one, {"project_id": project.project_id, "category": project.category})
        completed_later(case, one)
    return works


def project_scope(case: Case, project: Project, index: int, faults: list[Fault]) -> Scope:
    pointer = f"/projects/{index}"
    values: dict[str, Any] = read_measures(project.measures, case.rules.measures["PROJECT"], pointer, faults)
    for name, fact in nm.BUILT_IN["PROJECTS"].items():
        if hasattr(project, name):
            value = getattr(project, name)
            values[name] = yuan_value(value) if fact.type == ex.MONEY else value
    if project.other_fiscal_funding is None and case.rules.reads_other_funding:
        case.warn("OTHER_FUNDING_NOT_STATED", f"{pointer}/other_fiscal_funding", id=project.project_id)
        values["other_fiscal_funding"] = Fraction(0)
    values["accepted"] = yuan_value(project.accepted_investment)
    faults += check_category(project.category, f"{pointer}/category", case.terms)
    return Scope(values, pointer, case.applicant)


def admit(case: Case, one: ItemWork, project: Project, faults: list[Fault]) -> list[tuple[str, date]]:
    """The investment that counts: category, window, related party, VAT; after acceptance at most what was accepted (D55).

    Answers where and when payments that count are dated after the application.
    """
    parts: dict[str, list[Fraction]] = {}
    late: list[tuple[str, date]] = []
    for no, part in enumerate(project.investments):
        amount = _admitted_part(case, one.scope, part, f"{one.scope.pointer}/investments/{no}", faults)
        if amount:
            parts.setdefault(part.category, []).append(amount)
            if part.paid_on is not None and part.paid_on > case.claim.application_date:
                late.append((f"{one.scope.pointer}/investments/{no}/paid_on", part.paid_on))
    working: Operation = Sum([Money(amount * 100) for amounts in parts.values() for amount in amounts])
    sums = {category: sum(amounts, Fraction(0)) for category, amounts in parts.items()}
    whole = total = sum(sums.values(), Fraction(0))
    if project.accepted_investment is not None:
        accepted = Fraction(project.accepted_investment)
        working = Least([working, Money(accepted * 100)])
        total = min(total, accepted)
    one.scope.values["admitted"] = total
    one.scope.answer = _lowered(lambda key: sums.get(key[1], Fraction(0)), total, whole)
    if "admitted" in case.terms.reads:
        one.steps.append(_step(case, one, "", working, total))
    for category in sorted(case.terms.categories):
        working = Sum([Money(amount * 100) for amount in parts.get(category, ())])
        if total != whole:
            share = total * (1 / whole)
            working = Product([working, Part(share.numerator, share.denominator)])
        one.steps.append(_step(case, one, category, working, one.scope.of(("admitted", category))))
    return late


def _step(case: Case, one: ItemWork, category: str, working: Operation, value: Fraction) -> WorkedStep:
    name, what = Said("STEP_ADMITTED", {"id": one.id}), Phrase(nm.INVESTMENT_CATEGORIES.get(category, category), category)
    return WorkedStep(
        id=f"admitted:{one.id}" + (f":{category}" if category else ""),
        label=Words((name, what)) if category else name,
        formula=Said("FORMULA_ADMITTED", {}),
        working=working,
        value=Money(value * 100),
        clause=case.terms.admit.clause if case.terms.admit else None,
        item_id=one.id.text,
    )


def _lowered(inner: Answer, total: Fraction, whole: Fraction) -> Answer:
    """``admitted(CATEGORY)``, lowered in proportion where the whole is, so that the parts still add up to it."""
    share = total * (1 / whole) if whole else Fraction(0)
    return lambda key: inner(key) * share if key[0] == "admitted" else None


def _admitted_part(case: Case, project: Scope, part: Investment, pointer: str, faults: list[Fault]) -> Fraction:
    admit, window = case.terms.admit, case.terms.windows.get("investment")
    amount, vat = yuan_of(part.amount), yuan_value(part.vat)
    admitted = admit.categories if admit is not None and isinstance(admit.categories, frozenset) else frozenset()
    if part.category not in nm.INVESTMENT_CATEGORIES and part.category not in admitted:
        known = dict.fromkeys(sorted(admitted), "") | nm.INVESTMENT_CATEGORIES
        what, near = Phrase("投资类别", "category of investment"), len(faults) < MOST_NEAR
        faults.append(code_fault(part.category, known, f"{pointer}/category", what, near=near))
        return Fraction(0)
    if vat is not None and vat > amount:
        faults.append(Fault(f"{pointer}/vat", "PART_ABOVE_WHOLE", "增值税大于金额", "VAT exceeds the amount"))
    measures = read_measures(part.measures, case.rules.measures["INVESTMENT"], pointer, faults)
    if window is not None and bounds(window, case.claim.application_date) != (None, None):
        if part.paid_on is None:
            faults.append(_required(f"{pointer}/paid_on", "付款日", "paid_on"))
        elif not contains(window, part.paid_on, case.claim.application_date):
            warn_if_narrow(case, window, part.paid_on, str(project.of("project_id")), f"{pointer}/paid_on")
            return Fraction(0)
    if admit is None:
        return amount
    if isinstance(admit.categories, frozenset) and part.category not in admit.categories:
        return Fraction(0)
    if admit.that is not None and not _meets(case, admit.that, Scope(measures, pointer, project), faults):
        return Fraction(0)
    if admit.related_party == "EXCLUDED":
        if part.related_party is None:
            faults.append(_required(f"{pointer}/related_party", "是否关联方", "related_party"))
        if part.related_party:
            return Fraction(0)
    if admit.vat == "EXCLUDED":
        if vat is None:
            faults.append(_required(f"{pointer}/vat", "增值税", "vat"))
            return Fraction(0)
        return amount - vat
    return amount


def _meets(case: Case, node: ex.Node, scope: Scope, faults: list[Fault]) -> bool:
    """Whether a payment meets what the table asks of each; everything that it lacks is a fault, and it may then."""
    try:
        return bool(ex.evaluate(node, scope.of))
    except ex.MissingFact:
        lacking: list[ex.MissingFact] = []
        held = ex.probe(node, scope.of, lacking)
        faults += [fact_required(one, case.rules.spoken) for one in lacking]
        return held is not False


def _required(pointer: str, title: str, field: str) -> Fault:
    return Fault(pointer, REQUIRED, f"标准表需要此事实: {title}", f"the rate table needs {field}")
