"""What is said first: a port that is taken; one database whatever the folder; a release on a base that nobody can exchange."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.port import fault_of
from app.settings import Settings
from tests.conftest import ROOT

DIGEST = "0123456789abcdef" * 4


def run(*words: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("SUBSIDY_")} | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_a_port_that_is_taken_is_said_before_anything_is_done(taken: int, tmp_path: Path) -> None:
    """No database is made, and nothing but the one line is printed."""
    for words, environment in (
        (("-m", "app.serving"), {"SUBSIDY_PORT": str(taken)}),
        (("-m", "app.cli", "serve"), {"SUBSIDY_PORT": str(taken)}),
        (("-m", "app.port", str(taken)), {}),
    ):
        done = run(sys.executable, *words, SUBSIDY_DATABASE_URL=f"sqlite:///{tmp_path}/new/subsidy.db", **environment)
        assert (done.returncode, done.stdout) == (1, "")
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"✗ 127.0.0.1 的端口 {taken} 已被占用")
        assert f"port {taken} of 127.0.0.1 is taken, nothing was done: choose another, as in make serve PORT=" in line
        assert not (tmp_path / "new").exists()


def test_make_serve_asks_for_the_port_first() -> None:
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").split("\nserve:")[1].split("\n\n")[0].splitlines()[1:]
    assert recipe[0].strip() == "@$(BIN)/python -m app.port $(PORT)"


def test_a_port_that_is_free_has_no_fault_and_stays_free(taken: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        free = other.getsockname()[1]
    assert (fault_of("127.0.0.1", free), fault_of("127.0.0.1", free)) == (None, None)
    assert fault_of("127.0.0.1", taken) is not None


def test_an_address_of_another_machine_is_said_too() -> None:
    assert "cannot listen on port 9 of 192.0.2.1" in str(fault_of("192.0.2.1", 9))


CODE = "from app.settings import settings; print(settings().database_url)"


def test_the_default_database_is_one_in_every_folder(tmp_path: Path) -> None:
    """That of the checkout; a database that is named by a relative path is where it is said to be."""
    (tmp_path / "deep").mkdir()
    found = {run(sys.executable, "-c", CODE, cwd=folder).stdout.strip() for folder in (ROOT, ROOT / "tests", tmp_path, tmp_path / "deep")}
    assert found == {f"sqlite:///{ROOT}/var/subsidy.db"}
    named = run(sys.executable, "-c", CODE, cwd=tmp_path, SUBSIDY_DATABASE_URL="sqlite:///mine.db")
    assert named.stdout.strip() == "sqlite:///mine.db"


@pytest.mark.parametrize(("data", "under"), [("", "home/.local/share"), ("relative", "home/.local/share"), ("{tmp}/data", "data")])
def test_an_installed_package_keeps_it_with_the_account(tmp_path: Path, data: str, under: str) -> None:
    """Without a checkout around it: never in the folder of the call, nor beside the installed files."""
    shutil.copytree(ROOT / "app", tmp_path / "site" / "app", ignore=shutil.ignore_patterns("__pycache__", "static", "published"))
    given = {"HOME": f"{tmp_path}/home", "XDG_DATA_HOME": data.format(tmp=tmp_path), "PYTHONPATH": f"{tmp_path}/site"}
    done = run(sys.executable, "-c", CODE, cwd=tmp_path, **given)
    assert done.stdout.strip() == f"sqlite:///{tmp_path}/{under}/subsidy/subsidy.db", done.stderr


@pytest.mark.parametrize(
    "base",
    ["", "python:3.11-slim-bookworm", "python@sha256:1234", f"python@sha512:{DIGEST}", f"python@sha256:{DIGEST[:-1]}", f"python@sha256:{DIGEST}0", f"@sha256:{DIGEST}"],
)
def test_a_release_on_a_base_without_digest_is_refused(base: str) -> None:
    """A tag may mean another image tomorrow."""
    done = run("make", "--no-print-directory", "release", f"PYTHON_IMAGE={base}", "DOCKER=echo")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "a release names its base by digest: make release PYTHON_IMAGE=python@sha256:…" in done.stderr


def test_a_release_is_built_on_the_base_that_is_named() -> None:
    base = f"registry.example:5000/python:3.11@sha256:{DIGEST}"
    done = run("make", "-s", "release", f"PYTHON_IMAGE={base}", "DOCKER=echo")
    assert done.returncode == 0, done.stderr
    assert f"build --build-arg PYTHON_IMAGE={base} --build-arg REVISION=" in done.stdout
    assert "-t subsidy:1.0.0 ." in done.stdout


def test_the_default_is_that_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUBSIDY_DATABASE_URL", raising=False)
    assert Settings().database_url == f"sqlite:///{ROOT}/var/subsidy.db"


@pytest.mark.parametrize(("words", "load"), [((), "tables load"), (("CONFIRM=1",), "tables load --confirm"), (("CONFIRM=",), "tables load")])
def test_make_serve_confirms_what_a_new_release_changes_only_where_it_is_told_to(words: tuple[str, ...], load: str) -> None:
    done = run("make", "-n", "serve", *words)
    assert [line.partition("/bin/subsidy ")[2].strip() for line in done.stdout.splitlines() if "subsidy tables" in line] == [load]
