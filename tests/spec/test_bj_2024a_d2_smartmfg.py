"""National benchmark factories, 2024 first batch, direction 2 (bj-gjj-2024-1-2): at most 30% of the investment."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.bodies import project, refused
from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, applicant, binding, grant, post, reasons, warnings

TABLE = "bj-gjj-2024-1-2"
MEASURES = {"fixed_asset_investment": "5000000.00", "benchmark_factory": True}


def factory(*amounts: str, no: str = "G-1", measures: Body | None = None, **more: Any) -> Body:
    """A benchmark factory; 10,000,000 yuan of equipment where nothing else is said."""
    return project(*(amounts or ("10000000.00",)), no=no, measures=MEASURES | (measures or {}), **more)


def claim(*projects: Body, on: str = "2024-03-01", **who: Any) -> Body:
    """A claim for these factories."""
    return {**AS_FIRST_PUBLISHED, "rate_table": TABLE, "application_date": on, "applicant": applicant(**who), "projects": list(projects)}


@pytest.mark.parametrize(
    ("invested", "expected", "binds", "working"),
    [
        ("0.03", "0.00", [], "30% × 0.03 = 0.009, a ceiling: down"),
        ("0.04", "0.01", [], "30% × 0.04 = 0.012, down"),
        ("99999999.99", "29999999.99", [], "30% × 99,999,999.99 = 29,999,999.997, down"),
        ("100000000.00", "30000000.00", [], "30% × 100,000,000 = the cap"),
        ("100000000.03", "30000000.00", [], "30% × 100,000,000.03 = 30,000,000.009, down: the cap cuts nothing"),
        ("100000000.04", "30000000.00", ["PROJECT"], "30% × 100,000,000.04 = 30,000,000.01 > 30,000,000"),
    ],
)
def test_share_and_cap_of_a_project(client: httpx.Client, invested: str, expected: str, binds: list[str], working: str) -> None:
    """按纳入奖励范围总投资的一定比例给予奖励，比例不超过30%，单个项目奖励金额最高不超过3000万元."""
    found = answer(client, "AWARD", claim(factory(invested)))
    assert found["amount"] == expected, working
    assert binding(found) == binds
    assert found["amount_kind"] == "MAXIMUM"


def test_each_project_has_its_own_cap(client: httpx.Client) -> None:
    """单个项目…最高不超过3000万元: min(30% × 200,000,000, 30,000,000) + 30% × 10,000,000 = 33,000,000."""
    found = answer(client, "AWARD", claim(factory("200000000.00"), factory(no="G-2")))
    assert [one["amount"] for one in found["items"]] == ["30000000.00", "3000000.00"]
    assert found["amount"] == "33000000.00"


@pytest.mark.parametrize(
    ("fixed", "expected", "working"),
    [
        ("4999999.99", "0.00", "one fen below 500万"),
        ("5000000.00", "3000000.00", "500万: 不低于 includes it"),
        ("5000000.01", "3000000.00", "one fen above"),
    ],
)
def test_threshold_of_fixed_asset_investment(client: httpx.Client, fixed: str, expected: str, working: str) -> None:
    """固定资产投资不低于500万元; the award is 30% × 10,000,000."""
    found = answer(client, "AWARD", claim(factory(measures={"fixed_asset_investment": fixed})))
    assert found["amount"] == expected, working
    assert reasons(found) == ({"BELOW_THRESHOLD", "NO_EARNING_ITEM"} if expected == "0.00" else set())


@pytest.mark.parametrize(
    ("started", "completed", "expected", "working"),
    [
        ("2021-01-15", "2024-01-14", "3000000.00", "a day less than three years"),
        ("2021-01-15", "2024-01-15", "3000000.00", "three years to the day"),
        ("2021-01-15", "2024-01-16", "0.00", "three years and a day"),
        ("2020-02-29", "2023-02-28", "3000000.00", "29 February and 36 months is 28 February"),
        ("2020-02-29", "2023-03-01", "0.00", "a day after it"),
        ("2023-06-01", "2023-06-01", "3000000.00", "built in a day"),
    ],
)
def test_time_of_construction(client: httpx.Client, started: str, completed: str, expected: str, working: str) -> None:
    """建设期不超过3年."""
    found = answer(client, "AWARD", claim(factory(started_on=started, completed_on=completed)))
    assert found["amount"] == expected, working
    assert reasons(found) == ({"BUILT_TOO_LONG", "NO_EARNING_ITEM"} if expected == "0.00" else set())


@pytest.mark.parametrize(
    ("completed", "expected", "working"),
    [
        ("2022-12-31", "0.00", "the day before the window"),
        ("2023-01-01", "3000000.00", "its first day"),
        ("2024-02-29", "3000000.00", "the day before the application"),
        ("2024-03-01", "3000000.00", "the day of the application"),
        ("2024-03-02", "0.00", "the day after it"),
    ],
)
def test_window_of_completion(client: httpx.Client, completed: str, expected: str, working: str) -> None:
    """2023年1月1日以后、申请截止前建成; the closing day was not seen, so the day of the application bounds it."""
    found = answer(client, "AWARD", claim(factory(started_on="2022-06-01", completed_on=completed)))
    assert found["amount"] == expected, working
    assert reasons(found) == ({"OUTSIDE_WINDOW", "NO_EARNING_ITEM"} if expected == "0.00" else set())
    assert ("WINDOW_NARROWLY_MISSED" in warnings(found)) == (expected == "0.00")


def test_only_a_factory_newly_named_earns(client: httpx.Client) -> None:
    """新获评国家智能制造标杆、智能制造示范工厂及世界灯塔工厂等标杆工厂: the other project keeps its 30% × 10,000,000."""
    found = answer(client, "AWARD", claim(factory(measures={"benchmark_factory": False}), factory(no="G-2")))
    assert [one["amount"] for one in found["items"]] == ["0.00", "3000000.00"]
    assert reasons(found) == {"NOT_BENCHMARK_FACTORY"}


@pytest.mark.parametrize(
    ("other", "expected", "working"),
    [
        ("999999.99", "2000000.01", "3,000,000 − 999,999.99"),
        ("2999999.99", "0.01", "3,000,000 − 2,999,999.99"),
        ("3000000.00", "0.00", "3,000,000 − 3,000,000"),
        ("3000000.01", "0.00", "never below zero"),
    ],
)
def test_other_fiscal_money_comes_off_the_award(client: httpx.Client, other: str, expected: str, working: str) -> None:
    """The clause says nothing else, so it comes off the amount (D53)."""
    assert answer(client, "AWARD", claim(factory(other_fiscal_funding=other)))["amount"] == expected, working


def test_other_fiscal_money_comes_off_after_the_cap_of_the_project(client: httpx.Client) -> None:
    """单个项目…3000万元: min(60,000,000, 30,000,000) − 1,000,000, not min(59,000,000, 30,000,000)."""
    assert answer(client, "AWARD", claim(factory("200000000.00", other_fiscal_funding="1000000.00")))["amount"] == "29000000.00"


@pytest.mark.parametrize(
    ("key", "granted", "expected", "working"),
    [
        ("G-1", "26999999.99", "3000000.00", "30,000,000 − 26,999,999.99 = 3,000,000.01 left"),
        ("G-1", "27000000.00", "3000000.00", "3,000,000.00 left"),
        ("G-1", "27000000.01", "2999999.99", "2,999,999.99 left"),
        ("G-2", "30000000.00", "3000000.00", "another project"),
    ],
)
def test_room_that_earlier_grants_leave(client: httpx.Client, key: str, granted: str, expected: str, working: str) -> None:
    """单个项目…3000万元: what the project was granted in this batch before takes room; the new claim is 30% × 10,000,000."""
    body = claim(factory(), granted=[grant(TABLE, "2024-02-20", granted, project_id=key)])
    assert answer(client, "AWARD", body)["amount"] == expected, working


def test_what_is_admitted_was_not_seen(client: httpx.Client) -> None:
    """纳入奖励范围总投资: the annex was not seen, so all that is sent counts: 30% × (4,000,000 + 5,000,000 + 1,000,000)."""
    kinds = [("EQUIPMENT", "4000000.00"), ("LAND", "5000000.00"), ("FEES", "1000000.00")]
    parts = [{"category": kind, "amount": amount, "vat": "100.00", "related_party": True} for kind, amount in kinds]
    found = answer(client, "AWARD", claim(factory(investments=parts)))
    assert found["amount"] == "3000000.00"
    open_ones = [one["clause"] for one in found["not_decided_here"]]
    # categories, VAT and related parties
    assert open_ones.count("按纳入奖励范围总投资的一定比例给予奖励") == 3


@pytest.mark.parametrize(
    ("project_sent", "faults"),
    [
        (factory() | {"measures": {"benchmark_factory": True}}, [("/projects/0/measures/fixed_asset_investment", "FACT_REQUIRED")]),
        (factory() | {"measures": {"fixed_asset_investment": "5000000.00"}}, [("/projects/0/measures/benchmark_factory", "FACT_REQUIRED")]),
        (factory(completed_on=None), [("/projects/0/completed_on", "FACT_REQUIRED")]),
        (factory(started_on=None), [("/projects/0/started_on", "FACT_REQUIRED")]),
        (factory(started_on="2024-01-16"), [("/projects/0/completed_on", "DATES_OUT_OF_ORDER")]),
    ],
    ids=["fixed assets", "benchmark", "completion", "start", "completed before it was started"],
)
def test_what_a_project_must_say(client: httpx.Client, project_sent: Body, faults: list[tuple[str, str]]) -> None:
    """A fact that decides is asked for, and never assumed."""
    assert refused(client, "AWARD", claim(project_sent)) == faults


@pytest.mark.parametrize(("on", "status"), [("2024-01-18", 404), ("2024-01-19", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is dated 2024-01-19."""
    response = post(client, "AWARD", claim(factory(), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
    else:
        assert response.json()["amount"] == "3000000.00"
