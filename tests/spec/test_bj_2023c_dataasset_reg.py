"""Grant for the first registration of data assets, 2023 third batch (bj-gjj-2023-3-data-asset-registration)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, applicant, binding, grant, item, post, reasons

TABLE = "bj-gjj-2023-3-data-asset-registration"


def fee(amount: str = "200000.00", no: str = "A-1", *, first: bool = True) -> Body:
    """A registration fee for the first certificates."""
    return item(amount, no, measures={"first_registration": first})


def claim(*items: Body, on: str = "2023-12-20", **who: Any) -> Body:
    """A claim for these fees."""
    return {**AS_FIRST_PUBLISHED, "rate_table": TABLE, "application_date": on, "applicant": applicant(**who), "items": list(items)}


@pytest.mark.parametrize(
    ("amount", "expected", "binds", "working"),
    [
        ("333333.30", "99999.99", False, "30% × 333,333.30"),
        ("333333.33", "100000.00", False, "30% × 333,333.33 = 99,999.999, half up: the cap"),
        ("333333.40", "100000.00", True, "30% × 333,333.40 = 100,000.02 > 100,000"),
        ("0.01", "0.00", False, "30% × 0.01 = 0.003, half up"),
        ("0.05", "0.02", False, "30% × 0.05 = 0.015, half up"),
    ],
)
def test_rate_and_cap(client: httpx.Client, amount: str, expected: str, binds: bool, working: str) -> None:
    """登记费用的30%予以补贴，同一企业年度补贴金额不超过10万元."""
    found = answer(client, "GRANT", claim(fee(amount)))
    assert found["amount"] == expected, working
    assert binding(found) == (["ENTERPRISE_YEAR"] if binds else [])
    assert found["amount_kind"] == "EXACT"


def test_the_fees_of_one_enterprise_share_the_cap(client: httpx.Client) -> None:
    """同一企业年度补贴金额不超过10万元: 60,000 + 90,000 = 150,000; each × 2/3."""
    found = answer(client, "GRANT", claim(fee("200000.00"), fee("300000.00", "A-2")))
    assert found["amount"] == "100000.00"
    assert [one["amount"] for one in found["items"]] == ["40000.00", "60000.00"]


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        (grant(TABLE, "2023-11-30", "39999.99"), "60000.00", "100,000 − 39,999.99 = 60,000.01 left"),
        (grant(TABLE, "2023-11-30", "40000.00"), "60000.00", "60,000.00 left"),
        (grant(TABLE, "2023-11-30", "40000.01"), "59999.99", "59,999.99 left"),
        (grant("bj-gjj-2023-3-data-asset-entry", "2023-11-30", "100000.00"), "60000.00", "another grant"),
    ],
)
def test_room_that_earlier_grants_leave(client: httpx.Client, granted: Body, expected: str, working: str) -> None:
    """同一企业年度补贴金额不超过10万元; the new claim is 30% × 200,000."""
    assert answer(client, "GRANT", claim(fee(), granted=[granted]))["amount"] == expected, working


def test_later_certificates_earn_nothing(client: httpx.Client) -> None:
    """首批取得数据资产登记证书."""
    found = answer(client, "GRANT", claim(fee(first=False), fee("100.00", "A-2")))
    # 0 + 30% × 100
    assert [one["amount"] for one in found["items"]] == ["0.00", "30.00"]
    assert reasons(found) == {"NOT_FIRST_REGISTRATION"}


def test_whether_it_is_the_first_must_be_told(client: httpx.Client) -> None:
    """首批 is asked for, and never assumed."""
    response = post(client, "GRANT", claim(item("100.00")))
    assert response.status_code == 422
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [
        ("/items/0/measures/first_registration", "FACT_REQUIRED")
    ]


@pytest.mark.parametrize(("on", "status"), [("2022-12-31", 404), ("2023-01-01", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The guide is of 2023; the day was not seen, so the year's first day."""
    response = post(client, "GRANT", claim(fee(), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
