"""First sets of equipment, 2019 (cn-firstset-2019-0-1): 80% of a premium of at most 3%, for three years from the first policy."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import USCC, policy
from tests.spec.bodies import refused
from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, post, reasons, warnings
from tests.spec.small_tables import amounts

TABLE = "cn-firstset-2019-0-1"


def insured(premium: str = "3000000.00", no: str = "P-1", sum_insured: str | None = "100000000.00", **more: Any) -> Body:
    """A policy of 2020 on 100,000,000 yuan, of which 3% is 3,000,000, paid before it began."""
    usual = {
        "insurance_type": "FIRST_SET",
        "unit_id": "MACHINE-1",
        "paid_on": "2019-12-20",
        "period_from": "2020-01-01",
        "period_until": "2021-01-01",
        "sum_insured": sum_insured,
    }
    return policy(no, premium, **(usual | more))


def spanning(first: str, until: str, premium: str, no: str = "P-1", **more: Any) -> Body:
    """A policy over these days on a sum so high that the premium rate is below 3%."""
    return insured(premium, no, "1000000000.00", **({"period_from": first, "period_until": until} | more))


def claim(*policies: Body, on: str = "2024-06-30", **more: Any) -> Body:
    """A claim for these policies; a national scheme asks nothing of the applicant but its code."""
    return {**AS_FIRST_PUBLISHED, "rate_table": TABLE, "application_date": on, "applicant": {"uscc": USCC}, "policies": list(policies)} | more


def amount(client: httpx.Client, *policies: Body) -> str:
    """The total that these policies earn."""
    return str(answer(client, "INSURANCE", claim(*policies))["amount"])


@pytest.mark.parametrize(
    ("premium", "sum_insured", "expected", "working"),
    [
        ("0.01", "100000000.00", "0.01", "80% × 0.01 = 0.008, half up"),
        ("0.07", "100000000.00", "0.06", "80% × 0.07 = 0.056, half up"),
        ("2999999.99", "100000000.00", "2399999.99", "80% × 2,999,999.99 = 2,399,999.992, half up"),
        ("3000000.00", "100000000.00", "2400000.00", "80% × 3,000,000 = 80% × 3% × 100,000,000"),
        ("3000000.01", "100000000.00", "2400000.00", "80% × 3% × 100,000,000: the fen above 3% does not count"),
        ("6000000.00", "100000000.00", "2400000.00", "a premium rate of 6% counts as 3%"),
        ("9.00", "100.50", "2.41", "80% × 3% × 100.50 = 80% × 3.015 = 2.412; 80% × 3.02 would be 2.42"),
    ],
)
def test_share_of_a_premium_of_at_most_3_percent(
    client: httpx.Client, premium: str, sum_insured: str, expected: str, working: str
) -> None:
    """按照实际投保费率不超过3%及实际投保年度保费的80%给予保险补偿."""
    found = answer(client, "INSURANCE", claim(insured(premium, sum_insured=sum_insured)))
    assert (found["amount"], found["amount_kind"], found["caps"]) == (expected, "EXACT", []), working


@pytest.mark.parametrize(
    ("until", "premium", "working"),
    [
        ("2020-07-01", "3000000.00", "half a year"),
        ("2021-01-01", "3000000.00", "a year"),
        ("2022-01-01", "6000000.00", "two years"),
    ],
)
def test_3_percent_are_of_the_sum_insured_whatever_the_length(client: httpx.Client, until: str, premium: str, working: str) -> None:
    """投保费率不超过3%: per policy as it is given (D58): 80% × 3% × 100,000,000."""
    assert amount(client, insured(premium, period_until=until)) == "2400000.00", working


def test_each_policy_has_its_own_3_percent(client: httpx.Client) -> None:
    """实际投保费率: 80% × 3,000,000 of the first, 80% × 1,000,000 of the second; room of one is none of the other's."""
    found = answer(client, "INSURANCE", claim(insured("5000000.00"), insured("1000000.00", "P-2")))
    assert amounts(found) == {"P-1": "2400000.00", "P-2": "800000.00"}


def test_no_limit_was_published(client: httpx.Client) -> None:
    """给予保险补偿: 80% × 3% × 9,000,000,000."""
    assert amount(client, insured("900000000.00", sum_insured="9000000000.00")) == "216000000.00"


@pytest.mark.parametrize(
    ("first", "until", "premium", "expected", "working"),
    [
        ("2022-02-28", "2023-02-28", "3650000.00", "2920000.00", "ends a day before the three years: 80% × 3,650,000"),
        ("2022-03-01", "2023-03-01", "3650000.00", "2920000.00", "ends with the three years"),
        ("2022-03-02", "2023-03-02", "3650000.00", "2912000.00", "364 of 365 days: 80% × 3,650,000 × 364/365"),
        ("2022-09-01", "2023-09-01", "3650000.00", "1448000.00", "181 of 365 days: 80% × 3,650,000 × 181/365"),
        ("2023-02-28", "2024-02-28", "3650000.00", "8000.00", "the last day of the three years: 80% × 3,650,000 × 1/365"),
        ("2023-03-01", "2024-03-01", "3660000.00", "0.00", "the three years are over"),
        ("2020-03-01", "2025-03-01", "18260000.00", "8760000.00", "1,095 of 1,826 days of five years: 80% × 18,260,000 × 1095/1826"),
    ],
)
def test_three_years_from_the_first_policy(
    client: httpx.Client, first: str, until: str, premium: str, expected: str, working: str
) -> None:
    """保险补偿期间按保险期限据实核算，不超过3年: first insured on 2020-03-01, so [2020-03-01, 2023-03-01) (D59)."""
    found = answer(client, "INSURANCE", claim(spanning(first, until, premium, first_insured_on="2020-03-01")))
    assert found["amount"] == expected, working
    assert reasons(found) == ({"BEYOND_TERM", "NO_EARNING_ITEM"} if expected == "0.00" else set())


def test_the_first_policy_of_the_unit_in_the_claim_starts_the_years(client: httpx.Client) -> None:
    """不超过3年 (D59): nothing said, the earliest policy of each unit. P-2 has one day, P-3 of another machine all its year."""
    found = answer(
        client,
        "INSURANCE",
        claim(
            spanning("2020-03-01", "2021-03-01", "3650000.00", "P-1"),
            spanning("2023-02-28", "2024-02-28", "3650000.00", "P-2"),
            spanning("2023-02-28", "2024-02-28", "3650000.00", "P-3", unit_id="MACHINE-2"),
        ),
    )
    assert amounts(found) == {"P-1": "2920000.00", "P-2": "8000.00", "P-3": "2920000.00"}


def test_3_percent_are_compared_before_days_are_taken(client: httpx.Client) -> None:
    """不超过3%…不超过3年: 80% × min(4,000,000, 3% × 121,666,666.67 = 3,650,000.0001) × 1/365 = 8,000.00 half up, not 8,767.12."""
    one = insured("4000000.00", sum_insured="121666666.67", period_from="2023-02-28", period_until="2024-02-28", first_insured_on="2020-03-01")
    assert amount(client, one) == "8000.00"


@pytest.mark.parametrize(
    ("changes", "expected", "why"),
    [
        ({"premium_paid": "2999999.99"}, "0.00", "a fen is owed"),
        ({"premium_paid": "0.00"}, "0.00", "nothing was paid"),
        ({"paid_on": "2024-06-29"}, "2400000.00", "paid the day before the application"),
        ({"paid_on": "2024-06-30"}, "2400000.00", "paid on its day"),
        ({"paid_on": "2024-07-01"}, "0.00", "paid the day after"),
    ],
)
def test_only_premiums_really_paid(client: httpx.Client, changes: Body, expected: str, why: str) -> None:
    """实际投保年度保费 (D57): paid in full by the day of application."""
    found = answer(client, "INSURANCE", claim(insured(**changes)))
    assert found["amount"] == expected, why
    late = "AFTER_APPLICATION" if "paid_on" in changes else "PREMIUM_NOT_PAID"
    assert reasons(found) == ({late, "NO_EARNING_ITEM"} if expected == "0.00" else set())


@pytest.mark.parametrize("missing", ["sum_insured", "paid_on"])
def test_what_a_policy_must_say(client: httpx.Client, missing: str) -> None:
    """A fact that decides is asked for, and never assumed."""
    one = insured()
    del one[missing]
    assert refused(client, "INSURANCE", claim(one)) == [(f"/policies/0/{missing}", "FACT_REQUIRED")]


def test_more_than_the_premium_is_no_fact(client: httpx.Client) -> None:
    """实际投保: not more than the premium (D57)."""
    faults = refused(client, "INSURANCE", claim(insured(premium_paid="3000000.01")))
    assert faults == [("/policies/0/premium_paid", "PAID_ABOVE_PREMIUM")]


def test_what_is_not_decided(client: httpx.Client) -> None:
    """保险期间应连续不间断 is for the authority to judge; the source is news."""
    found = answer(client, "INSURANCE", claim(insured()))
    assert "保险期间应连续不间断" in {one["clause"] for one in found["not_decided_here"]}
    # Applied in 2024; nothing says how long the scheme of 2019 is open (D104).
    assert warnings(found) == {"TABLE_AUTHORITY", "APPLIED_IN_A_LATER_YEAR", "FIRST_INSURED_ASSUMED"}


@pytest.mark.parametrize(("on", "status"), [("2019-04-30", 404), ("2019-05-01", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is of 2019-05; the day was not seen, so the month's first day."""
    one = insured(paid_on="2019-04-30", period_from="2019-04-30", period_until="2020-04-30")
    response = post(client, "INSURANCE", claim(one, on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
    else:
        assert response.json()["amount"] == "2400000.00"
