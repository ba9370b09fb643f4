"""Every refusal of a body says where: at least one pointer, alone and in a list of cases."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.bureau import Bureau, loan, policy
from tests.contract.requests import INSURANCE, LOAN, Body, at, errors, insurance
from tests.contract.requests import loan as loan_claim
from tests.spec.small_tables import insurance as insured
from tests.spec.small_tables import points

OLD = {"signed_on": "2018-01-01", "matures_on": "2024-01-01", "drawdowns": [{"drawdown_no": "1", "on": "2018-03-05", "amount": "1.00"}]}


def too_old() -> Body:
    """Two contracts, the second of a time before the LPR."""
    body = loan_claim(claim_period={"from": "2018-11-01", "until": "2019-11-01"})
    second = body["contracts"][0] | OLD | {"contract_no": "L-0"}  # sorted, it is the first
    return body | {"contracts": [body["contracts"][0], second]}


NOT_THERE: list[tuple[str, Body, int, str, str]] = [
    (INSURANCE, insurance(rate_table="xx-none-2025-1-1"), 404, "/rate_table", "RATE_TABLE_NOT_FOUND"),
    (INSURANCE, insurance(rate_table="bj-gjj-2025-1-1"), 404, "/rate_table", "STANDARD_NOT_LOADED"),
    (INSURANCE, insurance(version=99), 404, "/version", "VERSION_NOT_FOUND"),
    (INSURANCE, insurance(version=1, known_on="2001-01-01"), 404, "/known_on", "VERSION_NOT_FOUND"),
    (INSURANCE, insurance(application_date="2001-01-01"), 404, "/application_date", "NO_VERSION_IN_FORCE"),
    (INSURANCE, insurance(as_of="2001-01-01"), 404, "/as_of", "NO_VERSION_IN_FORCE"),
    (INSURANCE, insurance(known_on="2001-01-01"), 404, "/known_on", "NO_VERSION_IN_FORCE"),
    (INSURANCE, insurance(known_at="2001-01-01T00:00:00Z"), 404, "/known_at", "NO_VERSION_IN_FORCE"),
    (LOAN, insurance(), 422, "/policies", "WRONG_FACTS"),
    (LOAN, too_old(), 422, "/contracts/1/rate", "REFERENCE_RATE_NOT_COVERED"),
]


@pytest.mark.parametrize(("path", "body", "status", "pointer", "code"), NOT_THERE, ids=[f"{row[4]} {row[3]}" for row in NOT_THERE])
def test_what_is_not_there_is_asked_for_somewhere(client: httpx.Client, path: str, body: Body, status: int, pointer: str, code: str) -> None:
    response = client.post(path, json=body)
    assert response.status_code == status
    assert (pointer, code) in errors(response)


@pytest.mark.parametrize(("path", "body", "status", "pointer", "code"), NOT_THERE, ids=[f"{row[4]} {row[3]}" for row in NOT_THERE])
def test_a_list_says_in_which_case(client: httpx.Client, path: str, body: Body, status: int, pointer: str, code: str) -> None:
    right = insurance() if path == INSURANCE else loan_claim()
    cases = [{"item_id": "A"} | right, {"item_id": "B"} | body]
    problem = client.post(f"{path}/batch", json={"cases": cases}).json()["cases"][1]["problem"]
    assert (f"/cases/1{pointer}", code) in {(one["pointer"], one["code"]) for one in problem["errors"]}


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        ('{"version": 1e400}', "/version"),
        ('{"items": [{"vat": -1e999}]}', "/items/0/vat"),
        ('{"a/b": 1e400}', "/a~1b"),
        ('{"version": ' + "9" * 5_000 + "}", "/version"),
    ],
    ids=["a field", "in a list", "an escaped key", "5,000 digits"],
)
def test_a_number_out_of_range_has_its_place(client: httpx.Client, raw: str, pointer: str) -> None:
    headers = {"Content-Type": "application/json"}
    alone = client.post(INSURANCE, content=raw, headers=headers)
    assert (alone.status_code, errors(alone)) == (422, {(pointer, "OUT_OF_RANGE")})
    listed = client.post(f"{INSURANCE}/batch", content=f'{{"cases": [{{"item_id": "A", {raw[1:]}]}}', headers=headers).json()
    assert [one["pointer"] for one in listed["cases"][0]["problem"]["errors"]] == [f"/cases/0{pointer}"]
    shared = client.post(f"{INSURANCE}/batch", content=f'{{"cases": [{{"item_id": "A"}}], {raw[1:]}', headers=headers)
    assert (shared.status_code, errors(shared)) == (422, {(pointer, "OUT_OF_RANGE")})


@pytest.mark.parametrize("rest", ["[", "[" * 5_000], ids=["cut off", "too deep"])
@pytest.mark.parametrize("path", [INSURANCE, f"{INSURANCE}/batch"])
def test_a_number_out_of_range_in_what_cannot_be_read_is_the_smaller_fault(client: httpx.Client, path: str, rest: str) -> None:
    response = client.post(path, content='{"version": 1e400, "items": ' + rest, headers={"Content-Type": "application/json"})
    assert (response.status_code, errors(response)) == (400, {("", "MALFORMED_JSON")})


def test_a_key_given_twice_at_the_top_of_a_list_has_its_place(client: httpx.Client) -> None:
    raw = '{"detail": "FULL", "detail": "FULL", "cases": [{"item_id": "A"}]}'
    response = client.post(f"{INSURANCE}/batch", content=raw, headers={"Content-Type": "application/json"})
    assert (response.status_code, errors(response)) == (422, {("/detail", "DUPLICATE_KEY")})


@pytest.mark.parametrize("field", ["matures_on", "signed_on"])
def test_the_date_that_is_out_of_range_is_blamed(client: httpx.Client, field: str) -> None:
    wrong = {"matures_on": "2100-01-02", "signed_on": "1985-03-01"}[field]
    response = client.post(LOAN, json=at(loan_claim(), f"/contracts/0/{field}", wrong))
    assert errors(response) == {(f"/contracts/0/{field}", "DATE_OUT_OF_RANGE")}


def test_a_line_that_is_not_published_is_chosen_by_an_item() -> None:
    unknown: list[tuple[Bureau, dict[str, Any], str]] = [
        (Bureau(points("unknown")), {"contracts": [loan("A", loan_type="RESEARCH"), loan("B")]}, "/contracts/0"),
        (Bureau(insured("unknown"), "INSURANCE"), {"policies": [policy("A", "1.00")]}, "/policies/0"),
    ]
    for bureau, body, pointer in unknown:
        assert bureau.refusal(**body) == [(pointer, "STANDARD_NOT_LOADED")]


def test_a_rate_of_the_application_is_looked_up_on_its_day() -> None:
    bureau = Bureau(points("reference(LPR_1Y, APPLICATION_DATE)"))
    late = {"application_date": "2099-01-01", "contracts": [loan()]}
    assert bureau.refusal(**late) == [("/application_date", "REFERENCE_RATE_NOT_COVERED")]


@pytest.mark.parametrize("raw", [b"", b" ", b"{", b"{]", b"\xff", b"[" * 65])
def test_what_is_no_json_is_wrong_as_a_whole(client: httpx.Client, raw: bytes) -> None:
    for path in (INSURANCE, f"{INSURANCE}/batch"):
        response = client.post(path, content=raw, headers={"Content-Type": "application/json"})
        assert (response.status_code, errors(response)) == (400, {("", "MALFORMED_JSON")})


CAUSES = [
    (b"", "请求体为空", "empty"),
    (b"\xef\xbb\xbf" + json.dumps(insurance()).encode(), "BOM", "byte order mark"),
    (json.dumps(insurance()).encode("utf-16"), "UTF-16", "UTF-16"),
    (json.dumps(insurance()).encode("utf-16-le"), "UTF-16", "UTF-16"),
    (json.dumps({"name": "某银行"}, ensure_ascii=False).encode("gbk"), "GBK", "GBK"),
    (b'{"name": "\xff"}', "不是 UTF-8", "not UTF-8"),
    (b'{"name": "A"', "被截断", "cut off"),
]


@pytest.mark.parametrize(("raw", "zh", "en"), CAUSES)
def test_the_cause_of_a_body_that_cannot_be_read_is_named(client: httpx.Client, raw: bytes, zh: str, en: str) -> None:
    for language, words in (("zh", zh), ("en", en)):
        response = client.post(INSURANCE, content=raw, headers={"Content-Type": "application/json", "Accept-Language": language})
        assert response.status_code == 400
        assert words in response.json()["detail"]
        assert response.json()["errors"][0]["detail"] == response.json()["detail"]


@pytest.mark.parametrize(("charset", "status"), [("gbk", 415), ("GB18030", 415), ("utf-16", 415), ("UTF-8", 200), ('"utf-8"', 200)])
def test_the_character_set_is_utf_8(client: httpx.Client, charset: str, status: int) -> None:
    headers = {"Content-Type": f"application/json; odata.metadata=minimal; charset={charset}"}
    response = client.post(INSURANCE, content=json.dumps(insurance()), headers=headers)
    assert response.status_code == status
    if status == 415:
        assert "字符集须为 UTF-8" in response.json()["detail"]
