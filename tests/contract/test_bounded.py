"""What comes in is measured before it is read: lists before entries, faults up to a hundred, values and keys before decoding."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from starlette.types import Message

from app import limits
from app.api.calculations import case_lists
from app.api.calculations.case_lists import read_case_list
from app.api.http import change_bodies as entering
from app.api.http import request_body as bodies
from app.api.http.problems import document
from app.api.keys.schemas import KeyRequest
from app.calculators.claims import model as facts
from app.claim_input import json_reader as json_bodies
from app.claim_input import json_size as structure
from app.claim_input import strict_models as strict_bodies
from app.claim_input.claim_schemas import json_schemas
from app.claim_input.json_size import check_structure
from app.claim_input.strict_models import read
from app.errors import MAX_ERRORS, ProblemError
from app.services.calculation import KINDS, Kind, read_claim
from app.services.draft_models import DraftRequest, EffectRequest, MonthRequest
from tests.contract.requests import INSURANCE, LOAN, at, errors, insurance, loan
from tests.contract.test_strict_input import REFUSED

JSON = {"Content-Type": "application/json"}
MANY = 100_000
OF_ONE_OBJECT = 500  # faults that one object alone can have beyond those that are looked for: its lists of codes and days


def told(problem: ProblemError) -> dict[str, Any]:
    """The problem as it is sent, in English."""
    return document(problem, language="en", instance="/", request_id="x")


def refused(body: bytes, kind: Kind) -> ProblemError:
    """The problem of a claim."""
    with pytest.raises(ProblemError) as raised:
        read_claim(body, kind)
    return raised.value


# --- lists and maps ---------------------------------------------------------------------------------


def bounded(schema: Any, schemas: dict[str, Any], path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], int, Any]]:
    """Each list and map of a schema that has a limit: a path to one, its limit, and what stands for one entry of it."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    for choice in [*schema.get("anyOf", ()), *schema.get("oneOf", ())]:
        yield from bounded(choice, schemas, path)
    if "maxItems" in schema:
        yield path, schema["maxItems"], [{}]
        yield from bounded(schema["items"], schemas, (*path, 0))
    if "maxProperties" in schema:
        yield path, schema["maxProperties"], {"a": 1}
    kind = schema.get("properties", {}).get("kind", {}).get("const")
    for name, part in schema.get("properties", {}).items():
        yield from bounded(part, schemas, (*path, *([("kind", kind)] if kind else []), name))


def holding(path: tuple[Any, ...], value: Any) -> Any:
    """A body that is empty but for what stands at a path."""
    if not path:
        return value
    first, *rest = path
    if isinstance(first, tuple):
        return {**holding(tuple(rest), value), "kind": first[1]}
    return [holding(tuple(rest), value)] if first == 0 else {first: holding(tuple(rest), value)}


SCHEMAS = json_schemas("#/{model}")
LISTS = [(kind, path, most, entry) for kind in KINDS for path, most, entry in bounded(SCHEMAS[kind.reader.kind.__name__], SCHEMAS)]


def test_every_list_of_the_model_has_a_limit() -> None:
    """And is found by the walk: the ones that are known by name are among them."""
    found = {"/".join(str(part) for part in path if not isinstance(part, tuple)) for _, path, _, _ in LISTS}
    assert {"contracts", "contracts/0/drawdowns/0/rate/steps", "projects/0/investments", "policies/0/measures"} <= found
    assert {"applicant/granted", "applicant/granted/0/keys", "contracts/0/interest_paid", "items/0/measures"} <= found

    def without_limit(schema: Any) -> Iterator[Any]:
        if isinstance(schema, dict):
            if (schema.get("type") == "array" and "items" in schema and "maxItems" not in schema) or (schema.get("additionalProperties") and "maxProperties" not in schema):
                yield schema
            for part in schema.values():
                yield from without_limit(part)
        elif isinstance(schema, list):
            for part in schema:
                yield from without_limit(part)

    assert list(without_limit(SCHEMAS)) == []


@pytest.mark.parametrize("size", ["one more", "many more"])
@pytest.mark.parametrize(("kind", "path", "most", "entry"), LISTS, ids=lambda part: None)
def test_a_list_that_is_too_long_is_measured_and_not_read(kind: Kind, path: tuple[Any, ...], most: int, entry: Any, size: str) -> None:
    """No entry of it is told, though all of them are wrong."""
    count = most + 1 if size == "one more" else most + 10_000
    value = entry * count if isinstance(entry, list) else {f"k{number}": [] for number in range(count)}
    pointer = "".join(f"/{part}" for part in path if not isinstance(part, tuple))
    problem = refused(json.dumps(holding(path, value)).encode(), kind)
    at_list = [one for one in problem.errors if one.pointer.startswith(pointer)]
    assert [(one.pointer, one.code) for one in at_list] == [(pointer, "TOO_MANY")]
    assert f"At most {most} entries; {count} were sent" in at_list[0].en
    assert not problem.unfinished


# --- a hundred faults -------------------------------------------------------------------------------


NESTED = {"repayments": [{}] * facts.MAX_REPAYMENTS, "drawdowns": [{}] * facts.MAX_DRAWDOWNS, "interest_paid": [{}] * facts.MAX_VOUCHERS}
WORST = {
    "objects without fields": {"contracts": [{}] * facts.MAX_CONTRACTS},
    "lists in lists": {"contracts": [NESTED] * 20},
    "entries of another kind": {"contracts": [{"drawdowns": [1] * facts.MAX_DRAWDOWNS}] * 100},
    "codes in each": {"contracts": [{"purposes": [1] * 20}] * 500},
    "rates in each": {"contracts": [{"drawdowns": [{"rate": {"kind": "STEPPED", "steps": [{}] * facts.MAX_STEPS}}] * 50}] * 5},
    "unknown fields": {f"k{number}": 1 for number in range(MANY)},
    "unknown fields in each": {"contracts": [{f"k{number}": 1 for number in range(100)}] * 500},
    "measures": {"contracts": [{"measures": {f"k{number}": [] for number in range(60)}}] * 500},
    "earlier grants": {"applicant": {"granted": [{"keys": {f"k{number}": 1 for number in range(20)}}] * 200, "statuses": [{}] * 100}},
}


@pytest.mark.parametrize("body", WORST.values(), ids=WORST)
def test_looking_ends_at_a_hundred_faults(body: dict[str, Any]) -> None:
    """So many are made, not so many listed; how many there are is said as far as it is known."""
    text = json.dumps(body).encode()
    with pytest.raises(ValidationError) as raised:
        KINDS[0].reader.read(text)
    assert MAX_ERRORS <= raised.value.error_count() < MAX_ERRORS + OF_ONE_OBJECT
    problem = refused(text, KINDS[0])
    assert (len(problem.errors), problem.unfinished) == (MAX_ERRORS, True)
    assert told(problem)["detail"].endswith(f" (at least {problem.total} faults; checking stopped there, {MAX_ERRORS} are listed)")


def test_fewer_faults_are_counted_to_the_last() -> None:
    policy = insurance()["policies"][0] | {"premium": 1}
    problem = refused(json.dumps(insurance(policies=[policy] * 40 + insurance()["policies"])).encode(), KINDS[1])
    assert (problem.total, problem.unfinished) == (40, False)
    assert told(problem)["detail"].endswith(" (40 faults)")


def test_a_body_is_the_same_to_both_ways_of_reading(client: httpx.Client) -> None:
    """A short one is read at one go, a long one object by object; what is wrong with one is wrong with the other."""
    blank = b" " * (2 * limits.QUICK_BYTES)
    for pointer, value, code in REFUSED:
        text = json.dumps(at(insurance(), pointer, value)).encode()
        assert errors(client.post(INSURANCE, content=text + blank, headers=JSON)) == {(pointer, code)}, (pointer, value)
    for path, body in ((INSURANCE, insurance()), (LOAN, loan()), (INSURANCE, insurance(version=None, known_at=None))):
        text = json.dumps(body).encode()
        assert client.post(path, content=text, headers=JSON).json() == client.post(path, content=text + blank, headers=JSON).json()


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        (EffectRequest, {"cases": [{}] * 10_000}, "TOO_MANY"),
        (EffectRequest, {"cases": [{}] * 1_000}, "FIELD_REQUIRED"),
        (EffectRequest, {"cases": [{f"k{number}": 1 for number in range(1_000)}] * 10}, "UNKNOWN_FIELD"),
        (DraftRequest, {"content": {f"k{number}": 1 for number in range(10_000)}}, "TOO_MANY"),
        (DraftRequest, {f"k{number}": 1 for number in range(10_000)}, "UNKNOWN_FIELD"),
        (MonthRequest, {"values": {f"k{number}": 1 for number in range(10_000)}}, "TOO_MANY"),
        (KeyRequest, {"scopes": [1] * 10_000}, "TOO_MANY"),
    ],
)
def test_requests_that_change_something_are_bounded_alike(kind: Any, body: dict[str, Any], code: str) -> None:
    with pytest.raises(ProblemError) as raised:
        read(json.dumps(body).encode(), kind)
    problem = raised.value
    assert code in {one.code for one in problem.errors}
    assert problem.total < MAX_ERRORS + OF_ONE_OBJECT
    assert problem.unfinished == (code != "TOO_MANY")


# --- values and keys --------------------------------------------------------------------------------


def tokens(count: int) -> bytes:
    """JSON of so many values and keys: an object, its key, a list and numbers."""
    return b'{"a":[' + b",".join([b"1"] * (count - 3)) + b"]}"


def test_values_and_keys_are_counted_before_they_are_decoded(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """One too many is refused without a look at any of them; what is in strings does not count."""
    most = limits.MAX_TOKENS
    assert errors(client.post(INSURANCE, content=tokens(most), headers=JSON)) >= {("/a", "UNKNOWN_FIELD")}
    text = b'{"a":[' + b",".join([b'"' + b",:[{" * 50_000 + b'"'] * 7) + b"]}"
    assert sum(map(text.count, (b",", b"[", b"{"))) > most
    assert errors(client.post(INSURANCE, content=text, headers=JSON)) >= {("/a", "UNKNOWN_FIELD")}

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("decoded")

    with monkeypatch.context() as patched:
        patched.setattr(json_bodies.msgspec.json, "decode", never)
        response = client.post(INSURANCE, content=tokens(most + 1), headers=JSON | {"Accept-Language": "en"})
    assert (response.status_code, response.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")
    assert response.json()["detail"].startswith(f"The JSON must not have more than {most} values and keys")


WORST_JSON = {
    "brackets": (b"[" * MANY * 10, "MALFORMED_JSON"),
    "pairs of brackets": (b"[" + b"[]," * MANY * 5, "PAYLOAD_TOO_LARGE"),
    "objects": (b"[" + b"{}," * MANY * 5, "PAYLOAD_TOO_LARGE"),
    "keys": (b"{" + b",".join(b'"k%d":1' % number for number in range(MANY * 4)) + b"}", "PAYLOAD_TOO_LARGE"),
    "equal keys": (b"{" + b'"a":1,' * MANY * 4 + b'"a":1}', "PAYLOAD_TOO_LARGE"),
    "nesting": (b'{"a":' * MANY, "MALFORMED_JSON"),
    "colons": (b":" * MANY * 10, "PAYLOAD_TOO_LARGE"),
    "quotes": (b'"' * MANY * 10, "MALFORMED_JSON"),
    "closing brackets": (b"]" * MANY * 10, "MALFORMED_JSON"),
    "escapes": (b'["' + b"\\n" * MANY * 5 + b'"]', "PAYLOAD_TOO_LARGE"),
    "escaped quotes": (b'["' + b'\\"[' * MANY * 5 + b'"]', "PAYLOAD_TOO_LARGE"),
    "backslashes": (b'["' + b"\\\\" * MANY * 5 + b'"]', "INVALID_TYPE"),
    "digits": (b"[" + b"1" * MANY * 10 + b"]", "PAYLOAD_TOO_LARGE"),
    "fewer digits": (b"[" + b"1" * MANY + b"]", "OUT_OF_RANGE"),
    "decimals": (b"[0." + b"1" * MANY * 10 + b"]", "PAYLOAD_TOO_LARGE"),
    "fewer decimals": (b"[0." + b"1" * MANY + b"]", "INVALID_TYPE"),
    "a text": (b'["' + b"a" * MANY * 10 + b'"]', "PAYLOAD_TOO_LARGE"),
    "whitespace": (b" " * MANY * 10, "MALFORMED_JSON"),
}


@pytest.mark.parametrize(("body", "code"), WORST_JSON.values(), ids=WORST_JSON)
def test_the_worst_json_is_refused(client: httpx.Client, body: bytes, code: str) -> None:
    problem = client.post(INSURANCE, content=body, headers=JSON).json()
    assert code in {problem["code"], *(one["code"] for one in problem["errors"])}
    assert len(problem["errors"]) <= MAX_ERRORS


def naive(body: bytes) -> int:
    """Values and keys, counted byte by byte."""
    count, inside, escaped = 1, False, False
    for byte in body:
        if inside:
            if escaped:
                escaped = False
            elif byte == ord("\\"):
                escaped = True
            elif byte == ord('"'):
                inside = False
        elif byte == ord('"'):
            inside = True
        elif byte in b"[{,:":
            count += 1
    return count


@pytest.mark.parametrize("width", [1, 2, 3, 7, 64])
def test_strings_are_left_out_wherever_a_slice_ends(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """Of a thousand texts full of quotes, backslashes and brackets; against a count that looks at each byte."""
    monkeypatch.setattr(structure, "_SLICE", width)
    chance = random.Random(width)
    for _ in range(200):
        text = json.dumps([{"".join(chance.choices('a"\\[]{},:', k=4)): "".join(chance.choices('\\"[{,', k=chance.randrange(9)))} for _ in range(9)]).encode()
        count = naive(text)
        check_structure(text, count)
        with pytest.raises(ProblemError, match="PAYLOAD_TOO_LARGE"):
            check_structure(text, count - 1)


def test_keys_given_twice_are_looked_for_up_to_a_hundred(client: httpx.Client) -> None:
    body = b'{"a":[' + b",".join([b'{"b":1,"b":2}'] * 5_000) + b"]}"
    problem = client.post(INSURANCE, content=body, headers=JSON | {"Accept-Language": "en"}).json()
    assert (problem["code"], len(problem["errors"])) == ("DUPLICATE_KEY", MAX_ERRORS)
    assert "at least 100 faults" in problem["detail"]


def test_a_key_of_any_length_is_not_repeated(client: httpx.Client) -> None:
    """Neither one that is given twice, nor one in which such a one or a number out of range stands."""
    long = b"k" * 10_000
    for path in (INSURANCE, f"{INSURANCE}/batch"):
        for body in (
            b'{"%s":1,"%s":2}' % (long, long),
            b'{"%s":{"a":1,"a":2}}' % long,
            b'{"%s":[%s]}' % (long, b",".join([b"1e999"] * 200)),
        ):
            response = client.post(path, content=body, headers=JSON)
            assert response.status_code == 422
            assert len(response.content) < 30_000
            assert long[:100] not in response.content


# --- lists of cases ---------------------------------------------------------------------------------


def test_a_list_as_large_as_it_may_be_is_read() -> None:
    """Ten thousand cases of two hundred values and keys; the shared part and each case are bounded alone."""
    case = {"item_id": "", "policies": [insurance()["policies"][0] | {"measures": {f"m{number}": 1 for number in range(35)}}] * 2}
    listed = [case | {"item_id": f"C-{number:05}"} for number in range(limits.MAX_CASES)]
    body = json.dumps({**insurance(), "cases": listed}, separators=(",", ":")).encode()
    assert 2_000_000 < naive(json.dumps(case).encode()) * limits.MAX_CASES <= limits.MAX_LIST_TOKENS
    assert len(read_case_list(body, KINDS[1]).cases) == limits.MAX_CASES


def test_a_claim_as_large_as_banks_send_is_read() -> None:
    """Five hundred contracts with the vouchers of five years each; and daily repayments of ten years."""
    contract = loan()["contracts"][0]
    voucher = {"from": "2022-03-20", "until": "2022-04-20", "amount": "1000.00", "paid_on": "2022-04-21"}
    many = [contract | {"contract_no": f"L-{number}", "interest_paid": [voucher] * 60} for number in range(500)]
    assert len(read_claim(json.dumps(loan(contracts=many)).encode(), KINDS[0]).contracts or ()) == 500
    daily = [{"on": "2023-05-05", "principal": "1.00"}] * facts.MAX_REPAYMENTS
    assert read_claim(json.dumps(loan(contracts=[contract | {"repayments": daily}])).encode(), KINDS[0]).contracts


def test_a_list_of_more_than_that_is_refused(client: httpx.Client) -> None:
    content = b'{"cases":[' + b"{}," * (limits.MAX_LIST_TOKENS // 2) + b"{}]}"
    response = client.post(f"{INSURANCE}/batch", content=content, headers=JSON)
    assert (response.status_code, response.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")


def test_one_case_that_is_too_much_fails_alone(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_lists.json_bodies.check_json, "__defaults__", (1_000,))
    large = {"item_id": "B", "policies": [{}] * 1_000}
    cases = [{"item_id": "A"}, large, {"item_id": "C", "policies": [{}] * 200}]
    answer = client.post(f"{INSURANCE}/batch", json={**insurance(), "cases": cases}).json()
    assert [one.get("problem", {}).get("code") for one in answer["cases"]] == [None, "PAYLOAD_TOO_LARGE", "INVALID_FACTS"]
    assert len(answer["cases"][2]["problem"]["errors"]) == MAX_ERRORS


def test_what_cases_share_is_bounded(client: httpx.Client) -> None:
    response = client.post(f"{INSURANCE}/batch", json={"policies": [{}] * 1_000, "cases": [{"item_id": "A"}]})
    assert len(response.json()["errors"]) == MAX_ERRORS
    twice = b'{"a":1,"a":2,"cases":[' + b"{}," * limits.MAX_TOKENS + b"{}]}"
    response = client.post(f"{INSURANCE}/batch", content=twice, headers=JSON)
    assert errors(response) == {("", "DUPLICATE_KEY")}  # too much to be decoded only to say which


@pytest.mark.parametrize("more", [-1, 0, 1, 70_000])
@pytest.mark.parametrize("before", [0, 1, 65_530, 65_536, 100_000])
def test_one_text_has_a_length_wherever_it_begins(before: int, more: int) -> None:
    """What is escaped counts as nothing: how a text is escaped does not decide."""
    text = b"a" * (limits.MAX_TEXT_BYTES + more)
    for body in (b" " * before + b'["b","' + text + b'","c"]', b'["' + b"b" * before + b'","' + b'\\"' * 9 + text + b'"]'):
        if more > 0:
            with pytest.raises(ProblemError, match="PAYLOAD_TOO_LARGE"):
                check_structure(body)
        else:
            check_structure(body)


# --- beside the event loop --------------------------------------------------------------------------


def test_a_large_request_is_read_in_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one that changes something; calculations do so anyway."""
    where: list[bool] = []
    real = strict_bodies.read

    def reading(*given: Any) -> Any:
        where.append(threading.current_thread() is threading.main_thread())
        return real(*given)

    monkeypatch.setattr(entering, "read", reading)
    for note in ("", " " * limits.LARGE_BODY_BYTES):
        body = json.dumps({"cases": []}).encode() + note.encode()
        assert asyncio.run(entering.entered(_Request(body), EffectRequest, 1_000_000)).cases == []  # type: ignore[arg-type]
    assert where == [True, False]


class _Request:
    """As much of a request as is read of it."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.scope = {"envelope": self}
        self.headers = {b"content-type": b"application/json"}
        self.app = self
        self.state = self
        self.arriving = bodies.Arriving(1_000_000)

    async def receive(self) -> Message:
        return {"type": "http.request", "body": self.body}
