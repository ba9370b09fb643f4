"""``make bench-hostile``: the worst requests for each limit, one at a time and eight at once, beside callers who mean no harm.

Each request of the corpus has a server process of its own, which may take four gibibytes. It is sent once alone, for its
CPU seconds (until the server rests, also where the caller was told earlier), then ``--times`` times one at a time and as often
eight at once, while a bystander asks ``/health/live`` and another calculates. ``--mutations`` sends light changes of small
ones of them. Everything is bounded in number and time and stays on loopback. Ends with 1 where an aim is missed.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from benchmarks.attacks import Outcome, attempt, begun
from benchmarks.bystanders import Bystanders, Waits
from benchmarks.hostile_bodies import CORPUS, Hostile
from benchmarks.run import ROOT, free_port, prepared_database

AT_ONCE = 8
MOST_BYTES = 4 << 30
MOST_CPU_SECONDS, MOST_MIB = 1.0, 300.0
MOST_P99_MS, MOST_MS = 100.0, 250.0
NASTY = (b"null", b"-1", b"1e999", b'"\\ud800"', b"[]", b"{}", b'"2022-02-30"', b"\x00", b"9" * 30, b'"', b"\xff", b"true", b",", b"0.1")


class Server:
    """The service in a process of its own, and what the kernel says of it."""

    def __init__(self, url: str) -> None:
        self.port = free_port()
        environment = os.environ | {"SUBSIDY_DATABASE_URL": url, "SUBSIDY_PORT": str(self.port), "SUBSIDY_LOG_LEVEL": "error"}
        words = [sys.executable, "-m", "app.serving"]
        self.process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        resource.prlimit(self.process.pid, resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
        self._proc = Path(f"/proc/{self.process.pid}")
        with httpx.Client(trust_env=False) as client:
            for _ in range(2_400):
                try:
                    if client.get(f"http://127.0.0.1:{self.port}/health/ready").status_code == httpx.codes.OK:
                        return
                except httpx.TransportError:
                    pass
                time.sleep(0.05)
        raise SystemExit("the service did not become ready")

    @property
    def alive(self) -> bool:
        """Whether the process is still there."""
        return self.process.poll() is None

    def cpu_seconds(self) -> float:
        """CPU time that it has taken, in user and kernel mode."""
        if not self.alive:
            return 0.0
        said = (self._proc / "stat").read_text().rpartition(")")[2].split()
        return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")

    def mib(self, what: str) -> float:
        """``VmRSS``, what it holds, or ``VmHWM``, the most that it held since the last ``forget``."""
        if not self.alive:
            return 0.0
        lines = (self._proc / "status").read_text().splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith(what)), 0) / 1024  # one that is ending holds nothing

    def forget(self) -> None:
        """Count the most that it held from now on."""
        (self._proc / "clear_refs").write_text("5")

    def rest(self, seconds: float) -> None:
        """Wait until it does nothing any more, for so many seconds at most."""
        until, before = time.monotonic() + seconds, -1.0
        while time.monotonic() < until and self.alive and before != (before := self.cpu_seconds()):
            time.sleep(0.3)

    def stop(self) -> None:
        """End it, however busy it is."""
        self.process.kill()
        self.process.wait()


@contextmanager
def serving(url: str) -> Iterator[tuple[Server, Bystanders]]:
    """A new server and its bystanders until the block ends."""
    server = Server(url)
    try:
        bystanders = Bystanders(server.port)
        try:
            yield server, bystanders
        finally:
            bystanders.stop()
    finally:
        server.stop()


@dataclass(slots=True)
class Row:
    """What was measured of one request."""

    name: str
    calculation: bool = False
    body_bytes: int = 0
    answer_bytes: int = 0
    cpu_seconds: float = 0.0
    mib: float = 0.0
    said: Counter[str] = field(default_factory=Counter)
    faults: int = 0
    waits: list[Waits] = field(default_factory=list)  # beside one at a time, beside eight at once

    def count(self, outcome: Outcome) -> None:
        """Note what became of a request."""
        self.said[outcome.said] += 1
        self.faults += outcome.fault
        self.answer_bytes = max(self.answer_bytes, outcome.answer_bytes)

    def note_death(self, server: Server) -> None:
        """Note that the server is gone, where it is."""
        if not server.alive:
            self.count(Outcome("died"))

    def misses(self) -> list[str]:
        """The aims that it misses, in words."""
        beside = self.waits[-1] if self.waits else Waits(0, 0, 0, 0)
        return [
            f"{self.name}: {said}"
            for missed, said in (
                (self.calculation and self.cpu_seconds > MOST_CPU_SECONDS, f"{self.cpu_seconds:.2f} CPU s"),
                (self.mib > MOST_MIB, f"{self.mib:.0f} MiB above idle"),
                (beside.live_p99 > MOST_P99_MS, f"/health/live p99 {beside.live_p99:.0f} ms"),
                (beside.live_most > MOST_MS, f"/health/live at most {beside.live_most:.0f} ms"),
                (self.faults > 0, f"{self.faults} unhandled"),
            )
            if missed
        ]


def measured(url: str, hostile: Hostile, secret: str, given: argparse.Namespace) -> Row:
    """Send a request alone, one at a time and eight at once."""
    body = hostile.body(1.0)
    row = Row(hostile.name, calculation=hostile.path.partition("?")[0].endswith("/calculate"), body_bytes=len(body))
    with serving(url) as (server, bystanders):

        def send(_: int = 0) -> Outcome:
            headers: dict[str, str] = {}
            asked, content = hostile, body
            if hostile.sent == "CHECK":
                draft = begun(server.port, body, secret, given.timeout)
                if isinstance(draft, Outcome):
                    return draft
                (asked, headers), content = draft, b""
            return attempt(server.port, asked, content, given.timeout, headers)

        server.rest(10)
        idle, cpu = server.mib("VmRSS"), server.cpu_seconds()
        server.forget()
        row.count(send())
        server.rest(given.rest)
        row.cpu_seconds = server.cpu_seconds() - cpu
        for at_once in (1, AT_ONCE):
            if not server.alive:
                break
            until = time.monotonic() + given.seconds
            bystanders.begin()
            with ThreadPoolExecutor(at_once) as threads:
                for first in range(0, given.times, at_once):
                    for outcome in threads.map(send, range(first, first + at_once)):
                        row.count(outcome)
                    if time.monotonic() > until or not server.alive:
                        break
            row.waits.append(bystanders.end())
            row.mib = max(row.mib, server.mib("VmHWM") - idle)
            server.rest(given.rest)
        row.note_death(server)
    return row


def quiet(url: str) -> Row:
    """The bystanders alone: what this machine makes them wait anyway."""
    row = Row("nobody hostile")
    with serving(url) as (server, bystanders):
        server.rest(10)
        for _ in range(2):
            bystanders.begin()
            time.sleep(2)
            row.waits.append(bystanders.end())
    return row


# --- light mutations ----------------------------------------------------------------------------------


def changed(body: bytes, draw: random.Random) -> bytes:
    """A body with up to three places altered, left out, said twice or said otherwise."""
    made = bytearray(body)
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(made) + 1)
        end = min(len(made), at + draw.randint(1, 12))
        match draw.randrange(5):
            case 0:
                made[at:end] = bytes(draw.randrange(256) for _ in range(end - at))
            case 1:
                del made[at:end]
            case 2:
                made[at:at] = made[at:end]
            case 3:
                made[at:end] = draw.choice(NASTY)
            case _:
                made[at:end] = bytes(draw.choice(b"0123456789") if 48 <= one <= 57 else one for one in made[at:end])
    return bytes(made)


def mutations(url: str, secret: str, given: argparse.Namespace) -> Row:
    """Send light changes of small ones of the corpus, eight at once, each made anew from its number."""
    row = Row(f"{given.mutations:,} mutations")
    small = [
        (replace(one, sent="SENT" if one.sent == "CHECK" else one.sent, trailers=min(one.trailers, 2_000_000)), one.body(share))
        for one in CORPUS
        if one.sent not in {"LEFT", "UNREAD"}
        for share in (0.001, 0.01)
    ]
    shown = {"Authorization": f"Bearer {secret}"}
    with serving(url) as (server, bystanders):

        until = time.monotonic() + given.most

        def send(number: int) -> Outcome:
            if time.monotonic() > until or not server.alive:
                return Outcome("not sent")
            draw = random.Random(f"{given.seed} {number}")
            hostile, body = draw.choice(small)
            outcome = attempt(server.port, hostile, changed(body, draw), given.timeout, shown if hostile.path == "/v1/drafts" else {})
            if outcome.fault:
                print(f"number {number}, of {hostile.name}: {outcome.said}", file=sys.stderr)
            return outcome

        server.rest(10)
        idle = server.mib("VmRSS")
        server.forget()
        bystanders.begin()
        with ThreadPoolExecutor(AT_ONCE) as threads:
            for outcome in threads.map(send, range(given.first, given.first + given.mutations)):
                row.count(outcome)
        row.waits = [bystanders.end()] * 2
        row.mib = server.mib("VmHWM") - idle
        row.note_death(server)
    return row


# --- what is printed ----------------------------------------------------------------------------------


HEADINGS = (
    *("request", "KB", "answers", "answer KB", "CPU s", "MiB above idle"),
    *("live p99, longest ms: one", "eight", "calculation longest ms", "unhandled"),
)


def line(row: Row) -> str:
    """One line of the table; waits in milliseconds beside one at a time, and beside eight at once."""
    waits = [f"{one.live_p99:.0f}, {one.live_most:.0f}" for one in row.waits] + ["—"] * (2 - len(row.waits))
    calculation = f"{max(one.calculation_most for one in row.waits):.0f}" if row.waits else "—"
    answers = ", ".join(f"{said} ×{number}" for said, number in row.said.most_common(6)) or "—"
    figures = f"{row.answer_bytes / 1000:,.0f} | {row.cpu_seconds:.2f} | {row.mib:.0f}"
    return f"| {row.name} | {row.body_bytes / 1000:,.0f} | {answers} | {figures} | {waits[0]} | {waits[1]} | {calculation} | {row.faults} |"


def key(url: str) -> str:
    """The secret of a key that may draft."""
    words = ["keys", "create", "--name", "hostile", "--owner", "li", "--scope", "tables:write"]
    environment = os.environ | {"SUBSIDY_DATABASE_URL": url}
    made = subprocess.run([sys.executable, "-m", "app.cli", *words], cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return made.stdout.strip()


def _given() -> argparse.Namespace:
    asked: Any = argparse.ArgumentParser(prog="benchmarks.hostile", description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--times", type=int, default=AT_ONCE, help="how often each request is sent, one at a time and eight at once")
    asked.add_argument("--only", default="", help="only requests whose names hold this")
    asked.add_argument("--mutations", type=int, default=0, help="how many light mutations are sent")
    asked.add_argument("--first", type=int, default=0, help="the number of the first mutation")
    asked.add_argument("--seed", type=int, default=1, help="of the mutations")
    asked.add_argument("--most", type=float, default=3_600.0, help="seconds after which no more mutations are sent")
    asked.add_argument("--timeout", type=float, default=30.0, help="seconds for which one answer is waited for")
    asked.add_argument("--rest", type=float, default=120.0, help="seconds for which a server is waited for to rest")
    asked.add_argument("--seconds", type=float, default=60.0, help="seconds after which a request is not sent again")
    given: argparse.Namespace = asked.parse_args()
    return given


def main() -> None:
    """Measure, print the table and what misses its aim."""
    given = _given()
    print("| " + " | ".join(HEADINGS) + " |\n|---|---:|---|" + "---:|" * 7, flush=True)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        url = prepared_database(folder)
        secret = key(url)
        rows.append(quiet(url))
        print(line(rows[-1]), flush=True)
        for hostile in CORPUS:
            if given.only in hostile.name:
                rows.append(measured(url, hostile, secret, given))
                print(line(rows[-1]), flush=True)
        if given.mutations:
            rows.append(mutations(url, secret, given))
            print(line(rows[-1]), flush=True)
    missed = [said for row in rows[1:] for said in row.misses()]
    print("\n" + ("\n".join(f"missed: {said}" for said in missed) or "all aims met"))
    if missed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
