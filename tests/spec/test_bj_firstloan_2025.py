"""First loans of small enterprises, 2025 (bj-sme-2025-0-1): a share of the interest paid that follows the status."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import loan
from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, applicant, binding, grant, post, reasons

TABLE = "bj-sme-2025-0-1"
DRAWN = "2025-03-10"
NEVER: list[Body] = []


def voucher(first: str, until: str, amount: str, **more: str) -> Body:
    """A voucher of the bank."""
    return {"from": first, "until": until, "amount": amount} | more


SEPTEMBER = voucher("2025-09-01", "2025-09-21", "20000.00")  # 20 days of 1,000 yuan each


def contract(*vouchers: Body, disbursed: str = "5000000.00", no: str = "L-1", **more: Any) -> Body:
    """A first loan, drawn on 2025-03-10, with these vouchers."""
    usual = {
        "signed_on": "2025-01-01",
        "drawn": [(DRAWN, disbursed)],
        "matures_on": "2027-03-10",
        "rate": {"kind": "FIXED", "annual_rate": "0.06"},
        "measures": {"first_loan": True},
        "interest_paid": list(vouchers or [SEPTEMBER]),
    }
    return loan(no, **(usual | more))


def claim(*contracts: Body, on: str = "2026-02-10", statuses: list[Body] | None = None, **more: Any) -> Body:
    """A claim for these loans."""
    who = applicant(statuses=statuses or [], **more)
    return {**AS_FIRST_PUBLISHED, "rate_table": TABLE, "application_date": on, "applicant": who, "contracts": list(contracts)}


def innovative(first: str, until: str | None = None) -> list[Body]:
    """Certified as an innovative small enterprise on ``first``; no longer on ``until``."""
    return [{"status": "INNOVATIVE_SME", "from": first, "until": until}]


def amount(client: httpx.Client, body: Body) -> str:
    """The total that a claim earns."""
    return str(answer(client, "LOAN_INTEREST", body)["amount"])


@pytest.mark.parametrize(
    ("statuses", "paid", "expected", "binds", "working"),
    [
        (NEVER, "249999.95", "49999.99", False, "20% × 249,999.95"),
        (NEVER, "250000.00", "50000.00", False, "20% × 250,000 = 1% × 5,000,000"),
        (NEVER, "250000.05", "50000.00", True, "20% × 250,000.05 = 50,000.01 > 50,000"),
        (innovative("2024-05-01"), "249999.97", "99999.99", False, "40% × 249,999.97 = 99,999.988, half up"),
        (innovative("2024-05-01"), "250000.00", "100000.00", False, "40% × 250,000 = 2% × 5,000,000"),
        (innovative("2024-05-01"), "250000.03", "100000.00", True, "40% × 250,000.03 = 100,000.012, half up, > 100,000"),
    ],
)
def test_share_and_cap(client: httpx.Client, statuses: list[Body], paid: str, expected: str, binds: bool, working: str) -> None:
    """利息的20%给予贴息，不高于实际放款额的1%；创新型中小企业40%，不高于2%."""
    body = claim(contract(voucher(DRAWN, "2026-01-10", paid)), statuses=statuses)
    found = answer(client, "LOAN_INTEREST", body)
    assert found["amount"] == expected, working
    assert binding(found) == (["CONTRACT_LIFETIME"] if binds else [])
    assert found["amount_kind"] == "EXACT"


@pytest.mark.parametrize(
    ("paid", "expected", "working"),
    [("0.02", "0.00", "20% × 0.02 = 0.004"), ("0.03", "0.01", "20% × 0.03 = 0.006, half up")],
)
def test_an_exact_share_is_rounded_half_up(client: httpx.Client, paid: str, expected: str, working: str) -> None:
    """按…利息的20%给予贴息: exact."""
    assert amount(client, claim(contract(voucher(DRAWN, "2026-01-10", paid)))) == expected, working


@pytest.mark.parametrize(
    ("statuses", "expected", "working"),
    [
        (NEVER, "4000.00", "never certified: 20% × 20,000"),
        (innovative("2025-03-09"), "8000.00", "certified the day before the drawdown: 40% × 20,000"),
        (innovative("2025-03-10"), "8000.00", "certified on the day of the drawdown"),
        (innovative("2024-05-01", "2025-03-11"), "8000.00", "certified on the day of the drawdown, and not after it"),
        (innovative("2024-05-01", "2025-03-10"), "4000.00", "no longer certified on the day of the drawdown"),
    ],
)
def test_the_status_on_the_day_of_the_first_drawdown(client: httpx.Client, statuses: list[Body], expected: str, working: str) -> None:
    """对于首次放款时仍是认定的创新型中小企业，…利息的40%给予贴息."""
    assert amount(client, claim(contract(), statuses=statuses)) == expected, working


@pytest.mark.parametrize(
    ("certified", "disbursed", "expected", "working"),
    [
        ("2025-08-31", "5000000.00", "8000.00", "before the voucher: 40% × 20,000"),
        ("2025-09-01", "5000000.00", "8000.00", "on its first day: 40% × 20,000"),
        ("2025-09-10", "5000000.00", "6200.00", "20% × 9,000 + 40% × 11,000"),
        ("2025-09-11", "5000000.00", "6000.00", "20% × 10,000 + 40% × 10,000"),
        ("2025-09-12", "5000000.00", "5800.00", "20% × 11,000 + 40% × 9,000"),
        ("2025-09-20", "5000000.00", "4200.00", "on its last day: 20% × 19,000 + 40% × 1,000"),
        ("2025-09-21", "5000000.00", "4000.00", "the day after it: 20% × 20,000"),
        ("2025-09-20", "390000.00", "4200.00", "one day at 40%: the cap is 2% × 390,000 = 7,800"),
        ("2025-09-21", "390000.00", "3900.00", "no day at 40%: the cap is 1% × 390,000"),
        ("2025-09-01", "390000.00", "7800.00", "40% × 20,000 = 8,000 > 2% × 390,000"),
    ],
)
def test_certified_after_the_drawdown(client: httpx.Client, certified: str, disbursed: str, expected: str, working: str) -> None:
    """尚未认定期间…20%，认定为创新型中小企业后…40%给予贴息，贴息资金不高于实际放款额的2%. The day of certification has 40%."""
    assert amount(client, claim(contract(disbursed=disbursed), statuses=innovative(certified))) == expected, working


@pytest.mark.parametrize(
    ("drawn_on", "one", "expected", "working"),
    [
        ("2025-01-10", voucher("2025-12-21", "2026-01-10", "20000.00"), "4000.00", "[.., 2026-01-10): the last 20 days of the year"),
        ("2025-01-10", voucher("2025-12-22", "2026-01-11", "20000.00"), "3800.00", "19 of 20 days: 20% × 19,000"),
        ("2025-01-10", voucher("2026-01-09", "2026-01-29", "20000.00"), "200.00", "1 of 20 days: 20% × 1,000"),
        ("2025-01-10", voucher("2026-01-10", "2026-01-30", "20000.00"), "0.00", "the year is over"),
        ("2025-01-10", voucher("2025-01-10", "2025-01-30", "20000.00"), "4000.00", "the first 20 days"),
    ],
)
def test_the_term_of_a_year(client: httpx.Client, drawn_on: str, one: Body, expected: str, working: str) -> None:
    """自首笔放款起一年内…；贴息期限不超过1年."""
    found = answer(client, "LOAN_INTEREST", claim(contract(one, drawn=[(drawn_on, "5000000.00")])))
    assert found["amount"] == expected, working
    assert ("NO_DAY_COUNTS" in reasons(found)) == (expected == "0.00")


def test_a_later_drawdown_has_no_year_of_its_own(client: httpx.Client) -> None:
    """自首笔放款起一年内: of the second drawdown of 2025-12-01 only the days before 2026-01-10 count."""
    one = voucher("2026-01-01", "2026-01-19", "18000.00")
    two = contract(one, drawn=[("2025-01-10", "2500000.00"), ("2025-12-01", "2500000.00")])
    # 9 of 18 days of both: 9,000 × 20%
    assert amount(client, claim(two)) == "1800.00"


@pytest.mark.parametrize(
    ("reason", "until", "expected", "working"),
    [
        ("OVERDUE", "2025-09-02", "3800.00", "one day less: 20% × 19,000"),
        ("OVERDUE", "2025-09-11", "2000.00", "ten days less: 20% × 10,000"),
        ("EXTENSION", "2025-09-11", "2000.00", "ten days less: 20% × 10,000"),
        ("OTHER", "2025-09-11", "4000.00", "only overdue and extension are named"),
        ("OVERDUE", "2025-09-21", "0.00", "all twenty days"),
    ],
)
def test_overdue_and_extension_earn_nothing(client: httpx.Client, reason: str, until: str, expected: str, working: str) -> None:
    """逾期或展期期间支付的利息不予贴息."""
    period = {"from": "2025-09-01", "until": until, "reason": reason}
    assert amount(client, claim(contract(excluded_periods=[period]))) == expected, working


def test_penalty_interest_earns_nothing(client: httpx.Client) -> None:
    """逾期…利息不予贴息: 20% × (21,000 − 1,000)."""
    assert amount(client, claim(contract(voucher("2025-09-01", "2025-09-21", "21000.00", penalty="1000.00")))) == "4000.00"


OCTOBER = voucher("2025-09-21", "2025-10-11", "20000.00")


@pytest.mark.parametrize(
    ("paid_on", "expected", "working"),
    [
        ("2026-02-09", "8000.00", "20% × (20,000 + 20,000)"),
        ("2026-02-10", "8000.00", "paid on the day of application"),
        ("2026-02-11", "4000.00", "paid after it: 20% × 20,000"),
    ],
)
def test_pay_first(client: httpx.Client, paid_on: str, expected: str, working: str) -> None:
    """先付后贴: only what was paid by the day of application."""
    found = answer(client, "LOAN_INTEREST", claim(contract(SEPTEMBER, OCTOBER | {"paid_on": paid_on})))
    assert found["amount"] == expected, working
    assert ("VOUCHER_AFTER_APPLICATION" in reasons(found)) == (paid_on == "2026-02-11")


def test_days_without_a_voucher_earn_nothing(client: httpx.Client) -> None:
    """先付后贴: the twenty days of the voucher alone, of eleven months at 6%."""
    found = answer(client, "LOAN_INTEREST", claim(contract()))
    # 20% × 20,000
    assert (found["amount"], found["items"][0]["interest_basis"]) == ("4000.00", "PAID")
    assert {(one["from"], one["until"]) for one in found["items"][0]["segments"]} == {("2025-09-01", "2025-09-21")}


def test_each_contract_has_its_own_cap(client: httpx.Client) -> None:
    """不高于实际放款额的1%: min(4,000, 1% × 390,000) + min(4,000, 1% × 5,000,000)."""
    assert amount(client, claim(contract(disbursed="390000.00"), contract(no="L-2"))) == "7900.00"


@pytest.mark.parametrize(
    ("key", "granted", "expected", "working"),
    [
        ("L-1", "45999.99", "4000.00", "50,000 − 45,999.99 = 4,000.01 left"),
        ("L-1", "46000.00", "4000.00", "4,000.00 left"),
        ("L-1", "46000.01", "3999.99", "3,999.99 left"),
        ("L-2", "50000.00", "4000.00", "another loan"),
    ],
)
def test_room_that_earlier_quarters_leave(client: httpx.Client, key: str, granted: str, expected: str, working: str) -> None:
    """按季拨付: what was paid for the loan before counts under its cap."""
    body = claim(contract(), granted=[grant(TABLE, "2025-07-31", granted, contract_no=key)])
    assert amount(client, body) == expected, working


def test_another_loan_earns_nothing(client: httpx.Client) -> None:
    """首次贷款贴息."""
    found = answer(client, "LOAN_INTEREST", claim(contract(measures={"first_loan": False})))
    assert found["amount"] == "0.00"
    assert reasons(found) == {"NOT_FIRST_LOAN", "NO_EARNING_ITEM"}


def test_whether_it_is_the_first_loan_must_be_told(client: httpx.Client) -> None:
    """首次 is asked for, and never assumed."""
    response = post(client, "LOAN_INTEREST", claim(contract(measures={})))
    assert response.status_code == 422
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [("/contracts/0/measures/first_loan", "FACT_REQUIRED")]


@pytest.mark.parametrize(
    ("on", "status"),
    [("2025-02-18", 404), ("2025-02-19", 200), ("2026-02-18", 200), ("2026-02-19", 404)],
)
def test_the_days_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """In force from 2025-02-19 to 2026-02-18."""
    one = contract(voucher("2025-01-10", "2025-01-30", "20000.00"), drawn=[("2025-01-10", "5000000.00")])
    response = post(client, "LOAN_INTEREST", claim(one, on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
