"""The examples in docstrings of the web shell are right."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import app.api


def test_the_examples_in_docstrings() -> None:
    attempted = 0
    for module in pkgutil.iter_modules(app.api.__path__, "app.api."):
        found = doctest.testmod(importlib.import_module(module.name))
        assert found.failed == 0, module.name
        attempted += found.attempted
    assert attempted >= 5
