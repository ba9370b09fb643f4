"""Tape-out award of 2022, direction 1 (bj-gjj-2022-0-1): exact shares, and a yearly cap for each category."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, applicant, binding, grant, item, post, reasons

TABLE = "bj-gjj-2022-0-1"


def claim(*items: Body, on: str = "2022-06-15", **who: Any) -> Body:
    """A claim for these tape-outs."""
    return {"rate_table": TABLE, "application_date": on, "applicant": applicant(**who), "items": list(items)}


@pytest.mark.parametrize(
    ("category", "fee", "expected", "binds", "working"),
    [
        ("MPW", "5999999.98", "2999999.99", False, "50% × 5,999,999.98"),
        ("MPW", "6000000.00", "3000000.00", False, "50% × 6,000,000 = the cap of 3,000,000"),
        ("MPW", "6000000.02", "3000000.00", True, "50% × 6,000,000.02 = 3,000,000.01 > 3,000,000"),
        ("FULL_MASK", "33333333.30", "9999999.99", False, "30% × 33,333,333.30"),
        ("FULL_MASK", "33333333.33", "10000000.00", False, "30% × 33,333,333.33 = 9,999,999.999, half up to the cap"),
        ("FULL_MASK", "33333333.40", "10000000.00", True, "30% × 33,333,333.40 = 10,000,000.02 > 10,000,000"),
        ("MADE_IN_BEIJING_FULL_MASK", "39999999.98", "19999999.99", False, "50% × 39,999,999.98"),
        ("MADE_IN_BEIJING_FULL_MASK", "40000000.00", "20000000.00", False, "50% × 40,000,000 = the cap of 20,000,000"),
        ("MADE_IN_BEIJING_FULL_MASK", "40000000.02", "20000000.00", True, "50% × 40,000,000.02 = 20,000,000.01 > 20,000,000"),
    ],
)
def test_rate_and_yearly_cap_of_each_category(
    client: httpx.Client, category: str, fee: str, expected: str, binds: bool, working: str
) -> None:
    """按照产品流片费用的50%（工程产品30%，在京代工50%）予以奖励，单个企业年度奖励额最高不超过300万元（1000万元、2000万元）."""
    found = answer(client, "AWARD", claim(item(fee, category=category)))
    assert found["amount"] == expected, working
    assert binding(found) == (["CATEGORY_YEAR"] if binds else [])
    assert found["amount_kind"] == "EXACT"


@pytest.mark.parametrize(
    ("category", "fee", "expected", "working"),
    [
        ("MPW", "1.00", "0.50", "50% × 1.00"),
        ("MPW", "1.01", "0.51", "50% × 1.01 = 0.505, half up"),
        ("FULL_MASK", "1.04", "0.31", "30% × 1.04 = 0.312"),
        ("FULL_MASK", "1.05", "0.32", "30% × 1.05 = 0.315, half up"),
    ],
)
def test_an_exact_share_is_rounded_half_up(client: httpx.Client, category: str, fee: str, expected: str, working: str) -> None:
    """按照产品流片费用的50%予以奖励: 按照 is exact; from 2023 on it is 不超过."""
    assert answer(client, "AWARD", claim(item(fee, category=category)))["amount"] == expected, working


def test_products_of_one_category_share_its_cap(client: httpx.Client) -> None:
    """单个企业年度奖励额最高不超过300万元."""
    found = answer(client, "AWARD", claim(item("4000000.00", "A-1", category="MPW"), item("8000000.00", "A-2", category="MPW")))
    # 2,000,000 + 4,000,000 = 6,000,000 > 3,000,000; each × 1/2
    assert found["amount"] == "3000000.00"
    assert [one["amount"] for one in found["items"]] == ["1000000.00", "2000000.00"]


def test_categories_have_separate_caps_and_no_overall_cap(client: httpx.Client) -> None:
    """Each of the three sentences has its own yearly limit; the overall limit came in 2023."""
    items = (
        item("7000000.00", "A-1", category="MPW"),
        item("40000000.00", "A-2", category="FULL_MASK"),
        item("50000000.00", "A-3", category="MADE_IN_BEIJING_FULL_MASK"),
    )
    # 3,500,000 → 3,000,000; 12,000,000 → 10,000,000; 25,000,000 → 20,000,000
    assert answer(client, "AWARD", claim(*items))["amount"] == "33000000.00"


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        (grant(TABLE, "2022-11-30", "999999.99", category="MPW"), "2000000.01", "3,000,000 − 999,999.99"),
        (grant(TABLE, "2022-11-30", "1000000.00", category="MPW"), "2000000.00", "3,000,000 − 1,000,000"),
        (grant(TABLE, "2022-11-30", "3000000.00", category="MPW"), "0.00", "3,000,000 − 3,000,000"),
        (grant(TABLE, "2022-11-30", "1000000.00", category="FULL_MASK"), "3000000.00", "another category's room"),
        (grant("bj-gjj-2021-0-1", "2022-11-30", "1000000.00", category="MPW"), "3000000.00", "another year's room"),
    ],
)
def test_earlier_grants_of_the_year_take_room(client: httpx.Client, granted: Body, expected: str, working: str) -> None:
    """单个企业年度奖励额: applied for in 2023, when the top-up rule of 2022, as first published, had ended."""
    body = claim(item("6000000.00", category="MPW"), on="2023-01-05", granted=[granted])
    assert answer(client, "AWARD", body | AS_FIRST_PUBLISHED)["amount"] == expected, working


@pytest.mark.parametrize(("on", "status"), [("2022-01-31", 404), ("2022-02-01", 200), ("2022-02-02", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """Published in 2022-02; the day was not seen, so the month's first day."""
    response = post(client, "AWARD", claim(item("100.00", category="MPW"), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        (item("100.00", category="FRONTIER_FULL_MASK"), "/items/0/category", "UNKNOWN_CATEGORY"),
        (item("100.00"), "/items/0/category", "FACT_REQUIRED"),
        (item(category="MPW"), "/items/0/base_amount", "FACT_REQUIRED"),
    ],
    ids=["a category of 2023", "no category", "no fee"],
)
def test_what_an_item_must_say(client: httpx.Client, wrong: Body, pointer: str, code: str) -> None:
    """The three categories of the notice, and the tape-out fee."""
    response = post(client, "AWARD", claim(wrong))
    assert response.status_code == 422
    assert (pointer, code) in {(one["pointer"], one["code"]) for one in response.json()["errors"]}


def test_a_fee_of_nothing_earns_nothing(client: httpx.Client) -> None:
    """50% × 0 = 0."""
    found = answer(client, "AWARD", claim(item("0.00", category="MPW")))
    assert (found["status"], found["amount"], reasons(found)) == ("NOT_ELIGIBLE", "0.00", {"NO_EARNING_ITEM"})
