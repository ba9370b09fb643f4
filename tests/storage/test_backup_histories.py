"""A backup restores after any use: random histories on each database, restored into both at every stop, compared in all answers.

``make fuzz-backup`` runs 500 of them on each database; here are a few.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.storage.fuzz_backup import World, world
from tests.storage.histories import run
from tests.storage.postgres import Server

SEEDS = range(8)
ALL_ACTS = {"begin", "revise", "check", "approve", "publish", "discard", "month", "load", "key create", "key rotate", "key revoke", "key use"}


@pytest.fixture(scope="module")
def small(server: Server, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The small world on both databases, to be copied."""
    return world(server, tmp_path_factory.mktemp("world"))


def test_every_history_is_restored_into_both_databases(small: World, tmp_path: Path, record_property: Callable[[str, Any], None]) -> None:
    """Each kind of use is there at least once, so that none is left out by chance."""
    done: Counter[str] = Counter()
    for seed in SEEDS:
        kind = ("sqlite", "postgresql")[seed // 2 % 2]
        folder = tmp_path / str(seed)
        folder.mkdir()
        done += run(seed, kind, small.copy(kind), small.secret, small.empty, folder)
    record_property("shown", f"backups after random use: {len(SEEDS)} histories, {sum(done.values())} acts")
    assert set(done) >= ALL_ACTS, ALL_ACTS - set(done)
