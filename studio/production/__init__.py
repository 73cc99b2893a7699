"""The story of the program: `plan` and `plan_film` turn a wish into steps, `run_step` makes what a key names."""

from studio.production.film import FilmPlan, plan_film
from studio.production.made import Made
from studio.production.plan import Step, plan
from studio.production.run import prepare, remarks, run_step

__all__ = ["FilmPlan", "Made", "Step", "plan", "plan_film", "prepare", "remarks", "run_step"]
