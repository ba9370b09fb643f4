"""Published examples of points on principal: balance × subsidised rate × time."""

from __future__ import annotations

import httpx
import pytest

from tests.bureau import Bureau, loan
from tests.spec.claims import answer

# One point of a year's principal, whole months as twelfths of a year: what the two press examples say.
ONE_POINT = """
facts: CONTRACTS
wording: EXACT
day_count: MONTHS_12
lines: [{id: ALL, base: balance, rate: 1%, clause: 年贴息比例为1个百分点}]
"""


@pytest.mark.parametrize(
    ("first", "until", "expected", "working"),
    [
        ("2025-10-01", "2026-10-01", "9000.00", "900,000 × 1% × 12/12"),
        ("2025-10-01", "2026-02-01", "3000.00", "900,000 × 1% × 4/12, returned at once in February"),
        ("2026-02-01", "2026-03-01", "750.00", "900,000 × 1% × 1/12, although February has 28 days"),
        ("2026-03-01", "2026-04-01", "750.00", "900,000 × 1% × 1/12, although March has 31 days"),
        ("2026-02-01", "2026-10-01", "6000.00", "750 × 8 months; 3,000 + 6,000 = 9,000"),
    ],
)
def test_we_01_a_loan_of_900000_for_a_year(first: str, until: str, expected: str, working: str) -> None:
    """Example we-01.

    Source: press conference of the State Council Information Office, 2025-08-13, Ministry of Finance.
    Clause: 年贴息比例为1个百分点.
    """
    contract = loan(drawn=[("2025-10-01", "900000.00")], signed_on="2025-10-01", matures_on="2026-10-01")
    body = {"application_date": "2026-10-31", "claim_period": {"from": first, "until": until}, "contracts": [contract]}
    assert Bureau(ONE_POINT).amount(**body) == expected, working


def test_we_02_a_consumption_loan_of_200000_at_3_percent() -> None:
    """Example we-02: 6,000 yuan of interest, of which 2,000 yuan, a third, are subsidised.

    Source: press conference of the State Council Information Office, 2025-08-13, Ministry of Finance; China News, 2025-08-13.
    Clause: 年贴息比例为1个百分点. The example leaves out the limits per purchase and per lender.
    """
    contract = loan(
        drawn=[("2025-10-01", "200000.00")],
        signed_on="2025-10-01",
        matures_on="2026-10-01",
        rate={"kind": "FIXED", "annual_rate": "0.03"},
        day_count="MONTHS_12",
    )
    found = Bureau(ONE_POINT).answer({"application_date": "2026-10-31", "contracts": [contract]})
    # 200,000 × 1% × 12/12 of 200,000 × 3% × 12/12
    assert found["amount"] == "2000.00"
    assert [one["interest"] for one in found["items"][0]["segments"]] == ["6000.00"]


def test_we_08_equipment_loan_of_500_million_for_five_years(client: httpx.Client) -> None:
    """Example we-08: about 25 million yuan, no principal repaid in the two subsidised years.

    Source: 劳动午报, 2024-04-24, quoting the municipal commission.
    Clause: 对符合条件的项目给予2.5个百分点的贴息、期限2年，贷款实际利率低于2.5%的按实际利率贴息.
    """
    contract = loan(
        loan_type="FIXED_ASSET",
        signed_on="2024-05-01",
        drawn=[("2024-05-10", "500000000.00")],
        matures_on="2029-05-10",
        rate={"kind": "FIXED", "annual_rate": "0.03"},
        measures={"equipment_renewal": True},
    )
    found = answer(
        client,
        "LOAN_INTEREST",
        {"rate_table": "bj-equip-2024-0-1", "application_date": "2026-05-31", "contracts": [contract]},
    )
    # 500,000,000 × min(2.5%, 3%) × 24/12
    assert found["amount"] == "25000000.00"
