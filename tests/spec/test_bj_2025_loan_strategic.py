"""Strategic projects as an unsigned article has them (bj-gjj-2025-2-strategic-loan): the LPR, for three years, 50,000,000 a year."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import loan
from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, applicant, grant, post, reasons, warnings
from tests.spec.small_tables import amounts, caps, segments

TABLE = "bj-gjj-2025-2-strategic-loan"
YEAR = {"from": "2025-07-10", "until": "2026-07-10"}


def contract(amount: str = "12000000.00", no: str = "L-1", measures: Body | None = None, **more: Any) -> Body:
    """A loan at 4% of a strategic project, drawn on 2025-07-10, when LPR_1Y was 3.00% and LPR_5Y 3.50%, as they still are."""
    usual = {
        "loan_type": "FIXED_ASSET",
        "signed_on": "2025-07-01",
        "matures_on": "2035-07-10",
        "drawn": [("2025-07-10", amount)],
        "rate": {"kind": "FIXED", "annual_rate": "0.04"},
        "measures": {"strategic_project": True, "project_code": "P-1", "lpr_term": "ONE_YEAR"} | (measures or {}),
    }
    return loan(no, **(usual | more))


def claim(*contracts: Body, on: str = "2026-08-15", who: Body | None = None, **more: Any) -> Body:
    """A claim for the first year of these loans."""
    body = {"rate_table": TABLE, "application_date": on, "applicant": applicant(**(who or {})), "contracts": list(contracts)}
    return body | {"claim_period": YEAR} | more


@pytest.mark.parametrize(
    ("term", "annual_rate", "expected", "working"),
    [
        ("ONE_YEAR", "0.04", "360000.00", "12,000,000 × 3.00%: 172,000 of 2025 and 188,000 of 2026"),
        ("FIVE_YEARS", "0.04", "419999.99", "12,000,000 × 3.50%: × 172/360 of 2025 and × 188/360 of 2026, each down (D47)"),
        ("ONE_YEAR", "0.02", "243333.33", "the interest: 12,000,000 × 2% × 365/360 = 243,333.33…"),
    ],
)
def test_the_whole_lpr(client: httpx.Client, term: str, annual_rate: str, expected: str, working: str) -> None:
    """LPR利率全额贴息, of the term that an officer names; never more than the interest (D30)."""
    one = contract(measures={"lpr_term": term}, rate={"kind": "FIXED", "annual_rate": annual_rate})
    found = answer(client, "LOAN_INTEREST", claim(one))
    assert (found["amount"], found["amount_kind"]) == (expected, "MAXIMUM"), working


def test_the_lpr_of_each_day(client: httpx.Client) -> None:
    """On 2025-05-20 LPR_1Y fell from 3.10% to 3.00%: 12,000,000 × 3.10% × 30/360 + 12,000,000 × 3.00% × 30/360 = 61,000."""
    one = contract(signed_on="2025-04-01", drawn=[("2025-04-20", "12000000.00")])
    found = answer(client, "LOAN_INTEREST", claim(one, claim_period={"from": "2025-04-20", "until": "2025-06-20"}))
    assert segments(found, "from", "subsidised_rate", "amount") == [
        ("2025-04-20", "0.031", "1033.33"),  # a new value on 2025-04-21, the same as before
        ("2025-04-21", "0.031", "29966.67"),
        ("2025-05-20", "0.03", "30000.00"),
    ]
    assert found["amount"] == "61000.00"


@pytest.mark.parametrize(
    ("first", "until", "expected", "working"),
    [
        ("2025-07-09", "2025-07-10", "0.00", "the day before the first drawdown"),
        ("2025-07-10", "2025-07-11", "1000.00", "12,000,000 × 3.00% × 1/360"),
        ("2026-07-09", "2026-07-10", "1000.00", "the last day of the first year"),
        ("2026-07-10", "2026-07-11", "1000.00", "the first day of the second"),
    ],
)
def test_days_of_the_term(client: httpx.Client, first: str, until: str, expected: str, working: str) -> None:
    """贴息期限延长至3年: from the first drawdown on."""
    found = answer(client, "LOAN_INTEREST", claim(contract(), claim_period={"from": first, "until": until}))
    assert found["amount"] == expected, working


@pytest.mark.parametrize(
    ("first", "until", "expected", "working"),
    [
        ("2025-07-19", "2025-07-20", "1000.00", "the last day of three years from 2022-07-20"),
        ("2025-07-20", "2025-07-21", "0.00", "the first day after them"),
    ],
)
def test_the_end_of_three_years(client: httpx.Client, first: str, until: str, expected: str, working: str) -> None:
    """3年: 36 months from 2022-07-20; 12,000,000 × 3.00% × 1/360 a day."""
    one = contract(signed_on="2022-07-01", drawn=[("2022-07-20", "12000000.00")])
    found = answer(client, "LOAN_INTEREST", claim(one, claim_period={"from": first, "until": until}))
    assert found["amount"] == expected, working
    assert ("NO_DAY_COUNTS" in reasons(found)) == (expected == "0.00")


@pytest.mark.parametrize(
    ("drawn", "expected", "binds", "working"),
    [
        ("3999999999.00", "49999999.98", False, "3,999,999,999 × 3.00% × 150/360 = 49,999,999.9875, down"),
        ("4000000000.00", "50000000.00", False, "4,000,000,000 × 3.00% × 150/360 = the limit"),
        ("4000000001.00", "50000000.00", True, "50,000,000.0125, down to 50,000,000.01, > 50,000,000"),
    ],
)
def test_the_limit_of_a_project_and_year(client: httpx.Client, drawn: str, expected: str, binds: bool, working: str) -> None:
    """单个项目年度贴息上限5000万元: five months of one year."""
    found = answer(client, "LOAN_INTEREST", claim(contract(drawn), claim_period={"from": "2026-01-10", "until": "2026-06-10"}))
    assert found["amount"] == expected, working
    assert caps(found, "scope", "binding") == [("PROJECT_CODE_ACCRUAL_YEAR", binds)]


def test_each_calendar_year_has_its_own_limit(client: httpx.Client) -> None:
    """4,200,000,000 × 3.00% × 150/360 = 52,500,000 from 2025-08-01 to the end of the year -> 50,000,000; the same from January on."""
    one = contract("4200000000.00", drawn=[("2025-08-01", "4200000000.00")])
    found = answer(client, "LOAN_INTEREST", claim(one, claim_period={"from": "2025-08-01", "until": "2026-06-01"}))
    assert found["amount"] == "100000000.00"
    assert caps(found, "limit", "binding") == [("50000000.00", True)] * 2


def test_loans_of_one_project_share_its_limit(client: httpx.Client) -> None:
    """单个项目: 30,000,000 + 30,000,000 -> 50,000,000; of two projects both are paid: 2,400,000,000 × 3.00% × 150/360 each."""
    half = {"from": "2026-01-10", "until": "2026-06-10"}
    together = claim(contract("2400000000.00"), contract("2400000000.00", "L-2"), claim_period=half)
    assert amounts(answer(client, "LOAN_INTEREST", together)) == {"L-1": "25000000.00", "L-2": "25000000.00"}
    apart = claim(contract("2400000000.00"), contract("2400000000.00", "L-2", {"project_code": "P-2"}), claim_period=half)
    assert answer(client, "LOAN_INTEREST", apart)["amount"] == "60000000.00"


@pytest.mark.parametrize(
    ("year", "granted", "expected", "working"),
    [
        (2026, "49999000.00", "1000.00", "1,000.00 left of 2026"),
        (2026, "49999000.01", "999.99", "999.99 left of 2026"),
        (2025, "50000000.00", "1000.00", "2025 has its own limit"),
    ],
)
def test_room_that_earlier_grants_leave(client: httpx.Client, year: int, granted: str, expected: str, working: str) -> None:
    """年度贴息上限: one day of 2026 earns 1,000."""
    who = {"granted": [grant(TABLE, "2026-02-01", granted, project_code="P-1") | {"accrual_year": year}]}
    found = answer(client, "LOAN_INTEREST", claim(contract(), who=who, claim_period={"from": "2026-07-09", "until": "2026-07-10"}))
    assert found["amount"] == expected, working


def test_other_projects_earn_nothing(client: httpx.Client) -> None:
    """战略性项目: which one is, an officer decides."""
    found = answer(client, "LOAN_INTEREST", claim(contract(measures={"strategic_project": False})))
    assert (found["amount"], reasons(found)) == ("0.00", {"NOT_STRATEGIC_PROJECT", "NO_EARNING_ITEM"})


@pytest.mark.parametrize("missing", ["strategic_project", "lpr_term"])
def test_what_a_loan_must_say(client: httpx.Client, missing: str) -> None:
    """The term of the LPR was not stated: it is asked for, and never assumed."""
    one = contract()
    del one["measures"][missing]
    assert refused(client, "LOAN_INTEREST", claim(one)) == [(f"/contracts/0/measures/{missing}", "FACT_REQUIRED")]


def test_a_day_without_an_lpr_is_an_error(client: httpx.Client) -> None:
    """The last published value holds until 2026-09-20; the day after is never calculated with it (D18)."""
    for until, status in (("2026-09-21", 200), ("2026-09-22", 422)):
        response = post(client, "LOAN_INTEREST", claim(contract(), on="2026-11-30", claim_period={"from": "2026-09-20", "until": until}))
        assert response.status_code == status


def test_an_unsigned_article_is_said_to_be_one(client: httpx.Client) -> None:
    """Each answer warns; which LPR of which day, and from when three years run, is left open."""
    found = answer(client, "LOAN_INTEREST", claim(contract()))
    assert {"TABLE_AUTHORITY", "DAY_COUNT_ASSUMED"} <= warnings(found)
    assert {"LPR利率全额贴息", "战略性项目贴息期限延长至3年", "单个项目年度贴息上限5000万元"} <= {one["clause"] for one in found["not_decided_here"]}


@pytest.mark.parametrize(("on", "status"), [("2025-06-20", 404), ("2025-06-21", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The article is dated 2025-06-21."""
    one = contract(signed_on="2025-06-01", drawn=[("2025-06-10", "12000000.00")])
    response = post(client, "LOAN_INTEREST", claim(one, on=on, claim_period={"from": "2025-06-10", "until": "2025-06-11"}))
    assert response.status_code == status
    assert response.json()["amount"] == "1000.00" if status == 200 else response.json()["code"] == "NO_VERSION_IN_FORCE"
