"""Back up and restore after many random uses: ``python -m tests.storage.fuzz_backup --histories 500``.

``--histories`` counts those of each database; seeds start at ``--seed``, so that a failure can be run again by itself.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from app.tables.backup.restore import restore
from app.tables.backup.writing import backup
from app.tables.storage.database import engine_of
from app.tables.storage.migrations import migrate
from tests.access.conftest import issued
from tests.properties.draft_doors import small_world
from tests.storage.histories import run
from tests.storage.postgres import Server, started

ALL = ("calculate", "tables:read", "tables:write", "tables:approve", "audit:read", "keys:admin")
KINDS = ("sqlite", "postgresql")


@dataclass
class World:
    """The small world and an empty database, of each kind, to be copied; and a key that may read everything."""

    server: Server
    folder: Path
    secret: str = ""
    patterns: dict[str, str] = field(default_factory=dict)  # names of databases of the server
    made: list[str] = field(default_factory=list)

    def copy(self, kind: str) -> str:
        """The small world on a database of its own."""
        return self._made(kind, "world")

    def empty(self, kind: str) -> str:
        """An empty database with the newest schema."""
        return self._made(kind, "empty")

    def _made(self, kind: str, what: str) -> str:
        if kind == "postgresql":
            self.made.append(self.server.create(self.patterns[what]))
            return self.server.url(self.made[-1])
        path = self.folder / f"{what}-{uuid4().hex}.db"
        shutil.copyfile(self.folder / f"{what}.db", path)
        return f"sqlite:///{path}"

    def tidy(self) -> None:
        """Remove what was made: five hundred databases are many."""
        self.server.execute(*(f"DROP DATABASE {name} WITH (FORCE)" for name in self.made))
        self.made.clear()
        for path in self.folder.glob("*-*.db*"):
            path.unlink()


def world(server: Server, folder: Path) -> World:
    """Make the patterns: PostgreSQL's is restored from SQLite's, so that one key is right in both."""
    made = World(server, folder)
    (folder / "files").mkdir()
    url = small_world(f"sqlite:///{folder}/world.db", folder / "files")
    made.secret = issued(url, *ALL, owner="auditor").secret
    issued(url, "calculate", owner="li")
    migrate(f"sqlite:///{folder}/empty.db")
    for what in ("empty", "world"):
        made.patterns[what] = server.create()
        migrate(server.url(made.patterns[what]))
    here, there = engine_of(url), engine_of(server.url(made.patterns["world"]))
    restore(there, folder / "world.gz", digest=backup(here, folder / "world.gz").digest)
    here.dispose()
    there.dispose()
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=500, help="of each database")
    parser.add_argument("--seed", type=int, default=1_000_000, help="the first seed")
    given = parser.parse_args()
    failed: list[str] = []
    done: Counter[str] = Counter()
    began = time.monotonic()
    with started() as server, tempfile.TemporaryDirectory() as name:
        small = world(server, Path(name))
        for seed in range(given.seed, given.seed + given.histories):
            for kind in KINDS:
                with tempfile.TemporaryDirectory() as folder:
                    try:
                        done += run(seed, kind, small.copy(kind), small.secret, small.empty, Path(folder))
                    except Exception:  # whatever it is, it is a history that was not restored
                        failed.append(f"seed {seed} on {kind}")
                        print(f"{failed[-1]}\n{traceback.format_exc()}", flush=True)
                small.tidy()
            if (seed - given.seed) % 50 == 49:
                print(f"{seed - given.seed + 1} on each database, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(f"{given.histories} histories on each of {', '.join(KINDS)}, seeds {given.seed} on; {len(failed)} failed")
    print(f"{sum(done.values())} acts: " + ", ".join(f"{number} {act}" for act, number in sorted(done.items())))
    print(*failed, sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
