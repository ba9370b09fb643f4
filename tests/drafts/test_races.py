"""Two officers at the same moment: one of them is served, the other is told; on both databases."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx
import pytest
from sqlmodel import Session, select

from app.api.drafts.examples import BEGIN, MONTH
from app.main import create_app
from app.settings import Settings
from app.tables.storage import audit_log as audit
from app.tables.storage import models
from app.tables.storage.database import engine_of
from app.tables.storage.migrations import migrate
from tests.access.conftest import bearer, issued
from tests.conftest import PATIENCE_SECONDS, PUBLISHED, served
from tests.drafts.conftest import SCOPES
from tests.storage.conftest import fill
from tests.storage.postgres import started

ROUNDS = 4
Call = tuple[str, str, str, str, Any]  # who, method, address, ETag, body


class Live:
    """The service behind a socket, its officers, and its database."""

    def __init__(self, address: str, url: str, secrets: dict[str, str]) -> None:
        self.url = url
        self.clients = {
            who: httpx.Client(base_url=address, headers=bearer(secret), trust_env=False, timeout=PATIENCE_SECONDS) for who, secret in secrets.items()
        }

    def call(self, who: str, method: str, path: str, etag: str = "", body: Any = None) -> httpx.Response:
        return self.clients[who].request(method, path, json=body, headers={"If-Match": etag} if etag else {})

    def brought(self, body: dict[str, Any], *steps: tuple[str, str]) -> tuple[str, str]:
        """Address and ETag of a draft by li that has taken these steps."""
        response = self.call("li", "POST", "/v1/drafts", body=body)
        address = str(response.headers["location"])
        for who, step in steps:
            response = self.call(who, "POST", f"{address}/{step}", response.headers["etag"])
            assert response.status_code == 200, response.text
        return address, str(response.headers["etag"])

    def at_once(self, *calls: Call) -> list[httpx.Response]:
        """The answers to requests that are sent at the same moment."""
        ready = Barrier(len(calls))

        def sent(call: Call) -> httpx.Response:
            who, method, path, etag, body = call
            ready.wait()
            return self.call(who, method, path, etag, body)

        with ThreadPoolExecutor(len(calls)) as threads:
            return list(threads.map(sent, calls))

    def written(self, kind: Any) -> list[Any]:
        """All rows of a kind; the audit log holds."""
        engine = engine_of(self.url)
        with Session(engine) as session:
            assert audit.verify(session) == []
            found = list(session.exec(select(kind)).all())
        engine.dispose()
        return found


@contextmanager
def running(url: str) -> Iterator[Live]:
    """The service on a database; the officers have their keys when it starts."""
    secrets = {who: issued(url, *scopes, owner=who).secret for who, scopes in SCOPES.items()}
    with served(create_app(Settings(database_url=url))) as address:
        yield Live(address, url, secrets)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def live(request: pytest.FixtureRequest, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The service with the published tables, on either database."""
    if request.param == "sqlite":
        path: Path = tmp_path_factory.mktemp("races") / "own.db"
        shutil.copyfile(database.removeprefix("sqlite:///"), path)
        with running(f"sqlite:///{path}") as one:
            yield one
        return
    with started() as server:
        url = server.url(server.create("template0"))
        migrate(url)
        fill(url, [PUBLISHED])
        with running(url) as one:
            yield one


def a_version(first: str) -> dict[str, Any]:
    made = copy.deepcopy(BEGIN["content"]["value"])
    made["content"]["version"]["effective"]["first_day"] = first
    return made  # type: ignore[no-any-return]


CHECKED = (("li", "check"),)
APPROVED = (("li", "check"), ("wang", "approve"))
days = iter(f"{year}-{month:02d}-01" for year in range(2027, 2099) for month in range(1, 13))


def outcome(answers: list[httpx.Response]) -> list[int]:
    """The statuses; what was refused is a problem document."""
    for answer in answers:
        assert answer.status_code == 200 or answer.headers["content-type"] == "application/problem+json", answer.text
    return [answer.status_code for answer in answers]


def said(live: Live, draft: str) -> Any:
    return live.call("wang", "GET", draft).json()


def test_a_draft_is_published_once(live: Live) -> None:
    """Three publish it at the same moment: one version more."""
    for _ in range(ROUNDS):
        draft, etag = live.brought(a_version(next(days)), *APPROVED)
        before = len(live.written(models.RateTableVersion))
        who = ("wang", "zhao", "wang")
        answers = live.at_once(*((one, "POST", f"{draft}/publish", etag, None) for one in who))
        assert sorted(outcome(answers)) == [200, 409, 409]
        assert len(live.written(models.RateTableVersion)) == before + 1
        published = [one.actor for one in live.written(models.DraftStep) if (one.draft_id, one.kind) == (draft[-16:], "PUBLISHED")]
        assert published == [who[outcome(answers).index(200)]]


def test_a_draft_is_published_or_given_up(live: Live) -> None:
    """Never both: what is said of it at the end is what the one who was served did."""
    for _ in range(ROUNDS):
        draft, etag = live.brought(a_version(next(days)), *APPROVED)
        before = len(live.written(models.RateTableVersion))
        answers = live.at_once(("wang", "POST", f"{draft}/publish", etag, None), ("li", "DELETE", draft, etag, None))
        assert sorted(outcome(answers)) == [200, 409]
        won = answers[0].status_code == 200
        assert said(live, draft)["state"] == ("PUBLISHED" if won else "DISCARDED")
        assert len(live.written(models.RateTableVersion)) == before + won


def test_a_draft_is_published_or_revised(live: Live) -> None:
    """Whoever publishes publishes what he has seen: 412 where a revision came first, 409 for the revision that came last."""
    for _ in range(ROUNDS):
        draft, etag = live.brought(a_version(next(days)), *APPROVED)
        revision = {"content": a_version("2099-01-01")["content"]}
        answers = live.at_once(("wang", "POST", f"{draft}/publish", etag, None), ("li", "PUT", draft, etag, revision))
        assert outcome(answers) in ([200, 409], [412, 200])
        first = said(live, draft)["content"]["version"]["effective"]["first_day"]
        assert (said(live, draft)["state"], first == "2099-01-01") == (("PUBLISHED", False) if answers[0].is_success else ("DRAFT", True))


def test_of_two_changes_of_a_table_one_stands_on_what_its_approver_saw(live: Live) -> None:
    """Two new versions, both approved; the other is told to be checked anew."""
    for _ in range(ROUNDS):
        one_is_published(live, a_version(next(days)), a_version(next(days)))


def test_a_version_is_followed_or_withdrawn(live: Live) -> None:
    """Whoever approved the new version saw it follow on one that was in force."""
    table = "bj-gjj-2025-3-1"
    withdrawal = BEGIN["withdrawal"]["value"]
    assert withdrawal["target"] == table
    with httpx.Client(base_url=live.clients["li"].base_url, trust_env=False) as anybody:
        terms = anybody.get(f"/v1/rate-tables/{table}").json()["terms"]
    following = {"effective": {"first_day": "2027-01-01", "last_day": "open"}, "terms": terms}
    content = {"batch": table.rpartition("-")[0], "version": following}
    one_is_published(live, {"kind": "RATE_TABLE", "target": table, "content": content}, withdrawal)


def one_is_published(live: Live, *bodies: dict[str, Any]) -> None:
    drafts = [live.brought(body, *APPROVED) for body in bodies]
    answers = live.at_once(*(("wang", "POST", f"{draft}/publish", etag, None) for draft, etag in drafts))
    assert sorted(outcome(answers)) == [200, 409]
    assert sorted(said(live, draft)["state"] for draft, _ in drafts) == ["APPROVED", "PUBLISHED"]
    drafts_of = {one.draft_id for one in live.written(models.DraftStep) if one.kind == "PUBLISHED"}
    assert [draft[-16:] in drafts_of for draft, _ in drafts] == [answer.is_success for answer in answers]


def test_of_two_approvals_one_counts(live: Live) -> None:
    for _ in range(ROUNDS):
        draft, etag = live.brought(a_version(next(days)), *CHECKED)
        answers = live.at_once(*((who, "POST", f"{draft}/approve", etag, None) for who in ("wang", "zhao")))
        assert sorted(outcome(answers)) == [200, 412]
        assert [one["actor"] for one in said(live, draft)["steps"]] == ["li", ("wang", "zhao")[outcome(answers).index(200)]]


def test_of_two_revisions_one_is_the_second(live: Live) -> None:
    for _ in range(ROUNDS):
        draft, etag = live.brought(a_version(next(days)))
        calls = [(who, "PUT", draft, etag, {"content": {"by": who}}) for who in ("li", "zhao")]
        answers = live.at_once(*calls)
        assert sorted(outcome(answers)) == [200, 412]
        shown = said(live, draft)
        assert (shown["revision"], shown["content"]) == (2, {"by": ("li", "zhao")[outcome(answers).index(200)]})


def test_a_month_is_published_once(live: Live) -> None:
    """Two officers entered it; both were approved; the second is told that the series has moved on."""
    entered = [live.call(who, "POST", "/v1/reference-rates", body=MONTH["both"]["value"]) for who in ("li", "zhao")]
    drafts = []
    for one in entered:
        address = one.headers["location"]
        drafts.append((address, live.call("wang", "POST", f"{address}/approve", one.headers["etag"]).headers["etag"]))
    before = len(live.written(models.ReferenceRateVersion))
    answers = live.at_once(*(("wang", "POST", f"{draft}/publish", etag, None) for draft, etag in drafts))
    assert sorted(outcome(answers)) == [200, 409]
    assert len(live.written(models.ReferenceRateVersion)) == before + 2  # of two series
