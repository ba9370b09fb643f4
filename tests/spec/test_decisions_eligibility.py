"""D43-D46: one direction a year, the higher of two, who may apply, and until when."""

from __future__ import annotations

import pytest

from tests.bureau import USCC, Bureau
from tests.spec.small_tables import amounts, award, codes, granted, item, measures

BATCH, LAST_YEAR = "xx-spec-2025-0-2", "xx-spec-2024-0-1"

# --- D43: one direction ---------------------------------------------------------------------------------

SINGLE = "stacking: {single_direction: {exempt: major_project_or_key_unit, clause: 单个方向}}"


def second(stacking: str = "") -> str:
    """Another direction of the batch."""
    return (
        "  - rate_table: xx-spec-2025-0-2\n    no: '2'\n    title: 另一方向\n    method: AWARD\n    versions:\n"
        "      - {version: '1', effective: {first_day: '2000-01-01', last_day: open}, published_at: '2020-01-01T00:00:00+08:00', "
        f"terms: {{clause: c, facts: ITEMS, wording: EXACT, lines: [{{id: ALL, amount: 1}}]{stacking}}}}}"
    )


@pytest.mark.parametrize(
    ("table", "key_unit", "expected", "why"),
    [
        (BATCH, False, "NOT_ELIGIBLE", "another direction of the year"),
        ("xx-spec-2025-7-7", False, "NOT_ELIGIBLE", "one of another batch of the year, not loaded here"),
        (BATCH, True, "ELIGIBLE", "the applicant is exempt"),
        ("xx-spec-2025-0-1", False, "ELIGIBLE", "the same direction"),
        (LAST_YEAR, False, "ELIGIBLE", "of another programme year"),
        ("yy-spec-2025-0-2", False, "ELIGIBLE", "of another fund"),
    ],
)
def test_D43_another_direction_of_the_fund_and_year_refuses(table: str, key_unit: bool, expected: str, why: str) -> None:
    bureau = Bureau(award(more=SINGLE), "AWARD", extra=second())
    answer = bureau.answer({"applicant": granted("1.00", table) | {"major_project_or_key_unit": key_unit}, "items": [item("A", "5.00")]})
    assert answer["status"] == expected, why
    assert [(one["code"], one["clause"]) for one in answer["reasons"]] == (
        [("ALREADY_SUPPORTED_THIS_YEAR", "单个方向")] if expected == "NOT_ELIGIBLE" else []
    )


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        ("", ", stacking: {exempt_direction: 'true'}", "5.00"),
        (", exempt_direction: 'true'", "", "5.00"),
        (", exempt_direction: 'true'", ", stacking: {exempt_direction: 'true'}", "5.00"),
        ("", "", "0.00"),
    ],
)
def test_D43_either_direction_may_be_exempt(own: str, other: str, expected: str) -> None:
    bureau = Bureau(award(more=SINGLE.removesuffix("}") + own + "}"), "AWARD", extra=second(other))
    who = granted("1.00", BATCH) | {"major_project_or_key_unit": False}
    assert bureau.amount(applicant=who, items=[item("A", "5.00")]) == expected


def test_D43_an_exempt_direction_does_not_excuse_a_third_one() -> None:
    bureau = Bureau(award(more=SINGLE), "AWARD", extra=second(", stacking: {exempt_direction: 'true'}"))
    who = granted("1.00", BATCH) | {"major_project_or_key_unit": False}
    who["granted"] += granted("1.00", "xx-spec-2025-0-3")["granted"]
    assert bureau.amount(applicant=who, items=[item("A", "5.00")]) == "0.00"


# --- D44: the higher of two -----------------------------------------------------------------------------

HIGHER = "stacking: {higher_of: {clause: 孰高兑付}}\n"


@pytest.mark.parametrize(
    ("before", "base", "expected"),
    [
        ("8000000.00", "20000000.00", "2000000.00"),  # 10,000,000 under the cap, less 8,000,000; room taken twice would leave 0
        ("8000000.00", "16000000.02", "0.01"),
        ("8000000.00", "16000000.00", "0.00"),
        ("8000000.00", "2000000.00", "0.00"),
    ],
)
def test_D44_the_difference_to_what_was_granted_is_paid(before: str, base: str, expected: str) -> None:
    bureau = Bureau(award("50%", more=HIGHER + "caps: [{per: [], period: PROGRAM_YEAR, limit: 1000万}]"), "AWARD")
    answer = bureau.answer({"applicant": granted(before), "items": [item("A", base)]})
    assert (answer["status"], answer["amount"]) == ("ELIGIBLE", expected)
    assert [(one["code"], one["clause"]) for one in answer["reasons"]] == ([("NOTHING_TO_TOP_UP", "孰高兑付")] if expected == "0.00" else [])


def test_D82_what_a_cap_took_before_the_top_up_keeps_its_reason() -> None:
    needs = "needs: {points: {of: ITEM, type: MONEY, title: 分值}, kind: {of: ITEM, type: CODE, title: 类}}\n"
    caps = "caps: [{per: [kind], period: CLAIM, limit: 1% * points, clause: 按分值}, {per: [], period: PROGRAM_YEAR, limit: 1000万}]"
    bureau = Bureau(award("50%", more=HIGHER + needs + caps), "AWARD")
    items = [item("A", "1000.00", measures={"points": "0.00", "kind": "a"}), item("B", "1000.00", measures={"points": "900.00", "kind": "b"})]
    answer = bureau.answer({"applicant": granted("8000000.00"), "items": items})
    assert [(one["code"], one["item_id"]) for one in answer["reasons"]] == [("NOTHING_TO_TOP_UP", None), ("CAP_USED", "A")]


def test_D82_less_than_a_fen_keeps_its_reason_where_there_was_nothing_to_top_up() -> None:
    bureau = Bureau(award("1%", more=HIGHER), "AWARD")
    answer = bureau.answer({"applicant": granted("1.00"), "items": [item("A", "0.49")]})
    assert [(one["code"], one["item_id"]) for one in answer["reasons"]] == [("LESS_THAN_A_FEN", "A")]


def test_D44_grants_of_the_fund_and_year_are_topped_up_and_no_others() -> None:
    bureau = Bureau(award(more=HIGHER), "AWARD")
    for table, expected in ((BATCH, "30.00"), (LAST_YEAR, "100.00"), ("yy-spec-2025-0-1", "100.00")):
        assert bureau.amount(applicant=granted("70.00", table), items=[item("A", "100.00")]) == expected, table


def test_D44_grants_that_are_not_topped_up_still_take_room() -> None:
    bureau = Bureau(award(more=HIGHER + "caps: [{per: [], period: LIFETIME, pool: FUND, limit: 100}]"), "AWARD")
    who = granted("25.00", LAST_YEAR)
    who["granted"] += granted("60.00", BATCH)["granted"]
    # min(500, 100 - 25) - 60
    assert bureau.amount(applicant=who, items=[item("A", "500.00")]) == "15.00"


def test_D44_the_difference_is_spread_over_the_items() -> None:
    answer = Bureau(award(more=HIGHER), "AWARD").answer({"applicant": granted("40.00"), "items": [item("A", "75.00"), item("B", "25.00")]})
    assert amounts(answer) == {"A": "45.00", "B": "15.00"}


# --- D45: who may apply ---------------------------------------------------------------------------------


def test_D45_nothing_of_an_applicant_is_asked_unless_the_table_asks() -> None:
    """Not registered, not declared, dishonest, supported elsewhere: this table has no such rule."""
    who = {"uscc": USCC, "registered_in_beijing": False, "declaration_accepted": False, "dishonesty_records": [{"on": "2026-06-01"}]}
    bureau = Bureau(award(), "AWARD")
    assert bureau.amount(applicant=who | {"other_municipal_funding": True}, items=[item("A", "1.00")]) == "1.00"
    assert bureau.amount(items=[item("A", "1.00")]) == "1.00"


@pytest.mark.parametrize(("kind", "status"), [("ENTERPRISE", 422), ("PERSON", 200), ("HOUSEHOLD", 200)])
def test_D45_only_an_enterprise_must_give_its_code(kind: str, status: int) -> None:
    response = Bureau(award(more=f"applicant: {kind}"), "AWARD").post({"applicant": {}, "items": [item("A", "1.00")]})
    assert response.status_code == status
    if status == 422:
        assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [("/applicant/uscc", "FACT_REQUIRED")]


HONEST = measures("require: [{that: 'not dishonest_since(months_after(application_date, -36))', code: DISHONEST, clause: 近3年}]")


@pytest.mark.parametrize(
    ("record", "fits"),
    [("2023-06-29", True), ("2023-06-30", False), ("2026-06-30", False), ("2026-07-01", True)],
)
def test_D45_a_record_bars_from_three_years_before_up_to_the_application(record: str, fits: bool) -> None:
    who = {"uscc": USCC, "dishonesty_records": [{"on": record}]}
    answer = Bureau(award(), "AWARD", overlays=HONEST).answer({"application_date": "2026-06-30", "applicant": who, "items": [item("A", "1.00")]})
    assert (answer["status"], codes(answer)) == (("ELIGIBLE", []) if fits else ("NOT_ELIGIBLE", ["DISHONEST"]))


def test_D45_what_a_rule_asks_must_be_told() -> None:
    assert Bureau(award(), "AWARD", overlays=HONEST).refusal(items=[item("A", "1.00")]) == [("/applicant/dishonesty_records", "FACT_REQUIRED")]


# --- D46: the application window ------------------------------------------------------------------------

CLOSES = "windows: {application: {first_day: '2026-06-01', last_day: '2026-06-30T17:30', clause: 申报时间}}"


@pytest.mark.parametrize(
    ("on", "at", "fits", "warned"),
    [
        ("2026-05-31", None, False, False),
        ("2026-06-01", None, True, False),
        ("2026-06-29", None, True, False),
        ("2026-06-30", None, True, True),
        ("2026-06-30", "2026-06-30T17:30:00+08:00", True, False),
        ("2026-06-30", "2026-06-30T17:30:01+08:00", False, False),
        ("2026-06-30", "2026-06-30T09:30:00Z", True, False),
        ("2026-06-30", "2026-06-30T09:30:01Z", False, False),
        ("2026-06-29", "2026-06-29T23:59:59+08:00", True, False),
        ("2026-07-01", None, False, False),
        ("2026-07-01", "2026-07-01T00:00:00+08:00", False, False),
    ],
)
def test_D46_a_window_may_close_at_a_clock_time(on: str, at: str | None, fits: bool, warned: bool) -> None:
    answer = Bureau(award(more=CLOSES), "AWARD").answer({"application_date": on, "application_at": at, "items": [item("A", "1.00")]})
    assert (answer["status"], answer["amount"]) == (("ELIGIBLE", "1.00") if fits else ("NOT_ELIGIBLE", "0.00"))
    assert [(one["code"], one["clause"]) for one in answer["reasons"]] == ([] if fits else [("OUTSIDE_APPLICATION_WINDOW", "申报时间")])
    assert ("CLOSING_DAY_WITHOUT_TIME" in codes(answer, "warnings")) is warned


@pytest.mark.parametrize("at", [None, "2026-06-30T23:59:59+08:00"])
def test_D46_a_window_that_closes_with_its_day_holds_all_of_it(at: str | None) -> None:
    more = "windows: {application: {first_day: '2026-06-01', last_day: '2026-06-30'}}"
    answer = Bureau(award(more=more), "AWARD").answer({"application_date": "2026-06-30", "application_at": at, "items": [item("A", "1.00")]})
    assert (answer["amount"], answer["warnings"]) == ("1.00", [])


def test_D46_a_version_and_a_day_of_rules_are_not_given_together() -> None:
    bureau = Bureau(award(), "AWARD")
    assert bureau.refusal(version=1, as_of="2026-01-01", items=[item("A", "1.00")]) == [("/as_of", "VERSION_WITH_AS_OF")]
    assert bureau.amount(version=1, items=[item("A", "1.00")]) == bureau.amount(as_of="2026-01-01", items=[item("A", "1.00")]) == "1.00"


def test_D46_the_window_tests_the_application_and_not_the_day_of_the_rules() -> None:
    bureau = Bureau(award(more=CLOSES), "AWARD")
    assert bureau.amount(application_date="2026-07-01", as_of="2026-06-15", items=[item("A", "1.00")]) == "0.00"
