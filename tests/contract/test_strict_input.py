"""What the service takes and what it refuses: D65, DOMAIN 2, and the conventions of the contract."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.contract.requests import AWARD, INSURANCE, LOAN, at, errors, insurance, loan

REFUSED = [
    # dates
    ("/application_date", 1641340800, "INVALID_TYPE"),
    ("/application_date", "1641340800", "INVALID_DATE"),
    ("/application_date", "2022-01-05T00:00:00", "TOO_LONG"),
    ("/application_date", "2022-1-5", "INVALID_DATE"),
    ("/application_date", "20220105", "INVALID_DATE"),
    ("/application_date", "2022-02-30", "INVALID_DATE"),
    ("/application_date", "２０２２-01-05", "INVALID_DATE"),
    ("/application_date", "1949-12-31", "OUT_OF_RANGE"),
    ("/application_date", "2200-01-01", "OUT_OF_RANGE"),
    ("/application_date", True, "INVALID_TYPE"),
    ("/application_date", None, "INVALID_TYPE"),
    # instants
    ("/application_at", "2025-03-10T16:05:00", "INVALID_INSTANT"),
    ("/application_at", "2025-03-10 16:05:00+08:00", "INVALID_INSTANT"),
    ("/application_at", "2025-03-10T16:05:00+0800", "INVALID_INSTANT"),
    ("/application_at", "2025-03-10", "INVALID_INSTANT"),
    ("/application_at", "1741593900", "INVALID_INSTANT"),
    ("/application_at", 1741593900, "INVALID_TYPE"),
    ("/application_at", "2025-03-10T24:00:00+08:00", "INVALID_DATE"),
    ("/application_at", "0001-01-01T00:00:00+08:00", "OUT_OF_RANGE"),
    # whole numbers
    ("/version", "5", "INVALID_TYPE"),
    ("/version", 5.0, "INVALID_TYPE"),
    ("/version", True, "INVALID_TYPE"),
    ("/version", 0, "OUT_OF_RANGE"),
    ("/version", 2**70, "OUT_OF_RANGE"),
    # booleans
    ("/applicant/registered_in_beijing", "yes", "INVALID_TYPE"),
    ("/applicant/registered_in_beijing", "true", "INVALID_TYPE"),
    ("/applicant/registered_in_beijing", 1, "INVALID_TYPE"),
    # money
    *(
        ("/policies/0/premium", value, "INVALID_MONEY")
        for value in ["1_000", " 5 ", "１.00", "1e2", "-0", "5", "5.0", "05.00", "5.000", "+5.00", "-5.00", "", "5.00\n"]
    ),
    ("/policies/0/premium", "12345678901234.00", "TOO_LONG"),
    ("/policies/0/premium", 5, "INVALID_TYPE"),
    ("/policies/0/premium", 5.25, "INVALID_TYPE"),
    # codes, ids, fields
    ("/policies/0/insurance_type", "launch", "INVALID_CODE"),
    ("/policies/0/policy_no", "", "INVALID_ID"),
    ("/policies/0/policy_no", "P\u0000", "INVALID_ID"),
    ("/policies/0/policy_no", "P" * 65, "TOO_LONG"),
    ("/policies/0/premum", "5.00", "UNKNOWN_FIELD"),
    ("/applicant/is_sme", True, "UNKNOWN_FIELD"),
    ("/applicant", [], "INVALID_TYPE"),
    ("/policies", {}, "INVALID_TYPE"),
    ("/policies", [], "TOO_FEW"),
    ("/rate_table", 7, "INVALID_TYPE"),
    # measures
    ("/applicant/measures/x", 1.5, "INVALID_TYPE"),
    ("/applicant/measures/x", [], "INVALID_TYPE"),
    ("/applicant/measures/x", {}, "INVALID_TYPE"),
    ("/applicant/measures/x", 10**14, "INVALID_TYPE"),
]


@pytest.mark.parametrize(("pointer", "value", "code"), REFUSED)
def test_a_value_of_the_wrong_kind_is_refused_where_it_stands(
    client: httpx.Client, pointer: str, value: object, code: str
) -> None:
    response = client.post(INSURANCE, json=at(insurance(), pointer, value))
    assert response.status_code == 422
    assert errors(response) == {(pointer, code)}


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        ({"kind": "FIXED", "annual_rate": "3.85%"}, {("/contracts/0/rate/annual_rate", "INVALID_RATE")}),
        ({"kind": "FIXED", "annual_rate": "0.123456789"}, {("/contracts/0/rate/annual_rate", "INVALID_RATE")}),
        ({"kind": "FIXED", "annual_rate": 0.0385}, {("/contracts/0/rate/annual_rate", "INVALID_TYPE")}),
        ({"kind": "FIXED"}, {("/contracts/0/rate/annual_rate", "FIELD_REQUIRED")}),
        ({"kind": "OTHER"}, {("/contracts/0/rate/kind", "INVALID_VALUE")}),
        ({}, {("/contracts/0/rate/kind", "FIELD_REQUIRED")}),
        (
            {"kind": "STEPPED", "steps": [{"from_": "2022-03-05", "annual_rate": "0.01"}]},
            {
                ("/contracts/0/rate/steps/0/from", "FIELD_REQUIRED"),
                ("/contracts/0/rate/steps/0/from_", "UNKNOWN_FIELD"),
            },
        ),
    ],
)
def test_pointers_hold_no_tag_of_a_kind_and_use_the_names_of_the_contract(
    client: httpx.Client, rate: object, expected: set[tuple[str, str]]
) -> None:
    response = client.post(LOAN, json=at(loan(), "/contracts/0/rate", rate))
    assert response.status_code == 422
    assert errors(response) == expected


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1,}',
        b'{"a": 01}',
        b'"\\ud800"',
        b'{"\\udc00": 1}',
        b"\xff\xfe",
        b'"\xed\xa0\x80"',
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": 1}'.encode("utf-16"),
        b'{"a": "\x00"}',
        b"[" * 100_000,
        b'{"a":' * 900 + b"1" + b"}" * 900,
        b'{"a":' * 300 + b"1" + b"}" * 300,
        b"{} {}",
    ],
)
def test_what_is_no_json_is_400(client: httpx.Client, body: bytes) -> None:
    for path in (INSURANCE, INSURANCE + "/batch"):
        if path.endswith("batch") and body.startswith(b'{"a":{'):
            continue  # a list's own fields are read first, and "a" is none of them
        response = client.post(path, content=body, headers={"Content-Type": "application/json"})
        assert response.status_code == 400, (path, response.text)
        assert response.json()["code"] == "MALFORMED_JSON"


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"x"', b"true"])
def test_json_that_is_no_object_is_422(client: httpx.Client, body: bytes) -> None:
    for path in (INSURANCE, INSURANCE + "/batch"):
        response = client.post(path, content=body, headers={"Content-Type": "application/json"})
        assert response.status_code == 422
        assert errors(response) == {("", "INVALID_TYPE")}


@pytest.mark.parametrize(
    ("old", "new", "pointer"),
    [
        ('"rate_table":', '"rate_table":"bj-gjj-2025-1-11","rate_table":', "/rate_table"),
        ('"premium":', '"premium" : "1.00", "premium"\t:', "/policies/0/premium"),
        ('"premium":', '"\\u0070remium":"1.00","premium":', "/policies/0/premium"),
        ('"insurer":"', '"insurer":"x","insurer":"\\u003a:\\":', "/policies/0/insurer"),
    ],
)
def test_a_key_given_twice_is_refused_however_it_is_written(
    client: httpx.Client, old: str, new: str, pointer: str
) -> None:
    text = json.dumps(insurance(), separators=(",", ":")).replace(old, new, 1)
    response = client.post(INSURANCE, content=text, headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert errors(response) == {(pointer, "DUPLICATE_KEY")}
    assert response.json()["code"] == "DUPLICATE_KEY"


def test_text_with_colons_and_escapes_is_no_key_given_twice(client: httpx.Client) -> None:
    body = at(insurance(), "/policies/0/insurer", 'a:b":\\:"\u003a:')
    plain = json.dumps(body, ensure_ascii=False)
    escaped = plain.replace("a:b", "a\\u003Ab")
    for text in (plain, escaped, json.dumps(body, indent=4)):
        response = client.post(INSURANCE, content=text.encode(), headers={"Content-Type": "application/json"})
        assert response.status_code == 200, response.text


def test_facts_of_another_kind_name_the_right_one(client: httpx.Client) -> None:
    """D1: the wrong kind is 422 WRONG_FACTS, naming the right one."""
    wrong = insurance()
    wrong["contracts"] = wrong.pop("policies")
    response = client.post(INSURANCE, json=wrong)
    assert response.status_code == 422
    assert response.json()["code"] == "WRONG_FACTS"
    assert errors(response) == {("/contracts", "WRONG_FACTS"), ("/policies", "WRONG_FACTS")}
    assert "policies" in response.json()["errors"][0]["detail"]


def test_awards_take_items_or_projects_and_not_both(client: httpx.Client) -> None:
    body = {"rate_table": "bj-gjj-2023-1-1", "application_date": "2023-04-10", "applicant": {}}
    item = {"item_id": "A-1"}
    project = {"project_id": "X", "investments": []}
    for lists in ({}, {"items": [item], "projects": [project]}, {"items": None}):
        response = client.post(AWARD, json=body | lists)
        assert response.status_code == 422
        assert errors(response) == {("", "WRONG_FACTS")}


def test_a_table_of_another_method_is_refused(client: httpx.Client) -> None:
    """D1: the endpoint follows the support method."""
    response = client.post(AWARD, json=insurance(items=[{"item_id": "A"}]) | {"policies": None})
    assert response.status_code == 422
    body = insurance(items=[{"item_id": "A"}])
    del body["policies"]
    response = client.post(AWARD, json=body)
    assert response.status_code == 422
    assert response.json()["code"] == "WRONG_METHOD"


def test_version_and_as_of_exclude_each_other(client: httpx.Client) -> None:
    """D46."""
    response = client.post(INSURANCE, json=insurance(version=1, as_of="2025-03-10"))
    assert response.status_code == 422
    assert errors(response) == {("/as_of", "VERSION_WITH_AS_OF")}


@pytest.mark.parametrize(
    ("uscc", "code"),
    [
        ("91350100M000100Y44", "INVALID_USCC"),
        ("91350100M000100Y4", "INVALID_USCC"),
        ("91350100m000100y43", "INVALID_USCC"),
        ("91350100I000100Y43", "INVALID_USCC"),
        (None, "FACT_REQUIRED"),
    ],
)
def test_the_credit_code_of_an_enterprise_is_checked(client: httpx.Client, uscc: str | None, code: str) -> None:
    """GB 32100-2015; D45: required of enterprises only."""
    response = client.post(INSURANCE, json=at(insurance(), "/applicant/uscc", uscc))
    assert response.status_code == 422
    assert errors(response) == {("/applicant/uscc", code)}
    assert response.json()["code"] == code


def test_errors_that_only_follow_from_another_are_left_out(client: httpx.Client) -> None:
    response = client.post(INSURANCE, json=at(insurance(), "/policies/0/premium", 1))
    assert errors(response) == {("/policies/0/premium", "INVALID_TYPE")}


def test_at_most_a_hundred_errors_are_listed(client: httpx.Client) -> None:
    policy = insurance()["policies"][0] | {"premium": 1}
    response = client.post(INSURANCE, json=insurance(policies=[policy] * 200))
    assert response.status_code == 422
    assert len(response.json()["errors"]) == 100


def test_nothing_of_the_request_is_repeated(client: httpx.Client) -> None:
    secret = "某某机密科技有限公司"
    body = at(insurance(), "/applicant/name", secret)
    body = at(body, "/policies/0/premium", secret)
    body = at(body, "/policies/0/" + secret * 10, 1)
    body = at(body, "/policies/0/unit_kind", secret)
    for path in (INSURANCE, LOAN):
        response = client.post(path, json=body)
        assert response.status_code == 422
        assert secret not in response.text


MOMENT = "2025-03-10T16:05:00+08:00"


@pytest.mark.parametrize(
    ("sent", "same"),
    [
        ("2025-03-10T16:05:00.0000000+08:00", MOMENT),  # .NET, "O"
        ("2025-03-10T08:05:00.0000000Z", MOMENT),
        ("2025-03-10T16:05:00.000000000+08:00", MOMENT),  # Java, with nanoseconds
        ("2025-03-10T16:05:00.1+08:00", "2025-03-10T16:05:00.100000+08:00"),
        ("2025-03-10T16:05:00.123456789+08:00", "2025-03-10T16:05:00.123456+08:00"),  # what is below a microsecond is cut off
        ("2025-03-10T16:05:00.1234569999999999999999+08:00", "2025-03-10T16:05:00.123456+08:00"),
        ("2025-03-10T08:05:00Z", MOMENT),
        ("2025-03-10t16:05:00+08:00", MOMENT),  # RFC 3339 allows small letters
        ("2025-03-10t08:05:00z", MOMENT),
        ("2025-03-10T08:05:00-00:00", MOMENT),
        ("2025-03-10T08:05:00+00:00", MOMENT),
        ("2025-03-10T03:05:00-05:00", MOMENT),
        ("2025-03-10T13:50:00+05:45", MOMENT),
        ("2025-03-11T08:04:00+23:59", MOMENT),
    ],
)
def test_any_instant_of_rfc_3339_is_taken(client: httpx.Client, sent: str, same: str) -> None:
    """As known_at it is answered; as application_at it is the same fact, so the calculation has the same id."""
    body = insurance(application_date="2025-03-10")
    known = client.post(INSURANCE, json=body | {"known_at": sent})
    assert known.status_code == 200, known.text
    assert known.json()["known_at"] == same
    ids = [client.post(INSURANCE, json=body | {"application_at": at}).json()["calculation_id"] for at in (sent, same)]
    assert ids[0] == ids[1]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("2025-03-10T16:05+08:00", "INVALID_INSTANT"),
        ("2025-03-10T16:05:00.+08:00", "INVALID_INSTANT"),
        ("2025-03-10T16:05:00,5+08:00", "INVALID_INSTANT"),
        ("2025-03-10T16:05:00+08", "INVALID_INSTANT"),
        ("2025-03-10T16:05:00 +08:00", "INVALID_INSTANT"),
        ("2025-03-10T16:05:00+24:00", "INVALID_DATE"),
        ("2025-03-10T23:59:60+08:00", "INVALID_DATE"),  # no leap second was ever then
        ("2025-02-29T16:05:00+08:00", "INVALID_DATE"),
        ("2025-03-10T16:05:00." + "0" * 41 + "Z", "INVALID_INSTANT"),
        ("2025-03-10T16:05:00." + "0" * 60 + "Z", "TOO_LONG"),
    ],
)
def test_what_is_no_instant_of_rfc_3339(client: httpx.Client, sent: str, code: str) -> None:
    assert errors(client.post(INSURANCE, json=insurance(known_at=sent))) == {("/known_at", code)}
