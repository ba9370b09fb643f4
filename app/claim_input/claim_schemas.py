"""Claims as each endpoint takes them: ``claims.model.Claim`` without the lists that do not belong there.

One schema made from ``claims.model`` validates and documents. Pydantic alone would take ``"1641340800"`` for
a date and an instant without offset, so dates and instants first have to look like themselves; all of
it still runs in compiled code.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, is_dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from app import limits
from app.calculators.claims import model as facts
from app.calculators.stages import consistency as checks
from app.claim_input.bounded_validation import BoundedValidator

DATE_PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
BATCH_PATTERN: Final = r"^[a-z][a-z0-9]{0,15}(-[a-z0-9]{1,24}){1,7}$"
REFERENCE_RATE_PATTERN: Final = r"^-?0\.[0-9]{1,8}$"
REFERENCE_NUMBER_PATTERN: Final = r"^(0|[1-9][0-9]{0,2})(\.[0-9]{1,8})?$"
REFERENCE_VALUE_PATTERN: Final = r"^(-?0\.[0-9]{1,8}|[1-9][0-9]{0,2}(\.[0-9]{1,8})?)$"  # of either kind, as a month's request takes it
# RFC 3339, with as many decimals as a client writes: .NET has seven, Java up to nine. An instant is kept to the microsecond,
# and further decimals are cut off. Whether something was known, or a day had come, cannot hang on them; a window that closes
# at a clock time is open until a microsecond after it.
INSTANT_PATTERN: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,40})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
)
FIRST, LAST = "x-first-day", "x-last-day"
FACT_LISTS: Final = ("contracts", "policies", "items", "projects")

_EXTRA_FORBIDDEN: Final[Any] = {"extra": "forbid"}


def between(first: date, last: date) -> dict[str, Any]:
    """What a schema says of the days that are taken: JSON Schema has no word for it, so these are extensions of the document."""
    return {FIRST: first.isoformat(), LAST: last.isoformat()}


def _declared(name: str) -> dict[str, Any]:
    return dict(facts.Claim.__dataclass_fields__[name].metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanClaim(facts.Claim):
    """贷款贴息（含融资租赁贴息）的一次计算：标准表、项目单位与贷款合同。"""

    __pydantic_config__ = _EXTRA_FORBIDDEN
    contracts: tuple[facts.Contract, ...] = field(metadata=_declared("contracts"))
    policies: None = field(init=False, default=None)
    items: None = field(init=False, default=None)
    projects: None = field(init=False, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuranceClaim(facts.Claim):
    """保险补贴的一次计算：标准表、项目单位与保单。"""

    __pydantic_config__ = _EXTRA_FORBIDDEN
    policies: tuple[facts.Policy, ...] = field(metadata=_declared("policies"))
    contracts: None = field(init=False, default=None)
    items: None = field(init=False, default=None)
    projects: None = field(init=False, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardClaim(facts.Claim):
    """奖励的一次计算：标准表、项目单位，以及事项或项目（按标准表，二者取一）。"""

    __pydantic_config__ = _EXTRA_FORBIDDEN
    contracts: None = field(init=False, default=None)
    policies: None = field(init=False, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantClaim(facts.Claim):
    """补助的一次计算：标准表、项目单位，以及事项或项目（按标准表，二者取一）。"""

    __pydantic_config__ = _EXTRA_FORBIDDEN
    contracts: None = field(init=False, default=None)
    policies: None = field(init=False, default=None)


def _date_schema() -> dict[str, Any]:
    return {
        "type": "chain",
        "steps": [
            core_schema.str_schema(pattern=DATE_PATTERN, max_length=10, strict=True),
            core_schema.date_schema(ge=limits.FIRST_DAY, le=limits.LAST_DAY, strict=False),
        ],
        "metadata": {
            "pydantic_js_updates": {
                "format": "date",
                **between(limits.FIRST_DAY, limits.LAST_DAY),
            }
        },
    }


def _instant_schema() -> dict[str, Any]:
    return {
        "type": "chain",
        "steps": [
            core_schema.str_schema(pattern=INSTANT_PATTERN, max_length=66, strict=True),
            core_schema.datetime_schema(
                ge=datetime.combine(limits.FIRST_DAY, time.min, UTC),
                le=datetime.combine(limits.LAST_DAY, time.max, UTC),
                tz_constraint="aware",
                microseconds_precision="truncate",
                strict=False,
            ),
        ],
        "metadata": {"pydantic_js_updates": {"format": "date-time", "description": "RFC 3339；微秒以下的数字舍去。"}},
    }


def _measures_schema() -> dict[str, Any]:
    most = limits.MAX_MEASURE_COUNT
    value = core_schema.union_schema(
        [
            core_schema.str_schema(max_length=limits.MAX_MEASURE_TEXT, strict=True),
            core_schema.bool_schema(strict=True),
            core_schema.int_schema(ge=-most, le=most, strict=True),
        ],
        custom_error_type="measure_type",
        custom_error_message="A measure is a string, a whole number or true/false",
    )
    return dict(value)


def _strict(schema: Any) -> Any:
    """Return a core schema in which dates, instants and measures are as strict as money, and what may be absent may be null."""
    if isinstance(schema, list):
        return [_strict(part) for part in schema]
    if isinstance(schema, tuple):
        return tuple(_strict(part) for part in schema)
    if not isinstance(schema, dict):
        return schema
    match schema.get("type"):
        case "date":
            return _date_schema()
        case "datetime":
            return _instant_schema()
        case "any":
            return _measures_schema()
        case "default":
            inner = _strict(schema["schema"])
            nullable = inner if inner["type"] == "nullable" else core_schema.nullable_schema(inner)
            return {**schema, "schema": nullable}
        case "dict":
            text = core_schema.str_schema(max_length=limits.MAX_KEY_LENGTH)
            values = schema["values_schema"]
            values = text if values == {"type": "str"} else _strict(values)
            return {**schema, "keys_schema": text, "values_schema": core_schema.nullable_schema(values)}
    strict = {key: value if key == "metadata" else _strict(value) for key, value in schema.items()}
    if isinstance(strict.get("config"), dict):
        strict["config"] = {**strict["config"], "strict": True}
    return strict


def _optional(schema: Any) -> Any:
    """Return a claim's core schema with every field optional: what the cases of a list share."""
    if schema["type"] == "definitions":
        return {**schema, "schema": _optional(schema["schema"])}
    arguments = schema["schema"]
    fields = [
        entry
        if entry["schema"]["type"] == "default"
        else {**entry, "schema": core_schema.with_default_schema(entry["schema"], default=None)}
        for entry in arguments["fields"]
    ]
    return {**schema, "schema": {**arguments, "fields": fields}, "ref": schema["ref"] + ":shared"}


def _without_nulls(row: Any) -> Any:
    """Return facts in which null is what absence is: the default of the field, or no entry of the map (D105)."""
    changes: dict[str, Any] = {}
    for name, one in type(row).__dataclass_fields__.items():
        value = getattr(row, name)
        if value is None:
            made = None if one.default is MISSING else one.default
            if one.default_factory is not MISSING:
                made = one.default_factory()
        elif isinstance(value, dict):
            made = {key: part for key, part in value.items() if part is not None}
        elif isinstance(value, tuple):
            made = tuple(_without_nulls(part) if is_dataclass(part) else part for part in value)
        else:
            made = _without_nulls(value) if is_dataclass(value) else value
        if made is not value and one.init:
            changes[name] = made
    return replace(row, **changes) if changes else row


class ClaimReader:
    """Reads the claims of one endpoint, and says in JSON Schema what they look like."""

    def __init__(self, kind: type[facts.Claim], lists: tuple[str, ...], path: str) -> None:
        self.kind = kind
        self.path = path
        self.lists = lists
        self.schema = _strict(TypeAdapter(kind).core_schema)
        self.shared_schema = _optional(self.schema)
        self._validator = BoundedValidator(self.schema)
        self._shared_validator = BoundedValidator(self.shared_schema)

    def read(self, body: bytes) -> facts.Claim:
        """Return the claim of a JSON text; raise Pydantic's ``ValidationError`` when it is none."""
        claim: facts.Claim = self._validator.read(body)
        return _without_nulls(claim) if b"null" in body else claim

    def check_shared(self, body: bytes) -> None:
        """Check what the cases of a list share; raise Pydantic's ``ValidationError``."""
        self._shared_validator.read(body)


LOAN: Final = ClaimReader(LoanClaim, ("contracts",), "loan-interest-subsidies")
INSURANCE: Final = ClaimReader(InsuranceClaim, ("policies",), "insurance-subsidies")
AWARD: Final = ClaimReader(AwardClaim, ("items", "projects"), "awards")
GRANT: Final = ClaimReader(GrantClaim, ("items", "projects"), "grants")
READERS: Final = (LOAN, INSURANCE, AWARD, GRANT)


# Object, its days, and whether one of them ends a period. What is not here has the bounds of ``_date_schema``.
_NARROWER: Final[tuple[tuple[str, tuple[str, ...], str | None], ...]] = (
    *((name, ("application_date",), None) for name in ("LoanClaim", "InsuranceClaim", "AwardClaim", "GrantClaim")),
    ("Period", ("from", "until"), "until"),
    ("ExcludedPeriod", ("from", "until"), "until"),
    ("InterestVoucher", ("from", "until"), "until"),
    ("Contract", ("signed_on", "matures_on"), "matures_on"),
    ("Policy", ("period_from", "period_until"), "period_until"),
)


def _say_enforced_days(definitions: dict[str, Any]) -> None:
    """The checks between facts are narrower than the days that can be read at all; the document says theirs."""
    for name, days, last in _NARROWER:
        for day in days:
            said = definitions[name]["properties"][day]
            latest = checks.LATEST - timedelta(days=day == "application_date")
            said |= between(checks.EARLIEST, latest)
            if day == last:
                said["description"] = f"期间至多 {facts.MAX_YEARS} 年。"


def json_schemas(ref_template: str) -> dict[str, Any]:
    """Return the JSON Schema of every request and of all that is in them, by name."""
    generator = GenerateJsonSchema(ref_template=ref_template)
    _, made = generator.generate_definitions(
        [(reader.kind.__name__, "validation", reader.schema) for reader in READERS]
    )
    definitions: dict[str, Any] = {str(name): schema for name, schema in made.items()}
    _say_enforced_days(definitions)
    for reader in READERS:
        properties = definitions[reader.kind.__name__]["properties"]
        for name in set(FACT_LISTS) - set(reader.lists):
            del properties[name]
    return definitions


def of_one_list(claim: dict[str, Any], name: str) -> dict[str, Any]:
    """The schema of a claim that must have one list of facts, and none of the others, by the name of the list."""
    properties = {field: schema for field, schema in claim["properties"].items() if field not in FACT_LISTS}
    listed = next(part for part in claim["properties"][name]["anyOf"] if part.get("type") == "array")
    others = {
        field: {"title": schema["title"], "type": "null", "description": f"与 {name} 二者取一。"}
        for field, schema in claim["properties"].items()
        if field in FACT_LISTS and field != name
    }
    given = {"title": claim["properties"][name]["title"], **listed}
    return {**claim, "properties": {**properties, name: given, **others}, "required": [*claim["required"], name]}
