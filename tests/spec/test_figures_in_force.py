"""Every figure that was collected, in the version of its table that is in force: what is paid, asked, capped, and when.

The rows stand here and not in a file beside the tables, so that whoever changes a table changes a row, too. What each figure
does just below, at and just above it is tested in the file of its scheme.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import httpx
import pytest

from tests.spec.test_all_schemes import TABLES


class Figures(NamedTuple):
    """The figures of one table."""

    pays: list[str]  # base @ rate of each line, or its amount
    asks: list[str]  # each condition that compares
    limits: list[str]  # limit, what separates accounts, period
    days: list[str]  # windows and term


FIGURES = {
    "bj-equip-2024-0-1": Figures(["balance @ min(2.5%, contract_rate)"], [], [], ["24 months from FIRST_DRAWDOWN"]),
    "bj-equip-2025-0-1": Figures(["balance @ min(2.5%, contract_rate)"], ["equipment_purchase >= 500万 or exception_approved"], [], ["24 months from FIRST_DRAWDOWN"]),
    "bj-gjj-2022-0-1": Figures(["base_amount @ 50%", "base_amount @ 30%", "base_amount @ 50%"], [], ["300万 APPLICANT PROGRAM_YEAR", "1000万 APPLICANT PROGRAM_YEAR", "2000万 APPLICANT PROGRAM_YEAR"], []),
    "bj-gjj-2022-0-12": Figures(["base_amount - vat @ 5%", "base_amount - vat @ 5%"], ["base_amount - vat >= 500万", "base_amount - vat >= 300万"], [], ["application unknown 2022-08-30", "event unknown 2022-06-30"]),
    "bj-gjj-2023-1-1": Figures(["base_amount @ 50%", "base_amount @ 50%", "base_amount @ 30%", "base_amount @ 50%"], [], ["300万 APPLICANT BATCH", "2000万 APPLICANT BATCH", "1000万 APPLICANT BATCH", "2000万 APPLICANT BATCH", "3000万 APPLICANT BATCH"], ["event 2022-07-01 2023-03-31"]),
    "bj-gjj-2023-1-stable-growth": Figures(["200万", "400万", "600万"], ["net_increase >= 2亿 and net_increase < 10亿 and growth >= 15%", "net_increase >= 10亿 and net_increase < 20亿 and growth >= 10%", "net_increase >= 20亿 and growth >= 10%"], ["200万 APPLICANT BATCH", "400万 APPLICANT BATCH", "600万 APPLICANT BATCH"], []),
    "bj-gjj-2023-1-2": Figures(["base_amount @ unknown"], [], [], []),
    "bj-gjj-2023-2-1": Figures(["base_amount @ 50%", "base_amount @ 50%", "base_amount @ 30%", "base_amount @ 50%"], [], ["300万 APPLICANT BATCH", "2000万 APPLICANT BATCH", "1000万 APPLICANT BATCH", "2000万 APPLICANT BATCH", "3000万 APPLICANT PROGRAM_YEAR"], ["event 2023-04-01 2023-10-31"]),
    "bj-gjj-2023-2-2": Figures(["balance @ 2%", "balance @ 1%"], ["fai_2022 >= 500万 or fai_2023_q1_q3 >= 500万"], ["1000万 APPLICANT PROGRAM_YEAR"], ["interest unknown unknown"]),
    "bj-gjj-2023-3-data-asset-entry": Figures(["base_amount @ 30%"], ["first_entry_amount > 100万"], ["50万 APPLICANT LIFETIME"], []),
    "bj-gjj-2023-3-data-asset-registration": Figures(["base_amount @ 30%"], [], ["10万 APPLICANT PROGRAM_YEAR"], []),
    "bj-gjj-2023-3-data-trade": Figures(["base_amount @ 4%"], [], ["200万 APPLICANT PROGRAM_YEAR"], []),
    "bj-gjj-2024-1-1": Figures(["premium_paid @ 50%"], [], ["500万 UNIT BATCH", "1000万 APPLICANT BATCH"], ["event unknown unknown"]),
    "bj-gjj-2024-1-2": Figures(["admitted @ 30%"], ["completed_on <= months_after(started_on, 36)", "fixed_asset_investment >= 500万"], ["3000万 PROJECT BATCH"], ["completion 2023-01-01 APPLICATION_DATE"]),
    "bj-gjj-2024-1-3": Figures(["admitted @ 25%", "admitted @ unknown"], [], [], []),
    "bj-gjj-2024-3-1": Figures(["200万", "200万", "sales_ex_vat_2023 @ 5%"], ["occurred_on >= 2023-01-01", "sales_ex_vat_2023 >= 2000万"], ["300万 PRODUCT BATCH", "200万 PRODUCT LIFETIME", "1000万 APPLICANT PROGRAM_YEAR"], []),
    "bj-gjj-2024-3-2": Figures(["200万"], [], ["200万 platform_id BATCH"], []),
    "bj-gjj-2024-3-3": Figures(["cost"], [], ["50万 PRODUCT BATCH", "unknown APPLICANT PROGRAM_YEAR"], []),
    "bj-gjj-2024-5-1": Figures(["admitted @ 20%", "admitted @ 25%", "admitted @ 25%"], ["fixed_asset_investment >= 500万", "completed_on <= months_after(started_on, 36)"], ["3000万 PROJECT BATCH"], ["completion 2023-04-16 2024-09-30"]),
    "bj-gjj-2025-1-11": Figures(["premium_paid @ 50%"], [], ["500万 UNIT BATCH", "1000万 APPLICANT BATCH"], ["application 2025-01-20 2025-03-31", "event 2024-04-01 APPLICATION_DATE"]),
    "bj-gjj-2025-2-dataset": Figures(["50万"], [], ["50万 PROJECT BATCH"], []),
    "bj-gjj-2025-2-voucher": Figures(["base_amount @ 30%"], [], ["20万 APPLICANT PROGRAM_YEAR"], []),
    "bj-gjj-2025-2-strategic-loan": Figures(["balance @ reference(LPR_1Y, DAY)", "balance @ reference(LPR_5Y, DAY)"], [], ["5000万 project_code ACCRUAL_YEAR"], ["36 months from FIRST_DRAWDOWN"]),
    "bj-gjj-2025-3-1": Figures(["base_amount - hardware @ 10%"], [], ["3000万 APPLICANT BATCH"], []),
    "bj-gjj-2025-3-2": Figures(["admitted @ 10%", "admitted @ 15%", "admitted @ 20%"], [], ["unknown PROJECT BATCH"], []),
    "bj-gjj-2026-1-pilot-platform": Figures(["admitted @ 30%"], [], [], []),
    "bj-gjj-2026-1-innovation": Figures(["cost @ 50%"], [], [], []),
    "bj-gjj-2026-1-space-insurance": Figures(["premium_paid @ 50%"], [], [], []),
    "bj-gjj-2026-1-14": Figures(["base_amount @ approved_share", "base_amount @ approved_share", "base_amount @ approved_share", "base_amount @ approved_share"], ["approved_share >= 10% and approved_share <= 50%"], ["3000万 APPLICANT BATCH", "500万 APPLICANT BATCH", "100万 APPLICANT BATCH", "30万 APPLICANT BATCH"], ["application 2026-03-04 2026-04-15"]),
    "bj-gjj-2026-1-24": Figures(["base_amount @ 30%"], [], ["20万 APPLICANT PROGRAM_YEAR"], ["application unknown 2026-08-31"]),
    "bj-gjj-2026-2-dataset": Figures(["100万 + 20万"], [], ["200万 dataset_id LIFETIME", "500万 APPLICANT PROGRAM_YEAR"], ["application 2026-07-31 2026-08-31T17:30"]),
    "bj-gjj-2026-2-token": Figures(["base_amount @ 30%"], [], ["1000万 PROJECT BATCH"], ["application 2026-07-31 2026-08-31T17:30"]),
    "bj-gjj-2026-2-opc": Figures(["three_month_spend"], ["three_month_spend >= 1000"], ["10万 APPLICANT LIFETIME"], []),
    "bj-sme-2025-0-1": Figures(["interest @ 40%", "interest @ 20%"], [], ["2% * disbursed CONTRACT LIFETIME", "1% * disbursed CONTRACT LIFETIME"], ["12 months from FIRST_DRAWDOWN"]),
    "cn-consumer-2025-0-1": Figures(["balance @ min(1%, 50% * contract_rate)", "balance @ min(1%, 50% * contract_rate)"], ["consumed_on >= 2025-09-01 and consumed_on <= 2026-08-31", "drawn < 5万", "drawn >= 5万"], ["5万 DRAWDOWN BALANCE", "1000 LENDER LIFETIME", "3000 LENDER LIFETIME"], ["interest 2025-09-01 2026-08-31"]),
    "cn-consumer-2026-0-1": Figures(["balance @ min(1%, 50% * contract_rate)", "balance @ 1%"], ["consumed_on >= 2025-09-01 and consumed_on <= 2026-12-31"], ["3000 LENDER ACCRUAL_YEAR"], ["interest 2025-09-01 2026-12-31"]),
    "cn-equip-2022-0-1": Figures(["balance @ 2.5%"], ["drawn_on <= 2022-12-31"], [], ["24 months from FIRST_DRAWDOWN"]),
    "cn-equip-2024-0-1": Figures(["balance @ 1%"], ["drawn_on >= 2024-03-07"], [], ["24 months from paid_to_supplier_on"]),
    "cn-equip-2026-0-1": Figures(["balance @ 1.5%"], ["drawn_on <= 2026-12-31"], [], ["24 months from EACH_DRAWDOWN"]),
    "cn-firstset-2019-0-1": Figures(["min(premium_paid, 3% * sum_insured_years) @ 80%"], [], [], ["36 months from first_insured_on"]),
    "cn-firstset-2025-0-1": Figures(["premium_paid @ 80%"], [], [], []),
    "cn-home-2026-0-1": Figures(["balance @ 1%"], ["floor_area <= 120", "home_price <= 150万", "drawn_on >= 2026-10-01 and drawn_on < months_after(2026-10-01, 12)"], ["100万 APPLICANT BALANCE"], ["60 months from FIRST_DRAWDOWN"]),
    "cn-service-2025-0-1": Figures(["balance @ min(1%, contract_rate - local_subsidy_rate)"], ["drawn_on >= 2025-03-16 and drawn_on <= 2025-12-31"], ["100万 APPLICANT BALANCE", "1万 APPLICANT LIFETIME"], ["contract 2025-03-16 2025-12-31", "12 months from FIRST_DRAWDOWN"]),
    "cn-service-2026-0-1": Figures(["balance @ min(1%, contract_rate - local_subsidy_rate)"], ["drawn_on >= 2026-01-01 and drawn_on <= 2026-12-31"], ["1000万 APPLICANT BALANCE", "10万 APPLICANT LIFETIME"], ["12 months from FIRST_DRAWDOWN"]),
    "cn-sme-2026-0-1": Figures(["balance @ 1.5%"], [], ["5000万 APPLICANT BALANCE", "150万 APPLICANT LIFETIME"], ["contract 2026-01-01 2026-12-31", "24 months from FIRST_DRAWDOWN"]),
}
YEARS = {  # the first and the last day of each table that is in force for less than ever
    "bj-equip-2025-0-1": ("2025-06-09", "2028-01-01"),
    "bj-sme-2025-0-1": ("2025-02-19", "2026-02-19"),
}
SHARED = {  # what an account joins beyond its own table
    "bj-gjj-2023-2-1": ["bj-gjj-2023-1-1", "bj-gjj-2023-2-1"],
    "cn-consumer-2026-0-1": ["cn-consumer-2025-0-1", "cn-consumer-2026-0-1"],
}
PAID_BY = {"cn-consumer-2025-0-1", "cn-consumer-2026-0-1", "cn-service-2025-0-1", "cn-service-2026-0-1"}


def in_force(client: httpx.Client, table: str) -> dict[str, Any]:
    """A table as it is now."""
    found: dict[str, Any] = client.get(f"/v1/rate-tables/{table}").json()
    return found


def pays(line: dict[str, Any]) -> str:
    """What a line pays, in one text."""
    if "bands" in line:
        return " + ".join(band["amount"] for band in line["bands"]["pay"])
    return f"{line['base']} @ {line['rate']}" if "rate" in line else str(line["amount"])


def limit(cap: dict[str, Any]) -> str:
    """A cap in one text."""
    period = "BALANCE" if cap.get("bounds") == "BALANCE" else cap.get("period", "BATCH")
    return f"{cap['limit']} {'+'.join(cap['per']) or 'APPLICANT'} {period}"


def test_each_table_has_its_row() -> None:
    assert FIGURES.keys() == TABLES.keys()


@pytest.mark.parametrize("table", FIGURES)
def test_the_figures_of_a_table_are_those_that_were_published(client: httpx.Client, table: str) -> None:
    terms = in_force(client, table)["terms"]
    asked = [one["that"] for one in terms.get("require", [])]
    for line in terms["lines"]:
        asked += [line["when"]] if "when" in line else []
        asked += [one["that"] for one in line.get("require", [])]
    days = [f"{kind} {one['first_day']} {one['last_day']}" for kind, one in sorted(terms.get("windows", {}).items())]
    days += [f"{terms['term']['months']} months from {terms['term']['from']}"] if "term" in terms else []
    found = Figures(
        [pays(line) for line in terms["lines"]], [one for one in asked if re.search("[<>]", one)], [limit(cap) for cap in terms.get("caps", [])], days
    )
    assert found == FIGURES[table]


def test_a_range_is_the_share_that_was_approved(client: httpx.Client) -> None:
    """10%—50%: a declared rate with a requirement on its bounds."""
    share = in_force(client, "bj-gjj-2026-1-14")["needs"]["approved_share"]
    assert (share["of"], share["type"]) == ("ITEM", "RATE")


def test_the_tables_that_end_and_the_limits_that_are_shared(client: httpx.Client) -> None:
    found = {table: in_force(client, table) for table in FIGURES}
    assert {table: (one["effective_from"], one["effective_until"]) for table, one in found.items() if one["effective_until"]} == YEARS
    pools = {table: cap["pool"] for table, one in found.items() for cap in one["terms"].get("caps", []) if "pool" in cap}
    assert pools == SHARED
    sources = {table: [one.get("share") for one in shown["terms"]["payout"]["sources"]] for table, shown in found.items() if "payout" in shown["terms"]}
    assert sources == {table: ["90%", None] for table in PAID_BY}
