"""What a draft does to money, on the command line: the same facts under two versions, and a single trial."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.api.drafts.examples import BEGIN
from tests.commands.conftest import MONTH, TABLE, Desk, edited, entered, step
from tests.commands.test_entering import WITH_EXAMPLES
from tests.drafts.test_life import four_rockets
from tests.readme.test_terms_page import batch_file


def one_rocket() -> dict[str, Any]:
    """One rocket with a premium of 8,000,000: half of it, 4,000,000, is under every cap."""
    claim = four_rockets()
    return claim | {"policies": [claim["policies"][0] | {"premium": "8000000.00", "premium_paid": "8000000.00"}]}


def test_the_effect_on_money(desk: Desk, raising: str, tmp_path: Path) -> None:
    """Four rockets rise from 10,000,000 to 20,000,000; one alone stays at 4,000,000; a claim without policies has no answer."""
    path = tmp_path / "cases.json"
    claims = {"four": four_rockets(), "one": one_rocket(), "none": one_rocket() | {"policies": []}}
    path.write_text(json.dumps({"cases": [{"item_id": name, "request": claim} for name, claim in claims.items()]}), encoding="utf-8")
    said = desk.done("wang", "tables", "draft", "effect", raising, "--cases", str(path)).splitlines()
    assert said[0].endswith("revision 2 by li: a trial, nothing may be decided on it")
    assert said[2:] == [
        f"{TABLE}  与版本 1 相比 / beside version 1",
        "  现行 / now: 14000000.00 元  3 例，2 例可得，0 例不符合，1 例不能计算 / 3 cases: 2 earn, 0 not eligible, 1 failed",
        "  草案 / draft: 24000000.00 元  3 例，2 例可得，0 例不符合，1 例不能计算 / 3 cases: 2 earn, 0 not eligible, 1 failed",
        "  增减 / difference: 10000000.00 元",
        "  其中两边都能计算的 / of those calculated under both: 10000000.00 元",
        "  升 1，降 0，不变 1，资格改变 0 / 1 rise, 0 fall, 1 stay, 0 change status",
        "  • four: 10000000.00 → 20000000.00 (10000000.00)",
        "  ✗ none: 现行 / now: INVALID_FACTS /policies 至少 1 项，收到 0 项; 草案 / draft: INVALID_FACTS /policies 至少 1 项，收到 0 项",
    ]


def test_the_effect_of_a_first_version_has_nothing_beside_it(desk: Desk, tmp_path: Path) -> None:
    """10% of 1,000.00 is 100.00; the example stands in the table file itself."""
    claim = {"rate_table": "x", "application_date": "2027-03-01", "applicant": {"uscc": "91350100M000100Y43", "registered_in_beijing": True}}
    claim |= {"items": [{"item_id": "A", "base_amount": "1000.00"}]}
    claim["applicant"] |= {"dishonesty_records": [], "declaration_accepted": True}
    example = f"        examples:\n          - {{name: 千元, request: '{json.dumps(claim)}'}}\n        terms:"
    path = tmp_path / "notice.yaml"
    path.write_text(BEGIN["file"]["value"]["file"].replace("        terms:", example), encoding="utf-8")
    made = desk.begin("li", "batch", "bj-gjj-2027-1", "--file", str(path))
    said = desk.done("li", "tables", "draft", "effect", made).splitlines()
    assert said[2:5] == [
        "bj-gjj-2027-1-1  没有现行版本 / no version in force",
        "  草案 / draft: 100.00 元  1 例，1 例可得，0 例不符合，0 例不能计算 / 1 cases: 1 earn, 0 not eligible, 0 failed",
        "  增减 / difference: 100.00 元",
    ]
    assert "  • 草案 千元: — → 100.00 (100.00)" in said


def test_the_file_of_the_page_is_a_draft_whose_example_is_calculated(desk: Desk, tmp_path: Path) -> None:
    """8,000,000 × min(1.5%, 50% × 2.4%) for one year = 96,000.00; raised to 60%, which is 1.44%, it would be 115,200.00."""
    path = tmp_path / "notice.yaml"
    path.write_text(batch_file(), encoding="utf-8")
    made = desk.begin("li", "batch", "bj-sme-2027-1", "--file", str(path))
    case = "一笔八百万元的设备贷款"
    assert f"  • 草案 {case}: — → 96000.00 (96000.00)" in desk.done("li", "tables", "draft", "effect", made).splitlines()
    for who, name in (("li", "check"), ("wang", "approve"), ("wang", "publish")):
        step(desk, who, name, made)
    made = desk.begin("li", "rate_table", "bj-sme-2027-1-1", "--copy-of", "bj-sme-2027-1-1")
    later = ("    first_day: '2027-02-01'", "    first_day: '2027-03-01'")
    desk.done("li", "tables", "draft", "revise", made, "--content", edited(desk, made, tmp_path / "d.yaml", ("50% * contract", "60% * contract"), later))
    said = desk.done("li", "tables", "draft", "effect", made).splitlines()
    assert "  升 1，降 0，不变 0，资格改变 0 / 1 rise, 0 fall, 0 stay, 0 change status" in said  # both versions carry it, and it counts once
    assert f"  • 草案 {case}: 96000.00 → 115200.00 (19200.00)" in said


def test_without_cases_is_said_where_they_come_from(desk: Desk, raising: str) -> None:
    said = desk.done("li", "tables", "draft", "effect", raising).splitlines()
    assert said[-1] == "没有案例：以 --cases 给出，或在标准表中附 examples / no case: give --cases, or store examples with the table"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_trial_is_marked_as_one(desk: Desk, raising: str, tmp_path: Path, language: str) -> None:
    path = tmp_path / "claim.json"
    path.write_text(json.dumps(four_rockets()), encoding="utf-8")
    shown = json.loads(desk.done("wang", "tables", "draft", "calculate", raising, str(path), "--language", language))
    assert (shown["draft"]["id"], shown["draft"]["revision"], shown["draft"]["state"]) == (raising, 2, "DRAFT")
    assert shown["draft"]["notice"].isascii() is (language == "en")
    assert shown["trial"]["amount"] == "20000000.00"
    assert shown["trial"]["calculation_id"].startswith("draft:")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("effect", "{", "✗ "),
        ("effect", '{"cases": [{"item_id": "a"}]}', "✗ /cases/0/request: 缺少必填字段 / This field is required"),
        ("calculate", "{}", "✗ /rate_table: 缺少必填字段 / This field is required"),
        ("calculate", None, "✗ {path} 不能读写：No such file or directory / "),
    ],
)
def test_a_file_that_is_no_request_is_refused(desk: Desk, raising: str, tmp_path: Path, name: str, text: str | None, told: str) -> None:
    path = tmp_path / "request.json"
    if text is not None:
        path.write_text(text)
    words = ("--cases", str(path)) if name == "effect" else (str(path),)
    assert desk.refused("li", "tables", "draft", name, raising, *words)[0].startswith(told.format(path=path))


def test_what_cannot_be_published_or_calculated_with_has_no_effect(desk: Desk, tmp_path: Path) -> None:
    made = desk.begin("li", "rate_table", TABLE, "--copy-of", TABLE)
    (line,) = desk.refused("li", "tables", "draft", "effect", made)
    assert "版本 1 与 2 的施行期重叠" in line
    notice = desk.begin("li", "batch", "bj-gjj-2025-1", "--copy-of", "bj-gjj-2025-1")
    path = edited(desk, notice, tmp_path / "d.yaml", ("authority: repost", "authority: official"))
    desk.done("li", "tables", "draft", "revise", notice, "--content", path)
    (line,) = desk.refused("li", "tables", "draft", "effect", notice)
    assert line == "✗ 此草案不影响任何标准表的金额 / this draft changes the amount of no table"


def a_year(series: str) -> dict[str, Any]:
    """1,000,000.00 for 2026 from 21 September on at the series' rate, under the points on a loan of 2023: the subsidy stays below the interest."""
    rate = {"kind": "FLOATING", "series": series, "spread": "-0.0250", "reset": "MONTHLY"}
    contract = {"contract_no": "L-1", "lender": "某银行", "loan_type": "FIXED_ASSET", "signed_on": "2026-09-21", "matures_on": "2027-09-21"}
    contract |= {"drawdowns": [{"drawdown_no": "1", "on": "2026-09-21", "amount": "1000000.00"}], "rate": rate, "day_count": "ACT_360"}
    measures = {"key_industry": True, "fai_2022": "8000000.00"}
    applicant = {"uscc": "91350100M000100Y43", "registered_in_beijing": True, "dishonesty_records": [], "measures": measures}
    return {"rate_table": "bj-gjj-2023-2-2", "application_date": "2026-10-19", "applicant": applicant, "contracts": [contract]}


def test_the_effect_of_a_month_is_that_of_the_cases_that_it_reaches(desk: Desk, tmp_path: Path) -> None:
    """Before the month no rate is known from 21 September on; a claim of another table than a loan's is none of it."""
    month = entered(desk.done("li", *MONTH))
    said = desk.done("wang", "tables", "draft", "effect", month).splitlines()
    assert [line.split()[0] for line in said if "与版本" in line] == WITH_EXAMPLES  # their own examples, of which none reads the month
    assert all("升 0，降 0" in line for line in said if line.startswith("  升"))
    path = tmp_path / "cases.json"
    path.write_text(json.dumps({"cases": [{"item_id": "loan", "request": a_year("LPR_1Y")}]}), encoding="utf-8")
    said = desk.done("wang", "tables", "draft", "effect", month, "--cases", str(path)).splitlines()
    assert [one for one in said if "bj-gjj-2023-2-2" in one] == ["bj-gjj-2023-2-2  与版本 2 相比 / beside version 2"]
    assert any(line.startswith("  ✗ loan: 现行 / now: REFERENCE_RATE_NOT_COVERED") and "草案 / draft" not in line for line in said), said
    path.write_text(json.dumps({"cases": [{"item_id": "four", "request": four_rockets()}]}), encoding="utf-8")
    (line,) = desk.refused("wang", "tables", "draft", "effect", month, "--cases", str(path))
    assert line.startswith("✗ /cases/0/request/rate_table: 草案不影响该标准表的金额；所影响的: ")
