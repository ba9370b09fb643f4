"""The guide of 2024 of the Beijing fund: who may apply, one direction a year, no other municipal money for investment."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.bodies import launch, project, refused
from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, applicant, grant, item, reasons

PHARMA, FACTORY, TRADE = "bj-gjj-2024-3-1", "bj-gjj-2024-5-1", "bj-gjj-2023-3-data-trade"


def claim(on: str = "2024-06-15", **who: Any) -> Body:
    """A claim of a fixed award of 2,000,000 yuan for a new drug."""
    drug = item(None, category="NEW_DRUG")
    return {**AS_FIRST_PUBLISHED, "rate_table": PHARMA, "application_date": on, "applicant": applicant(**who), "items": [drug]}


def factory(on: str = "2024-06-15", **who: Any) -> Body:
    """A claim of 20% × 10,000,000 = 2,000,000 yuan for a project of investment."""
    one = project("10000000.00", category="UPGRADE", measures={"fixed_asset_investment": "5000000.00"})
    return {**AS_FIRST_PUBLISHED, "rate_table": FACTORY, "application_date": on, "applicant": applicant(**who), "projects": [one]}


def trade(on: str, **who: Any) -> Body:
    """A claim of 4% × 50,000,000 = 2,000,000 yuan under a table of 2023."""
    one = item("50000000.00", measures={"first_contract": True})
    return {**AS_FIRST_PUBLISHED, "rate_table": TRADE, "application_date": on, "applicant": applicant(**who), "items": [one]}


@pytest.mark.parametrize(
    ("granted", "expected", "why", "working"),
    [
        (grant(FACTORY, "2024-05-01", "0.00"), "2000000.00", set(), "nothing was granted"),
        (grant(FACTORY, "2024-05-01", "0.01"), "0.00", {"ALREADY_SUPPORTED_THIS_YEAR"}, "a fen of another direction"),
        (grant(FACTORY, "2025-01-05", "0.01"), "0.00", {"ALREADY_SUPPORTED_THIS_YEAR"}, "granted later, for the same year"),
        (grant("bj-gjj-2024-2-7", "2024-05-01", "0.01"), "0.00", {"ALREADY_SUPPORTED_THIS_YEAR"}, "a direction not loaded"),
        (grant(PHARMA, "2024-05-01", "8000000.00", category="NEW_DRUG"), "2000000.00", set(), "the same direction: 10,000,000 − 8,000,000 left"),
        (grant(PHARMA, "2024-05-01", "8000000.01", category="NEW_DRUG"), "1999999.99", set(), "the same direction: 1,999,999.99 left"),
        (grant("bj-gjj-2023-2-1", "2024-02-01", "0.01"), "2000000.00", set(), "of the year 2023, though granted in 2024"),
        (grant("bj-sme-2024-0-1", "2024-05-01", "0.01"), "2000000.00", set(), "of another fund"),
    ],
)
def test_one_direction_in_the_year(client: httpx.Client, granted: Body, expected: str, why: set[str], working: str) -> None:
    """同一项目单位只能获得2024年内高精尖资金单个方向支持 (D43)."""
    found = answer(client, "AWARD", claim(granted=[granted], major_project_or_key_unit=False))
    assert (found["amount"], reasons(found)) == (expected, why), working
    assert found["status"] == ("NOT_ELIGIBLE" if why else "ELIGIBLE")


def test_the_refusal_quotes_its_clause(client: httpx.Client) -> None:
    """Someone who is refused reads why, in the words of the guide."""
    found = answer(client, "AWARD", claim(granted=[grant(FACTORY, "2024-05-01", "0.01")], major_project_or_key_unit=False))
    assert [one["clause"] for one in found["reasons"]] == [
        "2.同一项目单位只能获得2024年内高精尖资金单个方向支持…属市级重大项目或重点单位（含地方配套资金），可不受上述限制"
    ]


@pytest.mark.parametrize(
    ("direction", "support", "expected"),
    [(claim, True, "2000000.00"), (claim, False, "0.00"), (factory, True, "2000000.00"), (factory, False, "0.00")],
)
def test_major_projects_and_key_units_may_have_more_than_one(
    client: httpx.Client, direction: Any, support: bool, expected: str
) -> None:
    """属市级重大项目或重点单位（含地方配套资金），可不受上述限制."""
    body = direction(granted=[grant("bj-gjj-2024-1-1", "2024-05-01", "1000000.00")], major_project_or_key_unit=support)
    assert answer(client, "AWARD", body)["amount"] == expected


def test_whether_it_is_a_major_project_is_asked_only_where_it_decides(client: httpx.Client) -> None:
    """Never assumed: asked for with another direction's grant, not asked for without."""
    assert answer(client, "AWARD", claim())["amount"] == "2000000.00"
    body = claim(granted=[grant(FACTORY, "2024-05-01", "1.00")])
    assert refused(client, "AWARD", body) == [("/applicant/major_project_or_key_unit", "FACT_REQUIRED")]


@pytest.mark.parametrize(
    ("direction", "other", "major", "expected", "why", "working"),
    [
        (factory, False, None, "2000000.00", set(), "no other municipal money"),
        (factory, True, False, "0.00", {"OTHER_MUNICIPAL_FUNDING"}, "other municipal money"),
        (factory, True, True, "2000000.00", set(), "a major project"),
        (claim, True, False, "2000000.00", set(), "an award that is no investment"),
        (claim, None, None, "2000000.00", set(), "not asked of an award that is no investment"),
    ],
)
def test_investment_has_no_other_municipal_money(
    client: httpx.Client, direction: Any, other: bool | None, major: bool | None, expected: str, why: set[str], working: str
) -> None:
    """申请的投资类项目应未获得其他市级财政资金补贴或奖励支持."""
    found = answer(client, "AWARD", direction(other_municipal_funding=other, major_project_or_key_unit=major))
    assert (found["amount"], reasons(found)) == (expected, why), working


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({"other_municipal_funding": None}, ["other_municipal_funding", "major_project_or_key_unit"]),  # the second decides if the first is true
        ({"other_municipal_funding": True}, ["major_project_or_key_unit"]),
    ],
)
def test_other_municipal_money_must_be_told(client: httpx.Client, facts: Body, missing: list[str]) -> None:
    """A fact that decides is asked for, and never assumed; what may decide beside it comes in the same answer (D83)."""
    assert refused(client, "AWARD", factory(**facts)) == [(f"/applicant/{one}", "FACT_REQUIRED") for one in missing]


@pytest.mark.parametrize(
    ("record", "expected", "working"),
    [
        ("2021-06-14", "2000000.00", "three years and a day ago"),
        ("2021-06-15", "0.00", "three years ago to the day"),
        ("2021-06-16", "0.00", "a day less than three years ago"),
        ("2024-06-14", "0.00", "the day before the application"),
        ("2024-06-15", "0.00", "the day of the application"),
        ("2024-06-16", "2000000.00", "not yet on record"),
    ],
)
def test_no_serious_dishonesty_in_three_years(client: httpx.Client, record: str, expected: str, working: str) -> None:
    """近3年无严重失信记录 (D45): application date − 3 years <= record <= application date."""
    found = answer(client, "AWARD", claim(dishonesty_records=[{"on": record}]))
    assert found["amount"] == expected, working
    assert reasons(found) == ({"DISHONEST"} if expected == "0.00" else set())


@pytest.mark.parametrize(("record", "expected"), [("2021-02-27", "4000000.00"), ("2021-02-28", "0.00"), ("2021-03-01", "0.00")])
def test_three_years_before_the_29th_of_february(client: httpx.Client, record: str, expected: str) -> None:
    """近3年 on 2024-02-29 begin on 2021-02-28 (D7). The claim is 50% × 8,000,000."""
    body = {
        "rate_table": "bj-gjj-2024-1-1",
        "application_date": "2024-02-29",
        "applicant": applicant(dishonesty_records=[{"on": record}]),
        "policies": [launch("P-1", "8000000.00", "2024-02-01")],
    }
    assert answer(client, "INSURANCE", body)["amount"] == expected


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"registered_in_beijing": False}, {"NOT_REGISTERED_IN_BEIJING"}),
        ({"declaration_accepted": False}, {"DECLARATION_NOT_ACCEPTED"}),
        (
            {"registered_in_beijing": False, "declaration_accepted": False, "dishonesty_records": [{"on": "2024-01-01"}]},
            {"NOT_REGISTERED_IN_BEIJING", "DECLARATION_NOT_ACCEPTED", "DISHONEST"},
        ),
    ],
    ids=["registration", "declaration", "all reasons at once"],
)
def test_who_may_apply(client: httpx.Client, facts: Body, why: set[str]) -> None:
    """应在本市登记注册且近3年无严重失信记录; 承诺相关事项，并对提供材料的真实性、准确性负责."""
    found = answer(client, "AWARD", claim(**facts))
    assert (found["status"], found["amount"], reasons(found)) == ("NOT_ELIGIBLE", "0.00", why)
    assert all(one["clause"] for one in found["reasons"])


@pytest.mark.parametrize("missing", ["registered_in_beijing", "dishonesty_records", "declaration_accepted"])
def test_what_an_applicant_must_say(client: httpx.Client, missing: str) -> None:
    """A fact that decides is asked for, and never assumed."""
    assert refused(client, "AWARD", claim(**{missing: None})) == [(f"/applicant/{missing}", "FACT_REQUIRED")]


@pytest.mark.parametrize(
    ("body", "expected", "working"),
    [
        (trade("2023-12-31", major_project_or_key_unit=False, granted=[grant("bj-gjj-2023-2-1", "2023-11-01", "1.00")]), "2000000.00", "the day before the guide"),
        (trade("2024-01-01", major_project_or_key_unit=False, granted=[grant("bj-gjj-2023-2-1", "2023-11-01", "1.00")]), "0.00", "its first day"),
        (claim("2024-12-31", granted=[grant(FACTORY, "2024-05-01", "1.00")], major_project_or_key_unit=False), "0.00", "its last day"),
        (claim("2025-01-01", granted=[grant(FACTORY, "2024-05-01", "1.00")], major_project_or_key_unit=False), "2000000.00", "after it"),
        (factory("2024-12-31", other_municipal_funding=True, major_project_or_key_unit=False), "0.00", "its last day"),
        (factory("2025-01-01", other_municipal_funding=True, major_project_or_key_unit=False), "2000000.00", "after it"),
    ],
)
def test_the_days_of_the_guide(client: httpx.Client, body: Body, expected: str, working: str) -> None:
    """The guide is of the year 2024; what an applicant must be is as of the day of application."""
    assert answer(client, "AWARD", body)["amount"] == expected, working


@pytest.mark.parametrize(("on", "registered"), [("2024-12-31", False), ("2025-01-01", False)])
def test_registration_is_asked_for_after_the_guide_as_well(client: httpx.Client, on: str, registered: bool) -> None:
    """From 2025 on the guide's conditions of the applicant are assumed to go on, and the answer says so."""
    found = answer(client, "AWARD", claim(on, registered_in_beijing=registered))
    assert reasons(found) == {"NOT_REGISTERED_IN_BEIJING"}
    assumed = any("比照2024年指南" in one["message"] for one in found["not_decided_here"])
    assert assumed == (on == "2025-01-01")


def test_national_matching_is_not_calculated(client: httpx.Client) -> None:
    """对有地方配套要求且在京产业化的项目，可按国家要求配套: the share was not published."""
    clauses = {one["clause"] for one in answer(client, "AWARD", claim())["not_decided_here"]}
    assert any(one.startswith("3.对有地方配套要求且在京产业化的项目，可按国家要求配套") for one in clauses)


def test_the_answer_names_the_guide(client: httpx.Client) -> None:
    """Which rules lay over the table is part of where an amount comes from; investment has one more."""
    named = {
        "items": answer(client, "AWARD", claim())["provenance"]["rate_table"]["overlays"],
        "projects": answer(client, "AWARD", factory())["provenance"]["rate_table"]["overlays"],
    }
    assert named == {"items": ["bj-gjj-guide-2024"], "projects": ["bj-gjj-guide-2024", "bj-gjj-guide-2024-projects"]}
