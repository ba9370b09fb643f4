"""Record what the service answers, and compare after a change: ``python -m tests.still record FILE``, then ``compare FILE``.

``record`` sends every request that tests know as data and 20,000 that are made up by seed, and keeps the answers. ``compare`` sends
the requests of the recording again and lists differences by kind, each with its count and one example; exit code 1 on any.
``pairs`` joins what the tests themselves have sent (``STILL_PAIRS=folder pytest -p tests.still.plugin -p no:randomly …``) in one
recording, and ``differ`` compares two recordings without sending anything.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from pathlib import Path

from tests.still import recording
from tests.still.differences import differences
from tests.still.plugin import joined
from tests.still.recording import Answer, Needs, Request
from tests.still.service import started


class Progress:
    """A line on standard error every five seconds."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._began = total, 0, time.monotonic()
        self._shown = self._began

    def step(self) -> None:
        """Count one request."""
        self._done += 1
        now = time.monotonic()
        if now - self._shown > 5 or self._done == self._total:
            self._shown = now
            print(f"{self._done} of {self._total}, {now - self._began:.0f} s", file=sys.stderr, flush=True)


class Differences:
    """Differences by kind: how many, and the first."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self.requests = 0
        self._first: dict[str, str] = {}

    def add(self, request: Request, before: Answer, after: Answer) -> None:
        """Compare two answers to one request."""
        found = list(differences(request.target, before, after))
        self.requests += bool(found)
        for kind, was, now in found:
            self.count[kind] += 1
            sent = (request.body or "")[:600]
            self._first.setdefault(kind, f"  {request.source}: {request.method} {request.target} {sent}\n  was {was}\n  now {now}")

    def told(self) -> int:
        """Print all kinds, the most frequent first. Returns the exit code."""
        for kind, count in self.count.most_common():
            print(f"{count} x {kind}\n{self._first[kind]}\n")
        print(f"{self.requests} requests answered differently, {len(self.count)} kinds of differences")
        return 1 if self.count else 0


async def record(path: Path, count: int, seed: int) -> int:
    # The generators import the service; a comparison does not.
    from tests.still.requests import known, made, walks
    from tests.still.tables import files

    needs = Needs(files=files(seed), keys=KEYS)
    async with started(needs) as service:
        document = await service.ask(0, Request(source="", method="GET", target="/openapi.json"))
        # Drafts before whatever is refused for its credential: the audit log takes that whenever it is its time.
        sent = [*known(document.body), *walks(document.body), *made(document.body, seed, count)]
        progress = Progress(len(sent))
        pairs = []
        for number, request in enumerate(sent, 1):
            pairs.append((request, await service.ask(number, request)))
            progress.step()
    recording.write(path, needs, pairs)
    statuses = Counter(answer.status for _, answer in pairs)
    print(f"{len(pairs)} requests recorded;", ", ".join(f"{status}: {n}" for status, n in sorted(statuses.items())))
    return 0


async def compare(path: Path) -> int:
    needs, pairs = recording.read(path)
    listed = list(pairs)
    progress, found = Progress(len(listed)), Differences()
    async with started(needs) as service:
        for number, (request, before) in enumerate(listed, 1):
            found.add(request, before, await service.ask(number, request))
            progress.step()
    return found.told()


def differ(one: Path, other: Path) -> int:
    before, after = (_by_place(path) for path in (one, other))
    found = Differences()
    for place in before.keys() & after.keys():
        found.add(before[place][0], before[place][1], after[place][1])
    print(f"{len(before.keys() & after.keys())} pairs compared; {len(before.keys() - after.keys())} former, "
          f"{len(after.keys() - before.keys())} new ones alone")  # fmt: skip
    return found.told()


def _by_place(path: Path) -> dict[tuple[str, ...], tuple[Request, Answer]]:
    """Pairs by test and request; the same request of a test is numbered."""
    found: dict[tuple[str, ...], tuple[Request, Answer]] = {}
    seen: Counter[tuple[str, ...]] = Counter()
    for request, answer in recording.read(path)[1]:
        place = (request.source, request.method, request.target, request.body or "", str(sorted(request.headers.items())))
        seen[place] += 1
        found[*place, str(seen[place])] = (request, answer)
    return found


KEYS = {
    "li": ["tables:write"],
    "wang": ["tables:approve", "tables:write"],
    "chen": ["audit:read", "keys:admin"],
    "portal": ["calculate"],
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    recorder = commands.add_parser("record", help="send requests and keep the answers")
    recorder.add_argument("file", type=Path)
    recorder.add_argument("--count", type=int, default=20_000, help="requests that are made up")
    recorder.add_argument("--seed", type=int, default=11)
    commands.add_parser("compare", help="send the requests of a recording again").add_argument("file", type=Path)
    pairs = commands.add_parser("pairs", help="join what tests have sent")
    pairs.add_argument("folder", type=Path)
    pairs.add_argument("file", type=Path)
    two = commands.add_parser("differ", help="compare two recordings")
    two.add_argument("one", type=Path)
    two.add_argument("other", type=Path)
    given = parser.parse_args()
    match given.command:
        case "record":
            return asyncio.run(record(given.file, given.count, given.seed))
        case "compare":
            return asyncio.run(compare(given.file))
        case "pairs":
            print(recording.write(given.file, Needs(files={}, keys={}), joined(given.folder)), "pairs")
            return 0
        case _:
            return differ(given.one, given.other)


if __name__ == "__main__":
    sys.exit(main())
