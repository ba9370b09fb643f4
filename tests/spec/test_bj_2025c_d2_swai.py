"""Smarter software, 2025 third batch, direction 2 (bj-gjj-2025-3-2): at most 10%, 15% or 20% by the grade that was reached."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.bodies import project, refused
from tests.spec.claims import Body, answer, applicant, post, reasons, warnings
from tests.spec.small_tables import amounts

TABLE = "bj-gjj-2025-3-2"


def software(*amounts: str, tier: str = "LOWEST", no: str = "G-1") -> Body:
    """A project of a tier; 1,000,000 yuan where nothing else is said."""
    return project(*(amounts or ("1000000.00",)), no=no, measures={"maturity_tier": tier})


def claim(*projects: Body, on: str = "2025-09-01", **who: Any) -> Body:
    """A claim for these projects."""
    return {"rate_table": TABLE, "application_date": on, "applicant": applicant(**who), "projects": list(projects)}


@pytest.mark.parametrize(
    ("tier", "invested", "expected", "working"),
    [
        ("LOWEST", "0.09", "0.00", "10% × 0.09 = 0.009, a ceiling: down"),
        ("LOWEST", "0.10", "0.01", "10% × 0.10"),
        ("LOWEST", "1234567.89", "123456.78", "10% × 1,234,567.89 = 123,456.789, down"),
        ("MIDDLE", "0.06", "0.00", "15% × 0.06 = 0.009, down"),
        ("MIDDLE", "0.07", "0.01", "15% × 0.07 = 0.0105, down"),
        ("MIDDLE", "1234567.89", "185185.18", "15% × 1,234,567.89 = 185,185.1835, down"),
        ("HIGHEST", "0.04", "0.00", "20% × 0.04 = 0.008, down"),
        ("HIGHEST", "0.05", "0.01", "20% × 0.05"),
        ("HIGHEST", "1234567.89", "246913.57", "20% × 1,234,567.89 = 246,913.578, down"),
    ],
)
def test_share_of_each_tier(client: httpx.Client, tier: str, invested: str, expected: str, working: str) -> None:
    """按不超过项目总投资额的10%、15%、20%给予分档奖励."""
    found = answer(client, "AWARD", claim(software(invested, tier=tier)))
    assert (found["amount"], found["amount_kind"]) == (expected, "MAXIMUM"), working
    assert reasons(found) == (set() if expected != "0.00" else {"LESS_THAN_A_FEN"})


def test_projects_of_different_tiers(client: httpx.Client) -> None:
    """10%, 15% and 20% of 1,000,000 each."""
    found = answer(client, "AWARD", claim(software(), software(tier="MIDDLE", no="G-2"), software(tier="HIGHEST", no="G-3")))
    assert amounts(found) == {"G-1": "100000.00", "G-2": "150000.00", "G-3": "200000.00"}


def test_the_limit_of_a_project_has_no_figure(client: httpx.Client) -> None:
    """单个项目支持金额最高不…: not applied, with a warning (D38): 20% × 5,000,000,000."""
    found = answer(client, "AWARD", claim(software("5000000000.00", tier="HIGHEST")))
    assert found["amount"] == "1000000000.00"
    assert warnings(found) == {"CAP_NOT_PUBLISHED", "TABLE_AUTHORITY"}
    assert {"单个项目支持金额最高不…", "根据智能软件产品所达到智能化成熟度等级"} <= {one["clause"] for one in found["not_decided_here"]}


def test_other_public_money_is_told_and_not_taken_off(client: httpx.Client) -> None:
    """No clause takes it off (D103): 10% × 1,000,000."""
    found = answer(client, "AWARD", claim(software() | {"other_fiscal_funding": "40000.00"}))
    assert (found["amount"], warnings(found)) == ("100000.00", {"CAP_NOT_PUBLISHED", "TABLE_AUTHORITY", "FACT_NOT_READ"})


@pytest.mark.parametrize(
    ("measures", "fault"), [({}, "FACT_REQUIRED"), ({"maturity_tier": "L4"}, "UNKNOWN_CATEGORY"), ({"maturity_tier": "lowest"}, "UNKNOWN_CATEGORY")]
)
def test_the_tier_is_asked_for(client: httpx.Client, measures: Body, fault: str) -> None:
    """Which grade has which share was not seen: an officer decides, and nothing is assumed."""
    pointer = "/projects/0/measures/maturity_tier"
    ((found, code),) = refused(client, "AWARD", claim(project("1000000.00", measures=measures)))
    assert (found, code) == (pointer, fault)


@pytest.mark.parametrize(("on", "status"), [("2025-01-19", 404), ("2025-01-20", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The day of the notice was not seen; the third batch is not older than the first, of 2025-01-20."""
    response = post(client, "AWARD", claim(software(), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
    else:
        assert response.json()["amount"] == "100000.00"
