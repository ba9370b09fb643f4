"""Published examples of a share of the interest paid."""

from __future__ import annotations

import httpx
import pytest

from tests.bureau import Bureau, loan
from tests.spec.claims import answer, applicant

GUANGDONG = """
facts: CONTRACTS
wording: EXACT
lines: [{id: ALL, base: interest, rate: 35%, clause: 按实际支付利息的35%给予贴息}]
"""


@pytest.mark.parametrize(
    ("proof", "basis"),
    [
        ({"interest_paid": [{"from": "2025-01-01", "until": "2026-01-01", "amount": "400000.00"}]}, "PAID"),
        ({"day_count": "ACT_365"}, "ESTIMATED"),
    ],
    ids=["with the bank's voucher", "accrued from the contract"],
)
def test_we_12_a_loan_of_10_million_at_4_percent(proof: dict[str, object], basis: str) -> None:
    """Example we-12: 35% of the 400,000 yuan of a year's interest.

    Source: an explainer page on 粤金管〔2025〕15号.
    Clause: 按实际支付利息的35%给予贴息.
    """
    contract = loan(drawn=[("2025-01-01", "10000000.00")], rate={"kind": "FIXED", "annual_rate": "0.04"}, **proof)
    found = Bureau(GUANGDONG).answer({"contracts": [contract]})
    # 10,000,000 × 4% × 365/365 = 400,000; 400,000 × 35%
    assert found["amount"] == "140000.00"
    assert found["items"][0]["interest_basis"] == basis


@pytest.mark.parametrize(
    ("paid", "expected", "working"),
    [
        ("150000.00", "30000.00", "min(20% × 150,000, 1% × 5,000,000): the share decides"),
        ("250000.00", "50000.00", "min(20% × 250,000, 1% × 5,000,000): both are 50,000"),
        ("250000.10", "50000.00", "min(20% × 250,000.10 = 50,000.02, 50,000): the cap decides"),
    ],
)
def test_de_08_first_loan_of_5_million(client: httpx.Client, paid: str, expected: str, working: str) -> None:
    """Example de-08 in the first row, and the two beside its cap.

    Source: derived from the clause, not published.
    Clause: 自首笔放款起一年内企业实际获取贷款产生利息的20%给予贴息，且贴息资金不高于实际放款额的1%.
    """
    contract = loan(
        signed_on="2025-03-01",
        drawn=[("2025-03-10", "5000000.00")],
        matures_on="2026-03-10",
        rate={"kind": "FIXED", "annual_rate": "0.06"},
        measures={"first_loan": True, "through_service_centre": True},
        interest_paid=[{"from": "2025-03-10", "until": "2025-12-10", "amount": paid}],
    )
    who = applicant(measures={"micro_small_medium": True, "on_dishonesty_list": False})
    body = {"rate_table": "bj-sme-2025-0-1", "application_date": "2025-12-31", "applicant": who, "contracts": [contract]}
    assert answer(client, "LOAN_INTEREST", body)["amount"] == expected, working
