"""One mutant against the tests, in a process that is forked for it from one that has imported what others wrote.

The program is imported in the fork, through a hook that serves the mutated module. The tests that die most often come
first, then those that name the module, then all others that run inside of the process; the first that fails ends it.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest

from tests.mutants.making import ROOT, Mutant, mutated, path_of

SURVIVED, KILLED = 0, 1
CPU_SECONDS = 150
"""Of one test with its fixtures: counted in the time that the process ran, so that a busy machine kills no mutant."""
MEMORY_BYTES = 6 << 30

SEEDS = 60
"""Cases of each method that are compared with the oracle before any test is collected."""

IN_PROCESS = (
    "tests/golden",
    "tests/shapes",
    "tests/spec",
    "tests/readme/test_terms_page.py",
    "tests/contract",
    "tests/drafts",
    "tests/commands",
    "tests/properties",
    "tests/oracle",
)
LOANS = "tests/spec/test_decisions_loans.py tests/spec/test_decisions_balances.py tests/spec/test_decisions_interest.py"
TERMS = "tests/spec/test_terms_refused.py tests/spec/test_read_as_written.py tests/readme/test_terms_page.py tests/spec/test_registries.py"
FIRST = {
    "app.calculators.workload": "tests/contract/test_budget.py tests/properties/test_cost.py",
    "app.calculators.verification": f"tests/spec/test_contradictions.py tests/spec/test_effect.py {TERMS} tests/shapes",
    "app.calculators.wording.working": "tests/properties/test_working.py",
    "app.calculators.wording": "tests/spec/test_wording.py tests/properties/test_wording_laws.py tests/spec/test_said_in_words.py",
    "app.calculators.terms": TERMS,
    "app.calculators.expressions": f"tests/properties/test_working.py {TERMS} tests/spec/test_wording.py",
    "app.calculators.loans": LOANS,
    "app.calculators.methods": f"tests/spec/test_decisions_said.py tests/spec/test_facts_refused.py {LOANS}",
    "app.calculators.stages": "tests/spec/test_decisions_said.py tests/spec/test_decisions_eligibility.py tests/spec/test_decisions_accounts.py",
    "app.calculators.claims": "tests/contract/test_bounded.py tests/contract/test_strict_input.py tests/spec/test_facts_refused.py",
    "app.services.draft": "tests/drafts/test_life.py tests/drafts/test_hostile_contents.py tests/commands/test_draft_effects.py",
    "app.services.trial": "tests/drafts/test_life.py tests/commands/test_draft_effects.py",
    "app.services.impact": "tests/drafts/test_life.py tests/commands/test_load_confirm.py",
    "app.services": "tests/contract tests/drafts/test_life.py tests/drafts/test_month.py tests/commands",
}
"""Where a mutant of these is noticed most likely: a matter of speed alone, for all others follow."""
NOT_HERE = (
    "tests/contract/test_image.py",  # builds an image
    "tests/contract/test_schemathesis.py",  # random requests find a mutant by luck, slowly
    "tests/commands/test_package.py",  # what they run is another process, which has no mutant
    "tests/commands/test_starting.py",
    "tests/properties/test_draft_machine.py",  # about storage
    "tests/properties/test_nothing_loosens.py",  # a search, slow
    "tests/drafts/test_races.py",
    "tests/drafts/test_stateful.py",
    "tests/contract/test_hostile_corpus.py",
)
WARM = "pytest hypothesis fastapi sqlmodel uvicorn httpx yaml msgspec alembic structlog pydantic_settings jwt typer prometheus_client"


def warm() -> None:
    """Import what others wrote, once; nothing of ``app``, which each mutant imports anew."""
    for name in WARM.split():
        importlib.import_module(name)
    wrong = [name for name in sys.modules if name == "app" or name.startswith("app.")]
    assert not wrong, f"imported before any mutant: {wrong}"


class Served(importlib.machinery.SourceFileLoader):
    """Loads a module from a tree instead of its file."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        super().__init__(module, str(path_of(module)))
        self.tree = tree

    def get_code(self, fullname: str) -> CodeType:
        """The code of the tree; nothing is read from or written to a cache."""
        code: CodeType = compile(self.tree, self.path, "exec")
        return code


class Hook(importlib.abc.MetaPathFinder):
    """Finds the mutated module before its file is found."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self.module, self.tree = module, tree

    def find_spec(self, fullname: str, path: Any, target: ModuleType | None = None) -> importlib.machinery.ModuleSpec | None:
        """The mutated module's spec."""
        if fullname != self.module:
            return None
        return importlib.util.spec_from_file_location(fullname, path_of(fullname), loader=Served(fullname, self.tree))


class Limits:
    """Gives each test its time, and remembers which one failed."""

    failed = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Start the clock anew: it ends the process (the default of this signal), also inside of C."""
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The test that noticed."""
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """The test file that could not even be read."""
        if report.failed and not self.failed:
            self.failed = report.nodeid


def tests_for(module: str | None) -> list[list[str]]:
    """The test files that run inside of the process: the likely ones one after the other, then all others together.

    Likely are those that import the module, and those of ``FIRST``; nothing else is even read before they have passed.
    """
    files = [
        path
        for place in IN_PROCESS
        for path in ([ROOT / place] if place.endswith(".py") else sorted((ROOT / place).rglob("test_*.py")))
        if not str(path.relative_to(ROOT)).startswith(NOT_HERE)
    ]
    if module is None:
        return [list(map(str, files))]
    likely = [path for path in files if f"{module} import" in path.read_text(encoding="utf-8")]
    for place in (word for start, places in FIRST.items() if module.startswith(start) for word in places.split()):
        likely += [path for path in files if path not in likely and path.is_relative_to(ROOT / place)]
    return [*([str(path)] for path in likely), [str(path) for path in files if path not in likely]]


def noticed(module: str | None, tests: list[str] | None) -> str:
    """The first test that fails, or nothing."""
    from tests.oracle.generate import MAKERS
    from tests.oracle.judge import compare

    for seed in range(SEEDS):
        for method in MAKERS:
            if compare(method, seed) is not None:
                return f"oracle {method} {seed}"
    options = ["-x", "-q", "--no-header", "--tb=short", "-p", "no:randomly", "-p", "no:xdist", "-p", "no:cacheprovider"]
    for files in filter(None, tests_for(module) if tests is None else [tests]):
        limits = Limits()
        code = pytest.main([*options, *files], plugins=[limits])
        if code not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            return limits.failed or f"pytest ended with {code!r}"
    return ""


def run(mutant: Mutant | None, folder: Path, tests: list[str] | None = None) -> None:
    """In a fork: try one mutant, or the program as it is, write down what noticed it, and end the process."""
    os.setsid()
    os.chdir(ROOT)
    output = os.open(folder / "output", os.O_WRONLY | os.O_CREAT)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ |= {"TMPDIR": str(folder), "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis")}
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    try:
        if mutant is not None:
            sys.meta_path.insert(0, Hook(mutant.module, mutated(mutant.module, mutant.no)))
        killer = noticed(None if mutant is None else mutant.module, tests)
    except BaseException as error:  # a mutant that cannot be imported is noticed, too
        killer = f"{type(error).__name__}: {error}"
    (folder / "killer").write_text(killer, encoding="utf-8")
    sys.stdout.flush()
    os._exit(KILLED if killer else SURVIVED)
