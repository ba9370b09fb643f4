"""A calculation leaves no cycles: what it made is gone when its answer is, and no collection keeps everybody else waiting.

Five hundred contracts left ten thousand objects that held each other; after some twenty such requests the collector stopped the
whole service for 300 ms.
"""

from __future__ import annotations

import gc
import json
from typing import Any

import pytest

from app.services.calculation import KINDS, asked_in
from tests.bureau import TABLE, USCC, Bureau, loan, policy
from tests.spec.small_tables import award, grant, insurance, item, points, project, share, voucher

CAPPED = "caps: [{per: [], period: BATCH, limit: 1万, clause: c}, {per: [CONTRACT], bounds: BALANCE, limit: 50万, clause: c}]\n"
DAILY = "min(reference(LPR_1Y, DAY), reference(LPR_1Y, EACH_DRAWDOWN), reference(LPR_1Y, SIGNED_ON))"
DRAWN = [("2025-01-01", "400000.00"), ("2025-02-01", "600000.00")]
FLOATING = {"kind": "FLOATING", "series": "LPR_1Y", "reset": "MONTHLY", "spread": "0.01"}
VOUCHERS = [voucher("2025-01-01", "2025-04-01", "9000.00"), voucher("2025-04-01", "2025-07-01", "9100.00")]

CASES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "points": ("LOAN_INTEREST", points(DAILY, more=CAPPED), {"contracts": [loan(drawn=DRAWN, rate=FLOATING)]}),
    "a share of vouchers": ("LOAN_INTEREST", share(), {"contracts": [loan(interest_paid=VOUCHERS, repaid=[("2025-08-01", "1000.00")])]}),
    "a status of the day": (
        "LOAN_INTEREST",
        points(more="require: [{that: 'status(INNOVATIVE_SME, ON_DAY)', code: NO, clause: c}]\n"),
        {"contracts": [loan()], "applicant": {"uscc": USCC, "statuses": [{"status": "INNOVATIVE_SME", "from": "2025-03-01"}]}},
    ),
    "policies": ("INSURANCE", insurance(), {"policies": [policy("A", "1000.00"), policy("B", "2000.00")]}),
    "items": ("AWARD", award("50%", more="caps: [{per: [], period: BATCH, limit: 100, clause: c}]\n"), {"items": [item("A", "1000.00")]}),
    "projects": ("GRANT", grant(), {"projects": [project("A", "1000.00")]}),
}


@pytest.mark.parametrize(("method", "terms", "claim"), CASES.values(), ids=CASES)
def test_a_calculation_leaves_nothing_to_the_collector(method: str, terms: str, claim: dict[str, Any]) -> None:
    catalogue = Bureau(terms, method).catalogue
    kind = next(one for one in KINDS if one.method == method)
    body = json.dumps({"rate_table": TABLE, "application_date": "2026-06-30", "applicant": {"uscc": USCC}} | claim).encode()

    def amount() -> str:
        return asked_in(body, kind, catalogue, "FULL").answer("zh").amount

    first = amount()  # what is made once and kept is made
    assert first != "0.00"
    gc.collect()
    gc.disable()
    try:
        assert amount() == first
        assert gc.collect() == 0
    finally:
        gc.enable()
