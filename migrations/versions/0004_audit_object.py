"""the audit log is read by object"""

from __future__ import annotations

from alembic import op

revision = "0004_audit_object"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("audit_of_object", "audit", ["object", "id"])


def downgrade() -> None:
    op.drop_index("audit_of_object", "audit")
