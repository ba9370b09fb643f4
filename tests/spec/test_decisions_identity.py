"""D1, D2, D65, D66: which endpoint and which facts, what names a calculation, and how table files are read."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.bureau import PATHS, USCC, Bureau, loan, policy
from tests.spec.small_tables import amounts, award, granted, insurance, item, measures, points, project

ITEMS = "facts: ITEMS\nwording: EXACT\nlines: [{id: ALL, amount: 1}]"
PROJECTS = "facts: PROJECTS\nwording: EXACT\nlines: [{id: ALL, amount: 1}]"
TABLES = {
    "LOAN_INTEREST": (points(), {"contracts": [loan()]}),
    "LEASE_INTEREST": (points(), {"contracts": [loan(loan_type="FINANCE_LEASE")]}),
    "INSURANCE": (insurance(), {"policies": [policy("P", "2.00")]}),
    "AWARD": (ITEMS, {"items": [item("A", "1.00")]}),
    "GRANT": (PROJECTS, {"projects": [project("P", "1.00")]}),
}


# --- D1: endpoint and facts -----------------------------------------------------------------------------


@pytest.mark.parametrize("method", TABLES)
@pytest.mark.parametrize("asked", ["LOAN_INTEREST", "INSURANCE", "AWARD", "GRANT"])
def test_D1_the_endpoint_follows_the_support_method(method: str, asked: str) -> None:
    terms, facts = TABLES[method]
    bureau = Bureau(terms, method)
    right = PATHS[method] == PATHS[asked]
    # where the endpoint does not know the list at all, the facts are those that it knows
    known = {"LOAN_INTEREST": "contracts", "INSURANCE": "policies", "AWARD": "items", "GRANT": "items"}[asked]
    sent = facts if right else {known: {"contracts": [loan()], "policies": [policy("P", "2.00")], "items": [item("A", "1.00")]}[known]}
    body = {"rate_table": bureau.table, "application_date": "2026-06-30", "applicant": {"uscc": USCC}} | sent
    response = bureau.client.post(PATHS[asked], json=body)
    assert response.status_code == (200 if right else 422)
    if not right:
        (error,) = response.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/rate_table", "WRONG_METHOD")
        assert method in error["detail"]


@pytest.mark.parametrize("method", ["AWARD", "GRANT"])
@pytest.mark.parametrize(("terms", "right", "wrong"), [(ITEMS, "items", "projects"), (PROJECTS, "projects", "items")])
def test_D1_awards_and_grants_take_the_facts_of_their_table(method: str, terms: str, right: str, wrong: str) -> None:
    bureau = Bureau(terms, method)
    sent = {"items": [item("A", "1.00")], "projects": [project("P", "1.00")]}
    assert bureau.amount(**{right: sent[right]}) == "1.00"
    response = bureau.post({wrong: sent[wrong]})
    assert response.status_code == 422
    assert {(one["pointer"], one["code"]) for one in response.json()["errors"]} == {("/", "WRONG_FACTS"), (f"/{wrong}", "WRONG_FACTS")}
    assert all(right in one["detail"] for one in response.json()["errors"])
    assert bureau.post(sent).status_code == 422  # both lists


@pytest.mark.parametrize("language", ["zh", "en"])
def test_D1_the_right_facts_are_named_in_both_languages(language: str) -> None:
    errors = Bureau(points()).post({"items": [{"item_id": "A"}]}, language=language).json()["errors"]
    assert "contracts" in " ".join(one["detail"] for one in errors)


# --- D2: leases, vouchers, ids --------------------------------------------------------------------------


def test_D2_a_finance_lease_is_claimed_like_a_loan() -> None:
    terms = "facts: CONTRACTS\nwording: EXACT\nlines: [{id: ALL, when: 'loan_type in [FINANCE_LEASE]', base: balance, rate: 1%}]"
    bureau = Bureau(terms, "LEASE_INTEREST")
    assert PATHS["LEASE_INTEREST"] == "/v1/loan-interest-subsidies/calculate"
    assert amounts(bureau.answer({"contracts": [loan("A", loan_type="FINANCE_LEASE"), loan("B")]})) == {"A": "10000.00", "B": "0.00"}


@pytest.mark.parametrize("facts", ["CONTRACTS", "POLICIES"])
def test_D2_a_voucher_scheme_is_an_award_of_items_or_projects(facts: str) -> None:
    """券: what a provider redeemed is an item; an award of loans or policies is refused at load."""
    assert Bureau(award("20%"), "AWARD").amount(items=[item("券-1", "1000.00")]) == "200.00"
    base = {"CONTRACTS": "balance", "POLICIES": "premium_paid"}[facts]
    with pytest.raises(ValueError, match="AWARD 的事实应为 ITEMS 或 PROJECTS"):
        Bureau(f"facts: {facts}\nwording: EXACT\nlines: [{{id: ALL, base: {base}, rate: 1%}}]", "AWARD")


@pytest.mark.parametrize(
    ("method", "facts"),
    [
        ("LOAN_INTEREST", {"contracts": [loan("A"), loan("B"), loan("A")]}),
        ("INSURANCE", {"policies": [policy("A", "1.00"), policy("B", "1.00"), policy("A", "1.00", unit_id="OTHER")]}),
        ("AWARD", {"items": [item("A", "1.00"), item("B", "1.00"), item("A", "2.00")]}),
        ("GRANT", {"projects": [project("A", "1.00"), project("B", "1.00"), project("A", "2.00")]}),
    ],
)
def test_D2_no_id_occurs_twice_in_a_request(method: str, facts: dict[str, Any]) -> None:
    (name,) = facts
    assert Bureau(TABLES[method][0], method).refusal(**facts) == [(f"/{name}/2", "DUPLICATE_ID")]


# --- D65: what names a calculation ----------------------------------------------------------------------


def named(bureau: Bureau, **body: Any) -> str:
    """The id of a calculation."""
    found = str(bureau.answer(body)["calculation_id"])
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", found)
    return found


LISTS = {
    "LOAN_INTEREST": [loan("B"), loan("甲"), loan("A"), loan("10"), loan("9")],
    "INSURANCE": [policy(no, "2.00") for no in ("B", "甲", "A", "10", "9")],
    "AWARD": [item(no, "1.00") for no in ("B", "甲", "A", "10", "9")],
    "GRANT": [project(no, "1.00") for no in ("B", "甲", "A", "10", "9")],
}


@pytest.mark.parametrize("method", LISTS)
def test_D65_the_order_of_facts_changes_nothing_and_answers_are_in_the_order_of_ids(method: str) -> None:
    bureau, facts = Bureau(TABLES[method][0], method), LISTS[method]
    name = next(iter(TABLES[method][1]))
    first, turned = bureau.answer({name: facts}), bureau.answer({name: facts[::-1]})
    assert first["calculation_id"] == turned["calculation_id"]
    assert [one["id"] for one in first["items"]] == [one["id"] for one in turned["items"]] == ["10", "9", "A", "B", "甲"]
    assert first["steps"] == turned["steps"]


def test_D65_the_order_of_drawdowns_changes_nothing() -> None:
    bureau = Bureau(points())
    drawn = [{"drawdown_no": no, "on": on, "amount": "1.00"} for no, on in (("2", "2025-01-01"), ("1", "2025-02-01"))]
    assert named(bureau, contracts=[loan(drawdowns=drawn)]) == named(bureau, contracts=[loan(drawdowns=drawn[::-1])])


DEFAULTS: dict[str, Any] = {
    "currency": "CNY",
    "purposes": [],
    "day_count": "ACT_360",
    "excluded_periods": [],
    "interest_paid": [],
    "repayment_plan": None,
    "project_id": None,
    "measures": {},
}


def test_D65_defaults_that_are_written_out_change_nothing() -> None:
    bureau = Bureau(points())
    who = {"uscc": USCC, "granted": [], "statuses": [], "name": None, "other_support_this_year": None, "measures": {}}
    plain = named(bureau, contracts=[loan()])
    assert named(bureau, contracts=[loan(**DEFAULTS)], applicant=who, claim_period=None, application_at=None, request_no=None) == plain
    paid = {"from": "2025-01-01", "until": "2026-01-01", "amount": "1.00"}
    assert named(bureau, contracts=[loan(interest_paid=[paid])]) == named(bureau, contracts=[loan(interest_paid=[paid | {"penalty": "0.00"}])])
    rate = {"kind": "FLOATING", "series": "LPR_1Y", "reset": "JAN_1"}
    written = rate | {"spread": "0", "multiplier": "1", "lookup": "SAME_DAY", "reset_dates": [], "reset_anchor": None}
    assert named(bureau, contracts=[loan(rate=rate)]) == named(bureau, contracts=[loan(rate=written)])


def test_D65_spaces_and_the_order_of_keys_change_nothing() -> None:
    bureau = Bureau(points())
    body = {"rate_table": bureau.table, "application_date": "2026-06-30", "applicant": {"uscc": USCC}, "contracts": [loan()]}
    texts = [json.dumps(body), json.dumps(body, indent=3, sort_keys=True), json.dumps(dict(reversed(body.items())), ensure_ascii=False)]
    found = {
        bureau.client.post(PATHS["LOAN_INTEREST"], content=text.encode(), headers={"Content-Type": "application/json"}).json()["calculation_id"]
        for text in texts
    }
    assert len(found) == 1


def test_D65_the_callers_number_is_echoed_and_changes_nothing() -> None:
    bureau = Bureau(award(), "AWARD")
    answer = bureau.answer({"items": [item("A", "1.00")], "request_no": "甲-1"})
    assert answer["request_no"] == "甲-1"
    assert answer["calculation_id"] == named(bureau, items=[item("A", "1.00")])


def test_D65_a_version_that_is_named_or_found_is_the_same() -> None:
    bureau = Bureau(award(), "AWARD")
    plain = named(bureau, items=[item("A", "1.00")])
    assert named(bureau, items=[item("A", "1.00")], version=1) == plain
    assert named(bureau, items=[item("A", "1.00")], as_of="2025-05-05") == plain


@pytest.mark.parametrize(
    "change",
    [
        {"items": [item("A", "1.01")]},
        {"items": [item("B", "1.00")]},
        {"items": [item("A", "1.00"), item("B", "0.00")]},
        {"items": [item("A", "1.00", project_id="P")]},
        {"application_date": "2026-06-29"},
        {"applicant": granted("1.00", "yy-other-2025-0-1")},
        {"applicant": {"uscc": USCC, "digital_rmb_account": False}},
    ],
)
def test_D65_every_fact_changes_the_id_even_one_that_decides_nothing(change: dict[str, Any]) -> None:
    bureau = Bureau(award(), "AWARD")
    assert named(bureau, **{"items": [item("A", "1.00")]} | change) != named(bureau, items=[item("A", "1.00")])


SERIES = """
- series: T_RATE
  title: 测试利率
  source: SOURCE
  authority: official
  versions:
    - {version: '1', published_at: '2020-01-01T00:00:00+08:00', holds_until: '2027-01-01', rows: [{on: '2024-01-01', value: 3%, confidence: read}]}
"""


def test_D65_versions_of_tables_measures_and_rates_change_the_id() -> None:
    """The same request and the same amount, under content that differs in a word."""
    rate, sent = "reference(T_RATE, APPLICATION_DATE)", {"items": [item("A", "100.00")]}
    rules = measures("caps: [{per: [], limit: 100万, clause: 办法}]")
    bureaus = [
        Bureau(award(rate), "AWARD", overlays=rules, series=SERIES),
        Bureau(award(rate, more="not_decided: [{message: 未写明}]"), "AWARD", overlays=rules, series=SERIES),
        Bureau(award(rate), "AWARD", overlays=rules.replace("办法}", "办法第二条}"), series=SERIES),
        Bureau(award(rate), "AWARD", overlays=rules, series=SERIES.replace("SOURCE", "另一来源")),
    ]
    assert {bureau.amount(**sent) for bureau in bureaus} == {"3.00"}
    assert len({named(bureau, **sent) for bureau in bureaus}) == len(bureaus)


def test_D65_a_rate_that_was_not_used_does_not_change_the_id() -> None:
    sent = {"items": [item("A", "100.00")]}
    one, other = (Bureau(award(), "AWARD", series=SERIES.replace("SOURCE", source)) for source in ("甲", "乙"))
    assert named(one, **sent) == named(other, **sent)


# --- D66: table files -----------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", ["1e3", "12:30", "1_000", "0x10", "0o17", "+5", ".5", "yes", "on", "2025-01-01", "１００", "NaN", ".inf"])
def test_D66_no_guess_of_yaml_reaches_a_figure(limit: str) -> None:
    """YAML would read 1,000, 750 seconds, 16, 15, true, a date …; here each is a text that is no figure."""
    with pytest.raises(ValueError, match="caps/0"):
        Bureau(award(more=f"caps: [{{per: [], limit: {limit}}}]"), "AWARD")


@pytest.mark.parametrize(
    ("limit", "expected"),
    [("0.1", "0.10"), ("0.30", "0.30"), ("8", "8.00"), ("'8'", "8.00"), ("9007199254740993", "9007199254740993.00"), ("0.07 * 3", "0.21"), ("100元", "100.00")],
)
def test_D66_a_figure_is_the_decimal_that_was_typed(limit: str, expected: str) -> None:
    answer = Bureau(award(more=f"caps: [{{per: [], limit: {limit}}}]"), "AWARD").answer({"items": [item("A", "1.00")]})
    assert answer["caps"][0]["limit"] == expected


@pytest.mark.parametrize("flag", ["yes", "on", "True", "1", "y"])
def test_D66_only_the_words_true_and_false_are_flags(flag: str) -> None:
    assert Bureau(points(more="pay_first: true")).amount(contracts=[loan()]) == "10000.00"
    with pytest.raises(ValueError, match="pay_first"):
        Bureau(points(more=f"pay_first: {flag}"))


@pytest.mark.parametrize("day", ["2025-1-1", "20250101", "2025-01-01T00:00:00Z", "1735689600", "2025-02-29"])
def test_D66_only_a_day_that_looks_like_one_is_a_day(day: str) -> None:
    with pytest.raises(ValueError, match="windows/interest"):
        Bureau(points(more=f"windows: {{interest: {{first_day: {day}, last_day: 2025-12-31}}}}"))


def test_D66_a_code_that_yaml_takes_for_a_truth_is_a_code() -> None:
    lines = "lines: [{id: ON, when: 'grade in [NO]', amount: 1}, {id: YES, when: 'grade in [ON]', amount: 2}]"
    bureau = Bureau("facts: ITEMS\nwording: EXACT\nneeds: {grade: {of: ITEM, type: CODE, values: {NO: 否, ON: 开}}}\n" + lines, "AWARD")
    answer = bureau.answer({"items": [{"item_id": "A", "measures": {"grade": "ON"}}, {"item_id": "B", "measures": {"grade": "NO"}}]})
    assert [(one["id"], one["lines"], one["amount"]) for one in answer["items"]] == [("A", ["YES"], "2.00"), ("B", ["ON"], "1.00")]


@pytest.mark.parametrize("word", ["on", "yes", "no", "true", "1"])
def test_D66_such_words_are_no_keys_of_a_table(word: str) -> None:
    with pytest.raises(ValueError, match=f"不认识的词 '{word}'"):
        Bureau(award(more=f"{word}: 1"), "AWARD")


@pytest.mark.parametrize("twice", ["wording: CEILING", "'wording': EXACT"])
def test_D66_a_key_given_twice_is_refused(twice: str) -> None:
    with pytest.raises(ValueError, match="键 wording 重复"):
        Bureau(award(more=twice), "AWARD")
    with pytest.raises(ValueError, match="键 limit 重复"):
        Bureau(award(more="caps: [{per: [], limit: 1, limit: 1}]"), "AWARD")
