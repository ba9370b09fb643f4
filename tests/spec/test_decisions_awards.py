"""D53-D60: other public money, exact working, payout, national matching, premiums; each sum is written out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bureau import USCC, Bureau, loan, policy
from tests.spec.small_tables import Answer, amounts, award, caps, codes, grant, insurance, item, points, project, segments, share, voucher

PROJECTS = "facts: PROJECTS\nwording: CEILING\n"
INCLUDED = "admit: {categories: unknown, vat: INCLUDED, related_party: INCLUDED}\n"


def worked(answer: Answer, step: str) -> list[tuple[str, str]]:
    """The numbers and the value of each step whose id begins so."""
    return [(one["substituted"], one["value"]) for one in answer["steps"] if one["id"].startswith(step)]


# --- D53: other public money, tax -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "before", "expected", "working"),
    [
        ("", "900000.00", "600000.00", "min(3,000,000 × 30%, 800,000) - 200,000; off the amount is the default"),
        ("other_funding: FROM_AMOUNT\n", "900000.00", "600000.00", "the same"),
        ("other_funding: FROM_BASE\n", "840000.00", "800000.00", "(3,000,000 - 200,000) × 30%, then the cap"),
        ("other_funding: IGNORED\n", "900000.00", "800000.00", "the cap alone"),
    ],
)
def test_D53_other_money_comes_off_the_amount_or_the_base(how: str, before: str, expected: str, working: str) -> None:
    bureau = Bureau(grant(more=how + "caps: [{per: [PROJECT], limit: 80万}]"), "GRANT")
    answer = bureau.answer({"projects": [project("P", "3000000.00", other_fiscal_funding="200000.00")]})
    assert (answer["items"][0]["amount_before_caps"], answer["amount"]) == (before, expected), working


@pytest.mark.parametrize(("other", "expected"), [("299.99", "0.01"), ("300.00", "0.00"), ("300.01", "0.00"), ("999.00", "0.00")])
def test_D53_what_comes_off_leaves_nothing_below_zero(other: str, expected: str) -> None:
    answer = Bureau(grant(), "GRANT").answer({"projects": [project("P", "1000.00", other_fiscal_funding=other)]})
    assert (answer["status"], answer["amount"]) == ("ELIGIBLE", expected)


def test_D53_what_comes_off_the_base_leaves_nothing_below_zero() -> None:
    bureau = Bureau(grant(more="other_funding: FROM_BASE"), "GRANT")
    much, none = project("P", "1000.00", other_fiscal_funding="1000.01"), project("Q", "10.00", other_fiscal_funding="0.00")
    assert amounts(bureau.answer({"projects": [much, none]})) == {"P": "0.00", "Q": "3.00"}


def test_D53_it_comes_off_its_own_project_before_the_cap_of_the_applicant() -> None:
    bureau = Bureau(grant(more="caps: [{per: [PROJECT], limit: 250}, {per: [], limit: 300}]"), "GRANT")
    answer = bureau.answer({"projects": [project("P", "1000.00", other_fiscal_funding="100.00"), project("Q", "1000.00")]})
    # 300 → 250, less 100 = 150; 300 → 250; together 400 → 300
    assert caps(answer, "before", "after")[-1] == ("400.00", "300.00")
    assert amounts(answer) == {"P": "112.50", "Q": "187.50"}


def test_D53_it_comes_off_also_where_items_stay_exact() -> None:
    bureau = Bureau(grant("33.3333%", more="rounding: {scope: TOTAL}\ncaps: [{per: [], limit: 100}]"), "GRANT")
    answer = bureau.answer({"projects": [project("P", "10.00", other_fiscal_funding="1.00"), project("Q", "10.00")]})
    # 3.33333 - 1 + 3.33333 = 5.66666, down
    assert answer["amount"] == "5.66"
    assert worked(answer, "other:") == [("max(0, 3.33333 - 1.00)", "2.33333")]


def test_D53_thresholds_see_the_investment_itself() -> None:
    more = "other_funding: FROM_BASE\nrequire: [{that: admitted >= 1000, code: BELOW}]"
    assert Bureau(grant(more=more), "GRANT").amount(projects=[project("P", "1000.00", other_fiscal_funding="500.00")]) == "150.00"


def test_D53_a_base_without_tax_needs_the_tax() -> None:
    items = Bureau(award("10%").replace("base: base_amount", "base: 'base_amount - vat'"), "AWARD")
    assert items.amount(items=[item("A", "113.00", vat="13.00")]) == "10.00"
    assert items.refusal(items=[item("A", "113.00")]) == [("/items/0/vat", "FACT_REQUIRED")]
    projects = Bureau(grant("10%", admit="{categories: unknown, vat: EXCLUDED, related_party: INCLUDED}"), "GRANT")
    taxed = {"project_id": "P", "investments": [{"category": "EQUIPMENT", "amount": "113.00", "vat": "13.00"}]}
    assert projects.amount(projects=[taxed]) == "10.00"
    assert projects.refusal(projects=[project("P", "113.00")]) == [("/projects/0/investments/0/vat", "FACT_REQUIRED")]


# --- D54: exact numbers ---------------------------------------------------------------------------------


def test_D54_a_segment_carries_the_exact_numbers_of_its_formula() -> None:
    contract = loan(drawn=[("2025-01-01", "1234567.89")], matures_on="2025-04-02", rate={"kind": "FIXED", "annual_rate": "0.03333333"})
    answer = Bureau(points("min(2.5%, 50% * contract_rate)")).answer({"contracts": [contract]})
    assert segments(answer, "balance", "contract_rate", "subsidised_rate", "day_fraction") == [
        ("1234567.89", "0.03333333", "0.016666665", "91/360")
    ]
    # 1,234,567.89 × 0.016666665 × 91/360 = 5,201.1882…
    assert worked(answer, "item:") == [("1234567.89 × 1.6666665% × 91/360", "5201.19")]


def test_D54_a_share_of_a_voucher_is_a_fraction() -> None:
    window = "windows: {interest: {first_day: 2025-01-01, last_day: 2025-01-31}}"
    contract = loan(interest_paid=[voucher("2025-01-01", "2025-04-01", "1000.01")])
    assert worked(Bureau(share(more=window)).answer({"contracts": [contract]}), "item:") == [("1000.01 × 31/90 × 20%", "68.89")]


def test_D54_D93_a_converted_balance_has_two_decimals_and_its_exact_value_beside_it() -> None:
    answer = Bureau(points(more=DOLLARS), series=DOLLAR).answer({"contracts": [loan(currency="USD", drawn=[("2025-01-01", "100.01")])]})
    assert segments(answer, "balance", "balance_exact") == [("712.41", "356205617/500000")]  # 100.01 × 7.1234 = 712.411234
    assert worked(answer, "item:") == [("712.411234 × 1% × 360/360", "7.12")]


DOLLARS = "currencies: [{currency: USD, series: USD_CNY, on: 2025-01-02}]"
DOLLAR = """
- series: USD_CNY
  title: 美元兑人民币
  source: 测试
  authority: official
  versions:
    - version: '1'
      published_at: '2020-01-01T00:00:00+08:00'
      holds_until: '2026-12-31'
      rows: [{on: '2025-01-02', value: 712.34%, confidence: read}]
"""


def test_D54_items_of_a_rounded_total_show_what_they_are() -> None:
    more = "rounding: {scope: TOTAL}\ncaps: [{per: [], limit: 0.01}]"
    answer = Bureau(award("50%", more=more), "AWARD").answer({"items": [item(no, "0.01") for no in "ABC"]})
    assert worked(answer, "item:") == [("0.01 × 50%", "0.005")] * 3
    assert [text for text, _ in worked(answer, "total")] == ["1/300 + 1/300 + 1/300"]


# --- D55: payout ----------------------------------------------------------------------------------------


def paid(answer: Answer) -> list[str]:
    """The payments, in order."""
    return [one["amount"] for one in answer["payout"]]


@pytest.mark.parametrize(
    ("parts", "base", "expected"),
    [
        ("instalments: [{share: 80%, when: 首付}, {when: 验收}]", "1000000.01", ["800000.00", "200000.01"]),
        ("sources: [{source: CENTRAL, share: 90%}, {source: PROVINCE}]", "1000000.01", ["900000.00", "100000.01"]),
        ("instalments: [{share: 30%, when: 一}, {share: 30%, when: 二}, {when: 三}]", "0.05", ["0.01", "0.01", "0.03"]),
        ("instalments: [{share: 99%, when: 首付}, {when: 验收}]", "0.01", ["0.00", "0.01"]),
        ("sources: [{source: CENTRAL, share: 90%}, {source: PROVINCE}]", "0.19", ["0.17", "0.02"]),
    ],
)
def test_D55_each_part_but_the_last_is_rounded_down(parts: str, base: str, expected: list[str]) -> None:
    answer = Bureau(award(more=f"payout: {{{parts}}}"), "AWARD").answer({"items": [item("A", base)]})
    assert paid(answer) == expected


def accepted(admitted: str, accepted_investment: str | None, already: str, no: str = "P") -> dict[str, Any]:
    """A project after acceptance."""
    return project(no, admitted, accepted_investment=accepted_investment, paid_instalments=already)


INSTALMENTS = "payout: {instalments: [{share: 60%, when: 首付}, {when: 验收}]}\n"


@pytest.mark.parametrize(
    ("accepted_investment", "already", "amount", "payments", "recovery"),
    [
        (None, "0.00", "500.00", ["300.00", "200.00"], None),
        ("1000.00", "300.00", "500.00", ["300.00", "200.00"], "0.00"),
        ("1200.00", "300.00", "500.00", ["300.00", "200.00"], "0.00"),  # never more than what was admitted
        ("800.00", "300.00", "400.00", ["300.00", "100.00"], "0.00"),
        ("600.00", "300.00", "300.00", ["300.00", "0.00"], "0.00"),
        ("599.98", "300.00", "299.99", ["300.00", "0.00"], "0.01"),
        ("500.00", "300.00", "250.00", ["300.00", "0.00"], "50.00"),
    ],
)
def test_D55_after_acceptance_the_balance_follows_what_was_accepted(
    accepted_investment: str | None, already: str, amount: str, payments: list[str], recovery: str | None
) -> None:
    answer = Bureau(grant("50%", more=INSTALMENTS), "GRANT").answer({"projects": [accepted("1000.00", accepted_investment, already)]})
    assert (answer["amount"], paid(answer), answer["items"][0]["recovery"]) == (amount, payments, recovery)


@pytest.mark.parametrize(("accepted_investment", "expected"), [("900.00", ("ELIGIBLE", "450.00", "0.00")), ("899.99", ("NOT_ELIGIBLE", "0.00", "300.00"))])
def test_D55_after_acceptance_thresholds_are_tested_again(accepted_investment: str, expected: tuple[str, str, str]) -> None:
    bureau = Bureau(grant("50%", more=INSTALMENTS + "require: [{that: admitted >= 900, code: BELOW}]"), "GRANT")
    answer = bureau.answer({"projects": [accepted("1000.00", accepted_investment, "300.00")]})
    assert (answer["status"], answer["amount"], answer["items"][0]["recovery"]) == expected
    assert ("BELOW" in codes(answer)) is (expected[0] == "NOT_ELIGIBLE")


def test_D55_a_rung_is_chosen_again_by_what_was_accepted() -> None:
    lines = "lines: [{id: LOW, when: admitted < 1000, base: admitted, rate: 10%}, {id: HIGH, when: admitted >= 1000, base: admitted, rate: 20%}]"
    bureau = Bureau(PROJECTS + INCLUDED + lines, "GRANT")
    answer = bureau.answer({"projects": [accepted("1000.00", "999.99", "150.00")]})
    # 20% of 1,000 was in view; 10% × 999.99 = 99.999, down
    assert (answer["amount"], answer["items"][0]["lines"], answer["items"][0]["recovery"]) == ("99.99", ["LOW"], "50.01")


def test_D55_who_is_refused_after_all_owes_what_was_paid() -> None:
    bureau = Bureau(grant("50%", more="require: [{that: registered_in_beijing, code: ELSEWHERE}]"), "GRANT")
    who = {"uscc": USCC, "registered_in_beijing": False}
    answer = bureau.answer({"applicant": who, "projects": [accepted("1000.00", "1000.00", "300.00")]})
    assert (answer["status"], answer["payout"], answer["items"][0]["recovery"]) == ("NOT_ELIGIBLE", [], "300.00")


# --- D56: matching of a national grant ------------------------------------------------------------------

MATCHING = (
    PROJECTS
    + INCLUDED
    + """
needs:
  category: {of: PROJECT, type: CODE, values: {OWN: 自建, MATCH: 国家配套}}
  national_grant: {of: PROJECT, type: MONEY, title: 国家补助}
  industrialised_in_beijing: {of: PROJECT, type: BOOLEAN, title: 在京产业化}
lines:
  - {id: OWN, when: 'category in [OWN]', base: admitted, rate: 20%}
  - id: MATCH
    when: category in [MATCH]
    base: national_grant
    rate: 50%
    require: [{that: industrialised_in_beijing, code: NOT_IN_BEIJING, clause: 在京产业化}]
caps: [{per: [], lines: [MATCH], limit: 400}, {per: [], limit: 500}]
"""
)


def matched(national: str | None, here: bool | None) -> dict[str, Any]:
    """A project with a national grant."""
    given = {"national_grant": national, "industrialised_in_beijing": here}
    return project("M", "5000.00", category="MATCH", measures={name: value for name, value in given.items() if value is not None})


@pytest.mark.parametrize(("national", "here", "expected"), [("600.00", True, "300.00"), ("801.00", True, "400.00"), ("600.00", False, "0.00")])
def test_D56_a_national_grant_is_matched_by_a_share_under_its_own_cap(national: str, here: bool, expected: str) -> None:
    answer = Bureau(MATCHING, "GRANT").answer({"projects": [matched(national, here)]})
    assert answer["amount"] == expected
    assert codes(answer) == ([] if here else ["NOT_IN_BEIJING", "NO_EARNING_ITEM"])


def test_D56_it_is_one_more_line_of_its_table() -> None:
    own = project("O", "1000.00", category="OWN")
    answer = Bureau(MATCHING, "GRANT").answer({"projects": [matched("900.00", here=True), own]})
    # 450 → 400 of the match, 200 of its own; together 600 → 500
    assert caps(answer, "before", "after") == [("450.00", "400.00"), ("600.00", "500.00")]
    assert amounts(answer) == {"M": "333.33", "O": "166.67"}


@pytest.mark.parametrize(("national", "here", "fact"), [(None, True, "national_grant"), ("600.00", None, "industrialised_in_beijing")])
def test_D56_grant_and_place_must_be_told(national: str | None, here: bool | None, fact: str) -> None:
    assert Bureau(MATCHING, "GRANT").refusal(projects=[matched(national, here)]) == [(f"/projects/0/measures/{fact}", "FACT_REQUIRED")]


# --- D57: premiums paid in full -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "50.00"),
        ({"premium_paid": "99.99"}, "0.00"),
        ({"premium_paid": "0.00"}, "0.00"),
        ({"paid_on": "2026-06-30"}, "50.00"),
        ({"paid_on": "2026-07-01"}, "0.00"),
    ],
)
def test_D57_a_premium_counts_only_if_all_of_it_was_paid_by_the_application(change: dict[str, str], expected: str) -> None:
    answer = Bureau(insurance(), "INSURANCE").answer({"application_date": "2026-06-30", "policies": [policy("P", "100.00", **change)]})
    assert answer["amount"] == expected
    why = "AFTER_APPLICATION" if "paid_on" in change else "PREMIUM_NOT_PAID"
    assert codes(answer) == ([] if expected != "0.00" else [why, "NO_EARNING_ITEM"])


def test_D57_one_policy_that_is_not_paid_leaves_the_others() -> None:
    answer = Bureau(insurance(), "INSURANCE").answer({"policies": [policy("P", "100.00", premium_paid="50.00"), policy("Q", "100.00")]})
    assert (answer["status"], amounts(answer)) == ("ELIGIBLE", {"P": "0.00", "Q": "50.00"})


def test_D57_more_than_the_premium_and_no_day_of_payment_are_refused() -> None:
    bureau = Bureau(insurance(), "INSURANCE")
    assert bureau.refusal(policies=[policy("P", "100.00", premium_paid="100.01")]) == [("/policies/0/premium_paid", "PAID_ABOVE_PREMIUM")]
    assert bureau.refusal(policies=[policy("P", "100.00", paid_on=None)]) == [("/policies/0/paid_on", "FACT_REQUIRED")]


# --- D58: maximum premium rate --------------------------------------------------------------------------

TWO_YEARS = {"period_from": "2025-01-01", "period_until": "2027-01-01", "sum_insured": "1000.00"}  # 730 days


@pytest.mark.parametrize(
    ("base", "premium", "period", "expected", "working"),
    [
        ("min(premium_paid, 3% * sum_insured)", "100.00", {}, "30.00", "3% of 1,000, whatever the length"),
        ("min(premium_paid, 3% * sum_insured)", "29.99", {}, "29.99", "below it the premium"),
        ("min(premium_paid, 3% * sum_insured_years)", "100.00", {}, "60.00", "per year: 3% × 1,000 × 2 years"),
        ("min(premium_paid, 3% * sum_insured_years)", "100.00", {"period_until": "2025-07-02"}, "15.08", "30 × 181/360 (six months and a day) = 15.083…"),
    ],
)
def test_D58_a_maximum_premium_rate_is_taken_of_the_policy_unless_per_year(
    base: str, premium: str, period: dict[str, str], expected: str, working: str
) -> None:
    bureau = Bureau(insurance("100%", base=base), "INSURANCE")
    assert bureau.amount(policies=[policy("P", premium, **TWO_YEARS | period)]) == expected, working


def test_D58_a_policy_on_two_units_is_sent_once_for_each_with_its_part() -> None:
    bureau = Bureau(insurance("100%", base="min(premium_paid, 3% * sum_insured)", more="caps: [{per: [UNIT], limit: 40}]"), "INSURANCE")
    first, second = policy("P/1", "70.00", sum_insured="2000.00", unit_id="A"), policy("P/2", "30.00", sum_insured="500.00", unit_id="B")
    # min(70, 60) → 40 of its unit; min(30, 15)
    assert amounts(bureau.answer({"policies": [first, second]})) == {"P/1": "40.00", "P/2": "15.00"}


# --- D59: the term of insurance -------------------------------------------------------------------------

ONE_YEAR = insurance("100%", more="term: {months: 12, from: first_insured_on}")


def spanning(no: str, first: str, until: str, premium: str = "365.00", unit: str = "U", **more: Any) -> dict[str, Any]:
    """A policy of a unit over these days."""
    return policy(no, premium, unit_id=unit, period_from=first, period_until=until, **more)


@pytest.mark.parametrize(
    ("first_insured_on", "expected", "working"),
    [
        (None, "365.00", "its own first year"),
        ("2024-07-01", "365.00", "12 months to 1 July 2025 hold [2024-07-01, 2025-07-01)"),
        ("2024-01-01", "184.00", "to 1 January 2025: 184 of 365 days"),
        ("2023-07-02", "1.00", "one day"),
        ("2023-07-01", "0.00", "none"),
        ("2025-01-01", "181.00", "days before the first insurance do not count: 1 January to 1 July 2025"),
    ],
)
def test_D59_a_policy_that_straddles_the_end_counts_by_its_days_inside(first_insured_on: str | None, expected: str, working: str) -> None:
    one = spanning("P", "2024-07-01", "2025-07-01", first_insured_on=first_insured_on)
    answer = Bureau(ONE_YEAR, "INSURANCE").answer({"policies": [one]})
    assert answer["amount"] == expected, working
    assert codes(answer) == (["BEYOND_TERM", "NO_EARNING_ITEM"] if expected == "0.00" else [])


def test_D59_by_default_the_earliest_policy_of_the_unit_starts_the_term() -> None:
    sent = [
        spanning("LATE", "2025-01-01", "2026-01-01"),
        spanning("EARLY", "2024-07-01", "2025-07-01", insurance_type="PROPERTY"),
        spanning("OTHER", "2025-01-01", "2026-01-01", unit="V"),
    ]
    # U from 1 July 2024 to 1 July 2025: LATE has 181 of 365 days
    assert amounts(Bureau(ONE_YEAR, "INSURANCE").answer({"policies": sent})) == {"EARLY": "365.00", "LATE": "181.00", "OTHER": "365.00"}


def test_D59_the_part_is_taken_of_the_premium_that_counts() -> None:
    terms = insurance("100%", base="min(premium_paid, 3% * sum_insured)", more="term: {months: 12, from: first_insured_on}")
    one = spanning("P", "2024-02-01", "2025-02-01", premium="9999.00", sum_insured="12200.00", first_insured_on="2023-08-01")
    answer = Bureau(terms, "INSURANCE").answer({"policies": [one]})
    # min(9,999, 366) × 182/366; the policy has a 29 February
    assert answer["amount"] == "182.00"
    assert worked(answer, "item:") == [("min(9999.00, 3% × 12200.00) × 100% × 91/183", "182.00")]


# --- D60: the cap of a unit -----------------------------------------------------------------------------


def test_D60_the_cap_of_a_unit_joins_its_policies_of_every_type_and_period() -> None:
    sent = [
        policy("A", "100.00", unit_id="U", insurance_type="LAUNCH"),
        policy("B", "60.00", unit_id="U", insurance_type="PROPERTY", period_from="2023-01-01", period_until="2024-01-01"),
        policy("C", "40.00", unit_id="U", insurer="ANOTHER", insurance_type="LAUNCH"),
        policy("D", "100.00", unit_id="V"),
    ]
    answer = Bureau(insurance("100%", more="caps: [{per: [UNIT], limit: 100}]"), "INSURANCE").answer({"policies": sent})
    assert amounts(answer) == {"A": "50.00", "B": "30.00", "C": "20.00", "D": "100.00"}
    assert caps(answer, "key", "before", "after") == [("U", "200.00", "100.00"), ("V", "100.00", "100.00")]
