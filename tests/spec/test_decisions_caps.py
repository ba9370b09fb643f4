"""D39-D42: caps as accounts, their periods, earlier grants, and the caps of the fund; each sum is written out."""

from __future__ import annotations

import re

import pytest

from tests.bureau import USCC, Bureau, loan, policy
from tests.spec.small_tables import amounts, award, caps, granted, insurance, item, measures, points

ITEMS = "facts: ITEMS\nwording: EXACT\n"
TWO_LINES = "lines: [{id: X, when: related_party, base: base_amount, rate: 100%}, {id: Y, when: not related_party, base: base_amount, rate: 100%}]\n"


# --- D39: order -----------------------------------------------------------------------------------------

LOANS = points()
ORDERS = [
    # facts, the narrower cap, the wider one
    (LOANS, "LOAN_INTEREST", "per: [DRAWDOWN]", "per: [CONTRACT]"),
    (LOANS, "LOAN_INTEREST", "per: [CONTRACT]", "per: [LINE]"),
    (LOANS, "LOAN_INTEREST", "per: [LINE]", "per: [PROJECT]"),
    (LOANS, "LOAN_INTEREST", "per: [PROJECT]", "per: [LENDER]"),
    (LOANS, "LOAN_INTEREST", "per: [LENDER]", "per: []"),
    (LOANS, "LOAN_INTEREST", "per: [LENDER], lines: [ALL]", "per: [LENDER]"),
    (LOANS, "LOAN_INTEREST", "bounds: BALANCE, per: [DRAWDOWN]", "bounds: BALANCE, per: []"),
    (insurance(), "INSURANCE", "per: [UNIT]", "per: []"),
    (award(), "AWARD", "per: [PRODUCT]", "per: [], lines: [ALL]"),
    (award(), "AWARD", "per: [], lines: [ALL]", "per: [PROJECT]"),
    (award(), "AWARD", "per: []", "per: [], period: PROGRAM_YEAR"),
    (award(), "AWARD", "per: [], period: BATCH", "per: [], period: LIFETIME"),
    (award(), "AWARD", "per: [], period: PROGRAM_YEAR", "per: [], period: LIFETIME"),
    (award(), "AWARD", "per: [PRODUCT], period: LIFETIME", "per: [], period: BATCH"),
]


@pytest.mark.parametrize(("terms", "method", "narrow", "wide"), ORDERS, ids=[f"{narrow} < {wide}" for _, _, narrow, wide in ORDERS])
def test_D39_narrower_caps_stand_before_wider_ones(terms: str, method: str, narrow: str, wide: str) -> None:
    Bureau(terms + f"caps: [{{{narrow}, limit: 100}}, {{{wide}, limit: 100}}]", method)
    with pytest.raises(ValueError, match="限额应由窄到宽排列"):
        Bureau(terms + f"caps: [{{{wide}, limit: 100}}, {{{narrow}, limit: 100}}]", method)


def test_D39_each_account_has_the_whole_limit() -> None:
    answer = Bureau(award(more="caps: [{per: [PROJECT], limit: 100}]"), "AWARD").answer(
        {"items": [item("A", "80.00", project_id="P"), item("B", "80.00", project_id="P"), item("C", "80.00", project_id="Q")]}
    )
    assert amounts(answer) == {"A": "50.00", "B": "50.00", "C": "80.00"}
    assert caps(answer, "key", "before", "after", "binding", "margin") == [
        ("P", "160.00", "100.00", True, "0.00"),
        ("Q", "80.00", "80.00", False, "20.00"),
    ]


def test_D39_caps_apply_one_after_the_other() -> None:
    more = "caps: [{per: [PRODUCT], limit: 60}, {per: [], lines: [X], limit: 80}, {per: [], limit: 90}]"
    sent = [item(no, amount, related_party=no != "C", product_id=no) for no, amount in (("A", "100.00"), ("B", "20.00"), ("C", "40.00"))]
    answer = Bureau(ITEMS + TWO_LINES + more, "AWARD").answer({"items": sent})
    # A 100 → 60; A + B = 80, C 40; all 120 → 90: each × 3/4
    assert amounts(answer) == {"A": "45.00", "B": "15.00", "C": "30.00"}
    assert [(before, after) for before, after in caps(answer, "before", "after")][-2:] == [("80.00", "80.00"), ("120.00", "90.00")]


# --- D40: periods ---------------------------------------------------------------------------------------

BATCH, OTHER_BATCH, LAST_YEAR = "xx-spec-2025-0-2", "xx-spec-2025-3-1", "xx-spec-2024-0-1"


@pytest.mark.parametrize(
    ("period", "batch", "year", "ever"),
    [
        ("CLAIM", "100.00", "100.00", "100.00"),
        ("BATCH", "30.00", "100.00", "100.00"),
        ("PROGRAM_YEAR", "30.00", "30.00", "100.00"),
        ("LIFETIME", "30.00", "30.00", "30.00"),
    ],
)
def test_D40_how_far_back_grants_take_room(period: str, batch: str, year: str, ever: str) -> None:
    bureau = Bureau(award(more=f"caps: [{{per: [], period: {period}, pool: FUND, limit: 100}}]"), "AWARD")
    for table, expected in ((BATCH, batch), (OTHER_BATCH, year), (LAST_YEAR, ever)):
        assert bureau.amount(applicant=granted("70.00", table), items=[item("A", "500.00")]) == expected, table


@pytest.mark.parametrize(("table", "expected"), [("xx-spec-2025-0-1", "30.00"), ("xx-spec-2026-0-1", "100.00")])
def test_D40_the_programme_year_is_that_of_the_batch_and_not_of_the_day(table: str, expected: str) -> None:
    """Applied for and granted in 2026, under a table of 2025."""
    bureau = Bureau(award(more="caps: [{per: [], period: PROGRAM_YEAR, pool: FUND, limit: 100}]"), "AWARD")
    body = {"application_date": "2026-06-30", "applicant": granted("70.00", table, on="2026-05-01"), "items": [item("A", "500.00")]}
    assert bureau.answer(body)["amount"] == expected


BY_YEAR = points(more="caps: [{per: [], period: ACCRUAL_YEAR, limit: 4000}]")
TWO_YEARS = loan(drawn=[("2024-07-01", "1000000.00")], matures_on="2025-04-01")


def test_D40_each_calendar_year_of_accrual_is_an_account() -> None:
    answer = Bureau(BY_YEAR).answer({"contracts": [TWO_YEARS]})
    # 2024: 1,000,000 × 1% × 6/12 = 5,000 → 4,000; 2025: × 3/12 = 2,500
    assert caps(answer, "key", "before", "after") == [("2024", "5000.00", "4000.00"), ("2025", "2500.00", "2500.00")]
    assert [(one["from"], one["until"]) for one in answer["items"][0]["segments"]] == [("2024-07-01", "2025-01-01"), ("2025-01-01", "2025-04-01")]
    assert answer["amount"] == "6500.00"


@pytest.mark.parametrize(("year", "expected"), [(2024, "5500.00"), (2025, "5500.00"), (2023, "6500.00")])
def test_D40_a_grant_takes_room_in_the_year_in_which_its_interest_accrued(year: int | None, expected: str) -> None:
    # 2024: 4,000 - 1,000 + 2,500; 2025: 4,000 + min(2,500, 4,000 - 2,500)
    amount = {2024: "1000.00", 2025: "2500.00"}.get(year or 0, "4000.00")
    assert Bureau(BY_YEAR).amount(applicant=granted(amount, year=year), contracts=[TWO_YEARS]) == expected


def test_D40_only_what_accrues_has_a_year_of_accrual() -> None:
    with pytest.raises(ValueError, match="只有贷款按计息年度分账；其他用 PROGRAM_YEAR"):
        Bureau(award(more="caps: [{per: [], period: ACCRUAL_YEAR, limit: 1}]"), "AWARD")
    by_year, fee = "caps: [{per: [], period: ACCRUAL_YEAR, limit: 60, clause: 办法}]", "facts: CONTRACTS\nwording: EXACT\nlines: [{id: FEE, amount: 100}]"
    with pytest.raises(ValueError, match=re.escape("一次性给付的行（FEE）没有计息年度与放款；以 lines 限定到按日计算的行")):
        Bureau(f"{fee}\n{by_year}")
    answer = Bureau(fee, overlays=measures(by_year)).answer({"contracts": [loan()]})  # measures lie over loans of every kind
    assert caps(answer, "key", "after") == [(None, "60.00")]


# --- D41: earlier grants --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pool", "table", "expected"),
    [
        ("", "xx-spec-2025-0-1", "30.00"),
        ("", BATCH, "100.00"),
        ("pool: FUND, ", BATCH, "30.00"),
        ("pool: FUND, ", "yy-spec-2025-0-1", "100.00"),
        (f"pool: [{BATCH}], ", BATCH, "30.00"),
        (f"pool: [{BATCH}], ", "xx-spec-2025-0-1", "30.00"),
        (f"pool: [{BATCH}], ", "xx-spec-2025-0-3", "100.00"),
        ("pool: [yy-spec-2025-0-1], ", "yy-spec-2025-0-1", "30.00"),
    ],
)
def test_D41_grants_of_the_pool_take_room(pool: str, table: str, expected: str) -> None:
    bureau = Bureau(award(more=f"caps: [{{{pool}per: [], period: LIFETIME, limit: 100}}]"), "AWARD")
    assert bureau.amount(applicant=granted("70.00", table), items=[item("A", "500.00")]) == expected


KEYS = [
    # the cap; keys of the grant; what is left of 100.00
    ("per: [CONTRACT]", {"contract_no": "L-1"}, "30.00"),
    ("per: [CONTRACT]", {"contract_no": "L-2"}, "100.00"),
    ("per: [LENDER]", {"lender": "BANK"}, "30.00"),
    ("per: [LENDER]", {"lender": "SHOP"}, "100.00"),
    ("per: [PROJECT]", {"project_id": "P"}, "30.00"),
    ("per: [LINE]", {"line": "ALL"}, "30.00"),
    ("per: [], lines: [ALL]", {"category": "ALL"}, "30.00"),
    ("per: [], lines: [ALL]", {"line": "ALL"}, "30.00"),
    ("per: []", {"contract_no": "L-2"}, "30.00"),
    ("per: [LENDER, PROJECT]", {"lender": "BANK", "project_id": "P"}, "30.00"),
    ("per: [LENDER, PROJECT]", {"lender": "BANK", "project_id": "Q"}, "100.00"),
    ("per: [DRAWDOWN]", {"contract_no": "L-1", "drawdown_no": "1"}, "30.00"),
    ("per: [DRAWDOWN]", {"contract_no": "L-2", "drawdown_no": "1"}, "100.00"),
]


@pytest.mark.parametrize(("cap", "keys", "expected"), KEYS, ids=[f"{cap} {keys}" for cap, keys, _ in KEYS])
def test_D41_a_grant_takes_room_where_its_keys_match(cap: str, keys: dict[str, str], expected: str) -> None:
    bureau = Bureau(points(more=f"caps: [{{{cap}, period: LIFETIME, limit: 100}}]"))
    answer = bureau.answer({"applicant": granted("70.00", **keys), "contracts": [loan(project_id="P")]})
    assert answer["amount"] == expected
    assert caps(answer, "granted") == [("70.00" if expected == "30.00" else "0.00",)]


def test_D41_one_grant_takes_room_in_every_account_that_it_matches() -> None:
    bureau = Bureau(insurance("100%", more="caps: [{per: [UNIT], limit: 100}, {per: [], limit: 150}]"), "INSURANCE")
    sent = [policy("P", "500.00", unit_id="U"), policy("Q", "500.00", unit_id="V")]
    answer = bureau.answer({"applicant": granted("40.00", unit_id="U"), "policies": sent})
    # U 100 - 40 = 60, V 100; together 150 - 40 = 110: 160 → 110
    assert caps(answer, "key", "granted", "after") == [("U", "40.00", "60.00"), ("V", "0.00", "100.00"), (None, "40.00", "110.00")]
    assert amounts(answer) == {"P": "41.25", "Q": "68.75"}


@pytest.mark.parametrize(("amount", "expected"), [("99.99", "0.01"), ("100.00", "0.00"), ("100.01", "0.00"), ("5000000.00", "0.00")])
def test_D41_room_is_never_below_zero(amount: str, expected: str) -> None:
    bureau = Bureau(award(more="caps: [{per: [], limit: 100}]"), "AWARD")
    assert bureau.amount(applicant=granted(amount), items=[item("A", "500.00")]) == expected


@pytest.mark.parametrize(
    ("cap", "expected"),
    [("per: []", "30.00"), ("per: [], period: PROGRAM_YEAR, pool: FUND", "30.00"), ("per: [], period: CLAIM", "100.00"), ("per: [UNIT]", "100.00")],
)
def test_D41_other_support_of_the_year_is_a_grant_without_keys(cap: str, expected: str) -> None:
    bureau = Bureau(insurance("100%", more=f"caps: [{{{cap}, limit: 100}}]"), "INSURANCE")
    assert bureau.amount(applicant={"uscc": USCC, "other_support_this_year": "70.00"}, policies=[policy("P", "500.00")]) == expected


def test_D41_grants_and_other_support_add_up() -> None:
    bureau = Bureau(award(more="caps: [{per: [], limit: 100}]"), "AWARD")
    who = granted("30.00") | {"other_support_this_year": "20.00"}
    who["granted"] *= 2
    assert bureau.amount(applicant=who, items=[item("A", "500.00")]) == "20.00"  # 100 - 30 - 30 - 20


# --- D42: rules of the fund -----------------------------------------------------------------------------


YEARLY = "caps: [{per: [], period: PROGRAM_YEAR, limit: 60, clause: 办法第九条}]"


def test_D42_the_caps_of_measures_come_last_with_their_own_clause() -> None:
    answer = Bureau(award(more="caps: [{per: [], limit: 80, clause: 通知}]"), "AWARD", overlays=measures(YEARLY)).answer({"items": [item("A", "90.00")]})
    assert caps(answer, "clause", "before", "after") == [("通知", "90.00", "80.00"), ("办法第九条", "80.00", "60.00")]
    assert answer["provenance"]["rate_table"]["overlays"] == ["xx-rules"]


def test_D42_a_cap_of_measures_may_be_narrower_than_those_of_the_table_and_still_is_last() -> None:
    narrow = measures("caps: [{per: [UNIT], limit: 50, clause: 办法}]")
    answer = Bureau(insurance("100%", more="caps: [{per: [], limit: 160}]"), "INSURANCE", overlays=narrow).answer(
        {"policies": [policy("P", "100.00"), policy("Q", "100.00")]}
    )
    assert [scope for (scope,) in caps(answer, "scope")] == ["ENTERPRISE_BATCH", "UNIT", "UNIT"]
    assert amounts(answer) == {"P": "50.00", "Q": "50.00"}


@pytest.mark.parametrize(
    ("methods", "first", "last", "expected"),
    [
        ("[AWARD, GRANT]", "2020-01-01", "open", "60.00"),
        ("[INSURANCE]", "2020-01-01", "open", "90.00"),
        ("all", "2026-06-30", "open", "60.00"),
        ("all", "2026-07-01", "open", "90.00"),
        ("all", "2020-01-01", "'2026-06-30'", "60.00"),
        ("all", "2020-01-01", "'2026-06-29'", "90.00"),
    ],
)
def test_D42_measures_lie_over_their_methods_on_their_days(methods: str, first: str, last: str, expected: str) -> None:
    bureau = Bureau(award(), "AWARD", overlays=measures(YEARLY, methods=methods, first=first, last=last))
    assert bureau.amount(application_date="2026-06-30", items=[item("A", "90.00")]) == expected


def test_D42_a_cap_of_measures_counts_grants_of_the_fund_by_the_same_method() -> None:
    policies = (
        "  - rate_table: xx-spec-2025-0-2\n    no: '2'\n    title: 保险\n    method: INSURANCE\n    versions:\n"
        "      - {version: '1', effective: {first_day: '2000-01-01', last_day: open}, published_at: '2020-01-01T00:00:00+08:00', "
        "terms: {clause: c, facts: POLICIES, wording: EXACT, lines: [{id: ALL, base: premium_paid, rate: 50%}]}}"
    )
    bureau = Bureau(award(), "AWARD", overlays=measures(YEARLY), extra=policies)
    for table, expected in (("xx-spec-2025-0-9", "20.00"), ("xx-spec-2025-0-2", "60.00"), ("yy-spec-2025-0-9", "60.00")):
        assert bureau.amount(applicant=granted("40.00", table), items=[item("A", "90.00")]) == expected, table


def test_D42_measures_alone_cannot_be_calculated_with() -> None:
    response = Bureau(award(), "AWARD", overlays=measures(YEARLY)).post({"rate_table": "xx-rules", "items": [item("A", "90.00")]})
    assert (response.status_code, response.json()["code"]) == (404, "RATE_TABLE_NOT_FOUND")
