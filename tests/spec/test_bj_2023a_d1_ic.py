"""Tape-out award of 2023, first batch, direction 1 (bj-gjj-2023-1-1): ceilings, caps of the batch, one overall cap."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.claims import Body, answer, applicant, binding, grant, item, post, reasons, warnings

TABLE = "bj-gjj-2023-1-1"
PROMISED = {"contract_completed": True, "industrialise_in_beijing": True, "district_recommended": True}


def tape_out(fee: str = "4000000.00", category: str = "MPW", no: str = "A-1", **more: Any) -> Body:
    """A tape-out in the middle of the window that meets every condition."""
    return item(fee, no, category=category, **({"occurred_on": "2023-02-01", "measures": PROMISED} | more))


def claim(*items: Body, on: str = "2023-04-10", **who: Any) -> Body:
    """A claim for these tape-outs."""
    return {"rate_table": TABLE, "application_date": on, "applicant": applicant(**who), "items": list(items)}


@pytest.mark.parametrize(
    ("category", "fee", "expected", "binds", "working"),
    [
        ("MPW", "5999999.98", "2999999.99", False, "50% × 5,999,999.98"),
        ("MPW", "6000000.00", "3000000.00", False, "50% × 6,000,000 = the cap"),
        ("MPW", "6000000.02", "3000000.00", True, "50% × 6,000,000.02 = 3,000,000.01 > 3,000,000"),
        ("FRONTIER_FULL_MASK", "39999999.98", "19999999.99", False, "50% × 39,999,999.98"),
        ("FRONTIER_FULL_MASK", "40000000.00", "20000000.00", False, "50% × 40,000,000 = the cap"),
        ("FRONTIER_FULL_MASK", "40000000.02", "20000000.00", True, "50% × 40,000,000.02 = 20,000,000.01 > 20,000,000"),
        ("OTHER_FULL_MASK", "33333333.33", "9999999.99", False, "30% × 33,333,333.33 = 9,999,999.999, a ceiling: down"),
        ("OTHER_FULL_MASK", "33333333.34", "10000000.00", False, "30% × 33,333,333.34 = 10,000,000.002, down: the cap"),
        ("OTHER_FULL_MASK", "33333333.40", "10000000.00", True, "30% × 33,333,333.40 = 10,000,000.02 > 10,000,000"),
        ("MADE_IN_BEIJING_FULL_MASK", "39999999.98", "19999999.99", False, "50% × 39,999,999.98"),
        ("MADE_IN_BEIJING_FULL_MASK", "40000000.00", "20000000.00", False, "50% × 40,000,000 = the cap"),
        ("MADE_IN_BEIJING_FULL_MASK", "40000000.02", "20000000.00", True, "50% × 40,000,000.02 = 20,000,000.01 > 20,000,000"),
    ],
)
def test_rate_and_cap_of_each_category(client: httpx.Client, category: str, fee: str, expected: str, binds: bool, working: str) -> None:
    """按照不超过产品流片费用的50%予以奖励，最高不超过300万元；前沿领域50%，2000万元；其他30%，1000万元；在京代工50%，2000万元."""
    found = answer(client, "AWARD", claim(tape_out(fee, category)))
    assert found["amount"] == expected, working
    assert binding(found) == (["CATEGORY"] if binds else [])
    assert found["amount_kind"] == "MAXIMUM"


@pytest.mark.parametrize(
    ("fee", "expected", "working"),
    [("1.00", "0.50", "50% × 1.00"), ("1.01", "0.50", "50% × 1.01 = 0.505, down"), ("1.02", "0.51", "50% × 1.02")],
)
def test_a_ceiling_is_rounded_down(client: httpx.Client, fee: str, expected: str, working: str) -> None:
    """按照不超过产品流片费用的50%: half up would pass the half."""
    assert answer(client, "AWARD", claim(tape_out(fee)))["amount"] == expected, working


@pytest.mark.parametrize(
    ("frontier", "made_here", "expected", "working"),
    [
        ("39999999.98", "20000000.00", "29999999.99", "19,999,999.99 + 10,000,000"),
        ("40000000.00", "20000000.00", "30000000.00", "20,000,000 + 10,000,000 = the cap"),
        ("40000000.00", "20000000.02", "30000000.00", "20,000,000 + 10,000,000.01 > 30,000,000"),
    ],
)
def test_the_overall_cap(client: httpx.Client, frontier: str, made_here: str, expected: str, working: str) -> None:
    """若有多个产品符合多项申报条件可同时申报，单个企业奖励金额最高不超过3000万元."""
    items = (tape_out(frontier, "FRONTIER_FULL_MASK", "A-1"), tape_out(made_here, "MADE_IN_BEIJING_FULL_MASK", "A-2"))
    found = answer(client, "AWARD", claim(*items))
    assert found["amount"] == expected, working
    assert binding(found) == (["ENTERPRISE_BATCH"] if made_here == "20000000.02" else [])


@pytest.mark.parametrize(
    ("occurred_on", "expected", "working"),
    [
        ("2022-06-30", "0.00", "one day early"),
        ("2022-07-01", "2000000.00", "the first day counts: 50% × 4,000,000"),
        ("2022-07-02", "2000000.00", "the day after"),
        ("2023-03-30", "2000000.00", "the day before the last"),
        ("2023-03-31", "2000000.00", "the last day counts"),
        ("2023-04-01", "0.00", "one day late: the second batch begins here"),
    ],
)
def test_the_window_of_tape_outs(client: httpx.Client, occurred_on: str, expected: str, working: str) -> None:
    """2022年7月1日至2023年3月31日."""
    found = answer(client, "AWARD", claim(tape_out(occurred_on=occurred_on)))
    assert found["amount"] == expected, working
    assert ("OUTSIDE_WINDOW" in reasons(found)) == (expected == "0.00")
    assert ("WINDOW_NARROWLY_MISSED" in warnings(found)) == (expected == "0.00")


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        ("contract_completed", "CONTRACT_NOT_COMPLETED"),
        ("industrialise_in_beijing", "NO_COMMITMENT"),
        ("district_recommended", "NOT_RECOMMENDED"),
    ],
)
def test_each_condition_refuses_its_product_alone(client: httpx.Client, fact: str, code: str) -> None:
    """产品流片合同已执行完毕；承诺在京开展该产品产业化工作；须经所在区经济和信息化主管部门推荐."""
    items = (tape_out(no="A-1", measures=PROMISED | {fact: False}), tape_out(no="A-2"))
    found = answer(client, "AWARD", claim(*items))
    # 0 + 50% × 4,000,000
    assert [one["amount"] for one in found["items"]] == ["0.00", "2000000.00"]
    assert [(one["code"], one["item_id"]) for one in found["reasons"]] == [(code, "A-1")]


@pytest.mark.parametrize("fact", sorted(PROMISED))
def test_each_condition_must_be_told(client: httpx.Client, fact: str) -> None:
    """A condition that is not told is neither met nor failed."""
    told = {name: True for name in PROMISED if name != fact}
    response = post(client, "AWARD", claim(tape_out(measures=told)))
    assert response.status_code == 422
    assert {(one["pointer"], one["code"]) for one in response.json()["errors"]} == {(f"/items/0/measures/{fact}", "FACT_REQUIRED")}


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        (grant("bj-gjj-2023-1-stable-growth", "2023-03-01", "0.01"), "2000000.00", "another direction of 2023, which the clause bars in principle only"),
        (grant("bj-gjj-2022-0-1", "2022-12-31", "1000000.00"), "2000000.00", "another year"),
        (grant("bj-sme-2023-0-1", "2023-03-01", "1000000.00"), "2000000.00", "another fund"),
        (grant(TABLE, "2023-03-01", "1000000.00", category="MPW"), "2000000.00", "this direction; 3,000,000 − 1,000,000 of room"),
        (grant(TABLE, "2023-03-01", "1000000.01", category="MPW"), "1999999.99", "this direction; 3,000,000 − 1,000,000.01 of room"),
        (grant(TABLE, "2023-03-01", "28000000.01", category="FRONTIER_FULL_MASK"), "1999999.99", "30,000,000 − 28,000,000.01 of the overall room"),
    ],
)
def test_one_direction_and_the_room_that_earlier_grants_leave(client: httpx.Client, granted: Body, expected: str, working: str) -> None:
    """同一企业原则上只能申报一个方向；单个企业奖励金额最高不超过300万元、3000万元."""
    found = answer(client, "AWARD", claim(tape_out(), granted=[granted]))
    assert found["amount"] == expected, working
    assert "ALREADY_SUPPORTED_THIS_YEAR" not in reasons(found)  # 原则上 leaves the decision to the authority (D102)
    assert ("SINGLE_DIRECTION_IN_PRINCIPLE" in warnings(found)) == ("another direction" in working)


@pytest.mark.parametrize(("on", "status"), [("2023-02-23", 404), ("2023-02-24", 200), ("2023-02-25", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The guide is of 2023-02-24; version 1 began on the month's first day, version 2 takes its place."""
    response = post(client, "AWARD", claim(tape_out(occurred_on="2023-01-10"), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"


def test_the_categories_of_2022_are_not_those_of_2023(client: httpx.Client) -> None:
    """FULL_MASK became the frontier and the other products."""
    response = post(client, "AWARD", claim(tape_out(category="FULL_MASK")))
    assert response.status_code == 422
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [("/items/0/category", "UNKNOWN_CATEGORY")]
