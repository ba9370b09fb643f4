"""published tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

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
REFUSAL = "published rows are never changed or deleted"


def _protect() -> None:
    """Published content is immutable: the database refuses UPDATE and DELETE, whoever asks."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$")
        for table in PUBLISHED:
            op.execute(f"CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        return
    for table in PUBLISHED:
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")


def _unprotect() -> None:
    for table in PUBLISHED:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {table}_immutable ON {table}")
        else:
            op.execute(f"DROP TRIGGER {table}_no_update")
            op.execute(f"DROP TRIGGER {table}_no_delete")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def upgrade() -> None:
    op.create_table(
        "fund",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "reference_rate_version",
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holds_until", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("series", "version"),
    )
    op.create_table(
        "batch",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("fund_id", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["fund_id"],
            ["fund.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_fund_id"), ["fund_id"], unique=False)

    op.create_table(
        "overlay_version",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.String(length=40), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["fund_id"],
            ["fund.id"],
        ),
        sa.PrimaryKeyConstraint("id", "version"),
    )
    with op.batch_alter_table("overlay_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_overlay_version_fund_id"), ["fund_id"], unique=False)

    op.create_table(
        "reference_rate",
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("value", sa.String(length=12), nullable=False),
        sa.Column("confidence", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["series", "version"], ["reference_rate_version.series", "reference_rate_version.version"], name="reference_rate_of"
        ),
        sa.PrimaryKeyConstraint("series", "version", "on"),
    )
    op.create_table(
        "direction",
        sa.Column("rate_table", sa.String(length=80), nullable=False),
        sa.Column("batch_id", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=True),
        sa.Column("area", sa.String(length=40), nullable=True),
        sa.Column("not_loaded", sa.String(length=300), nullable=True),
        sa.Column("schemes", sa.String(length=400), nullable=False),
        sa.CheckConstraint(
            "area IS NULL OR area IN ('INNOVATION_SYSTEM', 'KEY_FIELDS', 'DIGITAL_ECONOMY', 'UPGRADING', 'KEY_ENTERPRISES')",
            name="direction_area",
        ),
        sa.CheckConstraint(
            "method IS NULL OR method IN ('LOAN_INTEREST', 'INSURANCE', 'AWARD', 'GRANT', 'LEASE_INTEREST')", name="direction_method"
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["batch.id"],
        ),
        sa.PrimaryKeyConstraint("rate_table"),
    )
    with op.batch_alter_table("direction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_direction_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "rate_table_version",
        sa.Column("rate_table", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_until", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.CheckConstraint("effective_until IS NULL OR effective_until > effective_from", name="rate_table_period"),
        sa.CheckConstraint("version >= 1", name="rate_table_version_number"),
        sa.ForeignKeyConstraint(
            ["rate_table"],
            ["direction.rate_table"],
        ),
        sa.PrimaryKeyConstraint("rate_table", "version"),
    )
    op.create_table(
        "version_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rate_table", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_version", sa.Integer(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('SUPERSEDED', 'WITHDRAWN', 'ENDED')", name="version_event_kind"),
        sa.ForeignKeyConstraint(
            ["rate_table", "version"], ["rate_table_version.rate_table", "rate_table_version.version"], name="version_event_of"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("rate_table", "version", "kind", name="version_event_once"),
    )
    with op.batch_alter_table("version_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_version_event_rate_table"), ["rate_table"], unique=False)

    _protect()


def downgrade() -> None:
    _unprotect()
    with op.batch_alter_table("version_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_version_event_rate_table"))

    op.drop_table("version_event")
    op.drop_table("rate_table_version")
    with op.batch_alter_table("direction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_direction_batch_id"))

    op.drop_table("direction")
    op.drop_table("reference_rate")
    with op.batch_alter_table("overlay_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_overlay_version_fund_id"))

    op.drop_table("overlay_version")
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_batch_fund_id"))

    op.drop_table("batch")
    op.drop_table("reference_rate_version")
    op.drop_table("fund")
