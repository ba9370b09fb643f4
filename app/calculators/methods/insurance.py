"""Insurance subsidies (保险补贴): a share of premiums that were paid in full (DOMAIN §4, D57-D60)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from app.calculators.claims.errors import FactsError, Fault
from app.calculators.claims.model import Policy
from app.calculators.claims.spelling import normal
from app.calculators.expressions import nodes as ex
from app.calculators.methods.after_application import happens_later
from app.calculators.methods.items import line_amount
from app.calculators.quantities import calendar as days
from app.calculators.quantities.day_counts import DAY_COUNTS
from app.calculators.stages.cap_accounts import keys_of
from app.calculators.stages.context import Atom, Case, ItemId, ItemWork, choose_lines, meets, refuse_requirement
from app.calculators.stages.insured_units import first_insured
from app.calculators.stages.scope import Scope, read_measures, yuan_value
from app.calculators.stages.windows import outside_window
from app.calculators.terms import builtins as nm

_DAY = timedelta(days=1)


def work(case: Case) -> list[ItemWork]:
    """One ItemWork for each policy, in order of policy number. Errors: FactsError, NotComputable."""
    policies = case.claim.policies or ()
    first = first_insured(policies)
    faults: list[Fault] = []
    works = []
    for index, policy in sorted(enumerate(policies), key=lambda pair: pair[1].policy_no):
        scope = policy_scope(case, policy, index, first[normal(policy.unit_id)], faults)
        works.append(ItemWork(ItemId(policy.policy_no), index, scope, project_id=policy.project_id))
    if faults:
        raise FactsError(faults)
    for one in works:
        _price(case, one, policies[one.index])
    return works


def policy_scope(case: Case, policy: Policy, index: int, first: date, faults: list[Fault]) -> Scope:
    pointer = f"/policies/{index}"
    values: dict[str, Any] = read_measures(policy.measures, case.rules.measures["POLICY"], pointer, faults)
    for name, fact in nm.BUILT_IN["POLICIES"].items():
        if hasattr(policy, name) and fact.level == nm.ITEM:
            value = getattr(policy, name)
            values[name] = yuan_value(value) if fact.type == ex.MONEY else value
    if values["first_insured_on"] is None:
        values["first_insured_on"] = first  # D59: the earliest policy of the unit in the request
    insured = values["sum_insured"]
    values["sum_insured_years"] = None if insured is None else insured * _years(policy)
    if values["premium_paid"] > values["premium"]:
        faults.append(Fault(f"{pointer}/premium_paid", "PAID_ABOVE_PREMIUM", "已付保费大于保费", "more was paid than the premium"))
    return Scope(values, pointer, case.applicant)


def _years(policy: Policy) -> Fraction:
    """How long a policy runs: a whole year is exactly one, also a leap year (D106)."""
    first, until = policy.period_from.toordinal(), policy.period_until.toordinal()
    months = DAY_COUNTS["MONTHS_12"]
    (length,) = days.lengths(months.positions([first, until], first))
    return Fraction(length, months.basis)


def _price(case: Case, one: ItemWork, policy: Policy) -> None:
    ok = not happens_later(case, one.scope, one.id)
    if outside_window(case, "event", one.scope, one.id) or outside_window(case, "contract", one.scope, one.id):
        return
    for requirement in case.terms.require:
        if not requirement.totals and requirement.level != "APPLICANT" and not ex.evaluate(requirement.that, one.scope.of):
            refuse_requirement(case, requirement, one.id)
            ok = False
    if policy.premium_paid == policy.premium:
        one.scope.of("paid_on")  # must be told; that it lies after the application is a reason already (D57, D75)
    else:
        case.refuse("PREMIUM_NOT_PAID", None, one.id, None, id=one.id)
        ok = False
    if not ok:
        return
    factor = _within_term(case, one, policy)
    if factor == 0:
        case.refuse("BEYOND_TERM", None, one.id, None, id=one.id)
        return
    holding = choose_lines(case, one.scope.of)
    if not holding:
        case.refuse("NO_LINE_APPLIES", None, one.id, None, id=one.id)
        return
    priced = [
        (line, *line_amount(case, line, one.scope, one.id, factor if line.base is not None else Fraction(1)))
        for line in holding
        if meets(case, line, one.scope.of, one.id)
    ]
    if not priced:
        return
    line, exact, step = max(priced, key=lambda row: row[1])
    own: dict[str, str | None] = {
        "unit_id": policy.unit_id,
        "policy_no": policy.policy_no,
        "project_id": policy.project_id,
        "line": line.id,
        "insurer": policy.insurer,
        "insurance_type": policy.insurance_type,
    }
    one.atoms.append(
        Atom(item=one.id, line=line, year=None, drawdown_no="", keys=keys_of(case, own, one.scope), scope=one.scope, exact=exact, step=step)
    )
    one.steps.append(step)


def _within_term(case: Case, one: ItemWork, policy: Policy) -> Fraction:
    """The part of a policy's days that lies in the term (D59)."""
    first, until = policy.period_from, policy.period_until
    begin, end = first, until
    cutting = []  # the terms that leave a policy fewer days, and no more than part of them
    for term in case.rules.limits:
        if term.start in nm.TERM_STARTS:  # an overlay's term for loans
            continue
        start = one.scope.of(str(term.start))
        last = days.term_until(start, term.months, year_end=term.year_end)
        if start > first or last < until:
            cutting.append((term, start, last))
        begin, end = max(begin, start), min(end, last)
    inside, total = max(0, (end - begin).days), (until - first).days
    for term, start, last in cutting if inside else ():
        told = {"from_day": max(first, start), "until_day": min(until, last) - _DAY, "total": total, "clause": term.clause or ""}
        told["number"] = (min(until, last) - max(first, start)).days
        case.warn("TERM_CUTS_DAYS", f"/policies/{one.index}", id=one.id, **told)
    return Fraction(inside, total)
