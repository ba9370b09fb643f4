"""D14-D19: reference rates and contract rates. The published LPR_1Y: 3.65% from 2022-08-22, 3.55% from 2023-06-20,
3.45% from 2023-08-21, 3.35% from 2024-07-22, 3.10% from 2024-10-21, 3.00% from 2025-05-20."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bureau import Bureau, loan
from tests.spec.small_tables import codes, points, segments, share

FIVE = {"kind": "FIXED", "annual_rate": "0.05"}


def floating(reset: str, **more: Any) -> dict[str, Any]:
    """A rate of LPR_1Y."""
    return {"kind": "FLOATING", "series": "LPR_1Y", "reset": reset} | more


def changes(rate: dict[str, Any], *, drawn: str = "2023-10-21", matures: str = "2025-10-21", **more: Any) -> list[tuple[Any, ...]]:
    """From when a loan of that rate has which contract rate."""
    contract = loan(drawn=[(drawn, "1000000.00")], signed_on="2022-01-01", matures_on=matures, rate=rate)
    answer = Bureau(points()).answer({"application_date": "2026-01-01", "contracts": [contract]} | more)
    found = segments(answer, "from", "contract_rate")
    return [one for no, one in enumerate(found) if no == 0 or one[1] != found[no - 1][1]]


@pytest.mark.parametrize(("drawn", "expected"), [("2024-10-20", "0.0335"), ("2024-10-21", "0.031"), ("2024-10-22", "0.031")])
def test_D14_the_publication_day_has_the_new_value(drawn: str, expected: str) -> None:
    assert changes(floating("ANNIVERSARY"), drawn=drawn, matures="2025-01-01") == [(drawn, expected)]


@pytest.mark.parametrize(
    ("lookup", "expected", "working"),
    [
        ("SIGNED_ON", "34500.00", "signed 2023-10-20: 3.45%"),
        ("FIRST_DRAWDOWN", "33500.00", "first drawn 2024-08-01: 3.35%"),
        ("APPLICATION_DATE", "30000.00", "applied 2025-09-01: 3.00%"),
        ("JAN_1", "31000.00", "1 January 2025: 3.10%"),
        ("JAN_1_LAST_YEAR", "34500.00", "1 January 2024: 3.45%"),
        ("2023-07-01", "35500.00", "a date of the table: 3.55%"),
    ],
)
def test_D14_a_table_names_the_day_on_which_a_reference_is_read(lookup: str, expected: str, working: str) -> None:
    contract = loan(drawn=[("2024-08-01", "1000000.00")], signed_on="2023-10-20", matures_on="2025-08-01", rate=FIVE)
    bureau = Bureau(points(f"reference(LPR_1Y, {lookup})"))
    assert bureau.amount(application_date="2025-09-01", contracts=[contract]) == expected, working


def test_D14_each_drawdown_may_have_its_own_reference() -> None:
    drawn = [("2024-07-21", "1000000.00"), ("2024-07-22", "1000000.00")]
    contract = loan(drawn=drawn, matures_on="2024-10-21", rate=FIVE)
    answer = Bureau(points("reference(LPR_1Y, EACH_DRAWDOWN)")).answer({"contracts": [contract]})
    assert set(segments(answer, "drawdown_no", "subsidised_rate")) == {("1", "0.0345"), ("2", "0.0335")}


def test_D14_a_daily_reference_opens_a_segment_at_each_new_value() -> None:
    contract = loan(drawn=[("2024-07-01", "1000000.00")], matures_on="2024-11-01", rate=FIVE)
    answer = Bureau(points("reference(LPR_1Y, DAY)")).answer({"contracts": [contract]})
    found = dict(segments(answer, "from", "subsidised_rate"))
    assert (found["2024-07-01"], found["2024-07-22"], found["2024-10-21"]) == ("0.0345", "0.0335", "0.031")
    # 1,000,000 × (3.45% × 21 + 3.35% × 89 + 3.10% × 10)/360: 1 July + 2 months 20 days is 21 October
    assert answer["amount"] == "11155.56"


def test_D15_a_floating_rate_is_multiplier_times_series_plus_spread() -> None:
    rate = floating("ANNIVERSARY", multiplier="1.2", spread="-0.0010")
    # 3.45% × 1.2 - 0.10% = 4.04%; 3.10% × 1.2 - 0.10% = 3.62%
    assert changes(rate) == [("2023-10-21", "0.0404"), ("2024-10-21", "0.0362")]


def test_D15_a_floating_rate_is_never_negative() -> None:
    assert changes(floating("ANNIVERSARY", spread="-0.05")) == [("2023-10-21", "0")]


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (floating("MONTHLY"), [("2023-10-21", "0.0345"), ("2024-08-21", "0.0335"), ("2024-10-21", "0.031"), ("2025-05-21", "0.03")]),
        # resets on 21 January, April, July and October
        (floating("QUARTERLY"), [("2023-10-21", "0.0345"), ("2024-10-21", "0.031"), ("2025-07-21", "0.03")]),
        (floating("ANNIVERSARY"), [("2023-10-21", "0.0345"), ("2024-10-21", "0.031")]),
        (floating("JAN_1"), [("2023-10-21", "0.0345"), ("2025-01-01", "0.031")]),
        (
            floating("LISTED", reset_dates=["2022-06-01", "2024-09-01", "2025-06-01"]),
            [("2023-10-21", "0.0345"), ("2024-09-01", "0.0335"), ("2025-06-01", "0.03")],
        ),
        # an anchor of its own: each 1 March
        (floating("ANNIVERSARY", reset_anchor="2022-03-01"), [("2023-10-21", "0.0345"), ("2025-03-01", "0.031")]),
        # an anchor after the first drawdown: nothing is reset before it
        (floating("MONTHLY", reset_anchor="2025-06-05"), [("2023-10-21", "0.0345"), ("2025-06-05", "0.03")]),
    ],
)
def test_D15_resets_follow_their_anchor(rate: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert changes(rate) == expected


def test_D16_the_day_before_is_read_at_every_fixing() -> None:
    # drawn on the publication day 2023-08-21: 20 August had 3.55%; reset 2024-08-21 reads 20 August: 3.35%
    assert changes(floating("ANNIVERSARY", lookup="DAY_BEFORE"), drawn="2023-08-21", matures="2025-08-21") == [
        ("2023-08-21", "0.0355"),
        ("2024-08-21", "0.0335"),
    ]


def test_D17_each_segment_is_floored_at_zero_and_offsets_no_other() -> None:
    stepped = {"kind": "STEPPED", "steps": [{"from": "2025-01-01", "annual_rate": "0.02"}, {"from": "2025-07-01", "annual_rate": "0.05"}]}
    answer = Bureau(points("contract_rate - 3%")).answer({"contracts": [loan(rate=stepped)]})
    assert segments(answer, "subsidised_rate") == [("0",), ("0.02",)]
    # 1,000,000 × 2% × 6/12; with the first half's -1% it would be 5,000
    assert answer["amount"] == "10000.00"


def test_D17_a_formula_is_not_rounded() -> None:
    answer = Bureau(points("33.33333333% * contract_rate")).answer(
        {"contracts": [loan(rate={"kind": "FIXED", "annual_rate": "0.03333333"})]}
    )
    # 0.3333333333 × 0.03333333, all digits
    assert segments(answer, "subsidised_rate") == [("0.011111109998888889",)]


def test_D18_a_day_before_the_first_value_is_an_error() -> None:
    contract = loan(signed_on="2019-01-01", drawn=[("2019-08-19", "1000000.00")], matures_on="2020-01-01", rate=floating("ANNIVERSARY"))
    refused = Bureau(points("min(1%, contract_rate)")).post({"contracts": [contract]})
    assert (refused.status_code, refused.json()["code"]) == (422, "REFERENCE_RATE_NOT_COVERED")
    assert "2019-08-20" in refused.text


def test_D18_a_rate_that_only_the_reconciliation_needs_is_a_warning() -> None:
    # No day counts, so no rate decides an amount; the voucher's rate was reset after the last value.
    contract = loan(
        signed_on="2025-10-01",
        drawn=[("2025-10-01", "1000000.00")],
        matures_on="2027-10-01",
        rate=floating("ANNIVERSARY"),
        interest_paid=[{"from": "2026-10-01", "until": "2026-11-01", "amount": "30000.00", "paid_on": "2026-11-01"}],
    )
    bureau = Bureau(points(more="windows: {interest: {first_day: '2025-01-01', last_day: '2025-09-30'}}"))
    answer = bureau.answer({"application_date": "2026-12-01", "contracts": [contract]})
    assert codes(answer) == ["NO_DAY_COUNTS", "NO_EARNING_ITEM"]
    skipped = [one for one in answer["warnings"] if one["code"] == "RECONCILIATION_SKIPPED"]
    assert [one["pointer"] for one in skipped] == ["/contracts/0/interest_paid/0"]
    assert "2026-08-20" in skipped[0]["message"]


@pytest.mark.parametrize(("drawn", "warned"), [("2026-05-19", []), ("2026-05-20", ["2026-05-20"]), ("2026-06-22", [])])
def test_D18_a_value_that_was_not_read_gives_a_warning_where_it_is_used(drawn: str, warned: list[str]) -> None:
    contract = loan(signed_on="2026-01-01", drawn=[(drawn, "1000000.00")], matures_on="2026-07-01", rate=floating("ANNIVERSARY"))
    answer = Bureau(points("min(1%, contract_rate)")).answer({"application_date": "2026-08-01", "contracts": [contract]})
    found = [one["message"] for one in answer["warnings"] if one["code"] == "REFERENCE_RATE_CONFIDENCE"]
    assert len(found) == len(warned)
    assert all(day in text for day, text in zip(warned, found, strict=True))


def test_D19_the_first_step_may_not_start_after_the_first_drawdown() -> None:
    late = {"kind": "STEPPED", "steps": [{"from": "2025-01-02", "annual_rate": "0.03"}]}
    assert Bureau(points()).refusal(contracts=[loan(rate=late)]) == [("/contracts/0/rate/steps/0/from", "RATE_STARTS_LATE")]


def test_D19_steps_before_the_first_drawdown_are_superseded() -> None:
    steps = [("2024-01-01", "0.05"), ("2024-06-01", "0.04"), ("2025-07-01", "0.03"), ("2026-01-01", "0.02")]
    rate = {"kind": "STEPPED", "steps": [{"from": day, "annual_rate": value} for day, value in steps]}
    answer = Bureau(points()).answer({"contracts": [loan(rate=rate)]})
    assert segments(answer, "from", "contract_rate") == [("2025-01-01", "0.04"), ("2025-07-01", "0.03")]


def test_D19_a_zero_rate_earns_nothing_and_says_why() -> None:
    answer = Bureau(points("min(1%, contract_rate)")).answer({"contracts": [loan(rate={"kind": "FIXED", "annual_rate": "0"})]})
    assert (answer["amount"], answer["items"][0]["amount"]) == ("0.00", "0.00")
    assert "ZERO_RATE" in codes(answer)


@pytest.mark.parametrize(
    "rate",
    [
        {"kind": "FIXED", "annual_rate": "-0.01"},
        {"kind": "STEPPED", "steps": [{"from": "2025-01-01", "annual_rate": "-0.01"}]},
    ],
)
def test_D19_a_negative_rate_is_refused(rate: dict[str, Any]) -> None:
    pointer = Bureau(points()).refusal(contracts=[loan(rate=rate)])[0][0]
    assert pointer.endswith("/annual_rate")


def test_D15_a_reset_on_a_day_that_a_month_lacks_is_on_its_last_day() -> None:
    """Monthly from 2024-08-31: the 30th of September, the 31st of October, …; 3.10% was published on 21 October."""
    assert changes(floating("MONTHLY"), drawn="2024-08-31", matures="2025-07-01") == [
        ("2024-08-31", "0.0335"),
        ("2024-10-31", "0.031"),
        ("2025-05-31", "0.03"),
    ]


@pytest.mark.parametrize(("value", "shown"), [("0.00000001", "0.000000005"), ("0.12345678", "0.06172839")])
def test_D17_rates_are_shown_with_all_their_decimals(value: str, shown: str) -> None:
    answer = Bureau(points("50% * contract_rate")).answer({"contracts": [loan(rate={"kind": "FIXED", "annual_rate": value})]})
    assert segments(answer, "contract_rate", "subsidised_rate") == [(value, shown)]


NOTHING = {"rate": {"kind": "FIXED", "annual_rate": "0"}}
ALL_PENALTY = {"interest_paid": [{"from": "2025-01-01", "until": "2026-01-01", "amount": "5.00", "penalty": "5.00"}]}


@pytest.mark.parametrize("terms", [points(), share()], ids=["points", "share"])
@pytest.mark.parametrize("without", [NOTHING, ALL_PENALTY], ids=["rate of zero", "penalty alone"])
def test_D19_a_loan_without_interest_gets_no_zero_without_words(terms: str, without: dict[str, Any]) -> None:
    """Points are bounded by the interest, which is zero; a share of it is zero. Another loan earns as it does alone."""
    answer = Bureau(terms).answer({"contracts": [loan("A", **without), loan("B")]})
    assert [one["amount"] for one in answer["items"]] == ["0.00", answer["amount"]]
    assert [(one["code"], one["item_id"]) for one in answer["reasons"]] == [("NO_INTEREST", "A")]
