"""A process that publishes is killed at each step: afterwards the old state stands or the new one, never a mixture."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from app.tables.catalogue.repository import read_catalogue
from app.tables.drafts import workflow as drafts
from app.tables.storage import audit_log as audit
from app.tables.storage.database import engine_of
from tests.conftest import ROOT
from tests.storage.notices import batch, direction, version, written
from tests.storage.test_backup import everything
from tests.storage.test_drafts import OLD, begin, step, table_content

Killed = Callable[..., int]
NEW = "t-fund-2024-2-1"
STEP_SECONDS = 0.0002  # from one kill inside the commit to the next


@pytest.fixture(scope="module")
def order() -> Iterator[Killed]:
    """Give an order to a process of its own; answer the signal that ended it."""
    command = [sys.executable, "-m", "tests.storage.publisher"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        sent, answered = process.stdin, process.stdout

        def give(**order: Any) -> int:
            sent.write(json.dumps(order) + "\n")
            sent.flush()
            return int(answered.readline())

        yield give
        sent.close()


def approved(engine: Engine) -> str:
    """A draft that waits for its publication: it replaces version 2 of a table from its first day."""
    state = begin(engine, table_content("2024-01-15", supersedes="2"))
    return step(engine, "approve", "wang", step(engine, "check", "li", state)).draft.id


def after_restart(url: str) -> dict[str, list[str]]:
    """Everything that a new process finds."""
    engine = engine_of(url)
    found = everything(engine)
    engine.dispose()
    return found


def is_whole(url: str) -> None:
    """The database itself, the log and the catalogue can be read from end to end."""
    engine = engine_of(url)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    with Session(engine) as session:
        assert audit.verify(session) == []
        read_catalogue(session)
    engine.dispose()


def is_published(url: str, draft: str, before: dict[str, list[str]]) -> None:
    """All of the publication is there: version, event, both standings, step and entry of the log."""
    is_whole(url)
    now = after_restart(url)
    more = {name: len(rows) - len(before[name]) for name, rows in now.items() if len(rows) != len(before[name])}
    assert more == {"rate_table_version": 1, "version_event": 1, "version_standing": 1, "draft_step": 1, "audit": 1}
    engine = engine_of(url)
    with Session(engine) as session:
        assert drafts.state_of(session, draft).state == "PUBLISHED"
        assert read_catalogue(session).choose(OLD, as_of=date(2024, 6, 1)).version == 3
        assert audit.entries(session, audit.head_of(session).last - 1, 1)[0].action == "draft.published"
    engine.dispose()


def is_loaded(url: str, before: dict[str, list[str]]) -> None:
    """All of the file is there, and the log says so."""
    is_whole(url)
    now = after_restart(url)
    more = {name: len(rows) - len(before[name]) for name, rows in now.items() if len(rows) != len(before[name])}
    assert more == {"batch": 1, "direction": 1, "rate_table_version": 1, "version_standing": 1, "audit": 1}


def killed_at_each_boundary(order: Killed, before: dict[str, list[str]], **what: str) -> int:
    """Kill at one boundary after the other until something was changed; answer how many there were."""
    at = 0
    while after_restart(what["url"]) == before:
        at += 1
        assert order(**what, at=at) == signal.SIGKILL, f"boundary {at} was never reached"
    return at


def killed_inside_the_commit(order: Killed, before: dict[str, list[str]], **what: str) -> int:
    """Kill a little later each time until the commit was faster; answer how many times it was not."""
    times = 0
    while after_restart(what["url"]) == before:
        ended = order(**what, into_commit=times * STEP_SECONDS)
        assert ended in {0, signal.SIGKILL}
        times += 1
    return times


def test_a_publication_that_is_killed(loaded: Engine, order: Killed, record_property: Callable[[str, object], None]) -> None:
    """Before each statement and before the commit: the old state. After the commit: the new one."""
    url, draft = loaded.url.render_as_string(hide_password=False), approved(loaded)
    before = after_restart(url)
    killed = killed_at_each_boundary(order, before, url=url, draft=draft)
    is_published(url, draft, before)
    assert killed > 20, "a publication has more statements than that"
    record_property("shown", f"{loaded.dialect.name}: a publication killed at {killed - 1} boundaries left the old state, after the commit the new one")


def test_a_publication_that_is_killed_inside_its_commit(loaded: Engine, order: Killed, record_property: Callable[[str, object], None]) -> None:
    """Nobody can say which state it will be, but it is one of the two."""
    url, draft = loaded.url.render_as_string(hide_password=False), approved(loaded)
    before = after_restart(url)
    times = killed_inside_the_commit(order, before, url=url, draft=draft)
    is_published(url, draft, before)
    record_property("shown", f"{loaded.dialect.name}: a publication killed {times} times inside its commit left one of the two states")


def test_a_load_that_is_killed(loaded: Engine, order: Killed, tmp_path: Path) -> None:
    """The command that loads a notice is one transaction as well."""
    url = loaded.url.render_as_string(hide_password=False)
    written(tmp_path, t2=batch(direction(version(1, "2024-01-15"))).replace("t-fund-2024-1", "t-fund-2024-2"))
    before = after_restart(url)
    assert killed_at_each_boundary(order, before, url=url, folder=str(tmp_path)) > 20
    is_loaded(url, before)
