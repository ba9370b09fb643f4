"""The same request with version and known_at gives the same bytes, for ever and everywhere (D65)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.requests import INSURANCE, LOAN, at, insurance, loan

ROOT = Path(__file__).resolve().parents[2]
IN_A_PROCESS = """
import sys
from starlette.testclient import TestClient
from app.main import create_app
with TestClient(create_app(), client=("127.0.0.1", 50000), base_url="http://localhost") as client:
    response = client.post(sys.argv[1], content=sys.stdin.buffer.read(), headers={"Content-Type": "application/json"})
    sys.stderr.buffer.write(response.content)
"""


def answered(client: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The answer to a right request."""
    response = client.post(path, json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


@pytest.mark.parametrize(("path", "body"), [(LOAN, loan()), (INSURANCE, insurance()), (INSURANCE, insurance(as_of="2025-03-01"))])
def test_an_answer_sent_back_pins_everything(client: httpx.Client, path: str, body: dict[str, Any]) -> None:
    first = answered(client, path, body)
    pinned = {key: value for key, value in body.items() if key != "as_of"}
    pinned |= {"version": first["provenance"]["rate_table"]["version"], "known_at": first["known_at"]}
    assert answered(client, path, pinned) == first
    once, again = (client.post(path, json=pinned).content for _ in range(2))
    assert once == again


@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_same_bytes_in_other_processes(client: httpx.Client, database: str, seed: str) -> None:
    first = answered(client, LOAN, loan())
    pinned = loan(version=first["provenance"]["rate_table"]["version"], known_at=first["known_at"])
    here = client.post(LOAN, json=pinned).content
    environment = {**os.environ, "SUBSIDY_DATABASE_URL": database, "PYTHONHASHSEED": seed, "TZ": "America/New_York"}
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IN_A_PROCESS, LOAN],
        input=json.dumps(pinned).encode(),
        capture_output=True,
        cwd=ROOT,
        env=environment,
        check=True,
    )
    assert run.stderr == here


OF_TWO_STATUSES_AND_SERIES = """
import json, sys
from tests.bureau import USCC, Bureau, loan
terms = (
    "facts: CONTRACTS\\nwording: EXACT\\n"
    "require: [{that: 'status(INNOVATIVE_SME, AT_APPLICATION) or status(SPECIALISED_SME, AT_APPLICATION)', code: NEITHER, clause: c}]\\n"
    "lines: [{id: ALL, base: balance, rate: 'min(reference(LPR_1Y, DAY), reference(LPR_5Y, DAY))', clause: c}]\\n"
)
applicant = {"uscc": USCC, "statuses": [{"status": code, "from": "2020-01-01"} for code in ("SPECIALISED_SME", "INNOVATIVE_SME")]}
bureau = Bureau(terms)
answers = [bureau.post({"applicant": who, "contracts": [loan()]}, language).json() for who in (applicant, {"uscc": USCC}) for language in ("zh", "en")]
sys.stderr.write(json.dumps([one | {"request_id": None} for one in answers], ensure_ascii=False))
"""


def test_the_same_texts_whichever_order_sets_have() -> None:
    """A table that reads two statuses and two series names them in one order, in texts and in the provenance."""
    told = set()
    for seed in range(6):
        environment = {**os.environ, "PYTHONHASHSEED": str(seed), "SUBSIDY_LOG_LEVEL": "error"}
        words = [sys.executable, "-W", "ignore", "-c", OF_TWO_STATUSES_AND_SERIES]
        told.add(subprocess.run(words, capture_output=True, cwd=ROOT, env=environment, check=True, text=True).stderr)
    (text,) = told
    assert [one["status"] for one in json.loads(text)] == ["ELIGIBLE", "ELIGIBLE", "NOT_ELIGIBLE", "NOT_ELIGIBLE"]
    assert text.index("LPR_1Y") < text.index("LPR_5Y")


def test_what_does_not_change_the_calculation_does_not_change_its_id(client: httpx.Client) -> None:
    policies = [insurance()["policies"][0] | {"policy_no": f"P-{n}", "unit_id": f"U-{n}"} for n in range(3)]
    first = answered(client, INSURANCE, insurance(policies=policies))
    known_at = first["known_at"]
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", first["calculation_id"])
    utc = "2026-08-20T01:00:00Z" if known_at == "2026-08-20T09:00:00+08:00" else known_at
    same = [
        insurance(policies=policies[::-1]),
        insurance(policies=policies, request_no="other"),
        insurance(policies=policies, as_of="2025-03-10"),
        insurance(policies=policies, known_at=utc),
        insurance(policies=policies, claim_period=None),
        insurance(policies=[{**one, "project_id": None, "measures": {}} for one in policies]),
    ]
    for body in same:
        answer = answered(client, INSURANCE, body)
        assert answer["calculation_id"] == first["calculation_id"], body
        assert answer | {"request_no": None} == first


def test_what_changes_the_calculation_changes_its_id(client: httpx.Client) -> None:
    first = answered(client, INSURANCE, insurance())["calculation_id"]
    others = [
        at(insurance(), "/policies/0/premium_paid", "5999999.99"),
        at(insurance(), "/policies/0/policy_no", "P-2"),
        at(insurance(), "/applicant/digital_rmb_account", True),
        insurance(application_date="2025-03-11"),
        insurance(known_at="2025-03-01T00:00:00+08:00"),
    ]
    ids = {first}
    for body in others:
        ids.add(answered(client, INSURANCE, body)["calculation_id"])
    assert len(ids) == len(others) + 1


def test_the_language_changes_texts_and_not_the_calculation(client: httpx.Client) -> None:
    chinese = client.post(INSURANCE, json=insurance()).json()
    english = client.post(INSURANCE, json=insurance(), headers={"Accept-Language": "en"}).json()
    assert english["calculation_id"] == chinese["calculation_id"]
    assert english["amount"] == chinese["amount"]
    assert english["steps"] != chinese["steps"]


def test_pointers_lead_into_the_request_as_it_was_sent(client: httpx.Client) -> None:
    """Facts are calculated in the order of their ids; a pointer counts in the caller's order."""
    policy = insurance()["policies"][0]
    policies = [policy | {"policy_no": number, "unit_id": number} for number in ("C", "B", "A")]
    policies[0]["period_until"] = "2020-01-01"
    response = client.post(INSURANCE, json=insurance(policies=policies))
    assert response.status_code == 422
    pointers = [error["pointer"] for error in response.json()["errors"]]
    assert pointers
    assert all(pointer.startswith("/policies/0/") for pointer in pointers)


def test_the_order_of_contracts_and_drawdowns_does_not_matter(client: httpx.Client) -> None:
    """D65: lists of facts are sorted by id, inside contracts too."""
    contract = loan()["contracts"][0]
    drawdowns = [{"drawdown_no": number, "on": "2022-03-05", "amount": f"{number}000.00"} for number in ("1", "2", "3")]
    contracts = [contract | {"contract_no": number, "drawdowns": drawdowns} for number in ("A", "B")]
    turned = [one | {"drawdowns": drawdowns[::-1]} for one in contracts[::-1]]
    first = answered(client, LOAN, loan(contracts=contracts))
    other = answered(client, LOAN, loan(contracts=turned))
    assert [item["id"] for item in other["items"]] == ["A", "B"]
    assert {**other, "warnings": []} == {**first, "warnings": []}
    for warning in other["warnings"]:
        if warning["pointer"] is not None:
            assert re.match(r"/contracts/[01](/|$)", warning["pointer"])


def test_a_fault_of_a_drawdown_points_to_where_it_was_sent(client: httpx.Client) -> None:
    contract = loan()["contracts"][0]
    drawdowns = [
        {"drawdown_no": "9", "on": "2030-01-01", "amount": "1.00"},
        {"drawdown_no": "1", "on": "2022-03-05", "amount": "1.00"},
    ]
    contracts = [contract | {"contract_no": "B", "drawdowns": drawdowns}, contract | {"contract_no": "A"}]
    response = client.post(LOAN, json=loan(contracts=contracts))
    assert response.status_code == 422
    pointers = {error["pointer"] for error in response.json()["errors"]}
    assert all(pointer.startswith("/contracts/0/drawdowns/0") for pointer in pointers), pointers


def test_known_on_means_the_end_of_that_day_in_beijing(client: httpx.Client) -> None:
    answer = answered(client, INSURANCE, insurance(known_on="2025-03-01"))
    assert answer["known_at"] == "2025-03-01T23:59:59.999999+08:00"
    both = answered(client, INSURANCE, insurance(known_on="2025-03-01", known_at="2025-02-01T00:00:00Z"))
    assert both["known_at"] == "2025-02-01T08:00:00+08:00"
