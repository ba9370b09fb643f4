"""A published answer that is wrong, because its author rounded the intermediate results."""

from __future__ import annotations

from decimal import Decimal

from tests.bureau import Bureau, loan

# The borrower pays LPR less 150 basis points; the subsidy is what the contract asks beyond that.
BEYOND_LPR = """
facts: CONTRACTS
wording: EXACT
day_count: MONTHS_12
lines:
  - id: ALL
    base: balance
    rate: contract_rate - (reference(LPR_1Y, SIGNED_ON) - 1.5%)
    clause: 企业按LPR-150BP承担利息，其余由财政贴息
"""
PUBLISHED_WAN = Decimal("3.35")


def test_we_22_the_published_answer_is_wrong_by_1200_yuan() -> None:
    """Example we-22: 3.23 万元 is right, 3.35 万元 was published.

    Source: an accountants' forum, 2023-12-11; a forum answer.
    Clause: 企业按LPR-150BP承担利息，其余由财政贴息; LPR_1Y 3.45%.
    """
    contract = loan(
        signed_on="2023-09-01",
        drawn=[("2023-09-01", "1700000.00")],
        matures_on="2024-09-01",
        rate={"kind": "FIXED", "annual_rate": "0.0385"},
    )
    found = Bureau(BEYOND_LPR).answer({"contracts": [contract]})
    # 170 × 3.85% = 6.545; 170 × (3.45% − 1.5%) = 170 × 1.95% = 3.315; 6.545 − 3.315 = 3.23 万元
    assert found["amount"] == "32300.00"
    assert {one["subsidised_rate"] for one in found["items"][0]["segments"]} == {"0.019"}
    # The forum wrote 6.55 for 6.545 and 3.2 for 3.315: 6.55 − 3.2 = 3.35 万元
    assert Decimal("6.55") - Decimal("3.2") == PUBLISHED_WAN
    assert PUBLISHED_WAN * 10000 - Decimal(found["amount"]) == 1200
