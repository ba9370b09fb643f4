"""D73, D74, D76, D80, D87, D89, D90, D93-D97, D100: loans, their vouchers and the limits on their balances.

The loan of these rows is 1,000,000.00 at 3.6% by actual days over 360, unless a row says otherwise: 100.00 a day.
The published LPR_1Y: 3.10% from 2024-10-21, 3.00% from 2025-05-20, last published 2026-08-20, valid until 2026-09-21 (exclusive).
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import Bureau, loan
from tests.spec import claims
from tests.spec.small_tables import codes, points, segments

Body = dict[str, Any]

FIRST_LOAN = {"rate_table": "bj-sme-2025-0-1", "version": 1}
LPR = {"kind": "FLOATING", "series": "LPR_1Y", "reset": "ANNIVERSARY"}


def first_loan(**more: Any) -> Body:
    """A first loan of 1,000,000.00, of whose interest the enterprise gets a fifth in the first year."""
    return loan(measures={"first_loan": True}) | more


# --- D89: one reading for every fixing ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("lookup", "rate", "expected", "working"),
    [
        ("DAY_BEFORE", "0.031", "3168.89", "1,000,000 × 3.10% × 184/360 × 20%"),
        ("SAME_DAY", "0.03", "3066.67", "1,000,000 × 3.00% × 184/360 × 20%"),
    ],
)
def test_D89_the_first_fixing_reads_the_same_day_as_the_resets(
    client: httpx.Client, lookup: str, rate: str, expected: str, working: str
) -> None:
    """Drawn on 2025-05-20, on which 3.00% was published."""
    contract = first_loan(
        signed_on="2025-05-20",
        matures_on="2026-05-20",
        drawdowns=[{"drawdown_no": "1", "on": "2025-05-20", "amount": "1000000.00"}],
        rate=LPR | {"lookup": lookup},
    )
    found = claims.answer(client, "LOAN_INTEREST", FIRST_LOAN | {"application_date": "2025-11-20", "contracts": [contract]})
    assert (found["amount"], {one for (one,) in segments(found, "contract_rate")}) == (expected, {rate}), working


@pytest.mark.parametrize(("lookup", "warned"), [("SAME_DAY", True), ("DAY_BEFORE", False)])
def test_D89_the_row_that_was_read_is_the_one_that_is_warned_of(lookup: str, warned: bool) -> None:
    """The value of 2026-05-20 was inferred; the day before reads that of 2026-04-20."""
    contract = loan(signed_on="2026-01-01", drawn=[("2026-05-20", "1000000.00")], matures_on="2026-07-01", rate=LPR | {"lookup": lookup})
    found = Bureau(points("min(1%, contract_rate)")).answer({"contracts": [contract]})
    assert ("REFERENCE_RATE_CONFIDENCE" in codes(found, "warnings")) is warned


# --- D76: the first due date and the day of the later ones --------------------------------------------


def test_D76_later_dues_fall_on_the_day_that_was_given(client: httpx.Client) -> None:
    contract = {
        "contract_no": "L-1",
        "lender": "某银行",
        "loan_type": "FIXED_ASSET",
        "signed_on": "2024-01-31",
        "matures_on": "2025-01-31",
        "drawdowns": [{"drawdown_no": "1", "on": "2024-01-31", "amount": "1000000.00"}],
        "rate": {"kind": "FIXED", "annual_rate": "0.048"},
        "repayment_plan": {"method": "EQUAL_PRINCIPAL", "day": 31, "first_due": "2024-02-29"},
    }
    body = {"rate_table": "bj-equip-2024-0-1", "version": 1, "application_date": "2026-06-30", "contracts": [contract]}
    found = claims.answer(client, "LOAN_INTEREST", body)
    # twelve dues at the ends of months: 2.5% ÷ 12 × 1,000,000 × (12 + 11 + … + 1)/12
    assert found["amount"] == "13541.67"


@pytest.mark.parametrize(
    ("plan", "dues"),
    [
        ({"first_due": "2025-02-10", "day": 25}, ["2025-02-10", "2025-03-25", "2025-04-25"]),
        ({"first_due": "2025-02-10", "day": 5}, ["2025-02-10", "2025-03-05", "2025-04-05", "2025-05-05"]),
        ({"first_due": "2025-02-10", "day": 10}, ["2025-02-10", "2025-03-10", "2025-04-10"]),
        ({"first_due": "2025-02-10"}, ["2025-02-10", "2025-03-10", "2025-04-10"]),
        ({"first_due": "2025-01-31", "day": 30}, ["2025-01-31", "2025-02-28", "2025-03-30", "2025-04-30"]),
        ({"first_due": "2025-01-31", "day": 31, "every_months": 2}, ["2025-01-31", "2025-03-31"]),
        ({"day": 5}, ["2025-01-05", "2025-02-05", "2025-03-05", "2025-04-05", "2025-05-05"]),
        ({}, ["2025-01-20", "2025-02-20", "2025-03-20", "2025-04-20"]),
    ],
)
def test_D76_the_day_is_that_of_the_first_due_date_or_the_20th_unless_it_is_given(plan: Body, dues: list[str]) -> None:
    contract = loan(matures_on="2025-05-10", repayment_plan={"method": "EQUAL_PRINCIPAL"} | plan)
    found = segments(Bureau(points()).answer({"contracts": [contract]}), "from")
    assert [day for (day,) in found] == ["2025-01-01", *dues]


# --- D73: a series ends where it ends -----------------------------------------------------------------


def drawn_in_may(**more: Any) -> Body:
    """A loan drawn on 2026-05-20."""
    return loan(signed_on="2026-01-01", matures_on="2027-05-20", drawn=[("2026-05-20", "1000000.00")]) | more


@pytest.mark.parametrize(("applied", "status"), [("2026-09-20", 200), ("2026-09-21", 200), ("2026-09-22", 422), ("2026-10-15", 422)])
@pytest.mark.parametrize(
    "terms",
    [
        points("reference(LPR_1Y, DAY)"),
        "facts: CONTRACTS\nwording: EXACT\nlines: [{id: ALL, base: 'balance * reference(LPR_1Y, DAY)', rate: '50%'}]",
        "facts: CONTRACTS\nwording: EXACT\nlines: [{id: ALL, when: 'reference(LPR_1Y, DAY) < 10%', base: balance, rate: '1%'}]",
        points(more="require: [{that: 'contract_rate > reference(LPR_1Y, DAY)', code: TOO_CHEAP, clause: c}]"),
    ],
    ids=["rate", "base", "when", "require"],
)
def test_D73_a_day_on_which_the_series_has_ended_is_refused(terms: str, applied: str, status: int) -> None:
    """The last day that counts is the day before the application; 2026-09-20 is the last that the series covers."""
    response = Bureau(terms).post({"application_date": applied, "contracts": [drawn_in_may()]})
    assert response.status_code == status, response.text
    if status == 422:
        assert response.json()["code"] == "REFERENCE_RATE_NOT_COVERED"
        assert "2026-08-20" in response.text


def test_D73_a_series_that_has_ended_matters_only_on_days_that_count() -> None:
    claim = {"application_date": "2026-10-15", "claim_period": {"from": "2026-05-20", "until": "2026-09-21"}, "contracts": [drawn_in_may()]}
    found = Bureau(points("reference(LPR_1Y, DAY)")).answer(claim)
    assert segments(found, "until")[-1] == ("2026-09-21",)


@pytest.mark.parametrize(("applied", "status"), [("2026-09-21", 200), ("2026-10-15", 200), ("2026-10-21", 422)])
def test_D73_a_floating_rate_reads_the_series_only_where_it_is_fixed(applied: str, status: int) -> None:
    """Fixed on 20 May, 20 June, …, 20 September: the value of 20 August stands until the fixing of 20 October, which has none."""
    contract = drawn_in_may(rate=LPR | {"reset": "MONTHLY"})
    assert Bureau(points("min(1%, contract_rate)")).post({"application_date": applied, "contracts": [contract]}).status_code == status
