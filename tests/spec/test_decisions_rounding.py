"""D47-D52: where amounts are rounded, how what a cap leaves is shared, and what an amount is called; fen by fen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bureau import Bureau, loan, policy
from tests.spec.small_tables import Answer, amounts, award, caps, grant, granted, insurance, item, points, project, segments, share

ITEMS = "facts: ITEMS\nwording: EXACT\n"


def fen(text: str) -> int:
    """Money with two decimals as whole fen."""
    whole, _, part = text.partition(".")
    assert len(part) == 2
    return int(whole + part)


def adds_up(answer: Answer) -> bool:
    """Whether the items add up to the total."""
    return sum(fen(one["amount"]) for one in answer["items"]) == fen(answer["amount"])


# --- D47: each item once --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wording", "each", "total"),
    [("EXACT", "0.03", "0.09"), ("CEILING", "0.02", "0.06")],  # 0.05 × 50% = 0.025; the sum 0.075 would be 0.08 and 0.07
)
@pytest.mark.parametrize("kind", ["items", "policies", "projects"])
def test_D47_each_item_policy_or_project_is_rounded_once(kind: str, wording: str, each: str, total: str) -> None:
    bureau, sent = {
        "items": (Bureau(award("50%", wording=wording), "AWARD"), [item(no, "0.05") for no in "ABC"]),
        "policies": (Bureau(insurance("50%", wording=wording), "INSURANCE"), [policy(no, "0.05") for no in "ABC"]),
        "projects": (Bureau(grant("50%", wording=wording), "GRANT"), [project(no, "0.05") for no in "ABC"]),
    }[kind]
    answer = bureau.answer({kind: sent})
    assert (amounts(answer), answer["amount"]) == (dict.fromkeys("ABC", each), total)


@pytest.mark.parametrize(("base", "exact", "ceiling"), [("0.29", "0.03", "0.02"), ("0.25", "0.03", "0.02"), ("0.24", "0.02", "0.02"), ("0.04", "0.00", "0.00")])
def test_D47_down_for_a_ceiling_and_half_up_for_an_exact_clause(base: str, exact: str, ceiling: str) -> None:
    for wording, expected in (("EXACT", exact), ("CEILING", ceiling)):
        assert Bureau(award("10%", wording=wording), "AWARD").amount(items=[item("A", base)]) == expected


@pytest.mark.parametrize(("wording", "mode", "expected"), [("EXACT", "DOWN", "0.02"), ("CEILING", "HALF_UP", "0.03")])
def test_D47_a_table_may_name_its_mode(wording: str, mode: str, expected: str) -> None:
    assert Bureau(award("50%", wording=wording, more=f"rounding: {{mode: {mode}}}"), "AWARD").amount(items=[item("A", "0.05")]) == expected


def test_D47_a_line_may_have_its_own_wording() -> None:
    lines = "lines: [{id: X, when: related_party, base: base_amount, rate: 50%, wording: CEILING}, {id: Y, when: not related_party, base: base_amount, rate: 50%}]"
    sent = [item("A", "0.05", related_party=True), item("B", "0.05", related_party=False)]
    assert amounts(Bureau(ITEMS + lines, "AWARD").answer({"items": sent})) == {"A": "0.02", "B": "0.03"}


# A loan of 100.00 at 3.6% over 360 accrues a fen a day.
FEN_A_DAY = {"drawn": [("2025-01-01", "100.00")]}
TWO_SHARES = """
facts: CONTRACTS
wording: WORDING
choose: FIRST
lines:
  - {id: SME, when: 'status(SME, ON_DAY)', base: interest, rate: 40%}
  - {id: OTHER, base: interest, rate: 20%}
"""


@pytest.mark.parametrize(("wording", "expected"), [("EXACT", "1.46"), ("CEILING", "1.44")])
def test_D47_each_line_of_a_contract_is_rounded(wording: str, expected: str) -> None:
    who = {"uscc": "91350100M000100Y43", "statuses": [{"status": "SME", "from": "2025-01-04"}]}
    answer = Bureau(TWO_SHARES.replace("WORDING", wording)).answer({"applicant": who, "contracts": [loan(**FEN_A_DAY)]})
    # 3 d × 0.2 fen = 0.6; 362 d × 0.4 fen = 144.8; together 145.4 would be 1.45
    assert answer["amount"] == expected


@pytest.mark.parametrize(("period", "expected"), [("PROGRAM_YEAR", "0.01"), ("ACCRUAL_YEAR", "0.02")])
def test_D47_each_accrual_year_is_rounded_where_years_are_cut(period: str, expected: str) -> None:
    contract = loan(drawn=[("2024-12-28", "100.00")], matures_on="2025-01-04")
    # 4 d × 0.2 fen = 0.8 and 3 d × 0.2 fen = 0.6, each up; together 1.4
    assert Bureau(share(more=f"caps: [{{per: [], period: {period}, limit: 100}}]")).amount(contracts=[contract]) == expected


def test_D47_segments_and_drawdowns_are_not_rounded() -> None:
    contract = loan(
        drawn=[("2025-01-01", "30.00")],
        repaid=[("2025-01-02", "10.00"), ("2025-01-03", "10.00")],
        matures_on="2025-01-04",
        rate={"kind": "FIXED", "annual_rate": "0.2"},
    )
    # fen: (3,000 + 2,000 + 1,000) × 4.2%/360 = 0.35 + 0.23 + 0.12 = 0.7
    assert Bureau(points("4.2%", day_count="ACT_360")).amount(contracts=[contract]) == "0.01"
    thirds = [("2025-01-01", "10.00")] * 3
    more = "caps: [{per: [DRAWDOWN], limit: 100}]"
    # three drawdowns of 1,000 fen × 15% × 1/360 = 0.4166… fen: 1.25 together, shared among them
    answer = Bureau(points("15%", day_count="ACT_360", more=more)).answer(
        {"contracts": [loan(drawn=thirds, matures_on="2025-01-02", rate={"kind": "FIXED", "annual_rate": "0.2"})]}
    )
    assert caps(answer, "before") == [("0.01",), ("0.00",), ("0.00",)]


# --- D48: limits are rounded down -----------------------------------------------------------------------


@pytest.mark.parametrize("wording", ["EXACT", "CEILING"])
@pytest.mark.parametrize(
    ("base", "exact", "ceiling"),
    [("66.64", "33.32", "33.32"), ("66.65", "33.33", "33.32"), ("66.66", "33.33", "33.33"), ("66.67", "33.33", "33.33"), ("66.68", "33.33", "33.33")],
)
def test_D48_a_limit_is_rounded_down_whatever_the_wording(wording: str, base: str, exact: str, ceiling: str) -> None:
    """The limit is 33.337% × 100.00, hence 33.33; half of 66.67 is 33.335, which may be 33.34 but for the cap."""
    bureau = Bureau(award("50%", wording=wording, more="caps: [{per: [PRODUCT], limit: 33.337% * cost}]"), "AWARD")
    answer = bureau.answer({"items": [item("A", base, cost="100.00")]})
    assert answer["amount"] == (exact if wording == "EXACT" else ceiling)
    assert caps(answer, "limit") == [("33.33",)]


@pytest.mark.parametrize(("scope", "before"), [("ITEM", "33.34"), ("TOTAL", "33.34")])
def test_D48_capping_before_and_after_rounding_is_the_same(scope: str, before: str) -> None:
    more = f"rounding: {{scope: {scope}}}\ncaps: [{{per: [PRODUCT], limit: 33.337% * cost}}]"
    answer = Bureau(award("50%", more=more), "AWARD").answer({"items": [item("A", "66.67", cost="100.00")]})
    assert (caps(answer, "before", "after"), answer["amount"]) == ([(before, "33.33")], "33.33")


def test_D48_a_limit_on_balances_is_rounded_down() -> None:
    answer = Bureau(points(more="caps: [{bounds: BALANCE, per: [CONTRACT], limit: 33.337% * disbursed}]")).answer({"contracts": [loan(**FEN_A_DAY)]})
    assert segments(answer, "balance") == [("33.33",)]


# --- D49: what a binding cap leaves ---------------------------------------------------------------------

UNDER = award(more="caps: [{per: [], limit: LIMIT}]")


def test_D49_ties_go_by_id_in_code_point_order() -> None:
    ids = ["甲", "乙", "a", "B", "9", "10"]
    answer = Bureau(UNDER.replace("LIMIT", "0.03"), "AWARD").answer({"items": [item(no, "0.01") for no in ids]})
    # "1" < "9" < "B" < "a" < 乙 (U+4E59) < 甲 (U+7532)
    assert amounts(answer) == {"10": "0.01", "9": "0.01", "B": "0.01", "a": "0.00", "乙": "0.00", "甲": "0.00"}


@pytest.mark.parametrize(
    ("bases", "limit", "expected"),
    [
        (["0.01", "0.02"], "0.02", ["0.01", "0.01"]),  # 0.667 and 1.333 fen: the greater rest is the first's
        (["0.03", "0.03", "0.01"], "0.05", ["0.02", "0.02", "0.01"]),  # 2.14, 2.14, 0.71
        (["0.00", "0.03", "0.03"], "0.05", ["0.00", "0.03", "0.02"]),  # 0, 2.5, 2.5: nothing stays nothing
        (["7.77", "3.33", "0.01"], "11.10", ["7.76", "3.33", "0.01"]),  # 776.30, 332.70, 0.999: none above what it had
        (["9999999999999.99", "0.01"], "1亿", ["100000000.00", "0.00"]),
    ],
)
def test_D49_the_largest_remainder_gets_the_fen(bases: list[str], limit: str, expected: list[str]) -> None:
    answer = Bureau(UNDER.replace("LIMIT", limit), "AWARD").answer({"items": [item(f"A-{no}", base) for no, base in enumerate(bases)]})
    assert list(amounts(answer).values()) == expected
    assert adds_up(answer)


def test_D49_no_item_ever_rises() -> None:
    bases = ["0.01", "0.02", "0.03", "0.05", "0.08", "0.13", "0.21", "0.34"]
    before = sum(map(fen, bases))
    for limit in range(1, before + 2):
        answer = Bureau(UNDER.replace("LIMIT", f"0.{limit:02d}"), "AWARD").answer({"items": [item(f"A-{no}", base) for no, base in enumerate(bases)]})
        shares = [fen(one) for one in amounts(answer).values()]
        assert sum(shares) == min(limit, before)
        for part, base in zip(shares, map(fen, bases), strict=True):
            # within a fen of its exact share, and at most what it had
            assert part <= base
            assert abs(part * before - base * min(limit, before)) < before


def test_D49_shares_follow_the_amounts_just_before_that_cap() -> None:
    more = "caps: [{per: [PRODUCT], limit: 100}, {per: [], limit: 120}]"
    answer = Bureau(award(more=more), "AWARD").answer({"items": [item(no, amount, product_id=no) for no, amount in (("A", "900.00"), ("B", "100.00"), ("C", "40.00"))]})
    # 100, 100, 40 under 120; by what they had at first A would get 103.85
    assert amounts(answer) == {"A": "50.00", "B": "50.00", "C": "20.00"}


def test_D49_crossing_caps_apply_in_order_and_need_not_leave_the_most() -> None:
    needs = "needs: {park: {of: ITEM, type: CODE}, kind: {of: ITEM, type: CODE}}\n"
    more = needs + "caps: [{per: [park], limit: 100}, {per: [kind], limit: 100}]"
    sent = [item(no, "100.00", measures={"park": park, "kind": kind}) for no, park, kind in (("A", "P", "K"), ("B", "P", "L"), ("C", "Q", "K"))]
    answer = Bureau(award(more=more), "AWARD").answer({"items": sent})
    # park P: A + B = 100, each 50; kind K: A 50 + C 100 → 100, by thirds. B keeps 50, though P has room again
    assert amounts(answer) == {"A": "33.33", "B": "50.00", "C": "66.67"}


# --- D50: only the total --------------------------------------------------------------------------------

HALF_FEN = [item(no, "0.01") for no in "ABC"]  # × 50% = 0.005 each


@pytest.mark.parametrize(
    ("wording", "scope", "total", "each"),
    [
        ("EXACT", "ITEM", "0.03", ["0.01", "0.01", "0.01"]),
        ("EXACT", "TOTAL", "0.02", ["0.01", "0.01", "0.00"]),  # 0.015
        ("CEILING", "ITEM", "0.00", ["0.00", "0.00", "0.00"]),
        ("CEILING", "TOTAL", "0.01", ["0.01", "0.00", "0.00"]),
    ],
)
def test_D50_with_scope_total_only_the_total_is_rounded(wording: str, scope: str, total: str, each: list[str]) -> None:
    answer = Bureau(award("50%", wording=wording, more=f"rounding: {{scope: {scope}}}"), "AWARD").answer({"items": HALF_FEN})
    assert (answer["amount"], list(amounts(answer).values())) == (total, each)


def test_D50_items_stay_exact_through_all_caps() -> None:
    more = "rounding: {scope: TOTAL}\ncaps: [{per: [PROJECT], limit: 0.01}, {per: [], limit: 1}]"
    sent = [one | {"project_id": "P"} for one in HALF_FEN] + [item("D", "0.03", project_id="Q")]
    answer = Bureau(award("50%", more=more), "AWARD").answer({"items": sent})
    # P: 0.015 → 0.01, a third of a fen each; Q 0.015 → 0.01; the total 0.02
    assert caps(answer, "key", "before_exact", "after") == [("P", "3/200", "0.01"), ("Q", "3/200", "0.01"), (None, None, "0.02")]
    assert [one["value"] for one in answer["steps"] if one["id"].startswith("item:")] == ["0.005", "0.005", "0.005", "0.015"]
    # 0.03 in all before caps: half a fen, three times, and one and a half; the two fen that are missing go to the first
    assert [one["amount_before_caps"] for one in answer["items"]] == ["0.01", "0.01", "0.00", "0.01"]
    assert amounts(answer) == {"A": "0.01", "B": "0.00", "C": "0.00", "D": "0.01"}


def test_D50_fen_that_rounding_adds_lift_no_item_above_its_cap() -> None:
    more = "rounding: {scope: TOTAL}\ncaps: [{per: [PRODUCT], limit: 0.10}]"
    answer = Bureau(award("30%", more=more), "AWARD").answer({"items": [item(no, amount, product_id=no) for no, amount in (("A", "100.00"), ("B", "0.01"), ("C", "0.01"))]})
    # 10 + 0.3 + 0.3 fen = 10.6, half up 11. In proportion A would have 10.38 and the greatest rest.
    assert amounts(answer) == {"A": "0.10", "B": "0.01", "C": "0.00"}
    assert answer["amount"] == "0.11"


def test_D50_a_total_that_holds_a_ceiling_is_rounded_down() -> None:
    lines = "lines: [{id: X, when: related_party, base: base_amount, rate: 50%, wording: CEILING}, {id: Y, when: not related_party, base: base_amount, rate: 50%}]"
    bureau = Bureau(ITEMS + "rounding: {scope: TOTAL}\n" + lines, "AWARD")
    exact, ceiling = item("A", "0.03", related_party=False), item("B", "0.02", related_party=True)
    assert bureau.amount(items=[exact, ceiling]) == "0.02"  # 0.015 + 0.01
    assert bureau.amount(items=[exact, ceiling | {"base_amount": "0.00"}]) == "0.02"  # 0.015 alone, half up


# --- D51: a coarser unit --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "wording", "base", "expected"),
    [
        ("1万元", "CEILING", "9999999.99", "9990000.00"),
        ("1万元", "EXACT", "9994999.99", "9990000.00"),
        ("1万元", "EXACT", "9995000.00", "10000000.00"),
        ("元", "CEILING", "1.99", "1.00"),
        ("元", "EXACT", "1.50", "2.00"),
        ("100元", "CEILING", "199.99", "100.00"),
        ("100元", "CEILING", "99.99", "0.00"),
        ("分", "CEILING", "1.99", "1.99"),
    ],
)
def test_D51_the_total_goes_to_the_unit(unit: str, wording: str, base: str, expected: str) -> None:
    answer = Bureau(award(wording=wording, more=f"rounding: {{unit: {unit}}}"), "AWARD").answer({"items": [item("A", base)]})
    assert (answer["amount"], amounts(answer)) == (expected, {"A": expected})


def test_D51_the_unit_comes_after_every_cap_and_is_spread_back() -> None:
    more = "rounding: {unit: 100元}\ncaps: [{per: [PRODUCT], limit: 250}, {per: [], limit: 420}]"
    answer = Bureau(award(wording="CEILING", more=more), "AWARD").answer({"items": [item("A", "290.00", product_id="A"), item("B", "199.99", product_id="B")]})
    # 250 + 199.99 → 420 → 400; each item alone would be 200 + 100
    assert answer["amount"] == "400.00"
    # 250/449.99 × 420 = 233.34 and 186.66; × 400/420 = 222.23 and 177.77
    assert amounts(answer) == {"A": "222.23", "B": "177.77"}
    assert caps(answer, "after")[-1] == ("420.00",)


def test_D51_the_unit_comes_after_the_top_up() -> None:
    more = "rounding: {unit: 100元}\nstacking: {higher_of: {clause: 孰高}}"
    answer = Bureau(award(wording="CEILING", more=more), "AWARD").answer({"applicant": granted("50.00"), "items": [item("A", "399.00")]})
    assert answer["amount"] == "300.00"  # 399 - 50 = 349; 300 - 50 would be 250


@pytest.mark.parametrize(("scope", "expected"), [("ITEM", "1.00"), ("TOTAL", "2.00")])
def test_D51_the_unit_is_taken_of_what_was_rounded_to_fen(scope: str, expected: str) -> None:
    more = f"rounding: {{unit: 元, scope: {scope}}}"
    answer = Bureau(award("50%", wording="CEILING", more=more), "AWARD").answer({"items": [item("A", "1.99"), item("B", "2.01")]})
    # 0.995 and 1.005, down: 0.99 + 1.00 = 1.99; the exact total is 2.00
    assert answer["amount"] == expected
    assert adds_up(answer)


# --- D52: what an amount is called, and its segments ----------------------------------------------------

MIXED = "lines: [{id: X, when: related_party, base: base_amount, rate: 50%, wording: CEILING}, {id: Y, when: not related_party, base: base_amount, rate: 50%}]\n"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [(True, True, "MAXIMUM"), (True, False, "MAXIMUM"), (False, False, "EXACT")],
)
def test_D52_one_earning_ceiling_makes_a_maximum(first: bool, second: bool, expected: str) -> None:
    sent = [item("A", "1.00", related_party=first), item("B", "1.00", related_party=second)]
    assert Bureau(ITEMS + MIXED, "AWARD").answer({"items": sent})["amount_kind"] == expected


def test_D52_a_ceiling_that_earns_nothing_makes_none() -> None:
    sent = [item("A", "0.00", related_party=True), item("B", "1.00", related_party=False)]
    assert Bureau(ITEMS + MIXED, "AWARD").answer({"items": sent})["amount_kind"] == "EXACT"


def test_D52_the_word_highest_in_a_cap_alone_makes_none() -> None:
    bureau = Bureau(award(more="caps: [{per: [], limit: 1, clause: 最高不超过1元}]"), "AWARD")
    assert bureau.answer({"items": [item("A", "5.00")]})["amount_kind"] == "EXACT"


def segment_fen(answer: dict[str, Any]) -> list[int]:
    """The amounts of all segments."""
    return [fen(amount) for (amount,) in segments(answer, "amount")]


@pytest.mark.parametrize("wording", ["EXACT", "CEILING"])
def test_D52_segments_add_up_to_their_item_before_caps(wording: str) -> None:
    contract = loan(
        drawn=[("2025-01-01", "1000.00"), ("2025-02-11", "333.33")],
        repaid=[("2025-03-05", "700.00"), ("2025-06-30", "0.01"), ("2025-10-07", "11.11")],
    )
    answer = Bureau(points("0.77%", wording=wording, more="caps: [{per: [], limit: 1}]")).answer({"contracts": [contract]})
    (one,) = answer["items"]
    assert sum(segment_fen(answer)) == fen(one["amount_before_caps"]) > fen(one["amount"]) == 100


def test_D52_segments_are_shared_by_largest_remainder() -> None:
    rate = {"kind": "STEPPED", "steps": [{"from": f"2025-01-0{day}", "annual_rate": f"0.1{day}"} for day in (1, 2, 3)]}
    contract = loan(drawn=[("2025-01-01", "18.00")], matures_on="2025-01-04", rate=rate)
    answer = Bureau(points("10%", day_count="ACT_360")).answer({"contracts": [contract]})
    # 1,800 fen × 10%/360 = 0.5 each day: 1.5 fen, half up 2; of equal rests the earlier segments
    assert segment_fen(answer) == [1, 1, 0]
