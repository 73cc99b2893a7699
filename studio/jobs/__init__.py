"""The step queue and the runner in this process."""

from studio.jobs.job import Again, Job, Progress, TakeSeen
from studio.jobs.jobs import Jobs
from studio.jobs.mending import THRESHOLD, is_low

__all__ = ["THRESHOLD", "Again", "Job", "Jobs", "Progress", "TakeSeen", "is_low"]
