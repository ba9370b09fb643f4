"""The list of drafts: the latest begun first, page by page, each draft on one page however many are begun meanwhile."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest

from app.api.drafts.examples import BEGIN
from tests.drafts.conftest import Office

TABLE = "bj-gjj-2025-1-11"
OTHER = "bj-gjj-2025-3-1"


def a_draft(target: str = TABLE) -> dict[str, Any]:
    return {"kind": "RATE_TABLE", "target": target, "copy_of": {"rate_table": TABLE}}


def page(office: Office, **query: Any) -> dict[str, Any]:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    response = office.call("wang", "GET", f"/v1/drafts?{words}")
    assert response.status_code == 200, response.text
    return response.json()  # type: ignore[no-any-return]


def pages(office: Office, **query: Any) -> list[list[str]]:
    """The ids of every page."""
    found, after = [], {}
    while True:
        got = page(office, **query, **after)
        found.append([one["id"] for one in got["drafts"]])
        if got["next"] is None:
            return found
        after = {"after": got["next"]}


def begun(office: Office, number: int, target: str = TABLE) -> list[str]:
    return [office.begin("li", a_draft(target))[0].rpartition("/")[2] for _ in range(number)]


def test_every_draft_is_on_one_page(office: Office) -> None:
    """Seven drafts, three to a page: 3 + 3 + 1."""
    expected = begun(office, 7)[::-1]
    assert pages(office, limit=3) == [expected[:3], expected[3:6], expected[6:]]
    assert pages(office, limit=7) == pages(office) == [expected]


def test_a_list_without_drafts_is_an_empty_page(office: Office) -> None:
    assert page(office) == {"drafts": [], "next": None}


def test_what_is_begun_meanwhile_moves_nothing(office: Office) -> None:
    """It stands before the first page; the next page goes on where the last one ended."""
    expected = begun(office, 4)[::-1]
    first = page(office, limit=2)
    begun(office, 3)
    second = page(office, limit=2, after=first["next"])
    assert [one["id"] for one in [*first["drafts"], *second["drafts"]]] == expected
    assert second["next"] is None


def test_pages_of_one_target(office: Office) -> None:
    mine = []
    for _ in range(3):
        mine += begun(office, 1)
        begun(office, 1, OTHER)
    assert pages(office, limit=2, target=TABLE) == [[mine[2], mine[1]], [mine[0]]]


def test_pages_of_one_state(office: Office) -> None:
    """One of the drafts is brought to each state; the latest revision decides."""
    reached: dict[str, list[str]] = {}

    def note(address: str, state: str) -> None:
        reached.setdefault(state, []).insert(0, address.rpartition("/")[2])

    steps = [("li", "check"), ("wang", "approve"), ("wang", "publish")]
    for number, state in enumerate(("DRAFT", "CHECKED", "APPROVED", "PUBLISHED")):
        body = BEGIN["content"]["value"] if number < 3 else BEGIN["withdrawal"]["value"]
        draft, etag = office.begin("li", body)
        for who, step in steps[:number]:
            response = office.step(who, draft, etag, step)
            assert response.status_code == 200, response.text
            etag = response.headers["etag"]
        note(draft, state)
    for checked in (False, True):
        draft, etag = office.begin("li", BEGIN["content"]["value"])
        if checked:
            etag = office.step("li", draft, etag, "check").headers["etag"]
        assert office.call("li", "DELETE", draft, **{"If-Match": etag}).status_code == 200
        note(draft, "DISCARDED")
    draft, etag = office.begin("li", BEGIN["content"]["value"])
    etag = office.step("li", draft, etag, "check").headers["etag"]
    assert office.call("li", "PUT", draft, {"content": BEGIN["content"]["value"]["content"]}, **{"If-Match": etag}).status_code == 200
    note(draft, "DRAFT")
    for state, expected in reached.items():
        assert pages(office, state=state, limit=1) == [[one] for one in expected]
    listed = sorted(page(office)["drafts"], key=lambda one: str(one["state"]))
    assert {state: [one["id"] for one in ones] for state, ones in groupby(listed, lambda one: one["state"])} == reached


def test_drafts_are_found_by_words(office: Office) -> None:
    """In id, target, note and writers, every word, however it is spelled; notes are those of the latest revision."""
    ids = begun(office, 3) + begun(office, 1, OTHER)
    noted, etag = office.begin("zhao", {**a_draft(), "note": "上限提高（第二稿）"})
    expected = noted.rpartition("/")[2]
    for words in ("第二稿", "上限 (第二稿)", expected.upper(), "ZHAO", "ｚｈａｏ 上限"):
        assert pages(office, q=words) == [[expected]], words
    assert pages(office, q="li 2025-1-11", limit=2) == [[ids[2], ids[1]], [ids[0]]]
    assert pages(office, q="LI", target=OTHER) == [[ids[3]]]
    assert pages(office, q="无此一词") == [[]]
    content = office.call("zhao", "GET", noted).json()["content"]
    assert office.call("zhao", "PUT", noted, {"content": content, "note": "下限"}, **{"If-Match": etag}).status_code == 200
    assert (pages(office, q="上限"), pages(office, q="下限")) == ([[]], [[expected]])


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "/query/limit"),
        ("limit=1001", "/query/limit"),
        ("limit=one", "/query/limit"),
        ("after=0123456789abcdef", "/query/after"),
        ("after=../../etc", "/query/after"),
        ("after=", "/query/after"),
        ("state=GONE", "/query/state"),
        (f"q={'x' * 101}", "/query/q"),
        ("page=2", "/query/page"),
    ],
)
def test_a_page_that_cannot_be_is_refused(office: Office, query: str, pointer: str) -> None:
    response = office.call("li", "GET", f"/v1/drafts?{query}")
    assert response.status_code == 422
    assert [one["pointer"] for one in response.json()["errors"]] == [pointer]
