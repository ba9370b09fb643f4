"""First homes of households, 2026 (cn-home-2026-0-1): one point on 1,000,000 for five years."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import loan
from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, post, reasons, warnings
from tests.spec.small_tables import amounts

TABLE = "cn-home-2026-0-1"
MEASURES = {"first_home": True, "floor_area": "90.00", "home_price": "1200000.00"}


def contract(*drawn: tuple[str, str], no: str = "L-1", measures: Body | None = None, **more: Any) -> Body:
    """A loan at 3.2% for a first home; 720,000 yuan where nothing else is said: 1% of it is 7,200 a year, 20 a day."""
    usual = {
        "loan_type": "OTHER",
        "signed_on": "2026-09-30",
        "matures_on": "2056-10-10",
        "drawn": list(drawn or (("2026-10-10", "720000.00"),)),
        "rate": {"kind": "FIXED", "annual_rate": "0.032"},
        "measures": MEASURES | (measures or {}),
    }
    return loan(no, **(usual | more))


def claim(*contracts: Body, on: str = "2032-12-31", **more: Any) -> Body:
    """A claim of a household, which has no code of an enterprise."""
    return {"rate_table": TABLE, "application_date": on, "applicant": {}, "contracts": list(contracts)} | more


def days(first: str, until: str) -> Body:
    """The days that are claimed."""
    return {"claim_period": {"from": first, "until": until}}


YEAR = days("2026-10-10", "2027-10-10")


@pytest.mark.parametrize(
    ("drawn", "expected", "working"),
    [
        ("0.49", "0.00", "1% × 0.49 = 0.0049, half up"),
        ("0.50", "0.01", "1% × 0.50 = 0.005, half up"),
        ("999999.00", "9999.99", "1% × 999,999"),
        ("1000000.00", "10000.00", "1% × 1,000,000"),
        ("1000000.01", "10000.00", "the fen above 1,000,000 does not count"),
        ("1100000.00", "10000.00", "1% × 1,000,000"),
    ],
)
def test_one_point_on_1_million(client: httpx.Client, drawn: str, expected: str, working: str) -> None:
    """可按贷款本金获得年化1个百分点的贴息, 单户可享受贴息的贷款规模上限为100万元: one year."""
    found = answer(client, "LOAN_INTEREST", claim(contract(("2026-10-10", drawn)), **YEAR))
    assert (found["amount"], found["amount_kind"]) == (expected, "EXACT"), working


def test_loans_of_a_household_share_the_million(client: httpx.Client) -> None:
    """单户: 600,000 of the earlier loan, 400,000 of the other (D25); 1% × 6/12 of each."""
    body = claim(contract(("2026-10-10", "600000.00")), contract(("2026-10-11", "600000.00"), no="L-2"), **days("2027-01-11", "2027-07-11"))
    assert amounts(answer(client, "LOAN_INTEREST", body)) == {"L-1": "3000.00", "L-2": "2000.00"}


def test_what_is_repaid_earns_no_more(client: httpx.Client) -> None:
    """本金: 720,000 × 1% × 6/12 + 360,000 × 1% × 6/12."""
    one = contract(repaid=[("2027-04-10", "360000.00")])
    assert answer(client, "LOAN_INTEREST", claim(one, **YEAR))["amount"] == "5400.00"


@pytest.mark.parametrize(
    ("fact", "value", "code"),
    [
        ("floor_area", "119.99", None),
        ("floor_area", "120.00", None),
        ("floor_area", "120.01", "HOME_TOO_LARGE"),
        ("home_price", "1499999.99", None),
        ("home_price", "1500000.00", None),
        ("home_price", "1500000.01", "HOME_TOO_EXPENSIVE"),
        ("first_home", False, "NOT_FIRST_HOME"),
    ],
)
def test_which_homes(client: httpx.Client, fact: str, value: Any, code: str | None) -> None:
    """首套, 不超过120平方米, 不超过150万元: 720,000 × 1%."""
    found = answer(client, "LOAN_INTEREST", claim(contract(measures={fact: value}), **YEAR))
    assert found["amount"] == ("0.00" if code else "7200.00")
    assert reasons(found) == ({code, "NO_EARNING_ITEM"} if code else set())


@pytest.mark.parametrize("missing", sorted(MEASURES))
def test_what_a_loan_must_say(client: httpx.Client, missing: str) -> None:
    """A fact that decides is asked for."""
    one = contract()
    del one["measures"][missing]
    assert refused(client, "LOAN_INTEREST", claim(one)) == [(f"/contracts/0/measures/{missing}", "FACT_REQUIRED")]


@pytest.mark.parametrize(
    ("drawn_on", "expected", "working"),
    [
        ("2026-09-30", "0.00", "a day early"),
        ("2026-10-01", "20.00", "the first day counts"),
        ("2027-09-30", "20.00", "the last day of one year counts"),
        ("2027-10-01", "0.00", "a day late"),
    ],
)
def test_the_days_of_drawdowns(client: httpx.Client, drawn_on: str, expected: str, working: str) -> None:
    """自2026年10月1日起，政策期1年; one day earns 720,000 × 1% × 1/360."""
    found = answer(client, "LOAN_INTEREST", claim(contract((drawn_on, "720000.00")), **days("2027-11-10", "2027-11-11")))
    assert found["amount"] == expected, working
    assert ("DRAWN_OUTSIDE_PERIOD" in reasons(found)) == (expected == "0.00")


@pytest.mark.parametrize(
    ("first", "until", "expected", "working"),
    [
        ("2026-10-10", "2026-10-11", "20.00", "the first day"),
        ("2031-10-09", "2031-10-10", "20.00", "the last day of five years"),
        ("2031-10-10", "2031-10-11", "0.00", "the first day after them"),
        ("2026-10-01", "2032-12-31", "36000.00", "5 × 7,200"),
    ],
)
def test_the_term_of_five_years(client: httpx.Client, first: str, until: str, expected: str, working: str) -> None:
    """贴息期限最长5年, from the first drawdown."""
    found = answer(client, "LOAN_INTEREST", claim(contract(), **days(first, until)))
    assert found["amount"] == expected, working
    assert ("NO_DAY_COUNTS" in reasons(found)) == (expected == "0.00")


def test_never_more_than_the_interest(client: httpx.Client) -> None:
    """贴息 (D30): at 0.8% the interest of one year is 720,000 × 0.8% × 365/360 = 5,840.00."""
    one = contract(rate={"kind": "FIXED", "annual_rate": "0.008"})
    assert answer(client, "LOAN_INTEREST", claim(one, **YEAR))["amount"] == "5840.00"


def test_what_a_digest_leaves_open(client: httpx.Client) -> None:
    """Read through a digest of the news: what the day bounds, and from when five years run."""
    found = answer(client, "LOAN_INTEREST", claim(contract(), **YEAR))
    assert {"TABLE_AUTHORITY", "DAY_COUNT_ASSUMED"} <= warnings(found)
    assert {"贴息期限最长5年", "（整理）自2026年10月1日起，政策期1年"} <= {one["clause"] for one in found["not_decided_here"]}


@pytest.mark.parametrize(("on", "status"), [("2026-09-28", 404), ("2026-09-29", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is dated 2026-09-29; nothing was drawn under it before 2026-10-01."""
    response = post(client, "LOAN_INTEREST", claim(contract(("2026-10-10", "720000.00")), on=on, **days("2026-10-10", "2026-10-11")))
    assert response.status_code == status
    assert response.json()["amount"] == "20.00" if status == 200 else response.json()["code"] == "NO_VERSION_IN_FORCE"
