"""A misspelling never changes an amount silently: what nothing reads is refused, or the answer says so."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import Bureau, policy
from tests.spec.bodies import launch, refused
from tests.spec.claims import Body, answer, applicant, grant, item, post, warnings
from tests.spec.small_tables import granted, insurance, voucher

TABLE = "bj-gjj-2023-1-1"
TOLD = {"contract_completed": True, "industrialise_in_beijing": True, "district_recommended": True}


def tape_out(*grants: Body, **more: Any) -> Body:
    """An MPW tape-out of 4,000,000: 50% is 2,000,000; the cap of the category is 3,000,000."""
    one = item("4000000.00", category="MPW", occurred_on="2023-02-01", measures=TOLD) | more
    return {"rate_table": TABLE, "application_date": "2023-04-10", "applicant": applicant(granted=list(grants)), "items": [one]}


def details(response: httpx.Response) -> list[str]:
    """What the faults of a refusal say."""
    return [one["detail"] for one in response.json()["errors"]]


# --- D41: earlier grants ------------------------------------------------------------------------------


def test_D41_a_grant_that_is_spelt_right_takes_room(client: httpx.Client) -> None:
    found = answer(client, "AWARD", tape_out(grant(TABLE, "2023-03-01", "2500000.00", category="MPW")))
    assert found["amount"] == "500000.00"  # 3,000,000 - 2,500,000
    assert "GRANT_NOT_MATCHED" not in warnings(found)


@pytest.mark.parametrize(
    ("keys", "key", "code", "right"),
    [
        ({"CATEGORY": "MPW"}, "CATEGORY", "UNKNOWN_KEY", "category"),
        ({"catgory": "MPW"}, "catgory", "UNKNOWN_KEY", "category"),
        ({"unit_id": "ROCKET-Y7"}, "unit_id", "UNKNOWN_KEY", "product_id"),
        ({"category": "MPWW"}, "category", "UNKNOWN_CATEGORY", "OTHER_FULL_MASK"),
        ({"category": "mpw"}, "category", "UNKNOWN_CATEGORY", "MPW"),
        ({"line": "MPWW"}, "line", "UNKNOWN_CATEGORY", "FRONTIER_FULL_MASK"),
    ],
)
def test_D41_a_key_that_no_account_has_is_refused(client: httpx.Client, keys: dict[str, str], key: str, code: str, right: str) -> None:
    """The grant would take no room in its category: 2,000,000.00 in place of 500,000.00."""
    response = post(client, "AWARD", tape_out(grant(TABLE, "2023-03-01", "2500000.00", **keys)))
    assert response.status_code == 422
    expected = [(f"/applicant/granted/0/keys/{key}", code)]
    if code == "UNKNOWN_KEY":  # then the key that the account has is missing, and comes in the same answer (D83)
        expected.append(("/applicant/granted/0/keys/category", "FACT_REQUIRED"))
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == expected
    assert right in details(response)[0]
    assert not any(value in response.text for value in keys.values() if value != "MPW"), "what was sent is not repeated"


@pytest.mark.parametrize("table", ["bj-gjj-2032-1-1", "bj-gjj-2024-2-7", "xx-none-2023-1-1"])
def test_D41_a_grant_under_a_table_that_is_not_loaded_is_said(client: httpx.Client, table: str) -> None:
    """A slip of the pen, a direction never seen, a fund that nobody knows: whether it takes room is left open."""
    found = answer(client, "AWARD", tape_out(grant(table, "2023-03-01", "2500000.00", category="MPW")))
    said = [(one["code"], one["pointer"]) for one in found["warnings"] if one["code"] == "GRANT_NOT_MATCHED"]
    assert said == [("GRANT_NOT_MATCHED", "/applicant/granted/0/rate_table")]
    assert any(table in one["message"] for one in found["not_decided_here"])


def test_D41_a_grant_of_another_fund_that_is_loaded_needs_no_word(client: httpx.Client) -> None:
    found = answer(client, "AWARD", tape_out(grant("bj-sme-2025-0-1", "2025-06-30", "1.00", anything="at all")))
    assert "GRANT_NOT_MATCHED" not in warnings(found)


def test_D41_a_table_of_the_pool_is_keyed_like_this_one() -> None:
    terms = (
        "facts: ITEMS\nwording: EXACT\nneeds: {dataset: {of: ITEM, type: CODE, values: {D1: 甲, D2: 乙}}}\n"
        "lines: [{id: ALL, base: base_amount, rate: 100%}]\ncaps: [{per: [dataset], period: LIFETIME, limit: 100, pool: [xx-spec-2024-0-1]}]"
    )
    bureau = Bureau(terms, "AWARD")
    sent = [{"item_id": "A", "base_amount": "500.00", "measures": {"dataset": "D1"}}]
    where = "/applicant/granted/0/keys"
    assert bureau.amount(applicant=granted("70.00", dataset="D1"), items=sent) == "30.00"
    assert bureau.amount(applicant=granted("70.00", "xx-spec-2024-0-1", dataset="D1"), items=sent) == "30.00"
    assert bureau.refusal(applicant=granted("70.00", dataset="D3"), items=sent) == [(f"{where}/dataset", "UNKNOWN_CATEGORY")]
    assert bureau.refusal(applicant=granted("70.00", "xx-spec-2024-0-1", datset="D1"), items=sent) == [(f"{where}/datset", "UNKNOWN_KEY")]


def test_D41_a_pinned_answer_knows_the_tables_of_its_time(client: httpx.Client) -> None:
    """bj-gjj-2023-2-1 was published on 2023-10-25; on 2023-10-24 nobody knew it."""
    body = tape_out(grant("bj-gjj-2023-2-1", "2023-10-25", "0.00"))
    assert "GRANT_NOT_MATCHED" not in warnings(answer(client, "AWARD", body))
    assert "GRANT_NOT_MATCHED" in warnings(answer(client, "AWARD", body | {"known_on": "2023-10-24"}))


# --- D29: statuses ------------------------------------------------------------------------------------


def first_loan(status: str) -> Body:
    """1,000 of interest paid on a first loan: 40% for an innovative enterprise, else 20%."""
    contract = {
        "contract_no": "L-1",
        "lender": "BANK",
        "loan_type": "WORKING_CAPITAL",
        "signed_on": "2025-03-01",
        "matures_on": "2026-03-01",
        "drawdowns": [{"drawdown_no": "1", "on": "2025-03-01", "amount": "1000000.00"}],
        "interest_paid": [voucher("2025-03-01", "2025-04-01", "1000.00")],
        "measures": {"first_loan": True, "through_service_centre": True},
    }
    told = {"micro_small_medium": True, "on_dishonesty_list": False}
    who = applicant(statuses=[{"status": status, "from": "2024-05-01"}], measures=told)
    return {"rate_table": "bj-sme-2025-0-1", "application_date": "2025-06-30", "applicant": who, "contracts": [contract]}


def test_D29_a_status_that_the_table_does_not_read_is_said(client: httpx.Client) -> None:
    right = answer(client, "LOAN_INTEREST", first_loan("INNOVATIVE_SME"))
    wrong = answer(client, "LOAN_INTEREST", first_loan("INNOVATIV_SME"))
    assert (right["amount"], wrong["amount"]) == ("400.00", "200.00")
    assert "STATUS_NOT_READ" not in warnings(right)
    said = [one for one in wrong["warnings"] if one["code"] == "STATUS_NOT_READ"]
    assert [one["pointer"] for one in said] == ["/applicant/statuses/0/status"]
    assert "INNOVATIVE_SME" in said[0]["message"]


def test_D29_a_table_that_reads_no_status_says_nothing_of_any(client: httpx.Client) -> None:
    body = tape_out()
    body["applicant"]["statuses"] = [{"status": "INNOVATIVE_SME", "from": "2024-05-01"}]
    assert "STATUS_NOT_READ" not in warnings(answer(client, "AWARD", body))


# --- built-in facts are no measures -------------------------------------------------------------------


@pytest.mark.parametrize("category", ["MPW", "OTHER_FULL_MASK"])
def test_a_category_among_the_measures_is_refused(client: httpx.Client, category: str) -> None:
    """Two places would be two categories: 50% or 30%."""
    response = post(client, "AWARD", tape_out(measures=TOLD | {"category": category}))
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [("/items/0/measures/category", "UNKNOWN_MEASURE")]
    assert "不放在 measures 中" in details(response)[0]
    assert "可用: contract_completed, district_recommended, industrialise_in_beijing" in details(response)[0]


def test_the_measures_that_are_listed_can_be_given(client: httpx.Client) -> None:
    response = post(client, "AWARD", tape_out(measures=TOLD | {"completed": True}))
    assert "category" not in details(response)[0]


# --- insurance types and kinds of units ---------------------------------------------------------------


@pytest.mark.parametrize(("field", "wrong", "right"), [("insurance_type", "CAR", "LAUNCH"), ("unit_kind", "X", "ROCKET")])
def test_a_table_that_names_no_types_warns_of_one_that_nobody_knows(client: httpx.Client, field: str, wrong: str, right: str) -> None:
    """2025-1-11 pays for 相关保费 and names no types."""
    body = {"rate_table": "bj-gjj-2025-1-11", "application_date": "2025-03-10", "policies": [launch("P-1", "6000000.00", **{field: wrong})]}
    found = answer(client, "INSURANCE", body)
    said = [one for one in found["warnings"] if one["code"] == "CODE_NOT_KNOWN"]
    assert [one["pointer"] for one in said] == [f"/policies/0/{field}"]
    assert right in said[0]["message"]
    body["policies"] = [launch("P-1", "6000000.00", **{field: right})]
    assert "CODE_NOT_KNOWN" not in warnings(answer(client, "INSURANCE", body))


@pytest.mark.parametrize(("field", "code"), [("insurance_type", "LAUNCH"), ("unit_kind", "ROCKET")])
def test_a_table_that_chooses_by_types_refuses_one_that_nobody_knows(field: str, code: str) -> None:
    terms = f"facts: POLICIES\nwording: EXACT\nlines: [{{id: A, when: '{field} in [{code}, OWN_CODE]', base: premium_paid, rate: 50%}}]"
    bureau = Bureau(terms, "INSURANCE")
    other = {"insurance_type": "PROPERTY", "unit_kind": "SATELLITE"}[field]
    assert bureau.amount(policies=[policy("P", "100.00", **{field: "OWN_CODE"})]) == "50.00"
    assert bureau.amount(policies=[policy("P", "100.00", **{field: other})]) == "0.00"  # known, and not in this line
    response = bureau.post({"policies": [policy("P", "100.00", **{field: "CAR"})]})
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [(f"/policies/0/{field}", "UNKNOWN_CATEGORY")]
    assert "OWN_CODE" in response.json()["errors"][0]["detail"]


def test_english_says_the_same() -> None:
    bureau = Bureau(insurance("50%"), "INSURANCE")
    answer = bureau.post({"policies": [policy("P", "100.00", insurance_type="CAR")]}, "en").json()
    assert [one["message"] for one in answer["warnings"] if one["code"] == "CODE_NOT_KNOWN"] == [
        "unknown insurance type; the table takes any, so it is calculated all the same; known are: "
        "LAUNCH, IN_ORBIT, THIRD_PARTY_LIABILITY, PROPERTY, FIRST_SET, QUALITY, LIABILITY, OTHER"
    ]


def test_refused_lists_each_fault(client: httpx.Client) -> None:
    """Two grants, two faults, each with its place; the second lacks the key that it should have (D83)."""
    grants = (grant(TABLE, "2023-03-01", "1.00", category="A"), grant(TABLE, "2023-03-02", "1.00", LINE="MPW"))
    expected = [("/applicant/granted/0/keys/category", "UNKNOWN_CATEGORY"), ("/applicant/granted/1/keys/LINE", "UNKNOWN_KEY")]
    expected.append(("/applicant/granted/1/keys/category", "FACT_REQUIRED"))
    assert refused(client, "AWARD", tape_out(*grants)) == expected
