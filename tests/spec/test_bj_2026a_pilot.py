"""Pilot platforms, 2026 first batch (bj-gjj-2026-1-pilot-platform): at most 30% of the investment, no more was published."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.bodies import project
from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, applicant, binding, post, reasons, warnings

TABLE = "bj-gjj-2026-1-pilot-platform"


def claim(*projects: Body, on: str = "2026-03-02", **who: Any) -> Body:
    """A claim for these platforms."""
    return {**AS_FIRST_PUBLISHED, "rate_table": TABLE, "application_date": on, "applicant": applicant(**who), "projects": list(projects)}


@pytest.mark.parametrize(
    ("invested", "expected", "working"),
    [
        (["0.03"], "0.00", "30% × 0.03 = 0.009, a ceiling: down"),
        (["0.04"], "0.01", "30% × 0.04 = 0.012, down"),
        (["9999999.99"], "2999999.99", "30% × 9,999,999.99 = 2,999,999.997, down"),
        (["10000000.00"], "3000000.00", "30% × 10,000,000"),
        (["0.02", "0.02"], "0.01", "30% × (0.02 + 0.02): rounded once, not for each payment"),
        (["9999999999.99"], "2999999999.99", "30% × 9,999,999,999.99 = 2,999,999,999.997: no cap was published"),
    ],
)
def test_share_of_the_investment(client: httpx.Client, invested: list[str], expected: str, working: str) -> None:
    """支持各类主体建设中试平台，…计划按照不超过项目总投资的30%给予支持."""
    found = answer(client, "GRANT", claim(project(*invested)))
    assert found["amount"] == expected, working
    assert found["amount_kind"] == "MAXIMUM"
    assert binding(found) == []


def test_projects_are_rounded_one_by_one(client: httpx.Client) -> None:
    """项目总投资: 30% × 0.05 = 0.015 twice is 0.01 + 0.01, not 0.03."""
    found = answer(client, "GRANT", claim(project("0.05"), project("0.05", no="G-2")))
    assert found["amount"] == "0.02"


def test_nothing_invested_earns_nothing(client: httpx.Client) -> None:
    """项目总投资: 30% × 0."""
    found = answer(client, "GRANT", claim(project()))
    assert (found["status"], found["amount"], reasons(found)) == ("NOT_ELIGIBLE", "0.00", {"NO_EARNING_ITEM"})


@pytest.mark.parametrize(
    ("other", "expected", "working"),
    [
        ("2999999.99", "0.01", "3,000,000 − 2,999,999.99"),
        ("3000000.00", "0.00", "3,000,000 − 3,000,000"),
        ("3000000.01", "0.00", "never below zero"),
    ],
)
def test_other_fiscal_money_comes_off_the_grant(client: httpx.Client, other: str, expected: str, working: str) -> None:
    """The press conference says nothing else, so it comes off the amount (D53): 30% × 10,000,000 less that money."""
    assert answer(client, "GRANT", claim(project("10000000.00", other_fiscal_funding=other)))["amount"] == expected, working


def test_what_a_press_conference_does_not_say(client: httpx.Client) -> None:
    """The source is news: the answer warns, and names what it does not decide."""
    found = answer(client, "GRANT", claim(project("1.00")))
    assert "TABLE_AUTHORITY" in warnings(found)
    open_ones = [one["clause"] for one in found["not_decided_here"]]
    assert "计划按照不超过项目总投资的30%给予支持。" in open_ones
    # categories, VAT and related parties of the investment
    assert open_ones.count("按照不超过项目总投资的30%给予支持") == 3


@pytest.mark.parametrize(("on", "status"), [("2026-02-13", 404), ("2026-02-14", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """Published on 2026-02-14."""
    response = post(client, "GRANT", claim(project("10000000.00"), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
    else:
        assert response.json()["amount"] == "3000000.00"
