"""The OpenAPI document: complete, in Chinese, unchanged unless meant, and its examples really answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, is_typeddict

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.api.calculations import case_lists, repeats
from app.api.calculations.examples import MANY, SINGLE
from app.api.openapi.operation_examples import ANSWERS, EXAMPLES
from app.api.openapi.titles import FIELDS
from app.calculators.claims import model as facts
from app.calculators.claims import patterns
from app.calculators.results import model as results
from app.errors import KINDS
from app.main import create_app
from app.services import draft_impact as effects
from app.services import impact as effect
from app.services import totals
from app.services import trial as trying
from app.settings import Settings
from tests.contract.requests import INSURANCE, LOAN, at, errors, insurance, loan

SNAPSHOT = Path(__file__).with_name("openapi.json")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CASES = [(f"/v1/{kind}/calculate{tail}", name) for tail, all_ in (("", SINGLE), ("/batch", MANY)) for kind in all_ for name in all_[kind]]


KNOWN_AT = "2026-12-01T00:00:00+08:00"  # an answer of what was known then is the same for ever; a later one is known to no release yet


@pytest.fixture(scope="module")
def document(app: FastAPI, client: httpx.Client, update_snapshots: bool) -> dict[str, Any]:
    """The document as it is served; ``UPDATE_SNAPSHOTS=1`` first writes the answers that it shows."""
    if update_snapshots:
        made: dict[str, dict[str, Any]] = {}
        for path, name in CASES:
            body = (MANY if path.endswith("/batch") else SINGLE)[path.split("/")[2]][name]["value"]
            answered = client.post(path, json={**body, "known_at": KNOWN_AT})
            assert answered.status_code == 200
            kind = path.removeprefix("/v1/").replace("-", "_").split("/")
            made.setdefault("_".join([kind[1], kind[0], *kind[2:]]), {})[name] = answered.json()
        ANSWERS.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        app.openapi_schema = None
    served: dict[str, Any] = client.get("/openapi.json").json()
    return served


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation of everything documented."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_document_changes_only_when_meant(document: dict[str, Any], update_snapshots: bool) -> None:
    """``UPDATE_SNAPSHOTS=1`` writes the snapshot; the change is then read in review."""
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if update_snapshots:
        SNAPSHOT.write_text(text)
    assert text == SNAPSHOT.read_text()


def test_it_is_openapi_3_1_with_every_operation_of_the_contract(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    listed = {f"{method.upper()} {path}" for path, method, _ in operations(document)}
    calculations = {"loan-interest-subsidies", "insurance-subsidies", "awards", "grants"}
    assert listed == {
        *(f"POST /v1/{kind}/calculate{tail}" for kind in calculations for tail in ("", "/batch")),
        "GET /v1/funds",
        "GET /v1/batches",
        "GET /v1/batches/{batch_id}",
        "GET /v1/rate-tables",
        "GET /v1/rate-tables/{table_id}",
        "GET /v1/rate-tables/{table_id}/versions",
        "GET /v1/rate-tables/{table_id}/versions/{version}",
        "GET /v1/rate-tables/{table_id}/versions/{version}/diff",
        "GET /v1/reference-rates",
        "GET /v1/reference-rates/{series}",
        "POST /v1/drafts",
        "GET /v1/drafts",
        "GET /v1/drafts/{draft_id}",
        "PUT /v1/drafts/{draft_id}",
        "DELETE /v1/drafts/{draft_id}",
        *(f"POST /v1/drafts/{{draft_id}}/{step}" for step in ("check", "approve", "publish", "effect", "calculate")),
        "GET /v1/drafts/{draft_id}/report",
        "POST /v1/reference-rates",
        "POST /v1/keys",
        "GET /v1/keys",
        "POST /v1/keys/{key_id}/rotate",
        "DELETE /v1/keys/{key_id}",
        "GET /v1/audit",
        "GET /health/live",
        "GET /health/ready",
        "GET /metrics",
    }


def test_every_operation_is_described_in_chinese(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    for path, method, operation in operations(document):
        for key in ("summary", "description"):
            assert CHINESE.search(operation[key]), (method, path, key)
        for parameter in operation.get("parameters", []):
            assert CHINESE.search(parameter["description"]), (method, path, parameter["name"])
        for status, response in operation["responses"].items():
            assert CHINESE.search(response["description"]), (method, path, status)
            assert "X-Request-ID" in response["headers"]


def fields_of(schema: dict[str, Any], place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Place and schema of every property in a schema."""
    for name, inner in schema.get("properties", {}).items():
        yield f"{place}.{name}", inner
        yield from fields_of(inner, f"{place}.{name}")


def test_every_object_and_field_is_described_in_chinese(document: dict[str, Any]) -> None:
    """A title is in the description, which readers show; what becomes a class of a client has none, and keeps its English name."""
    titled = 0
    for name, schema in document["components"]["schemas"].items():
        assert "title" not in schema, name
        assert CHINESE.search(schema["description"]), name
        for place, field in fields_of(schema, name):
            if "$ref" in field and "description" not in field:
                continue  # the object it names has its own description
            assert CHINESE.search(field["description"]), place
            assert field["description"].startswith(field.get("title", "")), place
            titled += "title" in field
    assert titled > 300


def test_what_may_be_left_out_has_no_default_but_in_words(document: dict[str, Any]) -> None:
    """Generators take a field with a default to be always there."""
    schemas = document["components"]["schemas"]
    places = [(place, field) for name, schema in schemas.items() for place, field in fields_of(schema, name)]
    assert [place for place, field in places if "default" in field] == []
    assert "不填为 CNY" in schemas["Contract"]["properties"]["currency"]["description"]
    assert "不填为 false" in schemas["Applicant"]["properties"]["uscc_confirmed"]["description"]


def test_every_field_of_an_answer_is_titled_once() -> None:
    ours = (results, case_lists, totals, repeats, effect, effects, trying)
    working = (case_lists.CaseList, case_lists._Case, repeats.Repeats, effect.Comparison, effect._Side)
    kinds = [kind for module in ours for kind in vars(module).values() if is_dataclass(kind) or is_typeddict(kind)]
    expected = {
        f"{kind.__name__.removesuffix('_')}.{field}"
        for kind in kinds
        if kind.__module__ in {module.__name__ for module in ours} and kind not in working
        for field in kind.__annotations__
    }
    assert set(FIELDS) == expected


def test_every_operation_says_which_scope_it_needs(document: dict[str, Any]) -> None:
    """Health is open. On loopback, where this document was made, ``{}`` says that calculating and reading are, too."""
    assert document["components"]["securitySchemes"]["bearer"] | {"description": ""} == {
        "type": "http",
        "scheme": "bearer",
        "description": "",
    }
    for path, method, operation in operations(document):
        match path.split("/")[1:]:
            case ["health", _]:
                needed = []
            case ["v1", "keys", *_]:
                needed = [{"bearer": ["keys:admin"]}]
            case ["v1", "audit"]:
                needed = [{"bearer": ["audit:read"]}]
            case ["v1", "drafts" | "reference-rates"] if method == "post":
                needed = [{"bearer": ["tables:write"]}]
            case ["v1", "drafts", _] if method in ("put", "delete"):
                needed = [{"bearer": ["tables:write"]}]
            case ["v1", "drafts", _, "check"]:
                needed = [{"bearer": ["tables:write"]}]
            case ["v1", "drafts", _, "approve" | "publish"]:
                needed = [{"bearer": ["tables:approve"]}]
            case ["v1", "drafts", *_]:
                needed = [{"bearer": ["tables:write"]}, {"bearer": ["tables:approve"]}]
            case [*_, "calculate"] | [*_, "calculate", "batch"]:
                needed = [{}, {"bearer": ["calculate"]}]
            case _:
                needed = [{}, {"bearer": ["tables:read"]}]
        assert operation.get("security") == needed, (method, path)
        if needed:
            for status in ("401", "403"):
                assert "WWW-Authenticate" in operation["responses"][status]["headers"]


def test_answers_leave_no_field_out(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name in ("Result", "ItemResult", "Segment", "Step", "CapResult", "BatchView", "TableView", "Problem"):
        assert set(schemas[name]["required"]) == set(schemas[name]["properties"]), name


def test_each_endpoint_takes_its_own_facts_alone(document: dict[str, Any]) -> None:
    expected = {
        "loan-interest-subsidies": {"contracts"},
        "insurance-subsidies": {"policies"},
        "awards": {"items", "projects"},
        "grants": {"items", "projects"},
    }
    for kind, lists in expected.items():
        body = document["paths"][f"/v1/{kind}/calculate"]["post"]["requestBody"]
        assert body["required"] is True
        reference = body["content"]["application/json"]["schema"]["$ref"]
        schema = document["components"]["schemas"][reference.rsplit("/", 1)[1]]
        taken = set()
        for part in [document["components"]["schemas"][one["$ref"].rsplit("/", 1)[1]] for one in schema.get("anyOf", ())] or [schema]:
            assert part["additionalProperties"] is False
            listed = {name: part["properties"][name]["type"] for name in lists if name in part["properties"]}
            assert sorted(listed.values()) == ["array", *["null"] * (len(lists) - 1)]
            assert set(part["properties"]) & {"contracts", "policies", "items", "projects"} == lists
            taken |= {name for name, type_ in listed.items() if type_ == "array" and name in part["required"]}
        assert taken == lists


def test_every_limit_is_in_the_schema(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    loan = schemas["LoanClaim"]["properties"]
    assert loan["contracts"]["maxItems"] == facts.MAX_CONTRACTS
    assert loan["contracts"]["minItems"] == 1
    assert schemas["LoanClaimList"]["properties"]["cases"]["maxItems"] == 10_000
    assert schemas["Policy"]["properties"]["premium"]["pattern"] == patterns.MONEY_PATTERN
    for name in ("Contract", "Policy", "Item", "Project", "Applicant", "Drawdown", "InterestVoucher"):
        for field, schema in schemas[name]["properties"].items():
            for part in schema.get("anyOf", [schema]):
                if part.get("type") == "string" and "enum" not in part:
                    assert "maxLength" in part, (name, field)
                if part.get("type") == "array":
                    assert "maxItems" in part, (name, field)


def test_every_operation_documents_the_problems_it_can_answer(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        statuses = set(operation["responses"])
        assert {"414", "421", "431", "500"} <= statuses, path
        if not path.startswith("/health/"):
            assert {"401", "403", "503"} <= statuses, path
        if "/drafts/" in path and method != "get":
            assert {"401", "403", "404", "406", "422"} <= statuses, path
            if operation["operationId"] not in ("effect_of_draft", "calculate_under_draft"):
                assert {"409", "412", "428"} <= statuses, path
        elif "/calculate" in path:
            assert statuses == {"200", "400", "401", "403", "404", "406", "413", "414", "415", "421", "422", "431", "500", "503"}, path
        elif method == "post":
            assert {"400", "406", "413", "415", "422"} <= statuses, path
        elif method == "get" and path.startswith("/v1/") and not path.startswith(("/v1/keys", "/v1/audit", "/v1/drafts")):
            assert {"200", "304", "406", "422"} <= statuses, path
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert response["content"]["application/problem+json"]["schema"] == {
                    "$ref": "#/components/schemas/Problem"
                }
    assert document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"] == list(KINDS)


@pytest.mark.parametrize(("path", "name"), CASES)
def test_the_examples_answer(client: httpx.Client, document: dict[str, Any], path: str, name: str) -> None:
    """One ordinary example, in which no cap binds, and one in which a cap does."""
    named = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["examples"]
    assert len(named) >= 2
    assert CHINESE.search(named[name]["summary"])
    body = named[name]["value"]
    response = client.post(path, json={**body, "detail": "FULL"} if path.endswith("/batch") else body)
    assert response.status_code == 200
    answers = [response.json()]
    if path.endswith("/batch"):
        assert client.post(path, json=body).json()["totals"] == response.json()["totals"]
        answers = [case["result"] for case in response.json()["cases"]]
        assert len(answers) == len(body["cases"])
    assert all(answer["status"] == "ELIGIBLE" for answer in answers)
    assert all(answer["amount"] != "0.00" for answer in answers)
    binding = [any(cap["binding"] for cap in answer["caps"]) for answer in answers]
    assert binding[-1] == (name == "at_cap")
    assert not any(binding[:-1])


@pytest.mark.parametrize(("path", "name"), CASES)
def test_the_answers_shown_are_those_of_the_service(client: httpx.Client, document: dict[str, Any], path: str, name: str) -> None:
    """Byte for byte: the example is sent again with the instant whose knowledge the answer used."""
    operation = document["paths"][path]["post"]
    body = operation["requestBody"]["content"]["application/json"]["examples"][name]["value"]
    shown = operation["responses"]["200"]["content"]["application/json"]["examples"][name]["value"]
    response = client.post(path, json={**body, "known_at": KNOWN_AT})
    assert response.status_code == 200
    assert response.text == json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def named_examples(operation: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Every named example of an operation, wherever it stands: body, parameters, answers."""
    found: dict[str, list[dict[str, Any]]] = {}
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    places = [*operation.get("parameters", ()), *(content for body in bodies for content in body.get("content", {}).values())]
    for place in places:
        for name, example in place.get("examples", {}).items():
            found.setdefault(name, []).append(example)
    return found


def test_every_operation_has_two_named_examples(document: dict[str, Any]) -> None:
    assert any(operations(document))
    for path, method, operation in operations(document):
        named = named_examples(operation)
        assert len(named) >= 2, (method, path, list(named))
        assert all(CHINESE.search(one["summary"]) for examples in named.values() for one in examples), (method, path)


GIVEN = [(operation, name) for operation, named in EXAMPLES.items() for name, one in named.items() if one.given and one.status != 204]
OPEN = [(operation, name) for operation, name in GIVEN if operation not in ("list_drafts", "read_audit")]


@pytest.mark.parametrize(("operation_id", "name"), OPEN)
def test_the_parameters_of_an_example_are_answered(client: httpx.Client, document: dict[str, Any], operation_id: str, name: str) -> None:
    """As the document has them: each parameter's value stands under the example's name."""
    path, operation = next((path, one) for path, _, one in operations(document) if one["operationId"] == operation_id)
    given = {one["name"]: (one["in"], one["examples"][name]["value"]) for one in operation["parameters"] if name in one.get("examples", {})}
    assert {key: value for key, (_, value) in given.items()} == EXAMPLES[operation_id][name].given
    query = {key: value for key, (place, value) in given.items() if place == "query"}
    headers = {key: value for key, (place, value) in given.items() if place == "header"}
    for key, (place, value) in given.items():
        path = path.replace(f"{{{key}}}", str(value)) if place == "path" else path
    response = client.get(path, params=query, headers=headers)
    assert response.status_code == EXAMPLES[operation_id][name].status, response.text
    if response.status_code == 200:
        assert any(response.json().values())


def test_health_and_metrics_answer_what_the_examples_show(client: httpx.Client, database: str) -> None:
    assert client.get("/health/live").json() == EXAMPLES["live"]["ordinary"].answer
    with TestClient(create_app(Settings(database_url=f"{database}-none")), base_url="http://localhost") as empty:
        assert empty.get("/health/live").json() == EXAMPLES["live"]["without_tables"].answer
        assert empty.get("/health/ready").status_code == 503
    shown = EXAMPLES["ready"]
    assert client.get("/health/ready").json().keys() == shown["ordinary"].answer.keys() == shown["degraded"].answer.keys()
    metrics = client.get("/metrics").text
    for example in EXAMPLES["metrics"].values():
        assert f"\n{re.split('[{ ]', example.answer)[0]}" in metrics


def test_what_carries_an_etag_says_so(client: httpx.Client, document: dict[str, Any]) -> None:
    tagged = [one for one in operations(document) if "304" in one[2]["responses"]]
    assert tagged
    for path, method, operation in tagged:
        assert method == "get"
        for status in ("200", "304"):
            assert "ETag" in operation["responses"][status]["headers"], path
        assert "If-None-Match" in [one["name"] for one in operation["parameters"]]


@pytest.mark.parametrize(
    ("model", "field", "path", "body", "pointer"),
    [
        ("InsuranceClaim", "application_date", INSURANCE, insurance(version=1), "/application_date"),
        ("Contract", "signed_on", LOAN, loan(), "/contracts/0/signed_on"),
        ("Contract", "matures_on", LOAN, loan(), "/contracts/0/matures_on"),
        ("Period", "from", LOAN, loan(claim_period={"from": "2022-03-05", "until": "2023-10-01"}), "/claim_period/from"),
        ("Period", "until", LOAN, loan(claim_period={"from": "2022-03-05", "until": "2023-10-01"}), "/claim_period/until"),
        ("Policy", "period_from", INSURANCE, insurance(), "/policies/0/period_from"),
        ("Policy", "period_until", INSURANCE, insurance(), "/policies/0/period_until"),
    ],
)
def test_days_beyond_those_of_the_schema_are_refused(
    client: httpx.Client, document: dict[str, Any], model: str, field: str, path: str, body: dict[str, Any], pointer: str
) -> None:
    schema = document["components"]["schemas"][model]["properties"][field]
    for limit, step in (("x-first-day", -1), ("x-last-day", 1)):
        day = date.fromisoformat(schema[limit]) + timedelta(days=step)
        response = client.post(path, json=at(body, pointer, day.isoformat()))
        assert response.status_code == 422, (limit, day)
        codes = {code for _, code in errors(response)}
        assert codes & {"DATE_OUT_OF_RANGE", "DATES_OUT_OF_ORDER"}, codes


def test_a_day_at_the_limit_of_the_schema_is_taken(client: httpx.Client, document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    earliest = schemas["Period"]["properties"]["from"]["x-first-day"]
    assert client.post(LOAN, json=loan(claim_period={"from": earliest, "until": "2023-10-01"})).status_code == 200
    latest = schemas["InsuranceClaim"]["properties"]["application_date"]["x-last-day"]
    assert client.post(INSURANCE, json=insurance(version=1, application_date=latest)).status_code == 200


def test_the_sixty_years_of_the_schema_are_those_that_are_enforced(client: httpx.Client, document: dict[str, Any]) -> None:
    assert document["components"]["schemas"]["Period"]["properties"]["until"]["description"] == "止日（不含）。期间至多 60 年。"
    for until, status in (("2060-01-01", 200), ("2060-04-01", 422)):
        assert client.post(LOAN, json=loan(claim_period={"from": "2000-01-01", "until": until})).status_code == status
