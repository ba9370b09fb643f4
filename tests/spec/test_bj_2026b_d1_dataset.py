"""Data sets for industry, 2026 second batch (bj-gjj-2026-2-dataset): 1,000,000 for the first trade, 200,000 for each resale."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, applicant, binding, grant, item, post, reasons, warnings
from tests.spec.small_tables import amounts

TABLE = "bj-gjj-2026-2-dataset"


def trades(events: int, before: int = 0, data: str = "D-1", no: str = "A-1") -> Body:
    """So many trades of a data set that was traded so many times before."""
    return item(None, no, events=events, measures={"dataset_id": data, "events_before": before})


def claim(*items: Body, on: str = "2026-08-15", who: Body | None = None, **more: Any) -> Body:
    """A claim for these trades."""
    return {"rate_table": TABLE, "application_date": on, "applicant": applicant(**(who or {})), "items": list(items)} | more


def award(client: httpx.Client, body: Body) -> str:
    """The total that a claim earns."""
    return str(answer(client, "AWARD", body)["amount"])


@pytest.mark.parametrize(
    ("before", "events", "expected", "binds", "working"),
    [
        (0, 1, "1000000.00", [], "the first trade"),
        (0, 2, "1200000.00", [], "1,000,000 + 200,000"),
        (0, 5, "1800000.00", [], "1,000,000 + 4 × 200,000"),
        (0, 6, "2000000.00", [], "1,000,000 + 5 × 200,000 = the limit of a data set"),
        (0, 7, "2000000.00", ["DATASET_ID_LIFETIME"], "1,000,000 + 6 × 200,000 > 2,000,000"),
        (1, 1, "200000.00", [], "the first resale"),
        (1, 10, "2000000.00", [], "10 × 200,000 = the limit; nothing was granted before"),
        (1, 11, "2000000.00", ["DATASET_ID_LIFETIME"], "11 × 200,000 > 2,000,000"),
        (1000, 1, "200000.00", [], "a later resale"),
    ],
)
def test_first_trade_and_resales(client: httpx.Client, before: int, events: int, expected: str, binds: list[str], working: str) -> None:
    """数据集首次交易奖励最高100万元、每次复卖增加最高20万元、单个数据集累计最高200万元."""
    found = answer(client, "AWARD", claim(trades(events, before)))
    assert (found["amount"], found["amount_kind"]) == (expected, "MAXIMUM"), working
    assert binding(found) == binds


def test_no_trade_earns_nothing(client: httpx.Client) -> None:
    """交易奖励: no trade, no award."""
    found = answer(client, "AWARD", claim(trades(0)))
    assert (found["status"], found["amount"], reasons(found)) == ("NOT_ELIGIBLE", "0.00", {"NO_EARNING_ITEM"})


def test_items_of_one_data_set_share_its_limit(client: httpx.Client) -> None:
    """单个数据集累计最高200万元: 1,800,000 + 2 × 200,000 = 2,200,000, cut to 2,000,000 in proportion 18 : 4."""
    found = answer(client, "AWARD", claim(trades(5), trades(2, 5, no="A-2")))
    # 2,000,000 × 18/22 = 1,636,363.636…, × 4/22 = 363,636.363…: the fen left goes to the larger remainder
    assert amounts(found) == {"A-1": "1636363.64", "A-2": "363636.36"}


@pytest.mark.parametrize(
    ("events", "granted", "expected", "working"),
    [
        (4, grant(TABLE, "2026-08-01", "1400000.00", dataset_id="D-1"), "600000.00", "4 × 200,000 = 800,000 > 2,000,000 − 1,400,000"),
        (1, grant(TABLE, "2026-08-01", "1799999.99", dataset_id="D-1"), "200000.00", "2,000,000 − 1,799,999.99 = 200,000.01 left"),
        (1, grant(TABLE, "2026-08-01", "1800000.00", dataset_id="D-1"), "200000.00", "200,000.00 left"),
        (1, grant(TABLE, "2026-08-01", "1800000.01", dataset_id="D-1"), "199999.99", "199,999.99 left"),
        (1, grant(TABLE, "2026-08-01", "2000000.00", dataset_id="D-2"), "200000.00", "another data set"),
        (1, grant(TABLE, "2020-08-01", "2000000.00", dataset_id="D-1"), "0.00", "累计: years ago counts too"),
    ],
)
def test_room_that_earlier_trades_leave(client: httpx.Client, events: int, granted: Body, expected: str, working: str) -> None:
    """单个数据集累计最高200万元 (D41); resales after the fifth trade."""
    assert award(client, claim(trades(events, 5), who={"granted": [granted]})) == expected, working


@pytest.mark.parametrize(
    ("third", "expected", "binds", "working"),
    [
        (trades(4, 1, "D-3", "A-3"), "4800000.00", [], "2,000,000 + 2,000,000 + 4 × 200,000"),
        (trades(5, 1, "D-3", "A-3"), "5000000.00", [], "2,000,000 + 2,000,000 + 5 × 200,000 = the limit"),
        (trades(6, 1, "D-3", "A-3"), "5000000.00", ["ENTERPRISE_YEAR"], "2,000,000 + 2,000,000 + 1,200,000 > 5,000,000"),
    ],
)
def test_limit_of_the_enterprise(client: httpx.Client, third: Body, expected: str, binds: list[str], working: str) -> None:
    """单企业年度累计最高500万元."""
    found = answer(client, "AWARD", claim(trades(6), trades(6, 0, "D-2", "A-2"), third))
    assert found["amount"] == expected, working
    assert binding(found) == binds


def test_the_limit_of_a_data_set_comes_first(client: httpx.Client) -> None:
    """单个数据集 before 单企业: 11 × 200,000 -> 2,000,000 of one, 3,000,000 of two others: 5,000,000, all paid."""
    found = answer(client, "AWARD", claim(trades(11, 1), trades(6, 0, "D-2", "A-2"), trades(1, 0, "D-3", "A-3")))
    assert amounts(found) == {"A-1": "2000000.00", "A-2": "2000000.00", "A-3": "1000000.00"}
    assert binding(found) == ["DATASET_ID_LIFETIME"]


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        (grant(TABLE, "2026-08-01", "3999999.99", dataset_id="EARLIER"), "1000000.00", "5,000,000 − 3,999,999.99 = 1,000,000.01 left"),
        (grant(TABLE, "2026-08-01", "4000000.00", dataset_id="EARLIER"), "1000000.00", "1,000,000.00 left"),
        (grant(TABLE, "2026-08-01", "4000000.01", dataset_id="EARLIER"), "999999.99", "999,999.99 left"),
        (grant("bj-gjj-2026-2-token", "2026-08-01", "5000000.00"), "1000000.00", "another direction's money"),
        (grant("bj-gjj-2025-3-1", "2025-08-01", "5000000.00"), "1000000.00", "another year"),
    ],
)
def test_room_that_earlier_grants_of_the_year_leave(client: httpx.Client, granted: Body, expected: str, working: str) -> None:
    """单企业年度累计最高500万元; the new claim is a first trade."""
    assert award(client, claim(trades(1), who={"granted": [granted]})) == expected, working


@pytest.mark.parametrize(
    ("on", "at", "eligible", "warns"),
    [
        ("2026-07-30", None, False, {"WINDOW_NARROWLY_MISSED"}),
        ("2026-07-31", None, True, set()),
        ("2026-07-31", "2026-07-31T00:00:00+08:00", True, set()),
        ("2026-08-01", None, True, set()),
        ("2026-08-30", None, True, set()),
        ("2026-08-30", "2026-08-30T23:59:59+08:00", True, set()),
        ("2026-08-31", None, True, {"CLOSING_DAY_WITHOUT_TIME"}),
        ("2026-08-31", "2026-08-31T17:29:59+08:00", True, set()),
        ("2026-08-31", "2026-08-31T17:30:00+08:00", True, set()),
        ("2026-08-31", "2026-08-31T17:30:01+08:00", False, {"WINDOW_NARROWLY_MISSED"}),
        ("2026-08-31", "2026-08-31T23:59:59+08:00", False, {"WINDOW_NARROWLY_MISSED"}),
        ("2026-08-31", "2026-08-31T09:30:00Z", True, set()),
        ("2026-08-31", "2026-08-31T09:30:01Z", False, {"WINDOW_NARROWLY_MISSED"}),
        ("2026-09-01", None, False, {"WINDOW_NARROWLY_MISSED"}),
        ("2026-09-01", "2026-09-01T08:00:00+08:00", False, {"WINDOW_NARROWLY_MISSED"}),
    ],
)
def test_window_of_the_application(client: httpx.Client, on: str, at: str | None, eligible: bool, warns: set[str]) -> None:
    """From 2026-07-31 to 2026-08-31 at 17:30; a date alone on the closing day is in time, with a warning (D46)."""
    body = claim(trades(1), on=on) | ({"application_at": at} if at else {})
    found = answer(client, "AWARD", body)
    assert (found["status"], found["amount"]) == (("ELIGIBLE", "1000000.00") if eligible else ("NOT_ELIGIBLE", "0.00"))
    assert reasons(found) == (set() if eligible else {"OUTSIDE_APPLICATION_WINDOW"})
    assert warnings(found) == {"TABLE_AUTHORITY"} | warns


def test_the_instant_and_the_day_agree(client: httpx.Client) -> None:
    """16:00 in Greenwich on the 31st is the 1st of September in Beijing (D46)."""
    body = claim(trades(1), on="2026-08-31", application_at="2026-08-31T16:00:00Z")
    assert refused(client, "AWARD", body) == [("/application_at", "DATES_DISAGREE")]


def test_the_batch_shows_when_it_closes(client: httpx.Client) -> None:
    """A portal reads the closing time from the batch."""
    batch = client.get("/v1/batches/bj-gjj-2026-2").json()
    assert batch["application_window"] == {"first_day": "2026-07-31", "last_day": "2026-08-31T17:30"}


@pytest.mark.parametrize(
    ("missing", "pointer"),
    [
        ({"events": None}, "/items/0/events"),
        ({"measures": {"dataset_id": "D-1"}}, "/items/0/measures/events_before"),
    ],
)
def test_what_a_trade_must_say(client: httpx.Client, missing: Body, pointer: str) -> None:
    """A fact that decides is asked for, and never assumed: nothing said is not 0 trades before."""
    assert refused(client, "AWARD", claim(trades(1) | missing)) == [(pointer, "FACT_REQUIRED")]


def test_the_data_set_of_a_lone_trade_is_doubted_and_of_several_asked_for(client: httpx.Client) -> None:
    """单个数据集累计最高200万元: which data set it is decides nothing while there is one trade and no earlier grant."""
    unnamed = trades(1) | {"measures": {"events_before": 0}}
    (warned,) = [one for one in answer(client, "AWARD", claim(unnamed))["warnings"] if one["code"] == "CAP_FACT_MISSING"]
    assert warned["pointer"] == "/items/0/measures/dataset_id"
    two = claim(unnamed) | {"items": [unnamed, trades(1) | {"item_id": "A-2"}]}
    assert refused(client, "AWARD", two) == [("/items/0/measures/dataset_id", "FACT_REQUIRED")]
    earlier = grant(TABLE, "2026-08-01", "1.00", dataset_id="D-1")
    assert refused(client, "AWARD", claim(unnamed, who={"granted": [earlier]})) == [("/items/0/measures/dataset_id", "FACT_REQUIRED")]


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ({"registered_in_beijing": False}, "NOT_REGISTERED_IN_BEIJING"),
        ({"dishonesty_records": [{"on": "2023-08-15"}]}, "DISHONEST"),
    ],
)
def test_who_may_apply(client: httpx.Client, who: Body, why: str) -> None:
    """Assumed from the guide of 2024: registered in Beijing, no record in three years."""
    found = answer(client, "AWARD", claim(trades(1), who=who))
    assert (found["status"], found["amount"]) == ("NOT_ELIGIBLE", "0.00")
    assert why in reasons(found)


def test_the_number_of_the_direction_is_not_decided(client: httpx.Client) -> None:
    """1/2/7: not confirmed; asked for by number, the direction is not guessed."""
    found = answer(client, "AWARD", claim(trades(1)))
    assert "（整理）方向1/2/7" in {one["clause"] for one in found["not_decided_here"]}
    for number in range(1, 8):
        response = post(client, "AWARD", claim(trades(1), rate_table=f"bj-gjj-2026-2-{number}"))
        assert (response.status_code, response.json()["code"]) == (404, "STANDARD_NOT_LOADED")


@pytest.mark.parametrize(("on", "status"), [("2026-07-29", 404), ("2026-07-30", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is dated 2026-07-30, a day before applications open."""
    response = post(client, "AWARD", claim(trades(1), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
    else:
        assert response.json()["status"] == "NOT_ELIGIBLE"
