"""The schemas of the OpenAPI document: requests from ``facts``, answers from ``results``, in Chinese."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from app.api import budget, claims, limits
from app.api.case_lists import ListTotals
from app.api.draft_models import DraftRequest, EffectRequest, MonthRequest, RevisionRequest
from app.api.effects import DraftEffect
from app.api.errors import KINDS, MAX_ERRORS
from app.api.key_views import KeyRequest, RotationRequest
from app.api.openapi_responses import REF, ref
from app.api.summaries import Summary
from app.api.titles import FIELDS, OBJECTS
from app.api.totals import Totals
from app.api.trying import Trial
from app.calculators import patterns, results

_MONEY: Final = {"type": "string", "pattern": r"^-?(0|[1-9][0-9]*)\.[0-9]{2}$"}
_REQUEST_ID: Final = r"^[A-Za-z0-9._-]{1,64}$"
_TITLED_AS: Final = {"Summary": "Result", "ItemSummary": "ItemResult"}  # an answer without its working
_PLAIN: Final = {str: "string", int: "integer", bool: "boolean", NoneType: "null"}

Schema = dict[str, Any]


def _described(hint: Any, made: dict[str, Schema]) -> Schema:
    """Return the schema of a type of ``results``; objects go into ``made`` by name.

    Pydantic takes no ``typing.TypedDict`` before Python 3.12, and answers are never validated.
    """
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if get_origin(hint) in (Union, UnionType):
        return {"anyOf": [_described(part, made) for part in get_args(hint)]}
    if get_origin(hint) is list:
        return {"type": "array", "items": _described(get_args(hint)[0], made)}
    name = hint.__name__.removesuffix("_")
    if name not in made:
        made[name] = {}
        properties = {}
        for field, inner in get_type_hints(hint).items():
            title = FIELDS[f"{_TITLED_AS.get(name, name)}.{field}"]
            properties[field] = {**_described(inner, made), "title": title}
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
            "properties": {"item_id": item_id},
            "required": ["item_id"],
            "anyOf": [
                {"title": "可计算的案例", "properties": fields},
                {"title": "有误的案例：在应答中单独给出问题"},
            ],
        }
        made[f"{name}List"] = {
            "type": "object",
            "title": f"批量{title}",
            "description": f"{description}各案例共有的字段写在最外层一次，案例中的同名字段优先。{budget.IN_WORDS_OF_LISTS}",
            "properties": {
                **fields,
                "detail": {
                    "type": ["string", "null"],
                    "enum": ["FULL", "SUMMARY", None],
                    "default": "FULL",
                    "title": "FULL 含计算过程；SUMMARY 不含 steps 与 segments",
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
    made["CaseAnswer"] = {
        "type": "object",
        "title": "案例的应答",
        "description": "result 与 problem 有且只有一个。",
        "properties": {
            "item_id": {"type": "string", "title": "案例编号"},
            "result": {"title": "结果", "anyOf": [ref("Result"), ref("Summary")]},
            "problem": ref("Problem"),
        },
        "required": ["item_id"],
        "oneOf": [{"required": ["result"]}, {"required": ["problem"]}],
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
    made = {**requests, **_case_lists(requests), **_answers(), **_problems()}
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
