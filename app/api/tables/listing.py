"""Lists of what was published: searched, page by page, under one ETag for all that a catalogue holds.

What is derived from a whole catalogue (its ETag, the texts that are searched) is made when it is first asked for and kept
with the catalogue. Searched are ids, titles, documents and the codes of methods, areas and categories.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, TypeVar

from app.api.http.paging import following, page, searched
from app.api.http.parameters import BatchFilter, TableFilter, VersionPage
from app.api.tables import presenters as showing
from app.api.tables import schemas as views
from app.calculators.assessment import ENGINE_VERSION
from app.calculators.claims.spelling import normal
from app.calculators.stages.codes import categories
from app.tables.catalogue.snapshot import Batch, Catalogue, Direction, NoVersionInForce, Version
from app.tables.storage.canonical_json import canonical, digest

T = TypeVar("T")


def tag(catalogue: Catalogue) -> str:
    """What changes with everything that any list shows: the ETag of all of them, the same in every process."""
    return _once(catalogue, "tag", lambda: digest(canonical([ENGINE_VERSION, *_everything(catalogue)])))


def batches(catalogue: Catalogue, query: BatchFilter) -> Callable[[], views.BatchList]:
    """How to show a page of the batches. Errors: ProblemError 422, at once."""
    rest = following(catalogue.batches, query.after)

    def show() -> views.BatchList:
        texts, found = _batch_texts(catalogue), searched(query.q)
        shown, more = page((one for one in rest if query.q is None or found(texts[one.id])), query.limit)
        return views.BatchList(batches=[showing.batch(one) for one in shown], next=shown[-1].id if more else None)

    return show


def tables(catalogue: Catalogue, query: TableFilter) -> Callable[[], views.TableList]:
    """How to show a page of the tables that a filter lets through. Errors: BatchNotFound, ProblemError 422, at once."""
    if query.batch is not None:
        catalogue.batch(query.batch)
    rest = following(catalogue.directions, query.after)

    def show() -> views.TableList:
        shown, more = page(_tables(catalogue, rest, query), query.limit)
        return views.TableList(rate_tables=shown, next=shown[-1].id if more else None)

    return show


def versions(catalogue: Catalogue, table_id: str, query: VersionPage) -> Callable[[], views.VersionList]:
    """How to show a page of a table's versions. Errors: TableNotFound, StandardNotLoaded, ContentAltered, at once."""
    rest = [one for one in catalogue.versions(table_id) if query.after is None or one.table.version > query.after]

    def show() -> views.VersionList:
        shown, more = page(rest, query.limit)
        entries = [showing.version_entry(catalogue, one) for one in shown]
        return views.VersionList(id=table_id, versions=entries, next=entries[-1].version if more else None)

    return show


def _tables(catalogue: Catalogue, rest: Iterator[Direction], query: TableFilter) -> Iterator[views.TableEntry]:
    texts = None if query.q is None else _table_texts(catalogue)
    found = searched(query.q)
    for direction in rest:
        if (
            query.batch not in (None, direction.batch)
            or query.method not in (None, direction.method)
            or query.area not in (None, direction.area)
            or (texts is not None and not found(texts[direction.rate_table]))
        ):
            continue
        versions = catalogue.tables.get(direction.rate_table, ())
        chosen = _chosen(catalogue, direction.rate_table, query.as_of) if versions else None
        if query.as_of is not None and chosen is None:
            continue
        yield views.TableEntry(
            id=direction.rate_table,
            batch=direction.batch,
            no=direction.number,
            title=direction.title,
            method=direction.method,
            area=direction.area,
            loaded=bool(versions),
            not_loaded=direction.not_loaded,
            versions=[one.table.version for one in versions],
            version=chosen and chosen.table.version,
        )


def _chosen(catalogue: Catalogue, table_id: str, as_of: date | None) -> Version | None:
    if as_of is None:
        return showing.newest(catalogue, table_id)
    try:
        return catalogue.chosen(table_id, as_of=as_of)
    except NoVersionInForce:
        return None


# --- made once for a catalogue ------------------------------------------------------------------------


def _once(catalogue: Catalogue, name: str, make: Callable[[], T]) -> T:
    found: T | None = catalogue.derived.get(name)
    if found is None:
        found = catalogue.derived[name] = make()
    return found


def _everything(catalogue: Catalogue) -> Iterator[Any]:
    """Each thing that is listed, by its digest and what has become of it since."""
    yield [str(catalogue.latest_known_at), *catalogue.altered, *sorted(catalogue.spoilt)]
    for fund in catalogue.funds.values():
        yield [fund.id, fund.title, *(one.digest for one in fund.overlays)]
    for batch in catalogue.batches.values():
        yield [batch.id, batch.fund, batch.title, batch.digest]
    for one in catalogue.directions.values():
        yield [one.rate_table, one.batch, one.number, one.title, one.method, one.area, one.not_loaded]
        yield [_since(version) for version in catalogue.tables.get(one.rate_table, ())]
    for known in catalogue.references.values():
        yield [[one.series.series, one.series.version, one.series.digest, str(one.published_at)] for one in known]


def _since(version: Version) -> list[str]:
    stands = version.superseded_at, version.superseded_by, version.withdrawn_at, version.ended_at, version.ends_on
    until = [one.effective_until for one in version.standings]
    return [version.table.digest, *map(str, (*stands, *until))]


def _batch_texts(catalogue: Catalogue) -> dict[str, str]:
    def text(batch: Batch) -> str:
        document = batch.content.get("document") or {}
        return normal(" ".join([batch.id, batch.title, *(str(document.get(name) or "") for name in ("title", "number"))]))

    return _once(catalogue, "batches", lambda: {name: text(one) for name, one in catalogue.batches.items()})


def _table_texts(catalogue: Catalogue) -> dict[str, str]:
    def text(direction: Direction) -> str:
        said = [direction.rate_table, direction.title, direction.method or "", direction.area or ""]
        for version in catalogue.tables.get(direction.rate_table, ())[-1:]:
            said += [part for pair in categories(version.table.terms).items() for part in pair]
        return normal(" ".join([*said, catalogue.batches[direction.batch].title]))

    return _once(catalogue, "tables", lambda: {name: text(one) for name, one in catalogue.directions.items()})
