"""The tables of the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "clip",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("key", sa.String(64), nullable=False, unique=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("engine", sa.String(40), nullable=False),
        sa.Column("style", sa.String(40), nullable=False),
        sa.Column("prompt", sa.JSON, nullable=False),
        sa.Column("look", sa.JSON, nullable=False),
        sa.Column("reading", sa.JSON),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("num_frames", sa.Integer, nullable=False),
        sa.Column("video", sa.String(64), nullable=False, index=True),
        sa.Column("poster", sa.String(64), nullable=False, index=True),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("seconds_taken", sa.Float, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False, index=True),
        sa.Column("favourite", sa.Boolean, nullable=False),
        sa.Column("deleted_at", sa.Float, index=True),
    )
    _create_queue()


def _create_queue() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("order", sa.JSON, nullable=False),
        sa.Column("key", sa.String(64), nullable=False, index=True),
        sa.Column("status", sa.String(12), nullable=False, index=True),
        sa.Column("cancel", sa.Boolean, nullable=False),
        sa.Column("reused", sa.Boolean, nullable=False),
        sa.Column("estimate", sa.Float, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False, index=True),
    )
    op.create_table(
        "step",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(64), nullable=False, unique=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("params", sa.JSON, nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("owner", sa.String(80)),
        sa.Column("token", sa.Integer, nullable=False),
        sa.Column("lease_until", sa.Float, nullable=False),
        sa.Column("not_before", sa.Float, nullable=False),
        sa.Column("started_at", sa.Float),
        sa.Column("errors", sa.Integer, nullable=False),
        sa.Column("crashes", sa.Integer, nullable=False),
        sa.Column("progress", sa.Float, nullable=False),
        sa.Column("doing", sa.String(40), nullable=False),
        sa.Column("error", sa.JSON),
        sa.Index("ix_step_claim", "status", "not_before", "id"),
    )
    op.create_table(
        "step_need",
        sa.Column("step_id", sa.Integer, sa.ForeignKey("step.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("needs_id", sa.Integer, sa.ForeignKey("step.id", ondelete="CASCADE"), primary_key=True),
    )
    op.create_table(
        "job_step",
        sa.Column("job_id", sa.String(16), sa.ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("step_id", sa.Integer, sa.ForeignKey("step.id", ondelete="CASCADE"), primary_key=True),
    )
    op.create_index("ix_step_need_needs", "step_need", ["needs_id"])
    op.create_index("ix_job_step_step", "job_step", ["step_id"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("job_step", "step_need", "step", "job", "clip"):
        op.drop_table(table)
