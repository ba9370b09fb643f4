"""The service as a stranger meets it: a migrated database with the published tables, behind a real socket."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlmodel import Session

from app.http_protocol import bounded
from app.main import create_app
from app.serving import OPTIONS
from app.settings import Settings
from app.tables.loading.loader import load
from app.tables.storage.database import engine_of
from app.tables.storage.migrations import migrate

PATIENCE_SECONDS = 600
"""Of the services under test, unless a test is about it, and of whoever waits for them: a slow machine makes the suite slow, never red."""
os.environ |= {f"SUBSIDY_{name}_SECONDS": str(PATIENCE_SECONDS) for name in ("HEAD", "BODY", "CHANGE", "ANSWER", "LOCK")}

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = ROOT / "app" / "tables" / "published"
GOLDEN = ROOT / "tests" / "golden" / "tables"


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database that was migrated and loaded as ``make serve`` does it: copied by whoever writes to it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('database')}/subsidy.db"
    migrate(url)
    engine = engine_of(url)
    with Session(engine) as session:
        load(session, [folder for folder in (PUBLISHED, GOLDEN) if folder.is_dir()])
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def app(database: str, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The application on a copy of that database: it writes refused sign-ins into the audit log."""
    path = tmp_path_factory.mktemp("served") / "subsidy.db"
    shutil.copyfile(database.removeprefix("sqlite:///"), path)
    return create_app(Settings(database_url=f"sqlite:///{path}"))


@contextmanager
def served(app: FastAPI, **options: Any) -> Iterator[str]:
    """The address of an application behind a real socket, until the block ends; ``options`` are uvicorn's."""
    patient = {"host": "127.0.0.1", "port": 0, "log_level": "warning", "http": bounded(PATIENCE_SECONDS, PATIENCE_SECONDS)}
    config = OPTIONS | patient | options
    server = uvicorn.Server(uvicorn.Config(app, **config))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server did not start in time"
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"http://{host}:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def live_url(app: FastAPI) -> Iterator[str]:
    """The address of the application behind a real socket."""
    with served(app) as address:
        yield address


@pytest.fixture(scope="session")
def client(live_url: str) -> Iterator[httpx.Client]:
    """A client of the live service; proxies of the environment are not asked."""
    with httpx.Client(base_url=live_url, trust_env=False, timeout=PATIENCE_SECONDS) as opened:
        yield opened


@pytest.fixture(scope="session")
def update_snapshots() -> bool:
    """Whether snapshots are written rather than compared: ``UPDATE_SNAPSHOTS=1``."""
    return bool(os.environ.get("UPDATE_SNAPSHOTS"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests have measured, wherever they ran (``record_property("shown", line)``)."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, line in getattr(report, "user_properties", ()):
                if name == "shown" and report.when == "call":
                    terminalreporter.write_line(str(line))
