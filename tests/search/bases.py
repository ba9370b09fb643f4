"""The claims at which the search starts: valid, earning, and shaped so that each kind of limit has something to hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache, partial
from itertools import pairwise
from random import Random
from typing import Any

from app.calculators.claims import model as facts
from app.calculators.terms import builtins as nm
from app.calculators.terms.model import Line
from tests.search.claims import ID, OBJECT_OF, Maker, application_days, yuan
from tests.search.judge import Answer, ask
from tests.search.loans import LOANS
from tests.search.model import Field, at, changed, fields_of, object_of
from tests.search.tables import Loaded

Json = dict[str, Any]

TRIES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A claim that earns, and the answer to it."""

    name: str
    body: Json
    answer: Answer


def bases(loaded: Loaded, seed: int = 0, share: float = 1) -> list[Base]:
    """The claims of one table at which the search starts; with a ``share`` below 1 only so many of those with several facts."""
    found: dict[str, Base] = {}
    rng = Random(f"{seed} {loaded.id}")

    def keep(name: str, body: Json | None) -> Base | None:
        if body is None:
            return None
        answer = ask(body, loaded.kind)
        if not answer.earns:
            return None
        found.setdefault(repr(body), Base(name=name, body=body, answer=answer))
        return found[repr(body)]

    sent = [one for no, body in enumerate(loaded.cases) if (one := keep(f"sent {no}", body)) is not None]
    singles: list[Base] = sent[:1]
    for line in loaded.table.terms.lines:
        for edge in ("inside", "first", "last"):
            if singles and rng.random() >= share:
                continue
            one = keep(f"{line.id} {edge}", earning(loaded, line, edge, seed))
            if one is not None and edge == "inside":
                singles.append(one)
    for one in singles:
        wide = keep(f"{one.name} full", full(loaded, one.body)) or one
        for name, make in shaped(loaded, as_the_contract_says(wide.body)):
            if rng.random() < share:
                keep(f"{one.name} {name}", make())
    for one, other in pairwise(singles):
        keep(f"{one.name} and {other.name}", two_lines(loaded, one.body, other.body))
    return list(found.values())


def earning(loaded: Loaded, line: Line, edge: str, seed: int) -> Json | None:
    """A claim that earns on a line, if one is found."""
    for no in range(TRIES):
        for applied in application_days(loaded, edge):
            body = Maker(loaded, applied, Random(f"{seed} {line.id} {no}"), edge).claim(line)
            answer = ask(body, loaded.kind)
            if answer.result is not None and answer.earns and any(line.id in one.lines for one in answer.result.items):
                return body
    return None


# --- every other fact of the model --------------------------------------------------------------------


def full(loaded: Loaded, body: Json) -> Json:
    """The claim with every other optional fact that it can carry and still earns."""
    applied = date.fromisoformat(body["application_date"])
    for path, kind in list(_objects(body, facts.Claim, ())):
        for field in fields_of(kind):
            if not field.optional or field.name in at(body, path) or field.name in SKIPPED:
                continue
            for value in samples(field, kind, at(body, path), body, applied):
                wider = changed(body, (*path, field.name), value)
                if ask(wider, loaded.kind).earns:
                    body = wider
                    break
    return body


SKIPPED = {"measures", "contracts", "policies", "items", "projects", "version", "as_of", "repayments", "interest_paid", "repayment_plan"}
"""Made elsewhere, or (``as_of``) not beside ``version``."""


def _objects(value: Json, kind: type, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], type]]:
    yield path, kind
    for field in fields_of(kind):
        inner = value.get(field.name)
        if field.objects and inner:
            for no, one in enumerate(inner) if field.shape == "LIST" else [(None, inner)]:
                yield from _objects(one, object_of(field, one), (*path, field.name) if no is None else (*path, field.name, no))


def samples(field: Field, kind: type, owner: Json, body: Json, applied: date) -> Iterator[Any]:
    """Values that a field may have beside the other facts, the one that tells most first."""
    match field.shape:
        case "MONEY":
            whole = next((Fraction(owner[name]) for name in ("base_amount", "amount", "premium") if name in owner), Fraction(1_000_000))
            yield from (yuan(whole / part) for part in (4, 100, 1, Fraction(1, 40)))
        case "RATE":
            yield from ("-0.002", "0.9", "0.03", "0.06")
        case "ID":
            named = [one["drawdown_no"] for one in owner.get("drawdowns", ())]
            named += [one["drawdown_no"] for row in body.get("contracts", ()) for one in row["drawdowns"]] if field.name == "drawdown_no" else []
            yield from (*named, ID.format(field.name[0].upper(), 1))
        case "CODE":
            yield from ("OTHER", "ROCKET", "EQUIPMENT")
        case "DATE":
            yield from ((applied - timedelta(days=days)).isoformat() for days in (800, 400, 90, 200, 10))
        case "INSTANT":
            if field.name == "application_at":
                yield f"{applied.isoformat()}T10:00:00+08:00"
            else:
                yield "2026-11-30T10:00:00+08:00"
        case "BOOLEAN":
            yield from (True, False)
        case "COUNT":
            yield from (applied.year, 6, 20, 3, 1)
        case "CHOICE":
            yield from reversed(field.choices)
        case "TEXT":
            yield "甲公司é A"
        case "OBJECT":
            yield from (_sample(one, body, applied, back) for one in field.objects for back in (300, 150, 60))
        case "LIST" if field.objects:
            yield from ([_sample(one, body, applied, back)] for one in field.objects for back in (300, 150, 1200))
        case "LIST":
            yield from ([one] for one in (field.choices or [(applied - timedelta(days=100)).isoformat()]))


def _sample(kind: type, body: Json, applied: date, back: int) -> Json:
    """The shortest object of a kind; its dates run on from so many days before the application."""
    made: Json = {}
    day = applied - timedelta(days=back)
    for field in fields_of(kind):
        if field.optional:
            continue
        if field.shape == "DATE":
            made[field.name] = day.isoformat()
            day += timedelta(days=20 if kind is not facts.Period else back)
        elif field.name == "rate_table":
            made[field.name] = body["rate_table"]
        elif field.shape == "MONEY":
            made[field.name] = "1000.00"
        else:
            made[field.name] = next(iter(samples(field, kind, made, body, applied)), None)
    return made


# --- shapes of a claim --------------------------------------------------------------------------------


Made = Callable[[], Json | None]


def shaped(loaded: Loaded, body: Json) -> Iterator[tuple[str, Made]]:
    """The claim with several things, over its limits, after earlier grants, and as banks write loans."""
    twins = cache(lambda: over_a_cap(loaded, together(loaded, body)))
    yield "two", twins
    yield "granted", lambda: granted(loaded, twins())
    yield "granted full", lambda: _full(loaded, granted(loaded, twins()))
    yield "granted once", lambda: granted(loaded, over_a_cap(loaded, body))
    for other in pools(loaded, date.fromisoformat(body["application_date"])):
        yield f"granted {other}", partial(_granted_by, loaded, twins, other)
    yield "as of", lambda: as_of(body)
    if loaded.table.terms.facts == "CONTRACTS":
        for name, change in LOANS.items():
            made = cache(partial(change, loaded, body))
            yield name, made
            yield f"{name} two", partial(_twice, loaded, made)
            yield f"{name} full", partial(_full_of, loaded, made)


def _full(loaded: Loaded, body: Json | None) -> Json | None:
    return full(loaded, body) if body is not None else None


def _full_of(loaded: Loaded, made: Made) -> Json | None:
    return _full(loaded, made())


def _granted_by(loaded: Loaded, made: Callable[[], Json], table: str) -> Json | None:
    return granted(loaded, made(), table)


def _twice(loaded: Loaded, made: Made) -> Json | None:
    body = made()
    return over_a_cap(loaded, together(loaded, body)) if body is not None else None


def as_the_contract_says(body: Json) -> Json:
    """The claim without what drawdowns say in place of their contract (D87), so that what the contract says is put to use."""
    own = {field.name for field in fields_of(facts.Drawdown)} & {field.name for field in fields_of(facts.Contract)} - {"measures"}
    plain = [
        {**one, "drawdowns": [{key: value for key, value in row.items() if key not in own} for row in one["drawdowns"]]}
        for one in body.get("contracts", ())
    ]
    return {**body, "contracts": plain} if plain else body


def as_of(body: Json) -> Json:
    """The claim that names the day whose rules apply, instead of a version."""
    return {**{key: one for key, one in body.items() if key != "version"}, "as_of": body["application_date"]}


def list_of(loaded: Loaded) -> tuple[str, str]:
    """The list of the claim's facts, and the field that names each of them."""
    kind = str(loaded.table.terms.facts)
    return nm.FACT_LIST[kind], nm.ID_FIELD[kind]


def together(loaded: Loaded, body: Json) -> Json:
    """The claim with each thing twice; the second has another id, and everything that separates accounts in common."""
    name, identity = list_of(loaded)
    second = [{**one, identity: f"{one[identity]}2"} for one in body[name]]
    return {**body, name: [*body[name], *second]}


def two_lines(loaded: Loaded, one: Json, other: Json) -> Json:
    """Things of two lines in one claim."""
    name, identity = list_of(loaded)
    second = [{**row, identity: f"{row[identity]}2"} for row in other[name]]
    measures = {**other["applicant"].get("measures", {}), **one["applicant"].get("measures", {})}
    applicant = {**other["applicant"], **one["applicant"], **({"measures": measures} if measures else {})}
    return {**one, "applicant": applicant, name: [*one[name], *second]}


def over_a_cap(loaded: Loaded, body: Json) -> Json:
    """The claim made larger until a cap binds, where one can."""
    name, _ = list_of(loaded)
    kind = OBJECT_OF[str(loaded.table.terms.facts)]
    for measured in (False, True):
        for factor in (1, 4, 20, 100, 1000):
            larger = {**body, name: [_larger(one, kind, factor, measured) for one in body[name]]}
            answer = ask(larger, loaded.kind)
            if answer.result is not None and answer.earns and any(one.binding and one.scope != "CONTRACT_INTEREST" for one in answer.result.caps):
                return larger
    return body


def _larger(value: Json, kind: type, factor: int, measured: bool) -> Json:
    """An object with all its money times a factor, and its events."""
    made = dict(value)
    for field in fields_of(kind):
        inner = value.get(field.name)
        if inner is None:
            continue
        if field.shape == "MONEY":
            made[field.name] = yuan(Fraction(inner) * factor)
        elif field.name == "events":
            made[field.name] = inner * factor
        elif field.shape == "LIST" and field.objects:
            made[field.name] = [_larger(one, field.objects[0], factor, measured) for one in inner]
        elif field.shape == "MEASURES" and measured:
            made[field.name] = {key: yuan(Fraction(one) * factor) if _is_money(one) else one for key, one in inner.items()}
    return made


def _is_money(value: Any) -> bool:
    return isinstance(value, str) and value[-3:-2] == "." and value[:-3].isdigit()


# --- earlier grants -----------------------------------------------------------------------------------


def pools(loaded: Loaded, applied: date) -> list[str]:
    """Other tables with which a cap of the table shares its account."""
    found: set[str] = set()
    for cap in loaded.rules(applied).caps:
        if isinstance(cap.pool, tuple):
            found |= set(cap.pool)
        elif cap.pool == "FUND":
            found |= {one for one in loaded.table.fund_methods if one.startswith(loaded.table.fund)}
    return sorted(found - {loaded.table.id})[:3]


def granted(loaded: Loaded, body: Json, table: str | None = None) -> Json | None:
    """The claim after two earlier grants with all keys by which the table's caps separate; they leave it some room."""
    applied = date.fromisoformat(body["application_date"])
    caps = [one for one in loaded.rules(applied).caps if one.bounds == "AMOUNT"]
    if not caps:
        return None
    name, _ = list_of(loaded)
    first = body[name][0]
    answer = ask(body, loaded.kind)
    assert answer.result is not None
    lines = answer.result.items[0].lines
    keys = {}
    for key in {key for cap in caps for key in cap.keys} | {"lender" for cap in caps for key in cap.keys if key == "contract_no"}:
        drawdown = first.get("drawdowns", [{}])[0]
        value = first.get(key, first.get("measures", {}).get(key, drawdown.get(key, drawdown.get("measures", {}).get(key))))
        keys[key] = lines[0] if key == "line" and lines else value or first.get("item_id") or "?"
    if any(cap.lines is not None for cap in caps) and lines:
        keys["category"] = lines[0]
    year = {"accrual_year": applied.year} if any(cap.period == "ACCRUAL_YEAR" for cap in caps) else {}
    for share in (4, 20, 1000, 100_000):
        amount = yuan(Fraction(answer.fen, 100) / share)
        rows = [
            {"rate_table": table or loaded.table.id, "on": (applied - timedelta(days=days)).isoformat(), "amount": amount, **year, "keys": keys}
            for days in (30, 20)
        ]
        made = changed(body, ("applicant", "granted"), [*body["applicant"].get("granted", []), *rows])
        if ask(made, loaded.kind).earns:
            return made
    return None
