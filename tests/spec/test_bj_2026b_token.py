"""Tokens of large models, 2026 second batch (bj-gjj-2026-2-token): at most 30% of the fees, 10,000,000 for a project."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, applicant, binding, grant, item, post, reasons, warnings
from tests.spec.small_tables import amounts

TABLE = "bj-gjj-2026-2-token"


def fees(amount: str = "1000000.00", no: str = "A-1", **more: Any) -> Body:
    """Fees of a project, paid to a party that is not related."""
    return item(amount, no, **({"project_id": "X", "related_party": False} | more))


def claim(*items: Body, on: str = "2026-08-15", who: Body | None = None, **more: Any) -> Body:
    """A claim for these fees."""
    return {"rate_table": TABLE, "application_date": on, "applicant": applicant(**(who or {})), "items": list(items)} | more


@pytest.mark.parametrize(
    ("paid", "expected", "binds", "working"),
    [
        ("0.03", "0.00", [], "30% × 0.03 = 0.009, a ceiling: down"),
        ("0.04", "0.01", [], "30% × 0.04 = 0.012, down"),
        ("33333333.33", "9999999.99", [], "30% × 33,333,333.33 = 9,999,999.999, down"),
        ("33333333.34", "10000000.00", [], "30% × 33,333,333.34 = 10,000,000.002, down = the limit"),
        ("33333333.36", "10000000.00", [], "30% × 33,333,333.36 = 10,000,000.008, down: the limit cuts nothing"),
        ("33333333.37", "10000000.00", ["PROJECT"], "30% × 33,333,333.37 = 10,000,000.01 > 10,000,000"),
    ],
)
def test_share_and_limit_of_a_project(client: httpx.Client, paid: str, expected: str, binds: list[str], working: str) -> None:
    """Token 按补贴期内认定费用最高30%补贴，单项目最高1000万元."""
    found = answer(client, "GRANT", claim(fees(paid)))
    assert (found["amount"], found["amount_kind"]) == (expected, "MAXIMUM"), working
    assert binding(found) == binds


@pytest.mark.parametrize(
    ("second", "expected", "binds", "working"),
    [
        ("13333333.30", "9999999.99", [], "6,000,000 + 3,999,999.99"),
        ("13333333.34", "10000000.00", [], "6,000,000 + 4,000,000.002, down"),
        ("13333333.37", "10000000.00", ["PROJECT"], "6,000,000 + 4,000,000.01 > 10,000,000"),
    ],
)
def test_fees_of_one_project_share_its_limit(client: httpx.Client, second: str, expected: str, binds: list[str], working: str) -> None:
    """单项目最高1000万元: two invoices of one project."""
    found = answer(client, "GRANT", claim(fees("20000000.00"), fees(second, "A-2")))
    assert found["amount"] == expected, working
    assert binding(found) == binds


def test_each_project_has_its_own_limit(client: httpx.Client) -> None:
    """单项目: 30% × 50,000,000 -> 10,000,000 of one, 30% × 20,000,000 of the other; none for the enterprise was published."""
    found = answer(client, "GRANT", claim(fees("50000000.00"), fees("20000000.00", "A-2", project_id="Y")))
    assert amounts(found) == {"A-1": "10000000.00", "A-2": "6000000.00"}


@pytest.mark.parametrize(
    ("key", "granted", "expected", "working"),
    [
        ("X", "9699999.99", "300000.00", "10,000,000 − 9,699,999.99 = 300,000.01 left"),
        ("X", "9700000.00", "300000.00", "300,000.00 left"),
        ("X", "9700000.01", "299999.99", "299,999.99 left"),
        ("Y", "10000000.00", "300000.00", "another project"),
    ],
)
def test_room_that_earlier_grants_leave(client: httpx.Client, key: str, granted: str, expected: str, working: str) -> None:
    """单项目最高1000万元: what the project was granted in this batch takes room; the new claim is 30% × 1,000,000."""
    who = {"granted": [grant(TABLE, "2026-08-01", granted, project_id=key)]}
    assert answer(client, "GRANT", claim(fees(), who=who))["amount"] == expected, working


def test_fees_paid_to_a_related_party_earn_nothing(client: httpx.Client) -> None:
    """非关联方: the other invoice keeps its 30% × 1,000,000."""
    found = answer(client, "GRANT", claim(fees(related_party=True), fees(no="A-2")))
    assert amounts(found) == {"A-1": "0.00", "A-2": "300000.00"}
    assert reasons(found) == {"RELATED_PARTY"}


@pytest.mark.parametrize("missing", ["related_party", "base_amount"])
def test_what_a_fee_must_say(client: httpx.Client, missing: str) -> None:
    """A fact that decides is asked for, and never assumed."""
    assert refused(client, "GRANT", claim(fees() | {missing: None})) == [(f"/items/0/{missing}", "FACT_REQUIRED")]


@pytest.mark.parametrize(
    ("on", "at", "eligible"),
    [
        ("2026-07-30", None, False),
        ("2026-07-31", None, True),
        ("2026-08-31", "2026-08-31T17:30:00+08:00", True),
        ("2026-08-31", "2026-08-31T17:30:01+08:00", False),
        ("2026-09-01", None, False),
    ],
)
def test_window_of_the_application(client: httpx.Client, on: str, at: str | None, eligible: bool) -> None:
    """From 2026-07-31 to 2026-08-31 at 17:30 (D46)."""
    found = answer(client, "GRANT", claim(fees(), on=on) | ({"application_at": at} if at else {}))
    assert (found["status"], found["amount"]) == (("ELIGIBLE", "300000.00") if eligible else ("NOT_ELIGIBLE", "0.00"))
    assert ("OUTSIDE_APPLICATION_WINDOW" in reasons(found)) == (not eligible)


def test_what_a_second_hand_reading_leaves_open(client: httpx.Client) -> None:
    """补贴期内认定费用: the period was not seen, so every day's fees count; the answer says so."""
    found = answer(client, "GRANT", claim(fees(occurred_on="2020-01-01")))
    assert found["amount"] == "300000.00"
    assert warnings(found) == {"TABLE_AUTHORITY"}
    assert "补贴期内认定费用" in {one["clause"] for one in found["not_decided_here"]}


@pytest.mark.parametrize(("on", "status"), [("2026-07-29", 404), ("2026-07-30", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is dated 2026-07-30, a day before applications open."""
    response = post(client, "GRANT", claim(fees(), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
    else:
        assert response.json()["status"] == "NOT_ELIGIBLE"
