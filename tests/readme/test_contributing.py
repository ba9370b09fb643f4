"""CONTRIBUTING tells the truth: the map has every package, each path exists, and a recipe hides no file that it touches."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import pytest

from tests.readme.house import PAGES, drawn, layers, rooms
from tests.readme.pages import READMES, ROOT, blocks, read

PAGE = "CONTRIBUTING.md"
FOLDERS = ("app", "docs", "tests/oracle")
"""Where a recipe names every file; other tests use a member wherever they need one."""
SUFFIXES = {".py", ".md", ".yaml", ".json", ".mako"}
PATH = re.compile(r"`((?:app|docs|tests|benchmarks|migrations)/[^`\s:]*)`")


class Recipe(NamedTuple):
    """One section: its heading, the member to look at, and its lines."""

    title: str
    member: str
    lines: tuple[str, ...]

    @property
    def paths(self) -> list[str]:
        """Every path of it."""
        return [path for line in self.lines for path in PATH.findall(line)]

    @property
    def always(self) -> list[str]:
        """The single files of the code and of the pages that every member stands in."""
        held = [path for line in self.lines if not line.startswith("If ") for path in PATH.findall(line)]
        return [path for path in held if path.endswith((".py", ".md", ".yaml")) and path.startswith(FOLDERS) and "*" not in path]


def recipes() -> Iterator[Recipe]:
    """Each recipe; a line that is broken is one line."""
    for text in re.split(r"^### ", read(PAGE), flags=re.MULTILINE)[1:]:
        title, _, rest = text.partition("\n")
        member = re.search(r"^Look at `([^`]+)`\.", rest, re.MULTILINE)
        assert member is not None, title
        lines = re.findall(r"^- (.*(?:\n  .*)*)", rest, re.MULTILINE)
        yield Recipe(title, member[1], tuple(re.sub(r"\n  ", " ", line) for line in lines))


RECIPES = tuple(recipes())
each_recipe = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.title)


@lru_cache(maxsize=1)
def texts() -> dict[str, str]:
    """The text of each file of the folders, by its path; what others wrote and is served as it came is left out."""
    found = {}
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in SUFFIXES and not name.startswith("app/api/static/"):
                found[name] = path.read_text(encoding="utf-8")
    return found


def holding(member: str) -> set[str]:
    """The files in which a member stands as a word of its own."""
    word = re.compile(rf"(?<![\w-]){re.escape(member)}(?!\w)")
    return {name for name, text in texts().items() if word.search(text)}


def listed(name: str, paths: list[str]) -> bool:
    """Whether a file is one of those named, or of a kind that is named."""
    return any(re.fullmatch(re.escape(path).replace(r"\*", "[^/]*"), name) for path in paths)


# --- the map ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_picture_and_map_are_those_of_the_contracts(page: str) -> None:
    """``python -m tests.readme.house`` writes them."""
    assert read(page) == drawn(page)
    assert re.search(r"<!-- (picture|map) -->\n.", read(page))


def test_every_package_stands_in_a_layer_and_in_the_distribution() -> None:
    real = {path.parent.relative_to(ROOT).as_posix().replace("/", ".") for path in (ROOT / "app").rglob("__init__.py")}
    assert {"app", *rooms()} == real
    packaged = tomllib.loads(read("pyproject.toml"))["tool"]["setuptools"]["packages"]
    assert {name for name in packaged if not name.startswith("app.migrations")} == real


def test_the_map_has_every_package_in_the_order_of_the_layers() -> None:
    rows = re.findall(r"^\| `(app/[a-z_/]+)` \| (.+) \|$", read(PAGE), re.MULTILINE)
    assert [package.replace("/", ".") for package, _ in rows] == list(rooms())
    assert len(rows) > 30
    assert all(duty.endswith(".") for _, duty in rows)


def test_every_name_of_the_layers_exists() -> None:
    assert len(layers()) == 4
    for container, rows in layers().items():
        for name in (name for row in rows for name in row):
            place = ROOT / container.replace(".", "/") / name
            assert place.is_dir() or place.with_suffix(".py").is_file(), f"{container}.{name}"


@pytest.mark.parametrize("page", READMES.values())
def test_readme_names_every_folder_of_the_service(page: str) -> None:
    folders = re.findall(r"^(app/[a-z_]+)/ ", "\n".join(text for _, text in blocks(page)), re.MULTILINE)
    assert sorted(folders) == sorted(path.parent.relative_to(ROOT).as_posix() for path in (ROOT / "app").glob("*/__init__.py"))


# --- the recipes --------------------------------------------------------------------------------------


def test_there_are_ten_recipes() -> None:
    assert [int(recipe.title.split(".")[0]) for recipe in RECIPES] == list(range(1, 11))


def test_every_path_of_the_page_exists() -> None:
    named = PATH.findall(read(PAGE))
    assert len(named) > 60
    assert [path for path in named if not any(ROOT.glob(path))] == []


@each_recipe
def test_a_recipe_names_every_file_in_which_its_member_stands(recipe: Recipe) -> None:
    found = holding(recipe.member)
    assert found
    assert sorted(name for name in found if not listed(name, recipe.paths)) == []


@each_recipe
def test_a_recipe_names_no_file_without_need(recipe: Recipe) -> None:
    assert recipe.always
    assert [path for path in recipe.always if path not in holding(recipe.member)] == []


def test_a_member_is_a_word_of_its_own() -> None:
    assert listed("tests/oracle/generate_loans.py", ["tests/oracle/generate_*.py"])
    assert not listed("tests/oracle/deeper/generate_loans.py", ["tests/oracle/generate_*.py"])
    assert holding("D30_36") == set()
    assert "app/calculators/quantities/day_counts.py" in holding("D30_360")


def test_the_commands_of_the_page_are_those_of_make() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", read(PAGE)))
    assert named == {"check", "test"}
    assert named <= targets
