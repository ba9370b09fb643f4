"""Terms that cannot be meant: each is refused before it is loaded, with the place and what would be right."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from app.calculators.terms.model import TermsError
from app.calculators.terms.parser import parse_terms
from app.calculators.verification.coverage import prove
from app.tables.loading.loader import read_files
from tests.bureau import batch_file
from tests.readme.test_terms_page import EVERYTHING

TERMS = "batch.yaml/directions/0/versions/0/terms"
FACTS = {"AWARD": "ITEMS", "INSURANCE": "POLICIES", "LOAN_INTEREST": "CONTRACTS", "GRANT": "PROJECTS"}
LINE = "lines: [{id: ALL, base: %s, rate: 1%%}]"
BASE = {"AWARD": "base_amount", "INSURANCE": "premium_paid", "LOAN_INTEREST": "balance", "GRANT": "cost"}


def said(folder: Path, terms: str, method: str) -> list[tuple[str, str]]:
    """Place within the terms, and message, of each fault that the loader finds."""
    text = batch_file(terms, method)
    (folder / "batch.yaml").write_text(text.replace("          clause: c\n", "", 1) if "\nclause: " in terms else text, encoding="utf-8")
    return [(fault.place.removeprefix(TERMS).strip("/"), fault.message) for fault in read_files([folder]).faults]


def award(expression: str) -> str:
    """An award with one line that pays this amount."""
    return f"facts: ITEMS\nwording: EXACT\nlines: [{{id: ALL, amount: '{expression}'}}]"


def condition(expression: str, needs: str = "{}") -> str:
    """An award that requires this of its items."""
    return f"facts: ITEMS\nwording: EXACT\nneeds: {needs}\nrequire: [{{that: '{expression}', code: C}}]\n" + LINE % "base_amount"


def bands(body: str) -> str:
    """An award by bands."""
    return f"facts: ITEMS\nwording: EXACT\nneeds: {{events_before: {{of: ITEM, type: COUNT}}}}\nlines: [{{id: ALL, bands: {body}}}]"


def two(first: str, second: str, needs: str, choose: str = "ONLY") -> str:
    """An award with two lines under these conditions."""
    one = f"{{id: A, when: '{first}', amount: 1}}"
    return f"facts: ITEMS\nwording: EXACT\nchoose: {choose}\nneeds: {needs}\nlines: [{one}, {{id: B, when: '{second}', amount: 2}}]"


TITLES = [
    # titles, place, message
    ("{base_amuont: 流片费用}", "titles/base_amuont", "未声明的名称: base_amuont；可用: "),
    ("{premium: 保费}", "titles/premium", "未声明的名称: premium；可用: "),
    ("{kind: 类型}", "titles/kind", "名称写在 needs 的 title"),
    ("{base_amount: ' '}", "titles/base_amount", "此处应为名称"),
    ("流片费用", "titles", "此处应为一组 键: 值"),
]


@pytest.mark.parametrize(("titles", "place", "message"), TITLES)
def test_titles_that_cannot_be_meant(tmp_path: Path, titles: str, place: str, message: str) -> None:
    terms = f"facts: ITEMS\nwording: EXACT\nneeds: {{kind: {{of: ITEM, type: COUNT}}}}\ntitles: {titles}\n" + LINE % "base_amount"
    ((at, told),) = said(tmp_path, terms, "AWARD")
    assert (at, told[: len(message)]) == (place, message)


EXPRESSIONS = [
    ("1" * 601, "表达式过长（至多 600 字）"),
    ("base_amount & cost", "无法识别: ' & cost'"),
    ("500 万", "应写作 500万，而不是 '500 万'"),
    ("5,000,000", "应写作 5000000，而不是 '5,000,000'"),
    ("0.5％ * base_amount", "应写作 0.5% * base_amount，而不是 '0.5％ * base_amount'"),
    ("1.5个百分点 * base_amount", "应写作 1.5% * base_amount，而不是 '1.5个百分点 * base_amount'"),
    ("５００万元", "应写作 500万元，而不是 '５００万元'"),
    ("min(base_amount)", "min 至少两项"),
    ("min(base_amount, cost", "此处应为 ')'，而不是 '结尾'"),
    ("base_amount cost", "多余的 'cost'"),
    ("(" * 25 + "1" + ")" * 25, "嵌套过深（至多 24 层）"),
    ("-" * 25 + "1", "嵌套过深（至多 24 层）"),
    ("+".join("1" * 241), "表达式过大（至多 240 项）"),
    ("2024-02-30", "不是日期: 2024-02-30"),
    ("* 2", "此处不应为 '*'"),
    ("2 *", "此处不应为 '结尾'"),
    ("turnover", "未声明的名称: turnover；可用: application_date, base_amount"),
    ("base_amount + 1%", "+ 两边的类型不相容: 金额 MONEY 与 比例 RATE"),
    ("base_amount * cost", "乘法两边的类型不相容: 金额 MONEY 与 金额 MONEY"),
    ("-occurred_on", "负号之后的类型不相容: 日期 DATE"),
    ("min(base_amount, 5%)", "min 各项的类型不相容: 金额 MONEY 与 比例 RATE"),
    ("1%", "应得 金额 MONEY，而表达式是 比例 RATE"),
    ("earned(ALL)", "应得 金额 MONEY，而表达式是 是否 BOOLEAN"),
]
CONDITIONS = [
    ("category in [A, 1]", "列表中应为代码，而不是 '1'"),
    ("category in [A, A]", "列表中 A 重复"),
    ("category in [A; B]", "无法识别: '; B]'"),
    ("category in [A B]", "列表各项以逗号分隔"),
    ("category in other", "未声明的名称: other；可用: application_date"),
    ("category in product_id", "in 右边的类型不相容: 代码 CODE"),
    ("cost in [A]", "in 左边的类型不相容: 金额 MONEY"),
    ("cost in product_id", "in 左边的类型不相容: 金额 MONEY"),
    ("category > A", "> 两边的类型不相容: 代码 CODE 与 代码 CODE"),
    ("cost", "应得 是否 BOOLEAN，而表达式是 金额 MONEY"),
    ("cost and related_party", "and 各项的类型不相容: 金额 MONEY"),
    ("not cost", "not 之后的类型不相容: 金额 MONEY"),
    ("earned(1) and related_party", "earned 的参数不对"),
    ("earned(ALL)", "此处不能用 earned；它只用于金额限额的 when"),
    ("months_after(occurred_on) >= 2024-01-01", "months_after 要 2 项"),
    ("months_after(cost, 1) >= 2024-01-01", "months_after 的日期不相容: 金额 MONEY"),
    ("months_after(occurred_on, cost) >= 2024-01-01", "months_after 的月数不相容: 金额 MONEY"),
    ("dishonest_since(cost)", "dishonest_since 的日期不相容: 金额 MONEY"),
    ("reference(LPR_1Y, SOMETIME) > 3%", "reference(系列, 日期、日期事实或 DAY SIGNED_ON"),
    ("reference(LPR_1Y, SIGNED_ON) > 3%", "只有贷款合同有 SIGNED_ON；此处可用申请日、日期或日期事实"),
    ("status(SME, ON_DAY)", "只有贷款合同有 ON_DAY；此处可用申请日、日期或日期事实"),
    ("status(SME, SOMETIME)", "status(代码, 日期、日期事实或 AT_FIRST_DRAWDOWN AT_APPLICATION ON_DAY)"),
    ("total(category) > 1", "total 的名称不相容: 代码 CODE"),
    ("total(1) > 1", "total 的参数不对"),
]


@pytest.mark.parametrize(("expression", "message"), EXPRESSIONS, ids=[one[:30] for one, _ in EXPRESSIONS])
def test_an_amount_that_cannot_be_meant(tmp_path: Path, expression: str, message: str) -> None:
    ((place, why),) = said(tmp_path, award(expression), "AWARD")
    assert place == "lines/0/amount"
    assert message in why


@pytest.mark.parametrize(("expression", "message"), CONDITIONS, ids=[one[:40] for one, _ in CONDITIONS])
def test_a_condition_that_cannot_be_meant(tmp_path: Path, expression: str, message: str) -> None:
    ((place, why),) = said(tmp_path, condition(expression), "AWARD")
    assert place == "require/0/that"
    assert message in why


WORDS = [
    # the line or word, where the fault stands, what it says; the facts are those of the method
    ("AWARD", "facts: TREES", "facts", "'TREES' 不在可用的词中: CONTRACTS POLICIES ITEMS PROJECTS"),
    ("AWARD", "colour: red", "colour", "不认识的词 'colour'"),
    ("AWARD", "lines: null", "lines", "lines 至少一行"),
    ("AWARD", "lines: red", "lines", "此处应为列表"),
    ("AWARD", "lines: [red]", "lines/0", "此处应为一组 键: 值"),
    ("AWARD", f"lines: [{', '.join(['{id: A, amount: 1}'] * 61)}]", "lines", "至多 60 项"),
    ("AWARD", "lines: [{id: A, amount: 1}, {id: A, amount: 2}]", "lines/1/id", "行 A 重复"),
    ("AWARD", "lines: [{amount: 1}]", "lines/0/id", "此处应为代码"),
    ("AWARD", "lines: [{id: all, amount: 1}]", "lines/0/id", "代码应为大写字母、数字和下划线: all"),
    ("AWARD", "lines: [{id: A, amount: '  '}]", "lines/0/amount", "此处应为表达式"),
    ("AWARD", "lines: [{id: A, base: base_amount}]", "lines/0", "每行恰为 base 与 rate，或 amount，或 bands"),
    ("AWARD", "lines: [{id: A, base: cost, rate: 1%, amount: 1}]", "lines/0", "每行恰为 base 与 rate，或 amount，或 bands"),
    ("AWARD", "wording: null", "lines/0", "须写明 wording: CEILING（不超过）或 EXACT（按照）"),
    ("AWARD", "clause: null", "lines/0", "缺少条款原文 clause"),
    ("AWARD", "clause: [a]", "clause", "此处应为条款原文"),
    ("AWARD", "needs: {Growth: {of: ITEM, type: RATE}}", "needs/Growth", "名称应为小写字母、数字和下划线，且不是 and or not in"),
    ("AWARD", "needs: {cost: {of: ITEM, type: MONEY}}", "needs/cost", "与既有名称相同"),
    ("AWARD", "needs: {category: {of: ITEM, type: COUNT}}", "needs/category", "与既有名称相同"),
    ("AWARD", "needs: {mass: {of: ITEM, type: QUANTITY}}", "needs/mass", "QUANTITY 须有 unit"),
    ("AWARD", "needs: {mass: {of: ITEM, type: QUANTITY, unit: kg, decimals: 9}}", "needs/mass/decimals", "此处应为 0 至 8 的整数"),
    ("AWARD", "needs: {grade: {of: ITEM, type: CODE, values: [l3]}}", "needs/grade/values", "代码应为大写字母、数字和下划线: l3"),
    ("AWARD", "needs: {grade: {of: CONTRACT, type: CODE}}", "needs/grade/of", "'CONTRACT' 不在可用的词中: APPLICANT ITEM"),
    ("AWARD", "windows: {event: {of: cost}}", "windows/event/of", "cost 不是日期事实；of 应写一个日期事实的名称"),
    ("AWARD", "windows: {event: {of: [cost]}}", "windows/event/of", "此处应为名称"),
    ("AWARD", "windows: {event: {first_day: 2024-02-30}}", "windows/event/first_day", "没有这一天: 2024-02-30"),
    ("AWARD", "windows: {event: {first_day: soon}}", "windows/event/first_day", "不是日期: soon（应为 YYYY-MM-DD）"),
    ("AWARD", "windows: {event: {first_day: APPLICATION_DATE}}", "windows/event/first_day", "不是日期: APPLICATION_DATE（应为 YYYY-MM-DD）"),
    ("AWARD", "windows: {event: {first_day: 2024-02-02, last_day: 2024-02-01}}", "windows/event", "last_day 早于 first_day"),
    ("AWARD", "windows: {application: {first_day: 2024-02-02, last_day: '2024-02-01T17:30'}}", "windows/application", "早于 first_day"),
    ("AWARD", "windows: {application: {last_day: '2024-02-01T25:30'}}", "windows/application/last_day", "不是时刻: 25:30（应为 HH:MM）"),
    ("LOAN_INTEREST", "windows: {event: {of: drawn_on}}", "windows/event/of", "此处不能读随日或随放款变化的事实"),
    ("AWARD", "windows: {harvest: {}}", "windows/harvest", "不认识的词 'harvest'；可用: interest event"),
    ("INSURANCE", "term: {months: 36, from: harvest}", "term/from", "harvest 不是起点；可用: SIGNED_ON FIRST_DRAWDOWN"),
    ("LOAN_INTEREST", "term: {months: 36, from: day}", "term/from", "day 不是起点；可用: SIGNED_ON FIRST_DRAWDOWN"),
    ("INSURANCE", "term: {from: first_insured_on}", "term", "term 须有 months 或 end: YEAR_END"),
    ("INSURANCE", "term: {months: 0, from: first_insured_on}", "term/months", "此处应为 1 至 600 的整数"),
    ("AWARD", "rounding: {unit: 吨}", "rounding/unit", "不认识的单位 吨；例: 分、元、100元、1万元"),
    ("AWARD", "rounding: {unit: 0元}", "rounding/unit", "单位不能为零"),
    ("AWARD", "rounding: {unit: 元, mode: UP}", "rounding/mode", "'UP' 不在可用的词中: DOWN HALF_UP"),
    ("LOAN_INTEREST", "pay_first: maybe", "pay_first", "此处应为 true 或 false"),
    ("LOAN_INTEREST", "pay_first: [true]", "pay_first", "此处应为 true 或 false"),
    ("LOAN_INTEREST", "currencies: [{currency: USD, series: USD_CNY, on: someday}]", "currencies/0/on", "不是日期: someday（应为 YYYY-MM-DD）"),
    ("LOAN_INTEREST", LINE % "'interest + 1'", "lines/0/base", "base: interest 不与其他项混合，份额写在 rate"),
    ("LOAN_INTEREST", "require: [{that: balance > 1, code: C}]", "require/0/that", "条件不能读每日余额"),
    ("LOAN_INTEREST", "lines: [{id: A, when: interest > 1, base: balance, rate: 1%}]", "lines/0/when", "interest 只作 base、用于 require 的 that"),
    ("LOAN_INTEREST", "require: [{that: total(drawn) > 1, code: C}]", "require/0/that", "total 不能合计 drawn：它随日或随放款变化"),
    ("AWARD", "require: [{that: admitted(EQUIPMENT) > 1, code: C}]", "require/0/that", "admitted(类别) 只用于 PROJECTS"),
    ("LOAN_INTEREST", "lines: [{id: A, amount: drawn}]", "lines/0/amount", "此处不能读随日或随放款变化的事实"),
    ("AWARD", "payout: {instalments: [{share: 60%, when: a}, {share: 40%, when: b}]}", "payout/instalments/1", "最后一项得其余"),
    ("AWARD", "payout: {sources: [{source: A}, {source: B}]}", "payout/sources/0", "除最后一项外都写 share，最后一项得其余"),
    ("AWARD", "payout: {instalments: [{share: 100%, when: a}, {when: b}]}", "payout/instalments", "instalments 的份额合计应小于 100%"),
    (
        "AWARD",
        "needs: {first_part: {of: APPLICANT, type: RATE}}\npayout: {sources: [{share: first_part, source: A}, {source: B}]}",
        "payout/sources/0/share",
        "此处应为数字，而不是 first_part",
    ),
    ("AWARD", "caps: [{per: [tree], limit: 1}]", "caps/0/per", "per 不认识 tree；可用: UNIT PRODUCT"),
    ("AWARD", "caps: [{per: [LENDER], limit: 1}]", "caps/0/per", "LENDER 只用于 CONTRACTS"),
    ("AWARD", "caps: [{lines: [OTHER], limit: 1}]", "caps/0/lines", "没有这样的行: OTHER"),
    ("AWARD", "caps: [{lines: [], limit: 1}]", "caps/0/lines", "没有这样的行: （空）"),
    ("AWARD", "caps: [{when: earned(OTHER), limit: 1}]", "caps/0/when", "earned 的行不存在: OTHER"),
    ("AWARD", "caps: [{limit: -1}]", "caps/0/limit", "限额应大于零"),
    ("AWARD", "caps: [{bounds: BALANCE, limit: 1}]", "caps/0/bounds", "只有贷款合同有余额可限"),
    ("AWARD", "caps: [{limit: 1}, {per: [ITEM], limit: 1}]", "caps/1/per", "per 不认识 ITEM；可用: UNIT PRODUCT"),
    ("AWARD", "caps: [{limit: 1}, {per: [PRODUCT], limit: 1}]", "caps/1", "限额应由窄到宽排列：先单发、单合同，后类别、项目、机构、企业"),
    ("AWARD", "caps: [{period: LIFETIME, limit: 1}, {period: BATCH, limit: 1}]", "caps/1", "限额应由窄到宽排列：先单发、单合同，后类别、项目、机构、企业"),
]


@pytest.mark.parametrize(("method", "words", "place", "message"), WORDS, ids=[words[:60] for _, words, _, _ in WORDS])
def test_words_that_cannot_be_meant(tmp_path: Path, method: str, words: str, place: str, message: str) -> None:
    given = {line.partition(":")[0]: line for line in words.splitlines()}
    usual = {"facts": f"facts: {FACTS[method]}", "wording": "wording: EXACT", "lines": LINE % BASE[method]}
    terms = "\n".join((usual | given).values())
    ((found, why),) = said(tmp_path, terms, method)  # each fault is told once
    assert found == place
    assert message in why


BANDS = [
    ("{of: related_party, pay: [{amount: 1}]}", "of", "bands.of 应为次数、数量或金额"),
    ("{of: 2 * events, pay: [{amount: 1}]}", "of", "bands.of 应为次数、数量或金额"),
    ("{of: 2, pay: [{amount: 1}]}", "of", "bands.of 应为次数、数量或金额"),
    ("{of: events, pay: []}", "", "bands.pay 至少一段"),
    ("{of: events, pay: [{amount: 1}, {amount: 2}]}", "pay/0", "只有最后一段可以没有 up_to"),
    ("{of: events, pay: [{up_to: 5, amount: 1}, {up_to: 5, amount: 2}]}", "pay/1/up_to", "up_to 应大于前一段的 up_to"),
    ("{of: events, pay: [{up_to: FIVE, amount: 1}]}", "pay/0/up_to", "应得 次数 COUNT，而表达式是 代码 CODE"),
    ("{of: events, pay: [{up_to: 2025-01-01, amount: 1}]}", "pay/0/up_to", "应得 次数 COUNT，而表达式是 日期 DATE"),
    ("{of: events, pay: [{up_to: 1.5, amount: 1}]}", "pay/0/up_to", "应得 次数 COUNT，而表达式是 数字"),
    ("{of: events, pay: [{rate: 1%}]}", "pay/0", "次数与数量的段写 amount（每一单位），金额的段写 rate"),
    ("{of: cost, pay: [{amount: 1}]}", "pay/0", "次数与数量的段写 amount（每一单位），金额的段写 rate"),
    ("{of: events, pay: [{up_to: 1}]}", "pay/0", "次数与数量的段写 amount（每一单位），金额的段写 rate"),
    ("{of: events, after: cost, pay: [{amount: 1}]}", "after", "应得 次数 COUNT，而表达式是 金额 MONEY"),
]


@pytest.mark.parametrize(("body", "place", "message"), BANDS, ids=[body for body, _, _ in BANDS])
def test_bands_that_cannot_be_meant(tmp_path: Path, body: str, place: str, message: str) -> None:
    ((found, why),) = said(tmp_path, bands(body), "AWARD")
    assert found == f"lines/0/bands/{place}".rstrip("/")
    assert message in why


PROOFS = [
    # two lines, where the fault stands, what it says
    ("cost <= 5", "cost >= 5", "lines", "行 A 与 B 同时成立: cost=5（若有意，写 choose: FIRST 或 HIGHEST）"),
    ("cost < 1", "cost < 2", "lines", "行 A 与 B 同时成立: cost=0.5"),
    ("1 >= cost", "cost >= 1", "lines", "行 A 与 B 同时成立: cost=1"),
    ("cost < 1", "cost > 1", "lines", "cost 有空隙: cost=1"),
    ("cost < -1", "cost >= 0", "lines", "cost 有空隙: cost=-1"),
    ("occurred_on <= 2024-01-31", "occurred_on >= 2024-02-02", "lines", "occurred_on 有空隙: occurred_on=2024-02-01"),
    ("events <= 1", "events >= 3", "lines", "events 有空隙: events=2"),
    ("grade in [L3]", "grade == L4", "needs/grade", "代码 L5 没有任何一行适用"),
    ("grade in [L3, L4, L5]", "grade in [L3]", "lines", "行 A 与 B 同时成立: grade=L3"),
    ("category in [X]", "not category in [Y]", "lines", "行 A 与 B 同时成立: category=X"),
    ("related_party", "not (related_party or cost < 1) or cost > 5", "lines", "行 A 与 B 同时成立: related_party 成立, cost=6"),
    ("cost <= 5元", "cost >= 5元", "lines", "行 A 与 B 同时成立: cost=5"),
    (
        "occurred_on <= min(application_date, 2024-06-30)",
        "related_party",
        "lines",
        "related_party 成立, occurred_on 距 min(application_date, 2024-06-30) 的月数=-1",
    ),
    ("2026-01-01 < months_after(2025-01-31, 1)", "related_party", "lines/0/when", "行 A 永远不会适用：条件自相矛盾"),
    ("cost - cost >= 1", "related_party", "lines/0/when", "行 A 永远不会适用：条件自相矛盾"),
    ("-cost <= -5", "cost <= 5", "lines", "行 A 与 B 同时成立: cost=5"),
    ("cost * 2 >= 10", "cost <= 5", "lines", "行 A 与 B 同时成立: cost=5"),
    ("cost > 5 and cost < 5", "cost > 1", "lines/0/when", "行 A 永远不会适用：条件自相矛盾"),
    ("cost > base_amount", "related_party", "lines", "行 A 与 B 同时成立: related_party 成立, base_amount - cost=-1"),
    (
        "occurred_on <= months_after(application_date, 12)",
        "occurred_on > 2024-01-01",
        "lines",
        "行 A 与 B 同时成立: occurred_on 距 application_date 的月数=6, occurred_on=2024-01-02",
    ),
    (
        "(not related_party or category in [A, B]) == (-cost < 10)",
        "related_party",
        "lines",
        "同时成立: (not related_party or category in [A, B]) == (-cost < 10) 成立, related_party 成立",
    ),
    ("status(SME, AT_APPLICATION)", "related_party", "lines", "行 A 与 B 同时成立: status(SME, AT_APPLICATION) 成立, related_party 成立"),
    (
        "dishonest_since(months_after(application_date, 12))",
        "not dishonest_since(months_after(application_date, 24))",
        "lines",
        "dishonest_since(months_after(application_date, 12)) 成立, dishonest_since(months_after(application_date, 24)) 不成立",
    ),
]


@pytest.mark.parametrize(("first", "second", "place", "message"), PROOFS, ids=[f"{one} | {other}" for one, other, _, _ in PROOFS])
def test_two_lines_that_overlap_or_leave_a_gap(tmp_path: Path, first: str, second: str, place: str, message: str) -> None:
    """D32, D34: sums and dates are compared exactly; whatever cannot be followed is true or false on its own."""
    ((found, why),) = said(tmp_path, two(first, second, "{grade: {of: ITEM, type: CODE, values: [L3, L4, L5]}}"), "AWARD")
    assert found == place
    assert message in why


def test_a_mark_among_the_purposes_of_a_loan_is_a_free_condition(tmp_path: Path) -> None:
    second = "{id: B, when: 'loan_type in [RESEARCH]', base: balance, rate: 2%}"
    lines = f"[{{id: A, when: LAND_PURCHASE in purposes, base: balance, rate: 1%}}, {second}]"
    ((place, why),) = said(tmp_path, f"facts: CONTRACTS\nwording: EXACT\nlines: {lines}", "LOAN_INTEREST")
    assert place == "lines"
    assert "行 A 与 B 同时成立: loan_type=RESEARCH, LAND_PURCHASE in purposes 成立" in why


def test_a_line_behind_a_wider_one_never_applies(tmp_path: Path) -> None:
    assert said(tmp_path, two("cost >= 1", "cost >= 2", "{}", "FIRST"), "AWARD") == [("lines/1/when", "行 B 永远不会适用：条件自相矛盾，或已被前面的行占尽")]


def test_the_highest_line_of_a_loan_is_chosen_by_its_rate_alone(tmp_path: Path) -> None:
    lines = "lines: [{id: A, base: balance, rate: 1%}, {id: B, base: interest, rate: 20%}]"
    terms = f"facts: CONTRACTS\nwording: EXACT\nchoose: HIGHEST\n{lines}"
    assert said(tmp_path, terms, "LOAN_INTEREST") == [("choose", "HIGHEST 比较各行的比例，各行的 base 须相同")]


@pytest.mark.parametrize(
    ("method", "terms", "message"),
    [
        ("AWARD", "facts: CONTRACTS\nwording: EXACT\n" + LINE % "balance", "AWARD 的事实应为 ITEMS 或 PROJECTS，而不是 CONTRACTS"),
        ("LOAN_INTEREST", "facts: ITEMS\nwording: EXACT\n" + LINE % "cost", "LOAN_INTEREST 的事实应为 CONTRACTS，而不是 ITEMS"),
    ],
)
def test_the_facts_are_those_of_the_method(tmp_path: Path, method: str, terms: str, message: str) -> None:
    """D1."""
    assert said(tmp_path, terms, method) == [("facts", message)]


FACTS_0_TO_17 = [f"fact_{no}" for no in range(18)]


def needs_of(kind: str) -> str:
    """Eighteen measures of this type."""
    return "{" + ", ".join(f"{name}: {{of: ITEM, type: {kind}}}" for name in FACTS_0_TO_17) + "}"


def test_many_conditions_are_proved_where_one_of_them_decides(tmp_path: Path) -> None:
    """18 free conditions make 2^18 = 262,144 cases, but each is decided by the first condition that fails."""
    assert said(tmp_path, two(" and ".join(FACTS_0_TO_17), "not fact_0", needs_of("BOOLEAN")), "AWARD") == []


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("COUNT", " and ".join(f"{name} >= 1" for name in FACTS_0_TO_17), "fact_0 < 1"),  # zero, one or more: 3^18 cases
        ("MONEY", " and ".join(f"{one} >= {other}" for one, other in pairwise(FACTS_0_TO_17)), "fact_0 < fact_1"),
    ],
)
def test_conditions_that_are_too_many_to_prove_are_refused(tmp_path: Path, kind: str, first: str, second: str) -> None:
    ((place, why),) = said(tmp_path, two(first, second, needs_of(kind)), "AWARD")
    assert (place, why) == ("lines", "条件过于复杂，无法证明没有空隙或重叠（超过 500000 步）；请减少条件或分为几张表")


def places(raw: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value of nested terms."""
    yield at
    parts = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for key, value in parts:
        yield from places(value, (*at, key))


WRONG = ["", "x", "X", "-1", "2025-13-45", "2026-08-31T99:99", "(((", "1%", "balance >= 1", "APPLICATION_DATE", [], ["x"], [[]], {}, {"x": "y"}]


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_no_value_anywhere_ends_the_reading_with_anything_but_faults(wrong: Any) -> None:
    refused = 0
    for way in list(places(EVERYTHING))[1:]:
        terms = copy.deepcopy(EVERYTHING)
        at: Any = terms
        for key in way[:-1]:
            at = at[key]
        at[way[-1]] = wrong
        try:
            prove(parse_terms(terms), "LOAN_INTEREST")
        except TermsError as error:
            refused += 1
            assert all(fault.message for fault in error.faults)
    assert refused
