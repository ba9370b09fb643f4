"""The catalogue as the shell sees it: its errors as problems, its absence as 503."""

from __future__ import annotations

from starlette.types import Scope

from app.errors import ProblemError
from app.tables.catalogue.snapshot import Catalogue


def catalogue_of(scope: Scope) -> Catalogue:
    """Return the catalogue that serves this request; 503 while there is none."""
    catalogue: Catalogue | None = scope["app"].state.catalogue
    if catalogue is None:
        raise ProblemError("TABLES_UNAVAILABLE")
    return catalogue
