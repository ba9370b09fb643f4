"""35 more slips of an officer, in files of every kind: refused or warned of by line and in words; as a draft, at the same place.

Those of ``test_mistaken_files`` are in loans and awards; these are in investment projects, insurance, rules of funds, series.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from app.tables.loading.loader import LoadError, load
from app.tables.storage.database import engine_of
from tests.drafts.conftest import Office, opened
from tests.spec.test_mistaken_files import told

PROJECT = """\
fund: bj-sme
batch: {id: bj-sme-2027-3, year: '2027', no: '3', title: 2027年投资补助（示例）, application_window: {first_day: '2027-03-01', last_day: '2027-04-30'}}
document: {title: 投资补助通知（示例）, issuer: 示例单位, number: null, date: '2026-11-16'}
authority: official
directions:
  - rate_table: bj-sme-2027-3-1
    no: '1'
    title: 技改补助
    method: GRANT
    area: UPGRADING
    versions:
      - version: '1'
        effective: {first_day: '2027-02-01', last_day: open}
        published_at: '2026-11-16T00:00:00+08:00'
        confidence: read
        examples:
          - name: 一例
            request: >-
              {"application_date": "2027-03-15", "applicant": {"uscc": "91350100M000100Y43"},
              "projects": [{"project_id": "P-1", "started_on": "2026-02-01", "investments": [{"category": "EQUIPMENT", "amount": "6000000.00", "vat": "600000.00", "paid_on": "2026-05-01"}]}]}
        terms:
          facts: PROJECTS
          wording: CEILING
          windows:
            investment: {first_day: '2026-01-01', last_day: '2026-12-31', clause: 2026年1月1日至2026年12月31日的投资}
          admit: {categories: [EQUIPMENT, SOFTWARE], vat: EXCLUDED, clause: 设备、软件投资，不含增值税}
          require:
            - {that: admitted >= 500万, code: SMALL, clause: 纳入支持的固定资产投资不低于500万元}
          lines:
            - {id: ALL, base: admitted, rate: 20%, clause: 按不超过投资额的20%给予补助}
          caps:
            - {per: [PROJECT], period: LIFETIME, limit: 1000万, clause: 单个项目最高1000万元}
          payout:
            instalments: [{share: 70%, when: 立项后}, {when: 验收后}]
"""
POLICY = """\
fund: bj-sme
batch: {id: bj-sme-2027-4, year: '2027', no: '4', title: 2027年保险补贴（示例）}
document: {title: 保险补贴通知（示例）, issuer: 示例单位, number: null, date: '2026-11-16'}
authority: official
directions:
  - rate_table: bj-sme-2027-4-1
    no: '1'
    title: 保险补贴
    method: INSURANCE
    area: null
    versions:
      - version: '1'
        effective: {first_day: '2027-02-01', last_day: open}
        published_at: '2026-11-16T00:00:00+08:00'
        terms:
          facts: POLICIES
          wording: CEILING
          term: {months: '36', from: first_insured_on, clause: 自首次投保起不超过三年}
          require:
            - {that: 'insurance_type in [FIRST_SET, QUALITY]', code: TYPE, clause: 首台套综合保险、质量保证保险}
          lines:
            - {id: ALL, base: premium_paid, rate: 50%, clause: 按年度实缴保费的50%给予补贴，最高不超过三年}
          caps:
            - {per: [UNIT], period: PROGRAM_YEAR, limit: 300万, clause: 单个产品每年补贴不超过300万元}
  - rate_table: bj-sme-2027-4-2
    no: '2'
    title: （标题未见）
    method: null
    area: null
    not_loaded: 附件未见
"""
FUNDS = """\
funds:
  - id: sh-demo
    title: 示例产业资金
    overlays:
      - id: sh-demo-guide-2027
        version: '1'
        title: 2027年实施指南（示例）
        methods: [AWARD, GRANT]
        facts: all
        applies_by: PROGRAM_YEAR
        effective: {first_day: '2027-01-01', last_day: '2027-12-31'}
        published_at: '2026-11-16T00:00:00+08:00'
        document: {title: 2027年实施指南（示例）, issuer: 示例单位, number: null, date: '2026-11'}
        authority: official
        terms:
          caps:
            - {per: [], period: PROGRAM_YEAR, limit: 3000万, clause: 单个企业年度支持总额不超过3000万元}
          stacking: {single_direction: {clause: 同一单位同一年度只能获得一个方向支持, exempt_tables: [bj-sme-2025-0-1]}}
"""
SERIES = """\
series:
  - series: SH_DEMO_RATE
    title: 示例参考利率
    source: 示例单位
    authority: official
    values_are: PERCENT
    versions:
      - version: '1'
        published_at: '2026-11-16T00:00:00+08:00'
        holds_until: '2026-12-21'
        rows:
          - {on: '2026-10-20', value: 3.00%, confidence: read}
          - {on: '2026-11-16', value: 2.95%, confidence: read}
"""

# What is typed instead of what in which file, whether it is refused, and what is said of it.
SLIPS = [
    (PROJECT, "limit: 1000万", "limit: '1000'", False, "条款中没有 1000（"),
    (PROJECT, "that: admitted >= 500万", "that: admitted >= 5000万", False, "条款中没有 5000万"),
    (PROJECT, "that: admitted >= 500万", "that: admitted > 500万", False, "应为 >="),
    (PROJECT, "first_day: '2026-01-01'", "first_day: '2026-10-01'", False, "条款中没有 2026-10-01"),
    (PROJECT, "vat: EXCLUDED", "vat: INCLUDED", False, "条款写“不含增值税”，此处为 INCLUDED"),
    (PROJECT, "[EQUIPMENT, SOFTWARE]", "[EQUIPMENT, SOFTWEAR]", True, "应为 SOFTWARE"),
    (PROJECT, "[EQUIPMENT, SOFTWARE]", "[设备, 软件]", True, "代码应为大写字母"),
    (PROJECT, "share: 70%", "share: 170%", True, "份额合计应小于 100%"),
    (PROJECT, "last_day: '2027-04-30'", "last_day: '2027-02-28'", True, "last_day 早于 first_day"),
    (PROJECT, "last_day: open", "last_day: 长期", True, "应为日期"),
    (PROJECT, "last_day: open", "last_day: '2027-02-28'", True, "早于申请开始之日"),
    (PROJECT, "base: admitted", "base: admited", True, "未声明的名称: admited"),
    (PROJECT, "per: [PROJECT]", "per: [UNIT]", True, "UNIT 只用于 POLICIES"),
    (PROJECT, "confidence: read", "confidance: read", True, "不认识的词"),
    (POLICY, "months: '36'", "months: '3'", False, "条款中没有 3 个月"),
    (POLICY, "rate: 50%", "rate: 5%", False, "条款中没有 5%"),
    (POLICY, "period: PROGRAM_YEAR", "period: LIFETIME", False, "条款写“每年”"),
    (POLICY, "rate: 50%", "rate: '50'", True, "比例请写作 50%"),
    (POLICY, "rate: 50%", "rate: 百分之五十", True, "无法识别"),
    (POLICY, "[FIRST_SET, QUALITY]", "[FIRST_SET, QUALTY]", True, "应为 QUALITY"),
    (POLICY, "limit: 300万", "limit: ３００万", True, "应写作 300万"),
    (POLICY, "no: '2'", "no: '1'", True, "方向编号 '1' 重复"),
    (POLICY, "from: first_insured_on", "from: first_insured", True, "不是起点"),
    (POLICY, "months: '36'", "months: 36个月", True, "整数"),
    (POLICY, "wording: CEILING", "wording: 不超过", True, "不在可用的词中"),
    (FUNDS, "limit: 3000万", "limit: 300万", False, "条款中没有 300万"),
    (FUNDS, "[AWARD, GRANT]", "[AWARDS, GRANT]", True, "而不是 'AWARDS'"),
    (FUNDS, "last_day: '2027-12-31'", "last_day: '2026-12-31'", True, "last_day 早于 first_day"),
    (FUNDS, "[bj-sme-2025-0-1]", "[bj-sme-2025-0-9]", True, "没有标准表 bj-sme-2025-0-9"),
    (FUNDS, "id: sh-demo-guide-2027", "id: 2027年指南", True, "编号由小写字母、数字与连字符组成"),
    (FUNDS, "date: '2026-11'", "date: '2026-13'", True, "应为日期"),
    (SERIES, "value: 2.95%", "value: '2.95'", True, "应为百分数"),
    (SERIES, "on: '2026-11-16'", "on: '2026-10-16'", True, "日期应晚于前一行"),
    (SERIES, "holds_until: '2026-12-21'", "holds_until: '2026-11-10'", True, "应晚于最后公布日"),
    (SERIES, "series: SH_DEMO_RATE", "series: sh_demo_rate", True, "代码应为大写字母、数字和下划线"),
]
FAR = (SERIES, "value: 2.95%", "value: 29.5%")  # a file's is a warning; a draft's is refused, as in a month's publication
TARGETS = {PROJECT: ("BATCH", "bj-sme-2027-3"), POLICY: ("BATCH", "bj-sme-2027-4"), FUNDS: ("FUND", "sh-demo"), SERIES: ("REFERENCE_RATE", "SH_DEMO_RATE")}


def test_there_are_35_of_them() -> None:
    assert len({(text[:80], old, new) for text, old, new, *_ in SLIPS}) == len(SLIPS) == 35


@pytest.mark.parametrize("text", TARGETS, ids=["project", "policy", "funds", "series"])
def test_the_files_are_right(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, text) == ([], [])


@pytest.mark.parametrize(("text", "old", "new", "refused", "message"), SLIPS, ids=[new for _, _, new, *_ in SLIPS])
def test_each_slip_is_told_with_its_place(tmp_path: Path, text: str, old: str, new: str, refused: bool, message: str) -> None:
    assert text.count(old) == 1
    line = text[: text.index(old)].count("\n") + 1
    faults, warnings = told(tmp_path, text.replace(old, new))
    assert bool(faults) is refused, (faults, warnings)
    places = [place for place, said in (faults if refused else warnings) if message in said]
    assert [place for place in places if re.fullmatch(rf"t\.yaml 第 {line} 行（.+）", place)], (line, faults, warnings)


def test_loading_refuses_what_checking_does(database: str, tmp_path: Path) -> None:
    """Nothing is added by any of them; those that are warned of are loaded."""
    shutil.copyfile(database.removeprefix("sqlite:///"), tmp_path / "own.db")
    engine, path = engine_of(f"sqlite:///{tmp_path / 'own.db'}"), tmp_path / "t.yaml"
    with Session(engine) as session:
        for text, old, new, refused, message in SLIPS:
            path.write_text(text.replace(old, new), encoding="utf-8")
            if refused:
                with pytest.raises(LoadError, match=re.escape(message)):
                    load(session, [path])
    engine.dispose()


@pytest.fixture(scope="module")
def desk(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for all slips: nothing is published."""
    with opened(database, tmp_path_factory.mktemp("slips")) as office:
        yield office


@pytest.mark.parametrize(("text", "old", "new", "refused", "message"), SLIPS, ids=[new for _, _, new, *_ in SLIPS])
def test_each_slip_is_told_of_a_draft(desk: Office, text: str, old: str, new: str, refused: bool, message: str) -> None:
    """In the report, which the approver reads, and by the check."""
    kind, target = TARGETS[text]
    draft, etag = desk.begin("li", {"kind": kind, "target": target, "file": text.replace(old, new)})
    report = desk.call("wang", "GET", f"{draft}/report").json()
    assert report["publishable"] is not refused
    assert message in " ".join(one["message"] for one in report["faults" if refused else "warnings"]), report
    checked = desk.step("li", draft, etag, "check")
    assert checked.status_code == (422 if refused else 200)
    said = [one["detail"] for one in checked.json()["errors"]] if refused else [one["message"] for one in checked.json()["warnings"]]
    assert message in " ".join(said)


def test_a_value_far_from_the_one_before_it(desk: Office, tmp_path: Path) -> None:
    """29.5% after 3.00%; 3.30% is not far, 3.31% is. Whoever says that it is right is asked no more."""
    text, old, new = FAR
    message = "与上一公布值 3.00% 相差过大；确认无误请写 confirmed: 'true'"
    place = "t.yaml 第 13 行（系列 SH_DEMO_RATE › 版本 1 › 公布值 2026-11-16 › value）"
    for value, far in ((new, True), ("value: 3.30%", False), ("value: 3.31%", True), ("value: 2.70%", False), ("value: 2.69%", True)):
        typed = text.replace(old, value)
        assert told(tmp_path, typed) == ([], [(place, message)] if far else [])
        draft, _ = desk.begin("li", {"kind": "REFERENCE_RATE", "target": "SH_DEMO_RATE", "file": typed})
        report = desk.call("wang", "GET", f"{draft}/report").json()
        assert report["faults"] == ([{"place": "/series/0/rows/1/value", "message": message}] if far else [])
    right = text.replace(old, f"{new}, confirmed: 'true'")
    assert told(tmp_path, right) == ([], [])
    draft, _ = desk.begin("li", {"kind": "REFERENCE_RATE", "target": "SH_DEMO_RATE", "file": right})
    assert desk.call("wang", "GET", f"{draft}/report").json()["publishable"] is True
