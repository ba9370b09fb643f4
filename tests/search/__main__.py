"""Look for facts whose absence, spelling or date loosens an amount without a word: ``python -m tests.search``.

Over all published tables and those of ``tests/shapes``. Prints progress, then the variants tried for each table and kind;
exit code 1 on any finding, each told with its request.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.search.looking import Search, search
from tests.search.model import everything
from tests.search.statements import STATEMENTS
from tests.search.tables import loaded
from tests.search.variants import KINDS

NEVER_LEFT_OUT = {"contracts", "policies", "items", "projects", "policies[].measures"}
"""Optional in the model that all endpoints share, while each endpoint requires its own list; and no loaded table has measures of a policy."""


def run(table: str, sample: int | None, kinds: list[str] | None, seed: int) -> Search:
    only = None if kinds is None else lambda one: one.kind in kinds
    return search(next(one for one in loaded() if one.id == table), sample=sample, only=only, seed=seed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", action="append", help="only these (ids without version)")
    parser.add_argument("--seed", type=int, default=0, help="of the first guesses at claims")
    parser.add_argument("--kind", action="append", choices=KINDS, help="only these")
    parser.add_argument("--sample", type=int, help="try only so many variants of each claim")
    parser.add_argument("--shown", type=int, default=2, help="findings told in full, for each table, field and kind")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    names = [one.id for one in loaded() if not given.table or one.table.id in given.table]
    done = Search()
    told: Counter[tuple[str, str, str]] = Counter()
    began = time.monotonic()
    with ProcessPoolExecutor(given.processes) as pool:
        waiting = {pool.submit(run, name, given.sample, given.kind, given.seed): name for name in names}
        for no, each in enumerate(as_completed(waiting), 1):
            found = each.result()
            done.add(found)
            for one in found.findings:
                what = (one.table, one.variant.kind, one.variant.field)
                told[what] += 1
                if told[what] <= given.shown:
                    print(one.told(), flush=True)
            print(f"{no} of {len(names)} tables, {done.tried.total()} variants, {len(done.findings)} findings", file=sys.stderr, flush=True)
    summary(done, names, told)
    print(f"{done.tried.total()} variants in {time.monotonic() - began:.0f} s, {len(done.findings)} findings")
    whole = given.sample is None and not given.table and not given.kind
    lacking = [*(f"no claim earns: {one}" for one in done.unearned), *(incomplete(done) if whole else ())]
    print("\n".join(lacking))
    return 1 if done.findings or lacking else 0


def incomplete(done: Search) -> list[str]:
    """Fields of the claim model that no claim had, and statements by absence that nothing needed."""
    untried = sorted(set(everything()) - done.fields - NEVER_LEFT_OUT)
    unneeded = [f"{verb} {fact}" for verb, fact in STATEMENTS if not done.stated[verb, fact]]
    return [*(f"never left out: {name}" for name in untried), *(f"no longer needed: {one}" for one in unneeded)]


def summary(done: Search, names: list[str], told: Counter[tuple[str, str, str]]) -> None:
    """What was tried, for each table and kind, and how often each statement by absence was needed."""
    print("table".ljust(44), *(kind.rjust(10) for kind in KINDS))
    for name in names:
        print(name.ljust(44), *(str(done.tried[name, kind]).rjust(10) for kind in KINDS))
    print("all".ljust(44), *(str(sum(done.tried[name, kind] for name in names)).rjust(10) for kind in KINDS))
    for (verb, fact), count in sorted(done.stated.items()):
        print(f"stated: {fact} {verb}: {count}")
    for (table, kind, field), count in sorted(told.items()):
        print(f"found: {table} {kind} {field}: {count}")


if __name__ == "__main__":
    sys.exit(main())
