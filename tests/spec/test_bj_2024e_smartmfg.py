"""Intelligent factories, 2024 fifth batch (bj-gjj-2024-5-1): 20% or 25% of the investment by kind of project."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.bodies import project, refused
from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, applicant, binding, grant, post, reasons, warnings

TABLE = "bj-gjj-2024-5-1"


def factory(category: str = "UPGRADE", amount: str = "10000000.00", no: str = "G-1", fixed: str = "5000000.00", **more: Any) -> Body:
    """A factory of this kind; 10,000,000 yuan of equipment where nothing else is said."""
    return project(amount, no=no, category=category, measures={"fixed_asset_investment": fixed}, **more)


def claim(*projects: Body, on: str = "2024-10-15", **who: Any) -> Body:
    """A claim for these factories."""
    return {**AS_FIRST_PUBLISHED, "rate_table": TABLE, "application_date": on, "applicant": applicant(**who), "projects": list(projects)}


@pytest.mark.parametrize(
    ("category", "invested", "expected", "binds", "working"),
    [
        ("UPGRADE", "0.04", "0.00", False, "20% × 0.04 = 0.008, a ceiling: down"),
        ("UPGRADE", "0.05", "0.01", False, "20% × 0.05"),
        ("UPGRADE", "149999999.99", "29999999.99", False, "20% × 149,999,999.99 = 29,999,999.998, down"),
        ("UPGRADE", "150000000.00", "30000000.00", False, "20% × 150,000,000 = the cap"),
        ("UPGRADE", "150000000.05", "30000000.00", True, "20% × 150,000,000.05 = 30,000,000.01 > 30,000,000"),
        ("RATED_UPGRADE", "0.03", "0.00", False, "25% × 0.03 = 0.0075, down"),
        ("RATED_UPGRADE", "119999999.99", "29999999.99", False, "25% × 119,999,999.99 = 29,999,999.9975, down"),
        ("RATED_UPGRADE", "120000000.00", "30000000.00", False, "25% × 120,000,000 = the cap"),
        ("RATED_UPGRADE", "120000000.04", "30000000.00", True, "25% × 120,000,000.04 = 30,000,000.01 > 30,000,000"),
        ("NEW_TO_STANDARD", "119999999.99", "29999999.99", False, "25% × 119,999,999.99 = 29,999,999.9975, down"),
        ("NEW_TO_STANDARD", "120000000.00", "30000000.00", False, "25% × 120,000,000 = the cap"),
        ("NEW_TO_STANDARD", "120000000.04", "30000000.00", True, "25% × 120,000,000.04 = 30,000,000.01 > 30,000,000"),
    ],
)
def test_share_and_cap_of_each_kind(client: httpx.Client, category: str, invested: str, expected: str, binds: bool, working: str) -> None:
    """改造项目不超过20%；获评…不超过25%；新建项目不超过25%，单个项目奖励金额最高不超过3000万元."""
    found = answer(client, "AWARD", claim(factory(category, invested)))
    assert found["amount"] == expected, working
    assert binding(found) == (["PROJECT"] if binds else [])
    assert found["amount_kind"] == "MAXIMUM"


def test_projects_of_an_enterprise_are_added(client: httpx.Client) -> None:
    """单个项目…3000万元 and no cap of the enterprise: 30,000,000 (cut from 40,000,000) + 2,500,000 + 2,500,000."""
    projects = [factory(amount="200000000.00"), factory("RATED_UPGRADE", no="G-2"), factory("NEW_TO_STANDARD", no="G-3")]
    assert answer(client, "AWARD", claim(*projects))["amount"] == "35000000.00"


@pytest.mark.parametrize("category", ["UPGRADE", "RATED_UPGRADE", "NEW_TO_STANDARD"])
@pytest.mark.parametrize(("fixed", "earns"), [("4999999.99", False), ("5000000.00", True), ("5000000.01", True)])
def test_threshold_of_fixed_asset_investment(client: httpx.Client, category: str, fixed: str, earns: bool) -> None:
    """固定资产投资不低于500万元, of each kind: a fen below, at, a fen above."""
    # 20% × 10,000,000; 25% × 10,000,000
    amount = "2000000.00" if category == "UPGRADE" else "2500000.00"
    found = answer(client, "AWARD", claim(factory(category, fixed=fixed)))
    assert found["amount"] == (amount if earns else "0.00")
    assert reasons(found) == (set() if earns else {"BELOW_THRESHOLD", "NO_EARNING_ITEM"})


@pytest.mark.parametrize(
    ("completed", "expected", "working"),
    [
        ("2023-04-15", "0.00", "the day before the window"),
        ("2023-04-16", "2000000.00", "its first day"),
        ("2023-04-17", "2000000.00", "the day after it"),
        ("2024-09-29", "2000000.00", "the day before the last"),
        ("2024-09-30", "2000000.00", "its last day"),
        ("2024-10-01", "0.00", "the day after the window"),
    ],
)
def test_window_of_completion(client: httpx.Client, completed: str, expected: str, working: str) -> None:
    """2023年4月16日至2024年9月30日建成: both days count."""
    found = answer(client, "AWARD", claim(factory(started_on="2022-12-01", completed_on=completed)))
    assert found["amount"] == expected, working
    assert reasons(found) == ({"OUTSIDE_WINDOW", "NO_EARNING_ITEM"} if expected == "0.00" else set())
    assert ("WINDOW_NARROWLY_MISSED" in warnings(found)) == (expected == "0.00")


@pytest.mark.parametrize(
    ("started", "completed", "expected", "working"),
    [
        ("2021-06-01", "2024-05-31", "2000000.00", "a day less than three years"),
        ("2021-06-01", "2024-06-01", "2000000.00", "three years to the day"),
        ("2021-06-01", "2024-06-02", "0.00", "three years and a day"),
        ("2020-10-31", "2023-10-31", "2000000.00", "from the last day of a month to the last day"),
    ],
)
def test_time_of_construction(client: httpx.Client, started: str, completed: str, expected: str, working: str) -> None:
    """建设期不超过3年."""
    found = answer(client, "AWARD", claim(factory(started_on=started, completed_on=completed)))
    assert found["amount"] == expected, working
    assert reasons(found) == ({"BUILT_TOO_LONG", "NO_EARNING_ITEM"} if expected == "0.00" else set())


@pytest.mark.parametrize(
    ("key", "granted", "expected", "working"),
    [
        ("G-1", "27999999.99", "2000000.00", "30,000,000 − 27,999,999.99 = 2,000,000.01 left"),
        ("G-1", "28000000.00", "2000000.00", "2,000,000.00 left"),
        ("G-1", "28000000.01", "1999999.99", "1,999,999.99 left"),
        ("G-2", "30000000.00", "2000000.00", "another project"),
    ],
)
def test_room_that_earlier_grants_leave(client: httpx.Client, key: str, granted: str, expected: str, working: str) -> None:
    """单个项目…3000万元: what the project was granted in this batch before takes room; the new claim is 20% × 10,000,000."""
    body = claim(factory(), granted=[grant(TABLE, "2024-09-20", granted, project_id=key)])
    assert answer(client, "AWARD", body)["amount"] == expected, working


@pytest.mark.parametrize(
    ("accepted", "paid", "expected", "payments", "working"),
    [
        ("9999999.99", "0.00", "1999999.99", ["0.00", "1999999.99"], "20% × min(10,000,000, 9,999,999.99) = 1,999,999.998, down"),
        ("10000000.00", "500000.00", "2000000.00", ["500000.00", "1500000.00"], "2,000,000 − 500,000 is still due"),
        ("10000000.01", "500000.00", "2000000.00", ["500000.00", "1500000.00"], "more than was admitted never counts"),
    ],
)
def test_the_accepted_investment_bounds_the_base(
    client: httpx.Client, accepted: str, paid: str, expected: str, payments: list[str], working: str
) -> None:
    """纳入奖励范围总投资: after acceptance the smaller of admitted and accepted (D55)."""
    found = answer(client, "AWARD", claim(factory(accepted_investment=accepted, paid_instalments=paid)))
    assert found["amount"] == expected, working
    assert [one["amount"] for one in found["payout"]] == payments


@pytest.mark.parametrize(
    ("sent", "faults"),
    [
        (project("10000000.00", measures={"fixed_asset_investment": "5000000.00"}), [("/projects/0/category", "FACT_REQUIRED")]),
        (factory("EXPANSION"), [("/projects/0/category", "UNKNOWN_CATEGORY")]),
        (project("10000000.00", category="UPGRADE"), [("/projects/0/measures/fixed_asset_investment", "FACT_REQUIRED")]),
    ],
    ids=["no category", "unknown category", "fixed assets not told"],
)
def test_what_a_project_must_say(client: httpx.Client, sent: Body, faults: list[tuple[str, str]]) -> None:
    """A fact that decides is asked for, and never assumed."""
    assert refused(client, "AWARD", claim(sent)) == faults


@pytest.mark.parametrize(("on", "status"), [("2023-12-31", 404), ("2024-01-01", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is of 2024; the day was not seen, so the year's first day."""
    done = factory(completed_on="2023-12-31")
    response = post(client, "AWARD", claim(done, on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
    else:
        assert response.json()["amount"] == "2000000.00"
