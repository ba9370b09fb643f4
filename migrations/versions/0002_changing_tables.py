"""drafts, standing periods, audit log, keys"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEPT = ("batch_version", "draft", "draft_revision", "draft_step", "audit", "api_key", "api_key_secret", "api_key_end")
RECORDED = ("overlay_version", "rate_table_version", "reference_rate_version", "version_event")
REFUSAL = "published rows are never changed or deleted"
OVERLAP = "two versions of a table overlap in effective and known period"
STANDING = "a standing is kept by the database itself"

# Rules that stand between rows. Each: the table, a name, what is refused, and when (NEW is the row to be added).
RULES = (
    ("draft_revision", "draft_open", "the draft has ended", "EXISTS (SELECT 1 FROM draft_step s WHERE s.draft_id = NEW.draft_id AND s.kind IN ('PUBLISHED', 'DISCARDED'))"),
    ("draft_revision", "draft_next", "revisions are numbered without a gap", "NEW.revision <> 1 + (SELECT COALESCE(MAX(r.revision), 0) FROM draft_revision r WHERE r.draft_id = NEW.draft_id)"),
    ("draft_step", "draft_step_open", "the draft has ended", "EXISTS (SELECT 1 FROM draft_step s WHERE s.draft_id = NEW.draft_id AND s.kind IN ('PUBLISHED', 'DISCARDED'))"),
    ("draft_step", "draft_latest", "only the latest revision goes on", "NEW.revision <> (SELECT MAX(r.revision) FROM draft_revision r WHERE r.draft_id = NEW.draft_id)"),
    (
        "draft_step",
        "draft_four_eyes",
        "who wrote a draft cannot approve it",
        "NEW.kind = 'APPROVED' AND EXISTS (SELECT 1 FROM draft_revision r WHERE r.draft_id = NEW.draft_id AND r.author = NEW.actor)",
    ),
    (
        "draft_step",
        "draft_in_order",
        "checked, then approved, then published",
        "(NEW.kind = 'APPROVED' AND NOT EXISTS (SELECT 1 FROM draft_step s WHERE s.draft_id = NEW.draft_id AND s.revision = NEW.revision AND s.kind = 'CHECKED'))"
        " OR (NEW.kind = 'PUBLISHED' AND NOT EXISTS (SELECT 1 FROM draft_step s WHERE s.draft_id = NEW.draft_id AND s.revision = NEW.revision AND s.kind = 'APPROVED'))",
    ),
    (
        "audit",
        "audit_chain",
        "an entry follows the one before it",
        "NEW.id <> 1 + (SELECT COALESCE(MAX(a.id), 0) FROM audit a)"
        " OR NEW.previous <> COALESCE((SELECT a.hash FROM audit a WHERE a.id = NEW.id - 1), '')",
    ),
)


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _columns() -> None:
    instant = sa.DateTime(timezone=True)
    for table in RECORDED:
        op.add_column(table, sa.Column("recorded_at", instant, nullable=True))
    op.create_table(
        "batch_version",
        sa.Column("batch_id", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", instant, nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(80), nullable=False),
        sa.CheckConstraint("version >= 2", name="batch_version_number"),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"]),
        sa.PrimaryKeyConstraint("batch_id", "version"),
    )
    op.create_table(
        "version_standing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rate_table", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_until", sa.Date(), nullable=True),
        sa.Column("known_from", instant, nullable=False),
        sa.Column("known_until", instant, nullable=True),
        sa.CheckConstraint("known_until IS NULL OR known_until >= known_from", name="version_standing_known"),
        sa.CheckConstraint("effective_until IS NULL OR effective_until > effective_from", name="version_standing_effective"),
        sa.ForeignKeyConstraint(
            ["rate_table", "version"], ["rate_table_version.rate_table", "rate_table_version.version"], name="version_standing_of"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_version_standing_rate_table", "version_standing", ["rate_table"])


def _drafts() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "draft",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("target", sa.String(80), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("created_by", sa.String(120), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.CheckConstraint("kind IN ('RATE_TABLE', 'BATCH', 'REFERENCE_RATE', 'WITHDRAWAL', 'END_OF_VALIDITY')", name="draft_kind"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_draft_target", "draft", ["target"])
    op.create_table(
        "draft_revision",
        sa.Column("draft_id", sa.String(32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(120), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(80), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.CheckConstraint("revision >= 1", name="draft_revision_number"),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"]),
        sa.PrimaryKeyConstraint("draft_id", "revision"),
    )
    op.create_table(
        "draft_step",
        sa.Column("draft_id", sa.String(32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.CheckConstraint("kind IN ('CHECKED', 'APPROVED', 'PUBLISHED', 'DISCARDED')", name="draft_step_kind"),
        sa.ForeignKeyConstraint(
            ["draft_id", "revision"], ["draft_revision.draft_id", "draft_revision.revision"], name="draft_step_of"
        ),
        sa.PrimaryKeyConstraint("draft_id", "revision", "kind"),
    )
    ends = sa.text("kind IN ('PUBLISHED', 'DISCARDED')")
    op.create_index("draft_ends_once", "draft_step", ["draft_id"], unique=True, sqlite_where=ends, postgresql_where=ends)


def _log_and_keys() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("object", sa.String(200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(80), nullable=False),
        sa.Column("hash", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(80), nullable=False),
        sa.CheckConstraint("one = 1", name="audit_head_one"),
        sa.PrimaryKeyConstraint("one"),
    )
    op.bulk_insert(head, [{"one": 1, "last": 0, "hash": ""}])
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("owner", sa.String(120), nullable=False),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("created_by", sa.String(120), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "api_key_secret",
        sa.Column("key_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("created_by", sa.String(120), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"]),
        sa.PrimaryKeyConstraint("key_id", "number"),
    )
    op.create_table(
        "api_key_end",
        sa.Column("key_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ends_at", instant, nullable=False),
        sa.Column("ended_by", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"]),
        sa.PrimaryKeyConstraint("key_id", "number"),
    )
    op.create_table(
        "api_key_use",
        sa.Column("key_id", sa.String(32), nullable=False),
        sa.Column("last_used_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"]),
        sa.PrimaryKeyConstraint("key_id"),
    )


# --- who stands when: kept by triggers from versions and their events -------------------------------

_CLOSE = """
UPDATE version_standing SET known_until = COALESCE(NEW.recorded_at, NEW.known_at)
 WHERE rate_table = NEW.rate_table AND version = NEW.version AND known_until IS NULL{more};"""
_OPEN = """
INSERT INTO version_standing (rate_table, version, effective_from, effective_until, known_from)
VALUES (NEW.rate_table, NEW.version, NEW.effective_from, NEW.effective_until, COALESCE(NEW.recorded_at, NEW.published_at));"""
_SHORTEN = """
INSERT INTO version_standing (rate_table, version, effective_from, effective_until, known_from)
SELECT rate_table, version, effective_from, {next_day}, known_until FROM version_standing
 WHERE rate_table = NEW.rate_table AND version = NEW.version AND known_until = COALESCE(NEW.recorded_at, NEW.known_at)
   AND NEW.kind = 'ENDED' AND effective_from < {next_day}
   AND (effective_until IS NULL OR effective_until > {next_day});"""
_LONGER = " AND (NEW.kind <> 'ENDED' OR effective_until IS NULL OR effective_until > {next_day})"


def _standing_postgresql() -> None:
    next_day = "NEW.ends_on + 1"
    op.execute("CREATE TYPE textrange AS RANGE (subtype = varchar)")
    op.execute(
        "ALTER TABLE version_standing ADD CONSTRAINT version_standing_no_overlap EXCLUDE USING gist ("
        "textrange(rate_table, rate_table, '[]') WITH &&, "
        "daterange(effective_from, effective_until) WITH &&, tstzrange(known_from, known_until) WITH &&)"
    )
    functions = {
        "keep_standing_of_version": _OPEN,
        "keep_standing_of_event": _CLOSE.format(more=_LONGER.format(next_day=next_day)) + _SHORTEN.format(next_day=next_day),
        "guard_standing": f"""
            IF TG_OP = 'DELETE' OR OLD.known_until IS NOT NULL OR NEW.known_until IS NULL
               OR (NEW.id, NEW.rate_table, NEW.version, NEW.effective_from, NEW.known_from)
                  <> (OLD.id, OLD.rate_table, OLD.version, OLD.effective_from, OLD.known_from)
               OR NEW.effective_until IS DISTINCT FROM OLD.effective_until
            THEN RAISE EXCEPTION '{STANDING}'; END IF;""",
    }
    for name, body in functions.items():
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NEW; END $$")
    op.execute("CREATE TRIGGER rate_table_version_standing AFTER INSERT ON rate_table_version FOR EACH ROW EXECUTE FUNCTION keep_standing_of_version()")
    op.execute("CREATE TRIGGER version_event_standing AFTER INSERT ON version_event FOR EACH ROW EXECUTE FUNCTION keep_standing_of_event()")
    op.execute("CREATE TRIGGER version_standing_guard BEFORE UPDATE OR DELETE ON version_standing FOR EACH ROW EXECUTE FUNCTION guard_standing()")


def _standing_sqlite() -> None:
    next_day = "date(NEW.ends_on, '+1 day')"
    op.execute(
        "CREATE TRIGGER version_standing_no_overlap BEFORE INSERT ON version_standing "
        "WHEN NEW.known_until IS NULL OR NEW.known_until > NEW.known_from BEGIN "
        f"SELECT RAISE(ABORT, '{OVERLAP}') WHERE EXISTS (SELECT 1 FROM version_standing s WHERE s.rate_table = NEW.rate_table "
        "AND (s.known_until IS NULL OR s.known_until > s.known_from) "
        "AND (s.effective_until IS NULL OR s.effective_until > NEW.effective_from) "
        "AND (NEW.effective_until IS NULL OR NEW.effective_until > s.effective_from) "
        "AND (s.known_until IS NULL OR s.known_until > NEW.known_from) "
        "AND (NEW.known_until IS NULL OR NEW.known_until > s.known_from)); END"
    )
    op.execute(f"CREATE TRIGGER rate_table_version_standing AFTER INSERT ON rate_table_version BEGIN {_OPEN} END")
    event = _CLOSE.format(more=_LONGER.format(next_day=next_day)) + _SHORTEN.format(next_day=next_day)
    op.execute(f"CREATE TRIGGER version_event_standing AFTER INSERT ON version_event BEGIN {event} END")
    op.execute(
        "CREATE TRIGGER version_standing_guard BEFORE UPDATE ON version_standing WHEN OLD.known_until IS NOT NULL OR NEW.known_until IS NULL "
        "OR NEW.id <> OLD.id OR NEW.rate_table <> OLD.rate_table OR NEW.version <> OLD.version "
        "OR NEW.effective_from <> OLD.effective_from OR NEW.known_from <> OLD.known_from "
        f"OR NEW.effective_until IS NOT OLD.effective_until BEGIN SELECT RAISE(ABORT, '{STANDING}'); END"
    )
    op.execute(f"CREATE TRIGGER version_standing_kept BEFORE DELETE ON version_standing BEGIN SELECT RAISE(ABORT, '{STANDING}'); END")


def _standing_of_what_is_there() -> None:
    """The standing of every version that was published before: first as published, then cut by its events."""
    op.execute(
        "INSERT INTO version_standing (rate_table, version, effective_from, effective_until, known_from, known_until) "
        "SELECT v.rate_table, v.version, v.effective_from, v.effective_until, v.published_at, "
        "(SELECT MIN(e.known_at) FROM version_event e WHERE e.rate_table = v.rate_table AND e.version = v.version) "
        "FROM rate_table_version v"
    )
    next_day = "e.ends_on + 1" if _postgresql() else "date(e.ends_on, '+1 day')"
    op.execute(
        "INSERT INTO version_standing (rate_table, version, effective_from, effective_until, known_from, known_until) "
        f"SELECT v.rate_table, v.version, v.effective_from, {next_day}, e.known_at, "
        "(SELECT MIN(f.known_at) FROM version_event f WHERE f.rate_table = v.rate_table AND f.version = v.version "
        "AND f.kind <> 'ENDED' AND f.known_at > e.known_at) "
        "FROM rate_table_version v JOIN version_event e ON e.rate_table = v.rate_table AND e.version = v.version "
        "WHERE e.kind = 'ENDED' AND NOT EXISTS (SELECT 1 FROM version_event g WHERE g.rate_table = v.rate_table "
        "AND g.version = v.version AND g.kind <> 'ENDED' AND g.known_at <= e.known_at)"
    )


def _rules() -> None:
    if not _postgresql():
        for table, name, refusal, when in RULES:
            op.execute(f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{refusal}'); END")
        for table in KEPT:
            for verb in ("UPDATE", "DELETE"):
                op.execute(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
        return
    for table, name, refusal, when in RULES:
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} "
            f"THEN RAISE EXCEPTION '{refusal}'; END IF; RETURN NEW; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    for table in KEPT:
        op.execute(f"CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")


def upgrade() -> None:
    _columns()
    _drafts()
    _log_and_keys()
    _standing_of_what_is_there()
    if _postgresql():
        _standing_postgresql()
    else:
        _standing_sqlite()
    _rules()


def downgrade() -> None:
    kept = ("rate_table_version_standing ON rate_table_version", "version_event_standing ON version_event")
    for trigger in kept:
        op.execute(f"DROP TRIGGER {trigger if _postgresql() else trigger.split()[0]}")
    for table in (
        "api_key_use",
        "api_key_end",
        "api_key_secret",
        "api_key",
        "audit_head",
        "audit",
        "draft_step",
        "draft_revision",
        "draft",
        "version_standing",
        "batch_version",
    ):
        op.drop_table(table)  # its triggers go with it
    if _postgresql():
        for name in ("keep_standing_of_version", "keep_standing_of_event", "guard_standing", *(rule[1] for rule in RULES)):
            op.execute(f"DROP FUNCTION {name}()")
        op.execute("DROP TYPE textrange")
    for table in RECORDED:
        op.drop_column(table, "recorded_at")
