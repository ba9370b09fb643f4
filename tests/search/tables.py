"""Every table that is loaded: the published ones, and the invented schemes of ``tests/shapes``."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.calculators.stages.effective_rules import Rules, rules_of
from app.calculators.terms.model import UNKNOWN, RateTable
from app.services.calculation import KINDS, Kind
from app.tables.catalogue.snapshot import Catalogue
from tests.bureau import PUBLISHED, catalogue_of
from tests.shapes.files import FILES, parts, write
from tests.shapes.test_shapes import claim

Json = dict[str, Any]

_KIND_OF = {"LEASE_INTEREST": "LOAN_INTEREST"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One version of a table, and the endpoint at which it is calculated."""

    table: RateTable
    kind: Kind
    cases: tuple[Json, ...] = ()  # requests that came with the table (tests/shapes)

    @property
    def id(self) -> str:
        """The table's id and version."""
        return f"{self.table.id}@{self.table.version}"

    @property
    def pays(self) -> bool:
        """Whether any figure was seen (D37): a table of which none was earns nothing."""
        return any(UNKNOWN not in (line.rate, line.amount) for line in self.table.terms.lines)

    def rules(self, on: Any) -> Rules:
        """The rules of the table and of what lies over it on the day of an application."""
        return rules_of(self.table, on)


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue of all tables."""
    with tempfile.TemporaryDirectory(prefix="subsidy-search-") as folder:
        return catalogue_of(PUBLISHED, *(made for path in FILES for made in write(Path(folder), path)))


@lru_cache(maxsize=1)
def loaded() -> tuple[Loaded, ...]:
    """All tables, in order of their ids."""
    sent: dict[str, list[Json]] = {}
    for path in FILES:
        told = parts(path)[1]
        for case in told["cases"]:
            request = claim(told, case)
            sent.setdefault(str(request["rate_table"]), []).append(request)
    kinds = {kind.method: kind for kind in KINDS}
    return tuple(
        Loaded(
            table=one.table, kind=kinds[_KIND_OF.get(one.table.method, one.table.method)], cases=tuple(sent.get(one.table.id, ()))
        )
        for _, versions in sorted(catalogue().tables.items())
        for one in versions
    )
