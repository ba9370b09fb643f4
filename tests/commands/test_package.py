"""The package as others install it: built from the source, without the checkout, with all that it needs in it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import tarfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT
from tests.contract.requests import INSURANCE, insurance

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
BUILD = ("wheel", "--no-deps", "--no-index", "--no-build-isolation")
UNTIL_READY_SECONDS = 300


def run(*words: str | Path, cwd: Path, **environment: str) -> str:
    """What a command prints that ends well, without any setting of the service."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("SUBSIDY_", "PYTHONPATH"))} | environment
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source: building leaves files beside it."""
    copy = tmp_path_factory.mktemp("source")
    for folder in ("app", "migrations"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copyfile(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def sdist(source: Path) -> Path:
    """The archive of the source."""
    script = "from setuptools import build_meta; print(build_meta.build_sdist('made'))"
    return source / "made" / run(sys.executable, "-c", script, cwd=source).splitlines()[-1]


@pytest.fixture(scope="module")
def wheel(sdist: Path) -> Path:
    """The wheel that is built from that archive alone."""
    run(*PIP, *BUILD, "--wheel-dir", sdist.parent, sdist, cwd=sdist.parent)
    (made,) = sdist.parent.glob("*.whl")
    return made


def needed() -> set[str]:
    """Every file of the service and of its migrations, as it is named in the package."""
    found = {f"app/{path.relative_to(ROOT / 'app')}" for path in (ROOT / "app").rglob("*") if path.is_file()}
    found |= {f"app/{path.relative_to(ROOT)}" for path in (ROOT / "migrations").rglob("*") if path.is_file()}
    return {name for name in found if "__pycache__" not in name}


def test_the_archive_and_the_wheel_hold_every_file_and_no_test(sdist: Path, wheel: Path) -> None:
    assert {"app/migrations/env.py", "app/migrations/script.py.mako", "app/migrations/versions/0001_published_tables.py"} <= needed()
    with zipfile.ZipFile(wheel) as opened:
        assert {name for name in opened.namelist() if ".dist-info/" not in name} == needed()
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames() if archive.getmember(name).isfile()}
    where = {name.removeprefix("app/") if name.startswith("app/migrations/") else name for name in needed()}
    assert where <= inside
    assert {"pyproject.toml", "README.md"} <= inside
    assert not [name for name in inside if name.startswith(("tests/", "var/"))]


def test_installing_the_source_gives_the_same_package(source: Path, sdist: Path, wheel: Path, tmp_path: Path) -> None:
    """As ``pip install .`` does it, in the checkout."""
    assert sdist.exists()
    run(*PIP, *BUILD, "--wheel-dir", tmp_path, source, cwd=tmp_path)
    (other,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(other) as two:
        assert {name: one.read(name) for name in one.namelist()} == {name: two.read(name) for name in two.namelist()}


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment in which the wheel is installed; what it depends on is that of the tests, without the checkout."""
    folder = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    run(*PIP, "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
    paths = {sysconfig.get_path("purelib"), *(path for path in sys.path if path.endswith("site-packages"))}
    (packages / "dependencies.pth").write_text("\n".join(sorted(paths)), encoding="utf-8")
    assert run(python, "-c", "import app; print(app.__path__[0])", cwd=folder).strip() == str(packages / "app")
    return folder


@pytest.fixture(scope="module")
def serving(installed: Path) -> Iterator[str]:
    """The service, set up and started by the installed command in a folder of its own; its database is the account's."""
    command, env = installed / "venv" / "bin" / "subsidy", {"XDG_DATA_HOME": str(installed / "data")}
    assert "has the newest schema" in run(command, "migrate", cwd=installed, **env)
    assert "rate tables proved" in run(command, "tables", "load", cwd=installed, **env)
    assert (installed / "data" / "subsidy" / "subsidy.db").is_file()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    own = {key: value for key, value in os.environ.items() if not key.startswith(("SUBSIDY_", "PYTHONPATH"))}
    process = subprocess.Popen([command, "serve"], cwd=installed, env=own | env | {"SUBSIDY_PORT": str(port)}, stdout=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def test_the_installed_service_answers(serving: str) -> None:
    """A calculation, the document and its page."""
    deadline = time.monotonic() + UNTIL_READY_SECONDS
    with httpx.Client(base_url=serving, trust_env=False, timeout=UNTIL_READY_SECONDS) as client:
        while True:
            try:
                if client.get("/health/ready").status_code == 200:
                    break
            except httpx.ConnectError:
                pass
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert client.post(INSURANCE, json=insurance()).json()["amount"] == "3000000.00"
        for path in ("/openapi.json", "/docs", "/docs/static/scalar/standalone.js", "/docs/swagger"):
            assert client.get(path).status_code == 200
