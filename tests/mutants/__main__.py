"""Try a sample of mutants of the core and the use cases: ``python -m tests.mutants --sample 300 --seed 1``.

Exit code 1 where a mutant survives that ``survivors.toml`` does not list, or fewer than 95 of 100 die (equivalent ones
aside); 2 where the tests fail without any mutant.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.making import Mutant, all_mutants, sample
from tests.mutants.survivors import EQUIVALENT, listed
from tests.mutants.trying import SURVIVED, run, warm

WALL_SECONDS = 3600
"""Of one mutant: one that waits for ever uses no time of the processor."""
LEAST_KILLED = 95


@dataclass
class Running:
    """A mutant in its process."""

    mutant: Mutant | None
    folder: Path
    began: float


@dataclass(frozen=True)
class Outcome:
    """How one mutant fared: ``killed``, ``timed out`` or ``survived``."""

    mutant: Mutant | None
    how: str
    killer: str
    seconds: float


def start(mutant: Mutant | None, tests: list[str] | None) -> tuple[int, Running]:
    folder = Path(tempfile.mkdtemp(prefix="mutant-"))
    began = time.monotonic()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        run(mutant, folder, tests)
    return pid, Running(mutant, folder, began)


def ended(one: Running, status: int) -> Outcome:
    """What became of a process that has ended."""
    killer = one.folder / "killer"
    told = killer.read_text(encoding="utf-8") if killer.exists() else ""
    signalled = os.WIFSIGNALED(status)
    if signalled:
        how = "timed out" if os.WTERMSIG(status) in {signal.SIGPROF, signal.SIGKILL} else "killed"
        told = signal.Signals(os.WTERMSIG(status)).name
    else:
        how = "survived" if os.WEXITSTATUS(status) == SURVIVED else "killed"
    if one.mutant is None and how != "survived":
        output = (one.folder / "output").read_text(encoding="utf-8", errors="replace")
        told += "\n" + output[-4000:]
    shutil.rmtree(one.folder, ignore_errors=True)
    return Outcome(one.mutant, how, told, time.monotonic() - one.began)


def tried(mutants: list[Mutant | None], processes: int, tests: list[str] | None) -> list[Outcome]:
    """Try them all, so many at a time, telling each as it ends."""
    waiting, running, done = list(mutants), dict[int, Running](), list[Outcome]()
    try:
        while waiting or running:
            while waiting and len(running) < processes:
                pid, one = start(waiting.pop(0), tests)
                running[pid] = one
            for pid, one in list(running.items()):
                gone, status = os.waitpid(pid, os.WNOHANG)
                if gone:
                    end_group(pid)
                    del running[pid]
                    done.append(outcome := ended(one, status))
                    print(
                        f"[{len(done)}/{len(mutants)}] {outcome.how:9} {outcome.seconds:4.0f} s  {outcome.mutant or 'no mutant'}",
                        flush=True,
                    )
                    print(f"    by {outcome.killer}" if outcome.killer else "", flush=True)
                    if outcome.mutant is None and outcome.how != "survived":
                        return done
                elif time.monotonic() - one.began > WALL_SECONDS:
                    end_group(pid)
            time.sleep(0.05)
    finally:
        for pid in running:
            end_group(pid)
    return done


def end_group(pid: int) -> None:
    """End a mutant's process with whatever it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help="only the files under this path")
    parser.add_argument("--tests", nargs="*", help="against the oracle and these tests alone, to look into a survivor")
    parser.add_argument("--line", help="only mutants whose line or change contains this text")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    given = parser.parse_args()
    found = [one for one in all_mutants(given.only) if not given.line or given.line in one.line or given.line in one.change]
    chosen = sample(found, given.sample, given.seed)
    print(f"{len(chosen)} of {len(found)} mutants, seed {given.seed}", flush=True)
    warm()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the processes of mutants end with this one
    began = time.monotonic()
    done = tried([*([] if given.tests is not None else [None]), *chosen], given.processes, given.tests)
    if any(one.mutant is None and one.how != "survived" for one in done):
        print("the tests fail without any mutant")
        return 2
    return report([one for one in done if one.mutant is not None], time.monotonic() - began)


def report(done: list[Outcome], seconds: float) -> int:
    """The figures, and every survivor with its reason or as a hole."""
    known = listed()
    counts = Counter(one.how for one in done)
    survivors = [one.mutant for one in done if one.how == "survived" and one.mutant is not None]
    equivalent = [one for one in survivors if one.name in known and known[one.name].kind == EQUIVALENT]
    holes = [one for one in survivors if one.name not in known]
    for one in survivors:
        print(f"survivor {one}\n    {known[one.name].kind + ': ' + known[one.name].reason if one.name in known else 'NOT LISTED'}")
    judged = len(done) - len(equivalent)
    died = counts["killed"] + counts["timed out"]
    share = 100 * died / judged if judged else 100
    print(
        f"{len(done)} sampled, {died} killed ({counts['timed out']} by time), {len(equivalent)} equivalent, "
        f"{len(survivors) - len(equivalent) - len(holes)} listed for another reason, {len(holes)} not listed: "
        f"{share:.1f}% killed without equivalents; {seconds / max(len(done), 1):.1f} s for each, {seconds:.0f} s in all"
    )
    return 1 if holes or share < LEAST_KILLED else 0


if __name__ == "__main__":
    sys.exit(main())
