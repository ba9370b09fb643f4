"""Requests for a recording: those that tests know as data, those that are made up by seed, and the steps of drafts.

The generators are those of ``tests/search`` (claims that earn, and their variants, on every published table and every shape) and of
``tests/oracle`` (random tables with a claim each). What they make is kept in the recording; a comparison does not come here.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import cycle, islice
from random import Random
from typing import Any
from urllib.parse import urlencode

from tests.bureau import PATHS
from tests.search.bases import bases
from tests.search.tables import loaded
from tests.search.variants import variants
from tests.shapes.files import FILES, parts
from tests.shapes.test_shapes import claim
from tests.still.recording import Request
from tests.still.tables import oracle_cases, renamed

Json = dict[str, Any]
JSON_TYPE = {"content-type": "application/json"}
ENGLISH = {"accept-language": "en"}


def known(document: str) -> Iterator[Request]:
    """What tests know as data: the cases of shapes, and the examples of the OpenAPI document."""
    for path in FILES:
        told = parts(path)[1]
        for no, one in enumerate(told["cases"]):
            body = claim(told, one)
            for headers in ({}, ENGLISH):
                yield _post(f"shape {path.stem} {no}", _path_of(body["rate_table"]), body, headers)
    for path, method, operation in _operations(document):
        yield from _examples(path, method, operation)


def walks(document: str) -> Iterator[Request]:
    """Drafts from step to step, each example of the document; none is published, since publishing changes all that follows."""
    operations = {(method, path): operation for path, method, operation in _operations(document)}
    begin = _bodies(operations["post", "/v1/drafts"])
    trial = _bodies(operations["post", "/v1/drafts/{draft_id}/calculate"])
    effect = _bodies(operations["post", "/v1/drafts/{draft_id}/effect"])
    revise = _bodies(operations["put", "/v1/drafts/{draft_id}"])
    months = _bodies(operations["post", "/v1/reference-rates"])

    def step(source: str, who: str, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Request:
        given = {"authorization": f"Bearer {{secret:{who}}}", **(headers or {}), **({} if body is None else JSON_TYPE)}
        return Request(source=source, method=method, target=path, headers=given, body=None if body is None else _text(body))

    seen = {"if-match": "{etag}"}
    for language in ({}, ENGLISH):
        for name, body in begin.items():
            said = f"draft {name}"
            yield step(said, "li", "POST", "/v1/drafts", body, language)
            yield step(said, "li", "GET", "/v1/drafts/{draft}", None, language)
            yield step(said, "wang", "GET", "/v1/drafts/{draft}/report", None, language)
            for one in effect.values():
                yield step(said, "wang", "POST", "/v1/drafts/{draft}/effect", one, language)
            for one in trial.values():
                yield step(said, "wang", "POST", "/v1/drafts/{draft}/calculate", one, language)
            yield step(said, "wang", "POST", "/v1/drafts/{draft}/check", None, {**language, "if-match": '"0"'})
            yield step(said, "wang", "POST", "/v1/drafts/{draft}/check", None, language)
            yield step(said, "li", "POST", "/v1/drafts/{draft}/check", None, {**language, **seen})
            yield step(said, "wang", "POST", "/v1/drafts/{draft}/approve", None, {**language, **seen})
            for one in revise.values():
                yield step(said, "wang", "PUT", "/v1/drafts/{draft}", one, {**language, **seen})
            yield step(said, "li", "DELETE", "/v1/drafts/{draft}", None, {**language, **seen})
        for name, body in months.items():
            yield step(f"month {name}", "li", "POST", "/v1/reference-rates", body, language)
        for target in ("/v1/drafts", "/v1/drafts?state=DISCARDED&limit=3", "/v1/drafts?target=x"):
            yield step("drafts", "wang", "GET", target, None, language)
        for target in ("/v1/audit", "/v1/audit?limit=5", "/v1/keys"):
            yield step("audit", "chen", "GET", target, None, language)
    for language in ({}, ENGLISH):  # last, since the audit log takes refused sign-ins whenever it is their time
        yield step("no scope", "li", "POST", "/v1/drafts/{draft}/approve", None, {**language, **seen})
        yield step("no scope", "chen", "GET", "/v1/drafts", None, language)


def made(document: str, seed: int, count: int) -> Iterator[Request]:
    """Requests that are made up: so many, spread over claims, random tables, slips, lists and reading."""
    rng = Random(f"still {seed}")
    reading = list(_reading(document))
    shares = {
        "claims": (_claims(rng, seed), 0.60),
        "random tables": (_random_tables(rng, seed), 0.12),
        "slips": (_slips(rng, seed), 0.16),
        "lists": (_lists(rng, seed), 0.07),
    }
    for source, share in shares.values():
        yield from islice(source, int(count * share))
    rest = count - sum(int(count * share) for _, share in shares.values())
    yield from islice((rng.choice(reading) if again >= len(reading) else reading[again] for again in range(rest)), rest)


def _claims(rng: Random, seed: int) -> Iterator[Request]:
    """Claims that earn on every table, and what becomes of each when a fact is left out, respelled or dated otherwise."""
    makers = [(name, cycle(pool)) for name, pool in _pools(seed).items()]
    while True:
        for name, pool in makers:
            body = next(pool)
            target = _path_of(name) + rng.choice(("", "", "", "?detail=SUMMARY", "?detail=FULL"))
            yield _post(f"claim {name}", target, body, rng.choice(({}, ENGLISH)))


@cache
def _pools(seed: int) -> dict[str, list[Json]]:
    rng = Random(f"pools {seed}")
    pools: dict[str, list[Json]] = {}
    for one in loaded():
        found: list[Json] = []
        for base in bases(one, seed=seed, share=0.1):
            found.append(base.body)
            measures = one.rules(date.fromisoformat(base.body["application_date"])).measures
            others = [variant.body for variant in variants(base.body, measures)]
            found += rng.sample(others, min(len(others), 40))
        if found:
            pools.setdefault(one.table.id, []).extend(found)
    for pool in pools.values():
        rng.shuffle(pool)
    return pools


def _random_tables(rng: Random, seed: int) -> Iterator[Request]:
    """The claims of random tables, and the same with one amount or day changed."""
    cases = [(method, renamed(body)) for method, _, body in oracle_cases(seed)]
    for again in range(1_000):
        for method, body in cases:
            yield _post(f"random {body['rate_table']}", PATHS[method], _slightly(rng, body) if again else body, rng.choice(({}, ENGLISH)))


def _slips(rng: Random, seed: int) -> Iterator[Request]:
    """Bodies that are no claims: values of a wrong kind, unknown names, texts that are no JSON; and wrong ways to send them."""
    pools = _pools(seed)
    names = sorted(pools)
    while True:
        name = rng.choice(names)
        body = copy.deepcopy(rng.choice(pools[name]))
        for _ in range(rng.choice((1, 1, 1, 2, 5))):
            _spoil(rng, body)
        language = rng.choice(({}, ENGLISH, {"accept-language": "en;q=0.5, zh"}))
        sent = _post(f"slip {name}", _path_of(name), body, language)
        text, headers, target, method = sent.body or "", sent.headers, sent.target, sent.method
        match rng.randrange(20):
            case 0:
                text = text[: rng.randrange(len(text))]
            case 1:
                text = text.replace("{", '{"applicant":null,', 1)
            case 2:
                headers = {
                    **headers,
                    "content-type": rng.choice(("text/plain", "application/xml", "application/json; charset=latin-1", "")),
                }
            case 3:
                target += rng.choice(("?x=1", "?detail=", "?detail=SUMMARY&detail=FULL", "?detail=summary", "/"))
            case 4:
                method = rng.choice(("PUT", "GET", "DELETE", "PATCH", "OPTIONS", "HEAD"))
            case 5:
                headers = {**headers, "authorization": rng.choice(("Bearer x", "Basic x", "Bearer {secret:li}", "Bearer {secret:portal}"))}
            case 6:
                target = rng.choice(sorted(set(PATHS.values())))
            case 7:
                headers = {**headers, "host": "example.cn"}
        yield Request(source=sent.source, method=method, target=target, headers=headers, body=text)


def _lists(rng: Random, seed: int) -> Iterator[Request]:
    """Lists of cases, some with slips, some of several tables, some that say the same twice."""
    pools = _pools(seed)
    by_path: dict[str, list[str]] = {}
    for name in sorted(pools):
        by_path.setdefault(_path_of(name), []).append(name)
    for path in cycle(sorted(by_path)):
        names = rng.sample(by_path[path], min(len(by_path[path]), rng.choice((1, 1, 2, 3))))
        cases = []
        for no in range(rng.choice((1, 2, 3, 5, 8, 20))):
            body = copy.deepcopy(rng.choice(pools[rng.choice(names)]))
            if rng.random() < 0.2:
                _spoil(rng, body)
            cases.append({"item_id": f"C-{no if rng.random() < 0.97 else 0}", **body})
        shared: Json = {}
        if len(names) == 1 and rng.random() < 0.5:
            shared = {"rate_table": names[0]}
            cases = [{name: value for name, value in one.items() if name != "rate_table"} for one in cases]
        target = f"{path}/batch" + rng.choice(("", "", "?detail=SUMMARY", "?detail=FULL"))
        yield _post("list", target, {**shared, "cases": cases}, rng.choice(({}, ENGLISH)))


def _reading(document: str) -> Iterator[Request]:
    """What can be read of the tables: each, on days, at times, in both languages, and what is refused."""
    tables = sorted({(one.table.id, one.table.version) for one in loaded()})
    targets = [
        "/openapi.json",
        "/docs",
        "/docs/swagger",
        "/health/live",
        "/v1/funds",
        "/v1/batches",
        "/v1/reference-rates",
        "/v1/x",
        "/",
        "/v1/keys",
    ]
    targets += [f"/v1/batches/{batch}" for batch in sorted({one.table.batch for one in loaded()} | {"no-such-2025-1"})]
    for name, version in tables:
        targets += [f"/v1/rate-tables/{name}", f"/v1/rate-tables/{name}/versions", f"/v1/rate-tables/{name}/versions/{version}"]
        targets += [f"/v1/rate-tables/{name}?as_of={day}" for day in ("2022-06-01", "2024-02-29", "2026-03-10", "2024-02-30")]
        targets += [f"/v1/rate-tables/{name}/versions/{version}/diff?against={against}" for against in (version, version + 1, 0)]
    for series in ("LPR_1Y", "LPR_5Y", "USD_CNY", "NO_SUCH"):
        targets.append(f"/v1/reference-rates/{series}")
        targets += [f"/v1/reference-rates/{series}?on={day}" for day in ("2019-01-01", "2023-11-20", "2025-03-08", "2099-01-01")]
    for words in ("集成电路", "贷款 贴息", "LPR", "x" * 300, ""):
        targets += [
            f"/v1/{kind}?{urlencode({'q': words, 'limit': limit})}" for kind in ("rate-tables", "batches") for limit in ("1", "5", "0")
        ]
    for method in ("LOAN_INTEREST", "INSURANCE", "AWARD", "GRANT", "LEASE_INTEREST", "NONE"):
        targets.append(f"/v1/rate-tables?method={method}")
    for path, method, _ in _operations(document):
        if method == "get" and "{" not in path and path != "/metrics":
            targets += [f"{path}?limit=2", f"{path}?limit=2&limit=3", f"{path}?unknown=1"]
    for target in targets:
        for language in ({}, ENGLISH):
            yield Request(source="reading", method="GET", target=target, headers=language)
        yield Request(source="reading", method="HEAD", target=target)


def _examples(path: str, method: str, operation: Json) -> Iterator[Request]:
    """The examples of one operation: each named set of parameters, each body."""
    if path == "/metrics" or path.startswith(("/v1/drafts", "/v1/keys", "/v1/audit")) or (method == "post" and "reference" in path):
        return
    for name, body in _bodies(operation).items():
        for headers in ({}, ENGLISH):
            yield _post(f"example {name}", path, body, headers)
    sets: dict[str, dict[str, Any]] = {}
    for one in operation.get("parameters", []):
        for name, example in one.get("examples", {}).items():
            sets.setdefault(name, {})[f"{one['in']} {one['name']}"] = example["value"]
    for name, values in sets.items() if method == "get" else ():
        target, query, headers = path, {}, {}
        for where, value in values.items():
            place, _, parameter = where.partition(" ")
            if place == "path":
                target = target.replace(f"{{{parameter}}}", str(value))
            elif place == "query":
                query[parameter] = value
            else:
                headers[parameter.lower()] = str(value)
        for language in ({}, ENGLISH):
            yield Request(
                source=f"example {name}",
                method="GET",
                target=target + (f"?{urlencode(query)}" if query else ""),
                headers={**headers, **language},
            )


def _operations(document: str) -> Iterator[tuple[str, str, Json]]:
    for path, operations in json.loads(document)["paths"].items():
        for method, operation in operations.items():
            if method in {"get", "post", "put", "delete"}:
                yield path, method, operation


def _bodies(operation: Json) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return {name: example["value"] for name, example in content.get("examples", {}).items()}


def _slightly(rng: Random, body: Json) -> Json:
    """The same with one amount or one day changed."""
    changed = copy.deepcopy(body)
    spots = [(holder, key) for holder, key, value in _leaves(changed) if isinstance(value, str) and value[:1].isdigit()]
    holder, key = rng.choice(spots)
    value = holder[key]
    if value.count("-") == 2:
        holder[key] = f"{value[:8]}{rng.randint(1, 28):02d}{value[10:]}"
    elif "." in value:
        holder[key] = f"{rng.randint(0, 10 ** rng.randint(1, 9))}.{rng.randint(0, 99):02d}" if len(value) - value.index(".") == 3 else value
    return changed


SPOILED: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, "", " ", "x", "0", "-5.00", "1e5", "1000000", "999999999999999999.99", "0.001", "2024-02-30", "2024-13-01",
    "20240101", "2024-01-01T00:00:00", "１２", "\u200b", "a" * 300, [], {}, [[]], [None], {"x": 1}, "NaN", "null",
)  # fmt: skip


def _spoil(rng: Random, body: Json) -> None:
    """Change one place of a body: another value, an unknown name, a name or entry left out or given twice."""
    spots = list(_leaves(body, inner=True))
    holder, key, value = rng.choice(spots)
    match rng.randrange(6):
        case 0 | 1 | 2:
            holder[key] = copy.deepcopy(rng.choice(SPOILED))
        case 3 if isinstance(holder, dict):
            del holder[key]
        case 4 if isinstance(holder, dict):
            holder[f"{key}{rng.choice(('x', '_', 's'))}"] = holder.pop(key)
        case _ if isinstance(holder, list):
            holder.append(copy.deepcopy(value))
        case _:
            holder["unknown"] = value


def _leaves(value: Any, inner: bool = False) -> Iterator[tuple[Any, Any, Any]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in list(entries):
        if inner or not isinstance(one, dict | list):
            yield value, key, one
        yield from _leaves(one, inner)


@cache
def _paths() -> dict[str, str]:
    return {one.table.id: PATHS[one.table.method] for one in loaded()}


def _path_of(table: str) -> str:
    return _paths()[table]


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _post(source: str, path: str, body: Any, headers: dict[str, str]) -> Request:
    return Request(source=source, method="POST", target=path, headers={**JSON_TYPE, **headers}, body=_text(body))
