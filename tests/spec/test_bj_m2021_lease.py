"""The measures of 2021 on finance leases: three years, and 10,000,000 yuan a year. No lease table was published; one stands in."""

from __future__ import annotations

import pytest

from tests.bureau import Bureau, loan
from tests.spec.claims import Body, applicant, binding, grant, reasons
from tests.spec.small_tables import amounts, caps, points

CLAUSE = "融资租赁补贴：分年度安排，最高不超过3年，年度补贴金额不超过1000万元"
DRAWN = "2020-05-10"
FIRST_YEAR = {"from": "2020-05-10", "until": "2021-05-10"}


@pytest.fixture(scope="module")
def bureau() -> Bureau:
    """A lease table of the Beijing fund of 2023: 2% of the balance, at most 6,000,000 for a contract."""
    limit = "caps: [{per: [CONTRACT], period: LIFETIME, limit: 600万}]"
    return Bureau(points("2%", more=limit), "LEASE_INTEREST", fund="bj-gjj", year=2023)


def lease(amount: str, no: str = "L-1") -> Body:
    """A finance lease from 2020-05-10 on."""
    return loan(no, loan_type="FINANCE_LEASE", drawn=[(DRAWN, amount)], signed_on="2020-05-01", matures_on="2027-05-10")


def claim(*contracts: Body, on: str = "2023-06-30", granted: list[Body] | None = None, period: Body | None = None) -> Body:
    """A claim for the first year; a major project may have several directions."""
    who = applicant(granted=granted or [], major_project_or_key_unit=True)
    return {"application_date": on, "claim_period": period or FIRST_YEAR, "applicant": who, "contracts": list(contracts)}


@pytest.mark.parametrize(
    ("second", "expected", "binds", "working"),
    [
        ("199999999.50", "9999999.99", [], "6,000,000 + 3,999,999.99"),
        ("200000000.00", "10000000.00", [], "6,000,000 + 4,000,000 = the limit"),
        ("200000000.50", "10000000.00", ["ENTERPRISE_YEAR"], "6,000,000 + 4,000,000.01 > 10,000,000"),
    ],
)
def test_limit_of_the_year(bureau: Bureau, second: str, expected: str, binds: list[str], working: str) -> None:
    """年度补贴金额不超过1000万元: 300,000,000 × 2% and so much of a second lease."""
    found = bureau.answer(claim(lease("300000000.00"), lease(second, "L-2")))
    assert found["amount"] == expected, working
    assert binding(found) == binds
    assert caps(found, "scope", "clause")[-1] == ("ENTERPRISE_YEAR", CLAUSE)


def test_it_comes_after_the_limits_of_the_table(bureau: Bureau) -> None:
    """Measures come last (D42): 20,000,000 -> 6,000,000 and 4,000,000 are 10,000,000, and nothing more is cut."""
    found = bureau.answer(claim(lease("1000000000.00"), lease("200000000.00", "L-2")))
    assert amounts(found) == {"L-1": "6000000.00", "L-2": "4000000.00"}


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        (grant("bj-gjj-2023-0-1", "2023-05-01", "3999999.99", contract_no="EARLIER"), "6000000.00", "10,000,000 − 3,999,999.99 = 6,000,000.01 left"),
        (grant("bj-gjj-2023-0-1", "2023-05-01", "4000000.00", contract_no="EARLIER"), "6000000.00", "6,000,000.00 left"),
        (grant("bj-gjj-2023-0-1", "2023-05-01", "4000000.01", contract_no="EARLIER"), "5999999.99", "5,999,999.99 left"),
        (grant("bj-gjj-2023-9-9", "2023-05-01", "4000000.01"), "5999999.99", "a table of the fund that is not known: not less is left"),
        (grant("bj-gjj-2023-2-2", "2023-05-01", "10000000.00"), "6000000.00", "loan interest has a limit of its own"),
        (grant("bj-gjj-2022-0-9", "2023-05-01", "10000000.00"), "6000000.00", "of another year"),
    ],
)
def test_grants_of_other_lease_tables_take_room(bureau: Bureau, granted: Body, expected: str, working: str) -> None:
    """年度补贴金额: over all lease tables of the fund and year. The new claim is 300,000,000 × 2%."""
    assert bureau.answer(claim(lease("300000000.00"), granted=[granted]))["amount"] == expected, working


@pytest.mark.parametrize(
    ("first", "until", "expected", "working"),
    [
        ("2020-05-09", "2020-05-10", "0.00", "before the first drawdown"),
        ("2020-05-10", "2020-05-11", "1000.00", "the first day: 18,000,000 × 2% × 1/360"),
        ("2023-05-08", "2023-05-09", "1000.00", "the last day but one"),
        ("2023-05-09", "2023-05-10", "1000.00", "the last day of the three years"),
        ("2023-05-10", "2023-05-11", "0.00", "the three years are over"),
        ("2020-05-10", "2023-06-10", "1080000.00", "18,000,000 × 2% × 36/12"),
    ],
)
def test_three_years(bureau: Bureau, first: str, until: str, expected: str, working: str) -> None:
    """融资租赁补贴：分年度安排，最高不超过3年: [2020-05-10, 2023-05-10)."""
    found = bureau.answer(claim(lease("18000000.00"), period={"from": first, "until": until}))
    assert found["amount"] == expected, working
    assert reasons(found) == ({"NO_DAY_COUNTS", "NO_EARNING_ITEM"} if expected == "0.00" else set())


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
    found = bureau.answer(claim(lease("300000000.00"), lease("300000000.00", "L-2"), on=on))
    assert found["amount"] == expected, working
    assert ("bj-gjj-measures-2021-lease" in found["provenance"]["rate_table"]["overlays"]) == (expected == "10000000.00")


@pytest.mark.parametrize(("on", "expected"), [("2024-12-30", "1080000.00"), ("2024-12-31", "1440000.00")])
def test_the_three_years_end_with_the_measures(bureau: Bureau, on: str, expected: str) -> None:
    """最高不超过3年: 36 months on the last day of the measures, 48 months afterwards."""
    period = {"from": "2020-05-10", "until": "2024-05-10"}
    assert bureau.answer(claim(lease("18000000.00"), on=on, period=period))["amount"] == expected
