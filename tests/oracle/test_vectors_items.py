"""The oracle against the decisions on accounts, time and rounding, for insurance, awards and grants."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracle import award, grant, insurance
from tests.oracle.accounts import Json
from tests.oracle.language import RefusedError
from tests.oracle.spelling import has_unseen, normal
from tests.oracle.test_vectors import line, policy, request, table

APPLIED = "2024-12-01"


def items(terms: Json, *facts: Json, applied_on: str = APPLIED, **applicant: Any) -> Json:
    return award.expected(terms, {**request(applied_on), "applicant": applicant, "items": list(facts)}, {})


def policies(terms: Json, *facts: Json, applied_on: str = APPLIED, **applicant: Any) -> Json:
    return insurance.expected(terms, {**request(applied_on), "applicant": applicant, "policies": list(facts)}, {})


def projects(terms: Json, *facts: Json, applied_on: str = APPLIED) -> Json:
    return grant.expected(terms, request(applied_on, projects=list(facts)), {})


def item(no: str, base: str, **more: Any) -> Json:
    return {"item_id": no, "base_amount": base, **more}


def granted(amount: str, *, of: str = "bj-test-2024-1-1", on: str = "2024-03-01", **more: Any) -> Json:
    return {"rate_table": of, "on": on, "amount": amount, **more}


def whole(**terms: Any) -> Json:
    return table("ITEMS", lines=[line(base="base_amount", rate="100%")], **terms)


PER_PROJECT = whole(caps=[{"per": ["PROJECT"], "limit": "100"}])
HALF_PREMIUM = {"lines": [line(base="premium_paid", rate="50%")], "caps": [{"per": ["UNIT"], "limit": "500万"}]}


@pytest.mark.parametrize("other", ["R-7 ", " R-7", "R-7\u00a0", "Ｒ－７", "r-7", "R-７"])
def test_D67_one_unit_in_two_spellings_has_one_account(other: str) -> None:
    answer = policies(
        table("POLICIES", **HALF_PREMIUM), policy("A", "12000000.00", unit_id="R-7"), policy("B", "12000000.00", unit_id=other)
    )
    assert (answer["amount"], answer["said"].warnings) == ("5000000.00", {"SPELLED_DIFFERENTLY"})


def test_D67_normal_form() -> None:
    assert normal("  Ｅ\u0301Ｄ \u3000 Ⅲ ") == "\u00e9d iii"
    assert normal("STRASSE") == normal("straße")


@pytest.mark.parametrize("char", ["\u200b", "\ufeff", "\u202e", "\u00ad", "\ue000", "\u0085"])
def test_D67_characters_that_cannot_be_seen_are_refused(char: str) -> None:
    assert has_unseen("R" + char)
    with pytest.raises(RefusedError):
        items(PER_PROJECT, item("A", "1.00", project_id="P" + char))


def test_D67_an_id_twice_in_other_spelling_is_a_duplicate() -> None:
    with pytest.raises(RefusedError, match="DUPLICATE_ID"):
        items(whole(), item("A-1", "1.00"), item("a-1 ", "1.00"))


def test_D68_what_separates_is_required_of_each_item_that_earns() -> None:
    with pytest.raises(RefusedError, match="FACT_REQUIRED"):
        items(PER_PROJECT, item("A", "1.00", project_id="P"), item("B", "1.00"))
    assert items(PER_PROJECT, item("A", "1.00", project_id="P"), item("B", "0.00"))["amount"] == "1.00"


def test_D68_one_item_under_the_cap_only_warns() -> None:
    answer = items(PER_PROJECT, item("A", "150.00"))
    assert answer["amount"] == "100.00"
    assert answer["said"].warned_places
    with pytest.raises(RefusedError, match="FACT_REQUIRED"):
        items(PER_PROJECT, item("A", "150.00"), granted=[granted("1.00", keys={"project_id": "P"})])


def test_D69_a_grant_says_in_which_account_it_lies() -> None:
    one = item("A", "150.00", project_id="P")
    for keys, amount in (({"project_id": "p"}, "70.00"), ({"project_id": "Q"}, "100.00")):
        assert items(PER_PROJECT, one, granted=[granted("30.00", keys=keys)])["amount"] == amount
    with pytest.raises(RefusedError, match="FACT_REQUIRED"):
        items(PER_PROJECT, one, granted=[granted("30.00")])


def test_D69_of_one_sum_takes_room_in_each_account() -> None:
    two = [item("A", "150.00", project_id="P"), item("B", "150.00", project_id="Q")]
    answer = items(PER_PROJECT, *two, granted=[granted("30.00", keys_unknown=True)])
    assert answer["amount"] == "140.00"
    assert answer["said"].warned_places


LINES = [line(id="MPW", when="category in [MPW]", base="base_amount", rate="100%"), line(id="IP", when="category in [IP]", amount="50")]


def test_D69_a_cap_on_lines_needs_the_category() -> None:
    terms = table("ITEMS", lines=LINES, caps=[{"per": [], "lines": ["MPW"], "limit": "100"}])
    one = item("A", "150.00", category="MPW")
    assert items(terms, one, granted=[granted("30.00", keys={"category": "MPW"})])["amount"] == "70.00"
    assert items(terms, one, granted=[granted("30.00", keys={"category": "IP"})])["amount"] == "100.00"
    with pytest.raises(RefusedError, match="FACT_REQUIRED"):
        items(terms, one, granted=[granted("30.00")])


def test_D69_grants_of_others_that_cannot_be_placed_are_said() -> None:
    pooled = whole(caps=[{"per": ["PROJECT"], "limit": "100", "pool": ["bj-test-2024-1-2"]}])
    one = item("A", "150.00", project_id="P")
    for applicant in ({"granted": [granted("30.00", of="bj-test-2024-1-2")]}, {"other_support_this_year": "30.00"}):
        answer = items(pooled, one, **applicant)
        assert (answer["amount"], answer["said"].warnings) == ("100.00", {"GRANT_NOT_PLACED"})
    assert items(whole(), one, granted=[granted("30.00")])["said"].warnings == {"GRANT_NOT_PLACED"}


@pytest.mark.parametrize("fact", [{"launched_on": "2024-06-07"}, {"launch_approved": False}, {"unit_kind": "SATELLITE"}, {"first_insured_on": "2023-01-02"}])
def test_D71_facts_of_one_unit_agree(fact: Json) -> None:
    first = policy("A", "2.00", unit_id="U", unit_kind="ROCKET", first_insured_on="2023-01-01")
    with pytest.raises(RefusedError, match="FACTS_DISAGREE"):
        policies(table("POLICIES", **HALF_PREMIUM), first, {**first, "policy_no": "B", "unit_id": "u", **fact})


def test_D75_what_happens_after_the_application_earns_nothing() -> None:
    for day, amount in (("2024-12-01", "1.00"), ("2024-12-02", "0.00")):
        answer = items(whole(), item("A", "1.00", occurred_on=day))
        assert (answer["amount"], ("AFTER_APPLICATION", "A") in answer["said"].reasons) == (amount, amount == "0.00")
        for name in ("launched_on", "paid_on"):
            assert policies(table("POLICIES", **HALF_PREMIUM), policy("A", "2.00", **{name: day}))["amount"] == amount


PAID = {"category": "EQUIPMENT", "amount": "100.00"}
GRANT = {"lines": [line(base="admitted", rate="50%")], "admit": {"categories": "unknown"}}


def test_D75_later_investments_count_and_are_said() -> None:
    project = {"project_id": "G", "completed_on": "2025-01-01", "investments": [{**PAID, "paid_on": "2024-12-02"}], "other_fiscal_funding": "0.00"}
    answer = projects(table("PROJECTS", **GRANT), project)
    assert (answer["amount"], len(answer["said"].warned_places)) == ("50.00", 2)
    windows = {"investment": {"first_day": "2024-01-01", "last_day": "APPLICATION_DATE"}}
    assert projects(table("PROJECTS", **GRANT, windows=windows), project)["amount"] == "0.00"


@pytest.mark.parametrize(("on", "left"), [("2025-12-31", "100.00"), ("2026-01-01", "70.00")])
def test_D78_calendar_year(on: str, left: str) -> None:
    terms = whole(caps=[{"per": [], "period": "CALENDAR_YEAR", "limit": "100"}])
    answer = items(terms, item("A", "150.00"), applied_on="2026-05-01", granted=[granted("30.00", on=on)])
    assert answer["amount"] == left


@pytest.mark.parametrize(("cap", "amount"), [({"per": "unknown", "period": "LIFETIME"}, "70.00"), ({"per": [], "period": "unknown"}, "100.00")])
def test_D84_an_unknown_account_is_the_applicant_or_the_claim(cap: Json, amount: str) -> None:
    two = [item("A", "90.00", project_id="P"), item("B", "90.00", project_id="Q")]
    answer = items(whole(caps=[{"limit": "100", **cap}]), *two, granted=[granted("30.00")])
    assert answer["amount"] == amount
    assert answer["said"].has_open_point


def test_D85_several_kinds_of_applicant() -> None:
    terms = whole(applicant=["PERSON", "ENTERPRISE"])
    assert items(terms, item("A", "1.00"), kind="PERSON")["amount"] == "1.00"
    for applicant in ({}, {"kind": "ENTERPRISE"}):
        with pytest.raises(RefusedError, match="FACT_REQUIRED"):
            items(terms, item("A", "1.00"), **applicant)


def test_D91_the_base_first_then_its_part() -> None:
    terms = table(
        "POLICIES",
        wording="EXACT",
        term={"months": "36", "from": "first_insured_on"},
        lines=[line(base="min(premium_paid, 3% * sum_insured)", rate="80%")],
    )
    straddling = policy(
        "A",
        "1000000.00",
        sum_insured="20000000.00",
        first_insured_on="2021-02-28",
        period_from="2023-08-30",
        period_until="2024-08-30",
        launched_on="2023-09-30",
    )
    assert policies(terms, straddling)["amount"] == "238688.52"  # 182 of 366 days


@pytest.mark.parametrize(("until", "amount"), [("2025-06-06", "3.00"), ("2025-12-06", "4.50"), ("2025-06-07", "3.00")])
def test_D106_years_of_a_policy_by_months(until: str, amount: str) -> None:
    terms = table("POLICIES", lines=[line(base="min(premium_paid, 3% * sum_insured_years)", rate="100%")])
    one = policy("A", "1000.00", sum_insured="100.00", period_until=until)
    assert policies(terms, one)["amount"] == amount


@pytest.mark.parametrize(("base", "amount"), [("20.60", "20.00"), ("20.40", "20.00"), ("500.00", "20.00"), ("19.60", "20.00")])
def test_D92_rounding_passes_no_limit(base: str, amount: str) -> None:
    terms = whole(wording="EXACT", rounding={"unit": "元", "mode": "HALF_UP"}, caps=[{"per": [], "limit": "20.60"}])
    assert items(terms, item("A", base))["amount"] == amount


def test_D92_an_account_of_some_items_alone() -> None:
    terms = table(
        "ITEMS",
        lines=[line(base="base_amount", rate="100%")],
        rounding={"unit": "元", "mode": "HALF_UP"},
        caps=[{"per": ["PROJECT"], "limit": "20.60"}],
    )
    two = [item("A", "30.00", project_id="P"), item("B", "10.00", project_id="Q")]
    answer = items(terms, *two)  # 30.60 would be 31 and lift A to 20.87
    assert (answer["amount"], answer["items"]["A"]["amount"]) == ("30.00", "20.20")


def test_D93_items_are_spread_from_the_rounded_total() -> None:
    terms = table("ITEMS", wording="EXACT", rounding={"scope": "TOTAL"}, lines=[line(base="base_amount", rate="1/3 * 100%")])
    answer = items(terms, item("A", "1.00"), item("B", "1.00"), item("C", "0.50"))
    assert answer["amount"] == "0.83"
    assert [answer["items"][no]["amount"] for no in "ABC"] == ["0.33", "0.33", "0.17"]


def test_D98_the_higher_of_sets_off_whatever_project_a_grant_names() -> None:
    terms = whole(stacking={"higher_of": {"clause": "孰高"}}, caps=[{"per": ["PROJECT"], "limit": "100"}])
    answer = items(terms, item("A", "150.00", project_id="P"), granted=[granted("30.00", keys={"project_id": "Q"})])
    assert answer["amount"] == "70.00"


@pytest.mark.parametrize(("keys", "amount"), [({"project_id": "p"}, "70.00"), ({"project_id": "Q"}, "100.00"), ({}, "70.00")])
def test_D98_the_same_project_where_the_clause_says_so(keys: Json, amount: str) -> None:
    terms = whole(stacking={"higher_of": {"clause": "同一项目", "same_project": "true"}}, caps=[{"per": [], "period": "CLAIM", "limit": "100"}])
    assert items(terms, item("A", "150.00", project_id="P"), granted=[granted("30.00", keys=keys)])["amount"] == amount


def test_D99_other_funding_that_is_not_stated() -> None:
    terms = table("PROJECTS", other_funding="FROM_AMOUNT", **GRANT)
    answer = projects(terms, {"project_id": "G", "investments": [PAID]})
    assert (answer["amount"], answer["said"].warnings) == ("50.00", {"OTHER_FUNDING_NOT_STATED"})


@pytest.mark.parametrize(
    ("published_at", "amount"), [("2026-11-30T23:59:59+08:00", "40.00"), ("2026-12-01T00:00:00+08:00", "50.00"), ("2026-11-30T16:00:00+00:00", "50.00")]
)
def test_D103_other_funding_is_left_alone_from_december_2026_on(published_at: str, amount: str) -> None:
    terms = table("PROJECTS", **GRANT) | {"published_at": published_at}
    answer = projects(terms, {"project_id": "G", "investments": [PAID], "other_fiscal_funding": "10.00"})
    assert (answer["amount"], answer["said"].messages) == (amount, set() if amount == "40.00" else {"10.00"})


@pytest.mark.parametrize(("clause", "status"), [("同一企业原则上只能申报一个方向", "ELIGIBLE"), ("同一企业只能申报一个方向", "NOT_ELIGIBLE")])
def test_D102_in_principle_only_warns(clause: str, status: str) -> None:
    terms = whole(stacking={"single_direction": {"clause": clause}})
    answer = items(terms, item("A", "1.00"), granted=[granted("30.00", of="bj-test-2024-1-2")])
    assert (answer["status"], answer["said"].messages) == (status, {clause} if status == "ELIGIBLE" else set())


@pytest.mark.parametrize(
    ("windows", "year", "warned"),
    [
        ({}, 2025, True),
        ({}, 2024, False),
        ({"event": {"first_day": "2024-01-01", "last_day": "2024-12-31"}}, 2025, True),
        ({"event": {"first_day": "2024-01-01", "last_day": "2025-01-01"}}, 2025, False),
        ({"application": {"first_day": "2025-01-01", "last_day": "2025-12-31"}}, 2025, False),
    ],
)
def test_D104_an_application_of_a_later_year(windows: Json, year: int, warned: bool) -> None:
    answer = items(whole(windows=windows), item("A", "1.00", occurred_on="2024-12-01"), applied_on=f"{year}-05-01")
    assert ("APPLIED_IN_A_LATER_YEAR" in answer["said"].warnings) is warned


@pytest.mark.parametrize(
    ("base", "applicant", "code"),
    [("0.00", {}, None), ("0.01", {}, "LESS_THAN_A_FEN"), ("5.00", {"granted": [granted("100.00")]}, "CAP_USED")],
)
def test_D82_nothing_has_its_reason(base: str, applicant: Json, code: str | None) -> None:
    terms = table("ITEMS", lines=[line(base="base_amount", rate="50%")], caps=[{"per": [], "limit": "100"}])
    answer = items(terms, item("A", base), **applicant)
    assert (answer["amount"], answer["said"].needs_reason) == ("0.00", True)
    assert answer["said"].reasons == ({(code, None)} if code else set())
