"""The measures of 2021 on loan interest: 10,000,000 yuan for an enterprise and year, after all the table's own limits."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import Bureau, loan
from tests.spec.claims import Body, answer, applicant, binding, grant, item
from tests.spec.small_tables import amounts, caps, points

CLAUSE = "贷款贴息：分年度贴息，单个企业每年贴息额最高不超过1000万元"
YEAR_2020 = {"from": "2020-01-01", "until": "2021-01-01"}


@pytest.fixture(scope="module")
def bureau() -> Bureau:
    """A table of the Beijing fund of 2023: 2% of the balance, at most 6,000,000 for a contract."""
    limit = "caps: [{per: [CONTRACT], period: LIFETIME, limit: 600万}]"
    return Bureau(points("2%", more=limit), fund="bj-gjj", year=2023)


def contract(amount: str, no: str = "L-1") -> Body:
    """A loan of this amount from 2020 on."""
    return loan(no, drawn=[("2020-01-01", amount)], signed_on="2019-12-01", matures_on="2026-01-01")


def claim(*contracts: Body, on: str = "2023-06-30", granted: list[Body] | None = None) -> Body:
    """A claim for the interest of the year 2020; a major project may have several directions."""
    who = applicant(granted=granted or [], major_project_or_key_unit=True)
    return {"application_date": on, "claim_period": YEAR_2020, "applicant": who, "contracts": list(contracts)}


@pytest.mark.parametrize(
    ("second", "expected", "binds", "working"),
    [
        ("199999999.50", "9999999.99", [], "6,000,000 + 3,999,999.99"),
        ("200000000.00", "10000000.00", [], "6,000,000 + 4,000,000 = the limit"),
        ("200000000.50", "10000000.00", ["ENTERPRISE_YEAR"], "6,000,000 + 4,000,000.01 > 10,000,000"),
    ],
)
def test_limit_of_the_enterprise_and_year(bureau: Bureau, second: str, expected: str, binds: list[str], working: str) -> None:
    """贷款贴息：分年度贴息，单个企业每年贴息额最高不超过1000万元: 300,000,000 × 2% and so much of a second loan."""
    found = bureau.answer(claim(contract("300000000.00"), contract(second, "L-2")))
    assert found["amount"] == expected, working
    assert binding(found) == binds
    assert caps(found, "scope", "clause")[-1] == ("ENTERPRISE_YEAR", CLAUSE)


def test_it_comes_after_the_limits_of_the_table(bureau: Bureau) -> None:
    """Measures come last (D42): 20,000,000 -> 6,000,000 and 4,000,000 are 10,000,000.

    Were the measures first, 24,000,000 -> 10,000,000 in proportion, 8,333,333.33 -> 6,000,000 and 1,666,666.67.
    """
    found = bureau.answer(claim(contract("1000000000.00"), contract("200000000.00", "L-2")))
    assert amounts(found) == {"L-1": "6000000.00", "L-2": "4000000.00"}
    assert caps(found, "scope", "binding") == [
        ("CONTRACT_LIFETIME", True),
        ("CONTRACT_LIFETIME", False),
        ("ENTERPRISE_YEAR", False),
    ]


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        (grant("bj-gjj-2023-2-2", "2023-05-01", "3999999.99"), "6000000.00", "10,000,000 − 3,999,999.99 = 6,000,000.01 left"),
        (grant("bj-gjj-2023-2-2", "2023-05-01", "4000000.00"), "6000000.00", "6,000,000.00 left"),
        (grant("bj-gjj-2023-2-2", "2023-05-01", "4000000.01"), "5999999.99", "5,999,999.99 left"),
        (grant("bj-gjj-2023-0-1", "2023-05-01", "4000000.01", contract_no="EARLIER"), "5999999.99", "the same table's"),
        (grant("bj-gjj-2023-9-9", "2023-05-01", "4000000.01"), "5999999.99", "a table of the fund that is not known: not less is left"),
        (grant("bj-gjj-2023-1-1", "2023-05-01", "10000000.00"), "6000000.00", "an award is no loan interest"),
        (grant("bj-gjj-2022-0-9", "2023-05-01", "10000000.00"), "6000000.00", "of the year 2022"),
        (grant("bj-gjj-2024-0-9", "2023-05-01", "10000000.00"), "6000000.00", "of the year 2024"),
        (grant("bj-sme-2023-0-1", "2023-05-01", "10000000.00"), "6000000.00", "of another fund"),
    ],
)
def test_grants_of_other_tables_of_the_fund_take_room(bureau: Bureau, granted: Body, expected: str, working: str) -> None:
    """单个企业每年: over all loan-interest tables of the fund and year. The new claim is 300,000,000 × 2%."""
    assert bureau.answer(claim(contract("300000000.00"), granted=[granted]))["amount"] == expected, working


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
    found = bureau.answer(claim(contract("300000000.00"), contract("300000000.00", "L-2"), on=on))
    assert found["amount"] == expected, working
    assert ("bj-gjj-measures-2021-loan" in found["provenance"]["rate_table"]["overlays"]) == (expected == "10000000.00")


def test_other_methods_have_no_such_limit(client: httpx.Client) -> None:
    """贷款贴息 alone: an award of 5% × 400,000,000 in 2022 is paid in full."""
    one = item("400000000.00", category="NEW_GENERATION_IT", vat="0.00", occurred_on="2022-05-01")
    body = {"rate_table": "bj-gjj-2022-0-12", "application_date": "2022-07-01", "applicant": applicant(), "items": [one]}
    assert answer(client, "AWARD", body)["amount"] == "20000000.00"


def test_a_published_table_has_its_own_limit_first(client: httpx.Client) -> None:
    """2023 second batch, direction 2: its 10,000,000 of the year, then those of the measures, each with its clause."""
    measures: dict[str, Any] = {"key_industry": True, "fai_2022": "5000000.00", "fai_2023_q1_q3": "0.00"}
    one = loan(loan_type="FIXED_ASSET", drawn=[("2022-11-01", "600000000.00")], signed_on="2022-03-01", matures_on="2027-11-01")
    body = {
        "rate_table": "bj-gjj-2023-2-2",
        "application_date": "2023-11-20",
        "claim_period": {"from": "2022-11-01", "until": "2023-11-01"},
        "applicant": applicant(measures=measures),
        "contracts": [one],
    }
    found = answer(client, "LOAN_INTEREST", body)
    # 600,000,000 × 2% = 12,000,000
    assert caps(found, "before", "after", "clause") == [
        ("12000000.00", "10000000.00", "单个企业年度贴息金额不超过1000万元（详见附件2）"),
        ("10000000.00", "10000000.00", CLAUSE),
    ]
