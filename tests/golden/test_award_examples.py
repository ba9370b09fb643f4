"""Examples of awards: shares with caps by category, and a ladder in two measures."""

from __future__ import annotations

from decimal import Decimal

import httpx
import pytest

from tests.spec.claims import answer, applicant, item

PROMISED = {"contract_completed": True, "industrialise_in_beijing": True, "district_recommended": True}


def test_de_05_category_caps_come_before_the_overall_cap(client: httpx.Client) -> None:
    """Example de-05: tape-out fees of 8, 36 and 40 million yuan in three categories.

    Source: derived from the clause, not published.
    Clause: 按照不超过产品流片费用的50%（其他工程产品30%）予以奖励，最高不超过300万元、2000万元、1000万元；
    若有多个产品符合多项申报条件可同时申报，单个企业奖励金额最高不超过3000万元.
    """
    items = [
        item("8000000.00", "A-1", category="MPW", occurred_on="2023-02-01", measures=PROMISED),
        item("36000000.00", "A-2", category="FRONTIER_FULL_MASK", occurred_on="2023-02-01", measures=PROMISED),
        item("40000000.00", "A-3", category="OTHER_FULL_MASK", occurred_on="2023-02-01", measures=PROMISED),
    ]
    found = answer(client, "AWARD", {"rate_table": "bj-gjj-2023-1-1", "application_date": "2023-04-10", "items": items})
    # 50% × 8,000,000 = 4,000,000; 50% × 36,000,000 = 18,000,000; 30% × 40,000,000 = 12,000,000
    assert [one["amount_before_caps"] for one in found["items"]] == ["4000000.00", "18000000.00", "12000000.00"]
    # capped at 3, 20 and 10 million
    categories = {one["key"]: one["after"] for one in found["caps"][:-1]}
    assert categories == {"MPW": "3000000.00", "FRONTIER_FULL_MASK": "18000000.00", "OTHER_FULL_MASK": "10000000.00"}
    # 3,000,000 + 18,000,000 + 10,000,000 = 31,000,000 > 30,000,000
    assert found["caps"][-1]["before"] == "31000000.00"
    assert found["amount"] == "30000000.00"
    # × 30/31: 2,903,225.806…; 17,419,354.838…; 9,677,419.354…; the two fen that are missing go to the largest remainders
    spread = [one["amount"] for one in found["items"]]
    assert spread == ["2903225.81", "17419354.84", "9677419.35"]
    assert sum(map(Decimal, spread)) == 30_000_000


@pytest.mark.parametrize(
    ("net_increase", "growth", "expected", "working"),
    [
        ("1000000000.00", "0.12", "4000000.00", "10亿 is in [10亿, 20亿), and 12% >= 10%"),
        ("999999999.99", "0.12", "0.00", "one fen less is in [2亿, 10亿), which asks for 15%"),
        ("999999999.99", "0.15", "2000000.00", "one fen less is in [2亿, 10亿), and 15% >= 15%"),
    ],
)
def test_de_12_the_ladder_is_closed_on_its_left(client: httpx.Client, net_increase: str, growth: str, expected: str, working: str) -> None:
    """Example de-12 in the first row, and the rung below it.

    Source: derived from the clause, not published.
    Clause: 产值净增量10亿元（含）-20亿元，且产值增速10%（含）以上，最高奖励400万元.
    """
    body = {
        "rate_table": "bj-gjj-2023-1-stable-growth",
        "application_date": "2023-04-10",
        "applicant": applicant(measures={"above_designated_size": True, "net_increase": net_increase, "growth": growth}),
        "items": [item()],
    }
    assert answer(client, "AWARD", body)["amount"] == expected, working
