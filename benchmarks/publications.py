"""``make bench-publications``: versions are published while clients calculate; each answer must be of one catalogue.

Version n of one table pays n% of 1,000,000 yuan, so that an amount tells its version. Two processes of the service
share one PostgreSQL, then two workers of one process share one SQLite file; officers take each draft through all of them,
with keys. Ends with 1 where a request failed, an answer mixed two versions, a process went back in time, or a version was
not in force in all within two seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks.run import free_port, server

FUND, BATCH, TABLE = "t-fund", "t-fund-2026-1", "t-fund-2026-1-1"
MOST_SECONDS = 2.0
NEVER_SECONDS = 600.0
CLIENTS = 3  # of each process; the first of them also sends
CASES_EVERY = 25  # requests a list of cases: it takes long enough for a publication to come in between
CASES = 100
PAUSE_SECONDS = 0.005
WORKERS = 2
KEYS = {"li": "tables:write", "wang": "tables:approve", "portal": "calculate"}
CLAIM = {
    "rate_table": TABLE,
    "application_date": "2026-01-15",
    "applicant": {"uscc": "91350100M000100Y43"},
    "items": [{"item_id": "A-1", "base_amount": "1000000.00"}],
}
CASE_LIST = CLAIM | {"detail": "FULL", "cases": [{"item_id": f"{number}"} for number in range(CASES)]}


def terms(version: int) -> dict[str, Any]:
    """The terms of a version: it pays its number in percent."""
    return {
        "facts": "ITEMS",
        "wording": "EXACT",
        "lines": [{"id": "ALL", "base": "base_amount", "rate": f"{version}%", "clause": f"按照{version}%给予奖励"}],
    }


def amount(version: int) -> str:
    """What 1,000,000.00 yuan earn under a version: n% are n × 10,000.00."""
    return f"{version * 10_000}.00"


def prepare(url: str, *more: Path) -> dict[str, str]:
    """Load the table's first version, and more files, into a migrated database and make keys; answer their secrets."""
    from sqlmodel import Session

    from app.access import keys
    from app.access.scopes import Scope
    from app.tables.loading.loader import load
    from app.tables.storage.database import engine_of, writing

    notice = f"""\
fund: {FUND}
batch: {{id: {BATCH}, year: '2026', no: '1', title: 2026年第一批}}
document: {{title: 试验通知, issuer: 试验部门, number: null, date: '2026-01-01'}}
authority: official
directions:
  - {{rate_table: {TABLE}, no: '1', title: 试验奖励, method: AWARD, area: null, versions: [{{
      version: '1', effective: {{first_day: '2026-01-01', last_day: open}}, published_at: '2026-01-01T00:00:00+08:00',
      confidence: read, terms: {json.dumps(terms(1), ensure_ascii=False)}}}]}}
"""
    engine = engine_of(url)
    with tempfile.TemporaryDirectory() as folder, Session(engine) as session:
        (Path(folder) / "funds.yaml").write_text(f"funds:\n  - {{id: {FUND}, title: 试验资金}}\n", encoding="utf-8")
        (Path(folder) / "notice.yaml").write_text(notice, encoding="utf-8")
        load(session, [Path(folder), *more])
    with writing(engine) as session:
        made = {
            who: keys.create(session, "operator:test", name=who, owner=who, scopes=[Scope(scope)], days=1, now=datetime.now(UTC))
            for who, scope in KEYS.items()
        }
    engine.dispose()
    return {who: one.secret for who, one in made.items()}


@dataclass
class Seen:
    """What one process has answered: the latest it knew, and when it first answered each version."""

    known_at: datetime = datetime.min.replace(tzinfo=UTC)
    first: dict[int, float] = field(default_factory=dict)


@dataclass
class Tally:
    """What was sent and what was wrong with the answers."""

    calculations: int = 0
    cases: int = 0
    changes: int = 0
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    went_back: list[str] = field(default_factory=list)
    in_force_seconds: list[float] = field(default_factory=list)
    finished: bool = False

    @property
    def right(self) -> bool:
        """Whether nothing was wrong."""
        return not (self.errors or self.mixed or self.went_back) and max(self.in_force_seconds) <= MOST_SECONDS


async def _connected(url: str, secret: str, workers: int) -> list[tuple[Seen, httpx.AsyncClient]]:
    """Connections to each of the processes behind an address; the system says which one has accepted a connection."""
    found: dict[int, list[httpx.AsyncClient]] = {}
    one = httpx.Limits(max_connections=1)
    for _ in range(100 * workers):
        client = httpx.AsyncClient(base_url=url, limits=one, trust_env=False, timeout=NEVER_SECONDS, headers=bearer(secret))
        response = await client.get("/health/live")
        stream = response.extensions["network_stream"]
        here, there = (stream.get_extra_info(name)[1] for name in ("client_addr", "server_addr"))
        (pid,) = {at.pid for at in psutil.net_connections("tcp") if at.raddr and (at.raddr.port, at.laddr.port) == (here, there)}
        mine = found.setdefault(pid, [])
        if len(mine) == CLIENTS:
            await client.aclose()
        else:
            mine.append(client)
        if len(found) == workers and all(len(mine) == CLIENTS for mine in found.values()):
            break
    assert len(found) == workers, f"{len(found)} of {workers} processes take connections"
    return [(seen, client) for mine in found.values() for seen in [Seen()] for client in mine]


async def _client(seen: Seen, client: httpx.AsyncClient, tally: Tally, *, lists: bool) -> None:
    """Calculate on one connection, which one process answers, until all is published."""
    async with aclosing(client):
        number = 0
        while not tally.finished:
            number += 1
            many = lists and number % CASES_EVERY == 0
            before = seen.known_at  # answered before this one was asked
            try:
                response = await client.post(f"/v1/awards/calculate{'/batch' if many else ''}", json=CASE_LIST if many else CLAIM)
            except httpx.HTTPError as error:
                tally.errors.append(repr(error))
                continue
            if response.status_code != 200:
                tally.errors.append(response.text)
                continue
            answers = [one["result"] for one in response.json()["cases"]] if many else [response.json()]
            found = {(one["provenance"]["rate_table"]["version"], one["amount"], one["known_at"]) for one in answers}
            tally.cases += len(answers) if many else 0
            tally.calculations += 0 if many else 1
            _judge(found, seen, tally, before)
            await asyncio.sleep(PAUSE_SECONDS)


def _judge(found: set[tuple[int, str, str]], seen: Seen, tally: Tally, before: datetime) -> None:
    [(version, earned, known), *more] = sorted(found)
    if more or earned != amount(version):
        tally.mixed.append(repr(found))
    known_at = datetime.fromisoformat(known)
    if known_at < before:
        tally.went_back.append(f"{known_at} after {before}")
    seen.known_at = max(seen.known_at, known_at)
    seen.first.setdefault(version, time.perf_counter())


async def _publish(version: int, clients: Sequence[httpx.AsyncClient], secrets: dict[str, str], tally: Tally) -> float:
    """Take a correction of the table from draft to publication, each step at the next process; answer when it was out."""
    effective = {"first_day": "2026-01-01", "last_day": "open"}
    content = {"batch": BATCH, "version": {"effective": effective, "supersedes": str(version - 1), "terms": terms(version)}}
    path, etag, body = "/v1/drafts", "", {"kind": "RATE_TABLE", "target": TABLE, "content": content}
    for no, (who, step) in enumerate((("li", ""), ("li", "/check"), ("wang", "/approve"), ("wang", "/publish"))):
        headers = bearer(secrets[who]) | ({"If-Match": etag} if etag else {})
        response = await clients[(version + no) % len(clients)].post(path + step, headers=headers, json=None if etag else body)
        tally.changes += 1
        if response.status_code not in {200, 201}:
            tally.errors.append(response.text)
            raise RuntimeError(response.text)
        path, etag = response.headers.get("location", path), response.headers["etag"]
    return time.perf_counter()


async def _all_answer(version: int, everyone: Sequence[Seen], published: float) -> float:
    """Seconds from a publication until the last process answered under it."""
    while not all(version in seen.first for seen in everyone):
        if time.perf_counter() - published > NEVER_SECONDS:
            return float("inf")
        await asyncio.sleep(0.005)
    return max(0.0, max(seen.first[version] for seen in everyone) - published)


async def _run(urls: Sequence[str], secrets: dict[str, str], publications: int, calculations: int, workers: int) -> Tally:
    tally = Tally()
    connections = [one for url in urls for one in await _connected(url, secrets["portal"], workers)]
    clients = [
        asyncio.create_task(_client(seen, client, tally, lists=no % CLIENTS == 0)) for no, (seen, client) in enumerate(connections)
    ]
    officers = [httpx.AsyncClient(base_url=url, trust_env=False, timeout=NEVER_SECONDS) for url in urls]
    distinct = list({id(seen): seen for seen, _ in connections}.values())
    try:
        for version in range(2, publications + 2):
            published = await _publish(version, officers, secrets, tally)
            tally.in_force_seconds.append(await _all_answer(version, distinct, published))
        while tally.calculations < calculations and not tally.errors and not any(client.done() for client in clients):
            await asyncio.sleep(0.05)
    finally:
        tally.finished = True
        await asyncio.gather(*clients)
        for officer in officers:
            await officer.aclose()
    return tally


def run(urls: Sequence[str], secrets: dict[str, str], publications: int, calculations: int, *, workers: int = 1) -> Tally:
    """Publish so many versions while clients calculate, and judge every answer; so many workers stand behind each address."""
    assert publications < 100, "a version pays its number in percent"
    return asyncio.run(_run(urls, secrets, publications, calculations, workers))


def served(stack: ExitStack, url: str, processes: int = 2) -> list[str]:
    """Start processes of the service on one database; answer their addresses."""
    ports = [free_port() for _ in range(processes)]
    for port in ports:
        environment = {"SUBSIDY_DATABASE_URL": url, "SUBSIDY_HOST": "127.0.0.1", "SUBSIDY_PORT": str(port)}
        stack.enter_context(server([sys.executable, "-m", "app.serving"], port, "/health/ready", **environment))
    return [f"http://127.0.0.1:{port}" for port in ports]


def served_by_workers(stack: ExitStack, url: str) -> list[str]:
    """Start one process of the service with several workers; answer its address."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app", "--workers", str(WORKERS), "--port", str(port)]
    stack.enter_context(server([*command, "--log-level", "critical"], port, "/health/ready", SUBSIDY_DATABASE_URL=url))
    return [f"http://127.0.0.1:{port}"]


def table(tally: Tally) -> str:
    """The figures as Markdown."""
    seconds = tally.in_force_seconds
    rows = (
        ("publications", str(len(seconds))),
        ("requests of officers", str(tally.changes)),
        ("calculations", f"{tally.calculations:,}"),
        ("further cases in lists", f"{tally.cases:,}"),
        ("requests that failed", str(len(tally.errors))),
        ("answers of two versions, or whose amount is of another", str(len(tally.mixed))),
        ("answers that know less than one before", str(len(tally.went_back))),
        ("seconds until in force in all processes, median", f"{statistics.median(seconds):.2f}"),
        ("the same, at most", f"{max(seconds):.2f}"),
    )
    return "| | |\n|---|---:|\n" + "\n".join(f"| {name} | {figure} |" for name, figure in rows)


def bearer(secret: str) -> dict[str, str]:
    """The header that shows a key."""
    return {"Authorization": f"Bearer {secret}"}


def main() -> None:
    """Run and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--publications", type=int, default=50)
    options.add_argument("--calculations", type=int, default=10_000, help="at least so many")
    chosen = options.parse_args()
    from app.commands.tables import PUBLISHED
    from app.tables.storage.migrations import migrate
    from tests.storage.postgres import started

    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {CLIENTS} clients for each process or worker")
    with started() as postgres, tempfile.TemporaryDirectory() as folder:
        for url in (postgres.url(postgres.create()), f"sqlite:///{folder}/subsidy.db"):
            migrate(url)
            secrets = prepare(url, PUBLISHED)
            with ExitStack() as stack:
                if url.startswith("sqlite"):
                    print(f"\n{WORKERS} workers of one process on one SQLite file\n")
                    tally = run(served_by_workers(stack, url), secrets, chosen.publications, chosen.calculations, workers=WORKERS)
                else:
                    print("\n2 processes on one PostgreSQL\n")
                    tally = run(served(stack, url), secrets, chosen.publications, chosen.calculations)
            print(table(tally), flush=True)
            if not tally.right:
                raise SystemExit("\n".join([*tally.errors, *tally.mixed, *tally.went_back][:10]) or "a limit is missed")


if __name__ == "__main__":
    main()
