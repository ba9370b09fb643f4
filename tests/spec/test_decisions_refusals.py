"""D83: all missing facts of a claim come in at most two answers, under every published table."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.calculators.terms.model import UNKNOWN, Measure, RateTable
from tests.bureau import PATHS, USCC, Bureau, loan, policy
from tests.spec.claims import Body
from tests.spec.small_tables import project

CONTRACT = {
    "contract_no": "L-1",
    "lender": "BANK",
    "loan_type": "FIXED_ASSET",
    "signed_on": "2024-01-05",
    "matures_on": "2029-01-05",
    "drawdowns": [{"drawdown_no": "1", "on": "2024-01-05", "amount": "60000000.00"}],
}
POLICY = {
    "policy_no": "P-1",
    "insurer": "INSURER",
    "insurance_type": "LAUNCH",
    "unit_id": "U-1",
    "premium": "6000000.00",
    "premium_paid": "6000000.00",
    "period_from": "2024-05-02",
    "period_until": "2025-05-02",
}
PROJECT = {"project_id": "G-1", "investments": [{"category": "EQUIPMENT", "amount": "60000000.00"}]}
FACTS: dict[str, tuple[str, list[Body]]] = {
    "CONTRACTS": ("contracts", [CONTRACT, CONTRACT | {"contract_no": "L-2"}]),
    "POLICIES": ("policies", [POLICY, POLICY | {"policy_no": "P-2", "unit_id": "U-2"}]),
    "ITEMS": ("items", [{"item_id": "A-1"}, {"item_id": "A-2"}]),
    "PROJECTS": ("projects", [PROJECT, PROJECT | {"project_id": "G-2"}]),
}
FIELDS: dict[str, Any] = {
    "uscc": USCC,
    "kind": "ENTERPRISE",
    "dishonesty_records": [],
    "registered_in_beijing": True,
    "other_municipal_funding": False,
    "declaration_accepted": True,
    "digital_rmb_account": True,
    "major_project_or_key_unit": True,
    "rate": {"kind": "FIXED", "annual_rate": "0.0385"},
    "base_amount": "60000000.00",
    "vat": "100.00",
    "hardware": "100.00",
    "related_party_amount": "100.00",
    "cost": "40000000.00",
    "events": 3,
    "related_party": False,
    "project_id": "G",
    "product_id": "PR-1",
    "unit_kind": "ROCKET",
    "launch_approved": True,
    "sum_insured": "100000000.00",
    "other_fiscal_funding": "0.00",
    "accepted_investment": "60000000.00",
    "first_insured_on": "2024-05-02",
}
BY_TYPE: dict[str, Any] = {
    "BOOLEAN": True,
    "COUNT": 5,
    "MONEY": "60000000.00",
    "RATE": "0.5000",
    "QUANTITY": "1000",
    "CODE": "X-1",
}


def tables(app: FastAPI) -> list[RateTable]:
    """Every version of every published table."""
    return [one.table for _, versions in sorted(app.state.catalogue.tables.items()) for one in versions]


def fitting_day(table: RateTable) -> str:
    """A day of the event or contract window of a table; where it has none, the day on which the facts of this file happen."""
    for kind in ("event", "contract", "completion", "investment"):
        window = table.terms.windows.get(kind)
        if window is not None and hasattr(window.first_day, "isoformat"):
            return str(window.first_day)[:10]
    return "2024-05-03"


def value_for(name: str, table: RateTable, *, yes: bool, which: int) -> Any:
    """A value of the right form for a fact; ``yes`` and ``which`` choose among booleans and codes."""
    needs: dict[str, Measure] = dict(table.terms.needs)
    for overlay in table.overlays:
        needs |= overlay.terms.needs
    measure = needs.get(name)
    if measure is not None and measure.values is not None:
        return sorted(measure.values)[which % len(measure.values)]
    if measure is not None and measure.type == "DATE":
        return fitting_day(table)
    if measure is not None:
        value = BY_TYPE[measure.type]
        return yes if value is True else value
    if name == "category":
        from app.calculators.stages.codes import categories

        return sorted(categories(table.terms))[which % len(categories(table.terms))]
    value = FIELDS.get(name)
    if isinstance(value, bool):
        return value if yes else not value
    return fitting_day(table) if value is None else value


def put(body: Body, pointer: str, value: Any) -> None:
    """Add a fact at its place; no place may hold one already."""
    *path, last = pointer.strip("/").split("/")
    target: Any = body
    for part in path:
        target = target[int(part)] if isinstance(target, list) else target.setdefault(part, {})
    assert last not in target, f"{pointer} was sent, and is asked for again"
    target[last] = value


def answers(client: httpx.Client, table: RateTable, *, yes: bool, which: int) -> Iterator[httpx.Response]:
    """The answers to a claim that begins with the fields that the schema requires, and sends what each answer asks for.

    The last is an amount, or tells that no figure of the line that the facts choose was published (D37).
    """
    name, facts = FACTS[str(table.terms.facts)]
    body: Body = {"rate_table": table.id, "application_date": "2025-12-05", "version": table.version, "applicant": {}}
    body |= {name: [copy.deepcopy(one) for one in facts]}  # one by one, or two facts would share the lists that they have in common
    for _ in range(10):
        response = client.post(PATHS[table.method], json=body)
        yield response
        if response.status_code == 200:
            return
        if response.json()["code"] == "STANDARD_NOT_LOADED":
            assert any(UNKNOWN in (line.rate, line.amount) for line in table.terms.lines), table.id
            return  # an answer, too: what the chosen line pays was not published (D37)
        for error in response.json()["errors"]:
            assert error["code"] == "FACT_REQUIRED", error
            put(body, error["pointer"], value_for(error["pointer"].split("/")[-1], table, yes=yes, which=which))


@pytest.mark.parametrize("yes", [True, False])
@pytest.mark.parametrize("which", range(4))
def test_D83_what_is_missing_is_asked_for_at_most_twice(client: httpx.Client, app: FastAPI, yes: bool, which: int) -> None:
    """Whatever the facts are, and whichever line they choose: what is missing was told in two refusals."""
    asked, earned = {}, 0
    for table in tables(app):
        *refused, last = answers(client, table, yes=yes, which=which)
        asked[f"{table.id} v{table.version}"] = [one.json()["code"] for one in refused]
        earned += last.json().get("amount", "0.00") != "0.00"
    assert len(asked) >= 45
    assert {name: found for name, found in asked.items() if len(found) > 2 or set(found) - {"FACT_REQUIRED"}} == {}
    assert not yes or earned >= 5  # the road was walked to its end


def test_D83_a_first_request_for_launch_insurance_is_told_everything_at_once(client: httpx.Client) -> None:
    """Its table has one line for all policies: nothing has to be chosen first."""
    body = {"rate_table": "bj-gjj-2025-1-11", "application_date": "2025-03-10", "applicant": {}, "policies": [POLICY]}
    response = client.post(PATHS["INSURANCE"], json=body)
    assert response.status_code == 422
    assert response.json()["code"] == "FACT_REQUIRED"
    pointers = [one["pointer"] for one in response.json()["errors"]]
    assert sorted(pointers) == [
        "/applicant/dishonesty_records",
        "/applicant/registered_in_beijing",
        "/applicant/uscc",
        "/policies/0/launch_approved",
        "/policies/0/launched_on",
        "/policies/0/paid_on",
    ]


KINDS = """
facts: ITEMS
wording: EXACT
needs:
  kind: {of: ITEM, type: CODE, title: 种类, values: {A: 甲, B: 乙}}
  large: {of: ITEM, type: BOOLEAN, title: 是否大型}
  cost_a: {of: ITEM, type: MONEY, title: 甲的成本}
  cost_b: {of: ITEM, type: MONEY, title: 乙的成本}
  audited: {of: ITEM, type: BOOLEAN, title: 是否审计}
require:
  - {that: audited, code: NOT_AUDITED, clause: c}
lines:
  - {id: A, when: 'kind == A and large', base: cost_a, rate: 10%}
  - {id: B, when: 'kind == B', base: cost_b, rate: 20%}
caps:
  - {per: [PRODUCT], limit: 'min(100, base_amount)', clause: c}
"""


def asked(bureau: Bureau, **body: Any) -> list[str]:
    """The pointers of everything that an answer asks for."""
    refused = bureau.refusal(**body)
    assert {code for _, code in refused} == {"FACT_REQUIRED"}
    return [pointer for pointer, _ in refused]


def test_D83_first_what_chooses_a_line_then_what_the_chosen_line_reads() -> None:
    """Of all items together; of an item whose line is known, the line's facts wait for the second answer."""
    bureau = Bureau(KINDS, "AWARD")
    first = asked(
        bureau,
        items=[
            {"item_id": "A", "product_id": "P", "measures": {"audited": True}},
            {"item_id": "B", "product_id": "P", "measures": {"audited": True, "kind": "A"}},
        ],
    )
    assert first == ["/items/0/measures/kind", "/items/0/measures/large", "/items/1/measures/large"]
    second = asked(bureau, items=[
        {"item_id": "A", "product_id": "P", "measures": {"audited": True, "kind": "B"}},
        {"item_id": "B", "product_id": "P", "measures": {"audited": True, "kind": "A", "large": True}},
    ])  # fmt: skip
    assert sorted(second) == ["/items/0/base_amount", "/items/0/measures/cost_b", "/items/1/base_amount", "/items/1/measures/cost_a"]


def test_D83_an_item_that_is_out_is_asked_nothing_more() -> None:
    """It is not audited: neither its line nor its cost matters."""
    bureau = Bureau(KINDS, "AWARD")
    out = {"item_id": "A", "product_id": "P", "measures": {"audited": False}}
    assert asked(
        bureau, items=[out, {"item_id": "B", "product_id": "P", "measures": {"audited": True, "kind": "B"}, "base_amount": "1.00"}]
    ) == ["/items/1/measures/cost_b"]
    assert bureau.answer({"items": [out]})["amount"] == "0.00"


def test_D83_other_faults_come_in_the_same_answer() -> None:
    """A measure that the table does not have, and the one that it misses."""
    bureau = Bureau(KINDS, "AWARD")
    refused = bureau.refusal(items=[{"item_id": "A", "product_id": "P", "measures": {"audited": True, "kinds": "B"}}])
    assert refused == [
        ("/items/0/measures/kinds", "UNKNOWN_MEASURE"),
        ("/items/0/measures/kind", "FACT_REQUIRED"),
        ("/items/0/measures/large", "FACT_REQUIRED"),
    ]


def test_D83_a_fact_that_was_misread_is_not_missing_too() -> None:
    bureau = Bureau(KINDS, "AWARD")
    assert bureau.refusal(
        items=[{"item_id": "A", "product_id": "P", "measures": {"audited": "yes", "kind": "B"}, "base_amount": "1.00"}]
    ) == [
        ("/items/0/measures/audited", "INVALID_MEASURE"),
        ("/items/0/measures/cost_b", "FACT_REQUIRED"),
    ]


def test_D83_the_credit_code_comes_with_the_rest() -> None:
    bureau = Bureau(KINDS, "AWARD")
    sent = {"item_id": "A", "product_id": "P", "measures": {"audited": True, "kind": "B"}, "base_amount": "1.00"}
    assert asked(bureau, applicant={}, items=[sent]) == ["/applicant/uscc", "/items/0/measures/cost_b"]
    complete = sent | {"measures": {"audited": True, "kind": "B", "cost_b": "1.00"}}
    assert asked(bureau, applicant={}, items=[complete]) == ["/applicant/uscc"]


SHARE = "facts: CONTRACTS\nwording: EXACT\nday_count: MONTHS_12\nlines: [{id: ALL, base: interest, rate: share}]\n"
SHARE += "needs:\n  share: {of: CONTRACT, type: RATE, title: 比例}\n  used: {of: APPLICANT, type: BOOLEAN, title: 已用}\nrequire: [{that: used, clause: c, code: NOT_USED}]"


def test_D83_the_rate_of_a_contract_comes_with_its_other_facts() -> None:
    """A share of interest needs vouchers for all days, or the contract's rate."""
    bureau = Bureau(SHARE)
    expected = ["/applicant/measures/used", "/contracts/0/measures/share", "/contracts/0/rate"]
    assert asked(bureau, contracts=[loan(rate=None)]) == expected
    assert asked(bureau, contracts=[loan()]) == expected[:-1]
    paid = {"from": "2025-01-01", "until": "2026-01-01", "amount": "36000.00"}
    assert asked(bureau, contracts=[loan(rate=None, interest_paid=[paid])]) == expected[:-1]
    half = {"from": "2025-01-01", "until": "2025-07-01", "amount": "18000.00"}
    assert asked(bureau, contracts=[loan(rate=None, interest_paid=[half])]) == expected


def test_D83_a_planned_loan_is_asked_for_its_rate_with_the_rest() -> None:
    bureau = Bureau(SHARE)
    plan = {"method": "EQUAL_INSTALLMENT"}
    found = asked(bureau, contracts=[loan(rate=None, repayment_plan=plan)])
    assert found == ["/contracts/0/rate", "/applicant/measures/used", "/contracts/0/measures/share"]


def test_D83_each_payment_is_asked_for_all_that_it_lacks() -> None:
    """Date of payment, related party, VAT, and what the table demands of each payment."""
    bureau = Bureau(
        """
facts: PROJECTS
wording: CEILING
needs: {imported: {of: INVESTMENT, type: BOOLEAN, title: 是否进口}}
windows: {investment: {first_day: '2024-01-01', last_day: '2025-12-31'}}
admit: {categories: unknown, vat: EXCLUDED, related_party: EXCLUDED, that: imported}
lines: [{id: ALL, base: admitted, rate: 30%}]
other_funding: FROM_BASE
""",
        "GRANT",
    )
    assert asked(bureau, projects=[project("P", "1000.00")]) == [
        "/projects/0/investments/0/paid_on",
        "/projects/0/investments/0/measures/imported",
        "/projects/0/investments/0/related_party",
        "/projects/0/investments/0/vat",
    ]


def test_D83_a_premium_that_was_not_paid_in_full_is_asked_nothing_more() -> None:
    terms = "facts: POLICIES\nwording: EXACT\nlines: [{id: ALL, base: 'min(premium_paid, 3% * sum_insured)', rate: 50%}]"
    bureau = Bureau(terms, "INSURANCE")
    unpaid = policy("P-1", "100.00", premium_paid="99.00", paid_on=None)
    assert asked(bureau, policies=[unpaid, policy("P-2", "100.00", paid_on=None)]) == ["/policies/1/paid_on", "/policies/1/sum_insured"]
    assert bureau.answer({"policies": [unpaid]})["amount"] == "0.00"


def test_D83_what_is_asked_for_carries_its_chinese_title() -> None:
    bureau = Bureau(KINDS, "AWARD")
    (error,) = bureau.post(
        {"items": [{"item_id": "A", "product_id": "P", "measures": {"audited": True, "kind": "B"}, "base_amount": "1.00"}]}
    ).json()["errors"]
    assert error["detail"] == '标准表需要此事实: 乙的成本，应为金额字符串，如 "1234567.80"'
    (error,) = bureau.post(
        {"items": [{"item_id": "A", "product_id": "P", "measures": {"audited": True, "kind": "B", "cost_b": "1.00"}}]}
    ).json()["errors"]
    assert error["detail"] == '标准表需要此事实: 计算基数，应为金额字符串，如 "1234567.80"'


SHARED = """
facts: ITEMS
wording: EXACT
needs:
  dataset: {of: ITEM, type: CODE, title: 数据集}
  ready: {of: ITEM, type: BOOLEAN, title: 是否完成}
require: [{that: ready, code: NOT_READY, clause: c}]
lines: [{id: ALL, base: base_amount, rate: 50%}]
caps:
  - {per: [PRODUCT], period: LIFETIME, limit: 100, clause: c}
  - {per: [dataset], period: LIFETIME, limit: 200, clause: c}
"""


def test_D83_what_separates_accounts_is_asked_for_with_the_rest() -> None:
    """D68: two items may share an account, so both say theirs; D69: so does an earlier grant."""
    bureau = Bureau(SHARED, "AWARD")
    bare = [{"item_id": "A"}, {"item_id": "B"}]
    each = ["measures/ready", "base_amount", "product_id", "measures/dataset"]
    assert sorted(asked(bureau, items=bare)) == sorted(f"/items/{no}/{name}" for no in (0, 1) for name in each)
    assert sorted(asked(bureau, items=bare[:1])) == ["/items/0/base_amount", "/items/0/measures/ready"]  # alone: it shares with nobody
    earlier = {"rate_table": bureau.table, "on": "2025-01-02", "amount": "1.00"}
    expected = ["/applicant/granted/0/keys/dataset", "/applicant/granted/0/keys/product_id", *(f"/items/0/{name}" for name in each)]
    assert sorted(asked(bureau, applicant={"uscc": USCC, "granted": [earlier]}, items=bare[:1])) == sorted(expected)


def test_D83_an_item_that_earns_nothing_is_not_asked_for_its_account() -> None:
    bureau = Bureau(SHARED, "AWARD")
    nothing = {"item_id": "B", "base_amount": "0.00", "measures": {"ready": True}}
    out = {"item_id": "C", "base_amount": "5.00", "measures": {"ready": False}}
    assert asked(bureau, items=[{"item_id": "A", "base_amount": "1.00"}, nothing, out]) == ["/items/0/measures/ready"]


def test_D83_the_project_of_contracts_under_one_cap_is_asked_for_with_the_rest() -> None:
    """Both contracts lack their project and their share; a cap on balances separates drawdowns by a declared code."""
    more = "caps: [{per: [PROJECT], limit: 100, clause: c}, {bounds: BALANCE, per: [kind], limit: 100, clause: c}]"
    terms = SHARE.replace("needs:\n", "needs:\n  kind: {of: DRAWDOWN, type: CODE, title: 种类}\n") + "\n" + more
    bureau = Bureau(terms)
    expected = ["/applicant/measures/used"]
    for no in (0, 1):
        expected += [f"/contracts/{no}/{name}" for name in ("measures/share", "project_id", "drawdowns/0/measures/kind")]
    assert sorted(asked(bureau, contracts=[loan("L-1"), loan("L-2")])) == sorted(expected)
