"""Corrected rules of the Beijing fund: the year of the batch or the day of the application, what the guide says besides, insured days."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
import yaml

from tests.bureau import PUBLISHED, Bureau, policy
from tests.spec.bodies import launch
from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, applicant, grant, item, reasons, warnings
from tests.spec.small_tables import insurance

RECOVERY, ACCOUNT = "有权追究相关法律责任并追回资金", "鼓励项目单位开通数字人民币账户用于资金拨付"


def drug(on: str, **more: Any) -> Body:
    """A new drug under the third batch of 2024, with a grant of another direction of that year before it."""
    who = applicant(granted=[grant("bj-gjj-2024-5-1", "2024-05-01", "1.00")], major_project_or_key_unit=False)
    one = item(category="NEW_DRUG", product_id="P")
    return {"rate_table": "bj-gjj-2024-3-1", "application_date": on, "applicant": who, "items": [one]} | more


def clauses(found: Body) -> str:
    """All clauses of what an answer leaves open, in one text."""
    return " ".join(one["clause"] for one in found["not_decided_here"])


@pytest.mark.parametrize("on", ["2024-12-31", "2025-01-01", "2025-06-30"])
def test_the_guide_goes_with_the_batch(client: httpx.Client, on: str) -> None:
    """D102: 2024年内高精尖资金 is the programme year. As known before, an application of 2025 escaped the guide of its own batch."""
    assert "ALREADY_SUPPORTED_THIS_YEAR" in reasons(answer(client, "AWARD", drug(on)))
    before = reasons(answer(client, "AWARD", drug(on, **AS_FIRST_PUBLISHED)))
    assert ("ALREADY_SUPPORTED_THIS_YEAR" in before) is (on < "2025")


def trade(on: str, **who: Any) -> Body:
    """A first data trade of 2023: 4% of 1,000,000."""
    one = item("1000000.00", measures={"first_contract": True, "at_exchange": True})
    by = applicant(granted=[grant("bj-gjj-2023-2-1", "2023-12-01", "1.00")], **who)
    return {"rate_table": "bj-gjj-2023-3-data-trade", "application_date": on, "applicant": by, "items": [one]}


@pytest.mark.parametrize("on", ["2023-12-31", "2024-01-01", "2024-02-01"])
def test_the_guide_does_not_go_with_the_batch_before(client: httpx.Client, on: str) -> None:
    """A batch of 2023 is not of the guide of 2024, whenever one applies: its declaration is not asked for, registration is."""
    by = {"declaration_accepted": False}
    assert answer(client, "AWARD", trade(on, **by))["amount"] == "40000.00"
    assert "NOT_REGISTERED_IN_BEIJING" in reasons(answer(client, "AWARD", trade(on, registered_in_beijing=False)))


@pytest.mark.parametrize(("on", "amount"), [("2022-05-31", "3000000.00"), ("2022-06-01", "2000000.00"), ("2022-06-02", "2000000.00")])
def test_the_top_up_of_2022_begins_with_its_notice(client: httpx.Client, on: str, amount: str) -> None:
    """The notice is of June 2022: before it, 1,000,000 of another direction are not set off against 3,000,000."""
    by = applicant(granted=[grant("bj-gjj-2022-0-12", "2022-04-01", "1000000.00")])
    one = item("8000000.00", category="MPW", occurred_on="2022-03-01")
    body = {"rate_table": "bj-gjj-2022-0-1", "application_date": on, "applicant": by, "items": [one]}
    assert answer(client, "AWARD", body)["amount"] == amount
    assert answer(client, "AWARD", body | AS_FIRST_PUBLISHED)["amount"] == "2000000.00"


@pytest.mark.parametrize(("table", "on", "told"), [("bj-gjj-2024-3-1", "2024-06-01", True), ("bj-gjj-2023-3-data-trade", "2024-06-01", False)])
def test_the_guide_tells_of_recovery_and_of_the_account(client: httpx.Client, table: str, on: str, told: bool) -> None:
    """四（二）5 and the sentence of 三 on digital RMB, in the answers of the year 2024 alone."""
    body = drug(on) if table == "bj-gjj-2024-3-1" else trade(on)
    said = clauses(answer(client, "AWARD", body))
    assert (RECOVERY in said, ACCOUNT in said) == (told, told)


def test_a_corrected_rule_stands_in_the_place_of_the_one_before(client: httpx.Client) -> None:
    """Every rule of the fund once, also where it has two versions; an answer names it once."""
    shown = client.get("/v1/funds").json()["funds"]
    (fund,) = [one for one in shown if one["id"] == "bj-gjj"]
    ids = [one["id"] for one in fund["overlays"]]
    assert len(ids) == len(set(ids)) == 10
    used = answer(client, "AWARD", drug("2024-06-01"))["provenance"]["rate_table"]["overlays"]
    assert len(used) == len(set(used)) > 0


# --- insurance under the measures of 2021 --------------------------------------------------------------


@pytest.fixture(scope="module")
def bureau() -> Bureau:
    """A table of the Beijing fund of 2024: 50% of the premium."""
    return Bureau(insurance("50%"), "INSURANCE", fund="bj-gjj", year=2024)


@pytest.mark.parametrize(
    ("first", "until", "days"),
    [
        ("2023-02-28", "2024-02-29", None),
        ("2023-03-01", "2024-03-01", None),
        ("2023-03-02", "2024-03-02", "366 天中只计 2023-03-02 至 2024-02-29 的 365 天"),
        ("2024-02-29", "2025-03-01", "366 天中只计 2024-02-29 至 2024-02-29 的 1 天"),
        ("2024-03-01", "2025-03-01", None),
    ],
    ids=["a day before the end", "to the end", "a day beyond", "one day inside", "beyond: a reason says so"],
)
def test_days_that_are_cut_are_told_with_the_clause(bureau: Bureau, first: str, until: str, days: str | None) -> None:
    """分年度安排，最高不超过3年: three years from 2021-03-01 end on 2024-02-29."""
    one = policy("P-1", "3660000.00", period_from=first, period_until=until, paid_on="2023-01-02", first_insured_on="2021-03-01")
    who = applicant(major_project_or_key_unit=True)
    found = bureau.answer({"application_date": "2024-06-30", "applicant": who, "policies": [one]})
    told = [(one["pointer"], one["message"]) for one in found["warnings"] if one["code"] == "TERM_CUTS_DAYS"]
    assert [pointer for pointer, _ in told] == ([] if days is None else ["/policies/0"])
    assert days is None or (days in told[0][1] and told[0][1].endswith("：保险补贴：分年度安排，最高不超过3年"))
    assert ("BEYOND_TERM" in reasons(found)) is (first == "2024-03-01")
    opened = " ".join(one["message"] for one in found["not_decided_here"])
    assert "3年按企业、按产品还是按保单计算未见规定" in opened
    assert "此前3年与年度上限是否继续适用未见规定" in opened


@pytest.mark.parametrize(("on", "old", "new"), [("2024-12-30", True, False), ("2024-12-31", False, True), ("2025-01-02", False, True)])
def test_what_holds_from_the_last_day_of_2024_is_open(bureau: Bureau, on: str, old: bool, new: bool) -> None:
    """The measures of 2021 end on 2024-12-30; of those that follow them no limit was seen."""
    one = policy("P-1", "1000000.00", period_from="2024-01-01", period_until="2024-12-01", paid_on="2024-01-01")
    who = applicant(major_project_or_key_unit=True)
    found = bureau.answer({"application_date": on, "applicant": who, "policies": [one]})
    overlays = found["provenance"]["rate_table"]["overlays"]
    assert ("bj-gjj-measures-2021-insurance" in overlays, "bj-gjj-measures-2024-insurance" in overlays) == (old, new)
    assert ("均未适用" in " ".join(point["message"] for point in found["not_decided_here"])) is new


def test_the_launches_of_2025_have_it_open_too(client: httpx.Client) -> None:
    body = {"rate_table": "bj-gjj-2025-1-11", "application_date": "2025-03-10", "policies": [launch("P-1", "8000000.00", "2024-06-06")]}
    found = answer(client, "INSURANCE", body)
    assert (found["amount"], "TERM_CUTS_DAYS" in warnings(found)) == ("4000000.00", False)
    assert "均未适用" in " ".join(one["message"] for one in found["not_decided_here"])


# --- quotations ----------------------------------------------------------------------------------------


def quoted(node: Any, key: str = "") -> list[str]:
    """Every clause below a node."""
    if isinstance(node, dict):
        return [one for name, part in node.items() for one in quoted(part, name)]
    if isinstance(node, list):
        return [one for part in node for one in quoted(part, key)]
    return [str(node)] if key == "clause" else []


def corrected() -> list[tuple[str, str]]:
    """The clauses of each version that was published with the corrections or since."""
    found = []
    for path in sorted(PUBLISHED.glob("*.yaml")):
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
        holders = [*content.get("directions", []), *({"versions": fund.get("overlays", [])} for fund in content.get("funds", []))]
        for version in (one for holder in holders for one in holder.get("versions", [])):
            if version.get("published_at", "") >= "2026-12-01":
                found += [(path.name, clause) for clause in quoted(version["terms"])]
    return found


def test_a_clause_is_literal_or_says_that_it_sums_up() -> None:
    """No ellipsis and no bare date in the place of words, in any version since the corrections."""
    every = corrected()
    assert len(every) > 100
    literal = [(name, clause) for name, clause in every if not clause.startswith(("（整理）", "（比照"))]
    assert [one for one in literal if "…" in one[1] or not re.search("[\u4e00-\u9fff]{2}", one[1])] == []
