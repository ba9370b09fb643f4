"""Service vouchers, 2026 first batch, direction 24 (bj-gjj-2026-1-24): at most 30% of the contract, 200,000 a year."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, applicant, binding, grant, item, post, reasons, warnings
from tests.spec.small_tables import amounts

TABLE = "bj-gjj-2026-1-24"


def contract(amount: str = "100000.00", no: str = "A-1", listed: bool = True) -> Body:
    """A contract on a service that is listed."""
    return item(amount, no, measures={"listed_service": listed})


def claim(*items: Body, on: str = "2026-06-01", **who: Any) -> Body:
    """A claim for these contracts."""
    return {"rate_table": TABLE, "application_date": on, "applicant": applicant(**who), "items": list(items)}


@pytest.mark.parametrize(
    ("amount", "expected", "binds", "working"),
    [
        ("0.03", "0.00", [], "30% × 0.03 = 0.009, a ceiling: down"),
        ("0.04", "0.01", [], "30% × 0.04 = 0.012, down"),
        ("666666.66", "199999.99", [], "30% × 666,666.66 = 199,999.998, down"),
        ("666666.67", "200000.00", [], "30% × 666,666.67 = 200,000.001, down = the limit"),
        ("666666.70", "200000.00", ["ENTERPRISE_YEAR"], "30% × 666,666.70 = 200,000.01 > 200,000"),
    ],
)
def test_share_and_limit(client: httpx.Client, amount: str, expected: str, binds: list[str], working: str) -> None:
    """已评审上架服务合同金额最高30%；单个企业年度最高补贴20万元."""
    found = answer(client, "AWARD", claim(contract(amount)))
    assert (found["amount"], found["amount_kind"], binding(found)) == (expected, "MAXIMUM", binds), working


def test_contracts_of_an_enterprise_share_its_limit(client: httpx.Client) -> None:
    """单个企业: 150,000 + 150,000 -> 200,000, spread evenly."""
    found = answer(client, "AWARD", claim(contract("500000.00"), contract("500000.00", "A-2")))
    assert amounts(found) == {"A-1": "100000.00", "A-2": "100000.00"}


@pytest.mark.parametrize(
    ("on", "granted", "expected", "working"),
    [
        ("2026-03-10", "169999.99", "30000.00", "200,000 − 169,999.99 = 30,000.01 left"),
        ("2026-03-10", "170000.00", "30000.00", "30,000.00 left"),
        ("2026-03-10", "170000.01", "29999.99", "29,999.99 left"),
    ],
)
def test_room_that_the_year_has_left(client: httpx.Client, on: str, granted: str, expected: str, working: str) -> None:
    """年度; the new claim is 30% × 100,000."""
    assert answer(client, "AWARD", claim(contract(), granted=[grant(TABLE, on, granted)]))["amount"] == expected, working


def test_a_service_that_is_not_listed_earns_nothing(client: httpx.Client) -> None:
    """已评审上架; the other contract keeps its 30% × 100,000."""
    found = answer(client, "AWARD", claim(contract(listed=False), contract(no="A-2")))
    assert amounts(found) == {"A-1": "0.00", "A-2": "30000.00"}
    assert reasons(found) == {"SERVICE_NOT_LISTED"}


def test_what_a_contract_must_say(client: httpx.Client) -> None:
    """Facts that decide are asked for."""
    assert refused(client, "AWARD", claim(item("1.00"))) == [("/items/0/measures/listed_service", "FACT_REQUIRED")]
    assert refused(client, "AWARD", claim(item(measures={"listed_service": True}))) == [("/items/0/base_amount", "FACT_REQUIRED")]


@pytest.mark.parametrize(
    ("on", "eligible"), [("2026-02-14", True), ("2026-08-30", True), ("2026-08-31", True), ("2026-09-01", False)]
)
def test_the_last_day_of_applications(client: httpx.Client, on: str, eligible: bool) -> None:
    """Until 2026-08-31, which counts; the first day was not seen, and whether the money is used up is left open."""
    found = answer(client, "AWARD", claim(contract(), on=on))
    assert (found["status"], found["amount"]) == (("ELIGIBLE", "30000.00") if eligible else ("NOT_ELIGIBLE", "0.00"))
    assert ("OUTSIDE_APPLICATION_WINDOW" in reasons(found)) == (not eligible)
    assert "TABLE_AUTHORITY" in warnings(found)
    assert "（整理）申请截至2026年8月31日，额度用完为止" in {one["clause"] for one in found["not_decided_here"]}


@pytest.mark.parametrize(("on", "status"), [("2026-02-13", 404), ("2026-02-14", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The guide is dated 2026-02-14."""
    response = post(client, "AWARD", claim(contract(), on=on))
    assert response.status_code == status
    assert response.json()["amount"] == "30000.00" if status == 200 else response.json()["code"] == "NO_VERSION_IN_FORCE"
