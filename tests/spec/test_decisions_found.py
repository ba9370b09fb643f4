"""What an independent recomputation found after the rules were written: the same rules, at their edges."""

from __future__ import annotations

from tests.bureau import Bureau, loan, policy
from tests.spec.small_tables import codes, insurance, points, share, voucher

TWICE = [("2025-01-01", "1000000.00"), ("2025-01-02", "1000000.00")]
NOT_KNOWN = [("/contracts/0/rate", "FACT_REQUIRED")]


def test_D68_two_drawdowns_of_one_contract_are_one_item() -> None:
    """Both lie in the project of their contract: nothing else can share the account."""
    for cap in ("{bounds: BALANCE, per: [PROJECT], limit: 50万}", "{per: [PROJECT], limit: 500}"):
        bureau = Bureau(points(more=f"caps: [{cap}]"))
        found = bureau.answer({"contracts": [loan(drawn=TWICE)]})
        assert "CAP_FACT_MISSING" in codes(found, "warnings")
        assert bureau.refusal(contracts=[loan("A"), loan("B")]) == [
            ("/contracts/0/project_id", "FACT_REQUIRED"),
            ("/contracts/1/project_id", "FACT_REQUIRED"),
        ]


def test_D68_a_fact_of_the_drawdown_is_asked_of_each_drawdown() -> None:
    needs = "needs: {machine: {of: DRAWDOWN, type: CODE, title: 设备}}"
    bureau = Bureau(points(more=f"{needs}\ncaps: [{{bounds: BALANCE, per: [machine], limit: 50万}}]"))
    assert "CAP_FACT_MISSING" in codes(bureau.answer({"contracts": [loan()]}), "warnings")
    assert bureau.refusal(contracts=[loan(drawn=TWICE)]) == [
        ("/contracts/0/drawdowns/0/measures/machine", "FACT_REQUIRED"),
        ("/contracts/0/drawdowns/1/measures/machine", "FACT_REQUIRED"),
    ]


def test_D70_the_bound_of_the_interest_names_the_lender_where_two_share_the_number() -> None:
    found = Bureau(points()).answer({"contracts": [loan("L", lender="甲"), loan("L", lender="乙"), loan("M", lender="甲")]})
    assert [one["key"] for one in found["caps"] if one["scope"] == "CONTRACT_INTEREST"] == ["L 乙", "L 甲", "M"]


def test_D35_interest_that_is_not_known_is_not_zero() -> None:
    """Neither rate nor voucher: what the interest is cannot be said, so that no requirement on it is decided."""
    asked = points(more="require: [{that: interest >= 100, code: NOT_ENOUGH, clause: 利息}]")
    assert Bureau(asked).refusal(contracts=[loan(rate=None)]) == NOT_KNOWN
    summed = points(more="require: [{that: total(interest) >= 100, code: NOT_ENOUGH, clause: 利息}]")
    assert Bureau(summed).refusal(contracts=[loan(rate=None)]) == NOT_KNOWN


def test_D30_a_limit_on_interest_that_is_not_known_asks_for_the_rate() -> None:
    capped = points(more="caps: [{per: [CONTRACT], limit: 50% * interest}]")
    assert Bureau(capped).refusal(contracts=[loan(rate=None)]) == NOT_KNOWN


# --- what the search for variants that raise an amount without a word found ------------------------------


def test_D81_a_day_count_that_is_not_stated_is_told_where_interest_is_estimated() -> None:
    """The bank's usual day count is taken; what is stated, or lies in vouchers for every day, needs no word."""
    bureau = Bureau(share())
    told = "CONTRACT_DAY_COUNT_ASSUMED"
    assert told in codes(bureau.answer({"contracts": [loan()]}), "warnings")
    assert told not in codes(bureau.answer({"contracts": [loan(day_count="ACT_360")]}), "warnings")
    paid = [voucher("2025-01-01", "2026-01-01", "36500.00")]
    assert told not in codes(bureau.answer({"contracts": [loan(interest_paid=paid)]}), "warnings")
    divided = bureau.answer({"contracts": [loan(interest_paid=paid)], "claim_period": {"from": "2025-02-01", "until": "2026-01-01"}})
    assert told in codes(divided, "warnings"), "of a voucher only some days count, and the day count says how much of it they are"


def test_D88_a_default_that_is_written_out_is_the_same_calculation() -> None:
    bureau = Bureau(points())
    for left_out, said in (
        ({}, {"day_count": "ACT_360"}),
        ({"repayment_plan": {"method": "BULLET"}}, {"repayment_plan": {"method": "BULLET", "day": 20}}),
        (
            {"repayment_plan": {"method": "BULLET", "first_due": "2025-03-15"}},
            {"repayment_plan": {"method": "BULLET", "first_due": "2025-03-15", "day": 15}},
        ),
    ):
        one, other = (bureau.answer({"contracts": [loan(**more)]}) for more in (left_out, said))
        assert one["calculation_id"] == other["calculation_id"]
        assert one["amount"] == other["amount"]


def test_D81_vouchers_that_bound_nothing_are_told() -> None:
    """Vouchers for days that do not count, and one that runs past the application although it was paid before."""
    bureau = Bureau(points())
    idle = [voucher("2023-01-01", "2023-04-01", "1.00"), voucher("2025-01-01", "2026-01-01", "36500.00")]
    found = bureau.answer({"contracts": [loan(interest_paid=idle)]})
    assert [(one["code"], one["pointer"]) for one in found["warnings"] if one["code"] == "VOUCHER_NOT_USED"] == [
        ("VOUCHER_NOT_USED", "/contracts/0/interest_paid/0")
    ]
    ahead = [{"from": "2025-01-01", "until": "2031-01-01", "amount": "36500.00", "paid_on": "2025-02-01"}]
    assert "VOUCHER_AHEAD" in codes(bureau.answer({"contracts": [loan(interest_paid=ahead)]}), "warnings")
    for paid_on, is_told in (("2025-06-29", True), ("2025-06-30", False)):  # the voucher's last day, that of the application
        today = [voucher("2025-01-01", "2025-07-01", "18000.00", paid_on=paid_on)]
        found = bureau.answer({"application_date": "2025-06-30", "contracts": [loan(interest_paid=today)]})
        assert ("VOUCHER_AHEAD" in codes(found, "warnings")) is is_told
    kept = bureau.answer({"contracts": [loan(interest_paid=idle[1:])]})
    assert {"VOUCHER_NOT_USED", "VOUCHER_AHEAD"}.isdisjoint(codes(kept, "warnings"))


def test_D59_a_first_insured_day_that_is_not_stated_or_comes_late_is_told() -> None:
    bureau = Bureau(insurance(more="term: {months: 36, from: first_insured_on}"), "INSURANCE")

    def told(**more: str) -> list[str]:
        found = bureau.answer({"policies": [policy("P", "10.00", **more)]})
        return [one["code"] for one in found["warnings"] if one["pointer"] == "/policies/0/first_insured_on"]

    assert told() == ["FIRST_INSURED_ASSUMED"]
    assert told(first_insured_on="2025-01-01") == []
    assert told(first_insured_on="2025-01-02") == ["FIRST_INSURED_LATE"]
    plain = Bureau(insurance(), "INSURANCE").answer({"policies": [policy("P", "10.00")]})
    assert "FIRST_INSURED_ASSUMED" not in codes(plain, "warnings")


def test_D68_D90_room_that_is_taken_for_ever_asks_for_its_account_too() -> None:
    """A is repaid before the claimed days begin and takes the room of its project all the same."""
    bureau = Bureau(points("3.6%", more="caps: [{bounds: BALANCE, room: CUMULATIVE, per: [PROJECT], limit: 150万}]"))
    half = [("2025-01-01", "1500000.00")], [("2025-07-01", "1500000.00")]
    one = loan("A", drawn=half[0], matures_on="2025-07-01", project_id="P")
    other = loan("B", drawn=half[1], matures_on="2025-12-01", project_id="P")
    claimed = {"claim_period": {"from": "2025-07-01", "until": "2026-01-01"}}
    assert bureau.answer(claimed | {"contracts": [one, other]})["amount"] == "0.00"
    for index, sent in enumerate(([one | {"project_id": None}, other], [one, other | {"project_id": None}])):
        assert bureau.refusal(**claimed, contracts=sent) == [(f"/contracts/{index}/project_id", "FACT_REQUIRED")]
