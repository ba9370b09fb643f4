"""Contents that cannot be published: each fault is named with its place, nothing is a 500, and nothing is published."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import pytest

from app.api.drafts.examples import BEGIN, MONTH
from app.calculators.bilingual import same
from app.calculators.terms.field_reader import MAX_FAULTS, Reader
from app.calculators.terms.model import TermsError
from app.limits import MAX_DRAFT_TOKENS
from app.tables.drafts.publication_plan import misfits
from tests.drafts.conftest import Office, opened, refused, stored

TABLE = "bj-gjj-2025-1-11"
VERSION: dict[str, Any] = BEGIN["content"]["value"]
ONE = {"rate_table": TABLE, "version": "1", "reason": "依据的通知已废止"}


@pytest.fixture(scope="module")
def office(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for all: drafts are begun in it, none is published."""
    with opened(database, tmp_path_factory.mktemp("contents")) as one:
        yield one


def checked(office: Office, kind: str, target: str, content: Any) -> Any:
    """The answer to the check of a draft with this content; nothing but the draft is written by it."""
    draft, etag = office.begin("li", {"kind": kind, "target": target, "content": content})
    before = stored(office)
    response = office.step("li", draft, etag, "check")
    if response.status_code != 200:
        assert stored(office) == before
        assert office.call("wang", "GET", f"{draft}/report").json()["publishable"] is False
        assert refused(office.step("wang", draft, etag, "approve"), 409) == "CONFLICT"
        assert refused(office.step("wang", draft, etag, "publish"), 409) == "CONFLICT"
    return response


def faults(office: Office, kind: str, target: str, content: Any) -> list[str]:
    """The places of the faults that the check lists."""
    response = checked(office, kind, target, content)
    assert refused(response, 422) == "DRAFT_FAULTY"
    return [one["pointer"] for one in response.json()["errors"]]


def month(*rows: dict[str, Any], **series: Any) -> dict[str, Any]:
    return {"series": [{"series": "LPR_1Y", "holds_until": "2026-12-20", "add": list(rows), **series}]}


def row(**more: Any) -> dict[str, Any]:
    return {"on": "2026-09-21", "value": "3.00%", **more}


def version(**more: Any) -> dict[str, Any]:
    """The example with other terms."""
    made = copy.deepcopy(VERSION["content"])
    made["version"]["terms"] |= more
    return made  # type: ignore[no-any-return]


DEEP: Any = "a"
for _ in range(50):
    DEEP = [DEEP]
CONTENTS: list[tuple[str, str, str, Any, str]] = [
    ("a superscript as version", "WITHDRAWAL", TABLE, {**ONE, "version": "²"}, "/content/version"),
    ("full-width digits as version", "WITHDRAWAL", TABLE, {**ONE, "version": "１"}, "/content/version"),
    ("Arabic digits as version", "END_OF_VALIDITY", TABLE, {**ONE, "version": "١", "last_day": "2026-12-31"}, "/content/version"),
    ("a version too large", "WITHDRAWAL", TABLE, {**ONE, "version": "9" * 5000}, "/content/version"),
    ("version nought", "WITHDRAWAL", TABLE, {**ONE, "version": "0"}, "/content/version"),
    ("version one, padded", "WITHDRAWAL", TABLE, {**ONE, "version": "01"}, "/content/version"),
    ("a version below nought", "WITHDRAWAL", TABLE, {**ONE, "version": "-1"}, "/content/version"),
    ("another table than the target", "WITHDRAWAL", TABLE, {**ONE, "rate_table": "bj-gjj-2025-3-1"}, "/content/rate_table"),
    ("a table that only looks the same", "WITHDRAWAL", TABLE, {**ONE, "rate_table": "bj-gjj-2025-1-1１"}, "/content/rate_table"),
    ("a reason of blanks", "WITHDRAWAL", TABLE, {**ONE, "reason": " \u3000 "}, "/content/reason"),
    ("a reason that turns round", "WITHDRAWAL", TABLE, {**ONE, "reason": "废止\u202e不"}, "/content/reason"),
    ("a day that is none", "END_OF_VALIDITY", TABLE, {**ONE, "last_day": "2026-02-30"}, "/content/last_day"),
    ("a week", "END_OF_VALIDITY", TABLE, {**ONE, "last_day": "2026-W10-1"}, "/content/last_day"),
    ("the first day of all", "END_OF_VALIDITY", TABLE, {**ONE, "last_day": "0001-01-01"}, "/content/last_day"),
    ("the last day of all", "END_OF_VALIDITY", TABLE, {**ONE, "last_day": "9999-12-31"}, "/content/last_day"),
    ("no table of this name", "END_OF_VALIDITY", "xx-none-2025-1-1", {**ONE, "last_day": "2026-12-31"}, "/content/rate_table"),
    ("a rate that is none, before another", "REFERENCE_RATE", "LPR_1Y", month(row(value="abc"), row(on="2026-10-20")), "/content/series/0/add/0/value"),
    ("no rate at all, before another", "REFERENCE_RATE", "LPR_1Y", month(row(value=None), row(on="2026-10-20")), "/content/series/0/add/0/value"),
    ("a list as rate, before another", "REFERENCE_RATE", "LPR_1Y", month(row(value=["3%"]), row(on="2026-10-20")), "/content/series/0/add/0/value"),
    ("no day, before another", "REFERENCE_RATE", "LPR_1Y", month(row(on=None), row(on="2026-10-20")), "/content/series/0/add/0/on"),
    ("a day in full width", "REFERENCE_RATE", "LPR_1Y", month(row(on="２０２６-09-21")), "/content/series/0/add/0/on"),
    ("rows that are none", "REFERENCE_RATE", "LPR_1Y", month("3.00%", row()), "/content/series/0/add/0"),  # type: ignore[arg-type]
    ("rows as a text", "REFERENCE_RATE", "LPR_1Y", month(add="3.00%"), "/content/series/0"),
    ("a series twice", "REFERENCE_RATE", "LPR_1Y LPR_1Y", {"series": month(row())["series"] * 2}, "/content/series"),
    ("series as a text", "REFERENCE_RATE", "LPR_1Y", {"series": "LPR_1Y"}, "/content/series"),
    ("deep", "RATE_TABLE", TABLE, version(lines=DEEP), "/content/version/terms/lines"),
    ("many lines", "RATE_TABLE", TABLE, version(lines=VERSION["content"]["version"]["terms"]["lines"] * 5_000), "/content/version/terms/lines"),
    ("a long expression", "RATE_TABLE", TABLE, version(require=[{"that": "not " * 50_000 + "launch_approved", "code": "A", "clause": "c"}]), "/content/version/terms/require"),
    ("brackets", "RATE_TABLE", TABLE, version(require=[{"that": "(" * 150_000, "code": "A", "clause": "c"}]), "/content/version/terms/require"),
    ("a number", "RATE_TABLE", TABLE, version(choose=1), "/content/version/terms/choose"),
    ("truth", "RATE_TABLE", TABLE, version(pay_first=True), "/content/version/terms/pay_first"),
    ("a number without bound", "RATE_TABLE", TABLE, version(choose=1e308), "/content/version/terms/choose"),
    ("an empty key", "RATE_TABLE", TABLE, version(**{"": "a"}), "/content/version/terms"),
    ("a key of thirty thousand signs", "RATE_TABLE", TABLE, version(**{"k" * 30_000: "a"}), "/content/version/terms"),
    ("a key with a line end", "RATE_TABLE", TABLE, version(**{"facts\n": "ITEMS"}), "/content/version/terms"),
    ("a key with a control sign", "RATE_TABLE", TABLE, version(**{"fa\x00cts": "ITEMS"}), "/content/version/terms"),
    ("another instant of publication", "RATE_TABLE", TABLE, {**VERSION["content"], "published_at": "2020-01-01T00:00:00+08:00"}, "/content/published_at"),
    ("a batch with a sign without width", "RATE_TABLE", TABLE, {**VERSION["content"], "batch": "bj-gjj-2025-1\u200b"}, "/content/batch"),
    ("a batch in full width", "RATE_TABLE", TABLE, {**VERSION["content"], "batch": "ｂj-gjj-2025-1"}, "/content/batch"),
    ("another batch than the notice's", "BATCH", "bj-gjj-2027-1", {"batch": {"id": "bj-gjj-2027-2"}}, "/content/batch/id"),
    ("a batch as a list", "BATCH", "bj-gjj-2027-1", {"batch": ["bj-gjj-2027-1"]}, "/content/batch/id"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "target", "content", "place"), [one[1:] for one in CONTENTS], ids=[one[0] for one in CONTENTS])
def test_the_check_names_the_place(office: Office, kind: str, target: str, content: Any, place: str) -> None:
    found = faults(office, kind, target, content)
    assert any(one.startswith(place) for one in found), found


def right() -> list[tuple[str, str, dict[str, Any]]]:
    """A content of each kind, with many words."""
    terms = VERSION["content"]["version"]["terms"] | {
        "needs": {"mass": {"of": "POLICY", "type": "QUANTITY", "unit": "kg", "decimals": "3", "title": "质量", "clause": "c"}},
        "windows": {"event": {"of": "launched_on", "first_day": "2026-01-01", "last_day": "APPLICATION_DATE", "clause": "c"}},
        "term": {"months": "36", "from": "first_insured_on", "clause": "c"},
        "stacking": {"single_direction": {"exempt": "major_project_or_key_unit", "clause": "c"}},
        "rounding": {"unit": "元", "mode": "DOWN", "scope": "TOTAL"},
        "payout": {"instalments": [{"share": "80%", "when": "a"}, {"when": "b"}]},
        "not_decided": [{"clause": "c", "message": "m"}],
    }
    new = {"effective": {"first_day": "2026-12-01", "last_day": "open"}, "confidence": "read", "terms": terms}
    batch: dict[str, Any] = {
        "fund": "bj-gjj",
        "batch": {"id": "bj-gjj-2027-1", "year": "2027", "no": "1", "title": "示例"},
        "document": {"title": "示例通知", "issuer": "示例单位", "number": "1", "date": "2026-12-20"},
        "authority": "official",
        "directions": [
            {"rate_table": "bj-gjj-2027-1-1", "no": "1", "title": "示例", "method": "INSURANCE", "area": None, "version": new},
            {"rate_table": "bj-gjj-2027-1-2", "no": "2", "title": "示例", "method": None, "area": None, "not_loaded": "附件未见"},
        ],
    }
    direction = {"no": "99", "title": "示例", "method": "INSURANCE", "area": None, "schemes": ["s"]}
    return [
        ("RATE_TABLE", TABLE, {"batch": "bj-gjj-2025-1", "version": new}),
        ("RATE_TABLE", "bj-gjj-2025-1-99", {"batch": "bj-gjj-2025-1", "direction": direction, "version": new}),
        ("BATCH", "bj-gjj-2027-1", batch),
        ("REFERENCE_RATE", "LPR_1Y", month(row(confidence="read", confirmed="true"))),
        ("WITHDRAWAL", TABLE, ONE),
        ("END_OF_VALIDITY", TABLE, {**ONE, "last_day": "2026-12-31"}),
    ]


def places(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a content."""
    if path:
        yield path
    keys: Any = content if isinstance(content, dict) else range(len(content)) if isinstance(content, list) else ()
    for key in keys:
        yield from places(content[key], (*path, key))


def put(content: Any, path: tuple[Any, ...], value: Any) -> Any:
    made = copy.deepcopy(content)
    inner = made
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return made


WRONG = [None, "", [], {}, "²", "0001-01-01", ["a"], {"a": "b"}, "\n", "1" * 400, "9999-12-31", [None], "-" * 81]


@pytest.mark.parametrize(("kind", "target", "content"), right(), ids=[f"{kind} {target}" for kind, target, _ in right()])
def test_something_wrong_in_every_place(office: Office, kind: str, target: str, content: dict[str, Any]) -> None:
    """The content is right as it is; with one value replaced it is right or named faulty: the check never breaks."""
    assert checked(office, kind, target, content).status_code == 200
    wrong = cycle(WRONG)
    answers = set()
    for path in places(content):
        value = next(wrong)
        draft, etag = office.begin("li", {"kind": kind, "target": target, "content": put(content, path, value)})
        response = office.step("li", draft, etag, "check")
        assert response.status_code in {200, 422}, (path, value, response.text)
        answers.add(response.status_code)
    assert 422 in answers


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"on": "2026-9-21"}, "/on"),
        ({"on": "２０２６-09-21"}, "/on"),
        ({"on": "2026-09-21\n"}, "/on"),
        ({"on": "2026-02-30"}, "/on"),
        ({"on": "9999-12-31"}, "/on"),
        ({"on": "0001-01-01"}, "/on"),
        ({"holds_until": "2026-02-30"}, "/holds_until"),
        ({"holds_until": "0001-01-01"}, "/holds_until"),
        ({"values": {}}, "/values"),
        ({"values": {"LPR_1Y": "3.00"}}, "/values/LPR_1Y"),
        ({"values": {"LPR_1Y": "０.0300"}}, "/values/LPR_1Y"),
        ({"values": {"LPR_1Y": 3}}, "/values/LPR_1Y"),
        ({"values": {"LPR_1Y": "9.99999999"}}, "/values/LPR_1Y"),
        ({"values": {"LPR_1Y": "-0.0300"}, "confirmed": "true"}, "/confirmed"),
        ({"values": {"LPR_9Y": "0.0300"}}, "/values/LPR_9Y"),
    ],
)
def test_a_month_that_is_none(office: Office, more: dict[str, Any], pointer: str) -> None:
    """Begun and checked at once, or neither: nothing is left of it."""
    before = stored(office)
    response = office.call("li", "POST", "/v1/reference-rates", {**MONTH["both"]["value"], "values": {"LPR_1Y": "0.0300"}, **more})
    refused(response, 422)
    assert any(one["pointer"].startswith(pointer) for one in response.json()["errors"]), response.json()["errors"]
    assert stored(office) == before


@pytest.mark.parametrize(
    ("kind", "target", "content"),
    [
        ("WITHDRAWAL", TABLE, {**ONE, "reason": [1] * 5_000}),
        ("WITHDRAWAL", TABLE, {**ONE, "reason": [{"\x00": 1}] * 5_000}),
        ("RATE_TABLE", TABLE, version(needs={f"k{number}": {"type": "no"} for number in range(150)})),
        ("RATE_TABLE", TABLE, version(**{f"word{number}": "1" for number in range(5_000)})),
    ],
    ids=["values", "keys", "declarations", "words"],
)
def test_looking_ends_at_a_hundred_faults(office: Office, kind: str, target: str, content: Any) -> None:
    """The last that is listed says that there are more; the report lists the same."""
    draft, etag = office.begin("li", {"kind": kind, "target": target, "content": content})
    problem = office.call("li", "POST", f"{draft}/check", **{"If-Match": etag, "Accept-Language": "en"}).json()
    assert len(problem["errors"]) == MAX_FAULTS
    assert problem["detail"].endswith("(at least 100 faults; checking stopped there, 100 are listed)")
    assert problem["errors"][-1]["detail"].startswith("There are at least 1")
    report = office.call("wang", "GET", f"{draft}/report").json()["faults"]
    assert [f"/content{one['place']}" for one in report] == [one["pointer"] for one in problem["errors"]]


def test_what_is_beyond_a_hundred_faults_is_not_looked_at() -> None:
    """Neither in a content nor in the terms of a table."""
    looked = iter(range(1_000_000))

    class Endless(list[Any]):
        def __iter__(self) -> Iterator[Any]:
            return looked

    assert len(list(islice(misfits(Endless()), MAX_FAULTS))) == MAX_FAULTS
    assert next(looked) == MAX_FAULTS
    reader = Reader("")
    for _ in range(MAX_FAULTS - 1):
        reader.fault(same("x"))
    with pytest.raises(TermsError) as raised:
        reader.fault(same("x"))
    assert len(raised.value.faults) == MAX_FAULTS


def test_a_content_of_too_many_values_is_no_draft(office: Office) -> None:
    content = {**ONE, "reason": [""] * MAX_DRAFT_TOKENS}
    assert refused(office.call("li", "POST", "/v1/drafts", {"kind": "WITHDRAWAL", "target": TABLE, "content": content}), 413) == "PAYLOAD_TOO_LARGE"
