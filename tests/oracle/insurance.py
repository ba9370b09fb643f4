"""Insurance premiums, naively (D57-D60)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle.accounts import Json, Situation, inside_term
from tests.oracle.language import RefusedError
from tests.oracle.single_amounts import code_keys, fact_value, is_inside_windows, on, settle


def expected(table: Json, request: Json, series: Json) -> Json:
    case = Situation(table, request, series)
    policies = {p["policy_no"]: p for p in request["policies"]}

    def value(policy: Json, name: str) -> Any:
        if name == "sum_insured_years":
            length = on(policy["period_until"]) - on(policy["period_from"])
            return fact_value(case, "POLICY", policy, "sum_insured") * length.days / 365
        if name == "first_insured_on":
            return first_insured(policy)
        return fact_value(case, "POLICY", policy, name)

    def first_insured(policy: Json) -> Any:
        if policy.get("first_insured_on"):
            return on(policy["first_insured_on"])
        return min(on(p["period_from"]) for p in policies.values() if p["unit_id"] == policy["unit_id"])

    def share_in_term(policy: Json) -> Fraction:
        """D59: days inside the term over the days of the policy."""
        first, until = on(policy["period_from"]), on(policy["period_until"])
        days = [date.fromordinal(n) for n in range(first.toordinal(), until.toordinal())]
        inside = [day for day in days if inside_term(case, day, lambda name: value(policy, name))]
        return Fraction(len(inside), until.toordinal() - first.toordinal())

    def inside(no: str) -> bool:
        policy = policies[no]
        if Fraction(policy["premium_paid"]) > Fraction(policy["premium"]):
            raise RefusedError("PREMIUM_PAID_TOO_MUCH")
        if policy["premium_paid"] != policy["premium"]:
            return False
        if policy.get("paid_on") and on(policy["paid_on"]) > case.applied_on:
            return False
        return is_inside_windows(case, lambda name: value(policy, name), {"event": "launched_on"})

    keys = {
        no: {
            "UNIT": p["unit_id"],
            "PRODUCT": p["unit_id"],
            "PROJECT": p.get("project_id") or "",
            "LENDER": p["insurer"],
            **code_keys(case, "POLICY", p),
        }
        for no, p in policies.items()
    }
    return settle(
        case,
        list(policies),
        {no: lambda name, p=p: value(p, name) for no, p in policies.items()},
        keys,
        inside,
        share_of_base={no: share_in_term(p) for no, p in policies.items()},
    )
