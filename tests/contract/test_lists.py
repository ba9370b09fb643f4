"""Lists of what was published: every entry on one page, found by words however they are spelled, one ETag for a catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.api.tables import listing
from tests.access.conftest import Service, own_database, started

__all__ = ["own_database"]

LISTS = {
    "/v1/rate-tables": ("rate_tables", "id"),
    "/v1/batches": ("batches", "id"),
    "/v1/rate-tables/bj-gjj-2023-2-2/versions": ("versions", "version"),
    "/v1/reference-rates/LPR_5Y": ("rows", "on"),
}


@pytest.fixture
def own(own_database: str) -> Iterator[Service]:
    """A service that nobody has asked for a list yet."""
    with started(own_database) as service:
        yield service


def got(client: httpx.Client, path: str, **query: Any) -> Any:
    """The JSON of a list."""
    response = client.get(path, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def pages(client: httpx.Client, path: str, **query: Any) -> list[list[Any]]:
    """The entries of every page."""
    found, key = [], LISTS[path][0]
    while True:
        page = got(client, path, **query)
        found.append(page[key])
        if page["next"] is None:
            return found
        assert page["next"] == page[key][-1][LISTS[path][1]]
        query["after"] = page["next"]


@pytest.mark.parametrize("path", LISTS)
def test_every_entry_is_on_one_page(client: httpx.Client, path: str) -> None:
    everything = got(client, path)[LISTS[path][0]]
    for limit in {1, 7, len(everything)}:
        cut = pages(client, path, limit=limit)
        assert cut == [everything[at : at + limit] for at in range(0, len(everything), limit)]
    assert got(client, path, limit=1000)["next"] is None


def test_pages_of_what_a_filter_lets_through(client: httpx.Client) -> None:
    """A page is full however many entries between its own are filtered away."""
    path, query = "/v1/rate-tables", {"method": "AWARD", "as_of": "2023-11-20"}
    chosen = got(client, path, **query)["rate_tables"]
    assert len(chosen) >= 3
    assert [len(one) for one in pages(client, path, **query, limit=2)] == [min(2, len(chosen) - at) for at in range(0, len(chosen), 2)]


def test_the_value_of_a_day_is_on_every_page(client: httpx.Client) -> None:
    """A page of the values is no other series: how long it holds, and its value on a day, are those of all of them."""
    whole = got(client, "/v1/reference-rates/LPR_5Y", on="2024-02-19")
    page = got(client, "/v1/reference-rates/LPR_5Y", on="2024-02-19", limit=2, after=whole["rows"][-2]["on"])
    assert page | {"rows": whole["rows"], "next": None} == whole
    assert page["rows"] == whole["rows"][-1:]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("流片", ["bj-gjj-2022-0-1", "bj-gjj-2023-1-1", "bj-gjj-2023-2-1"]),  # titles
        ("流片 第二批", ["bj-gjj-2023-2-1"]),  # every word; the batch's title
        ("ｍｐｗ", ["bj-gjj-2022-0-1", "bj-gjj-2023-1-1", "bj-gjj-2023-2-1"]),  # a category's code, in full width and small letters
        ("BJ-GJJ-2025-1-11", ["bj-gjj-2025-1-11"]),  # an id in capitals
        ("首台（套）", ["cn-firstset-2019-0-1", "cn-firstset-2025-0-1"]),  # Chinese brackets
        ("insurance 2024", ["bj-gjj-2024-1-1"]),  # a method
        ("无此一词", []),
    ],
)
def test_tables_are_found_by_words(client: httpx.Client, words: str, expected: list[str]) -> None:
    assert [one["id"] for one in got(client, "/v1/rate-tables", q=words)["rate_tables"]] == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [("第三批 2024", ["bj-gjj-2024-3"]), ("〔2025〕46号", ["cn-firstset-2025-0"]), ("BJ-SME", ["bj-sme-2025-0"]), ("无此一词", [])],
)
def test_batches_are_found_by_words(client: httpx.Client, words: str, expected: list[str]) -> None:
    assert [one["id"] for one in got(client, "/v1/batches", q=words)["batches"]] == expected


def test_a_search_goes_on_page_by_page(client: httpx.Client) -> None:
    found = [one["id"] for one in got(client, "/v1/rate-tables", q="流片")["rate_tables"]]
    assert [[one["id"] for one in page] for page in pages(client, "/v1/rate-tables", q="流片", limit=2)] == [found[:2], found[2:]]
    assert got(client, "/v1/rate-tables", q=" ") == got(client, "/v1/rate-tables")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "/query/limit"),
        ("limit=1001", "/query/limit"),
        ("limit=one", "/query/limit"),
        ("after=no-such-entry", "/query/after"),
        ("after=", "/query/after"),
        ("after=../../etc", "/query/after"),
        ("page=2", "/query/page"),
    ],
)
def test_a_page_that_cannot_be_is_refused(client: httpx.Client, path: str, query: str, pointer: str) -> None:
    response = client.get(f"{path}?{query}", headers={"If-None-Match": "*"})
    assert response.status_code == 422
    assert [one["pointer"] for one in response.json()["errors"]] == [pointer]


def test_what_is_searched_has_an_end(client: httpx.Client) -> None:
    for path in ("/v1/rate-tables", "/v1/batches"):
        assert client.get(path, params={"q": "流" * 100}).status_code == 200
        assert client.get(path, params={"q": "流" * 101}).status_code == 422


@pytest.mark.parametrize("path", [*LISTS, "/v1/funds", "/v1/reference-rates"])
def test_a_list_is_not_sent_again(client: httpx.Client, path: str) -> None:
    tag = client.get(path).headers["etag"]
    again = client.get(path, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.headers["etag"], again.content) == (304, tag, b"")


def test_the_etag_of_lists_is_made_once_and_their_entries_only_for_who_has_them_not(own: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {"tag": 0, "page": 0}
    everything, page = listing._everything, listing.page

    def counted(name: str, done: Any) -> Any:
        made[name] += 1
        return done

    monkeypatch.setattr(listing, "_everything", lambda catalogue: counted("tag", everything(catalogue)))
    monkeypatch.setattr(listing, "page", lambda found, limit: counted("page", page(found, limit)))
    tags = {own.here.get(path, params={"limit": limit}).headers["etag"] for path in list(LISTS)[:3] for limit in (1, 2)}
    assert (len(tags), made) == (1, {"tag": 1, "page": 6})
    assert own.here.get("/v1/rate-tables", headers={"If-None-Match": tags.pop()}).status_code == 304
    assert made == {"tag": 1, "page": 6}


def test_two_processes_have_one_etag(own: Service, own_database: str) -> None:
    with started(own_database) as other:
        assert other.here.get("/v1/rate-tables").headers["etag"] == own.here.get("/v1/rate-tables").headers["etag"]
