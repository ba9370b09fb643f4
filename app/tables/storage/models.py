"""The stored rows. What was published or decided is never changed or deleted: the database itself refuses it.

What a version says is kept as canonical JSON text beside its digest; columns hold what is searched.
Supersession, withdrawal and the end of validity are rows of ``version_event``, added, never changed.
``recorded_at`` is the instant since when this database knows a row; empty where the first load took the time of its notice.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import get_args

from sqlalchemy import CheckConstraint, Column, DateTime, Dialect, ForeignKeyConstraint, Index, Text, TypeDecorator, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.calculators.terms.code_lists import AreaName, SupportMethodName

METHODS = ", ".join(f"'{one}'" for one in get_args(SupportMethodName))
DRAFT_KINDS = "'RATE_TABLE', 'BATCH', 'FUND', 'REFERENCE_RATE', 'WITHDRAWAL', 'END_OF_VALIDITY'"
AREAS = ", ".join(f"'{one}'" for one in get_args(AreaName))


class Instant(TypeDecorator[datetime]):
    """An instant, always in UTC: SQLite keeps no zone, and its triggers compare instants as texts."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database. Errors: AssertionError for a time of no zone."""
        assert value is None or value.tzinfo is not None
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _instant(*, nullable: bool = False) -> Column[datetime]:
    return Column(Instant(), nullable=nullable)


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
    recorded_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


class Batch(SQLModel, table=True):
    """One published notice of a fund in a year (批次)."""

    __tablename__ = "batch"
    id: str = Field(primary_key=True, max_length=80)
    fund_id: str = Field(foreign_key="fund.id", index=True, max_length=40)
    year: int
    title: str = Field(max_length=300)
    content: str = Field(sa_column=_text())
    digest: str = Field(max_length=80)


class BatchVersion(SQLModel, table=True):
    """A later version of a batch's notice: another title, window or document. The batch itself is version 1."""

    __tablename__ = "batch_version"
    __table_args__ = (CheckConstraint("version >= 2", name="batch_version_number"),)
    batch_id: str = Field(primary_key=True, foreign_key="batch.id", max_length=80)
    version: int = Field(primary_key=True)
    published_at: datetime = Field(sa_column=_instant())
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


class DirectionVersion(SQLModel, table=True):
    """What became known later about a direction without standards: its title, its number, its area. Its row is version 1."""

    __tablename__ = "direction_version"
    __table_args__ = (CheckConstraint("version >= 2", name="direction_version_number"),)
    rate_table: str = Field(primary_key=True, foreign_key="direction.rate_table", max_length=80)
    version: int = Field(primary_key=True)
    published_at: datetime = Field(sa_column=_instant())
    content: str = Field(sa_column=_text())
    digest: str = Field(max_length=80)


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
    recorded_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


class ReferenceRateVersion(SQLModel, table=True):
    """One version of a reference series: what was known of it at a time (参考利率)."""

    __tablename__ = "reference_rate_version"
    series: str = Field(primary_key=True, max_length=40)
    version: int = Field(primary_key=True)
    published_at: datetime = Field(sa_column=_instant())
    holds_until: date
    content: str = Field(sa_column=_text())
    digest: str = Field(max_length=80)
    recorded_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


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
    recorded_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


class VersionStanding(SQLModel, table=True):
    """In force from … until …, as known from … until …: kept by the database from versions and their events.

    Two versions of a table never overlap in both periods. A row's known period is closed once; nothing else changes.
    """

    __tablename__ = "version_standing"
    __table_args__ = (
        CheckConstraint("known_until IS NULL OR known_until >= known_from", name="version_standing_known"),
        CheckConstraint("effective_until IS NULL OR effective_until > effective_from", name="version_standing_effective"),
        ForeignKeyConstraint(
            ["rate_table", "version"],
            ["rate_table_version.rate_table", "rate_table_version.version"],
            name="version_standing_of",
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    rate_table: str = Field(max_length=80, index=True)
    version: int
    effective_from: date
    effective_until: date | None = None
    known_from: datetime = Field(sa_column=_instant())
    known_until: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


class Draft(SQLModel, table=True):
    """A change that is being prepared: of what, begun by whom, from what. Its state is read from its steps."""

    __tablename__ = "draft"
    __table_args__ = (CheckConstraint(f"kind IN ({DRAFT_KINDS})", name="draft_kind"),)
    id: str = Field(primary_key=True, max_length=32)
    kind: str = Field(max_length=20)
    target: str = Field(max_length=80, index=True)
    source: str = Field(max_length=200)
    created_by: str = Field(max_length=120)
    created_at: datetime = Field(sa_column=_instant())


class DraftRevision(SQLModel, table=True):
    """What a draft says from one edit on, and who wrote it."""

    __tablename__ = "draft_revision"
    __table_args__ = (CheckConstraint("revision >= 1", name="draft_revision_number"),)
    draft_id: str = Field(primary_key=True, foreign_key="draft.id", max_length=32)
    revision: int = Field(primary_key=True)
    author: str = Field(max_length=120)
    at: datetime = Field(sa_column=_instant())
    content: str = Field(sa_column=_text())
    digest: str = Field(max_length=80)
    note: str = Field(default="", max_length=500)
    person: str | None = Field(default=None, sa_column=Column(Text))  # the author in normal form; earlier releases had none


class DraftStep(SQLModel, table=True):
    """A revision was checked, approved, published or discarded, and by whom. Published or discarded ends the draft."""

    __tablename__ = "draft_step"
    __table_args__ = (
        CheckConstraint("kind IN ('CHECKED', 'APPROVED', 'PUBLISHED', 'DISCARDED')", name="draft_step_kind"),
        ForeignKeyConstraint(
            ["draft_id", "revision"], ["draft_revision.draft_id", "draft_revision.revision"], name="draft_step_of"
        ),
        Index(
            "draft_ends_once",
            "draft_id",
            unique=True,
            sqlite_where=text("kind IN ('PUBLISHED', 'DISCARDED')"),
            postgresql_where=text("kind IN ('PUBLISHED', 'DISCARDED')"),
        ),
    )
    draft_id: str = Field(primary_key=True, max_length=32)
    revision: int = Field(primary_key=True)
    kind: str = Field(primary_key=True, max_length=20)
    actor: str = Field(max_length=120)
    at: datetime = Field(sa_column=_instant())
    note: str = Field(default="", max_length=500)
    person: str | None = Field(default=None, sa_column=Column(Text))  # the actor in normal form


class Audit(SQLModel, table=True):
    """Who did what to what and when; each entry holds the hash of the one before it. No applicant's data."""

    __tablename__ = "audit"
    __table_args__ = (Index("audit_of_object", "object", "id"),)
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_column=_instant())
    actor: str = Field(max_length=120)
    action: str = Field(max_length=60)
    object: str = Field(max_length=200)
    detail: str = Field(sa_column=_text())
    previous: str = Field(max_length=80)
    hash: str = Field(max_length=80)


class AuditHead(SQLModel, table=True):
    """The last entry of the audit log; the one row that is locked while anything is changed."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("one = 1", name="audit_head_one"),)
    one: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    last: int
    hash: str = Field(max_length=80)


class ApiKey(SQLModel, table=True):
    """A key's name, the person who answers for it, and what it may do. The secret is in ``api_key_secret``."""

    __tablename__ = "api_key"
    id: str = Field(primary_key=True, max_length=32)
    name: str = Field(max_length=120)
    owner: str = Field(max_length=120)
    scopes: str = Field(max_length=200)
    created_by: str = Field(max_length=120)
    created_at: datetime = Field(sa_column=_instant())


class ApiKeySecret(SQLModel, table=True):
    """One secret of a key, as its SHA-256: it holds 256 random bits, so a slow hash would add nothing."""

    __tablename__ = "api_key_secret"
    key_id: str = Field(primary_key=True, foreign_key="api_key.id", max_length=32)
    number: int = Field(primary_key=True)
    hash: str = Field(max_length=64)
    created_by: str = Field(max_length=120)
    created_at: datetime = Field(sa_column=_instant())
    expires_at: datetime = Field(sa_column=_instant())


class ApiKeyEnd(SQLModel, table=True):
    """A secret and all before it (rotation) or, with number 0, the whole key (revocation) is refused from an instant on."""

    __tablename__ = "api_key_end"
    key_id: str = Field(primary_key=True, foreign_key="api_key.id", max_length=32)
    number: int = Field(primary_key=True)
    ends_at: datetime = Field(sa_column=_instant())
    ended_by: str = Field(max_length=120)


class ApiKeyUse(SQLModel, table=True):
    """When a key was last used, to the minute; like ``audit_head`` it is bookkeeping and changes."""

    __tablename__ = "api_key_use"
    key_id: str = Field(primary_key=True, foreign_key="api_key.id", max_length=32)
    last_used_at: datetime = Field(sa_column=_instant())


PUBLISHED = (
    "fund",
    "overlay_version",
    "batch",
    "batch_version",
    "direction",
    "direction_version",
    "rate_table_version",
    "reference_rate_version",
    "reference_rate",
    "version_event",
)
"""What calculations read. Rows are only ever added, so their counts tell whether anything was published."""

KEPT = (*PUBLISHED, "draft", "draft_revision", "draft_step", "audit", "api_key", "api_key_secret", "api_key_end")
"""The tables whose rows the database refuses to change or delete."""
