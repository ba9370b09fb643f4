"""The schemas of the OpenAPI document: requests from ``claims.model``, answers from ``results.model``, in Chinese."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

from app import limits
from app.api.calculations.case_lists import ListTotals
from app.api.http.openapi_responses import REF, ref
from app.api.keys.schemas import KeyRequest, RotationRequest
from app.api.openapi.titles import FIELDS, OBJECTS
from app.calculators.claims import patterns
from app.calculators.results import model as results
from app.claim_input import claim_schemas as claims
from app.claim_input.validation_errors import LIST_NAMES
from app.errors import KINDS, MAX_ERRORS
from app.services import enumerations
from app.services import work_budget as budget
from app.services.draft_impact import DraftEffect
from app.services.draft_models import DraftRequest, EffectRequest, MonthRequest, RevisionRequest
from app.services.summary import Summary
from app.services.totals import Totals
from app.services.trial import Trial

Schema = dict[str, Any]

_MONEY: Final = {"type": "string", "pattern": r"^-?(0|[1-9][0-9]*)\.[0-9]{2}$"}
_REQUEST_ID: Final = r"^[A-Za-z0-9._-]{1,64}$"
_TITLED_AS: Final = {"Summary": "Result", "ItemSummary": "ItemResult"}  # an answer without its working
_PLAIN: Final = {str: "string", int: "integer", bool: "boolean", NoneType: "null"}
_NAMED: Final[dict[Any, str]] = {
    results.Status: "ResultStatus",
    results.AmountKind: "AmountKind",
    results.InterestBasis: "InterestBasis",
}
_CODED: Final[dict[str, Schema]] = {  # lists that no type of results has
    "TableProvenance.authority": {"anyOf": [ref("Authority"), {"type": "string", "const": enumerations.DRAFT_AUTHORITY}]},
    "DraftMark.state": ref("DraftState"),
}


def _described(hint: Any, made: dict[str, Schema]) -> Schema:
    """Return the schema of a type of ``results.model``; objects go into ``made`` by name.

    Pydantic takes no ``typing.TypedDict`` before Python 3.12, and answers are never validated.
    """
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if hint in _NAMED:
        return ref(_NAMED[hint])
    if get_origin(hint) is Annotated:
        return {"type": "string", "format": hint.__metadata__[0]}
    if get_origin(hint) in (Union, UnionType):
        return {"anyOf": [_described(part, made) for part in get_args(hint)]}
    if get_origin(hint) is list:
        return {"type": "array", "items": _described(get_args(hint)[0], made)}
    name = hint.__name__.removesuffix("_")
    if name not in made:
        made[name] = {}
        properties = {}
        for field, inner in get_type_hints(hint, include_extras=True).items():
            title = FIELDS[f"{_TITLED_AS.get(name, name)}.{field}"]
            listed = _CODED.get(f"{name}.{field}")
            properties[field] = {**(listed or _described(inner, made)), "title": title}
            if title.endswith("，元"):
                _as_money(properties[field])
        # What is sent always has every field, and additions may come: /v1 only grows.
        made[name] = {"type": "object", "properties": properties, "required": list(properties)}
    return ref(name)


def _as_money(schema: Schema) -> None:
    for part in schema.get("anyOf", [schema]):
        if part.get("type") == "string":
            part.update(_MONEY)


def _answers() -> dict[str, Schema]:
    made: dict[str, Schema] = {}
    for kind in (results.Result, Summary, Totals, ListTotals, Trial, DraftEffect):
        _described(kind, made)
    return made


def _problems() -> dict[str, Schema]:
    text = {"type": "string"}
    field = {
        "type": "object",
        "properties": {
            "pointer": {**text, "title": "请求中的位置（JSON 指针，RFC 6901）"},
            "place": {"type": ["string", "null"], "title": "位置的名称，如第1份合同的第2笔还本的还本日"},
            "code": {**text, "title": "代码，不随语言变化", "pattern": patterns.CODE_PATTERN},
            "detail": {**text, "title": "说明"},
        },
        "required": ["pointer", "place", "code", "detail"],
    }
    problem = {
        "type": "object",
        "properties": {
            "type": {**text, "title": "问题类型（相对地址）", "format": "uri-reference"},
            "title": {**text, "title": "问题名称"},
            "status": {"type": "integer", "title": "HTTP 状态", "minimum": 400, "maximum": 599},
            "detail": {**text, "title": "说明"},
            "instance": {**text, "title": "请求的地址", "format": "uri-reference"},
            "code": {**text, "title": "代码，不随语言变化", "enum": list(KINDS)},
            "errors": {
                "type": "array",
                "title": "各处错误",
                "items": ref("ProblemField"),
                "maxItems": MAX_ERRORS,
            },
            "request_id": {**text, "title": "请求编号", "pattern": _REQUEST_ID},
        },
        "required": ["type", "title", "status", "detail", "instance", "code", "errors", "request_id"],
    }
    return {"Problem": problem, "ProblemField": field}


def _case(title: str, description: str, properties: Schema) -> Schema:
    return {"type": "object", "title": title, "description": description, "properties": properties, "required": list(properties)}


def _either_list(definitions: dict[str, Schema]) -> dict[str, Schema]:
    """Return the claims that take one of several lists of facts: a schema for each list, and either of them under the claim's name."""
    made: dict[str, Schema] = {}
    for reader in claims.READERS:
        if len(reader.lists) > 1:
            claim = reader.kind.__name__
            parts = {one: f"{claim.removesuffix('Claim')}{one.capitalize()}Claim" for one in reader.lists}
            title, description = OBJECTS[claim]
            for one, name in parts.items():
                own = {"title": f"{title}，按{LIST_NAMES[one][0]}", "description": description}
                made[name] = claims.of_one_list(definitions[claim], one) | own
            made[claim] = {"anyOf": [ref(name) for name in parts.values()]}
    return made


def _case_lists(definitions: dict[str, Schema]) -> dict[str, Schema]:
    """Return the requests and the answer of a list of cases."""
    made: dict[str, Schema] = {}
    item_id = {
        "type": "string",
        "title": "案例编号，在请求中唯一",
        "pattern": patterns.ID_PATTERN,
        "maxLength": 64,
    }
    for reader in claims.READERS:
        name = reader.kind.__name__
        single = definitions[name]
        fields = {
            field: {key: value for key, value in schema.items() if key != "default"}
            for field, schema in single["properties"].items()
        }
        title, description = OBJECTS[name]
        made[f"{name}Case"] = {
            "type": "object",
            "title": f"{title}的案例",
            "description": "item_id 与这一案例不同于公共部分的字段。内容有误的案例单独失败，不影响其他案例。",
            "properties": {"item_id": item_id, **fields},
            "required": ["item_id"],
            "additionalProperties": False,
        }
        made[f"{name}List"] = {
            "type": "object",
            "title": f"批量{title}",
            "description": f"{description}各案例共有的字段写在最外层一次，案例中的同名字段优先。{budget.IN_WORDS_OF_LISTS}",
            "properties": {
                **fields,
                "detail": {
                    "anyOf": [ref("Detail"), {"type": "null"}],
                    "default": "FULL",
                    "title": "应答的详略",
                },
                "cases": {
                    "type": "array",
                    "title": "案例",
                    "items": ref(f"{name}Case"),
                    "minItems": 1,
                    "maxItems": limits.MAX_CASES,
                },
            },
            "required": ["cases"],
            "additionalProperties": False,
        }
    answered = {"type": "string", "title": "案例编号"}
    result = {"title": "结果", "anyOf": [ref("Result"), ref("Summary")]}
    made["CaseResult"] = _case("案例的结果", "算出的案例。", {"item_id": answered, "result": result})
    made["CaseProblem"] = _case("案例的问题", "未能计算的案例。", {"item_id": answered, "problem": ref("Problem")})
    made["CaseAnswer"] = {
        "title": "案例的应答",
        "description": "result 与 problem 有且只有一个。",
        "oneOf": [ref("CaseResult"), ref("CaseProblem")],
    }
    made["CaseListAnswer"] = {
        "type": "object",
        "title": "批量计算的应答",
        "description": "各案例按请求中的顺序应答。",
        "properties": {
            "cases": {"type": "array", "title": "各案例的应答", "items": ref("CaseAnswer")},
            "totals": ref("ListTotals"),
        },
        "required": ["cases", "totals"],
    }
    return made


def components() -> dict[str, Schema]:
    """Return every schema that is not a view of the tables, by name."""
    requests = claims.json_schemas(REF)
    made = {**requests, **_case_lists(requests), **_either_list(requests), **_answers(), **_problems(), **enumerations.schemas()}
    for kind in (KeyRequest, RotationRequest, DraftRequest, RevisionRequest, MonthRequest, EffectRequest):
        schema = kind.model_json_schema(ref_template=REF)
        made |= schema.pop("$defs", {})
        made[kind.__name__] = schema
    for name, (title, description) in OBJECTS.items():
        made[name]["title"] = title
        made[name]["description"] = description
    for reader in claims.READERS:
        made[reader.kind.__name__]["description"] += budget.IN_WORDS
    return made
