"""First production of new medicines, 2024 third batch, direction 1 (bj-gjj-2024-3-1): fixed amounts, and 5% of sales."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.bodies import refused
from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, applicant, binding, grant, item, post, reasons

TABLE = "bj-gjj-2024-3-1"


def drug(no: str = "A-1") -> Body:
    """A new medicine."""
    return item(no=no, category="NEW_DRUG")


def device(approved_on: str | None = "2023-06-01", no: str = "A-1") -> Body:
    """A medical device."""
    return item(no=no, category="MEDICAL_DEVICE") | ({"occurred_on": approved_on} if approved_on else {})


def introduced(sales: str, no: str = "A-1", **more: Any) -> Body:
    """A foreign product made in Beijing, with its sales of 2023 without VAT."""
    return item(no=no, category="INTRODUCED_PRODUCT", measures={"sales_ex_vat_2023": sales}, **more)


def claim(*items: Body, on: str = "2024-06-03", **who: Any) -> Body:
    """A claim for these products."""
    return {**AS_FIRST_PUBLISHED, "rate_table": TABLE, "application_date": on, "applicant": applicant(**who), "items": list(items)}


def test_a_new_medicine(client: httpx.Client) -> None:
    """新上市的本市注册生产药品，给予不超过200万元奖励. No day of approval is asked for."""
    found = answer(client, "AWARD", claim(drug()))
    assert (found["amount"], found["amount_kind"]) == ("2000000.00", "MAXIMUM")


@pytest.mark.parametrize(
    ("approved_on", "expected", "working"),
    [
        ("2022-12-31", "0.00", "the day before 2023"),
        ("2023-01-01", "2000000.00", "the first day of 2023"),
        ("2023-01-02", "2000000.00", "the day after it"),
        ("2024-06-03", "2000000.00", "the day of the application"),
    ],
)
def test_day_of_approval_of_a_device(client: httpx.Client, approved_on: str, expected: str, working: str) -> None:
    """对2023年以来本市获批注册生产的工信部揭榜挂帅入围/应急审批医疗器械，给予不超过200万元奖励."""
    found = answer(client, "AWARD", claim(device(approved_on)))
    assert found["amount"] == expected, working
    assert ("APPROVED_TOO_EARLY" in reasons(found)) == (expected == "0.00")


@pytest.mark.parametrize(
    ("sales", "expected", "binds", "working"),
    [
        ("19999999.99", "0.00", [], "one fen below 2000万"),
        ("20000000.00", "1000000.00", [], "5% × 20,000,000: 不低于 includes it"),
        ("20000000.01", "1000000.00", [], "5% × 20,000,000.01 = 1,000,000.0005, a ceiling: down"),
        ("20000000.39", "1000000.01", [], "5% × 20,000,000.39 = 1,000,000.0195, down"),
        ("59999999.99", "2999999.99", [], "5% × 59,999,999.99 = 2,999,999.9995, down"),
        ("60000000.00", "3000000.00", [], "5% × 60,000,000 = the cap of a product"),
        ("60000000.19", "3000000.00", [], "5% × 60,000,000.19 = 3,000,000.0095, down: the cap cuts nothing"),
        ("60000000.20", "3000000.00", ["PRODUCT"], "5% × 60,000,000.20 = 3,000,000.01 > 3,000,000"),
    ],
)
def test_share_of_sales(client: httpx.Client, sales: str, expected: str, binds: list[str], working: str) -> None:
    """2023年累计销售额（不含税）不低于2000万元…，按照不超过销售金额的5%给予分档奖励，单个品种奖励金额不超过300万元."""
    found = answer(client, "AWARD", claim(introduced(sales)))
    assert found["amount"] == expected, working
    assert binding(found) == binds
    assert reasons(found) == ({"BELOW_THRESHOLD", "NO_EARNING_ITEM"} if expected == "0.00" else set())


@pytest.mark.parametrize(
    ("products", "expected", "working"),
    [
        (["X", "X"], "3000000.00", "one product: 5% × 40,000,000 twice = 4,000,000 > 3,000,000"),
        (["X", "Y"], "4000000.00", "two products: 2,000,000 + 2,000,000"),
    ],
)
def test_the_cap_is_of_a_product(client: httpx.Client, products: list[str], expected: str, working: str) -> None:
    """单个品种奖励金额不超过300万元."""
    items = [introduced("40000000.00", f"A-{no}", product_id=product) for no, product in enumerate(products, 1)]
    assert answer(client, "AWARD", claim(*items))["amount"] == expected, working


def test_the_cap_of_a_product_does_not_reach_the_fixed_awards(client: httpx.Client) -> None:
    """单个品种…300万元 stands beside the 5%: 200万 + 200万 for a medicine and a device of one product."""
    found = answer(client, "AWARD", claim(drug() | {"product_id": "X"}, device(no="A-2") | {"product_id": "X"}))
    assert found["amount"] == "4000000.00"


@pytest.mark.parametrize(
    ("sales", "expected", "binds", "working"),
    [
        ("39999999.80", "9999999.99", [], "4 × 2,000,000 + 5% × 39,999,999.80"),
        ("40000000.00", "10000000.00", [], "4 × 2,000,000 + 2,000,000 = the cap of the year"),
        ("40000000.20", "10000000.00", ["ENTERPRISE_YEAR"], "4 × 2,000,000 + 2,000,000.01 > 10,000,000"),
    ],
)
def test_cap_of_the_year(client: httpx.Client, sales: str, expected: str, binds: list[str], working: str) -> None:
    """单个企业年度奖励金额不超过1000万元."""
    items = [drug("A-1"), drug("A-2"), device(no="A-3"), device(no="A-4"), introduced(sales, "A-5")]
    found = answer(client, "AWARD", claim(*items))
    assert found["amount"] == expected, working
    assert binding(found) == binds


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        (grant(TABLE, "2024-05-20", "8999999.99", category="NEW_DRUG"), "1000000.00", "year: 10,000,000 − 8,999,999.99 = 1,000,000.01 left"),
        (grant(TABLE, "2024-05-20", "9000000.00", category="NEW_DRUG"), "1000000.00", "year: 1,000,000.00 left"),
        (grant(TABLE, "2024-05-20", "9000000.01", category="NEW_DRUG"), "999999.99", "year: 999,999.99 left"),
        (grant(TABLE, "2024-05-20", "1999999.99", product_id="A-1", category="INTRODUCED_PRODUCT"), "1000000.00", "1,000,000.01 left"),
        (grant(TABLE, "2024-05-20", "2000000.00", product_id="A-1", category="INTRODUCED_PRODUCT"), "1000000.00", "1,000,000.00 left"),
        (grant(TABLE, "2024-05-20", "2000000.01", product_id="A-1", category="INTRODUCED_PRODUCT"), "999999.99", "999,999.99 left"),
        (grant(TABLE, "2024-05-20", "3000000.00", product_id="B", category="INTRODUCED_PRODUCT"), "1000000.00", "another product"),
    ],
)
def test_room_that_earlier_grants_leave(client: httpx.Client, granted: Body, expected: str, working: str) -> None:
    """单个品种…300万元；单个企业年度…1000万元: the new claim is 5% × 20,000,000 = 1,000,000."""
    assert answer(client, "AWARD", claim(introduced("20000000.00", product_id="A-1"), granted=[granted]))["amount"] == expected, working


@pytest.mark.parametrize(
    ("one", "faults"),
    [
        (item(), [("/items/0/category", "FACT_REQUIRED")]),
        (item(category="COSMETIC"), [("/items/0/category", "UNKNOWN_CATEGORY")]),
        (device(None), [("/items/0/occurred_on", "FACT_REQUIRED")]),
        (item(category="INTRODUCED_PRODUCT"), [("/items/0/measures/sales_ex_vat_2023", "FACT_REQUIRED")]),
    ],
    ids=["no category", "unknown category", "no day of approval", "no sales"],
)
def test_what_an_item_must_say(client: httpx.Client, one: Body, faults: list[tuple[str, str]]) -> None:
    """A fact that decides is asked for, and never assumed."""
    assert refused(client, "AWARD", claim(one)) == faults


def test_the_grades_of_the_annex_are_left_open(client: httpx.Client) -> None:
    """分档奖励: the grades were not seen, so 5% is the most, and the answer says so."""
    found = answer(client, "AWARD", claim(introduced("20000000.00")))
    assert found["amount_kind"] == "MAXIMUM"
    assert "按照不超过销售金额的5%给予分档奖励" in {one["clause"] for one in found["not_decided_here"]}


@pytest.mark.parametrize(("on", "status"), [("2024-04-29", 404), ("2024-04-30", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is dated 2024-04-30."""
    response = post(client, "AWARD", claim(drug(), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
    else:
        assert response.json()["amount"] == "2000000.00"
