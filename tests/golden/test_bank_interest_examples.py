"""Textbook examples of bank interest: the interest that the service accrues, reconciles and bounds by."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bureau import Bureau, loan

# A table that asks for the interest alone; the interest is then read from the segments.
INTEREST = """
facts: CONTRACTS
wording: EXACT
lines: [{id: ALL, base: interest, rate: 50%, clause: 利息的50%}]
"""
TEXTBOOK = {"kind": "FIXED", "annual_rate": "0.048"}


def textbook(first: str, until: str, **more: Any) -> dict[str, Any]:
    """A loan of 400,000 yuan at 4.8%, day count actual/360, which is still running."""
    return loan(
        signed_on=first,
        drawn=[(first, "400000.00")],
        matures_on="2027-01-01",
        rate=TEXTBOOK,
        day_count="ACT_360",
        repaid=[(until, "400000.00")],
        **more,
    )


def interest_of(contract: dict[str, Any], application_date: str = "2026-06-30") -> tuple[int, str]:
    """The days that count and the interest accrued on them."""
    found = Bureau(INTEREST).answer({"application_date": application_date, "contracts": [contract]})
    (segment,) = found["items"][0]["segments"]
    return segment["days"], segment["interest"]


@pytest.mark.parametrize("year", [2024, 2025])
def test_we_14_from_2_april_to_the_settlement_of_20_june(year: int) -> None:
    """Example we-14: the first day counts, and so does the settlement day.

    Source: an exercise of a textbook of bank accounting.
    Clause: 日利率 = 年利率/360; 算头不算尾, settled up to and including 20 June, that is until 21 June.
    """
    # [2 April, 21 June) = 29 + 31 + 20 = 80 days; 400,000 × 80 × 4.8% / 360 = 4,266.666…
    assert interest_of(textbook(f"{year}-04-02", f"{year}-06-21")) == (80, "4266.67")


@pytest.mark.parametrize(
    ("stated", "difference"),
    [
        ("4266.67", []),
        ("4266.66", []),
        ("4266.65", ["-0.02"]),
        ("4320.00", ["53.33"]),
    ],
    ids=["as the textbook", "one fen off is not reported", "two fen off", "81 days: 400,000 × 81 × 4.8% / 360 = 4,320"],
)
def test_we_14_is_what_a_voucher_is_reconciled_with(stated: str, difference: list[str]) -> None:
    """Example we-14 as the bank's voucher: stated less 4,266.67, where it is more than one fen.

    Source: an exercise of a textbook of bank accounting.
    Clause: 400,000 × 80 × 4.8% / 360, half up to the fen.
    """
    voucher = {"from": "2025-04-02", "until": "2025-06-21", "amount": stated}
    found = Bureau(INTEREST).answer({"contracts": [textbook("2025-04-02", "2025-06-21", interest_paid=[voucher])]})
    rows = found["items"][0]["reconciliation"]
    assert [(one["computed"], one["difference"]) for one in rows] == [("4266.67", one) for one in difference]


def test_we_15_from_21_june_to_the_repayment_on_2_august() -> None:
    """Example we-15: the repayment day does not count.

    Source: the same exercise as we-14.
    Clause: 算头不算尾.
    """
    # [21 June, 2 August) = 10 + 31 + 1 = 42 days; 400,000 × 42 × 4.8% / 360
    assert interest_of(textbook("2025-06-21", "2025-08-02")) == (42, "2240.00")


def test_we_18_five_whole_months_at_5_per_mille() -> None:
    """Example we-18, to the due day: whole months are twelfths of a year.

    Source: an exercise of an exam in bank accounting.
    Clause: 逐笔计息, whole months by months.
    """
    contract = loan(
        signed_on="2024-06-28",
        drawn=[("2024-06-28", "800000.00")],
        matures_on="2024-11-28",
        rate={"kind": "FIXED", "annual_rate": "0.06"},
        day_count="MONTHS_12",
    )
    # 5‰ a month is 6% a year; 800,000 × 5 × 5‰. [28 June, 28 November) has 153 days.
    assert interest_of(contract) == (153, "20000.00")


def test_we_18_thirteen_days_overdue() -> None:
    """Example we-18, after the due day: 820,000 yuan for 13 days of a 30-day month.

    Source: an exercise of an exam in bank accounting.
    Clause: 逐笔计息, odd days by a thirtieth of a month.
    """
    contract = loan(
        signed_on="2024-11-28",
        drawn=[("2024-11-28", "820000.00")],
        matures_on="2024-12-11",
        rate={"kind": "FIXED", "annual_rate": "0.06"},
        day_count="MONTHS_12",
    )
    # (800,000 + 20,000) × 13 × 5‰ / 30 = 1,776.666…
    assert interest_of(contract) == (13, "1776.67")


@pytest.mark.parametrize(
    "vouchers",
    [
        [
            {"from": "2024-06-28", "until": "2024-11-28", "amount": "20000.00"},
            {"from": "2024-11-28", "until": "2024-12-11", "amount": "1776.67", "penalty": "1776.67"},
        ],
        [{"from": "2024-06-28", "until": "2024-11-28", "amount": "21776.67", "penalty": "1776.67", "paid_on": "2024-12-11"}],
    ],
    ids=["two vouchers", "one voucher for both"],
)
def test_we_18_the_overdue_interest_earns_no_subsidy(vouchers: list[dict[str, str]]) -> None:
    """Example we-18: the base of a subsidy is 20,000 yuan and not the 21,776.67 yuan that were paid.

    Source: an exercise of an exam in bank accounting.
    Clause: 逾期期间支付的利息不予贴息.
    """
    contract = loan(
        signed_on="2024-06-28",
        drawn=[("2024-06-28", "800000.00")],
        matures_on="2024-11-28",
        repaid=[("2024-12-11", "800000.00")],
        rate={"kind": "FIXED", "annual_rate": "0.06"},
        day_count="MONTHS_12",
        interest_paid=vouchers,
    )
    # (21,776.67 − 1,776.67) × 50%
    assert Bureau(INTEREST).amount(contracts=[contract]) == "10000.00"
