"""The examples in docstrings are right."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import app


def test_the_examples_in_docstrings() -> None:
    attempted = 0
    for module in pkgutil.walk_packages(app.__path__, "app."):
        found = doctest.testmod(importlib.import_module(module.name))
        assert found.failed == 0, module.name
        attempted += found.attempted
    assert attempted >= 5
