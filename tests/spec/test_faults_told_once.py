"""A fault is told once, at the key where it stands; what only follows from it is not told again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec.test_terms_refused import said

ITEMS = "facts: ITEMS\nwording: EXACT\n"
LOANS = "facts: CONTRACTS\nwording: EXACT\n"
LINES = "lines: [{id: ALL, base: base_amount, rate: 1%}]\n"
POINTS = "lines: [{id: ALL, base: balance, rate: 1%}]\n"
GRADE = "needs: {grade: {of: ITEM, type: COLOUR}}\n"
SINCE = "needs: {since: {of: CONTRACT, type: DAY}}\n"
WRONG_GRADE = ("needs/grade/type", "'COLOUR' 不在可用的词中: MONEY RATE QUANTITY COUNT DATE BOOLEAN CODE")
WRONG_SINCE = ("needs/since/type", "'DAY' 不在可用的词中: MONEY RATE QUANTITY COUNT DATE BOOLEAN CODE")

FOLLOWS = [
    # a fault, and what cannot be read because of it
    (ITEMS + GRADE + "lines: [{id: A, when: grade == L3, amount: 1}, {id: B, when: not grade == L3, amount: grade}]", WRONG_GRADE),
    (ITEMS + GRADE + LINES + "require: [{that: total(grade) > 1, code: C}]", WRONG_GRADE),
    (ITEMS + GRADE + LINES + "caps: [{per: [grade], limit: 1}]", WRONG_GRADE),
    (ITEMS + GRADE + "lines: [{id: ALL, bands: {of: grade, pay: [{amount: 1}]}}]", WRONG_GRADE),
    (LOANS + SINCE + POINTS + "term: {months: 12, from: since}", WRONG_SINCE),
    (LOANS + SINCE + POINTS + "windows: {event: {of: since, first_day: 2025-01-01}}", WRONG_SINCE),
    (
        ITEMS + "lines: [{id: A, when: vat > 1, amount: 1%}, {id: B, when: vat <= 1, amount: 1}]\ncaps: [{lines: [A], limit: 1}, {when: earned(A), limit: 1}]",
        ("lines/0/amount", "应得 金额 MONEY，而表达式是 比例 RATE"),
    ),
    (ITEMS.replace("EXACT", "ABOUT") + LINES, ("wording", "'ABOUT' 不在可用的词中: CEILING EXACT")),
    (ITEMS + LINES + "clause: [a]\ncaps: [{limit: 1}]", ("clause", "此处应为条款原文")),
    (ITEMS + LINES + "day_count: {is: ACT_360, assumed: 附件未见}", ("day_count", "只用于 CONTRACTS，对 ITEMS 不起作用")),
    (
        LOANS + "lines: [{id: A, when: 'loan_type in [BILL]', amount: 1}, {id: B, when: 'loan_type in [OTHER]', amount: 2}]\n"
        "require: [{that: day > 2025-01-01, code: C}]",
        ("require/0/that", "一次性给付的行不能以随日或随放款变化的事实为条件"),
    ),
]


@pytest.mark.parametrize(("terms", "fault"), FOLLOWS, ids=[terms.split("\n", 2)[2][:70] for terms, _ in FOLLOWS])
def test_what_follows_from_a_fault_is_not_told_again(tmp_path: Path, terms: str, fault: tuple[str, str]) -> None:
    assert said(tmp_path, terms, "LOAN_INTEREST" if terms.startswith(LOANS) else "AWARD") == [fault]


AT_THE_KEY = [
    # words, and all that is told of them
    ("lines: [{id: ALL, colour: red, base: base_amount, rate: 1%}]", ["lines/0/colour"]),
    ("lines: [{id: ALL, bands: {of: events, till: 5, pay: [{ammount: 1, amount: 1}]}}]", ["lines/0/bands/till", "lines/0/bands/pay/0/ammount"]),
    ("lines: [{id: ALL, amount: 1, wording: ABOUT}]", ["lines/0/wording"]),
    ("lines: [{id: ALL, amount: 1, require: red}]", ["lines/0/require"]),
    ("lines: [{id: ALL, amount: 1, require: [{that: vat, code: C}, {that: vat > 0, code: c}]}]", ["lines/0/require/0/that", "lines/0/require/1/code"]),
    ("windows: {event: {first_day: 2025-01-01, tests: WHOLE}}", ["windows/event/tests"]),
    ("windows: {event: {first_day: 2025-01-01, tests: PAID_ON}}", ["windows/event/tests"]),
    ("windows: {interest: {of: occurred_on, first_day: 2025-01-01}}", ["windows/interest/of"]),
    ("windows: {event: {}}", ["windows/event"]),
    ("term: {from: occurred_on, end: DECEMBER}", ["term/end"]),
    ("caps: [{bounds: DEBT, limit: 1}, {room: LARGE, limit: 1}, {period: WEEK, limit: 1}]", ["caps/0/bounds", "caps/1/room", "caps/2/period"]),
    ("caps: [{pool: ALL, limit: 1}, {pool: [一号表], limit: 1}]", ["caps/0/pool", "caps/1/pool"]),
    ("caps: [{room: CUMULATIVE, limit: 1}, {period: ACCRUAL_YEAR, limit: 1}]", ["caps/0/room", "caps/1/period"]),
    ("needs: {size: {of: ITEM, type: COUNT, values: [S, L]}}", ["needs/size/values"]),
    ("needs: {size: {of: ITEM, type: CODE, values: []}}", ["needs/size/values"]),
    ("rounding: {scope: ALL}", ["rounding/scope"]),
    ("stacking: {single_direction: {exempt: related_party}}", ["stacking/single_direction/exempt"]),
    ("stacking: {exempt_direction: perhaps}", ["stacking/exempt_direction"]),
    ("stacking: {offset: {less: 5%}}", ["stacking/offset/less"]),
    ("payout: {instalments: [{share: 0%, when: a}, {when: b}]}", ["payout/instalments/0/share"]),
    ("payout: {instalments: [{share: 80%}, {when: b}]}", ["payout/instalments/0/when"]),
    ("not_decided: [{clause: c}]", ["not_decided/0/message"]),
]


@pytest.mark.parametrize(("words", "places"), AT_THE_KEY, ids=[words[:70] for words, _ in AT_THE_KEY])
def test_a_fault_stands_at_the_key_that_is_wrong(tmp_path: Path, words: str, places: list[str]) -> None:
    terms = ITEMS + words if words.startswith("lines") else ITEMS + LINES + words
    assert [place for place, _ in said(tmp_path, terms, "AWARD")] == places


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("admit: {categories: red}", "admit/categories"),
        ("admit: {vat: SOME}", "admit/vat"),
        ("admit: {that: admitted > 1}", "admit/that"),
    ],
)
def test_a_fault_in_what_is_admitted_stands_at_its_key(tmp_path: Path, words: str, place: str) -> None:
    lines = "facts: PROJECTS\nwording: EXACT\nlines: [{id: ALL, base: admitted, rate: 1%}]\n"
    assert [found for found, _ in said(tmp_path, lines + words, "GRANT")] == [place]


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("currencies: [{currency: usd, series: USD_CNY, on: SIGNED_ON}]", "currencies/0/currency"),
        ("currencies: [{currency: USD, series: usd_cny, on: SIGNED_ON}]", "currencies/0/series"),
        ("day_count: {is: ACT_364, assumed: 附件未见}", "day_count/is"),
        ("day_count: {is: ACT_360}", "day_count/assumed"),
        ("caps: [{bounds: BALANCE, pool: FUND, limit: 1}]", "caps/0/pool"),
        ("caps: [{limit: 10% * interest}]", "caps/0/limit"),
        ("caps: [{per: [drawdown_no], limit: 1}]", "caps/0/per"),
    ],
)
def test_a_fault_in_the_words_of_loans_stands_at_its_key(tmp_path: Path, words: str, place: str) -> None:
    assert [found for found, _ in said(tmp_path, LOANS + POINTS + words, "LOAN_INTEREST")] == [place]


CODES = [
    # where a code stands that the values of its fact do not have
    ("lines: [{id: A, when: 'grade in [L3, L5]', amount: 1}, {id: B, when: L4 == grade, amount: 2}]", "lines/0/when"),
    ("lines: [{id: A, when: L5 == grade, amount: 1}, {id: B, when: not grade == L5, amount: 2}]", "lines/0/when lines/1/when"),
    ("lines: [{id: A, amount: 1, require: [{that: grade != L5, code: C}]}]", "lines/0/require/0/that"),
    ("lines: [{id: A, amount: 1}]\nrequire: [{that: not grade == L5, code: C}]", "require/0/that"),
    ("lines: [{id: A, amount: 1}]\ncaps: [{per: [grade], when: grade == L5, limit: 1}]", "caps/0/when"),
]


@pytest.mark.parametrize(("words", "places"), CODES, ids=[words for words, _ in CODES])
def test_a_code_that_nobody_can_send_is_refused_where_it_stands(tmp_path: Path, words: str, places: str) -> None:
    needs = "needs: {grade: {of: ITEM, type: CODE, values: [L3, L4]}}\n"
    found = [fault for fault in said(tmp_path, ITEMS + needs + words, "AWARD") if "没有代码" in fault[1]]
    assert found == [(place, "grade 没有代码 L5；values 中有: L3 L4") for place in places.split(" ")]


@pytest.mark.parametrize(
    ("share", "read"),
    [("growth", "growth"), ("reference(LPR_1Y, JAN_1)", "reference(LPR_1Y, JAN_1)"), ("2 * growth", "growth")],
)
def test_a_share_of_a_payment_is_a_figure_of_the_notice(tmp_path: Path, share: str, read: str) -> None:
    needs = "needs: {growth: {of: ITEM, type: RATE}}\n"
    terms = f"{ITEMS}{needs}{LINES}payout: {{instalments: [{{share: '{share}', when: a}}, {{when: b}}]}}"
    assert said(tmp_path, terms, "AWARD") == [("payout/instalments/0/share", f"此处应为数字，而不是 {read}")]


def test_an_exemption_of_the_applicant_reads_the_applicant_alone(tmp_path: Path) -> None:
    terms = ITEMS + LINES + "stacking: {single_direction: {exempt: related_party}}"
    assert said(tmp_path, terms, "AWARD") == [("stacking/single_direction/exempt", "此处只能读项目单位的事实")]
