"""The published tables over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from app.api.tables.presenters import changes
from app.main import create_app
from app.settings import Settings
from app.tables.loading.loader import load
from app.tables.storage.database import engine_of
from app.tables.storage.migrations import migrate
from tests.storage.notices import batch, direction, version, written


def get(client: httpx.Client, path: str) -> Any:
    """The JSON of a path that answers."""
    response = client.get(path)
    assert response.status_code == 200, response.text
    return response.json()


def test_funds_show_the_rules_that_lie_over_their_tables(client: httpx.Client) -> None:
    funds = {fund["id"]: fund for fund in get(client, "/v1/funds")["funds"]}
    assert {"bj-gjj", "bj-sme", "bj-equip", "cn-firstset", "cn-sme", "cn-consumer"} <= set(funds)
    overlays = funds["bj-gjj"]["overlays"]
    assert overlays
    assert all(overlay["digest"].startswith("sha256:") and overlay["effective_from"] for overlay in overlays)


def test_a_batch_shows_its_window_and_directions(client: httpx.Client) -> None:
    listed = get(client, "/v1/batches")["batches"]
    batch = get(client, "/v1/batches/bj-gjj-2025-1")
    assert batch in listed
    assert batch["application_window"] == {"first_day": "2025-01-20", "last_day": "2025-03-31"}
    assert (batch["fund"], batch["year"], batch["no"]) == ("bj-gjj", 2025, 1)
    launch = next(one for one in batch["directions"] if one["rate_table"] == "bj-gjj-2025-1-11")
    assert (launch["method"], launch["loaded"], launch["not_loaded"]) == ("INSURANCE", True, None)
    assert any(not one["loaded"] and one["not_loaded"] for one in batch["directions"])


@pytest.mark.parametrize("key", ["method", "area", "batch"])
def test_tables_are_listed_by_what_they_are(client: httpx.Client, key: str) -> None:
    everything = get(client, "/v1/rate-tables")["rate_tables"]
    for value in {one[key] for one in everything if one[key] is not None}:
        found = get(client, f"/v1/rate-tables?{key}={value}")["rate_tables"]
        assert found == [one for one in everything if one[key] == value]
        assert found


def test_tables_in_force_on_a_day(client: httpx.Client) -> None:
    early = {one["id"] for one in get(client, "/v1/rate-tables?as_of=2022-06-01")["rate_tables"]}
    late = {one["id"] for one in get(client, "/v1/rate-tables?as_of=2025-06-01")["rate_tables"]}
    assert "bj-gjj-2025-1-11" in late - early
    assert get(client, "/v1/rate-tables?as_of=1950-01-01")["rate_tables"] == []


def test_a_table_shows_what_it_needs_and_on_what_it_stands(client: httpx.Client) -> None:
    table = get(client, "/v1/rate-tables/bj-gjj-2023-2-2?as_of=2023-11-20")
    assert (table["method"], table["facts"], table["applicant"]) == ("LOAN_INTEREST", "CONTRACTS", "ENTERPRISE")
    assert table["endpoint"] == "/v1/loan-interest-subsidies/calculate"
    need = table["needs"]["fai_2022"]
    assert (need["of"], need["type"], need["overlay"]) == ("APPLICANT", "MONEY", None)
    assert "固定资产投资" in need["title"]
    assert table["document"]["title"]
    assert table["authority"]
    places = {clause["place"] for clause in table["clauses"]}
    assert {"/lines/0", "/caps/0"} <= places
    assert table["terms"]["lines"][0]["clause"] in {clause["clause"] for clause in table["clauses"]}
    assert table == get(client, f"/v1/rate-tables/bj-gjj-2023-2-2/versions/{table['version']}")


def test_every_published_table_can_be_shown(client: httpx.Client) -> None:
    loaded = [entry for entry in get(client, "/v1/rate-tables")["rate_tables"] if entry["loaded"]]
    assert loaded
    for entry in loaded:
        table = get(client, f"/v1/rate-tables/{entry['id']}")
        assert table["version"] == entry["version"]
        assert table["clauses"]
        listed = get(client, f"/v1/rate-tables/{entry['id']}/versions")["versions"]
        assert [one["version"] for one in listed] == entry["versions"] == table["versions"]


def test_a_version_does_not_differ_from_itself(client: httpx.Client) -> None:
    difference = get(client, "/v1/rate-tables/bj-gjj-2025-1-11/versions/1/diff?against=1")
    assert difference == {"id": "bj-gjj-2025-1-11", "version": 1, "against": 1, "changes": []}


def test_a_difference_names_each_place() -> None:
    before = {"lines": [{"rate": "50%"}, {"rate": "30%"}], "gone/~": "1"}
    now = {"lines": [{"rate": "40%"}], "new": {"x": "1"}}
    found = [change.model_dump(by_alias=True) for change in changes(before, now)]
    assert found == [
        {"path": "/lines/0/rate", "from": "50%", "to": "40%"},
        {"path": "/lines/1", "from": {"rate": "30%"}, "to": None},
        {"path": "/gone~1~0", "from": "1", "to": None},
        {"path": "/new", "from": None, "to": {"x": "1"}},
    ]


# --- when a version stands ----------------------------------------------------------------------------

T = "t-fund-2024-1-1"
EVENTS = """\
    events:
      - {version: '2', kind: ENDED, known_at: '2024-05-02T00:00:00+08:00', last_day: '2024-06-30'}
      - {version: '3', kind: WITHDRAWN, known_at: '2024-08-01T00:00:00+08:00'}
"""


@pytest.fixture
def history(tmp_path: Path) -> Iterator[httpx.Client]:
    """A table with a history: 1 corrected by 2, 2 ended with June, 3 withdrawn, 4 for July to December."""
    url = f"sqlite:///{tmp_path}/history.db"
    migrate(url)
    one = direction(
        version(1, "2024-01-15"),
        version(2, "2024-01-15", published="2024-03-01T00:00:00+08:00", supersedes=1),
        version(3, "2024-07-01"),
        version(4, "2024-07-01", "2024-12-31", published="2024-08-02T00:00:00+08:00"),
    )
    engine = engine_of(url)
    with Session(engine) as session:
        load(session, written(tmp_path, t=batch(one) + EVENTS))
    engine.dispose()
    with TestClient(create_app(Settings(database_url=url)), client=("127.0.0.1", 50000), base_url="http://localhost") as opened:
        yield opened


def test_versions_say_how_they_stand_now(history: httpx.Client) -> None:
    """State, end of validity, and the period that is known now; ``effective_until`` is the first day that does not count."""
    keys = ("version", "state", "effective_from", "effective_until", "superseded_by", "ends_on")
    versions = get(history, f"/v1/rate-tables/{T}/versions")["versions"]
    assert [tuple(one[key] for key in keys) for one in versions] == [
        (1, "SUPERSEDED", "2024-01-15", None, 2, None),
        (2, "PUBLISHED", "2024-01-15", "2024-07-01", None, "2024-06-30"),
        (3, "WITHDRAWN", "2024-07-01", None, None, None),
        (4, "PUBLISHED", "2024-07-01", "2025-01-01", None, None),
    ]
    assert [one["ended_at"] for one in versions] == [None, "2024-05-02T00:00:00+08:00", None, None]
    assert [one["withdrawn_at"] is not None for one in versions] == [False, False, True, False]


def test_a_table_says_the_same_of_its_version(history: httpx.Client) -> None:
    for one in get(history, f"/v1/rate-tables/{T}/versions")["versions"]:
        table = get(history, f"/v1/rate-tables/{T}/versions/{one['version']}")
        assert one == {key: table[key] for key in one}
    assert get(history, f"/v1/rate-tables/{T}?as_of=2024-06-30")["ends_on"] == "2024-06-30"


def test_an_answer_knows_the_end_of_its_version_from_its_publication_on(history: httpx.Client) -> None:
    """The end was published on 2 May: answers as known before keep their open end, for ever."""
    claim = {"rate_table": T, "application_date": "2024-06-01", "applicant": {"uscc": "91350100M000100Y43"}, "items": [{"item_id": "A", "base_amount": "100.00"}]}
    ends = {}
    for known_at in ("2024-05-01T23:59:59+08:00", "2024-05-02T00:00:00+08:00", "2024-09-01T00:00:00+08:00"):
        answer = history.post("/v1/awards/calculate", json=claim | {"known_at": known_at}).json()
        assert answer["amount"] == "30.00"
        ends[known_at[:10]] = answer["provenance"]["rate_table"]["effective_until"]
    assert ends == {"2024-05-01": None, "2024-05-02": "2024-07-01", "2024-09-01": "2024-07-01"}


@pytest.mark.parametrize(
    ("on", "published_on", "value"),
    [("2024-02-19", "2024-01-22", "0.042"), ("2024-02-20", "2024-02-20", "0.0395"), ("2024-03-19", "2024-02-20", "0.0395")],
)
def test_the_publication_day_has_the_new_value(client: httpx.Client, on: str, published_on: str, value: str) -> None:
    """D14: the value of a day is the last one published on or before it."""
    series = get(client, f"/v1/reference-rates/LPR_5Y?on={on}")
    assert (series["value"]["on"], series["value"]["value"]) == (published_on, value)
    assert series["rows"] == get(client, "/v1/reference-rates/LPR_5Y")["rows"]


def test_series_say_how_long_they_hold(client: httpx.Client) -> None:
    known = get(client, "/v1/reference-rates")["reference_rates"]
    assert known
    for entry in known:
        series = get(client, f"/v1/reference-rates/{entry['series']}")
        assert series["first_on"] == series["rows"][0]["on"]
        assert series["last_on"] == series["rows"][-1]["on"] < series["holds_until"]
        assert client.get(f"/v1/reference-rates/{entry['series']}?on={series['holds_until']}").status_code == 422
        assert client.get(f"/v1/reference-rates/{entry['series']}?on=2000-01-01").status_code == 422
