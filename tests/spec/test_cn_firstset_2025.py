"""First sets of equipment, 2025 (cn-firstset-2025-0-1): at most 80% of the premium paid, no more was published."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import USCC, policy
from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, post, reasons, warnings
from tests.spec.small_tables import amounts

TABLE = "cn-firstset-2025-0-1"


def insured(premium: str = "3000000.00", no: str = "P-1", **more: Any) -> Body:
    """A policy of 2025, paid before it began; the sum insured need not be told."""
    return policy(no, premium, **({"insurance_type": "FIRST_SET", "unit_id": "MACHINE-1", "paid_on": "2024-12-20"} | more))


def claim(*policies: Body, on: str = "2025-10-31") -> Body:
    """A claim for these policies; a national scheme asks nothing of the applicant but its code."""
    return {"rate_table": TABLE, "application_date": on, "applicant": {"uscc": USCC}, "policies": list(policies)}


@pytest.mark.parametrize(
    ("premium", "expected", "working"),
    [
        ("0.01", "0.00", "80% × 0.01 = 0.008, a ceiling: down"),
        ("0.02", "0.01", "80% × 0.02 = 0.016, down"),
        ("1234567.89", "987654.31", "80% × 1,234,567.89 = 987,654.312, down"),
        ("99999999.99", "79999999.99", "80% × 99,999,999.99 = 79,999,999.992, down"),
        ("900000000.00", "720000000.00", "80% × 900,000,000: no limit was published"),
    ],
)
def test_share_of_the_premium(client: httpx.Client, premium: str, expected: str, working: str) -> None:
    """对符合条件的投保企业按照不超过实际缴纳保费的80%给予补助."""
    found = answer(client, "INSURANCE", claim(insured(premium)))
    assert (found["amount"], found["amount_kind"], found["caps"]) == (expected, "MAXIMUM", []), working


@pytest.mark.parametrize("sum_insured", ["99999999.00", "100000000.00", "1.00"])
def test_the_premium_rate_of_2019_no_longer_bounds(client: httpx.Client, sum_insured: str) -> None:
    """实际缴纳保费: 80% × 3,000,000, also where that is more than 3% of the sum insured."""
    found = answer(client, "INSURANCE", claim(insured(sum_insured=sum_insured)))
    assert found["amount"] == "2400000.00"


def test_the_three_years_of_2019_no_longer_bound(client: httpx.Client) -> None:
    """No term was published: 80% × 3,000,000 for a machine first insured ten years before."""
    assert answer(client, "INSURANCE", claim(insured(first_insured_on="2015-01-01")))["amount"] == "2400000.00"


def test_policies_are_rounded_one_by_one(client: httpx.Client) -> None:
    """不超过: 80% × 0.02 = 0.016 twice is 0.01 + 0.01, not 0.03."""
    assert amounts(answer(client, "INSURANCE", claim(insured("0.02"), insured("0.02", "P-2")))) == {"P-1": "0.01", "P-2": "0.01"}


@pytest.mark.parametrize(
    ("changes", "expected", "why"),
    [
        ({"premium_paid": "2999999.99"}, "0.00", "a fen is owed"),
        ({"paid_on": "2025-10-30"}, "2400000.00", "paid the day before the application"),
        ({"paid_on": "2025-10-31"}, "2400000.00", "paid on its day"),
        ({"paid_on": "2025-11-01"}, "0.00", "paid the day after"),
    ],
)
def test_only_premiums_really_paid(client: httpx.Client, changes: Body, expected: str, why: str) -> None:
    """实际缴纳保费 (D57): paid in full by the day of application."""
    found = answer(client, "INSURANCE", claim(insured(**changes)))
    assert found["amount"] == expected, why
    late = "AFTER_APPLICATION" if "paid_on" in changes else "PREMIUM_NOT_PAID"
    assert reasons(found) == ({late, "NO_EARNING_ITEM"} if expected == "0.00" else set())


def test_when_it_was_paid_must_be_told(client: httpx.Client) -> None:
    """A fact that decides is asked for, and never assumed."""
    one = insured()
    del one["paid_on"]
    assert refused(client, "INSURANCE", claim(one)) == [("/policies/0/paid_on", "FACT_REQUIRED")]


def test_the_source_is_a_repost(client: httpx.Client) -> None:
    """The answer says how good the copy is, and that who may have it was not seen."""
    found = answer(client, "INSURANCE", claim(insured()))
    assert warnings(found) == {"TABLE_AUTHORITY"}
    assert "对符合条件的投保企业" in {one["clause"] for one in found["not_decided_here"]}


@pytest.mark.parametrize(("on", "status"), [("2025-09-09", 404), ("2025-09-10", 200), ("2025-09-11", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is of 2025-09-10; version 1 began on the month's first day, version 2 takes its place."""
    response = post(client, "INSURANCE", claim(insured(), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
    else:
        assert response.json()["amount"] == "2400000.00"
