"""Innovation, 2026 first batch, as a press conference has it: half of the cost (bj-gjj-2026-1-innovation, -space-insurance)."""

from __future__ import annotations

import httpx
import pytest

from tests.spec.bodies import launch, refused
from tests.spec.claims import Body, answer, applicant, binding, item, post, reasons, warnings
from tests.spec.small_tables import amounts

AWARD, INSURANCE = "bj-gjj-2026-1-innovation", "bj-gjj-2026-1-space-insurance"


def claim(*items: Body, on: str = "2026-06-01") -> Body:
    """A claim for what was spent on these items."""
    return {"rate_table": AWARD, "application_date": on, "applicant": applicant(), "items": list(items)}


def insured(*policies: Body, on: str = "2026-06-01") -> Body:
    """A claim for these policies."""
    return {"rate_table": INSURANCE, "application_date": on, "applicant": applicant(), "policies": list(policies)}


@pytest.mark.parametrize(
    ("cost", "expected", "working"),
    [
        ("0.01", "0.00", "50% × 0.01 = 0.005, a ceiling: down"),
        ("0.02", "0.01", "50% × 0.02"),
        ("0.03", "0.01", "50% × 0.03 = 0.015, down"),
        ("1234567.89", "617283.94", "50% × 1,234,567.89 = 617,283.945, down"),
        ("9000000000.00", "4500000000.00", "no cap was seen"),
    ],
)
def test_half_of_the_cost(client: httpx.Client, cost: str, expected: str, working: str) -> None:
    """按照不超过企业投入成本的50%给予支持."""
    found = answer(client, "AWARD", claim(item(cost=cost)))
    assert (found["amount"], found["amount_kind"], binding(found)) == (expected, "MAXIMUM", []), working
    assert reasons(found) == (set() if expected != "0.00" else {"LESS_THAN_A_FEN"})


@pytest.mark.parametrize(
    ("premium", "expected", "working"),
    [
        ("0.01", "0.00", "50% × 0.01 = 0.005, a ceiling: down"),
        ("0.03", "0.01", "50% × 0.03 = 0.015, down"),
        ("20000000.00", "10000000.00", "50% × 20,000,000: the caps of 2025 were not seen for 2026"),
        ("20000000.02", "10000000.01", "50% × 20,000,000.02"),
    ],
)
def test_half_of_a_premium(client: httpx.Client, premium: str, expected: str, working: str) -> None:
    """支持商业航天企业为星箭发射和在轨运营购买财产险、在轨险等…按照不超过企业投入成本的50%."""
    found = answer(client, "INSURANCE", insured(launch("P-1", premium)))
    assert (found["amount"], found["amount_kind"], binding(found)) == (expected, "MAXIMUM", []), working


def test_kinds_of_insurance_are_left_open(client: httpx.Client) -> None:
    """财产险、在轨险等: all kinds are calculated, and the answer lists what 等 leaves open."""
    kinds = ("PROPERTY", "IN_ORBIT", "LAUNCH")
    found = answer(client, "INSURANCE", insured(*(launch(f"P-{kind}", "100.00", insurance_type=kind) for kind in kinds)))
    assert amounts(found) == {f"P-{kind}": "50.00" for kind in kinds}
    assert "支持商业航天企业为星箭发射和在轨运营购买财产险、在轨险等" in {one["clause"] for one in found["not_decided_here"]}


def test_a_premium_that_is_not_paid_in_full_counts_for_nothing(client: httpx.Client) -> None:
    """D57: 99.99 of 100.00; the other policy keeps its 50% × 100."""
    found = answer(client, "INSURANCE", insured(launch("P-1", "100.00", premium_paid="99.99"), launch("P-2", "100.00")))
    assert amounts(found) == {"P-1": "0.00", "P-2": "50.00"}


@pytest.mark.parametrize("method", ["AWARD", "INSURANCE"])
def test_what_a_press_conference_leaves_open(client: httpx.Client, method: str) -> None:
    """Caps and conditions were not seen; each answer says so, and that its source is news."""
    found = answer(client, method, claim(item(cost="100.00")) if method == "AWARD" else insured(launch("P-1", "100.00")))
    assert warnings(found) == {"TABLE_AUTHORITY"}
    assert "按照不超过企业投入成本的50%给予支持。" in {one["clause"] for one in found["not_decided_here"]}


def test_what_a_claim_must_say(client: httpx.Client) -> None:
    """The cost is asked for; a base is not taken in its place."""
    assert refused(client, "AWARD", claim(item("100.00"))) == [("/items/0/cost", "FACT_REQUIRED")]


@pytest.mark.parametrize(("on", "status"), [("2026-02-13", 404), ("2026-02-14", 200)])
def test_the_first_day_of_the_tables(client: httpx.Client, on: str, status: int) -> None:
    """The guide is dated 2026-02-14, not the press conference of January."""
    for response in (
        post(client, "AWARD", claim(item(cost="100.00"), on=on)),
        post(client, "INSURANCE", insured(launch("P-1", "100.00"), on=on)),
    ):
        assert response.status_code == status
        assert response.json()["amount"] == "50.00" if status == 200 else response.json()["code"] == "NO_VERSION_IN_FORCE"
