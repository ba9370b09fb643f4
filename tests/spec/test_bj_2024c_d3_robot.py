"""First use of new robots, 2024 third batch, direction 3 (bj-gjj-2024-3-3): the cost of making, at most 500,000 for a product."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, applicant, binding, grant, item, post, warnings
from tests.spec.small_tables import amounts

TABLE = "bj-gjj-2024-3-3"


def robot(cost: str = "300000.00", no: str = "A-1", product: str = "R-1") -> Body:
    """A product and what it cost to make."""
    return item(no=no, cost=cost, product_id=product)


def claim(*items: Body, on: str = "2024-06-03", **who: Any) -> Body:
    """A claim for these products."""
    return {"rate_table": TABLE, "application_date": on, "applicant": applicant(**who), "items": list(items)}


@pytest.mark.parametrize(
    ("cost", "expected", "binds", "working"),
    [
        ("0.01", "0.01", [], "the cost"),
        ("499999.99", "499999.99", [], "the cost"),
        ("500000.00", "500000.00", [], "the cost, which is the limit"),
        ("500000.01", "500000.00", ["PRODUCT"], "one fen above the limit"),
    ],
)
def test_the_cost_but_at_most_500000(client: httpx.Client, cost: str, expected: str, binds: list[str], working: str) -> None:
    """单个产品奖励金额不超过制备成本，最高50万元."""
    found = answer(client, "AWARD", claim(robot(cost)))
    assert found["amount"] == expected, working
    assert (found["amount_kind"], binding(found)) == ("MAXIMUM", binds)


def test_items_of_one_product_share_its_limit(client: httpx.Client) -> None:
    """单个产品: 300,000 + 200,000.01 = 500,000.01 > 500,000, cut by a fen; of two products they are paid in full."""
    assert answer(client, "AWARD", claim(robot(), robot("200000.01", "A-2")))["amount"] == "500000.00"
    found = answer(client, "AWARD", claim(robot(), robot("200000.01", "A-2", "R-2")))
    assert amounts(found) == {"A-1": "300000.00", "A-2": "200000.01"}


@pytest.mark.parametrize(
    ("product", "granted", "expected", "working"),
    [
        ("R-1", "199999.99", "300000.00", "500,000 − 199,999.99 = 300,000.01 left"),
        ("R-1", "200000.00", "300000.00", "300,000.00 left"),
        ("R-1", "200000.01", "299999.99", "299,999.99 left"),
        ("R-2", "500000.00", "300000.00", "another product"),
    ],
)
def test_room_that_earlier_grants_leave(client: httpx.Client, product: str, granted: str, expected: str, working: str) -> None:
    """What the product was granted in this batch takes room; the new claim is for 300,000."""
    body = claim(robot(), granted=[grant(TABLE, "2024-05-20", granted, product_id=product)])
    assert answer(client, "AWARD", body)["amount"] == expected, working


def test_the_limit_of_the_enterprise_has_no_figure(client: httpx.Client) -> None:
    """单个企业年度奖…: it exists and its figure was not seen (D38); ten products earn 5,000,000, and the answer warns."""
    found = answer(client, "AWARD", claim(*(robot("500000.00", f"A-{no}", f"R-{no}") for no in range(10))))
    assert found["amount"] == "5000000.00"
    assert warnings(found) == {"CAP_NOT_PUBLISHED"}
    assert [(one["scope"], one["limit"]) for one in found["caps"] if one["limit"] is None] == [("ENTERPRISE_YEAR", None)]
    assert "单个企业年度奖…" in {one["clause"] for one in found["not_decided_here"]}


def test_what_a_product_must_say(client: httpx.Client) -> None:
    """Its cost; and which it is, where there are several."""
    assert refused(client, "AWARD", claim(item(product_id="R-1"))) == [("/items/0/cost", "FACT_REQUIRED")]
    assert refused(client, "AWARD", claim(robot(), item(no="A-2", cost="1.00"))) == [("/items/1/product_id", "FACT_REQUIRED")]


@pytest.mark.parametrize(("on", "status"), [("2024-04-29", 404), ("2024-04-30", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is dated 2024-04-30."""
    response = post(client, "AWARD", claim(robot(), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
    else:
        assert response.json()["amount"] == "300000.00"
