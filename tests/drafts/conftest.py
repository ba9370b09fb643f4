"""A service of its own with the published tables, and officers with keys: li and zhao write, wang approves."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from app.tables.storage import models
from app.tables.storage.database import engine_of
from tests.access.conftest import Service, bearer, issued, started
from tests.conftest import PATIENCE_SECONDS

SCOPES = {"li": ["tables:write"], "zhao": ["tables:write", "tables:approve"], "wang": ["tables:approve"], "auditor": ["audit:read"]}

WRITTEN = (
    models.Draft,
    models.DraftRevision,
    models.DraftStep,
    models.Batch,
    models.BatchVersion,
    models.RateTableVersion,
    models.VersionEvent,
    models.VersionStanding,
    models.ReferenceRateVersion,
)


class Office:
    """The service as its officers see it."""

    def __init__(self, service: Service, secrets: dict[str, str]) -> None:
        self.service, self.secrets = service, secrets
        self.client: TestClient = service.here

    def call(self, who: str | None, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request by an officer; by nobody where ``who`` is None."""
        sent = {} if who is None else bearer(self.secrets[who])
        return self.client.request(method, path, json=body, headers={**sent, **headers})

    def begin(self, who: str, body: dict[str, Any]) -> tuple[str, str]:
        """Address and ETag of a new draft."""
        response = self.call(who, "POST", "/v1/drafts", body)
        assert response.status_code == 201, response.text
        return response.headers["location"], response.headers["etag"]

    def step(self, who: str, draft: str, etag: str, name: str) -> Any:
        """Check, approve or publish."""
        return self.call(who, "POST", f"{draft}/{name}", **{"If-Match": etag})

    def publish(self, body: dict[str, Any]) -> str:
        """Let li write, wang approve and publish; answer the draft's address once the version is in force."""
        draft, etag = self.begin("li", body)
        before = self.known_at()
        for who, name in (("li", "check"), ("wang", "approve"), ("wang", "publish")):
            response = self.step(who, draft, etag, name)
            assert response.status_code == 200, response.text
            etag = response.headers["etag"]
        self.wait_until(lambda: self.known_at() != before)
        return draft

    def known_at(self) -> str:
        """What the service knows last."""
        return str(self.client.get("/health/ready").json()["known_at"])

    @staticmethod
    def wait_until(holds: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
        """A published version is in force within seconds (`make bench-publications` measures how soon)."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, "never in force"
            time.sleep(0.02)


@contextmanager
def opened(database: str, folder: Path) -> Iterator[Office]:
    """An office with a database of its own."""
    path = folder / "own.db"
    shutil.copyfile(database.removeprefix("sqlite:///"), path)
    url = f"sqlite:///{path}"
    secrets = {who: issued(url, *scopes, owner=who).secret for who, scopes in SCOPES.items()}
    with started(url) as service:
        yield Office(service, secrets)


@pytest.fixture
def office(database: str, tmp_path: Path) -> Iterator[Office]:
    """A fresh office."""
    with opened(database, tmp_path) as one:
        yield one


def stored(office: Office) -> list[list[dict[str, Any]]]:
    """All that drafts and publications have written, and their audit entries; not those of refused credentials."""
    engine = engine_of(office.service.url)
    with Session(engine) as session:
        found = [[row.model_dump() for row in session.exec(select(kind)).all()] for kind in WRITTEN]
        entries = session.exec(select(models.Audit).where(col(models.Audit.action).startswith("draft.")))
        found.append([row.model_dump() for row in entries.all()])
    engine.dispose()
    return found


def refused(response: Any, *statuses: int) -> str:
    """A problem document of one of the statuses, and no longer than some pages; its code."""
    assert response.status_code in statuses, response.text[:2_000]
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == response.status_code
    assert len(response.content) < 20_000
    return str(response.json()["code"])
