"""Insurance premiums, naively (D57-D60)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from tests.oracle.accounts import Json, Situation, inside_term, terms_of
from tests.oracle.day_counts import PARTS, position
from tests.oracle.language import RefusedError
from tests.oracle.single_amounts import code_keys, fact_value, is_inside_windows, on, settle
from tests.oracle.spelling import normal


def expected(table: Json, request: Json, series: Json) -> Json:
    case = Situation(table, request, series)
    policies = {p["policy_no"]: p for p in request["policies"]}

    def value(policy: Json, name: str) -> Any:
        if name == "sum_insured_years":
            first = on(policy["period_from"])
            parts = position("MONTHS_12", first, on(policy["period_until"])) - position("MONTHS_12", first, first)
            return fact_value(case, "POLICY", policy, "sum_insured") * Fraction(parts, PARTS["MONTHS_12"])  # D106
        if name == "first_insured_on":
            return first_insured_in(normal(policy["unit_id"]))
        return fact_value(case, "POLICY", policy, name)

    @cache
    def first_insured_in(unit_id: str) -> date:
        """D59, D71: it is a fact of the unit, so that what one of its policies says holds for all."""
        unit = [p for p in policies.values() if normal(p["unit_id"]) == unit_id]
        told = [p["first_insured_on"] for p in unit if p.get("first_insured_on")]
        return on(told[0]) if told else min(on(p["period_from"]) for p in unit)

    def share_in_term(policy: Json) -> Fraction:
        """D59: days inside the term over the days of the policy."""
        if not terms_of(case):
            return Fraction(1)
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
        return is_inside_windows(case, lambda name: value(policy, name), {"event": "launched_on"})

    def is_late(no: str) -> bool:
        """D57, D75: a launch or a payment of the premium after the application."""
        policy = policies[no]
        dates = [policy.get("launched_on")] + ([policy.get("paid_on")] if policy["premium_paid"] == policy["premium"] else [])
        return any(day is not None and on(day) > case.applied_on for day in dates)

    for policy in policies.values():
        launched = policy.get("launched_on")
        if launched and not policy["period_from"] <= launched <= policy["period_until"]:
            case.said.warned_places.add(r"/policies/\d+/launched_on")  # D71
    keys = {
        no: {
            "UNIT": p["unit_id"],
            "PRODUCT": p["unit_id"],
            "PROJECT": p.get("project_id"),
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
        is_late=is_late,
    )
