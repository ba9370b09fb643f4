"""Corrected loan tables: for each condition that version 1 did not ask for, what it refuses, and what it leaves open."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import USCC, loan
from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, applicant, reasons
from tests.spec.small_tables import voucher


def subsidy(client: httpx.Client, body: Body) -> tuple[str, set[str]]:
    """The total that a claim earns, and the codes of what stands in its way."""
    found = answer(client, "LOAN_INTEREST", body)
    return found["amount"], reasons(found)


def open_points(client: httpx.Client, body: Body) -> str:
    """All that an answer leaves open, in one text."""
    return " ".join(one["message"] for one in answer(client, "LOAN_INTEREST", body)["not_decided_here"])


# --- cn-sme-2026-0-1 -----------------------------------------------------------------------------------


def sme(on: str = "2026-05-10", *, signed_on: str = "2025-11-20", private: bool = True, **measures: Any) -> Body:
    """A loan of 24,000,000 yuan for a year at 1.5 points: 360,000."""
    said = {"other_central_subsidy": False, "listed_field": True} | measures
    one = loan(
        loan_type="FIXED_ASSET", signed_on=signed_on, drawn=[(on, "24000000.00")], matures_on="2033-05-10", measures=said
    )
    until = str(int(on[:4]) + 1) + on[4:]
    who = {"uscc": USCC, "measures": {"private_sme": private}}
    body = {"rate_table": "cn-sme-2026-0-1", "application_date": "2028-06-30", "applicant": who, "contracts": [one]}
    return body | {"claim_period": {"from": on, "until": until}}


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        ("2025-12-31", "0.00"),
        ("2026-01-01", "360000.00"),
        ("2026-01-02", "360000.00"),
        ("2026-12-30", "360000.00"),
        ("2026-12-31", "360000.00"),
        ("2027-01-01", "0.00"),
    ],
)
def test_sme_loans_paid_out_in_2026(client: httpx.Client, drawn: str, expected: str) -> None:
    """2026年1月1日起发放的贷款，暂定1年: the first drawdown decides, and not the signing, here of 2025."""
    amount, why = subsidy(client, sme(drawn))
    assert amount == expected
    assert ("OUTSIDE_WINDOW" in why) == (expected == "0.00")


@pytest.mark.parametrize(
    ("body", "expected", "why"),
    [
        (sme(), "360000.00", set()),
        (sme(private=False), "0.00", {"NOT_PRIVATE_SME"}),
        (sme(listed_field=False), "0.00", {"FIELD_NOT_LISTED", "NO_EARNING_ITEM"}),
    ],
    ids=["both", "not a private SME", "another field"],
)
def test_sme_loans_are_for_private_firms_in_listed_fields(client: httpx.Client, body: Body, expected: str, why: set[str]) -> None:
    amount, found = subsidy(client, body)
    assert amount == expected
    assert why <= found
    assert bool(why) == bool(found)


def test_sme_what_is_asked_for_must_be_told(client: httpx.Client) -> None:
    body = sme()
    del body["contracts"][0]["measures"]["listed_field"]
    del body["applicant"]["measures"]
    assert {pointer for pointer, _ in refused(client, "LOAN_INTEREST", body)} == {
        "/applicant/measures/private_sme",
        "/contracts/0/measures/listed_field",
    }


def test_sme_open_points(client: httpx.Client) -> None:
    said = open_points(client, sme())
    assert "暂定1年，到期后是否延长未见规定" in said
    assert "所列领域的清单未见" in said


# --- bj-sme-2025-0-1 -----------------------------------------------------------------------------------


def first_loan(*, drawn: str = "2025-03-10", centre: bool = True, first: bool = True, beijing: bool = True, **who: Any) -> Body:
    """A first loan with 150,000 of interest paid: 20% of it is 30,000."""
    one = loan(
        signed_on=drawn,
        drawn=[(drawn, "5000000.00")],
        matures_on="2030-03-10",
        rate={"kind": "FIXED", "annual_rate": "0.06"},
        measures={"first_loan": first, "through_service_centre": centre},
        interest_paid=[voucher(drawn, drawn[:5] + "09-10", "150000.00")],
    )
    asked = {"micro_small_medium": True, "on_dishonesty_list": False} | who
    by = applicant(registered_in_beijing=beijing, measures=asked)
    return {"rate_table": "bj-sme-2025-0-1", "application_date": "2025-12-31", "applicant": by, "contracts": [one]}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (first_loan(), None),
        (first_loan(beijing=False), "NOT_REGISTERED_IN_BEIJING"),
        (first_loan(micro_small_medium=False), "NOT_MICRO_SMALL_MEDIUM"),
        (first_loan(on_dishonesty_list=True), "ON_DISHONESTY_LIST"),
        (first_loan(centre=False), "NOT_THROUGH_SERVICE_CENTRE"),
        (first_loan(first=False), "NOT_FIRST_LOAN"),
    ],
    ids=["all met", "registered elsewhere", "large", "on the list", "not through the centre", "not the first"],
)
def test_first_loan_requirements(client: httpx.Client, body: Body, why: str | None) -> None:
    """Each of them alone refuses; a firm of another place had 20% of its interest under version 1."""
    amount, found = subsidy(client, body)
    assert (amount, why in found if why else not found) == ("0.00" if why else "30000.00", True)


def test_first_loan_of_another_place_was_eligible_under_version_1(client: httpx.Client) -> None:
    """A loan of 2019, of a firm outside Beijing: version 1 still answers so, version 2 refuses the firm and says what of the date is open."""
    body = first_loan(drawn="2019-03-10", beijing=False)
    old = {**body, "version": 1, "applicant": applicant(registered_in_beijing=False)}
    old["contracts"] = [{**body["contracts"][0], "measures": {"first_loan": True}}]
    assert subsidy(client, old) == ("30000.00", set())
    assert subsidy(client, body)[0] == "0.00"
    assert "首次贷款须在何时签订或放款" in open_points(client, body)


@pytest.mark.parametrize("missing", ["micro_small_medium", "on_dishonesty_list"])
def test_first_loan_facts_must_be_told(client: httpx.Client, missing: str) -> None:
    body = first_loan()
    del body["applicant"]["measures"][missing]
    assert refused(client, "LOAN_INTEREST", body) == [(f"/applicant/measures/{missing}", "FACT_REQUIRED")]


# --- bj-equip-2024-0-1 ---------------------------------------------------------------------------------


def equipment(signed_on: str = "2024-05-10", *, purpose: bool = True) -> Body:
    """A year of 10,000,000 yuan at min(2.5%, 3.6%): 250,000."""
    one = loan(
        loan_type="FIXED_ASSET",
        signed_on=signed_on,
        drawn=[(signed_on, "10000000.00")],
        matures_on="2030-05-10",
        measures={"equipment_renewal": purpose},
    )
    period = {"from": signed_on, "until": str(int(signed_on[:4]) + 1) + signed_on[4:]}
    return {"rate_table": "bj-equip-2024-0-1", "application_date": "2026-06-30", "contracts": [one], "claim_period": period}


@pytest.mark.parametrize(("purpose", "expected"), [(True, "250000.00"), (False, "0.00")])
def test_equipment_loans_alone(client: httpx.Client, purpose: bool, expected: str) -> None:
    """设备购置与更新改造贷款: a loan for anything else earns nothing."""
    amount, why = subsidy(client, equipment(purpose=purpose))
    assert amount == expected
    assert ("NOT_FOR_EQUIPMENT" in why) is not purpose


@pytest.mark.parametrize("signed_on", ["2023-11-30", "2023-12-01", "2024-12-31", "2025-01-01"])
def test_equipment_period_is_open_and_not_that_of_signing(client: httpx.Client, signed_on: str) -> None:
    """The period seen is that of purchases, in another report: it is told with its source and tests nothing."""
    body = equipment(signed_on)
    assert subsidy(client, body)[0] == "250000.00"
    said = open_points(client, body)
    assert "据另一报道，支持2023年12月1日至2024年12月31日" in said
    assert "42个领域" in said


# --- cn-consumer-2025-0-1 ------------------------------------------------------------------------------


def consumer(amount: str = "60000.00", consumed_on: str = "2025-10-01", *, key_field: bool = True, **facts: bool) -> Body:
    """One purchase, paid out on 2025-09-01 and owed for the twelve months of the scheme: 1% of at most 50,000."""
    asked = {"consumed_on": consumed_on, "key_field": key_field}
    drawn = {"drawdown_no": "1", "on": "2025-09-01", "amount": amount, "measures": asked}
    measures = {"credit_card": False, "listed_lender": True} | facts
    one = loan(loan_type="CONSUMER", signed_on="2025-08-01", matures_on="2028-08-01", measures=measures) | {"drawdowns": [drawn]}
    return {"rate_table": "cn-consumer-2025-0-1", "application_date": "2026-12-31", "applicant": {}, "contracts": [one]}


@pytest.mark.parametrize(
    ("amount", "key_field", "expected"),
    [
        ("49999.00", True, "499.99"),
        ("49999.00", False, "499.99"),
        ("50000.00", True, "500.00"),
        ("50000.00", False, "0.00"),
        ("50001.00", True, "500.00"),
        ("50001.00", False, "0.00"),
    ],
)
def test_large_purchases_in_listed_fields_alone(client: httpx.Client, amount: str, key_field: bool, expected: str) -> None:
    """单笔5万元（含）以上的消费，限于所列重点领域: below 50,000 the field does not matter."""
    found, why = subsidy(client, consumer(amount, key_field=key_field))
    assert found == expected
    assert ("NOT_KEY_FIELD" in why) == (expected == "0.00")


@pytest.mark.parametrize(
    ("facts", "why"),
    [({"credit_card": True}, "CREDIT_CARD"), ({"listed_lender": False}, "LENDER_NOT_LISTED")],
)
def test_no_credit_cards_and_only_listed_lenders(client: httpx.Client, facts: dict[str, bool], why: str) -> None:
    amount, found = subsidy(client, consumer(**facts))
    assert amount == "0.00"
    assert why in found


@pytest.mark.parametrize(
    ("consumed_on", "expected"),
    [
        ("2025-08-31", "0.00"),
        ("2025-09-01", "500.00"),
        ("2025-09-02", "500.00"),
        ("2026-08-30", "500.00"),
        ("2026-08-31", "500.00"),
        ("2026-09-01", "0.00"),
    ],
)
def test_what_is_bought_within_the_scheme(client: httpx.Client, consumed_on: str, expected: str) -> None:
    """2025年9月1日至2026年8月31日期间实际用于消费: the purchase, beside the days of interest."""
    amount, why = subsidy(client, consumer(consumed_on=consumed_on))
    assert amount == expected
    assert ("CONSUMED_OUTSIDE_PERIOD" in why) == (expected == "0.00")


# --- bj-gjj-2023-2-2 -----------------------------------------------------------------------------------


def test_what_of_a_medium_or_long_term_loan_is_open(client: httpx.Client) -> None:
    """中长期, the bank's place and foreign currency are named; the amount is that of version 1."""
    facts = {"key_industry": True, "fai_2022": "5000000.00"}
    one = loan(loan_type="FIXED_ASSET", drawn=[("2022-11-01", "1000000.00")], signed_on="2022-11-01", matures_on="2027-11-01")
    body = {"rate_table": "bj-gjj-2023-2-2", "application_date": "2023-11-20", "applicant": applicant(measures=facts), "contracts": [one]}
    body |= {"claim_period": {"from": "2022-11-01", "until": "2023-11-01"}}
    assert subsidy(client, body)[0] == subsidy(client, body | {"version": 1})[0] == "20000.00"
    said = open_points(client, body)
    for words in ("多长期限为中长期贷款", "是否须为在京银行", "外币贷款是否纳入"):
        assert words in said
