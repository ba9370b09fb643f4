"""Tape-out award of 2023, second batch, direction 1 (bj-gjj-2023-2-1): caps of the batch, and one cap of the year."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.claims import Body, answer, applicant, binding, grant, item, post, reasons, warnings

TABLE = "bj-gjj-2023-2-1"
FIRST_BATCH = "bj-gjj-2023-1-1"


def tape_out(fee: str = "4000000.00", category: str = "MPW", no: str = "A-1", **more: Any) -> Body:
    """A tape-out in the middle of the window whose contract is completed."""
    return item(fee, no, category=category, **({"occurred_on": "2023-07-01", "measures": {"contract_completed": True}} | more))


def claim(*items: Body, on: str = "2023-11-20", **who: Any) -> Body:
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
    """单个企业本批次奖励金额最高不超过300万元；前沿领域本批次2000万元；其他1000万元；在京代工2000万元."""
    found = answer(client, "AWARD", claim(tape_out(fee, category)))
    assert found["amount"] == expected, working
    assert binding(found) == (["CATEGORY"] if binds else [])
    assert found["amount_kind"] == "MAXIMUM"


@pytest.mark.parametrize(
    ("frontier", "made_here", "expected", "working"),
    [
        ("39999999.98", "20000000.00", "29999999.99", "19,999,999.99 + 10,000,000"),
        ("40000000.00", "20000000.00", "30000000.00", "20,000,000 + 10,000,000 = the cap"),
        ("40000000.00", "20000000.02", "30000000.00", "20,000,000 + 10,000,000.01 > 30,000,000"),
    ],
)
def test_the_cap_of_the_year(client: httpx.Client, frontier: str, made_here: str, expected: str, working: str) -> None:
    """单个企业年度奖励金额不超过3000万元."""
    items = (tape_out(frontier, "FRONTIER_FULL_MASK", "A-1"), tape_out(made_here, "MADE_IN_BEIJING_FULL_MASK", "A-2"))
    found = answer(client, "AWARD", claim(*items))
    assert found["amount"] == expected, working
    assert binding(found) == (["ENTERPRISE_YEAR"] if made_here == "20000000.02" else [])


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        (grant(FIRST_BATCH, "2023-06-30", "26999999.99", category="MPW"), "3000000.00", "3,000,000.01 left of the year"),
        (grant(FIRST_BATCH, "2023-06-30", "27000000.00", category="MPW"), "3000000.00", "3,000,000 left of the year"),
        (grant(FIRST_BATCH, "2023-06-30", "27000000.01", category="MPW"), "2999999.99", "2,999,999.99 left of the year"),
        (grant(FIRST_BATCH, "2023-06-30", "30000000.00", category="MPW"), "0.00", "nothing left of the year"),
        (grant(FIRST_BATCH, "2023-06-30", "3000000.00", category="MPW"), "3000000.00", "the batch's own cap is untouched"),
        (grant(TABLE, "2023-11-01", "1000000.00", category="MPW"), "2000000.00", "3,000,000 − 1,000,000 left of this batch"),
        (grant("bj-gjj-2022-0-1", "2022-12-31", "30000000.00", category="MPW"), "3000000.00", "another year"),
        (grant("bj-gjj-2023-2-2", "2023-11-01", "10000000.00"), "3000000.00", "loan interest is no tape-out award"),
    ],
)
def test_the_year_runs_across_batches_and_the_categories_do_not(client: httpx.Client, granted: Body, expected: str, working: str) -> None:
    """单个企业年度奖励金额 includes the first batch; 本批次 does not. The new claim is 50% × 6,000,000."""
    found = answer(client, "AWARD", claim(tape_out("6000000.00"), granted=[granted]))
    assert (found["status"], found["amount"]) == ("ELIGIBLE", expected), working


@pytest.mark.parametrize(
    ("occurred_on", "expected", "working"),
    [
        ("2023-03-31", "0.00", "one day early: the first batch ends here"),
        ("2023-04-01", "2000000.00", "the first day counts: 50% × 4,000,000"),
        ("2023-04-02", "2000000.00", "the day after"),
        ("2023-10-30", "2000000.00", "the day before the last"),
        ("2023-10-31", "2000000.00", "the last day counts"),
        ("2023-11-01", "0.00", "one day late"),
    ],
)
def test_the_window_of_tape_outs(client: httpx.Client, occurred_on: str, expected: str, working: str) -> None:
    """2023年4月1日至2023年10月31日."""
    found = answer(client, "AWARD", claim(tape_out(occurred_on=occurred_on)))
    assert found["amount"] == expected, working
    assert ("OUTSIDE_WINDOW" in reasons(found)) == (expected == "0.00")
    assert ("WINDOW_NARROWLY_MISSED" in warnings(found)) == (expected == "0.00")


def test_a_contract_that_is_not_completed_earns_nothing(client: httpx.Client) -> None:
    """产品流片合同已执行完毕."""
    items = (tape_out(no="A-1", measures={"contract_completed": False}), tape_out(no="A-2"))
    found = answer(client, "AWARD", claim(*items))
    # 0 + 50% × 4,000,000
    assert [one["amount"] for one in found["items"]] == ["0.00", "2000000.00"]
    assert [(one["code"], one["item_id"]) for one in found["reasons"]] == [("CONTRACT_NOT_COMPLETED", "A-1")]


def test_the_commitment_of_the_first_batch_is_not_asked_again(client: httpx.Client) -> None:
    """The second batch asks for the completed contract alone, so other facts are not known to it."""
    response = post(client, "AWARD", claim(tape_out(measures={"contract_completed": True, "district_recommended": True})))
    assert response.status_code == 422
    assert [one["code"] for one in response.json()["errors"]] == ["UNKNOWN_MEASURE"]


@pytest.mark.parametrize(("on", "status"), [("2023-10-24", 404), ("2023-10-25", 200), ("2023-10-26", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is dated 2023-10-25."""
    response = post(client, "AWARD", claim(tape_out(), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
