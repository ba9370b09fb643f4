"""Resource vouchers of OPC, 2026 second batch (bj-gjj-2026-2-opc): all of three months' spending from 1,000 on, 100,000 in all."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, applicant, binding, grant, item, post, reasons, warnings
from tests.spec.small_tables import amounts

TABLE = "bj-gjj-2026-2-opc"


def spent(amount: str = "5000.00", no: str = "A-1") -> Body:
    """What was spent on tokens, computing and data in three months."""
    return item(no=no, measures={"three_month_spend": amount})


def claim(*items: Body, on: str = "2026-08-15", opc: bool | None = True, **who: Any) -> Body:
    """A claim for these months."""
    measures = {} if opc is None else {"opc": opc}
    return {"rate_table": TABLE, "application_date": on, "applicant": applicant(measures=measures, **who), "items": list(items)}


@pytest.mark.parametrize(
    ("amount", "expected", "binds", "working"),
    [
        ("999.99", "0.00", [], "one fen below 1,000"),
        ("1000.00", "1000.00", [], "达到: 1,000 itself counts, and all of it is paid"),
        ("1000.01", "1000.01", [], "all of it"),
        ("99999.99", "99999.99", [], "one fen below the limit"),
        ("100000.00", "100000.00", [], "the limit"),
        ("100000.01", "100000.00", ["ENTERPRISE_LIFETIME"], "one fen above it"),
    ],
)
def test_threshold_and_limit(client: httpx.Client, amount: str, expected: str, binds: list[str], working: str) -> None:
    """达到1000元后全额补贴，单家最高10万元."""
    found = answer(client, "AWARD", claim(spent(amount)))
    assert (found["amount"], binding(found)) == (expected, binds), working
    assert found["amount_kind"] == "EXACT"
    assert ("BELOW_THRESHOLD" in reasons(found)) == (expected == "0.00")


def test_each_three_months_have_their_own_threshold(client: httpx.Client) -> None:
    """D36: 999.99 of one quarter are not made up for by another."""
    found = answer(client, "AWARD", claim(spent("999.99"), spent("1000.00", "A-2")))
    assert amounts(found) == {"A-1": "0.00", "A-2": "1000.00"}


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        ("94999.99", "5000.00", "100,000 − 94,999.99 = 5,000.01 left"),
        ("95000.00", "5000.00", "5,000.00 left"),
        ("95000.01", "4999.99", "4,999.99 left"),
        ("100000.00", "0.00", "nothing is left"),
    ],
)
def test_room_that_earlier_grants_leave(client: httpx.Client, granted: str, expected: str, working: str) -> None:
    """单家最高10万元, over the whole time."""
    found = answer(client, "AWARD", claim(spent(), granted=[grant(TABLE, "2026-08-01", granted)]))
    assert found["amount"] == expected, working


def test_others_than_opc_are_refused(client: httpx.Client) -> None:
    """OPC: who is one, was not seen; the fact is asked for."""
    found = answer(client, "AWARD", claim(spent(), opc=False))
    assert (found["status"], reasons(found)) == ("NOT_ELIGIBLE", {"NOT_AN_OPC"})
    assert refused(client, "AWARD", claim(spent(), opc=None)) == [("/applicant/measures/opc", "FACT_REQUIRED")]
    assert refused(client, "AWARD", claim(item("5000.00"))) == [("/items/0/measures/three_month_spend", "FACT_REQUIRED")]


@pytest.mark.parametrize("on", ["2026-07-30", "2026-08-31", "2026-11-30"])
def test_applications_at_any_time(client: httpx.Client, on: str) -> None:
    """常态化: the window of the other directions of the batch does not bind this one."""
    found = answer(client, "AWARD", claim(spent(), on=on))
    assert (found["amount"], warnings(found)) == ("5000.00", {"TABLE_AUTHORITY"})
    assert {"（整理）常态化申请", "单家最高10万元"} <= {one["clause"] for one in found["not_decided_here"]}


@pytest.mark.parametrize(("on", "status"), [("2026-07-29", 404), ("2026-07-30", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is dated 2026-07-30."""
    response = post(client, "AWARD", claim(spent(), on=on))
    assert response.status_code == status
    assert response.json()["amount"] == "5000.00" if status == 200 else response.json()["code"] == "NO_VERSION_IN_FORCE"
