"""The stored rows. Published rows are never changed or deleted: the database itself refuses it.

What a version says is kept as canonical JSON text beside its digest; columns hold what is searched.
Supersession, withdrawal and the end of validity are rows of ``version_event``, added, never changed.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKeyConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

METHODS = "'LOAN_INTEREST', 'INSURANCE', 'AWARD', 'GRANT', 'LEASE_INTEREST'"
AREAS = "'INNOVATION_SYSTEM', 'KEY_FIELDS', 'DIGITAL_ECONOMY', 'UPGRADING', 'KEY_ENTERPRISES'"


def _instant() -> Column[datetime]:
    return Column(DateTime(timezone=True), nullable=False)


def _text() -> Column[str]:
    return Column(Text, nullable=False)


class Fund(SQLModel, table=True):
    """A fund (专项资金)."""

    __tablename__ = "fund"
    id: str = Field(primary_key=True, max_length=40)
    title: str = Field(max_length=200)


class OverlayVersion(SQLModel, table=True):
    """Rules of a fund that lie over its tables: management measures, a yearly guide (D42)."""

    __tablename__ = "overlay_version"
    id: str = Field(primary_key=True, max_length=80)
    version: int = Field(primary_key=True)
    fund_id: str = Field(foreign_key="fund.id", index=True, max_length=40)
    published_at: datetime = Field(sa_column=_instant())
    content: str = Field(sa_column=_text())
    digest: str = Field(max_length=80)


class Batch(SQLModel, table=True):
    """One published notice of a fund in a year (批次)."""

    __tablename__ = "batch"
    id: str = Field(primary_key=True, max_length=80)
    fund_id: str = Field(foreign_key="fund.id", index=True, max_length=40)
    year: int
    title: str = Field(max_length=300)
    content: str = Field(sa_column=_text())
    digest: str = Field(max_length=80)


class Direction(SQLModel, table=True):
    """One numbered line of a batch (支持方向); ``method`` is empty while its standards are not loaded."""

    __tablename__ = "direction"
    __table_args__ = (
        CheckConstraint(f"method IS NULL OR method IN ({METHODS})", name="direction_method"),
        CheckConstraint(f"area IS NULL OR area IN ({AREAS})", name="direction_area"),
    )
    rate_table: str = Field(primary_key=True, max_length=80)
    batch_id: str = Field(foreign_key="batch.id", index=True, max_length=80)
    position: int
    number: str | None = Field(default=None, max_length=40)
    title: str = Field(max_length=300)
    method: str | None = Field(default=None, max_length=20)
    area: str | None = Field(default=None, max_length=40)
    not_loaded: str | None = Field(default=None, max_length=300)
    schemes: str = Field(default="", max_length=400)


class RateTableVersion(SQLModel, table=True):
    """One immutable version of the standards of a direction (标准表)."""

    __tablename__ = "rate_table_version"
    __table_args__ = (
        CheckConstraint("effective_until IS NULL OR effective_until > effective_from", name="rate_table_period"),
        CheckConstraint("version >= 1", name="rate_table_version_number"),
    )
    rate_table: str = Field(primary_key=True, foreign_key="direction.rate_table", max_length=80)
    version: int = Field(primary_key=True)
    effective_from: date
    effective_until: date | None = None
    published_at: datetime = Field(sa_column=_instant())
    supersedes: int | None = None
    content: str = Field(sa_column=_text())
    digest: str = Field(max_length=80)


class ReferenceRateVersion(SQLModel, table=True):
    """One version of a reference series: what was known of it at a time (参考利率)."""

    __tablename__ = "reference_rate_version"
    series: str = Field(primary_key=True, max_length=40)
    version: int = Field(primary_key=True)
    published_at: datetime = Field(sa_column=_instant())
    holds_until: date
    content: str = Field(sa_column=_text())
    digest: str = Field(max_length=80)


class ReferenceRate(SQLModel, table=True):
    """One published value; ``value`` is a decimal fraction as text, never a float."""

    __tablename__ = "reference_rate"
    __table_args__ = (
        ForeignKeyConstraint(
            ["series", "version"], ["reference_rate_version.series", "reference_rate_version.version"], name="reference_rate_of"
        ),
    )
    series: str = Field(primary_key=True, max_length=40)
    version: int = Field(primary_key=True)
    on: date = Field(primary_key=True)
    value: str = Field(max_length=12)
    confidence: str = Field(max_length=20)


class VersionEvent(SQLModel, table=True):
    """Supersession, withdrawal or end of validity of a version: a row added, never a row changed."""

    __tablename__ = "version_event"
    __table_args__ = (
        CheckConstraint("kind IN ('SUPERSEDED', 'WITHDRAWN', 'ENDED')", name="version_event_kind"),
        UniqueConstraint("rate_table", "version", "kind", name="version_event_once"),
        ForeignKeyConstraint(
            ["rate_table", "version"],
            ["rate_table_version.rate_table", "rate_table_version.version"],
            name="version_event_of",
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    rate_table: str = Field(max_length=80, index=True)
    version: int
    kind: str = Field(max_length=20)
    known_at: datetime = Field(sa_column=_instant())
    by_version: int | None = None
    ends_on: date | None = None


PUBLISHED = (
    "fund",
    "overlay_version",
    "batch",
    "direction",
    "rate_table_version",
    "reference_rate_version",
    "reference_rate",
    "version_event",
)
"""The tables whose rows the database refuses to change or delete."""
