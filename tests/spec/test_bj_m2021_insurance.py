"""The measures of 2021 on insurance: three years, and 10,000,000 yuan for an enterprise and year, after the table's own limits."""

from __future__ import annotations

import httpx
import pytest

from tests.bureau import Bureau, policy
from tests.spec.bodies import launch
from tests.spec.claims import Body, answer, applicant, binding, grant, reasons
from tests.spec.small_tables import amounts, caps, insurance

CLAUSE = "保险补贴：分年度安排，最高不超过3年，单个企业年度补贴金额不超过1000万元"


@pytest.fixture(scope="module")
def bureau() -> Bureau:
    """A table of the Beijing fund of 2024: 50% of the premium, at most 6,000,000 for a unit."""
    return Bureau(insurance("50%", more="caps: [{per: [UNIT], limit: 600万}]"), "INSURANCE", fund="bj-gjj", year=2024)


def insured(premium: str, no: str = "P-1", first: str = "2020-06-01", until: str = "2021-06-01", **more: str) -> Body:
    """A policy of its own unit, paid before it began."""
    return policy(no, premium, **({"period_from": first, "period_until": until, "paid_on": "2020-01-02"} | more))


def claim(*policies: Body, on: str = "2024-06-30", granted: list[Body] | None = None) -> Body:
    """A claim for these policies; a major project may have several directions."""
    who = applicant(granted=granted or [], major_project_or_key_unit=True)
    return {"application_date": on, "applicant": who, "policies": list(policies)}


@pytest.mark.parametrize(
    ("second", "expected", "binds", "working"),
    [
        ("7999999.98", "9999999.99", [], "6,000,000 + 3,999,999.99"),
        ("8000000.00", "10000000.00", [], "6,000,000 + 4,000,000 = the limit"),
        ("8000000.02", "10000000.00", ["ENTERPRISE_YEAR"], "6,000,000 + 4,000,000.01 > 10,000,000"),
    ],
)
def test_limit_of_the_enterprise_and_year(bureau: Bureau, second: str, expected: str, binds: list[str], working: str) -> None:
    """单个企业年度补贴金额不超过1000万元: 50% × 12,000,000 and so much of a second policy."""
    found = bureau.answer(claim(insured("12000000.00"), insured(second, "P-2")))
    assert found["amount"] == expected, working
    assert binding(found) == binds
    assert caps(found, "scope", "clause")[-1] == ("ENTERPRISE_YEAR", CLAUSE)


def test_it_comes_after_the_limits_of_the_table(bureau: Bureau) -> None:
    """Measures come last (D42): 20,000,000 -> 6,000,000 and 4,000,000 are 10,000,000, and nothing more is cut.

    Were the measures first, 24,000,000 -> 10,000,000 in proportion, 8,333,333.33 -> 6,000,000 and 1,666,666.67.
    """
    found = bureau.answer(claim(insured("40000000.00"), insured("8000000.00", "P-2")))
    assert amounts(found) == {"P-1": "6000000.00", "P-2": "4000000.00"}
    assert caps(found, "scope", "binding") == [("UNIT", True), ("UNIT", False), ("ENTERPRISE_YEAR", False)]


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        (grant("bj-gjj-2024-1-1", "2024-03-01", "3999999.99"), "6000000.00", "10,000,000 − 3,999,999.99 = 6,000,000.01 left"),
        (grant("bj-gjj-2024-1-1", "2024-03-01", "4000000.00"), "6000000.00", "6,000,000.00 left"),
        (grant("bj-gjj-2024-1-1", "2024-03-01", "4000000.01"), "5999999.99", "5,999,999.99 left"),
        (grant("bj-gjj-2024-0-1", "2024-03-01", "4000000.01", unit_id="EARLIER"), "5999999.99", "the same table's"),
        (grant("bj-gjj-2024-1-2", "2024-03-01", "10000000.00"), "6000000.00", "an award is no insurance subsidy"),
        (grant("bj-gjj-2025-1-11", "2024-03-01", "10000000.00"), "6000000.00", "of the year 2025"),
        (grant("cn-firstset-2019-0-1", "2024-03-01", "10000000.00"), "6000000.00", "of another fund"),
    ],
)
def test_grants_of_other_tables_of_the_fund_take_room(bureau: Bureau, granted: Body, expected: str, working: str) -> None:
    """单个企业年度: over all insurance tables of the fund and year. The new claim is 50% × 12,000,000."""
    assert bureau.answer(claim(insured("12000000.00"), granted=[granted]))["amount"] == expected, working


@pytest.mark.parametrize(
    ("first", "until", "premium", "expected", "working"),
    [
        ("2023-02-28", "2024-02-29", "3660000.00", "1830000.00", "ends a day before the three years: 50% × 3,660,000"),
        ("2023-03-01", "2024-03-01", "3660000.00", "1830000.00", "ends with the three years"),
        ("2023-03-02", "2024-03-02", "3660000.00", "1825000.00", "365 of 366 days: 50% × 3,660,000 × 365/366"),
        ("2023-09-01", "2024-09-01", "3660000.00", "910000.00", "182 of 366 days: 50% × 3,660,000 × 182/366"),
        ("2024-02-29", "2025-03-01", "3660000.00", "5000.00", "the last day of the three years: 50% × 3,660,000 × 1/366"),
        ("2024-03-01", "2025-03-01", "3650000.00", "0.00", "the three years are over"),
    ],
)
def test_three_years(bureau: Bureau, first: str, until: str, premium: str, expected: str, working: str) -> None:
    """保险补贴：分年度安排，最高不超过3年: first insured on 2021-03-01, so [2021-03-01, 2024-03-01) (D59)."""
    found = bureau.answer(claim(insured(premium, first=first, until=until, first_insured_on="2021-03-01")))
    assert found["amount"] == expected, working
    assert reasons(found) == ({"BEYOND_TERM", "NO_EARNING_ITEM"} if expected == "0.00" else set())


@pytest.mark.parametrize(
    ("on", "expected", "working"),
    [
        ("2021-09-23", "12000000.00", "signed, not yet in force"),
        ("2021-09-24", "10000000.00", "the first day in force"),
        ("2024-12-30", "10000000.00", "the last day"),
        ("2024-12-31", "12000000.00", "replaced by the measures of 2024, of which no figure was seen"),
    ],
)
def test_the_days_of_the_measures(bureau: Bureau, on: str, expected: str, working: str) -> None:
    """京经信发〔2021〕84号 is in force from 2021-09-24; those of 2024-12-31 replace it. 6,000,000 + 6,000,000."""
    found = bureau.answer(claim(insured("12000000.00"), insured("12000000.00", "P-2"), on=on))
    assert found["amount"] == expected, working
    assert ("bj-gjj-measures-2021-insurance" in found["provenance"]["rate_table"]["overlays"]) == (expected == "10000000.00")


@pytest.mark.parametrize(("on", "expected"), [("2024-12-30", "910000.00"), ("2024-12-31", "1830000.00")])
def test_the_three_years_end_with_the_measures(bureau: Bureau, on: str, expected: str) -> None:
    """最高不超过3年: 182 of 366 days on the last day of the measures, all of the premium afterwards."""
    one = insured("3660000.00", first="2023-09-01", until="2024-09-01", first_insured_on="2021-03-01")
    assert bureau.answer(claim(one, on=on))["amount"] == expected


@pytest.mark.parametrize(
    ("on", "scopes"),
    [("2024-12-30", ["UNIT", "ENTERPRISE_BATCH", "ENTERPRISE_YEAR"]), ("2024-12-31", ["UNIT", "ENTERPRISE_BATCH"])],
)
def test_a_published_table_has_its_own_limits_first(client: httpx.Client, on: str, scopes: list[str]) -> None:
    """2024 first batch, direction 1: of the rocket, of the batch, then of the measures while they are in force."""
    policies = [launch("P-1", "12000000.00")]
    body = {"rate_table": "bj-gjj-2024-1-1", "application_date": on, "applicant": applicant(), "policies": policies}
    found = answer(client, "INSURANCE", body)
    assert [scope for (scope,) in caps(found, "scope")] == scopes
    assert found["amount"] == "5000000.00"
