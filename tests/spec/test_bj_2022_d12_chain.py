"""Supply-chain award of 2022, direction 12 (bj-gjj-2022-0-12): 5% of the contract performed, without VAT."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.claims import Body, answer, item, post, reasons, warnings

TABLE = "bj-gjj-2022-0-12"


def contract(amount: str = "5000000.00", vat: str = "0.00", **more: Any) -> Body:
    """A contract for information technology, signed well before the last day."""
    return item(amount, **({"vat": vat, "category": "NEW_GENERATION_IT", "occurred_on": "2022-05-10"} | more))


def claim(*items: Body, on: str = "2022-07-15") -> Body:
    """A claim for these contracts."""
    return {"rate_table": TABLE, "application_date": on, "items": list(items)}


@pytest.mark.parametrize(
    ("category", "amount", "vat", "expected", "working"),
    [
        ("NEW_GENERATION_IT", "4999999.99", "0.00", "0.00", "4,999,999.99 < 5,000,000"),
        ("NEW_GENERATION_IT", "5000000.00", "0.00", "250000.00", "5,000,000 is 500万元（含）; × 5%"),
        ("NEW_GENERATION_IT", "5000000.01", "0.00", "250000.00", "5,000,000.01 × 5% = 250,000.0005, half up"),
        ("NEW_GENERATION_IT", "5649999.99", "650000.00", "0.00", "5,649,999.99 − 650,000 = 4,999,999.99"),
        ("NEW_GENERATION_IT", "5650000.00", "650000.00", "250000.00", "(5,650,000 − 650,000) × 5%, not 282,500"),
        ("GREEN_ENERGY", "2999999.99", "0.00", "0.00", "2,999,999.99 < 3,000,000"),
        ("GREEN_ENERGY", "3000000.00", "0.00", "150000.00", "3,000,000 is 300万元（含）; × 5%"),
        ("GREEN_ENERGY", "3000000.10", "0.00", "150000.01", "3,000,000.10 × 5% = 150,000.005, half up"),
        ("GREEN_ENERGY", "3390000.00", "390000.00", "150000.00", "(3,390,000 − 390,000) × 5%"),
    ],
)
def test_threshold_and_share_of_each_field(client: httpx.Client, category: str, amount: str, vat: str, expected: str, working: str) -> None:
    """新一代信息技术企业实际履约金额500万元（含）以上，绿色能源与节能环保300万元（含）以上，按实际履约金额（不含税）给予5%奖励."""
    found = answer(client, "AWARD", claim(contract(amount, vat, category=category)))
    assert found["amount"] == expected, working
    assert reasons(found) == ({"BELOW_THRESHOLD", "NO_EARNING_ITEM"} if expected == "0.00" else set())


def test_the_threshold_tests_each_contract_alone(client: httpx.Client) -> None:
    """实际履约金额500万元（含）以上: two of 4,999,999.99 yuan are not one of 9,999,999.98 yuan."""
    items = [contract("4999999.99", item_id="A-1"), contract("4999999.99", item_id="A-2"), contract("6000000.00", item_id="A-3")]
    found = answer(client, "AWARD", claim(*items))
    # 6,000,000 × 5%
    assert found["amount"] == "300000.00"
    assert {one["item_id"] for one in found["reasons"]} == {"A-1", "A-2"}


def test_no_cap_was_published(client: httpx.Client) -> None:
    """给予产业链龙头企业5%奖励: no maximum is named."""
    found = answer(client, "AWARD", claim(contract("9000000000.00")))
    # 9,000,000,000 × 5%
    assert (found["amount"], found["caps"], found["amount_kind"]) == ("450000000.00", [], "EXACT")


@pytest.mark.parametrize(
    ("signed", "expected", "working"),
    [
        ("2022-06-29", "250000.00", "the day before the last"),
        ("2022-06-30", "250000.00", "the last day counts"),
        ("2022-07-01", "0.00", "one day late"),
        ("2019-01-01", "250000.00", "no first day was published"),
    ],
)
def test_the_last_day_of_contracts(client: httpx.Client, signed: str, expected: str, working: str) -> None:
    """合同截止日期为2022年6月30日."""
    found = answer(client, "AWARD", claim(contract(occurred_on=signed)))
    assert found["amount"] == expected, working
    assert ("OUTSIDE_WINDOW" in reasons(found)) == (expected == "0.00")
    assert ("WINDOW_NARROWLY_MISSED" in warnings(found)) == (expected == "0.00")


@pytest.mark.parametrize(
    ("on", "status", "expected"),
    [
        ("2022-08-29", "ELIGIBLE", "250000.00"),
        ("2022-08-30", "ELIGIBLE", "250000.00"),
        ("2022-08-31", "NOT_ELIGIBLE", "0.00"),
    ],
)
def test_the_last_day_of_applications(client: httpx.Client, on: str, status: str, expected: str) -> None:
    """The supplement's applications close on 2022-08-30."""
    found = answer(client, "AWARD", claim(contract(), on=on))
    assert (found["status"], found["amount"]) == (status, expected)
    assert ("OUTSIDE_APPLICATION_WINDOW" in reasons(found)) == (status == "NOT_ELIGIBLE")


@pytest.mark.parametrize(("on", "status"), [("2022-05-31", 404), ("2022-06-01", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The supplement is of 2022-06; the day was not seen, so the month's first day."""
    response = post(client, "AWARD", claim(contract(), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"


def test_first_days_that_were_not_seen_are_named(client: httpx.Client) -> None:
    """The notice gives last days only."""
    found = answer(client, "AWARD", claim(contract()))
    clauses = {one["clause"] for one in found["not_decided_here"]}
    assert {"合同截止日期为2022年6月30日", "（整理）申报截止日期为2022年8月30日"} <= clauses


@pytest.mark.parametrize("missing", ["vat", "occurred_on", "category"])
def test_what_a_contract_must_say(client: httpx.Client, missing: str) -> None:
    """不含税 needs the VAT, 合同截止日期 the date, the threshold its field."""
    given = contract()
    del given[missing]
    response = post(client, "AWARD", claim(given))
    assert response.status_code == 422
    assert {(one["pointer"], one["code"]) for one in response.json()["errors"]} == {(f"/items/0/{missing}", "FACT_REQUIRED")}
