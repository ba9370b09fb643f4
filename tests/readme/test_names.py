"""What pages and docstrings call a file or a module is there under this name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

import pytest

from tests.readme.pages import ROOT

ROOTS = ("app", "benchmarks", "migrations", "tests")
PAGES = sorted(path.relative_to(ROOT).as_posix() for found in ("*.md", "docs/**/*.md") for path in ROOT.glob(found))
SOURCES = sorted(path.relative_to(ROOT).as_posix() for folder in ROOTS for path in (ROOT / folder).rglob("*.py"))
HISTORY = "CHANGELOG.md"
"""It speaks of what was, under the names of its time."""

PATH = re.compile(rf"(?:{'|'.join((*ROOTS, 'docs', 'requirements'))})/[^\s:,]*")
FILE = re.compile(r"[\w/.-]+\.py")
STATE = "app.state."
"""Of the application, an object."""
DOTTED = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?:\(.*\))?")


def code(text: str, mark: str) -> Iterator[str]:
    """What stands between marks on one line."""
    return (found[1] for found in re.finditer(rf"(?<!`){mark}([^`\n]+){mark}(?!`)", text))


@lru_cache(maxsize=1)
def modules() -> dict[str, str]:
    """The file of each module and package, by its dotted name."""
    return {re.sub(r"(/__init__)?\.py$", "", name).replace("/", "."): name for name in SOURCES}


@cache
def beginnings(suffix: str) -> frozenset[str]:
    """What a dotted name of ours can begin with: a package of the service, or any module too, by the end of its file."""
    return frozenset(name.rpartition(".")[2] for name, file in modules().items() if file.startswith("app/") and file.endswith(suffix))


@cache
def defined(name: str) -> frozenset[str]:
    """The names at the top of a module."""
    found: set[str] = set()
    for node in ast.parse((ROOT / modules()[name]).read_text(encoding="utf-8")).body:
        match node:
            case ast.FunctionDef(name=own) | ast.AsyncFunctionDef(name=own) | ast.ClassDef(name=own):
                found.add(own)
            case ast.Assign(targets=targets):
                found |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=own)):
                found.add(own)
            case ast.ImportFrom(names=names) | ast.Import(names=names):
                found |= {one.asname or one.name for one in names}
    return frozenset(found)


def exists(dotted: str) -> bool:
    """Whether a name is that of a module, or of something in one; its packages may be left out from the left."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        start = ".".join(parts[:end])
        rest = parts[end:]
        for name in modules():
            if (name == start or name.endswith(f".{start}")) and (not rest or rest[0] in defined(name)):
                return True
    return False


def missing(told: str, suffix: str = ".py") -> bool:
    """Whether something between marks looks like a path or a name of ours, and is not there."""
    path = told.split("::", maxsplit=1)[0]
    if PATH.fullmatch(path):
        return not any(ROOT.glob(re.sub(r"<[^>]*>|…", "*", path)))
    if FILE.fullmatch(told):
        return not (ROOT / told).is_file()
    dotted = DOTTED.fullmatch(told)
    if dotted is None or dotted[1].startswith(STATE):
        return False
    return dotted[1].split(".", maxsplit=1)[0] in beginnings(suffix) and not exists(dotted[1])


@pytest.mark.parametrize("page", [page for page in PAGES if page != HISTORY])
def test_what_a_page_names_exists(page: str) -> None:
    """Pages name fields of requests and tables, too, such as the scope of rounding: there a name of ours begins with a package."""
    assert [told for told in code((ROOT / page).read_text(encoding="utf-8"), "`") if missing(told, "/__init__.py")] == []


@pytest.mark.parametrize("folder", ["app", "benchmarks", "tests"])
def test_what_docstrings_and_comments_name_exists(folder: str) -> None:
    wrong = []
    read = 0
    for name in (name for name in SOURCES if name.startswith(f"{folder}/")):
        for told in code((ROOT / name).read_text(encoding="utf-8"), "``"):
            read += 1
            if missing(told):
                wrong.append(f"{name}: {told}")
    assert read
    assert wrong == []


def test_a_name_that_is_gone_is_seen() -> None:
    for gone in ("app/calculators/words.py", "words.py", "calculators.words", "tables.loader.load", "calculators.assessment.asses", "app.errors.Kinds"):
        assert missing(gone), gone
    for here in ("app/errors.py", "app/tables/published/<batch id>.yaml", "calculators.assessment.assess(claim)", "claims.model", "app.errors.KINDS", "a.b"):
        assert not missing(here), here
    assert Path(ROOT / HISTORY).is_file()
