"""``make bench``: the loan calculation against a bare echo, and against a plain Decimal loop, in one run.

Each server is one uvicorn worker on loopback in its own process, this process sends over 16 connections,
and the servers take turns, so that all see the same machine. The figures of one machine mean little; the
ratios are what is compared.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks import bodies, decimal_loop, load

ROOT = Path(__file__).resolve().parents[1]
CALCULATE = "/v1/loan-interest-subsidies/calculate"


def free_port() -> int:
    """Return a port of loopback that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def prepared_database(folder: str) -> str:
    """Return the address of a migrated database with the published tables."""
    url = f"sqlite:///{folder}/subsidy.db"
    environment = os.environ | {"SUBSIDY_DATABASE_URL": url}
    for command in (["migrate"], ["tables", "load"]):
        subprocess.run([sys.executable, "-m", "app.cli", *command], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return url


@contextmanager
def server(command: list[str], port: int, ready: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; inside, it answers."""
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(trust_env=False) as client:
            for _ in range(12_000):
                try:
                    client.get(f"http://127.0.0.1:{port}{ready}")
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(600)


def over_http(count: int, rounds: int, different: int) -> tuple[dict[str, list[load.Round]], str]:
    """Measure the servers in turn; answer their rounds and what an answer holds."""
    sent = bodies.encoded(different)
    echo_port, shell_port, straight_port, port = free_port(), free_port(), free_port(), free_port()
    uvicorn = ["-m", "uvicorn", "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    with tempfile.TemporaryDirectory() as folder:
        url = prepared_database(folder)
        with (
            server([sys.executable, *uvicorn, "--port", str(echo_port), "benchmarks.echo:app"], echo_port, "/openapi.json"),
            server(
                [sys.executable, *uvicorn, "--port", str(shell_port), "--factory", "benchmarks.shell:without_calculation"],
                shell_port,
                "/health/ready",
                SUBSIDY_DATABASE_URL=url,
            ),
            server(
                [sys.executable, *uvicorn, "--port", str(straight_port), "--factory", "benchmarks.straight:straight_line"],
                straight_port,
                "/health/ready",
                SUBSIDY_DATABASE_URL=url,
            ),
            server([sys.executable, "-m", "app.serving"], port, "/health/ready", SUBSIDY_DATABASE_URL=url, SUBSIDY_PORT=str(port)),
        ):
            shape = _check(echo_port, straight_port, port, sent)
            servers = {
                "echo": (echo_port, "/echo"),
                "shell": (shell_port, CALCULATE),
                "straight": (straight_port, CALCULATE),
                "calculation": (port, CALCULATE),
            }
            found: dict[str, list[load.Round]] = {name: [] for name in servers}
            for number in range(rounds + 1):
                for name, (at, path) in servers.items():
                    measured = load.measure(at, path, sent, count)
                    if number:  # the first round warms them up
                        found[name].append(measured)
                    print(f"  {name:12} {measured.requests_per_second:7.0f}/s  p99 {measured.p99_ms:.1f} ms", file=sys.stderr)
    return found, shape


def _check(echo_port: int, straight_port: int, port: int, sent: list[bytes]) -> str:
    """Refuse to measure answers that are wrong; describe one."""
    lpr = _lpr(port)
    with httpx.Client(trust_env=False) as client:
        head = {"Content-Type": "application/json"}
        for body in sent[:: max(1, len(sent) // 50)]:
            echoed = client.post(f"http://127.0.0.1:{echo_port}/echo", content=body, headers=head)
            assert _holds(echoed.json(), json.loads(body)), echoed.text
            answer = client.post(f"http://127.0.0.1:{port}{CALCULATE}", content=body, headers=head)
            assert answer.json()["amount"] == str(decimal_loop.subsidy(json.loads(body), lpr)), answer.text
            straight = client.post(f"http://127.0.0.1:{straight_port}{CALCULATE}", content=body, headers=head)
            assert straight.content == answer.content, straight.text
        shown = answer.json()
    return (
        f"{len(sent)} different bodies of about {len(sent[0])} bytes, echoed in {len(echoed.content)}; "
        f"an answer of {len(answer.content)} bytes with "
        f"{len(shown['items'][0]['segments'])} segments, {len(shown['steps'])} steps, {len(shown['caps'])} caps"
    )


def _holds(echoed: Any, sent: Any) -> bool:
    """Whether an echo holds all that was sent; it adds the defaults of its models."""
    if isinstance(sent, dict):
        return all(_holds(echoed[name], value) for name, value in sent.items())
    if isinstance(sent, list):
        return len(echoed) == len(sent) and all(map(_holds, echoed, sent))
    return bool(echoed == sent)


def _lpr(port: int) -> decimal_loop.Lpr:
    from datetime import date
    from decimal import Decimal

    with httpx.Client(trust_env=False) as client:
        rows = client.get(f"http://127.0.0.1:{port}/v1/reference-rates/{bodies.SERIES}").json()["rows"]
    return [(date.fromisoformat(row["on"]), Decimal(row["value"])) for row in rows]


def in_process(different: int, rounds: int) -> tuple[float, float]:
    """Contracts per second of the assessment with its explanation, and of the Decimal loop without one."""
    from sqlmodel import Session

    from app.calculators.assessment import assess
    from app.services.calculation import LOAN, read_claim
    from app.tables.catalogue.repository import read_catalogue
    from app.tables.storage.database import engine_of

    with tempfile.TemporaryDirectory() as folder:
        engine = engine_of(prepared_database(folder))
        with Session(engine) as session:
            catalogue = read_catalogue(session)
        engine.dispose()
    raw = bodies.claims(different)
    claims = [read_claim(body, LOAN) for body in bodies.encoded(different)]
    table, series = catalogue.choose(bodies.TABLE, version=1), catalogue.series()
    known = series[bodies.SERIES]
    lpr = decimal_loop.rows(known.days, [f"{value.numerator / value.denominator:.4f}" for value in known.values])
    ours, theirs = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        for claim in claims:
            assess(claim, table, series, endpoint_method="LOAN_INTEREST")
        ours.append(len(claims) / (time.perf_counter() - began))
        began = time.perf_counter()
        for one in raw:
            decimal_loop.subsidy(one, lpr)
        theirs.append(len(raw) / (time.perf_counter() - began))
    return statistics.median(ours), statistics.median(theirs)


def main() -> None:
    """Run everything and print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="fewer requests and rounds")
    quick = options.parse_args().quick
    count, rounds, different = (2_000, 3, 1_000) if quick else (8_000, 7, 1_000)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; {load.CONNECTIONS} connections, one worker each\n")
    found, shape = over_http(count, rounds, different)
    middle = {name: load.median(each) for name, each in found.items()}
    echo = middle["echo"]
    print(f"{shape}; median of {rounds} rounds of {count} requests\n")
    print("| over HTTP | requests/s | p50 ms | p99 ms |\n|---|---:|---:|---:|")
    for title, name in (
        ("FastAPI echo through its response model", "echo"),
        ("loan calculation, full explanation", "calculation"),
        ("the same answers from a straight line of code for this one scheme", "straight"),
        ("the same, with the calculation taken out", "shell"),
    ):
        one = middle[name]
        print(f"| {title} | {one.requests_per_second:,.0f} | {one.p50_ms:.2f} | {one.p99_ms:.2f} |")
    for title, name in (("calculation", "calculation"), ("straight line", "straight"), ("taken out", "shell")):
        one = middle[name]
        print(
            f"| **{title} ÷ echo** | **{one.requests_per_second / echo.requests_per_second:.2f}** "
            f"| {one.p50_ms / echo.p50_ms:.2f} | {one.p99_ms / echo.p99_ms:.2f} |"
        )
    print()
    ours, theirs = in_process(different, rounds)
    print("| in process | contracts/s |\n|---|---:|")
    print(f"| plain Decimal loop: the amount alone | {theirs:,.0f} |\n| assessment with its explanation | {ours:,.0f} |")
    print(f"| **assessment ÷ loop** | **{ours / theirs:.2f}** |")


if __name__ == "__main__":
    main()
