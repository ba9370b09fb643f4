"""The OpenAPI document in the hands of others: two linters, and three generators whose clients calculate (``make test-clients``).

Each tool is used as it comes, with nothing set but where to write; its client calculates against the running service.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.clients

HERE = Path(__file__).parent
TOOLS = ROOT / "var" / "clients"
NODE = TOOLS / "node_modules" / ".bin"
PYTHON = TOOLS / "python" / "bin"
EXAMPLES = {  # what each calculation comes to, by hand: 2% of 60 million a year, half of 6 million, half of 4 million, 30% of a million
    "calculate_loan_interest_subsidies": ("1200000.00", "10000000.00"),
    "calculate_insurance_subsidies": ("3000000.00", "10000000.00"),
    "calculate_awards": ("2000000.00", "3000000.00"),
    "calculate_grants": ("300000.00", "500000.00"),
}
PRINTED = {
    *(f"{name} ordinary ELIGIBLE {ordinary}" for name, (ordinary, _) in EXAMPLES.items()),
    *(f"{name} at_cap ELIGIBLE {at_cap}" for name, (_, at_cap) in EXAMPLES.items()),
    *(f"{name}_batch ordinary 2 {2 * Decimal(ordinary)}" for name, (ordinary, _) in EXAMPLES.items()),
    *(f"{name}_batch at_cap 2 {Decimal(ordinary) + Decimal(at_cap)}" for name, (ordinary, at_cap) in EXAMPLES.items()),
}


def run(*words: str | Path, **environment: str) -> str:
    """What a command prints that ends well."""
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "SCARF_ANALYTICS": "false", "NO_COLOR": "1"}
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=os.environ | quiet | environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def document(live_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document as it is served, in a file."""
    path = tmp_path_factory.mktemp("document") / "openapi.json"
    path.write_bytes(httpx.get(f"{live_url}/openapi.json", trust_env=False).content)
    return path


def test_spectral_finds_no_error(document: Path) -> None:
    """Its warnings are not asked for: it takes the scopes of a bearer, which OpenAPI 3.1 allows, for unknown ones."""
    found = run(NODE / "spectral", "lint", document, "--ruleset", HERE / "spectral.yaml", "--fail-severity", "error", "--format", "json", "--quiet")
    errors = [one for one in json.loads(found) if one["severity"] == 0]
    assert errors == []


def test_redocly_finds_no_error(document: Path) -> None:
    found = json.loads(run(NODE / "redocly", "lint", document, "--format", "json"))
    assert found["totals"]["errors"] == 0
    assert {one["ruleId"] for one in found["problems"]} <= {"info-license"}


def test_openapi_typescript_and_the_strict_compiler(live_url: str, document: Path, tmp_path: Path) -> None:
    run(NODE / "openapi-typescript", document, "--output", tmp_path / "service.ts")
    shutil.copy(HERE / "calculate.ts", tmp_path)
    run(NODE / "tsc", "--strict", "--noUncheckedIndexedAccess", "--target", "es2022", "--module", "commonjs", "--lib", "es2022,dom", tmp_path / "calculate.ts")
    assert run("node", tmp_path / "calculate.js", live_url).splitlines() == [
        "loan-interest-subsidies ELIGIBLE 1200000.00",
        "insurance-subsidies ELIGIBLE 3000000.00",
        "awards ELIGIBLE 2000000.00",
        "grants ELIGIBLE 300000.00",
        "awards/batch C-1 2000000.00",
        "awards/batch C-2 INVALID_FACTS",
    ]


def test_openapi_python_client(live_url: str, document: Path, tmp_path: Path) -> None:
    """``--fail-on-warning``: it leaves no operation out."""
    words = ["generate", "--path", document, "--meta", "none", "--output-path", tmp_path / "service_client", "--fail-on-warning"]
    run(PYTHON / "openapi-python-client", *words, PATH=f"{PYTHON}:{os.environ['PATH']}")
    described: dict[str, Any] = json.loads(document.read_text())
    operations = {one["operationId"] for methods in described["paths"].values() for one in methods.values()}
    assert {path.stem for path in (tmp_path / "service_client" / "api").glob("*/[!_]*.py")} == operations
    printed = run(PYTHON / "python", HERE / "attrs_client.py", live_url, document, PYTHONPATH=str(tmp_path), NO_PROXY="127.0.0.1").splitlines()
    assert set(printed) == PRINTED | {"built ELIGIBLE 4000000.00", "summary ELIGIBLE 4000000.00"}
    assert len(printed) == len(PRINTED) + 2


def test_datamodel_code_generator(live_url: str, document: Path, tmp_path: Path) -> None:
    words = ["--input", document, "--input-file-type", "openapi", "--output", tmp_path / "service_models.py", "--output-model-type", "pydantic_v2.BaseModel"]
    run(PYTHON / "datamodel-codegen", *words)
    printed = run(PYTHON / "python", HERE / "pydantic_client.py", live_url, document, PYTHONPATH=str(tmp_path)).splitlines()
    assert set(printed) == PRINTED | {"built ELIGIBLE 2000000.00", "refused amount", "refused base_amount", "refused item_id"}
    assert len(printed) == len(PRINTED) + 4
