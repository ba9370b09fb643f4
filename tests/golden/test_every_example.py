"""No published example is left out, and each test says where its figures come from."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest

import tests.golden

PUBLISHED = ("we-01", "we-02", "we-08", "we-12", "we-14", "we-15", "we-18", "we-22")
DERIVED = ("de-01", "de-04", "de-05", "de-08", "de-12")


def golden_tests() -> dict[str, Callable[..., Any]]:
    """Every test of this folder that is named after an example, by its name."""
    found: dict[str, Callable[..., Any]] = {}
    for module in pkgutil.iter_modules(tests.golden.__path__, "tests.golden."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if name.startswith(("test_we_", "test_de_")):
                assert name not in found, name
                found[name] = value
    return found


@pytest.mark.parametrize("example", PUBLISHED + DERIVED)
def test_an_example_is_reproduced_with_its_source_and_clause(example: str) -> None:
    """Each id has a test named after it, whose docstring gives id, source and clause."""
    prefix = "test_" + example.replace("-", "_") + "_"
    mine = [test.__doc__ or "" for name, test in golden_tests().items() if name.startswith(prefix)]
    assert mine, f"no test reproduces {example}"
    for text in mine:
        assert f"Example {example}" in text
        assert "Source: " in text
        assert "Clause: " in text


def test_no_test_is_named_after_an_example_that_does_not_exist() -> None:
    """A mistyped id would leave its example uncovered in silence."""
    named = {"-".join(name.split("_")[1:3]) for name in golden_tests()}
    assert named == set(PUBLISHED + DERIVED)
