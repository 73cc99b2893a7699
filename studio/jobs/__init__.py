"""The step queue and the runner in this process."""

from studio.jobs.job import Job, Progress, TakeSeen
from studio.jobs.jobs import Jobs

__all__ = ["Job", "Jobs", "Progress", "TakeSeen"]
