"""D79, D84, D85 and D101: kinds of applicants, terms whose start was not seen, series of numbers, and since when a version is known."""

from __future__ import annotations

from typing import Any

import pytest

from app.calculators.reading import parse_terms
from app.calculators.terms import TermsError
from app.tables.wording import differences
from tests.bureau import USCC, Bureau, loan, policy
from tests.spec.small_tables import amounts, award, caps, insurance, item, measures, points

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
