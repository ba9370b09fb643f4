"""Who may apply to the Beijing fund before 2024: assumed to be what the guide of 2024 asks."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, applicant, grant, item, post, reasons


def claim(on: str = "2022-06-15", **who: Any) -> Body:
    """A claim of 50% × 100 = 50 yuan."""
    return {
        "rate_table": "bj-gjj-2022-0-1",
        "application_date": on,
        "applicant": applicant(**who),
        "items": [item("100.00", category="MPW")],
    }


@pytest.mark.parametrize(
    ("registered", "expected", "why"),
    [(True, "50.00", set()), (False, "0.00", {"NOT_REGISTERED_IN_BEIJING"})],
)
def test_the_unit_is_registered_in_beijing(client: httpx.Client, registered: bool, expected: str, why: set[str]) -> None:
    """申请高精尖资金的项目单位应在本市登记注册."""
    found = answer(client, "AWARD", claim(registered_in_beijing=registered))
    assert (found["amount"], reasons(found)) == (expected, why)
    assert found["status"] == ("ELIGIBLE" if registered else "NOT_ELIGIBLE")


@pytest.mark.parametrize(
    ("on", "record", "expected", "working"),
    [
        ("2022-06-15", "2019-06-14", "50.00", "three years and a day ago"),
        ("2022-06-15", "2019-06-15", "0.00", "three years ago to the day"),
        ("2022-06-15", "2019-06-16", "0.00", "within three years"),
        ("2022-06-15", "2022-06-15", "0.00", "on the day of application"),
        ("2022-06-15", "2022-06-16", "50.00", "not yet on record"),
        ("2024-02-29", "2021-02-27", "50.00", "29 February less three years is 28 February"),
        ("2024-02-29", "2021-02-28", "0.00", "29 February less three years is 28 February"),
    ],
)
def test_no_serious_dishonesty_in_three_years(client: httpx.Client, on: str, record: str, expected: str, working: str) -> None:
    """近3年无严重失信记录: application date − 3 years <= record <= application date. The last two rows fall under the guide of 2024."""
    found = answer(client, "AWARD", claim(on, dishonesty_records=[{"on": record}]))
    assert found["amount"] == expected, working
    assert reasons(found) == ({"DISHONEST"} if expected == "0.00" else set())


def test_one_old_record_does_not_hide_a_new_one(client: httpx.Client) -> None:
    """近3年无严重失信记录: any record within the three years."""
    found = answer(client, "AWARD", claim(dishonesty_records=[{"on": "2015-01-01"}, {"on": "2021-01-01"}]))
    assert (found["status"], reasons(found)) == ("NOT_ELIGIBLE", {"DISHONEST"})


@pytest.mark.parametrize("year", ["2022", "2023", "2025"])
@pytest.mark.parametrize(("accepted", "warned"), [(None, False), (True, False), (False, True)])
def test_truthfulness_is_not_a_condition_outside_2024(client: httpx.Client, year: str, accepted: bool | None, warned: bool) -> None:
    """The guide of 2024 alone asks for it: left out it changes nothing, and ``false`` is a warning and not silence."""
    found = answer(client, "AWARD", claim(f"{year}-06-15", declaration_accepted=accepted))
    assert (found["status"], found["amount"]) == ("ELIGIBLE", "50.00")
    about = [one["pointer"] for one in found["warnings"] if one["code"] == "FACT_NOT_READ"]
    assert about == ["/applicant/declaration_accepted"] * warned
    assert "真实性承诺未比照，由主管部门核定。" in [one["message"] for one in found["not_decided_here"]]


def test_under_the_guide_of_2024_it_is_a_reason_and_not_a_warning(client: httpx.Client) -> None:
    """4.申请单位自愿…承诺相关事项，并对提供材料的真实性、准确性负责. As first published, the day of the application decided (D102)."""
    body = claim("2024-06-15", declaration_accepted=False)
    assert answer(client, "AWARD", body)["amount"] == "50.00"  # the batch is of 2022
    found = answer(client, "AWARD", body | AS_FIRST_PUBLISHED)
    assert (found["status"], reasons(found)) == ("NOT_ELIGIBLE", {"DECLARATION_NOT_ACCEPTED"})
    assert "FACT_NOT_READ" not in {one["code"] for one in found["warnings"]}


@pytest.mark.parametrize("year", ["2022", "2023", "2025"])
def test_money_of_another_municipal_fund_is_not_assumed_to_bar(client: httpx.Client, year: str) -> None:
    """The guide binds the rule to 2024, as the one of a single direction: the answer says that neither was carried over."""
    found = answer(client, "AWARD", claim(f"{year}-06-15", other_municipal_funding=True))
    assert found["amount"] == "50.00"
    assert any("单一方向与其他市级财政资金的限制均未比照" in one["message"] for one in found["not_decided_here"])


def test_loan_interest_on_an_investment_project_is_not_barred_by_it_either(client: httpx.Client) -> None:
    """bj-gjj-2023-2-2: 1,200,000 × 2% × 12/12."""
    contract = {
        "contract_no": "L-1",
        "lender": "BANK",
        "loan_type": "FIXED_ASSET",
        "signed_on": "2022-10-01",
        "matures_on": "2025-10-01",
        "drawdowns": [{"drawdown_no": "1", "on": "2022-11-01", "amount": "1200000.00"}],
        "rate": {"kind": "FIXED", "annual_rate": "0.0385"},
    }
    body = {
        "rate_table": "bj-gjj-2023-2-2",
        "application_date": "2023-11-20",
        "claim_period": {"from": "2022-11-01", "until": "2023-11-01"},
        "applicant": applicant(other_municipal_funding=True, measures={"key_industry": True, "fai_2022": "8000000.00"}),
        "contracts": [contract],
    }
    found = answer(client, "LOAN_INTEREST", body)
    assert found["amount"] == "24000.00"
    assert any("其他市级财政资金的限制均未比照" in one["message"] for one in found["not_decided_here"])


@pytest.mark.parametrize("missing", ["registered_in_beijing", "dishonesty_records"])
def test_what_an_applicant_must_say(client: httpx.Client, missing: str) -> None:
    """A fact that decides is asked for, and never assumed."""
    body = claim()
    del body["applicant"][missing]
    response = post(client, "AWARD", body)
    assert response.status_code == 422
    assert {(one["pointer"], one["code"]) for one in response.json()["errors"]} == {(f"/applicant/{missing}", "FACT_REQUIRED")}


def test_the_rule_of_a_single_direction_is_not_assumed_before_2024(client: httpx.Client) -> None:
    """单一方向的限制未比照: support in another direction of the year does not bar a claim of 2023."""
    body = {
        "rate_table": "bj-gjj-2023-1-stable-growth",
        "application_date": "2023-04-10",
        "applicant": applicant(
            granted=[grant("bj-gjj-2023-2-1", "2023-03-01", "1000000.00")],
            measures={"above_designated_size": True, "net_increase": "200000000.00", "growth": "0.15"},
        ),
        "items": [item()],
    }
    # rung 2亿, 15%: 200万
    assert answer(client, "AWARD", body)["amount"] == "2000000.00"


def test_the_assumption_is_said(client: httpx.Client) -> None:
    """The conditions of the year were not seen: the answer says so."""
    found = answer(client, "AWARD", claim())
    assert any("比照2024年指南" in one["message"] for one in found["not_decided_here"])
