"""The mutants that are known to survive, each with the reason: ``survivors.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("survivors.toml")
EQUIVALENT = "equivalent"
KINDS = {EQUIVALENT: "no input tells it from the program", "harmless": "it can be told apart, and does not matter"}


@dataclass(frozen=True)
class Survivor:
    """Why a mutant may survive."""

    kind: str
    reason: str


def listed() -> dict[tuple[str, str, str], Survivor]:
    """All of them, by module, line and change."""
    read = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        (one["module"], one["line"], change): Survivor(one["kind"], one["reason"]) for one in read["survivor"] for change in one["changes"]
    }
