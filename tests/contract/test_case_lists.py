"""Many cases in one request: alone, in order, with totals, and without holding up others."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import httpx
import pytest

from tests.contract.requests import INSURANCE, at, errors, insurance

BATCH = INSURANCE + "/batch"


def shared(**changes: Any) -> dict[str, Any]:
    """What the cases of a list share."""
    return {key: value for key, value in insurance(**changes).items() if key != "policies"}


def case(item_id: str, **changes: Any) -> dict[str, Any]:
    """One case with its own policies."""
    return {"item_id": item_id, "policies": insurance()["policies"], **changes}


def sums(answer: Any) -> Any:
    """What the cases of an answer come to, without what is said of ids that occur in several."""
    return {name: answer["totals"][name] for name in ("cases", "ok", "not_eligible", "failed", "amount")}


def test_a_case_is_answered_as_it_would_be_alone(client: httpx.Client) -> None:
    alone = client.post(INSURANCE, json=insurance(request_no="r")).json()
    answer = client.post(BATCH, json={**shared(request_no="r"), "cases": [case("a")]}).json()
    assert answer["cases"] == [{"item_id": "a", "result": alone}]
    assert sums(answer) == {"cases": 1, "ok": 1, "not_eligible": 0, "failed": 0, "amount": alone["amount"]}


def test_each_case_succeeds_or_fails_alone_and_in_order(client: httpx.Client) -> None:
    ineligible = {**insurance()["applicant"], "registered_in_beijing": False}
    unlaunched = [insurance()["policies"][0] | {"launch_approved": False}]
    cases = [
        case("z"),
        case("b", policies=[]),
        case("a", rate_table="xx-none-2025-1-1"),
        case("c", policies=unlaunched, applicant=ineligible),
        case("d", policies=at({"x": insurance()["policies"]}, "/x/0/premium", "1e2")["x"]),
        case("e"),
    ]
    answer = client.post(BATCH, json={**shared(), "cases": cases}).json()
    assert [one["item_id"] for one in answer["cases"]] == ["z", "b", "a", "c", "d", "e"]
    assert ["result" in one for one in answer["cases"]] == [True, False, False, True, False, True]
    assert answer["cases"][3]["result"]["status"] == "NOT_ELIGIBLE"
    problems = [one["problem"] for one in answer["cases"] if "problem" in one]
    assert [one["code"] for one in problems] == ["INVALID_FACTS", "RATE_TABLE_NOT_FOUND", "INVALID_FACTS"]
    assert problems[0]["errors"][0]["pointer"] == "/cases/1/policies"
    assert problems[2]["errors"][0]["pointer"] == "/cases/4/policies/0/premium"
    assert sums(answer) == {"cases": 6, "ok": 2, "not_eligible": 1, "failed": 3, "amount": "6000000.00"}


def test_a_fault_of_what_is_shared_points_to_where_it_is_written(client: httpx.Client) -> None:
    wrong = shared()
    wrong["applicant"] = {**wrong["applicant"], "uscc": "91350100M000100Y44"}
    own = case("b", applicant=wrong["applicant"])
    answer = client.post(BATCH, json={**wrong, "cases": [case("a"), own]}).json()
    pointers = [one["problem"]["errors"][0]["pointer"] for one in answer["cases"]]
    assert pointers == ["/applicant/uscc", "/cases/1/applicant/uscc"]


def test_a_case_overrides_what_is_shared_field_by_field(client: httpx.Client) -> None:
    answer = client.post(BATCH, json={**insurance(), "cases": [{"item_id": "a"}, {"item_id": "b", "request_no": "own"}]}).json()
    assert [one["result"]["request_no"] for one in answer["cases"]] == [None, "own"]


def test_a_summary_has_the_result_without_its_working(client: httpx.Client) -> None:
    full = client.post(BATCH, json={**shared(), "cases": [case("a")]}).json()
    brief = client.post(BATCH, json={**shared(), "detail": "SUMMARY", "cases": [case("a")]}).json()
    assert brief["totals"] == full["totals"]
    result = full["cases"][0]["result"]
    items = [{key: value for key, value in one.items() if key != "segments"} for one in result["items"]]
    assert brief["cases"][0]["result"] == {key: value for key, value in result.items() if key != "steps"} | {"items": items}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {("/cases", "FIELD_REQUIRED")}),
        ({"cases": {}}, {("/cases", "INVALID_TYPE")}),
        ({"cases": []}, {("/cases", "TOO_FEW")}),
        ({"cases": [{"item_id": str(n)} for n in range(10_001)]}, {("/cases", "TOO_MANY")}),
        ({"cases": [{}]}, {("/cases/0/item_id", "INVALID_ID")}),
        ({"cases": [{"item_id": "a"}, 1]}, {("/cases/1/item_id", "INVALID_ID")}),
        ({"cases": [{"item_id": 1}]}, {("/cases/0/item_id", "INVALID_ID")}),
        ({"cases": [{"item_id": "a"}, {"item_id": "a"}]}, {("/cases/1/item_id", "DUPLICATE_ID")}),
        ({"detail": "ALL", "cases": [{"item_id": "a"}]}, {("/detail", "INVALID_VALUE")}),
        ({"more": 1, "cases": [{"item_id": "a"}]}, {("/more", "UNKNOWN_FIELD")}),
        ({"version": "1", "cases": [{"item_id": "a"}]}, {("/version", "INVALID_TYPE")}),
        ({"contracts": [], "cases": [{"item_id": "a"}]}, {("/contracts", "WRONG_FACTS")}),
    ],
)
def test_a_wrong_frame_refuses_the_whole_list(
    client: httpx.Client, body: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    response = client.post(BATCH, json=body)
    assert response.status_code == 422
    assert errors(response) == expected


def test_keys_given_twice_are_found_outside_and_inside_of_cases(client: httpx.Client) -> None:
    text = json.dumps({**shared(), "cases": [case("a"), case("b")]})
    outside = text.replace('"cases":', '"cases": [], "cases":', 1)
    response = client.post(BATCH, content=outside, headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert response.json()["code"] == "DUPLICATE_KEY"
    inside = text.replace('"premium":', '"premium": "1.00", "premium":', 1)
    answer = client.post(BATCH, content=inside, headers={"Content-Type": "application/json"}).json()
    assert answer["cases"][0]["problem"]["code"] == "DUPLICATE_KEY"
    assert answer["cases"][0]["problem"]["errors"][0]["pointer"] == "/cases/0/policies/0/premium"
    assert "result" in answer["cases"][1]


def test_what_nobody_expected_fails_its_case_alone(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.calculators import assessment

    right = assessment.assess

    def broken(claim: Any, *arguments: Any, **more: Any) -> Any:
        if claim.request_no == "boom":
            raise RuntimeError
        return right(claim, *arguments, **more)

    monkeypatch.setattr(assessment, "assess", broken)
    answer = client.post(BATCH, json={**shared(), "cases": [case("a", request_no="boom"), case("b")]}).json()
    assert answer["cases"][0]["problem"]["code"] == "INTERNAL_ERROR"
    assert answer["totals"]["ok"] == 1


def test_ten_thousand_cases_let_other_requests_go_on(client: httpx.Client, live_url: str) -> None:
    body = json.dumps({**shared(), "detail": "SUMMARY", "cases": [case(str(n)) for n in range(10_000)]})
    answers: list[httpx.Response] = []

    def send() -> None:
        with httpx.Client(base_url=live_url, trust_env=False, timeout=600) as other:
            answers.append(other.post(BATCH, content=body, headers={"Content-Type": "application/json"}))

    thread = threading.Thread(target=send)
    thread.start()
    waits: list[float] = []
    started = time.perf_counter()
    while thread.is_alive():
        began = time.perf_counter()
        assert client.get("/health/live").status_code == 200
        waits.append(time.perf_counter() - began)
        time.sleep(0.02)
    thread.join()
    took = time.perf_counter() - started
    answer = answers[0].json()
    assert sums(answer) == {"cases": 10_000, "ok": 10_000, "not_eligible": 0, "failed": 0, "amount": "30000000000.00"}
    assert [one["item_id"] for one in answer["cases"]] == [str(n) for n in range(10_000)]
    waits.sort()
    assert len(waits) > 10
    assert waits[len(waits) // 2] < took / 10, "half of the other requests waited for a tenth of the list"
