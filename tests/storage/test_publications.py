"""Several processes on one database: a version published by one is in force in all soon after, and no request notices."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from benchmarks import publications
from tests.storage.conftest import Copy

PUBLICATIONS, CALCULATIONS = 5, 500


def test_what_one_process_publishes_all_answer_with(copies: Copy, record_property: Callable[[str, object], None]) -> None:
    """Two processes on PostgreSQL; on an SQLite file two workers of one. ``make bench-publications`` is the longer form."""
    url = copies("migrated")
    secrets = publications.prepare(url)
    with ExitStack() as stack:
        if url.startswith("sqlite"):
            tally = publications.run(
                publications.served_by_workers(stack, url), secrets, PUBLICATIONS, CALCULATIONS, workers=publications.WORKERS
            )
        else:
            tally = publications.run(publications.served(stack, url), secrets, PUBLICATIONS, CALCULATIONS)
    assert (tally.errors, tally.mixed, tally.went_back) == ([], [], [])
    assert tally.calculations >= CALCULATIONS
    assert len(tally.in_force_seconds) == PUBLICATIONS
    slowest = max(tally.in_force_seconds)
    assert slowest < float("inf")
    record_property("shown", f"{url.split(':')[0]}: in force everywhere after {slowest:.2f} s at most")
