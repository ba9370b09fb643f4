"""Query and path parameters: as strict as bodies, and closed to misspelt names."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app import limits
from app.calculators.claims import patterns
from app.calculators.terms.code_lists import AreaName, SupportMethodName
from app.claim_input.claim_schemas import BATCH_PATTERN, DATE_PATTERN, between

Method = SupportMethodName
Area = AreaName

_DATE = re.compile(DATE_PATTERN)


def _day(value: Any) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = date.min
        if limits.FIRST_DAY <= day <= limits.LAST_DAY:
            return day
    kind = "date_parameter"
    raise PydanticCustomError(kind, "Should be a date, YYYY-MM-DD")


Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date",
            "pattern": DATE_PATTERN,
            **between(limits.FIRST_DAY, limits.LAST_DAY),
            "examples": ["2025-03-10"],
        }
    ),
]
# An id that cannot be is unknown like any other: 404, not 422. The document still says what ids look like.
TableId = Annotated[
    str,
    Path(title="标准表编号", json_schema_extra={"pattern": patterns.TABLE_PATTERN, "maxLength": 80}, examples=["bj-gjj-2025-1-11"]),
]
BatchId = Annotated[
    str, Path(title="批次编号", json_schema_extra={"pattern": BATCH_PATTERN, "maxLength": 80}, examples=["bj-gjj-2025-1"])
]
SeriesId = Annotated[
    str, Path(title="参考利率代码", json_schema_extra={"pattern": patterns.SERIES_PATTERN, "maxLength": 32}, examples=["LPR_5Y"])
]
VersionNumber = Annotated[int, Path(title="版本", json_schema_extra={"minimum": 1, "maximum": 100_000}, examples=[1])]


class Closed(BaseModel):
    """Parameters that are closed to misspelt names."""

    model_config = ConfigDict(extra="forbid")


class Paged(Closed):
    """How much of a list to answer; each list says itself after which entry."""

    limit: int = Field(limits.DEFAULT_LISTED, title="至多几个", ge=1, le=limits.MAX_LISTED, examples=[100])


class Searched(Paged):
    """A list that is searched."""

    q: str | None = Field(
        None,
        title="搜索词：只列编号、名称等处含有其中每一个词的；不分全角半角与大小写",
        max_length=limits.MAX_SEARCH_TEXT,
        examples=["流片"],
    )


class TableFilter(Searched):
    """Which tables to list, and which part of them."""

    batch: str | None = Field(
        None, title="批次编号", json_schema_extra={"pattern": BATCH_PATTERN, "maxLength": 80}, examples=["bj-gjj-2025-1"]
    )
    method: Method | None = Field(None, title="支持方式")
    area: Area | None = Field(None, title="支持领域")
    as_of: Day | None = Field(None, title="只列该日有版本生效的标准表")
    after: str | None = Field(
        None,
        title="从这张标准表之后起，即上一页的 next",
        pattern=patterns.TABLE_PATTERN,
        max_length=80,
        examples=["bj-gjj-2022-0-1"],
    )


class BatchFilter(Searched):
    """Which batches to list, and which part of them."""

    after: str | None = Field(
        None, title="从这个批次之后起，即上一页的 next", pattern=BATCH_PATTERN, max_length=80, examples=["bj-gjj-2022-0"]
    )


class VersionPage(Paged):
    """Which part of the versions of a table to list."""

    after: int | None = Field(None, title="从这一版本之后起，即上一页的 next", ge=1, le=100_000, examples=[1])


class AsOf(Closed):
    """The day whose version is asked for."""

    as_of: Day | None = Field(None, title="规则适用日；空为最新版本")


class Against(Closed):
    """The version to compare with."""

    against: int = Field(title="与之比较的版本", ge=1, le=100_000, examples=[1])


class SeriesPage(Closed):
    """The day whose value is asked for, and which part of all values."""

    on: Day | None = Field(None, title="取该日适用的值")
    after: Day | None = Field(None, title="只列该日之后公布的值，即上一页的 next")
    limit: int = Field(limits.MAX_LISTED, title="至多几个公布值", ge=1, le=limits.MAX_LISTED, examples=[100])


class Nothing(Closed):
    """No parameter at all."""


TableQuery = Annotated[TableFilter, Query()]
BatchQuery = Annotated[BatchFilter, Query()]
VersionQuery = Annotated[VersionPage, Query()]
AsOfQuery = Annotated[AsOf, Query()]
AgainstQuery = Annotated[Against, Query()]
SeriesQuery = Annotated[SeriesPage, Query()]
NoQuery = Annotated[Nothing, Query()]
