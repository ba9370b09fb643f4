"""D75-D106 as far as an answer says something: late facts, half-known windows, limits, and what a table does not read."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.tables.diff.differences import differences
from tests.bureau import USCC, Bureau, loan, policy
from tests.spec.claims import answer as answered
from tests.spec.small_tables import amounts, award, caps, codes, grant, granted, insurance, item, points, project, share, voucher

ON = "2026-06-30"
TOMORROW = "2026-07-01"


def about(found: dict[str, Any], code: str) -> list[tuple[str | None, str]]:
    """Pointer and sentence of each warning of a code."""
    return [(one["pointer"], one["message"]) for one in found["warnings"] if one["code"] == code]


# --- D75: nothing that happens after the application earns ----------------------------------------------


@pytest.mark.parametrize(("on", "earned"), [("2026-06-29", "100.00"), (ON, "100.00"), (TOMORROW, "0.00"), ("2027-06-30", "0.00")])
def test_D75_an_event_counts_up_to_the_day_of_the_application(on: str, earned: str) -> None:
    found = Bureau(award(), "AWARD").answer({"application_date": ON, "items": [item("A", "100.00", occurred_on=on), item("B", "1.00")]})
    assert amounts(found) == {"A": earned, "B": "1.00"}
    assert codes(found) == ([] if earned == "100.00" else ["AFTER_APPLICATION"])


@pytest.mark.parametrize(("on", "earned"), [(ON, "100.00"), (TOMORROW, "0.00")])
def test_D75_the_date_that_the_event_window_names_is_an_event_though_the_window_has_no_days(on: str, earned: str) -> None:
    window = "needs: {shown_on: {of: ITEM, type: DATE, title: 参展日}}\nwindows: {event: {of: shown_on, first_day: unknown, last_day: unknown}}"
    found = Bureau(award(more=window), "AWARD").answer(
        {"application_date": ON, "items": [item("A", "100.00", measures={"shown_on": on}), item("B", "1.00")]}
    )
    assert amounts(found) == {"A": earned, "B": "1.00"}
    if earned == "0.00":
        (reason,) = found["reasons"]
        assert (reason["code"], reason["item_id"], reason["message"]) == (
            "AFTER_APPLICATION", "A", "A：参展日 2026-07-01 晚于申请日 2026-06-30，不计",
        )  # fmt: skip


@pytest.mark.parametrize("field", ["launched_on", "paid_on"])
@pytest.mark.parametrize(("on", "earned"), [(ON, "50.00"), (TOMORROW, "0.00")])
def test_D75_a_launch_and_a_premium_count_up_to_the_day_of_the_application(field: str, on: str, earned: str) -> None:
    policies = [policy("P", "100.00", **{field: on}), policy("Q", "2.00")]
    found = Bureau(insurance(), "INSURANCE").answer({"application_date": ON, "policies": policies})
    assert (found["status"], amounts(found)) == ("ELIGIBLE", {"P": earned, "Q": "1.00"})
    assert codes(found) == ([] if earned == "50.00" else ["AFTER_APPLICATION"])


def test_D75_a_launch_of_a_published_table_whose_window_was_not_seen(client: httpx.Client) -> None:
    """bj-gjj-2024-1-1: 50% × 8,000,000 for a launch on the day; nothing for one on the next day."""
    one = policy("P", "8000000.00", launch_approved=True, unit_kind="ROCKET", paid_on="2024-06-01", period_from="2024-06-01")
    body = {"rate_table": "bj-gjj-2024-1-1", "version": 1, "application_date": "2024-07-01"}
    found = answered(client, "INSURANCE", body | {"policies": [one | {"launched_on": "2024-07-01"}]})
    assert found["amount"] == "4000000.00"
    late = answered(client, "INSURANCE", body | {"policies": [one | {"launched_on": "2024-07-02"}]})
    assert (late["status"], late["amount"], codes(late)) == ("NOT_ELIGIBLE", "0.00", ["AFTER_APPLICATION", "NO_EARNING_ITEM"])


def test_D75_investments_and_completion_after_the_application_count_and_warn() -> None:
    paid = [{"category": "EQUIPMENT", "amount": "100.00", "paid_on": on} for on in ("2026-06-30", "2026-07-01", "2026-09-01")]
    found = Bureau(grant(), "GRANT").answer(
        {"application_date": ON, "projects": [{"project_id": "P", "investments": paid, "completed_on": TOMORROW}]}
    )
    assert found["amount"] == "90.00"  # 30% of all 300
    assert about(found, "DATED_AFTER_APPLICATION") == [
        ("/projects/0/investments/1/paid_on", "P：付款日晚于申请日的有 2 项（首项 2026-07-01），仍予计入，请核对日期"),
        ("/projects/0/completed_on", "P：完工日晚于申请日的有 1 项（首项 2026-07-01），仍予计入，请核对日期"),
    ]
    paid, in_time = [one for one in paid if one["paid_on"] <= ON], {"completed_on": ON}
    quiet = Bureau(grant(), "GRANT").answer({"application_date": ON, "projects": [{"project_id": "P", "investments": paid} | in_time]})
    assert about(quiet, "DATED_AFTER_APPLICATION") == []


def test_D75_a_clause_that_asks_for_payment_and_completion_by_the_application_leaves_them_out() -> None:
    windows = (
        "windows:\n  investment: {first_day: '2020-01-01', last_day: APPLICATION_DATE}\n"
        "  completion: {first_day: '2020-01-01', last_day: APPLICATION_DATE}"
    )
    paid = [{"category": "EQUIPMENT", "amount": "100.00", "paid_on": on} for on in (ON, "2026-07-09")]
    body = {"application_date": ON, "projects": [{"project_id": "P", "investments": paid, "completed_on": ON}]}
    found = Bureau(grant(more=windows), "GRANT").answer(body)
    assert (found["amount"], about(found, "DATED_AFTER_APPLICATION")) == ("30.00", [])
    body["projects"][0]["completed_on"] = TOMORROW  # type: ignore[index]
    assert codes(Bureau(grant(more=windows), "GRANT").answer(body)) == ["OUTSIDE_WINDOW", "NO_EARNING_ITEM"]


def test_D75_days_of_a_loan_after_the_application_warn_with_what_they_earn() -> None:
    """1,000,000 × 1% for 2025, applied on 16 December: 16 days, 15/360 of a year in months (the 31st has no day of its own)."""
    whole = {"claim_period": {"from": "2025-01-01", "until": "2026-01-01"}}
    found = Bureau(points()).answer({"application_date": "2025-12-16", "contracts": [loan()]} | whole)
    assert found["amount"] == "10000.00"
    assert about(found, "DAYS_AFTER_APPLICATION") == [("/contracts/0", "L-1：申请日及以后计息 16 天，限额前金额 416.67 元，为预计数")]
    last = Bureau(points()).answer({"application_date": "2026-01-01", "contracts": [loan()]} | whole)
    assert (last["amount"], about(last, "DAYS_AFTER_APPLICATION")) == ("10000.00", [])


def test_D75_days_after_the_application_of_a_share_of_interest() -> None:
    """20% × 1,000,000 × 3.6% × days/360 of the contract; applied on 2025-12-31 one of the 365 days is left: 20.00."""
    body = {"application_date": "2025-12-31", "contracts": [loan()], "claim_period": {"from": "2025-01-01", "until": "2026-01-01"}}
    found = Bureau(share()).answer(body)
    assert found["amount"] == "7300.00"
    assert about(found, "DAYS_AFTER_APPLICATION") == [("/contracts/0", "L-1：申请日及以后计息 1 天，限额前金额 20.00 元，为预计数")]


def test_D75_a_sum_for_a_contract_that_is_signed_after_the_application_is_not_earned() -> None:
    terms = "facts: CONTRACTS\nwording: EXACT\nlines: [{id: ALL, amount: 100}]"
    bodies = [{"application_date": on, "contracts": [loan()]} for on in ("2024-01-01", "2023-12-31")]
    assert [Bureau(terms).answer(body)["amount"] for body in bodies] == ["100.00", "0.00"]
    assert codes(Bureau(terms).answer(bodies[1])) == ["AFTER_APPLICATION", "NO_EARNING_ITEM"]


# --- D77: a window of which one bound is known ----------------------------------------------------------


def test_D77_the_bound_that_was_seen_restricts_and_only_the_other_is_open(client: httpx.Client) -> None:
    """bj-gjj-2022-0-12: the last day of application is known, 2022-08-30; so is the last day of the contracts."""
    body = {
        "rate_table": "bj-gjj-2022-0-12",
        "version": 1,
        "application_date": "2022-08-31",
        "applicant": {"uscc": USCC, "registered_in_beijing": True, "dishonesty_records": []},
        "items": [
            {"item_id": "A", "category": "GREEN_ENERGY", "occurred_on": "2022-06-30", "base_amount": "3390000.00", "vat": "390000.00"}
        ],
    }
    found = answered(client, "AWARD", body)
    assert found["status"] == "NOT_ELIGIBLE"
    assert found["reasons"][0]["message"] == "申请时间 2022-08-31 不在申请期 … 至 2022-08-30（首日未见公布）内"
    opened = [one["message"] for one in found["not_decided_here"]]
    assert "申请期的首日未见公布，首日之前未作限制" in opened
    assert "发生日期的期间的首日未见公布，首日之前未作限制" in opened
    assert not any("未见公布，未作限制" in one for one in opened)
    in_time = answered(client, "AWARD", body | {"application_date": "2022-08-30"})
    assert in_time["status"] == "ELIGIBLE"


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ("first_day: unknown, last_day: unknown", "the event window was not seen and restricts nothing"),
        ("first_day: unknown, last_day: '2026-01-31'", "the first day of the event window was not seen; it bars no early day"),
        ("first_day: '2026-01-01', last_day: unknown", "the last day of the event window was not seen; it bars no late day"),
        ("first_day: '2026-01-01', last_day: '2026-01-31'", None),
    ],
)
def test_D77_the_open_point_names_the_bound(bounds: str, said: str | None) -> None:
    bureau = Bureau(award(more=f"windows: {{event: {{{bounds}}}}}"), "AWARD", year=2026)
    found = bureau.post({"items": [item("A", "1.00", occurred_on="2026-01-15")]}, language="en").json()
    assert [one["message"] for one in found["not_decided_here"]] == ([] if said is None else [said])


@pytest.mark.parametrize(
    ("bounds", "on", "within"),
    [
        ("first_day: unknown, last_day: '2026-01-31'", "2026-02-20", "… to 2026-01-31 (its first day was not seen)"),
        ("first_day: '2026-01-01', last_day: unknown", "2025-12-01", "2026-01-01 to … (its last day was not seen)"),
        ("last_day: '2026-01-31'", "2026-02-20", "… to 2026-01-31"),
    ],
)
def test_D77_a_reason_names_the_bound_that_was_not_seen(bounds: str, on: str, within: str) -> None:
    bureau = Bureau(award(more=f"windows: {{event: {{{bounds}}}}}"), "AWARD")
    found = bureau.post({"items": [item("A", "1.00", occurred_on=on)]}, language="en").json()
    assert found["reasons"][0]["message"] == f"A: occurred on {on} is not within {within}"


# --- D82: a window that is narrowly missed --------------------------------------------------------------


@pytest.mark.parametrize(("on", "warns"), [("2026-01-31", None), ("2026-02-01", 1), ("2026-02-07", 7), ("2026-02-08", None)])
def test_D82_a_window_missed_by_up_to_seven_days_warns(on: str, warns: int | None) -> None:
    bureau = Bureau(award(more="windows: {event: {first_day: '2026-01-01', last_day: '2026-01-31'}}"), "AWARD")
    found = bureau.answer({"items": [item("A", "1.00", occurred_on=on)]})
    said = [] if warns is None else [(None, f"A：距窗口仅差 {warns} 天，请核对日期")]
    assert about(found, "WINDOW_NARROWLY_MISSED") == said


@pytest.mark.parametrize(("at", "status"), [("17:00:00", "ELIGIBLE"), ("17:00:01", "NOT_ELIGIBLE")])
def test_D82_a_window_missed_by_part_of_a_day_warns(at: str, status: str) -> None:
    bureau = Bureau(award(more="windows: {application: {first_day: '2026-06-01', last_day: '2026-06-30T17:00'}}"), "AWARD")
    found = bureau.answer({"application_at": f"2026-06-30T{at}+08:00", "items": [item("A", "1.00")]})
    assert found["status"] == status
    late = [("/application_at", "xx-spec-2025-0-1：距窗口仅差不足一天，请核对日期")]
    assert about(found, "WINDOW_NARROWLY_MISSED") == ([] if status == "ELIGIBLE" else late)


def test_D82_a_payment_just_outside_its_window_warns() -> None:
    window = "windows: {investment: {first_day: '2026-01-01', last_day: '2026-01-31'}}"
    paid = [{"category": "EQUIPMENT", "amount": "100.00", "paid_on": on} for on in ("2026-01-31", "2026-02-07", "2026-02-08")]
    found = Bureau(grant(more=window), "GRANT").answer({"projects": [{"project_id": "P", "investments": paid}]})
    assert found["amount"] == "30.00"
    assert about(found, "WINDOW_NARROWLY_MISSED") == [("/projects/0/investments/1/paid_on", "P：距窗口仅差 7 天，请核对日期")]


# --- D91, D106: the base of an insurance subsidy --------------------------------------------------------

MOST = "min(premium_paid, 3% * sum_insured)"
ONE_YEAR = "term: {months: 12, from: first_insured_on}"


def straddling(premium: str, **more: Any) -> dict[str, Any]:
    """A policy for the leap year 2024, of which 182 of 366 days lie in the first year of its unit."""
    spans = {"period_from": "2024-01-01", "period_until": "2025-01-01", "first_insured_on": "2023-07-01", "paid_on": "2024-01-01"}
    return policy("P", premium, sum_insured="20000000.00", **spans | more)


@pytest.mark.parametrize(
    ("premium", "expected", "working"),
    [
        ("1000000.00", "238688.52", "min(1,000,000, 600,000) × 80% × 182/366; the part of the premium first would give 397,814.21"),
        ("600000.00", "238688.52", "at the maximum rate"),
        ("599999.99", "238688.52", "a fen below it: 238,688.520… to 238,688.516…"),
        ("300000.00", "119344.26", "below it: 300,000 × 80% × 182/366"),
    ],
)
def test_D91_the_base_comes_first_then_its_part_of_days(premium: str, expected: str, working: str) -> None:
    found = Bureau(insurance("80%", base=MOST, more=ONE_YEAR), "INSURANCE").answer({"policies": [straddling(premium)]})
    assert found["amount"] == expected, working


@pytest.mark.parametrize(
    ("first", "until", "expected", "working"),
    [
        ("2024-01-01", "2025-01-01", "30.00", "a leap year is one year"),
        ("2025-01-01", "2026-01-01", "30.00", "so is any other"),
        ("2025-01-31", "2025-02-28", "2.50", "a month is a twelfth, also from a day that the next month lacks"),
        ("2025-01-01", "2025-12-31", "30.00", "the days after eleven months are thirty at most: 12/12"),
        ("2025-01-01", "2025-12-30", "29.92", "eleven months and 29 days: 30 × 359/360"),
    ],
)
def test_D106_years_of_a_policy_are_counted_in_months(first: str, until: str, expected: str, working: str) -> None:
    bureau = Bureau(insurance("100%", base="min(premium_paid, 3% * sum_insured_years)"), "INSURANCE")
    one = policy("P", "100.00", sum_insured="1000.00", period_from=first, period_until=until)
    assert bureau.amount(policies=[one]) == expected, working


# --- D92: nothing that rounds passes a limit ------------------------------------------------------------

YUAN = "rounding: {unit: 元, mode: HALF_UP}\n"


def paid_interest(amount: str) -> dict[str, Any]:
    """A contract that bears no interest but what one voucher says."""
    return loan(interest_paid=[voucher("2025-01-01", "2026-01-01", amount)])


@pytest.mark.parametrize(
    ("paid", "expected", "how"),
    [
        ("20.60", "20.00", "DOWN 1.00"),  # half up would be 21, above the interest
        ("20.49", "20.00", "HALF_UP 1.00"),
        ("21.00", "21.00", "HALF_UP 1.00"),
        ("0.99", "0.00", "DOWN 1.00"),
    ],
)
def test_D92_rounding_to_a_yuan_never_passes_the_interest_that_was_paid(paid: str, expected: str, how: str) -> None:
    found = Bureau(points(more=YUAN)).answer({"contracts": [paid_interest(paid)]})
    assert found["amount"] == expected
    (step,) = [one for one in found["steps"] if one["id"] == "unit"]
    assert (step["substituted"], step["value"], step["rounding"]) == (paid, expected, how)


@pytest.mark.parametrize(("limit", "expected"), [("20.4", "20.00"), ("20.6", "20.00"), ("20.99", "20.00"), ("21", "21.00"), ("22", "22.00")])
def test_D92_nor_the_room_of_a_cap(limit: str, expected: str) -> None:
    bureau = Bureau(award(more=YUAN + f"caps: [{{per: [], limit: {limit}}}]"), "AWARD")
    assert bureau.amount(items=[item("A", "21.60")]) == expected


def test_D92_a_cap_that_does_not_bind_is_no_less_a_limit() -> None:
    """20.60 under a limit of 20.80: half up would pass it."""
    bureau = Bureau(award(more=YUAN + "caps: [{per: [], limit: 20.8}]"), "AWARD")
    assert bureau.amount(items=[item("A", "20.60")]) == "20.00"
    assert Bureau(award(more=YUAN), "AWARD").amount(items=[item("A", "20.60")]) == "21.00"


def test_D92_after_spreading_every_account_keeps_its_limit() -> None:
    """P 10.30 of at most 10.30 and Q 10.40 without one: 20.70 → 21 would lift P to 10.45; so 20, spread 9.95 and 10.05."""
    bureau = Bureau(award(more=YUAN + "caps: [{per: [PROJECT], limit: 10.3}]\n".replace("10.3}", "'10.3 + 0 * base_amount'}")), "AWARD")
    sent = [item("A", "10.30", project_id="P"), item("B", "10.30", project_id="Q")]
    found = bureau.answer({"items": sent})
    assert (found["amount"], amounts(found)) == ("20.00", {"A": "10.00", "B": "10.00"})


def test_D92_where_only_the_total_is_rounded_a_fen_may_not_pass_an_account_either() -> None:
    """Four items of half a fen, two in each account of one fen: 2 fen, of which no account may get both."""
    more = "rounding: {scope: TOTAL}\ncaps: [{per: [PROJECT], limit: 0.01}]"
    sent = [item(no, "0.01", project_id=of) for no, of in (("A", "P"), ("B", "P"), ("C", "Q"), ("D", "Q"))]
    found = Bureau(award("50%", more=more), "AWARD").answer({"items": sent})
    assert (found["amount"], amounts(found)) == ("0.02", {"A": "0.01", "B": "0.00", "C": "0.01", "D": "0.00"})


# --- D93: two decimals where only the total is rounded --------------------------------------------------


def test_D93_items_and_caps_have_two_decimals_and_the_exact_figure_beside_them() -> None:
    """Thirds of 0.10, 0.10 and 0.05: 0.0833… in all, 0.08; under 0.05 each third × 3/5."""
    more = "rounding: {scope: TOTAL}\ncaps: [{per: [], limit: 1}, {per: [], period: PROGRAM_YEAR, limit: 0.05}]"
    found = Bureau(award("1/3", more=more), "AWARD").answer({"items": [item("A", "0.10"), item("B", "0.10"), item("C", "0.05")]})
    assert [one["amount_before_caps"] for one in found["items"]] == ["0.03", "0.03", "0.02"]
    assert caps(found, "before", "before_exact", "after", "after_exact", "margin") == [
        ("0.08", "1/12", "0.08", "1/12", "0.92"),
        ("0.08", "1/12", "0.05", None, "0.00"),
    ]
    assert (found["amount"], amounts(found)) == ("0.05", {"A": "0.02", "B": "0.02", "C": "0.01"})
    assert [one["value"] for one in found["steps"] if one["id"] == "item:A:ALL"] == ["1/30"]


def test_D93_segments_add_up_to_their_item() -> None:
    terms = points("1%", day_count="ACT_360", more="rounding: {scope: TOTAL}")
    found = Bureau(terms).answer({"contracts": [loan(drawn=[("2025-01-01", "100.00"), ("2025-02-01", "33.33")]), loan("L-2")]})
    before = [one["amount_before_caps"] for one in found["items"]]
    for one, amount in zip(found["items"], before, strict=True):
        assert sum(round(100 * float(part["amount"])) for part in one["segments"]) == round(100 * float(amount))
    assert sum(round(100 * float(amount)) for amount in before) == round(100 * float(found["amount"]))
    assert all(one["before"].count(".") == 1 and len(one["before"].split(".")[1]) == 2 for one in found["caps"])


# --- D82: no amount of 0.00 without a reason ------------------------------------------------------------


def test_D82_a_cap_that_is_used_up_is_the_reason() -> None:
    bureau = Bureau(award(more="caps: [{per: [], limit: 100, clause: 每个企业最高100元}]"), "AWARD")
    found = bureau.answer({"applicant": granted("100.00"), "items": [item("A", "5.00")]})
    assert (found["status"], found["amount"]) == ("ELIGIBLE", "0.00")
    assert found["reasons"] == [
        {"code": "CAP_USED", "message": "A：“单个企业本批次上限”已用完", "clause": "每个企业最高100元", "item_id": "A"}
        | {key: None for key in found["reasons"][0] if key == "lender"}
    ]
    left = bureau.answer({"applicant": granted("99.99"), "items": [item("A", "5.00")]})
    assert (left["amount"], codes(left)) == ("0.01", [])


@pytest.mark.parametrize(("base", "amount", "why"), [("0.09", "0.00", ["LESS_THAN_A_FEN"]), ("0.10", "0.01", [])])
def test_D82_less_than_a_fen_is_a_reason(base: str, amount: str, why: list[str]) -> None:
    found = Bureau(award("10%", wording="CEILING"), "AWARD").answer({"items": [item("A", base)]})
    assert (found["status"], found["amount"], codes(found)) == ("ELIGIBLE", amount, why)


@pytest.mark.parametrize(("base", "amount", "why"), [("9999.99", "0.00", ["LESS_THAN_THE_UNIT"]), ("10000.00", "10000.00", [])])
def test_D82_less_than_the_unit_is_a_reason(base: str, amount: str, why: list[str]) -> None:
    found = Bureau(award(more="rounding: {unit: 1万元, mode: DOWN}"), "AWARD").answer({"items": [item("A", base)]})
    assert (found["status"], found["amount"], codes(found)) == ("ELIGIBLE", amount, why)


def test_D82_other_money_that_covers_a_project_is_a_reason() -> None:
    found = Bureau(grant(), "GRANT").answer({"projects": [project("P", "100.00", other_fiscal_funding="30.00")]})
    assert (found["status"], found["amount"], codes(found)) == ("ELIGIBLE", "0.00", ["OTHER_FUNDING_COVERS"])


def test_D82_one_item_of_several_that_ends_at_nothing_has_its_reason() -> None:
    more = "caps: [{per: [PROJECT], limit: 10}]"
    who = granted("10.00", project_id="P")
    found = Bureau(award(more=more), "AWARD").answer(
        {"applicant": who, "items": [item("A", "5.00", project_id="P"), item("B", "5.00", project_id="Q")]}
    )
    assert (amounts(found), [(one["code"], one["item_id"]) for one in found["reasons"]]) == (
        {"A": "0.00", "B": "5.00"}, [("CAP_USED", "A")],
    )  # fmt: skip


# --- D98: the higher of two grants ----------------------------------------------------------------------

HIGHER = "stacking: {higher_of: {clause: 孰高兑付、差额补齐}}\n"
SAME = "stacking: {higher_of: {same_project: true, clause: 同一项目孰高兑付}}\n"
EXEMPT = """
  - rate_table: xx-spec-2025-0-2
    no: '2'
    title: 不受限方向
    method: AWARD
    versions:
      - version: '1'
        effective: {first_day: '2000-01-01', last_day: open}
        published_at: '2020-01-01T00:00:00+08:00'
        terms: {clause: c, facts: ITEMS, wording: EXACT, lines: [{id: ALL, base: base_amount, rate: 1%}], stacking: {exempt_direction: EXEMPTED}}
"""


@pytest.mark.parametrize(
    ("terms", "keys", "expected"),
    [
        (HIGHER, {"project_id": "P"}, "70.00"),
        (HIGHER, {"project_id": "Z"}, "70.00"),
        (HIGHER, {}, "70.00"),
        (SAME, {"project_id": "P"}, "70.00"),
        (SAME, {"project_id": "ｐ "}, "70.00"),
        (SAME, {"project_id": "Z"}, "100.00"),
        (SAME, {}, "70.00"),
    ],
)
def test_D98_every_grant_of_fund_and_year_is_set_off_unless_the_clause_speaks_of_the_same_project(
    terms: str, keys: dict[str, str], expected: str
) -> None:
    found = Bureau(award(more=terms), "AWARD").answer(
        {"applicant": granted("30.00", **keys), "items": [item("A", "100.00", project_id="P")]}
    )
    assert found["amount"] == expected


@pytest.mark.parametrize(("exempted", "expected"), [("true", "100.00"), ("false", "70.00")])
def test_D98_an_exempt_direction_stands_apart(exempted: str, expected: str) -> None:
    extra = EXEMPT.replace("EXEMPTED", f"'{exempted}'")
    found = Bureau(award(more=HIGHER), "AWARD", extra=extra).answer(
        {"applicant": granted("30.00", "xx-spec-2025-0-2"), "items": [item("A", "100.00", project_id="P")]}
    )
    assert found["amount"] == expected


# --- D99: other money that was not stated, and what goes back -------------------------------------------


@pytest.mark.parametrize(
    ("how", "warns"), [("FROM_AMOUNT", True), ("FROM_BASE", True), ("IGNORED", False)], ids=["off the amount", "off the base", "ignored"]
)
def test_D99_other_money_not_stated_counts_as_none_and_warns_where_the_table_reads_it(how: str, warns: bool) -> None:
    bureau = Bureau(grant(more=f"other_funding: {how}"), "GRANT")
    found = bureau.answer({"projects": [project("Q", "100.00", other_fiscal_funding="0.00"), project("P", "100.00")]})
    assert amounts(found) == {"P": "30.00", "Q": "30.00"}
    assert [pointer for pointer, _ in about(found, "OTHER_FUNDING_NOT_STATED")] == (
        ["/projects/1/other_fiscal_funding"] if warns else []
    )


def test_D99_recovery_shows_what_was_really_paid_and_has_its_step() -> None:
    one = project("P", "100.00", other_fiscal_funding="0.00", accepted_investment="50.00", paid_instalments="24.00")
    found = Bureau(grant(), "GRANT").answer({"projects": [one]})
    assert (found["amount"], found["items"][0]["recovery"]) == ("15.00", "9.00")
    assert [(pay["amount"], pay["when"]) for pay in found["payout"]] == [("24.00", "已拨付"), ("0.00", "验收后余款")]
    assert [(step["substituted"], step["value"]) for step in found["steps"] if step["id"] == "recovery:P"] == [
        ("max(0, 24.00 - 15.00)", "9.00")
    ]


# --- D103: other money where the table does not say -----------------------------------------------------


def published(at: str, more: str = "") -> str:
    """A second direction, on projects, that does not say where other money comes off."""
    return f"""
  - rate_table: xx-spec-2025-0-2
    no: '2'
    title: 项目
    method: GRANT
    versions:
      - version: '1'
        effective: {{first_day: '2000-01-01', last_day: open}}
        published_at: '{at}'
        terms: {{clause: c, facts: PROJECTS, wording: CEILING, lines: [{{id: ALL, base: admitted, rate: 30%}}]{more}}}
"""


@pytest.mark.parametrize(
    ("at", "more", "expected"),
    [
        ("2026-11-30T23:59:59+08:00", "", "20.00"),
        ("2026-12-01T00:00:00+08:00", "", "30.00"),
        ("2026-11-30T16:00:00Z", "", "30.00"),
        ("2026-12-01T00:00:00+08:00", ", other_funding: FROM_AMOUNT", "20.00"),
        ("2026-11-30T23:59:59+08:00", ", other_funding: IGNORED", "30.00"),
    ],
)
def test_D103_other_money_is_ignored_unless_the_clause_says_otherwise_in_versions_from_december_2026_on(
    at: str, more: str, expected: str
) -> None:
    bureau = Bureau(grant(), "GRANT", extra=published(at, more))
    body = {"rate_table": "xx-spec-2025-0-2", "projects": [project("P", "100.00", other_fiscal_funding="10.00")]}
    assert bureau.answer(body)["amount"] == expected


def test_D103_what_is_meant_where_nothing_is_said_stands_in_the_difference_of_two_versions() -> None:
    terms = {"facts": "PROJECTS", "wording": "CEILING", "clause": "c", "lines": [{"id": "ALL", "base": "admitted", "rate": "30%"}]}
    before, now = (
        {"version": no, "effective": {"first_day": "2026-01-01"}, "published_at": at, "method": "GRANT", "terms": terms}
        for no, at in (("1", "2026-11-30T00:00:00+08:00"), ("2", "2026-12-01T00:00:00+08:00"))
    )
    assert [one.zh for one in differences(before, now)] == ["其他财政资金 由 从支持金额中扣除 调整为 不扣除，自 2026-01-01 起"]
    assert differences(now, now | {"version": "3"}) == []


# --- D81: a value that says something and is not read ---------------------------------------------------


def unread(found: dict[str, Any]) -> list[str | None]:
    """Where the answer says that something is not read."""
    return [pointer for pointer, _ in about(found, "FACT_NOT_READ")]


def test_D81_an_excluded_period_whose_reason_the_table_does_not_exclude_warns(client: httpx.Client) -> None:
    """bj-sme-2025-0-1 excludes what is overdue or extended; ten months excluded for another reason change nothing, and that is said."""
    contract = {
        "contract_no": "L-1", "lender": "某银行", "loan_type": "WORKING_CAPITAL",
        "signed_on": "2024-03-01", "matures_on": "2025-03-01",
        "drawdowns": [{"drawdown_no": "1", "on": "2024-03-05", "amount": "1000000.00"}],
        "rate": {"kind": "FIXED", "annual_rate": "0.036"}, "measures": {"first_loan": True}, "interest_paid": [],
    }  # fmt: skip
    body = {"rate_table": "bj-sme-2025-0-1", "version": 1, "application_date": "2025-12-30", "applicant": {"uscc": USCC}}
    excluded = {"excluded_periods": [{"from": "2024-03-10", "until": "2025-01-01", "reason": "OTHER"}]}
    quiet, found = (answered(client, "LOAN_INTEREST", body | {"contracts": [contract | more]}) for more in ({}, excluded))
    assert (found["amount"], quiet["amount"]) == ("7220.00", "7220.00")
    assert about(found, "FACT_NOT_READ") == [
        ("/contracts/0/excluded_periods/0", "标准表不读取“剔除期间”（OTHER；共 1 处），对金额没有影响，请向主管部门确认")
    ]
    assert unread(quiet) == []


def test_D81_one_warning_for_each_field_with_a_count_and_the_first_place() -> None:
    sent = [item("A", "1.00"), item("B", "1.00", vat="0.10", related_party=True), item("C", "1.00", vat="0.20", related_party=False)]
    found = Bureau(award(), "AWARD").answer({"items": sent})
    assert about(found, "FACT_NOT_READ") == [
        ("/items/1/vat", "标准表不读取“其中增值税”（0.30；共 2 处），对金额没有影响，请向主管部门确认"),
        ("/items/1/related_party", "标准表不读取“是否关联方”（true；共 1 处），对金额没有影响，请向主管部门确认"),
    ]


NEUTRAL: dict[str, Any] = {
    "registered_in_beijing": True, "dishonesty_records": [], "other_municipal_funding": False, "declaration_accepted": True,
}  # fmt: skip
TELLING: dict[str, Any] = {
    "registered_in_beijing": False, "dishonesty_records": [{"on": "2000-01-01"}],
    "other_municipal_funding": True, "declaration_accepted": False,
}  # fmt: skip


@pytest.mark.parametrize("name", NEUTRAL)
def test_D81_a_neutral_value_of_the_applicant_is_silent_and_any_other_warns_unless_it_is_read(name: str) -> None:
    reads = {"dishonesty_records": "not dishonest_since(2020-01-01)"}.get(name, f"{name} or not {name}")
    bureau, reader = Bureau(award(), "AWARD"), Bureau(award(more=f"require: [{{that: '{reads}', code: X}}]"), "AWARD")

    def warned(at: Bureau, value: Any) -> list[str | None]:
        return unread(at.answer({"applicant": {"uscc": USCC, name: value}, "items": [item("A", "1.00")]}))

    assert (warned(bureau, NEUTRAL[name]), warned(bureau, TELLING[name])) == ([], [f"/applicant/{name}"])
    assert (warned(reader, NEUTRAL[name]), warned(reader, TELLING[name])) == ([], [])


@pytest.mark.parametrize(
    ("loan_type", "purposes", "require", "expected"),
    [
        ("WORKING_CAPITAL", [], "", []),
        ("WORKING_CAPITAL", ["ENTRUSTED"], "", ["/contracts/0/purposes/0"]),
        ("ENTRUSTED", [], "", ["/contracts/0/loan_type"]),
        ("ENTRUSTED", [], "loan_type != BILL", []),
        ("WORKING_CAPITAL", ["ENTRUSTED", "BILL"], "not BILL in purposes", ["/contracts/0/purposes/0"]),
        ("ENTRUSTED", [], "not ENTRUSTED in purposes", ["/contracts/0/loan_type"]),
    ],
)
def test_D81_marks_of_a_loan_that_are_not_read_warn(loan_type: str, purposes: list[str], require: str, expected: list[str]) -> None:
    more = f"require: [{{that: '{require}', code: X}}]" if require else ""
    # A mark that is read refuses the contract; what is not read is said all the same.
    found = Bureau(points(more=more)).answer({"contracts": [loan(loan_type=loan_type, purposes=purposes)]})
    assert unread(found) == expected


@pytest.mark.parametrize(
    ("admit", "expected"),
    [
        ("", ["/projects/0/investments/0/vat", "/projects/0/investments/0/related_party"]),
        ("admit: {categories: unknown, vat: unknown, related_party: unknown}\n", ["/projects/0/investments/0/vat", "/projects/0/investments/0/related_party"]),
        ("admit: {categories: unknown, vat: INCLUDED, related_party: INCLUDED}\n", []),
        ("admit: {categories: unknown, vat: EXCLUDED, related_party: EXCLUDED}\n", []),
    ],
)
def test_D81_parts_of_an_investment_are_read_where_the_table_decides_on_them(admit: str, expected: list[str]) -> None:
    terms = f"facts: PROJECTS\nwording: CEILING\n{admit}lines: [{{id: ALL, base: admitted, rate: 30%}}]\n"
    payment = {"category": "EQUIPMENT", "amount": "113.00", "vat": "13.00", "related_party": True}
    one = {"project_id": "P", "other_fiscal_funding": "0.00", "investments": [payment, payment | {"amount": "226.00", "related_party": False}]}
    assert unread(Bureau(terms, "GRANT").answer({"projects": [one]})) == expected


def test_D81_D103_other_money_that_is_ignored_warns_with_its_amount() -> None:
    sent = [project("P", "100.00", other_fiscal_funding="10.00"), project("Q", "100.00", other_fiscal_funding="5.50")]
    found = Bureau(grant(more="other_funding: IGNORED"), "GRANT").answer({"projects": sent})
    assert found["amount"] == "60.00"
    assert about(found, "FACT_NOT_READ") == [
        ("/projects/0/other_fiscal_funding", "标准表不读取“已获其他财政资金”（15.50；共 2 处），对金额没有影响，请向主管部门确认")
    ]


# --- D84: a term whose start was not seen ---------------------------------------------------------------


def test_D84_a_term_whose_start_was_not_seen_is_not_applied_and_said_with_its_direction() -> None:
    known = Bureau(points(more="term: {months: 6, from: FIRST_DRAWDOWN}")).answer({"contracts": [loan()]})
    unseen = Bureau(points(more="term: {months: 6, from: unknown, clause: 期限六个月}")).answer({"contracts": [loan()]})
    assert (known["amount"], unseen["amount"]) == ("5000.00", "10000.00")
    opened = {"clause": "期限六个月", "message": "支持期限（6个月）的起点未见公布，未按该期限作限制，金额可能偏高"}
    assert opened in unseen["not_decided_here"]
    assert opened not in known["not_decided_here"]
    assert unseen["amount_kind"] == known["amount_kind"]


# --- D102: to what the rules of a fund apply ------------------------------------------------------------


def rules(applies_by: str, *, dated: str = "2025-03-01") -> str:
    """Rules for 2025 under which a registration is asked for."""
    return (
        f"overlays:\n  - {{id: xx-rules, title: 指南, methods: all, {applies_by}effective: {{first_day: '2025-01-01', last_day: '2025-12-31'}}, "
        f"document: {{title: 指南, date: '{dated}'}}, authority: official, terms: {{clause: c, require: [{{that: registered_in_beijing, code: NO}}]}}}}"
    )


@pytest.mark.parametrize(
    ("applies_by", "year", "on", "applies"),
    [
        ("applies_by: PROGRAM_YEAR, ", 2025, "2025-06-30", True),
        ("applies_by: PROGRAM_YEAR, ", 2025, "2026-01-15", True),  # an application of the year after, of a batch of the year
        ("applies_by: PROGRAM_YEAR, ", 2026, "2025-12-15", False),
        ("applies_by: PROGRAM_YEAR, ", 2024, "2025-06-30", False),
        ("applies_by: PROGRAM_YEAR, ", 2025, "2025-02-28", False),  # before the document
        ("applies_by: PROGRAM_YEAR, ", 2025, "2025-03-01", True),
        ("applies_by: APPLICATION_DATE, ", 2024, "2025-06-30", True),
        ("applies_by: APPLICATION_DATE, ", 2025, "2026-01-01", False),
        ("applies_by: APPLICATION_DATE, ", 2025, "2025-02-28", False),
        ("", 2024, "2025-06-30", True),
        ("", 2025, "2025-02-28", True),  # not stated: as before
    ],
)
def test_D102_rules_apply_by_the_year_of_the_batch_or_by_the_day_of_the_application(
    applies_by: str, year: int, on: str, applies: bool
) -> None:
    bureau = Bureau(award(), "AWARD", overlays=rules(applies_by), year=year)
    who = {"uscc": USCC, "registered_in_beijing": False}
    found = bureau.answer({"application_date": on, "applicant": who, "items": [item("A", "1.00")]})
    assert codes(found) == (["NO"] if applies else [])


def test_D102_a_rule_in_principle_warns_with_its_clause_and_leaves_the_decision() -> None:
    def direction(clause: str) -> dict[str, Any]:
        terms = award(more=f"stacking: {{single_direction: {{clause: {clause}}}}}")
        return Bureau(terms, "AWARD").answer({"applicant": granted("5.00", "xx-spec-2025-0-2"), "items": [item("A", "1.00")]})

    soft, hard = direction("同一企业原则上只能申报一个方向"), direction("同一企业只能申报一个方向")
    assert (soft["status"], soft["amount"]) == ("ELIGIBLE", "1.00")
    ((pointer, message),) = about(soft, "SINGLE_DIRECTION_IN_PRINCIPLE")
    assert pointer is not None
    assert pointer.startswith("/applicant/granted/0")
    assert message.endswith("同一企业原则上只能申报一个方向")
    assert "同一企业原则上只能申报一个方向" in [one["clause"] for one in soft["not_decided_here"]]
    assert (hard["status"], codes(hard)) == ("NOT_ELIGIBLE", ["ALREADY_SUPPORTED_THIS_YEAR"])


# --- D104: an application in a later year than the batch's ----------------------------------------------


@pytest.mark.parametrize(
    ("more", "on", "warns"),
    [
        ("", "2025-12-31", False),
        ("", "2026-01-01", True),
        ("windows: {application: {first_day: '2025-01-01', last_day: unknown}}", "2026-01-01", True),
        ("windows: {application: {first_day: '2025-01-01', last_day: '2026-03-31'}}", "2026-01-01", False),
        ("windows: {event: {first_day: '2025-01-01', last_day: '2025-12-31'}}", "2026-01-01", True),
        ("windows: {event: {first_day: '2025-01-01', last_day: '2026-01-31'}}", "2026-12-31", False),
        ("windows: {event: {first_day: '2025-01-01', last_day: '2026-01-31'}}", "2027-01-01", True),
        ("windows: {event: {first_day: '2025-01-01', last_day: APPLICATION_DATE}}", "2027-01-01", False),
        ("windows: {event: {first_day: '2025-01-01', last_day: unknown}}", "2026-01-01", True),
        ("term: {months: 12, from: occurred_on}", "2026-12-31", False),
        ("term: {months: 12, from: occurred_on}", "2027-01-01", True),
    ],
)
def test_D104_an_application_of_a_later_year_that_nothing_reaches_is_calculated_with_a_warning(more: str, on: str, warns: bool) -> None:
    bureau = Bureau(award(more=more), "AWARD")
    found = bureau.answer({"application_date": on, "items": [item("A", "1.00", occurred_on="2025-06-30")]})
    assert found["amount"] == "1.00"
    assert [pointer for pointer, _ in about(found, "APPLIED_IN_A_LATER_YEAR")] == (["/application_date"] if warns else [])
    assert any("是否仍予受理" in one["message"] for one in found["not_decided_here"]) is warns
