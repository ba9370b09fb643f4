"""Award for steady growth, first quarter of 2023 (bj-gjj-2023-1-stable-growth): a ladder in two measures."""

from __future__ import annotations

import httpx
import pytest

from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, item, post, reasons

TABLE = "bj-gjj-2023-1-stable-growth"


def claim(net_increase: str, growth: str, on: str = "2023-04-10") -> Body:
    """A claim for one quarter."""
    return {**AS_FIRST_PUBLISHED, "rate_table": TABLE, "application_date": on, "items": [item(measures={"net_increase": net_increase, "growth": growth})]}


@pytest.mark.parametrize(
    ("net_increase", "growth", "expected", "working"),
    [
        ("199999999.99", "0.15", "0.00", "one fen below 2亿"),
        ("200000000.00", "0.1499", "0.00", "2亿, growth below 15%"),
        ("200000000.00", "0.15", "2000000.00", "2亿（含）, 15%（含）"),
        ("200000000.01", "0.1501", "2000000.00", "above both edges"),
        ("999999999.99", "0.14999999", "0.00", "one fen below 10亿 still asks for 15%"),
        ("999999999.99", "0.15", "2000000.00", "one fen below 10亿"),
        ("1000000000.00", "0.0999", "0.00", "10亿, growth below 10%"),
        ("1000000000.00", "0.10", "4000000.00", "10亿（含）, 10%（含）"),
        ("1000000000.00", "0.15", "4000000.00", "10亿 is the second rung, whatever the growth"),
        ("1000000000.01", "0.1001", "4000000.00", "above both edges"),
        ("1999999999.99", "0.09999999", "0.00", "one fen below 20亿, growth below 10%"),
        ("1999999999.99", "0.10", "4000000.00", "one fen below 20亿"),
        ("2000000000.00", "0.0999", "0.00", "20亿, growth below 10%"),
        ("2000000000.00", "0.10", "6000000.00", "20亿（含）, 10%（含）"),
        ("2000000000.01", "0.1001", "6000000.00", "above both edges"),
        ("9000000000.00", "2.50", "6000000.00", "the last rung has no end"),
    ],
)
def test_the_ladder(client: httpx.Client, net_increase: str, growth: str, expected: str, working: str) -> None:
    """产值净增量2亿元（含）-10亿元，增速15%（含）以上，最高200万元；10亿元（含）-20亿元，10%（含）以上，400万元；20亿元（含）以上，10%（含）以上，600万元."""
    found = answer(client, "AWARD", claim(net_increase, growth))
    assert found["amount"] == expected, working
    assert reasons(found) == ({"NO_LINE_APPLIES", "NO_EARNING_ITEM"} if expected == "0.00" else set())


def test_the_figures_are_maxima(client: httpx.Client) -> None:
    """最高奖励200万元: a ceiling and not an entitlement."""
    assert answer(client, "AWARD", claim("200000000.00", "0.15"))["amount_kind"] == "MAXIMUM"


def test_what_is_left_to_the_department_is_said(client: httpx.Client) -> None:
    """规模以上工业企业（大类代码06-46）；在京关联企业产值不出现非正常波动."""
    found = answer(client, "AWARD", claim("200000000.00", "0.15"))
    assert "规模以上工业企业；在京关联企业产值不出现非正常波动" in {one["clause"] for one in found["not_decided_here"]}


@pytest.mark.parametrize("missing", ["net_increase", "growth"])
def test_both_measures_are_needed(client: httpx.Client, missing: str) -> None:
    """产值净增量…且产值增速: neither is taken for zero."""
    body = claim("200000000.00", "0.15")
    del body["items"][0]["measures"][missing]
    response = post(client, "AWARD", body)
    assert response.status_code == 422
    assert {(one["pointer"], one["code"]) for one in response.json()["errors"]} == {(f"/items/0/measures/{missing}", "FACT_REQUIRED")}


@pytest.mark.parametrize(("on", "status"), [("2023-01-31", 404), ("2023-02-01", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The guide is of 2023-02; the day was not seen, so the month's first day."""
    response = post(client, "AWARD", claim("200000000.00", "0.15", on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
