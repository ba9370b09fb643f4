"""A process that publishes and is killed with signal 9 at a given step; ``test_killed`` gives the orders.

It reads one order a line and starts a process of its own for each, so that nothing has to be imported again: a JSON
object with ``url``, ``draft`` or ``folder``, and ``at`` (kill at this boundary: before each statement, before and after
the commit) or ``into_commit`` (kill so many seconds after the commit began). It answers with the signal that ended the
process, 0 where nothing did.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from app.api.runtime.catalogue_refresher import Database
from app.api.runtime.transactions import Changes
from app.tables.catalogue.repository import read_catalogue
from app.tables.drafts import workflow as drafts
from app.tables.loading.loader import read_files, store
from app.tables.storage.database import engine_of, writing


def killed() -> None:
    """End here, with nothing tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


def killed_later(seconds: float) -> None:
    """End in so many seconds, whatever is going on then."""

    def wait() -> None:
        time.sleep(seconds)
        killed()

    Thread(target=wait).start()


def armed(engine: Any, at: int | None, into_commit: float | None) -> None:
    """Count the boundaries of the transaction; the process ends at one of them."""
    passed = 0

    def boundary(*_: Any) -> None:
        nonlocal passed
        passed += 1
        if passed == at:
            killed()

    event.listen(engine, "before_cursor_execute", boundary)
    if into_commit is None:
        event.listen(engine, "commit", boundary)  # before the database is told
        event.listen(Session, "after_commit", boundary)
    else:
        event.listen(engine, "commit", lambda _: killed_later(into_commit))


def work(order: dict[str, Any]) -> None:
    """Publish a draft as a request does, or load a folder as the command does."""
    if "draft" in order:
        changes = Changes(order["url"], Database())
        armed(changes.engine, order.get("at"), order.get("into_commit"))
        asyncio.run(changes.change(lambda session: drafts.publish(session, "wang", order["draft"], None)))
    else:
        engine = engine_of(order["url"])
        armed(engine, order.get("at"), order.get("into_commit"))
        with writing(engine) as session:
            store(session, read_files([Path(order["folder"])]), "operator:test")


def main() -> None:
    """Carry out orders until there are no more."""
    warm: set[str] = set()
    for line in sys.stdin:
        url = json.loads(line)["url"]
        if url not in warm:  # terms are parsed once, here: they cost more than all the rest
            engine = engine_of(url)
            with Session(engine) as session:
                read_catalogue(session)
            engine.dispose()
            warm.add(url)
        child = os.fork()
        if child == 0:
            work(json.loads(line))
            os._exit(0)
        print(os.WTERMSIG(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
