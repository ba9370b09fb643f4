"""What was altered behind the database's back is not calculated with: the service says which rows, and goes on with all others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from app.access import keys
from app.access.scopes import Scope
from app.tables.catalogue.repository import read_catalogue
from app.tables.drafts import workflow as drafts
from app.tables.storage.database import writing
from tests.access.conftest import Service, bearer, started
from tests.bureau import USCC
from tests.contract.requests import INSURANCE, insurance
from tests.storage.conftest import fill
from tests.storage.notices import series, series_version, written
from tests.storage.test_drafts import OLD, begin, step, table_content

LPR = "LPR_1Y"
Altered = Callable[[str], Service]


def behind_its_back(engine: Engine, *statements: str) -> None:
    """Do as somebody who owns the database and takes its triggers away."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            connection.execute(text(statement))


def award(table: str = OLD, **more: Any) -> dict[str, Any]:
    return {
        "rate_table": table,
        "application_date": "2024-06-01",
        "applicant": {"uscc": USCC, **more},
        "items": [{"item_id": "A", "base_amount": "1000.00"}],
    }


@pytest.fixture
def service(loaded: Engine) -> Iterator[Callable[..., Service]]:
    """Start the service on what was altered."""
    running = []

    def start(*statements: str) -> Service:
        behind_its_back(loaded, *statements)
        running.append(started(loaded.url.render_as_string(hide_password=False)))
        return running[-1].__enter__()

    yield start
    for one in running:
        one.__exit__(None, None, None)


ALTERATIONS = {
    "rate_table_version t-fund-2024-1-1 2": f"UPDATE rate_table_version SET content = replace(content, '30%', '90%') WHERE rate_table = '{OLD}' AND version = 2",
    "rate_table_version t-fund-2024-1-1 1": f"UPDATE rate_table_version SET effective_until = '2025-01-01' WHERE rate_table = '{OLD}' AND version = 1",
    "direction_version t-fund-2024-1-1 2": (
        "INSERT INTO direction_version (rate_table, version, published_at, content, digest) "
        f"VALUES ('{OLD}', 2, '2026-01-01 00:00:00+00', '{{}}', 'sha256:0')"
    ),
    "batch_version t-fund-2024-1 2": "UPDATE batch_version SET content = '{}' WHERE batch_id = 't-fund-2024-1'",
}


@pytest.mark.parametrize("row", ALTERATIONS)
def test_a_table_that_rests_on_an_altered_row_is_not_calculated_with(service: Altered, row: str) -> None:
    """Not with another version of it, either; the health check names the row, and other tables are answered."""
    here = service(ALTERATIONS[row]).here
    answer = here.post("/v1/awards/calculate", json=award(), headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (503, "CONTENT_ALTERED")
    assert f"{row} does not match its digest" in answer.json()["detail"]
    ready = here.get("/health/ready", headers={"Accept-Language": "en"})
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    (part,) = ready.json()["degraded"]
    assert (part["what"], part["effect"].rpartition(": ")[2]) == ("content", row)
    assert part["effect"].startswith("1 stored rows do not match their digests")
    assert here.get("/v1/rate-tables/bj-gjj-2025-1-11").status_code == 200
    assert here.get(f"/v1/rate-tables/{OLD}").json()["code"] == "CONTENT_ALTERED"


def test_an_earlier_grant_under_an_altered_table_is_not_guessed(service: Altered) -> None:
    """Whether it takes room under a cap of another table is said by the altered one."""
    here = service(ALTERATIONS["rate_table_version t-fund-2024-1-1 2"]).here
    claim = insurance()
    assert here.post(INSURANCE, json=claim).status_code == 200
    claim["applicant"]["granted"] = [{"rate_table": OLD, "on": "2024-02-01", "amount": "1.00"}]
    assert here.post(INSURANCE, json=claim).json()["code"] == "CONTENT_ALTERED"


def test_an_altered_overlay_spoils_the_tables_of_its_fund(service: Altered) -> None:
    here = service("UPDATE overlay_version SET content = content || ' ' WHERE id = (SELECT min(id) FROM overlay_version)").here
    assert here.get("/v1/rate-tables/bj-gjj-2025-1-11").json()["code"] == "CONTENT_ALTERED"
    assert here.post("/v1/awards/calculate", json=award()).status_code == 200


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE reference_rate SET value = '0.9' WHERE series = '{LPR}' AND \"on\" = (SELECT max(\"on\") FROM reference_rate WHERE series = '{LPR}')",
        f"DELETE FROM reference_rate WHERE series = '{LPR}' AND \"on\" = (SELECT max(\"on\") FROM reference_rate WHERE series = '{LPR}')",
        f"DELETE FROM reference_rate WHERE series = '{LPR}'",
        f"UPDATE reference_rate_version SET holds_until = '2030-01-01' WHERE series = '{LPR}'",
    ],
)
def test_an_altered_series_is_not_there(loaded: Engine, statement: str) -> None:
    """Nor an earlier version of it; the tables that name it are spoilt."""
    behind_its_back(loaded, statement)
    with Session(loaded) as session:
        found = read_catalogue(session)
    assert LPR not in found.references
    assert LPR not in found.series(found.latest_known_at)
    assert found.altered
    assert all(name.startswith(f"reference_rate_version {LPR} ") for name in found.altered)
    assert OLD not in found.spoilt


def test_nothing_is_published_upon_what_was_altered(loaded: Engine) -> None:
    """Neither a draft on an altered table nor a draft whose own content was altered after it was approved."""
    one, other = begin(loaded, table_content()), begin(loaded, table_content("2026-06-01"))
    for name, actor in (("check", "li"), ("approve", "wang")):
        one, other = step(loaded, name, actor, one), step(loaded, name, actor, other)
    behind_its_back(loaded, f"UPDATE draft_revision SET content = replace(content, '40%', '90%') WHERE draft_id = '{one.draft.id}'")
    with pytest.raises(drafts.NotNow, match="the content of the draft does not match its digest"):
        step(loaded, "publish", "wang", one)
    behind_its_back(loaded, ALTERATIONS["rate_table_version t-fund-2024-1-1 2"])
    with pytest.raises(drafts.NotNow, match="rate_table_version t-fund-2024-1-1 2 does not match its digest"):
        step(loaded, "publish", "wang", other)


def test_what_is_intact_is_not_degraded(service: Altered) -> None:
    here = service().here
    assert here.get("/health/ready").json()["degraded"] == []
    assert here.post("/v1/awards/calculate", json=award()).json()["amount"] == "300.00"


def test_the_list_of_tables_still_has_an_altered_one(service: Altered, loaded: Engine) -> None:
    """As one that is not loaded, so that nobody looks for it in vain."""
    with writing(loaded) as session:
        secret = keys.create(session, "operator:t", name="x", owner="li", scopes=[Scope.TABLES_READ], days=90, now=datetime.now(UTC)).secret
    here = service(ALTERATIONS["rate_table_version t-fund-2024-1-1 2"]).here
    (entry,) = [one for one in here.get("/v1/rate-tables", headers=bearer(secret)).json()["rate_tables"] if one["id"] == OLD]
    assert (entry["loaded"], entry["versions"]) == (False, [])


def test_a_series_of_plain_numbers_is_intact(migrated: Engine, tmp_path: Path) -> None:
    """Exchange rates are numbers, not percentages: what their rows say is read as the series says that it is written."""
    rates = series(series_version(1, "2024-01-22T09:15:00+08:00", "2024-02-20", ("2024-01-22", "7.1879")))
    number = rates.replace("    authority: official\n", "    authority: official\n    values_are: NUMBER\n", 1)
    fill(migrated.url.render_as_string(hide_password=False), written(tmp_path, s=number))
    with Session(migrated) as session:
        found = read_catalogue(session)
    assert found.altered == ()
    assert set(found.references) == {"T_RATE"}
