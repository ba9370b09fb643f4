"""Compare the engine with the naive oracle on many random cases: ``python -m tests.fuzz --cases 100000``.

Prints progress, then for each method how many cases were run and how many disagree; exit code 1 on any.
``--cases`` counts each method's cases. Seeds start at ``--seed``, so every disagreement can be run again.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.oracle.generate import MAKERS
from tests.oracle.judge import compare

CHUNK = 200
SHOWN = 3


def run(method: str, first: int, count: int) -> tuple[str, int, list[str]]:
    return method, count, [told for seed in range(first, first + count) if (told := compare(method, seed))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000, help="cases of each method")
    parser.add_argument("--seed", type=int, default=1_000_000, help="first seed")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--method", choices=list(MAKERS), action="append")
    given = parser.parse_args()
    methods = given.method or list(MAKERS)
    done = dict.fromkeys(methods, 0)
    bad: dict[str, list[str]] = {method: [] for method in methods}
    began = time.monotonic()
    shown_at = began
    with ProcessPoolExecutor(given.processes) as pool:
        waiting = [
            pool.submit(run, method, given.seed + at, min(CHUNK, given.cases - at))
            for at in range(0, given.cases, CHUNK)
            for method in methods
        ]
        for each in as_completed(waiting):
            method, count, found = each.result()
            done[method] += count
            for told in found:
                bad[method].append(told.splitlines()[0])
                if len(bad[method]) <= SHOWN:
                    print("\n" + told + "\n", flush=True)
            if time.monotonic() - shown_at > 5:
                shown_at = time.monotonic()
                rate = sum(done.values()) / (shown_at - began)
                print(f"{sum(done.values())} of {given.cases * len(methods)}, {rate:.0f}/s", file=sys.stderr, flush=True)
    for method in methods:
        for line in bad[method][SHOWN:40]:
            print(line)
    for method in methods:
        print(f"{method}: {done[method]} cases, {len(bad[method])}/{done[method]} disagreements")
    print(f"{sum(done.values())} cases in {time.monotonic() - began:.0f} s, seeds {given.seed} on")
    return 1 if any(bad.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
