"""A new fund from nothing to a withdrawal, by two officers through drafts alone: nobody loads a file."""

from __future__ import annotations

from typing import Any

import pytest

from tests.drafts.chip_fund import AWARDS, DIRECTIONS, FUND, MEASURES, TABLE, award, batch, fund, measures, new_version, withdrawal
from tests.drafts.conftest import Office


def told(office: Office, body: dict[str, Any]) -> tuple[list[str], list[dict[str, Any]]]:
    """What wang reads in the report on li's draft; then he approves and publishes it."""
    draft, etag = office.begin("li", body)
    report = office.call("wang", "GET", f"{draft}/report").json()
    assert (report["publishable"], report["faults"]) == (True, []), report
    before = office.known_at()
    for who, name in (("li", "check"), ("wang", "approve"), ("wang", "publish")):
        response = office.step(who, draft, etag, name)
        assert response.status_code == 200, response.text
        etag = response.headers["etag"]
    if body["kind"] != "BATCH":  # of a fund without rules, or of words about a batch, no answer knows
        office.wait_until(lambda: office.known_at() != before)
    return report["consequences"], report["differences"]


def amount(office: Office, base: str, **more: Any) -> Any:
    """What a claim is answered with: its amount, or the code of the refusal."""
    answer = office.client.post(AWARDS, json=award(base, **more)).json()
    return answer.get("amount", answer.get("code"))


def test_a_fund_its_measures_a_batch_a_correction_a_withdrawal_and_a_month(office: Office) -> None:
    """Each is reported, published and goes into the amount; what was known before stays as it was."""
    said, new = told(office, fund(measures()))
    assert f"新基金 {FUND}：“集成电路专项资金”" in said
    assert f"基金 {FUND} 新增规则 {MEASURES}" in said
    assert ("新增 单个企业年度上限 300万元，自 2026-01-01 起", "单个企业年度支持金额不超过300万元") in [(one["sentence"], one["clause"]) for one in new]
    assert "新增 依据文件标题：“集成电路专项资金管理办法”" in [one["sentence"] for one in new]
    assert [one["id"] for one in office.client.get("/v1/funds").json()["funds"] if one["overlays"]][-1] == FUND

    said, new = told(office, batch(*DIRECTIONS))
    for sentence in (
        f"新批次 hd-chip-2026-1 基金：{FUND}",
        "新批次 hd-chip-2026-1 年度：2026",
        "新批次 hd-chip-2026-1 申报末日：2026-03-31",
        "新批次 hd-chip-2026-1 依据文件标题：“2026年申报指南”",
        "新批次 hd-chip-2026-1 来源：转载",
        f"新方向 {TABLE} 名称：“流片奖励”",
        f"新方向 {TABLE} 支持方式：奖励",
        f"新方向 {TABLE} 支持领域：重点领域",
        "新方向 hd-chip-2026-1-2 标准未载入的原因：“附件未见”",
        f"{TABLE} 所附 1 例：合计由 — 元变为 1500000.00 元，增减 1500000.00 元",
    ):
        assert sentence in said, said
    assert "按照不超过流片费用的30%给予奖励" in [one["clause"] for one in new]
    office.wait_until(lambda: amount(office, "5000000.00") == "1500000.00")
    assert amount(office, "20000000.00") == "3000000.00"  # 6,000,000 before the year's cap of the measures
    first = office.known_at()

    said, new = told(office, new_version("40%", supersedes="1"))
    assert "版本 1 由本版本取代" in said
    assert f"{TABLE} 所附 1 例：合计由 1500000.00 元变为 2000000.00 元，增减 500000.00 元" in said
    assert amount(office, "5000000.00") == "2000000.00"
    second = office.known_at()

    said, _ = told(office, withdrawal("2"))
    assert said[:3] == ["撤回版本 2", "自 2026-01-20 起没有生效的版本", "它所取代的版本 1 不会自行恢复；应恢复的，以 returns: '1' 写明"]
    assert said[3] == f"{TABLE} 所附 1 例：合计由 2000000.00 元变为 0.00 元，增减 -2000000.00 元，1 例不能计算"
    assert amount(office, "5000000.00") == "NO_VERSION_IN_FORCE"

    month = {"on": "2026-09-21", "values": {"LPR_1Y": "0.0290"}, "holds_until": "2026-10-20"}
    entered = office.call("li", "POST", "/v1/reference-rates", month)
    assert entered.status_code == 201, entered.text
    draft, etag = entered.headers["location"], entered.headers["etag"]
    report = office.call("wang", "GET", f"{draft}/report", **{"Accept-Language": "en"}).json()
    assert report["consequences"][0] == "LPR_1Y: 2.90% published on 2026-09-21 (3.00% on 2026-08-20 before it, -0.1 percentage points)"
    for name in ("approve", "publish"):
        etag = office.step("wang", draft, etag, name).headers["etag"]
    office.wait_until(lambda: office.client.get("/v1/reference-rates/LPR_1Y?on=2026-10-19").json()["value"]["value"] == "0.029")

    assert [amount(office, "5000000.00", known_at=at) for at in (first, second)] == ["1500000.00", "2000000.00"]
    entries = office.call("auditor", "GET", "/v1/audit?limit=1000").json()["entries"]
    published = [one for one in entries if one["action"] == "draft.published"]
    assert [one["actor"] for one in published] == ["wang"] * 5
    named = [{*one["detail"]["versions"], *one["detail"]["others"]} for one in published]
    assert named == [
        {f"overlay_version {MEASURES} 1", f"fund {FUND}"},
        {"batch hd-chip-2026-1", f"direction {TABLE}", "direction hd-chip-2026-1-2", f"{TABLE} 1"},
        {f"{TABLE} 2", f"version_event {TABLE} 1 SUPERSEDED"},
        {f"version_event {TABLE} 2 WITHDRAWN"},
        {"LPR_1Y 2"},
    ]


def test_the_earlier_version_returns_where_the_withdrawal_says_so(office: Office) -> None:
    office.publish(fund(measures()))
    told(office, batch(*DIRECTIONS))
    told(office, new_version("40%", supersedes="1"))
    said, _ = told(office, withdrawal("2", returns="1"))
    assert said[:2] == ["撤回版本 2", "自 2026-01-20 起版本 1 的规定恢复，记为版本 3"]
    assert f"{TABLE} 所附 1 例：合计由 2000000.00 元变为 1500000.00 元，增减 -500000.00 元" in said
    assert amount(office, "5000000.00") == "1500000.00"
    versions = office.client.get(f"/v1/rate-tables/{TABLE}/versions").json()["versions"]
    assert [(one["version"], one["state"]) for one in versions] == [(1, "SUPERSEDED"), (2, "WITHDRAWN"), (3, "PUBLISHED")]


@pytest.mark.parametrize("returns", ["2", "3", "0", "x"])
def test_only_an_earlier_version_returns(office: Office, returns: str) -> None:
    office.publish(fund(measures()))
    told(office, batch(*DIRECTIONS))
    told(office, new_version("40%", supersedes="1"))
    draft, etag = office.begin("li", withdrawal("2", returns=returns))
    refused = office.step("li", draft, etag, "check")
    assert [(one["pointer"], one["detail"]) for one in refused.json()["errors"]] == [
        ("/content/returns", f"{TABLE} 在版本 2 之前没有版本 {returns}")
    ]
