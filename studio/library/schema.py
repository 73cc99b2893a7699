"""The tables. A change here needs a migration beside it; a test compares the two.

job --< job_step >-- step --< step_need >-- step        what is being made
clip                                                    what was made; clip.key is the key of the step that made it
storyboard --< take                                     what films are wanted, and every take ever wanted for a segment
cast_member, picture                                    who is named once, and what they look like
"""

import sqlalchemy as sa

metadata = sa.MetaData()

clip = sa.Table(
    "clip",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("key", sa.String(64), nullable=False, unique=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("engine", sa.String(40), nullable=False),
    sa.Column("style", sa.String(40), nullable=False),
    sa.Column("prompt", sa.JSON, nullable=False),
    sa.Column("look", sa.JSON, nullable=False),
    sa.Column("reading", sa.JSON),
    sa.Column("measures", sa.JSON),
    sa.Column("words", sa.Text, nullable=False),  # everything a search looks at, lower case
    sa.Column("num_frames", sa.Integer, nullable=False),
    sa.Column("video", sa.String(64), nullable=False, index=True),
    sa.Column("poster", sa.String(64), nullable=False, index=True),
    sa.Column("anchor", sa.String(64), index=True),  # what the next take continues from
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("seconds_taken", sa.Float, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False, index=True),
    sa.Column("favourite", sa.Boolean, nullable=False, default=False),
    sa.Column("deleted_at", sa.Float, index=True),  # set while a deletion can be undone
)

job = sa.Table(
    "job",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("order", sa.JSON, nullable=False),  # the wish it was submitted with
    sa.Column("key", sa.String(64), nullable=False, index=True),  # of the step whose result is the job's
    sa.Column("storyboard", sa.String(16), index=True),  # its id, for a film or a take of one
    sa.Column("status", sa.String(12), nullable=False, index=True),  # running done failed cancelled
    sa.Column("cancel", sa.Boolean, nullable=False, default=False),
    sa.Column("reused", sa.Boolean, nullable=False, default=False),
    sa.Column("estimate", sa.Float, nullable=False),  # seconds it was expected to take
    sa.Column("created_at", sa.Float, nullable=False, index=True),
)

step = sa.Table(
    "step",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(64), nullable=False, unique=True),  # of its result: one flight for each result
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("params", sa.JSON, nullable=False),
    sa.Column("status", sa.String(12), nullable=False, default="pending"),  # pending running done failed
    sa.Column("owner", sa.String(80)),
    sa.Column("token", sa.Integer, nullable=False, default=0),  # grows with each claim; fences off a late worker
    sa.Column("lease_until", sa.Float, nullable=False, default=0),
    sa.Column("not_before", sa.Float, nullable=False, default=0),
    sa.Column("started_at", sa.Float),
    sa.Column("errors", sa.Integer, nullable=False, default=0),
    sa.Column("crashes", sa.Integer, nullable=False, default=0),
    sa.Column("progress", sa.Float, nullable=False, default=0),
    sa.Column("doing", sa.String(40), nullable=False, default="doing_waiting"),
    sa.Column("preview", sa.LargeBinary),  # a small JPEG of what can be seen while it runs
    sa.Column("error", sa.JSON),  # {"code": ..., "values": {...}}
    sa.Index("ix_step_claim", "status", "not_before", "id"),
)

step_need = sa.Table(
    "step_need",
    metadata,
    sa.Column("step_id", sa.ForeignKey("step.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("needs_id", sa.ForeignKey("step.id", ondelete="CASCADE"), primary_key=True),
    sa.Index("ix_step_need_needs", "needs_id"),
)

job_step = sa.Table(
    "job_step",
    metadata,
    sa.Column("job_id", sa.ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("step_id", sa.ForeignKey("step.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("estimate", sa.Float, nullable=False),  # seconds it was expected to cost this job; 0 for what was there
    sa.Index("ix_job_step_step", "step_id"),
)

storyboard = sa.Table(
    "storyboard",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("document", sa.JSON, nullable=False),
    sa.Column("updated_at", sa.Float, nullable=False, index=True),
    sa.Column("deleted_at", sa.Float, index=True),  # set while a deletion can be undone
)

take = sa.Table(
    "take",
    metadata,
    sa.Column("storyboard_id", sa.ForeignKey("storyboard.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("segment_id", sa.String(16), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True, index=True),  # of the step that makes it
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
)

cast_member = sa.Table(
    "cast_member",
    metadata,
    sa.Column("folded", sa.String(160), primary_key=True),  # the name whatever its case
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("picture", sa.String(64), nullable=False),  # a digest, or empty
)

picture = sa.Table(
    "picture",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("created_at", sa.Float, nullable=False),
)


def wanted(step_id: sa.ColumnElement[int], status: str = "running") -> sa.ColumnElement[bool]:
    """Return the condition that a job of this status has a step; the running ones alone want theirs."""
    has = job_step.c.step_id == step_id, job_step.c.job_id == job.c.id, job.c.status == status
    return sa.exists().where(*has).correlate(step)  # with nothing else: a query around it may look at other jobs
