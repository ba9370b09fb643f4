"""Corrected awards, grants and insurance: what version 1 did not ask for, asked for without a clause, or left unsaid."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import policy
from tests.spec.bodies import launch, project, refused
from tests.spec.claims import Body, answer, applicant, grant, item, reasons, warnings


def open_points(found: Body) -> str:
    """All that an answer leaves open, in one text."""
    return " ".join(one["message"] for one in found["not_decided_here"])


# --- bj-gjj-2023-1-stable-growth -----------------------------------------------------------------------


def growth(net_increase: str, rate: str, *items: Body, size: bool = True, **who: Any) -> Body:
    """The award of one enterprise for the first quarter of 2023."""
    measures = {"above_designated_size": size, "net_increase": net_increase, "growth": rate}
    by = applicant(measures=measures, **who)
    return {"rate_table": "bj-gjj-2023-1-stable-growth", "application_date": "2023-04-10", "applicant": by, "items": list(items) or [item()]}


@pytest.mark.parametrize(
    ("net_increase", "rate", "expected"),
    [
        ("199999999.99", "0.15", "0.00"),
        ("200000000.00", "0.15", "2000000.00"),
        ("200000000.00", "0.1499", "0.00"),
        ("999999999.99", "0.15", "2000000.00"),
        ("1000000000.00", "0.10", "4000000.00"),
        ("2000000000.00", "0.10", "6000000.00"),
        ("2000000000.00", "0.0999", "0.00"),
    ],
)
def test_growth_is_a_fact_of_the_enterprise_and_pays_once(client: httpx.Client, net_increase: str, rate: str, expected: str) -> None:
    """Two items earn what one earns; under version 1 they earned twice as much."""
    one = answer(client, "AWARD", growth(net_increase, rate))
    two = answer(client, "AWARD", growth(net_increase, rate, item(no="A-1"), item(no="A-2")))
    assert (one["amount"], two["amount"]) == (expected, expected)


def test_growth_was_paid_already(client: httpx.Client) -> None:
    """One award for one quarter: what was granted takes its room."""
    paid = grant("bj-gjj-2023-1-stable-growth", "2023-03-20", "1500000.00", line="RUNG_1")
    assert answer(client, "AWARD", growth("200000000.00", "0.15", granted=[paid]))["amount"] == "500000.00"


def test_growth_of_an_enterprise_below_designated_size(client: httpx.Client) -> None:
    """规模以上."""
    found = answer(client, "AWARD", growth("200000000.00", "0.15", size=False))
    assert (found["amount"], "NOT_ABOVE_DESIGNATED_SIZE" in reasons(found)) == ("0.00", True)


# --- one direction, in principle -----------------------------------------------------------------------


def tape_out(table: str, on: str, occurred_on: str, granted: Body) -> Body:
    """Half of 8,000,000 for a shared wafer, at most 3,000,000."""
    facts = {"contract_completed": True, "industrialise_in_beijing": True, "district_recommended": True} if "2023" in table else {}
    one = item("8000000.00", category="MPW", occurred_on=occurred_on, measures=facts)
    return {"rate_table": table, "application_date": on, "applicant": applicant(granted=[granted]), "items": [one]}


@pytest.mark.parametrize(
    "body",
    [
        growth("200000000.00", "0.15", granted=[grant("bj-gjj-2023-1-1", "2023-03-01", "1000.00")]),
        tape_out("bj-gjj-2023-1-1", "2023-04-10", "2023-03-01", grant("bj-gjj-2023-1-stable-growth", "2023-03-01", "1000.00")),
    ],
    ids=["tape-out, then growth", "growth, then tape-out"],
)
def test_2023_in_both_orders_a_draft_warns(client: httpx.Client, body: Body) -> None:
    """同一企业原则上只能申报一个方向 stands in a draft for comment: a warning with the clause and its source, no refusal."""
    found = answer(client, "AWARD", body)
    assert found["status"] == "ELIGIBLE"
    said = {one["code"]: one["message"] for one in found["warnings"]}
    assert "同一企业原则上只能申报一个方向" in said["SINGLE_DIRECTION_IN_PRINCIPLE"]
    assert "征求意见稿" in said["CLAUSE_AUTHORITY"]


@pytest.mark.parametrize(
    ("other", "warns", "amount"),
    [("bj-gjj-2022-0-12", True, "2000000.00"), ("bj-gjj-2022-0-11", False, "3000000.00"), ("bj-gjj-2021-0-12", False, "3000000.00")],
    ids=["direction 12", "direction 11", "another year"],
)
def test_2022_direction_11_stands_apart(client: httpx.Client, other: str, warns: bool, amount: str) -> None:
    """原则上只支持一项: direction 12 warns and is topped up (3,000,000 − 1,000,000); 11 does neither, though it is not loaded."""
    found = answer(client, "AWARD", tape_out("bj-gjj-2022-0-1", "2022-07-10", "2022-03-01", grant(other, "2022-06-01", "1000000.00")))
    assert ("SINGLE_DIRECTION_IN_PRINCIPLE" in warnings(found), found["amount"]) == (warns, amount)
    assert "CLAUSE_AUTHORITY" not in warnings(found)


@pytest.mark.parametrize(("table", "warns"), [("bj-gjj-2026-1-pilot-platform", True), ("bj-gjj-2025-3-1", False)])
def test_2026_one_direction_in_principle(client: httpx.Client, table: str, warns: bool) -> None:
    """原则上只能获得2026年…一个方向支持: a warning, and the full 30%."""
    one = item("1000000.00", related_party=False, project_id="P-1")
    by = applicant(granted=[grant(table, "2026-03-01", "1000.00")])
    body = {"rate_table": "bj-gjj-2026-2-token", "application_date": "2026-08-10", "applicant": by, "items": [one]}
    found = answer(client, "GRANT", body)
    assert found["amount"] == "300000.00"
    assert ("SINGLE_DIRECTION_IN_PRINCIPLE" in warnings(found)) is warns


# --- bj-gjj-2024-3-1 -----------------------------------------------------------------------------------


def products(*items: Body, **who: Any) -> Body:
    return {"rate_table": "bj-gjj-2024-3-1", "application_date": "2024-05-10", "applicant": applicant(**who), "items": list(items)}


def device(no: str = "A-1", product: str = "P-1", *, listed: bool = True, on: str = "2023-06-30") -> Body:
    """A device that was approved on a day."""
    return item(no=no, category="MEDICAL_DEVICE", product_id=product, occurred_on=on, measures={"listed_or_emergency": listed})


@pytest.mark.parametrize(
    ("one", "expected", "why"),
    [
        (device(on="2022-12-31"), "0.00", "APPROVED_TOO_EARLY"),
        (device(on="2023-01-01"), "2000000.00", None),
        (device(on="2023-01-02"), "2000000.00", None),
        (device(listed=False), "0.00", "NOT_LISTED_OR_EMERGENCY"),
    ],
)
def test_devices_of_the_list_since_2023(client: httpx.Client, one: Body, expected: str, why: str | None) -> None:
    """2023年以来…揭榜挂帅入围/应急审批医疗器械."""
    found = answer(client, "AWARD", products(one))
    assert found["amount"] == expected
    assert why is None or why in reasons(found)


@pytest.mark.parametrize(("second", "expected"), [("P-1", "2000000.00"), ("P-2", "4000000.00")])
def test_a_fixed_award_is_paid_once_for_a_product(client: httpx.Client, second: str, expected: str) -> None:
    assert answer(client, "AWARD", products(device(), device("A-2", second)))["amount"] == expected


# --- bj-gjj-2023-3 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "table", "fact", "amount"),
    [
        ("GRANT", "bj-gjj-2023-3-data-asset-registration", "first_registration", "300.00"),
        ("AWARD", "bj-gjj-2023-3-data-trade", "first_contract", "40.00"),
    ],
)
def test_at_the_data_exchange_alone(client: httpx.Client, method: str, table: str, fact: str, amount: str) -> None:
    """Registration and trading at the 北京国际大数据交易所; whether it was there must be told."""

    def claim(**measures: bool) -> Body:
        return {"rate_table": table, "application_date": "2023-12-20", "items": [item("1000.00", measures={fact: True} | measures)]}

    assert answer(client, method, claim(at_exchange=True))["amount"] == amount
    elsewhere = answer(client, method, claim(at_exchange=False))
    assert (elsewhere["amount"], "NOT_AT_EXCHANGE" in reasons(elsewhere)) == ("0.00", True)
    assert refused(client, method, claim()) == [("/items/0/measures/at_exchange", "FACT_REQUIRED")]


# --- insurance -----------------------------------------------------------------------------------------


def test_2024_launch_approval_is_assumed_and_does_not_refuse(client: httpx.Client) -> None:
    """“对符合条件的” says nothing of an approval: carried over from 2025 as an open point."""
    one = launch("P-1", "8000000.00", launch_approved=False)
    body = {"rate_table": "bj-gjj-2024-1-1", "application_date": "2024-07-10", "policies": [one]}
    found = answer(client, "INSURANCE", body)
    assert found["amount"] == "4000000.00"
    assert "推定本批次同样要求，未据此拒绝" in open_points(found)
    assert "NO_LAUNCH_APPROVAL" in reasons(answer(client, "INSURANCE", body | {"version": 1}))


@pytest.mark.parametrize(
    ("premium", "expected", "working"),
    [
        ("5999999.00", "4799999.20", "80% × 5,999,999"),
        ("6000000.00", "4800000.00", "3% × 100,000,000 × 2 years = 6,000,000, of which 80%"),
        ("6000001.00", "4800000.00", "not more"),
    ],
)
def test_first_sets_3_percent_are_per_year(client: httpx.Client, premium: str, expected: str, working: str) -> None:
    """实际投保费率不超过3%及实际投保年度保费的80%: a policy of two years; version 1 took 3% once, 2,400,000."""
    one = policy("P-1", premium, insurance_type="FIRST_SET", sum_insured="100000000.00", period_until="2027-01-01")
    body = {"rate_table": "cn-firstset-2019-0-1", "application_date": "2025-06-30", "policies": [one]}
    found = answer(client, "INSURANCE", body)
    assert found["amount"] == expected, working
    assert answer(client, "INSURANCE", body | {"version": 1})["amount"] == "2400000.00"
    assert "由何办法接续未见规定" in open_points(found)


# --- D103: other fiscal money --------------------------------------------------------------------------


def factory(**measures: Any) -> Body:
    return project("10000000.00", other_fiscal_funding="1000000.00", measures={"fixed_asset_investment": "5000000.00"} | measures)


@pytest.mark.parametrize(
    ("method", "table", "on", "one", "amounts"),
    [
        ("AWARD", "bj-gjj-2024-1-2", "2024-03-01", factory(benchmark_factory=True), ("3000000.00", "2000000.00")),
        (
            "AWARD",
            "bj-gjj-2024-5-1",
            "2024-11-20",
            factory() | {"category": "UPGRADE"},
            ("2000000.00", "1000000.00"),
        ),
        ("GRANT", "bj-gjj-2026-1-pilot-platform", "2026-03-02", factory() | {"measures": {}}, ("3000000.00", "2000000.00")),
    ],
)
def test_other_money_is_taken_off_where_a_clause_says_so(
    client: httpx.Client, method: str, table: str, on: str, one: Body, amounts: tuple[str, str]
) -> None:
    """No clause takes the 1,000,000 off: version 2 leaves them and says so, version 1 took them off."""
    body = {"rate_table": table, "application_date": on, "projects": [one]}
    found = answer(client, method, body)
    assert (found["amount"], answer(client, method, body | {"version": 1})["amount"]) == amounts
    assert any("1000000.00" in warning["message"] for warning in found["warnings"])


@pytest.mark.parametrize(
    ("method", "body", "words"),
    [
        (
            "AWARD",
            {
                "rate_table": "bj-gjj-2022-0-12",
                "application_date": "2022-07-10",
                "items": [item("6000000.00", vat="0.00", category="NEW_GENERATION_IT", occurred_on="2022-06-30")],
            },
            ("奖励上限未见", "合同截止日期指"),
        ),
        ("AWARD", {"rate_table": "bj-gjj-2024-1-2", "application_date": "2024-03-01", "projects": [factory(benchmark_factory=True)]}, ("投入运行", "重点领域")),
        ("AWARD", {"rate_table": "bj-gjj-2024-5-1", "application_date": "2024-11-20", "projects": [factory() | {"category": "UPGRADE"}]}, ("绩效要求",)),
        (
            "AWARD",
            {"rate_table": "bj-gjj-2025-3-1", "application_date": "2025-06-30", "items": [item("1000000.00", hardware="0.00")]},
            ("行业模型首方案的首次", "是否已实际落地"),
        ),
    ],
    ids=["2022-0-12", "2024-1-2", "2024-5-1", "2025-3-1"],
)
def test_open_points_that_were_not_listed(client: httpx.Client, method: str, body: Body, words: tuple[str, ...]) -> None:
    said = open_points(answer(client, method, body))
    assert all(one in said for one in words)
