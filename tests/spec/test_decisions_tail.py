"""D84, D85 and D101: terms whose start was not seen, kinds of applicants, series of numbers (D79 is in tests/storage)."""

from __future__ import annotations

from typing import Any

import pytest

from app.calculators.terms.model import TermsError
from app.calculators.terms.parser import parse_terms
from app.tables.diff.differences import differences
from app.tables.loading.loader import LoadError
from tests.bureau import USCC, Bureau, loan, policy
from tests.spec.small_tables import amounts, award, caps, insurance, item, measures, points, segments

# --- D85: a table that admits several kinds of applicant -------------------------------------------------

BOTH = award(more="applicant: [PERSON, ENTERPRISE]\nneeds: {audited: {of: ITEM, type: BOOLEAN, title: 已审计}}\nrequire: [{that: audited, code: AUDIT}]")
AUDITED = item("A", "1.00", measures={"audited": True})


@pytest.mark.parametrize(
    ("applicant", "faults"),
    [
        ({"kind": "ENTERPRISE", "uscc": USCC}, []),
        ({"kind": "PERSON"}, []),
        ({"kind": "PERSON", "uscc": USCC}, []),  # a person may run a business; nothing speaks against its code
        ({}, [("/applicant/kind", "FACT_REQUIRED")]),
        ({"uscc": USCC}, [("/applicant/kind", "FACT_REQUIRED")]),
        ({"kind": "ENTERPRISE"}, [("/applicant/uscc", "FACT_REQUIRED")]),
        ({"kind": "HOUSEHOLD"}, [("/applicant/kind", "WRONG_APPLICANT")]),
        ({"kind": "HOUSEHOLD", "uscc": USCC}, [("/applicant/kind", "WRONG_APPLICANT")]),
        ({"kind": "FAMILY"}, [("/applicant/kind", "INVALID_VALUE")]),
    ],
)
def test_D85_a_claim_under_a_table_of_several_kinds_says_its_own(applicant: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    bureau = Bureau(BOTH, "AWARD")
    if not faults:
        assert bureau.amount(applicant=applicant, items=[AUDITED]) == "1.00"
    else:
        assert bureau.refusal(applicant=applicant, items=[AUDITED]) == faults


@pytest.mark.parametrize(
    ("table", "kind", "faults"),
    [
        ("PERSON", None, []),
        ("PERSON", "PERSON", []),
        ("PERSON", "ENTERPRISE", [("/applicant/kind", "WRONG_APPLICANT")]),
        ("ENTERPRISE", "PERSON", [("/applicant/kind", "WRONG_APPLICANT")]),
        ("ENTERPRISE", "ENTERPRISE", [("/applicant/uscc", "FACT_REQUIRED")]),
        ("[HOUSEHOLD]", None, []),
    ],
)
def test_D85_where_one_kind_is_admitted_it_need_not_be_said_but_must_agree(table: str, kind: str | None, faults: list[tuple[str, str]]) -> None:
    bureau = Bureau(award(more=f"applicant: {table}"), "AWARD")
    body = {"applicant": {"kind": kind}, "items": [item("A", "1.00")]}
    assert (bureau.refusal(**body) if faults else bureau.amount(**body)) == (faults or "1.00")


def test_D85_the_kind_comes_with_all_other_missing_facts() -> None:
    bureau = Bureau(BOTH, "AWARD")
    assert bureau.refusal(applicant={}, items=[item("A", "1.00")]) == [
        ("/applicant/kind", "FACT_REQUIRED"),
        ("/items/0/measures/audited", "FACT_REQUIRED"),
    ]


@pytest.mark.parametrize(
    ("language", "kind", "told"),
    [
        ("zh", None, "此标准表的申请主体有多种，须写明是哪一种：企业、个人（ENTERPRISE, PERSON）"),
        ("en", None, "this table admits several kinds of applicant, say which: ENTERPRISE, PERSON"),
        ("zh", "HOUSEHOLD", "此标准表的申请主体为企业、个人（ENTERPRISE, PERSON），而不是家庭"),
        ("en", "HOUSEHOLD", "this table admits ENTERPRISE, PERSON, not HOUSEHOLD"),
    ],
)
def test_D85_the_refusal_says_what_is_admitted(language: str, kind: str | None, told: str) -> None:
    response = Bureau(BOTH, "AWARD").post({"applicant": {"kind": kind}, "items": [AUDITED]}, language)
    assert [one["detail"] for one in response.json()["errors"]] == [told]


def test_D85_a_kind_that_the_table_says_anyway_makes_no_other_calculation() -> None:
    one, several = Bureau(award(), "AWARD"), Bureau(BOTH, "AWARD")
    said = [{"uscc": USCC}, {"uscc": USCC, "kind": "ENTERPRISE"}]
    assert len({one.answer({"applicant": who, "items": [item("A", "1.00")]})["calculation_id"] for who in said}) == 1
    kinds = [{"uscc": USCC, "kind": kind} for kind in ("ENTERPRISE", "PERSON")]
    assert len({several.answer({"applicant": who, "items": [AUDITED]})["calculation_id"] for who in kinds}) == 2


def test_D85_a_cap_of_each_applicant_names_every_kind() -> None:
    terms = award(more="applicant: [HOUSEHOLD, PERSON]\ncaps: [{per: [], limit: 1}]")
    found = Bureau(terms, "AWARD").answer({"applicant": {"kind": "PERSON"}, "items": [item("A", "5.00")]})
    assert caps(found, "after", "binding") == [("1.00", True)]
    assert [step["label"] for step in found["steps"] if step["id"].startswith("cap:")] == ["单人或单户本批次上限"]


@pytest.mark.parametrize(
    ("said", "places"),
    [
        (["PERSON", "FAMILY", "FIRM"], ["applicant/1", "applicant/2"]),
        (["PERSON", "PERSON"], ["applicant/1"]),
        ([], ["applicant"]),
        ("FAMILY", ["applicant"]),
        ({"PERSON": "true"}, ["applicant"]),
    ],
)
def test_D85_a_table_is_refused_at_the_kind_that_there_is_not(said: Any, places: list[str]) -> None:
    terms = {"facts": "ITEMS", "wording": "EXACT", "clause": "c", "lines": [{"id": "ALL", "amount": "1"}], "applicant": said}
    with pytest.raises(TermsError) as refused:
        parse_terms(terms)
    assert [fault.place for fault in refused.value.faults] == places


def test_D85_the_kinds_stand_in_the_table_and_in_the_difference_of_two_versions() -> None:
    bureau = Bureau(BOTH, "AWARD")
    shown = bureau.client.get(f"/v1/rate-tables/{bureau.table}").json()
    assert (shown["applicant"], shown["applicants"]) == (None, ["ENTERPRISE", "PERSON"])
    terms = {"facts": "ITEMS", "wording": "EXACT", "clause": "c", "lines": [{"id": "ALL", "amount": "1"}]}
    before, now, again = (
        {"version": no, "effective": {"first_day": "2026-01-01"}, "method": "AWARD", "terms": terms | {"applicant": kinds}}
        for no, kinds in (("1", "PERSON"), ("2", ["PERSON", "ENTERPRISE"]), ("3", ["ENTERPRISE", "PERSON"]))
    )
    assert [one.zh for one in differences(before, now)] == ["申请主体 由 个人 调整为 企业、个人，自 2026-01-01 起"]
    assert [one.zh for one in differences(now, again)] == ["“applicant”的写法有改动，含义不变"]


# --- D84: a term whose start was not seen ---------------------------------------------------------------

HALF_A_YEAR = "term: {months: 6, from: START, clause: 贴息期限不超过6个月}"
UNSEEN = {
    "clause": "贴息期限不超过6个月",
    "message": "支持期限（6个月）的起点未见公布，未按该期限作限制，金额可能偏高",
}


@pytest.mark.parametrize(
    ("start", "earned", "left_open"),
    [
        ("FIRST_DRAWDOWN", "5000.00", []),  # 1,000,000 × 1% × 6/12
        ("unknown", "10000.00", [UNSEEN]),  # the whole of 2025
    ],
)
def test_D84_a_term_whose_start_was_not_seen_is_not_applied_and_said(start: str, earned: str, left_open: list[dict[str, str]]) -> None:
    found = Bureau(points(more=HALF_A_YEAR.replace("START", start))).answer({"contracts": [loan()]})
    assert (found["amount"], found["amount_kind"]) == (earned, "EXACT")
    assert [one for one in found["not_decided_here"] if one["clause"] == UNSEEN["clause"]] == left_open


def test_D84_the_direction_is_named_in_english_too() -> None:
    terms = points(more="term: {months: 6, end: YEAR_END, from: unknown}")
    response = Bureau(terms).post({"contracts": [loan()]}, "en")
    assert [one["message"] for one in response.json()["not_decided_here"]] == [
        "the start of the supported term (6 months, to 31 December of its first year) was not seen; the term is not applied, "
        "so that the amount may be too high"
    ]


def test_D84_the_other_terms_of_the_table_hold() -> None:
    terms = points(more="term: [{months: 6, from: unknown}, {months: 9, from: FIRST_DRAWDOWN}]")
    found = Bureau(terms).answer({"contracts": [loan()]})
    assert (found["amount"], len(found["not_decided_here"])) == ("7500.00", 1)  # 1,000,000 × 1% × 9/12


@pytest.mark.parametrize("of", ["items", "policies"])
def test_D84_nothing_is_asked_of_an_item_or_a_policy_for_a_term_without_start(of: str) -> None:
    more = "term: {months: 1, from: unknown}"
    if of == "items":
        found = Bureau(award(more=more), "AWARD").answer({"items": [item("A", "10.00")]})
    else:
        found = Bureau(insurance("100%", more=more), "INSURANCE").answer({"policies": [policy("P", "10.00")]})
    assert (list(amounts(found).values()), len(found["not_decided_here"])) == (["10.00"], 1)


def test_D84_a_term_of_management_measures_may_be_without_start_too() -> None:
    rules = measures("clause: c, term: {months: 6, from: unknown}")
    found = Bureau(points(), overlays=rules).answer({"contracts": [loan()]})
    assert found["amount"] == "10000.00"
    assert ["支持期限" in one["message"] for one in found["not_decided_here"]].count(True) == 1


def test_D84_the_difference_of_two_versions_says_that_the_start_is_known_now() -> None:
    terms = {"facts": "CONTRACTS", "wording": "EXACT", "clause": "c", "lines": [{"id": "ALL", "base": "balance", "rate": "1%"}]}
    before, now = (
        {"version": no, "effective": {"first_day": "2026-01-01"}, "method": "LOAN_INTEREST"}
        | {"terms": terms | {"term": {"months": "24", "from": start}}}
        for no, start in (("1", "unknown"), ("2", "FIRST_DRAWDOWN"))
    )
    assert [one.zh for one in differences(before, now)] == ["支持期限 起点 由 未公布 调整为 首次放款日，自 2026-01-01 起"]
    gone = now | {"version": "3", "terms": terms}
    assert [one.zh for one in differences(before, gone)] == ["取消 支持期限：24个月（起点未公布），自 2026-01-01 起"]


def test_D84_a_term_needs_a_length_all_the_same() -> None:
    terms = {"facts": "CONTRACTS", "wording": "EXACT", "clause": "c", "lines": [{"id": "ALL", "base": "balance", "rate": "1%"}]}
    with pytest.raises(TermsError, match="term 须有 months 或 end: YEAR_END"):
        parse_terms(terms | {"term": {"from": "unknown"}})


# --- D101: a series of numbers --------------------------------------------------------------------------

DOLLAR = """
- series: USD_CNY
  title: 美元兑人民币中间价
  source: 测试
  authority: official
  values_are: NUMBER
  versions:
    - version: '1'
      published_at: '2020-01-01T00:00:00+08:00'
      holds_until: '2026-12-31'
      rows: [{on: '2025-01-02', value: 'VALUE', confidence: read}]
"""
IN_DOLLARS = "currencies: [{currency: USD, series: USD_CNY, on: 2025-01-02}]"


def dollars(value: str = "7.1234", terms: str = "", **changes: str) -> Bureau:
    """A bureau that knows the dollar's rate as a number."""
    text = DOLLAR.replace("VALUE", value)
    for old, new in changes.items():
        text = text.replace(old, new)
    return Bureau(terms or points(more=IN_DOLLARS), series=text)


def test_D101_a_series_of_numbers_converts_a_currency() -> None:
    """100.01 × 7.1234 = 712.411234; 1% of it for a year."""
    found = dollars().answer({"contracts": [loan(currency="USD", drawn=[("2025-01-01", "100.01")])]})
    assert (found["amount"], segments(found, "balance", "balance_exact")) == ("7.12", [("712.41", "356205617/500000")])


@pytest.mark.parametrize(
    ("series", "kind", "value"), [("USD_CNY", "NUMBER", "7.1234"), ("LPR_1Y", "PERCENT", "0.031")], ids=["a number", "a rate"]
)
def test_D101_a_series_says_what_its_values_are(series: str, kind: str, value: str) -> None:
    shown = dollars().client.get(f"/v1/reference-rates/{series}?on=2025-01-02").json()
    assert (shown["values_are"], shown["value"]["value"]) == (kind, value)
    listed = {one["series"]: one["values_are"] for one in dollars().client.get("/v1/reference-rates").json()["reference_rates"]}
    assert listed == {"LPR_1Y": "PERCENT", "LPR_5Y": "PERCENT", "USD_CNY": "NUMBER"}


@pytest.mark.parametrize("value", ["712.34%", "0", "0.00", "-7.1234", "7.123456789", "1000", "7,1234", "1e1", "07.1"])
def test_D101_a_number_is_written_as_one(value: str) -> None:
    with pytest.raises(LoadError) as refused:
        dollars(value)
    assert [(fault.place, fault.message) for fault in refused.value.faults] == [
        ("series.yaml/series/0/versions/0/rows/0/value", f"应为大于零的数，如 7.1879，至多八位小数，而不是 {value!r}")
    ]


@pytest.mark.parametrize("value", ["999.99999999", "0.00000001", "7"])
def test_D101_the_largest_and_the_smallest_number(value: str) -> None:
    assert dollars(value).client.get("/v1/reference-rates/USD_CNY").json()["rows"][0]["value"] == value


@pytest.mark.parametrize(
    ("changes", "place"),
    [({"NUMBER": "PERCENT"}, "versions/0/rows/0/value"), ({"NUMBER": "RATIO"}, "values_are"), ({"values_are: NUMBER": ""}, "versions/0/rows/0/value")],
    ids=["percent", "another word", "not said: percent"],
)
def test_D101_a_series_that_does_not_say_numbers_has_percentages(changes: dict[str, str], place: str) -> None:
    with pytest.raises(LoadError) as refused:
        dollars(**changes)
    assert refused.value.faults[0].place == f"series.yaml/series/0/{place}"


@pytest.mark.parametrize(
    ("terms", "place"),
    [
        (points("min(1%, 50% * reference(USD_CNY, DAY))"), "lines/0/rate"),
        (points(more="require: [{that: 'contract_rate <= reference(USD_CNY, 2025-01-02)', code: LOW}]"), "require/0/that"),
    ],
    ids=["a rate", "a requirement"],
)
def test_D101_a_table_that_reads_numbers_as_a_rate_is_refused(terms: str, place: str) -> None:
    with pytest.raises(LoadError) as refused:
        dollars(terms=terms)
    assert [(fault.place, fault.message) for fault in refused.value.faults] == [
        (f"batch.yaml/directions/0/versions/0/terms/{place}", "USD_CNY 的值是数（NUMBER），不是利率；只能用于换算币种")
    ]


FLOATS = {"kind": "FLOATING", "series": "USD_CNY", "reset": "JAN_1"}


def test_D101_no_contract_rate_floats_on_numbers() -> None:
    bureau = dollars()
    drawn = {"drawdown_no": "1", "on": "2025-01-02", "amount": "100.00"}
    assert bureau.refusal(contracts=[loan(rate=FLOATS)]) == [("/contracts/0/rate/series", "NOT_A_RATE")]
    assert bureau.refusal(contracts=[loan(drawdowns=[drawn | {"rate": FLOATS}])]) == [("/contracts/0/drawdowns/0/rate/series", "NOT_A_RATE")]
    response = bureau.post({"contracts": [loan(rate=FLOATS)]}, "en")
    assert response.json()["errors"][0]["detail"] == (
        "the values of USD_CNY are numbers, such as exchange rates, and no rates; no contract rate follows it"
    )
