"""``make bench-startup``: from the command to ready, and the memory then; the database is there already.

A start ends with the first 200 of ``/health/ready``. Ends with 1 where a median misses its limit.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

import httpx

from benchmarks.run import ROOT, free_port, prepared_database

STARTS = 5
MOST_SECONDS = 1.5
MOST_MIB = 120.0
GIVE_UP_SECONDS = 30.0


def resident_mib(process: subprocess.Popen[bytes]) -> float:
    """Return the resident memory of a process."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def started(url: str, port: int) -> tuple[float, float]:
    """Start the service once; return the seconds until it was ready and its memory then, and stop it."""
    environment = os.environ | {"SUBSIDY_DATABASE_URL": url, "SUBSIDY_HOST": "127.0.0.1", "SUBSIDY_PORT": str(port)}
    with httpx.Client(trust_env=False) as client:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "app.serving"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            while not _ready(client, port):
                if process.poll() is not None or time.perf_counter() - began > GIVE_UP_SECONDS:
                    raise SystemExit("the service did not become ready")
                time.sleep(0.005)
            return time.perf_counter() - began, resident_mib(process)
        finally:
            process.terminate()
            process.wait(10)


def _ready(client: httpx.Client, port: int) -> bool:
    try:
        return client.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def main() -> None:
    """Start five times; print each start and the medians."""
    with tempfile.TemporaryDirectory() as folder:
        url = prepared_database(folder)
        starts = [started(url, free_port()) for _ in range(STARTS)]
    seconds, mib = (statistics.median(figures) for figures in zip(*starts, strict=True))
    print("| warm start | ready after s | VmRSS MiB |\n|---|---:|---:|")
    for number, (one, size) in enumerate(starts, 1):
        print(f"| {number} | {one:.2f} | {size:.1f} |")
    print(f"| **median** | **{seconds:.2f}** | **{mib:.1f}** |\n| at most | {MOST_SECONDS:.2f} | {MOST_MIB:.1f} |")
    if seconds > MOST_SECONDS or mib > MOST_MIB:
        raise SystemExit("a limit is missed")


if __name__ == "__main__":
    main()
