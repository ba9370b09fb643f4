"""The catalogue as the shell sees it: its errors as problems, its absence as 503."""

from __future__ import annotations

from datetime import date, datetime

from starlette.types import Scope

from app.api.problems import ProblemError
from app.calculators.terms import RateTable
from app.tables import catalogue as tables
from app.tables.catalogue import Catalogue


def catalogue_of(scope: Scope) -> Catalogue:
    """Return the catalogue that serves this request; 503 while there is none."""
    catalogue: Catalogue | None = scope["app"].state.catalogue
    if catalogue is None:
        raise ProblemError("TABLES_UNAVAILABLE")
    return catalogue


def chosen_table(
    catalogue: Catalogue,
    table_id: str,
    *,
    version: int | None,
    as_of: date,
    known_at: datetime,
) -> RateTable:
    """Return the version of a table that applies; ``version`` counts before ``as_of``."""
    try:
        if version is not None:
            return catalogue.choose(table_id, version=version, known_at=known_at)
        return catalogue.choose(table_id, as_of=as_of, known_at=known_at)
    except tables.CatalogueError as error:
        raise problem_of(error) from None


def problem_of(error: tables.CatalogueError) -> ProblemError:
    """Return the problem that an error of the catalogue is."""
    raise NotImplementedError
