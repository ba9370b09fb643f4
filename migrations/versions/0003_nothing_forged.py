"""rows that cannot be replaced or truncated, persons in normal form"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

REFUSAL = "published rows are never changed or deleted"
STANDING = "a standing is kept by the database itself"

# The tables whose rows are only ever added, with everything of which there can be only one row beside the row's own number.
KEPT = {
    "fund": ("id",),
    "overlay_version": ("id", "version"),
    "batch": ("id",),
    "batch_version": ("batch_id", "version"),
    "direction": ("rate_table",),
    "rate_table_version": ("rate_table", "version"),
    "reference_rate_version": ("series", "version"),
    "reference_rate": ("series", "version", '"on"'),
    "version_event": ("rate_table", "version", "kind"),
    "draft": ("id",),
    "draft_revision": ("draft_id", "revision"),
    "draft_step": ("draft_id", "revision", "kind"),
    "audit": ("id",),
    "api_key": ("id",),
    "api_key_secret": ("key_id", "number"),
    "api_key_end": ("key_id", "number"),
}
# Bookkeeping that moves on, and is never emptied.
MOVING = ("version_standing", "audit_head", "api_key_use")

SAME_PERSON = (
    "NEW.kind = 'APPROVED' AND EXISTS (SELECT 1 FROM draft_revision r WHERE r.draft_id = NEW.draft_id "
    "AND (r.author = NEW.actor OR COALESCE(r.person, r.author) = COALESCE(NEW.person, NEW.actor)))"
)
SAME_NAME = (
    "NEW.kind = 'APPROVED' AND EXISTS (SELECT 1 FROM draft_revision r WHERE r.draft_id = NEW.draft_id AND r.author = NEW.actor)"
)
OWN_DRAFT = "who wrote a draft cannot approve it"


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _there_already(table: str, key: tuple[str, ...]) -> str:
    """That the new row has the key of a stored one, or its place in the file: SQLite's REPLACE goes by either."""
    same = " AND ".join(f"t.{column} = NEW.{column}" for column in key)
    return f"EXISTS (SELECT 1 FROM {table} t WHERE ({same}) OR t.rowid = NEW.rowid)"


def _four_eyes(when: str) -> None:
    if _postgresql():
        op.execute(
            "CREATE OR REPLACE FUNCTION draft_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF "
            f"{when} THEN RAISE EXCEPTION '{OWN_DRAFT}'; END IF; RETURN NEW; END $$"
        )
    else:
        op.execute("DROP TRIGGER draft_four_eyes")
        op.execute(f"CREATE TRIGGER draft_four_eyes BEFORE INSERT ON draft_step WHEN {when} BEGIN SELECT RAISE(ABORT, '{OWN_DRAFT}'); END")


def upgrade() -> None:
    for table in ("draft_revision", "draft_step"):
        op.add_column(table, sa.Column("person", sa.Text(), nullable=True))
    _four_eyes(SAME_PERSON)
    if _postgresql():
        for table in (*KEPT, *MOVING):
            op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
        return
    for table, key in KEPT.items():
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {_there_already(table, key)} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    op.execute(
        "CREATE TRIGGER version_standing_no_replace BEFORE INSERT ON version_standing "
        "WHEN EXISTS (SELECT 1 FROM version_standing t WHERE t.rowid = NEW.rowid) "
        f"BEGIN SELECT RAISE(ABORT, '{STANDING}'); END"
    )


def downgrade() -> None:
    if _postgresql():
        for table in (*KEPT, *MOVING):
            op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    else:
        for table in (*KEPT, "version_standing"):
            op.execute(f"DROP TRIGGER {table}_no_replace")
    _four_eyes(SAME_NAME)
    for table in ("draft_revision", "draft_step"):
        op.drop_column(table, "person")
