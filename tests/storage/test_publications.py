"""Several processes on one database: a version published by one is in force in all within two seconds, and no request notices."""

from __future__ import annotations

from contextlib import ExitStack

from benchmarks import publications
from tests.storage.conftest import Copy

PUBLICATIONS, CALCULATIONS = 5, 500


def test_what_one_process_publishes_all_answer_with(copies: Copy) -> None:
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
    assert max(tally.in_force_seconds) <= publications.MOST_SECONDS
