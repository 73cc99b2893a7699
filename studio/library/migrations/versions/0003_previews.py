"""Previews: what can be seen of a step while it runs."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("step", sa.Column("preview", sa.LargeBinary))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("step") as step:
        step.drop_column("preview")
