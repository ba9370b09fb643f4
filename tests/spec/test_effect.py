"""What a change of a published table does to money, before it is approved: the same cases under both versions."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import msgspec
import pytest

from app.calculators.terms.model import RateTable
from app.errors import ProblemError
from app.services import impact as module
from app.services.calculation import AWARD, GRANT, INSURANCE, LOAN
from app.services.impact import Comparison, Effect, Mover, effect
from app.tables.catalogue.snapshot import Catalogue
from tests.bureau import Bureau, loan, published_with
from tests.spec.bodies import launch
from tests.spec.claims import Body, applicant, item

LAUNCHES, LOANS, TOKENS = ("bj-gjj-2025-1", "bj-gjj-2025-1-11"), ("bj-gjj-2023-2", "bj-gjj-2023-2-2"), ("bj-gjj-2026-2", "bj-gjj-2026-2-token")
UNIT = ("limit: 500万, clause: 单发（颗）产品补贴金额不超过500万元", "limit: 800万, clause: 单发（颗）产品补贴金额不超过800万元")
BATCH = ("limit: 1000万, clause: 单个企业补贴金额不超过1000万元。", "limit: 1500万, clause: 单个企业补贴金额不超过1500万元。")
Case = tuple[str, bytes]


@lru_cache(maxsize=8)
def tables(which: tuple[str, str], *changes: tuple[str, str]) -> tuple[RateTable, RateTable, Catalogue]:
    """A published table as it is and changed, and the catalogue of what is published."""
    batch, table = which
    now = published_with(batch)
    return now.choose(table, version=1), published_with(batch, *changes).choose(table, version=1), now


def case(name: str, body: Body) -> Case:
    """A case with an id of the caller's; the applicant has a default."""
    return name, json.dumps({"applicant": applicant()} | body).encode()


def launches(name: str, *premiums: str, **more: Any) -> Case:
    """Launches insured for these premiums, applied for in the window of 2025."""
    policies = [launch(f"P-{no}", premium, "2024-06-06") for no, premium in enumerate(premiums, 1)]
    return case(name, {"application_date": "2025-02-01", "policies": policies} | more)


def fees(name: str, amount: str, **more: Any) -> Case:
    """Fees of a project under the token subsidy of 2026."""
    one = item(amount, project_id="X", related_party=False, **more)
    return case(name, {"application_date": "2026-08-15", "items": [one]})


def lent(name: str, fai: str, **more: Any) -> Case:
    """A loan of 10,000,000 yuan at 5% for the year from 2022-11-01; the applicant invested ``fai`` in 2022."""
    contract = loan(
        loan_type="FIXED_ASSET",
        signed_on="2022-03-01",
        drawn=[("2022-11-01", "10000000.00")],
        matures_on="2027-11-01",
        rate={"kind": "FIXED", "annual_rate": "0.05"},
    )
    measures = {"key_industry": True, "fai_2022": fai, "fai_2023_q1_q3": "0.00", "chain_leader_with_approved_plan": False}
    usual = {"application_date": "2023-11-20", "claim_period": {"from": "2022-11-01", "until": "2023-11-01"}, "contracts": [contract]}
    return case(name, {"applicant": applicant(measures=measures)} | usual | more)


def movers(found: Effect) -> list[tuple[str, str | None, str, str]]:
    """Id, amounts and difference of each mover, in order."""
    return [(one.id, one.amount_before, one.amount_after, one.difference) for one in found.movers]


def counts(found: Effect) -> tuple[int, int, int, int, int]:
    """How many were compared, rise, fall, stay, change status."""
    return found.compared, found.rise, found.fall, found.stay, found.change_status


def test_higher_caps_of_the_launch_insurance() -> None:
    """500万 and 1000万 become 800万 and 1500万: sums of 50% of each premium, bounded twice.

    A: 6,000,000 → 5,000,000 before, 6,000,000 after. B: 4,000,000 under both. C: 3 × 7,000,000 = 3 × 5,000,000,
    together 10,000,000 before; 3 × 7,000,000 = 21,000,000, together 15,000,000 after. D may not apply. E has no
    valid code.
    """
    before, after, catalogue = tables(LAUNCHES, UNIT, BATCH)
    cases = [
        launches("A", "12000000.00"),
        launches("B", "8000000.00"),
        launches("C", "14000000.00", "14000000.00", "14000000.00"),
        launches("D", "8000000.00", applicant=applicant(registered_in_beijing=False)),
        launches("E", "8000000.00", applicant=applicant(uscc="91350100M000100Y40")),
    ]
    found = effect(INSURANCE, cases, before, after, catalogue, "zh")
    assert found.before is not None
    # 5,000,000 + 4,000,000 + 10,000,000 and 6,000,000 + 4,000,000 + 15,000,000
    assert (found.before.amount, found.after.amount, found.difference) == ("19000000.00", "25000000.00", "6000000.00")
    for side in (found.before, found.after):
        assert (side.cases, side.ok, side.not_eligible, side.failed) == (5, 3, 1, 1)
    assert counts(found) == (4, 2, 0, 2, 0)
    assert found.compared_difference == "6000000.00"
    assert movers(found) == [
        ("C", "10000000.00", "15000000.00", "5000000.00"),
        ("A", "5000000.00", "6000000.00", "1000000.00"),
    ]
    (failure,) = found.failures
    assert (failure.id, failure.amount_before, failure.amount_after) == ("E", None, None)
    assert failure.before == failure.after
    assert failure.after is not None
    assert (failure.after.code, failure.after.pointer) == ("INVALID_USCC", "/applicant/uscc")
    assert failure.after.detail.startswith("统一社会信用代码的校验码不符（GB 32100-2015）")


def test_a_lower_rate_and_a_higher_threshold() -> None:
    """2% becomes 1.5%, 500万 becomes 800万.

    10,000,000 × 2% = 200,000 and × 1.5% = 150,000; the second applicant invested 6,000,000 and is out.
    """
    rate = ("rate: 2%\n              clause: 按照不超过2%", "rate: 1.5%\n              clause: 按照不超过1.5%")
    threshold = ("that: fai_2022 >= 500万 or fai_2023_q1_q3 >= 500万", "that: fai_2022 >= 800万 or fai_2023_q1_q3 >= 800万")
    before, after, catalogue = tables(LOANS, rate, threshold)
    cases = [lent("LARGE", "9000000.00"), lent("SMALL", "6000000.00"), lent("NONE", "1000000.00")]
    found = effect(LOAN, cases, before, after, catalogue, "en")
    assert found.before is not None
    assert (found.before.amount, found.after.amount, found.difference) == ("400000.00", "150000.00", "-250000.00")
    assert (found.before.ok, found.before.not_eligible, found.after.ok, found.after.not_eligible) == (2, 1, 1, 2)
    assert counts(found) == (3, 0, 2, 1, 1)
    assert movers(found) == [("SMALL", "200000.00", "0.00", "-200000.00"), ("LARGE", "200000.00", "150000.00", "-50000.00")]
    small, large = found.movers
    assert (small.status_before, small.status_after) == ("ELIGIBLE", "NOT_ELIGIBLE")
    assert [reason.code for reason in small.new_reasons] == ["INVESTMENT_BELOW_THRESHOLD", "NO_EARNING_ITEM"]
    assert small.new_reasons[1].message == "no item earns anything"
    assert (large.status_before, large.status_after, large.new_reasons) == ("ELIGIBLE", "ELIGIBLE", [])


def test_a_reason_that_was_there_before_is_not_new() -> None:
    """The overall cap falls to 100万: of two launches one has no approval before and after."""
    before, after, catalogue = tables(LAUNCHES, (BATCH[0], "limit: 100万, clause: 单个企业补贴金额不超过100万元。"), (UNIT[0], "limit: 80万, clause: 80万元"))
    policies = [launch("P-1", "8000000.00"), launch("P-2", "8000000.00", launch_approved=False)]
    found = effect(INSURANCE, [launches("A", policies=policies)], before, after, catalogue, "zh")
    assert movers(found) == [("A", "4000000.00", "800000.00", "-3200000.00")]
    assert found.movers[0].new_reasons == []


NEEDS = (
    "          require:\n            - {that: not related_party,",
    "          needs: {domestic: {of: ITEM, type: BOOLEAN, title: 国产模型}}\n          require:\n"
    "            - {that: domestic, code: NOT_DOMESTIC, clause: 国产模型}\n            - {that: not related_party,",
)


def test_a_case_that_fails_under_one_version_only() -> None:
    """A fact that only the new version asks for: 30% of 1,000,000 and of 2,000,000 under one version each."""
    before, after, catalogue = tables(TOKENS, NEEDS)
    cases = [fees("OLD", "1000000.00"), fees("NEW", "2000000.00", measures={"domestic": True})]
    found = effect(GRANT, cases, before, after, catalogue, "zh")
    assert found.before is not None
    assert (found.before.ok, found.before.failed, found.after.ok, found.after.failed) == (1, 1, 1, 1)
    assert (found.before.amount, found.after.amount, found.difference) == ("300000.00", "600000.00", "300000.00")
    assert (counts(found), found.compared_difference, found.movers) == ((0, 0, 0, 0, 0), "0.00", [])
    old, new = found.failures
    assert (old.id, old.before, old.amount_before, old.amount_after) == ("OLD", None, "300000.00", None)
    assert old.after is not None
    assert (old.after.code, old.after.pointer) == ("FACT_REQUIRED", "/items/0/measures/domestic")
    assert (new.id, new.after, new.amount_before, new.amount_after) == ("NEW", None, None, "600000.00")
    assert new.before is not None
    assert (new.before.code, new.before.pointer) == ("UNKNOWN_MEASURE", "/items/0/measures/domestic")


@pytest.mark.parametrize(
    ("body", "code", "pointer", "detail"),
    [
        (b"{", "MALFORMED_JSON", "", "The JSON is not complete; it may have been cut off"),
        (b"[]", "INVALID_FACTS", "", "Should be an object"),
        (b'{"applicant": {}, "applicant": {}}', "DUPLICATE_KEY", "/applicant", "This key is given twice"),
        (b'{"application_date": "2025-02-30", "applicant": {}, "policies": []}', "INVALID_FACTS", "/application_date", "There is no such day"),
    ],
)
def test_a_case_that_is_no_claim_fails_under_both(body: bytes, code: str, pointer: str, detail: str) -> None:
    before, after, catalogue = tables(LAUNCHES, UNIT)
    found = effect(INSURANCE, [("A", body), launches("B", "8000000.00")], before, after, catalogue, "en")
    (failure,) = found.failures
    assert failure.before == failure.after
    assert failure.after is not None
    assert (failure.after.code, failure.after.pointer) == (code, pointer)
    assert failure.after.detail.startswith(detail)
    assert (found.after.failed, found.after.ok, found.after.amount) == (1, 1, "4000000.00")


def test_what_chooses_a_table_in_a_case_is_ignored() -> None:
    """Also where it names another table, both a version and a day, or something that is neither."""
    before, after, catalogue = tables(LAUNCHES, UNIT)
    plain = effect(INSURANCE, [launches("A", "12000000.00")], before, after, catalogue, "zh")
    chosen = {"rate_table": "bj-gjj-2024-1-1", "version": 99, "as_of": "1999-01-01", "known_at": "yesterday", "known_on": 5}
    assert effect(INSURANCE, [launches("A", "12000000.00", **chosen)], before, after, catalogue, "zh") == plain


def test_a_first_version_has_no_side_before() -> None:
    """6,000,000 under the cap of 5,000,000 and 4,000,000; a third case may not apply."""
    before, _, catalogue = tables(LAUNCHES)
    refused = applicant(registered_in_beijing=False)
    cases = [launches("A", "12000000.00"), launches("B", "8000000.00"), launches("C", "8000000.00", applicant=refused), ("D", b"")]
    found = effect(INSURANCE, cases, None, before, catalogue, "zh")
    assert (found.before, found.after.amount, found.difference, found.compared_difference) == (None, "9000000.00", "9000000.00", "9000000.00")
    assert counts(found) == (3, 2, 0, 1, 0)
    assert movers(found) == [("A", None, "5000000.00", "5000000.00"), ("B", None, "4000000.00", "4000000.00")]
    assert found.movers[0].status_before is None
    assert [(one.id, one.before, one.after is None) for one in found.failures] == [("D", None, False)]


def test_nothing_moves_under_the_same_version() -> None:
    before, _, catalogue = tables(LAUNCHES)
    found = effect(INSURANCE, [launches("A", "12000000.00"), launches("B", "7777777.77")], before, before, catalogue, "zh")
    # 5,000,000 and 50% × 7,777,777.77 = 3,888,888.885, down
    assert (found.before, found.after.amount, found.difference) == (found.after, "8888888.88", "0.00")
    assert (counts(found), found.movers, found.failures) == ((2, 0, 0, 2, 0), [], [])


def test_only_the_ten_largest_movers_are_listed() -> None:
    """Of n × 100 yuan the share rises from 10% to 20%: n × 10 more; of equal ones the first that was given stands first."""
    terms = "facts: ITEMS\nwording: EXACT\nlines: [{id: ALL, base: base_amount, rate: %s}]"
    old, new = Bureau(terms % "10%", "AWARD"), Bureau(terms % "20%", "AWARD")
    before, after = old.catalogue.choose(old.table, version=1), new.catalogue.choose(new.table, version=1)
    sizes = [5, 12, 1, 9, 12, 3, 7, 2, 8, 4, 6, 10, 11]
    cases = [case(f"{no}", {"application_date": "2026-06-30", "items": [item(f"{size}00.00")]}) for no, size in enumerate(sizes)]
    found = effect(AWARD, cases, before, after, old.catalogue, "zh")
    assert [(one.id, one.difference) for one in found.movers] == [
        *[("1", "120.00"), ("4", "120.00"), ("12", "110.00"), ("11", "100.00"), ("3", "90.00")],
        *[("8", "80.00"), ("6", "70.00"), ("10", "60.00"), ("0", "50.00"), ("9", "40.00")],
    ]
    assert (found.rise, found.difference) == (13, "900.00")  # 5 + 12 + 1 + 9 + 12 + 3 + 7 + 2 + 8 + 4 + 6 + 10 + 11 = 90


def test_case_by_case_comes_to_the_same() -> None:
    """A caller may stop between two cases and look; what it saw does not change."""
    before, after, catalogue = tables(LAUNCHES, UNIT)
    cases = [launches("A", "12000000.00"), launches("B", "14000000.00"), ("C", b"{}")]
    comparison = Comparison(INSURANCE, before, after, catalogue, "zh")
    comparison.add(*cases[0])
    seen = comparison.effect()
    for one in cases[1:]:
        comparison.add(*one)
    assert (seen.after.cases, seen.difference, len(seen.movers), seen.failures) == (1, "1000000.00", 1, [])
    assert comparison.effect() == effect(INSURANCE, cases, before, after, catalogue, "zh")


def test_the_amounts_are_those_of_the_endpoint() -> None:
    """The same facts sent to the calculation endpoint under each of two versions."""
    terms = "facts: CONTRACTS\nwording: CEILING\nday_count: ACT_360\nlines: [{id: ALL, base: balance, rate: %s}]"
    old, new = Bureau(terms % "1.9%"), Bureau(terms % "'min(2.1%, 50% * contract_rate)'")
    facts = {"application_date": "2026-06-30", "contracts": [loan(drawn=[("2025-01-01", "1234567.89")])]}
    found = effect(
        LOAN,
        [case("A", facts)],
        old.catalogue.choose(old.table, version=1),
        new.catalogue.choose(new.table, version=1),
        old.catalogue,
        "zh",
    )
    assert [(one.amount_before, one.amount_after) for one in found.movers] == [(old.amount(**facts), new.amount(**facts))]


def test_it_is_sent_as_it_is() -> None:
    before, after, catalogue = tables(LAUNCHES, UNIT)
    sent = json.loads(msgspec.json.encode(effect(INSURANCE, [launches("A", "12000000.00"), ("B", b"{}")], before, after, catalogue, "zh")))
    assert sent["movers"] == [
        {
            "id": "A",
            "amount_before": "5000000.00",
            "amount_after": "6000000.00",
            "difference": "1000000.00",
            "status_before": "ELIGIBLE",
            "status_after": "ELIGIBLE",
            "new_reasons": [],
        }
    ]
    assert sent["before"] == {"cases": 2, "ok": 1, "not_eligible": 0, "failed": 1, "amount": "5000000.00"}
    assert list(sent["movers"][0]) == list(Mover.__dataclass_fields__)
    assert list(sent) == list(Effect.__dataclass_fields__)


def test_an_error_that_nobody_expected_fails_one_case_if_the_caller_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after, catalogue = tables(LAUNCHES, UNIT)
    road = module.asked_under

    def broken(claim: Any, kind: Any, table: RateTable, *rest: Any) -> Any:
        if claim.policies[0].premium == "1.00" and table is after:
            raise ZeroDivisionError
        return road(claim, kind, table, *rest)

    monkeypatch.setattr(module, "asked_under", broken)
    with pytest.raises(ZeroDivisionError):
        effect(INSURANCE, [launches("A", "1.00")], before, after, catalogue, "zh")
    comparison = Comparison(INSURANCE, before, after, catalogue, "zh", lambda error: ProblemError("INTERNAL_ERROR"))
    for one in (launches("A", "1.00"), launches("B", "12000000.00")):
        comparison.add(*one)
    found = comparison.effect()
    assert [(one.id, one.before, one.after and one.after.code, one.amount_before) for one in found.failures] == [("A", None, "INTERNAL_ERROR", "0.50")]
    assert movers(found) == [("B", "5000000.00", "6000000.00", "1000000.00")]
