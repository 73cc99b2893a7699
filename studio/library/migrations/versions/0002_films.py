"""Films: what takes continue from, storyboards with their takes, the cast and its pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the tables; clips made before have no anchor and no measures."""
    op.add_column("clip", sa.Column("anchor", sa.String(64)))
    op.create_index("ix_clip_anchor", "clip", ["anchor"])
    op.add_column("clip", sa.Column("measures", sa.JSON))
    op.add_column("job", sa.Column("storyboard", sa.String(16)))
    op.create_index("ix_job_storyboard", "job", ["storyboard"])
    op.add_column("job_step", sa.Column("estimate", sa.Float, nullable=False, server_default="1"))
    _create_storyboards()
    _create_cast()


def _create_storyboards() -> None:
    op.create_table(
        "storyboard",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("updated_at", sa.Float, nullable=False, index=True),
        sa.Column("deleted_at", sa.Float, index=True),
    )
    op.create_table(
        "take",
        sa.Column("storyboard_id", sa.String(16), sa.ForeignKey("storyboard.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("segment_id", sa.String(16), primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True, index=True),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
    )


def _create_cast() -> None:
    op.create_table(
        "cast_member",
        sa.Column("folded", sa.String(160), primary_key=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("picture", sa.String(64), nullable=False),
    )
    op.create_table(
        "picture",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("created_at", sa.Float, nullable=False),
    )


def downgrade() -> None:
    """Drop them; what was remembered of storyboards and cast is lost."""
    for table in ("take", "storyboard", "cast_member", "picture"):
        op.drop_table(table)
    with op.batch_alter_table("job_step") as job_step:
        job_step.drop_column("estimate")
    with op.batch_alter_table("job") as job:
        job.drop_index("ix_job_storyboard")
        job.drop_column("storyboard")
    with op.batch_alter_table("clip") as clip:
        clip.drop_index("ix_clip_anchor")
        clip.drop_column("anchor")
        clip.drop_column("measures")
