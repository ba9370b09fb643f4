"""Two ways to the same drafts: the functions of the tables, and HTTP with a key for each officer.

Both answer a step with what the draft then is, or refuse it by one name; so one machine runs through either. Beside the
second stands an archive: answers to claims, kept as bytes, that no later publication may change.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import Session
from starlette.testclient import TestClient

from app.tables.catalogue.snapshot import Catalogue
from app.tables.drafts import workflow as drafts
from app.tables.storage.database import engine_of, writing
from app.tables.storage.migrations import migrate
from tests.access.conftest import bearer, started
from tests.bureau import USCC
from tests.properties.draft_model import SERIES, Json
from tests.storage.conftest import fill
from tests.storage.notices import batch, direction, series, series_version, version, written

OVERTAKEN = {"检查之后该对象另有公布；请保存一版新的修订并重新检查"}  # a CONFLICT like any other, but for what it says
CODES = {
    "DRAFT_NOT_FOUND": "NoSuchDraft",
    "PRECONDITION_FAILED": "SomebodyWasFaster",
    "CONFLICT": "NotNow",
    "OWN_DRAFT": "OwnDraft",
    "DRAFT_FAULTY": "Refused",
}
STATUSES = {"NoSuchDraft": 404, "SomebodyWasFaster": 412, "NotNow": 409, "Overtaken": 409, "OwnDraft": 403, "Refused": 422}


class Clock:
    """The clock of drafts: it stands still within a day, so that only the drafts themselves keep publications apart."""

    at = datetime(2025, 3, 1, 1, tzinfo=UTC)

    @classmethod
    def now(cls, _: Any) -> datetime:
        """What the drafts take for now."""
        return cls.at

    @classmethod
    def today(cls) -> date:
        """The day in Beijing."""
        return (cls.at + timedelta(hours=8)).date()


@dataclass
class Shown:
    """A draft as its officers see it."""

    id: str
    kind: str
    target: str
    content: Json
    state: str
    etag: str
    revision: int
    authors: list[str]
    steps: list[tuple[str, str]]


class Refusal(Exception):
    """A step that was refused: the name of the error, and the faults it lists."""

    def __init__(self, name: str, faults: list[str]) -> None:
        super().__init__(name, faults)
        self.name, self.faults = name, faults


class Functions:
    """The drafts by the functions that the service calls."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def begin(self, actor: str, kind: str, target: str, content: Json) -> Shown:
        """Begin a draft."""
        return self._done(lambda session: drafts.begin(session, actor, kind, target, content, "content"))

    def month(self, actor: str, body: Json) -> Shown:
        """Enter a day's rates."""
        return self._done(partial(drafts.enter_month, **{"confirmed": False, **body}), actor)

    def step(self, act: str, actor: str, draft: str, seen: str | None, content: Json | None) -> Shown:
        """Revise, check, approve, publish or give up."""
        more = () if content is None else (content,)
        return self._done(getattr(drafts, act), actor, draft, seen, *more)

    def shown(self, draft: str) -> Shown:
        """The draft as it stands."""
        with Session(self.engine) as session:
            return _of(drafts.state_of(session, draft))

    def _done(self, work: Callable[..., drafts.State], *words: Any) -> Shown:
        try:
            with writing(self.engine) as session:
                return _of(work(session, *words))
        except drafts.DraftError as error:
            faults = [fault.message for fault in getattr(error, "faults", ())]
            raise Refusal("Overtaken" if error.zh in OVERTAKEN else type(error).__name__, faults) from None


def _of(found: drafts.State) -> Shown:
    draft, steps = found.draft, [(one.kind, one.actor) for one in found.steps]
    return Shown(
        draft.id, draft.kind, draft.target, found.content, found.state, found.etag, found.revision.revision, list(found.authors), steps
    )


class Http:
    """The drafts over HTTP; each officer shows a key of his own."""

    def __init__(self, client: TestClient, secrets: Mapping[str, str]) -> None:
        self.client, self.secrets = client, secrets

    def begin(self, actor: str, kind: str, target: str, content: Json) -> Shown:
        """Begin a draft."""
        return self._sent(actor, "POST", "", {"kind": kind, "target": target, "content": content})

    def month(self, actor: str, body: Json) -> Shown:
        """Enter a day's rates: decimal fractions here, as everywhere over HTTP."""
        values = {name: f"{Decimal(value.removesuffix('%')) / 100:f}" for name, value in body["values"].items()}
        return self._sent(actor, "POST", "", {**body, "values": values}, of="/v1/reference-rates")

    def step(self, act: str, actor: str, draft: str, seen: str | None, content: Json | None) -> Shown:
        """Revise, check, approve, publish or give up."""
        etag = '"0"' if seen is None else seen
        if act in {"revise", "discard"}:
            body = None if content is None else {"content": content}
            return self._sent(actor, "PUT" if act == "revise" else "DELETE", f"/{draft}", body, etag)
        return self._sent(actor, "POST", f"/{draft}/{act}", None, etag)

    def shown(self, draft: str) -> Shown:
        """The draft as it stands."""
        return self._sent("wang", "GET", f"/{draft}", None)

    def _sent(self, actor: str, method: str, path: str, body: Json | None, etag: str = "", of: str = "/v1/drafts") -> Shown:
        headers = bearer(self.secrets[actor]) | ({"If-Match": etag} if etag else {})
        response = self.client.request(method, f"{of}{path}", json=body, headers=headers)
        said = response.json()
        if not response.is_success:
            assert response.headers["content-type"] == "application/problem+json"
            name = "Overtaken" if said["detail"] in OVERTAKEN else CODES[said["code"]]
            assert response.status_code == STATUSES[name]
            raise Refusal(name, [one["detail"] for one in said["errors"]])
        assert response.status_code == (201 if method == "POST" and not path else 200)
        steps = [(one["kind"], one["actor"]) for one in said["steps"]]
        words = ("id", "kind", "target", "content", "state")
        return Shown(*(said[word] for word in words), response.headers["etag"], said["revision"], said["authors"], steps)


class Archive:
    """Claims that say as of when they are answered, and the bytes that they were answered with."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.kept: dict[tuple[tuple[str, str], ...], tuple[int, bytes]] = {}

    def answered(self, table: str, day: date, rate: str | None, **known: str) -> None:
        """Ask for 1,000.00 yuan on a day, and keep the answer: the rate's share, or that no version is in force."""
        asked = tuple({"rate_table": table, "application_date": day.isoformat(), **known}.items())
        if asked not in self.kept:
            status, body = self.kept[asked] = self._answer(asked)
            said = json.loads(body)
            if rate is None:
                assert (status, said["code"]) in {(404, "NO_VERSION_IN_FORCE"), (404, "STANDARD_NOT_LOADED"), (404, "RATE_TABLE_NOT_FOUND")}
            else:
                assert (status, said["amount"]) == (200, f"{1000 * int(rate.rstrip('%')) // 100}.00"), asked

    def unchanged(self) -> None:
        """Every claim is answered with the same bytes as at first."""
        for asked, answer in self.kept.items():
            assert self._answer(asked) == answer, asked

    def _answer(self, asked: tuple[tuple[str, str], ...]) -> tuple[int, bytes]:
        claim = dict(asked) | {"applicant": {"uscc": USCC}, "items": [{"item_id": "A", "base_amount": "1000.00"}]}
        response = self.client.post("/v1/awards/calculate", json=claim, headers={"X-Request-ID": "kept"})
        return response.status_code, response.content


@contextmanager
def by_functions(url: str) -> Iterator[tuple[Functions, None]]:
    """The functions on a database."""
    engine = quick(url)
    yield Functions(engine), None
    engine.dispose()


@contextmanager
def over_http(url: str, secrets: Mapping[str, str]) -> Iterator[tuple[Http, Archive]]:
    """The service on a database."""
    with started(url) as service:
        yield Http(service.here, secrets), Archive(service.here)


def take(archive: Archive, found: Catalogue) -> None:
    """What the service does by itself within two seconds of a publication."""
    app: Any = archive.client.app
    app.state.catalogue = found


def quick(url: str) -> Engine:
    """Nobody reads these files after a crash."""
    engine = engine_of(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    return engine


def small_world(url: str, folder: Path) -> str:
    """The small world of the model."""
    rates = [series(series_version(1, "2024-01-22T09:15:00+08:00", "2024-02-20", ("2024-01-22", "3.45%"))).replace("T_RATE", name) for name in SERIES]
    migrate(url)
    fill(url, written(folder, notice=batch(direction(version(1, "2024-01-15"))), one=rates[0], two=rates[1]))
    return url
