"""The container image, as far as its files say what it will be; the health check is run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from app.serving import LOOPBACK
from tests.conftest import ROOT

Instruction = tuple[str, str]
COMPILERS = r"(?<!\S)(gcc|g\+\+|clang|make|cmake|rustc|cargo|build-essential|[a-z0-9.]+-dev)(?!\S)"
INSTALLERS = r"(?<!\S)(apt|apt-get|apk|dpkg|pip|pip3|curl|wget)(?!\S)"


def instructions(text: str) -> list[Instruction]:
    """Each instruction of a Dockerfile with its arguments; comments left out, continued lines joined."""
    kept = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    lines = re.sub(r"\\\n", " ", kept).splitlines()
    return [(word.upper(), rest.strip()) for word, _, rest in (line.strip().partition(" ") for line in lines) if word]


def stages(found: list[Instruction]) -> list[list[Instruction]]:
    """The instructions of each stage, FROM first."""
    starts = [no for no, (word, _) in enumerate(found) if word == "FROM"]
    return [found[start:end] for start, end in zip(starts, [*starts[1:], len(found)], strict=True)]


def arguments(stage: list[Instruction], word: str) -> list[str]:
    """What stands after each instruction of one kind."""
    return [rest for name, rest in stage if name == word]


def ignored(path: str, patterns: list[str]) -> bool:
    """Whether a .dockerignore leaves a path out: the last line that matches it or a folder above it decides."""
    left_out = False
    parts = path.split("/")
    above = ["/".join(parts[:no]) for no in range(1, len(parts) + 1)]
    for line in patterns:
        sign = re.escape(line.removeprefix("!").strip("/")).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*")
        if any(re.fullmatch(sign, one) for one in above):
            left_out = not line.startswith("!")
    return left_out


DOCKERFILE = instructions((ROOT / "Dockerfile").read_text())
STAGES = stages(DOCKERFILE)
FINAL = STAGES[-1]
IGNORE = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
COPIED = [source for rest in arguments(DOCKERFILE, "COPY") if not rest.startswith("--from=") for source in rest.split()[:-1]]


def test_it_ends_as_a_numeric_user_that_is_not_root() -> None:
    assert re.fullmatch(r"[1-9][0-9]*:[1-9][0-9]*", arguments(FINAL, "USER")[-1])


def test_the_last_stage_installs_nothing() -> None:
    assert len(STAGES) > 1
    for run in arguments(FINAL, "RUN"):
        assert re.findall(INSTALLERS, run) == []
        assert re.findall(COMPILERS, run) == []


def test_no_stage_installs_a_compiler_and_every_package_has_its_hash() -> None:
    runs = arguments(DOCKERFILE, "RUN")
    assert [run for run in runs if re.search(COMPILERS, run)] == []
    installs = [part for run in runs for part in run.split("&&") if re.search(r"\bpip .*\binstall\b", part)]
    assert installs
    assert [part for part in installs if "--require-hashes" not in part or "--only-binary :all:" not in part] == []


def test_the_search_for_compilers_finds_them() -> None:
    assert re.findall(COMPILERS, "apt-get install -y gcc g++ libpq-dev") == ["gcc", "g++", "libpq-dev"]
    assert re.findall(INSTALLERS, "apt-get install -y gcc") == ["apt-get"]


def test_what_is_copied_is_there_and_not_ignored() -> None:
    assert COPIED
    for source in COPIED:
        assert (ROOT / source).exists(), source
        assert not ignored(source, IGNORE), source


@pytest.mark.parametrize(
    "path", ["app/serving.py", "app/tables/published/funds.yaml", "app/api/static/scalar/standalone.js", "migrations/script.py.mako"]
)
def test_what_the_service_reads_is_not_ignored(path: str) -> None:
    assert (ROOT / path).is_file()
    assert not ignored(path, IGNORE)


@pytest.mark.parametrize(
    "path",
    [".git/config", ".venv/bin/python", "var/subsidy.db", "tests/conftest.py", "requirements/test.txt", ".env", "app/__pycache__/cli.pyc"],
)
def test_what_is_not_named_is_ignored(path: str) -> None:
    assert ignored(path, IGNORE)


def test_both_stages_stand_on_the_same_slim_python() -> None:
    bases = [rest.split()[0] for rest in arguments(DOCKERFILE, "FROM")]
    assert set(bases) == {"${PYTHON_IMAGE}"}
    assert re.fullmatch(r"PYTHON_IMAGE=python:3\.11-slim-[a-z]+", DOCKERFILE[0][1])


def test_the_commands_are_in_exec_form_and_serve_by_default() -> None:
    (entry,), (command,) = arguments(FINAL, "ENTRYPOINT"), arguments(FINAL, "CMD")
    assert [*json.loads(entry), *json.loads(command)] == ["python", "-m", "app.serving"]


def test_the_health_check_is_in_exec_form() -> None:
    (check,) = arguments(FINAL, "HEALTHCHECK")
    assert json.loads(check.partition(" CMD ")[2]) == ["python", "-m", "app.healthcheck"]


def test_only_the_volume_is_written_to() -> None:
    assert arguments(FINAL, "VOLUME") == ['["/var/lib/subsidy"]']
    (environment,) = arguments(FINAL, "ENV")
    assert "SUBSIDY_DATABASE_URL=sqlite:////var/lib/subsidy/" in environment
    assert "PYTHONDONTWRITEBYTECODE=1" in environment


def test_it_listens_on_loopback_and_exposes_nothing() -> None:
    set_to = re.findall(r"\bSUBSIDY_HOST=(\S+)", " ".join(arguments(FINAL, "ENV")))
    assert set(set_to) <= LOOPBACK
    assert arguments(FINAL, "EXPOSE") == []


def test_its_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"VERSION={project['version']}" in arguments(FINAL, "ARG")
    (labels,) = arguments(FINAL, "LABEL")
    for name in ("title", "description", "version", "revision", "base.name"):
        assert f"org.opencontainers.image.{name}=" in labels
    assert f'description="{project["description"]}"' in labels


def run(module: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a module as the image does."""
    command = [sys.executable, "-m", module]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=600, check=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_the_service_refuses_to_listen_beyond_loopback(host: str) -> None:
    ended = run("app.serving", SUBSIDY_HOST=host)
    assert ended.returncode == 1
    assert f"refusing to listen on {host}" in ended.stderr


def test_the_health_check_passes_where_the_service_is_ready(live_url: str) -> None:
    port = live_url.rpartition(":")[2]
    assert run("app.healthcheck", SUBSIDY_HOST="127.0.0.1", SUBSIDY_PORT=port).returncode == 0
    proxied = run("app.healthcheck", SUBSIDY_HOST="127.0.0.1", SUBSIDY_PORT=port, http_proxy="http://127.0.0.1:9")
    assert proxied.returncode == 0


@pytest.mark.parametrize("status", [500, 503])
def test_the_health_check_fails_where_it_is_not(status: int) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        port = str(server.server_port)
        thread = Thread(target=server.handle_request)
        thread.start()
        assert run("app.healthcheck", SUBSIDY_HOST="127.0.0.1", SUBSIDY_PORT=port).returncode == 1
        thread.join()
    silent = run("app.healthcheck", SUBSIDY_HOST="127.0.0.1", SUBSIDY_PORT=port)
    assert silent.returncode == 1
    assert silent.stderr == ""
