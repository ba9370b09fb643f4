"""The second batch of 2025 as one unsigned article has it: open data sets and service vouchers (bj-gjj-2025-2-dataset, -voucher)."""

from __future__ import annotations

import httpx
import pytest

from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, applicant, binding, grant, item, post, reasons, warnings
from tests.spec.small_tables import amounts

DATASET, VOUCHER = "bj-gjj-2025-2-dataset", "bj-gjj-2025-2-voucher"


def claim(table: str, *items: Body, on: str = "2025-09-01", granted: Body | None = None) -> Body:
    """A claim under one of the two tables."""
    who = applicant() if granted is None else applicant(granted=[granted])
    return {"rate_table": table, "application_date": on, "applicant": who, "items": list(items)}


def dataset(no: str = "A-1", project: str = "P-1") -> Body:
    """A data set that a project opened first."""
    return item(no=no, project_id=project)


def test_a_project_earns_at_most_500000(client: httpx.Client) -> None:
    """单个项目最高支持50万元: how the amount is found was not seen, so the most is answered."""
    found = answer(client, "AWARD", claim(DATASET, dataset()))
    assert (found["amount"], found["amount_kind"], binding(found)) == ("500000.00", "MAXIMUM", [])


def test_data_sets_of_one_project_share_its_limit(client: httpx.Client) -> None:
    """单个项目: 500,000 + 500,000 -> 500,000; of two projects they are paid in full."""
    found = answer(client, "AWARD", claim(DATASET, dataset(), dataset("A-2")))
    assert (amounts(found), binding(found)) == ({"A-1": "250000.00", "A-2": "250000.00"}, ["PROJECT"])
    assert answer(client, "AWARD", claim(DATASET, dataset(), dataset("A-2", "P-2")))["amount"] == "1000000.00"


@pytest.mark.parametrize(
    ("project", "granted", "expected"),
    [("P-1", "0.01", "499999.99"), ("P-1", "499999.99", "0.01"), ("P-1", "500000.00", "0.00"), ("P-2", "500000.00", "500000.00")],
)
def test_room_that_a_project_has_left(client: httpx.Client, project: str, granted: str, expected: str) -> None:
    """500,000 less what the project was granted in this batch."""
    found = answer(client, "AWARD", claim(DATASET, dataset(), granted=grant(DATASET, "2025-07-01", granted, project_id=project)))
    assert found["amount"] == expected
    assert ("CAP_USED" in reasons(found)) == (expected == "0.00")


@pytest.mark.parametrize(
    ("contract", "expected", "binds", "working"),
    [
        ("0.03", "0.00", [], "30% × 0.03 = 0.009, a ceiling: down"),
        ("0.04", "0.01", [], "30% × 0.04 = 0.012, down"),
        ("666666.66", "199999.99", [], "30% × 666,666.66 = 199,999.998, down"),
        ("666666.67", "200000.00", [], "30% × 666,666.67 = 200,000.001, down = the limit"),
        ("666666.70", "200000.00", ["ENTERPRISE_YEAR"], "30% × 666,666.70 = 200,000.01 > 200,000"),
    ],
)
def test_share_and_limit_of_vouchers(client: httpx.Client, contract: str, expected: str, binds: list[str], working: str) -> None:
    """补贴比例达合同金额30%…年度最高20万元."""
    found = answer(client, "AWARD", claim(VOUCHER, item(contract)))
    assert (found["amount"], found["amount_kind"], binding(found)) == (expected, "MAXIMUM", binds), working


@pytest.mark.parametrize(
    ("table", "on", "granted", "expected", "working"),
    [
        (VOUCHER, "2025-07-01", "169999.99", "30000.00", "200,000 − 169,999.99 = 30,000.01 left"),
        (VOUCHER, "2025-07-01", "170000.00", "30000.00", "30,000.00 left"),
        (VOUCHER, "2025-07-01", "170000.01", "29999.99", "29,999.99 left"),
        ("bj-gjj-2026-1-pilot-platform", "2025-07-01", "200000.00", "30000.00", "another table"),
    ],
)
def test_room_that_the_year_has_left(
    client: httpx.Client, table: str, on: str, granted: str, expected: str, working: str
) -> None:
    """年度最高20万元; the new voucher is 30% × 100,000."""
    found = answer(client, "AWARD", claim(VOUCHER, item("100000.00"), granted=grant(table, on, granted)))
    assert found["amount"] == expected, working


@pytest.mark.parametrize(("table", "one"), [(DATASET, dataset()), (VOUCHER, item("100.00"))])
def test_an_unsigned_article_is_said_to_be_one(client: httpx.Client, table: str, one: Body) -> None:
    """The weakest source: each answer warns, and asks not to pay by it before it is verified."""
    found = answer(client, "AWARD", claim(table, one))
    (warning,) = found["warnings"]
    assert (warning["code"], "未署名文章，未经核实" in warning["message"]) == ("TABLE_AUTHORITY", True)
    assert warnings(found) == {"TABLE_AUTHORITY"}
    assert found["provenance"]["rate_table"]["authority"] == "low"
    assert any("未经核实前不宜据以兑付" in one["message"] for one in found["not_decided_here"])


def test_a_voucher_needs_its_contract(client: httpx.Client) -> None:
    """A fact that decides is asked for."""
    assert refused(client, "AWARD", claim(VOUCHER, item())) == [("/items/0/base_amount", "FACT_REQUIRED")]


@pytest.mark.parametrize(("table", "one"), [(DATASET, dataset()), (VOUCHER, item("100.00"))])
@pytest.mark.parametrize(("on", "status"), [("2025-06-20", 404), ("2025-06-21", 200)])
def test_the_first_day_of_the_tables(client: httpx.Client, table: str, one: Body, on: str, status: int) -> None:
    """The article is dated 2025-06-21."""
    response = post(client, "AWARD", claim(table, one, on=on))
    assert response.status_code == status
    assert status == 200 or response.json()["code"] == "NO_VERSION_IN_FORCE"
