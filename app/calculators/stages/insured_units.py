"""Insured units: what several policies say of one unit must agree (D67, D71)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.calculators.claims.errors import Fault
from app.calculators.claims.model import Policy
from app.calculators.claims.spelling import normal
from app.calculators.stages.context import Case
from app.calculators.terms import builtins as nm

# Facts of the unit, which each of its policies repeats. One that a policy leaves out is not contradicted.
OF_UNIT = ("unit_kind", "launched_on", "launch_approved", "first_insured_on")


def check_units(policies: Sequence[Policy]) -> list[Fault]:
    """Two policies of one unit that say different things of it: a fault at both places."""
    if len(policies) < 2:
        return []
    first: dict[tuple[str, str], tuple[int, object]] = {}
    faults: dict[str, Fault] = {}
    for no, policy in enumerate(policies):
        unit = normal(policy.unit_id)
        for name in OF_UNIT:
            value = getattr(policy, name)
            if value is None:
                continue
            before, said = first.setdefault((unit, name), (no, value))
            if said != value:
                title = nm.BUILT_IN["POLICIES"][name].zh
                zh, en = f"同一产品的各份保单所载{title}不一致", f"the policies of one unit disagree on {name}"
                for index in (before, no):
                    where = f"/policies/{index}/{name}"
                    faults.setdefault(where, Fault(where, "FACTS_DISAGREE", zh, en))
    return list(faults.values())


def first_insured(policies: Sequence[Policy]) -> dict[str, date]:
    """When each unit was first insured: as any of its policies says, else where the earliest of them begins (D59)."""
    earliest: dict[str, date] = {}
    stated: dict[str, date] = {}
    for policy in policies:
        unit = normal(policy.unit_id)
        earliest[unit] = min(earliest.get(unit, policy.period_from), policy.period_from)
        if policy.first_insured_on is not None:
            stated[unit] = policy.first_insured_on
    return earliest | stated


def doubt_first_insured(case: Case) -> None:
    """Where a term runs from the first insured day of a unit: one that was assumed, or lies after a policy begins (D59)."""
    if not any(term.start == "first_insured_on" for term in case.rules.limits):
        return
    policies = case.claim.policies or ()
    first = first_insured(policies)
    stated = {normal(policy.unit_id) for policy in policies if policy.first_insured_on is not None}
    for no, policy in enumerate(policies):
        unit, where = normal(policy.unit_id), f"/policies/{no}/first_insured_on"
        if unit not in stated:
            case.warn("FIRST_INSURED_ASSUMED", where, id=policy.policy_no, on=first[unit])
        elif first[unit] > policy.period_from:
            case.warn("FIRST_INSURED_LATE", where, id=policy.policy_no, on=first[unit])


def doubt_launches(case: Case) -> None:
    """A launch outside the days that its policy covers (D71): a slip, or a policy of another time than the launch."""
    for no, policy in enumerate(case.claim.policies or ()):
        launched = policy.launched_on
        if launched is None or policy.period_from <= launched < policy.period_until:
            continue
        case.warn("LAUNCH_OUTSIDE_POLICY", f"/policies/{no}/launched_on", id=policy.policy_no, launched=launched)
