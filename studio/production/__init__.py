"""The story of the program: `plan` turns a wish into a step with a key, `run_step` makes what the key names."""

from studio.production.plan import Step, plan
from studio.production.run import Take, run_step

__all__ = ["Step", "Take", "plan", "run_step"]
