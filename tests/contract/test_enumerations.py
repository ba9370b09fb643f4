"""Each list of codes in the OpenAPI document against the code: every value is taken, produced, or read from where the code decides."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from app.access.scopes import Scope
from app.api.http import parameters
from app.calculators.quantities.day_counts import DAY_COUNTS
from app.calculators.terms import builtins as names
from app.calculators.terms import model as terms
from app.calculators.terms.code_lists import AUTHORITIES
from app.calculators.terms.model import TermsError
from app.calculators.terms.parser import parse_terms
from app.errors import KINDS
from app.services import draft_models
from app.services.enumerations import ENUMERATIONS
from app.services.summary import DETAILS
from app.tables.drafts import publication_plan as proposals
from app.tables.files import batch_file as notices
from app.tables.storage import write_order as order
from tests.contract.requests import INSURANCE, LOAN, at, errors, insurance, loan

ROOT = Path(__file__).resolve().parents[2]
VOUCHER = {"from": "2022-03-05", "until": "2023-11-01", "amount": "4000000.00"}
FIRST_HALF = {"from": "2022-03-05", "until": "2023-03-05", "amount": "2000000.00"}


def voucher(kind: str) -> dict[str, Any]:
    """A loan whose second voucher is of a kind."""
    second = {**VOUCHER, "kind": kind} | ({} if kind == "REVERSAL" else {"receipt_no": "2"})
    return loan() | {"contracts": [loan()["contracts"][0] | {"interest_paid": [VOUCHER | {"receipt_no": "1"}, second]}]}


def floating(word: str, value: str) -> dict[str, Any]:
    """A loan with one word of its floating rate said; listed days come with their list."""
    rate = loan()["contracts"][0]["rate"] | ({"reset_dates": ["2023-03-05"]} if value == "LISTED" else {}) | {word: value}
    return at(loan(), "/contracts/0/rate", rate)


def rate(kind: str) -> dict[str, Any]:
    """A loan with a rate of a kind."""
    said = {"FIXED": {"annual_rate": "0.0400"}, "STEPPED": {"steps": [{"from": "2022-03-05", "annual_rate": "0.0400"}]}}
    return at(loan(), "/contracts/0/rate", {"series": "LPR_5Y", "reset": "JAN_1"} | {"kind": kind} if kind == "FLOATING" else {"kind": kind} | said.get(kind, {}))


# List or place -> where the value stands, and the request in which it does.
TAKEN: dict[str, tuple[str, str, Callable[[str], dict[str, Any]]]] = {
    "DayCount": (LOAN, "/contracts/0/day_count", lambda value: at(loan(), "/contracts/0/day_count", value)),
    "LoanPurpose": (LOAN, "/contracts/0/purposes/0", lambda value: at(loan(), "/contracts/0/purposes", [value])),
    "ExcludedReason": (
        LOAN,
        "/contracts/0/excluded_periods/0/reason",
        lambda value: at(loan(), "/contracts/0/excluded_periods", [{"from": "2023-01-01", "until": "2023-01-11", "reason": value}]),
    ),
    "RepaymentMethod": (
        LOAN,
        "/contracts/0/repayment_plan/method",
        lambda value: at(loan(), "/contracts/0/repayment_plan", {"method": value}),
    ),
    "ResetRule": (LOAN, "/contracts/0/rate/reset", lambda value: floating("reset", value)),
    "ResetLookup": (LOAN, "/contracts/0/rate/lookup", lambda value: floating("lookup", value)),
    "VoucherKind": (LOAN, "/contracts/0/interest_paid/1/kind", voucher),
    "FixedRate.kind": (LOAN, "/contracts/0/rate/kind", rate),
    "SteppedRate.kind": (LOAN, "/contracts/0/rate/kind", rate),
    "FloatingRate.kind": (LOAN, "/contracts/0/rate/kind", rate),
}
READ: dict[str, Any] = {  # what decides: the lists by which files, drafts and keys are read, and the types that mypy holds answers to
    "SupportMethod": notices.METHODS,
    "SupportArea": notices.AREAS,
    "Confidence": notices.CONFIDENCES,
    "Authority": AUTHORITIES,
    "FactKind": names.BUILT_IN,
    "MeasureOf": {one for of in names.MEASURE_OF.values() for one in of},
    "ApplicantKind": terms.APPLICANT_KINDS,
    "DayCount": DAY_COUNTS,
    "DraftKind": proposals.KINDS,
    "DraftState": ("DRAFT", *order.STEPS),
    "DraftStep": order.STEPS,
    "Detail": DETAILS,
    "Problem.code": KINDS,
    "KeyRequest.scopes": Scope,
    "KeyView.scopes": Scope,
}
PRODUCED_IN = {  # the tests in which each value of an answer is met
    "Degraded.what": ("tests/storage/faults.py", "tests/storage/test_altered.py"),
    "Ready.status": ("tests/contract/test_headers.py", "tests/storage/test_altered.py", "tests/storage/faults.py"),
    "KeyView.status": ("tests/access/test_keys.py",),
    "TableView.state": ("tests/contract/test_tables.py",),
    "VersionEntry.state": ("tests/contract/test_tables.py",),
    "Live.status": ("app/api/openapi/operation_examples.py",),  # compared in tests/contract/test_openapi.py
    "TableProvenance.authority": ("tests/drafts/test_life.py",),
}
OBSERVED = {"ResultStatus", "AmountKind", "InterestBasis", "SeriesEntry.values_are", "SeriesView.values_are", "MeasureType"}


def listed(schema: Any, place: str) -> Iterator[tuple[str, list[str]]]:
    """Every list of codes in a schema, by its place: of a field without a list of its own name, the object and the field."""
    if isinstance(schema, dict):
        if "enum" in schema or "const" in schema:
            yield place, schema.get("enum") or [schema["const"]]
        for name, field in schema.get("properties", {}).items():
            yield from listed(field, f"{place}.{name}")
        for word in ("items", "additionalProperties"):
            yield from listed(schema.get(word), place)
        for word in ("anyOf", "oneOf"):
            for part in schema.get(word, ()):
                yield from listed(part, place)


@pytest.fixture(scope="module")
def lists(client: httpx.Client) -> dict[str, list[str]]:
    """Every list of the document."""
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    return {place: values for name, schema in schemas.items() for place, values in listed(schema, name)}


def test_every_list_is_held(lists: dict[str, list[str]]) -> None:
    """One that is new needs a row here."""
    assert set(lists) == TAKEN.keys() | READ.keys() | PRODUCED_IN.keys() | OBSERVED
    assert set(ENUMERATIONS) <= set(lists)


@pytest.mark.parametrize("place", TAKEN)
def test_what_a_request_may_say_is_taken(client: httpx.Client, lists: dict[str, list[str]], place: str) -> None:
    path, pointer, body = TAKEN[place]
    for value in lists[place]:
        response = client.post(path, json=body(value))
        assert response.status_code == 200, (value, response.text)
    refused = client.post(path, json=body("NO_SUCH_CODE"))
    assert errors(refused) == {(pointer, "INVALID_VALUE")}
    assert all(value in refused.json()["errors"][0]["detail"] for value in lists[place])


@pytest.mark.parametrize("place", READ)
def test_what_files_drafts_and_keys_may_say_is_listed(lists: dict[str, list[str]], place: str) -> None:
    assert sorted(lists[place]) == sorted(READ[place])


def test_the_types_of_requests_and_answers_have_the_lists() -> None:
    for name, kind in {
        "SupportMethod": parameters.Method,
        "SupportArea": parameters.Area,
        "DraftKind": draft_models.Kind,
        "DraftState": draft_models.StateName,
    }.items():
        assert get_args(kind) == tuple(ENUMERATIONS[name].codes), name


def test_who_applies_is_taken_in_each_spelling(client: httpx.Client, lists: dict[str, list[str]]) -> None:
    """Whether the table is meant for them is another question, and another code."""
    for value in lists["ApplicantKind"]:
        response = client.post(INSURANCE, json=at(insurance(), "/applicant/kind", value))
        assert response.status_code == (200 if value == "ENTERPRISE" else 422)
        assert response.status_code == 200 or ("/applicant/kind", "INVALID_VALUE") not in errors(response)
    assert errors(client.post(INSURANCE, json=at(insurance(), "/applicant/kind", "FIRM"))) == {("/applicant/kind", "INVALID_VALUE")}


def test_details_are_taken(client: httpx.Client, lists: dict[str, list[str]]) -> None:
    for value in lists["Detail"]:
        assert client.post(INSURANCE, params={"detail": value}, json=insurance()).status_code == 200
    assert client.post(INSURANCE, params={"detail": "SOME"}, json=insurance()).status_code == 422


def test_interest_is_paid_estimated_or_both(client: httpx.Client, lists: dict[str, list[str]]) -> None:
    vouchers = {"PAID": [VOUCHER], "ESTIMATED": [], "MIXED": [FIRST_HALF]}
    for basis, given in vouchers.items():
        answer = client.post(LOAN, json=at(loan(), "/contracts/0/interest_paid", given)).json()
        assert [one["interest_basis"] for one in answer["items"]] == [basis]
    assert set(lists["InterestBasis"]) == set(vouchers)
    assert client.post(INSURANCE, json=insurance()).json()["items"][0]["interest_basis"] is None


def test_each_status_and_kind_of_amount_is_answered(client: httpx.Client, lists: dict[str, list[str]]) -> None:
    refused = client.post(INSURANCE, json=at(insurance(), "/applicant/registered_in_beijing", False)).json()
    granted = client.post(INSURANCE, json=insurance()).json()
    assert [granted["status"], refused["status"]] == lists["ResultStatus"]
    exact = client.post("/v1/insurance-subsidies/calculate", json=_first_set()).json()
    assert [granted["amount_kind"], exact["amount_kind"]] == lists["AmountKind"]


def _first_set() -> dict[str, Any]:
    policy = {**insurance()["policies"][0], "insurance_type": "FIRST_SET", "unit_kind": "EQUIPMENT", "first_insured_on": "2019-06-01", "paid_on": "2019-05-20"}
    policy |= {"period_from": "2019-06-01", "period_until": "2020-06-01"}
    del policy["launched_on"], policy["launch_approved"]
    return insurance(rate_table="cn-firstset-2019-0-1", application_date="2019-12-20", policies=[policy])


def test_series_are_rates_or_numbers(client: httpx.Client, lists: dict[str, list[str]]) -> None:
    entries = client.get("/v1/reference-rates").json()["reference_rates"]
    for place in ("SeriesEntry.values_are", "SeriesView.values_are"):
        assert {one["values_are"] for one in entries} <= set(lists[place])
        assert lists[place] == ["PERCENT", "NUMBER"]


def test_a_fact_is_declared_with_each_type(lists: dict[str, list[str]]) -> None:
    def faults(kind: str) -> list[str]:
        more = {"unit": "kg", "decimals": "3"} if kind == "QUANTITY" else {}
        declared = {"of": "ITEM", "type": kind, "title": "某项", "clause": "某项"} | more
        line = {"id": "ALL", "base": "base_amount", "rate": "10%", "clause": "10%"}
        try:
            parse_terms({"facts": "ITEMS", "wording": "EXACT", "needs": {"some": declared}, "lines": [line]})
        except TermsError as refused:
            return [one.place for one in refused.faults]
        return []

    assert {kind: faults(kind) for kind in lists["MeasureType"]} == {kind: [] for kind in lists["MeasureType"]}
    assert faults("TEXT") == ["needs/some/type"]


def test_tables_say_nothing_that_is_not_listed(client: httpx.Client, lists: dict[str, list[str]]) -> None:
    """Over everything that is published; what occurs nowhere is held to what reads the files."""
    entries = client.get("/v1/rate-tables", params={"limit": 1000}).json()["rate_tables"]
    tables = [client.get(f"/v1/rate-tables/{one['id']}").json() for one in entries if one["loaded"]]
    assert len(tables) > 30
    found = {
        "SupportMethod": {one["method"] for one in tables},
        "SupportArea": {one["area"] for one in entries} - {None},
        "FactKind": {one["facts"] for one in tables},
        "ApplicantKind": {kind for one in tables for kind in one["applicants"]},
        "Authority": {one["authority"] for one in tables},
        "Confidence": {one["confidence"] for one in tables} - {None},
        "MeasureOf": {need["of"] for one in tables for need in one["needs"].values()},
        "MeasureType": {need["type"] for one in tables for need in one["needs"].values()},
    }
    assert {name: values - set(lists[name]) for name, values in found.items()} == {name: set() for name in found}
    assert all(found.values()), found


@pytest.mark.parametrize("place", PRODUCED_IN)
def test_what_other_tests_meet_is_in_them(lists: dict[str, list[str]], place: str) -> None:
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in PRODUCED_IN[place])
    assert [value for value in lists[place] if json.dumps(value) not in text] == []


def formatted(schema: dict[str, Any], value: Any, schemas: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The format of every text in a value whose schema has one, with the text."""
    if "$ref" in schema:
        yield from formatted(schemas[schema["$ref"].rsplit("/", 1)[1]], value, schemas)
    for part in schema.get("anyOf", ()):
        yield from formatted(part, value, schemas)
    if isinstance(value, str) and "format" in schema:
        yield schema["format"], value
    if isinstance(value, list) and "items" in schema:
        for one in value:
            yield from formatted(schema["items"], one, schemas)
    if isinstance(value, dict):
        for name, field in schema.get("properties", {}).items():
            yield from formatted(field, value.get(name), schemas)


def test_days_and_instants_of_answers_are_such(client: httpx.Client) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    loan_answer = client.post(LOAN, json=at(loan(), "/contracts/0/interest_paid", [VOUCHER])).json()
    found = list(formatted(schemas["Result"], loan_answer, schemas))
    for path, name in (
        ("/v1/rate-tables/bj-gjj-2023-2-2", "TableView"),
        ("/v1/rate-tables/bj-gjj-2023-2-2/versions", "VersionList"),
        ("/v1/reference-rates", "SeriesList"),
        ("/v1/reference-rates/LPR_5Y", "SeriesView"),
        ("/v1/funds", "FundList"),
        ("/health/ready", "Ready"),
    ):
        shown = list(formatted(schemas[name], client.get(path).json(), schemas))
        assert shown, name
        found += shown
    assert {kind for kind, _ in found} == {"date", "date-time"}
    for kind, text in found:
        if kind == "date":
            assert date.fromisoformat(text).isoformat() == text
        else:
            assert datetime.fromisoformat(text).tzinfo is not None
