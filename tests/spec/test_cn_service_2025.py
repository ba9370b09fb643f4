"""Loans to service businesses, 2025 (cn-service-2025-0-1): one point on 1,000,000 for a year, 10,000 at most."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import loan
from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, applicant, grant, post, reasons, warnings
from tests.spec.small_tables import amounts, caps

TABLE = "cn-service-2025-0-1"
MEASURES = {"other_central_subsidy": False, "local_subsidy_rate": "0"}


def contract(*drawn: tuple[str, str], no: str = "L-1", measures: Body | None = None, **more: Any) -> Body:
    """A loan at 3%; 720,000 yuan where nothing else is said: 1% of it is 7,200 a year."""
    usual = {
        "signed_on": "2025-06-01",
        "matures_on": "2028-07-01",
        "drawn": list(drawn or (("2025-07-01", "720000.00"),)),
        "rate": {"kind": "FIXED", "annual_rate": "0.03"},
        "measures": MEASURES | (measures or {}),
    }
    return loan(no, **(usual | more))


def claim(*contracts: Body, on: str = "2027-01-31", listed: bool | None = True, who: Body | None = None, **more: Any) -> Body:
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
        ("999999.00", "9999.99", "1% × 999,999"),
        ("1000000.00", "10000.00", "1% × 1,000,000"),
        ("1000000.01", "10000.00", "1% × 1,000,000: the fen above does not count"),
        ("5000000.00", "10000.00", "1% × 1,000,000"),
    ],
)
def test_one_point_within_the_principal_that_counts(client: httpx.Client, drawn: str, expected: str, working: str) -> None:
    """年贴息比例1个百分点; 单户享受贴息的贷款规模最高100万元: twelve months."""
    found = answer(client, "LOAN_INTEREST", claim(contract(("2025-07-01", drawn))))
    assert (found["amount"], found["amount_kind"]) == (expected, "EXACT"), working


@pytest.mark.parametrize(
    ("annual_rate", "local", "expected", "working"),
    [
        ("0.03", "0.01999999", "7200.00", "3% − 1.999999% > 1%"),
        ("0.03", "0.02", "7200.00", "3% − 2% = 1%"),
        ("0.03", "0.0201", "7128.00", "3% − 2.01% = 0.99%"),
        ("0.03", "0.03", "0.00", "nothing is left"),
        ("0.03", "0.04", "0.00", "less than nothing is nothing"),
        ("0.008", "0", "5760.00", "the rate itself is 0.8%"),
    ],
)
def test_what_local_subsidy_leaves(client: httpx.Client, annual_rate: str, local: str, expected: str, working: str) -> None:
    """此次贴息不得超出扣除已有贴息后的实际利率水平."""
    one = contract(measures={"local_subsidy_rate": local}, rate={"kind": "FIXED", "annual_rate": annual_rate})
    found = answer(client, "LOAN_INTEREST", claim(one))
    assert found["amount"] == expected, working
    assert ("ZERO_RATE" in reasons(found)) == (expected == "0.00")


def test_loans_of_an_enterprise_share_the_principal(client: httpx.Client) -> None:
    """单户: of one day, the first contract takes its room first (D25); 600,000 × 1% × 6/12 and 400,000 × 1% × 6/12."""
    body = claim(contract(("2025-07-01", "600000.00")), contract(("2025-07-01", "600000.00"), no="L-2"), claim_period={"from": "2026-01-01", "until": "2026-07-01"})
    assert amounts(answer(client, "LOAN_INTEREST", body)) == {"L-1": "3000.00", "L-2": "2000.00"}


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        ("2799.99", "7200.00", "a fen more is left than the claim"),
        ("2800.00", "7200.00", "as much is left"),
        ("2800.01", "7199.99", "a fen less is left"),
    ],
)
def test_the_most_that_an_enterprise_has(client: httpx.Client, granted: str, expected: str, working: str) -> None:
    """单户享受的最高贴息金额1万元, over the whole time."""
    found = answer(client, "LOAN_INTEREST", claim(contract(), who={"granted": [grant(TABLE, "2025-12-20", granted)]}))
    assert found["amount"] == expected, working
    assert ("ENTERPRISE_LIFETIME", "10000.00") in caps(found, "scope", "limit")


@pytest.mark.parametrize(
    ("first", "until", "expected", "working"),
    [
        ("2025-07-01", "2025-07-02", "20.00", "the first day"),
        ("2026-06-30", "2026-07-01", "20.00", "the last day of one year"),
        ("2026-07-01", "2026-07-02", "0.00", "the first day after it"),
    ],
)
def test_the_term_of_one_year(client: httpx.Client, first: str, until: str, expected: str, working: str) -> None:
    """贴息期限不超过1年, from the first drawdown."""
    found = answer(client, "LOAN_INTEREST", claim(contract(), claim_period={"from": first, "until": until}))
    assert found["amount"] == expected, working
    assert ("NO_DAY_COUNTS" in reasons(found)) == (expected == "0.00")


@pytest.mark.parametrize(
    ("signed_on", "drawn_on", "expected", "code"),
    [
        ("2025-03-15", "2025-07-01", "0.00", "OUTSIDE_WINDOW"),
        ("2025-03-16", "2025-07-01", "20.00", None),
        ("2025-03-16", "2025-03-16", "20.00", None),
        ("2025-12-31", "2025-12-31", "20.00", None),
        ("2025-12-30", "2026-01-01", "0.00", "DRAWN_OUTSIDE_PERIOD"),
    ],
)
def test_days_of_contract_and_drawdown(
    client: httpx.Client, signed_on: str, drawn_on: str, expected: str, code: str | None
) -> None:
    """2025年3月16日至2025年12月31日期间签订贷款合同且…发放: 720,000 × 1% × 1/360 = 20 on a day of January 2026."""
    body = claim(contract((drawn_on, "720000.00"), signed_on=signed_on), claim_period={"from": "2026-01-10", "until": "2026-01-11"})
    found = answer(client, "LOAN_INTEREST", body)
    assert found["amount"] == expected
    assert code is None or code in reasons(found)


def test_a_late_drawdown_does_not_spoil_an_early_one(client: httpx.Client) -> None:
    """Each drawdown is tested by its own day: 360,000 × 1% × 1/360 = 10 of the early one."""
    one = contract(("2025-12-31", "360000.00"), ("2026-01-01", "360000.00"))
    found = answer(client, "LOAN_INTEREST", claim(one, claim_period={"from": "2026-01-10", "until": "2026-01-11"}))
    assert (found["amount"], reasons(found)) == ("10.00", {"DRAWN_OUTSIDE_PERIOD"})


def test_the_same_loan_has_no_other_central_subsidy(client: httpx.Client) -> None:
    """同一笔贷款不得重复享受中央财政其他贴息政策; the other loan keeps its year."""
    body = claim(contract(measures={"other_central_subsidy": True}), contract(no="L-2"))
    found = answer(client, "LOAN_INTEREST", body)
    assert (amounts(found), reasons(found)) == ({"L-1": "0.00", "L-2": "7200.00"}, {"OTHER_CENTRAL_SUBSIDY"})


def test_other_services_are_refused(client: httpx.Client) -> None:
    """8类消费领域服务业经营主体."""
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
    """90% and the rest: of 7,200.05, 6,480.04 (down from 6,480.045) and 720.01. From when the year runs is said to be open."""
    found = answer(client, "LOAN_INTEREST", claim(contract(("2025-07-01", "720005.00"))))
    assert [(one["amount"], one["source"]) for one in found["payout"]] == [("6480.04", "CENTRAL"), ("720.01", "PROVINCE")]
    assert {"TABLE_AUTHORITY", "DAY_COUNT_ASSUMED"} <= warnings(found)
    assert "贴息期限不超过1年" in {one["clause"] for one in found["not_decided_here"]}


@pytest.mark.parametrize(("on", "status"), [("2025-08-11", 404), ("2025-08-12", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The plan is dated 2025-08-12."""
    one = contract(("2025-08-01", "720000.00"), signed_on="2025-08-01")
    response = post(client, "LOAN_INTEREST", claim(one, on=on, claim_period={"from": "2025-08-01", "until": "2025-08-02"}))
    assert response.status_code == status
    assert response.json()["amount"] == "20.00" if status == 200 else response.json()["code"] == "NO_VERSION_IN_FORCE"
