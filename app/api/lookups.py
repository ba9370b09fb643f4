"""The catalogue as the shell sees it: its errors as problems, its absence as 503."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from starlette.types import Scope

from app.api.identity import instant_text
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
    catalogue: Catalogue, table_id: str, *, version: int | None, as_of: date, known_at: datetime
) -> RateTable:
    """Return the version of a table that applies; ``version`` counts before ``as_of``."""
    try:
        if version is not None:
            return catalogue.choose(table_id, version=version, known_at=known_at)
        return catalogue.choose(table_id, as_of=as_of, known_at=known_at)
    except tables.CatalogueError as error:
        raise problem_of(error) from None


@contextmanager
def found() -> Iterator[None]:
    """Turn errors of the catalogue into problems."""
    try:
        yield
    except tables.CatalogueError as error:
        raise problem_of(error) from None


def problem_of(error: tables.CatalogueError) -> ProblemError:
    """Return the problem that an error of the catalogue is; it says what there is instead."""
    match error:
        case tables.TableNotFound():
            return ProblemError("RATE_TABLE_NOT_FOUND")
        case tables.BatchNotFound():
            return ProblemError("BATCH_NOT_FOUND")
        case tables.SeriesNotFound():
            return ProblemError("REFERENCE_SERIES_NOT_FOUND")
        case tables.StandardNotLoaded():
            return ProblemError(
                "STANDARD_NOT_LOADED",
                f"该方向的标准未载入：{error.reason}" if error.reason else None,
                f"The standards of this direction are not loaded: {error.reason}" if error.reason else None,
            )
        case tables.VersionNotFound(later=later) | tables.NoVersionInForce(later=later) if later is not None:
            return _not_yet(error, later)
        case tables.VersionNotFound():
            existing = ", ".join(map(str, error.existing)) or "—"
            return ProblemError(
                "VERSION_NOT_FOUND",
                f"没有版本 {error.version}；已有版本：{existing}",
                f"There is no version {error.version}; existing versions: {existing}",
            )
        case tables.NoVersionInForce():
            periods = "; ".join(
                f"{version}: [{first}, {until or '…'})" for version, first, until in error.periods
            )
            return ProblemError(
                "NO_VERSION_IN_FORCE",
                f"{error.as_of} 没有生效的版本；各版本的施行期：{periods or '—'}",
                f"No version is in force on {error.as_of}; versions and their periods: {periods or '—'}",
            )
    raise error


def _not_yet(error: tables.VersionNotFound | tables.NoVersionInForce, later: datetime) -> ProblemError:
    """Asked for as known at a time at which it was not published yet."""
    at = instant_text(later)
    if isinstance(error, tables.VersionNotFound):
        return ProblemError(
            "VERSION_NOT_FOUND",
            f"版本 {error.version} 于 {at} 才公布；known_at、known_on 应不早于此",
            f"Version {error.version} was published only at {at}; known_at and known_on should not be earlier",
        )
    return ProblemError(
        "NO_VERSION_IN_FORCE",
        f"该标准表于 {at} 才公布；known_at、known_on 应不早于此",
        f"The rate table was published only at {at}; known_at and known_on should not be earlier",
    )
