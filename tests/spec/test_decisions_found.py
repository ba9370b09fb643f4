"""What an independent recomputation found after the rules were written: the same rules, at their edges."""

from __future__ import annotations

from tests.bureau import Bureau, loan
from tests.spec.small_tables import codes, points

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
