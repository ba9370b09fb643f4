"""Corrected words: facts by the name that the notice gives them, heads of batches, quotations; and the examples that tables carry."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from app.tables.loading.loader import read_files
from app.tables.storage import models
from tests.bureau import PATHS, PUBLISHED
from tests.spec.claims import Body, answer, applicant, grant, item, post, reasons, warnings
from tests.spec.test_figures_in_force import FIGURES

GENERAL = ("事件期间", "发生日", "计算基数", "标准行", "收回")
"""Words for any table, that say nothing to whoever reads an answer under this one."""

TITLED = ("base_amount", "hardware", "cost", "events", "occurred_on", "admitted", "completed_on")
"""Facts that each notice calls otherwise."""


def in_force(client: httpx.Client, table: str) -> dict[str, Any]:
    """A table as it is now."""
    found: dict[str, Any] = client.get(f"/v1/rate-tables/{table}").json()
    return found


# --- facts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", FIGURES)
def test_what_a_table_reads_has_the_name_of_its_notice(client: httpx.Client, table: str) -> None:
    """And none of its own words is a general one."""
    terms = in_force(client, table)["terms"]
    read = json.dumps({key: part for key, part in terms.items() if key != "titles"}, ensure_ascii=False)
    assert [name for name in TITLED if f'"{name}' in read or f" {name}" in read if name not in terms.get("titles", {})] == []
    assert [word for word in GENERAL if word in read] == []


def tape_out(fee: str | None = "8000000.00", on: str | None = "2023-02-01", **more: Any) -> Body:
    """A shared wafer of the first batch of 2023."""
    facts = {"contract_completed": True, "industrialise_in_beijing": True, "district_recommended": True}
    one = item(fee, category="MPW", measures=facts) | ({} if on is None else {"occurred_on": on})
    return {"rate_table": "bj-gjj-2023-1-1", "application_date": "2023-04-10", "applicant": applicant(), "items": [one | more]}


def test_the_working_says_the_fee(client: httpx.Client) -> None:
    """The formula of version 2 names the tape-out fee; that of version 1, named, stays as it was."""
    found = answer(client, "AWARD", tape_out("6000000.00"))
    assert "产品流片费用 × 50%" in [step["formula"] for step in found["steps"]]
    assert not any(word in json.dumps(found, ensure_ascii=False) for word in GENERAL)
    old = answer(client, "AWARD", tape_out("6000000.00") | {"version": 1})
    assert "计算基数 × 50%" in [step["formula"] for step in old["steps"]]
    assert (found["amount"], old["amount"]) == ("3000000.00", "3000000.00")


def test_in_english_it_is_the_name_of_the_field(client: httpx.Client) -> None:
    response = client.post(PATHS["AWARD"], json=tape_out(), headers={"Accept-Language": "en"})
    assert "base amount × 50%" in [step["formula"] for step in response.json()["steps"]]


@pytest.mark.parametrize(
    ("on", "within"), [("2022-06-30", False), ("2022-07-01", True), ("2022-07-02", True), ("2023-03-30", True), ("2023-03-31", True), ("2023-04-01", False)]
)
def test_a_reason_says_the_day_of_the_tape_out(client: httpx.Client, on: str, within: bool) -> None:
    told = [one["message"] for one in answer(client, "AWARD", tape_out(on=on))["reasons"] if one["code"] == "OUTSIDE_WINDOW"]
    assert [("首轮流片日期" in one, "发生日期" in one) for one in told] == ([] if within else [(True, False)])


def test_a_refusal_says_what_is_missing(client: httpx.Client) -> None:
    problem = post(client, "AWARD", tape_out(None)).json()
    (error,) = problem["errors"]
    assert (error["pointer"], error["code"]) == ("/items/0/base_amount", "FACT_REQUIRED")
    assert (error["detail"], error["place"]) == ('标准表需要此事实: 产品流片费用，应为金额字符串，如 "1234567.80"', "第1个事项的产品流片费用")
    (error,) = post(client, "AWARD", tape_out(None) | {"version": 1}).json()["errors"]
    assert error["detail"].startswith("标准表需要此事实: 计算基数")
    trades = item(measures={"dataset_id": "D", "events_before": 0})
    (error,) = post(client, "AWARD", {"rate_table": "bj-gjj-2026-2-dataset", "application_date": "2026-08-10", "items": [trades]}).json()["errors"]
    assert (error["pointer"], error["place"]) == ("/items/0/events", "第1个事项的本次申报的交易次数")
    (error,) = post(client, "AWARD", tape_out(vat="8000000.01")).json()["errors"]
    assert error["detail"] == "部分金额大于产品流片费用"


@pytest.mark.parametrize(
    ("method", "body", "words"),
    [
        (
            "AWARD",
            {"rate_table": "bj-gjj-2022-0-12", "application_date": "2022-07-10"}
            | {"items": [item("5649999.99", vat="650000.00", category="NEW_GENERATION_IT", occurred_on="2022-06-30")]},
            "实际履约金额（不含税）500万元（含）以上",
        ),
        (
            "AWARD",
            {"rate_table": "bj-gjj-2024-3-3", "application_date": "2024-05-10", "items": [item(cost="300000.00", product_id="P")]},
            "制备成本",
        ),
        ("GRANT", {"rate_table": "bj-gjj-2026-2-token", "application_date": "2026-08-10", "items": [item("100.00", related_party=False, project_id="P")]}, "补贴期内认定费用"),
    ],
    ids=["contract", "robot", "token"],
)
def test_answers_say_the_words_of_their_notice(client: httpx.Client, method: str, body: Body, words: str) -> None:
    said = json.dumps(answer(client, method, body), ensure_ascii=False)
    assert words in said
    assert not any(word in said for word in GENERAL)


# --- heads and quotations ------------------------------------------------------------------------------

HEADS = {
    "bj-gjj-2023-1": ("2023年北京市高精尖产业发展资金实施指南（第一批）", "2023-02-24", "repost"),
    "bj-gjj-2023-3": ("2023年北京市高精尖产业发展资金实施指南（第三批）", "2023-11", "repost"),
    "bj-gjj-2024-5": ("组织开展2024年北京市高精尖产业发展资金申请工作（第五批）的通知", "2024-11", "repost"),
    "bj-gjj-2026-1": ("2026年北京市高精尖产业发展项目资金和支持中小企业发展资金实施指南（第一批）", "2026-02-14", "second_hand"),
    "cn-firstset-2025-0": ("关于组织实施2025年首台（套）重大技术装备保险补偿政策的通知", "2025-09-10", "repost"),
}


@pytest.mark.parametrize("batch", HEADS)
def test_a_head_names_the_notice_and_its_day(client: httpx.Client, batch: str) -> None:
    """Not the press conference, nor one group of directions for all of them."""
    found = client.get(f"/v1/batches/{batch}").json()
    assert (found["title"], found["document"]["title"], found["document"]["date"], found["authority"]) == (
        HEADS[batch][0], *HEADS[batch],
    )  # fmt: skip


def test_the_benchmarks_are_those_of_the_guide(client: httpx.Client) -> None:
    """智能智造标杆, as the guide of 2024 writes it; version 1 had 制造."""
    found = in_force(client, "bj-gjj-2024-1-2")
    (clause,) = [one["clause"] for one in found["terms"]["require"] if one["code"] == "NOT_BENCHMARK_FACTORY"]
    assert "国家智能智造标杆、智能智造示范工厂" in clause
    assert "制造" not in clause + found["needs"]["benchmark_factory"]["title"]


def test_vouchers_for_opc_are_of_their_batch(client: httpx.Client) -> None:
    """原则上只能获得2026年…一个方向支持 holds for each direction of the second batch: a warning, and the whole amount."""
    one = item(measures={"three_month_spend": "5000.00"})
    for table, warned in (("bj-gjj-2026-1-pilot-platform", True), ("bj-gjj-2025-3-1", False)):
        by = applicant(measures={"opc": True}, granted=[grant(table, "2026-03-01", "1000.00")])
        found = answer(client, "AWARD", {"rate_table": "bj-gjj-2026-2-opc", "application_date": "2026-08-10", "applicant": by, "items": [one]})
        assert (found["amount"], "SINGLE_DIRECTION_IN_PRINCIPLE" in warnings(found), reasons(found)) == ("5000.00", warned, set())


# --- examples ------------------------------------------------------------------------------------------


def examples() -> list[tuple[str, int, str, Body]]:
    """Table, version, method and the example itself, of every published version that carries any."""
    found = []
    for row in read_files([PUBLISHED]).rows:
        content = json.loads(row.content) if isinstance(row, models.RateTableVersion) else {}
        if isinstance(row, models.RateTableVersion):
            found += [(row.rate_table, row.version, content["method"], one) for one in content.get("examples", ())]
    return found


CARRIED = examples()
AMOUNTS = {  # of the published and the derived examples
    "bj-equip-2024-0-1": ["25000000.00"],
    "bj-gjj-2023-1-1": ["30000000.00"],
    "bj-gjj-2023-1-stable-growth": ["4000000.00"],
    "bj-gjj-2024-1-1": ["4000000.00", "10000000.00"],
    "bj-gjj-2026-1-pilot-platform": ["3000000.00"],
    "bj-sme-2025-0-1": ["30000.00"],
    "cn-consumer-2025-0-1": ["2000.00"],
    "cn-consumer-2026-0-1": ["2000.00"],
    "cn-service-2025-0-1": ["9000.00", "3000.00", "750.00"],
}


def test_which_tables_carry_examples(client: httpx.Client) -> None:
    """All that are known for a published table, and one of each method; in the version in force, where a correction shows its effect."""
    found: dict[str, list[str]] = {}
    for table, version, _, one in CARRIED:
        found.setdefault(table, []).append(one["amount"])
        assert version == in_force(client, table)["version"]
    assert found == AMOUNTS
    assert {method for _, _, method, _ in CARRIED} == {"LOAN_INTEREST", "INSURANCE", "AWARD", "GRANT"}


@pytest.mark.parametrize(("table", "version", "method", "one"), CARRIED, ids=[f"{table}: {one['name']}" for table, _, _, one in CARRIED])
def test_an_example_comes_to_its_amount(client: httpx.Client, table: str, version: int, method: str, one: Body) -> None:
    found = answer(client, method, json.loads(one["request"]) | {"rate_table": table, "version": version})
    assert found["amount"] == one["amount"]
