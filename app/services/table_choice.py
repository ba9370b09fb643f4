"""The version of a table that a claim names, and what is said where it is not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from app.calculators.claims.model import Claim
from app.calculators.terms.model import RateTable
from app.calculators.wording.nearest_names import meant
from app.errors import FieldError, ProblemError
from app.services.calculation_identity import instant_text
from app.tables.catalogue import snapshot as tables
from app.tables.catalogue.snapshot import Catalogue


def chosen_table(catalogue: Catalogue, claim: Claim, known_at: datetime) -> RateTable:
    """Return the version of a table that a claim names; ``version`` counts before ``as_of``."""
    try:
        for grant in claim.applicant.granted:  # whether it takes room under a cap is said by its table
            catalogue.check_intact(grant.rate_table)
        if claim.version is not None:
            return catalogue.choose(claim.rate_table, version=claim.version, known_at=known_at)
        return catalogue.choose(claim.rate_table, as_of=claim.as_of or claim.application_date, known_at=known_at)
    except tables.CatalogueError as error:
        problem = problem_of(error)
        problem.errors = (FieldError(_blamed(error, claim), problem.code, problem.zh, problem.en),)
        raise problem from None


def _blamed(error: tables.CatalogueError, claim: Claim) -> str:
    """The field of a claim that asks for what is not there."""
    known = "/known_at" if claim.known_at is not None else "/known_on" if claim.known_on is not None else None
    match error:
        case tables.VersionNotFound(existing=()) | tables.NoVersionInForce(periods=()) if known is not None:
            return known  # nothing of the table was known then
        case tables.VersionNotFound(later=datetime()) if known is not None:
            return known  # this version was not known then
        case tables.VersionNotFound():
            return "/version"
        case tables.NoVersionInForce():
            return "/application_date" if claim.as_of is None else "/as_of"
        case _:
            return "/rate_table"


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
        case tables.ContentAltered():
            return ProblemError(
                "CONTENT_ALTERED",
                f"{error.what} 与其摘要不符，在由备份恢复之前不予计算",
                f"{error.what} does not match its digest; nothing is calculated with it until a backup is restored",
            )
        case tables.ContentUnreadable():
            return ProblemError(
                "CONTENT_ALTERED",
                f"本版本的服务不能读懂 {error.what}，在升级服务之前不予计算",
                f"this release of the service cannot read {error.what}; nothing is calculated with it until the service is upgraded",
            )
        case tables.NotThere():
            return _not_there(error)
        case tables.StandardNotLoaded():
            return ProblemError(
                "STANDARD_NOT_LOADED",
                f"该方向的标准未载入：{error.reason}" if error.reason else None,
                "The standards of this direction are not loaded; its batch says why, in Chinese" if error.reason else None,
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
            periods = "; ".join(f"{version}: [{first}, {until or '…'})" for version, first, until in error.periods)
            return ProblemError(
                "NO_VERSION_IN_FORCE",
                f"{error.as_of} 没有生效的版本；各版本的施行期：{periods or '—'}",
                f"No version is in force on {error.as_of}; versions and their periods: {periods or '—'}",
            )
    raise error


def _not_there(error: tables.NotThere) -> ProblemError:
    """An id that nothing has: where all of them are listed, and which may have been meant."""
    near = meant(error.asked, error.known)
    match error:
        case tables.TableNotFound(overlay=True):
            return ProblemError(
                "RATE_TABLE_NOT_FOUND",
                "这是管理办法或实施指南的编号：它随标准表适用，不能单独计算；请给出标准表的编号",
                "This is the id of management measures: they lie over rate tables and are not calculated with; give the id of a table",
            )
        case tables.TableNotFound():
            code, zh, en, path = "RATE_TABLE_NOT_FOUND", "标准表", "rate tables", "/v1/rate-tables"
        case tables.BatchNotFound():
            code, zh, en, path = "BATCH_NOT_FOUND", "批次", "batches", "/v1/batches"
        case _:
            code, zh, en, path = "REFERENCE_SERIES_NOT_FOUND", "参考利率", "reference series", "/v1/reference-rates"
    return ProblemError(code, f"全部{zh}见 GET {path}{near.zh}", f"GET {path} lists all {en}{near.en}")


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
