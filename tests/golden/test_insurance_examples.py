"""Examples of the insurance subsidy for launches, 2025 first batch, direction 11."""

from __future__ import annotations

from typing import Any

import httpx

from tests.bureau import policy
from tests.spec.claims import Body, answer


def launch_claim(client: httpx.Client, *premiums: str) -> Body:
    """The answer for one policy per premium, each on its own rocket."""
    policies: list[dict[str, Any]] = [
        policy(f"P-{no}", premium, launched_on="2024-06-06", launch_approved=True, paid_on="2024-05-20", period_from="2024-06-06")
        for no, premium in enumerate(premiums, 1)
    ]
    body = {"rate_table": "bj-gjj-2025-1-11", "application_date": "2025-03-10", "policies": policies}
    return answer(client, "INSURANCE", body)


def test_de_01_one_premium_below_the_caps(client: httpx.Client) -> None:
    """Example de-01: a premium of 8,000,000 yuan.

    Source: derived from the clause, not published.
    Clause: 按照不超过相关保费的50%给予保险补贴.
    """
    # 50% × 8,000,000
    assert launch_claim(client, "8000000.00")["amount"] == "4000000.00"


def test_de_04_unit_caps_come_before_the_cap_of_the_enterprise(client: httpx.Client) -> None:
    """Example de-04: premiums of 12,000,000, 9,000,000 and 6,000,000 yuan on three rockets.

    Source: derived from the clause, not published.
    Clause: 单发（颗）产品补贴金额不超过500万元，单个企业补贴金额不超过1000万元.
    """
    found = launch_claim(client, "12000000.00", "9000000.00", "6000000.00")
    units = {one["key"]: one["after"] for one in found["caps"] if one["scope"] == "UNIT"}
    # min(6,000,000, 5,000,000); min(4,500,000, 5,000,000); min(3,000,000, 5,000,000)
    assert units == {"UNIT-P-1": "5000000.00", "UNIT-P-2": "4500000.00", "UNIT-P-3": "3000000.00"}
    enterprise = found["caps"][-1]
    # 5,000,000 + 4,500,000 + 3,000,000 = 12,500,000 > 10,000,000
    assert (enterprise["before"], enterprise["after"], enterprise["binding"]) == ("12500000.00", "10000000.00", True)
    assert found["amount"] == "10000000.00"
    # each × 10,000,000 / 12,500,000 = × 0.8
    assert [one["amount"] for one in found["items"]] == ["4000000.00", "3600000.00", "2400000.00"]
