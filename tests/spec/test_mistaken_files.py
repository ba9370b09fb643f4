"""48 slips in a table file, as they are made when a notice is typed: each is refused or warned of, with its line and in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.tables.files.clause_doubts import unexplained
from app.tables.files.places import placed_in
from app.tables.loading.loader import read_files
from app.tables.loading.named_ids import check_names, names_in
from tests.bureau import PUBLISHED

LOAN = """\
fund: bj-sme
batch: {id: bj-sme-2027-1, year: '2027', no: '1', title: 2027年设备贷款贴息（示例）}
document: {title: 设备贷款贴息通知（示例）, issuer: 示例单位, number: null, date: '2026-11-16'}
authority: official
directions:
  - rate_table: bj-sme-2027-1-1
    no: '1'
    title: 设备贷款贴息
    method: LOAN_INTEREST
    area: UPGRADING
    versions:
      - version: '1'
        effective: {first_day: '2027-02-01', last_day: open}
        published_at: '2026-11-16T00:00:00+08:00'
        confidence: read
        terms:
          facts: CONTRACTS
          wording: CEILING
          day_count: MONTHS_12
          needs:
            equipment_value: {of: CONTRACT, type: MONEY, title: 设备购置额}
          windows:
            application: {first_day: '2027-03-01', last_day: '2027-04-30T17:00', clause: 申请时间2027年3月1日至4月30日17:00}
            interest: {first_day: '2026-01-01', last_day: '2026-12-31', clause: 2026年1月1日至12月31日的利息}
          term: {months: '24', from: FIRST_DRAWDOWN, clause: 自首次放款起最长两年}
          require:
            - {that: equipment_value >= 100万, code: BELOW_THRESHOLD, clause: 设备购置额100万元（含）以上}
            - {that: 'loan_type in [EQUIPMENT, FIXED_ASSET]', code: LOAN_TYPE, clause: 设备贷款、固定资产贷款}
          lines:
            - id: SMALL
              when: equipment_value < 1000万
              base: balance
              rate: 'min(1.5%, 50% * contract_rate)'
              clause: 1000万元以下的，按不超过1.5%、且不超过合同利率50%的贴息率给予贴息
            - id: LARGE
              when: equipment_value >= 1000万
              base: balance
              rate: 2%
              clause: 1000万元（含）以上的，按不超过百分之二的贴息率给予贴息
          caps:
            - {per: [CONTRACT], period: LIFETIME, limit: 100万, clause: 单笔贷款累计贴息不超过100万元}
            - {per: [], period: PROGRAM_YEAR, limit: 500万, clause: 单个企业年度贴息不超过500万元}
"""
AWARD = """\
fund: bj-sme
batch: {id: bj-sme-2027-2, year: '2027', no: '2', title: 2027年奖励（示例）}
document: {title: 奖励通知（示例）, issuer: 示例单位, number: null, date: '2026-11-16'}
authority: official
directions:
  - rate_table: bj-sme-2027-2-1
    no: '1'
    title: 流片奖励
    method: AWARD
    area: null
    versions:
      - version: '1'
        effective: {first_day: '2027-02-01', last_day: '2027-12-31'}
        published_at: '2026-11-16T00:00:00+08:00'
        terms:
          facts: ITEMS
          wording: EXACT
          needs:
            category: {of: ITEM, type: CODE, title: 类别, values: {MPW: 多项目晶圆, MASK: 全掩膜}}
          windows:
            event: {first_day: '2026-07-01', last_day: '2026-12-31', clause: 2026年7月1日至2026年12月31日}
          lines:
            - {id: MPW, when: 'category in [MPW]', amount: 20万, clause: 多项目晶圆每项给予20万元奖励}
            - {id: MASK, when: 'category in [MASK]', base: base_amount, rate: 30%, clause: 全掩膜按费用的30%给予奖励}
          caps:
            - {per: [], lines: [MPW], period: PROGRAM_YEAR, limit: 100万, pool: [bj-sme-2025-0-1], clause: 年度最高100万元}
          stacking: {single_direction: {clause: 只能申报一个方向}}
"""

# What is typed instead of what in which file, whether it is refused, and what is said of it.
SLIPS = [
    # --- figures that the clause does not contain
    (LOAN, "limit: 500万, clause", "limit: '500', clause", False, "条款中没有 500"),
    (LOAN, "limit: 500万, clause", "limit: 50万, clause", False, "条款中没有 50万"),
    (LOAN, "limit: 100万, clause", "limit: 1000万, clause", False, "条款中没有 1000万"),
    (LOAN, "rate: 2%", "rate: 20%", False, "条款中没有 20%"),
    (LOAN, "min(1.5%,", "min(15%,", False, "条款中没有 15%"),
    (LOAN, "50% * contract_rate", "5% * contract_rate", False, "条款中没有 5%"),
    (LOAN, "months: '24'", "months: '2'", False, "条款中没有 2 个月"),
    (LOAN, "that: equipment_value >= 100万", "that: equipment_value >= 10万", False, "条款中没有 10万"),
    (LOAN, "first_day: '2026-01-01'", "first_day: '2025-01-01'", False, "条款中没有 2025-01-01"),
    (LOAN, "last_day: '2027-04-30T17:00'", "last_day: '2027-04-30T17:30'", False, "条款中没有 17:30"),
    (AWARD, "amount: 20万", "amount: 2万", False, "条款中没有 2万"),
    (AWARD, "rate: 30%", "rate: 3%", False, "条款中没有 3%"),
    # --- comparisons, wordings and periods that the clause words otherwise
    (LOAN, "that: equipment_value >= 100万", "that: equipment_value > 100万", False, "应为 >="),
    (LOAN, "wording: CEILING", "wording: EXACT", False, "条款写“不超过”"),
    (LOAN, "per: [], period: PROGRAM_YEAR", "per: [], period: LIFETIME", False, "条款写“年度”"),
    (LOAN, "period: LIFETIME, limit: 100万", "period: BATCH, limit: 100万", False, "条款写“累计”"),
    # --- headers
    (LOAN, "year: '2027'", "year: '2026'", True, "的年份是 2027"),
    (LOAN, "date: '2026-11-16'", "date: '2026-11-31'", True, "应为日期"),
    (LOAN, "authority: official", "authority: offical", True, "应为 official"),
    (LOAN, "fund: bj-sme", "fund: bj-smes", True, "没有基金 bj-smes"),
    (LOAN, "rate_table: bj-sme-2027-1-1", "rate_table: bj-sme-2027-1-甲", True, "不是标准表编号"),
    (LOAN, "rate_table: bj-sme-2027-1-1", "rate_table: bj-sme-2027-2-1", True, "编号应以批次编号 bj-sme-2027-1- 开头"),
    (LOAN, "area: UPGRADING", "area: UPGRADE", True, "应为 INNOVATION_SYSTEM"),
    (LOAN, "confidence: read", "confidence: sure", True, "应为 read implied 之一"),
    (LOAN, "first_day: '2027-02-01'", "first_day: '2027-02-30'", True, "应为日期"),
    (AWARD, "last_day: '2027-12-31'", "last_day: '2026-12-31'", True, "last_day 早于 first_day"),
    (LOAN, "published_at: '2026-11-16T00:00:00+08:00'", "published_at: '2026-11-16'", True, "应为带时区的时刻"),
    # --- what nobody can have
    (LOAN, "that: equipment_value >= 100万", "that: equipment_value < 100万", True, "互相矛盾"),
    (LOAN, "when: equipment_value >= 1000万", "when: equipment_value > 1000万", True, "有空隙"),
    (LOAN, "when: equipment_value < 1000万", "when: equipment_value <= 1000万", True, "同时成立"),
    (AWARD, "limit: 100万", "limit: 10万", True, "没有一行能足额给付"),
    (AWARD, "rate: 30%", "rate: 300%", True, "超过 100%"),
    (AWARD, "first_day: '2026-07-01'", "first_day: '2027-07-01'", True, "早于"),
    (LOAN, "when: equipment_value >= 1000万", "when: equipment_value >= 1000万 and equipment_value < 1", True, "永远不会适用"),
    # --- words, codes and names
    (LOAN, "[EQUIPMENT, FIXED_ASSET]", "[EQUIPMENT, FIXED_ASETS]", True, "应为 FIXED_ASSET"),
    (AWARD, "category in [MASK]", "category in [MASKS]", True, "MASKS"),
    (LOAN, "from: FIRST_DRAWDOWN", "from: FIRST_DRAWDONW", True, "不是起点"),
    (LOAN, "day_count: MONTHS_12", "day_count: MONTH_12", True, "不在可用的词中"),
    (LOAN, "per: [CONTRACT]", "per: [CONTRACTS]", True, "per 不认识 CONTRACTS"),
    (LOAN, "equipment_value < 1000万", "equipment_vaule < 1000万", True, "未声明的名称"),
    (AWARD, "pool: [bj-sme-2025-0-1]", "pool: [bj-sme-2025-0-l]", True, "没有标准表 bj-sme-2025-0-l"),
    (AWARD, "method: AWARD", "method: LOAN_INTEREST", True, "事实应为"),
    # --- spellings
    (LOAN, "limit: 500万, clause", "limit: 500 万, clause", True, "应写作 500万"),
    (LOAN, "limit: 500万, clause", "limit: '5,000,000', clause", True, "应写作 5000000"),
    (LOAN, "rate: 2%", "rate: 2个百分点", True, "应写作 2%"),
    (LOAN, "50% * contract_rate", "50% * LPR_1Y", True, "应写作 reference(LPR_1Y, DAY)"),
    (LOAN, "limit: 500万, clause: 单个企业年度贴息不超过500万元", "limit: 500万", True, "缺少条款原文 clause"),
    (LOAN, "months: '24'", "months: 二十四", True, "整数"),
]

# Slips that show only beside another line, at which they are told.
ELSEWHERE = {
    "wording: EXACT": "id: SMALL",
    "that: equipment_value < 100万": "id: LARGE",
    "when: equipment_value > 1000万": "lines:",
    "when: equipment_value <= 1000万": "lines:",
    "method: LOAN_INTEREST": "facts: ITEMS",
}


def told(folder: Path, text: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Place and message of what ``tables check`` refuses in a file, and of what it warns of."""
    (folder / "t.yaml").write_text(text, encoding="utf-8")
    found = read_files([folder / "t.yaml"])
    check_names(found, names_in(read_files([PUBLISHED])))
    faults = [(placed_in(found.paths, one.place), one.message) for one in found.faults]
    return faults, [(placed_in(found.paths, one.place), one.zh) for one in unexplained(found.doubts)]


def test_there_are_48_of_them() -> None:
    assert len({(text[:60], new, old) for text, old, new, _, _ in SLIPS}) == len(SLIPS) == 48


@pytest.mark.parametrize("text", [LOAN, AWARD], ids=["loan", "award"])
def test_the_files_are_right(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, text) == ([], [])


@pytest.mark.parametrize(("text", "old", "new", "refused", "message"), SLIPS, ids=[f"{new}" for _, _, new, _, _ in SLIPS])
def test_each_slip_is_told_with_its_place(tmp_path: Path, text: str, old: str, new: str, refused: bool, message: str) -> None:
    assert text.count(old) == 1
    typed = text.replace(old, new)
    line = typed[: typed.index(ELSEWHERE.get(new, new))].count("\n") + 1
    faults, warnings = told(tmp_path, typed)
    found = [place for place, said in (faults if refused else warnings) if message in said]
    assert found, (faults, warnings)
    assert bool(faults) is refused
    places = [re.fullmatch(r"t\.yaml 第 (\d+) 行（(.+)）", place) for place in found]
    assert all(places)
    assert line in {int(place[1]) for place in places if place}, found
