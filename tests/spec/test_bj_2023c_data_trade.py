"""Award for the first trade of data, 2023 third batch (bj-gjj-2023-3-data-trade)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, applicant, binding, grant, item, post, reasons

TABLE = "bj-gjj-2023-3-data-trade"


def trade(amount: str = "10000000.00", no: str = "A-1", *, first: bool = True) -> Body:
    """The first year's trade of a data product."""
    return item(amount, no, measures={"first_contract": first})


def claim(*items: Body, on: str = "2023-12-20", **who: Any) -> Body:
    """A claim for these trades."""
    return {**AS_FIRST_PUBLISHED, "rate_table": TABLE, "application_date": on, "applicant": applicant(**who), "items": list(items)}


@pytest.mark.parametrize(
    ("amount", "expected", "binds", "working"),
    [
        ("49999999.75", "1999999.99", False, "4% × 49,999,999.75"),
        ("50000000.00", "2000000.00", False, "4% × 50,000,000 = the cap"),
        ("50000000.25", "2000000.00", True, "4% × 50,000,000.25 = 2,000,000.01 > 2,000,000"),
        ("0.12", "0.00", False, "4% × 0.12 = 0.0048, half up"),
        ("0.13", "0.01", False, "4% × 0.13 = 0.0052, half up"),
    ],
)
def test_rate_and_cap(client: httpx.Client, amount: str, expected: str, binds: bool, working: str) -> None:
    """按照第一年度数据交易额的4%对企业予以奖励，同一企业年度奖励金额最高不超过200万元."""
    found = answer(client, "AWARD", claim(trade(amount)))
    assert found["amount"] == expected, working
    assert binding(found) == (["ENTERPRISE_YEAR"] if binds else [])
    assert found["amount_kind"] == "EXACT"


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        (grant(TABLE, "2023-11-30", "1599999.99"), "400000.00", "2,000,000 − 1,599,999.99 = 400,000.01 left"),
        (grant(TABLE, "2023-11-30", "1600000.00"), "400000.00", "400,000.00 left"),
        (grant(TABLE, "2023-11-30", "1600000.01"), "399999.99", "399,999.99 left"),
        (grant("bj-gjj-2023-3-data-asset-entry", "2023-11-30", "500000.00"), "400000.00", "another direction's money"),
    ],
)
def test_room_that_earlier_grants_leave(client: httpx.Client, granted: Body, expected: str, working: str) -> None:
    """同一企业年度奖励金额最高不超过200万元; the new claim is 4% × 10,000,000."""
    assert answer(client, "AWARD", claim(trade(), granted=[granted]))["amount"] == expected, working


def test_a_later_contract_earns_nothing(client: httpx.Client) -> None:
    """企业签订的首个数据产品交易合同."""
    found = answer(client, "AWARD", claim(trade(first=False)))
    assert (found["status"], found["amount"]) == ("NOT_ELIGIBLE", "0.00")
    assert reasons(found) == {"NOT_FIRST_CONTRACT", "NO_EARNING_ITEM"}


def test_whether_it_is_the_first_must_be_told(client: httpx.Client) -> None:
    """首个 is asked for, and never assumed."""
    response = post(client, "AWARD", claim(item("100.00")))
    assert response.status_code == 422
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [("/items/0/measures/first_contract", "FACT_REQUIRED")]


@pytest.mark.parametrize(("on", "status"), [("2022-12-31", 404), ("2023-01-01", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The guide is of 2023; the day was not seen, so the year's first day."""
    response = post(client, "AWARD", claim(trade(), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
