"""schemathesis against the live service: all checks, all phases, nothing excluded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# The statuses that schemathesis expects of valid data by itself, and 422: a body can satisfy the schema
# and break a rule between fields.
# A case of a list that is wrong fails alone, in an answer of 200; tests/contract/test_case_lists.py holds what it says.
CONFIG = """
hooks = "tests.contract.schemathesis_hooks"
[cache]
enabled = false
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "422", "429", "5xx"]
[[operations]]
include-path-regex = "/calculate/batch$"
checks.negative_data_rejection.expected-statuses = ["200", "400", "401", "403", "404", "406", "413", "415", "422", "428", "5xx"]
"""


def share(counts: Counter[tuple[str, str, str, int]], mode: str | None, suffix: str | tuple[str, ...]) -> tuple[int, int]:
    """How many calculation requests were sent, and how many of them were answered 200."""
    chosen = {
        key: number
        for key, number in counts.items()
        if key[0].endswith(suffix) and "/drafts/" not in key[0] and key[1] == "POST" and mode in (None, key[2])
    }
    return sum(chosen.values()), sum(number for key, number in chosen.items() if key[3] == 200)


def schemathesis(
    live_url: str, tmp_path: Path, *words: str, config: str = CONFIG, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run it on a service; its answers are counted in ``counts``."""
    (tmp_path / "schemathesis.toml").write_text(config)
    return subprocess.run(
        [
            str(Path(sys.executable).with_name("st")),
            "--config-file",
            str(tmp_path / "schemathesis.toml"),
            "run",
            f"{live_url}/openapi.json",
            "--checks",
            "all",
            "--phases",
            "examples,coverage,fuzzing,stateful",
            "--max-examples",
            os.environ.get("SCHEMATHESIS_EXAMPLES", "50"),
            "--continue-on-failure",
            *words,
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "SUBSIDY_LIVE_URL": live_url,
            "SUBSIDY_COUNTS": str(tmp_path / "counts"),
            "PYTHONPATH": str(ROOT),
            "NO_PROXY": "127.0.0.1",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_service_keeps_its_own_document(live_url: str, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """On loopback without a credential, as ``make serve`` runs it."""
    run = schemathesis(live_url, tmp_path)
    counts = Counter(tuple(json.loads(line)) for line in (tmp_path / "counts").read_text().splitlines())
    for suffix in ("/calculate", "/calculate/batch", ("/calculate", "/calculate/batch")):
        for mode in ("positive", None):
            sent, answered = share(counts, mode, suffix)
            named = suffix if isinstance(suffix, str) else "all calculations"
            meant = "meant to be right" if mode else "right and wrong"
            line = f"schemathesis, {named}, {meant}: {answered} of {sent} answered 200 ({answered / sent:.0%})"
            record_property("shown", line)
            if not isinstance(suffix, str):
                assert answered >= 0.3 * sent, "at least 30% of the calculation requests reach a calculation"
    assert run.returncode == 0, run.stdout[-20_000:]
