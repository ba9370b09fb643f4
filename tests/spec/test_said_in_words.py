"""What an answer says to a person is said in words of its language; codes stay in the fields that hold codes."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from app.api.calculations.examples import SINGLE
from tests.bureau import PATHS, USCC, Bureau, policy
from tests.spec.bodies import launch
from tests.spec.claims import Body, applicant, post
from tests.spec.small_tables import award, insurance, item, points
from tests.spec.test_bj_2024_guide_rules import claim as drug

ENGLISH = {"Accept-Language": "en"}
LEAK = re.compile(r"[A-Z]+_[A-Z_]+|[a-z]+_[a-z_]+|CATEGORY|UNIT|repost|second_hand|implied|窗口|限额 [A-Z]")


def texts(found: Body) -> list[str]:
    """Every sentence of an answer."""
    said = [one["message"] for name in ("reasons", "warnings", "not_decided_here") for one in found[name]]
    return [*said, *(step["label"] for step in found["steps"]), *(step["formula"] for step in found["steps"])]


def step_labels(found: Body) -> list[str]:
    """What the steps of the caps are called."""
    return [one["label"] for one in found["steps"] if one["id"].startswith("cap:")]


@pytest.mark.parametrize("path", sorted(SINGLE))
@pytest.mark.parametrize("name", ["ordinary", "at_cap"])
def test_the_examples_say_nothing_in_codes(client: httpx.Client, path: str, name: str) -> None:
    body = SINGLE[path][name]["value"]
    for wrong in ({}, {"registered_in_beijing": False}):
        found = client.post(f"/v1/{path}/calculate", json=body | {"applicant": body["applicant"] | wrong}).json()
        assert [text for text in texts(found) if LEAK.search(text)] == []


def test_caps_are_called_by_what_they_bound() -> None:
    more = "caps: [{per: [UNIT], limit: 10}, {per: [LINE], limit: 9}, {per: [], lines: [ALL], limit: 8}, {per: [], period: LIFETIME, limit: 7}]"
    terms = insurance("100%", more=more).replace("{id: ALL,", "{id: ALL, title: 相关保费,")
    bureau = Bureau(terms, "INSURANCE")
    body: dict[str, Any] = {"policies": [policy("P", "100.00", unit_id="ROCKET-Y7")]}
    assert step_labels(bureau.answer(body)) == [
        "单个投保产品本批次上限 ROCKET-Y7",
        "单个档次本批次上限 相关保费",
        "单个企业本批次上限 相关保费",
        "单个企业累计上限",
    ]
    assert step_labels(bureau.post(body, "en").json()) == [
        "Cap per insured unit and batch ROCKET-Y7",
        "Cap per line and batch ALL",
        "Cap per enterprise and batch ALL",
        "Cap per enterprise in all",
    ]
    assert [one["scope"] for one in bureau.answer(body)["caps"]] == ["UNIT", "LINE", "CATEGORY", "ENTERPRISE_LIFETIME"]


def test_a_declared_code_goes_by_its_title() -> None:
    needs = "needs: {dataset: {of: ITEM, type: CODE, values: {D1: 交通数据集, D2: 医疗数据集}}}\ncaps: [{per: [dataset], limit: 10}]"
    bureau = Bureau(award(more=needs), "AWARD")
    sent = [item("A", "20.00", measures={"dataset": "D1"})]
    assert step_labels(bureau.answer({"items": sent})) == ["单个“dataset”本批次上限 交通数据集"]


def test_step_ids_occur_once(client: httpx.Client) -> None:
    """The table's cap of 1000万 a year and that of the management measures are two steps of one account."""
    body = SINGLE["loan-interest-subsidies"]["at_cap"]["value"]
    found = client.post(PATHS["LOAN_INTEREST"], json=body).json()
    ids = [one["id"] for one in found["steps"]]
    assert len(ids) == len(set(ids))
    assert [one for one in ids if "ENTERPRISE_YEAR" in one] == ["cap:ENTERPRISE_YEAR:", "cap:ENTERPRISE_YEAR:#2"]


def test_step_ids_occur_once_whatever_the_units_are_called() -> None:
    caps = "caps: [{per: [UNIT], limit: 100}, {per: [UNIT], period: LIFETIME, limit: 90}, {per: [UNIT], period: LIFETIME, limit: 80}]"
    answer = Bureau(insurance(more=caps), "INSURANCE").answer(
        {"policies": [policy("P", "1.00", unit_id="U"), policy("Q", "1.00", unit_id="U#2")]}
    )
    ids = [one["id"] for one in answer["steps"]]
    assert len(ids) == len(set(ids)) == 2 + 3 * 2 + 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"registered_in_beijing": False}, "requirement not met: registered in Beijing"),
        ({"declaration_accepted": False}, "requirement not met: declaration accepted"),
        (
            {"dishonesty_records": [{"on": "2024-01-01"}]},
            "requirement not met: no dishonesty record since 36 months before application date",
        ),
    ],
)
def test_english_conditions_are_words(client: httpx.Client, wrong: Body, sentence: str) -> None:
    body = drug("2024-11-01", **wrong)
    found = client.post(PATHS["AWARD"], json=body, headers=ENGLISH).json()
    assert [one["message"] for one in found["reasons"] if one["item_id"] is None] == [sentence]


def test_conditions_without_words_of_their_own_are_said_in_both_languages() -> None:
    bureau = Bureau(award(more="require: [{that: base_amount >= 500万, code: BELOW}]"), "AWARD")
    body = {"items": [item("A", "1.00")]}
    assert bureau.answer(body)["reasons"][0]["message"] == "未满足条件：计算基数 ≥ 500万元"
    assert bureau.post(body, "en").json()["reasons"][0]["message"] == "requirement not met: base amount ≥ 5,000,000.00 yuan"


def test_a_record_that_bars_only_with_something_else_is_said_as_it_stands() -> None:
    that = "not (dishonest_since(2025-01-01) and related_party)"
    bureau = Bureau(award(more=f"require: [{{that: {that}, code: BARRED}}]"), "AWARD")
    who = {"uscc": USCC, "dishonesty_records": [{"on": "2025-06-01"}]}
    body = {"applicant": who, "items": [item("A", "1.00", related_party=True)]}
    assert bureau.answer(body)["reasons"][0]["message"] == "未满足条件：非（自2025-01-01以来有严重失信记录 且 关联方）"
    said = "requirement not met: not (a dishonesty record since 2025-01-01 and related party)"
    assert bureau.post(body, "en").json()["reasons"][0]["message"] == said


def test_english_has_no_chinese_where_the_service_speaks(client: httpx.Client) -> None:
    problem = client.post(PATHS["INSURANCE"], json=SINGLE["insurance-subsidies"]["ordinary"]["value"] | {"rate_table": "bj-gjj-2025-1-1"}, headers=ENGLISH)
    assert problem.json()["code"] == "STANDARD_NOT_LOADED"
    assert problem.text.isascii()
    loan = client.post(PATHS["LOAN_INTEREST"], json=SINGLE["loan-interest-subsidies"]["ordinary"]["value"], headers=ENGLISH).json()
    assert all(one["message"].isascii() for one in loan["warnings"])


def test_windows_and_sources_are_said_in_chinese(client: httpx.Client) -> None:
    body = {
        "rate_table": "bj-gjj-2025-1-11",
        "application_date": "2025-03-10",
        "applicant": applicant(),
        "policies": [launch("P-1", "6000000.00", launched_on="2024-03-31")],
    }
    found = post(client, "INSURANCE", body).json()
    assert "P-1：发射日期 2024-03-31 不在 2024-04-01 至 2025-03-10 内" in texts(found)
    assert "标准来源为转载，以正式文件为准" in texts(found)
    loan = client.post(PATHS["LOAN_INTEREST"], json=SINGLE["loan-interest-subsidies"]["ordinary"]["value"]).json()
    assert any(text.startswith("计息期间未见公布") for text in texts(loan))
    assert any("以“整月按1/12年、零头每日按1/360年”计算" in text for text in texts(loan))


def test_what_is_not_admitted_is_said_in_chinese() -> None:
    terms = "facts: PROJECTS\nwording: EXACT\nadmit: {categories: unknown, vat: unknown, related_party: unknown}\nlines: [{id: A, base: admitted, rate: 1%}]"
    sent = [{"project_id": "P", "investments": [{"category": "EQUIPMENT", "amount": "100.00"}]}]
    found = Bureau(terms, "GRANT").answer({"projects": sent})
    assert {f"纳入范围（{what}）未见，按所报投资全部计算" for what in ("类别", "增值税", "关联方采购")} <= set(texts(found))


def test_a_rate_is_named_as_it_is_looked_up() -> None:
    bureau = Bureau(points("35% * reference(LPR_1Y, JAN_1)"))
    body = {"applicant": {"uscc": USCC}, "contracts": [SINGLE["loan-interest-subsidies"]["ordinary"]["value"]["contracts"][0]]}
    whys = {one["why"] for one in bureau.answer(body)["items"][0]["segments"]}
    assert all("35% × LPR_1Y（申请当年1月1日）" in why for why in whys)


def test_a_loan_type_is_said_in_chinese() -> None:
    bureau = Bureau("facts: CONTRACTS\nwording: EXACT\nlines: [{id: A, when: 'loan_type in [RESEARCH]', base: balance, rate: 1%}]")
    contract = SINGLE["loan-interest-subsidies"]["ordinary"]["value"]["contracts"][0] | {"loan_type": "WORKING_CAPITAL"}
    assert bureau.answer({"contracts": [contract]})["reasons"][0]["message"] == "L-1：贷款种类“流动资金贷款”不在支持范围"
    assert bureau.post({"contracts": [contract]}, "en").json()["reasons"][0]["message"] == "L-1: loan type WORKING_CAPITAL is not supported"


def test_a_missing_fact_of_the_applicant_is_called_by_its_title(client: httpx.Client) -> None:
    body = drug("2024-11-01")
    del body["applicant"]["dishonesty_records"]
    (error,) = client.post(PATHS["AWARD"], json=body).json()["errors"]
    assert error["detail"] == "标准表需要此事实: 严重失信记录（没有则为空列表）"


@pytest.mark.parametrize(("language", "said"), [("zh", "LPR_1Y（发生日期）"), ("en", "LPR_1Y as of ")])
def test_a_rate_of_a_day_that_the_item_gives_is_said(language: str, said: str) -> None:
    """LPR_1Y of 2023-02-01 is 3.65%: 100 × 3.65% = 3.65."""
    bureau = Bureau(award(rate="reference(LPR_1Y, occurred_on)"), "AWARD")
    found = bureau.post({"items": [item("A", "100.00", occurred_on="2023-02-01")]}, language).json()
    assert found["amount"] == "3.65"
    assert said in found["steps"][0]["formula"]
