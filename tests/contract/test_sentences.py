"""What a refusal says: what is wrong and what would be right, in both languages, of the likeliest mistakes."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.bureau import Bureau, loan
from tests.contract.requests import AWARD, INSURANCE, LOAN, at, errors, insurance
from tests.contract.requests import loan as loan_claim
from tests.spec.small_tables import points, project

MONEY = '金额应为字符串，两位小数，如 "1234567.80"'
RATE = '利率或比例应为小数形式的字符串，至多八位小数，如 "0.0345"'
SPREAD = '加点应为小数形式的字符串，可为负，至多八位小数，如 "-0.0020"'
USCC = "统一社会信用代码为十八位数字与大写字母，其中没有 I、O、S、V、Z（GB 32100-2015）"
INSTANT = "应为带时区的时刻，如 2023-11-20T16:05:00+08:00"
PREMIUM, ANNUAL, SPREAD_AT = "/policies/0/premium", "/contracts/0/rate/annual_rate", "/contracts/0/rate/spread"

SAID: list[tuple[str, Any, str, str]] = [
    (PREMIUM, 60000000, MONEY, 'Money is a string with two decimals, such as "1234567.80"'),
    (PREMIUM, 60000000.5, MONEY, 'Money is a string with two decimals, such as "1234567.80"'),
    (PREMIUM, "60,000,000.00", MONEY, 'Money is a string with two decimals, such as "1234567.80"'),
    (PREMIUM, "六千万元整，人民币，不含税，一次付清", MONEY, 'Money is a string with two decimals, such as "1234567.80"'),
    (PREMIUM, "-1.00", "金额不得为负", "Money is never negative"),
    (PREMIUM, "12345678901234.00", "金额的整数部分至多十三位", "Money has at most 13 digits before the decimal point"),
    (ANNUAL, 0.0385, RATE, 'A rate is a decimal fraction as a string with at most eight decimals, such as "0.0345"'),
    (ANNUAL, "3.85%", '百分数应写作小数，3.45% 写作 "0.0345"', 'A percentage is written as a decimal fraction, 3.45% as "0.0345"'),
    (ANNUAL, "-0.01", "利率或比例不得为负", "A rate is never negative"),
    (ANNUAL, "0.123456789", "利率或比例至多八位小数", "A rate has at most eight decimals"),
    (ANNUAL, "0.12345678901234", "利率或比例至多八位小数", "A rate has at most eight decimals"),
    (SPREAD_AT, -0.002, SPREAD, 'A spread is a decimal fraction as a string with at most eight decimals, such as "-0.0020"'),
    (SPREAD_AT, "-0.20%", '百分数应写作小数，-0.20% 写作 "-0.0020"', 'A percentage is written as a decimal fraction, -0.20% as "-0.0020"'),
    (SPREAD_AT, "-0.123456789", "加点至多八位小数", "A spread has at most eight decimals"),
    ("/application_date", "2023-11-20T00:00:00", "应为日期 YYYY-MM-DD，不带时刻", "Should be a date, YYYY-MM-DD, without a time of day"),
    ("/application_date", 1641340800, "应为日期 YYYY-MM-DD", "Should be a date, YYYY-MM-DD"),
    ("/contracts/0/drawdowns/0/on", "2023/11/20 00:00", "应为日期 YYYY-MM-DD", "Should be a date, YYYY-MM-DD"),
    ("/application_at", "2023-11-20T16:05:00", INSTANT, ""),
    ("/known_at", 1641340800, INSTANT, ""),
    ("/applicant/uscc", "9135O1OOM000100Y43", USCC, "of which I, O, S, V and Z do not occur"),
    ("/applicant/uscc", "91350100M000100Y433", USCC, "of which I, O, S, V and Z do not occur"),
    ("/policies/0/policy_no", "P" * 65, "至多 64 个字符，收到 65 个", "At most 64 characters; 65 were sent"),
    ("/policies/0/unit_id", 7, "应为字符串", "Should be a string"),
    ("/applicant/granted", [{"rate_table": "bj-gjj-2025-1-11", "on": "2025-01-02", "amount": "1.00", "keys": {"amount": 7}}], "应为字符串", ""),
]


@pytest.mark.parametrize(("pointer", "value", "zh", "en"), SAID, ids=[f"{row[0]} {str(row[1])[:24]}" for row in SAID])
def test_each_mistake_is_told_what_would_be_right(client: httpx.Client, pointer: str, value: Any, zh: str, en: str) -> None:
    path, body = (LOAN, loan_claim()) if pointer.startswith("/contracts") else (INSURANCE, insurance())
    if pointer == ANNUAL:
        body["contracts"][0]["rate"] = {"kind": "FIXED"}
    body = at(body, pointer, value)
    (error,) = client.post(path, json=body).json()["errors"]
    assert error["detail"] == zh
    (error,) = client.post(path, json=body, headers={"Accept-Language": "en"}).json()["errors"]
    assert en in error["detail"]
    assert error["detail"].isascii()


ORDERS: list[tuple[dict[str, Any], str, str, str]] = [
    ({"matures_on": "2024-01-01"}, "/matures_on", "到期日（matures_on）应晚于签订日（signed_on）", "matures_on should be after signed_on"),
    ({"drawn": [("2026-01-01", "1.00")]}, "/drawdowns/0/on", "到期日（matures_on）应晚于放款日（on）", "matures_on should be after the drawdown's day"),
    ({"drawn": [("2023-12-31", "1.00")]}, "/drawdowns/0/on", "放款日（on）不得早于签订日（signed_on）", "the drawdown's day should not be before signed_on"),
    ({"repaid": [("2023-12-31", "1.00")]}, "/repayments/0/on", "还本日（on）不得早于签订日（signed_on）", "the day of repayment should not be before signed_on"),
    ({"repaid": [("2100-01-02", "1.00")]}, "/repayments/0/on", "2100-01-01不得早于还本日（on）", "2100-01-01 should not be before the day of repayment"),
    (
        {"repayment_plan": {"method": "BULLET", "first_due": "2025-01-01"}},
        "/repayment_plan/first_due",
        "首个还款日应晚于放款日、不晚于到期日",
        "first_due should be after the drawdown and not after matures_on",
    ),
    (
        {"rate": {"kind": "STEPPED", "steps": [{"from": "2025-01-01", "annual_rate": "0.03"}] * 2}},
        "/rate/steps/1/from",
        "本段起日（from）应晚于上一段起日",
        "from should be after that of the step before",
    ),
    (
        {"rate": {"kind": "FLOATING", "series": "LPR_1Y", "reset": "LISTED", "reset_dates": ["2025-03-01", "2025-03-01"]}},
        "/rate/reset_dates",
        "重定价日不得重复",
        "no reset date may be given twice",
    ),
    (
        {"excluded_periods": [{"from": "2025-03-01", "until": "2025-03-01", "reason": "OTHER"}]},
        "/excluded_periods/0/until",
        "止日（until，不含）应晚于起日（from）",
        "until should be after from",
    ),
]


@pytest.mark.parametrize(("changes", "pointer", "zh", "en"), ORDERS, ids=[f"{row[1]} {row[3]}" for row in ORDERS])
def test_dates_out_of_order_are_both_named(changes: dict[str, Any], pointer: str, zh: str, en: str) -> None:
    bureau = Bureau(points())
    for language, sentence in (("zh", zh), ("en", en)):
        (error,) = bureau.post({"contracts": [loan(**changes)]}, language).json()["errors"]
        assert (error["pointer"], error["code"], error["detail"]) == (f"/contracts/0{pointer}", "DATES_OUT_OF_ORDER", sentence)


def test_a_project_is_completed_after_it_was_started() -> None:
    bureau = Bureau("facts: PROJECTS\nwording: EXACT\nlines: [{id: A, base: admitted, rate: 1%}]", "GRANT")
    sent = project("P", "1.00", started_on="2025-02-01", completed_on="2025-01-31")
    (error,) = bureau.post({"projects": [sent]}).json()["errors"]
    assert error["detail"] == "完工日（completed_on）不得早于开工日（started_on）"


def test_the_instant_of_the_application_is_read_in_beijing(client: httpx.Client) -> None:
    """2025-03-10T17:00Z is one o'clock on the 11th in Beijing."""
    response = client.post(INSURANCE, json=insurance(application_at="2025-03-10T17:00:00Z"))
    assert errors(response) == {("/application_at", "DATES_DISAGREE")}
    assert response.json()["errors"][0]["detail"] == "申请时刻按北京时间与申请日不是同一天"


def test_the_renminbi_is_called_cny() -> None:
    bureau = Bureau(points())
    response = bureau.post({"contracts": [loan(currency="RMB")]})
    assert errors(response) == {("/contracts/0/currency", "INVALID_CURRENCY")}
    assert "CNY" in response.json()["errors"][0]["detail"]
    assert bureau.amount(contracts=[loan(currency="USD")]) == "0.00"  # a currency that is not admitted is a reason (D64)


@pytest.mark.parametrize(("spread", "right"), [("-20", False), ("-1.00000001", False), ("-1", True), ("10", True), ("10.01", False)])
def test_a_spread_is_no_percentage(spread: str, right: bool) -> None:
    """A spread of -20 would be -2000%; the rate is floored at zero (D15), and the subsidy would be too."""
    rate = {"kind": "FLOATING", "series": "LPR_1Y", "reset": "ANNIVERSARY", "spread": spread}
    response = Bureau(points()).post({"contracts": [loan(rate=rate)]})
    assert response.status_code == (200 if right else 422)
    if not right:
        assert errors(response) == {("/contracts/0/rate/spread", "SPREAD_OUT_OF_RANGE")}


@pytest.mark.parametrize(("language", "said"), [("zh", "至少 100 处，检查到此为止"), ("en", "at least 100 faults; checking stopped there")])
def test_a_list_of_faults_that_is_cut_says_so(client: httpx.Client, language: str, said: str) -> None:
    policies = [insurance()["policies"][0] | {"policy_no": f"P-{no}", "premium": 1} for no in range(137)]
    response = client.post(INSURANCE, json=insurance(policies=policies), headers={"Accept-Language": language})
    assert len(response.json()["errors"]) == 100
    assert said in response.json()["detail"]


@pytest.mark.parametrize("count", [100, 101])
def test_a_list_of_contradictions_that_is_cut_says_so(client: httpx.Client, count: int) -> None:
    policies = [insurance()["policies"][0] | {"policy_no": f"P-{no:03}", "period_until": "2020-01-01"} for no in range(count)]
    response = client.post(INSURANCE, json=insurance(policies=policies))
    assert len(response.json()["errors"]) == 100
    assert ("共 101 处，只列前 100 处" in response.json()["detail"]) is (count == 101)


def test_a_list_of_keys_given_twice_that_is_cut_says_so(client: httpx.Client) -> None:
    raw = "{" + ", ".join(f'"a{no}": 1, "a{no}": 1' for no in range(120)) + "}"
    response = client.post(AWARD, content=raw, headers={"Content-Type": "application/json"})
    assert len(response.json()["errors"]) == 100
    assert "至少 100 处，检查到此为止" in response.json()["detail"]


def test_what_was_sent_is_never_repeated(client: httpx.Client) -> None:
    secret = "7777.77七七"
    for pointer in (PREMIUM, "/applicant/uscc", "/application_date", "/application_at"):
        assert secret not in json.dumps(client.post(INSURANCE, json=at(insurance(), pointer, secret)).json(), ensure_ascii=False)
