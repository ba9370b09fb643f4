"""Loans to service businesses, 2026 (cn-service-2026-0-1): one point on 10,000,000 for a year, 100,000 at most."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import loan
from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, applicant, grant, post, reasons, warnings
from tests.spec.small_tables import amounts, caps

TABLE = "cn-service-2026-0-1"
MEASURES = {"other_central_subsidy": False, "local_subsidy_rate": "0"}


def contract(*drawn: tuple[str, str], no: str = "L-1", measures: Body | None = None, **more: Any) -> Body:
    """A loan at 3%; 7,200,000 yuan where nothing else is said: 1% of it is 72,000 a year."""
    usual = {
        "signed_on": "2026-02-01",
        "matures_on": "2029-07-01",
        "drawn": list(drawn or (("2026-07-01", "7200000.00"),)),
        "rate": {"kind": "FIXED", "annual_rate": "0.03"},
        "measures": MEASURES | (measures or {}),
    }
    return loan(no, **(usual | more))


def claim(*contracts: Body, on: str = "2028-01-31", listed: bool | None = True, who: Body | None = None, **more: Any) -> Body:
    """A claim of an enterprise in a listed service."""
    measures = {} if listed is None else {"listed_service": listed}
    body = {"rate_table": TABLE, "application_date": on, "applicant": applicant(measures=measures, **(who or {}))}
    return body | {"contracts": list(contracts)} | more


def subsidy(client: httpx.Client, body: Body) -> str:
    """The total that a claim earns."""
    return str(answer(client, "LOAN_INTEREST", body)["amount"])


@pytest.mark.parametrize(
    ("drawn", "expected", "working"),
    [
        ("0.49", "0.00", "1% × 0.49 = 0.0049, half up"),
        ("0.50", "0.01", "1% × 0.50 = 0.005, half up"),
        ("9999999.00", "99999.99", "1% × 9,999,999"),
        ("10000000.00", "100000.00", "1% × 10,000,000"),
        ("10000000.01", "100000.00", "1% × 10,000,000: the fen above does not count"),
        ("50000000.00", "100000.00", "1% × 10,000,000"),
    ],
)
def test_one_point_within_the_principal_that_counts(client: httpx.Client, drawn: str, expected: str, working: str) -> None:
    """年贴息比例1个百分点; 2026年新发放贷款规模最高可达1000万元: twelve months."""
    found = answer(client, "LOAN_INTEREST", claim(contract(("2026-07-01", drawn))))
    assert (found["amount"], found["amount_kind"]) == (expected, "EXACT"), working


@pytest.mark.parametrize(
    ("annual_rate", "local", "expected", "working"),
    [
        ("0.03", "0.01999999", "72000.00", "3% − 1.999999% > 1%"),
        ("0.03", "0.02", "72000.00", "3% − 2% = 1%"),
        ("0.03", "0.0201", "71280.00", "3% − 2.01% = 0.99%"),
        ("0.03", "0.03", "0.00", "nothing is left"),
        ("0.03", "0.04", "0.00", "less than nothing is nothing"),
        ("0.008", "0", "57600.00", "the rate itself is 0.8%"),
    ],
)
def test_what_local_subsidy_leaves(client: httpx.Client, annual_rate: str, local: str, expected: str, working: str) -> None:
    """此次贴息不得超出扣除已有贴息后的实际利率水平."""
    one = contract(measures={"local_subsidy_rate": local}, rate={"kind": "FIXED", "annual_rate": annual_rate})
    found = answer(client, "LOAN_INTEREST", claim(one))
    assert found["amount"] == expected, working
    assert ("ZERO_RATE" in reasons(found)) == (expected == "0.00")


def test_loans_of_an_enterprise_share_the_principal(client: httpx.Client) -> None:
    """单户: of one day, the first contract takes its room first (D25); 6,000,000 × 1% × 6/12 and 4,000,000 × 1% × 6/12."""
    body = claim(contract(("2026-07-01", "6000000.00")), contract(("2026-07-01", "6000000.00"), no="L-2"), claim_period={"from": "2027-01-01", "until": "2027-07-01"})
    assert amounts(answer(client, "LOAN_INTEREST", body)) == {"L-1": "30000.00", "L-2": "20000.00"}


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        ("27999.99", "72000.00", "a fen more is left than the claim"),
        ("28000.00", "72000.00", "as much is left"),
        ("28000.01", "71999.99", "a fen less is left"),
    ],
)
def test_the_most_that_an_enterprise_has(client: httpx.Client, granted: str, expected: str, working: str) -> None:
    """单户最高贴息10万元, over the whole time."""
    found = answer(client, "LOAN_INTEREST", claim(contract(), who={"granted": [grant(TABLE, "2026-12-20", granted)]}))
    assert found["amount"] == expected, working
    assert ("ENTERPRISE_LIFETIME", "100000.00") in caps(found, "scope", "limit")


@pytest.mark.parametrize(
    ("first", "until", "expected", "working"),
    [
        ("2026-07-01", "2026-07-02", "200.00", "the first day"),
        ("2027-06-30", "2027-07-01", "200.00", "the last day of one year"),
        ("2027-07-01", "2027-07-02", "0.00", "the first day after it"),
    ],
)
def test_the_term_of_one_year(client: httpx.Client, first: str, until: str, expected: str, working: str) -> None:
    """贴息期限不超过1年, from the first drawdown."""
    found = answer(client, "LOAN_INTEREST", claim(contract(), claim_period={"from": first, "until": until}))
    assert found["amount"] == expected, working
    assert ("NO_DAY_COUNTS" in reasons(found)) == (expected == "0.00")


@pytest.mark.parametrize(
    ("drawn_on", "expected", "working"),
    [
        ("2025-12-31", "0.00", "a day early"),
        ("2026-01-01", "200.00", "the first day counts"),
        ("2026-12-31", "200.00", "the last day counts"),
        ("2027-01-01", "0.00", "a day late"),
    ],
)
def test_the_days_of_drawdowns(client: httpx.Client, drawn_on: str, expected: str, working: str) -> None:
    """2026年新发放贷款: 7,200,000 × 1% × 1/360 = 200 on a day within the year of each."""
    day = {"from": "2026-12-10", "until": "2026-12-11"} if drawn_on < "2026-12-01" else {"from": "2027-01-10", "until": "2027-01-11"}
    found = answer(client, "LOAN_INTEREST", claim(contract((drawn_on, "7200000.00"), signed_on="2025-12-01"), claim_period=day))
    assert found["amount"] == expected, working
    assert ("DRAWN_OUTSIDE_PERIOD" in reasons(found)) == (expected == "0.00")


def test_an_early_drawdown_does_not_spoil_a_later_one(client: httpx.Client) -> None:
    """Each drawdown is tested by its own day: 3,600,000 × 1% × 1/360 = 100 of the one of 2026."""
    one = contract(("2025-12-31", "3600000.00"), ("2026-01-01", "3600000.00"), signed_on="2025-12-01")
    found = answer(client, "LOAN_INTEREST", claim(one, claim_period={"from": "2026-01-10", "until": "2026-01-11"}))
    assert (found["amount"], reasons(found)) == ("100.00", {"DRAWN_OUTSIDE_PERIOD"})


def test_the_same_loan_has_no_other_central_subsidy(client: httpx.Client) -> None:
    """同一笔贷款不得重复享受中央财政其他贴息政策; the other loan keeps its year."""
    body = claim(contract(measures={"other_central_subsidy": True}), contract(no="L-2"))
    found = answer(client, "LOAN_INTEREST", body)
    assert (amounts(found), reasons(found)) == ({"L-1": "0.00", "L-2": "72000.00"}, {"OTHER_CENTRAL_SUBSIDY"})


def test_other_services_are_refused(client: httpx.Client) -> None:
    """8类消费领域…将数字、绿色、零售3类消费领域纳入."""
    found = answer(client, "LOAN_INTEREST", claim(contract(), listed=False))
    assert (found["status"], reasons(found)) == ("NOT_ELIGIBLE", {"SERVICE_NOT_LISTED"})


def test_what_a_claim_must_say(client: httpx.Client) -> None:
    """Facts that decide are asked for, each at its place."""
    assert refused(client, "LOAN_INTEREST", claim(contract(), listed=None)) == [("/applicant/measures/listed_service", "FACT_REQUIRED")]
    for missing in MEASURES:
        one = contract()
        del one["measures"][missing]
        assert refused(client, "LOAN_INTEREST", claim(one)) == [(f"/contracts/0/measures/{missing}", "FACT_REQUIRED")]


def test_who_pays_and_what_is_left_open(client: httpx.Client) -> None:
    """90% and the rest: of 72,000.05, 64,800.04 (down from 64,800.045) and 7,200.01. From when the year runs is said to be open."""
    found = answer(client, "LOAN_INTEREST", claim(contract(("2026-07-01", "7200005.00"))))
    assert [(one["amount"], one["source"]) for one in found["payout"]] == [("64800.04", "CENTRAL"), ("7200.01", "PROVINCE")]
    assert {"TABLE_AUTHORITY", "DAY_COUNT_ASSUMED"} <= warnings(found)
    assert "贴息期限不超过1年" in {one["clause"] for one in found["not_decided_here"]}


@pytest.mark.parametrize(("on", "status"), [("2026-01-19", 404), ("2026-01-20", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is dated 2026-01-20."""
    one = contract(("2026-01-02", "7200000.00"), signed_on="2026-01-02")
    response = post(client, "LOAN_INTEREST", claim(one, on=on, claim_period={"from": "2026-01-02", "until": "2026-01-03"}))
    assert response.status_code == status
    assert response.json()["amount"] == "200.00" if status == 200 else response.json()["code"] == "NO_VERSION_IN_FORCE"
