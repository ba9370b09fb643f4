"""``make bench-startup``: from the command to ready, and the memory then; the database is there already."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time

import httpx

from benchmarks.run import free_port, prepared_database, server


def resident_mib(process: subprocess.Popen[bytes]) -> float:
    """Return the resident memory of a process."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def main() -> None:
    """Start five times; print each and the medians."""
    times, sizes = [], []
    with tempfile.TemporaryDirectory() as folder:
        url = prepared_database(folder)
        for _ in range(5):
            port = free_port()
            began = time.perf_counter()
            command = [sys.executable, "-m", "app.serving"]
            with server(command, port, "/health/ready", SUBSIDY_DATABASE_URL=url, SUBSIDY_PORT=str(port)) as process:
                times.append(time.perf_counter() - began)
                assert httpx.get(f"http://127.0.0.1:{port}/health/ready", trust_env=False).status_code == 200
                sizes.append(resident_mib(process))
            print(f"  {times[-1]:.2f} s  {sizes[-1]:.0f} MiB", file=sys.stderr)
    print(f"| warm start to ready, median of 5 | {statistics.median(times):.2f} s |\n| resident | {statistics.median(sizes):.0f} MiB |")


if __name__ == "__main__":
    main()
