"""``make bench-faults``: the database goes away while clients calculate; how many requests failed, how long until all is well.

The same faults as in ``tests/storage/test_faults.py``, held longer. Ends with an AssertionError where a calculation failed,
a change was not refused with 503 and Retry-After, or something did not recover by itself.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from pathlib import Path

from tests.storage.faults import House, goes_on, on_postgresql, on_sqlite
from tests.storage.postgres import started

HEAD = (
    "fault",
    "calculations",
    "errors",
    "slowest answer",
    "health check tells after",
    "first change: 503 after",
    "once known: 503 after",
    "all well after the end",
)


def rows(kind: str, house: House, hold_seconds: float) -> None:
    """Measure each fault; print one row for each."""
    for name, fault in house.faults.items():
        held = 0.0 if name.startswith("stalled") else hold_seconds  # it has its own length
        calculations, errors, *seconds = goes_on(house, fault, held)
        cells = [f"{kind} {name}", f"{calculations:,}", str(errors), *(f"{one:.2f} s" for one in seconds)]
        print(f"| {' | '.join(cells)} |", flush=True)


def main() -> None:
    """Run and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=10.0, help="hold each fault so long")
    chosen = options.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores\n")
    print(f"| {' | '.join(HEAD)} |\n|---|{'---:|' * (len(HEAD) - 1)}")
    with started() as server, on_postgresql(server) as (house, _):
        rows("PostgreSQL", house, chosen.seconds)
    with tempfile.TemporaryDirectory() as folder, on_sqlite(Path(folder)) as house:
        rows("SQLite", house, chosen.seconds)


if __name__ == "__main__":
    main()
