"""later words about directions, drafts of funds"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_additions"
down_revision = "0004_audit_object"
branch_labels = None
depends_on = None

REFUSAL = "published rows are never changed or deleted"
KINDS = "kind IN ('RATE_TABLE', 'BATCH', 'FUND', 'REFERENCE_RATE', 'WITHDRAWAL', 'END_OF_VALIDITY')"
DRAFT = "id, kind, target, source, created_by, created_at"


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _kept(table: str, *key: str) -> None:
    """The database refuses to change, delete, replace or truncate rows of a table."""
    if _postgresql():
        op.execute(f"CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
    same = " AND ".join(f"t.{column} = NEW.{column}" for column in key)
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} t WHERE ({same}) OR t.rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def _wider_drafts() -> None:
    """A draft may be of a fund. SQLite changes no constraint: the table is made anew, its rows stay."""
    if _postgresql():
        op.drop_constraint("draft_kind", "draft", type_="check")
        op.create_check_constraint("draft_kind", "draft", KINDS)
        return
    op.execute("PRAGMA defer_foreign_keys = ON")  # for a moment revisions belong to no draft; at the end each has its own again
    op.execute(f"CREATE TABLE draft_aside AS SELECT {DRAFT} FROM draft")
    op.drop_table("draft")  # its triggers go with it
    op.create_table(
        "draft",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("target", sa.String(80), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("created_by", sa.String(120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(KINDS, name="draft_kind"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_draft_target", "draft", ["target"])
    op.execute(f"INSERT INTO draft ({DRAFT}) SELECT {DRAFT} FROM draft_aside")
    op.execute("DROP TABLE draft_aside")
    _kept("draft", "id")


def upgrade() -> None:
    op.create_table(
        "direction_version",
        sa.Column("rate_table", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(80), nullable=False),
        sa.CheckConstraint("version >= 2", name="direction_version_number"),
        sa.ForeignKeyConstraint(["rate_table"], ["direction.rate_table"]),
        sa.PrimaryKeyConstraint("rate_table", "version"),
    )
    _kept("direction_version", "rate_table", "version")
    _wider_drafts()


def downgrade() -> None:
    """Drafts of funds stay, and so does the constraint that lets them: nothing that officers wrote is deleted for it."""
    op.drop_table("direction_version")  # its triggers go with it
