"""Launch insurance, 2025 first batch, direction 11 (bj-gjj-2025-1-11), and the ten directions that were not seen."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import loan
from tests.spec.bodies import launch, project, refused
from tests.spec.claims import Body, answer, applicant, binding, grant, item, post, reasons, warnings

TABLE = "bj-gjj-2025-1-11"


def claim(*policies: Body, on: str = "2025-03-10", who: Body | None = None, **more: Any) -> Body:
    """A claim for these policies."""
    return {"rate_table": TABLE, "application_date": on, "applicant": applicant(**(who or {})), "policies": list(policies)} | more


def amount(client: httpx.Client, body: Body) -> str:
    """The total that a claim earns."""
    return str(answer(client, "INSURANCE", body)["amount"])


@pytest.mark.parametrize(
    ("premium", "expected", "binds", "working"),
    [
        ("0.01", "0.00", [], "50% × 0.01 = 0.005, a ceiling: down"),
        ("0.03", "0.01", [], "50% × 0.03 = 0.015, down"),
        ("9999999.99", "4999999.99", [], "50% × 9,999,999.99 = 4,999,999.995, down"),
        ("10000000.00", "5000000.00", [], "50% × 10,000,000 = the cap"),
        ("10000000.02", "5000000.00", ["UNIT"], "50% × 10,000,000.02 = 5,000,000.01 > 5,000,000"),
    ],
)
def test_share_and_cap_of_a_rocket(client: httpx.Client, premium: str, expected: str, binds: list[str], working: str) -> None:
    """按照不超过相关保费的50%给予保险补贴，单发（颗）产品补贴金额不超过500万元."""
    found = answer(client, "INSURANCE", claim(launch("P-1", premium)))
    assert found["amount"] == expected, working
    assert binding(found) == binds
    assert found["amount_kind"] == "MAXIMUM"


def test_launch_and_orbit_of_one_satellite_share_its_cap(client: httpx.Client) -> None:
    """重点支持星箭发射及在轨运营: 50% × 6,000,000 + 50% × 4,000,000.02 = 5,000,000.01 for one satellite, cut by a fen."""
    satellite = {"unit_id": "SAT-1", "unit_kind": "SATELLITE"}
    body = claim(launch("P-1", "6000000.00", **satellite), launch("P-2", "4000000.02", insurance_type="IN_ORBIT", **satellite))
    found = answer(client, "INSURANCE", body)
    assert (found["amount"], binding(found)) == ("5000000.00", ["UNIT"])


@pytest.mark.parametrize(
    ("third", "expected", "binds", "working"),
    [
        ("3999999.98", "9999999.99", [], "4,000,000 + 4,000,000 + 1,999,999.99"),
        ("4000000.00", "10000000.00", [], "4,000,000 + 4,000,000 + 2,000,000 = the cap"),
        ("4000000.02", "10000000.00", ["ENTERPRISE_BATCH"], "4,000,000 + 4,000,000 + 2,000,000.01 > 10,000,000"),
    ],
)
def test_cap_of_the_enterprise(client: httpx.Client, third: str, expected: str, binds: list[str], working: str) -> None:
    """单个企业补贴金额不超过1000万元."""
    found = answer(client, "INSURANCE", claim(launch("P-1", "8000000.00"), launch("P-2", "8000000.00"), launch("P-3", third)))
    assert found["amount"] == expected, working
    assert binding(found) == binds


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        (grant(TABLE, "2025-02-10", "999999.99", unit_id="UNIT-P-1"), "4000000.00", "5,000,000 − 999,999.99 = 4,000,000.01 left"),
        (grant(TABLE, "2025-02-10", "1000000.00", unit_id="UNIT-P-1"), "4000000.00", "4,000,000.00 left"),
        (grant(TABLE, "2025-02-10", "1000000.01", unit_id="UNIT-P-1"), "3999999.99", "3,999,999.99 left"),
        (grant(TABLE, "2025-02-10", "6000000.01", unit_id="EARLIER"), "3999999.99", "enterprise: 10,000,000 − 6,000,000.01 left"),
        (grant("bj-gjj-2024-1-1", "2024-06-10", "10000000.00"), "4000000.00", "the batch of 2024 is another"),
    ],
)
def test_room_that_earlier_grants_leave(client: httpx.Client, granted: Body, expected: str, working: str) -> None:
    """单发（颗）…500万元，单个企业…1000万元: the new claim is 50% × 8,000,000 = 4,000,000."""
    assert amount(client, claim(launch("P-1", "8000000.00"), who={"granted": [granted]})) == expected, working


@pytest.mark.parametrize(
    ("launched_on", "expected", "narrowly", "working"),
    [
        ("2024-03-21", "0.00", False, "eleven days before the window: no slip of the pen"),
        ("2024-03-31", "0.00", True, "the day before the window"),
        ("2024-04-01", "4000000.00", False, "its first day: 50% × 8,000,000"),
        ("2024-04-02", "4000000.00", False, "the day after it"),
        ("2025-03-09", "4000000.00", False, "the day before the application"),
        ("2025-03-10", "4000000.00", False, "the day of the application"),
        ("2025-03-11", "0.00", True, "the day after it"),
    ],
)
def test_window_of_the_launch(client: httpx.Client, launched_on: str, expected: str, narrowly: bool, working: str) -> None:
    """2024年4月1日至申请之日发射: both days count."""
    found = answer(client, "INSURANCE", claim(launch("P-1", "8000000.00", launched_on)))
    assert found["amount"] == expected, working
    late = {"AFTER_APPLICATION"} if launched_on > "2025-03-10" else set()  # a reason of its own (D75)
    assert reasons(found) == ({"OUTSIDE_WINDOW", "NO_EARNING_ITEM"} | late if expected == "0.00" else set())
    assert ("WINDOW_NARROWLY_MISSED" in warnings(found)) == narrowly


@pytest.mark.parametrize(
    ("on", "at", "eligible"),
    [
        ("2025-01-19", None, False),
        ("2025-01-20", None, True),
        ("2025-01-20", "2025-01-20T00:00:00+08:00", True),
        ("2025-01-21", None, True),
        ("2025-03-30", None, True),
        ("2025-03-31", None, True),
        ("2025-03-31", "2025-03-31T23:59:59+08:00", True),
        ("2025-04-01", None, False),
        ("2025-04-01", "2025-04-01T00:00:00+08:00", False),
    ],
)
def test_window_of_application(client: httpx.Client, on: str, at: str | None, eligible: bool) -> None:
    """申请时间2025年1月20日至3月31日: both days count to their last second, and outside nothing is earned (D46)."""
    told = {"as_of": "2025-02-01"} | ({"application_at": at} if at else {})
    found = answer(client, "INSURANCE", claim(launch("P-1", "8000000.00"), on=on, **told))
    assert found["status"] == ("ELIGIBLE" if eligible else "NOT_ELIGIBLE")
    assert found["amount"] == ("4000000.00" if eligible else "0.00")
    assert ("OUTSIDE_APPLICATION_WINDOW" in reasons(found)) == (not eligible)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"launch_approved": False}, "NO_LAUNCH_APPROVAL"),
        ({"premium_paid": "7999999.99"}, "PREMIUM_NOT_PAID_IN_FULL"),
        ({"premium_paid": "0.00"}, "PREMIUM_NOT_PAID_IN_FULL"),
        ({"paid_on": "2025-03-11"}, "AFTER_APPLICATION"),
    ],
    ids=["not approved", "one fen is owed", "nothing paid", "paid the day after the application"],
)
def test_what_a_policy_must_meet(client: httpx.Client, changes: Body, why: str) -> None:
    """国家国防科工局和军委装备发展部批准（备案）；已签订保单合同并已全额支付相关保费. The other policy keeps its 50% × 4,000,000."""
    found = answer(client, "INSURANCE", claim(launch("P-1", "8000000.00", **changes), launch("P-2", "4000000.00")))
    assert (found["status"], found["amount"]) == ("ELIGIBLE", "2000000.00")
    assert why in reasons(found)


@pytest.mark.parametrize("paid_on", ["2025-03-09", "2025-03-10"])
def test_a_premium_paid_by_the_day_of_application_counts(client: httpx.Client, paid_on: str) -> None:
    """已全额支付相关保费 (D57): 50% × 8,000,000."""
    assert amount(client, claim(launch("P-1", "8000000.00", paid_on=paid_on))) == "4000000.00"


@pytest.mark.parametrize("missing", ["launch_approved", "launched_on"])
def test_what_a_policy_must_say(client: httpx.Client, missing: str) -> None:
    """A fact that decides is asked for, and never assumed."""
    one = launch("P-1", "8000000.00")
    del one[missing]
    assert refused(client, "INSURANCE", claim(one)) == [(f"/policies/0/{missing}", "FACT_REQUIRED")]


def test_more_than_the_premium_is_no_fact(client: httpx.Client) -> None:
    """全额支付: not more than that (D57)."""
    one = launch("P-1", "8000000.00", premium_paid="8000000.01")
    assert refused(client, "INSURANCE", claim(one)) == [("/policies/0/premium_paid", "PAID_ABOVE_PREMIUM")]


@pytest.mark.parametrize(("on", "status"), [("2025-01-19", 404), ("2025-01-20", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The guide is dated 2025-01-20; without another day, the day of application chooses the version."""
    response = post(client, "INSURANCE", claim(launch("P-1", "8000000.00"), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"


@pytest.mark.parametrize("direction", range(1, 11))
@pytest.mark.parametrize(
    ("method", "facts"),
    [
        ("INSURANCE", {"policies": [launch("P-1", "1.00")]}),
        ("LOAN_INTEREST", {"contracts": [loan()]}),
        ("AWARD", {"items": [item("1.00")]}),
        ("GRANT", {"projects": [project("1.00")]}),
    ],
)
def test_a_direction_whose_standard_was_not_seen_is_not_calculated(client: httpx.Client, direction: int, method: str, facts: Body) -> None:
    """方向11 shows that ten others exist; whichever method is tried, no amount is guessed."""
    body = {"rate_table": f"bj-gjj-2025-1-{direction}", "application_date": "2025-03-10"} | facts
    response = post(client, method, body)
    assert (response.status_code, response.json()["code"]) == (404, "STANDARD_NOT_LOADED")


def test_a_direction_that_does_not_exist_is_another_thing(client: httpx.Client) -> None:
    """Direction 11 is the last that is known."""
    body = claim(launch("P-1", "1.00"), rate_table="bj-gjj-2025-1-12")
    response = post(client, "INSURANCE", body)
    assert (response.status_code, response.json()["code"]) == (404, "RATE_TABLE_NOT_FOUND")
