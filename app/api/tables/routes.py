"""What was published: funds, batches, rate tables and their versions, reference rates."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from app.access.scopes import Scope
from app.api.http import authorization as gate
from app.api.http import etag_answers as responses
from app.api.http import request_body as bodies
from app.api.http.current_catalogue import catalogue_of
from app.api.http.openapi_responses import not_modified, problem_responses
from app.api.http.paging import next_page
from app.api.http.parameters import (
    AgainstQuery,
    AsOfQuery,
    BatchId,
    BatchQuery,
    NoQuery,
    SeriesId,
    SeriesQuery,
    TableId,
    TableQuery,
    VersionNumber,
    VersionQuery,
)
from app.api.tables import listing
from app.api.tables import presenters as showing
from app.api.tables import schemas as views
from app.errors import ProblemError
from app.services.table_choice import found
from app.tables.catalogue.snapshot import Catalogue


async def _catalogue(request: Request) -> Catalogue:
    accept = request.headers.get("accept")
    bodies.check_accept(accept.encode("latin-1") if accept is not None else None)
    return catalogue_of(request.scope)


Tables = Annotated[Catalogue, Depends(_catalogue)]

router = APIRouter(prefix="/v1", tags=["标准表"], dependencies=[Depends(gate.needs(Scope.TABLES_READ))])

_SECURED = gate.secured(Scope.TABLES_READ)
_LISTED: dict[int | str, dict[str, Any]] = {**not_modified(), **problem_responses((401, 403, 406, 422, 500, 503))}
_ONE: dict[int | str, dict[str, Any]] = {**not_modified(), **problem_responses((401, 403, 404, 406, 422, 500, 503))}


@router.get(
    "/funds",
    operation_id="list_funds",
    summary="列出资金",
    description="全部资金及其管理办法与指南。",
    response_model=views.FundList,
    response_description="资金列表",
    responses=_LISTED,
    openapi_extra=_SECURED,
)
async def list_funds(request: Request, tables: Tables, _: NoQuery) -> Response:
    """List the funds."""
    return responses.made(request, listing.tag(tables), lambda: showing.funds(tables))


@router.get(
    "/batches",
    operation_id="list_batches",
    summary="列出批次",
    description="批次及其支持方向；标准未载入的方向说明原因。分页列出；搜索编号、名称与文件的标题、文号。",
    response_model=views.BatchList,
    response_description="批次列表的一页",
    responses={**_LISTED, **next_page("list_batches")},
    openapi_extra=_SECURED,
)
async def list_batches(request: Request, query: BatchQuery, tables: Tables) -> Response:
    """List the batches."""
    return responses.made(request, listing.tag(tables), listing.batches(tables, query))


@router.get(
    "/batches/{batch_id}",
    operation_id="get_batch",
    summary="查看批次",
    description="一个批次的申报窗口、文件与支持方向。",
    response_model=views.BatchView,
    response_description="批次",
    responses=_ONE,
    openapi_extra=_SECURED,
)
async def get_batch(request: Request, batch_id: BatchId, tables: Tables, _: NoQuery) -> Response:
    """Show one batch."""
    with found():
        view = showing.batch(tables.batch(batch_id))
    return responses.answer(request, view, view.digest)


@router.get(
    "/rate-tables",
    operation_id="list_rate_tables",
    summary="列出标准表",
    description="按批次、支持方式、支持领域与适用日筛选标准表，分页列出；搜索编号、名称、批次名称，以及支持方式、领域与类别的代码。",
    response_model=views.TableList,
    response_description="标准表列表的一页",
    responses={**_ONE, **next_page("list_rate_tables")},
    openapi_extra=_SECURED,
)
async def list_rate_tables(request: Request, query: TableQuery, tables: Tables) -> Response:
    """List the rate tables."""
    with found():
        return responses.made(request, listing.tag(tables), listing.tables(tables, query))


@router.get(
    "/rate-tables/{table_id}",
    operation_id="get_rate_table",
    summary="查看标准表",
    description="某日适用的版本（未给 as_of 时为最新版本）：所需事实、条款、文件与来源。",
    response_model=views.TableView,
    response_description="标准表",
    responses=_ONE,
    openapi_extra=_SECURED,
)
async def get_rate_table(request: Request, table_id: TableId, query: AsOfQuery, tables: Tables) -> Response:
    """Show the version of a table that applies on a day."""
    with found():
        version = (
            showing.newest(tables, table_id)
            if query.as_of is None
            else tables.chosen(table_id, as_of=query.as_of)
        )
        return responses.answer(request, showing.table(tables, version), showing.table_tag(tables, version))


@router.get(
    "/rate-tables/{table_id}/versions",
    operation_id="list_versions",
    summary="列出标准表的版本",
    description="一张标准表的全部版本，含被更正与撤回的；分页列出。",
    response_model=views.VersionList,
    response_description="版本列表的一页",
    responses={**_ONE, **next_page("list_versions")},
    openapi_extra=_SECURED,
)
async def list_versions(request: Request, table_id: TableId, query: VersionQuery, tables: Tables) -> Response:
    """List the versions of a table."""
    with found():
        return responses.made(request, listing.tag(tables), listing.versions(tables, table_id, query))


@router.get(
    "/rate-tables/{table_id}/versions/{version}",
    operation_id="get_version",
    summary="查看标准表的一个版本",
    description="一张标准表的指定版本。",
    response_model=views.TableView,
    response_description="标准表",
    responses=_ONE,
    openapi_extra=_SECURED,
)
async def get_version(
    request: Request, table_id: TableId, version: VersionNumber, tables: Tables, _: NoQuery
) -> Response:
    """Show one version of a table."""
    with found():
        chosen = tables.chosen(table_id, version)
        return responses.answer(request, showing.table(tables, chosen), showing.table_tag(tables, chosen))


@router.get(
    "/rate-tables/{table_id}/versions/{version}/diff",
    operation_id="diff_versions",
    summary="比较标准表的两个版本",
    description="version 相对于 against 的每一处不同。",
    response_model=views.Difference,
    response_description="版本比较",
    responses=_ONE,
    openapi_extra=_SECURED,
)
async def diff_versions(
    request: Request, table_id: TableId, version: VersionNumber, query: AgainstQuery, tables: Tables
) -> Response:
    """Compare two versions of a table."""
    with found():
        now = tables.chosen(table_id, version)
        before = tables.chosen(table_id, query.against)
    changes = list(showing.changes(before.raw, now.raw))
    return responses.answer(
        request, views.Difference(id=table_id, version=version, against=query.against, changes=changes)
    )


@router.get(
    "/reference-rates",
    operation_id="list_reference_rates",
    summary="列出参考利率",
    description="全部参考利率系列及其有效范围。",
    response_model=views.SeriesList,
    response_description="参考利率列表",
    responses=_LISTED,
    openapi_extra=_SECURED,
)
async def list_reference_rates(request: Request, tables: Tables, _: NoQuery) -> Response:
    """List the reference series."""
    def show() -> views.SeriesList:
        return views.SeriesList(reference_rates=[showing.series_entry(versions) for versions in tables.references.values()])

    return responses.made(request, listing.tag(tables), show)


@router.get(
    "/reference-rates/{series}",
    operation_id="get_reference_rate",
    summary="查看参考利率",
    description="一个参考利率系列的公布值，分页列出；给出 on 时另含该日适用的值，超出有效范围时应答 422。",
    response_model=views.SeriesView,
    response_description="参考利率",
    responses={**_ONE, **next_page("get_reference_rate")},
    openapi_extra=_SECURED,
)
async def get_reference_rate(request: Request, series: SeriesId, query: SeriesQuery, tables: Tables) -> Response:
    """Show one reference series."""
    with found():
        versions = tables.reference(series)
    view = showing.series(versions, query)
    if query.on is not None and view.value is None:
        day, first, last, until = query.on, view.first_on, view.last_on, view.holds_until
        raise ProblemError(
            "REFERENCE_RATE_NOT_COVERED",
            f"{series} 在 {day} 没有值：首次公布 {first}，最后公布 {last}，有效至 {until}（不含）",
            f"{series} has no value on {day}: first published {first}, last published {last}, "
            f"valid until {until} (exclusive)",
        )
    return responses.answer(request, view)
