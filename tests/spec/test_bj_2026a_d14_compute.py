"""Computing vouchers, 2026 first batch, direction 14 (bj-gjj-2026-1-14): the approved share, 10% to 50%, and four limits."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, applicant, binding, grant, item, post, reasons, warnings
from tests.spec.small_tables import amounts

TABLE = "bj-gjj-2026-1-14"


def contract(amount: str = "1000000.00", no: str = "A-1", measures: Body | None = None, **more: Any) -> Body:
    """A contract on computing with a party that is not related; 50% were approved."""
    usual = {"branch": "RESEARCH_INSTITUTION", "approved_share": "0.5", "same_content_funded": False}
    return item(amount, no, measures=usual | (measures or {}), **({"related_party": False} | more))


def claim(*items: Body, on: str = "2026-03-20", **who: Any) -> Body:
    """A claim for these contracts."""
    return {"rate_table": TABLE, "application_date": on, "applicant": applicant(**who), "items": list(items)}


@pytest.mark.parametrize(
    ("share", "expected", "working"),
    [
        ("0.09999999", "0.00", "just below 10%"),
        ("0.1", "100000.00", "10% × 1,000,000"),
        ("0.10000001", "100000.01", "10.000001% × 1,000,000"),
        ("0.333", "333000.00", "33.3% × 1,000,000"),
        ("0.49999999", "499999.99", "49.999999% × 1,000,000"),
        ("0.5", "500000.00", "50% × 1,000,000"),
        ("0.50000001", "0.00", "just above 50%"),
    ],
)
def test_the_approved_share(client: httpx.Client, share: str, expected: str, working: str) -> None:
    """按方向不超过算力合同额的10%—50%: both ends count; outside of them there is nothing to pay, with the reason."""
    found = answer(client, "AWARD", claim(contract(measures={"approved_share": share})))
    assert found["amount"] == expected, working
    assert ("SHARE_OUT_OF_RANGE" in reasons(found)) == (expected == "0.00")


@pytest.mark.parametrize(
    ("branch", "amount", "expected", "binds", "working"),
    [
        ("RESEARCH_INSTITUTION", "59999999.98", "29999999.99", [], "one fen below 3000万"),
        ("RESEARCH_INSTITUTION", "60000000.00", "30000000.00", [], "50% × 60,000,000 = 3000万"),
        ("RESEARCH_INSTITUTION", "60000000.02", "30000000.00", ["CATEGORY"], "one fen above"),
        ("OPEN_CHALLENGE", "9999999.98", "4999999.99", [], "one fen below 500万"),
        ("OPEN_CHALLENGE", "10000000.00", "5000000.00", [], "50% × 10,000,000 = 500万"),
        ("OPEN_CHALLENGE", "10000000.02", "5000000.00", ["CATEGORY"], "one fen above"),
        ("OPEN_SOURCE", "1999999.98", "999999.99", [], "one fen below 100万"),
        ("OPEN_SOURCE", "2000000.00", "1000000.00", [], "50% × 2,000,000 = 100万"),
        ("OPEN_SOURCE", "2000000.02", "1000000.00", ["CATEGORY"], "one fen above"),
        ("NEWLY_REGISTERED_MODEL", "599999.98", "299999.99", [], "one fen below 30万"),
        ("NEWLY_REGISTERED_MODEL", "600000.00", "300000.00", [], "50% × 600,000 = 30万"),
        ("NEWLY_REGISTERED_MODEL", "600000.02", "300000.00", ["CATEGORY"], "one fen above"),
    ],
)
def test_the_limit_of_each_branch(client: httpx.Client, branch: str, amount: str, expected: str, binds: list[str], working: str) -> None:
    """最高30万—3000万元; 50% were approved."""
    found = answer(client, "AWARD", claim(contract(amount, measures={"branch": branch})))
    assert (found["amount"], found["amount_kind"], binding(found)) == (expected, "MAXIMUM", binds), working


def test_contracts_of_one_branch_share_its_limit(client: httpx.Client) -> None:
    """30万 for newly registered models: 200,000 + 200,000 -> 300,000, spread evenly; another branch has its own."""
    model = {"branch": "NEWLY_REGISTERED_MODEL"}
    body = claim(contract("400000.00", measures=model), contract("400000.00", "A-2", model), contract("400000.00", "A-3"))
    assert amounts(answer(client, "AWARD", body)) == {"A-1": "150000.00", "A-2": "150000.00", "A-3": "200000.00"}


@pytest.mark.parametrize(
    ("category", "granted", "expected", "working"),
    [
        ("OPEN_SOURCE", "499999.99", "500000.00", "1,000,000 − 499,999.99 = 500,000.01 left"),
        ("OPEN_SOURCE", "500000.00", "500000.00", "500,000.00 left"),
        ("OPEN_SOURCE", "500000.01", "499999.99", "499,999.99 left"),
        ("OPEN_CHALLENGE", "5000000.00", "500000.00", "another branch"),
    ],
)
def test_room_that_earlier_grants_leave(client: httpx.Client, category: str, granted: str, expected: str, working: str) -> None:
    """What a branch was granted in this batch takes room; the new claim is 50% × 1,000,000."""
    body = claim(contract(measures={"branch": "OPEN_SOURCE"}), granted=[grant(TABLE, "2026-03-10", granted, category=category)])
    assert answer(client, "AWARD", body)["amount"] == expected, working


@pytest.mark.parametrize(
    ("change", "code"),
    [({"related_party": True}, "RELATED_PARTY"), ({"measures": {"same_content_funded": True}}, "SAME_CONTENT_FUNDED")],
)
def test_contracts_that_earn_nothing(client: httpx.Client, change: Body, code: str) -> None:
    """非关联方; 同一实施内容不得重复享受. The other contract keeps its 50% × 1,000,000."""
    found = answer(client, "AWARD", claim(contract(**change), contract(no="A-2")))
    assert amounts(found) == {"A-1": "0.00", "A-2": "500000.00"}
    assert reasons(found) == {code}


@pytest.mark.parametrize("missing", ["branch", "approved_share", "same_content_funded"])
def test_what_a_contract_must_say(client: httpx.Client, missing: str) -> None:
    """Which branch has which share was not seen: the officer's share is asked for, and never assumed."""
    one = contract()
    del one["measures"][missing]
    assert refused(client, "AWARD", claim(one)) == [(f"/items/0/measures/{missing}", "FACT_REQUIRED")]


@pytest.mark.parametrize(
    ("on", "eligible"),
    [("2026-03-03", False), ("2026-03-04", True), ("2026-03-05", True), ("2026-04-14", True), ("2026-04-15", True), ("2026-04-16", False)],
)
def test_window_of_the_application(client: httpx.Client, on: str, eligible: bool) -> None:
    """2026-03-04 to 2026-04-15, both counting."""
    found = answer(client, "AWARD", claim(contract(), on=on))
    assert (found["status"], found["amount"]) == (("ELIGIBLE", "500000.00") if eligible else ("NOT_ELIGIBLE", "0.00"))
    assert ("OUTSIDE_APPLICATION_WINDOW" in reasons(found)) == (not eligible)


def test_what_a_second_hand_reading_leaves_open(client: httpx.Client) -> None:
    """Whose limits they are, and which share belongs to which branch."""
    found = answer(client, "AWARD", claim(contract()))
    assert warnings(found) == {"TABLE_AUTHORITY"}
    assert {"按方向不超过算力合同额的10%—50%", "最高30万—3000万元"} <= {one["clause"] for one in found["not_decided_here"]}


@pytest.mark.parametrize(("on", "status"), [("2026-02-13", 404), ("2026-02-14", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The guide is dated 2026-02-14; applications open later."""
    response = post(client, "AWARD", claim(contract(), on=on))
    assert response.status_code == status
    assert response.json()["status"] == "NOT_ELIGIBLE" if status == 200 else response.json()["code"] == "NO_VERSION_IN_FORCE"
