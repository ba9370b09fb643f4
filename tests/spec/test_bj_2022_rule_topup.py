"""The top-up rule of 2022: the higher of old and new support, paid as a difference."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, applicant, grant, item, reasons

TABLE = "bj-gjj-2022-0-1"


def claim(*granted: Body, fee: str = "4000000.00", on: str = "2022-10-15", **who: Any) -> Body:
    """A claim of 50% × 4,000,000 = 2,000,000 yuan after these grants."""
    return {
        "rate_table": TABLE,
        "application_date": on,
        "applicant": applicant(granted=list(granted), **who),
        "items": [item(fee, category="MPW")],
    }


@pytest.mark.parametrize(
    ("paid", "expected", "working"),
    [
        ("0.01", "1999999.99", "2,000,000 − 0.01"),
        ("1999999.99", "0.01", "2,000,000 − 1,999,999.99"),
        ("2000000.00", "0.00", "max(0, 2,000,000 − 2,000,000)"),
        ("2000000.01", "0.00", "max(0, 2,000,000 − 2,000,000.01)"),
    ],
)
def test_only_what_the_new_project_has_more_is_paid(client: httpx.Client, paid: str, expected: str, working: str) -> None:
    """对后续再申报的且符合条件的项目，按照项目支持金额孰高兑付原则进行差额补齐."""
    found = answer(client, "AWARD", claim(grant("bj-gjj-2022-0-12", "2022-08-01", paid)))
    assert (found["status"], found["amount"]) == ("ELIGIBLE", expected), working
    assert reasons(found) == ({"NOTHING_TO_TOP_UP"} if expected == "0.00" else set())


def test_all_grants_of_the_year_are_topped_up_together(client: httpx.Client) -> None:
    """孰高兑付: 2,000,000 − (300,000 + 500,000) = 1,200,000."""
    grants = (grant("bj-gjj-2022-0-12", "2022-08-01", "300000.00"), grant(TABLE, "2022-09-01", "500000.00", category="MPW"))
    assert answer(client, "AWARD", claim(*grants))["amount"] == "1200000.00"


def test_a_grant_that_is_topped_up_does_not_reduce_the_cap_as_well(client: httpx.Client) -> None:
    """The cap of 3,000,000 stands; 3,000,000 − 1,000,000 = 2,000,000, not 3,000,000 − 1,000,000 − 1,000,000."""
    body = claim(grant(TABLE, "2022-09-01", "1000000.00", category="MPW"), fee="8000000.00")
    assert answer(client, "AWARD", body)["amount"] == "2000000.00"


@pytest.mark.parametrize("table", ["bj-gjj-2021-0-1", "bj-sme-2022-0-1"], ids=["another year", "another fund"])
def test_other_support_is_not_topped_up(client: httpx.Client, table: str) -> None:
    """The rule speaks of the projects of this guide: 50% × 4,000,000 is paid in full."""
    assert answer(client, "AWARD", claim(grant(table, "2022-08-01", "500000.00")))["amount"] == "2000000.00"


@pytest.mark.parametrize(
    ("on", "expected", "working"),
    [
        ("2022-12-31", "1500000.00", "the last day of the rule: 2,000,000 − 500,000"),
        ("2023-01-01", "2000000.00", "no rule; the cap's room is 3,000,000 − 500,000 = 2,500,000"),
    ],
)
def test_the_rule_ends_with_the_year(client: httpx.Client, on: str, expected: str, working: str) -> None:
    """As first published, by the day of the application; since it goes with the batches of 2022 (D102), in the year after as well."""
    body = claim(grant(TABLE, "2022-09-01", "500000.00", category="MPW"), on=on)
    assert answer(client, "AWARD", body | AS_FIRST_PUBLISHED)["amount"] == expected, working
    assert answer(client, "AWARD", body)["amount"] == "1500000.00"


def test_support_without_a_table_is_topped_up_too(client: httpx.Client) -> None:
    """2,000,000 − 700,000, told as one sum for the year."""
    assert answer(client, "AWARD", claim(other_support_this_year="700000.00"))["amount"] == "1300000.00"
