"""Hostile uses of drafts: each is a problem document of the right status, and everything that is stored stays as it was."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.api.drafts.examples import BEGIN, MONTH
from app.tables.drafts import templates as sources
from tests.conftest import PATIENCE_SECONDS
from tests.drafts.conftest import Office, opened, refused, stored

TABLE = "bj-gjj-2025-1-11"
VERSION: dict[str, Any] = BEGIN["content"]["value"]
NOBODYS = "/v1/drafts/0123456789abcdef"
LONG = "长" * 700_000


@pytest.fixture(scope="module")
def office(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for all: nothing that is done to it here leaves a trace."""
    with opened(database, tmp_path_factory.mktemp("hostile")) as one:
        yield one


@pytest.fixture
def drafted(office: Office) -> tuple[str, str]:
    """A right draft by li: its address and ETag."""
    return office.begin("li", VERSION)


@pytest.fixture
def unchanged(office: Office, drafted: tuple[str, str]) -> Iterator[None]:
    """Whatever the test does to the draft and beside it, nothing is written."""
    assert drafted
    before = stored(office)
    yield
    assert stored(office) == before


def raw(office: Office, who: str, method: str, path: str, body: bytes, **headers: str) -> Any:
    """A request with these bytes."""
    sent = {"Authorization": f"Bearer {office.secrets[who]}", "Content-Type": "application/json", **headers}
    return office.client.request(method, path, content=body, headers=sent)


# --- who, and which draft ---------------------------------------------------------------------------


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("who", "status"), [(None, 401), ("auditor", 403)])
def test_a_draft_is_nobody_elses(office: Office, drafted: tuple[str, str], who: str | None, status: int) -> None:
    draft, etag = drafted
    refused(office.call(who, "GET", "/v1/drafts"), status)
    for method, path, body in (
        ("GET", draft, None),
        ("GET", f"{draft}/report", None),
        ("PUT", draft, {"content": {}}),
        ("DELETE", draft, None),
        *(("POST", f"{draft}/{step}", {}) for step in ("check", "approve", "publish", "effect", "calculate")),
    ):
        refused(office.call(who, method, path, body, **{"If-Match": etag}), status)


@pytest.mark.usefixtures("unchanged")
def test_who_only_approves_writes_nothing(office: Office, drafted: tuple[str, str]) -> None:
    draft, etag = drafted
    for method, path, body in (("PUT", draft, {"content": {}}), ("DELETE", draft, None), ("POST", f"{draft}/check", None)):
        assert refused(office.call("wang", method, path, body, **{"If-Match": etag}), 403) == "FORBIDDEN"
    assert refused(office.call("wang", "POST", "/v1/drafts", VERSION), 403) == "FORBIDDEN"
    assert refused(office.call("wang", "POST", "/v1/reference-rates", MONTH["both"]["value"]), 403) == "FORBIDDEN"


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("who", ["li", "zhao", "wang"])
def test_no_step_before_its_time(office: Office, drafted: tuple[str, str], who: str) -> None:
    """li and zhao write, zhao and wang approve: a draft that was not checked is neither approved nor published."""
    draft, etag = drafted
    for step in ("approve", "publish"):
        code = refused(office.step(who, draft, etag, step), 403, 409)
        assert code == ("FORBIDDEN" if who == "li" else "CONFLICT")


IDS = [
    "0123456789abcde",
    "0123456789abcdef0",
    "0123456789ABCDEF",
    "０１２３４５６７８９ａｂｃｄｅｆ",
    "0123456789abcde\u0430",  # a Cyrillic letter that looks like a Latin one
    "0123456789abcdef%0A",
    "%00123456789abcde",
    "..",
    "%2e%2e%2fkeys",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/keys",
    "0123456789abcdef/../../keys",
    "0123456789abcdef;a=b",
    "0123456789abcdef%2Fpublish",
    "*",
    "null",
    "' OR 1=1 --",
    "{draft_id}",
    "\u202e0123456789abcde",
]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("name", IDS)
def test_an_id_is_sixteen_hexadecimal_digits(office: Office, drafted: tuple[str, str], name: str) -> None:
    """404 where it makes another address, 422 where it is a wrong id; never another draft, never another operation."""
    _, etag = drafted
    for method, step in (("GET", "/report"), ("PUT", ""), ("DELETE", ""), ("POST", "/check"), ("POST", "/publish")):
        response = office.call("zhao", method, f"/v1/drafts/{name}{step}", {"content": {}}, **{"If-Match": etag})
        refused(response, 404, 405, 422)


@pytest.mark.usefixtures("unchanged")
def test_an_id_that_nobody_has_is_404(office: Office, drafted: tuple[str, str]) -> None:
    _, etag = drafted
    for method, path, body in (
        ("GET", NOBODYS, None),
        ("PUT", NOBODYS, {"content": {}}),
        ("PUT", NOBODYS, {"file": "a: b"}),
        ("DELETE", NOBODYS, None),
        ("POST", f"{NOBODYS}/approve", None),
        ("POST", f"{NOBODYS}/effect", {"cases": []}),
    ):
        assert refused(office.call("zhao", method, path, body, **{"If-Match": etag}), 404) == "DRAFT_NOT_FOUND"


# --- which state of it ------------------------------------------------------------------------------


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("forged", ["*", "W/{}", '{}, "another"', '"another", {}', "{}{}", "null", "'; DROP TABLE draft; --", "\u0661-draft"])
def test_if_match_names_the_one_state_that_was_shown(office: Office, drafted: tuple[str, str], forged: str) -> None:
    """Not any (``*``), not a weak one, not one of several: whoever acts has seen exactly this state."""
    _sent(office, drafted, forged, 428, "PRECONDITION_REQUIRED")


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "forged", ['"1-checked-0123456789abcdef"', '"2-draft-0123456789abcdef"', '"0123456789abcdef"', '""', '"*"']
)
def test_an_etag_of_another_state_is_late(office: Office, drafted: tuple[str, str], forged: str) -> None:
    _sent(office, drafted, forged, 412, "PRECONDITION_FAILED")


def _sent(office: Office, drafted: tuple[str, str], forged: str, status: int, code: str) -> None:
    draft, etag = drafted
    for method, path, body in (("PUT", draft, {"content": {}}), ("DELETE", draft, None), ("POST", f"{draft}/check", None)):
        response = office.call("li", method, path, body, **{"If-Match": forged.format(etag, etag).encode()})
        assert refused(response, status) == code


@pytest.mark.usefixtures("unchanged")
def test_without_an_etag_nothing_goes(office: Office, drafted: tuple[str, str]) -> None:
    draft, etag = drafted
    for method, path, body in (
        ("PUT", draft, {"content": {}}),
        ("DELETE", draft, None),
        *(("POST", f"{draft}/{step}", None) for step in ("check", "approve", "publish")),
    ):
        assert refused(office.call("zhao", method, path, body), 428) == "PRECONDITION_REQUIRED"
        assert refused(office.call("zhao", method, path, body, **{"If-None-Match": etag}), 428) == "PRECONDITION_REQUIRED"
        refused(office.call("zhao", method, path, body, **{"If-Match": '"' + "a" * 300 + '"'}), 422)


def test_the_etag_of_another_draft_is_none(office: Office, drafted: tuple[str, str]) -> None:
    """Also where both say the same in different revisions."""
    draft, etag = drafted
    other, first = office.begin("li", VERSION)
    second = office.call("li", "PUT", other, {"content": VERSION["content"]}, **{"If-Match": first}).headers["etag"]
    before = stored(office)
    assert refused(office.step("li", draft, second, "check"), 412) == "PRECONDITION_FAILED"
    assert refused(office.step("li", other, etag, "check"), 412) == "PRECONDITION_FAILED"
    assert stored(office) == before


# --- bodies -----------------------------------------------------------------------------------------


def nested(depth: int) -> bytes:
    return b'{"content": {"terms": ' + b"[" * depth + b"]" * depth + b"}}"


BODIES: list[tuple[str, bytes, dict[str, str], int, str]] = [
    ("not JSON", b"{", {}, 400, "MALFORMED_JSON"),
    ("YAML", b"content: {}", {}, 400, "MALFORMED_JSON"),
    ("nothing", b"", {}, 400, "MALFORMED_JSON"),
    ("not UTF-8", b'{"content": {"a": "\xff\xfe"}}', {}, 400, "MALFORMED_JSON"),
    ("half a pair", b'{"content": {"a": "\\ud800"}}', {}, 400, "MALFORMED_JSON"),
    ("half a pair as a key", b'{"content": {"\\udfff": "a"}}', {}, 400, "MALFORMED_JSON"),
    ("not a number", b'{"content": {"a": NaN}}', {}, 400, "MALFORMED_JSON"),
    ("deep", nested(64), {}, 400, "MALFORMED_JSON"),
    ("very deep", nested(400_000), {}, 400, "MALFORMED_JSON"),
    ("a list", b"[]", {}, 422, "INVALID_FACTS"),
    ("a text as content", b'{"content": "a"}', {}, 422, "INVALID_FACTS"),
    ("a list as content", b'{"content": []}', {}, 422, "INVALID_FACTS"),
    ("many keys", json.dumps({"content": {str(key): "a" for key in range(21)}}).encode(), {}, 422, "INVALID_FACTS"),
    ("both", b'{"content": {}, "file": "a: b"}', {}, 422, "INVALID_FACTS"),
    ("neither", b'{"note": "a"}', {}, 422, "INVALID_FACTS"),
    ("an unknown word", b'{"content": {}, "state": "APPROVED"}', {}, 422, "INVALID_FACTS"),
    ("an author", b'{"content": {}, "author": "wang"}', {}, 422, "INVALID_FACTS"),
    ("a key twice", b'{"content": {}, "content": {"a": "b"}}', {}, 422, "DUPLICATE_KEY"),
    ("a key twice inside", b'{"content": {"a": {"b": "1", "b": "2"}}}', {}, 422, "DUPLICATE_KEY"),
    ("a key twice, once in disguise", b'{"content": {"a": {"b": "1", "\\u0062": "2"}}}', {}, 422, "DUPLICATE_KEY"),
    ("a long note", json.dumps({"content": {}, "note": "a" * 501}).encode(), {}, 422, "INVALID_FACTS"),
    ("a control sign in the note", b'{"content": {}, "note": "a\\u0000b"}', {}, 422, "INVALID_FACTS"),
    ("a note that turns round", json.dumps({"content": {}, "note": "a\u202eb"}).encode(), {}, 422, "INVALID_FACTS"),
    ("a number without end", b'{"content": {"a": ' + b"9" * 5_000 + b"}}", {}, 422, "INVALID_FACTS"),
    ("a long file", json.dumps({"file": "a" * 200_001}).encode(), {}, 422, "INVALID_FACTS"),
    ("too many bytes", json.dumps({"content": {"a": LONG}}, ensure_ascii=False).encode(), {}, 413, "PAYLOAD_TOO_LARGE"),
    ("a lie about its length", b"{}", {"Content-Length": "2000001"}, 413, "PAYLOAD_TOO_LARGE"),
    ("no length", b"{}", {"Content-Length": "-1"}, 413, "PAYLOAD_TOO_LARGE"),
    ("packed, with nothing in it", gzip.compress(b"{}"), {"Content-Encoding": "gzip"}, 422, "INVALID_FACTS"),
    ("packed badly", gzip.compress(b"{}")[:-1], {"Content-Encoding": "gzip"}, 400, "MALFORMED_GZIP"),
    ("packed otherwise", b"{}", {"Content-Encoding": "br"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    ("another kind", b"{}", {"Content-Type": "text/yaml"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    ("another alphabet", b"{}", {"Content-Type": "application/json; charset=utf-16"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    ("another answer", b'{"content": {}}', {"Accept": "text/html"}, 406, "NOT_ACCEPTABLE"),
]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("name", "body", "headers", "status", "code"), BODIES, ids=[one[0] for one in BODIES])
def test_a_body_that_is_none(
    office: Office, drafted: tuple[str, str], name: str, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    draft, etag = drafted
    assert refused(raw(office, "li", "PUT", draft, body, **{"If-Match": etag, **headers}), status) == code
    if body.startswith(b'{"') and name != "neither":  # which begins a draft from nothing
        begun = b'{"kind": "RATE_TABLE", "target": "bj-gjj-2025-1-11", ' + body[1:]
        assert refused(raw(office, "li", "POST", "/v1/drafts", begun, **headers), status) == code


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "target",
    [
        "",
        " ",
        " bj-gjj-2025-1-11",
        "bj-gjj-2025-1-11\n",
        "bj-gjj-2025-1-11\x00",
        "bj-gjj-2025-1-11\u200b",
        "ｂj-gjj-2025-1-11",
        "b\u0458-gjj-2025-1-11",
        "\u202ebj-gjj-2025-1-11",
        "bj–gjj–2025–1–11",
        "../../published",
        "bj/gjj",
        "a" * 81,
        "bj'; DROP TABLE draft; --",
    ],
)
def test_a_target_is_written_in_plain_letters(office: Office, target: str) -> None:
    for kind in ("RATE_TABLE", "BATCH", "REFERENCE_RATE", "WITHDRAWAL", "END_OF_VALIDITY"):
        response = office.call("li", "POST", "/v1/drafts", {"kind": kind, "target": target})
        refused(response, 422)
        assert response.json()["errors"][0]["pointer"] == "/target"


ANCHORS = "a: &a [x, x]\n" + "".join(f"{name}: &{name} [*{before}, *{before}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True))
FILES = [
    ("a bomb of references", ANCHORS, "不允许锚点或引用"),
    ("a reference to itself", "a: &a\n  b: *a\n", "不允许锚点或引用"),
    ("a merge", "a: &a {b: c}\nd: {<<: *a}\n", "不允许锚点或引用"),
    ("a key twice", "fund: a\nfund: b\n", "键 fund 重复"),
    ("a key twice inside", "batch: {id: a, id: b}\n", "键 id 重复"),
    ("a long key twice", f"{'k' * 900}: a\n{'k' * 900}: b\n", "重复"),
    ("a list as a key", "? [a, b]\n: c\n", "键应为文字"),
    ("a control sign", 'fund: "a\\0b"\n', "不允许控制字符"),
    ("half a pair", 'fund: "\\ud800"\n', "不允许控制字符"),
    ("a sign without width", "fund: bj-gjj\u200b\n", "不允许控制字符"),
    ("a sign that turns the line", "fund: bj\u202egjj\n", "不允许控制字符"),
    ("two documents", "a: b\n---\nc: d\n", "第 2 行第 1 列：一个文件只写一份内容，不能用 --- 分隔"),
    ("deep", "a: " + "[" * 100_000, "嵌套过深"),
    ("deep without brackets", "- " * 90_000, "嵌套过深"),
    ("not ended", "a: 'b", "第 1 行第 4 列：引号没有成对"),
    ("an object", "!!python/object/apply:os.system ['id']", "键: 值"),
    ("an object inside", "directions: !!python/object/apply:os.system ['id']\nfund: &x a", "不允许锚点或引用"),
    ("a word", "a", "键: 值"),
    ("nothing", "", "键: 值"),
    ("no directions", "fund: bj-gjj", "没有 directions"),
]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("text", "said"), [one[1:] for one in FILES], ids=[one[0] for one in FILES])
def test_a_file_that_is_none(office: Office, text: str, said: str) -> None:
    response = office.call("li", "POST", "/v1/drafts", {"kind": "BATCH", "target": "bj-gjj-2027-1", "file": text})
    refused(response, 422)
    [fault] = response.json()["errors"]
    assert (fault["pointer"], said in fault["detail"]) == ("/file", True), fault


def test_nobody_waits_while_a_file_is_read(office: Office, drafted: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read outside of the transaction: another officer's change is done meanwhile."""
    reading, may_go_on, read = threading.Event(), threading.Event(), sources.from_file

    def slowly(*given: Any) -> dict[str, Any]:
        reading.set()
        assert may_go_on.wait(PATIENCE_SECONDS)
        return read(*given)

    monkeypatch.setattr(sources, "from_file", slowly)
    begun = {"kind": "BATCH", "target": "bj-gjj-2027-1", "file": "fund: bj-gjj\ndirections: [x]\n"}
    with ThreadPoolExecutor(1) as beside:
        answer = beside.submit(office.call, "li", "POST", "/v1/drafts", begun)
        assert reading.wait(PATIENCE_SECONDS)
        meanwhile = office.call("zhao", "POST", "/v1/drafts", VERSION)
        may_go_on.set()
        assert (meanwhile.status_code, answer.result().status_code) == (201, 201)


def test_the_largest_file_is_read(office: Office, drafted: tuple[str, str]) -> None:
    """Whatever it says: the draft is begun, and its check says what is wrong."""
    text = "fund: bj-gjj\ndirections:\n" + "- x\n" * 49_000
    response = office.call("li", "POST", "/v1/drafts", {"kind": "BATCH", "target": "bj-gjj-2027-1", "file": text})
    assert response.status_code == 201
    checked = office.step("li", response.headers["location"], response.headers["etag"], "check")
    assert checked.status_code == 422
    assert office.call("li", "GET", drafted[0]).status_code == 200
