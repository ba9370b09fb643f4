"""Clients that nobody here wrote, as they come: Java's own and curl (``make test-clients``)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.contract.requests import INSURANCE, insurance

pytestmark = pytest.mark.clients

HERE = Path(__file__).parent


def printed(*words: str | Path) -> str:
    """What a command prints that ends well."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def request_file(tmp_path: Path) -> Path:
    """A right request."""
    path = tmp_path / "request.json"
    path.write_text(json.dumps(insurance()), encoding="utf-8")
    return path


def test_javas_own_client_with_nothing_set(live_url: str, request_file: Path, tmp_path: Path) -> None:
    """It offers HTTP/2 on every first request of a connection: of known length, in chunks, large, and eight at once."""
    printed("javac", "-encoding", "UTF-8", "-d", tmp_path, HERE / "Calculate.java")
    lines = printed("java", "-cp", tmp_path, "Calculate", live_url + INSURANCE, request_file).splitlines()
    assert lines == ["200 HTTP_1_1 3000000.00"] * 12


@pytest.mark.parametrize("options", [["--http2"], ["--http1.1"], ["--http1.0"], ["--http2", "-H", "Transfer-Encoding: chunked"], ["--http2", "-H", "Expect: 100-continue"]])
def test_curl(live_url: str, request_file: Path, options: list[str]) -> None:
    """Twice on one connection."""
    one = ["-H", "Content-Type: application/json", "--data-binary", f"@{request_file}", live_url + INSURANCE]
    out = printed("curl", "--silent", "--show-error", "--noproxy", "*", "-w", "\n%{http_code} %{num_connects}\n", *options, *one, "--next", "-s", "-w", "\n%{http_code}\n", *options, *one)
    assert [line[:3] for line in out.splitlines() if line[:1] == "2"] == ["200", "200"], out
    assert out.count('"amount":"3000000.00"') >= 2
