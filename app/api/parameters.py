"""Query and path parameters: as strict as bodies, and closed to misspelt names."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.api import limits
from app.api.claims import BATCH_PATTERN, DATE_PATTERN
from app.calculators import patterns

Method = Literal["LOAN_INTEREST", "INSURANCE", "AWARD", "GRANT", "LEASE_INTEREST"]
Area = Literal["INNOVATION_SYSTEM", "KEY_FIELDS", "DIGITAL_ECONOMY", "UPGRADING", "KEY_ENTERPRISES"]

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
            "formatMinimum": limits.FIRST_DAY.isoformat(),
            "formatMaximum": limits.LAST_DAY.isoformat(),
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


class TableFilter(Closed):
    """Which tables to list."""

    batch: str | None = Field(
        None, title="批次编号", json_schema_extra={"pattern": BATCH_PATTERN, "maxLength": 80}, examples=["bj-gjj-2025-1"]
    )
    method: Method | None = Field(None, title="支持方式")
    area: Area | None = Field(None, title="支持领域")
    as_of: Day | None = Field(None, title="只列该日有版本生效的标准表")


class AsOf(Closed):
    """The day whose version is asked for."""

    as_of: Day | None = Field(None, title="规则适用日；空为最新版本")


class Against(Closed):
    """The version to compare with."""

    against: int = Field(title="与之比较的版本", ge=1, le=100_000, examples=[1])


class On(Closed):
    """The day whose value is asked for."""

    on: Day | None = Field(None, title="取该日适用的值")


class Nothing(Closed):
    """No parameter at all."""


TableQuery = Annotated[TableFilter, Query()]
AsOfQuery = Annotated[AsOf, Query()]
AgainstQuery = Annotated[Against, Query()]
OnQuery = Annotated[On, Query()]
NoQuery = Annotated[Nothing, Query()]
