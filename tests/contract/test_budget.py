"""What one request may cost over HTTP: refused before it begins, light work here and heavy work in a thread, readers that do not read."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI

from app import limits
from app.api.calculations import routes as calculations
from app.calculators import assessment
from app.calculators.workload.estimate import MOST_LINES, MOST_WORK
from tests.contract.requests import INSURANCE, LOAN, errors, insurance, loan

JSON = {"Content-Type": "application/json"}
Body = dict[str, Any]


def day(no: int) -> str:
    return (date(2013, 1, 1) + timedelta(days=no)).isoformat()


def contract(drawdowns: int = 1, repayments: int = 0, rates: int = 1) -> Body:
    """A loan of ten years, repaid day by day."""
    return {
        "contract_no": "L-1",
        "lender": "某银行",
        "loan_type": "FIXED_ASSET",
        "signed_on": "2012-12-01",
        "matures_on": "2027-03-01",
        "drawdowns": [{"drawdown_no": str(no), "on": day(0), "amount": "60000000.00"} for no in range(drawdowns)],
        "repayments": [{"on": day(1 + no), "principal": "1.00"} for no in range(repayments)],
        "rate": {"kind": "STEPPED", "steps": [{"from": day(3 * no), "annual_rate": f"0.{3000 + no}"} for no in range(rates)]},
    }


def claim(*given: int) -> Body:
    """A claim of one such loan under a table without a window, so that all its days count."""
    body = loan(contracts=[contract(*given)])
    del body["claim_period"]
    return body


LONG = claim(20, 1000)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_too_much_work_is_refused_with_the_counts_the_limit_and_what_to_do(client: httpx.Client, language: str) -> None:
    response = client.post(LOAN, json=claim(500, 1000, 200), headers={"Accept-Language": language})
    assert response.status_code == 422
    problem = response.json()
    assert (problem["code"], problem["type"]) == ("TOO_MUCH_WORK", "/problems/too-much-work")
    assert errors(response) == {("/contracts", "TOO_MUCH_WORK")}
    for part in ("500", "1,000", f"{MOST_WORK:,}", "claim_period", "applicant.granted"):
        assert part in problem["detail"]


def test_nothing_is_calculated_of_what_is_refused(client: httpx.Client, assessed: list[str]) -> None:
    assert client.post(LOAN, json=claim(500, 1000, 200)).status_code == 422
    assert assessed == []


def test_ten_years_of_daily_repayments_are_answered_in_full(client: httpx.Client) -> None:
    response = client.post(LOAN, json=claim(1, 3650))
    assert response.status_code == 200
    (item,) = response.json()["items"]
    assert len(item["segments"]) > 3650
    assert client.post(LOAN, json=claim(1, 4001)).status_code == 422


def test_a_long_answer_is_given_as_a_summary(client: httpx.Client) -> None:
    refused = client.post(LOAN, json=LONG, headers={"Accept-Language": "en"})
    assert refused.status_code == 422
    assert errors(refused) == {("/query/detail", "ANSWER_TOO_LARGE")}
    assert f"{MOST_LINES:,}" in refused.json()["detail"]
    assert "detail=SUMMARY" in refused.json()["detail"]
    brief = client.post(LOAN + "?detail=SUMMARY", json=LONG)
    assert brief.status_code == 200
    assert len(brief.content) < 10_000
    assert "segments" not in brief.json()["items"][0]


def test_a_summary_is_the_answer_without_steps_and_segments(client: httpx.Client) -> None:
    full = client.post(LOAN + "?detail=FULL", json=loan()).json()
    brief = client.post(LOAN + "?detail=SUMMARY", json=loan()).json()
    for one in full["items"]:
        del one["segments"]
    del full["steps"]
    assert brief == full
    assert client.post(LOAN + "/batch", json={**loan(), "detail": "SUMMARY", "cases": [{"item_id": "a"}]}).json()["cases"][0]["result"] == brief


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("detail=ALL", {("/query/detail", "INVALID_VALUE")}),
        ("detail=", {("/query/detail", "INVALID_VALUE")}),
        ("detail=full", {("/query/detail", "INVALID_VALUE")}),
        ("details=FULL", {("/query/details", "UNKNOWN_FIELD")}),
        ("detail=FULL&version=1", {("/query/version", "UNKNOWN_FIELD")}),
        ("detail=FULL&detail=SUMMARY", {("/query/detail", "DUPLICATE_PARAMETER")}),
    ],
)
def test_no_other_parameter_is_taken(client: httpx.Client, query: str, expected: set[tuple[str, str]]) -> None:
    response = client.post(f"{INSURANCE}?{query}", json=insurance())
    assert response.status_code == 422
    assert errors(response) == expected


# --- where it is done ---------------------------------------------------------------------------------------------


@pytest.fixture
def assessed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The thread of each calculation that begins."""
    threads: list[str] = []
    real = assessment.assess

    def noted(*given: Any, **more: Any) -> Any:
        threads.append(threading.current_thread().name)
        return real(*given, **more)

    monkeypatch.setattr(assessment, "assess", noted)
    return threads


def test_heavy_work_goes_to_a_thread_however_short_its_body(client: httpx.Client, assessed: list[str]) -> None:
    """A light claim is calculated on the event loop; padded with blanks it is read, and so calculated, in a thread as well."""
    heavy = json.dumps(claim(20, 200))
    assert len(heavy) < limits.LARGE_BODY_BYTES
    light = json.dumps(loan())
    for sent in (light, heavy, light + " " * limits.LARGE_BODY_BYTES):
        assert client.post(LOAN + "?detail=SUMMARY", content=sent, headers=JSON).status_code == 200
    on_loop, apart, padded = assessed
    assert apart.startswith("heavy")
    assert on_loop not in {apart, padded}


def test_heavy_work_is_taken_as_far_as_there_is_room_by_what_it_costs(
    app: FastAPI, client: httpx.Client, live_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that are heavy while there is room for two; the third is told to come again, and a light one is answered."""
    begun, may_go_on = threading.Semaphore(0), threading.Event()
    real = assessment.assess

    def waiting(one: Any, *given: Any, **more: Any) -> Any:
        if len(one.contracts[0].drawdowns) > 1:
            begun.release()
            assert may_go_on.wait(600)
        return real(one, *given, **more)

    def send() -> None:
        with httpx.Client(base_url=live_url, trust_env=False, timeout=600) as own:
            statuses.append(own.post(LOAN, json=claim(20, 200)).status_code)

    monkeypatch.setattr(assessment, "assess", waiting)
    statuses: list[int] = []
    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
        assert begun.acquire(timeout=600)
    taken = app.state.work_in_flight
    assert taken > 2 * limits.LIGHT_WORK
    monkeypatch.setattr(limits, "MAX_WORK_IN_FLIGHT", taken)
    refused = client.post(LOAN, json=claim(20, 200))
    assert (refused.status_code, refused.json()["code"]) == (503, "OVERLOADED")
    assert client.post(LOAN, json=loan()).status_code == 200
    may_go_on.set()
    for thread in threads:
        thread.join(600)
    assert (statuses, app.state.work_in_flight) == ([200, 200], 0)


def test_the_same_in_a_list(client: httpx.Client, assessed: list[str]) -> None:
    shared = {key: value for key, value in claim().items() if key != "contracts"}
    cases = [{"item_id": "light", "contracts": [contract()]}, {"item_id": "heavy", "contracts": [contract(20, 200)]}]
    answer = client.post(LOAN + "/batch", json={**shared, "detail": "SUMMARY", "cases": cases}).json()
    assert answer["totals"]["failed"] == 0
    on_loop, apart = assessed
    assert apart.startswith("heavy")
    assert not on_loop.startswith("heavy")


# --- lists --------------------------------------------------------------------------------------------------------


def test_what_is_shared_is_charged_to_every_case_and_refused_case_by_case(client: httpx.Client, assessed: list[str]) -> None:
    """40 KB of shared contracts that would be too much alone: nothing of it is calculated, twenty times over."""
    body = {**claim(500, 500), "cases": [{"item_id": str(no)} for no in range(20)]}
    answer = client.post(LOAN + "/batch", json=body).json()
    assert [one["problem"]["code"] for one in answer["cases"]] == ["TOO_MUCH_WORK"] * 20
    assert {one["problem"]["errors"][0]["pointer"] for one in answer["cases"]} == {"/contracts"}
    assert answer["totals"]["failed"] == 20
    assert assessed == []


def test_a_case_alone_is_too_much_and_the_others_are_answered(client: httpx.Client) -> None:
    shared = {key: value for key, value in claim().items() if key != "contracts"}
    cases = [
        {"item_id": "a", "contracts": [contract()]},
        {"item_id": "b", "contracts": [contract(500, 1000, 200)]},
        {"item_id": "c", "contracts": [contract(20, 1000)]},
    ]
    answer = client.post(LOAN + "/batch", json={**shared, "cases": cases}).json()
    first, second, third = answer["cases"]
    assert "result" in first
    assert second["problem"]["errors"][0] | {"detail": "", "place": ""} == {
        "pointer": "/cases/1/contracts",
        "place": "",
        "code": "TOO_MUCH_WORK",
        "detail": "",
    }
    assert (third["problem"]["code"], third["problem"]["errors"][0]["pointer"]) == ("ANSWER_TOO_LARGE", "/detail")
    brief = client.post(LOAN + "/batch", json={**shared, "detail": "SUMMARY", "cases": cases}).json()
    assert ["result" in one for one in brief["cases"]] == [True, False, True]


def test_cases_beyond_the_budget_of_a_list_are_refused_unread(
    client: httpx.Client, assessed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The case that goes over it is still answered; the next one is not even read, so that what is wrong with it is not said."""
    monkeypatch.setattr(limits, "MAX_LIST_WORK", 100)
    shared = {key: value for key, value in insurance().items() if key != "policies"}
    cases: list[Body] = [{"item_id": str(no), "policies": insurance()["policies"]} for no in range(5)]
    cases += [{"item_id": "wrong", "policies": 1}]
    answer = client.post(INSURANCE + "/batch", json={**shared, "cases": cases}).json()
    done = len(assessed)
    assert 1 < done < 5
    assert ["result" in one for one in answer["cases"]] == [True] * done + [False] * (6 - done)
    refused = [one["problem"]["errors"][0] for one in answer["cases"][done:]]
    assert [(one["pointer"], one["code"]) for one in refused] == [(f"/cases/{no}", "TOO_MUCH_WORK") for no in range(done, 6)]
    assert answer["totals"]["failed"] == 6 - done


def test_a_list_that_is_too_much_to_read_is_refused_as_a_whole(client: httpx.Client) -> None:
    shared = {**insurance(), "policies": insurance()["policies"] * 100}
    cases = [{"item_id": str(no)} for no in range(limits.MAX_CASES)]
    assert len(json.dumps(shared)) * len(cases) > limits.MAX_LIST_WORK * limits.BYTES_PER_UNIT
    response = client.post(INSURANCE + "/batch", json={**shared, "cases": cases})
    assert response.status_code == 422
    assert errors(response) == {("/cases", "TOO_MUCH_WORK")}


def sent(url: str, body: Body) -> socket.socket:
    """A connection with a small window, on which a list was sent and nothing is read."""
    parts, content = urlsplit(url), json.dumps(body).encode()
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
    connection.settimeout(600)
    connection.connect((parts.hostname, parts.port))
    head = f"POST {INSURANCE}/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    connection.sendall(head.encode() + content)
    return connection


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 600
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def cases(number: int) -> Body:
    shared = {key: value for key, value in insurance().items() if key != "policies"}
    return {**shared, "cases": [{"item_id": str(no), "policies": insurance()["policies"]} for no in range(number)]}


def test_a_caller_who_left_stops_the_list_before_its_next_case(app: FastAPI, live_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second case waits in its thread until the caller is gone; no third one begins."""
    begun, may_go_on, done = threading.Event(), threading.Event(), []
    real = assessment.assess

    def waiting(*given: Any, **more: Any) -> Any:
        done.append(given)
        if len(done) == 2:
            begun.set()
            assert may_go_on.wait(600)
        return real(*given, **more)

    monkeypatch.setattr(assessment, "assess", waiting)
    monkeypatch.setattr(limits, "LIGHT_WORK", 0)
    with sent(live_url, cases(50)):
        assert begun.wait(600)
    with httpx.Client(base_url=live_url, trust_env=False, timeout=600) as other:  # the event loop has seen the end by then
        for _ in range(20):
            other.get("/health/live")
    may_go_on.set()
    until(lambda: app.state.case_lists_in_flight == 0)
    assert len(done) == 2


def test_a_reader_who_does_not_read_holds_no_more_than_the_network_takes(
    app: FastAPI, live_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer of more than 25 MB, of which a few are made until the reader goes on; then all of it comes."""
    made = [0]
    real = calculations.answers

    async def counted(*given: Any) -> AsyncIterator[bytes]:
        async for piece in real(*given):
            made[0] += len(piece)
            yield piece

    monkeypatch.setattr(calculations, "answers", counted)
    with sent(live_url, cases(6_000)) as connection, httpx.Client(base_url=live_url, trust_env=False, timeout=600) as other:
        still = [-1]
        while len(still) < 20 or len(set(still[-20:])) > 1 or not made[0]:  # it has stopped when 20 other answers see no more of it
            assert other.get("/health/live").status_code == 200
            time.sleep(0.02)
            still.append(made[0])
        stalled = made[0]
        read = 0
        while piece := connection.recv(1 << 20):
            read += len(piece)
            if piece.endswith(b"\r\n0\r\n\r\n"):
                break
    assert made[0] > 25_000_000
    assert read > made[0]
    assert stalled < 10_000_000
    until(lambda: app.state.case_lists_in_flight == 0)
