"""The settled decisions, each with its vector. The expected values were computed with exact fractions by hand."""

from __future__ import annotations

import pytest

from tests.bureau import USCC, Bureau, loan

ONE_PERCENT = """
facts: CONTRACTS
wording: EXACT
day_count: MONTHS_12
lines: [{id: ALL, base: balance, rate: 1%}]
"""


def test_D1_the_wrong_kind_of_facts_is_refused_and_the_right_one_named() -> None:
    bureau = Bureau(ONE_PERCENT)
    response = bureau.post({"items": [{"item_id": "A"}]})
    assert response.status_code == 422
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [
        ("/contracts", "WRONG_FACTS"),
        ("/items", "WRONG_FACTS"),
    ]
    assert "contracts" in response.text


def test_D1_the_endpoint_follows_the_support_method() -> None:
    bureau = Bureau(ONE_PERCENT)
    response = bureau.client.post(
        "/v1/awards/calculate",
        json={"rate_table": bureau.table, "application_date": "2026-06-30", "applicant": {"uscc": USCC}, "items": [{"item_id": "A"}]},
    )
    assert response.status_code == 422
    assert response.json()["errors"][0]["code"] == "WRONG_METHOD"
    assert "LOAN_INTEREST" in response.text


def test_D2_ids_are_unique_within_a_request() -> None:
    assert Bureau(ONE_PERCENT).refusal(contracts=[loan("A"), loan("A")]) == [("/contracts/1", "DUPLICATE_ID")]


@pytest.mark.parametrize(
    ("day_count", "expected", "working"),
    [
        ("MONTHS_12", "8000000.00", "400,000,000 × 2% × 360/360"),
        ("ACT_365", "8000000.00", "400,000,000 × 2% × 365/365"),
        ("ACT_360", "8111111.11", "400,000,000 × 2% × 365/360 passes the published 2%"),
    ],
)
def test_D6_one_year_under_each_day_count(day_count: str, expected: str, working: str) -> None:
    bureau = Bureau(f"facts: CONTRACTS\nwording: EXACT\nday_count: {day_count}\nlines: [{{id: ALL, base: balance, rate: 2%}}]")
    contract = loan(drawn=[("2022-10-01", "400000000.00")], signed_on="2022-09-01", matures_on="2023-10-01")
    assert bureau.amount(application_date="2023-11-20", contracts=[contract]) == expected, working


def test_D6_an_assumed_day_count_is_a_warning() -> None:
    bureau = Bureau(ONE_PERCENT.replace("MONTHS_12", "{is: MONTHS_12, assumed: 附件未见}"))
    codes = [one["code"] for one in bureau.answer({"contracts": [loan()]})["warnings"]]
    assert "DAY_COUNT_ASSUMED" in codes


@pytest.mark.parametrize(
    ("lookup", "expected"),
    [("SAME_DAY", "0.033"), ("DAY_BEFORE", "0.0355")],
)
def test_D14_D16_an_anniversary_reset_reads_the_series_on_its_day_or_the_day_before(lookup: str, expected: str) -> None:
    contract = loan(
        drawn=[("2023-10-21", "1000000.00")],
        signed_on="2023-10-01",
        matures_on="2025-10-21",
        rate={"kind": "FLOATING", "series": "LPR_1Y", "spread": "0.0020", "reset": "ANNIVERSARY", "lookup": lookup},
    )
    answer = Bureau(ONE_PERCENT).answer({"application_date": "2025-10-21", "contracts": [contract]})
    rate_of = {one["from"]: one["contract_rate"] for one in answer["items"][0]["segments"]}
    on_day = max(day for day in rate_of if day <= "2024-10-21")
    assert rate_of[on_day] == expected


def test_D18_a_day_after_the_last_value_holds_is_an_error_that_names_the_last_publication() -> None:
    def claim(day: str) -> dict[str, object]:
        contract = loan(
            drawn=[(day, "1000000.00")],
            signed_on=day,
            matures_on="2027-01-01",
            rate={"kind": "FLOATING", "series": "LPR_1Y", "reset": "ANNIVERSARY"},
        )
        return {"application_date": "2026-12-01", "contracts": [contract]}

    bureau = Bureau(ONE_PERCENT)
    assert bureau.post(claim("2026-09-20")).status_code == 200
    refused = bureau.post(claim("2026-09-21"))
    assert refused.status_code == 422
    assert refused.json()["code"] == "REFERENCE_RATE_NOT_COVERED"
    assert "2026-08-20" in refused.text


@pytest.mark.parametrize(("wording", "expected"), [("EXACT", "19166.67"), ("CEILING", "19166.66")])
def test_D20_repayments_reduce_the_earliest_drawdown_first(wording: str, expected: str) -> None:
    bureau = Bureau(
        "facts: CONTRACTS\n"
        f"wording: {wording}\nday_count: MONTHS_12\n"
        "term: {months: '12', from: EACH_DRAWDOWN}\n"
        "lines: [{id: ALL, base: balance, rate: 1%}]"
    )
    contract = loan(
        drawn=[("2024-03-10", "1000000.00"), ("2024-09-10", "1000000.00")],
        repaid=[("2025-01-10", "500000.00")],
        matures_on="2026-03-01",
    )
    # 1,000,000 × 10/12 + 500,000 × 2/12 + 1,000,000 × 12/12, at 1% = 57,500/3
    assert bureau.amount(contracts=[contract]) == expected


MIN_RATE = """
facts: CONTRACTS
wording: EXACT
day_count: MONTHS_12
windows: {interest: {first_day: '2025-06-01', last_day: '2026-05-31'}}
lines: [{id: ALL, base: balance, rate: 'min(1%, 50% * contract_rate)'}]
caps: [{bounds: BALANCE, per: [], limit: 100万}]
"""


def test_D24_D25_room_under_a_principal_cap_goes_to_the_earlier_drawdown() -> None:
    a = loan("A", drawn=[("2025-05-01", "800000.00")], matures_on="2027-01-01", rate={"kind": "FIXED", "annual_rate": "0.016"})
    b = loan("B", drawn=[("2025-06-01", "800000.00")], matures_on="2027-01-01", rate={"kind": "FIXED", "annual_rate": "0.04"})
    answer = Bureau(MIN_RATE).answer({"contracts": [b, a]})
    # A: 800,000 × 0.8%; B: the 200,000 that are left × 1%
    assert [(one["id"], one["amount"]) for one in answer["items"]] == [("A", "6400.00"), ("B", "2000.00")]
    assert answer["amount"] == "8400.00"


@pytest.mark.parametrize(("room", "expected"), [("DAILY", "10000.00"), ("CUMULATIVE", "5000.00")])
def test_D24_rolling_over_is_allowed_unless_the_table_says_cumulative(room: str, expected: str) -> None:
    bureau = Bureau(ONE_PERCENT + f"caps: [{{bounds: BALANCE, room: {room}, per: [], limit: 100万}}]")
    a = loan("A", drawn=[("2025-01-01", "1000000.00")], matures_on="2025-07-01")
    b = loan("B", drawn=[("2025-07-01", "1000000.00")], matures_on="2026-01-01")
    assert bureau.amount(contracts=[a, b]) == expected


def test_D28_a_voucher_is_shared_over_its_days_by_balance_times_rate() -> None:
    bureau = Bureau(
        "facts: CONTRACTS\nwording: EXACT\nday_count: MONTHS_12\n"
        "windows: {interest: {first_day: '2025-01-01', last_day: '2025-05-20'}}\n"
        "lines: [{id: ALL, base: interest, rate: 20%}]"
    )
    contract = loan(
        drawn=[("2025-03-21", "1000000.00")],
        repaid=[("2025-05-05", "400000.00")],
        interest_paid=[{"from": "2025-03-21", "until": "2025-06-21", "amount": "7320.00", "paid_on": "2025-06-21"}],
    )
    # (45 d × 1,000,000 + 16 d × 600,000) × 3.6%/360 = 5,460.00, times 20%
    answer = bureau.answer({"application_date": "2025-12-31", "contracts": [contract]})
    assert answer["amount"] == "1092.00"
    assert answer["items"][0]["interest_basis"] == "PAID"


def test_D30_the_subsidy_never_exceeds_the_interest_paid() -> None:
    bureau = Bureau(
        "facts: CONTRACTS\nwording: EXACT\nday_count: ACT_360\nlines: [{id: ALL, base: balance, rate: 'min(2.5%, contract_rate)'}]"
    )
    contract = loan(
        rate={"kind": "FIXED", "annual_rate": "0.024"},
        day_count="ACT_365",
        interest_paid=[{"from": "2025-01-01", "until": "2026-01-01", "amount": "24000.00", "paid_on": "2025-12-31"}],
    )
    answer = bureau.answer({"contracts": [contract]})
    assert (answer["items"][0]["amount_before_caps"], answer["amount"]) == ("24333.33", "24000.00")


DATASET = """
facts: ITEMS
wording: CEILING
needs:
  dataset_id: {of: ITEM, type: CODE, title: 数据集}
  events_before: {of: ITEM, type: COUNT, title: 此前次数}
lines: [{id: TRADES, bands: {of: events, after: events_before, pay: [{up_to: '1', amount: 100万}, {amount: 20万}]}}]
caps:
  - {per: [dataset_id], period: LIFETIME, limit: 200万}
  - {per: [], period: PROGRAM_YEAR, limit: 500万}
"""


def test_D41_earlier_grants_take_room_in_the_account_whose_keys_they_name() -> None:
    bureau = Bureau(DATASET, "AWARD")
    item = {"item_id": "A", "events": 4, "measures": {"dataset_id": "DS", "events_before": 3}}
    granted = [{"rate_table": bureau.table, "on": "2025-01-01", "amount": "1400000.00", "keys": {"dataset_id": "DS"}}]
    body = {"items": [item], "applicant": {"uscc": "91350100M000100Y43", "granted": granted}}
    answer = bureau.answer(body)
    assert answer["items"][0]["amount_before_caps"] == "800000.00"  # 4 resales × 200,000
    assert answer["amount"] == "600000.00"  # 2,000,000 - 1,400,000


def test_D44_the_higher_of_two_is_paid_as_a_difference() -> None:
    bureau = Bureau(
        "facts: ITEMS\nwording: EXACT\nstacking: {higher_of: {clause: 孰高兑付}}\n"
        "lines: [{id: ALL, base: base_amount, rate: 50%}]\ncaps: [{per: [], period: PROGRAM_YEAR, limit: 1000万}]",
        "AWARD",
    )
    granted = [{"rate_table": bureau.table, "on": "2025-03-01", "amount": "8000000.00"}]
    body = {"items": [{"item_id": "A", "base_amount": "20000000.00"}], "applicant": {"uscc": "91350100M000100Y43", "granted": granted}}
    assert bureau.answer(body)["amount"] == "2000000.00"


AWARDS_UNDER_A_CAP = """
facts: ITEMS
wording: EXACT
lines: [{id: ALL, base: base_amount, rate: 100%}]
caps: [{per: [], limit: LIMIT}]
"""


@pytest.mark.parametrize(
    ("amounts", "limit", "expected"),
    [
        (["3000000.00", "18000000.00", "10000000.00"], "3000万", ["2903225.81", "17419354.84", "9677419.35"]),
        (["5000000.00", "4500000.00", "3000000.00"], "1000万", ["4000000.00", "3600000.00", "2400000.00"]),
        (["0.01", "0.01", "0.01"], "0.02", ["0.01", "0.01", "0.00"]),  # ties go by id
    ],
)
def test_D49_a_binding_cap_is_spread_by_largest_remainder(amounts: list[str], limit: str, expected: list[str]) -> None:
    bureau = Bureau(AWARDS_UNDER_A_CAP.replace("LIMIT", limit), "AWARD")
    answer = bureau.answer({"items": [{"item_id": f"A-{no}", "base_amount": one} for no, one in enumerate(amounts)]})
    assert [one["amount"] for one in answer["items"]] == expected


def test_D51_a_coarser_unit_comes_last_and_is_spread_back() -> None:
    bureau = Bureau("facts: ITEMS\nwording: CEILING\nrounding: {unit: 1万元}\nlines: [{id: ALL, base: base_amount, rate: 100%}]", "AWARD")
    answer = bureau.answer({"items": [{"item_id": "A", "base_amount": "9999999.98"}, {"item_id": "B", "base_amount": "0.01"}]})
    assert answer["amount"] == "9990000.00"
    assert sum(int(one["amount"].replace(".", "")) for one in answer["items"]) == 999000000


@pytest.mark.parametrize(("how", "expected"), [("FROM_AMOUNT", "600000.00"), ("FROM_BASE", "800000.00")])
def test_D53_other_fiscal_money_comes_off_the_amount_unless_the_table_says_the_base(how: str, expected: str) -> None:
    bureau = Bureau(
        f"facts: PROJECTS\nwording: CEILING\nother_funding: {how}\n"
        "admit: {categories: unknown, vat: INCLUDED, related_party: INCLUDED}\n"
        "lines: [{id: ALL, base: admitted, rate: 30%}]\ncaps: [{per: [PROJECT], limit: 80万}]",
        "GRANT",
    )
    project = {
        "project_id": "G",
        "investments": [{"category": "EQUIPMENT", "amount": "3000000.00"}],
        "other_fiscal_funding": "200000.00",
    }
    assert bureau.amount(projects=[project]) == expected


def test_D55_the_last_instalment_and_the_last_source_take_the_rest() -> None:
    bureau = Bureau(
        "facts: ITEMS\nwording: EXACT\nlines: [{id: ALL, base: base_amount, rate: 100%}]\n"
        "payout: {instalments: [{share: 80%, when: 首付}, {when: 验收后}], sources: [{source: CENTRAL, share: 90%}, {source: PROVINCE}]}",
        "AWARD",
    )
    answer = bureau.answer({"items": [{"item_id": "A", "base_amount": "1000000.01"}]})
    assert [one["amount"] for one in answer["payout"]] == ["800000.00", "200000.01", "900000.00", "100000.01"]


def test_D62_an_equal_instalment_plan() -> None:
    bureau = Bureau(ONE_PERCENT)
    contract = loan(
        drawn=[("2025-01-20", "1200000.00")],
        matures_on="2026-01-20",
        repayment_plan={"method": "EQUAL_INSTALLMENT", "every_months": 1, "day": 20},
    )
    contract.pop("repayments")
    answer = bureau.answer({"contracts": [contract]})
    balances = [one["balance"] for one in answer["items"][0]["segments"]]
    # 1,200,000.00 - 98,360.71 - 98,655.79 … 101,655.74 in the last month
    assert balances[:3] == ["1200000.00", "1101639.29", "1002983.50"]
    assert balances[-1] == "101655.74"
