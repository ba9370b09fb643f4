"""How the audit log names what was added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

LOGGED: Final = len("sha256:") + 32  # of a digest; 128 bits are enough to tell contents apart
ALONE: Final = frozenset({"rate_table_version", "reference_rate_version"})  # named by their keys alone, as in earlier releases


def name_logged(table: str, key: Sequence[Any]) -> str:
    """A row with a digest: a version of a table or a series by its key, anything else with its kind before it."""
    name = " ".join(map(str, key))
    return name if table in ALONE else f"{table} {name}"
