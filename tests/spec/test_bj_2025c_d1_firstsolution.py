"""First industry-model solutions, 2025 third batch, direction 1 (bj-gjj-2025-3-1): 10% of what is not hardware."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, applicant, binding, grant, item, post, reasons

TABLE = "bj-gjj-2025-3-1"


def solution(amount: str = "10000000.00", hardware: str = "0.00", no: str = "A-1") -> Body:
    """A solution bought for ``amount``, of which ``hardware``."""
    return item(amount, no, hardware=hardware)


def claim(*items: Body, on: str = "2025-08-01", **who: Any) -> Body:
    """A claim for these solutions."""
    return {"rate_table": TABLE, "application_date": on, "applicant": applicant(**who), "items": list(items)}


@pytest.mark.parametrize(
    ("amount", "hardware", "expected", "working"),
    [
        ("0.09", "0.00", "0.00", "10% × 0.09 = 0.009, a ceiling: down"),
        ("0.10", "0.00", "0.01", "10% × 0.10"),
        ("0.19", "0.00", "0.01", "10% × 0.19 = 0.019, down"),
        ("10000000.00", "0.00", "1000000.00", "10% × (10,000,000 − 0)"),
        ("10000000.00", "4000000.00", "600000.00", "10% × (10,000,000 − 4,000,000)"),
        ("10000000.00", "9999999.90", "0.01", "10% × (10,000,000 − 9,999,999.90)"),
        ("10000000.00", "9999999.91", "0.00", "10% × 0.09 = 0.009, down"),
        ("10000000.00", "10000000.00", "0.00", "nothing but hardware"),
    ],
)
def test_share_of_what_is_not_hardware(client: httpx.Client, amount: str, hardware: str, expected: str, working: str) -> None:
    """按不超过解决方案中非硬件部分的实际采购额的10%给予奖励."""
    found = answer(client, "AWARD", claim(solution(amount, hardware)))
    assert found["amount"] == expected, working


def test_nothing_but_hardware_earns_nothing_and_says_so(client: httpx.Client) -> None:
    """非硬件部分: 10,000,000 − 10,000,000 = 0."""
    found = answer(client, "AWARD", claim(solution(hardware="10000000.00")))
    assert (found["status"], reasons(found)) == ("NOT_ELIGIBLE", {"NO_EARNING_ITEM"})


@pytest.mark.parametrize(
    ("second", "expected", "binds", "working"),
    [
        ("199999999.90", "29999999.99", [], "10% × 100,000,000 + 10% × 199,999,999.90"),
        ("200000000.00", "30000000.00", [], "10,000,000 + 20,000,000 = the cap"),
        ("200000000.09", "30000000.00", [], "20,000,000.009, down: the cap cuts nothing"),
        ("200000000.10", "30000000.00", ["ENTERPRISE_BATCH"], "10,000,000 + 20,000,000.01 > 30,000,000"),
    ],
)
def test_cap_of_the_enterprise(client: httpx.Client, second: str, expected: str, binds: list[str], working: str) -> None:
    """单个企业奖励金额最高不超过3000万元."""
    found = answer(client, "AWARD", claim(solution("100000000.00"), solution(second, no="A-2")))
    assert found["amount"] == expected, working
    assert binding(found) == binds
    assert found["amount_kind"] == "MAXIMUM"


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        (grant(TABLE, "2025-07-01", "28999999.99"), "1000000.00", "30,000,000 − 28,999,999.99 = 1,000,000.01 left"),
        (grant(TABLE, "2025-07-01", "29000000.00"), "1000000.00", "1,000,000.00 left"),
        (grant(TABLE, "2025-07-01", "29000000.01"), "999999.99", "999,999.99 left"),
        (grant("bj-gjj-2024-3-1", "2024-07-01", "30000000.00"), "1000000.00", "another batch"),
    ],
)
def test_room_that_earlier_grants_leave(client: httpx.Client, granted: Body, expected: str, working: str) -> None:
    """单个企业…3000万元 in this batch; the new claim is 10% × 10,000,000."""
    assert answer(client, "AWARD", claim(solution(), granted=[granted]))["amount"] == expected, working


def test_the_period_of_the_cap_is_left_open(client: httpx.Client) -> None:
    """单个企业奖励金额最高不超过3000万元 names no period: the batch is taken, and the answer says so."""
    found = answer(client, "AWARD", claim(solution()))
    assert "单个企业奖励金额最高不超过3000万元。" in {one["clause"] for one in found["not_decided_here"]}


@pytest.mark.parametrize(
    ("one", "faults"),
    [
        (item("10000000.00"), [("/items/0/hardware", "FACT_REQUIRED")]),
        (item(hardware="0.00"), [("/items/0/base_amount", "FACT_REQUIRED")]),
        (solution("10000000.00", "10000000.01"), [("/items/0/hardware", "PART_ABOVE_WHOLE")]),
    ],
    ids=["hardware not told", "price not told", "a fen more hardware than the whole"],
)
def test_what_an_item_must_say(client: httpx.Client, one: Body, faults: list[tuple[str, str]]) -> None:
    """A fact that decides is asked for, and never assumed."""
    assert refused(client, "AWARD", claim(one)) == faults


@pytest.mark.parametrize(("on", "status"), [("2025-01-19", 404), ("2025-01-20", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The day was not seen; the third batch is not older than the first, which is of 2025-01-20."""
    response = post(client, "AWARD", claim(solution(), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
    else:
        assert response.json()["amount"] == "1000000.00"
