"""What terms say otherwise than their clauses: a warning at its place, until a reason is given for it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from app.tables.files.clause_doubts import MAX_DOUBTS, Doubt, doubts, of_terms, unexplained
from app.tables.files.yaml_reader import parsed, read
from app.tables.loading.loader import read_files
from tests.bureau import PUBLISHED, batch_file

EXPLAINED = PUBLISHED.parent / "explained.yaml"
CAP, LINE, THAT, WINDOW, TERM = "caps: [{%s}]", "lines: [{%s}]", "require: [{%s}]", "windows: {event: {%s}}", "term: {%s}"
RULE = "stacking: {single_direction: {%s}}"

# How terms are typed, the clause beside them, and the places at which they are doubted, below the part that is typed.
ROWS = [
    # --- the slips of the issue
    (CAP, "limit: '500', period: BATCH", "单个企业最高不超过500万元", ["limit"]),
    (CAP, "limit: 500万, period: BATCH", "单个企业最高不超过500万元", []),
    (CAP, "limit: 5万", "单个企业最高不超过50万元", ["limit"]),
    (LINE, "rate: 20%", "按照费用的2%予以奖励", ["rate"]),
    (LINE, "rate: 2%", "按照费用的2%予以奖励", []),
    (LINE, "rate: 2%", "按照费用的百分之二十予以奖励", ["rate"]),
    (LINE, "rate: 5%", "按照费用的百分之五予以奖励", []),
    (LINE, "rate: 1.5%", "贴息1.5个百分点", []),
    (TERM, "months: '36'", "贴息期限三年", []),
    (TERM, "months: '12'", "贴息期限三年", ["months"]),
    (TERM, "months: '3'", "贴息期限三年", ["months"]),
    # --- every kind of figure
    (LINE, "amount: 100万", "给予100万元奖励", []),
    (LINE, "amount: 1000000元", "给予100万元奖励", []),
    (LINE, "amount: 10万 * events", "每次100万元", ["amount"]),
    (LINE, "rate: 'min(1%, 50% * contract_rate)'", "贴息1个百分点，且为合同利率的50%", []),
    (LINE, "rate: 'min(1%, 40% * contract_rate)'", "贴息1个百分点，且为合同利率的50%", ["rate"]),
    (LINE, "base: 'max(0, balance - 500万)'", "对超过500万元的部分", []),
    (LINE, "base: 'max(0, balance - 50万)'", "对超过500万元的部分", ["base"]),
    (LINE, "amount: 1/3 * base_amount", "给予三分之一的补助", []),
    (LINE, "amount: unknown", "给予奖励", []),
    (LINE, "when: 'category in [MPW]'", "MPW首轮流片", []),
    (LINE, "bands: {of: events, pay: [{up_to: '5', amount: 10万}, {amount: 2万}]}", "5次以内每次10万元，其后每次2万元", []),
    (LINE, "bands: {of: events, pay: [{up_to: '4', amount: 10万}, {amount: 20万}]}", "5次以内每次10万元，其后每次2万元",
     ["bands/pay/0/up_to", "bands/pay/1/amount"]),
    (LINE, "bands: {of: base_amount, after: 100万, pay: [{rate: 5%}]}", "超过1000万元的部分按5%", ["bands/after"]),
    (LINE, "rate: 2%, require: [{that: base_amount >= 50万, clause: 费用500万元以上}]", "按2%", ["require/0/that"]),
    (CAP, "limit: 2% * disbursed", "不高于实际放款额的2%", []),
    (CAP, "limit: unknown", "设上限", []),
    (RULE, "exempt: base_amount >= 50万", "500万元以上的除外", ["exempt"]),
    (THAT, "that: 'completed_on <= months_after(started_on, 36)'", "建设期不超过3年", []),
    (THAT, "that: 'completed_on <= months_after(started_on, 24)'", "建设期不超过3年", ["that"]),
    (THAT, "that: 'not dishonest_since(months_after(application_date, -36))'", "近3年无严重失信记录", []),
    (THAT, "that: 'not dishonest_since(months_after(application_date, -12))'", "近3年无严重失信记录", ["that"]),
    (THAT, "that: 'occurred_on <= months_after(started_on, lasting)'", "在期限内", []),
    (THAT, "that: years >= 3", "成立3年以上", []),
    (THAT, "that: age_months >= 36", "成立3年以上", []),
    (THAT, "that: sales >= 115% * sales_last_year", "增长15%（含）以上", []),
    (THAT, "that: sales >= 120% * sales_last_year", "增长15%（含）以上", ["that"]),
    (THAT, "that: premium > 0", "已支付保费", []),
    (THAT, "that: 'reference(LPR_1Y, 2026-01-20) > 3%'", "2025年1月20日LPR高于3%的", ["that"]),
    (THAT, "that: a >= 500万 or b >= 300万", "500万元（含）以上，绿色能源300万元（含）以上", []),
    # --- days and clock times
    (WINDOW, "first_day: '2025-01-20', last_day: '2025-03-31'", "2025年1月20日至3月31日", []),
    (WINDOW, "first_day: '2026-01-20', last_day: '2025-03-30'", "2025年1月20日至3月31日", ["first_day", "last_day"]),
    (WINDOW, "first_day: unknown, last_day: APPLICATION_DATE", "截至申请之日", []),
    (WINDOW, "last_day: '2026-08-31T17:30'", "2026年8月31日17:30止", []),
    (WINDOW, "last_day: '2026-08-31T17:00'", "2026年8月31日17:30止", ["last_day"]),
    (THAT, "that: occurred_on >= 2023-01-01", "2023年以来获批", []),
    (THAT, "that: occurred_on > 2022-12-31", "2023年以来获批", []),
    (THAT, "that: occurred_on < 2024-01-01", "2023年12月31日前获批", []),
    (THAT, "that: occurred_on >= 2024-01-01", "2023年以来获批", ["that"]),
    # --- which comparison
    (THAT, "that: base_amount > 500万", "费用500万元（含）以上", ["that"]),
    (THAT, "that: 500万 < base_amount", "费用500万元（含）以上", ["that"]),
    (THAT, "that: not base_amount <= 500万", "费用500万元（含）以上", ["that"]),
    (THAT, "that: base_amount >= 500万", "费用500万元（含）以上", []),
    (THAT, "that: 500万 <= base_amount", "费用500万元（含）以上", []),
    (THAT, "that: not base_amount < 500万", "费用500万元（含）以上", []),
    (THAT, "that: base_amount >= 500万", "费用500万元（不含）以上", ["that"]),
    (THAT, "that: base_amount > 500万", "费用500万元（不含）以上", []),
    (THAT, "that: base_amount >= 100万", "入表金额大于100万元的", ["that"]),
    (THAT, "that: base_amount <= 500万", "投资不低于500万元", ["that"]),
    (THAT, "that: base_amount > 500万", "费用500万元（不含税）", []),
    (LINE, "when: base_amount >= 2亿 and base_amount < 10亿", "2亿元（含）-10亿元", []),
    (LINE, "when: base_amount > 2亿 and base_amount < 10亿", "2亿元（含）-10亿元", ["when"]),
    (LINE, "when: base_amount < 5万", "5万元（含）以上的按1%，5万元以下的按2%", []),
    (THAT, "that: base_amount == 500万", "费用500万元（含）以上", []),
    # --- words that mean another value
    (LINE, "rate: 2%, wording: EXACT", "按照不超过2%的贴息率", ["wording"]),
    (LINE, "amount: 200万, wording: EXACT", "最高奖励200万元", ["wording"]),
    (LINE, "rate: 2%, wording: CEILING", "按照不超过2%的贴息率", []),
    (LINE, "rate: 2%, wording: EXACT", "按照2%的贴息率", []),
    (CAP, "limit: 100万, period: LIFETIME", "单个企业每年不超过100万元", ["period"]),
    (CAP, "limit: 100万, period: LIFETIME", "单个企业年度奖励额不超过100万元", ["period"]),
    (CAP, "limit: 100万", "单个企业年度奖励额不超过100万元", ["period"]),
    (CAP, "limit: 100万, period: PROGRAM_YEAR", "单个企业年度累计不超过100万元", []),
    (CAP, "limit: 100万, period: CALENDAR_YEAR", "单个企业每年不超过100万元", []),
    (CAP, "limit: 100万, period: PROGRAM_YEAR", "单个数据集累计不超过100万元", ["period"]),
    (CAP, "limit: 100万, period: LIFETIME", "单个数据集累计不超过100万元", []),
    (CAP, "limit: 100万, period: PROGRAM_YEAR", "单个企业本批次不超过100万元", ["period"]),
    (CAP, "limit: 100万, period: unknown", "单个企业每年不超过100万元", []),
    (CAP, "limit: 100万, bounds: BALANCE", "每年不超过100万元的贷款", []),
    # --- what others refuse
    (LINE, "rate: '2%%'", "按2%", []),
    (TERM, "months: two", "期限两年", []),
    (WINDOW, "first_day: '2025-02-30', last_day: '2025-13-01Tnoon'", "2025年2月", []),
]  # fmt: skip


def typed(part: str, what: str, clause: str, note: str = "") -> dict[str, Any]:
    """Terms of one part, as the loader reads them from a file."""
    inside = f"{what}, clause: '{clause}'" + (f", clause_note: '{note}'" if note else "")
    made = parsed(part.replace("%s", inside).encode())
    assert "None" not in str(made)  # a comma that is not quoted ends a value, and begins an empty one
    return made


def below(found: list[Doubt], part: str) -> list[str]:
    """The places of doubts below the part that was typed."""
    start = re.match(r"(\w+)", part)[1]  # type: ignore[index]
    deeper = {"windows": "/event", "stacking": "/single_direction", "term": ""}.get(start, "/0")
    return [one.place.removeprefix(f"t/{start}{deeper}/") for one in found]


@pytest.mark.parametrize(("part", "what", "clause", "places"), ROWS, ids=[f"{what} | {clause}" for _, what, clause, _ in ROWS])
def test_terms_beside_their_clause(part: str, what: str, clause: str, places: list[str]) -> None:
    found = list(of_terms(typed(part, what, clause), "t"))
    assert below(found, part) == places
    assert [one.note for one in found] == [None] * len(places)
    for one in found:
        assert one.clause
        assert one.about in one.zh
        assert one.about in one.en


def test_a_doubt_says_what_is_typed_and_what_the_clause_has() -> None:
    [figure] = of_terms(typed(CAP, "limit: '500'", "最高不超过500万元"), "t")
    assert figure.zh == "条款中没有 500（条款中的数字：500万）：“最高不超过500万元”"
    assert figure.en == "500 is not in the clause (figures there: 500万): “最高不超过500万元”"
    [compared] = of_terms(typed(THAT, "that: a > 500万", "500万元（含）以上"), "t")
    assert compared.zh == "条款中的 500万 应为 >=，此处为 > 500万：“500万元（含）以上”"
    [word] = of_terms(typed(CAP, "limit: 1万, period: LIFETIME", "每年不超过1万元"), "t")
    assert word.zh == "条款写“每年”，此处为 LIFETIME：“每年不超过1万元”"


def test_a_part_without_its_own_clause_is_held_against_that_of_the_whole_table() -> None:
    terms = {"clause": "按2%，不超过3万元", "lines": [{"rate": "2%"}], "caps": [{"limit": "5万"}]}
    assert [one.place for one in of_terms(terms, "t")] == ["t/caps/0/limit"]


def test_a_reason_beside_the_clause_answers_every_doubt_of_the_part() -> None:
    found = list(of_terms(typed(CAP, "limit: '500', period: LIFETIME", "每年500万元", note="见补充通知"), "t"))
    assert [one.note for one in found] == ["见补充通知", "见补充通知"]
    assert unexplained(found) == []


@pytest.mark.parametrize("raw", [None, "red", [], {"lines": [{"rate": "2%"}]}, {"lines": "red"}, {"lines": ["red"], "caps": [[]], "windows": {"event": "red"}, "stacking": []}])
def test_what_are_no_terms_is_left_to_their_reader(raw: Any) -> None:
    assert list(of_terms(raw, "t")) == []


def test_doubts_are_bounded() -> None:
    cap = {"limit": "5万", "clause": "3万元"}
    content = {"directions": [{"versions": [{"terms": {"caps": [cap] * 60}}] * 3}]}
    assert len(doubts(content)) == MAX_DOUBTS
    deep: dict[str, Any] = {"terms": {"caps": [cap]}}
    for _ in range(900):
        deep = {"version": deep}
    assert doubts(deep) == []


# --- files ----------------------------------------------------------------------------------------------


def test_every_published_file_says_what_its_clauses_say_or_why_not() -> None:
    found = read_files([PUBLISHED]).doubts
    assert unexplained(found) == []


def test_every_reason_beside_the_published_files_answers_a_doubt() -> None:
    """A reason that answers nothing any more goes."""
    without = {(one.about, one.clause, one.note) for one in read_files([PUBLISHED]).doubts}
    rows = [(row["about"], row["clause"], row["note"]) for row in read(EXPLAINED)["explained"]]
    assert len(rows) == len(set(rows))
    assert set(rows) <= without


def test_a_reason_is_good_for_its_table_and_figure_alone(tmp_path: Path) -> None:
    """The same slip elsewhere, and another figure beside the same clause, are doubted."""
    text = (PUBLISHED / "cn-consumer-2025-0.yaml").read_text(encoding="utf-8").partition("      - version: '2'")[0]
    assert text.count("drawn < 5万") == 1
    (tmp_path / "slip.yaml").write_text(text.replace("drawn < 5万", "drawn < 50万"), encoding="utf-8")
    assert [one.about for one in unexplained(doubts(read(tmp_path / "slip.yaml")))] == ["50万"]
    renamed = text.replace("rate_table: cn-consumer-2025-0-1", "rate_table: cn-consumer-2025-0-2")
    (tmp_path / "other.yaml").write_text(renamed, encoding="utf-8")
    assert len(unexplained(doubts(read(tmp_path / "other.yaml")))) == 4


def test_places_of_a_file_lead_to_the_figure(tmp_path: Path) -> None:
    terms = "facts: ITEMS\nwording: EXACT\nlines: [{id: ALL, amount: '500', clause: 给予500万元奖励}]"
    (tmp_path / "t.yaml").write_text(batch_file(terms, "AWARD"), encoding="utf-8")
    assert [one.place for one in read_files([tmp_path]).doubts] == ["t.yaml/directions/0/versions/0/terms/lines/0/amount"]


def test_rules_of_a_fund_are_held_against_their_clauses_too() -> None:
    funds = {"funds": [{"overlays": [{"terms": {"caps": [{"limit": "100万", "period": "PROGRAM_YEAR", "clause": "每年不超过1000万元"}]}}]}]}
    assert [one.place for one in doubts(funds)] == ["/funds/0/overlays/0/terms/caps/0/limit"]
