"""Launch insurance, 2024 first batch, direction 1 (bj-gjj-2024-1-1): half of the premium, capped by rocket and by enterprise."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.bodies import launch, refused
from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, applicant, binding, grant, post, reasons

TABLE = "bj-gjj-2024-1-1"


def claim(*policies: Body, on: str = "2024-07-01", **who: Any) -> Body:
    """A claim for these policies."""
    return {**AS_FIRST_PUBLISHED, "rate_table": TABLE, "application_date": on, "applicant": applicant(**who), "policies": list(policies)}


def amount(client: httpx.Client, body: Body) -> str:
    """The total that a claim earns."""
    return str(answer(client, "INSURANCE", body)["amount"])


@pytest.mark.parametrize(
    ("premium", "expected", "binds", "working"),
    [
        ("0.01", "0.00", [], "50% × 0.01 = 0.005, a ceiling: down"),
        ("0.02", "0.01", [], "50% × 0.02"),
        ("0.03", "0.01", [], "50% × 0.03 = 0.015, a ceiling: down"),
        ("9999999.98", "4999999.99", [], "50% × 9,999,999.98, one fen below the cap"),
        ("9999999.99", "4999999.99", [], "50% × 9,999,999.99 = 4,999,999.995, down"),
        ("10000000.00", "5000000.00", [], "50% × 10,000,000 = the cap"),
        ("10000000.01", "5000000.00", [], "50% × 10,000,000.01 = 5,000,000.005, down: the cap cuts nothing"),
        ("10000000.02", "5000000.00", ["UNIT"], "50% × 10,000,000.02 = 5,000,000.01 > 5,000,000"),
    ],
)
def test_share_and_cap_of_a_rocket(client: httpx.Client, premium: str, expected: str, binds: list[str], working: str) -> None:
    """按照不超过相关保费的50%给予补贴。单发（颗）产品补贴金额最高不超过500万元."""
    found = answer(client, "INSURANCE", claim(launch("P-1", premium)))
    assert found["amount"] == expected, working
    assert binding(found) == binds
    assert found["amount_kind"] == "MAXIMUM"


@pytest.mark.parametrize(
    ("units", "expected", "binds", "working"),
    [
        (["Y1", "Y1"], "5000000.00", ["UNIT"], "one rocket: 3,000,000 + 2,500,000 > 5,000,000"),
        (["Y1", "Y2"], "5500000.00", [], "two rockets: 3,000,000 + 2,500,000"),
    ],
)
def test_all_policies_of_a_rocket_share_its_cap(
    client: httpx.Client, units: list[str], expected: str, binds: list[str], working: str
) -> None:
    """单发（颗）产品补贴金额最高不超过500万元, whatever is insured (D60)."""
    kinds = ["LAUNCH", "THIRD_PARTY_LIABILITY"]
    policies = [
        launch(f"P-{no}", premium, unit_id=unit, insurance_type=kind)
        for no, (premium, unit, kind) in enumerate(zip(["6000000.00", "5000000.00"], units, kinds, strict=True), 1)
    ]
    found = answer(client, "INSURANCE", claim(*policies))
    assert found["amount"] == expected, working
    assert binding(found) == binds


@pytest.mark.parametrize(
    ("third", "expected", "binds", "working"),
    [
        ("3999999.98", "9999999.99", [], "4,000,000 + 4,000,000 + 1,999,999.99"),
        ("4000000.00", "10000000.00", [], "4,000,000 + 4,000,000 + 2,000,000 = the cap"),
        ("4000000.02", "10000000.00", ["ENTERPRISE_BATCH"], "4,000,000 + 4,000,000 + 2,000,000.01 > 10,000,000"),
    ],
)
def test_cap_of_the_enterprise(client: httpx.Client, third: str, expected: str, binds: list[str], working: str) -> None:
    """单个企业补贴金额最高不超过1000万元."""
    found = answer(client, "INSURANCE", claim(launch("P-1", "8000000.00"), launch("P-2", "8000000.00"), launch("P-3", third)))
    assert found["amount"] == expected, working
    assert binding(found) == binds


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        (grant(TABLE, "2024-05-01", "999999.99", unit_id="UNIT-P-1"), "4000000.00", "5,000,000 − 999,999.99 = 4,000,000.01 left"),
        (grant(TABLE, "2024-05-01", "1000000.00", unit_id="UNIT-P-1"), "4000000.00", "5,000,000 − 1,000,000 = 4,000,000 left"),
        (grant(TABLE, "2024-05-01", "1000000.01", unit_id="UNIT-P-1"), "3999999.99", "5,000,000 − 1,000,000.01 left"),
        (grant(TABLE, "2024-05-01", "5999999.99", unit_id="OTHER"), "4000000.00", "enterprise: 10,000,000 − 5,999,999.99 = 4,000,000.01"),
        (grant(TABLE, "2024-05-01", "6000000.00", unit_id="OTHER"), "4000000.00", "enterprise: 10,000,000 − 6,000,000 = 4,000,000 left"),
        (grant(TABLE, "2024-05-01", "6000000.01", unit_id="OTHER"), "3999999.99", "enterprise: 10,000,000 − 6,000,000.01 left"),
    ],
)
def test_room_that_earlier_grants_leave(client: httpx.Client, granted: Body, expected: str, working: str) -> None:
    """单发（颗）…500万元，单个企业…1000万元: the new claim is 50% × 8,000,000 = 4,000,000."""
    assert amount(client, claim(launch("P-1", "8000000.00"), granted=[granted])) == expected, working


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"launch_approved": False}, "NO_LAUNCH_APPROVAL"),
        ({"premium_paid": "7999999.99"}, "PREMIUM_NOT_PAID_IN_FULL"),
        ({"paid_on": "2024-07-02"}, "AFTER_APPLICATION"),
    ],
    ids=["not approved", "one fen is owed", "paid the day after the application"],
)
def test_what_a_policy_must_meet(client: httpx.Client, changes: Body, why: str) -> None:
    """对符合条件的商业航天投保企业: only the policy at fault earns nothing; the other earns 50% × 4,000,000."""
    found = answer(client, "INSURANCE", claim(launch("P-1", "8000000.00", **changes), launch("P-2", "4000000.00")))
    assert (found["status"], found["amount"]) == ("ELIGIBLE", "2000000.00")
    assert why in reasons(found)
    alone = answer(client, "INSURANCE", claim(launch("P-1", "8000000.00", **changes)))
    assert (alone["status"], alone["amount"]) == ("NOT_ELIGIBLE", "0.00")
    assert {why, "NO_EARNING_ITEM"} <= reasons(alone)


@pytest.mark.parametrize("paid_on", ["2024-06-30", "2024-07-01"])
def test_a_premium_paid_by_the_day_of_application_counts(client: httpx.Client, paid_on: str) -> None:
    """相关保费: paid in full on the day of application at the latest (D57): 50% × 8,000,000."""
    assert amount(client, claim(launch("P-1", "8000000.00", paid_on=paid_on))) == "4000000.00"


@pytest.mark.parametrize(
    ("policy", "fault"),
    [
        (launch("P-1", "8000000.00", premium_paid="8000000.01"), ("/policies/0/premium_paid", "PAID_ABOVE_PREMIUM")),
        (launch("P-1", "8000000.00", launch_approved=None), ("/policies/0/launch_approved", "FACT_REQUIRED")),
    ],
    ids=["a fen more than the premium", "approval not told"],
)
def test_what_a_policy_must_say(client: httpx.Client, policy: Body, fault: tuple[str, str]) -> None:
    """More than the premium is no fact; the approval is asked for and never assumed."""
    assert refused(client, "INSURANCE", claim(policy)) == [fault]


@pytest.mark.parametrize("launched_on", ["2019-01-01", "2024-03-31", "2024-04-01", "2024-07-01"])
def test_a_launch_window_that_was_not_seen_restricts_nothing(client: httpx.Client, launched_on: str) -> None:
    """（详见附件1）was not seen: 50% × 8,000,000 on any day of launch, and the answer says what it does not decide."""
    found = answer(client, "INSURANCE", claim(launch("P-1", "8000000.00", launched_on)))
    assert found["amount"] == "4000000.00"
    assert {"clause": "（详见附件1）", "message": "发射日期的期间未见公布，未作限制"} in found["not_decided_here"]


@pytest.mark.parametrize(("on", "status"), [("2024-01-18", 404), ("2024-01-19", 200), ("2024-01-20", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is dated 2024-01-19."""
    response = post(client, "INSURANCE", claim(launch("P-1", "8000000.00", "2024-01-10"), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
    else:
        assert response.json()["amount"] == "4000000.00"
