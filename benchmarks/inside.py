"""``python -m benchmarks.inside``: processor time of one request inside the application, without sockets.

Echo, service and the service without a general calculation are called through ASGI, each in a process of its own. Processor
time and the best of many short rounds: the figures hold on a machine that others use too, where ``make bench`` wavers.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from typing import Any

from fastapi import FastAPI

from benchmarks import bodies
from benchmarks.run import CALCULATE, ROOT, prepared_database

DIFFERENT, ROUNDS = 100, 60
TITLES = {
    "echo": "FastAPI echo",
    "shell": "calculation taken out",
    "straight": "a straight line of code for this one scheme",
    "calculation": "loan calculation",
}


def application(name: str) -> tuple[FastAPI, str]:
    """Make one of the four, and say where it takes requests."""
    if name == "echo":
        from benchmarks.echo import app

        return app, "/echo"
    if name == "shell":
        from benchmarks.shell import without_calculation

        return without_calculation(), CALCULATE
    if name == "straight":
        from benchmarks.straight import straight_line

        return straight_line(), CALCULATE
    from app.main import create_app

    return create_app(), CALCULATE


def scope_of(path: str, body: bytes) -> dict[str, Any]:
    """Return what a server says of a request."""
    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    about = {"type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": path, "root_path": ""}
    return about | {"raw_path": path.encode(), "query_string": b"", "headers": headers, "client": ("127.0.0.1", 5000), "state": {}}


async def best_round(app: FastAPI, path: str) -> float:
    """Return the processor time of the best round, in microseconds a request."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def one(body: bytes) -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        await app(scope_of(path, body), receive, send)

    async with app.router.lifespan_context(app):
        requests, found = bodies.encoded(DIFFERENT), []
        for _ in range(ROUNDS):
            sent.clear()
            began = time.process_time()
            for body in requests:
                await one(body)
            found.append(time.process_time() - began)
        assert all(message.get("status", 200) == 200 for message in sent), sent[:2]
    return min(found) * 1e6 / DIFFERENT


def main() -> None:
    """Measure the four one after the other; with a name, measure that one in this process."""
    if len(sys.argv) > 1:
        print(f"{asyncio.run(best_round(*application(sys.argv[1]))):.1f}", file=sys.stderr)
        return
    print("| inside the application | µs of processor time |\n|---|---:|")
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"SUBSIDY_DATABASE_URL": prepared_database(folder)}
        for name, title in TITLES.items():  # the log goes to standard output, the figure to the other one
            command = [sys.executable, "-m", "benchmarks.inside", name]
            done = subprocess.run(
                command, cwd=ROOT, env=environment, check=True, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
            print(f"| {title} | {done.stderr.split()[-1]} |")


if __name__ == "__main__":
    main()
