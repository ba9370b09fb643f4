"""The measures of 2024-12-31 of the Beijing fund: five methods, no support of the same content twice, plans made one by one."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import Bureau, loan
from tests.spec.bodies import launch, project
from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, applicant, item
from tests.spec.small_tables import points

MEASURES = "bj-gjj-measures-2024"
TWICE = "申报项目中已通过其他市级财政资金支持的建设内容，高精尖资金原则上不再予以重复支持。"
PLANS = "（整理）对…确需加大财政资金引导的重点企业和重大项目，可由市经济和信息化局制定综合支持方案，通过多种方式予以支持"
LEADER = {"chain_leader_with_approved_plan": True}
YEAR_2020 = {"from": "2020-01-01", "until": "2021-01-01"}


def pilot(on: str = "2026-03-02", **who: Any) -> Body:
    """A grant of 30% × 10,000,000 for a pilot platform."""
    facts = {"projects": [project("10000000.00")]}
    return {"rate_table": "bj-gjj-2026-1-pilot-platform", "application_date": on, "applicant": applicant(**who)} | facts


def overlays(found: Body) -> list[str]:
    """The rules that lay over the table of an answer."""
    named: list[str] = found["provenance"]["rate_table"]["overlays"]
    return named


def factory(on: str, **who: Any) -> Body:
    """An award of 20% × 10,000,000 for a project of investment."""
    one = project("10000000.00", category="UPGRADE", measures={"fixed_asset_investment": "5000000.00"})
    return {"rate_table": "bj-gjj-2024-5-1", "application_date": on, "applicant": applicant(**who), "projects": [one]}


@pytest.mark.parametrize(
    ("on", "in_force"),
    [("2024-12-30", False), ("2024-12-31", True), ("2025-01-01", True)],
)
def test_the_first_day_of_the_measures(client: httpx.Client, on: str, in_force: bool) -> None:
    """The measures are of 2024-12-31: from that day the answer names them, and what they leave open."""
    found = answer(client, "AWARD", factory(on))
    open_ones = {one["clause"] for one in found["not_decided_here"]}
    assert (MEASURES in overlays(found)) == in_force
    assert (TWICE in open_ones, PLANS in open_ones) == (in_force, in_force)
    assert found["amount"] == "2000000.00"


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("GRANT", pilot()),
        ("AWARD", {"rate_table": "bj-gjj-2025-3-1", "items": [item("100.00", hardware="0.00")]}),
        ("LOAN_INTEREST", {"rate_table": "bj-gjj-2023-2-2", "contracts": [loan()], "applicant": applicant(measures=LEADER)}),
        ("INSURANCE", {"rate_table": "bj-gjj-2025-1-11", "policies": [launch("P-1", "8000000.00")]}),
    ],
)
def test_they_lie_over_each_method(client: httpx.Client, method: str, body: Body) -> None:
    """高精尖资金主要采用补助、奖励、贷款贴息、保险补贴、融资租赁补贴等支持方式: the published ones of four of them."""
    found = answer(client, method, {"application_date": "2025-03-10", "applicant": applicant()} | body)
    assert MEASURES in overlays(found)


@pytest.mark.parametrize(("on", "expected"), [("2024-12-31", "12000000.00"), ("2027-12-31", "12000000.00")])
def test_leases_are_one_of_the_methods(on: str, expected: str) -> None:
    """融资租赁补贴: no lease table was published, one stands in. 600,000,000 × 2%; no limit of the measures was seen."""
    bureau = Bureau(points("2%"), "LEASE_INTEREST", fund="bj-gjj", year=2025)
    one = loan(loan_type="FINANCE_LEASE", drawn=[("2020-01-01", "600000000.00")], signed_on="2019-12-01", matures_on="2026-01-01")
    found = bureau.answer({"application_date": on, "claim_period": YEAR_2020, "applicant": applicant(), "contracts": [one]})
    assert found["amount"] == expected
    assert MEASURES in overlays(found)


@pytest.mark.parametrize("other", [True, False])
def test_the_same_content_twice_is_not_decided_here(client: httpx.Client, other: bool) -> None:
    """原则上不再予以重复支持: whether the content is the same is for the authority to judge; nothing is refused, 30% × 10,000,000."""
    found = answer(client, "GRANT", pilot(other_municipal_funding=other))
    assert found["amount"] == "3000000.00"
    assert [one["message"] for one in found["not_decided_here"] if one["clause"] == TWICE] == [
        "同一建设内容是否已获支持须由主管部门核定，本服务不作判断。"
    ]


@pytest.mark.parametrize(
    ("on", "expected"),
    [("2024-12-30", "0.00"), ("2024-12-31", "0.00"), ("2025-01-01", "2000000.00")],
)
def test_the_guide_of_2024_refuses_to_the_end_of_its_year(client: httpx.Client, on: str, expected: str) -> None:
    """On 2024-12-31 both rules lie over the table: investment with other municipal money is refused by the guide.

    Since it goes with its batches (D102), it does so in the year after as well; as first published it ended with the year.
    """
    body = factory(on, other_municipal_funding=True, major_project_or_key_unit=False)
    assert answer(client, "AWARD", body | AS_FIRST_PUBLISHED)["amount"] == expected
    assert answer(client, "AWARD", body)["amount"] == "0.00"


def test_other_funds_have_other_measures(client: httpx.Client) -> None:
    """The measures are those of the 高精尖 fund alone."""
    one = loan(loan_type="FIXED_ASSET", signed_on="2026-01-10", drawn=[("2026-01-10", "1.00")], matures_on="2030-01-01")
    body = {
        "rate_table": "cn-sme-2026-0-1",
        "application_date": "2026-06-30",
        "applicant": applicant(measures={"private_sme": True}),
        "contracts": [one | {"measures": {"other_central_subsidy": False, "listed_field": True}}],
    }
    assert overlays(answer(client, "LOAN_INTEREST", body)) == []
