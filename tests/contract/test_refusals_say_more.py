"""A refusal lets its sender go on: the nearest name, the codes that there are, the place, the endpoint, the limit."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from app import limits
from app.api.http.problems import document
from app.calculators.wording import nearest_names as names
from app.calculators.wording.nearest_names import nearest
from app.errors import KINDS, MAX_ERRORS, FieldError, ProblemError, invalid
from app.settings import Settings
from tests.bureau import Bureau, loan, policy
from tests.contract.requests import AWARD, GRANT, INSURANCE, LOAN, at, errors, insurance
from tests.contract.requests import loan as loan_claim
from tests.spec.claims import applicant, item
from tests.spec.small_tables import award, granted, points, project

ENGLISH = {"Accept-Language": "en"}
JSON = {"Content-Type": "application/json"}


def tape_out(category: Any) -> dict[str, Any]:
    """One item under the table of tape-outs of 2022."""
    body = {"rate_table": "bj-gjj-2022-0-1", "application_date": "2022-04-10", "applicant": applicant()}
    return body | {"items": [item("100.00", category=category)]}


# --- the nearest name -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "known", "found"),
    [
        ("mpw", {"MPW": "多项目晶圆"}, ["MPW"]),
        ("ＭＰＷ", {"MPW": "多项目晶圆"}, ["MPW"]),
        ("流片", {"MPW": "首轮流片", "OTHER": "其他"}, ["MPW"]),
        ("FIXED", {"FIXED_ASSET": "固定资产投资贷款", "OTHER": "其他"}, ["FIXED_ASSET"]),
        ("fixed-asset", {"FIXED_ASSET": ""}, ["FIXED_ASSET"]),
        ("固定资产贷款", {"FIXED_ASSET": "固定资产投资贷款", "OTHER": "其他"}, ["FIXED_ASSET"]),
        ("FIXD_ASSET", {"FIXED_ASSET": "", "OTHER": ""}, ["FIXED_ASSET"]),
        ("XYZ", {"FIXED_ASSET": "", "OTHER": ""}, []),
        ("", {"A": ""}, []),
        (7, {"A": ""}, []),
        ("A" * 81, {"A" * 80: ""}, []),
    ],
)
def test_the_nearest_name(sent: Any, known: dict[str, str], found: list[str]) -> None:
    assert nearest(sent, known) == found


def counted(monkeypatch: pytest.MonkeyPatch, name: str) -> list[Any]:
    """What a function of ``nearest_names`` is asked from now on."""
    asked: list[Any] = []
    function = getattr(names, name)
    monkeypatch.setattr(names, name, lambda *given: (asked.append(given), function(*given))[1])
    return asked


def test_looking_for_the_nearest_name_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many names there are, and however long they are: five hundred are looked at, eighty characters of each."""
    looked_at, compared = counted(monkeypatch, "normal"), counted(monkeypatch, "get_close_matches")
    nearest("x" * 80, [f"{'x' * 70}{number:0900}" for number in range(10_000)])
    assert len(looked_at) == 1 + 2 * names.MOST_KNOWN  # what was sent; each name and its title
    assert max(len(text) for (text,) in looked_at) == names.LONGEST
    assert [len(forms) for _, forms, *_ in compared] == [1]  # which the first eighty characters make one


CATEGORIES = (
    "FULL_MASK（工程产品首轮流片（全掩膜））, MADE_IN_BEIJING_FULL_MASK（在京代工的工程产品首轮流片（全掩膜））, MPW（MPW首轮流片）"
)


@pytest.mark.parametrize(
    ("sent", "code", "near"),
    [
        ("mpw", "INVALID_CODE", "；您是否要 MPW（MPW首轮流片）？"),
        ("MPWW", "UNKNOWN_CATEGORY", "；您是否要 MPW（MPW首轮流片）？"),
        ("FULLMASK", "UNKNOWN_CATEGORY", "；您是否要 FULL_MASK（"),
        ("全掩膜", "INVALID_CODE", "；您是否要 FULL_MASK（"),
        (
            "流片",
            "INVALID_CODE",
            "；您是否要 FULL_MASK（工程产品首轮流片（全掩膜））、MADE_IN_BEIJING_FULL_MASK（在京代工的工程产品首轮流片（全掩膜））、MPW（MPW首轮流片）？",
        ),
        ("ZZZZ", "UNKNOWN_CATEGORY", ""),
        ("!", "INVALID_CODE", ""),
    ],
)
def test_a_category_that_is_wrong_lists_code_and_name_and_the_nearest(client: httpx.Client, sent: str, code: str, near: str) -> None:
    response = client.post(AWARD, json=tape_out(sent))
    assert errors(response) == {("/items/0/category", code)}
    (error,) = response.json()["errors"]
    assert f"；可用: {CATEGORIES}{near}" in error["detail"]
    assert (near == "") == ("您是否要" not in error["detail"])
    english = client.post(AWARD, json=tape_out(sent), headers=ENGLISH)
    assert "one of: FULL_MASK, MADE_IN_BEIJING_FULL_MASK, MPW" in english.text
    assert english.text.isascii()


def test_a_category_that_is_not_given_lists_code_and_name(client: httpx.Client) -> None:
    (error,) = client.post(AWARD, json=tape_out(None)).json()["errors"]
    assert error["detail"] == f"须给出类别: {CATEGORIES}"


@pytest.mark.parametrize("sent", ["FIXED", "fixed_asset", "固定资产", "BARTER"])
def test_a_loan_type_that_is_wrong_lists_code_and_name(client: httpx.Client, sent: str) -> None:
    response = client.post(LOAN, json=at(loan_claim(), "/contracts/0/loan_type", sent))
    assert errors(response) == {("/contracts/0/loan_type", "UNKNOWN_CATEGORY" if sent in {"FIXED", "BARTER"} else "INVALID_CODE")}
    detail = response.json()["errors"][0]["detail"]
    assert "FIXED_ASSET（固定资产投资贷款）" in detail
    assert "WORKING_CAPITAL（流动资金贷款）" in detail
    assert ("；您是否要 FIXED_ASSET（固定资产投资贷款）" in detail) is (sent != "BARTER")


@pytest.mark.parametrize("text", ["流片", "mpw", "M P", "_A", "9", "A-B"])
def test_what_is_no_code_is_calculated_with_nowhere(text: str) -> None:
    """Also where a table takes any category, any type, any status, or reads none."""
    assert Bureau(award(), "AWARD").refusal(items=[item("1.00", category=text)]) == [("/items/0/category", "INVALID_CODE")]
    other = "facts: ITEMS\nwording: EXACT\nlines: [{id: A, when: 'category in [X]', amount: 1}, {id: B, when: 'not (category in [X])', amount: 2}]"
    assert Bureau(other, "AWARD").refusal(items=[item(category=text)]) == [("/items/0/category", "INVALID_CODE")]
    statuses = {"uscc": "91350100M000100Y43", "statuses": [{"status": text, "from": "2020-01-01"}]}
    assert Bureau(award(), "AWARD").refusal(applicant=statuses, items=[item("1.00")]) == [("/applicant/statuses/0/status", "INVALID_CODE")]
    insurance = Bureau("facts: POLICIES\nwording: EXACT\nlines: [{id: A, base: premium_paid, rate: 50%}]", "INSURANCE")
    assert insurance.refusal(policies=[policy("P", "1.00", insurance_type=text)]) == [("/policies/0/insurance_type", "INVALID_CODE")]
    assert insurance.refusal(policies=[policy("P", "1.00", unit_kind=text)]) == [("/policies/0/unit_kind", "INVALID_CODE")]
    invested = Bureau("facts: PROJECTS\nwording: EXACT\nlines: [{id: A, base: admitted, rate: 1%}]", "GRANT")
    sent = project("P", "1.00")
    assert invested.refusal(projects=[sent | {"category": text}]) == [("/projects/0/category", "INVALID_CODE")]
    sent["investments"][0]["category"] = text
    assert invested.refusal(projects=[sent]) == [("/projects/0/investments/0/category", "INVALID_CODE")]


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/v1/rate-tables/bj-gjj-2025-1-1l", "bj-gjj-2025-1-11（商业航天保险补贴）"),
        ("/v1/rate-tables/BJ_GJJ_2025_1_11", "bj-gjj-2025-1-11（商业航天保险补贴）"),
        ("/v1/batches/bj-gj-2025-1", "bj-gjj-2025-1（"),
        ("/v1/reference-rates/lpr_5y", "LPR_5Y"),
        ("/v1/reference-rates/LPR-1Y", "LPR_1Y"),
    ],
)
def test_an_id_that_is_not_there_is_answered_with_the_nearest(client: httpx.Client, path: str, near: str) -> None:
    detail = client.get(path).json()["detail"]
    assert near in detail.split("；您是否要 ")[1]
    assert "did you mean" in client.get(path, headers=ENGLISH).json()["detail"]


def test_a_claim_under_a_table_that_is_not_there_is_answered_with_the_nearest(client: httpx.Client) -> None:
    for sent in ("bj-gjj-2025-1-1l", "BJ-GJJ-2025-1-11", "商业航天保险补贴"):
        response = client.post(INSURANCE, json=insurance(rate_table=sent))
        assert (response.status_code, response.json()["code"]) == (404, "RATE_TABLE_NOT_FOUND")
        assert "bj-gjj-2025-1-11（商业航天保险补贴）" in response.json()["errors"][0]["detail"].split("；您是否要 ")[1]
    assert "您是否要" not in client.post(INSURANCE, json=insurance(rate_table="zzzz")).text


def test_a_field_that_does_not_exist_is_answered_with_the_nearest(client: httpx.Client) -> None:
    for pointer, near in (
        ("/policies/0/premum", "premium（保费）"),
        ("/aplicant", "applicant（项目单位）"),
        ("/applicant/status", "statuses（资质）"),
    ):
        response = client.post(INSURANCE, json=at(insurance(), pointer, "x"))
        found = {one["pointer"]: one["detail"] for one in response.json()["errors"]}
        assert f"没有这个字段；您是否要 {near}" in found[pointer]
    response = client.post(LOAN, json=at(loan_claim(), "/contracts/0/rate", {"kind": "FIXED", "anual_rate": "0.03"}))
    assert "您是否要 annual_rate（年利率）" in response.text


def test_a_word_that_is_none_of_the_list_is_answered_with_the_nearest(client: httpx.Client) -> None:
    response = client.post(LOAN, json=at(loan_claim(), "/contracts/0/day_count", "ACT360"))
    assert response.json()["errors"][0]["detail"].endswith("之一；您是否要 ACT_360？") or "您是否要 ACT_360" in response.text
    response = client.post(LOAN, json=at(loan_claim(), "/contracts/0/rate", {"kind": "fixed", "annual_rate": "0.03"}))
    assert "您是否要 FIXED？" in response.text


def test_a_measure_is_answered_with_the_nearest() -> None:
    needs = "needs: {contract_completed: {of: ITEM, type: BOOLEAN, title: 合同已履约}, grade: {of: ITEM, type: CODE, title: 等级, values: {L3: 三级, L4: 四级}}}"
    bureau = Bureau(award(more=needs), "AWARD")
    for name in ("contract_complete", "合同已履约"):
        (error,) = bureau.post({"items": [item("1.00", measures={name: True})]}).json()["errors"]
        assert error["detail"].endswith("；您是否要 contract_completed（合同已履约）？")
    (error,) = bureau.post({"items": [item("1.00", measures={"grade": "四级"})]}).json()["errors"]
    assert error["detail"] == "等级 应为其中之一: L3（三级）, L4（四级）；您是否要 L4（四级）？"


def test_keys_of_earlier_grants_are_answered_with_the_nearest() -> None:
    bureau = Bureau(award(more="caps: [{per: [PRODUCT], period: LIFETIME, limit: 100, clause: c}]"), "AWARD")
    response = bureau.post({"applicant": granted("1.00", produkt_id="P"), "items": [item("1.00", product_id="P")]})
    assert "；您是否要 product_id" in response.json()["errors"][0]["detail"]


def test_a_series_is_answered_with_the_nearest() -> None:
    rate = {"kind": "FLOATING", "series": "LPR1Y", "reset": "ANNIVERSARY"}
    response = Bureau("facts: CONTRACTS\nwording: EXACT\nlines: [{id: A, base: interest, rate: 50%}]").post(
        {"contracts": [loan(rate=rate)]}
    )
    assert response.json()["code"] == "REFERENCE_RATE_NOT_COVERED"
    assert "您是否要 LPR_1Y" in response.json()["detail"]
    response = Bureau(points()).post({"contracts": [loan(rate=rate | {"series": "lpr_1y"})]})
    assert "用大写字母" in response.json()["errors"][0]["detail"]


def test_a_status_and_a_table_that_are_not_read_name_the_nearest(client: httpx.Client) -> None:
    body = {
        "rate_table": "bj-sme-2025-0-1",
        "version": 1,
        "application_date": "2025-06-30",
        "applicant": applicant(),
        "contracts": [loan(measures={"first_loan": True})],
    }
    body["applicant"] |= {"statuses": [{"status": "INNOVATIVE_SMES", "from": "2024-05-01"}]}
    body["applicant"] |= {"granted": [{"rate_table": "bj-gjj-2025-1-1l", "on": "2025-01-02", "amount": "1.00"}]}
    said = {one["code"]: one["message"] for one in client.post(LOAN, json=body).json()["warnings"]}
    assert said["STATUS_NOT_READ"].endswith("；您是否要 INNOVATIVE_SME？")
    assert "bj-gjj-2025-1-11" in said["GRANT_NOT_MATCHED"].split("；您是否要 ")[1]
    assert "；您是否要 " in said["GRANT_NOT_MATCHED"]


def test_nearest_names_cost_little_in_a_large_request(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred items with sixty misspelt measures each: what may have been meant is looked for where it is listed."""
    items = [item("1.00", f"A-{no}", measures={f"contract_complete{n}x{no}": True for n in range(60)}) for no in range(200)]
    looked_for = counted(monkeypatch, "get_close_matches")
    table = {"rate_table": "bj-gjj-2023-1-1", "application_date": "2023-04-10"}  # which asks for measures of items
    response = client.post(AWARD, json=tape_out("MPW") | table | {"items": items})
    assert response.status_code == 422
    assert 0 < len(looked_for) <= 2 * MAX_ERRORS


# --- the endpoint --------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{}, {"application_date": "2001-01-01"}, {"version": 99}, {"known_on": "2001-01-01"}])
def test_a_table_of_another_method_names_its_endpoint(client: httpx.Client, changes: dict[str, Any]) -> None:
    """Whatever else is wrong: also outside its period, where no version is in force."""
    body = {"rate_table": "bj-gjj-2025-1-11", "application_date": "2025-03-10", "applicant": {}, "items": [item("1.00")]} | changes
    response = client.post(AWARD, json=body)
    assert (response.status_code, response.json()["code"]) == (422, "WRONG_METHOD")
    (error,) = response.json()["errors"]
    assert error["pointer"] == "/rate_table"
    assert error["detail"] == "此标准表的支持方式是保险补贴（INSURANCE），请用 /v1/insurance-subsidies/calculate"
    (error,) = client.post(AWARD, json=body, headers=ENGLISH).json()["errors"]
    assert error["detail"].endswith("use /v1/insurance-subsidies/calculate")


def test_facts_of_another_endpoint_name_it(client: httpx.Client) -> None:
    sent = insurance()
    found = {one["pointer"]: one["detail"] for one in client.post(LOAN, json=sent).json()["errors"]}
    assert found["/policies"] == "这个接口使用 contracts（贷款合同）；policies（保单）请用 /v1/insurance-subsidies/calculate"
    assert found["/contracts"] == "这个接口使用 contracts（贷款合同）"


def test_management_measures_are_not_calculated_with(client: httpx.Client) -> None:
    """D42: an overlay is told apart from an id that nothing has."""
    overlay = client.post(INSURANCE, json=insurance()).json()["provenance"]["rate_table"]["overlays"][0]
    response = client.post(INSURANCE, json=insurance(rate_table=overlay))
    assert (response.status_code, response.json()["code"]) == (404, "RATE_TABLE_NOT_FOUND")
    assert "不能单独计算" in response.json()["detail"]


@pytest.mark.parametrize("code", sorted(KINDS))
def test_no_detail_repeats_its_title(code: str) -> None:
    for language in ("zh", "en"):
        said = document(ProblemError(code), language=language, instance="/", request_id="x")
        assert said["title"] not in said["detail"]


def test_one_fault_is_told_by_its_own_words() -> None:
    problem = invalid([FieldError("/version", "INVALID_TYPE", "应为整数", "Should be a whole number")])
    said = document(problem, language="zh", instance="/", request_id="x")
    assert (said["title"], said["detail"]) == ("请求内容有误", "标准表版本：应为整数")


# --- bodies and counts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "zh", "en"),
    [
        ('{"a": 1,\n "b": x}', "第 2 行第 7 列（第 15 字节）", "line 2, column 7 (byte 15)"),
        ('{"甲乙": 1,\n "丙": x}', "第 2 行第 7 列（第 22 字节）", "line 2, column 7 (byte 22)"),
        ('{"a": 01}', "第 1 行第 8 列（第 7 字节）", "line 1, column 8 (byte 7)"),
        ('{"a": 1,\n\n "b": 2', "止于第 3 行第 8 列", "it ends at line 3, column 8"),
    ],
)
def test_json_that_cannot_be_read_says_line_and_column(client: httpx.Client, body: str, zh: str, en: str) -> None:
    for path in (INSURANCE, INSURANCE + "/batch"):
        assert zh in client.post(path, content=body.encode(), headers=JSON).json()["detail"]
        assert en in client.post(path, content=body.encode(), headers=JSON | ENGLISH).json()["detail"]


def test_a_body_over_the_limit_says_what_to_do(client: httpx.Client) -> None:
    limit = Settings().max_body_bytes
    detail = client.post(INSURANCE, content=b" " * (limit + 1), headers=JSON).json()["detail"]
    assert detail == f"请求体不得超过 {limit} 字节；请去掉缩进与空白（紧凑的 JSON），或分成几次发送"


def test_counts_over_the_limit_say_the_limit_and_what_was_sent(client: httpx.Client) -> None:
    sent = [insurance()["policies"][0] | {"policy_no": f"P-{no}"} for no in range(1001)]
    assert client.post(INSURANCE, json=insurance(policies=sent)).json()["errors"][0]["detail"] == "至多 1000 项，收到 1001 项"
    assert client.post(INSURANCE, json=insurance(policies=[])).json()["errors"][0]["detail"] == "至少 1 项，收到 0 项"
    measures = at(insurance(), "/policies/0/measures", {f"m{no}": 1 for no in range(61)})
    assert client.post(INSURANCE, json=measures).json()["errors"][0]["detail"] == "至多 60 项，收到 61 项"
    number = at(insurance(), "/policies/0/policy_no", "P" * 65)
    assert client.post(INSURANCE, json=number).json()["errors"][0]["detail"] == "至多 64 个字符，收到 65 个"
    too_many = json.dumps(insurance() | {"cases": [{"item_id": str(no)} for no in range(limits.MAX_CASES + 1)]})
    detail = client.post(INSURANCE + "/batch", content=too_many, headers=JSON).json()["errors"][0]["detail"]
    assert detail == f"应有 1 至 {limits.MAX_CASES} 个案例，收到 {limits.MAX_CASES + 1} 个"


def test_grants_take_the_same_words(client: httpx.Client) -> None:
    assert client.post(GRANT, json={}).json()["errors"][0]["place"] == "标准表编号"


def test_vouchers_that_overlap_name_the_remedies() -> None:
    """The same days, other days, and a voucher of a drawdown beside one of the contract."""
    first = {"from": "2025-01-01", "until": "2025-04-01", "amount": "9000.00"}
    later = {"from": "2025-03-01", "until": "2025-05-01", "amount": "6000.00"}
    bureau = Bureau(points())
    for pair in ([first, first], [first, later], [first, later | {"drawdown_no": "1"}]):
        (error,) = bureau.post({"contracts": [loan(interest_paid=pair)]}).json()["errors"]
        assert (error["code"], error["place"]) == ("VOUCHERS_OVERLAP", "第1份合同的第2张利息凭证")
        assert "drawdown_no" in error["detail"]
    wrong = bureau.post({"contracts": [loan(drawn=[("2025-01-01", "5.00")], interest_paid=[first | {"drawdown_no": "1a"}])]}).json()[
        "errors"
    ]
    assert "UNKNOWN_DRAWDOWN" in [one["code"] for one in wrong]
