"""The examples in docstrings of the web shell and of access are right."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import app.access
import app.api


def test_the_examples_in_docstrings() -> None:
    attempted = 0
    for package in (app.access, app.api):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            found = doctest.testmod(importlib.import_module(module.name))
            assert found.failed == 0, module.name
            attempted += found.attempted
    assert attempted >= 5
