"""The oracle against DECISIONS' table of vectors and the published examples: it must be right before it judges."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from tests.oracle import award, grant, insurance, loan_interest
from tests.oracle.accounts import Situation, rounded, spread
from tests.oracle.day_counts import PARTS, position
from tests.oracle.language import RefusedError, evaluate, plus_months
from tests.oracle.loans import Loan
from tests.oracle.repayment_plans import due_dates, planned

LPR = {
    "LPR_1Y": {
        "rows": [
            ("2023-08-21", "0.0345"),
            ("2023-10-20", "0.0345"),
            ("2024-07-22", "0.0335"),
            ("2024-10-21", "0.0310"),
            ("2026-08-20", "0.0300"),
        ],
        "holds_until": "2026-09-21",
    }
}


def table(facts: str, *, year: int = 2024, **terms: Any) -> dict[str, Any]:
    given = {"facts": facts, "wording": "CEILING", "day_count": "MONTHS_12", **terms}
    return {"id": f"bj-test-{year}-1-1", "fund": "bj-test", "year": year, "batch": "1", "terms": given}


def line(**words: Any) -> dict[str, Any]:
    return {"id": "ALL", "clause": "第一条", **words}


def contract(no: str = "L", *, matures_on: str, draws: list[tuple[str, str]], **more: Any) -> dict[str, Any]:
    return {
        "contract_no": no,
        "lender": "B",
        "loan_type": "FIXED_ASSET",
        "signed_on": draws[0][0],
        "matures_on": matures_on,
        "drawdowns": [{"drawdown_no": str(n), "on": on, "amount": amount} for n, (on, amount) in enumerate(draws, 1)],
        "rate": {"kind": "FIXED", "annual_rate": "0.05"},
        **more,
    }


def request(applied_on: str, **facts: Any) -> dict[str, Any]:
    return {"rate_table": "bj-test-2024-1-1", "application_date": applied_on, "applicant": {}, **facts}


def loans(terms: dict[str, Any], applied_on: str, *contracts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return loan_interest.expected(table("CONTRACTS", **terms), {**request(applied_on), "contracts": list(contracts), **more}, LPR)


@pytest.mark.parametrize(
    ("name", "anchor", "first", "until", "parts"),
    [
        ("D30_360", "2000-01-01", "2024-02-28", "2024-03-01", 3),
        ("D30_360", "2000-01-01", "2025-02-28", "2025-03-01", 3),
        ("D30_360", "2000-01-01", "2025-01-31", "2025-02-28", 28),
        ("D30_360", "2000-01-01", "2025-01-30", "2025-01-31", 0),
        ("ACT_365", "2000-01-01", "2024-01-01", "2025-01-01", 366),
        ("ACT_360", "2000-01-01", "2024-01-01", "2025-01-01", 366),
        ("ACT_ACT", "2000-01-01", "2023-12-31", "2024-01-01", 366),
        ("ACT_ACT", "2000-01-01", "2024-01-01", "2024-01-02", 365),
        ("ACT_ACT", "2000-01-01", "2024-12-31", "2025-01-01", 365),
        ("ACT_ACT", "2000-01-01", "1999-07-01", "2000-07-01", 184 * 366 + 182 * 365),
        ("ACT_ACT", "2000-01-01", "2024-01-01", "2025-01-01", 365 * 366),
        ("MONTHS_12", "2025-01-31", "2025-01-31", "2025-03-15", 45),
        ("MONTHS_12", "2025-01-31", "2025-03-15", "2025-05-31", 75),
        ("MONTHS_12", "2025-01-31", "2025-01-31", "2025-05-31", 120),
    ],
)
def test_d3_d4_positions(name: str, anchor: str, first: str, until: str, parts: int) -> None:
    a, b, c = (date.fromisoformat(text) for text in (anchor, first, until))
    assert position(name, a, c) - position(name, a, b) == parts


def test_d3_parts() -> None:
    assert PARTS == {"ACT_360": 360, "ACT_365": 365, "ACT_ACT": 133_590, "D30_360": 360, "MONTHS_12": 360}


@pytest.mark.parametrize(("day_count", "amount"), [("MONTHS_12", "8000000.00"), ("ACT_365", "8000000.00"), ("ACT_ACT", "8000000.00"), ("ACT_360", "8111111.11")])
def test_d6_one_year(day_count: str, amount: str) -> None:
    answer = loans(
        {"day_count": day_count, "lines": [line(base="balance", rate="2%")]},
        "2024-01-01",
        contract(matures_on="2023-10-01", draws=[("2022-10-01", "400000000.00")]),
    )
    assert answer["amount"] == amount


def test_d7_months() -> None:
    assert plus_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert plus_months(date(2024, 8, 31), 6) == date(2025, 2, 28)
    assert plus_months(date(2024, 3, 31), -36) == date(2021, 3, 31)


@pytest.mark.parametrize(("lookup", "rate"), [("SAME_DAY", "0.0330"), ("DAY_BEFORE", "0.0355")])
def test_d14_d16_resets(lookup: str, rate: str) -> None:
    case = Situation(table("CONTRACTS"), request("2025-01-01"), LPR)
    assert case.reference("LPR_1Y", date(2024, 10, 20)) == Fraction("0.0335")
    assert case.reference("LPR_1Y", date(2024, 10, 21)) == Fraction("0.0310")
    floating = {
        "kind": "FLOATING",
        "series": "LPR_1Y",
        "spread": "0.0020",
        "reset": "ANNIVERSARY",
        "lookup": lookup,
    }
    fact = contract(matures_on="2025-10-21", draws=[("2023-10-21", "1.00")], rate=floating)
    assert Loan(case, fact).slices[0].rate_on(date(2024, 10, 21)) == Fraction(rate)


def test_d18_end_of_series() -> None:
    case = Situation(table("CONTRACTS"), request("2025-01-01"), LPR)
    assert case.reference("LPR_1Y", date(2026, 9, 20)) == Fraction("0.03")
    with pytest.raises(RefusedError):
        case.reference("LPR_1Y", date(2026, 9, 21))
    with pytest.raises(RefusedError):
        case.reference("LPR_1Y", date(2023, 8, 20))


@pytest.mark.parametrize(("wording", "amount"), [("EXACT", "19166.67"), ("CEILING", "19166.66")])
def test_d20_fifo(wording: str, amount: str) -> None:
    answer = loans(
        {
            "wording": wording,
            "term": {"months": "12", "from": "EACH_DRAWDOWN"},
            "lines": [line(base="balance", rate="1%")],
        },
        "2026-01-01",
        contract(
            matures_on="2026-03-10",
            draws=[("2024-03-10", "1000000.00"), ("2024-09-10", "1000000.00")],
            repayments=[{"on": "2025-01-10", "principal": "500000.00"}],
        ),
    )
    assert answer["amount"] == amount


def test_d24_d25_room_goes_to_the_earlier() -> None:
    answer = loans(
        {
            "windows": {"interest": {"first_day": "2025-06-01", "last_day": "2026-05-31"}},
            "lines": [line(base="balance", rate="min(1%, 50% * contract_rate)")],
            "caps": [{"bounds": "BALANCE", "per": [], "limit": "100万"}],
        },
        "2026-07-01",
        contract(
            "A",
            matures_on="2026-06-01",
            draws=[("2025-05-01", "800000.00")],
            rate={"kind": "FIXED", "annual_rate": "0.016"},
        ),
        contract(
            "B",
            matures_on="2026-06-01",
            draws=[("2025-06-01", "800000.00")],
            rate={"kind": "FIXED", "annual_rate": "0.04"},
        ),
    )
    assert answer["amount"] == "8400.00"
    assert [answer["items"][no]["amount"] for no in "AB"] == ["6400.00", "2000.00"]


@pytest.mark.parametrize(("room", "amount"), [("DAILY", "10000.00"), ("CUMULATIVE", "5000.00")])
def test_d24_d25_rolling_over(room: str, amount: str) -> None:
    answer = loans(
        {
            "lines": [line(base="balance", rate="1%")],
            "caps": [{"bounds": "BALANCE", "room": room, "per": [], "limit": "100万"}],
        },
        "2026-07-01",
        contract("A", matures_on="2025-07-01", draws=[("2025-01-01", "1000000.00")]),
        contract("B", matures_on="2026-01-01", draws=[("2025-07-01", "1000000.00")]),
    )
    assert answer["amount"] == amount


def test_d28_voucher_by_balance() -> None:
    answer = loans(
        {
            "wording": "EXACT",
            "windows": {"interest": {"first_day": "2025-01-01", "last_day": "2025-05-20"}},
            "lines": [line(base="interest", rate="20%")],
        },
        "2025-07-01",
        contract(
            matures_on="2026-03-21",
            draws=[("2025-03-21", "1000000.00")],
            repayments=[{"on": "2025-05-05", "principal": "400000.00"}],
            rate={"kind": "FIXED", "annual_rate": "0.036"},
            interest_paid=[{"from": "2025-03-21", "until": "2025-06-21", "amount": "7320.00"}],
        ),
    )
    assert answer["amount"] == "1092.00"


def test_d30_bound_by_interest() -> None:
    answer = loans(
        {"day_count": "ACT_360", "lines": [line(base="balance", rate="min(2.5%, contract_rate)")]},
        "2026-07-01",
        contract(
            matures_on="2026-01-01",
            draws=[("2025-01-01", "1000000.00")],
            rate={"kind": "FIXED", "annual_rate": "0.024"},
            day_count="ACT_365",
            interest_paid=[{"from": "2025-01-01", "until": "2026-01-01", "amount": "24000.00"}],
        ),
    )
    assert (answer["items"]["L"]["amount_before_caps"], answer["amount"]) == (2433333, "24000.00")


def test_d41_lifetime_cap_of_a_dataset() -> None:
    terms = table(
        "ITEMS",
        needs={
            "dataset_id": {"of": "ITEM", "type": "CODE"},
            "events_before": {"of": "ITEM", "type": "COUNT"},
        },
        lines=[
            line(
                bands={
                    "of": "events",
                    "after": "events_before",
                    "pay": [{"up_to": "1", "amount": "100万"}, {"amount": "20万"}],
                }
            )
        ],
        caps=[{"per": ["dataset_id"], "period": "LIFETIME", "limit": "200万"}],
    )
    item = {"item_id": "A", "events": 4, "measures": {"dataset_id": "D1", "events_before": 3}}
    claim = request("2024-08-01", items=[item])
    granted = {"rate_table": terms["id"], "on": "2024-01-01", "amount": "1400000.00", "keys": {"dataset_id": "D1"}}
    claim["applicant"] = {"granted": [granted]}
    answer = award.expected(terms, claim, {})
    assert (answer["items"]["A"]["amount_before_caps"], answer["amount"]) == (80_000_000, "600000.00")


def test_d44_higher_of() -> None:
    terms = table(
        "ITEMS",
        lines=[line(base="base_amount", rate="50%")],
        caps=[{"per": [], "period": "PROGRAM_YEAR", "limit": "1000万"}],
        stacking={"higher_of": {"clause": "孰高"}},
    )
    claim = request("2024-08-01", items=[{"item_id": "A", "base_amount": "30000000.00"}])
    claim["applicant"] = {"granted": [{"rate_table": terms["id"], "on": "2024-01-01", "amount": "8000000.00"}]}
    assert award.expected(terms, claim, {})["amount"] == "2000000.00"


def test_d49_spreading() -> None:
    fen = [300_000_000, 1_800_000_000, 1_000_000_000]
    assert spread(fen, "ABC", 3_000_000_000) == [290_322_581, 1_741_935_484, 967_741_935]
    assert spread([5, 5, 5], "CBA", 10) == [3, 3, 4]


LAUNCH = table(
    "POLICIES",
    windows={"event": {"of": "launched_on", "first_day": "2024-04-01", "last_day": "APPLICATION_DATE"}},
    require=[{"that": "launch_approved", "code": "NO_LAUNCH_APPROVAL"}],
    lines=[line(base="premium_paid", rate="50%")],
    caps=[{"per": ["UNIT"], "limit": "500万"}, {"per": [], "period": "BATCH", "limit": "1000万"}],
)


def policy(no: str, premium: str, **more: Any) -> dict[str, Any]:
    return {
        "policy_no": no,
        "insurer": "I",
        "insurance_type": "LAUNCH",
        "unit_id": no,
        "launched_on": "2024-06-06",
        "launch_approved": True,
        "sum_insured": "200000000.00",
        "premium": premium,
        "premium_paid": premium,
        "paid_on": "2024-05-20",
        "period_from": "2024-06-06",
        "period_until": "2025-06-06",
        **more,
    }


def test_de_01_de_04_launch_insurance() -> None:
    one = insurance.expected(LAUNCH, request("2024-12-01", policies=[policy("A", "8000000.00")]), {})
    assert one["amount"] == "4000000.00"
    three = [policy("A", "12000000.00"), policy("B", "9000000.00"), policy("C", "6000000.00")]
    answer = insurance.expected(LAUNCH, request("2024-12-01", policies=three), {})
    assert [answer["items"][no]["amount"] for no in "ABC"] == ["4000000.00", "3600000.00", "2400000.00"]
    assert [cap["binding"] for cap in answer["caps"]] == [True, False, False, True]


def test_d59_a_policy_that_straddles_the_end() -> None:
    terms = table(
        "POLICIES",
        wording="EXACT",
        term={"months": "36", "from": "first_insured_on"},
        lines=[line(base="min(premium_paid, 3% * sum_insured)", rate="80%")],
    )
    straddling = policy("A", "3650.00", first_insured_on="2021-09-14")
    answer = insurance.expected(terms, request("2024-12-01", policies=[straddling]), {})
    assert answer["amount"] == "800.00"  # 100 of 365 days


def test_de_05_tape_out() -> None:
    terms = table(
        "ITEMS",
        needs={"category": {"of": "ITEM", "type": "CODE", "values": ["MPW", "FRONTIER", "OTHER"]}},
        lines=[
            line(id="MPW", when="category in [MPW]", base="base_amount", rate="50%"),
            line(id="FRONTIER", when="category in [FRONTIER]", base="base_amount", rate="50%"),
            line(id="OTHER", when="category in [OTHER]", base="base_amount", rate="30%"),
        ],
        caps=[
            {"per": ["LINE"], "lines": ["MPW"], "limit": "300万"},
            {"per": ["LINE"], "lines": ["FRONTIER"], "limit": "2000万"},
            {"per": ["LINE"], "lines": ["OTHER"], "limit": "1000万"},
            {"per": [], "period": "PROGRAM_YEAR", "limit": "3000万"},
        ],
    )
    items = [
        {"item_id": no, "category": category, "base_amount": amount}
        for no, category, amount in (
            ("A", "MPW", "8000000.00"),
            ("B", "FRONTIER", "36000000.00"),
            ("C", "OTHER", "40000000.00"),
        )
    ]
    answer = award.expected(terms, request("2024-12-01", items=items), {})
    assert answer["amount"] == "30000000.00"
    assert [answer["items"][no]["amount"] for no in "ABC"] == ["2903225.81", "17419354.84", "9677419.35"]


def test_d51_unit() -> None:
    assert rounded(Fraction(999_999_999), "DOWN", Fraction(1_000_000)) == 999_000_000


@pytest.mark.parametrize(("how", "amount"), [("FROM_AMOUNT", "600000.00"), ("FROM_BASE", "800000.00")])
def test_d53_other_money(how: str, amount: str) -> None:
    terms = table(
        "PROJECTS",
        other_funding=how,
        admit={"categories": "unknown"},
        lines=[line(base="admitted", rate="30%")],
        caps=[{"per": ["PROJECT"], "limit": "80万"}],
    )
    project = {
        "project_id": "G",
        "investments": [{"category": "EQUIPMENT", "amount": "3000000.00"}],
        "other_fiscal_funding": "200000.00",
    }
    assert grant.expected(terms, request("2024-12-01", projects=[project]), {})["amount"] == amount


@pytest.mark.parametrize(
    ("payout", "parts"),
    [
        ({"instalments": [{"share": "80%"}, {}]}, ["800000.00", "200000.01"]),
        ({"sources": [{"share": "90%"}, {}]}, ["900000.00", "100000.01"]),
    ],
)
def test_d55_payout(payout: dict[str, Any], parts: list[str]) -> None:
    terms = table("ITEMS", lines=[line(base="base_amount", rate="100%")], payout=payout)
    claim = request("2024-12-01", items=[{"item_id": "A", "base_amount": "1000000.01"}])
    assert award.expected(terms, claim, {})["payout"] == parts


def test_d62_equal_instalments() -> None:
    fact = contract(
        matures_on="2025-01-20",
        draws=[("2024-01-20", "1200000.00")],
        rate={"kind": "FIXED", "annual_rate": "0.036"},
        repayment_plan={"method": "EQUAL_INSTALLMENT", "every_months": 1, "day": 20},
    )
    parts = planned(fact["repayment_plan"], date(2024, 1, 20), 120_000_000, date(2025, 1, 20), lambda _: Fraction("0.036"))
    assert [p["fen"] for p in parts[:2]] == [9836071, 9865579]
    assert parts[-1]["fen"] == 10165574
    assert len(parts) == 12


def test_d61_default_due_dates() -> None:
    fact = contract(
        matures_on="2025-01-15",
        draws=[("2024-01-31", "1200000.00")],
        repayment_plan={"method": "EQUAL_PRINCIPAL", "every_months": 3, "day": 31},
    )
    assert [due.isoformat() for due in due_dates(fact["repayment_plan"], date(2024, 1, 31), date(2025, 1, 15))] == [
        "2024-03-31",
        "2024-06-30",
        "2024-09-30",
        "2024-12-31",
        "2025-01-15",
    ]


@pytest.mark.parametrize(
    ("example", "terms", "fact", "amount"),
    [
        (
            "we-01",
            {"lines": [line(base="balance", rate="1%")]},
            contract(matures_on="2026-10-01", draws=[("2025-10-01", "900000.00")]),
            "9000.00",
        ),
        (
            "we-02",
            {"lines": [line(base="balance", rate="min(1%, 50% * contract_rate)")]},
            contract(
                matures_on="2026-10-01",
                draws=[("2025-10-01", "200000.00")],
                rate={"kind": "FIXED", "annual_rate": "0.03"},
            ),
            "2000.00",
        ),
        (
            "we-08",
            {"lines": [line(base="balance", rate="min(2.5%, contract_rate)")]},
            contract(
                matures_on="2026-10-01",
                draws=[("2024-10-01", "500000000.00")],
                rate={"kind": "FIXED", "annual_rate": "0.03"},
                day_count="ACT_360",
            ),
            "25000000.00",
        ),
        (
            "we-12",
            {"lines": [line(base="interest", rate="35%")]},
            contract(
                matures_on="2026-10-01",
                draws=[("2025-10-01", "10000000.00")],
                rate={"kind": "FIXED", "annual_rate": "0.04"},
                day_count="MONTHS_12",
            ),
            "140000.00",
        ),
        (
            "we-14",
            {"wording": "EXACT", "lines": [line(base="interest", rate="100%")]},
            contract(
                matures_on="2025-06-21",
                draws=[("2025-04-02", "400000.00")],
                rate={"kind": "FIXED", "annual_rate": "0.048"},
                day_count="ACT_360",
            ),
            "4266.66",  # 4,266.67 of the bank, held to the interest rounded down (D30)
        ),
        (
            "we-15",
            {"wording": "EXACT", "lines": [line(base="interest", rate="100%")]},
            contract(
                matures_on="2025-08-02",
                draws=[("2025-06-21", "400000.00")],
                rate={"kind": "FIXED", "annual_rate": "0.048"},
            ),
            "2240.00",
        ),
        (
            "we-22",
            {"lines": [line(base="balance", rate="contract_rate - (reference(LPR_1Y, SIGNED_ON) - 1.5%)")]},
            contract(
                matures_on="2024-11-01",
                draws=[("2023-11-01", "1700000.00")],
                rate={"kind": "FIXED", "annual_rate": "0.0385"},
            ),
            "32300.00",  # not 3.35 万, which rounded on the way
        ),
    ],
)
def test_published_examples(example: str, terms: dict[str, Any], fact: dict[str, Any], amount: str) -> None:
    assert loans(terms, "2026-12-01", fact)["amount"] == amount, example


def test_de_08_first_loan() -> None:
    answer = loans(
        {
            "term": {"months": "12", "from": "FIRST_DRAWDOWN"},
            "pay_first": "true",
            "choose": "FIRST",
            "lines": [
                line(
                    id="INNOVATIVE",
                    when="status(INNOVATIVE_SME, AT_FIRST_DRAWDOWN) or status(INNOVATIVE_SME, ON_DAY)",
                    base="interest",
                    rate="40%",
                ),
                line(id="ORDINARY", base="interest", rate="20%"),
            ],
            "caps": [
                {"per": ["CONTRACT"], "period": "LIFETIME", "limit": "2% * disbursed", "when": "earned(INNOVATIVE)"},
                {"per": ["CONTRACT"], "period": "LIFETIME", "limit": "1% * disbursed", "when": "not earned(INNOVATIVE)"},
            ],
        },
        "2026-06-01",
        contract(
            matures_on="2026-01-01",
            draws=[("2025-01-01", "5000000.00")],
            interest_paid=[{"from": "2025-01-01", "until": "2026-01-01", "amount": "150000.00"}],
        ),
    )
    assert answer["amount"] == "30000.00"


def test_de_12_ladder() -> None:
    terms = table(
        "ITEMS",
        needs={"net_increase": {"of": "ITEM", "type": "MONEY"}, "growth": {"of": "ITEM", "type": "RATE"}},
        lines=[
            line(
                id="RUNG_1",
                when="net_increase >= 2亿 and net_increase < 10亿 and growth >= 15%",
                amount="200万",
            ),
            line(
                id="RUNG_2",
                when="net_increase >= 10亿 and net_increase < 20亿 and growth >= 10%",
                amount="400万",
            ),
            line(id="RUNG_3", when="net_increase >= 20亿 and growth >= 10%", amount="600万"),
        ],
    )
    item = {"item_id": "A", "measures": {"net_increase": "1000000000.00", "growth": "0.12"}}
    assert award.expected(terms, request("2024-12-01", items=[item]), {})["amount"] == "4000000.00"


def test_the_language() -> None:
    facts = {"x": Fraction(3), "loan_type": "A", "on": date(2024, 2, 29)}
    assert evaluate("2 * x - 5万元 + 10%", facts.__getitem__, {}) == Fraction(6) - 50_000 + Fraction(1, 10)
    assert evaluate("loan_type in [A, B] and not x > 3", facts.__getitem__, {})
    assert evaluate("months_after(on, 12) == 2025-02-28", facts.__getitem__, {"months_after": lambda d, n: plus_months(d, int(n))})
