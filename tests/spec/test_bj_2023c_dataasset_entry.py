"""Grant for the first entry of data assets, 2023 third batch (bj-gjj-2023-3-data-asset-entry): a strict threshold."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.claims import Body, answer, applicant, binding, grant, item, post, reasons

TABLE = "bj-gjj-2023-3-data-asset-entry"


def fee(amount: str = "1000000.00", entered: str = "2000000.00", no: str = "A-1", *, first: bool = True) -> Body:
    """Service fees for an entry of 2,000,000 yuan."""
    return item(amount, no, measures={"first_entry": first, "first_entry_amount": entered})


def claim(*items: Body, on: str = "2023-12-20", **who: Any) -> Body:
    """A claim for these fees."""
    return {"rate_table": TABLE, "application_date": on, "applicant": applicant(**who), "items": list(items)}


@pytest.mark.parametrize(
    ("entered", "expected", "working"),
    [
        ("999999.99", "0.00", "below 100万"),
        ("1000000.00", "0.00", "100万 is not 大于100万"),
        ("1000000.01", "300000.00", "one fen above; 30% × 1,000,000"),
    ],
)
def test_the_threshold_is_strict(client: httpx.Client, entered: str, expected: str, working: str) -> None:
    """入表金额大于100万元的: > and not >=, unlike 含 elsewhere."""
    found = answer(client, "GRANT", claim(fee(entered=entered)))
    assert found["amount"] == expected, working
    assert reasons(found) == ({"BELOW_THRESHOLD", "NO_EARNING_ITEM"} if expected == "0.00" else set())


@pytest.mark.parametrize(
    ("amount", "expected", "binds", "working"),
    [
        ("1666666.60", "499999.98", False, "30% × 1,666,666.60"),
        ("1666666.65", "500000.00", False, "30% × 1,666,666.65 = 499,999.995, half up: the cap"),
        ("1666666.67", "500000.00", False, "30% × 1,666,666.67 = 500,000.001, half up: the cap"),
        ("1666666.70", "500000.00", True, "30% × 1,666,666.70 = 500,000.01 > 500,000"),
        ("0.01", "0.00", False, "30% × 0.01 = 0.003, half up"),
        ("0.05", "0.02", False, "30% × 0.05 = 0.015, half up"),
    ],
)
def test_rate_and_cap(client: httpx.Client, amount: str, expected: str, binds: bool, working: str) -> None:
    """服务费用予以30%的补贴，同一企业数据资产入表补贴最高不超过50万元."""
    found = answer(client, "GRANT", claim(fee(amount)))
    assert found["amount"] == expected, working
    assert binding(found) == (["ENTERPRISE_LIFETIME"] if binds else [])
    assert found["amount_kind"] == "EXACT"


def test_the_fees_of_one_enterprise_share_the_cap(client: httpx.Client) -> None:
    """同一企业…最高不超过50万元: 300,000 + 450,000 = 750,000; each × 2/3."""
    found = answer(client, "GRANT", claim(fee("1000000.00"), fee("1500000.00", no="A-2")))
    assert found["amount"] == "500000.00"
    assert [one["amount"] for one in found["items"]] == ["200000.00", "300000.00"]


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        (grant(TABLE, "2023-11-30", "199999.99"), "300000.00", "500,000 − 199,999.99 = 300,000.01 left"),
        (grant(TABLE, "2023-11-30", "200000.00"), "300000.00", "300,000.00 left"),
        (grant(TABLE, "2023-11-30", "200000.01"), "299999.99", "299,999.99 left"),
        (grant("bj-gjj-2023-3-data-asset-registration", "2023-11-30", "500000.00"), "300000.00", "another grant"),
    ],
)
def test_room_that_earlier_grants_leave(client: httpx.Client, granted: Body, expected: str, working: str) -> None:
    """No year is written beside the 50万元, so it holds for ever."""
    assert answer(client, "GRANT", claim(fee(), granted=[granted]))["amount"] == expected, working


def test_a_later_entry_earns_nothing(client: httpx.Client) -> None:
    """对于数据资源首次实现入表."""
    found = answer(client, "GRANT", claim(fee(first=False), fee("100.00", no="A-2")))
    # 0 + 30% × 100
    assert [one["amount"] for one in found["items"]] == ["0.00", "30.00"]
    assert reasons(found) == {"NOT_FIRST_ENTRY"}


@pytest.mark.parametrize("missing", ["first_entry", "first_entry_amount"])
def test_what_a_fee_must_say(client: httpx.Client, missing: str) -> None:
    """首次实现入表且入表金额大于100万元."""
    given = fee()
    del given["measures"][missing]
    response = post(client, "GRANT", claim(given))
    assert response.status_code == 422
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [(f"/items/0/measures/{missing}", "FACT_REQUIRED")]


@pytest.mark.parametrize(("on", "status"), [("2023-10-31", 404), ("2023-11-01", 200), ("2023-11-02", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The guide is of 2023-11; the day was not seen, so the month's first day. Version 1 began on the year's."""
    response = post(client, "GRANT", claim(fee(), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
