"""Green projects, 2024 first batch, direction 3 (bj-gjj-2024-1-3): at most 25%; the higher share was not seen."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.bodies import project, refused
from tests.spec.claims import Body, answer, applicant, binding, grant, post, reasons, warnings

TABLE = "bj-gjj-2024-1-3"
ORDINARY = {"national_green": False, "air_grade_b": False}


def claim(*projects: Body, on: str = "2024-03-01", **who: Any) -> Body:
    """A claim for these projects, of an enterprise without a national green title."""
    return {"rate_table": TABLE, "application_date": on, "applicant": applicant(**({"measures": ORDINARY} | who)), "projects": list(projects)}


@pytest.mark.parametrize(
    ("invested", "expected", "working"),
    [
        ("0.03", "0.00", "25% × 0.03 = 0.0075, a ceiling: down"),
        ("0.04", "0.01", "25% × 0.04 = 0.01"),
        ("0.05", "0.01", "25% × 0.05 = 0.0125, down"),
        ("12345678.91", "3086419.72", "25% × 12,345,678.91 = 3,086,419.7275, down"),
        ("4000000000.00", "1000000000.00", "25% × 4,000,000,000: no cap was seen"),
    ],
)
def test_share_of_the_investment(client: httpx.Client, invested: str, expected: str, working: str) -> None:
    """奖励金额不超过纳入奖励范围总投资的25%."""
    found = answer(client, "AWARD", claim(project(invested)))
    assert (found["amount"], found["amount_kind"]) == (expected, "MAXIMUM"), working
    assert binding(found) == []
    assert reasons(found) == (set() if expected != "0.00" else {"LESS_THAN_A_FEN"})


def test_investments_of_a_project_add_up(client: httpx.Client) -> None:
    """总投资: 25% × (1,000,000.01 + 1,000,000.01) = 500,000.005, down; one by one they would be 250,000.00 each."""
    assert answer(client, "AWARD", claim(project("1000000.01", "1000000.02")))["amount"] == "500000.00"
    assert answer(client, "AWARD", claim(project("1000000.02", "1000000.02")))["amount"] == "500000.01"


@pytest.mark.parametrize(
    "measures",
    [
        {"national_green": True, "air_grade_b": False},
        {"national_green": False, "air_grade_b": True},
        {"national_green": True, "air_grade_b": True},
    ],
)
def test_the_higher_share_was_not_seen(client: httpx.Client, measures: Body) -> None:
    """…的，奖励金…: the text breaks off, and the lower share is not paid in its place (D37)."""
    body = claim(project("1000000.00"), measures=measures)
    assert refused(client, "AWARD", body) == [("/projects/0", "STANDARD_NOT_LOADED")]


@pytest.mark.parametrize("missing", sorted(ORDINARY))
def test_what_chooses_the_share_is_asked_for(client: httpx.Client, missing: str) -> None:
    """An absent fact is not false."""
    body = claim(project("1000000.00"), measures={name: one for name, one in ORDINARY.items() if name != missing})
    assert refused(client, "AWARD", body) == [(f"/applicant/measures/{missing}", "FACT_REQUIRED")]


def test_what_the_excerpt_leaves_open(client: httpx.Client) -> None:
    """Caps, kinds of project and thresholds were not seen: all investments count, and the answer says so."""
    found = answer(client, "AWARD", claim(project("1000000.00", completed_on="2019-06-30", started_on="2010-01-01")))
    assert found["amount"] == "250000.00"
    assert {"的，奖励金…", "纳入奖励范围总投资"} <= {one["clause"] for one in found["not_decided_here"]}
    assert "TABLE_AUTHORITY" not in warnings(found)  # a mirror of the official page


def test_other_public_money_is_told_and_not_taken_off(client: httpx.Client) -> None:
    """No clause takes it off (D103): 25% × 1,000,000."""
    found = answer(client, "AWARD", claim(project("1000000.00", other_fiscal_funding="40000.00")))
    assert (found["amount"], warnings(found)) == ("250000.00", {"FACT_NOT_READ"})


@pytest.mark.parametrize(("funded", "expected"), [(True, "0.00"), (False, "250000.00")])
def test_other_municipal_money(client: httpx.Client, funded: bool, expected: str) -> None:
    """The guide of 2024: an investment project has no other municipal money."""
    found = answer(client, "AWARD", claim(project("1000000.00"), other_municipal_funding=funded, major_project_or_key_unit=False))
    assert found["amount"] == expected
    assert ("OTHER_MUNICIPAL_FUNDING" in reasons(found)) == funded


def test_a_second_direction_of_the_year_is_refused(client: httpx.Client) -> None:
    """单个方向: launch insurance was paid in 2024."""
    earlier = grant("bj-gjj-2024-1-1", "2024-02-20", "100.00", unit_id="R-1")
    for exempt, expected in ((False, "0.00"), (True, "250000.00")):
        found = answer(client, "AWARD", claim(project("1000000.00"), granted=[earlier], major_project_or_key_unit=exempt))
        assert found["amount"] == expected
        assert ("ALREADY_SUPPORTED_THIS_YEAR" in reasons(found)) == (expected == "0.00")


@pytest.mark.parametrize(("on", "status"), [("2024-01-18", 404), ("2024-01-19", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is dated 2024-01-19."""
    response = post(client, "AWARD", claim(project("1000000.00", completed_on="2023-12-01"), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
    else:
        assert response.json()["amount"] == "250000.00"
