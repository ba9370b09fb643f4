"""Facts whose absence or date is itself a statement: the only ones that may raise an amount without a word.

Each entry has its reason. ``test_nothing_loosens`` asserts that each is still needed.
"""

from __future__ import annotations

STATEMENTS: dict[tuple[str, str], str] = {}
