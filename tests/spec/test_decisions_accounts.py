"""D67 to D72, D78, D84, D86, D88, D105: what makes two things one, whose account it is, and what earlier support takes of it."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import httpx
import pytest

from tests.bureau import PATHS, USCC, Bureau, loan, policy
from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, applicant, post, warnings
from tests.spec.small_tables import amounts, award, caps, codes, granted, insurance, item, points, project

LAUNCH = "bj-gjj-2025-1-11"


def said(found: Body, code: str) -> list[tuple[str | None, str | None]]:
    """Both places of each warning of one code."""
    return [(one["pointer"], one["other_pointer"]) for one in found["warnings"] if one["code"] == code]


# --- D67: ids in normal form ----------------------------------------------------------------------------

ROCKET = "R-7é"
SPELLINGS = {
    "outer blank": "R-7é ",
    "no-break space": "R-7é\u00a0",
    "full width": "Ｒ-７é",
    "lower case": "r-7é",
    "decomposed": unicodedata.normalize("NFD", ROCKET),
}


def launches(first: str, second: str) -> Body:
    """Two policies of 12,000,000 on what may be one rocket."""
    common = {"unit_kind": "ROCKET", "launched_on": "2024-06-06", "launch_approved": True, "sum_insured": "200000000.00"}
    dates = {"paid_on": "2024-05-20", "period_from": "2024-06-06", "period_until": "2025-06-06", "first_insured_on": "2024-06-06"}
    sent = [policy(no, "12000000.00", unit_id=unit) | common | dates for no, unit in (("P-1", first), ("P-2", second))]
    return {"rate_table": LAUNCH, "version": 1, "application_date": "2025-02-20", "policies": sent}


@pytest.mark.parametrize("spelled", SPELLINGS.values(), ids=SPELLINGS)
def test_D67_another_spelling_is_the_same_unit(client: httpx.Client, spelled: str) -> None:
    """50% × 12,000,000 each, one rocket: 5,000,000; two rockets: 10,000,000."""
    found = answer(client, "INSURANCE", launches(ROCKET, spelled))
    assert found["amount"] == "5000000.00"
    assert next((one["scope"], one["key"], one["after"]) for one in found["caps"]) == ("UNIT", ROCKET, "5000000.00")
    assert said(found, "SPELLED_DIFFERENTLY") == [("/policies/1/unit_id", "/policies/0/unit_id")]
    same = answer(client, "INSURANCE", launches(ROCKET, ROCKET))
    assert (same["amount"], said(same, "SPELLED_DIFFERENTLY")) == ("5000000.00", [])
    assert answer(client, "INSURANCE", launches(ROCKET, "R-8"))["amount"] == "10000000.00"


UNSEEN = ["\u200b", "\u200e", "\u00ad", "\ue000", "\U000f0000", "\U000e0041", "\u0007", "\u0085", "\ufeff"]


@pytest.mark.parametrize("character", UNSEEN, ids=[f"U+{ord(one):04X}" for one in UNSEEN])
def test_D67_characters_that_nobody_sees_are_refused(client: httpx.Client, character: str) -> None:
    assert refused(client, "INSURANCE", launches("R-7", f"R-7{character}")) == [("/policies/1/unit_id", "INVALID_ID")]
    sent = {"applicant": granted("1.00", x=f"a{character}"), "items": [item("A", "1.00", project_id=f"a{character}")]}
    assert ("/items/0/project_id", "INVALID_ID") in Bureau(award(), "AWARD").refusal(items=sent["items"])
    bureau = Bureau(award(more="needs: {park: {of: ITEM, type: CODE}}\ncaps: [{per: [park], limit: 1}]"), "AWARD")
    assert bureau.refusal(items=[item("A", "1.00", measures={"park": f"a{character}"})]) == [("/items/0/measures/park", "INVALID_MEASURE")]
    keys = granted("1.00", park=f"a{character}")
    assert bureau.refusal(applicant=keys, items=[item("A", "1.00", measures={"park": "a"})]) == [
        ("/applicant/granted/0/keys/park", "INVALID_ID")
    ]


@pytest.mark.parametrize("blank", [" ", "\u3000", "\u00a0 "])
def test_D67_blanks_alone_are_no_id(blank: str) -> None:
    assert Bureau(award(), "AWARD").refusal(items=[item(blank, "1.00")]) == [("/items/0/item_id", "INVALID_ID")]


@pytest.mark.parametrize("again", ["a-1", "Ａ-1", " A-1", "A-1\u3000"])
@pytest.mark.parametrize(
    ("method", "terms", "name", "make"),
    [
        ("LOAN_INTEREST", points(), "contracts", loan),
        ("INSURANCE", insurance(), "policies", lambda no: policy(no, "2.00")),
        ("AWARD", award(), "items", lambda no: item(no, "1.00")),
        ("GRANT", "facts: PROJECTS\nwording: EXACT\nlines: [{id: ALL, amount: 1}]", "projects", lambda no: project(no, "1.00")),
    ],
)
def test_D67_ids_that_are_unique_are_so_in_every_spelling(again: str, method: str, terms: str, name: str, make: Any) -> None:
    bureau = Bureau(terms, method)
    ((pointer, code),) = bureau.refusal(**{name: [make("A-1"), make(again)]})
    assert (code, pointer in {f"/{name}/0", f"/{name}/1"}) == ("DUPLICATE_ID", True)
    assert len(bureau.answer({name: [make("A-1"), make("A-2")]})["items"]) == 2


def test_D67_drawdowns_are_unique_and_found_in_every_spelling() -> None:
    bureau = Bureau(points())
    drawn = [{"drawdown_no": no, "on": "2025-01-01", "amount": "500000.00"} for no in ("D-1", "d-1")]
    assert bureau.refusal(contracts=[loan(drawdowns=drawn)]) == [("/contracts/0/drawdowns/1", "DUPLICATE_ID")]
    drawn[1]["drawdown_no"] = "D-2"
    repaid = [{"on": "2025-07-01", "principal": "500000.00", "drawdown_no": "ｄ-2"}]
    found = bureau.answer({"contracts": [loan(drawdowns=drawn, repayments=repaid)]})
    assert found["amount"] == "7500.00"  # 500,000 × 1% + 500,000 × 1% × 6/12
    assert said(found, "SPELLED_DIFFERENTLY") == [("/contracts/0/repayments/0/drawdown_no", "/contracts/0/drawdowns/1/drawdown_no")]


@pytest.mark.parametrize("keyed", ["PARK 1", "park\u00a01", "ＰＡＲＫ  1"])
def test_D67_declared_codes_and_keys_of_grants_are_compared_alike(keyed: str) -> None:
    bureau = Bureau(award(more="needs: {park: {of: ITEM, type: CODE}}\ncaps: [{per: [park], period: LIFETIME, limit: 100}]"), "AWARD")
    sent = [item("A", "80.00", measures={"park": "Park 1"}), item("B", "80.00", measures={"park": " park 1"})]
    found = bureau.answer({"applicant": granted("30.00", park=keyed), "items": sent})
    assert caps(found, "key", "granted", "after") == [("Park 1", "30.00", "70.00")]
    assert ("/items/1/measures/park", "/items/0/measures/park") in said(found, "SPELLED_DIFFERENTLY")
    assert ("/applicant/granted/0/keys/park", "/items/0/measures/park") in said(found, "SPELLED_DIFFERENTLY")


@pytest.mark.parametrize("per", ["LENDER", "PROJECT"])
def test_D67_principal_caps_join_every_spelling(per: str) -> None:
    bureau = Bureau(points(more=f"caps: [{{bounds: BALANCE, per: [{per}], limit: 1000000}}]"))
    sent = [loan("A", lender="某银行", project_id="P"), loan("B", lender="某银行 ", project_id="p")]
    assert bureau.amount(contracts=sent) == "10000.00"
    assert bureau.amount(contracts=[sent[0], sent[1] | {"lender": "他银行", "project_id": "Q"}]) == "20000.00"


@pytest.mark.parametrize("spelled", [" A2", "a2", "Ａ2", "A2"])
def test_D67_the_spelling_of_an_id_does_not_change_who_comes_first(spelled: str) -> None:
    """One room of 100 万 for A, which is repaid in January, and A2: A comes first, and takes what is there for ever."""
    once = Bureau(points(more="caps: [{bounds: BALANCE, room: CUMULATIVE, per: [], limit: 100万}]"))
    contracts = [loan(spelled), loan("A", matures_on="2025-02-01")]
    found = once.answer({"contracts": contracts})
    assert amounts(found) == {"A": "833.33", spelled: "0.00"}


# --- D68: what separates accounts is asked for ------------------------------------------------------------


def fees(no: str, amount: str, **more: Any) -> Body:
    """Token fees."""
    return {"item_id": no, "base_amount": amount} | more


def token(*items: Body) -> Body:
    return {"rate_table": "bj-gjj-2026-2-token", "version": 1, "application_date": "2026-08-15", "items": list(items)}


def test_D68_a_project_that_is_not_named_is_no_account_of_its_own(client: httpx.Client) -> None:
    """单项目最高1000万元: 30% × 40,000,000 twice was 20,000,000 with the project on one only."""
    from tests.spec.test_bj_2026b_token import fees as one

    named, unnamed = one("40000000.00", "A-1", project_id="X"), one("40000000.00", "A-2", project_id=None)
    assert refused(client, "GRANT", token(named, unnamed)) == [("/items/1/project_id", "FACT_REQUIRED")]
    both = post(client, "GRANT", token(unnamed | {"item_id": "A-1"}, unnamed)).json()["errors"]
    assert [one["pointer"] for one in both] == ["/items/0/project_id", "/items/1/project_id"]
    assert "项目" in both[0]["detail"]
    assert answer(client, "GRANT", token(named, unnamed | {"project_id": "X"}))["amount"] == "10000000.00"
    assert answer(client, "GRANT", token(named, unnamed | {"project_id": "Y"}))["amount"] == "20000000.00"


def test_D68_alone_under_the_cap_absence_is_doubted_only(client: httpx.Client) -> None:
    from tests.spec.test_bj_2026b_token import fees as one

    unnamed = one("40000000.00", "A-2", project_id=None)
    found = answer(client, "GRANT", token(unnamed))
    assert (found["amount"], said(found, "CAP_FACT_MISSING")) == ("10000000.00", [("/items/0/project_id", None)])
    # what earns nothing is not under the cap
    found = answer(client, "GRANT", token(one("0.00", "A-1", project_id=None), unnamed))
    assert (found["amount"], said(found, "CAP_FACT_MISSING")) == ("10000000.00", [("/items/1/project_id", None)])
    earlier = {"granted": [{"rate_table": "bj-gjj-2026-2-token", "on": "2026-08-01", "amount": "0.01", "keys": {"project_id": "X"}}]}
    body = token(unnamed) | {"applicant": applicant(**earlier)}
    assert refused(client, "GRANT", body) == [("/items/0/project_id", "FACT_REQUIRED")]


def test_D68_products_are_asked_for_under_their_cap_only(client: httpx.Client) -> None:
    """单个品种奖励金额不超过300万元 holds for introduced products alone; two of 20,000,000 earn 1,000,000 × 3 each."""
    from tests.spec.test_bj_2024c_d1_pharma import claim, drug, introduced

    two = [introduced("90000000.00", "A-1"), introduced("90000000.00", "A-2")]
    assert refused(client, "AWARD", claim(*two)) == [("/items/0/product_id", "FACT_REQUIRED"), ("/items/1/product_id", "FACT_REQUIRED")]
    assert answer(client, "AWARD", claim(*[one | {"product_id": "X"} for one in two]))["amount"] == "3000000.00"
    assert "CAP_FACT_MISSING" in warnings(answer(client, "AWARD", claim(two[0], drug(no="A-3"))))


def test_D68_the_caps_of_principal_ask_too() -> None:
    bureau = Bureau(points(more="caps: [{bounds: BALANCE, per: [PROJECT], limit: 1000000}, {per: [PROJECT], limit: 10000}]"))
    assert bureau.refusal(contracts=[loan("A", project_id="P"), loan("B")]) == [("/contracts/1/project_id", "FACT_REQUIRED")]
    found = bureau.answer({"contracts": [loan("A")]})
    assert (found["amount"], said(found, "CAP_FACT_MISSING")[0]) == ("10000.00", ("/contracts/0/project_id", None))


def test_D68_a_conditional_cap_asks_where_it_holds() -> None:
    bureau = Bureau(award(more="caps: [{per: [PRODUCT], when: related_party, limit: 40}]"), "AWARD")
    sent = [item(no, "100.00", related_party=True) for no in "AB"]
    assert bureau.refusal(items=sent) == [("/items/0/product_id", "FACT_REQUIRED"), ("/items/1/product_id", "FACT_REQUIRED")]
    assert bureau.amount(items=[one | {"related_party": False} for one in sent]) == "200.00"


# --- D69: earlier grants ------------------------------------------------------------------------------------

NEEDED = [
    # the cap; keys that are given; what is missing
    ("per: [CONTRACT]", {}, "keys/contract_no"),
    ("per: [DRAWDOWN]", {"contract_no": "L-1"}, "keys/drawdown_no"),
    ("per: [DRAWDOWN]", {"drawdown_no": "1"}, "keys/contract_no"),
    ("per: [LENDER, PROJECT]", {"lender": "BANK"}, "keys/project_id"),
    ("per: [], lines: [ALL]", {}, "keys/category"),
    ("per: [LINE]", {}, "keys/category"),
    ("per: [park]", {}, "keys/park"),
]


@pytest.mark.parametrize(("cap", "keys", "missing"), NEEDED, ids=[f"{cap} {keys}" for cap, keys, _ in NEEDED])
def test_D69_a_grant_of_the_same_table_carries_what_its_caps_separate(cap: str, keys: dict[str, str], missing: str) -> None:
    """70.00 granted before, 100.00 the limit: unknown where, it would take no room without a word."""
    needs = "needs: {park: {of: CONTRACT, type: CODE}}\n"
    bureau = Bureau(points(more=f"{needs}caps: [{{{cap}, period: LIFETIME, limit: 100}}]"))
    sent: Body = {"applicant": granted("70.00", **keys), "contracts": [loan(project_id="P", measures={"park": "X"})]}
    assert bureau.refusal(**sent) == [(f"/applicant/granted/0/{missing}", "FACT_REQUIRED")]
    sent["applicant"]["granted"][0]["keys_unknown"] = True
    found = bureau.answer(sent)
    assert (found["amount"], said(found, "GRANT_KEYS_UNKNOWN")) == ("30.00", [("/applicant/granted/0/keys_unknown", None)])
    sent["applicant"]["granted"][0]["amount"] = "0.00"
    assert bureau.amount(**sent) == "100.00"


def test_D69_the_year_of_interest_is_such_a_key() -> None:
    bureau = Bureau(points(more="caps: [{per: [], period: ACCRUAL_YEAR, limit: 4000}]"))
    two_years = loan(drawn=[("2024-07-01", "1000000.00")], matures_on="2025-07-01")
    sent: Body = {"applicant": granted("1000.00"), "contracts": [two_years]}
    assert bureau.refusal(**sent) == [("/applicant/granted/0/accrual_year", "FACT_REQUIRED")]
    sent["applicant"]["granted"][0]["keys_unknown"] = True
    assert bureau.amount(**sent) == "6000.00"  # 4,000 - 1,000 of each year
    assert bureau.amount(applicant=granted("1000.00", year=2025), contracts=[two_years]) == "7000.00"


def test_D69_only_under_period_and_lines_of_a_cap() -> None:
    bureau = Bureau(award(more="caps: [{per: [PROJECT], period: CLAIM, limit: 100}, {per: [], period: PROGRAM_YEAR, limit: 120}]"), "AWARD")
    assert bureau.amount(applicant=granted("40.00"), items=[item("A", "100.00", project_id="P")]) == "80.00"
    lines = "lines: [{id: X, when: 'category in [X, Y]', amount: 100}, {id: Z, when: 'category in [Z]', amount: 100}]"
    bureau = Bureau(f"facts: ITEMS\nwording: EXACT\n{lines}\ncaps: [{{per: [PRODUCT], lines: [X], period: LIFETIME, limit: 100}}]", "AWARD")
    sent = [{"item_id": "A", "category": "Y", "product_id": "P"}]
    assert bureau.amount(applicant=granted("70.00", category="Z"), items=sent) == "100.00"
    assert bureau.refusal(applicant=granted("70.00", category="Y"), items=sent) == [
        ("/applicant/granted/0/keys/product_id", "FACT_REQUIRED")
    ]
    # line X pays category Y, so a grant of that category takes its room
    assert bureau.amount(applicant=granted("70.00", category="Y", product_id="P"), items=sent) == "30.00"
    assert bureau.amount(applicant=granted("70.00", category="Y", product_id="Q"), items=sent) == "100.00"


def test_D69_what_cannot_be_placed_is_said() -> None:
    other = "xx-spec-2025-0-2"
    bureau = Bureau(award(more=f"caps: [{{per: [PROJECT], pool: [{other}], period: LIFETIME, limit: 100, clause: 单个项目}}]"), "AWARD")
    sent = [item("A", "100.00", project_id="P")]
    for who, where in (
        (granted("40.00", other), "/applicant/granted/0"),
        ({"uscc": USCC, "other_support_this_year": "40.00"}, "/applicant/other_support_this_year"),
    ):
        found = bureau.answer({"applicant": who, "items": sent})
        (warned,) = [one for one in found["warnings"] if one["code"] == "GRANT_NOT_PLACED"]
        assert (found["amount"], warned["pointer"], "单个项目" in warned["message"]) == ("100.00", where, True)
    assert bureau.amount(applicant=granted("40.00", other, project_id="p"), items=sent) == "60.00"


def test_D69_a_grant_without_any_cap_is_said(client: httpx.Client) -> None:
    """The table has no cap, so 20,000.00 granted before takes no room: the amount stands, and a warning says so."""
    body = {
        "rate_table": "bj-equip-2024-0-1",
        "version": 1,
        "application_date": "2025-06-30",
        "applicant": {
            "uscc": USCC,
            "granted": [{"rate_table": "bj-equip-2024-0-1", "on": "2025-01-05", "amount": "20000.00", "keys": {"contract_no": "L-1"}}],
        },
        "contracts": [
            {
                "contract_no": "L-1",
                "lender": "某银行",
                "loan_type": "FIXED_ASSET",
                "signed_on": "2024-01-31",
                "matures_on": "2027-01-31",
                "drawdowns": [{"drawdown_no": "1", "on": "2024-01-31", "amount": "1000000.00"}],
                "rate": {"kind": "FIXED", "annual_rate": "0.0385"},
            }
        ],
    }
    found = answer(client, "LOAN_INTEREST", body)
    assert found["amount"] == "35416.67"
    assert said(found, "GRANT_NOT_PLACED") == [("/applicant/granted/0", None)]
    claim_only = Bureau(award(more="caps: [{per: [], period: CLAIM, limit: 50}]"), "AWARD")
    assert "GRANT_NOT_PLACED" in codes(claim_only.answer({"applicant": granted("1.00"), "items": [item("A", "1.00")]}), "warnings")


@pytest.mark.parametrize(("on", "warned"), [("2026-06-29", False), ("2026-06-30", False), ("2026-07-01", True)])
def test_D69_a_grant_after_the_application_counts_and_is_doubted(on: str, warned: bool) -> None:
    bureau = Bureau(award(more="caps: [{per: [], period: LIFETIME, limit: 100}]"), "AWARD")
    found = bureau.answer({"applicant": granted("40.00", on=on), "items": [item("A", "100.00")]})
    assert (found["amount"], ("GRANT_AFTER_APPLICATION" in codes(found, "warnings"))) == ("60.00", warned)


# --- D70: a contract is its number and its lender -----------------------------------------------------------


def test_D70_one_number_at_two_lenders_is_two_contracts() -> None:
    bureau = Bureau(points(more="caps: [{per: [CONTRACT], period: LIFETIME, limit: 6000}]"))
    sent = [loan("L-1", lender="乙银行"), loan("L-1", lender="甲银行", drawn=[("2025-01-01", "400000.00")]), loan("L-0", lender="丙银行")]
    found = bureau.answer({"contracts": sent})
    got = [(one["id"], one["lender"], one["amount"]) for one in found["items"]]
    assert got == [("L-0", "丙银行", "6000.00"), ("L-1", "乙银行", "6000.00"), ("L-1", "甲银行", "4000.00")]
    assert caps(found, "key", "before") == [("L-0", "10000.00"), ("L-1 乙银行", "10000.00"), ("L-1 甲银行", "4000.00")]
    steps = [(one["item_id"], one["lender"]) for one in found["steps"] if one["id"].startswith("item:")]
    assert steps == [("L-0", "丙银行"), ("L-1", "乙银行"), ("L-1", "甲银行")]
    assert len({one["id"] for one in found["steps"]}) == len(found["steps"])
    assert bureau.answer({"contracts": sent[::-1]}) | {"warnings": []} == found | {"warnings": []}  # pointers follow the request


def test_D70_reasons_name_the_lender() -> None:
    bureau = Bureau(points())
    found = bureau.answer({"contracts": [loan("L-1", lender="甲"), loan("L-1", lender="乙", currency="USD")]})
    assert [(one["code"], one["item_id"], one["lender"]) for one in found["reasons"]] == [("CURRENCY_NOT_ADMITTED", "L-1", "乙")]


def test_D70_the_same_number_at_one_lender_occurs_twice() -> None:
    sent = [loan("L-1", lender="甲 银行"), loan("l-1", lender="甲  银行")]
    assert Bureau(points()).refusal(contracts=sent) == [("/contracts/1", "DUPLICATE_ID")]


def test_D70_other_facts_have_no_lender() -> None:
    assert Bureau(award(), "AWARD").answer({"items": [item("A", "1.00")]})["items"][0]["lender"] is None


def test_D70_a_grant_names_the_lender_where_two_share_the_number() -> None:
    bureau = Bureau(points(more="caps: [{per: [CONTRACT], period: LIFETIME, limit: 6000}]"))
    sent = [loan("L-1", lender="甲"), loan("L-1", lender="乙")]
    assert bureau.refusal(applicant=granted("1000.00", contract_no="l-1"), contracts=sent) == [
        ("/applicant/granted/0/keys/lender", "FACT_REQUIRED")
    ]
    found = bureau.answer({"applicant": granted("1000.00", contract_no="L-1", lender="甲 "), "contracts": sent})
    assert [(one["lender"], one["amount"]) for one in found["items"]] == [("乙", "6000.00"), ("甲", "5000.00")]
    assert bureau.amount(applicant=granted("1000.00", contract_no="L-1"), contracts=sent[:1]) == "5000.00"
    assert bureau.amount(applicant=granted("1000.00", contract_no="L-1", lender="丙"), contracts=sent[:1]) == "6000.00"


def test_D70_room_and_drawdowns_are_of_one_contract() -> None:
    """Drawdown 1 of L-1 at two banks: 5万 each, as a balance and as money."""
    bureau = Bureau(points("10%", more="caps: [{bounds: BALANCE, per: [DRAWDOWN], limit: 50000}, {per: [DRAWDOWN], limit: 1500}]"))
    found = bureau.answer({"contracts": [loan("L-1", lender="甲"), loan("L-1", lender="乙")]})
    assert caps(found, "key", "before", "after")[:2] == [("1 L-1 乙", "1000000.00", "50000.00"), ("1 L-1 甲", "1000000.00", "50000.00")]
    assert caps(found, "key", "before", "after")[2:] == [
        ("1 L-1 乙", "1825.00", "1500.00"),
        ("1 L-1 甲", "1825.00", "1500.00"),
    ]  # 50,000 × 3.65% of interest


# --- D88: the identity of a calculation -----------------------------------------------------------------------


def full_loan(no: str, turn: bool) -> Body:
    """A contract with every list in it; ``turn`` puts all of them in another order."""
    drawn = [
        {"drawdown_no": "1", "on": "2025-01-01", "amount": "600000.00"},
        {"drawdown_no": "2", "on": "2025-03-01", "amount": "400000.00", "rate": {"kind": "FIXED", "annual_rate": "0.0360"}},
    ]
    repaid = [
        {"on": "2025-08-01", "principal": "100000.00"},
        {"on": "2025-08-01", "principal": "50000.00", "drawdown_no": "2"},
        {"on": "2025-06-01", "principal": "20000.00"},
    ]
    paid = [
        {"from": "2025-01-01", "until": "2025-04-01", "amount": "6000.00"},
        {"from": "2025-04-01", "until": "2025-07-01", "amount": "9000.00", "paid_on": "2025-07-02"},
    ]
    excluded = [
        {"from": "2025-02-01", "until": "2025-02-11", "reason": "OVERDUE"},
        {"from": "2025-05-01", "until": "2025-05-02", "reason": "OTHER"},
    ]
    steps = [{"from": "2025-01-01", "annual_rate": "0.036"}, {"from": "2025-05-15", "annual_rate": "0.035"}]
    lists: Body = {
        "drawdowns": drawn,
        "repayments": repaid,
        "interest_paid": paid,
        "excluded_periods": excluded,
        "purposes": ["BILL", "REFINANCING"],
    }
    if turn:
        lists, steps = {name: rows[::-1] for name, rows in lists.items()}, steps[::-1]
    return loan(no, **lists, rate={"kind": "STEPPED", "steps": steps})


def without_pointers(found: Body) -> Body:
    """An answer without the places of its warnings, which follow the request."""
    return found | {"warnings": [one | {"pointer": None, "other_pointer": None} for one in found["warnings"]]}


def test_D88_the_order_of_no_list_changes_anything() -> None:
    bureau = Bureau(points(more="caps: [{per: [CONTRACT], period: LIFETIME, limit: 3000}]"))
    grants = [granted("1.00", contract_no=no)["granted"][0] for no in "BA"]
    statuses = [{"status": "X", "from": "2024-05-01"}, {"status": "X", "from": "2020-05-01", "until": "2021-01-01"}]
    who: Body = {"uscc": USCC, "granted": grants, "statuses": statuses, "dishonesty_records": [{"on": "2019-01-01"}, {"on": "2018-01-01"}]}
    turned = {name: rows[::-1] if isinstance(rows, list) else rows for name, rows in who.items()}
    one = bureau.answer({"applicant": who, "contracts": [full_loan("A", turn=False), full_loan("B", turn=True)]})
    other = bureau.answer({"applicant": turned, "contracts": [full_loan("B", turn=False), full_loan("A", turn=True)]})
    assert json.dumps(without_pointers(one)) == json.dumps(without_pointers(other))
    assert one["calculation_id"] == other["calculation_id"]


def test_D88_the_order_of_investments_changes_nothing() -> None:
    bureau = Bureau("facts: PROJECTS\nwording: EXACT\nlines: [{id: ALL, base: admitted, rate: 30%}]", "GRANT")
    paid = [
        {"category": category, "amount": amount}
        for category, amount in (("SOFTWARE", "5.00"), ("EQUIPMENT", "7.00"), ("EQUIPMENT", "6.00"))
    ]
    one, other = (bureau.answer({"projects": [{"project_id": "P", "investments": rows}]}) for rows in (paid, paid[::-1]))
    assert (one, one["amount"]) == (other, "5.40")


def test_D88_pointers_follow_the_request() -> None:
    bureau = Bureau(points())
    sent = full_loan("A", turn=False)
    for turn, place in ((False, 2), (True, 0)):
        repaid = [*sent["repayments"][:2], {"on": "2023-06-01", "principal": "1.00"}]
        body = sent | {"repayments": repaid[::-1] if turn else repaid}
        assert (f"/contracts/0/repayments/{place}/on", "DATES_OUT_OF_ORDER") in bureau.refusal(contracts=[body])


SAME: list[tuple[Body, Body]] = [
    ({"rate": {"kind": "FIXED", "annual_rate": "0.03850"}}, {"rate": {"kind": "FIXED", "annual_rate": "0.0385"}}),
    (
        {"rate": {"kind": "FLOATING", "series": "LPR_1Y", "reset": "JAN_1", "spread": "-0.0020", "multiplier": "1.00"}},
        {"rate": {"kind": "FLOATING", "series": "LPR_1Y", "reset": "JAN_1", "spread": "-0.002"}},
    ),
    (
        {"interest_paid": [{"from": "2025-01-01", "until": "2025-04-01", "amount": "6000.00", "paid_on": "2025-04-01"}]},
        {"interest_paid": [{"from": "2025-01-01", "until": "2025-04-01", "amount": "6000.00"}]},
    ),
    ({"measures": {"growth": "0.10", "mass": "12.50 kg"}}, {"measures": {"growth": "0.1", "mass": "12.5"}}),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_D88_equal_facts_have_equal_ids(one: Body, other: Body) -> None:
    bureau = Bureau(points(more="needs: {growth: {of: CONTRACT, type: RATE}, mass: {of: CONTRACT, type: QUANTITY, unit: kg}}"))
    assert bureau.answer({"contracts": [loan(**one)]}) == bureau.answer({"contracts": [loan(**other)]})


@pytest.mark.parametrize(
    "changed", [{"measures": {"growth": "0.11"}}, {"rate": {"kind": "FIXED", "annual_rate": "0.0361"}}, {"contract_no": "l-1"}]
)
def test_D88_other_facts_have_other_ids(changed: Body) -> None:
    bureau = Bureau(points(more="needs: {growth: {of: CONTRACT, type: RATE}}"))
    plain = {"measures": {"growth": "0.1"}}
    one, other = (bureau.answer({"contracts": [loan(**more)]}) for more in (plain, plain | changed))
    assert one["calculation_id"] != other["calculation_id"]


def test_D88_the_name_and_the_callers_number_are_left_out_and_nothing_else() -> None:
    bureau, sent = Bureau(award(), "AWARD"), [item("A", "1.00")]
    plain = bureau.answer({"items": sent})["calculation_id"]
    assert bureau.answer({"items": sent, "request_no": "1", "applicant": {"uscc": USCC, "name": "某公司"}})["calculation_id"] == plain
    assert bureau.answer({"items": sent, "applicant": {"uscc": USCC, "digital_rmb_account": True}})["calculation_id"] != plain


# --- D105: null ------------------------------------------------------------------------------------------------

NULLS: list[tuple[str, str, Body, Body]] = [
    (
        "LOAN_INTEREST",
        points(more="needs: {park: {of: CONTRACT, type: CODE}}"),
        {"contracts": [loan()]},
        {
            "contracts": [
                loan(
                    currency=None,
                    purposes=None,
                    project_id=None,
                    repayment_plan=None,
                    day_count=None,
                    interest_paid=None,
                    excluded_periods=None,
                    measures={"park": None},
                    repayments=None,
                )
            ]
        },
    ),
    (
        "INSURANCE",
        insurance(),
        {"policies": [policy("P", "2.00")]},
        {"policies": [policy("P", "2.00", unit_kind=None, sum_insured=None, measures=None)]},
    ),
    (
        "AWARD",
        award(),
        {"items": [item("A", "1.00")]},
        {"items": [item("A", "1.00", category=None, events=None, measures=None)], "projects": None},
    ),
    (
        "GRANT",
        "facts: PROJECTS\nwording: EXACT\nlines: [{id: ALL, base: admitted, rate: 30%}]",
        {"projects": [project("P", "9.00")]},
        {"projects": [project("P", "9.00", paid_instalments=None, accepted_investment=None, measures=None)], "items": None},
    ),
]


@pytest.mark.parametrize(("method", "terms", "plain", "nulls"), NULLS, ids=[row[0] for row in NULLS])
def test_D105_null_says_what_absence_says(method: str, terms: str, plain: Body, nulls: Body) -> None:
    bureau = Bureau(terms, method)
    who = {"uscc": USCC, "granted": None, "statuses": None, "measures": None, "dishonesty_records": None, "other_support_this_year": None}
    one = bureau.answer(plain)
    assert bureau.answer(nulls | {"applicant": who, "claim_period": None, "version": None, "as_of": None, "request_no": None}) == one


def test_D105_in_rates_vouchers_and_grants() -> None:
    bureau = Bureau(points(more="caps: [{per: [], period: LIFETIME, limit: 100}]"))
    rate = {"kind": "FLOATING", "series": "LPR_1Y", "reset": "JAN_1"}
    paid = {"from": "2025-01-01", "until": "2025-04-01", "amount": "6000.00"}
    grant = granted("40.00")["granted"][0] | {"accrual_year": None}
    plain = {"applicant": {"uscc": USCC, "granted": [grant]}, "contracts": [loan(rate=rate, interest_paid=[paid])]}
    rate |= {"spread": None, "multiplier": None, "reset_dates": None, "lookup": None}
    paid |= {"penalty": None, "paid_on": None, "drawdown_no": None, "kind": None}
    grant |= {"keys": {"contract_no": None}, "keys_unknown": None}
    nulls = {"applicant": {"uscc": USCC, "granted": [grant]}, "contracts": [loan(rate=rate, interest_paid=[paid])]}
    assert bureau.answer(nulls) == bureau.answer(plain)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"contracts": None}, "/contracts"),
        ({"contracts": [loan(lender=None)]}, "/contracts/0/lender"),
        ({"contracts": [loan(drawdowns=None)]}, "/contracts/0/drawdowns"),
        ({"contracts": [None]}, "/contracts/0"),
        ({"applicant": None, "contracts": [loan()]}, "/applicant"),
    ],
)
def test_D105_what_is_required_may_not_be_null(body: Body, pointer: str) -> None:
    assert pointer in [where for where, _ in Bureau(points()).refusal(**body)]


def test_D105_a_case_does_not_undo_what_is_shared_by_null() -> None:
    bureau = Bureau(award(), "AWARD")
    body = {
        "rate_table": bureau.table,
        "application_date": "2026-06-30",
        "applicant": {"uscc": USCC},
        "items": [item("A", "1.00")],
        "detail": None,
    }
    cases = [{"item_id": "1"}, {"item_id": "2", "items": None, "applicant": None}]
    response = bureau.client.post(f"{PATHS['AWARD']}/batch", json=body | {"cases": cases})
    assert response.status_code == 200, response.text
    first, second = response.json()["cases"]
    assert first["result"] == second["result"]


# --- D71: facts of one unit -----------------------------------------------------------------------------------

UNIT: Body = {"unit_kind": "ROCKET", "launched_on": "2025-06-06", "launch_approved": True, "first_insured_on": "2025-01-01"}
OTHERWISE: Body = {"unit_kind": "SATELLITE", "launched_on": "2025-06-07", "launch_approved": False, "first_insured_on": "2024-12-31"}


@pytest.mark.parametrize("name", UNIT)
def test_D71_policies_of_one_unit_agree_on_it(name: str) -> None:
    bureau = Bureau(insurance(), "INSURANCE")
    sent = [policy("P", "2.00", unit_id="U") | UNIT, policy("Q", "2.00", unit_id="u ") | UNIT]
    assert bureau.amount(policies=sent) == "2.00"
    differing = [sent[0], sent[1] | {name: OTHERWISE[name]}]
    assert sorted(bureau.refusal(policies=differing)) == [(f"/policies/{no}/{name}", "FACTS_DISAGREE") for no in (0, 1)]
    assert bureau.amount(policies=[sent[0], differing[1] | {"unit_id": "V"}]) == "2.00"


def test_D71_what_one_policy_says_of_the_unit_holds_for_the_others() -> None:
    """First insured on 2024-01-01, two years: of a policy of 2025-07-01 to 2026-07-01 half a year lies inside, though it does not say so."""
    bureau = Bureau(insurance("100%", more="term: {from: first_insured_on, months: 24}"), "INSURANCE")
    own = {"period_from": "2025-07-01", "period_until": "2026-07-01", "unit_id": "U"}
    stated = policy("P", "365.00", unit_id="U", first_insured_on="2024-01-01")
    found = bureau.answer({"policies": [stated, policy("Q", "365.00", **own)]})
    assert amounts(found) == {"P": "365.00", "Q": "184.00"}  # July to December: 184 of 365 days


@pytest.mark.parametrize(
    ("launched", "kind", "warned"),
    [
        ("2024-12-31", "LAUNCH", True),
        ("2025-01-01", "LAUNCH", False),
        ("2025-12-31", "LAUNCH", False),
        ("2026-01-01", "LAUNCH", True),
        ("2024-12-31", "IN_ORBIT", True),
    ],
)
def test_D71_a_launch_outside_its_policy_is_doubted(launched: str, kind: str, warned: bool) -> None:
    found = Bureau(insurance(), "INSURANCE").answer({"policies": [policy("P", "2.00", launched_on=launched, insurance_type=kind)]})
    assert said(found, "LAUNCH_OUTSIDE_POLICY") == ([("/policies/0/launched_on", None)] if warned else [])


# --- D72: what occurs in several cases -----------------------------------------------------------------------


def fixed_asset(no: str, uscc: str) -> Body:
    """One case: a loan of 600,000,000, whose year earns the limit of 10,000,000."""
    return {
        "applicant": {
            "uscc": uscc,
            "name": "某公司",
            "registered_in_beijing": True,
            "dishonesty_records": [],
            "measures": {"key_industry": True, "fai_2022": "8000000.00"},
        },
        "contracts": [
            {
                "contract_no": no,
                "lender": "某银行",
                "loan_type": "FIXED_ASSET",
                "signed_on": "2022-03-01",
                "matures_on": "2027-03-01",
                "drawdowns": [{"drawdown_no": "1", "on": "2022-03-05", "amount": "600000000.00"}],
                "rate": {"kind": "FIXED", "annual_rate": "0.0385"},
            }
        ],
    }


def listed(client: httpx.Client, *cases: Body, **shared: Body) -> Body:
    """The totals of a list of cases under one table."""
    body = {"rate_table": "bj-gjj-2023-2-2", "version": 1, "application_date": "2023-11-20", "detail": "SUMMARY"}
    period = {"claim_period": {"from": "2022-11-01", "until": "2023-11-01"}}
    sent = [{"item_id": no} | case for no, case in zip("abcdefgh", cases, strict=False)]
    response = client.post(f"{PATHS['LOAN_INTEREST']}/batch", json=body | period | shared | {"cases": sent})
    assert response.status_code == 200, response.text
    found: Body = response.json()
    return found


def test_D72_totals_name_what_occurs_in_several_cases(client: httpx.Client) -> None:
    """Each case alone earns 10,000,000; together that is twice the limit of one applicant and one contract."""
    found = listed(client, fixed_asset("L-1", USCC), fixed_asset("l-1 ", USCC))
    assert [one["result"]["amount"] for one in found["cases"]] == ["10000000.00"] * 2
    assert found["totals"]["amount"] == "20000000.00"
    assert found["totals"]["repeated"] == {
        "applicants": [{"id": USCC, "lender": None, "cases": 2, "item_ids": ["a", "b"]}],
        "contracts": [{"id": "L-1", "lender": "某银行", "cases": 2, "item_ids": ["a", "b"]}],
        "policies": [],
        "items": [],
        "projects": [],
        "not_listed": 0,
        "complete": True,
    }
    assert [one["code"] for one in found["totals"]["warnings"]] == ["CAPS_NOT_ACROSS_CASES"]
    assert "某公司" not in str(found["totals"])


def test_D72_nothing_repeated_is_no_warning(client: httpx.Client) -> None:
    totals = listed(client, fixed_asset("L-1", USCC), fixed_asset("L-2", "91110000100006021L"))["totals"]
    assert (totals["repeated"]["applicants"], totals["repeated"]["contracts"], totals["warnings"]) == ([], [], [])


def test_D72_an_applicant_that_all_cases_share_is_repeated(client: httpx.Client) -> None:
    who = fixed_asset("L-1", USCC)["applicant"]
    cases = [{"contracts": fixed_asset(no, USCC)["contracts"]} for no in ("L-1", "L-2", "L-3")]
    assert [(one["id"], one["cases"]) for one in listed(client, *cases, applicant=who)["totals"]["repeated"]["applicants"]] == [(USCC, 3)]


@pytest.mark.parametrize(
    ("method", "terms", "name", "row", "kind"),
    [
        ("INSURANCE", insurance(), "policies", policy("P", "2.00", project_id="X"), "policies"),
        ("AWARD", award(), "items", item("A", "1.00"), "items"),
        ("GRANT", "facts: PROJECTS\nwording: EXACT\nlines: [{id: ALL, amount: 1}]", "projects", project("P", "1.00"), "projects"),
        ("INSURANCE", insurance(), "policies", policy("P", "2.00", project_id="X"), "projects"),
    ],
)
def test_D72_every_kind_of_fact(method: str, terms: str, name: str, row: Body, kind: str) -> None:
    bureau = Bureau(terms, method)
    body = {"rate_table": bureau.table, "application_date": "2026-06-30", "applicant": {"uscc": USCC}, name: [row]}
    totals = bureau.client.post(f"{PATHS[method]}/batch", json=body | {"cases": [{"item_id": "1"}, {"item_id": "2"}]}).json()["totals"]
    assert [one["item_ids"] for one in totals["repeated"][kind]] == [["1", "2"]]


def test_D72_what_is_remembered_and_listed_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    bureau = Bureau(award(), "AWARD")
    monkeypatch.setattr("app.limits.MAX_LISTED_REPEATS", 2)
    body = {
        "rate_table": bureau.table,
        "application_date": "2026-06-30",
        "applicant": {"uscc": USCC},
        "items": [item(no, "1.00") for no in "ABC"],
    }
    cases = {"cases": [{"item_id": str(no)} for no in range(12)]}
    repeated = bureau.client.post(f"{PATHS['AWARD']}/batch", json=body | cases).json()["totals"]["repeated"]
    assert ([one["id"] for one in repeated["items"]], repeated["not_listed"], repeated["complete"]) == (["A", "B"], 1, True)
    assert (repeated["items"][0]["cases"], len(repeated["items"][0]["item_ids"])) == (12, 10)
    monkeypatch.setattr("app.limits.MAX_REMEMBERED_IDS", 2)
    assert bureau.client.post(f"{PATHS['AWARD']}/batch", json=body | cases).json()["totals"]["repeated"]["complete"] is False


# --- D86: a code that its own check character contradicts -----------------------------------------------------


def test_D86_a_code_that_fails_is_refused_unless_it_is_confirmed(client: httpx.Client) -> None:
    """A real code of Xiamen ends in another character than GB 32100-2015 asks for; its holder cannot change it."""
    case = fixed_asset("L-1", "91350203M0001ABC19")
    case["contracts"][0]["drawdowns"][0]["amount"] = "60000000.00"
    body = {"rate_table": "bj-gjj-2023-2-2", "version": 1, "application_date": "2023-11-20"} | case
    response = post(client, "LOAN_INTEREST", body)
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert (error["pointer"], error["code"], "uscc_confirmed" in error["detail"]) == ("/applicant/uscc", "INVALID_USCC", True)
    body["applicant"]["uscc_confirmed"] = False
    assert post(client, "LOAN_INTEREST", body).status_code == 422
    body["applicant"]["uscc_confirmed"] = True
    found = answer(client, "LOAN_INTEREST", body)
    assert (found["status"], said(found, "USCC_CONFIRMED")) == ("ELIGIBLE", [("/applicant/uscc", None)])
    body["applicant"]["uscc"] = USCC
    assert said(answer(client, "LOAN_INTEREST", body), "USCC_CONFIRMED") == []


def test_D86_the_form_of_a_code_is_not_a_matter_of_confirming() -> None:
    who = {"uscc": "91350203M0001ABC1", "uscc_confirmed": True}
    assert Bureau(award(), "AWARD").refusal(applicant=who, items=[item("A", "1.00")]) == [("/applicant/uscc", "INVALID_USCC")]


# --- D78: the calendar year ---------------------------------------------------------------------------------

YEARS = [
    # applied on, granted on, what is left of 100.00 under CALENDAR_YEAR and under PROGRAM_YEAR (the batch is of 2025)
    ("2027-06-30", "2026-12-31", "100.00", "30.00"),
    ("2027-06-30", "2027-01-01", "30.00", "30.00"),
    ("2027-12-31", "2027-01-01", "30.00", "30.00"),
    ("2028-01-01", "2027-12-31", "100.00", "30.00"),
    ("2027-06-30", "2025-03-01", "100.00", "30.00"),
]


@pytest.mark.parametrize(("on", "before", "calendar", "programme"), YEARS)
def test_D78_the_calendar_year_is_that_of_the_application(on: str, before: str, calendar: str, programme: str) -> None:
    for period, expected in (("CALENDAR_YEAR", calendar), ("PROGRAM_YEAR", programme)):
        bureau = Bureau(award(more=f"caps: [{{per: [], period: {period}, limit: 100}}]"), "AWARD")
        found = bureau.answer({"application_date": on, "applicant": granted("70.00", on=before), "items": [item("A", "500.00")]})
        assert found["amount"] == expected, period
    assert caps(found, "scope") == [("ENTERPRISE_YEAR",)]
    found = Bureau(award(more="caps: [{per: [], period: CALENDAR_YEAR, limit: 100}]"), "AWARD").answer({"items": [item("A", "500.00")]})
    assert caps(found, "scope") == [("ENTERPRISE_CALENDAR_YEAR",)]
    assert any("自然年度" in one["label"] for one in found["steps"])


@pytest.mark.parametrize(
    ("first", "then", "fits"), [("BATCH", "CALENDAR_YEAR", True), ("CALENDAR_YEAR", "LIFETIME", True), ("LIFETIME", "CALENDAR_YEAR", False)]
)
def test_D78_it_stands_between_batch_and_lifetime(first: str, then: str, fits: bool) -> None:
    terms = award(more=f"caps: [{{per: [], period: {first}, limit: 100}}, {{per: [], period: {then}, limit: 100}}]")
    if fits:
        assert Bureau(terms, "AWARD").amount(items=[item("A", "500.00")]) == "100.00"
    else:
        with pytest.raises(ValueError, match="限额应由窄到宽排列"):
            Bureau(terms, "AWARD")


# --- D84: what was not seen of a cap --------------------------------------------------------------------------


def left_open(found: Body) -> list[str]:
    return [one["message"] for one in found["not_decided_here"]]


def test_D84_a_cap_of_unknown_period_is_counted_for_each_claim() -> None:
    bureau = Bureau(award(more="caps: [{per: [], period: unknown, limit: 100, clause: 最高一百元}]"), "AWARD")
    found = bureau.answer({"applicant": granted("70.00"), "items": [item("A", "500.00")]})
    assert (found["amount"], found["amount_kind"], caps(found, "scope")) == ("100.00", "EXACT", [("ENTERPRISE_CLAIM",)])
    (message,) = [one for one in left_open(found) if "期间未见" in one]
    assert "更低" in message
    assert "GRANT_NOT_PLACED" in codes(found, "warnings")  # no earlier grant takes room of it, and that is said
    assert left_open(bureau.answer({"items": [item("A", "1.00")]})) == left_open(found)


def test_D84_a_cap_per_something_unknown_is_counted_for_each_applicant() -> None:
    bureau = Bureau(award(more="caps: [{per: unknown, period: LIFETIME, limit: 100, clause: 最高一百元}]"), "AWARD")
    sent = [item("A", "80.00", project_id="P"), item("B", "80.00", project_id="Q")]
    found = bureau.answer({"applicant": granted("30.00"), "items": sent})
    assert (found["amount"], found["amount_kind"], caps(found, "key", "granted")) == ("70.00", "EXACT", [(None, "30.00")])
    (message,) = [one for one in left_open(found) if "分别计算未见" in one]
    assert "更高" in message
    response = bureau.client.get(f"/v1/rate-tables/{bureau.table}")
    assert "限额对象未公布" in response.text or "unknown" in response.text


def test_D84_other_words_are_refused() -> None:
    for word in ("per: UNKNOWN", "per: [unknown]", "period: UNKNOWN", "period: ''"):
        with pytest.raises(ValueError, match="caps/0"):
            Bureau(
                award(more=f"caps: [{{per: [], {word}, limit: 100}}]" if "period" in word else f"caps: [{{{word}, limit: 100}}]"), "AWARD"
            )
